# SPDX-License-Identifier: Apache-2.0
"""Several trainings in one: --seeds and --folds."""

import csv
import json
import math
import os
import re
import signal
import statistics

from model_bytes import ModelBytes
from program import DONE, FAILED, INTERRUPTED, SMALL, ProgramTest, limit_file_size, reviews

LABELLED = ("train", "table.csv", "--output", "label", "-o", "model.attune")
# Weights pushed out of all bounds, as in test_output.NotFiniteTest.
WILD = ("--learning-rate", "100", "--clip-norm", "0", "--no-norm", "--warmup", "0", "--schedule", "constant", "--epochs", "300",
        "--patience", "0", "--blocks", "8", "--batch-size", "8", "--activation", "none", "--dropout", "0")
# scipy 1.17.1: scipy.stats.t.ppf(0.975, runs - 1)
STUDENT_T = {2: 12.70620473617471, 3: 4.302652729749464, 4: 3.182446305283708}


class RepeatTest(ProgramTest):
    def setUp(self):
        super().setUp()
        # Hard enough for seeds and folds to differ.
        self.write_table(rows=[(text, "pos" if i % 5 == 0 else label) for i, (text, label) in enumerate(reviews(90))])

    def lines_of(self, *flags):
        result = self.train("table.csv", "--json", "--no-baselines", *flags)
        lines = result.json_lines()
        runs = [line["run"] for line in lines if "run" in line]
        epochs = [line for line in lines if "epoch" in line]
        return lines[-1], runs, epochs

    def assert_summary_is_of(self, runs, summary):
        for key in ("accuracy", "macro_f1", "negative_log_likelihood", "brier_score", "expected_calibration_error"):
            values = [run["metrics"][0][key] for run in runs]
            mean, deviation = statistics.mean(values), statistics.stdev(values)
            half = STUDENT_T[len(values)] * deviation / math.sqrt(len(values))
            self.assertAlmostEqual(mean, summary[key]["mean"], 12)
            self.assertAlmostEqual(deviation, summary[key]["standard_deviation"], 12)
            highest = {"negative_log_likelihood": math.inf, "brier_score": 2}.get(key, 1)
            self.assertAlmostEqual(max(mean - half, 0), summary[key]["interval"][0], 10)
            self.assertAlmostEqual(min(mean + half, highest), summary[key]["interval"][1], 10)

    def test_seeds(self):
        last, runs, epochs = self.lines_of("--seeds", "3", "--seed", "4")
        self.assertEqual([4, 5, 6], [run["seed"] for run in runs])
        self.assertEqual(runs, last["runs"])
        self.assertEqual([9, 9, 9], [run["metrics"][0]["rows"] for run in runs])
        self.assertEqual([(s, e) for s in (4, 5, 6) for e in (1, 2)], [(e["seed"], e["epoch"]) for e in epochs])
        self.assert_summary_is_of(runs, last["summary"][0])
        best = min(runs, key=lambda run: run["metrics"][0]["negative_log_likelihood"])
        self.assertEqual({"seed": best["seed"]}, last["kept"])
        self.assertEqual(best["metrics"][0]["accuracy"], last["metrics"][0]["accuracy"])
        record = self.info()
        self.assertEqual((best["seed"], runs, last["summary"]), (record["training"]["seed"], record["runs"], record["summary"]))
        self.assert_folder_holds("table.csv", "model.attune")

    def test_runs_that_the_time_limit_cut_short_are_named(self):
        result = self.attune(*LABELLED, "--no-baselines", "--seeds", "2", "--epochs", "100000", "--patience", "0",
                             "--width", "16", "--time-limit", "0.1")
        self.assert_code(DONE, result)
        second = result.err.partition("run 2 of 2")[2]
        self.assertGreater(len(re.findall(r"^epoch \d+/", second, re.MULTILINE)), 1, "the first took all of it")
        self.assertEqual(2, len(re.findall(r"^seed [12]: .*, cut short by the time limit$", result.out, re.MULTILINE)))
        self.assertIn("2 of 2 runs cut short by --time-limit 0.1, which is for all of them together", result.err)
        whole = self.attune(*LABELLED, "--no-baselines", "--seeds", "2", "--epochs", "1", "--time-limit", "60")
        self.assert_code(DONE, whole)
        self.assertNotIn("cut short", whole.out + whole.err)

    def test_the_first_of_several_seeds_is_that_seed_alone(self):
        _, runs, _ = self.lines_of("--seeds", "2", "--seed", "7")
        self.train("table.csv", "--seed", "7", "--no-baselines", model="alone.attune")
        alone = self.info("alone.attune")["metrics"][0]
        self.assertEqual({key: alone[key] for key in runs[0]["metrics"][0]}, runs[0]["metrics"][0])

    def test_folds(self):
        last, runs, epochs = self.lines_of("--folds", "3")
        self.assertEqual([(1, 1), (1, 2), (1, 3)], [(run["seed"], run["fold"]) for run in runs])
        self.assertEqual(90, sum(run["metrics"][0]["rows"] for run in runs))
        self.assert_summary_is_of(runs, last["summary"][0])
        self.assertEqual([1, 1, 2, 2, 3, 3, None, None], [epoch.get("fold") for epoch in epochs])
        self.assertEqual({"seed": 1}, last["kept"])
        self.train("table.csv", "--no-baselines", model="usual.attune")
        self.assertEqual(ModelBytes(self.path("usual.attune")).tensors, ModelBytes(self.path("model.attune")).tensors)
        self.assertEqual(runs, self.info()["runs"])

    def test_folds_of_groups(self):
        rows = [(*row, f"person {i // 9}") for i, row in enumerate(reviews(90))]
        self.write_table(rows=rows, columns=("text", "label", "person"))
        _, runs, _ = self.lines_of("--input", "text", "--folds", "4", "--split", "group:person")
        self.assertEqual([18, 18, 27, 27], sorted(run["metrics"][0]["rows"] for run in runs))

    def test_seeds_and_folds(self):
        _, runs, _ = self.lines_of("--seeds", "2", "--folds", "2")
        self.assertEqual([(1, 1), (1, 2), (2, 1), (2, 2)], [(run["seed"], run["fold"]) for run in runs])
        self.assertEqual(180, sum(run["metrics"][0]["rows"] for run in runs))

    def test_as_text(self):
        seeds = self.train("table.csv", "--seeds", "2")
        self.assertRegex(seeds.out, r"\Aseed 1: label:  accuracy 0\.\d{4} .*\(9 rows\)\nseed 2: label:  accuracy ")
        self.assertRegex(seeds.out, r"\nlabel, +mean +deviation +95 % interval of the mean\n"
                                    r"  accuracy +0\.\d{4} +0\.\d{4} +\[\d\.\d{4}, \d\.\d{4}\]\n")
        self.assertIn("\n  interval: Student's t over 2 runs on the same rows: what other seeds would give, not what other rows "
                      "would\n", seeds.out)
        self.assertRegex(seeds.out, r"\nkept: seed [12], best by validation loss; .*\nmodel model\.attune, weights of epoch \d\n"
                                    r"label:  accuracy")
        self.assertRegex(seeds.err, r"(?s)run 1 of 2: seed 1\n.*run 2 of 2: seed 2\n")
        self.assertEqual(1, seeds.err.count('output "label" is read as'))
        self.assertRegex(self.attune("info", "model.attune").out,
                         r"\nruns +label:  accuracy 0\.\d{4}, standard deviation 0\.\d{4}, over 2 runs\n")
        folds = self.train("table.csv", "--folds", "2")
        self.assertRegex(folds.out, r"\Aseed 1, fold 1: label:  accuracy 0\.\d{4} .*\(45 rows\)\nseed 1, fold 2: label:")
        self.assertIn("\n  interval: Student's t over 2 runs; folds share training rows, so that it is rough\n", folds.out)
        self.assertIn("\nkept: seed 1, trained on the usual split after the folds\nmodel model.attune", folds.out)
        self.assertIn("the model to keep: seed 1, on the usual split\n", folds.err)

    def test_of_a_number(self):
        self.write_table("numbers.csv", [(str(i % 13), str(3 * (i % 13) + i % 2)) for i in range(80)], columns=("x", "y"))
        result = self.train("numbers.csv", "--folds", "2", "--input", "x:numbers", "--json", output="y:number")
        self.assertIn("r2", result.json_lines()[-1]["summary"][0])

    def test_history_holds_all_runs(self):
        for name in ("history.json", "history.csv"):
            self.train("table.csv", "--folds", "2", "--history", name)
        with open(self.path("history.csv"), encoding="utf-8", newline="") as file:
            epochs = list(csv.DictReader(file))
        self.assertEqual([("1", "1", "1"), ("1", "1", "2"), ("1", "2", "1"), ("1", "2", "2"), ("1", "", "1"), ("1", "", "2")],
                         [(e["seed"], e["fold"], e["epoch"]) for e in epochs])
        history = json.loads(self.path("history.json").read_bytes())
        self.assertEqual([1, 1, 2, 2, None, None], [epoch.get("fold") for epoch in history["epochs"]])
        record = self.info()
        self.assertEqual((record["runs"], record["summary"]), (history["runs"], history["summary"]))
        self.train("table.csv", "--seeds", "2", "--history", "history.csv")  # replaces the one of runs

    def test_from_a_configuration_file(self):
        dumped = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", "--seeds", "2", "--dump-config", *SMALL)
        self.assertRegex(dumped.out, r"\nseeds = 2\n")
        self.write("run.toml", dumped.out)
        result = self.attune("train", "--config", "run.toml")
        self.assert_code(DONE, result)
        self.assertIn("run 2 of 2", result.err)

    def test_runs_that_fail_are_told_and_not_counted(self):
        result = self.attune(*LABELLED, *WILD, "--seeds", "2", "--width", "16")
        self.assert_code(FAILED, result)
        self.assertEqual(2, len(re.findall(r"(?m)^seed [12]: .* no longer finite at step .*; not counted$", result.err)), result)
        self.assertNotIn("Student", result.out)

    def test_interrupted_reports_finished_runs(self):
        self.write_table("long.csv", reviews(6000))
        for flags, kept in (("--seeds", True), ("--folds", False)):
            with self.subTest(flags):
                run = self.start("train", "long.csv", "--output", "label", "-o", "kept.attune", "--width", "16", "--threads", "2",
                                 "--epochs", "1", "--batch-size", "8", "--no-linear", "--no-baselines", flags, "9", "--history", "history.json")
                run.wait_for_note("run 3 of 9")
                run.send(signal.SIGINT)
                result = run.end(30)
                self.assert_code(INTERRUPTED, result)
                self.assertRegex(result.err, r"interrupted after [23] runs" + ("\n" if kept else ": no model is written\n"))
                self.assertRegex(result.out, r"(?m)^seed [12](, fold 2)?: label:  accuracy")
                self.assertRegex(result.out, r"Student's t over [23] runs")
                self.assertEqual(kept, "kept: seed " in result.out)
                self.assertEqual(kept, self.path("kept.attune").exists())
                self.assertIn(len(json.loads(self.path("history.json").read_bytes())["runs"]), (2, 3))
                if kept:
                    self.assertEqual("finished", self.info("kept.attune")["training"]["end"])
                    self.path("kept.attune").unlink()
                self.assert_folder_holds("table.csv", "long.csv", "history.json")

    def start_endless(self, *flags):
        return self.start(*LABELLED, "--width", "16", "--threads", "2", "--epochs", "100000", "--patience", "0", "--no-baselines", *flags)

    def test_interrupted_in_the_first_run_keeps_its_best_epoch(self):
        """And says that it is no complete run, and none to compare it with."""
        run = self.start_endless("--seeds", "3")
        run.wait_for_note("epoch 2/")
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        best = self.info()["training"]["best_epoch"]
        self.assertIn(f"interrupted in the first run: model.attune keeps the weights of epoch {best} of seed 1, which was not complete\n",
                      result.err)
        self.assertRegex(result.out, r"\Akept: seed 1, its best epoch before it broke off; there is no complete run to compare it with\n"
                                     rf"model model\.attune, weights of epoch {best}\nlabel:  accuracy")
        self.assertEqual(("interrupted", []), (self.info()["training"]["end"], self.info()["runs"]))
        self.assert_folder_holds("table.csv", "model.attune")

    def test_interrupted_before_the_first_epoch_of_the_first_run(self):
        self.write_table("table.csv", reviews(20_000))
        for before in (None, b""):
            with self.subTest(before):
                if before is not None:
                    self.write("model.attune", before)
                run = self.start_endless("--seeds", "3", "--batch-size", "1", "--no-linear")
                run.wait_for_note("rows to train on")
                run.send(signal.SIGINT)
                result = run.end(30)
                self.assert_code(INTERRUPTED, result)
                self.assertEqual("", result.out)
                self.assertTrue(result.err.endswith("interrupted in the first run: no model is written\n" +
                                                    ("" if before is None else "model.attune stays as it was\n")), result)
                self.assert_folder_holds(*(("table.csv",) if before is None else ("table.csv", "model.attune")))

    def test_interrupted_after_the_folds(self):
        run = self.start(*LABELLED, "--width", "16", "--threads", "2", "--epochs", "200", "--patience", "0", "--no-baselines", "--folds", "2")
        run.wait_for_note("the model to keep: seed 1, on the usual split")
        run.wait_for_note("epoch 3/", begins_after="the model to keep")
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, r"interrupted after 2 runs: model\.attune keeps the weights of epoch \d+ of seed 1, which was not complete\n")
        self.assertIn("\nkept: seed 1, trained on the usual split after the folds, its best epoch before it broke off\n", result.out)

    def test_folds_and_then_all_rows(self):
        result = self.train("table.csv", "--folds", "2", "--validation-fraction", "0")
        self.assertIn("the model to keep: seed 1, on all rows\n", result.err)
        self.assertIn("\nkept: seed 1, trained on all rows after the folds\nmodel model.attune", result.out)
        self.assertNotIn("usual split", result.out + result.err)
        self.assertEqual(90, self.info()["training"]["training_rows"])

    def test_a_full_disk_is_told_once_and_ends_no_run(self):
        result = self.attune(*LABELLED, *SMALL, "--seeds", "6", preexec_fn=limit_file_size(1000))
        self.assert_code(FAILED, result)
        losses = [float(loss) for loss in re.findall(r"(?m)^seed \d: label:  .* negative log likelihood ([\d.]+)", result.out)]
        self.assertEqual(6, len(losses), result)
        self.assertLess(min(losses), losses[0], "the first was the only one to write")
        self.assertEqual(1, result.err.count("no model yet: model.attune: cannot be written: File too large; it is written again "
                                             "after the last run\n"), result)
        self.assertEqual("model.attune: cannot be written: File too large", result.message)
        self.assert_folder_holds("table.csv")

    def test_killed_leaves_the_best_model_so_far(self):
        run = self.start(*LABELLED, *SMALL, "--seeds", "1000")
        run.wait_for_note("run 4 of 1000")
        run.send(signal.SIGKILL)
        run.end(30)
        self.assertGreaterEqual(len(self.info()["runs"]), 1)
        self.assertEqual(1, len(self.predictions("model.attune", "a good film")))


