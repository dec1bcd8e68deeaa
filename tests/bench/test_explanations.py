# SPDX-License-Identifier: Apache-2.0
"""bench/explanations: what is read, joined and summed up of made-up explanations; and every part once on a few rows."""

import itertools
import json
import os
import random
import statistics
import types

from bench_test import DONE, FAILED, USAGE, BenchTest, packed

from explaining import audit, faithfulness, masking, timing, truth
from explaining.bench import Bench, honesty_of
from explaining.explainer import read_explained
from explaining.gold import lines_of, pointing, summary_of, values_of, words_of
from explaining.kept import Kept
from explaining.tables import deleted, one_of_each_stretch, read_table, spread, without_units, write_table
from explaining.tasks import SST, babi


def token(column, begin, end):
    return {"input": [column], "begin": begin, "end": end, "text": "?"}


def explanation(tokens, values, prediction="1", **more):
    return {"row": 1, "prediction": prediction, "score": 1.0, "tokens": tokens,
            "methods": {"rollout": {"values": values, "forward_passes": 2, **more}}}


def completeness(share):
    return {"completeness": {"change": 1.0, "gap": share, "share": share}}


class PointingTest(BenchTest):
    def test_precision_at_as_many_as_matter(self):
        cases = (([3, 1, 2, 0], {0, 2}, 1), ([3, 1, 2, 0], {0, 1}, 0.5), ([3, 1, 2, 0], {1, 3}, 0), ([0, 0, 0], {0}, 1),
                 ([0, 0, 0], {2}, 0), ([-1, -3], {0}, 1))
        for values, gold, expected in cases:
            self.assertEqual(expected, pointing(values, gold).precision, (values, gold))

    def test_random_rankings_are_those_of_all_orders(self):
        for count, gold in ((2, {1}), (4, {0, 2}), (5, {0, 1, 4}), (5, {3})):
            precisions = [pointing(order, gold).precision for order in itertools.permutations(range(count))]
            one = pointing(range(count), gold)
            self.assertAlmostEqual(statistics.fmean(precisions), one.expected)
            self.assertAlmostEqual(statistics.pvariance(precisions), one.variance)

    def test_the_deviation_is_of_the_mean_over_rows(self):
        one = pointing([1, 2], {0})  # right or wrong at even odds: a deviation of 0.5
        self.assertEqual({"precision": 0, "random": 0.5, "random_deviation": 0.25, "rows": 4}, summary_of([one] * 4))


class UnitsTest(BenchTest):
    def test_tokens_belong_to_the_unit_they_begin_in(self):
        text = "他来。\nMary won."
        units = lines_of(text)
        self.assertEqual([(0, 3), (4, 13)], units)
        self.assertEqual([(0, 3), (4, 8), (9, 13)], words_of(text))
        tokens = [token("t", *place) for place in ((0, 1), (1, 3), (4, 8), (9, 12), (12, 13))]
        values = [1, -2, 3, 4, -5]
        self.assertEqual([-1, 2], values_of(units, tokens, values))
        self.assertEqual([1, 4], values_of(units, tokens, values, max))

    def test_a_unit_without_tokens_has_the_value_0(self):
        self.assertEqual([0, 2], values_of([(0, 1), (2, 3)], [token("t", 2, 3)], [2]))

    def test_values_must_be_of_the_tokens(self):
        with self.assertRaises(ValueError):
            values_of([(0, 1)], [token("t", 0, 1)], [1, 2])


