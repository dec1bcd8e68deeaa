# SPDX-License-Identifier: Apache-2.0
"""Pages that the program writes on models it has trained, opened in headless Chromium where there is one."""

import html
import json
import re
from xml.etree import ElementTree

from browser import WIDTHS, Browser, needs_chromium
from program import DONE, ProgramTest, measurements, reviews, MEASURED

SCRIPT = "<script>document.title='run'</script>"


@needs_chromium
class ReportTest(Browser, ProgramTest):
    def report(self, *arguments):
        self.assert_code(DONE, self.attune("report", "reviews.attune", *arguments, "--html", "report.html"))
        document, said = self.open("report.html")
        self.assertEqual([], said)
        self.check_print("report.html")
        for width in WIDTHS:
            with self.subTest(width):
                self.check_every_page(self.probe("report.html", width), width)
        return document

    def test_on_texts(self):
        rows = [(f"{text} {SCRIPT} <img src=x onerror=alert(1)> 👩‍👩‍👧 " + "long" * 40, label + SCRIPT) for text, label in reviews(90)]
        self.write_table(rows=rows, columns=("text", "label" + SCRIPT))
        self.train("table.csv", model="reviews.attune", output="label" + SCRIPT)
        document = self.report("table.csv")
        for heading in ("Most wrong", "Least certain", "Training", "Network", "Configuration", "Notes"):
            self.assertIn(f"<h2>{heading}</h2>", document)
        self.assertIn("<h2>Training</h2>", self.report(), "without a table")

    def test_on_several_outputs_and_numbers(self):
        self.write_table(rows=measurements(90), columns=MEASURED)
        self.train("table.csv", "--output", "price", model="reviews.attune", output="size")
        document = self.report("table.csv")
        self.assertIn("<h2>size, on table.csv (90 rows)</h2>", document)
        self.assertIn("<h2>price, on table.csv (90 rows)</h2>", document)


@needs_chromium
class ExplainTest(Browser, ProgramTest):
    def test_methods_heads_and_matrices(self):
        self.write_table(rows=[(f"{text} {SCRIPT} e\u0301 👩‍👩‍👧", label) for text, label in reviews(90)])
        self.train("table.csv", model="reviews.attune")
        asked = [text for text, _ in reviews(3)] + ["ردیء جدا bad", "bad film " * 5556]
        self.write_table("asked.csv", [(text,) for text in asked], columns=("text",))
        self.assert_code(DONE, self.attune("explain", "reviews.attune", "asked.csv", "--method", "all", "--matrices", "--html", "why.html"))
        _, said = self.open("why.html")
        self.assertEqual([], said)
        self.check_print("why.html")
        for width in WIDTHS:
            with self.subTest(width):
                findings = self.probe("why.html", width)
                self.check_every_page(findings, width)
                explain = findings["explain"]
                self.assertGreater(len(explain["choices"]), 8, "a switch for every method and head")
                self.assertGreater(len({choice["strongest"] for choice in explain["choices"]}), 5, "the switch changes what is seen")
                self.assertEqual(explain["matrix_tokens"] ** 2, explain["squares"])
                self.assertEqual(len(asked[-1]), explain["characters_unfolded"])
                self.assertEqual("row-1", explain["row_by_key"])
                self.assertTrue(explain["last_is_seen"], "the last token of a folded text")


