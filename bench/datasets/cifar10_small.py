# SPDX-License-Identifier: Apache-2.0
"""CIFAR-10, a part: pictures of ten kinds of things in colour, JPEG files as published, `train/CLASS/NUMBER.jpg`."""

from .archive import read_archive


def prepare(source, destination):
    parts = {"train": [], "test": []}
    for name, content in read_archive(source, "cifar10_train600_test100.tar.gz", r"(train|test)/([a-z]+)/\d+\.jpg"):
        destination.write_file(name[0], content)
        parts[name[1]].append((name[0], name[2]))
    destination.write_parts(("image", "label"), {part: sorted(rows) for part, rows in parts.items()})
