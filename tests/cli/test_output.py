# SPDX-License-Identifier: Apache-2.0
"""Where results go, full disks, losses that are not finite."""

import json
import os
import pathlib
import pty
import resource
import unittest

from model_bytes import ModelBytes
from program import DONE, FAILED, SMALL, ProgramTest, limit_file_size, reviews


class StreamsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def test_results_only_on_standard_output(self):
        result = self.train("table.csv", "--no-baselines")
        self.assertEqual(2, len(result.lines), result)
        self.assertRegex(result.lines[0], r"^model model\.attune, weights of epoch \d$")
        self.assertRegex(result.lines[1], r"^label:  accuracy [01]\.\d{4}  ")
        self.assertRegex(result.err, r"epoch 1/2  loss \d")
        self.assertNotRegex(result.err, r"\x1b|\r", "control characters where there is no terminal")

    def test_json_lines_of_training(self):
        result = self.train("table.csv", "--json")
        *epochs, model = result.json_lines()
        self.assertEqual([1, 2], [e["epoch"] for e in epochs])
        for epoch in epochs:
            self.assertTrue(0 <= epoch["validation_metric"] <= 1)
        self.assertEqual("model.attune", model["model"])
        self.assertTrue(0 <= model["metrics"][0]["accuracy"] <= 1)

    def test_json_of_evaluate_has_shares_as_fractions(self):
        self.train()
        result = self.attune("evaluate", "model.attune", "table.csv", "--json")
        self.assert_code(DONE, result)
        (metrics,) = result.json_lines()
        for key in ("accuracy", "balanced_accuracy", "macro_f1", "expected_calibration_error"):
            self.assertTrue(0 <= metrics[key] <= 1, (key, metrics[key]))
        self.assertEqual(60, sum(c["support"] for c in metrics["per_class"]))
        for c in metrics["per_class"]:
            self.assertTrue(0 <= c["recall"] <= 1)

    def test_json_is_json_without_numbers_that_are_none(self):
        """Not a number and infinity are no JSON; a validation without known labels has such metrics."""
        self.train()
        self.write("test.csv", "text,label\na,new\n")
        result = self.attune("evaluate", "model.attune", "test.csv", "--json")
        self.assert_code(DONE, result)

        def refuse(name):
            raise AssertionError(f"{name} is no JSON")
        metrics = json.loads(result.out, parse_constant=refuse)
        self.assertEqual((1, 1, 0), (metrics["rows"], metrics["unseen_labels"], metrics["accuracy"]))

    def test_help_and_version_are_results(self):
        for arguments in (("--help",), ("--version",), ("train", "--help"), ("evaluate", "-h"), ("predict", "--help"), ("info", "--help")):
            with self.subTest(arguments):
                result = self.attune(*arguments)
                self.assert_code(DONE, result)
                self.assertTrue(result.out)
                self.assertEqual("", result.err)
        self.assertRegex(self.attune("--version").out, r"^attune \d+\.\d+\.\d+\n$")

    def test_help_names_every_verb_and_type(self):
        for verb in ("train", "evaluate", "predict", "info"):
            self.assertIn(verb, self.attune("--help").out)
        for word in ("text", "category", "numbers", "number", "max_length", "additive", "scaled_dot"):
            self.assertIn(word, self.attune("train", "--help").out)

    def test_help_of_train_names_what_is_required_and_how_far_shares_go(self):
        text = self.attune("train", "--help").out
        for flag in ("DATA", "--output SPEC", "--model FILE"):
            self.assertRegex(text, rf"{flag}.*required")
        self.assertNotIn("turn off", text)
        self.assertRegex(text, r"--no-attention +blocks without an attention part")
        self.assertRegex(text, r"--dropout X=0\.5 .*\(0 to 0\.95\)")
        self.assertRegex(text, r"--validation-fraction X=0\.1 .*\(0 to 0\.99\)")
        self.assertRegex(self.attune("predict", "--help").out, r"--json .*as many choices as --top says")

    def test_a_bar_is_drawn_on_a_terminal_only(self):
        terminal, other_end = pty.openpty()
        self.addCleanup(os.close, terminal)
        drawn = bytearray()
        self.write_table("long.csv", reviews(2000))
        try:
            run = self.start_with_errors_to(other_end)
        finally:
            os.close(other_end)
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:  # Linux's word for the other end being closed
                break
            if not part:
                break
            drawn += part
        out = run.stdout.read().decode()
        run.stdout.close()
        self.assertEqual(DONE, run.wait(60), drawn.decode("utf-8", "replace"))
        self.assertIn(b"\r", drawn.replace(b"\r\n", b"\n"))
        self.assertEqual(2, len(out.splitlines()), out)

    def start_with_errors_to(self, descriptor):
        import subprocess
        command = [self.program(), "train", "long.csv", "--output", "label", "-o", "model.attune", *SMALL, "--batch-size", "4",
                   "--no-baselines"]
        run = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=descriptor, stdin=subprocess.DEVNULL)
        self.addCleanup(lambda: run.poll() is None and run.kill())
        return run


