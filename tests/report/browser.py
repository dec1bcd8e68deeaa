# SPDX-License-Identifier: Apache-2.0
"""Pages opened in headless Chromium.

A probe is put into a copy of a page: a script that uses the page as a person would and writes what it found into the
document, which Chromium prints. The pages' content security policy knows scripts by their hash; the probe's is added.
"""

import base64
import hashlib
import html
import json
import pathlib
import re
import shutil
import subprocess
import unittest

HERE = pathlib.Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = (375, 1440)
needs_chromium = unittest.skipUnless(CHROMIUM, "no chromium, chromium-browser or google-chrome is installed, so no page was opened")

# The rules for paper, applied to the screen; what they leave is told in the title.
PRINTED = """
for (const sheet of document.styleSheets) {
  for (const rule of sheet.cssRules) if (rule.conditionText === "print") rule.media.mediaText = "all";
}
document.documentElement.dataset.theme = "dark";
document.documentElement.style.width = "700px";
dispatchEvent(new Event("beforeprint"));
const seen = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
const names = (elements) => elements.map((element) => element.outerHTML.slice(0, 80));
document.title = JSON.stringify({
  tables: seen("table").length,
  cut: names(seen("table, svg").filter((element) => element.getBoundingClientRect().right > 701)),
  controls: names(seen("button, .choice")),
  characters: Math.max(...[...document.querySelectorAll(".text")].map((text) => [...text.textContent].length)),
  hidden: names(seen(".text").filter((element) => element.scrollHeight > element.clientHeight + 1)),
  scrolling: seen(".wide").filter((element) => getComputedStyle(element).overflowX !== "visible").length,
  paper: getComputedStyle(document.documentElement).backgroundColor,
});
"""


class Browser:
    """What a test case with pages in `self.folder` may do with them."""

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

    def check_print(self, page):
        """As on paper of A4 between margins, from a page that is shown dark. Returns what was found, among it how many
        characters the longest text has there."""
        document, said = self.open(self.add_script(page, PRINTED))
        self.assertEqual([], said)
        findings = json.loads(html.unescape(re.search("<title>(.+?)</title>", document)[1]))
        self.assertGreater(findings["tables"], 0)
        self.assertEqual({**findings, "cut": [], "controls": [], "hidden": [], "scrolling": 0, "paper": "rgb(255, 255, 255)"}, findings)
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