class TruthTest(BenchTest):
    def test_supporting_lines_of_right_answers(self):
        row = {"context": "A is in B.\nC is in D.\nA is in D.", "question": "Where is A?", "answer": "D", "supporting": "1 3"}
        self.assertEqual(([(0, 10), (11, 21), (22, 32)], {0, 2}), truth.supporting_lines(row, "D"))
        self.assertIsNone(truth.supporting_lines(row, "B"))

    def test_words_of_the_sentences_side(self):
        row = {"text": "a dull but great film", "sentiment": "3", "word_sentiments": "2 1 2 4 3"}
        self.assertEqual({3, 4}, truth.words_of_polarity(row, "1")[1])
        self.assertIsNone(truth.words_of_polarity(row, "0"))
        self.assertEqual({1}, truth.words_of_polarity({**row, "sentiment": "0"}, "0")[1])
        self.assertIsNone(truth.words_of_polarity({**row, "sentiment": "2"}, "1"))

    def test_only_tokens_of_the_story_count_and_only_rows_with_a_choice(self):
        task = babi("qa1")
        story = {"context": "A\nB", "question": "Where?", "answer": "x", "supporting": "2"}
        rows = [story, story, {**story, "supporting": "1 2"}]
        tokens = [token("context", 0, 1), token("context", 2, 3), token("question", 0, 6)]
        explained = [explanation(tokens, [1, 2, 9], "x"), explanation(tokens, [1, 2, 9], "y"), explanation(tokens, [1, 2, 9], "x")]
        figures = list(truth.figures_of(task, rows, {"rollout": explained}, truth.supporting_lines))
        for row, join in zip(figures, ("sum", "max"), strict=True):
            self.assertEqual({"method": "rollout", "join": join, "precision": 1, "random": 0.5, "random_deviation": 0.5,
                              "rows": 1}, row)
        table = truth.tables([{"set": "qa1", "accuracy": 0.97, **row} for row in figures]).splitlines()
        self.assertEqual("| qa1 | rollout | 0.970 | 1 | 0.500 ± 0.500 | 1.000 (+1.0) | 1.000 (+1.0) |", table[2])


class ReadingTest(BenchTest):
    def test_rows_and_honesty(self):
        lines = [explanation([token("text", 0, 1)], [0.5], **completeness(0.02)),
                 explanation([token("text", 0, 1)], [1], **completeness(0.01)),
                 {"honesty": {"method": "rollout", "rows": 2, "closed": 0.5}}]
        explained = read_explained("\n".join(map(json.dumps, lines)) + "\n")
        self.assertEqual(2, len(explained.rows))
        self.assertEqual({"method": "rollout", "rows": 2, "closed": 0.5, "forward_passes": 2, "backward_passes": 0, "wide_gaps": 1},
                         honesty_of(explained, "rollout"))

    def test_methods_that_promise_no_completeness(self):
        explained = read_explained("\n".join(map(json.dumps, (explanation([], []), {"honesty": {"method": "rollout", "rows": 1}}))))
        self.assertIsNone(honesty_of(explained, "rollout")["wide_gaps"])

    def test_something_else(self):
        for text in ("yes\t0.9\n", '{"prediction": "yes"}\n'):
            with self.assertRaises((ValueError, KeyError)):
                read_explained(text)


def faithful(method, seed=1, name="sst2", **figures):
    return {"set": name, "seed": seed, "method": method, "is_default": method == "gradient_path", "seconds": 1.5, "rows": 10,
            "comprehensiveness": 0.25, "random_comprehensiveness": 0.03, "random_comprehensiveness_deviation": 0.004, "closed": 0.9,
            "tau": 0.6, "forward_passes": 5, "backward_passes": 4, "wide_gaps": None, **figures}


