# SPDX-License-Identifier: Apache-2.0
"""scripts/bench, which make bench runs, in a folder of stand-ins; and that what it would run of this project runs by itself."""

import os
import shutil
import subprocess
import sys

from bench_test import BENCH, DONE, FAILED, PROJECT, BenchTest


class ScriptsTest(BenchTest):
    def setUp(self):
        super().setUp()
        for folder in ("scripts", "bench", "build/release/bench"):
            (self.folder / folder).mkdir(parents=True)
        shutil.copy(PROJECT / "scripts/bench", self.folder / "scripts")

    def stand_in(self, name, code):
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "ran $*"\nexit {code}\n', encoding="utf-8")
        path.chmod(0o755)

    def bench(self, *arguments):
        return subprocess.run(["bash", self.folder / "scripts/bench", *arguments], capture_output=True, text=True, check=False)

    def test_all_run_and_one_that_misses_is_told(self):
        self.stand_in("build/release/bench/first", 0)
        self.stand_in("bench/second.py", 0)
        run = self.bench("--all")
        self.assert_ended(DONE, run)
        self.assertEqual("== first\nran --all\n== second.py\nran --all\n", run.stdout)
        self.stand_in("build/release/bench/first", 1)
        run = self.bench()
        self.assert_ended(FAILED, run)
        self.assertIn("== second.py", run.stdout)

    def test_nothing_built(self):
        self.assert_ended(FAILED, self.bench(), "no benchmark program; run make build")

    def test_scripts_of_the_project_take_no_argument(self):
        """What needs data or time of its own (quality, explanations, prepare) has no ending, and is not among them."""
        scripts = sorted(BENCH.glob("*.py"))
        self.assertTrue(scripts)
        for script in scripts:
            self.assertTrue(os.access(script, os.X_OK), script)
            run = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=False)
            self.assert_ended(DONE, run)
            usage = run.stdout.split("\n\n")[0]
            self.assertRegex(usage, rf"^usage: {script.name}(\s+\[[^]]+\])*$", "an argument is required")
