# SPDX-License-Identifier: Apache-2.0
"""WDBC: breast masses, benign or malignant, by 30 measures of cell nuclei. Five folds, row index % 5; the id is dropped."""

FOLDS = 5
MEASURES = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points", "symmetry",
            "fractal_dimension")
HEADER = ("diagnosis", *(f"{kind}_{measure}" for kind in ("mean", "error", "worst") for measure in MEASURES))


def prepare(source, destination):
    rows = [row[1:] for row in source.split_lines("wdbc.data", ",", 1 + len(HEADER))]
    for fold in range(FOLDS):
        destination.write_parts(HEADER, {
            f"fold-{fold}-train": [row for i, row in enumerate(rows) if i % FOLDS != fold],
            f"fold-{fold}-test": rows[fold::FOLDS],
        })
