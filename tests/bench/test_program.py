# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/program.py; what it measures takes too long for a test."""

import pathlib
from unittest import mock

from bench_test import USAGE, BenchTest, rows_of

import program  # of bench/, which bench_test adds to the path


class OnlyTest(BenchTest):
    def refuse(self, only, name):
        result = self.run_program("program.py", "--only", only)
        self.assertEqual((USAGE, ""), (result.returncode, result.stdout), result)
        self.assertTrue(result.stderr.endswith(f"error: argument --only: unknown benchmark {name}; known: accuracy, allocate, large, start\n"), result)
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

    def test_a_million_items_are_allocated_among(self):
        def attune(*words):
            pathlib.Path(words[-1]).write_text("weight\n" * (1 + items), encoding="utf-8")
            return program.Run("", seconds, peak)
        for seconds, peak, met in ((15, 10**9, True), (15.1, 1, False), (1, 10**9 + 1, False)):
            items = 1_000_000
            with mock.patch.multiple(program, attune=attune, write_items=lambda path, groups: self.assertEqual(200_000, groups)):
                row, = program.allocate(None, self.folder)
            self.assertEqual(met, program.is_met(row), row)
        items = 999_999
        with mock.patch.multiple(program, attune=attune, write_items=mock.Mock()), self.assertRaisesRegex(SystemExit, "999999 were"):
            list(program.allocate(None, self.folder))

    def test_items_are_drawn_in_groups_of_five(self):
        path = program.write_items(self.folder / "items.csv", 40)
        rows = rows_of(path)
        self.assertEqual(200, len(rows))
        for first in range(0, 200, 5):
            group = rows[first:first + 5]
            self.assertEqual(["s1", "s2", "s3", "s4", "s5"], [row["sensor"] for row in group])
            self.assertEqual(1, len({(row["group"], row["target"]) for row in group}))
        self.assertEqual(path.read_bytes(), program.write_items(self.folder / "again.csv", 40).read_bytes())

    def test_accuracy_is_held_to_the_limits_of_bench_quality(self):
        for name in program.ACCURACY_SETS:
            (self.data / name).mkdir()
        for score, met in ((0.96, [True, True]), (0.95, [True, False]), (0.894, [False, False])):
            trial = mock.Mock(side_effect=lambda _, measure, *rest: ({measure.names()[0]: [{"accuracy": score}]}, 100))
            with mock.patch.multiple(program, Attune=mock.Mock(), prepare=mock.Mock(), run_trial=trial):
                rows = list(program.accuracy(mock.Mock(data=self.data), self.folder))
            self.assertEqual(["waimai_10k, defaults", "wdbc, 5 folds, defaults"], [row["name"] for row in rows])
            self.assertEqual(met, [program.is_met(row) for row in rows])
