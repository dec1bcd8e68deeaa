# SPDX-License-Identifier: Apache-2.0
"""ETTh1: load and oil temperature of a transformer, hourly, cut by time as Informer does: 12, 4 and 4 months of 30 days.

Every column is less its training mean, by its training deviation (of the population), since errors are reported in these
units; `scale.csv` holds both. Context before the first test row may come from the validation rows, as in the published scores.
"""

import statistics

COLUMNS = ("date", "HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
MONTH = 30 * 24  # rows
TRAIN_END, VALIDATION_END, TEST_END = 12 * MONTH, 16 * MONTH, 20 * MONTH


def prepare(source, destination):
    dates, *series = zip(*source.csv_rows("ETTh1.csv.gz", COLUMNS))
    series = [list(map(float, column)) for column in series]
    means = [statistics.fmean(column[:TRAIN_END]) for column in series]
    deviations = [statistics.pstdev(column[:TRAIN_END]) for column in series]
    scaled = [[(value - mean) / deviation for value in column] for column, mean, deviation in zip(series, means, deviations)]
    rows = list(zip(dates, *scaled))
    destination.write_parts(COLUMNS, {
        "train": rows[:TRAIN_END],
        "validation": rows[TRAIN_END:VALIDATION_END],
        "test": rows[VALIDATION_END:TEST_END],
    })
    destination.write_table("scale.csv", ("column", "mean", "deviation"), zip(COLUMNS[1:], means, deviations))
