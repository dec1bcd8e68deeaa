# SPDX-License-Identifier: Apache-2.0
"""The page that evaluate prints, and what it warns of."""

from program import DONE, MEASURED, PROJECT, ProgramTest, measurements, reviews


class PageTest(ProgramTest):  # without tests of its own, which its heirs would run again
    def page(self, table="test.csv", model="model.attune"):
        result = self.attune("evaluate", model, table)
        self.assert_code(DONE, result)
        return result


class LineEndsTest(PageTest):
    def test_labels_and_columns_with_line_ends_stay_on_one_line(self):
        names = {"pos": "very\ngood", "neg": "rather\tbad\r\nindeed"}
        rows = [(text, names[label]) for text, label in reviews()]
        self.write_table(rows=rows, columns=("text", "the\nlabel"))
        summary = self.train(output="the\nlabel").lines
        self.assertRegex(summary[1], "^the label:  accuracy")
        page = self.page("table.csv").lines
        self.assertEqual("the label, 60 rows", page[0])
        for shown in ("very good", "rather bad  indeed"):
            self.assertEqual(2, sum(line.endswith("  " + shown) for line in page), page)
        answers = {line.split("\t")[0] for line in self.attune("predict", "model.attune", "table.csv").lines}
        self.assertLessEqual(answers, {"very good", "rather bad  indeed"})


class UnseenLabelsTest(PageTest):
    """Rows of a class that training never saw: shown, named, and not hidden behind figures that leave them out."""

    def setUp(self):
        super().setUp()
        self.write_table()
        self.train()
        strange = ["maybe"] * 12 + ["two\nlines"] * 8 + [""] * 5 + ["x" * 60] * 3 + ["a", "b"]
        self.write_table("test.csv", reviews(19) + [("good film", label) for label in strange])

    def test_the_tables_have_a_line_for_them(self):
        page = self.page().lines
        lines = [line.split("  ") for line in page if line.endswith("  (never seen in training)")]
        self.assertEqual(2, len(lines), page)
        self.assertEqual(["-", "0.0000", "0.0000", "30"], [part.strip() for part in lines[0] if part.strip()][:-1])
        predicted = [int(word) for word in page[-1].split()[:2]]
        self.assertEqual(30, sum(predicted))
        metrics, = self.attune("evaluate", "model.attune", "test.csv", "--json").json_lines()
        self.assertEqual(metrics["unseen_predicted_as"], predicted)

    def test_figures_that_leave_them_out_say_so(self):
        page = self.page().out
        for name in ("negative log likelihood", "Brier score"):
            self.assertRegex(page, rf"\n  {name} +\d\.\d{{4}} .*; over 19 of 49 rows\n")
        self.assertNotRegex(page, r"(accuracy|macro F1|calibration error)  .*over 19")
        self.assertRegex(page, r"the network alone, before calibration .*accuracy .*likelihood \S+, Brier \S+ \(both over 19 of 49 rows\), calibration error")

    def test_without_them_nothing_is_said(self):
        self.write_table("test.csv", reviews(19))
        result = self.page()
        self.assertNotRegex(result.out, "; over|[(]over|never seen")
        self.assertEqual("", result.err)

    def test_the_most_frequent_are_named(self):
        self.assertIn('warning: 30 rows have a label that the model never saw; they count as wrong: "maybe" (12), "two lines" (8), '
                      f'an empty label (5), "{"x" * 48}.." (3), "a" (1) and 1 other\n', self.page().err)

    def test_one_row(self):
        self.write_table("test.csv", [("good film", "maybe")])
        result = self.page()
        self.assertIn('warning: 1 row has a label that the model never saw; it counts as wrong: "maybe" (1)\n', result.err)
        self.assertRegex(result.out, r"negative log likelihood  -  .*; over 0 of 1 row\n")

    def test_a_class_written_otherwise_is_said_to_be_one(self):
        strange = [" Pos"] * 3 + ["NEG"] * 2 + ["neg\u200b", "maybe", " "]
        self.write_table("test.csv", reviews(9) + [("good film", label) for label in strange])
        self.assertIn('warning: " Pos" is the class "pos" but for blanks or case, "NEG" the class "neg", "neg\\u200B" the class "neg"; '
                      "write labels as the training table does\n", self.page().err)
        self.write_table("test.csv", [("good film", label) for label in ("Pos", " pos", "POS", "pOs", "p os", "Neg", "NEG")])
        self.assertIn('"Pos" the class "pos" and 2 others; write', self.page().err)
        self.write_table("test.csv", [("good film", "maybe"), ("good", "positive")])
        self.assertNotIn("but for blanks", self.page().err)

    def test_the_summary_of_training_says_it_too(self):
        self.write_table("valid.csv", reviews(10) + [("good film", "maybe")])
        summary = self.train("table.csv", "--validation", "valid.csv").lines[1]
        self.assertRegex(summary, r"negative log likelihood \S+ \(over 10 rows\)  Brier score \S+ \(over 10 rows\)  "
                                  r"calibration error \S+  \(11 rows\)$")

    def test_many_classes(self):
        rows = [(text, f"class {i % 14}") for i, (text, _) in enumerate(reviews(140))]
        self.write_table("many.csv", rows)
        self.train("many.csv", model="many.attune")
        self.write_table("test.csv", rows[:20] + [("good", "new")])
        self.assertIn("\n  confusion of 14 classes, and of 1 row with a label never seen in training: see --json\n",
                      self.page(model="many.attune").out)

    def test_several_outputs_are_told_apart(self):
        self.write_table("two.csv", [(text, label, f"mark {label}") for text, label in reviews()], ("text", "label", "mark"))
        self.train("two.csv", "--output", "mark", model="two.attune")
        self.write_table("test.csv", [("a", "pos", "mark new"), ("b", "new", "mark pos"), ("c", "new", "mark pos")], ("text", "label", "mark"))
        err = self.page(model="two.attune").err
        self.assertIn('warning: label: 2 rows have a label that the model never saw; they count as wrong: "new" (2)\n', err)
        self.assertIn('warning: mark: 1 row has a label that the model never saw; it counts as wrong: "mark new" (1)\n', err)