class InfoTest(ProgramTest):
    def test_info_of_a_model(self):
        self.write_table()
        self.train()
        result = self.attune("info", "model.attune")
        self.assert_code(DONE, result)
        tensors = ModelBytes(self.path("model.attune")).tensors
        parameters = sum(len(content) // 4 for _, _, content in tensors.values())
        self.assertRegex(result.out, r"input +text \(text\)")
        self.assertRegex(result.out, r"output +label \(category\)")
        self.assertRegex(result.out, rf"parameters +{parameters:,} in {len(tensors)} tensors")
        self.assertRegex(result.out, r"block\.0\.self, pool")
        self.assertRegex(result.out, r"table\.csv, 60 rows")
        self.assertRegex(result.out, r"54 training rows, 6 validation rows \(stratified, share 0\.1\)")
        self.assertRegex(result.out, r"written by +attune \d+\.\d+\.\d+\n")
        self.assertNotRegex(result.out, "read with|left out")
        whole = self.info()
        self.assertEqual(parameters, whole["parameters"])
        self.assertEqual(self.path("model.attune").stat().st_size, whole["bytes"])
        self.assertEqual(2, len(whole["history"]))

    def test_info_of_a_table(self):
        self.write_table("some.csv", [("1", "x", ""), ("2", "y", "a b"), ("3", "x", "")], ("number", "class", "rest"))
        result = self.attune("info", "some.csv")
        self.assert_code(DONE, result)
        self.assertRegex(result.lines[0], "3 rows, 3 columns")
        columns = self.attune("info", "some.csv", "--json").json_lines()
        self.assertEqual([("number", 3, 0, 3), ("class", 2, 0, 0), ("rest", 1, 2, 0)],
                         [(c["column"], c["distinct"], c["empty"], c["numeric"]) for c in columns])

    def test_info_says_how_the_table_was_read(self):
        content = self.write_table().read_bytes().replace(b",", b";")
        self.write("table.csv", content + b"a;b;c\n")
        self.train("table.csv", "--delimiter", ";", "--skip-bad-rows", "--validation-fraction", "0.2")
        result = self.attune("info", "model.attune")
        self.assertRegex(result.out, r"left out +1 bad row\n")
        self.assertRegex(result.out, r'read with +delimiter = ";", skip_bad_rows = true\n')
        self.assertRegex(result.out, r"\(stratified, share 0\.2\)")
        whole = self.info()
        self.assertEqual(1, whole["data"]["skipped_rows"])
        self.assertEqual((";", True, "utf-8"), tuple(whole["reading"][key] for key in ("delimiter", "skip_bad_rows", "encoding")))
        self.assertEqual(0.2, whole["training"]["split"]["fraction"])
        self.assertRegex(whole["program"], r"^attune \d")

    def test_info_of_a_table_with_many_values(self):
        self.write("many.csv", "number,word\n" + "".join(f"{i},w\n" for i in range(12_000)))
        result = self.attune("info", "many.csv")
        self.assert_code(DONE, result)
        self.assertEqual("many.csv: 12,000 rows, 2 columns; of 10,000 rows drawn from all over it:", result.lines[0])
        self.assertRegex(result.lines[1], "^  number: 10,000 or more distinct, 10,000 numbers")
        self.assertRegex(result.lines[2], "^  word: 1 distinct")
        columns = self.attune("info", "many.csv", "--json").json_lines()
        self.assertEqual([(12_000, 10_000, 10_000, True), (12_000, 10_000, 1, False)],
                         [(c["table_rows"], c["rows"], c["distinct"], c["distinct_is_lower_bound"]) for c in columns])

    def test_history_as_csv_and_as_json(self):
        self.write_table()
        self.train()
        history = self.info()["history"]
        lines = self.attune("info", "model.attune", "--history").lines
        self.assertEqual((3, "epoch,training_loss"), (len(lines), lines[0][:19]))
        result = self.attune("info", "model.attune", "--history", "--json")
        self.assert_code(DONE, result)
        self.assertEqual(history, result.json_lines())

    def test_info_shows_how_a_model_is_built_and_trained(self):
        self.write_table()
        self.train("table.csv", "--blocks", "2", "--heads", "2", "--learning-rate", "0.002", "--batch-size", "16")
        whole, out = self.info(), self.attune("info", "model.attune").out
        self.assertRegex(out, r"\ninput        text \(text\), \d+ (words|characters|subwords) known\n")
        known = whole["architecture"]["inputs"][0]["vocabulary"] - 2  # the unknown and the empty one have ids too
        self.assertIn(f", {known} ", out)
        temperature = whole["metrics"][0]["temperature"]
        self.assertIn(f"\noutput       label (category), temperature {temperature:.4f}, 2 classes: neg, pos\n", out)
        self.assertRegex(out, r"\nnetwork      width 16, 2 blocks of attention \(scaled_dot, 2 heads\) and feed-forward \(32\), "
                              r"pool of attention \(additive, 1 head\)\n")
        self.assertIn("\nsettings     2 epochs at most, batches of 16 rows, learning rate 0.002 (cosine)\n", out)
        self.assertIn(f" {whole['training']['steps']} steps in 2 epochs, weights of epoch {whole['training']['best_epoch']}, ", out)

    def test_info_shows_other_networks(self):
        self.write_table()
        self.train("table.csv", "--mechanism", "split", "--no-feed-forward", "--pool", "mean")
        self.assertIn("\nnetwork      width 16, 1 block of attention (split, reaches 1 3 5), pool mean\n", self.attune("info", "model.attune").out)
        self.train("table.csv", "--blocks", "0", "--pool", "max")
        self.assertIn("\nnetwork      width 16, no blocks, pool max\n", self.attune("info", "model.attune").out)
        self.train("table.csv", "--no-attention")
        self.assertRegex(self.attune("info", "model.attune").out, r"\nnetwork      width 16, 1 block of feed-forward \(32\), pool of")

    def test_info_cuts_long_lists_of_classes(self):
        rows = [(text, "colour", f"class\n{i % 14:02}") for i, (text, _) in enumerate(reviews(140))]
        self.write_table(rows=rows, columns=("text", "kind", "label"))
        self.train("table.csv", "--input", "kind:category", "--input", "text")
        out = self.attune("info", "model.attune").out
        self.assertRegex(out, r"\noutput .* 14 classes: class 00, class 01, .*, class 09 and 4 more\n")
        self.assertRegex(out, r"\ninput        kind \(category\), 1 value known\n")

    def test_flags_that_say_nothing_are_refused(self):
        self.write_table()
        self.train()
        self.assert_refused(self.attune("info", "table.csv", "--history"), "--history", "models")
        self.assert_refused(self.attune("info", "model.attune", "--no-header"), "--no-header", "tables")

    def test_info_of_nothing(self):
        self.assert_refused(self.attune("info", "none.attune"), r"none\.attune", "no such file")
        self.write("empty.csv", "")
        self.assert_refused(self.attune("info", "empty.csv"), r"empty\.csv", "empty")


class FullDiskTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def check_full_output(self, *arguments):
        with open("/dev/full", "wb") as full:
            result = self.attune(*arguments, stdout=full)
        self.assert_failed(FAILED, result, "standard output: cannot be written: No space left on device")

    def test_full_standard_output_of_predict(self):
        self.train()
        self.check_full_output("predict", "model.attune", "good")

    def test_full_standard_output_after_many_lines(self):
        self.train()
        self.write_table("many.csv", [(text,) for text, _ in reviews(3000)], columns=("text",))
        self.check_full_output("predict", "model.attune", "many.csv")

    def test_full_standard_output_of_other_verbs(self):
        self.train()
        self.check_full_output("evaluate", "model.attune", "table.csv")
        self.check_full_output("info", "model.attune", "--json")
        self.check_full_output("train", "--dump-config")

    def test_full_standard_output_of_train_keeps_the_model(self):
        self.check_full_output("train", "table.csv", "--output", "label", "-o", "model.attune", *SMALL)
        self.assertEqual(1, len(self.predictions("model.attune", "good")))

    def test_a_full_disk_keeps_the_old_model(self):
        self.train()
        before = self.path("model.attune").read_bytes()
        self.assertGreater(len(before), 12_000)
        for size in (5_000, len(before) - 3_000):  # files of two seeds differ by some digits of their records
            with self.subTest(size):
                result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", *SMALL, "--seed", "2",
                                     preexec_fn=limit_file_size(size))
                self.assert_failed(FAILED, result, r"model\.attune: cannot be written", "too large|space")
                self.assertEqual(before, self.path("model.attune").read_bytes())
                self.assert_folder_holds("table.csv", "model.attune")

    def test_a_full_disk_and_no_old_model_leaves_nothing(self):
        result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", *SMALL, preexec_fn=limit_file_size(5_000))
        self.assert_failed(FAILED, result, r"model\.attune")
        self.assert_folder_holds("table.csv")


class UnwritableTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def refuse_early(self, name, *patterns):
        result = self.attune("train", "table.csv", "--output", "label", "-o", name, *SMALL)
        self.assert_refused(result, "-o: ", *patterns)
        self.assertNotIn("rows to train on", result.err, "said only after the training, which is lost")

    def test_folder_that_is_not_there(self):
        self.refuse_early("nowhere/model.attune", r"nowhere/model\.attune cannot be written: there is no folder nowhere; make it first")

    def test_folder_in_place_of_the_model(self):
        self.path("model.attune").mkdir()
        self.refuse_early("model.attune", r"model\.attune", "folder")
        self.assert_folder_holds("table.csv", "model.attune")

    def test_device_in_place_of_the_model(self):
        self.refuse_early("/dev/full", "/dev/full", "device")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_folder_without_the_right_to_write(self):
        self.path("closed").mkdir(mode=0o500)
        self.refuse_early("closed/model.attune", r"closed/model\.attune", "Permission denied")

    def test_a_link_to_the_model_stays_a_link(self):
        self.path("models").mkdir()
        self.train(model="models/real.attune")
        before = self.path("models/real.attune").read_bytes()
        self.path("model.attune").symlink_to("models/real.attune")
        self.train("table.csv", "--seed", "2")
        self.assertTrue(self.path("model.attune").is_symlink())
        self.assertNotEqual(before, self.path("models/real.attune").read_bytes())

    def test_rights_of_a_replaced_model_stay(self):
        self.train()
        self.path("model.attune").chmod(0o640)
        self.train()
        self.assertEqual(0o640, self.path("model.attune").stat().st_mode & 0o777)


