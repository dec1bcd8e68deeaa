# SPDX-License-Identifier: Apache-2.0
"""Emoji: a picture, English and Chinese words, nine categories, in the parts that the table's column `split` names."""

from .errors import DataError
from .idx import read_pictures

COLUMNS = ("index", "unified", "split", "category_id", "category", "subcategory", "en_label", "en_tags", "zh_label", "zh_tags")
HEADER = ("image", "en_label", "en_tags", "zh_label", "zh_tags", "category", "subcategory")
PARTS = {"train": "train", "val": "validation", "test": "test"}


def prepare(source, destination):
    header, *rows = source.split_lines("emoji.tsv", "\t", len(COLUMNS))
    if tuple(header) != COLUMNS:
        raise DataError(f"{source.folder / 'emoji.tsv'}: expected the header {', '.join(COLUMNS)}, found {', '.join(header)}")
    pictures = read_pictures(source, "images-idx4-ubyte.gz")
    parts = {part: [] for part in PARTS.values()}
    for cells in rows:
        row = dict(zip(COLUMNS, cells))
        row["image"] = f"images/{int(row['index']):04}.png"
        destination.write_file(row["image"], pictures[int(row["index"])])
        parts[PARTS[row["split"]]].append([row[column] for column in HEADER])
    destination.write_parts(HEADER, parts)
