# SPDX-License-Identifier: Apache-2.0
"""Drum sounds of six instruments: WAV files as published, cut by maker. The files of a kit keep its licence (LICENSES.txt).

`maker` is for validation by group or for leaving one out: no maker may be on both sides, and none is in both tables.
"""

from .archive import read_archive
from .errors import DataError

COLUMNS = ("file", "split", "class", "kit", "maker", "instrument", "original_file", "samples", "licence")
HEADER = ("audio", "instrument", "maker", "kit", "licence")


def prepare(source, destination):
    sounds = {name[0]: content for name, content in read_archive(source, "drums_16k.tar.gz", r"(train|test)/[a-z_]+/\d+\.wav")}
    index = [dict(zip(COLUMNS, row)) for row in source.split_lines("index.csv", ",", len(COLUMNS))[1:]]
    if sorted(sounds) != sorted(row["file"] for row in index):
        raise DataError(f"{source.folder / 'index.csv'}: expected the files of drums_16k.tar.gz and no others; take the data again")
    for name, content in sounds.items():
        destination.write_file(name, content)
    destination.write_file("LICENSES.txt", source.content("LICENSES.txt"))
    parts = {part: [[row[c] for c in ("file", "class", "maker", "kit", "licence")] for row in index if row["split"] == part]
             for part in ("train", "test")}
    destination.write_parts(HEADER, parts)
