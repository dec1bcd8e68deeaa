# SPDX-License-Identifier: Apache-2.0
"""The examples that come with the project."""

import shutil

from program import DONE, EXAMPLES, ProgramTest


class ExamplesTest(ProgramTest):
    def setUp(self):
        super().setUp()
        shutil.copytree(EXAMPLES, self.path("examples"))

    def test_four_sentences(self):
        result = self.attune("train", "--config", "examples/four-sentences/classic.toml")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "3 rows to train on, 1 to validate on")
        texts = ("我是一个学生", "我爱编程", "我喜欢旅游")
        answers = self.predictions("four-sentences.attune", *texts)
        self.assertEqual(3, len(answers))
        for answer in answers:
            self.assertIn(answer["label"]["prediction"], ("0", "1", "2", "3"))
            self.assertTrue(0.25 <= answer["label"]["probability"] <= 1)
        self.assertEqual(10, len(self.info("four-sentences.attune")["history"]))

    def test_diagnosis(self):
        result = self.attune("train", "examples/diagnosis/diagnosis.csv", "--output", "diagnosis", "-o", "diagnosis.attune",
                             "--width", "32", "--epochs", "12")
        self.assert_code(DONE, result)
        metrics = self.info("diagnosis.attune")["metrics"][0]
        self.assertEqual(57, metrics["rows"])
        self.assertGreater(metrics["accuracy"], 0.9)

    def test_reviews_are_read(self):
        for name, rows in (("train", 7000), ("test", 1000)):
            result = self.attune("info", f"examples/reviews/reviews-{name}.csv.gz")
            self.assert_code(DONE, result)
            self.assertRegex(result.lines[0], f"{rows:,} rows, 2 columns")
