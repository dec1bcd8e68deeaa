# SPDX-License-Identifier: Apache-2.0
"""The pages and charts of example_pages, read by parsers."""

import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

VOID = {"meta", "input", "br", "link", "img"}
PAGES = ("explain.html", "report.html")


class Page(html.parser.HTMLParser):
    """The elements in their order, and what each directly holds as text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.faults = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice: {names}")
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append((tag, self.elements[-1]))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"</{tag}> does not close {[name for name, _ in self.open][-3:]}")
            return
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.open[-1][1][2].append(data)

    def all(self, tag):
        return [(attributes, "".join(texts)) for name, attributes, texts in self.elements if name == tag]


class StructureTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attune-structure-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.out = subprocess.run([os.environ["ATTUNE_EXAMPLE_PAGES"], self.folder], check=True, capture_output=True).stdout

    def page(self, name):
        raw = (self.folder / name).read_bytes()
        self.assertLess(len(raw), 2_000_000)
        page = Page(raw.decode("utf-8"))
        self.assertEqual([], page.faults)
        self.assertEqual([], page.open)
        return page

    def test_pages_are_well_formed(self):
        for name in PAGES:
            with self.subTest(name):
                page = self.page(name)
                ids = [a["id"] for _, a, _ in page.elements if "id" in a]
                self.assertEqual(sorted(set(ids)), sorted(ids), "an id stands twice")
                for attribute in ("aria-labelledby", "aria-controls", "for"):
                    for _, attributes, _ in page.elements:
                        for target in attributes.get(attribute, "").split():
                            self.assertIn(target, ids)
                self.assertEqual("en", page.all("html")[0][0]["lang"])
                self.assertEqual(1, len(page.all("h1")))
                self.assertEqual(1, len(page.all("main")))

    def test_nothing_comes_from_elsewhere(self):
        for name in PAGES:
            with self.subTest(name):
                page = self.page(name)
                for tag, attributes, _ in page.elements:
                    self.assertNotIn(tag, {"img", "iframe", "link", "object", "embed", "base", "form"})
                    for key in attributes:
                        self.assertNotIn(key, {"src", "href", "style", "srcset", "action"}, tag)
                        self.assertFalse(key.startswith("on"), f"{tag} {key}")
                policy = next(a["content"] for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
                self.assertRegex(policy, r"^default-src 'none'; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+'; ")
                self.assertNotIn("unsafe", policy)
                self.assertNotRegex((self.folder / name).read_text(encoding="utf-8"), r"https?://(?!www\.w3\.org/2000/svg)")

    def test_hostile_data_stands_as_text(self):
        """As it was: names, columns, cells, classes, options."""
        explain, report = map(self.page, PAGES)
        hostile = "</script><script>document.title='run'</script>"
        for page, tags in ((explain, ("h3", "h4", "bdi", "li")), (report, ("h3", "h4", "bdi", "title"))):
            for tag in tags:
                self.assertTrue(any(hostile in text for _, text in page.all(tag)), tag)
        self.assertTrue(any("<img src=x onerror=" in text for _, text in report.all("dd")))
        self.assertEqual(2, len(explain.all("script")))
        self.assertEqual(1, len(report.all("script")))
        raw = next(text for a, text in explain.all("script") if a.get("id") == "data")
        data = json.loads(raw)
        self.assertTrue(any(hostile in row["explained"] for row in data["rows"]))
        self.assertTrue(any("\u2028" in row["explained"] for row in data["rows"]))
        self.assertNotRegex(raw, "[\u2028\u2029]")

    def test_counts_of_the_confusion_matrix_are_a_table(self):
        """Within a picture they are not read."""
        elements = self.page("report.html").elements
        begin = next(i for i, (tag, attributes, _) in enumerate(elements) if tag == "details" and attributes.get("class") == "counts")
        end = next(i for i in range(begin, len(elements)) if elements[i][0] == "table" and i > begin + 5)
        part = elements[begin:end]
        self.assertTrue(any(tag == "p" and "".join(texts) == "Answered rightly: 910 of 1,000 rows." for tag, _, texts in part))
        self.assertEqual(["512", "41", "0", "46", "393", "2", "1", "0", "5"], ["".join(texts) for tag, _, texts in part if tag == "td"])
        scopes = [attributes["scope"] for tag, attributes, _ in part if tag == "th"]
        self.assertEqual((4, 3), (scopes.count("col"), scopes.count("row")))

    def test_the_switch_names_the_site_of_every_head(self):
        page = self.page("explain.html")
        names = {attributes.get("id"): "".join(texts) for _, attributes, texts in page.elements}
        groups, inputs = [], []
        for tag, attributes, texts in page.elements:
            if tag == "div" and attributes.get("class") == "group":
                self.assertEqual("group", attributes["role"])
                groups.append(names[attributes["aria-labelledby"]])
            elif tag == "span" and inputs and inputs[-1] is None:
                inputs[-1] = (groups[-1], "".join(texts))
            elif tag == "input":
                inputs.append(None)
        self.assertEqual(["methods", "block.0.self", "block.1.self", "pool"], groups)
        self.assertEqual(12, len(inputs))
        self.assertEqual(12, len(set(inputs)), "two are called alike")

    def test_tokens_are_walked_through_by_what_takes_arrow_keys(self):
        """A screen reader keeps arrow keys for itself but in roles that are made to take them."""
        page = self.page("explain.html")
        data = json.loads(next(text for a, text in page.all("script") if a.get("id") == "data"))
        names = [text for a, text in page.all("h3") if a.get("id", "").startswith("row-")]
        tokens = [len(row["values"]["0"]) for row in data["rows"]]
        self.assertEqual(len(names), len(tokens))
        sliders = [attributes for _, attributes, _ in page.elements if attributes.get("role") == "slider"]
        self.assertEqual([(str(count), "0", "none yet", "0") for count in tokens if count > 0],
                         [(a["aria-valuemax"], a["aria-valuenow"], a["aria-valuetext"], a["tabindex"]) for a in sliders])
        for name, attributes in zip((name for name, count in zip(names, tokens) if count > 0), sliders):
            self.assertTrue(attributes["aria-label"].startswith(f"Tokens of {name}, and what each says of “"), attributes["aria-label"])
        for _, attributes, _ in page.elements:
            if attributes.get("class") == "cells":
                self.assertEqual({"class": "cells"}, attributes, "a text that is read as one")

    def test_graphemes_are_whole_and_the_text_is_all_there(self):
        marks = [text for _, text in self.page("explain.html").all("i")]
        for whole in ("👩‍👩‍👧", "🤷🏽‍♀️", "cafe\u0301", "الخدمة"):
            self.assertIn(whole, marks)
        page = self.page("explain.html")
        data = json.loads(next(text for a, text in page.all("script") if a.get("id") == "data"))
        marks_of_rows = {len(row["values"]["0"]) for row in data["rows"]}
        self.assertIn(50_000, {size // 1000 * 1000 for size in marks_of_rows})

    def test_charts_are_xml_and_described(self):
        charts = sorted(self.folder.glob("*.svg"))
        self.assertGreaterEqual(len(charts), 11)
        for chart in charts:
            with self.subTest(chart.name):
                root = xml.etree.ElementTree.parse(chart).getroot()
                space = "{http://www.w3.org/2000/svg}"
                self.assertEqual(space + "svg", root.tag)
                self.assertTrue(root.find(space + "title").text)
                self.assertGreater(len(root.find(space + "desc").text), 20)
                _, _, width, height = map(float, root.get("viewBox").split())
                for element in root.iter():
                    self.assertNotIn(element.tag, {space + "script", space + "foreignObject", space + "image"})
                    for key, limit in (("x", width), ("y", height), ("x1", width), ("x2", width)):
                        if key in element.attrib:
                            self.assertTrue(-1 <= float(element.get(key)) <= limit + 1, f"{element.tag} {element.attrib}")

    def test_what_a_terminal_gets_steers_nothing(self):
        self.assertIsNone(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", self.out))
        self.assertIn("\\u001B[31m", self.out.decode())
        self.assertNotIn("\u202e", self.out.decode())


if __name__ == "__main__":
    unittest.main()
