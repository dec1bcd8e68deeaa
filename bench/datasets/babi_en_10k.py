# SPDX-License-Identifier: Apache-2.0
"""bAbI: questions about short generated stories, seven tasks, in the official parts: `qa1-train.csv` and so on.

`context` holds the sentences told before the question, one a line; `supporting` the numbers, counted from 1, of those that the
answer follows from, separated by blanks: what attention over sentences can be scored against.
"""

import re

from .errors import DataError

HEADER = ("context", "question", "answer", "supporting")
PARTS = {"train": "train", "valid": "validation", "test": "test"}


def prepare(source, destination):
    for name in source.checksums:
        match = re.fullmatch(r"(qa\d+)_(train|valid|test)\.txt\.gz", name)
        if match:
            destination.write_table(f"{match[1]}-{PARTS[match[2]]}.csv", HEADER, questions(source, name))


def questions(source, name):
    sentences, places = [], {}  # of one story; the place of a line's sentence, since questions are numbered as well
    for number, line in enumerate(source.lines(name), 1):
        match = re.fullmatch(r"(\d+) ([^\t]+)(?:\t([^\t]+)\t([\d ]+))?", line)
        if match is None:
            raise DataError(f'{source.folder / name}, line {number}: expected "ID text" or "ID question<TAB>answer<TAB>IDs", '
                            f'found "{line[:40]}"')
        line_id, text, answer, supporting = match.groups()
        if line_id == "1":
            sentences, places = [], {}
        if answer is None:
            sentences.append(text)
            places[line_id] = str(len(sentences))
        else:
            yield "\n".join(sentences), text.strip(), answer, " ".join(places[i] for i in supporting.split())
