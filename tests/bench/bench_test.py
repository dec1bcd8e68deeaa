# SPDX-License-Identifier: Apache-2.0
"""What every test of bench/ shares: a folder of data sets made for the test, and running the two programs on it."""

import csv
import gzip
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BENCH = PROJECT / "bench"
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

sys.path.insert(0, str(BENCH))


def readme_of(files):
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name} ({len(content)} bytes)" for name, content in files.items()]
    return "\n".join(["# A stand-in", "Made for a test.", "", "## Checksums (sha256)", *lines, ""])


def packed(text):
    return gzip.compress(text if isinstance(text, bytes) else text.encode(), mtime=0)


class BenchTest(unittest.TestCase):
    """A test with a folder of its own: `data` holds published sets, `out` prepared ones."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attune-bench-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data, self.out = self.folder / "data", self.folder / "out"
        self.data.mkdir()

    def publish(self, name, files):
        """Makes the folder of a set: its files (content in bytes, or text) and a README with their checksums."""
        folder = self.data / name
        folder.mkdir()
        files = {file: content.encode() if isinstance(content, str) else content for file, content in files.items()}
        for file, content in files.items():
            (folder / file).write_bytes(content)
        (folder / "README.md").write_text(readme_of(files), encoding="utf-8")
        return folder

    def run_program(self, name, *arguments, limit=None, **environment):
        """Runs bench/NAME; the variable that names the data folder is set only by `environment`."""
        settings = {key: value for key, value in os.environ.items() if key != "ATTUNE_BENCH_DATA"} | environment
        return subprocess.run([sys.executable, BENCH / name, *map(str, arguments)], cwd=self.folder, env=settings,
                              capture_output=True, text=True, timeout=90, check=False, preexec_fn=limit)

    def start_program(self, name, *arguments, **environment):
        process = subprocess.Popen([sys.executable, BENCH / name, *map(str, arguments)], cwd=self.folder, env=os.environ | environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    def prepare(self, *arguments, limit=None):
        return self.run_program("prepare", "--data", self.data, "--out", self.out, *arguments, limit=limit)

    def assert_ended(self, code, run, *said):
        told = f"exit code {run.returncode}\n{run.stdout[-2000:]}\n--- standard error\n{run.stderr[-3000:]}"
        self.assertEqual(code, run.returncode, told)
        self.assertNotIn("Traceback", run.stderr, told)
        for pattern in said:
            self.assertRegex(run.stderr, pattern, told)

    def prepared(self, name, files):
        """Publishes a set, prepares it, and returns its folder."""
        self.publish(name, files)
        run = self.prepare(name)
        self.assert_ended(DONE, run)
        return self.out / name

    def assert_refused(self, name, files, *said):
        """A set whose files are what its README lists, but not of their form."""
        self.publish(name, files)
        self.assert_ended(USAGE, self.prepare(name), *said)
        self.assertFalse((self.out / name).exists(), "something was prepared in spite of it")


def rows_of(table):
    """The rows of a CSV table as dicts; there must be some."""
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows, f"{table} holds no rows"
    return rows


def column(table, name):
    return [row[name] for row in rows_of(table)]
