#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the prepared occupancy set into opinions that attune allocate weighs: one row per minute and sensor.

    bench/occupancy_opinions.py build/bench/data/occupancy build/bench/opinions [--without SENSOR,..]

What a sensor says of a minute is how often the room was occupied among the training minutes in whose tenth of the sensor's
readings this one lies, as the natural logarithms of both shares (columns `empty` and `occupied`). So every sensor is a poor
judge of one and the same question, and how good a judge each is has to be learnt: on the validation minutes, which the shares
have not seen. Writes validation.csv, test.csv and test2.csv.
"""
import argparse
import bisect
import csv
import math
import pathlib

SENSORS = ("Temperature", "Humidity", "Light", "CO2", "HumidityRatio")
PARTS = ("validation", "test", "test2")
TENTHS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prepared", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--without", default="", help="sensors to leave out")
    arguments = parser.parse_args()
    sensors = [sensor for sensor in SENSORS if sensor not in arguments.without.split(",")]
    training = rows_of(arguments.prepared / "train.csv")
    judges = {sensor: Judge(training, sensor) for sensor in sensors}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        write_opinions(arguments.out / f"{part}.csv", rows_of(arguments.prepared / f"{part}.csv"), judges)


class Judge:
    """One sensor's share of occupied minutes in each tenth of its training readings."""

    def __init__(self, training, sensor):
        self.sensor = sensor
        readings = sorted(float(row[sensor]) for row in training)
        self.bounds = [readings[len(readings) * tenth // TENTHS] for tenth in range(1, TENTHS)]
        counts = [[1, 1] for _ in range(TENTHS)]  # Laplace: no share is 0
        for row in training:
            counts[self.tenth(row)][int(row["Occupancy"])] += 1
        self.shares = [occupied / (empty + occupied) for empty, occupied in counts]

    def tenth(self, row):
        return bisect.bisect_right(self.bounds, float(row[self.sensor]))

    def share(self, row):
        return self.shares[self.tenth(row)]


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_opinions(path, rows, judges):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["minute", "sensor", "empty", "occupied", "target"])
        for row in rows:
            for sensor, judge in judges.items():
                share = judge.share(row)
                writer.writerow([row["date"], sensor, f"{math.log(1 - share):.6f}", f"{math.log(share):.6f}", row["Occupancy"]])


if __name__ == "__main__":
    main()
