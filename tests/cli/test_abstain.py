# SPDX-License-Identifier: Apache-2.0
"""Answers that are withheld, and what withholding them is worth."""

import json

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

    def test_numbers_have_no_confidence(self):
        self.write_table("measured.csv", measurements(), columns=MEASURED)
        self.train("measured.csv", "--epochs", "1", model="numbers.attune", output="price:number")
        result = self.attune("predict", "numbers.attune", "measured.csv", "--abstain", "0.5")
        self.assert_refused(result, r"--abstain: is for classes, and numbers.attune predicts numbers")
