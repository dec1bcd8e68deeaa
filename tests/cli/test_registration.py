# SPDX-License-Identifier: Apache-2.0
"""CTest knows every test of this folder: what list_tests.py prints is what unittest finds."""

import pathlib
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(__file__).parent


def names_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names_of(test)
        else:
            yield test.id()


class RegistrationTest(unittest.TestCase):
    def listed(self):
        run = subprocess.run([sys.executable, FOLDER / "list_tests.py"], capture_output=True, text=True, check=True)
        return run.stdout.split()

    def test_no_test_is_dropped(self):
        found = sorted(names_of(unittest.TestLoader().discover(str(FOLDER))))
        self.assertGreater(len(found), 100)
        self.assertEqual(found, sorted(self.listed()))

    def test_a_failing_test_fails_and_a_skipped_one_is_told_apart(self):
        for body, code in (("pass", 0), ("self.fail()", 1), ("raise unittest.SkipTest('no')", 77), ("1 / 0", 1),
                           ("\n        with self.subTest(): self.fail()", 1)):
            with self.subTest(body):
                program = ("import sys, types, unittest\nsys.path.insert(0, sys.argv[1])\nimport run_test\n"
                           f"class Case(unittest.TestCase):\n    def test(self): {body}\n"
                           "sys.modules['made'] = types.SimpleNamespace(Case=Case)\nsys.exit(run_test.main('made.Case.test'))\n")
                run = subprocess.run([sys.executable, "-c", program, FOLDER], capture_output=True, check=False)
                self.assertEqual(code, run.returncode, run.stderr.decode())
