# SPDX-License-Identifier: Apache-2.0
"""docs/pictures.md names every header of the layer. (What it quotes is held by tests/nn/document_excerpt_test.cpp.)"""

import pathlib
import re
import unittest

PROJECT = pathlib.Path(__file__).parents[2]


class DocumentTest(unittest.TestCase):
    def setUp(self):
        self.text = (PROJECT / "docs" / "pictures.md").read_text(encoding="utf-8")

    def test_every_header_is_named(self):
        headers = {path.name for path in (PROJECT / "include/attune/report").glob("*.hpp")}
        self.assertEqual(headers, set(re.findall(r"(?m)^\| `(\w+\.hpp)` \|", self.text)))


if __name__ == "__main__":
    unittest.main()
