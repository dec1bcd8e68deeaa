# SPDX-License-Identifier: Apache-2.0
"""Scores that others report, by the name of a measured row and its metric. Only such as could be read in the source itself.

Scores that the READMEs of the data call "from memory" are left out, and so are those that they computed with small models: attune's
own baselines are measured on the same rows.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Score:
    value: float
    source: str


KIM = "Kim 2014, arXiv:1408.5882, table 2, CNN-rand"
MEMN2N = "domluna/memn2n, README: end-to-end memory network, 1,000 training questions"
ROOM_FOREST = "Candanedo, Feldheim 2016, Model Development.R of the authors: random forest"

PUBLISHED = {
    ("trec6", "accuracy"): Score(0.912, KIM),
    ("sst2", "accuracy"): Score(0.827, f"{KIM}, trained on phrases as well"),
    ("wdbc, 5 folds", "accuracy"): Score(0.975, "wdbc.names: one separating plane, repeated 10-fold"),
    ("occupancy without Light, datatest", "accuracy"): Score(0.6863, ROOM_FOREST),
    ("occupancy without Light, datatest2", "accuracy"): Score(0.3268, ROOM_FOREST),
    **{(f"babi_en_10k, {task}", "accuracy"): Score(value, MEMN2N) for task, value in (
        ("qa1", 1.00), ("qa2", 0.83), ("qa4", 0.98), ("qa5", 0.87), ("qa6", 0.92), ("qa15", 1.00), ("qa16", 0.44))},
}


def published_score(name, metric):
    """The published Score of a measured row, or None."""
    return PUBLISHED.get((name, metric))
