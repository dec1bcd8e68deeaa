# SPDX-License-Identifier: Apache-2.0
"""The linear part beside the network: kept, shown and left out."""

from model_bytes import ModelBytes
from program import DONE, ProgramTest, reviews


class LinearPartTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=reviews(400))

    def test_a_network_that_learnt_little_leaves_the_word_to_it(self):
        result = self.train("table.csv", "--learning-rate", "1e-9")
        self.assertRegex(result.err, r'output "label": calibrated .*temperature \S+, weight of the linear part \d+\.\d\d\n')
        self.assertIn("the network says nothing that the linear part does not; train it longer, or on more rows\n", result.err)
        metrics, = self.info()["metrics"]
        self.assertGreater(metrics["linear_weight"], 0)
        self.assertLess(metrics["uncalibrated"]["accuracy"], 0.8)
        self.assertEqual(1, metrics["accuracy"])
        page = self.attune("info", "model.attune").out
        self.assertRegex(page, r"\noutput .*, temperature \S+, linear part \d+\.\d{4}, 2 classes: neg, pos\n")
        self.assertRegex(self.attune("evaluate", "model.attune", "table.csv").out,
                         r"\n  the network alone, before calibration by temperature \S+ and a linear part of weight \d+\.\d{4}: accuracy 0\.")
        model = ModelBytes(self.path("model.attune"))
        self.assertEqual(["linear.0.inverse_frequencies", "linear.0.ngrams", "linear.0.weights"],
                         sorted(name for name in model.tensors if name.startswith("linear.")))
        answers = self.predictions("model.attune", "good film", "awful film")
        self.assertEqual(["pos", "neg"], [answer["label"]["prediction"] for answer in answers])

    def test_without(self):
        self.train("table.csv", "--no-linear")
        metrics, = self.info()["metrics"]
        self.assertEqual(0, metrics["linear_weight"])
        self.assertFalse([name for name in ModelBytes(self.path("model.attune")).tensors if name.startswith("linear.")])
        self.write("run.toml", "[model]\nlinear = false\n")
        self.train("table.csv", "--config", "run.toml", model="other.attune")
        self.assertEqual(self.info("other.attune")["metrics"][0]["linear_weight"], 0)

    def test_the_file_is_the_same_for_every_number_of_threads(self):
        contents = set()
        for threads in ("1", "2", "5"):
            self.train("table.csv", "--threads", threads)
            contents.add(ModelBytes(self.path("model.attune")).data)
        self.assertEqual(1, len(contents))

    def test_a_table_without_its_columns_is_refused_by_name(self):
        self.train()
        self.write_table("other.csv", [("good", "pos")], columns=("texts", "label"))
        self.assert_refused(self.attune("predict", "model.attune", "other.csv"), r'other\.csv.*"text"')
        self.assert_code(DONE, self.attune("predict", "model.attune", "good"))