class OutOfMemoryTest(ProgramTest):
    def test_it_is_said_with_a_way_out(self):
        if b"__asan_init" in pathlib.Path(self.program()).read_bytes():
            self.skipTest("AddressSanitizer needs more addresses than the limit leaves")
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        self.write_table()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", "--width", "4096", "--blocks", "8",
                             "--feed-forward-width", "65536", "--threads", "1", preexec_fn=limit)
        self.assert_failed(FAILED, result, "^out of memory; try a smaller")
        self.assert_folder_holds("table.csv")


class NotFiniteTest(ProgramTest):
    """Weights pushed out of all bounds: the greatest step size, nothing clipped, nothing normalised."""

    WILD = ("--learning-rate", "100", "--clip-norm", "0", "--no-norm", "--warmup", "0", "--schedule", "constant", "--epochs", "300",
            "--patience", "0", "--blocks", "8", "--batch-size", "8", "--activation", "none", "--dropout", "0")

    def run_wild(self, *flags):
        self.write_table()
        return self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", "--width", "16", *self.WILD, *flags)

    def test_a_loss_that_is_not_finite_is_explained(self):
        result = self.run_wild("--validation-fraction", "0")
        self.assert_code(FAILED, result)
        self.assert_said(result, r"finite at step \d+", "learning rate 100", "try a lower learning rate")
        self.assertFalse(self.path("model.attune").exists())

    def test_an_older_model_outlives_it(self):
        self.write_table()
        self.train()
        before = self.path("model.attune").read_bytes()
        result = self.run_wild("--validation-fraction", "0")
        self.assert_code(FAILED, result)
        self.assertEqual(before, self.path("model.attune").read_bytes())
        self.assertRegex(result.err, r"model\.attune stays as it was")
