# SPDX-License-Identifier: Apache-2.0
"""Multi30k: captions of pictures in English and German, in the official parts; a row holds a sentence and its translation."""

from .errors import DataError


def prepare(source, destination):
    parts = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
    destination.write_parts(("en", "de"), {part: pairs(source, name) for part, name in parts.items()})


def pairs(source, name):
    english, german = source.lines(f"{name}.en.gz"), source.lines(f"{name}.de.gz")
    if len(english) != len(german):
        raise DataError(f"{source.folder / name}: expected as many lines in .de.gz as in .en.gz, "
                        f"found {len(german)} and {len(english)}")
    return list(zip(english, german))
