# SPDX-License-Identifier: Apache-2.0
"""Pages that the program writes on models it has trained, opened in headless Chromium where there is one."""

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
