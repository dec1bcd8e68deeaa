# SPDX-License-Identifier: Apache-2.0
"""Runs the test named as list_tests.py prints it. Exit codes: 0 passed, 1 failed, 77 skipped, which CTest counts apart."""

import sys
import unittest

SKIPPED = 77


def main(name):
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if result.testsRun == 0 or not result.wasSuccessful():
        return 1
    return SKIPPED if result.skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
