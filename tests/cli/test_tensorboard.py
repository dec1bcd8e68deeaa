# SPDX-License-Identifier: Apache-2.0
"""The event files of --tensorboard, read by TensorBoard's own reader."""

import json
import os
import signal
import struct
import subprocess
import unittest

from program import DONE, INTERRUPTED, SMALL, ProgramTest, limit_file_size, reviews

# Prints what the file or folder named first holds, as JSON.
READ_BY_TENSORBOARD = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
events.Reload()
tags = events.Tags()
scalars = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in tags["scalars"]}
texts = {tag: [(e.step, e.tensor_proto.string_val[0].decode()) for e in events.Tensors(tag)] for tag in tags["tensors"]}
plugins = {tag: events.SummaryMetadata(tag).plugin_data.plugin_name for tag in tags["tensors"]}
print(json.dumps({"scalars": scalars, "texts": texts, "plugins": plugins}))
"""


def python_with_tensorboard():
    python = os.environ.get("ATTUNE_TEST_PYTHON")
    if not python or not os.path.exists(python):
        return None
    found = subprocess.run([python, "-c", "import tensorboard"], stderr=subprocess.DEVNULL, check=False)
    return python if found.returncode == 0 else None


def single(number):
    """As a float of four bytes holds it."""
    return struct.unpack("f", struct.pack("f", number))[0]


class TensorBoardTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.python = python_with_tensorboard()
        if self.python is None:
            raise unittest.SkipTest("ATTUNE_TEST_PYTHON names no Python with tensorboard; run scripts/set-up")
        self.write_table(rows=reviews(300))

    def files(self, folder="runs"):
        return sorted(self.path(folder).iterdir())

    def read(self, path="runs"):
        run = subprocess.run([self.python, "-c", READ_BY_TENSORBOARD, self.path(path)], capture_output=True, check=False)
        self.assertEqual(0, run.returncode, run.stderr.decode())
        self.assertNotIn(b"orrupt", run.stderr)
        return json.loads(run.stdout)

    def test_epochs_are_those_of_the_history(self):
        self.train("table.csv", "--tensorboard", "runs", "--epochs", "3", "--patience", "0", "--batch-size", "32")
        (file,) = self.files()
        self.assertRegex(file.name, r"^events\.out\.tfevents\.\d{10,}\.[\w.-]+\.attune$")
        history = self.info()["history"]
        scalars = self.read()["scalars"]
        steps = self.info()["training"]["steps"] // 3
        for tag, key in (("training_loss", "training_loss"), ("validation_loss", "validation_loss"),
                         ("validation_accuracy", "validation_metric")):
            self.assertEqual([[steps * e["epoch"], single(e[key])] for e in history], scalars["epoch/" + tag], tag)

    def test_every_step_is_there(self):
        self.train("table.csv", "--tensorboard", "runs", "--epochs", "2", "--patience", "0", "--batch-size", "20", "--warmup", "0",
                   "--schedule", "constant", "--learning-rate", "0.004", "--validation-fraction", "0")
        scalars = self.read()["scalars"]
        steps = self.info()["training"]["steps"]
        self.assertEqual(2 * 15, steps)  # 300 rows by 20
        for tag in ("loss", "learning_rate", "gradient_norm"):
            self.assertEqual(list(range(1, steps + 1)), [step for step, _ in scalars["step/" + tag]], tag)
        self.assertEqual([10, 20, 30], [step for step, _ in scalars["step/rows_per_second"]])
        self.assertEqual({single(0.004)}, {value for _, value in scalars["step/learning_rate"]})
        self.assertTrue(all(value > 0 for _, value in scalars["step/gradient_norm"]))
        losses = [value for _, value in scalars["step/loss"]]
        for number, epoch in enumerate(self.info()["history"]):
            self.assertAlmostEqual(epoch["training_loss"], sum(losses[15 * number:15 * (number + 1)]) / 15, 5)
        self.assertNotIn("epoch/validation_loss", scalars)

    def test_options_are_a_text(self):
        self.train("table.csv", "--tensorboard", "runs")
        seen = self.read()
        self.assertEqual({"options": "text"}, seen["plugins"])
        ((step, text),) = seen["texts"]["options"]
        self.assertEqual(1, step)
        self.assertRegex(text, r"(?s)^```\n.*\nwidth = 16\n.*```\n$")

    def test_a_second_run_adds_a_file_and_is_shown(self):
        self.train("table.csv", "--tensorboard", "runs", "--epochs", "3", "--patience", "0")
        (first,) = self.files()
        before = first.read_bytes()
        self.train("table.csv", "--tensorboard", "runs", "--epochs", "2", "--seed", "2")
        self.assertEqual(2, len(self.files()))
        self.assertEqual(before, first.read_bytes())
        self.assertEqual(3, len(self.read(f"runs/{first.name}")["scalars"]["epoch/training_loss"]))
        self.assertEqual([single(e["training_loss"]) for e in self.info()["history"]],
                         [value for _, value in self.read()["scalars"]["epoch/training_loss"]])

    def test_a_resumed_run_goes_on_where_the_checkpoint_was(self):
        flags = ("table.csv", "--output", "label", "-o", "model.attune", "--width", "16", "--threads", "2", "--epochs", "30",
                 "--patience", "0", "--batch-size", "16", "--tensorboard", "runs")
        run = self.start("train", *flags)
        run.wait_for_note("epoch 3/")
        run.send(signal.SIGINT)
        self.assert_code(INTERRUPTED, run.end(30))
        self.assert_code(DONE, self.attune("train", *flags, "--resume"))
        self.assertEqual(2, len(self.files()))
        scalars = self.read()["scalars"]
        record = self.info()
        self.assertEqual(list(range(1, record["training"]["steps"] + 1)), [step for step, _ in scalars["step/loss"]])
        self.assertEqual([single(e["training_loss"]) for e in record["history"]],
                         [value for _, value in scalars["epoch/training_loss"]])

    def test_several_runs_have_folders_of_their_own(self):
        self.train("table.csv", "--tensorboard", "runs", "--folds", "2")
        self.assertEqual(["seed-1", "seed-1-fold-1", "seed-1-fold-2"], [path.name for path in self.files()])
        for name in ("seed-1", "seed-1-fold-1", "seed-1-fold-2"):
            self.assertEqual(2, len(self.read(f"runs/{name}")["scalars"]["epoch/validation_accuracy"]))

    def test_a_killed_run_leaves_what_it_had(self):
        run = self.start("train", "table.csv", "--output", "label", "-o", "model.attune", "--width", "16", "--epochs", "100000",
                         "--patience", "0", "--tensorboard", "runs")
        run.wait_for_note("epoch 4/")
        run.send(signal.SIGKILL)
        run.end(30)
        self.assertGreaterEqual(len(self.read()["scalars"]["epoch/training_loss"]), 2)


class FolderTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def test_a_folder_that_cannot_be_is_refused_before_training(self):
        self.write("plain", "x")
        for folder in ("plain", "plain/runs", "table.csv"):
            result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--tensorboard", folder, *SMALL)
            self.assert_refused(result, f"--tensorboard: {folder}: expected a folder, found the file .*; name another folder")
            self.assertNotIn("epoch 1/", result.err)
        self.assert_folder_holds("plain", "table.csv")

    def test_what_is_refused_later_makes_no_folder(self):
        self.attune("train", "missing.csv", "--output", "label", "-o", "m.attune", "--tensorboard", "runs/first", *SMALL)
        self.assert_folder_holds("table.csv")

    def test_a_full_disk_ends_no_training(self):
        """The options alone fill it."""
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--tensorboard", "runs", *SMALL,
                             preexec_fn=limit_file_size(500))
        self.assertEqual(1, result.err.count("no more is written for TensorBoard: "), result)
        self.assertRegex(result.err, r"no more is written for TensorBoard: runs/events\S+: cannot be written: File too large; the "
                                     r"training goes on\n")
        self.assertIn("epoch 2/2", result.err)
