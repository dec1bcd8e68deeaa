# SPDX-License-Identifier: Apache-2.0
"""attune allocate: the bare allocation loop on a table of items in groups."""

import csv
import json
import os
import random
import re
import signal
import unicodedata

from program import DONE, EXAMPLES, FAILED, INTERRUPTED, USAGE, ProgramTest, limit_file_size

CLASSROOM = [("a", x1, x2, "1", "0") for x1, x2 in (("1", "0"), ("0", "1"), ("1", "1"), ("0", "0"), ("1", "-1"))]
CLASSROOM_COLUMNS = ("group", "x1", "x2", "y1", "y2")
CLASSROOM_FLAGS = ("--features", "x1,x2", "--target", "y1,y2", "--initial-mean", "0.5", "--initial-deviation", "0")
SENSOR_FLAGS = ("--group", "minute", "--features", "sensor:category", "--values", "reading", "--target", "truth")


def sensor_rows(minutes=60, seed=1):
    """Rows (minute, sensor, reading, truth) of two sensors, of which the first is four times as exact."""
    draw = random.Random(seed)
    rows = []
    for minute in range(minutes):
        truth = draw.uniform(18, 24)
        for sensor, deviation in (("good", 0.25), ("poor", 1.0)):
            rows.append((f"m{minute}", sensor, f"{draw.gauss(truth, deviation):.4f}", f"{truth:.4f}"))
    return rows