class KnownRowsTest(PageTest):
    """Rows that the model was made with flatter it, which is said."""

    TRAINED = "the table that the model was trained on"

    def test_the_training_table(self):
        self.write_table()
        self.train()
        err = self.page("table.csv").err
        self.assertIn(f"warning: table.csv is {self.TRAINED} (54 of its rows; the other 6 validated it); the "
                      "figures flatter; measure on rows that it has never seen\n", err)
        result = self.attune("evaluate", "model.attune", "table.csv", "--json")
        self.assertEqual((1, err), (len(result.json_lines()), result.err))

    def test_the_same_rows_in_another_format(self):
        self.write_table()
        self.train()
        self.write_table("copy.tsv.gz")
        self.assertIn(f"copy.tsv.gz is {self.TRAINED}", self.page("copy.tsv.gz").err)

    def test_other_rows(self):
        rows = reviews()
        self.write_table(rows=rows)
        self.train()
        for changed in (rows[:59], rows[:59] + [("a new text", "pos")]):
            self.write_table("test.csv", changed)
            self.assertEqual("", self.page().err)

    def test_the_validation_table(self):
        self.write_table()
        self.write_table("valid.csv", reviews(20, seed=2))
        self.train("table.csv", "--validation", "valid.csv")
        self.assertIn("warning: valid.csv is the validation table of the model's training; "
                      "the figures flatter", self.page("valid.csv").err)
        self.assertIn(f"warning: table.csv is {self.TRAINED}; the figures flatter", self.page("table.csv").err)

    def test_a_training_without_validation(self):
        self.write_table()
        self.train("table.csv", "--validation-fraction", "0")
        self.assertIn(f"warning: table.csv is {self.TRAINED}; the figures flatter", self.page("table.csv").err)


class LargeNumbersTest(PageTest):
    """Targets whose squares no double holds."""

    def test_figures_that_overflow(self):
        self.write_table(rows=[(text, f"{i % 7 - 3}e300") for i, (text, _) in enumerate(reviews())])
        summary = self.train(output="label:number")
        self.assertRegex(summary.lines[1], r"^label:  mean squared error overflows  root of it overflows  "
                                           r"mean absolute error \d\.\d{4}e\+300  R2 overflows")
        page = self.page("table.csv").out
        self.assertRegex(page, r"\n  mean squared error +overflows +in the column")
        self.assertRegex(page, r"\n  mean absolute error +\d\.\d{4}e\+300 +in the column")
        self.assertRegex(page, r"\n  overflows: beyond .*; scale the column to moderate numbers\n")
        self.assertNotRegex(page, r"\b(inf|nan)\b")
        self.assertRegex(self.attune("info", "model.attune").out, r"validation +label:  mean squared error overflows")
        metrics, = self.attune("evaluate", "model.attune", "table.csv", "--json").json_lines()
        self.assertIsNone(metrics["mean_squared_error"])


class KeysTest(ProgramTest):
    """docs/metrics.md says what each key of the JSON holds."""

    def keys(self, value):
        if isinstance(value, list):
            return set().union(*map(self.keys, value)) if value else set()
        if not isinstance(value, dict):
            return set()
        return set(value).union(*map(self.keys, value.values()))

    def test_every_key_is_documented_and_no_other(self):
        self.write_table(rows=measurements(80), columns=MEASURED)
        self.train("table.csv", "--output", "price:number", output="size")
        metrics = self.attune("evaluate", "model.attune", "table.csv", "--json").json_lines()
        self.assertEqual(["category", "number"], [one["type"] for one in metrics])
        section = (PROJECT / "docs/metrics.md").read_text(encoding="utf-8").split("## The keys of `evaluate --json`\n")[1].split("\n## ")[0]
        lines = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        documented = {key for line in lines for key in line.replace("`", "").replace(" ", "").split(",")}
        self.assertEqual(self.keys(metrics), documented)