class RefusedTest(ProgramTest):
    def refuse(self, flags, *patterns):
        self.write_table()
        result = self.attune(*LABELLED, *SMALL, *flags)
        self.assert_refused(result, *patterns)
        self.assertNotIn("epoch 1/", result.err)
        self.assert_folder_holds("table.csv")

    def test_resume(self):
        """A run is not gone on with: which of them, and on which fold, no checkpoint says."""
        for flags in (("--seeds", "2"), ("--folds", "2")):
            self.refuse((*flags, "--resume"), rf"^--resume: goes on with one training, and {' '.join(flags)} asks for several, which "
                                              r"leave no checkpoints; leave it out to begin them anew$")

    def test_numbers_out_of_range(self):
        self.refuse(("--seeds", "0"), re.escape("--seeds: expected a whole number from 1 to 1000, found 0"))
        self.refuse(("--folds", "1"), "^--folds 1: expected 0 for none, or 2 at least$")
        self.refuse(("--folds", "61"), r"folds: expected 2 to 60 \(the rows of table\.csv\), found 61")

    def test_before_a_table_is_opened(self):
        """Called as they were given, for some by a file."""
        self.write("run.toml", "seeds = 2\n[data]\nvalidation_fraction = 0\n")
        os.mkfifo(self.path("pipe"))
        for flags, told in ((("--folds", "1"), "--folds 1: expected 0"),
                            (("--folds", "2", "--validation", "missing.csv"), "--folds 2: the rows to validate on"),
                            (("--seeds", "2", "--resume"), "--resume: goes on with one training, and --seeds 2 asks for several"),
                            (("--seeds", "2", "--vectors", "pipe"), "--vectors pipe: no regular file"),
                            (("--split", "tail", "--validation", "missing.csv"), "--split tail has no meaning beside --validation"),
                            (("--vectors", "v.txt"), r"v\.txt: no such file"),
                            (("--config", "run.toml"), r"run\.toml, seeds = 2: .*; leave out run\.toml, data\.validation_fraction = 0")):
            result = self.attune("train", "missing.csv", "--output", "label", "-o", "model.attune", *flags)
            self.assert_refused(result, "^" + told)

    def test_without_rows_to_compare_on(self):
        self.refuse(("--seeds", "2", "--validation-fraction", "0"), "^--seeds 2: the runs are compared on validation rows, and there are "
                    "none; leave out --validation-fraction 0$")

    def test_folds_beside_other_validation_rows(self):
        self.refuse(("--folds", "2", "--validation", "table.csv"), "^--folds 2: the rows to validate on come from the table; leave out "
                    "--validation$")
        self.refuse(("--folds", "2", "--split", "tail"), "--split tail: cuts the rows in two, not into folds")

    def test_vectors_from_a_pipe(self):
        """Which only the first run could read."""
        self.write_table()
        os.mkfifo(self.path("pipe"))
        for flags in (("--seeds", "2"), ("--folds", "2")):
            result = self.attune(*LABELLED, *SMALL, *flags, "--vectors", "pipe")
            self.assert_refused(result, rf"^--vectors pipe: no regular file; each run that {' '.join(flags)} asks for reads the vectors again, "
                                        "which a pipe gives but once; save them as a file and name that")
        self.path("folder").mkdir()
        for name, told in (("folder", "folder: .*folder"), ("v.txt", r"v\.txt: no such file")):
            self.assert_refused(self.attune(*LABELLED, *SMALL, "--seeds", "2", "--vectors", name), told)
