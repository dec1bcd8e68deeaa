# SPDX-License-Identifier: Apache-2.0
"""Reads and writes CSV tables: samples of published ones, and texts of which some is deleted."""

import csv
import random


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_table(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def spread(rows, count):
    """So many of the rows, evenly spread since tables may be ordered by label; all where there are no more."""
    count = min(count, len(rows))
    return [rows[i * len(rows) // count] for i in range(count)]


def one_of_each_stretch(rows, count):
    """As spread, but of each stretch a row at random: for tables with a period, such as questions that come in fives."""
    count, draw = min(count, len(rows)), random.Random(1)
    ends = [i * len(rows) // count for i in range(count + 1)]
    return [rows[draw.randrange(begin, end)] for begin, end in zip(ends, ends[1:])]


def without_units(text, join, share, draw):
    """The text without that share of its units (words, or characters where `join` is empty), at random; one always stays."""
    units = text.split() if join else list(text)
    left_out = set(draw.sample(range(len(units)), min(round(share * len(units)), len(units) - 1))) if units else ()
    return join.join(unit for i, unit in enumerate(units) if i not in left_out)


def deleted(rows, column, join, share):
    draw = random.Random(1)
    return [{**row, column: without_units(row[column], join, share, draw)} for row in rows]
