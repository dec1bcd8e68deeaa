# SPDX-License-Identifier: Apache-2.0
"""Simple models beside the one that was trained."""

import json
import re
import statistics

from model_bytes import ModelBytes, assemble, seal_metadata
from program import DONE, ProgramTest, measurements, reviews, MEASURED

LINE = re.compile(r"^  (\S.*?) {2,}([01]\.\d{4}) +([01]\.\d{4}) +([+-]\d+\.\d \[-?\d+\.\d, -?\d+\.\d\])$")
OF_TEXT = ["majority class", "naive Bayes, multinomial, words", "naive Bayes, Bernoulli, words",
           "naive Bayes, multinomial, characters", "naive Bayes, Bernoulli, characters", "logistic regression, words"]


class BaselinesTest(ProgramTest):  # without tests of its own, which its heirs would run again
    def evaluate(self, *arguments, table="test.csv"):
        result = self.attune("evaluate", "model.attune", table, *arguments)
        self.assert_code(DONE, result)
        return result

    def names(self, result):
        return [match[1] for match in map(LINE.match, result.lines) if match]


class TrainingTest(BaselinesTest):
    def test_a_line_for_each_and_a_sentence(self):
        self.write_table(rows=reviews(300))
        result = self.train()
        self.assertEqual(OF_TEXT, self.names(result))
        self.assertEqual(1, len({line.index("accuracy") if "baseline" in line else LINE.match(line).start(2)
                                 for line in result.lines if line.startswith("  baseline") or LINE.match(line)}), "not aligned")
        self.assertRegex(result.lines[-1], "^  the model (is better than|is not better than|cannot be told apart from) ")
        metrics, = self.info()["metrics"]
        self.assertEqual(OF_TEXT, [one["name"] for one in metrics["baselines"]])
        for one in metrics["baselines"]:
            self.assertAlmostEqual(metrics["accuracy"] - one["accuracy"], one["difference"])
            low, high = one["interval"]
            self.assertTrue(low <= one["difference"] <= high, one)
            self.assertEqual(None if low <= 0 <= high else one["difference"] > 0, one["better"])
        page = self.attune("info", "model.attune").out
        self.assertRegex(page, r"\nbaselines    naive Bayes, \S+ words accuracy 1\.0000, model [+-]\S+ \[.*\] points; the model ")

    def test_too_few_rows_to_tell(self):
        self.write_table()
        self.assertRegex(self.train().lines[-1], r": that takes 10 rows to measure on$")

    def test_a_model_that_learnt_nothing_is_called_that(self):
        self.write_table(rows=reviews(300))
        result = self.train("table.csv", "--learning-rate", "1e-9", "--epochs", "1", "--no-linear")
        self.assertRegex(result.lines[-1], r"^  the model is not better than naive Bayes, multinomial, words here: use that, or train longer")

    def test_numbers(self):
        self.write_table("table.csv", measurements(200), MEASURED)
        result = self.train("table.csv", "--input", "width,height:numbers", "--input", "colour", output="price:number")
        self.assertRegex(result.lines[2], r"^  baseline +mean squared error +R2 +model less baseline, squared error$")
        self.assertRegex(result.lines[3], r"^  mean +\d+\.\d{4} +-0\.\d{4} +[+-]\d+\.\d{4} \[-?\d+\.\d{4}, -?\d+\.\d{4}\]$")
        self.assertRegex(result.lines[4], r"^  ridge regression +0\.\d{4} +(0\.9\d{3}|1\.0000) ")

    def test_without(self):
        self.write_table()
        result = self.train("table.csv", "--no-baselines")
        self.assertEqual(2, len(result.lines))
        self.assertNotIn("baselines", self.info()["metrics"][0])
        self.write("run.toml", 'baselines = false\n')
        self.assertEqual(2, len(self.train("table.csv", "--config", "run.toml").lines))

    def test_without_validation_rows(self):
        self.write_table()
        self.assertEqual(1, len(self.train("table.csv", "--validation-fraction", "0").lines))


class AwkwardTablesTest(BaselinesTest):
    """What baselines are fitted on may hold nothing to learn."""

    def check(self, rows, columns=("text", "label"), *arguments):
        self.write_table("table.csv", rows, columns)
        result = self.train("table.csv", *arguments)
        self.assertRegex(result.lines[-1], "^  the model ")
        return result

    def test_empty_texts(self):
        self.check([("", label) for _, label in reviews(100)], ("text", "label"), "--input", "text:text")

    def test_equal_texts(self):
        self.check([("the same", label) for _, label in reviews(100)], ("text", "label"), "--input", "text:text")

    def test_a_long_text(self):
        self.check(reviews(100) + [("word " * 20_000, "pos")])

    def test_missing_and_constant_numbers(self):
        self.check([("", "7", label) for _, label in reviews(100)], ("a", "b", "label"), "--input", "a,b:numbers")

    def test_unseen_words_in_validation(self):
        self.write_table("valid.csv", [("nothing known", "pos"), ("unheard of", "neg")] * 10)
        self.check(reviews(100), ("text", "label"), "--validation", "valid.csv")

    def test_squares_that_overflow(self):
        rows = [(text, f"{i % 7 - 3}e300") for i, (text, _) in enumerate(reviews(100))]
        self.write_table("table.csv", rows)
        result = self.train(output="label:number")
        self.assertRegex(result.lines[-2], r"^  ridge regression, words +overflows +overflows +-$")
        self.assertRegex(result.lines[-1], r"cannot be told apart from the strongest baseline, mean: squared errors overflow$")


