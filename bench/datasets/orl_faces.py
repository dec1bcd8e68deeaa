# SPDX-License-Identifier: Apache-2.0
"""ORL: faces of 40 people, ten pictures each, `faces/PERSON/PICTURE.png`.

Two tasks. Who is it: pictures 0 to 4 of each person are training, 5 to 9 test (`train.csv`, `test.csv`). Are these the same
person: people 0 to 29 are training (`open-train.csv`), all pairs of pictures of people 30 to 39, never seen, test (`pairs.csv`).
"""

import itertools

from .idx import read_labels, read_pictures

HEADER = ("image", "person")
PICTURES = 10  # of each person
FIRST_UNSEEN = 30


def prepare(source, destination):
    rows = []
    people = read_labels(source, "labels-idx1-ubyte.gz")
    for i, (person, picture) in enumerate(zip(people, read_pictures(source, "images-idx3-ubyte.gz"), strict=True)):
        name = f"faces/{person:02}/{i % PICTURES}.png"
        destination.write_file(name, picture)
        rows.append((name, person))
    destination.write_parts(HEADER, {
        "train": [row for i, row in enumerate(rows) if i % PICTURES < PICTURES // 2],
        "test": [row for i, row in enumerate(rows) if i % PICTURES >= PICTURES // 2],
        "open-train": [row for row in rows if row[1] < FIRST_UNSEEN],
    })
    unseen = [row for row in rows if row[1] >= FIRST_UNSEEN]
    pairs = [(a, b, "same" if x == y else "other") for (a, x), (b, y) in itertools.combinations(unseen, 2)]
    destination.write_table("pairs.csv", ("image", "second_image", "person"), pairs)
