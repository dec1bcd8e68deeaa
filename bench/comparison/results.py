# SPDX-License-Identifier: Apache-2.0
"""The file of results: written after each run, so that an interrupted run loses nothing and a later one goes on."""

import contextlib
import fcntl
import hashlib
import json
import os

from .known_scores import published_score
from .measures import MEASURES

FORMAT = 2  # 1, which was not written down, lacked the digest of the measure in a row


class ResultsError(Exception):
    """The file cannot be used: another run writes it, or it holds something else."""


class Results:
    """Rows measured with one program, one set of flags and one of input options. A row holds as long as the prepared data and the measure are the same."""

    def __init__(self, path, attune):
        self.path = path
        self.identity = {"format": FORMAT, "program": attune.digest, "flags": list(attune.flags),
                         "input_options": attune.input_options}
        self.rows, self.not_measured = [], []

    def load(self):
        """Reads the rows of an earlier run. Those of another program, other flags or options or another format are put aside into a file of
        their own, whose path is returned; else None."""
        kept = read_results(self.path)
        if kept is None:
            return None
        identity = {"input_options": "", **kept}  # files of before there were any do not say so
        identity = {key: identity.get(key) for key in self.identity}
        if identity == self.identity:
            self.rows = kept["rows"]
            return None
        digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
        aside = self.path.with_name(f"{self.path.stem}-{digest[:12]}.json")
        os.replace(self.path, aside)
        return aside

    def drop_other_data(self, names, data):
        """Forgets the rows of these names that are of other data, whatever their seeds, since a mean is of rows of the same data.
        Returns how many."""
        before = len(self.rows)
        self.rows = [row for row in self.rows if row["set"] not in names or row["data"] == data]
        return before - len(self.rows)

    def holds(self, names, metrics, seed):
        """Whether every row of a run is there."""
        there = {(row["set"], row["metric"]) for row in self.rows if row["seed"] == seed}
        return all((name, metric) in there for name in names for metric in metrics)

    def add(self, rows):
        """Adds rows in place of those of the same set, metric and seed, and writes the file."""
        keys = {key_of(row) for row in rows}
        self.rows = [row for row in self.rows if key_of(row) not in keys] + rows
        self.write()

    def write(self):
        """Writes the file, each row with the published score as it is known now."""
        rows = [{**row, **published_fields(row)} for row in self.rows]
        content = {**self.identity, "rows": rows, "not_measured": self.not_measured}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(new, self.path)

    @contextlib.contextmanager
    def locked(self):
        """@throws ResultsError when another run holds the file."""
        with open(self.path.with_suffix(".lock"), "a", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ResultsError(f"{self.path}: another run writes it; wait for its end, or name another file with "
                                   "--results") from None
            yield


def read_results(path):
    """The content of a file of results, or None when there is none.

    @throws ResultsError when it holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        content = None
    if not isinstance(content, dict) or not {"program", "flags", "rows", "not_measured"} <= content.keys():
        raise ResultsError(f"{path}: expected rows that bench/quality wrote, found something else; remove it or pass --fresh")
    return content


def of_current_measures(rows):
    """The rows that today's measures would give: not those from before what is read was changed. Of rows of the first format this
    is not known; they are kept."""
    digests = {name: measure.digest() for measure in MEASURES for name in measure.names()}
    return [row for row in rows if row["set"] in digests and row.get("measure", digests[row["set"]]) == digests[row["set"]]]


def published_fields(row):
    score = published_score(row["set"], row["metric"])
    return {"published": score and score.value, "published_source": score and score.source}


def key_of(row):
    return row["set"], row["metric"], row["seed"]