class EvaluationTest(BaselinesTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=reviews(200))
        self.write_table("test.csv", reviews(80, seed=2))
        self.train("table.csv", "--no-baselines")

    def test_they_are_fitted_on_the_training_rows(self):
        result = self.evaluate()
        self.assertEqual((OF_TEXT, ""), (self.names(result), result.err))
        metrics, = self.evaluate("--json").json_lines()
        self.assertEqual(OF_TEXT, [one["name"] for one in metrics["baselines"]])

    def test_the_same_rows_as_in_training(self):
        """Measured on the validation rows, evaluate says what train said."""
        rows = [(*row, "train" if i % 5 else "valid") for i, row in enumerate(reviews(200))]
        self.write_table(rows=rows, columns=("text", "label", "part"))
        cases = ((("--validation", "test.csv"), reviews(80, seed=2)),
                 (("--split", "tail", "--validation-fraction", "0.3"), [row[:2] for row in rows[140:]]),
                 (("--split", "column:part"), [row[:2] for row in rows[::5]]))
        for flags, validated in cases:
            with self.subTest(flags):
                self.train("table.csv", "--input", "text", *flags)
                self.write_table("validated.csv", validated)
                again, = self.evaluate("--json", table="validated.csv").json_lines()
                self.assertEqual(self.info()["metrics"][0]["baselines"], again["baselines"])

    def test_any_split_is_found_again(self):
        for flags in (("--split", "random"), ("--seed", "5"), ("--validation-fraction", "0.5"), ("--split", "group:text")):
            with self.subTest(flags):
                self.train("table.csv", "--input", "text", *flags)
                self.assertEqual(OF_TEXT, self.names(self.evaluate()))

    def test_a_fold_is_found_again(self):
        """A model of a fold, as the library fits it: the fold of the larger group is trained on the smaller one."""
        numbers = [(str(i), str(i), "large" if i % 3 else "small") for i in range(60)]
        self.write_table("table.csv", numbers, ("x", "y", "group"))
        self.train("table.csv", "--input", "x:numbers", "--split", "group:group", "--validation-fraction", "0.5", output="y:number")
        model = ModelBytes(self.path("model.attune"))
        record = model.record("record")
        record["training"]["split"].update({"folds": 2, "fold": 0})
        model.metadata["record"] = json.dumps(record)
        seal_metadata(model.metadata)
        self.write("model.attune", assemble(model.header, model.data))
        measured, = self.evaluate("--json", table="table.csv").json_lines()
        mean = statistics.mean(float(y) for _, y, group in numbers if group == "small")
        self.assertEqual("mean", measured["baselines"][0]["name"])
        self.assertAlmostEqual(statistics.mean((float(y) - mean) ** 2 for _, y, _ in numbers), measured["baselines"][0]["mean_squared_error"], 3)

    def test_the_way_the_table_was_read(self):
        rows = [(text.encode(), label) for text, label in reviews(100)]
        self.write("table.txt", b"\n".join(text.replace(b";", b",") + b";" + label.encode() for text, label in rows))
        self.train("table.txt", "--no-header", "--delimiter", ";", "--format", "csv", output="column_2")
        self.write_table("test.csv", reviews(40), ("column_1", "column_2"))
        result = self.evaluate()
        self.assertEqual((6, ""), (len(self.names(result)), result.err))

    def test_the_training_table_has_moved(self):
        self.path("table.csv").rename(self.path("moved.csv"))
        result = self.evaluate()
        self.assertEqual([], self.names(result))
        self.assertEqual("no baselines: the training table table.csv is not there; name it with --training-table FILE, or leave the "
                         "baselines out with --no-baselines\n", result.err)
        result = self.evaluate("--training-table", "moved.csv")
        self.assertEqual((OF_TEXT, ""), (self.names(result), result.err))

    def test_the_training_table_has_changed(self):
        self.write_table(rows=reviews(199))
        result = self.evaluate()
        self.assertEqual([], self.names(result))
        self.assertRegex(result.err, r"^no baselines: table\.csv is not the table that the model was trained on, or has changed since; name it")

    def test_what_stands_in_its_place_cannot_be_read(self):
        self.path("table.csv").write_bytes(b"a,b\n1\n")
        result = self.evaluate()
        self.assertEqual([], self.names(result))
        self.assertRegex(result.err, r"^no baselines: table\.csv, .*; name it with --training-table FILE")

    def test_another_table_given_is_refused(self):
        result = self.attune("evaluate", "model.attune", "test.csv", "--training-table", "test.csv")
        self.assert_refused(result, r"^--training-table test\.csv is not the table that the model was trained on, .*; give that one")
        result = self.attune("evaluate", "model.attune", "test.csv", "--training-table", "none.csv")
        self.assert_refused(result, r"none\.csv")

    def test_without(self):
        self.path("table.csv").unlink()
        result = self.evaluate("--no-baselines")
        self.assertEqual(([], ""), (self.names(result), result.err))
        self.assert_refused(self.attune("evaluate", "model.attune", "test.csv", "--no-baselines", "--training-table", "table.csv"),
                            "--training-table table.csv: has no meaning beside --no-baselines; leave one of them out")
