# SPDX-License-Identifier: Apache-2.0
"""The pages of example_pages, opened in headless Chromium where there is one.

A probe is put into a copy of a page: a script that uses the page as a person would and writes what it found into the
document, which Chromium prints. The pages' content security policy knows scripts by their hash; the probe's is added.
"""

import base64
import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = (375, 1440)


@unittest.skipUnless(CHROMIUM, "no chromium, chromium-browser or google-chrome is installed, so no page was opened")
class PageTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attune-pages-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        subprocess.run([os.environ["ATTUNE_EXAMPLE_PAGES"], self.folder], check=True, stdout=subprocess.DEVNULL)

    def open(self, page):
        """Returns the document as it is in the end, and what was said on the console."""
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
                   f"--user-data-dir={self.folder / 'profile'}", "--window-size=1500,1300", "--virtual-time-budget=20000",
                   "--dump-dom", f"file://{self.folder / page}"]
        run = subprocess.run(command, capture_output=True, timeout=240, check=False)
        document = run.stdout.decode("utf-8", "replace")
        self.assertIn("</html>", document, run.stderr.decode("utf-8", "replace")[-2000:])
        return document, [line for line in run.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line]

    def add_script(self, page, script, is_allowed=True):
        text = (self.folder / page).read_text(encoding="utf-8")
        if is_allowed:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            text, count = re.subn(r"script-src ('sha256-[^']+')", rf"script-src \1 'sha256-{digest}'", text, count=1)
            self.assertEqual(1, count)
        name = "copy-" + page
        (self.folder / name).write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
        return name

    def probe(self, page, width):
        """What the probe found, after a check that it ran at this width and without a word on the console."""
        framed = self.add_script(page, (HERE / "probe.js").read_text(encoding="utf-8"))
        # Chromium's own window is never narrower than 500 pixels; a frame is as narrow as it is asked to be.
        (self.folder / "frame.html").write_text(
            f'<!DOCTYPE html><meta charset="utf-8"><body><iframe src="{framed}" width="{width}" height="1200" frameborder="0"></iframe>'
            '<pre id="probe"></pre><script>addEventListener("message", (event) => '
            '{ document.getElementById("probe").textContent = event.data; });</script></body></html>', encoding="utf-8")
        document, said = self.open("frame.html")
        self.assertEqual([], said)
        found = re.search(r'<pre id="probe">(.+?)</pre>', document, re.DOTALL)
        self.assertIsNotNone(found, "the probe did not end")
        findings = json.loads(html.unescape(found[1]))
        self.assertEqual(width, findings["width"])
        return findings

    def check_every_page(self, findings, width):
        self.assertLessEqual(findings["scroll_width"], width, findings["too_wide"])
        self.assertGreater(findings["texts"], 100)
        self.assertEqual([], findings["overlaps"])
        dark, light, dark_again = findings["colours"]
        self.assertNotEqual(dark, light)
        self.assertEqual(dark, dark_again)
        # Data was not run, nor read as markup.
        self.assertRegex(findings["title"], r"^(Where|Report on) reviews\.attune")
        self.assertEqual([], findings["foreign"])

    def check_switch(self, explain):
        self.assertEqual(12, len(explain["choices"]))
        for key, least in (("shades", 12), ("strongest", 12), ("meaning", 5)):
            seen = {choice[key] for choice in explain["choices"]}
            self.assertGreaterEqual(len(seen), least, f"{key} stays the same: {sorted(seen)[:3]}")
        self.assertEqual(2, sum(explain["signs"]))

    def check_tokens(self, explain):
        """Walked through by key and pointed at by mouse."""
        self.assertRegex(explain["first_by_key"], "^“\u2068等\u2069”: ")
        self.assertRegex(explain["second_by_key"], "^“\u2068了\u2069”: ")
        self.assertRegex(explain["by_mouse"], "^“\u2068cafe\u0301\u2069”: ")
        self.assertEqual("row-1", explain["row_by_key"])

    def check_what_opens(self, explain):
        self.assertEqual(12, explain["ribbons"])
        self.assertEqual(explain["matrix_tokens"] ** 2, explain["squares"])
        self.assertRegex(explain["weight"], "^“\u2068.+\u2069” to “\u2068.+\u2069”: 0\\.5$")
        self.assertEqual(explain["pool_squares"], explain["matrix_tokens"])
        self.assertLess(explain["tokens_folded"], 5000)
        self.assertEqual(50_000, explain["characters_unfolded"] // 1000 * 1000)
        self.assertEqual(explain["values_of_long"], explain["tokens_unfolded"])

    def test_explanations(self):
        for width in WIDTHS:
            with self.subTest(width):
                findings = self.probe("explain.html", width)
                self.check_every_page(findings, width)
                self.check_switch(findings["explain"])
                self.check_tokens(findings["explain"])
                self.check_what_opens(findings["explain"])

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
