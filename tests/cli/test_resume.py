# SPDX-License-Identifier: Apache-2.0
"""Trainings that are stopped in every way and go on: checkpoints, --resume, --time-limit.

ATTUNE_KILLS says how often KillTest kills (20), ATTUNE_KILL_SEED at which moments; it prints the seed it drew.
"""

import os
import random
import signal
import time

from model_bytes import ModelBytes
from program import DONE, FAILED, INTERRUPTED, ProgramTest, limit_file_size, reviews

A, B = "model.attune.checkpoint-a", "model.attune.checkpoint-b"
# A second of work: everything that is drawn, validation, and an end before the last epoch.
RUN = ("train", "table.csv", "--output", "label", "--validation", "validation.csv", "-o", "model.attune", "--width", "16",
       "--threads", "2", "--epochs", "40", "--patience", "2", "--learning-rate", "0.02", "--dropout", "0.3", "--token-mask", "0.2",
       "--attention-dropout", "0.1", "--batch-size", "16")
TABLES = ("table.csv", "validation.csv")
OFTEN = ("--checkpoint-minutes", "0.0005")


class StoppedTraining(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table("table.csv", reviews(700))
        mislabelled = [(text, "pos" if i % 7 == 0 else label) for i, (text, label) in enumerate(reviews(100, seed=2))]
        self.write_table("validation.csv", mislabelled)

    def train_whole(self):
        """What an unbroken run gives, which is then moved out of the way."""
        result = self.attune(*RUN)
        self.assert_code(DONE, result)
        self.assertIn("stopped early", result.err)
        self.assert_folder_holds(*TABLES, "model.attune")
        whole = ModelBytes(self.path("model.attune"))
        self.path("model.attune").unlink()
        return whole

    def resume(self, *flags, **options):
        return self.attune(*RUN, "--resume", *flags, **options)

    def assert_same(self, whole):
        resumed = ModelBytes(self.path("model.attune"))
        self.assertEqual(whole.tensors, resumed.tensors)
        self.assertEqual(whole.metadata["calibration"], resumed.metadata["calibration"])
        ours, theirs = whole.record("record"), resumed.record("record")
        self.assertEqual(ours["metrics"], theirs["metrics"])
        for key in ("steps", "best_epoch", "end"):
            self.assertEqual(ours["training"][key], theirs["training"][key], key)
        for key in ("epoch", "training_loss", "validation_loss", "learning_rate", "best"):
            self.assertEqual([e[key] for e in ours["history"]], [e[key] for e in theirs["history"]], key)


class ResumeTest(StoppedTraining):
    def interrupt(self, *flags, note="epoch 2/"):
        run = self.start(*RUN, *flags)
        run.wait_for_note(note)
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, "the same command with --resume goes on after [0-9,]+ steps?\n")
        return result

    def test_after_ctrl_c(self):
        whole = self.train_whole()
        self.interrupt()
        self.assertEqual("interrupted", self.info()["training"]["end"])
        result = self.resume("--history", "history.csv")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, r"goes on from model\.attune\.checkpoint-[ab]: epoch \d+, after [0-9,]+ steps\n")
        self.assertNotRegex(result.err, r"\nepoch 1/")
        self.assert_same(whole)
        self.assert_folder_holds(*TABLES, "model.attune", "history.csv")
        epochs = self.path("history.csv").read_text(encoding="utf-8").splitlines()[1:]
        self.assertEqual(len(whole.record("record")["history"]), len(epochs))

    def test_of_a_training_that_is_over(self):
        first = self.attune(*RUN)
        before = self.path("model.attune").stat().st_mtime_ns
        again = self.resume("--history", "history.csv")
        self.assert_code(DONE, again)
        self.assertIn("nothing is left to do: model.attune is the model of this training\n", again.err)
        self.assertEqual(first.out, again.out)
        self.assertEqual(before, self.path("model.attune").stat().st_mtime_ns)
        self.assertTrue(self.path("history.csv").is_file())

    def test_without_a_checkpoint_starts_anew(self):
        whole = self.train_whole()
        result = self.resume()
        self.assert_code(DONE, result)
        self.assertIn("there is no checkpoint to go on from: the training starts anew\n", result.err)
        self.assert_same(whole)

    def test_with_other_options_or_another_table_is_refused(self):
        self.interrupt()
        before = {name: self.path(name).read_bytes() for name in (A, B, "model.attune")}
        options = [word if word != "16" else "8" for word in RUN]
        self.assert_refused(self.attune(*options, "--resume"), r"model\.attune\.checkpoint-[ab]: a checkpoint of another training",
                            r"model\.width: 16 in the checkpoint, 8 now; training\.batch_size: 16 in the checkpoint, 8 now",
                            "leave out --resume")
        self.write_table("table.csv", reviews(700, seed=3))
        self.assert_refused(self.resume(), "the table has other cells; give the same options and tables")
        self.assertEqual(before, {name: self.path(name).read_bytes() for name in before})

    def test_of_a_training_that_is_over_with_other_options_is_refused(self):
        self.assert_code(DONE, self.attune(*RUN))
        before = self.path("model.attune").read_bytes()
        options = [word if word != "16" else "8" for word in RUN]
        self.assert_refused(self.attune(*options, "--resume"), r"model\.attune: the model of another training, which is over: ",
                            "model.width: 16 in the model, 8 now", "leave out --resume to replace it")
        self.assertEqual(before, self.path("model.attune").read_bytes())
        self.assert_code(DONE, self.attune(*options))
        self.assertNotEqual(before, self.path("model.attune").read_bytes())

    def test_what_changes_no_weight_may_differ(self):
        whole = self.train_whole()
        self.interrupt()
        self.path("table.csv").rename(self.path("renamed.csv"))
        words = ["renamed.csv" if word == "table.csv" else word for word in RUN]
        words[words.index("--threads") + 1] = "1"
        self.assert_code(DONE, self.attune(*words, "--resume", *OFTEN, "--time-limit", "60", "--json"))
        self.assert_same(whole)

    def test_left_out_says_what_is_replaced(self):
        self.interrupt()
        result = self.attune(*RUN)
        self.assert_code(DONE, result)
        self.assertIn(f"an unfinished training is kept in {A} and {B}, which this one will replace; to go on with it, "
                      "interrupt now and add --resume\n", result.err)
        self.assert_folder_holds(*TABLES, "model.attune")

    def test_a_checkpoint_is_no_model(self):
        self.interrupt()
        self.assert_refused(self.attune("info", A), "a checkpoint of an unfinished training; attune train with --resume goes on from it")
        self.assert_refused(self.attune("predict", A, "good film"), "a checkpoint of an unfinished training")

    def test_torn_checkpoints_are_passed_over(self):
        whole = self.train_whole()
        self.interrupt(*OFTEN)
        self.path(B).write_bytes(self.path(B).read_bytes()[:-1])
        result = self.resume()
        self.assert_code(DONE, result)
        self.assertRegex(result.err, r"warning: model\.attune\.checkpoint-b: truncated: .* the file has \d+; the other checkpoint, "
                                     r"model\.attune\.checkpoint-a, is used instead\n(.|\n)*goes on from model\.attune\.checkpoint-a")
        self.assert_same(whole)

    def test_torn_checkpoints_alone_start_anew(self):
        whole = self.train_whole()
        self.interrupt(*OFTEN)
        for name in (A, B):
            self.path(name).write_bytes(self.path(name).read_bytes()[:-1])
        result = self.resume()
        self.assert_code(DONE, result)
        for name in (A, B):
            self.assertRegex(result.err, rf"warning: {name}: truncated: .* the file has \d+; there is no other one to go on from\n")
        self.assertIn("there is no checkpoint to go on from: the training starts anew\n", result.err)
        self.assert_same(whole)

    def test_a_checkpoint_of_another_version_is_refused(self):
        """A script that calls the same command over night must not destroy what an older program can go on from."""
        self.interrupt()
        for name in (A, B):
            self.path(name).write_bytes(self.path(name).read_bytes().replace(b'"attune.checkpoint":"1"', b'"attune.checkpoint":"9"'))
        before = {name: self.path(name).read_bytes() for name in (A, B, "model.attune")}
        self.assert_refused(self.resume(), rf'{A}: not a checkpoint this attune can read: expected version 1, found "9"; the program that '
                                           rf"wrote it can go on from it; to start anew delete {A} and {B}, or leave out --resume$")
        self.assertEqual(before, {name: self.path(name).read_bytes() for name in before})
        self.assert_code(DONE, self.attune(*RUN))
        self.assert_folder_holds(*TABLES, "model.attune")

    def test_a_full_disk_ends_no_training(self):
        whole = self.train_whole()
        size = len(whole.content) + 10_000
        self.interrupt()
        self.assertGreater(self.path(A).stat().st_size, size)
        for name in (A, B, "model.attune"):
            self.path(name).unlink()
        result = self.attune(*RUN, *OFTEN, preexec_fn=limit_file_size(size))
        self.assert_code(DONE, result)
        self.assertEqual(1, result.err.count("no checkpoint: "), result)
        self.assertRegex(result.err, "no checkpoint: .*checkpoint-a: cannot be written: File too large; the training goes on, and "
                                     "tries again at the next one\n")
        self.assert_same(whole)
        self.assert_folder_holds(*TABLES, "model.attune")

    def test_a_model_that_cannot_be_written_is_not_lost(self):
        whole = self.train_whole()
        run = self.start(*RUN, *OFTEN)
        run.wait_for_note("epoch 1/")
        self.path("model.attune").mkdir()
        result = run.end(60)
        self.assert_failed(FAILED, result, r"model\.attune: cannot be written")
        self.assertRegex(result.err, "the same command with --resume goes on after [0-9,]+ steps\n")
        self.path("model.attune").rmdir()
        self.assert_code(DONE, self.resume())
        self.assert_same(whole)
        self.assert_folder_holds(*TABLES, "model.attune")

    def test_time_limit_ends_with_a_model_and_goes_on_another_day(self):
        whole = self.train_whole()
        result = self.attune(*RUN, "--time-limit", "0.001")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, r"time limit of 0\.001 min: ended in epoch 1, the model keeps the weights of epoch 1\n"
                                     r"the same command with --resume goes on after 1 step\n")
        record = self.info()
        self.assertEqual(("time limit", 1, 0.001), (record["training"]["end"], record["training"]["best_epoch"],
                                                   record["training"]["training"]["time_limit"]))
        self.assertEqual(1, len(self.predictions("model.attune", "a good film")))
        self.assert_folder_holds(*TABLES, "model.attune", A)
        self.assert_code(DONE, self.resume())
        self.assert_same(whole)
        self.assert_folder_holds(*TABLES, "model.attune")

    def test_time_limit_of_an_endless_training(self):
        endless = [{"40": "100000", "2": "0"}.get(word, word) for word in RUN]
        result = self.attune(*endless, "--time-limit", "0.03")
        self.assert_code(DONE, result)
        epochs = self.info()["history"]
        self.assertGreater(len(epochs), 1)
        best = min(epochs, key=lambda epoch: epoch["validation_loss"])
        self.assertEqual(best["epoch"], self.info()["training"]["best_epoch"])