class ExplainedTest(ProgramTest):
    """What pages and charts of explanations say, which needs no browser."""

    def explained(self, *arguments):
        """The text of the page, without markup, and the folder's charts by their names."""
        self.assert_code(DONE, self.attune("explain", "model.attune", *arguments, "--honesty", "never", "--html", "why.html", "--svg", "charts"))
        page = re.sub("[\u2068\u2069]", "", html.unescape(self.path("why.html").read_text(encoding="utf-8")))
        return page, {path.name: "".join(ElementTree.parse(path).getroot().itertext()).replace("\u2068", "").replace("\u2069", "")
                      for path in self.path("charts").iterdir()}

    def test_a_class_that_is_not_the_answer(self):
        self.write_table(rows=reviews(90))
        self.train("table.csv")
        self.write_table("asked.csv", [("lovely great film",), ("bad dull film",)], columns=("text",))
        answers = [answer["label"]["prediction"] for answer in self.predictions("model.attune", "asked.csv")]
        asked = "pos" if answers[0] == "neg" else "neg"
        page, charts = self.explained("asked.csv", "--of-class", asked)
        self.assertIn(f"What speaks for “{asked}” as “label” in 2 rows of asked.csv", page)
        self.assertIn(f"against “{asked}” <i", page)
        self.assertIn(f"<summary>From tokens to “{asked}”</summary>", page)
        self.assertEqual(sum(answer != asked for answer in answers), page.count(f">explained is “{asked}”, which is not the answer<"))
        self.assertEqual([asked, asked], [row["explained"] for row in json.loads(re.search('id="data">(.+?)</script>', page, re.DOTALL)[1])["rows"]])
        for number in (1, 2):
            self.assertIn(f"gradient_path for “{asked}”, asked.csv, row {number}", charts[f"row-{number}-gradient_path.svg"])
        page, charts = self.explained("asked.csv")
        self.assertIn("What the answers for “label” to 2 rows of asked.csv rest on", page)
        self.assertIn("against the answer <i", page)
        self.assertNotIn("explained is", page)
        self.assertIn(f"gradient_path for “{answers[0]}”, asked.csv, row 1", charts["row-1-gradient_path.svg"])

    def test_a_text_that_is_cut_off(self):
        self.write_table("many.csv", reviews(600))
        self.train("many.csv", "--epochs", "2")
        self.write_table("long.csv", [("the meal " * 400 + "great lovely good " * 100, "pos"), ("bad", "neg")])
        row = self.attune("explain", "model.attune", "long.csv", "--honesty", "never", "--json").json_lines()[0]
        elsewhere = row["methods"]["gradient_path"]["elsewhere"]
        self.assertNotEqual(0, elsewhere)
        read = len(row["tokens"])
        said = f"ut off by the model after {read} of 1,100 tokens: what stands behind them has no values"
        behind = f"Read by the linear part where no token is: {elsewhere:.3g}."
        page, charts = self.explained("long.csv")
        self.assert_code(DONE, self.attune("report", "model.attune", "long.csv", "--html", "report.html"))
        for text in (page, html.unescape(self.path("report.html").read_text(encoding="utf-8"))):
            self.assertIn(said, text)
            self.assertIn(behind, text)
        self.assertEqual(1, page.count(said), "of the first row alone")
        self.assertIn(f"text: cut off after {read} of 1,100 tokens", charts["row-1-gradient_path.svg"])
        self.assertIn(behind, charts["row-1-gradient_path.svg"])
        self.assertNotIn("cut off", charts["row-2-gradient_path.svg"])

    def test_what_else_could_be_shown(self):
        self.write_table(rows=reviews(90))
        self.train("table.csv")
        page, _ = self.explained("bad film")
        self.assertIn("This page can show more: --method all compares methods, --heads adds what every head looks at and "
                      "--matrices adds who looks at whom.", page)
        self.assertNotIn("arrows in the switch", page)
        page, _ = self.explained("bad film", "--method", "all", "--heads")
        self.assertIn("This page can show more: --matrices adds who looks at whom.", page)
        self.assertIn("arrows in the switch", page)
        self.assertNotIn("This page can show more", self.explained("bad film", "--method", "all", "--matrices")[0])

    def test_a_number_is_called_by_its_name(self):
        self.write_table(rows=measurements(90), columns=MEASURED)
        self.train("table.csv", output="price")
        page, charts = self.explained("table.csv", "--rows", "1")
        self.assertIn("lowers the number <i", page)
        self.assertIn("Tokens of table.csv, row 1, and what each says of “price”", page)
        self.assertIn("raises “price”, below 0 lowers it; in deviations", charts["row-1-gradient_path.svg"])
