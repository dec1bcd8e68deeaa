# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, SIGTERM, and two runs that write the same model."""

import signal

from program import DONE, INTERRUPTED, ProgramTest, limit_file_size, reviews, wait_until

ENDLESS = ("--width", "16", "--threads", "2", "--epochs", "100000", "--patience", "0", "-o", "model.attune")


class InterruptTest(ProgramTest):
    def start_training(self, table="table.csv", *flags, **options):
        return self.start("train", table, "--output", "label", *ENDLESS, *flags, **options)

    def start_long_epoch(self):
        """One epoch takes many seconds: a step for each of many rows; no linear part keeps it waiting."""
        self.write_table("long.csv", reviews(60_000))
        run = self.start_training("long.csv", "--batch-size", "1", "--no-linear")
        run.wait_for_note("rows to train on")
        return run

    def check_kept_model(self, result):
        self.assert_code(INTERRUPTED, result)
        self.assertTrue(self.path("model.attune").is_file(), result)
        self.assertEqual("interrupted", self.info()["training"]["end"])
        answers = self.predictions("model.attune", "a good film", "太差")
        self.assertEqual(2, len(answers))

    def check_signal(self, number):
        self.write_table()
        run = self.start_training()
        run.wait_for_note("epoch 3/")
        run.send(number)
        result = run.end(30)
        self.check_kept_model(result)
        self.assert_folder_holds("table.csv", "model.attune", "model.attune.checkpoint-a", "model.attune.checkpoint-b")
        kept = self.info()["training"]["best_epoch"]
        self.assertGreater(kept, 0)
        self.assertRegex(result.err, rf"interrupted; the model keeps the weights of epoch {kept}")
        best = min(self.info()["history"], key=lambda epoch: epoch["validation_loss"])
        self.assertEqual(best["epoch"], kept, "not the best so far")

    def test_ctrl_c_keeps_the_best_so_far(self):
        self.check_signal(signal.SIGINT)

    def test_sigterm_keeps_the_best_so_far(self):
        self.check_signal(signal.SIGTERM)

    def test_a_closed_terminal_keeps_the_best_so_far(self):
        self.check_signal(signal.SIGHUP)

    def check_signals_in_the_first_step(self, *signals, **options):
        """All rows are one step, in which the program cannot act on the first signal; none behind it ends it there."""
        self.write_table("long.csv", reviews(20_000))
        run = self.start_training("long.csv", "--batch-size", "20000", "--no-linear", **options)
        run.wait_for_note("rows to train on")
        for number in signals:
            run.send(number)
            wait_until(lambda: not run.is_pending(number))
        result = run.end(60)
        self.assert_code(INTERRUPTED, result)
        self.assertIn("the same command with --resume goes on after 1 step\n", result.err)
        self.assertTrue(self.path("model.attune.checkpoint-a").is_file())

    def test_a_closed_terminal_may_tell_twice(self):
        """Shell and kernel both do."""
        self.check_signals_in_the_first_step(signal.SIGHUP, signal.SIGHUP)

    def test_a_closed_terminal_behind_sigterm(self):
        """As systemd ends a session."""
        self.check_signals_in_the_first_step(signal.SIGTERM, signal.SIGHUP)

    def test_a_closed_terminal_does_nothing_under_nohup(self):
        self.write_table()
        run = self.start_training(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        run.wait_for_note("epoch 1/")
        self.assertFalse(run.catches(signal.SIGHUP))
        run.send(signal.SIGHUP)
        run.wait_for_note("epoch 3/")
        run.send(signal.SIGINT)
        self.check_kept_model(run.end(30))

    def test_a_closed_terminal_does_nothing_under_nohup_after_sigterm(self):
        self.check_signals_in_the_first_step(signal.SIGTERM, signal.SIGHUP,
                                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))

    def test_ctrl_c_before_the_first_epoch_ended(self):
        run = self.start_long_epoch()
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertEqual("", result.out, "results of a model that was not written")
        self.assertRegex(result.err, r"interrupted before the first epoch ended: no model is written\n"
                                     r"the same command with --resume goes on after [0-9,]+ steps?\n")
        self.assert_folder_holds("long.csv", "model.attune.checkpoint-a")

    def test_ctrl_c_before_the_first_epoch_ended_and_no_room_for_a_checkpoint(self):
        self.write_table("long.csv", reviews(60_000))
        run = self.start_training("long.csv", "--batch-size", "1", "--no-linear", preexec_fn=limit_file_size(5_000))
        run.wait_for_note("rows to train on")
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, "no checkpoint: .*checkpoint-a: cannot be written: File too large")
        self.assertRegex(result.err, "interrupted before the first epoch ended: nothing has been learnt, and no model is written")
        self.assert_folder_holds("long.csv")

    def test_ctrl_c_before_the_first_epoch_ended_leaves_the_old_model(self):
        self.write_table()
        self.train()
        before = self.path("model.attune").read_bytes()
        run = self.start_long_epoch()
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, r"no model is written(.|\n)*model\.attune stays as it was")
        self.assertEqual(before, self.path("model.attune").read_bytes())

    def test_ctrl_c_while_the_table_is_read(self):
        self.write_table("long.csv", reviews(60_000))
        run = self.start_training("long.csv")
        wait_until(self.path("model.attune.lock").exists)
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, "interrupted before the training began: nothing has been learnt, and no model is written")
        self.assertNotIn("rows to train on", result.err)
        self.assert_folder_holds("long.csv")

    def check_signal_while_a_table_is_opened(self, number):
        self.write("long.jsonl", '{"text": "good film", "label": "pos"}\n' * 1_000_000)  # half a second and more
        run = self.start_training("long.jsonl", "--validation", "missing.csv")
        wait_until(self.path("model.attune.lock").exists)
        run.send(number)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        self.assertRegex(result.err, "interrupted before the training began: nothing has been learnt, and no model is written")
        self.assertNotIn("missing.csv", result.err, "the second table was opened all the same")
        self.assert_folder_holds("long.jsonl")

    def test_ctrl_c_while_a_table_is_opened(self):
        self.check_signal_while_a_table_is_opened(signal.SIGINT)

    def test_sigterm_while_a_table_is_opened(self):
        self.check_signal_while_a_table_is_opened(signal.SIGTERM)

    def check_second_signal(self, first, second):
        """All rows are one step, in which the program cannot act on the first signal; the second ends it there."""
        self.write_table()
        self.train()
        before = self.path("model.attune").read_bytes()
        self.write_table("long.csv", reviews(60_000))
        run = self.start_training("long.csv", "--batch-size", "60000", "--blocks", "8", "--no-linear")
        run.wait_for_note("rows to train on")
        run.send(first)
        wait_until(lambda: not run.catches(first))
        run.send(second)
        result = run.end(30)
        self.assertEqual(-second, result.code, result)
        self.assertNotIn("interrupted", result.err)
        self.assertEqual(before, self.path("model.attune").read_bytes())
        self.train()

    def test_a_second_ctrl_c_ends_at_once_and_leaves_the_old_model(self):
        self.check_second_signal(signal.SIGINT, signal.SIGINT)

    def test_sigterm_after_ctrl_c_ends_at_once_and_leaves_the_old_model(self):
        self.check_second_signal(signal.SIGINT, signal.SIGTERM)

    def test_killed_run_leaves_the_old_model_and_no_lock_that_holds(self):
        self.write_table()
        self.train()
        before = self.path("model.attune").read_bytes()
        run = self.start_training()
        run.wait_for_note("epoch 1/")
        run.send(signal.SIGKILL)
        run.end(30)
        self.assertEqual(before, self.path("model.attune").read_bytes())
        self.train()

    def test_results_of_an_interrupted_run_are_printed(self):
        self.write_table()
        run = self.start_training("table.csv", "--json")
        run.wait_for_note("epoch 2/")
        run.send(signal.SIGINT)
        result = run.end(30)
        self.assert_code(INTERRUPTED, result)
        lines = result.json_lines()
        self.assertEqual(self.info()["training"]["best_epoch"], lines[-1]["best_epoch"])
        self.assertEqual([e["epoch"] for e in self.info()["history"]], [e["epoch"] for e in lines[:-1]])


