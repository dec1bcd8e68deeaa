# SPDX-License-Identifier: Apache-2.0
"""TREC-6: English questions and what they ask for. Lines `COARSE:fine question`, in ISO-8859-1.

Its README leaves the validation part to us: the training rows i with i % 10 == 1.
"""

import re

from .errors import DataError

HEADER = ("text", "label", "fine")


def prepare(source, destination):
    training = questions(source, "train_5500.label")
    destination.write_parts(HEADER, {
        "train": [row for i, row in enumerate(training) if i % 10 != 1],
        "validation": training[1::10],
        "test": questions(source, "TREC_10.label"),
    })


def questions(source, name):
    rows = []
    for number, line in enumerate(source.lines(name, "iso-8859-1"), 1):
        match = re.fullmatch(r"([A-Z]+):(\S+) (.*)", line)
        if match is None:
            raise DataError(f'{source.folder / name}, line {number}: expected "COARSE:fine question", found "{line[:40]}"')
        rows.append((match[3], match[1], match[2]))
    return rows
