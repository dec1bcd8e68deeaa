# SPDX-License-Identifier: Apache-2.0
"""Answers that are withheld, and what withholding them is worth."""

import json
import re

from program import DONE, MEASURED, ProgramTest, measurements, reviews


class AbstainTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=reviews(200))
        self.train("table.csv", "--epochs", "3")

    def predict(self, *arguments):
        result = self.attune("predict", "model.attune", "table.csv", *arguments)
        self.assert_code(DONE, result)
        return result.lines

    def test_the_unsure_rows_and_no_others_are_not_answered(self):
        plain = self.predict()
        least = sorted(float(line.split("\t")[1]) for line in plain)[100]
        lines = self.predict("--abstain", str(least))
        withheld = [line.startswith("not sure\t") for line in lines]
        self.assertTrue(any(withheld) and not all(withheld))
        for line, answer, unsure in zip(lines, plain, withheld, strict=True):
            self.assertEqual("not sure\t" + answer if unsure else answer, line)
            # The printed probability is rounded.
            if abs(float(answer.split("\t")[1]) - least) > 1e-4:
                self.assertEqual(float(answer.split("\t")[1]) < least, unsure, line)

    def test_at_the_ends(self):
        self.assertEqual(self.predict(), self.predict("--abstain", "0"))
        self.assertTrue(all(line.startswith("not sure\t") for line in self.predict("--abstain", "1")))

    def test_in_json_the_prediction_is_null(self):
        for line in self.predict("--abstain", "1", "--json", "--top", "2"):
            answer = json.loads(line)["label"]
            self.assertIsNone(answer["prediction"])
            self.assertEqual(answer["probability"], answer["choices"][0]["probability"])
            self.assertEqual(2, len(answer["choices"]))

    def test_the_curve_keeps_what_predict_does(self):
        """Of the rows that are answered from a threshold on, as many are right as the curve says."""
        curve = self.attune("evaluate", "model.attune", "table.csv", "--json").json_lines()[0]["coverage"]
        self.assertEqual(1, curve[0]["coverage"])
        labels = [label for _, label in reviews(200)]
        for point in curve:
            answers = [json.loads(line)["label"]["prediction"]
                       for line in self.predict("--json", "--abstain", repr(point["threshold"] - 1e-6))]
            right = [answer == label for answer, label in zip(answers, labels, strict=True) if answer is not None]
            self.assertEqual(point["rows"], len(right))
            self.assertAlmostEqual(point["accuracy"], sum(right) / len(right))

    def test_the_printed_confidence_withholds_none_that_the_curve_answers(self):
        page = self.attune("evaluate", "model.attune", "table.csv", "--abstain").out
        printed = re.findall(r"^  ([01]\.\d{4}) +[01]\.\d{4} +[01]\.\d{4} +(\d+)$", page, re.MULTILINE)
        exact = self.attune("evaluate", "model.attune", "table.csv", "--json").json_lines()[0]["coverage"]
        self.assertEqual([point["rows"] for point in exact], [int(rows) for _, rows in printed])
        self.assertTrue(any(round(point["threshold"], 4) > point["threshold"] for point in exact), "none is rounded up in any way")
        for (confidence, rows), point in zip(printed, exact, strict=True):
            self.assertLess(abs(float(confidence) - point["threshold"]), 1e-4)
            answers = [line for line in self.predict("--abstain", confidence) if not line.startswith("not sure")]
            self.assertGreaterEqual(len(answers), int(rows), confidence)

    def test_the_page_shows_it_when_asked(self):
        plain = self.attune("evaluate", "model.attune", "table.csv").out
        self.assertNotIn("not sure", plain)
        self.assertRegex(plain, r"calibration error \S+ lies (in|above|below) \[0\.\d{4}, 0\.\d{4}\]")
        page = self.attune("evaluate", "model.attune", "table.csv", "--abstain").out
        self.assertTrue(page.startswith(plain))
        self.assertRegex(page, r"\n  0\.\d{4} +1\.0000 +[01]\.\d{4} +200\n")

    def test_refused(self):
        for value in ("1.1", "-0.5", "nan", "much"):
            result = self.attune("predict", "model.attune", "--abstain=" + value, "text")
            self.assert_refused(result, "--abstain")

    def test_a_value_for_the_switch_of_evaluate(self):
        """Wherever it stands, it is what the message names, and not the argument that it pushed out."""
        for words in (("model.attune", "table.csv", "--abstain", "0.9"), ("--abstain", "0.9", "model.attune", "table.csv"),
                      ("model.attune", "--abstain", "0.9", "table.csv")):
            self.assert_refused(self.attune("evaluate", *words),
                                r'^--abstain: is a switch and takes no value, found "0\.9" behind it \(it means: accuracy of .*'
                                r"from each confidence on\); leave the value out$")
        result = self.attune("evaluate", "model.attune", "table.csv", "--abstain=0.9")
        self.assert_refused(result, "^--abstain: is a switch and takes no value;")


class NumbersTest(ProgramTest):
    """Numbers have no confidence, and no choices."""

    def setUp(self):
        super().setUp()
        self.write_table("measured.csv", measurements(), columns=MEASURED)

    def refuse(self, verb, *flags):
        result = self.attune(verb, "model.attune", "measured.csv", *flags)
        self.assert_refused(result, rf"^{flags[0]}: is for classes, and model\.attune predicts numbers; leave it out$")

    def test_refused_where_nothing_else_is_predicted(self):
        self.train("measured.csv", "--epochs", "1", output="price:number")
        for flags in (("--abstain", "0.5"), ("--abstain", "0"), ("--top", "2"), ("--top", "1", "--json")):
            self.refuse("predict", *flags)
        self.refuse("evaluate", "--abstain")
        self.refuse("evaluate", "--abstain", "--json")

    def test_meant_for_the_classes_beside_them(self):
        self.train("measured.csv", "--epochs", "1", "--output", "price:number", output="size")
        answers = self.predictions("model.attune", "measured.csv", "--abstain", "1", "--top", "2")
        self.assertEqual({2}, {len(answer["size"]["choices"]) for answer in answers})
        self.assertTrue(all(answer["size"]["prediction"] is None and answer["price"]["prediction"] is not None for answer in answers))
        page = self.attune("evaluate", "model.attune", "measured.csv", "--abstain")
        self.assert_code(DONE, page)
        self.assertEqual(1, page.out.count("answering only from a confidence on"))
