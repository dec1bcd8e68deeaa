#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes diagnosis.csv from the table inside scikit-learn 1.5.2.

    pip download --no-deps --only-binary :all: scikit-learn==1.5.2
    python3 draw.py scikit_learn-1.5.2-*.whl [FOLDER]

Every scikit-learn wheel carries the same table, so the table itself is checked and not the wheel.
"""
import csv
import hashlib
import io
import pathlib
import sys
import zipfile

TABLE = "sklearn/datasets/data/breast_cancer.csv"
TABLE_SHA256 = "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"
# The order in which the table's source gives them: ten measurements, each as mean, standard error and worst.
MEASUREMENTS = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points",
                "symmetry", "fractal_dimension"]
COLUMNS = [f"{kind}_{name}" for kind in ("mean", "error", "worst") for name in MEASUREMENTS]
DIAGNOSES = ["malignant", "benign"]  # the codes 0 and 1


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    content = zipfile.ZipFile(sys.argv[1]).read(TABLE)
    if (found := hashlib.sha256(content).hexdigest()) != TABLE_SHA256:
        sys.exit(f"{sys.argv[1]}, {TABLE}: SHA-256 is {found}, expected {TABLE_SHA256}")
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else pathlib.Path(__file__).parent)
    _, *rows = csv.reader(io.StringIO(content.decode()))  # the first line holds counts and class names
    with open(folder / "diagnosis.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, "diagnosis"])
        writer.writerows([*values, DIAGNOSES[int(code)]] for *values, code in rows)


if __name__ == "__main__":
    main()
