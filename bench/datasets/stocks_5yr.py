# SPDX-License-Identifier: Apache-2.0
"""Daily prices of 12 shares over five years, each cut by time: the first 70 % training, the next 10 % validation, the rest test.

The tables hold the shares one after another, each in order of time.
"""

COLUMNS = ("date", "open", "high", "low", "close", "volume", "Name")
ENDING = "_data.csv"


def prepare(source, destination):
    parts = {"train": [], "validation": [], "test": []}
    for name in sorted(name for name in source.checksums if name.endswith(ENDING)):
        days = sorted(source.csv_rows(name, COLUMNS))
        validation, test = len(days) * 7 // 10, len(days) * 8 // 10
        parts["train"] += days[:validation]
        parts["validation"] += days[validation:test]
        parts["test"] += days[test:]
    destination.write_parts(COLUMNS, parts)
