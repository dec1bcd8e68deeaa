# SPDX-License-Identifier: Apache-2.0
"""How faithful each method is to models that were trained by default, and what it costs."""

import statistics

from .markdown import Goal, mean_and_deviation, shown, table
from .tables import read_table

HEADER = ("set", "method", "compr.", "random", "closed", "norm. compr.", "norm. suff.", "tau", "gap, mean", "largest", "above 1 %",
          "forward", "backward", "s / 1,000 rows")
AT_LEAST = {"closed": 0.5, "tau": 0.45}
AT_MOST_GAP = 0.01
OVER_SEEDS = ("closed", "tau", "comprehensiveness", "random_comprehensiveness")


def measure(bench, tasks):
    """A row for each set, seed and method; of seeds after the first for the default method and attention alone."""
    rows = []
    for task in tasks:
        methods = bench.methods(task, bench.table(task))  # of all test rows, over which times are taken
        seconds = seconds_by_method(bench, task, methods)
        default = bench.default_method(task)
        for seed in bench.seeds:
            for method in methods if seed == 1 else ("attention", default):
                rows.append({"set": task.name, "seed": seed, "method": method, "is_default": method == default,
                             "seconds": seconds[method], **bench.honesty(task, seed, method)})
    return rows


def seconds_by_method(bench, task, methods):
    """Of 1,000 rows, without what the program takes to start: from all test rows, less one alone."""
    model, path = bench.model(task, 1), bench.table(task)
    more = len(read_table(path)) - 1

    def seconds(method, rows):
        return statistics.median(bench.explainer.seconds("explain", model, path, "--rows", rows, "--method", method, "--honesty", "never",
                                                         "--json") for _ in range(bench.turns))

    return bench.measured("seconds", model, path,
                          lambda: {method: (seconds(method, 0) - seconds(method, 1)) * 1000 / more for method in methods}, methods, bench.turns)


def tables(rows):
    first = [row for row in rows if row["seed"] == 1]
    parts = [table(HEADER, [line_of(row) for row in first])]
    if len(first) < len(rows):
        parts.append("Over the seeds:\n\n" + over_seeds(rows))
    return "\n\n".join(parts)


def line_of(row):
    random = f"{row['random_comprehensiveness']:.3f} ± {row['random_comprehensiveness_deviation']:.3f}"
    wide = "-" if row["wide_gaps"] is None else f"{row['wide_gaps']} of {row['rows']}"
    name = f"**{row['method']}**" if row["is_default"] else row["method"]
    return (row["set"], name, shown(row["comprehensiveness"]), random, shown(row.get("closed")),
            shown(row.get("normalized_comprehensiveness")), shown(row.get("normalized_sufficiency")), shown(row.get("tau")),
            shown(row.get("mean_gap"), 4), shown(row.get("largest_gap"), 4), wide, shown(row["forward_passes"], 1),
            shown(row["backward_passes"], 1), shown(row["seconds"], 2))


def over_seeds(rows):
    keys = dict.fromkeys((row["set"], row["method"]) for row in rows if row["seed"] != 1)
    lines = []
    for key in keys:
        of_key = [row for row in rows if (row["set"], row["method"]) == key]
        lines.append((*key, len(of_key), *(mean_and_deviation([row.get(name) for row in of_key]) for name in OVER_SEEDS)))
    return table(("set", "method", "seeds", "closed", "tau", "compr.", "random"), lines)


def goals(rows):
    """Of every set and seed the worst."""
    default = [row for row in rows if row["is_default"]]
    for name, least in AT_LEAST.items():
        worst = min(row.get(name, 0) for row in default)
        yield Goal(f"{default[0]['method']}, the default: {name} at least {least}; the lowest is {worst:.3f}", worst >= least)
    complete = [row for row in rows if row["method"] == "integrated_gradients"]
    wide, measured = sum(row["wide_gaps"] for row in complete), sum(row["rows"] for row in complete)
    largest = max(row["largest_gap"] for row in complete)
    yield Goal(f"integrated_gradients: gap at most {AT_MOST_GAP:.0%}; the largest is {largest:.4f}, and {wide} of {measured} rows "
               "are above", largest <= AT_MOST_GAP)
