# SPDX-License-Identifier: Apache-2.0
"""What docs/pictures.md quotes from a file, in a block after a line that ends with the file's path, stands in that file."""

import pathlib
import re
import unittest

PROJECT = pathlib.Path(__file__).parents[2]


class DocumentTest(unittest.TestCase):
    def setUp(self):
        self.text = (PROJECT / "docs" / "pictures.md").read_text(encoding="utf-8")

    def test_quotations_are_the_code_that_is_tested(self):
        quotations = re.findall(r"`([^`\n]+/[^`\n]+)`:\n\n?```cpp\n(.*?)```", self.text, re.DOTALL)
        self.assertEqual(self.text.count("```cpp"), len(quotations), "a block of C++ that is of no file")
        self.assertTrue(quotations)
        for path, code in quotations:
            self.assertIn(code, (PROJECT / path).read_text(encoding="utf-8"), path)

    def test_every_header_is_named(self):
        headers = {path.name for path in (PROJECT / "include/attune/report").glob("*.hpp")}
        self.assertEqual(headers, set(re.findall(r"(?m)^\| `(\w+\.hpp)` \|", self.text)))


if __name__ == "__main__":
    unittest.main()
