# SPDX-License-Identifier: Apache-2.0
"""SST-2: sentiment of English sentences on films, 0 or 1, in the official parts; and of every word of the validation sentences.

`dev-words.csv` holds the sentences of the trees (neutral ones included, so more than validation.csv) with their sentiment and
that of each word, 0 (very negative) to 4, separated by blanks as the words are: what an explanation can be scored against.
"""

import re

from .errors import DataError

LEAF = re.compile(r"\(([0-4]) ([^()\s]+)\)")


def prepare(source, destination):
    parts = {"train": "train.tsv", "validation": "dev.tsv", "test": "test.tsv"}
    destination.write_parts(("text", "label"), {part: source.split_lines(name, "\t", 2) for part, name in parts.items()})
    destination.write_table("dev-words.csv", ("text", "sentiment", "word_sentiments"), trees(source, "trees_dev.txt"))


def trees(source, name):
    for number, line in enumerate(source.lines(name), 1):
        leaves = LEAF.findall(line)
        if not leaves or not re.match(r"\([0-4] ", line):
            raise DataError(f'{source.folder / name}, line {number}: expected a tree "(label (label word) ..)", '
                            f'found "{line[:40]}"')
        yield " ".join(word for _, word in leaves), line[1], " ".join(label for label, _ in leaves)
