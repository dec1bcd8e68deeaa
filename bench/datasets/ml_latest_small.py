# SPDX-License-Identifier: Apache-2.0
"""MovieLens, small: ratings of films by users.

Two tasks. Ratings: sorted by user, time and film, every tenth row is test (`train.csv`, `test.csv`). The next film: the last
one of each user is test, the one before validation (`next-train.csv`, `next-validation.csv`, `next-test.csv`, in order of time).
"""

import itertools

RATINGS = ("userId", "movieId", "rating", "timestamp")
MOVIES = ("movieId", "title", "genres")
HEADER = (*RATINGS, *MOVIES[1:])


def prepare(source, destination):
    films = {film: rest for film, *rest in source.csv_rows("movies.csv.gz", MOVIES)}
    ratings = sorted(source.csv_rows("ratings.csv.gz", RATINGS), key=lambda row: (int(row[0]), int(row[3]), int(row[1])))
    rows = [(*row, *films[row[1]]) for row in ratings]
    destination.write_parts(HEADER, {"train": [row for i, row in enumerate(rows) if i % 10], "test": rows[::10]})
    histories = [list(history) for _, history in itertools.groupby(rows, key=lambda row: row[0])]
    destination.write_parts(HEADER, {
        "next-train": [row for history in histories for row in history[:-2]],
        "next-validation": [row for history in histories for row in history[-2:-1]],
        "next-test": [history[-1] for history in histories],
    })
