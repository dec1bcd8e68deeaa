# SPDX-License-Identifier: Apache-2.0
"""bench/prepare as a program: what is missing or altered is named, what is there is not made again, nothing is half made."""

import json
import os
import pathlib
import re
import resource
import signal
import time

from bench_test import DONE, FAILED, INTERRUPTED, USAGE, BenchTest, rows_of
from datasets.catalogue import SETS

REVIEWS = "label,review\n" + "".join(f"{i % 2},review {i}\n" for i in range(30))
QUESTIONS = {"train_5500.label": "".join(f"NUM:dist How far is {i} ?\n" for i in range(20)), "TREC_10.label": "HUM:desc Who ?\n"}


class PrepareTest(BenchTest):
    def test_sets_are_listed(self):
        run = self.run_program("prepare", "--list")
        self.assert_ended(DONE, run)
        names = [line.split("\t")[0] for line in run.stdout.splitlines()]
        self.assertEqual(list(SETS), names)
        self.assertEqual(18, len(names))
        self.assertTrue(all(len(line.split("\t")[1]) > 10 for line in run.stdout.splitlines()), run.stdout)

    def test_a_set_is_named_with_its_tables(self):
        self.publish("waimai_10k", {"waimai_10k.csv": REVIEWS})
        run = self.prepare("waimai_10k")
        self.assert_ended(DONE, run)
        self.assertEqual(f"waimai_10k\t{self.out / 'waimai_10k'}\ttrain.csv 24, validation.csv 3, test.csv 3\n", run.stdout)

    def test_the_environment_names_the_data(self):
        self.publish("waimai_10k", {"waimai_10k.csv": REVIEWS})
        run = self.run_program("prepare", "--out", self.out, "waimai_10k", ATTUNE_BENCH_DATA=str(self.data))
        self.assert_ended(DONE, run)
        self.assertEqual(24, len(rows_of(self.out / "waimai_10k/train.csv")))

    def test_without_names_the_sets_that_are_there(self):
        self.publish("waimai_10k", {"waimai_10k.csv": REVIEWS})
        self.publish("trec6", QUESTIONS)
        run = self.prepare()
        self.assert_ended(DONE, run, "passed over: .*sst2")
        self.assertEqual(["trec6", "waimai_10k"], [line.split("\t")[0] for line in run.stdout.splitlines()])


