# SPDX-License-Identifier: Apache-2.0
"""The verb report: one page and single charts on a training and on what a model reaches."""

import html.parser
import json
import os
import re
import signal
import xml.etree.ElementTree

from model_bytes import ModelBytes, assemble, seal_metadata
from program import DONE, FAILED, INTERRUPTED, ProgramTest, limit_file_size, measurements, reviews, wait_until, MEASURED

CURVES = ["learning-rate.svg", "loss.svg", "metric.svg"]
SCRIPT = "<script>alert('&')</script>"


class Page(html.parser.HTMLParser):
    """The text of every element, in their order, and what is open in the end."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])
        if tag not in ("meta", "input", "br"):
            self.open.append(self.elements[-1])

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element[2] += data

    def texts(self, tag, style=None):
        return [text for name, attributes, text in self.elements if name == tag and style in (None, attributes.get("class"))]

    def figures(self, caption):
        """Name to value of each table with that caption, in their order."""
        tables = [i for i, (tag, attributes, text) in enumerate(self.elements)
                  if tag == "table" and attributes.get("class") == "figures" and text.lstrip().startswith(caption)]
        found = []
        for begin in tables:
            rest = self.elements[begin + 1:]
            end = next((i for i, element in enumerate(rest) if element[0] in ("table", "h2")), len(rest))
            names = [e[2] for e in rest[:end] if e[0] == "th" and e[1].get("scope") == "row"]
            values = [e[2] for e in rest[:end] if e[0] == "td" and e[1].get("class") == "number"]
            found.append(dict(zip(names, values)))
        return found

    def rows(self, title):
        """The articles below a heading, as texts."""
        found = [[]]
        for tag, _, text in self.elements:
            if tag == "h2":
                found.append([text])
            elif tag == "article":
                found[-1].append(text)
        return [texts[1:] for texts in found if texts[:1] == [title]]


class ReportTest(ProgramTest):  # without tests of its own, which its heirs would run again
    def report(self, *arguments, code=DONE, **options):
        result = self.attune("report", "model.attune", *arguments, **options)
        self.assert_code(code, result)
        return result

    def page(self, *arguments, name="page.html"):
        self.report(*arguments, "--html", name)
        content = self.path(name).read_bytes()
        self.assertLess(len(content), 2_000_000)
        page = Page(content.decode())
        self.assertEqual([], page.open)
        self.assertEqual(1, len(page.texts("main")))
        return page

    def metrics(self, *arguments):
        result = self.attune("evaluate", "model.attune", *arguments, "--json")
        self.assert_code(DONE, result)
        return result.json_lines()


class PageTest(ReportTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=reviews(200))
        self.write_table("test.csv", reviews(80, seed=2) + [("a dull film", "pos"), ("lovely 很好", "neg"), ("bad", "odd")])
        self.train("table.csv", "--validation-fraction", "0.3")

    def test_figures_are_those_of_evaluate(self):
        page = self.page("test.csv")
        metrics, = self.metrics("test.csv")
        model, = page.figures("The model")
        self.assertEqual(f"{metrics['accuracy']:.4f}", model["accuracy"])
        self.assertEqual(f"{metrics['uncalibrated']['brier_score']:.4f}", model["Brier score of the network alone"])
        baselines, = page.figures("Simple models")
        self.assertEqual([one["name"] for one in metrics["baselines"]], list(baselines))
        self.assertEqual(f"{metrics['baselines'][0]['accuracy']:.4f}", baselines["majority class"])
        self.assertEqual(["label, on test.csv (83 rows)", "Most wrong", "Least certain", "Training", "Network",
                          "Configuration", "Notes"], page.texts("h2"))
        self.assertIn(f"label: accuracy {metrics['accuracy']:.4f} on test.csv (83 rows); the model ", page.texts("p", "lead")[2])

    def test_labels_never_seen_are_a_line_of_their_own_and_warned_of(self):
        page = self.page("test.csv")
        self.assertRegex(page.texts("p", "warning")[0], r'^1 row has a label that the model never saw; .*"odd" \(1\)')
        self.assertIn("(never seen in training)", page.texts("th"))
        drawing = " ".join(page.texts("svg"))
        self.assertIn("(never seen in training)", drawing)
        predicted = self.predictions("model.attune", "test.csv")[-1]["label"]["prediction"]
        self.assertIn(f"(never seen in training) predicted as {predicted}: 1 row, 100 % of the class", drawing)

    def test_rows_are_the_worst_and_the_least_certain(self):
        """Against the answers of predict."""
        truth = [label for _, label in reviews(80, seed=2)] + ["pos", "neg", "odd"]
        answers = [answer["label"] for answer in self.predictions("model.attune", "test.csv", "--top", "2")]
        of_truth = {i: next(c["probability"] for c in answer["choices"] if c["label"] == label)
                    for i, (answer, label) in enumerate(zip(answers, truth)) if label != "odd"}
        wrong = [i for i in sorted(of_truth, key=of_truth.get) if answers[i]["choices"][0]["label"] != truth[i]]
        certain = sorted(range(83), key=lambda i: answers[i]["choices"][0]["probability"])
        self.assertTrue(wrong, "nothing to compare")
        page = self.page("test.csv", "--worst-rows", "3")
        for title, rows in (("Most wrong", wrong[:3]), ("Least certain", certain[:3])):
            shown, = page.rows(title)
            self.assertEqual([f"test.csv, row {i + 1}" for i in rows], [re.match(r"test\.csv, row \d+", text.strip())[0] for text in shown])
            for text, i in zip(shown, rows):
                self.assertRegex(text, rf"in the table: \W*{truth[i]}")
                self.assertIn("Strongest: ", text)

    def test_rows_can_be_left_out(self):
        page = self.page("test.csv", "--worst-rows", "0")
        self.assertEqual([], page.texts("article"))
        self.assertNotIn("Most wrong", page.texts("h2"))

    def test_without_a_table_the_record_is_shown(self):
        page = self.page()
        record = self.info()
        model, = page.figures("The model")
        self.assertEqual(f"{record['metrics'][0]['accuracy']:.4f}", model["accuracy"])
        self.assertRegex(page.texts("p", "warning")[0], "validation rows .* flatter")
        self.assertIn("label, on the validation rows (60 rows)", page.texts("h2"))
        self.assertIn("attune report model.attune DATA --html FILE", page.texts("li")[-1])
        self.assertEqual([], page.texts("article"))

    def test_the_configuration_is_that_of_the_model(self):
        page = self.page()
        keys, values = page.texts("dt"), page.texts("dd")
        self.assertEqual(len(keys), len(values))
        shown = dict(zip(keys, values))
        training = self.info()["training"]
        for section in ("model", "training"):
            self.assertLess(10, len(training[section]))
            for key, value in training[section].items():
                if isinstance(value, (int, str)) and not isinstance(value, bool) and value != "":
                    self.assertEqual(str(value), shown[key], key)
        self.assertEqual(self.info()["data"]["sha256"], shown["sha256"])

    def test_the_table_of_the_training_is_told(self):
        self.assertRegex(self.page("table.csv").texts("p", "warning")[0], "is the table that the model was trained on")

    def test_the_same_page_for_every_number_of_threads(self):
        for threads in ("1", "3"):
            self.report("test.csv", "--threads", threads, "--html", f"{threads}.html")
        self.assertEqual(self.path("1.html").read_bytes(), self.path("3.html").read_bytes())

    def test_baselines_can_be_left_out(self):
        self.assertEqual([], self.page("test.csv", "--no-baselines").figures("Simple models"))

    def test_a_table_of_one_row(self):
        self.write_table("one.csv", [("good film", "pos")])
        page = self.page("one.csv")
        self.assertIn("label, on one.csv (1 row)", page.texts("h2"))

    def change_record(self, change):
        model = ModelBytes(self.path("model.attune"))
        record = model.record("record")
        change(record)
        model.metadata["record"] = json.dumps(record)
        seal_metadata(model.metadata)
        self.write("model.attune", assemble(model.header, model.data))

    def test_a_record_that_holds_nothing(self):
        self.change_record(lambda record: record.clear())
        self.assertEqual(["Network", "Configuration", "Notes"], self.page().texts("h2"))
        self.assertIn("label, on test.csv (83 rows)", self.page("test.csv").texts("h2"))

    def test_the_record_of_an_earlier_version(self):
        """Which knew no reliability of the network alone."""
        self.change_record(lambda record: record["metrics"][0]["uncalibrated"].pop("reliability"))
        self.assertIn("label, on the validation rows (60 rows)", self.page().texts("h2"))


class WordsTest(ReportTest):
    def test_markup_is_data(self):
        rows = [(f"{text} {SCRIPT} ]]> 👩‍👩‍👧 é \u202e", f"{label}{SCRIPT}") for text, label in reviews()]
        name = f"{SCRIPT}.csv".replace("/", "")
        self.write_table(name, rows, columns=("te<b>xt", f"<i>{SCRIPT}"))
        self.train(name, output=f"<i>{SCRIPT}")
        page = self.page(name)
        self.report(name, "--svg", "charts")
        self.assertEqual(1, sum(tag == "script" for tag, _, _ in page.elements), "the page's own")
        self.assertIn("te<b>xt", page.texts("h4"))
        for tag, behind in (("i", SCRIPT), ("b", "xt")):
            self.assertFalse([text for text in page.texts(tag) if text.startswith(behind)], f"<{tag}> of the data was read as markup")
        self.assertTrue(any(SCRIPT in text for text in page.texts("article")))
        self.assertIn(f"<i>{SCRIPT}", page.texts("h2")[0])
        confusion = xml.etree.ElementTree.parse(self.path("charts/confusion.svg")).getroot()
        self.assertIn(SCRIPT, "".join(confusion.itertext()))
        self.assertFalse([e.tag for e in confusion.iter() if e.tag.endswith("script")])

    def test_long_texts(self):
        self.write_table(rows=[(text + " film" * 20_000 * (i < 3), label) for i, (text, label) in enumerate(reviews(30))])
        self.train()
        self.assertRegex(" ".join(self.page("table.csv", "--worst-rows", "30").texts("article")), "The first [0-9]+ of 512 tokens")


class OutputsTest(ReportTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=measurements(90), columns=MEASURED)

    def test_numbers(self):
        self.train("table.csv", output="price")
        page = self.page("table.csv")
        model, = page.figures("The model")
        metrics, = self.metrics("table.csv")
        self.assertEqual(f"{metrics['mean_absolute_error']:.4f}", model["mean absolute error"])
        self.assertEqual([], page.rows("Least certain"))
        prices = [float(row[5]) for row in measurements(90)]
        answers = [answer["price"]["prediction"] for answer in self.predictions("model.attune", "table.csv")]
        errors = sorted(range(90), key=lambda i: -abs(prices[i] - answers[i]))
        worst, = page.rows("Most wrong")
        self.assertEqual([f"table.csv, row {i + 1}" for i in errors[:5]], [re.match(r"table\.csv, row \d+", text.strip())[0] for text in worst])
        self.assertIn("Off by ", worst[0])
        self.assertNotIn("not the same", worst[0])

    def test_several_outputs(self):
        self.train("table.csv", "--output", "size", "--output", "colour", output="price")
        page = self.page("table.csv", "--svg", "charts")
        self.assertEqual([f"{name}, on table.csv (90 rows)" for name in ("price", "size", "colour")],
                         [text for text in page.texts("h2") if "table.csv" in text])
        self.assertEqual(3, len(page.figures("The model")))
        self.assertEqual(sorted([*CURVES, "flow.svg", "confusion-size.svg", "reliability-size.svg", "confusion-colour.svg",
                                 "reliability-colour.svg"]), sorted(os.listdir(self.path("charts"))))

    def test_outputs_whose_names_are_no_file_names(self):
        rows = [(a, b, a > "5", b > "5") for a, b, *_ in measurements(60)]
        self.write_table(rows=[(a, b, "yn"[c], "yn"[d]) for a, b, c, d in rows], columns=("a", "b", "../x", "---x"))
        self.train("table.csv", "--output", "---x", output="../x")
        self.report("--svg", "charts")
        charts = os.listdir(self.path("charts"))
        self.assertIn("confusion----x.svg", charts)
        self.assertIn("confusion----x-2.svg", charts)
        self.assert_folder_holds("table.csv", "model.attune", "charts")


class ChartTest(ReportTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train()

    def test_every_chart_is_a_file_of_its_own(self):
        result = self.report("table.csv", "--svg", "charts", "--json")
        names = sorted([*CURVES, "confusion.svg", "reliability.svg", "flow.svg"])
        self.assertEqual([f"charts/{name}" for name in names], sorted(json.loads(result.out)["svg"]))
        for name in names:
            root = xml.etree.ElementTree.parse(self.path("charts") / name).getroot()
            self.assertEqual("{http://www.w3.org/2000/svg}svg", root.tag)
            self.assertNotIn("nothing to draw", "".join(root.itertext()))

    def test_what_else_is_in_the_folder_stays(self):
        self.write("charts/loss.svg", "old")
        self.write("charts/notes.txt", "mine")
        self.report("--svg", "charts")
        self.assertEqual(b"mine", self.path("charts/notes.txt").read_bytes())
        self.assertTrue(self.path("charts/loss.svg").read_bytes().startswith(b"<svg"))

    def test_page_and_charts_in_one_new_folder(self):
        result = self.report("table.csv", "--html", "new/page.html", "--svg", "new", "--json")
        self.assertEqual("new/page.html", json.loads(result.out)["html"])
        self.assertEqual(1, len(result.lines))
        self.assertEqual(7, len(os.listdir(self.path("new"))))

    def test_without_json_nothing_is_on_standard_output(self):
        result = self.report("--html", "page.html")
        self.assertEqual("", result.out)
        self.assertIn("wrote page.html", result.err)


class RefusalTest(ReportTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train()

    def refused(self, arguments, *patterns):
        before = sorted(self.folder.rglob("*"))
        self.assert_refused(self.attune("report", *arguments), *patterns)
        self.assertEqual(before, sorted(self.folder.rglob("*")), "something was left behind")

    def test_what_makes_no_sense_is_named(self):
        self.write_table("unlabelled.csv", [("good",)], columns=("text",))
        self.write("header.csv", "text,label\n")
        self.write("notes.txt", "mine")
        self.write("drawing.svg", "<svg/>")
        html_page = ("--html", "p.html")
        for arguments, patterns in (
                (["model.attune"], ["nothing to write", "--html FILE", "--svg FOLDER"]),
                (["model.attune", "none.csv", *html_page], ["none.csv", "no such file"]),
                (["none.attune", *html_page], ["none.attune", "no such file"]),
                (["table.csv", "model.attune", *html_page], ["table.csv: not a model", "model.attune table.csv"]),
                (["model.attune", "unlabelled.csv", *html_page], ["unlabelled.csv", '"label"']),
                (["model.attune", "header.csv", *html_page], ["header.csv"]),
                (["model.attune", "--html", "none/p.html"], ["--html: none/p.html", "there is no folder none"]),
                (["model.attune", "--html", "."], ["--html: ", "it is a folder"]),
                (["model.attune", "--html", "model.attune"], ["--html: model.attune is what is read"]),
                (["model.attune", "table.csv", "--html", "./table.csv"], ["--html: ./table.csv is what is read"]),
                (["model.attune", "--html", "notes.txt"], ["--html: notes.txt", "not written by attune report"]),
                (["model.attune", "--html", "/proc/p.html"], ["--html: /proc/p.html", "cannot be written"]),
                (["model.attune", "--svg", "/proc"], ["--svg: /proc", "cannot be written"]),
                (["model.attune", "--svg", "/proc/new"], ["--svg: /proc/new cannot be made"]),
                (["model.attune", "--svg", "notes.txt"], ["--svg: notes.txt is no folder"]),
                (["model.attune", "--svg", "none/charts"], ["--svg: none/charts", "there is no folder none"]),
                (["model.attune", "drawing.svg", "--svg", "."], ["--svg", "might replace drawing.svg"]),
                (["model.attune", "--html", "c/p.svg", "--svg", "c"], ["might replace c/p.svg"]),
                (["model.attune", "none.csv", "--svg", "new"], ["none.csv"]),
                (["model.attune", *html_page, "--delimiter", ";"], ["--delimiter", "without a table"]),
                (["model.attune", *html_page, "--no-header"], ["--no-header", "without a table"]),
                (["model.attune", *html_page, "--no-baselines"], ["--no-baselines", "without a table"]),
                (["model.attune", *html_page, "--kernels", "composed"], ["--kernels", "without a table"]),
                (["model.attune", *html_page, "--threads", "2"], ["--threads", "without a table"]),
                (["model.attune", *html_page, "--worst-rows", "3"], ["--worst-rows", "without a table"]),
                (["model.attune", *html_page, "--training-table", "table.csv"], ["--training-table", "without a table"]),
                (["model.attune", "table.csv", "--svg", "new", "--worst-rows", "3"], ["--worst-rows", "without --html"]),
                (["model.attune", "table.csv", *html_page, "--worst-rows", "-1"], ["--worst-rows"]),
                (["model.attune", "table.csv", *html_page, "--worst-rows", "501"], ["--worst-rows", "500"])):
            with self.subTest(arguments):
                self.refused(arguments, *patterns)

    def test_a_full_disk_leaves_the_old_page(self):
        self.report("--html", "page.html")
        before = self.path("page.html").read_bytes()
        result = self.attune("report", "model.attune", "table.csv", "--html", "page.html", preexec_fn=limit_file_size(20_000))
        self.assert_failed(FAILED, result, "page.html", "cannot be written|File too large")
        self.assertEqual(before, self.path("page.html").read_bytes())
        self.assert_folder_holds("table.csv", "model.attune", "page.html")

    def test_an_interrupt_writes_nothing(self):
        self.write_table("long.csv", reviews(200_000))
        run = self.start("report", "model.attune", "long.csv", "--html", "page.html", "--svg", "charts")
        wait_until(lambda: run.catches(signal.SIGINT) and self.path("charts").is_dir())
        run.send(signal.SIGINT)
        result = run.end(60)
        self.assert_code(INTERRUPTED, result)
        self.assertEqual("", result.out)
        self.assertIn("interrupted: nothing is written", result.err)
        self.assert_folder_holds("table.csv", "long.csv", "model.attune")