class KillTest(StoppedTraining):
    """SIGKILL at random moments, once or several times, then --resume until the end: the same model as without."""

    def setUp(self):
        super().setUp()
        self.kills = int(os.environ.get("ATTUNE_KILLS", "20"))
        self.seed = int(os.environ.get("ATTUNE_KILL_SEED", random.SystemRandom().randrange(10**6)))
        self.draw = random.Random(self.seed)
        self.phases = {}

    def is_writing(self):
        return any(name.startswith(".attune-") for name in os.listdir(self.folder))

    def kill_within(self, seconds, arguments):
        """Starts a run and kills it: at a moment, or when a file is being written after it. False when it ended before."""
        run = self.start(*RUN, *OFTEN, *arguments)
        moment = time.monotonic() + self.draw.uniform(0, seconds)
        while_writing = self.draw.random() < 0.4
        while run.process.poll() is None:
            if time.monotonic() >= moment and (not while_writing or self.is_writing()):
                break
        writing = self.is_writing()
        run.kill()
        result = run.end(30)
        if result.code == -signal.SIGKILL:
            phase = ("a file half written" if writing else "before the training" if "rows to train on" not in result.err
                     else "training")
            self.phases[phase] = self.phases.get(phase, 0) + 1
            return True
        self.assert_code(DONE, result)
        return False

    def check_training(self, whole, seconds):
        """One training, with up to three kills."""
        killed = 0
        for _ in range(self.draw.choice((1, 1, 2, 3))):
            if not self.kill_within(seconds, ["--resume"] if killed else []):
                break
            killed += 1
        if killed:
            self.assert_code(DONE, self.resume())
        self.assert_same(whole)
        self.assert_folder_holds(*TABLES, "model.attune")
        self.path("model.attune").unlink()
        return killed

    def test_killed_at_any_moment(self):
        whole = self.train_whole()
        begun = time.monotonic()
        self.assert_code(DONE, self.attune(*RUN, *OFTEN))
        seconds = time.monotonic() - begun
        self.path("model.attune").unlink()
        kills = trainings = 0
        while kills < self.kills:
            with self.subTest(f"ATTUNE_KILL_SEED={self.seed}, training {trainings + 1}"):
                kills += self.check_training(whole, seconds)
            trainings += 1
            self.assertLess(trainings, 10 * self.kills + 10, "hardly a run lives long enough to be killed")
        print(f"ATTUNE_KILL_SEED={self.seed}: {kills} kills in {trainings} trainings of {seconds:.1f} s: {self.phases}")
        self.assertGreater(self.phases.get("training", 0), 0)
