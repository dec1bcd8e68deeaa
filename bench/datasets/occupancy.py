# SPDX-License-Identifier: Apache-2.0
"""Occupancy of an office room by five sensors, a row a minute, in the official parts, which are disjoint in time.

The row number is dropped; the hour of the day is a column of its own, since the date must not be read otherwise. Validation is
by time: the last fifth of the training rows, 27 hours, so that it holds day and night.
"""

import datetime

NAMES = ("date", "Temperature", "Humidity", "Light", "CO2", "HumidityRatio", "Occupancy")
HEADER = ("date", "hour", *NAMES[1:])


def prepare(source, destination):
    training = minutes(source, "datatraining.txt.gz")
    cut = len(training) - len(training) // 5
    destination.write_parts(HEADER, {
        "train": training[:cut],
        "validation": training[cut:],
        "test": minutes(source, "datatest.txt.gz"),
        "test2": minutes(source, "datatest2.txt.gz"),
    })


def minutes(source, name):
    """Every row has one cell more than the header has names: a row number in front."""
    rows = source.csv_rows(name, NAMES, width=1 + len(NAMES))
    return [(date, hour_of_day(date), *rest) for _, date, *rest in rows]


def hour_of_day(date):
    time = datetime.datetime.strptime(date, "%Y-%m-%d %H:%M:%S")
    return f"{time.hour + time.minute / 60:.2f}"
