# SPDX-License-Identifier: Apache-2.0
"""Opinions of the occupancy sensors: shares of the training rows, never of those that are judged."""

import csv
import math

from bench_test import DONE, BenchTest, rows_of

NAMES = ("date", "hour", "Temperature", "Humidity", "Light", "CO2", "HumidityRatio", "Occupancy")


class OccupancyOpinionsTest(BenchTest):
    def write_part(self, name, rows):
        folder = self.folder / "prepared"
        folder.mkdir(exist_ok=True)
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([NAMES, *rows])

    def setUp(self):
        super().setUp()
        # Light tells; the others read the same 10 numbers whether occupied or not.
        training = [(f"t{i}", "1", i % 10, i % 10, 100 + i if i >= 50 else i, i % 10, i % 10, int(i >= 50)) for i in range(100)]
        self.write_part("train", training)
        for part in ("validation", "test", "test2"):
            self.write_part(part, [("a", "1", 3, 3, 5, 3, 3, 1), ("b", "1", 3, 3, 500, 3, 3, 0)])

    def opinions(self, *flags):
        run = self.run_program("occupancy_opinions", self.folder / "prepared", self.out, *flags)
        self.assert_ended(DONE, run)
        return rows_of(self.out / "test.csv")

    def test_shares_are_those_of_the_training_rows(self):
        opinions = {(row["minute"], row["sensor"]): row for row in self.opinions()}
        self.assertEqual(10, len(opinions))
        for minute, sensor, share in (("a", "Light", 1 / 12), ("b", "Light", 11 / 12), ("a", "CO2", 6 / 12), ("b", "CO2", 6 / 12)):
            row = opinions[minute, sensor]
            self.assertAlmostEqual(math.log(share), float(row["occupied"]), 5)
            self.assertAlmostEqual(math.log(1 - share), float(row["empty"]), 5)
        self.assertEqual({"1"}, {row["target"] for (minute, _), row in opinions.items() if minute == "a"})

    def test_sensors_can_be_left_out(self):
        self.assertEqual({"Temperature", "Humidity", "HumidityRatio"},
                         {row["sensor"] for row in self.opinions("--without", "Light,CO2")})