class TablesTest(BenchTest):
    def test_faithfulness(self):
        complete = {"wide_gaps": 1, "mean_gap": 0.001, "largest_gap": 0.02}
        rows = [faithful(method, seed, closed=0.8 + seed / 10, **more) for seed in (1, 2)
                for method, more in (("attention", {}), ("gradient_path", {}), ("integrated_gradients", complete))]
        lines, goals = faithfulness.tables(rows).splitlines(), list(faithfulness.goals(rows))
        self.assertIn("| sst2 | attention | 0.250 | 0.030 ± 0.004 | 0.900 | - | - | 0.600 | - | - | - | 5.0 | 4.0 | 1.50 |", lines)
        self.assertIn("| sst2 | gradient_path | 2 | 0.950 ± 0.071 | 0.600 ± 0.000 | 0.250 ± 0.000 | 0.030 ± 0.000 |", lines)
        self.assertTrue(any(line.startswith("| sst2 | **gradient_path** |") for line in lines))
        self.assertEqual(["- gradient_path, the default: closed at least 0.5; the lowest is 0.900: met",
                          "- gradient_path, the default: tau at least 0.45; the lowest is 0.600: met",
                          "- integrated_gradients: gap at most 1%; the largest is 0.0200, and 2 of 20 rows are above: **missed**"],
                         list(map(str, goals)))
        self.assertEqual([True, True, False], [goal.met for goal in goals])

    def test_audits(self):
        tests = [{"test": "permuted", "outcome": "for", "decisive": True, "figures": {"change": 0.25, "rows": 9}},
                 {"test": "a new one", "outcome": "for", "decisive": False, "figures": {"mass": 0.5}},
                 {"test": "seeds", "outcome": "untested", "decisive": False, "figures": {}}]
        text = audit.tables([{"set": "sst2", "rows": 10, "tests": tests, "verdict": "undecided", "sentences": ["Whether."], "seconds": 61.6}])
        self.assertIn("| sst2 | permuted* | for | change 0.250 |\n| sst2 | a new one | for | mass 0.500 |\n| sst2 | seeds | untested |  |", text)
        self.assertIn("- sst2, 10 test rows, 62 s: **undecided**. Whether.", text)

    def test_masking(self):
        figures = {"comprehensiveness": 0.2, "random_comprehensiveness": 0.03, "random_sufficiency": 0.1, "closed": 0.9, "tau": 0.5}
        rows = [{"set": "sst2", "variant": variant, "seed": seed, "accuracies": [0.8 + seed / 100, 0.7, 0.6],
                 "honesty": {"attention": figures}}
                for variant in masking.VARIANTS for seed in (1, 3)]
        text = masking.tables(rows)
        self.assertIn("| sst2 | default | 0.8200 ± 0.0141 | 0.7000 ± 0.0000 | 0.6000 ± 0.0000 | 0.030 ± 0.000 | 0.100 ± 0.000 | 2 |", text)
        self.assertIn("| sst2 | attention | `--token-mask 0` | 0.200 ± 0.000 | 0.900 ± 0.000 | - | - | 0.500 ± 0.000 |", text)

    def test_times(self):
        seconds = {"start": [1] * 3, "predict": [1, 3, 2], "explain, attention": [2.2, 2.1, 9], "explain, gradient_path": [5] * 3,
                   "explain, integrated_gradients": [61, 60, 59]}
        rows = [{"command": name, "seconds": values} for name, values in seconds.items()]
        text, goals = timing.tables(rows), "\n".join(map(str, timing.goals(rows)))
        self.assertIn("| explain, attention | 2.20 | 2.10 to 9.00 | 1.10 | 1.20 |", text)
        self.assertIn("it is 1.10: met", goals)
        self.assertIn("it is 60.0: **missed**", goals)


