# SPDX-License-Identifier: Apache-2.0
"""What computes attention: the choice of train, evaluate, predict and explain."""

import json
import os

from model_bytes import ModelBytes
from program import DONE, ProgramTest, reviews


class KernelsTest(ProgramTest):
    def probabilities(self, *arguments):
        answers = self.predictions("model.attune", "table.csv", *arguments)
        return [answer["label"]["probability"] for answer in answers]

    def assert_close(self, expected, found):
        self.assertEqual(len(expected), len(found))
        for a, b in zip(expected, found, strict=True):
            self.assertAlmostEqual(a, b, delta=1e-4)

    def test_the_same_answers_by_each(self):
        self.write_table(rows=reviews(80))
        self.train("table.csv", "--mechanism", "additive", "--pool", "attention")
        composed, fused = self.probabilities("--kernels", "composed"), self.probabilities("--kernels", "fused")
        self.assertEqual(fused, self.probabilities(), "the default")
        self.assertEqual(fused, self.probabilities("--kernels", "automatic"))
        self.assertNotEqual(composed, fused, "the flag changes nothing")
        self.assertGreater(len(set(composed)), 5)
        self.assert_close(composed, fused)
        accuracies = []
        for kernels in ("composed", "fused"):
            result = self.attune("evaluate", "model.attune", "table.csv", "--kernels", kernels, "--json", "--no-baselines")
            self.assert_code(DONE, result)
            accuracies.append(json.loads(result.out)["accuracy"])
        self.assertEqual(accuracies[0], accuracies[1])

    def test_explanations_by_each(self):
        """Weights, which the fused kernels do not have, are shown all the same."""
        self.write_table(rows=reviews(80))
        self.train("table.csv", "--mechanism", "additive", "--pool", "attention")
        explain = ("explain", "model.attune", "table.csv", "--rows", "3", "--method", "all", "--matrices", "--token", "2",
                   "--honesty", "never", "--json")
        rows = {}
        for kernels in ("automatic", "fused", "composed"):
            result = self.attune(*explain, "--kernels", kernels)
            self.assert_code(DONE, result)
            rows[kernels] = result.json_lines()
            for row in rows[kernels]:
                self.assertIn("rollout", row["methods"])
                self.assertTrue(row["matrices"])
        self.assertEqual(rows["automatic"], rows["fused"])
        for fused, composed in zip(rows["fused"], rows["composed"], strict=True):
            self.assert_close(fused["methods"]["rollout"]["values"], composed["methods"]["rollout"]["values"])

    def test_training_by_fused_kernels(self):
        self.write_table(rows=reviews(80))
        tensors = {}
        for name, flags in {"one": ("--kernels", "fused", "--threads", "1"), "three": ("--threads", "3"),
                            "composed": ("--kernels", "composed", "--threads", "1")}.items():
            self.train("table.csv", "--mechanism", "additive", *flags, model=name + ".attune")
            tensors[name] = ModelBytes(self.path(name + ".attune")).tensors
        self.assertEqual("fused", self.info("one.attune")["training"]["training"]["kernels"])
        self.assertEqual(tensors["one"], tensors["three"], "threads change no bit")
        self.assertNotEqual(tensors["one"], tensors["composed"], "the flag changes nothing")

    def test_an_unknown_name_is_refused(self):
        self.write_table()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--kernels", "fusd")
        self.assert_refused(result, "--kernels", "fused")

    def test_unknown_instructions_are_refused_before_any_work(self):
        environment = {**os.environ, "ATTUNE_FORCE_ISA": "avx1024"}
        self.write_table(rows=reviews(80))
        self.train("table.csv")
        for arguments in (("train", "table.csv", "--output", "label", "-o", "m.attune"), ("predict", "model.attune", "table.csv"),
                          ("evaluate", "model.attune", "table.csv")):
            result = self.attune(*arguments, env=environment)
            self.assert_refused(result, "ATTUNE_FORCE_ISA", "avx1024")
            self.assertNotIn("rows to train on", result.err)
        self.assert_code(DONE, self.attune("info", "model.attune", env=environment))
        self.assert_code(DONE, self.attune("predict", "model.attune", "table.csv", "--kernels", "composed",
                                           env=environment))