class MissingTest(BenchTest):
    def test_what_is_missing_is_named(self):
        self.publish("trec6", QUESTIONS)
        (self.folder / "empty").mkdir()
        for words, said in (
                ([], r"no data folder.*--data DIR.*ATTUNE_BENCH_DATA"),
                (["--data", self.folder / "none"], r"/none: no such folder"),
                (["--data", self.folder / "empty"], r"/empty: holds none of the sets, which are folders called babi_en_10k"),
                (["--data", self.data, "sst2"], r"data/sst2: no such folder; --data names the folder that holds sst2"),
                (["--data", self.data, "trek6"], r"unknown set trek6; did you mean trec6\?"),
                (["--data", self.data, "xyz"], r"unknown set xyz; known: babi_en_10k, "),
                (["xyz"], r"unknown set xyz; known: babi_en_10k, "),
                (["--data", self.folder / "none", "trek6"], r"unknown set trek6; did you mean trec6\?")):
            with self.subTest(words):
                run = self.run_program("prepare", "--out", self.out, *words)
                self.assert_ended(USAGE, run, said)
                self.assertEqual("", run.stdout)
                self.assertFalse(self.out.exists())

    def test_files_and_their_list(self):
        for spoil, said in (
                (lambda folder: (folder / "README.md").unlink(), r"trec6/README.md: missing"),
                (lambda folder: (folder / "README.md").write_text("# TREC\n"), r'README.md: expected lines "SHA256  FILE'),
                (lambda folder: (folder / "TREC_10.label").unlink(), r"trec6/TREC_10.label: missing, though its README lists it"),
                (lambda folder: (folder / "TREC_10.label").write_text("HUM:desc Whp ?\n"),
                 r"trec6/TREC_10.label: expected sha256 \w{64}, as its README lists, found \w{64}"),
                (lambda folder: (folder / "README.md").write_text(
                    re.sub(r".*TREC_10.*\n", "", (folder / "README.md").read_text())), r"README.md: lists no checksum of TREC_10.label")):
            with self.subTest(said):
                folder = self.publish("trec6", QUESTIONS)
                spoil(folder)
                self.assert_ended(USAGE, self.prepare("trec6"), said)
                self.assertFalse((self.out / "trec6").exists())
                folder.rename(self.folder / f"spoilt-{len(said)}")

    def test_one_bad_set_does_not_keep_the_others(self):
        self.publish("trec6", QUESTIONS)
        (self.data / "sst2").mkdir()
        run = self.prepare("sst2,trec6")
        self.assert_ended(USAGE, run, "sst2/README.md: missing")
        self.assertRegex(run.stdout, "^trec6\t")

    def test_an_altered_file_is_found_though_the_set_is_prepared(self):
        folder = self.publish("trec6", QUESTIONS)
        self.assert_ended(DONE, self.prepare("trec6"))
        (folder / "TREC_10.label").write_text("HUM:desc Whose ?\n")
        self.assert_ended(USAGE, self.prepare("trec6"), "TREC_10.label: expected sha256")

    def test_a_folder_that_cannot_be_written(self):
        self.publish("trec6", QUESTIONS)
        self.out.write_text("a file")
        self.assert_ended(FAILED, self.prepare("trec6"), "prepare: .*/out: File exists")

    def test_a_full_disk(self):
        """Files of more than 100 bytes are refused, as by a disk that is full."""
        self.publish("trec6", QUESTIONS)
        run = self.prepare("trec6", limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        self.assert_ended(FAILED, run, "prepare: .*/out: File too large")
        self.assertEqual([".trec6.lock"], [path.name for path in self.out.iterdir()])


class AgainTest(BenchTest):
    """Preparing twice, at once, after an end at a bad moment."""

    def setUp(self):
        super().setUp()
        self.publish("trec6", QUESTIONS)
        self.table = self.out / "trec6/train.csv"

    def stamp(self):
        return self.table.stat().st_mtime_ns, self.table.stat().st_ino

    def assert_clean(self):
        self.assertEqual([".trec6.lock", "trec6"], sorted(path.name for path in self.out.iterdir()))

    def test_the_same_files_are_prepared_once(self):
        first = self.prepare("trec6")
        made = self.stamp()
        again = self.prepare("trec6")
        self.assert_ended(DONE, again, "trec6: already prepared")
        self.assertEqual(made, self.stamp())
        self.assertEqual(first.stdout, again.stdout)
        self.assert_clean()

    def test_other_files_a_lost_table_or_a_broken_note_are_prepared_again(self):
        self.assert_ended(DONE, self.prepare("trec6"))
        for spoil in (lambda: self.republish("LOC:city Where ?\n"), self.table.unlink,
                      lambda: (self.out / "trec6/prepared.json").write_text("{"),
                      lambda: (self.out / "trec6/prepared.json").write_text("{}")):
            made = json.loads((self.out / "trec6/prepared.json").read_text())
            spoil()
            run = self.prepare("trec6")
            self.assert_ended(DONE, run)
            self.assertNotIn("already", run.stderr)
            self.assertTrue(self.table.is_file())
            self.assertEqual(made["tables"], json.loads((self.out / "trec6/prepared.json").read_text())["tables"])
            self.assert_clean()
        self.assertEqual("Where ?", rows_of(self.out / "trec6/test.csv")[0]["text"])

    def republish(self, test):
        for path in (self.data / "trec6").iterdir():
            path.unlink()
        (self.data / "trec6").rmdir()
        self.publish("trec6", {**QUESTIONS, "TREC_10.label": test})

    def test_the_digest_follows_the_tables(self):
        digests = []
        for test in ("HUM:desc Who ?\n", "HUM:desc Whom ?\n", "HUM:desc Who ?\n"):
            self.republish(test)
            self.assert_ended(DONE, self.prepare("trec6"))
            digests.append(json.loads((self.out / "trec6/prepared.json").read_text())["digest"])
        self.assertEqual(digests[0], digests[2])
        self.assertNotEqual(digests[0], digests[1])

    def test_what_a_killed_run_left_is_removed(self):
        (self.out / ".trec6.new-dead/train").mkdir(parents=True)
        self.assert_ended(DONE, self.prepare("trec6"))
        self.assert_clean()

    def test_runs_at_once_wait_for_one_another(self):
        runs = [self.start_program("prepare", "--data", self.data, "--out", self.out, "trec6") for _ in range(4)]
        ends = [(*run.communicate(timeout=60), run.returncode) for run in runs]
        self.assertEqual([DONE] * 4, [code for _, _, code in ends], ends)
        self.assertEqual(3, sum("already prepared" in said for _, said, _ in ends), ends)
        self.assertEqual(1, len({printed for printed, _, _ in ends}))
        self.assert_clean()

    def test_a_run_that_is_ended_leaves_nothing(self):
        """It waits for a lock that the test holds, and is told to end."""
        from datasets.preparation import locked
        self.out.mkdir()
        for number in (signal.SIGTERM, signal.SIGINT):
            with locked(self.out / ".trec6.lock"):
                run = self.start_program("prepare", "--data", self.data, "--out", self.out, "trec6")
                self.wait_until_open(run, self.out / ".trec6.lock")
                run.send_signal(number)
                _, said = run.communicate(timeout=60)
            self.assertEqual(INTERRUPTED, run.returncode, said)
            self.assertIn("interrupted", said)
            self.assertEqual([".trec6.lock"], [path.name for path in self.out.iterdir()])


    def wait_until_open(self, run, path, seconds=60):
        """Returns when the run has opened the file, as it does right before it waits for the lock on it."""
        end = time.monotonic() + seconds
        folder = pathlib.Path(f"/proc/{run.pid}/fd")
        while str(path) not in (os.path.realpath(link) for link in folder.iterdir()):
            self.assertIsNone(run.poll(), "it did not wait for the lock")
            self.assertLess(time.monotonic(), end, "it never opened the lock")
            time.sleep(0.01)