class SamplesTest(BenchTest):
    def test_rows_are_spread_over_the_table(self):
        self.assertEqual([0, 3, 6], spread(list(range(10)), 3))
        self.assertEqual([0, 1], spread([0, 1], 5))

    def test_a_period_of_the_table_is_not_that_of_the_sample(self):
        chosen = one_of_each_stretch(list(range(100)), 20)
        self.assertEqual(list(range(20)), [row // 5 for row in chosen])
        self.assertEqual({0, 1, 2, 3, 4}, {row % 5 for row in chosen})
        self.assertEqual([0, 1], one_of_each_stretch([0, 1], 5))

    def test_units_are_deleted_but_for_one(self):
        self.assertEqual("a b c d", without_units("a b  c d", " ", 0, random.Random(1)))
        for text, join, count in (("a b c d", " ", 2), ("很好很快", "", 2), ("one", " ", 1), ("", " ", 0)):
            left = without_units(text, join, 0.5, random.Random(1))
            self.assertEqual(count, len(left.split() if join else left), (text, left))
        rows = [{"text": "a b c d e f g h", "label": "1"}] * 3
        self.assertEqual(deleted(rows, "text", " ", 0.5), deleted(rows, "text", " ", 0.5))
        self.assertLess(1, len({row["text"] for row in deleted(rows, "text", " ", 0.5)}))
        self.assertEqual({"1"}, {row["label"] for row in deleted(rows, "text", " ", 0.5)})

    def test_tables_come_back(self):
        rows = [{"text": 'a "b",\nc', "label": "1"}]
        write_table(self.folder / "t.csv", rows)
        self.assertEqual(rows, read_table(self.folder / "t.csv"))


class KeptTest(BenchTest):
    def test_figures_are_measured_once_for_an_origin(self):
        calls = []

        def measure():
            calls.append(1)
            return {"closed": len(calls)}

        for fresh, origin, expected in ((False, 1, 1), (False, 1, 1), (False, 2, 2), (True, 1, 3)):
            self.assertEqual({"closed": expected}, Kept(self.folder / "kept", fresh).figures("name", origin, measure))

    def test_what_fails_leaves_nothing(self):
        kept = Kept(self.folder / "kept")
        with self.assertRaises(ZeroDivisionError):
            kept.figures("name", 1, lambda: 1 / 0)
        self.assertEqual([], list(kept.folder.glob("name*")))


# Its configuration is its arguments and a default; a model is what it was trained with.
STAND_IN = """#!/bin/sh
config="$* of $(cat {folder}/defaults)"
for word in "$@"; do last="$word"; done
case "$last" in
  --dump-config) echo "$config" ;;
  *) echo "$config" > "$last"; echo trained >> {folder}/calls ;;
esac
"""


class ModelsTest(BenchTest):
    def setUp(self):
        super().setUp()
        (self.folder / "calls").touch()
        (self.folder / "defaults").write_text("width 96", encoding="utf-8")
        self.program = self.folder / "attune"
        self.program.write_text(STAND_IN.format(folder=self.folder), encoding="utf-8")
        self.program.chmod(0o755)

    def model(self, tables, seed=1, flags=()):
        """How many trainings there were, once this one is there."""
        bench = Bench(types.SimpleNamespace(rows=2, seeds=1, turns=1, data=None, prepared=None, attune=self.program, fresh=False,
                                            folder=self.folder / "kept"))
        bench.table = lambda task, part="test": tables / f"{part}.csv"
        self.assertTrue(bench.model(SST, seed, flags).is_file())
        return len((self.folder / "calls").read_text(encoding="utf-8").splitlines())

    def tables(self, name, label="1"):
        folder = self.folder / name
        folder.mkdir()
        for part in ("train", "validation"):
            write_table(folder / f"{part}.csv", [{"text": "good film", "label": label}])
        return folder

    def test_a_model_holds_for_its_program_tables_and_configuration(self):
        tables = self.tables("tables")
        self.assertEqual(1, self.model(tables))
        self.assertEqual(1, self.model(tables))
        self.assertEqual(1, self.model(self.tables("moved")), "the same tables elsewhere")
        self.assertEqual(2, self.model(tables, seed=2))
        self.assertEqual(3, self.model(tables, flags=("--token-mask", "0")))
        self.assertEqual(4, self.model(self.tables("others", label="0")))
        (self.folder / "defaults").write_text("width 128", encoding="utf-8")
        self.assertEqual(5, self.model(tables), "a program with another default")
        self.program.write_text(self.program.read_text(encoding="utf-8") + "# trains otherwise\n", encoding="utf-8")
        self.assertEqual(6, self.model(tables), "another program")


class CommandTest(BenchTest):
    def refused(self, pattern, *arguments):
        self.assert_ended(USAGE, self.run_program("explanations", "--folder", self.folder / "kept", *arguments), pattern)

    def test_mistakes(self):
        self.refused("unknown part nope; known: faithfulness, audit, masking, truth, time", "--only", "truth,nope")
        self.refused("unknown set trec; known: waimai_10k, trec6, sst2, qa1, qa4, qa2", "--sets", "trec")
        self.refused("--sets qa1: audit measures waimai_10k, trec6, sst2", "--data", self.data, "--sets", "qa1", "--only", "audit")
        self.refused("expected a whole number from 2 on, found 1", "--rows", "1")
        self.refused("no data folder: name it with --data DIR")
        self.refused("data/babi_en_10k: no such folder; --data names the folder that holds babi_en_10k", "--data", self.data, "--only", "truth")
        self.refused(r"truth.json: truth was not measured yet; run bench/explanations --data DIR", "--markdown", "--only", "truth")
        (self.data / "waimai_10k").mkdir()
        self.refused("attune: not built; run make build", "--data", self.data, "--only", "time", "--attune", self.folder / "attune")

    def test_what_was_measured_is_printed_again(self):
        kept = self.folder / "kept"
        kept.mkdir()
        seconds = [{"command": name, "seconds": [1.0 + (name != "start")]} 
                   for name in ("start", "predict", "explain, attention", "explain, integrated_gradients")]
        (kept / "time.json").write_text(json.dumps({"program": "?", "rows": seconds}), encoding="utf-8")
        run = self.run_program("explanations", "--folder", kept, "--markdown", "--only", "time")
        self.assert_ended(DONE, run)
        self.assertRegex(run.stdout, r"(?s)^<!-- time: begin -->\n\| 1,000 reviews .*: met\n<!-- time: end -->\n\n?$")
        seconds[2]["seconds"] = [2.5]
        (kept / "time.json").write_text(json.dumps({"program": "?", "rows": seconds}), encoding="utf-8")
        run = self.run_program("explanations", "--folder", kept, "--markdown", "--only", "time")
        self.assert_ended(FAILED, run)
        self.assertIn("it is 1.25: **missed**", run.stdout)


class CasesTest(BenchTest):
    def test_a_case_is_measured_with_one_model_and_sample(self):
        """What truth asks of the bench, whose program and models stand in."""
        write_table(self.folder / "dev-words.csv", [{"text": "good film", "sentiment": "4", "word_sentiments": "4 2"}])
        write_table(self.folder / "test.csv", [{"text": "good film", "label": "1"}, {"text": "bad film", "label": "0"}])
        methods = ("attention", "rollout")
        explained = types.SimpleNamespace(rows=[{"prediction": "1", "tokens": [token("text", 0, 4), token("text", 5, 9)],
                                                 "methods": {method: {"values": [0.9, 0.1]} for method in methods}}])
        bench = types.SimpleNamespace(
            model=lambda task, seed: "model", table=lambda task, part="test": self.folder / f"{part}.csv", measured=lambda name, model, table, measure, *_: measure(),
            methods=lambda task, table: methods, accuracy=lambda *_: 0.5, explainer=types.SimpleNamespace(explain=lambda *_: explained))
        rows = truth.measure_case(bench, SST, self.folder / "dev-words.csv", truth.words_of_polarity)
        self.assertEqual(2 * len(methods), len(rows))
        self.assertEqual({(1, 0.5, 1)}, {(row["precision"], row["accuracy"], row["rows"]) for row in rows})


class PartsTest(BenchTest):
    """Every part, as the program itself answers it. The sets are made up; the models learn what they can from them in an epoch."""

    def setUp(self):
        super().setUp()
        if "ATTUNE_PROGRAM" not in os.environ:
            self.skipTest("the program is not built")
        texts = [("good", "film and more"), ("bad", "film , no more")]
        lines = [(i % 2, f"{texts[i % 2][0]} {texts[i % 2][1]} {i}") for i in range(60)]
        self.publish("waimai_10k", {"waimai_10k.csv": "label,review\n" + "".join(f'{1 - label},"{text}"\n' for label, text in lines)})
        sentences = "".join(f"{text}\t{1 - label}\n" for label, text in lines)
        trees = "(4 (4 good) (2 film))\n(0 (0 bad) (3 (2 film) (2 indeed)))\n" * 4
        self.publish("sst2", {"train.tsv": sentences, "dev.tsv": sentences, "test.tsv": sentences, "trees_dev.txt": trees})
        questions = "".join(f"{('NUM:n', 'HUM:h')[label]} {('How many', 'Who')[label]} of {i} ?\n" for i, (label, _) in enumerate(lines))
        self.publish("trec6", {"train_5500.label": questions, "TREC_10.label": questions})
        stories = "".join(f"1 Mary went to the {place}.\n2 John ran to the hall.\n3 Where is Mary? \t{place}\t1\n"
                          for place in ("kitchen", "garden") * 6)
        self.publish("babi_en_10k", {f"{task}_{part}.txt.gz": packed(stories) for task in ("qa1", "qa2", "qa4")
                                     for part in ("train", "valid", "test")})

    def measured(self, part, name):
        """What a part prints of two rows of a set and one training. Goals may be missed; nothing is proved of such models."""
        run = self.run_program("explanations", "--data", self.data, "--prepared", self.out, "--folder", self.folder / "kept", "--only", part,
                               "--sets", name, "--attune", os.environ["ATTUNE_PROGRAM"], "--rows", "2", "--seeds", "1", "--turns", "1")
        self.assert_ended(FAILED if "**missed**" in run.stdout else DONE, run)
        self.assertIn(f"<!-- {part}: begin -->", run.stdout)
        return run.stdout

    def test_faithfulness(self):
        text = self.measured("faithfulness", "sst2")
        for method in ("attention", "rollout", "integrated_gradients", "leave_one_out"):
            self.assertRegex(text, rf"\| sst2 \| {method} \| -?\d\.\d{{3}} \| ")
        self.assertRegex(text, r"\| sst2 \| \*\*\w+\*\* \| ")

    def test_audit(self):
        text = self.measured("audit", "trec6")
        self.assertIn("| trec6 | seeds |", text)
        self.assertRegex(text, r"- trec6, 2 test rows, \d+ s: \*\*\w[\w ]+\*\*\. ")

    def test_masking(self):
        self.assertRegex(self.measured("masking", "sst2"), r"\| sst2 \| attention \| `--token-mask 0` \| -?\d")

    def test_truth(self):
        self.assertRegex(self.measured("truth", "qa1"), r"\| qa1 \| rollout \| [01]\.\d{3} \| \d \| 0\.500 ")

    def test_time(self):
        self.assertRegex(self.measured("time", "waimai_10k"), r"\| explain, integrated_gradients \| \d")
