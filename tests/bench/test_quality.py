# SPDX-License-Identifier: Apache-2.0
"""bench/quality with a stand-in for the program: what is trained, what is kept, what is printed."""

import dataclasses
import json
import math
import pathlib
import re
import shlex
import shutil
import signal
import statistics
import time

from bench_test import BENCH, DONE, FAILED, INTERRUPTED, PROJECT, USAGE, BenchTest
from comparison.figures import strongest_baseline
from comparison.known_scores import PUBLISHED
from comparison.limits import LIMITS, missed_limits
from comparison.measures import MEASURES, NOT_YET
from datasets.catalogue import SETS

QUESTIONS = {"train_5500.label": "".join(f"NUM:dist How far is {i} ?\n" for i in range(20)), "TREC_10.label": "HUM:desc Who ?\n"}
MASSES = {"wdbc.data": "".join(f"{i},{'MB'[i % 2]},{','.join(['1.5'] * 30)}\n" for i in range(10))}
BASELINES = [{"name": "majority", "accuracy": 0.2, "difference": 0.6, "interval": [0.5, 0.7]},
             {"name": "naive Bayes", "accuracy": 0.78, "difference": 0.02, "interval": [-0.1, 0.2]},
             {"name": "only balanced", "balanced_accuracy": 0.99}]


class QualityTest(BenchTest):
    def setUp(self):
        super().setUp()
        self.publish("trec6", QUESTIONS)
        self.program = self.folder / "attune"
        shutil.copy(pathlib.Path(__file__).parent / "stand_in_attune.py", self.program)
        self.program.chmod(0o755)
        self.results = self.folder / "results/quality.json"
        self.setting = {"calls": str(self.folder / "calls"), "scores": {"accuracy": 0.95, "expected_calibration_error": 0.06, "baselines": BASELINES}}

    def options(self, *arguments):
        (self.folder / "scores.json").write_text(json.dumps(self.setting), encoding="utf-8")
        return ("--data", self.data, "--attune", self.program, "--results", self.results, "--prepared", self.out, *arguments)

    def quality(self, *arguments):
        return self.run_program("quality", *self.options(*arguments), SCORES=str(self.folder / "scores.json"))

    def measured(self, *arguments):
        run = self.quality(*arguments)
        self.assert_ended(DONE, run)
        return run

    def rows(self):
        return json.loads(self.results.read_text(encoding="utf-8"))["rows"]

    def calls(self):
        """The commands given so far; they are forgotten."""
        path = pathlib.Path(self.setting["calls"])
        calls = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        path.unlink(missing_ok=True)
        return calls


