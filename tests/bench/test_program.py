# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/program.py; what it measures takes too long for a test."""

import pathlib
from unittest import mock

from bench_test import USAGE, BenchTest

import program  # of bench/, which bench_test adds to the path


class OnlyTest(BenchTest):
    def refuse(self, only, name):
        result = self.run_program("program.py", "--only", only)
        self.assertEqual((USAGE, ""), (result.returncode, result.stdout), result)
        self.assertTrue(result.stderr.endswith(f"error: argument --only: unknown benchmark {name}; known: accuracy, large, start\n"), result)
        self.assertNotIn("skipped", result.stderr, "the data folder was looked at first")

    def test_an_unknown_one_is_refused_first(self):
        self.refuse("nope", "nope")

    def test_an_unknown_one_behind_a_known_one_is_refused_before_that_begins(self):
        self.refuse("accuracy,nope", "nope")

    def test_none_at_all(self):
        self.refuse("", "")


class LimitsTest(BenchTest):
    """What is run and held to which limit, with nothing run."""

    def test_the_large_table_is_measured_on_two_cores(self):
        run = mock.Mock(side_effect=lambda verb, *_: program.Run("\n" * (1_000_000 if run.call_count < 4 else 100_000), 1, 1))
        with mock.patch.multiple(program, attune=run, write_texts=lambda path, rows: path):
            rows = list(program.large(None, pathlib.Path("folder")))
        self.assertEqual([True] * 4, [program.is_met(row) for row in rows])
        working = [call.args for call in run.call_args_list if call.args[0] != "info"]
        self.assertEqual(["train", "predict", "predict"], [words[0] for words in working])
        self.assertEqual([("--threads", "2")] * 3, [words[-2:] for words in working])

    def test_accuracy_is_held_to_the_limits_of_bench_quality(self):
        for name in program.ACCURACY_SETS:
            (self.data / name).mkdir()
        for score, met in ((0.96, [True, True]), (0.95, [True, False]), (0.894, [False, False])):
            trial = mock.Mock(side_effect=lambda _, measure, *rest: ({measure.names()[0]: [{"accuracy": score}]}, 100))
            with mock.patch.multiple(program, Attune=mock.Mock(), prepare=mock.Mock(), run_trial=trial):
                rows = list(program.accuracy(mock.Mock(data=self.data), self.folder))
            self.assertEqual(["waimai_10k, defaults", "wdbc, 5 folds, defaults"], [row["name"] for row in rows])
            self.assertEqual(met, [program.is_met(row) for row in rows])
