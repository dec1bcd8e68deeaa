# SPDX-License-Identifier: Apache-2.0
"""The occupancy table of docs/allocation.md, measured with the commands that stand there on the published set itself.

ATTUNE_BENCH_DATA names the folder of data sets; without it the tests are skipped.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

from program import DONE, PROJECT, ProgramTest

LEARNING = ("--group", "minute", "--features", "sensor:category", "--values", "empty,occupied", "--loss", "cross_entropy",
            "--classes", "0,1", "--learning-rate", "1", "--epochs", "300", "-o", "opinions.json")
ALL_BUT_LIGHT = "Temperature,Humidity,CO2,HumidityRatio"


class OccupancyTest(ProgramTest):
    def setUp(self):
        super().setUp()
        folder = os.environ.get("ATTUNE_BENCH_DATA")
        if not folder:
            raise unittest.SkipTest("ATTUNE_BENCH_DATA names no folder of real data sets")
        self.data = pathlib.Path(folder)
        if not (self.data / "occupancy").is_dir():
            raise unittest.SkipTest(f"{self.data / 'occupancy'} is not there")
        self.bench("prepare", "--data", self.data, "--out", "data", "occupancy")

    def bench(self, program, *arguments):
        subprocess.run([sys.executable, PROJECT / "bench" / program, *arguments], cwd=self.folder, check=True, capture_output=True,
                       timeout=90)

    def accuracies(self, without):
        """Of equal and of learnt weights, on test and on test2: ((equal, equal), (learnt, learnt))."""
        self.bench("occupancy_opinions", "data/occupancy", "opinions", *(("--without", without) if without else ()))
        self.assert_code(DONE, self.attune("allocate", "opinions/validation.csv", *LEARNING))
        measured = []
        for part in ("test", "test2"):
            result = self.attune("allocate", f"opinions/{part}.csv", "--start", "opinions.json", "--epochs", "0", "--json")
            self.assert_code(DONE, result)
            figures = json.loads(result.out)["figures"]
            measured.append([figures[weights]["training"]["accuracy"] for weights in ("equal_weights", "learnt")])
        return tuple(zip(*measured))

    @staticmethod
    def rows_of_the_document():
        """{first cell: the pairs of accuracies in the cells behind it}."""
        text = (PROJECT / "docs" / "allocation.md").read_text(encoding="utf-8")
        lines = re.findall(r"(?m)^\| (all five|without Light) \|(.*)$", text)
        return {name: [tuple(map(float, pair)) for pair in re.findall(r"(\d\.\d+) / (\d\.\d+)", cells)] for name, cells in lines}

    def assert_measured(self, expected, found):
        for one, other in zip(expected, found, strict=True):
            self.assertAlmostEqual(one, other, delta=0.0006)  # a row and a half of test beside the rounding

    def test_table_of_the_document(self):
        rows = self.rows_of_the_document()
        self.assertEqual({"all five": 3, "without Light": 2}, {name: len(pairs) for name, pairs in rows.items()})
        for name, without in (("all five", None), ("without Light", "Light")):
            with self.subTest(name):
                for expected, found in zip(rows[name], self.accuracies(without)):
                    self.assert_measured(expected, found)
        with self.subTest("Light alone"):
            equal, learnt = self.accuracies(ALL_BUT_LIGHT)
            self.assertEqual(equal, learnt, "a group of one item has nothing to learn")
            self.assert_measured(rows["all five"][2], learnt)
