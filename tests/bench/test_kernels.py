# SPDX-License-Identifier: Apache-2.0
"""bench/kernels with tiny sizes: that both of every row compute the same, and what it writes. Nothing is timed."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from bench_test import DONE, FAILED, PROJECT, USAGE, BenchTest

ONNXRUNTIME = PROJECT / ".deps/onnxruntime/libonnxruntime.so"
KEYS = {"name": str, "threads": int, "ours_ns": float, "peer": str, "peer_version": str, "peer_ns": float, "ratio": float,
        "at_least": float, "limit": dict, "extra_bytes": int, "at_most_bytes": int, "others_share": float, "busy": bool,
        "machine": str, "isa": str, "date": str, "met": bool}
MAY_BE_NULL = {"peer", "peer_version", "peer_ns", "ratio", "at_least", "extra_bytes", "at_most_bytes", "met"}


class KernelsTest(BenchTest):
    def setUp(self):
        super().setUp()
        if "ATTUNE_BENCH_KERNELS" not in os.environ:
            self.skipTest("the benchmarks are not built")
        self.rows_file = self.folder / "new/kernels.json"

    def kernels(self, *arguments, library="none.so"):
        """Runs the program; `library` is not there unless one is given."""
        return subprocess.run([os.environ["ATTUNE_BENCH_KERNELS"], "--output", self.rows_file, "--onnxruntime", library, *arguments],
                              cwd=self.folder, capture_output=True, text=True, timeout=110, check=False)

    def quick(self, *arguments, **settings):
        run = self.kernels("--quick", *arguments, **settings)
        self.assert_ended(DONE, run)
        rows = json.loads(self.rows_file.read_text(encoding="utf-8"))
        self.assertTrue(rows, "no row was written")
        return run, rows

    def test_rows(self):
        run, rows = self.quick()
        self.assertEqual(len(rows) + 1, len(run.stdout.splitlines()), "a header and a line for each row were expected")
        for row in rows:
            with self.subTest(f"{row['name']}, {row['threads']}"):
                self.check_types(row)
                self.check_figures(row)
        measured = [(row["name"], row["peer"], row["threads"]) for row in rows]
        self.assertEqual(len(measured), len(set(measured)), "a row was measured twice")
        self.assertEqual({(*what, threads) for *what, _ in measured for threads in (1, 2)}, set(measured))

    def check_types(self, row):
        self.assertEqual(set(KEYS), set(row))
        for key, kind in KEYS.items():
            if row[key] is None:
                self.assertIn(key, MAY_BE_NULL)
            else:
                self.assertIsInstance(row[key], kind, key)
        self.assertEqual({"multiply_adds", "multiply_adds_per_second", "ns", "share"}, set(row["limit"]))

    def check_figures(self, row):
        for figure in (row["ours_ns"], *row["limit"].values()):
            self.assertGreater(figure, 0)
        if row["peer"] is None:
            self.assertIsNotNone(row["extra_bytes"])
            self.assertEqual(row["met"], row["extra_bytes"] <= row["at_most_bytes"])
            return
        self.assertAlmostEqual(row["peer_ns"] / row["ours_ns"], row["ratio"])
        if row["threads"] == 1 or row["at_least"] is None:
            self.assertIsNone(row["met"], "a goal of 2 threads was applied to 1")
        else:
            self.assertEqual(row["met"], row["ratio"] >= row["at_least"])

    def test_without_onnxruntime_its_rows_are_left_out(self):
        run, rows = self.quick()
        self.assertRegex(run.stderr, "none.so is not there, so the rows of onnxruntime are left out; scripts/fetch-onnxruntime")
        self.assertEqual({"LibTorch", "own", "the machine's multiply-adds", ""}, {(row["peer"] or "").split(",")[0] for row in rows})

    def test_onnxruntime(self):
        if not ONNXRUNTIME.exists():
            self.skipTest("scripts/fetch-onnxruntime has not run")
        _, rows = self.quick("--only", "onnxruntime", library=ONNXRUNTIME)
        self.assertEqual({"1.32.0"}, {row["peer_version"] for row in rows})
        for word in ("additive", "scaled dot product", "packed"):
            self.assertTrue([row for row in rows if row["name"].startswith(word)], f"no row about {word}")

    def test_only(self):
        _, rows = self.quick("--only", "causal,ragged rows")
        self.assertEqual(4, len(rows), [row["name"] for row in rows])
        for row in rows:
            self.assertRegex(row["name"], "causal|ragged rows")

    def test_unknown_row(self):
        self.assert_ended(USAGE, self.kernels("--only", "Luong"), "--only: no row holds these words", "\n  additive forward, B8 T512 d64, onnxruntime")

    def test_what_is_no_onnxruntime(self):
        library = self.folder / "text.so"
        library.write_text("not a library\n", encoding="utf-8")
        self.assert_ended(FAILED, self.kernels("--quick", library=library), "text.so")

    def test_markdown(self):
        _, rows = self.quick("--only", "causal,extra memory")
        run = self.kernels("--markdown")
        self.assert_ended(DONE, run)
        header, rule, *lines = [line for line in run.stdout.splitlines() if line.startswith("|")]
        self.assertRegex(header, r"^\| row \| threads \| ours \| ")
        self.assertEqual({"---"}, set(rule.strip("| ").split(" | ")))
        self.assertEqual([row["name"] for row in rows], [line.split("|")[1].strip() for line in lines])
        self.assertIn(f"Measured on {rows[0]['machine']}, {rows[0]['isa']}, {rows[0]['date']}.", run.stdout)

    def test_markdown_of_nothing(self):
        self.assert_ended(USAGE, self.kernels("--markdown"), "kernels.json: nothing was measured yet; run make bench-kernels")

    def test_help(self):
        run = self.kernels("--help")
        self.assert_ended(DONE, run)
        for option in ("--only", "--rounds", "--quick", "--markdown", "--output", "--onnxruntime"):
            self.assertIn(option, run.stdout)


class FetchTest(BenchTest):
    def test_without_a_network(self):
        scripts = self.folder / "scripts"
        scripts.mkdir()
        for name in ("fetch-onnxruntime", "bench-requirements.txt"):
            shutil.copy(PROJECT / "scripts" / name, scripts)
        run = subprocess.run([scripts / "fetch-onnxruntime"], env=os.environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull},
                             capture_output=True, text=True, timeout=90, check=False)
        self.assert_ended(FAILED, run, r"onnxruntime could not be fetched \(no network\?\)")
        self.assertEqual([], [path for path in pathlib.Path(self.folder, ".deps").iterdir() if "onnxruntime" in path.name])


if __name__ == "__main__":
    unittest.main()
