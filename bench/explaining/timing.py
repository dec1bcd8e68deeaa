# SPDX-License-Identifier: Apache-2.0
"""How long explanations take beside predictions, start to exit, in turns."""

import statistics

from .markdown import Goal, table
from .tasks import WAIMAI

ROWS = 1000
MOST_TIMES_PREDICTING = 1.2  # attention, start to exit
MOST_SECONDS = 60  # integrated_gradients


def measure(bench, _):
    """A row for each command, with its seconds in every turn."""
    model, sample = bench.model(WAIMAI, 1), bench.sample(bench.table(WAIMAI), ROWS)
    one = bench.sample(sample, 1)
    commands = {"start": ("predict", model, one, "--json"), "predict": ("predict", model, sample, "--json")}
    for method in dict.fromkeys(("attention", bench.default_method(WAIMAI), "integrated_gradients")):
        commands[f"explain, {method}"] = ("explain", model, sample, "--method", method, "--honesty", "never", "--rows", ROWS, "--json")
    seconds = {name: [] for name in commands}
    for _ in range(bench.turns):
        for name, command in commands.items():
            seconds[name].append(bench.explainer.seconds(*command))
    return [{"command": name, "seconds": values} for name, values in seconds.items()]


def tables(rows):
    medians = medians_of(rows)
    start, predict = medians["start"], medians["predict"]
    lines = [(row["command"], f"{medians[row['command']]:.2f}", f"{min(row['seconds']):.2f} to {max(row['seconds']):.2f}",
              f"{medians[row['command']] / predict:.2f}", f"{(medians[row['command']] - start) / (predict - start):.2f}")
             for row in rows if row["command"] != "start"]
    header = (f"{ROWS:,} reviews", f"seconds, median of {len(rows[0]['seconds'])}", "range", "times predicting", "less the start")
    return table(header, lines) + f"\n\nPredicting one review, which is mostly the program's start, takes {start:.2f} s."


def goals(rows):
    medians = medians_of(rows)
    attention, complete = medians["explain, attention"] / medians["predict"], medians["explain, integrated_gradients"]
    yield Goal(f"attention in at most {MOST_TIMES_PREDICTING} times the time of predicting; it is {attention:.2f}",
               attention <= MOST_TIMES_PREDICTING)
    yield Goal(f"integrated_gradients in less than {MOST_SECONDS} s; it is {complete:.1f}", complete < MOST_SECONDS)


def medians_of(rows):
    return {row["command"]: statistics.median(row["seconds"]) for row in rows}