class RowsTest(QualityTest):
    def test_a_run_trains_with_the_defaults_and_keeps_a_row_a_seed(self):
        run = self.measured("--seeds", "2")
        trained = [call for call in self.calls() if call[0] == "train"]
        for seed, call in enumerate(trained, 1):
            model = call[call.index("-o") + 1]
            self.assertEqual(["train", f"{self.out}/trec6/train.csv", "--validation", f"{self.out}/trec6/validation.csv", "--input",
                              "text:text", "--output", "label:category", "-o", model, "--seed", str(seed)], call)
            self.assertFalse(pathlib.Path(model).parent.exists(), "the model was left behind")
        self.assertEqual(2, len(trained))
        first, second = self.rows()
        self.assertGreaterEqual(first.pop("seconds"), 0)
        for digest in ("data", "measure"):
            self.assertRegex(first.pop(digest), r"^\w{64}$")
        self.assertEqual({"set": "trec6", "metric": "accuracy", "seed": 1, "value": 0.96, "baseline": 0.78,
                          "baseline_name": "naive Bayes", "published": 0.912,
                          "published_source": "Kim 2014, arXiv:1408.5882, table 2, CNN-rand", "expected_calibration_error": 0.06}, first)
        self.assertEqual(2, second["seed"])
        self.assertAlmostEqual(0.97, second["value"])
        self.assertRegex(run.stderr, r"trec6, seed 2: accuracy 0.9700, trained in \d+ s")

    def test_the_table(self):
        self.setting["scores"] ["expected_calibration_error_range"] = [0.02, 0.05]
        lines = self.measured("--seeds", "3").stdout.splitlines()
        self.assertEqual(["set", "metric", "model", "seeds", "strongest baseline", "published", "calibration error [range]", "seconds"],
                         re.split(r"\s{2,}", lines[0]))
        spread = statistics.stdev((0.96, 0.97, 0.98))
        self.assertEqual(["trec6", "accuracy", f"0.9700 ± {spread:.4f}", "3", "0.7800 naive Bayes",
                          "0.9120 Kim 2014, arXiv:1408.5882, table 2, CNN-rand", "0.060 [0.020, 0.050]"], re.split(r"\s{2,}", lines[1])[:-1])
        self.assertRegex(lines[1], r"  \d+$")
        self.assertIn("mnist_small: not measured, needs the image type", lines)
        self.assertEqual(len(NOT_YET), len(lines) - 2)

    def test_markdown_is_of_what_was_measured(self):
        self.assert_ended(USAGE, self.quality("--markdown"), "quality.json: nothing was measured yet")
        self.measured("--seeds", "1")
        self.calls()
        run = self.run_program("quality", "--markdown", "--results", self.results)
        self.assert_ended(DONE, run)
        self.assertEqual([], self.calls())
        header, line, row, *rest = run.stdout.splitlines()
        self.assertEqual({header.count("|")}, {line.count("|"), row.count("|")} | {9})
        self.assertTrue(row.startswith("| trec6 | accuracy | 0.9600 | 1 | 0.7800 naive Bayes |"), row)
        self.assertIn("- fsdd: not measured, needs the audio type", rest)

    def test_folds_are_averaged(self):
        self.publish("wdbc", MASSES)
        self.measured("--sets", "wdbc", "--seeds", "1")
        calls = self.calls()
        self.assertEqual([[f"fold-{fold}-train.csv", f"fold-{fold}-test.csv"] for fold in range(5)],
                         [[pathlib.Path(calls[i][1]).name, pathlib.Path(calls[i + 1][2]).name] for i in range(0, 10, 2)])
        self.assertNotIn("--validation", calls[0])
        row, = self.rows()
        self.assertEqual(("wdbc, 5 folds", "naive Bayes"), (row["set"], row["baseline_name"]))
        self.assertAlmostEqual(0.96, row["value"])
        self.assertNotIn("expected_calibration_error", row)

    def test_flags_are_added_and_told(self):
        self.measured("--seeds", "1", "--flags", "--blocks 0 --pool mean")
        self.assertEqual(["--blocks", "0", "--pool", "mean"], self.calls()[0][-4:])
        self.assertEqual(["--blocks", "0", "--pool", "mean"], json.loads(self.results.read_text())["flags"])


    def test_input_options_are_added_and_told(self):
        self.measured("--seeds", "1", "--input-options", "ngrams=no,max_length=50")
        call = self.calls()[0]
        self.assertEqual("text:text:ngrams=no,max_length=50", call[call.index("--input") + 1])
        self.assertEqual("ngrams=no,max_length=50", json.loads(self.results.read_text())["input_options"])