class LockTest(ProgramTest):
    def test_a_second_run_on_the_same_model_is_refused_at_its_start(self):
        self.write_table()
        first = self.start("train", "table.csv", "--output", "label", *ENDLESS)
        first.wait_for_note("epoch 1/")
        for name in ("model.attune", "./model.attune", self.path("model.attune")):
            second = self.attune("train", "table.csv", "--output", "label", "-o", name, "--epochs", "1")
            self.assert_refused(second, r"model\.attune", str(first.process.pid), "is writing it")
            self.assertNotIn("rows to train on", second.err, "refused late")
        unread = self.attune("train", "missing.csv", "--output", "label", "-o", "model.attune")
        self.assert_refused(unread, r"model\.attune", "is writing it")  # before a table is looked at
        first.send(signal.SIGINT)
        self.assert_code(INTERRUPTED, first.end(30))
        self.assertFalse(self.path("model.attune.lock").exists())
        self.train()
        self.assert_folder_holds("table.csv", "model.attune")

    def test_reading_a_model_while_it_is_trained_anew(self):
        self.write_table()
        self.train()
        before = self.predictions("model.attune", "good film")
        run = self.start("train", "table.csv", "--output", "label", *ENDLESS, "--seed", "2")
        run.wait_for_note("epoch 1/")
        self.assertEqual(before, self.predictions("model.attune", "good film"))
        run.send(signal.SIGTERM)
        self.assert_code(INTERRUPTED, run.end(30))

    def test_two_models_at_the_same_time(self):
        self.write_table()
        run = self.start("train", "table.csv", "--output", "label", *ENDLESS)
        wait_until(self.path("model.attune.lock").exists)
        self.train(model="other.attune")
        run.send(signal.SIGINT)
        self.assert_code(INTERRUPTED, run.end(30))
        self.assert_code(DONE, self.attune("info", "other.attune"))
