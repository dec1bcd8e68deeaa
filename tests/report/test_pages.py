# SPDX-License-Identifier: Apache-2.0
"""The pages of example_pages, opened in headless Chromium where there is one."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from browser import WIDTHS, Browser, needs_chromium


@needs_chromium
class PageTest(Browser, unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attune-pages-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        subprocess.run([os.environ["ATTUNE_EXAMPLE_PAGES"], self.folder], check=True, stdout=subprocess.DEVNULL)

    def check_switch(self, explain):
        self.assertEqual(12, len(explain["choices"]))
        for key, least in (("shades", 12), ("strongest", 12), ("meaning", 5)):
            seen = {choice[key] for choice in explain["choices"]}
            self.assertGreaterEqual(len(seen), least, f"{key} stays the same: {sorted(seen)[:3]}")
        self.assertEqual(2, sum(explain["signs"]))

    def check_tokens(self, explain):
        """Walked through by key and pointed at by mouse."""
        said = explain["by_key"]
        last = said[0]["most"]
        self.assertGreater(last, 50)
        self.assertEqual([1, 2, 1, 1, 2, 1, last, last, 1], [one["number"] for one in said])
        for one in said:
            self.assertEqual(one["text"], one["seen"])
        for one, token in zip(said, "等了等"):
            self.assertRegex(one["text"], f"^“\u2068{token}\u2069”: ")
        self.assertTrue(explain["last_is_seen"], "the last token of a folded text")
        self.assertRegex(explain["by_mouse"], "^“\u2068cafe\u0301\u2069”: ")
        self.assertEqual("row-1", explain["row_by_key"])

    def check_what_opens(self, explain):
        self.check_ribbons(explain["ribbons"])
        self.assertRegex(explain["flow_label"], "^From tokens to “\u2068malignant\u2069”: ")
        self.assertEqual(explain["matrix_tokens"] ** 2, explain["squares"])
        self.assertRegex(explain["weight"], "^“\u2068.+\u2069” to “\u2068.+\u2069”: 0\\.5$")
        self.assertEqual(explain["pool_squares"], explain["matrix_tokens"])
        self.assertLess(explain["tokens_folded"], 5000)
        self.assertEqual(50_000, explain["characters_unfolded"] // 1000 * 1000)
        self.assertEqual(explain["values_of_long"], explain["tokens_unfolded"])

    def check_ribbons(self, ribbons):
        """As broad as their values, which have three digits: the strongest 22, and a fifth of its value a fifth as broad."""
        self.assertEqual(12, len(ribbons))
        values = [abs(float(value)) for _, value in ribbons]
        self.assertGreater(max(values), 5 * min(values), "nothing to compare")
        for (width, _), value in zip(ribbons, values):
            self.assertAlmostEqual(22 * value / max(values), width, delta=0.006 * 22)

    def test_explanations(self):
        for width in WIDTHS:
            with self.subTest(width):
                findings = self.probe("explain.html", width)
                self.check_every_page(findings, width)
                self.check_switch(findings["explain"])
                self.check_tokens(findings["explain"])
                self.check_what_opens(findings["explain"])

    def test_print(self):
        longest = self.check_print("explain.html")["characters"]
        self.assertEqual(50_000, longest // 1000 * 1000, "a folded text is printed whole")
        self.check_print("report.html")

    def test_report(self):
        for width in WIDTHS:
            with self.subTest(width):
                self.check_every_page(self.probe("report.html", width), width)

    def test_pages_as_they_are(self):
        for page in ("explain.html", "report.html"):
            with self.subTest(page):
                document, said = self.open(page)
                self.assertEqual([], said)
                self.assertRegex(document, r'<button type="button" class="theme" aria-label="Show in \w+ colours">')

    def test_a_script_that_is_not_the_pages_does_not_run(self):
        document, said = self.open(self.add_script("report.html", "document.title = 'run'", is_allowed=False))
        self.assertIn("<title>Report on reviews.attune</title>", document)
        self.assertEqual(1, len(said), "the policy forbids it, and says so")


if __name__ == "__main__":
    unittest.main()
