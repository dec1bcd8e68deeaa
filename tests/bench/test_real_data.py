# SPDX-License-Identifier: Apache-2.0
"""The published sets themselves, in the folder that ATTUNE_BENCH_DATA names: rows and simple scores are those of their READMEs.

Without the variable the tests are skipped. The scores are computed here from the prepared tables alone, so that a split, a
scale or an order that differs from the README's shows.
"""

import collections
import math
import os
import pathlib
import statistics
import unittest
import wave

from bench_test import DONE, BenchTest, column, rows_of
from datasets.catalogue import SETS
from test_media import read_png

ROWS = {
    "babi_en_10k": {f"{task}-{part}.csv": count for task in ("qa1", "qa2", "qa4", "qa5", "qa6", "qa15", "qa16")
                    for part, count in (("train", 9000), ("validation", 1000), ("test", 1000))},
    "cifar10_small": {"train.csv": 6000, "test.csv": 1000},
    "driving_style": {"test.csv": 3084, "windows-test.csv": 149},
    "drums_hydrogen": {"train.csv": 299, "test.csv": 117},
    "emoji_twemoji": {"train.csv": 1334, "validation.csv": 189, "test.csv": 383},
    "etth1": {"train.csv": 8640, "validation.csv": 2880, "test.csv": 2880},
    "fashion_mnist_small": {"train.csv": 7000, "test.csv": 2000},
    "fsdd": {"train.csv": 1500, "test.csv": 300},
    "ml_latest_small": {"next-validation.csv": 610, "next-test.csv": 610},
    "mnist_small": {"train.csv": 12000, "test.csv": 10000},
    "multi30k_en_de": {"train.csv": 29000, "validation.csv": 1014, "test.csv": 1000},
    "occupancy": {"test.csv": 2665, "test2.csv": 9752},
    "orl_faces": {"train.csv": 200, "test.csv": 200, "pairs.csv": 4950},
    "sst2": {"train.csv": 6920, "validation.csv": 872, "test.csv": 1821, "dev-words.csv": 1101},
    "stocks_5yr": {},
    "trec6": {"test.csv": 500},
    "waimai_10k": {"train.csv": 9589, "validation.csv": 1199, "test.csv": 1199},
    "wdbc": {},
}
TOTALS = {"driving_style": (("train.csv", "validation.csv"), 3644), "ml_latest_small": (("train.csv", "test.csv"), 100_836),
          "occupancy": (("train.csv", "validation.csv"), 8143), "stocks_5yr": (("train.csv", "validation.csv", "test.csv"), 12 * 1259),
          "trec6": (("train.csv", "validation.csv"), 5452), "wdbc": (tuple(f"fold-{k}-test.csv" for k in range(5)), 569)}


