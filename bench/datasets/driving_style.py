# SPDX-License-Identifier: Apache-2.0
"""Driving style by a phone's accelerometer and gyroscope, two rows a second, in the two official recordings.

Timestamp is dropped, for it gives the class away; `stretch` numbers the unbroken stretches of a recording (cut where the class
changes or the time leaps), which no window may cross, and must not be read either. Validation is the last fifth of every
stretch of the training recording. `windows-*` hold windows of 40 rows, a new one every 20, by five figures of each channel.
"""

import itertools
import statistics

CHANNELS = ("AccX", "AccY", "AccZ", "GyroX", "GyroY", "GyroZ")
COLUMNS = (*CHANNELS, "Class", "Timestamp")
GREATEST_STEP = 1  # seconds between rows of a stretch; the recordings have 0 and 1, and leaps of 30 and more
WINDOW, WINDOW_STEP = 40, 20
FIGURES = {
    "mean": statistics.fmean,
    "deviation": statistics.pstdev,
    "least": min,
    "greatest": max,
    "mean_step": lambda values: statistics.fmean(abs(b - a) for a, b in itertools.pairwise(values)),
}


def prepare(source, destination):
    training = stretches(source.csv_rows("train_motion_data.csv.gz", COLUMNS))
    cuts = [len(stretch) - len(stretch) // 5 for stretch in training]
    parts = {
        "train": [stretch[:cut] for stretch, cut in zip(training, cuts)],
        "validation": [stretch[cut:] for stretch, cut in zip(training, cuts)],
        "test": stretches(source.csv_rows("test_motion_data.csv.gz", COLUMNS)),
    }
    destination.write_parts((*CHANNELS, "stretch", "Class"), {name: numbered(part) for name, part in parts.items()})
    header = (*(f"{channel}_{figure}" for channel in CHANNELS for figure in FIGURES), "Class")
    destination.write_parts(header, {f"windows-{name}": windows(part) for name, part in parts.items()})


def stretches(rows):
    found = []
    for row in rows:
        if not found or row[-2] != found[-1][-1][-2] or not 0 <= int(row[-1]) - int(found[-1][-1][-1]) <= GREATEST_STEP:
            found.append([])
        found[-1].append(row)
    return found


def numbered(part):
    return [(*row[:-2], number, row[-2]) for number, stretch in enumerate(part) for row in stretch]


def windows(part):
    for stretch in part:
        for begin in range(0, len(stretch) - WINDOW + 1, WINDOW_STEP):
            channels = zip(*(map(float, row[:-2]) for row in stretch[begin:begin + WINDOW]))
            yield *(f"{figure(values):.9g}" for values in channels for figure in FIGURES.values()), stretch[begin][-2]
