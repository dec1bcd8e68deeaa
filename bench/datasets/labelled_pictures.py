# SPDX-License-Identifier: Apache-2.0
"""MNIST and Fashion-MNIST: small grey pictures of ten classes. `train/CLASS/NUMBER.png`, and tables that name file and class.

Only the official training and test parts are made; validation rows are for the program to take, as its users' are.
"""

from .errors import DataError
from .idx import read_labels, read_pictures

HEADER = ("image", "label")
DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def prepare_mnist(source, destination):
    for part, prefix in (("train", "train12k"), ("test", "t10k")):
        write_part(source, destination, part, prefix, DIGITS)


def prepare_fashion(source, destination):
    for part, prefix in (("train", "train7k"), ("test", "test2k")):
        write_part(source, destination, part, prefix, CLOTHES)


def write_part(source, destination, part, prefix, names):
    pictures = read_pictures(source, f"{prefix}-images-idx3-ubyte.gz")
    labels = read_labels(source, f"{prefix}-labels-idx1-ubyte.gz")
    if len(pictures) != len(labels):
        raise DataError(f"{source.folder / prefix}-*: expected a label for each picture, found {len(labels)} for {len(pictures)}")
    rows = []
    for number, (picture, label) in enumerate(zip(pictures, labels)):
        name = f"{part}/{label}/{number:05}.png"  # a folder per class, by number: a name may hold a /
        destination.write_file(name, picture)
        rows.append((name, names[label]))
    destination.write_table(f"{part}.csv", HEADER, rows)