class RealDataTest(BenchTest):
    def setUp(self):
        super().setUp()
        folder = os.environ.get("ATTUNE_BENCH_DATA")
        if not folder:
            raise unittest.SkipTest("ATTUNE_BENCH_DATA names no folder of real data sets")
        self.data = pathlib.Path(folder)

    def real(self, name):
        """The folder of the prepared set; a set that is not there is skipped."""
        if not (self.data / name).is_dir():
            raise unittest.SkipTest(f"{self.data / name} is not there")
        self.assert_ended(DONE, self.prepare(name))
        return self.out / name

    def majority(self, table, name):
        values = collections.Counter(column(table, name))
        return round(100 * values.most_common(1)[0][1] / values.total(), 1)

    def test_rows(self):
        self.assertEqual(SETS.keys(), ROWS.keys())
        there = [name for name in SETS if (self.data / name).is_dir()]
        self.assertTrue(there, f"{self.data} holds no set")
        for name in there:
            with self.subTest(name):
                folder = self.real(name)
                for table, count in ROWS[name].items():
                    self.assertEqual(count, len(rows_of(folder / table)), table)
                tables, total = TOTALS.get(name, ((), 0))
                self.assertEqual(total, sum(len(rows_of(folder / table)) for table in tables))

    def test_shares_of_the_majority(self):
        for name, table, label, share in (
                *(("babi_en_10k", f"{task}-test.csv", "answer", share) for task, share in (
                    ("qa1", 18.7), ("qa2", 18.7), ("qa4", 17.7), ("qa5", 18.9), ("qa6", 50.3), ("qa15", 34.1), ("qa16", 25.7))),
                ("occupancy", "test.csv", "Occupancy", 63.5), ("occupancy", "test2.csv", "Occupancy", 79.0),
                ("driving_style", "test.csv", "Class", 41.3), ("waimai_10k", "test.csv", "label", 66.6),
                ("emoji_twemoji", "test.csv", "category", 17.5), ("drums_hydrogen", "test.csv", "instrument", 29.9)):
            with self.subTest(f"{name}, {table}"):
                self.assertEqual(share, self.majority(self.real(name) / table, label))

    def test_the_odd_byte_of_trec6(self):
        folder = self.real("trec6")
        texts = [text for part in ("train", "validation", "test") for text in column(folder / f"{part}.csv", "text")]
        odd = [character for text in texts for character in text if ord(character) > 127]
        self.assertEqual(1, len(odd), odd)
        self.assertLess(ord(odd[0]), 256)

    def test_naive_forecasts_of_etth1(self):
        """Mean squared and absolute errors of the last value and of the same hour yesterday, over all windows and columns."""
        folder = self.real("etth1")
        names = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
        rows = [rows_of(folder / f"{part}.csv") for part in ("validation", "test")]
        first = len(rows[0])
        series = [[float(row[name]) for part in rows for row in part] for name in names]
        for horizon, day, expected in ((24, False, (1.222, 0.671)), (96, False, (1.294, 0.713)), (24, True, (0.424, 0.389)),
                                       (96, True, (0.512, 0.433))):
            errors = [values[at + k] - values[at - 24 + k % 24 if day else at - 1] for values in series
                      for at in range(first, len(values) - horizon + 1) for k in range(horizon)]
            found = (statistics.fmean(error * error for error in errors), statistics.fmean(map(abs, errors)))
            with self.subTest(horizon=horizon, day=day):
                self.assertEqual(expected, tuple(round(value, 3) for value in found))

    def test_tomorrow_as_today_of_stocks(self):
        tables = [rows_of(self.real("stocks_5yr") / f"{part}.csv") for part in ("train", "validation", "test")]
        closes = [collections.defaultdict(list) for _ in tables]
        for part, rows in zip(closes, tables):
            for row in rows:
                part[row["Name"]].append(float(row["close"]))
        steps = [(a, b) for name, days in closes[2].items() for a, b in zip([closes[1][name][-1], *days], days)]
        self.assertEqual(12, len(closes[2]))
        self.assertEqual(0.94, round(100 * statistics.fmean(abs(b - a) / b for a, b in steps), 2))
        self.assertEqual(54.9, round(100 * statistics.fmean(b > a for a, b in steps), 1))

    def test_mean_rating(self):
        folder = self.real("ml_latest_small")
        mean = statistics.fmean(map(float, column(folder / "train.csv", "rating")))
        errors = [float(rating) - mean for rating in column(folder / "test.csv", "rating")]
        self.assertEqual(1.046, round(math.sqrt(statistics.fmean(error * error for error in errors)), 3))

    def test_pictures_and_sounds_open(self):
        for name, size in (("mnist_small", (28, 28, 0)), ("fashion_mnist_small", (28, 28, 0)), ("orl_faces", (92, 112, 0)),
                           ("emoji_twemoji", (32, 32, 2))):
            folder = self.real(name)
            for picture in column(folder / "test.csv", "image"):
                self.assertEqual(size, read_png(folder / picture)[:3], picture)
        for name, rate in (("fsdd", 8_000), ("drums_hydrogen", 16_000)):
            folder = self.real(name)
            for sound in column(folder / "test.csv", "audio"):
                with wave.open(str(folder / sound), "rb") as file:
                    self.assertEqual((1, 2, rate), file.getparams()[:3], sound)
        folder = self.real("cifar10_small")
        for picture in column(folder / "test.csv", "image"):
            self.assertTrue((folder / picture).read_bytes().startswith(b"\xff\xd8\xff"), picture)
