# SPDX-License-Identifier: Apache-2.0
"""waimai_10k: sentiment of Chinese reviews of delivered food. Row i % 10 == 0 is test, 1 validation, the rest training."""

HEADER = ("label", "review")


def prepare(source, destination):
    rows = source.csv_rows("waimai_10k.csv", HEADER)
    destination.write_parts(HEADER, {
        "train": [row for i, row in enumerate(rows) if i % 10 > 1],
        "validation": rows[1::10],
        "test": rows[0::10],
    })