class KeepingTest(QualityTest):
    """What was measured is not measured again, unless something it follows from has changed."""

    def trained(self):
        return sum(call[0] == "train" for call in self.calls())

    def test_a_rerun_goes_on(self):
        first = self.measured("--seeds", "1").stdout
        self.assertEqual(1, self.trained())
        self.assertEqual(first, self.measured("--seeds", "1").stdout)
        self.assertEqual(0, self.trained())
        self.measured("--seeds", "3")
        self.assertEqual(2, self.trained())
        self.measured("--seeds", "3", "--fresh")
        self.assertEqual(3, self.trained())

    def test_rows_of_other_data_are_dropped_whatever_their_seeds(self):
        self.publish("wdbc", MASSES)
        self.measured("--seeds", "3")
        shutil.rmtree(self.data / "trec6")
        self.publish("trec6", {**QUESTIONS, "TREC_10.label": "LOC:city Where ?\n"})
        self.trained()
        run = self.measured("--seeds", "2")
        self.assertEqual(2, self.trained())
        self.assertIn("trec6: 3 rows of trec6 are dropped: they were measured on other data", run.stderr)
        self.assertEqual([("trec6", 1), ("trec6", 2), *(("wdbc, 5 folds", seed) for seed in (1, 2, 3))],
                         sorted((row["set"], row["seed"]) for row in self.rows()))
        self.assertEqual(1, len({row["data"] for row in self.rows() if row["set"] == "trec6"}))
        self.assertRegex(run.stdout, r"trec6 +accuracy +0\.9650 ± 0\.0071 +2 ")

    def test_rows_do_not_survive_a_change_of_their_measure(self):
        self.publish("wdbc", MASSES)
        self.measured("--seeds", "3")
        changed = self.changed_bench("measures.py", '("text:text",), "label:category", official("trec6")',
                                     '("text:text",), "label_fine:category", official("trec6")')
        said = "quality.json: 3 rows are left out: what is read or predicted for them was changed since"
        run = self.run_program(changed, "--markdown", "--results", self.results)
        self.assert_ended(DONE, run, said)
        self.assertIn("| wdbc, 5 folds | accuracy |", run.stdout)
        self.assertNotIn("| trec6 |", run.stdout)
        self.trained()
        run = self.run_program(changed, *self.options("--seeds", "2"), SCORES=str(self.folder / "scores.json"))
        self.assert_ended(DONE, run, said)
        calls = self.calls()
        self.assertEqual([["train", "label_fine:category"]] * 2,
                         [[call[0], call[call.index("--output") + 1]] for call in calls if call[0] == "train"])
        self.assertEqual([1, 2], [row["seed"] for row in self.rows() if row["set"] == "trec6"])
        self.assertEqual(3, sum(row["set"] == "wdbc, 5 folds" for row in self.rows()))

    def test_published_scores_are_those_known_now(self):
        self.measured("--seeds", "1")
        changed = self.changed_bench("known_scores.py", 'Score(0.912, KIM)', 'Score(0.934, "a later paper")')
        run = self.run_program(changed, "--markdown", "--results", self.results)
        self.assert_ended(DONE, run)
        self.assertIn("| 0.9340 a later paper |", run.stdout)
        self.trained()
        self.assert_ended(DONE, self.run_program(changed, *self.options("--seeds", "1"), SCORES=str(self.folder / "scores.json")))
        self.assertEqual(0, self.trained())
        self.assertEqual([(0.934, "a later paper")], [(row["published"], row["published_source"]) for row in self.rows()])

    def test_a_file_of_the_first_format_is_printed_and_put_aside(self):
        self.measured("--seeds", "2")
        content = json.loads(self.results.read_text(encoding="utf-8"))
        content.pop("format")
        for row in content["rows"]:
            row.pop("measure")
        self.results.write_text(json.dumps(content), encoding="utf-8")
        run = self.run_program("quality", "--markdown", "--results", self.results)
        self.assert_ended(DONE, run)
        self.assertIn("| trec6 | accuracy | 0.9650 ± 0.0071 | 2 |", run.stdout)
        self.trained()
        self.assert_ended(DONE, self.quality("--seeds", "1"), "or written by an earlier bench/quality; it is now")
        self.assertEqual(1, self.trained())
        self.assertEqual(1, len(self.rows()))

    def changed_bench(self, file, old, new):
        """bench/quality of a copy of bench/ in which a file of comparison/ says something else."""
        copy = self.folder / "changed/bench"
        shutil.copytree(BENCH, copy, ignore=shutil.ignore_patterns("__pycache__"))
        path = copy / "comparison" / file
        text = path.read_text(encoding="utf-8")
        self.assertEqual(1, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")
        return copy / "quality"

    def test_another_program_or_other_flags_get_a_file_of_their_own(self):
        self.measured("--seeds", "1")
        for change, flags in ((lambda: self.program.write_text(self.program.read_text() + "# another\n"), ()),
                              (lambda: None, ("--flags=--blocks 0",)), (lambda: None, ("--input-options", "ngrams=no")),
                              (lambda: None, ())):
            kept = self.results.read_bytes()
            change()
            self.trained()
            run = self.measured("--seeds", "1", *flags)
            self.assertEqual(1, self.trained())
            aside = pathlib.Path(re.search(r"another program, other flags or other input options, or written by an earlier bench/quality; it is now (\S+)", run.stderr)[1])
            self.assertEqual(kept, aside.read_bytes())
            self.assertEqual(1, len(self.rows()))
        self.assertEqual(5, len(list(self.results.parent.glob("quality*.json"))))

    def test_rows_from_before_there_were_input_options_hold(self):
        self.measured("--seeds", "1")
        content = json.loads(self.results.read_text(encoding="utf-8"))
        content.pop("input_options")
        self.results.write_text(json.dumps(content), encoding="utf-8")
        self.trained()
        self.measured("--seeds", "1")
        self.assertEqual(0, self.trained())
        self.results.write_text(json.dumps(content), encoding="utf-8")
        self.measured("--seeds", "1", "--input-options", "ngrams=no")
        self.assertEqual(1, self.trained())

    def test_a_failed_training_names_the_command_and_the_rest_goes_on(self):
        self.publish("wdbc", MASSES)
        self.setting["fail"] = "fold-3-train"
        run = self.quality("--seeds", "1")
        self.assert_ended(FAILED, run, re.escape(shlex.join([str(self.program), "train", f"{self.out}/wdbc/fold-3-train.csv"])),
                          "ended with exit code 1 and said\nattune: this is a failure")
        self.assertEqual(["trec6"], [row["set"] for row in self.rows()])
        self.assertIn("trec6  ", run.stdout)
        self.setting.pop("fail")
        self.trained()
        self.measured("--seeds", "1")
        self.assertEqual(5, self.trained())

    def test_a_program_that_lacks_the_metric_or_prints_no_json(self):
        self.setting["scores"] = {"balanced_accuracy": 0.5}
        self.assert_ended(FAILED, self.quality("--seeds", "1"), r"evaluate .*\ngives no accuracy, only balanced_accuracy")
        self.program.write_text("#!/bin/sh\necho accuracy: fine\n")
        self.assert_ended(FAILED, self.quality("--seeds", "1"), "should print a JSON object, but printed\naccuracy: fine")
        self.assertEqual([], self.rows())

    def test_a_missing_set_is_told_and_the_rest_measured(self):
        run = self.quality("--seeds", "1", "--sets", "sst2,trec6")
        self.assert_ended(USAGE, run, "data/sst2: no such folder")
        self.assertEqual(["trec6"], [row["set"] for row in self.rows()])
        self.assertRegex(run.stdout, "sst2: not measured, .*no such folder")

    def test_an_interrupted_run_keeps_what_it_measured(self):
        self.measured("--seeds", "1")
        self.setting["wait"] = str(self.folder)
        for number in (signal.SIGINT, signal.SIGTERM):
            options = self.options("--seeds", "2")
            run = self.start_program("quality", *options, SCORES=str(self.folder / "scores.json"))
            self.wait_for(self.folder / "waits", run)
            other = self.quality("--seeds", "2")
            self.assert_ended(USAGE, other, "quality.json: another run writes it")
            run.send_signal(number)
            _, said = run.communicate(timeout=60)
            self.assertEqual(INTERRUPTED, run.returncode, said)
            self.assertRegex(said, "interrupted; what was measured is kept in .*quality.json")
            self.assertEqual([1], [row["seed"] for row in self.rows()])
            self.assertEqual(["quality.json", "quality.lock"], sorted(path.name for path in self.results.parent.iterdir()))

    def wait_for(self, path, run, seconds=60):
        end = time.monotonic() + seconds
        while not path.exists():
            self.assertIsNone(run.poll(), "it ended at once")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        path.unlink()

    def test_a_file_of_something_else_is_not_written_over(self):
        for content in ("[]", "{", '{"rows": []}'):
            self.results.parent.mkdir(exist_ok=True)
            self.results.write_text(content)
            self.assert_ended(USAGE, self.quality("--seeds", "1"), "quality.json: expected rows that bench/quality wrote")
            self.assertEqual(content, self.results.read_text())
        self.measured("--seeds", "1", "--fresh")
        self.assertEqual(1, len(self.rows()))

    def test_wrong_usage(self):
        for words, said in ((["--seeds", "0"], "expected a whole number from 1 on, found 0"), (["--sets", "trek6"], "did you mean trec6"),
                            (["--attune", self.folder / "none"], "none: not built; run make build, or name the program with --attune")):
            self.assert_ended(USAGE, self.quality(*words), said)
        self.assert_ended(USAGE, self.run_program("quality"), r"quality: no data folder: name it with --data DIR")


class LimitsTest(QualityTest):
    def test_a_mean_below_the_limit_is_a_failure(self):
        self.setting["scores"]["accuracy"] = 0.85
        run = self.quality("--seeds", "3")
        self.assert_ended(FAILED, run, r"(?m)^quality: trec6: accuracy 0.87000, the mean of 3 seeds, is below the limit of 0.888$")
        self.assertIn("trec6  ", run.stdout)
        self.assert_ended(FAILED, self.quality("--seeds", "3"), "below the limit")  # of rows that were kept as well
        self.setting["scores"]["accuracy"] = 0.868
        self.measured("--seeds", "3", "--fresh")

    def test_limits_are_those_of_the_defaults(self):
        self.setting["scores"]["accuracy"] = 0.5
        for option in ("--flags=--blocks 0", "--input-options=ngrams=no"):
            self.measured("--seeds", "1", option)
        self.assert_ended(FAILED, self.quality("--seeds", "1"), "below the limit")

    def test_each_limit(self):
        def rows(name, values, seconds):
            return [{"set": name, "metric": "accuracy", "value": value, "seconds": seconds} for value in values]

        slow = "waimai_10k: a training of 121 s, of one seed, is above the limit of 120 s"
        few = "sst2: accuracy 0.81999, of one seed, is below the limit of 0.820"
        for measured, said in (((("waimai_10k", (0.895,), 120),), []), ((("waimai_10k", (0.9,), 120.6),), [slow]),
                               ((("sst2", (0.81999,), 9), ("waimai_10k", (0.9,), 121)), [slow, few]),
                               ((("trec6", (0.887, 0.889), 9), ("wdbc, 5 folds", (0.96,), 999), ("occupancy", (0.1,), 999)), [])):
            self.assertEqual(said, missed_limits([row for one in measured for row in rows(*one)]))
        self.assertEqual([], missed_limits([{"set": "trec6", "metric": "macro_f1", "value": 0.1, "seconds": 999}]))

    def test_limits_are_of_rows_that_are_measured(self):
        self.assertLessEqual(set(LIMITS), {name for measure in MEASURES for name in measure.names() if "accuracy" in measure.metrics})


class BaselinesTest(QualityTest):
    def test_the_strongest(self):
        errors = [{"baselines": [{"name": "mean", "mean_squared_error": 9.0}, {"name": "ridge", "mean_squared_error": 4.0}]},
                  {"baselines": [{"name": "mean", "mean_squared_error": 16.0}, {"name": "other", "mean_squared_error": 1.0}]}]
        self.assertEqual((2.0, "ridge"), strongest_baseline("root_mean_squared_error", errors[:1]))
        self.assertEqual((math.fsum((3, 4)) / 2, "mean"), strongest_baseline("root_mean_squared_error", errors))
        equal = [{"baselines": [{"name": name, "accuracy": 0.5} for name in "cab"]}]
        self.assertEqual((0.5, "a"), strongest_baseline("accuracy", equal))
        overflown = [{"baselines": [{"name": "ridge", "mean_squared_error": None}, {"name": "mean", "mean_squared_error": 4.0}]}]
        self.assertEqual((2.0, "mean"), strongest_baseline("root_mean_squared_error", overflown))
        self.assertEqual((None, None), strongest_baseline("macro_f1", equal))

    def test_an_evaluation_without_baselines_is_a_failure(self):
        self.publish("wdbc", MASSES)
        for baselines in ({}, {"baselines": []}, {"baselines": BASELINES[2:]}, {"baselines": [{"name": "none", "accuracy": None}]}):
            self.setting["scores"] = {"accuracy": 0.8, **baselines}
            run = self.quality("--seeds", "1")
            for table in ("trec6/test", "wdbc/fold-0-test"):
                self.assert_ended(FAILED, run, rf"evaluate .*/{table}\.csv --json\ngives no baseline with accuracy, and said\n"
                                               "attune: this is a note")
            self.assertEqual([], self.rows())

    def test_every_measure_is_compared(self):
        for measure in MEASURES:
            self.assertEqual(measure.metrics[:1], measure.baseline_metrics(), measure)


class MeasuresTest(QualityTest):
    def test_every_set_is_measured_or_told_why_not(self):
        self.assertEqual(set(SETS), {measure.data_set for measure in MEASURES} | {entry.data_set for entry in NOT_YET})
        names = [name for measure in MEASURES for name in measure.names()]
        self.assertEqual(len(names), len(set(names)))
        self.assertTrue(all(part.tests.keys() == set(measure.names()) for measure in MEASURES for part in measure.parts))

    def test_the_digest_is_of_what_is_read_predicted_and_scored(self):
        measure = MEASURES[0]
        others = [dataclasses.replace(measure, **change) for change in (
            {"data_set": "sst2"}, {"inputs": ("text:category",)}, {"output": "fine:category"},
            {"parts": (dataclasses.replace(measure.parts[0], validation=""),)},
            {"parts": (dataclasses.replace(measure.parts[0], tests={"trec6": "other.csv"}),)})]
        self.assertEqual(1 + len(others), len({one.digest() for one in (measure, *others)}))
        self.assertEqual(measure.digest(), dataclasses.replace(measure, metrics=("macro_f1",)).digest())

    def test_scores_are_of_rows_that_are_measured(self):
        measured = {(name, metric) for measure in MEASURES for name in measure.names() for metric in measure.metrics}
        for key, score in PUBLISHED.items():
            self.assertIn(key, measured)
            self.assertTrue(score.source and 0 < score.value <= 1, key)


class PageTest(BenchTest):
    """docs/quality.md: its tables are filled by hand from what was measured, so that they could be left empty."""

    def setUp(self):
        super().setUp()
        self.page = (PROJECT / "docs/quality.md").read_text(encoding="utf-8")

    def between(self, begin, end):
        self.assertEqual([1, 1], [self.page.count(begin), self.page.count(end)], f"{begin} .. {end}")
        return self.page.split(begin)[1].split(end)[0]

    def test_the_page_has_a_place_for_the_table(self):
        for table, names in (("quality", ("trec6", "sst2", "waimai_10k", "wdbc")), ("parts", ("trec6", "sst2", "waimai_10k"))):
            text = self.between(f"<!-- {table}: begin -->", f"<!-- {table}: end -->")
            for name in names:
                self.assertRegex(text, rf"(?m)^\|.*\b{name}\b.*\d\.\d", f"the table of {table} has no line with a figure of {name}")

    def test_the_page_tells_the_split_of_every_set(self):
        splits = self.between("## Sets and splits\n", "## How it is checked\n")
        for name in SETS:
            self.assertIn(f"\n| {name} |", splits)


class ProgramFileTest(BenchTest):
    def test_both_programs_say_what_they_are_for(self):
        for name in ("prepare", "quality"):
            self.assertTrue((BENCH / name).stat().st_mode & 0o111, f"bench/{name} cannot be run")
            run = self.run_program(name, "--help")
            self.assert_ended(DONE, run)
            self.assertRegex(run.stdout, "--data DIR")