def columns_of(line):
    """That it takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    marks = sum(unicodedata.combining(character) > 0 for character in line)
    # The emoji is wide by the selector behind it, which takes no column.
    return len(line) + wide - marks


class AllocateTest(ProgramTest):
    def write_classroom(self, rows=None):
        return self.write_table("table.csv", CLASSROOM if rows is None else rows, CLASSROOM_COLUMNS)

    def write_sensors(self, rows=None, name="sensors.csv"):
        return self.write_table(name, sensor_rows() if rows is None else rows, ("minute", "sensor", "reading", "truth"))

    def allocate(self, *arguments, **options):
        """A run that must succeed, as its JSON object."""
        result = self.attune("allocate", *arguments, "--json", **options)
        self.assert_code(DONE, result)
        return json.loads(result.out)

    # What it learns

    def test_sensors_get_what_they_deserve(self):
        self.write_sensors()
        found = self.allocate("sensors.csv", *SENSOR_FLAGS, "--learning-rate", "1", "--weights", "weights.csv")
        good, poor = (found["attention"]["sensor"][name]["weights"][0] for name in ("good", "poor"))
        self.assertAlmostEqual(1, good + poor, 12)
        self.assertGreater(good, 0.85)  # right would be 16 / 17
        figures = found["figures"]
        self.assertLess(figures["learnt"]["training"]["loss"], 0.5 * figures["equal_weights"]["training"]["loss"])
        with open(self.path("weights.csv"), encoding="utf-8", newline="") as file:
            weights = list(csv.DictReader(file))
        self.assertEqual(120, len(weights))
        self.assertEqual([str(row) for row in range(1, 121)], [item["row"] for item in weights])
        for item in weights:
            self.assertAlmostEqual(good if int(item["row"]) % 2 else poor, float(item["weight"]), 12)

    def test_classroom_trace(self):
        self.write_classroom()
        for score, after, names in (("scaled_dot", 0.123607, ("W", "s", "w", "context", "loss", "d_s", "d_W", "new W")),
                                    ("additive", 0.114923, ("W_a", "b_a", "a", "d_a", "d_b_a", "new b_a"))):
            found = self.allocate("table.csv", *CLASSROOM_FLAGS, "--score", score, "--epochs", "1", "--trace")
            arrays = {array["name"]: array for array in found["trace"]["arrays"]}
            self.assertEqual("a", found["trace"]["group"])
            for name in names:
                self.assertIn(name, arrays)
            self.assertEqual([5, 2] if score == "scaled_dot" else [5], arrays["w"]["shape"])
            self.assertAlmostEqual(after, found["history"][1]["training_loss"], 6)
            page = self.attune("allocate", "table.csv", *CLASSROOM_FLAGS, "--score", score, "--epochs", "1", "--trace")
            self.assert_code(DONE, page)
            self.assertRegex(page.out, r"w \[5(, 2)?\]  softmax of s over the items")
            self.assertRegex(page.out, "training loss\n.*┤.*[\u2801-\u28ff]")

    def traced_lines(self, result):
        """{name: the lines of its numbers} of the arrays that a trace shows."""
        self.assert_code(DONE, result)
        arrays, name = {}, None
        for line in result.lines:
            if found := re.match(r"((?:new )?\w+)(?: \[[\d, ]+\])?  \S", line):
                arrays[name := found[1]] = []
            elif name and line.startswith("  "):
                arrays[name].append(line)
            else:
                name = None
        return arrays

    def test_trace_shows_a_row_per_item(self):
        self.write_classroom()
        for score, rows in (("scaled_dot", ("x", "v", "s", "w", "d_w", "d_s")), ("additive", ("x", "v", "a", "s", "w", "d_w", "d_s", "d_a"))):
            lines = self.traced_lines(self.attune("allocate", "table.csv", *CLASSROOM_FLAGS, "--score", score, "--trace"))
            for name in rows:
                self.assertEqual(5, len(lines[name]), name)
            for name in ("y", "context", "loss", "d_context"):
                self.assertEqual(1, len(lines[name]), name)
        self.assertEqual(["0.215667", "0.215667", "0.248959", "0.159854", "0.159854"], [line.strip() for line in lines["w"]])

    def test_trace_of_a_large_group_is_cut_and_counted(self):
        columns = ("group", *(f"x{k}" for k in range(25)), "value", "target")
        self.write_table("large.csv", [("g", *(str((i * k) % 7) for k in range(25)), str(i), "9") for i in range(3000)], columns)
        flags = ("--features", "x*", "--values", "value", "--epochs", "1", "--trace")
        for score in ("scaled_dot", "additive"):
            result = self.attune("allocate", "large.csv", *flags, "--score", score)
            lines = self.traced_lines(result)
            for name in ("v", "s", "w", "d_s"):
                self.assertEqual((21, "  .. and 2,980 more (all with --json)"), (len(lines[name]), lines[name][-1]), name)
            self.assertEqual(["  .. and 2,980 more (all with --json)", "  .. and 5 more in each row (all with --json)"], lines["x"][20:])
        self.assertEqual((2, "  .. and 5 more in each row (all with --json)"), (len(lines["W_a"]), lines["W_a"][-1]))
        self.assertLess(len(result.lines), 300)
        arrays = {array["name"]: array for array in self.allocate("large.csv", *flags)["trace"]["arrays"]}
        self.assertEqual(3000, len(arrays["s"]["numbers"]))

    def test_trace_says_what_is_standardised(self):
        self.write_sensors([(g, "2000" if s == "good" else "1000", r, t) for g, s, r, t in sensor_rows()])
        flags = ("--group", "minute", "--features", "sensor", "--values", "reading", "--target", "truth", "--epochs", "1", "--trace")
        said = "on features of mean 0 and deviation 1"
        plain, standard = (self.attune("allocate", "sensors.csv", *flags, *more) for more in ((), ("--standardise",)))
        self.assertNotIn(said, plain.out)
        self.assertRegex(standard.out, said + ": x and the parameters here are in these units\n\nx ")
        self.assertEqual(["1.000000", "-1.000000"], [line.strip() for line in self.traced_lines(standard)["x"]])
        self.assertEqual([False, True], [self.allocate("sensors.csv", *flags, *more)["trace"]["standardised"]
                                         for more in ((), ("--standardise",))])

    def test_classes(self):
        """The second item's features mark it; its values score the right class."""
        draw, rows = random.Random(1), []
        for group in range(40):
            right = draw.choice(("cat", "dog"))
            for marked in (0, 1):
                scores = [draw.gauss(0, 2) if not marked else (2 if right == name else -2) for name in ("cat", "dog")]
                rows.append((str(group), str(marked), *(f"{s:.3f}" for s in scores), right))
        self.write_table("animals.csv", rows, ("group", "marked", "cat", "dog", "target"))
        flags = ("--features", "marked", "--values", "cat,dog", "--loss", "cross_entropy", "--learning-rate", "1")
        found = self.allocate("animals.csv", *flags)
        self.assertEqual(1.0, found["figures"]["learnt"]["training"]["accuracy"])
        self.assertLess(found["figures"]["equal_weights"]["training"]["accuracy"], 1.0)
        renamed = [(*row[:4], {"cat": "0", "dog": "1"}[row[4]]) for row in rows]
        self.write_table("numbered.csv", renamed, ("group", "marked", "cat", "dog", "target"))
        same = self.allocate("numbered.csv", *flags, "--classes", "0,1")
        self.assertEqual(found["parameters"], same["parameters"])
        result = self.attune("allocate", "numbered.csv", *flags)
        self.assert_failed(USAGE, result, r'numbered.csv, row 1, column "target": unknown class "[01]"', "--classes")

    def test_one_target_serves_all_value_columns(self):
        rows = [(group, x, x, y, t) for group, x, y, t in (("a", "1", "2", "2"), ("a", "0", "5", "2"))]
        self.write_table("t.csv", rows, ("group", "x", "u", "v", "target"))
        found = self.allocate("t.csv", "--features", "x", "--values", "u,v", "--epochs", "0", "--initial-deviation", "0")
        self.assertAlmostEqual(((0.5 - 2) ** 2 + (3.5 - 2) ** 2) / 2, found["figures"]["first"]["training"]["loss"], 12)

    def test_rows_of_a_group_need_not_stand_together(self):
        rows = sensor_rows()
        self.write_sensors(rows)
        flags = (*SENSOR_FLAGS, "--epochs", "3")
        together = self.allocate("sensors.csv", *flags)
        apart = [*rows[::2], *rows[1::2]]
        self.write_sensors(apart, "apart.csv")
        self.assertEqual(together["parameters"], self.allocate("apart.csv", *flags)["parameters"])

    def test_target_may_stand_in_one_row_of_its_group(self):
        rows = sensor_rows()
        self.write_sensors(rows)
        sparse = [row if at % 2 else (*row[:3], "") for at, row in enumerate(rows)]
        self.write_sensors(sparse, "sparse.csv")
        self.assertEqual(self.allocate("sensors.csv", *SENSOR_FLAGS)["parameters"],
                         self.allocate("sparse.csv", *SENSOR_FLAGS)["parameters"])

    def test_standardised_features_learn_and_are_turned_back(self):
        rows = [(g, f"{1000 + 50 * (s == 'good')}", r, t) for g, s, r, t in sensor_rows()]
        self.write_sensors(rows)
        flags = ("--group", "minute", "--features", "sensor", "--values", "reading", "--target", "truth", "--learning-rate", "1")
        found = self.allocate("sensors.csv", *flags, "--standardise", "-o", "p.json", "--weights", "w.csv")
        again = self.allocate("sensors.csv", "--start", "p.json", "--epochs", "0")
        self.assertAlmostEqual(found["figures"]["learnt"]["training"]["loss"], again["figures"]["learnt"]["training"]["loss"], 9)
        plain, equal = (self.allocate("sensors.csv", *flags)["figures"][key]["training"]["loss"]
                        for key in ("learnt", "equal_weights"))
        self.assertLess(found["figures"]["learnt"]["training"]["loss"], 0.5 * equal)
        self.assertLess(found["figures"]["learnt"]["training"]["loss"], plain)

    def test_start_goes_on_and_measures_other_tables(self):
        self.write_sensors()
        self.write_sensors(sensor_rows(30, seed=2), "others.csv")
        learnt = self.allocate("sensors.csv", *SENSOR_FLAGS, "-o", "p.json")
        measured = self.allocate("sensors.csv", "--start", "p.json", "--epochs", "0")
        self.assertEqual(learnt["figures"]["learnt"], measured["figures"]["learnt"])
        other = self.allocate("others.csv", "--start", "p.json", "--epochs", "0", "-o", "p.json")
        self.assertEqual(learnt["parameters"], other["parameters"])
        further = self.allocate("sensors.csv", "--start", "p.json", "--epochs", "5")
        self.assertLess(further["history"][-1]["training_loss"], learnt["history"][-1]["training_loss"])

    def test_same_seed_same_bytes(self):
        self.write_sensors()
        outs = {self.attune("allocate", "sensors.csv", *SENSOR_FLAGS, "--epochs", "5", "--validation-fraction", "0.2", "--seed",
                            seed).out for seed in ("1", "1", "2")}
        self.assertEqual(2, len(outs))

    # What it notes

    def test_notes(self):
        self.write_classroom([*CLASSROOM, ("b", "1", "2", "1", "0")])
        result = self.attune("allocate", "table.csv", *CLASSROOM_FLAGS, "--epochs", "1")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "1 group of one item: its weight is 1")
        self.write_classroom([("a", "1", "2", "1", "0"), ("b", "3", "4", "1", "0")])
        result = self.attune("allocate", "table.csv", *CLASSROOM_FLAGS, "--epochs", "1")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "every group has one item alone.*nothing to learn")
        self.assertNotIn("no epoch was better", result.err, "no learning rate would help")
        self.write_classroom([(g, "7", x2, y1, y2) for g, _, x2, y1, y2 in CLASSROOM])
        for score, pattern in (("scaled_dot", 'constant feature "x1".*no weight depends on it'), ("additive", '"x1": acts like b_a')):
            result = self.attune("allocate", "table.csv", *CLASSROOM_FLAGS, "--epochs", "1", "--score", score)
            self.assert_code(DONE, result)
            self.assertRegex(result.err, pattern)

    def test_rate_that_leads_away_is_said(self):
        self.write_sensors()
        self.allocate("sensors.csv", *SENSOR_FLAGS, "-o", "p.json", "--epochs", "300")
        result = self.attune("allocate", "sensors.csv", "--start", "p.json", "--learning-rate", "500", "--batch-size", "1")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "no epoch was better.*smaller --learning-rate than 500")

    # Bad input

    def test_bad_cells(self):
        """Each message names file, row and column; what can be left out is, and is counted."""
        # A cell of row 3 that is spoilt: column, content, what is said, what --skip-bad-rows says (None: an error still).
        cases = (
            (0, "", 'row 3, column "group": empty', "1 item left out"),
            (1, "", 'row 3, column "x1": empty, expected a number', "1 item left out"),
            (1, "abc", 'row 3, column "x1": expected a finite number, found "abc"', "1 item left out"),
            (2, "nan", 'row 3, column "x2": expected a finite number, found "nan"', "1 item left out"),
            (2, "-inf", 'row 3, column "x2": expected a finite number, found "-inf"', "1 item left out"),
            (2, "1e999", 'row 3, column "x2": expected a finite number, found "1e999"', "1 item left out"),
            (3, "0.5", 'row 3, column "y1": group "a" has the target "1" in table.csv, row 1, found "0.5" here', None),
            (4, "x", 'row 3, column "y2": expected a finite number, found "x"', None),
        )
        for column, cell, said, skipped in cases:
            with self.subTest(f"{column}: {cell}"):
                rows = [list(row) for row in CLASSROOM]
                rows[2][column] = cell
                self.write_classroom(rows)
                flags = ("allocate", "table.csv", *CLASSROOM_FLAGS, "--epochs", "1")
                self.assert_failed(USAGE, self.attune(*flags), said)
                result = self.attune(*flags, "--skip-bad-rows")
                if skipped is None:
                    self.assert_failed(USAGE, result, said)
                else:
                    self.assert_code(DONE, result)
                    self.assertIn(skipped, result.err)
                    self.assertIn("4 items in 1 group", result.err)

    def test_missing_target(self):
        rows = [*CLASSROOM, ("b", "1", "2", "", "0"), ("b", "2", "1", "", "0")]
        self.write_classroom(rows)
        flags = ("allocate", "table.csv", *CLASSROOM_FLAGS, "--epochs", "1")
        self.assert_failed(USAGE, self.attune(*flags), 'table.csv, row 6, column "y1": empty in every row of group "b"',
                           "--skip-bad-rows")
        result = self.attune(*flags, "--skip-bad-rows")
        self.assert_code(DONE, result)
        self.assertIn("1 group left out: no target", result.err)
        self.write_classroom([("a", "1", "2", "", "")])
        self.assert_failed(USAGE, self.attune(*flags, "--skip-bad-rows"), "no item is left in any group")

    def test_columns(self):
        self.write_classroom()
        self.write_table("named.csv", [("a", "s", "1", "2")], ("group", "sensor", "reading", "target"))
        cases = (
            (("table.csv", "--group", "gruop"), r'--group: table.csv has no column "gruop" \(did you mean "group"\?\)'),
            (("table.csv", "--target", "y1", "--features", "x1,x3"), r'--features: .*no column "x3"'),
            (("table.csv", "--features", "x1,x2"), r'no column "target".*--target COLUMN'),
            (("table.csv", "--target", "y1,y2", "--values", "x1", "--features", "x1,x2"), r"--target: expected one column for each"),
            (("table.csv", "--target", "y1", "--features", "x1,y1"), r'--target: column "y1" is among the features or values'),
            (("table.csv", "--target", "y1", "--features", "x1", "--features", "x1"), r'column "x1" is given twice'),
            (("table.csv", "--target", "y1", "--features", "x1:text"), r"a feature is numbers or category, not text"),
            (("table.csv", "--target", "y1", "--features", "x1:category"), r'--values: .*"x1" is a category'),
            (("table.csv", "--target", "y1", "--features", "x1", "--classes", "a,b"), r"--classes: .*cross_entropy only"),
            (("table.csv", "--target", "y1", "--features", "x1", "--loss", "cross_entropy"), r"takes a value column per class"),
            (("table.csv", "--target", "y1", "--features", "x1,x2", "--loss", "cross_entropy", "--classes", "a"),
             r"--classes: expected one for each value column \(x1 and x2\), found 1"),
            (("table.csv", "--target", "y1", "--features", "x1", "--score", "additiv"), r"--score.*additive"),
            (("table.csv", "--target", "y1", "--features", "x1", "--trace-group", "a"), r"--trace-group: .*--trace"),
            (("table.csv", "--target", "y1", "--features", "x1", "--trace", "--trace-group", "b"), r'has no group "b"'),
            (("table.csv", "--target", "y1", "--features", "x1", "--validation-fraction", "0.5"), r"^--validation-fraction 0.5: expected a group to train on"),
            (("named.csv",), r'row 1, column "sensor": expected a finite number, found "s".*COLUMN:category'),
            (("nothing.csv",), r"nothing.csv: no such file"),
        )
        for arguments, said in cases:
            with self.subTest(" ".join(arguments)):
                self.assert_failed(USAGE, self.attune("allocate", *arguments), said)

    def test_start_files(self):
        self.write_sensors()
        self.allocate("sensors.csv", *SENSOR_FLAGS, "-o", "p.json", "--epochs", "1")
        good = json.loads(self.path("p.json").read_text(encoding="utf-8"))
        self.write("none.json", "{}")
        self.write("wide.json", json.dumps({**good, "W": [[1.0], [2.0], [3.0]]}))
        self.write("bare.json", json.dumps({key: value for key, value in good.items() if key != "values"}))
        self.write("targets.json", json.dumps({**good, "targets": ["truth", "reading"]}))
        self.write("classes.json", json.dumps({**good, "loss": "cross_entropy", "classes": ["a", "b"]}))
        self.write("listed.json", json.dumps({**good, "features": [7]}))
        self.write("deep.json", json.dumps({**good, "loss": 0}).replace('"loss": 0', f'"loss": {"[" * 200_000 + "]" * 200_000}'))
        self.write_sensors([("m", "new", "1", "2")], "new.csv")
        cases = (
            (("sensors.csv", "--start", "none.json"), "none.json: expected parameters that attune allocate -o wrote"),
            (("sensors.csv", "--start", "wide.json"), "wide.json: expected parameters for 2 features, found them for 3"),
            (("sensors.csv", "--start", "bare.json"), 'bare.json, "values": expected names of columns'),
            (("sensors.csv", "--start", "targets.json"), "targets.json: expected a target for each value or one for all"),
            (("sensors.csv", "--start", "classes.json"), "classes.json: expected .* one target and a class for each value"),
            (("sensors.csv", "--start", "listed.json"), 'listed.json, "column": expected a column'),
            (("sensors.csv", "--start", "deep.json"), r'deep.json, "loss": expected mean_squared_error or cross_entropy, found \[\[\['),
            (("sensors.csv", "--start", "p.json", "--score", "additive"), "--score: --start p.json says it"),
            (("sensors.csv", "--start", "p.json", "--group", "minute"), "--start: p.json says the columns"),
            (("new.csv", "--start", "p.json"), 'new.csv, row 1, column "sensor": unknown category "new"'),
        )
        for arguments, said in cases:
            with self.subTest(" ".join(arguments)):
                self.assert_failed(USAGE, self.attune("allocate", *arguments), said)

    def test_tables_are_aligned_where_characters_are_wide(self):
        names = ("温度计", "plain", "🌡️ é", "湿度" * 40)
        self.write_table("wide.csv", [(g, name, "1", "0", "1") for g in "ab" for name in names],
                         ("组", "传感器", "读数读数读数读数读数", "short", "truth"))
        result = self.attune("allocate", "wide.csv", "--group", "组", "--features", "传感器:category", "--values",
                             "读数读数读数读数读数,short", "--target", "truth", "--epochs", "2")
        self.assert_code(DONE, result)
        tables = re.findall(r"(?m)^(?:W .*|mean weight .*)\n((?:  .*\n){5})", result.out)
        self.assertEqual(2, len(tables), "parameters, and weights by category")
        for table in tables:
            self.assertEqual(1, len({columns_of(line) for line in table.splitlines()}), table)
            self.assertIn("读数读数读..", table)
            self.assertNotIn("湿度" * 13, table)

    def test_outputs_are_checked_before_the_work(self):
        self.write_sensors()
        self.write("letter.txt", "dear all\n")
        cases = (
            (("--weights", "no/such/folder.csv"), "--weights: no/such/folder.csv cannot be written: there is no folder"),
            (("-o", "no/such/folder.json"), "-o: no/such/folder.json cannot be written"),
            (("-o", "sensors.csv"), "-o: sensors.csv is the table that is read"),
            (("--weights", "letter.txt"), "--weights: letter.txt is there and was not written by attune allocate"),
            (("-o", "letter.txt"), "-o: letter.txt is there and was not written by attune allocate"),
            (("-o", "x.json", "--weights", "x.json"), "-o: x.json is the file of --weights"),
        )
        for arguments, said in cases:
            with self.subTest(" ".join(arguments)):
                # An endless run would not end in time.
                result = self.attune("allocate", "sensors.csv", *SENSOR_FLAGS, "--epochs", "100000000", "--patience", "0",
                                     *arguments, seconds=20)
                self.assert_failed(USAGE, result, said)
        self.assert_folder_holds("letter.txt", "sensors.csv")
        self.allocate("sensors.csv", *SENSOR_FLAGS, "-o", "p.json", "--weights", "w.csv")
        self.allocate("sensors.csv", *SENSOR_FLAGS, "-o", "p.json", "--weights", "w.csv")  # what it wrote it may replace
        self.assert_folder_holds("letter.txt", "p.json", "sensors.csv", "w.csv")

    def test_full_disk_at_the_weights_costs_nothing_else(self):
        """They are large; what was learnt is not, and is both written and printed."""
        self.write_sensors()
        flags = (*SENSOR_FLAGS, "--json", "--weights", "w.csv", "-o", "p.json")
        result = self.attune("allocate", "sensors.csv", *flags, preexec_fn=limit_file_size(1000))
        self.assert_code(FAILED, result)
        self.assert_said(result, r"^w\.csv: .*File too large")
        self.assert_folder_holds("p.json", "sensors.csv")
        learnt = json.loads(result.out)["parameters"]
        self.assertEqual(learnt["W"], json.loads(self.path("p.json").read_text(encoding="utf-8"))["W"])

    def test_full_disk_at_both_files(self):
        self.write_sensors()
        result = self.attune("allocate", "sensors.csv", *SENSOR_FLAGS, "--weights", "w.csv", "-o", "p.json",
                             preexec_fn=limit_file_size(100))
        self.assert_code(FAILED, result)
        self.assert_said(result, r"^p\.json: .*; w\.csv: ")
        self.assertIn("mean weight of the items by sensor", result.out)
        self.assert_folder_holds("sensors.csv")

    def test_full_standard_output_costs_no_file(self):
        self.write_sensors()
        with open("/dev/full", "wb") as full:
            result = self.attune("allocate", "sensors.csv", *SENSOR_FLAGS, "--weights", "w.csv", "-o", "p.json", stdout=full)
        self.assert_failed(FAILED, result, "standard output: cannot be written")
        self.assert_folder_holds("p.json", "sensors.csv", "w.csv")
        self.assertEqual(121, len(self.path("w.csv").read_text(encoding="utf-8").splitlines()))

    def test_loss_that_is_not_finite(self):
        rows = [(g, f"{i * 1e4}", r, t) for i, (g, _, r, t) in enumerate(sensor_rows())]
        self.write_sensors(rows)
        flags = ("--group", "minute", "--features", "sensor", "--values", "reading", "--target", "truth")
        result = self.attune("allocate", "sensors.csv", *flags, "--learning-rate", "1e308", "--initial-deviation", "0", "-o", "p.json")
        self.assert_failed(FAILED, result, "no longer finite after epoch 1 with learning rate 1e\\+308; try a smaller one")
        self.write_sensors([(g, s, r + "e200", t) for g, s, r, t in rows])
        result = self.attune("allocate", "sensors.csv", *flags)
        self.assert_failed(FAILED, result, "not finite before the first step")
        self.assert_folder_holds("sensors.csv")

    def test_interrupt_keeps_the_best_so_far(self):
        self.write_sensors()
        run = self.start("allocate", "sensors.csv", *SENSOR_FLAGS, "--epochs", "1000000", "--patience", "0", "-o", "p.json",
                         "--json", "--learning-rate", "1e-6")
        run.wait_for_note("epoch 0/")
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, "interrupted; the parameters are those of epoch")
        self.assertEqual("interrupted", json.loads(result.out)["end"])
        self.assertIn("W", json.loads(self.path("p.json").read_text(encoding="utf-8")))

    def test_example_is_what_its_program_draws(self):
        python = os.environ.get("ATTUNE_TEST_PYTHON", "python3")
        code = os.spawnlp(os.P_WAIT, python, python, str(EXAMPLES / "allocation" / "draw.py"), str(self.folder))
        self.assertEqual(0, code)
        self.assertEqual((EXAMPLES / "allocation" / "sensors.csv").read_bytes(), self.path("sensors.csv").read_bytes())
