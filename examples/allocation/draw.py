#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes sensors.csv: python3 draw.py [FOLDER]

Four thermometers read the temperature of one room once a minute, each with a normal error of its own deviation. The right
weights are as 1 / deviation^2: 0.719, 0.180, 0.080 and 0.020. The same file every time.
"""
import csv
import pathlib
import random
import sys

DEVIATIONS = {"attic": 0.5, "desk": 1.0, "door": 1.5, "oven": 3.0}  # degrees
MINUTES = 400


def main() -> None:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else pathlib.Path(__file__).parent)
    draw = random.Random(1)
    with open(folder / "sensors.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["minute", "sensor", "reading", "temperature"])
        for minute in range(MINUTES):
            temperature = draw.uniform(18, 24)
            for sensor, deviation in DEVIATIONS.items():
                writer.writerow([minute, sensor, f"{draw.gauss(temperature, deviation):.2f}", f"{temperature:.2f}"])


if __name__ == "__main__":
    main()
