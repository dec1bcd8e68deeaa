# SPDX-License-Identifier: Apache-2.0
"""What blanking tokens in training brings: a model that has seen texts with holes is at home where explanations are measured."""

from .markdown import mean_and_deviation, table
from .tables import deleted, read_table, write_table

VARIANTS = {"default": (), "`--token-mask 0`": ("--token-mask", "0")}
SHARES = (0.0, 0.2, 0.5)
FIGURES = ("comprehensiveness", "closed", "normalized_comprehensiveness", "normalized_sufficiency", "tau")


def measure(bench, tasks):
    """A row for each set, variant and seed: accuracies by share, and the figures of each method."""
    return [{"set": task.name, "variant": variant, "seed": seed,
             "accuracies": [accuracy_without(bench, task, bench.model(task, seed, flags), share) for share in SHARES],
             "honesty": {method: bench.honesty(task, seed, method, flags)
                         for method in ("attention", bench.default_method(task), "leave_one_out")}}
            for task in tasks for variant, flags in VARIANTS.items() for seed in bench.seeds]


def accuracy_without(bench, task, model, share):
    """On the test texts without that share of their words or characters, always the same at random."""
    path = bench.samples.file(f"{task.name}-without-{share}.csv", lambda new: write_table(
        new, deleted(read_table(bench.table(task)), task.column(), task.join, share)))
    return bench.accuracy(task, model, path)


def tables(rows):
    groups = {}
    for row in rows:
        groups.setdefault((row["set"], row["variant"]), []).append(row)
    return erasure_table(groups) + "\n\n" + method_table(groups)


def erasure_table(groups):
    lines = []
    for key, rows in groups.items():
        accuracies = [mean_and_deviation([row["accuracies"][i] for row in rows], 4) for i in range(len(SHARES))]
        honesty = [next(iter(row["honesty"].values())) for row in rows]  # random orderings are the same for all methods
        falls = [mean_and_deviation([figures[f"random_{name}"] for figures in honesty]) for name in ("comprehensiveness", "sufficiency")]
        lines.append((*key, *accuracies, *falls, len(rows)))
    header = ("set", "training", "accuracy", *(f"without {share:.0%}" for share in SHARES[1:]), "random compr.", "random suff.", "seeds")
    return table(header, lines)


def method_table(groups):
    """The variants of a method below one another."""
    lines = []
    for name in dict.fromkeys(name for name, _ in groups):
        variants = {variant: rows for (of, variant), rows in groups.items() if of == name}
        for method in next(iter(variants.values()))[0]["honesty"]:
            for variant, rows in variants.items():
                figures = [mean_and_deviation([row["honesty"][method].get(figure) for row in rows]) for figure in FIGURES]
                lines.append((name, method, variant, *figures))
    return table(("set", "method", "training", "compr.", "closed", "norm. compr.", "norm. suff.", "tau"), lines)
