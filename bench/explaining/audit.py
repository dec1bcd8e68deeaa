# SPDX-License-Identifier: Apache-2.0
"""Whether the attention of models that were trained by default is an explanation of them: what each test of the audit finds."""

import time

from .markdown import shown, table

# What is shown of each test: its figure that the outcome follows from first; of others all.
FIGURES = {"permuted": ("change",),
           "randomised": ("of_start", "of_shuffled", "divergence"),
           "faithfulness": ("comprehensiveness", "random_comprehensiveness", "closed"),
           "adversarial": ("of_reachable", "divergence"),
           "uniform": ("advantage", "advantage_low", "advantage_high"),
           "seeds": ("of_shuffled", "divergence", "held_back")}


def measure(bench, tasks):
    """A row for each set."""
    rows = []
    for task in tasks:
        model, path = bench.model(task, 1), bench.table(task)
        found = bench.measured("timed audit", model, path, lambda m=model, p=path: timed(bench.explainer, m, p, bench.rows), bench.rows)
        rows.append({"set": task.name, **found})
    return rows


def timed(explainer, model, path, rows):
    begin = time.monotonic()
    found = explainer.audit(model, path, rows)
    return {**found, "seconds": time.monotonic() - begin}


def tables(rows):
    lines = [(row["set"], test["test"] + ("*" if test["decisive"] else ""), test["outcome"], figures_of(test))
             for row in rows for test in row["tests"]]
    verdicts = "\n".join(f"- {row['set']}, {row['rows']} test rows, {row['seconds']:.0f} s: **{row['verdict']}**. {row['sentences'][0]}"
                         for row in rows)
    return table(("set", "test", "says", "figures"), lines) + "\n\n" + verdicts


def figures_of(test):
    return ", ".join(f"{name.replace('_', ' ')} {shown(test['figures'][name])}" for name in FIGURES.get(test["test"], test["figures"])
                     if name in test["figures"])
