# SPDX-License-Identifier: Apache-2.0
"""What trainings with the defaults must reach, by the name of a measured row: below it something was lost."""

import statistics

# Accuracy, and the seconds of a training on two cores that do nothing else.
LIMITS = {
    "waimai_10k": {"at_least": 0.895, "at_most_seconds": 120},
    "trec6": {"at_least": 0.888, "at_most_seconds": 120},
    "sst2": {"at_least": 0.820, "at_most_seconds": 120},
    "wdbc, 5 folds": {"at_least": 0.96},
}
ROUNDING = 1e-9  # of a mean that lies on the limit


def missed_limits(rows):
    """A sentence for each limit that the rows miss, by their mean over the seeds that were measured."""
    return [sentence for name, limits in LIMITS.items() for sentence in missed_by(name, limits, rows)]


def missed_by(name, limits, rows):
    measured = [row for row in rows if row["set"] == name and row["metric"] == "accuracy"]
    if not measured:
        return
    over = f"the mean of {len(measured)} seeds" if len(measured) > 1 else "of one seed"
    accuracy = statistics.fmean(row["value"] for row in measured)
    if accuracy < limits["at_least"] - ROUNDING:
        yield f"{name}: accuracy {accuracy:.5f}, {over}, is below the limit of {limits['at_least']:.3f}"
    seconds = statistics.fmean(row["seconds"] for row in measured)
    if seconds > limits.get("at_most_seconds", seconds):
        yield f"{name}: a training of {seconds:.0f} s, {over}, is above the limit of {limits['at_most_seconds']} s"
