# SPDX-License-Identifier: Apache-2.0
"""The file of --history: CSV or JSON, written after every epoch, whole at any moment."""

import csv
import json
import re
import signal

from program import DONE, FAILED, INTERRUPTED, SMALL, ProgramTest, wait_until

ENDLESS = ("--width", "16", "--threads", "2", "--epochs", "100000", "--patience", "0", "-o", "model.attune")


class HistoryTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def csv_epochs(self, name="history.csv"):
        with open(self.path(name), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def json_epochs(self, name="history.json"):
        return json.loads(self.path(name).read_bytes())["epochs"]

    def test_csv_has_a_line_per_epoch(self):
        self.train("table.csv", "--history", "history.csv", "--epochs", "3", "--patience", "0")
        epochs = self.csv_epochs()
        self.assertEqual(["1", "2", "3"], [e["epoch"] for e in epochs])
        for epoch in epochs:
            self.assertGreater(float(epoch["training_loss"]), 0)
            self.assertGreater(float(epoch["validation_loss"]), 0)
            self.assertTrue(0 <= float(epoch["validation_metric"]) <= 1)
        self.assertIn("true", [e["best"] for e in epochs])

    def test_json_holds_the_epochs_of_the_model(self):
        for flags in ((), ("--select", "last"), ("--validation-fraction", "0")):
            with self.subTest(flags):
                self.train("table.csv", "--history", "history.json", "--epochs", "3", "--patience", "0", *flags)
                epochs = self.json_epochs()
                self.assertEqual(3, len(epochs))
                self.assertEqual(self.info()["history"], epochs)

    def test_info_prints_the_same_history(self):
        self.train("table.csv", "--history", "history.csv")
        result = self.attune("info", "model.attune", "--history")
        self.assert_code(DONE, result)
        self.assertEqual(self.path("history.csv").read_text(encoding="utf-8"), result.out)

    def test_a_killed_run_leaves_it(self):
        for name, read in (("history.csv", self.csv_epochs), ("history.json", self.json_epochs)):
            with self.subTest(name):
                run = self.start("train", "table.csv", "--output", "label", *ENDLESS, "--history", name)
                run.wait_for_note("epoch 4/")
                run.send(signal.SIGKILL)
                told = max(int(n) for n in re.findall(r"^epoch (\d+)/", run.end(30).err, re.MULTILINE))
                numbers = [int(epoch["epoch"]) for epoch in read()]
                self.assertIn(len(numbers), range(1, told + 2))
                self.assertEqual(list(range(1, len(numbers) + 1)), numbers)

    def test_of_a_resumed_training_is_whole(self):
        run = self.start("train", "table.csv", "--output", "label", *ENDLESS)
        run.wait_for_note("epoch 3/")
        run.send(signal.SIGINT)
        self.assert_code(INTERRUPTED, run.end(30))
        before = len(self.info()["history"])
        resumed = self.start("train", "table.csv", "--output", "label", *ENDLESS, "--resume", "--history", "history.json")
        resumed.wait_for_note(f"epoch {before + 2}/")
        resumed.send(signal.SIGKILL)
        resumed.end(30)
        numbers = [epoch["epoch"] for epoch in self.json_epochs()]
        self.assertGreater(len(numbers), before)
        self.assertEqual(list(range(1, len(numbers) + 1)), numbers)

    def test_one_that_cannot_be_written_any_more_ends_no_training(self):
        self.path("folder").mkdir()
        run = self.start("train", "table.csv", "--output", "label", *ENDLESS, "--history", "folder/history.csv")
        wait_until(self.path("folder/history.csv").exists)
        self.path("folder").rename(self.path("moved"))
        run.wait_for_note("no history: folder/history.csv: ")
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assertEqual(1, result.err.count("no history: "), result.err[-1000:])
        self.assertIn("; the training goes on, and tries again after the next epoch\n", result.err)
        self.assert_code(FAILED, result)  # not all is there that was asked for
        self.assertRegex(result.message, r"folder/history\.csv: ")
        self.assertRegex(result.out, r"^model model\.attune, weights of epoch \d+\n")
        self.assertGreater(len(self.csv_epochs("moved/history.csv")), 0)


    def test_what_a_killed_run_left_half_written_is_removed(self):
        self.write("folder/.attune-1234-5.tmp", "epoch,trai")
        self.write("folder/.attune-notes.txt", "named like none")
        self.train("table.csv", "--history", "folder/history.csv")
        self.assertEqual([".attune-notes.txt", "history.csv"], sorted(path.name for path in self.path("folder").iterdir()))

    def test_a_number_that_is_not_finite_is_an_empty_cell(self):
        """The squares of such errors are more than a double holds."""
        self.write_table("numbers.csv", [(str(i % 13), str(3 * (i % 13) + i % 2)) for i in range(80)], columns=("x", "y"))
        self.write_table("same.csv", [(str(i), "1e200" if i % 2 else "1") for i in range(20)], columns=("x", "y"))
        flags = ("--input", "x:numbers", "--validation", "same.csv")
        for name in ("history.csv", "history.json"):
            self.train("numbers.csv", *flags, "--history", name, output="y:number")
        self.assertEqual([None, None], [epoch["validation_metric"] for epoch in self.json_epochs()])
        self.assertEqual(["", ""], [epoch["validation_metric"] for epoch in self.csv_epochs()])
        shown = self.attune("info", "model.attune", "--history").out
        self.assertEqual(["", ""], [epoch["validation_metric"] for epoch in csv.DictReader(shown.splitlines())])


class HistoryNameTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def refuse(self, name, *patterns):
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--history", name, *SMALL)
        self.assert_refused(result, *patterns)
        self.assertNotIn("epoch 1/", result.err)

    def test_another_ending_is_refused(self):
        for name in ("history", "history.txt", "history.csv.gz", ".json"):
            with self.subTest(name):
                self.refuse(name, re.escape(f"--history: {name}: expected a name that ends in .csv or .json"))

    def test_a_file_that_cannot_be_written_is_refused_before_training(self):
        self.refuse("nowhere/h.json", r"--history: nowhere/h\.json", "no folder nowhere")

    def test_json_replaces_nothing_but_a_history(self):
        for content in ("[1, 2]", '{"epoch": []}', "no JSON", '"epochs"'):
            with self.subTest(content):
                self.write("notes.json", content)
                self.refuse("notes.json", r"--history: notes\.json", "name another file")
                self.assertEqual(content, self.path("notes.json").read_text(encoding="utf-8"))
        for _ in range(2):
            self.train("table.csv", "--history", "history.json")
