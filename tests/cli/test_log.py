# SPDX-License-Identifier: Apache-2.0
"""The file of --log: what is said on standard error, with time and level."""

import datetime
import re
import signal

from program import DONE, INTERRUPTED, SMALL, ProgramTest, limit_file_size, reviews

LINE = re.compile(r"(\S+) \[(info|warning|error)\] (.*)")
LABELLED = ("train", "table.csv", "--output", "label", "-o", "model.attune", "--log", "training.log")


class LogTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def lines(self, name="training.log"):
        """[(time, level, text)]"""
        found = [LINE.fullmatch(line) for line in self.path(name).read_text(encoding="utf-8").splitlines()]
        self.assertNotIn(None, found)
        return [(datetime.datetime.fromisoformat(m[1]), m[2], m[3]) for m in found]

    def test_it_holds_what_was_said(self):
        before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(milliseconds=1)
        result = self.train("table.csv", "--log", "training.log")
        after = datetime.datetime.now(datetime.timezone.utc)
        lines = self.lines()
        self.assertEqual(result.err.splitlines(), [text for _, _, text in lines])
        self.assertGreater(len(lines), 4)
        self.assertEqual({"info"}, {level for _, level, _ in lines})
        times = [time for time, _, _ in lines]
        self.assertEqual(sorted(times), times)
        self.assertLessEqual(before, times[0])
        self.assertGreaterEqual(after, times[-1])

    def test_a_further_run_is_appended(self):
        first = self.train("table.csv", "--log", "training.log")
        second = self.train("table.csv", "--log", "training.log", "--seed", "2")
        self.assertEqual((first.err + second.err).splitlines(), [text for _, _, text in self.lines()])

    def test_warnings_and_errors_have_their_level(self):
        self.write_table(rows=reviews(30) + reviews(30))  # rows that are the same in training and validation
        result = self.train("table.csv", "--log", "training.log")
        self.assertRegex(result.err, "(?m)^warning: ")
        self.assertEqual([line.startswith("warning: ") for line in result.err.splitlines()],
                         [level == "warning" for _, level, _ in self.lines()])
        result = self.attune(*[word.replace("table.csv", "missing.csv") for word in LABELLED], *SMALL)
        self.assert_refused(result, "missing.csv: no such file")
        self.assertEqual(("error", result.message), self.lines()[-1][1:])

    def test_it_is_written_as_things_are_said(self):
        run = self.start(*LABELLED, "--width", "16", "--epochs", "100000", "--patience", "0")
        run.wait_for_note("epoch 3/")
        run.send(signal.SIGKILL)
        said = run.end(30).err.splitlines()
        logged = [text for _, _, text in self.lines()]
        self.assertEqual(said[:len(logged)], logged)
        self.assertLessEqual(len(said) - len(logged), 1)

    def test_an_interrupt_is_in_it(self):
        run = self.start(*LABELLED, "--width", "16", "--epochs", "100000", "--patience", "0")
        run.wait_for_note("epoch 2/")
        run.send(signal.SIGINT)
        self.assert_code(INTERRUPTED, run.end(30))
        self.assertIn("interrupted; the model keeps", " ".join(text for _, _, text in self.lines()))

    def test_a_full_disk_ends_no_training(self):
        """The log is as large as a file may be; the model and its checkpoints are smaller."""
        self.train("table.csv", "--log", "training.log")
        line = self.path("training.log").read_text(encoding="utf-8").splitlines()[0] + "\n"
        size = 4_000_000 // len(line) * len(line)
        self.write("training.log", line * (size // len(line)))
        result = self.attune(*LABELLED, *SMALL, preexec_fn=limit_file_size(size))
        self.assert_code(DONE, result)
        self.assertEqual(1, result.err.count("no log: "), result)
        self.assertRegex(result.err, r"no log: .*training\.log.*: File too large; the training goes on\n")
        self.assertEqual(size, self.path("training.log").stat().st_size)
        self.assertIn("epoch 2/2", result.err)


    def test_a_folder_that_takes_no_file_may_hold_it(self):
        """The folder of a process's open files takes none, not even from root."""
        with open(self.path("training.log"), "wb") as log:
            name = f"/proc/self/fd/{log.fileno()}"
            result = self.train("table.csv", "--log", name, pass_fds=(log.fileno(),))
        self.assertEqual(result.err.splitlines(), [text for _, _, text in self.lines()])
        missing = self.attune(*LABELLED[:-1], "/proc/sys/new.log", *SMALL)
        self.assert_refused(missing, r"--log: /proc/sys/new\.log: cannot be written: ")


class RefusedTest(ProgramTest):
    def refuse(self, log, *patterns, flags=()):
        self.write_table()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--log", log, *SMALL, *flags)
        self.assert_refused(result, *patterns)
        self.assertNotIn("epoch 1/", result.err)

    def test_one_that_cannot_be_written(self):
        self.refuse("nowhere/t.log", r"--log: nowhere/t\.log cannot be written: there is no folder nowhere; make it first")
        self.path("folder").mkdir()
        self.refuse("folder", "--log: .*folder: cannot be written: it is a folder; name a file")
        self.assert_folder_holds("folder", "table.csv")

    def test_what_is_no_log_is_not_appended_to(self):
        for content in ("my notes\n", "2026-01-01 done\n", "2026-03-01T09:30:12.345+01:00 info\n"):
            self.write("notes.log", content)
            self.refuse("notes.log", r"--log: notes\.log is there and was not written by attune train; name another file")
            self.assertEqual(content, self.path("notes.log").read_text(encoding="utf-8"))

    def test_the_files_of_the_training(self):
        self.refuse("table.csv", r"--log: table\.csv is the table that is read")
        self.refuse("m.attune", r"--log: m\.attune is the model's file; name another one")
        self.refuse("./h.csv", r"--log: \./h\.csv is the history's file; name another one", flags=("--history", "h.csv"))
