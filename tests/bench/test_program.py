# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/program.py; what it measures takes too long for a test."""

from bench_test import USAGE, BenchTest


class OnlyTest(BenchTest):
    def refuse(self, only, name):
        result = self.run_program("program.py", "--only", only)
        self.assertEqual((USAGE, ""), (result.returncode, result.stdout), result)
        self.assertTrue(result.stderr.endswith(f"error: argument --only: unknown benchmark {name}; known: accuracy, large, start\n"), result)
        self.assertNotIn("skipped", result.stderr, "the data folder was looked at first")

    def test_an_unknown_one_is_refused_first(self):
        self.refuse("nope", "nope")

    def test_an_unknown_one_behind_a_known_one_is_refused_before_that_begins(self):
        self.refuse("accuracy,nope", "nope")

    def test_none_at_all(self):
        self.refuse("", "")
