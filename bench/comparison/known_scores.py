# SPDX-License-Identifier: Apache-2.0
"""Scores that others report, by the name of a measured row and its metric. Only such as could be read in the source itself.

Scores that the READMEs of the data call "from memory" are left out.
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


# What the READMEs of the data computed with small untuned models. They stand in where the program gives no baseline.
OF_THE_DATA = "README of the data"
SIMPLE = {
    ("trec6", "accuracy"): Score(0.750, "naive Bayes, words"),
    ("sst2", "accuracy"): Score(0.822, "naive Bayes, words"),
    ("waimai_10k", "accuracy"): Score(0.890, "naive Bayes, character 1-2-grams"),
    ("emoji_twemoji, en_label", "accuracy"): Score(0.606, "naive Bayes"),
    ("emoji_twemoji, zh_label", "accuracy"): Score(0.684, "naive Bayes"),
    ("wdbc, 5 folds", "accuracy"): Score(0.979, "logistic regression"),
    ("occupancy without Light, datatest", "accuracy"): Score(0.882, "logistic regression"),
    ("occupancy without Light, datatest2", "accuracy"): Score(0.790, "majority class"),
    ("occupancy, datatest", "accuracy"): Score(0.977, "logistic regression"),
    ("occupancy, datatest2", "accuracy"): Score(0.985, "logistic regression"),
    ("driving_style, rows", "accuracy"): Score(0.450, "logistic regression"),
    ("driving_style, windows", "accuracy"): Score(0.591, "logistic regression"),
    ("driving_style, windows", "macro_f1"): Score(0.593, "logistic regression"),
    ("ml_latest_small, ratings", "root_mean_squared_error"): Score(0.872, "item and user bias"),
    ("ml_latest_small, ratings", "mean_absolute_error"): Score(0.664, "item and user bias"),
    **{(f"babi_en_10k, {task}", "accuracy"): Score(value, "majority class") for task, value in (
        ("qa1", 0.187), ("qa2", 0.187), ("qa4", 0.177), ("qa5", 0.189), ("qa6", 0.503), ("qa15", 0.341), ("qa16", 0.257))},
}
