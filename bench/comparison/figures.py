# SPDX-License-Identifier: Apache-2.0
"""Figures out of what `attune evaluate --json` prints of an output, and how they are joined over folds."""

import math
import statistics

LOW_IS_GOOD = {"root_mean_squared_error", "mean_squared_error", "mean_absolute_error"}


def figure(scores, metric):
    """The metric of an output or a baseline; None when it is not among its scores."""
    if metric == "root_mean_squared_error" and metric not in scores:
        squared = scores.get("mean_squared_error")  # null where predictions overflow
        return None if squared is None else math.sqrt(squared)
    return scores.get(metric)


def row_of(name, metric, evaluations):
    """What a row says of the evaluations of one name, one for each fold."""
    value = statistics.fmean(figure(scores, metric) for scores in evaluations)
    baseline, baseline_name = strongest_baseline(metric, evaluations)
    return {
        "set": name,
        "metric": metric,
        "value": value,
        "baseline": baseline,
        "baseline_name": baseline_name,
        **calibration(evaluations),
    }


def strongest_baseline(metric, evaluations):
    """(value, name) of the best of the program's baselines; (None, None) where it has no such figure of them."""
    means = {}
    for baseline in {b["name"] for scores in evaluations for b in scores.get("baselines", ())}:
        found = [figure(b, metric) for scores in evaluations for b in scores.get("baselines", ()) if b["name"] == baseline]
        if None not in found and len(found) == len(evaluations):
            means[baseline] = statistics.fmean(found)
    if not means:
        return None, None
    # Of equal ones the first by name, so that the choice does not depend on the order of a set.
    best = min(means, key=lambda known: (means[known] if metric in LOW_IS_GOOD else -means[known], known))
    return means[best], best


def calibration(evaluations):
    """The calibration error and the range that a perfectly calibrated model shows on as many rows.

    Of a single evaluation: an error over folds of a hundred rows each is mostly their number, and ranges have no mean.
    """
    if len(evaluations) != 1:
        return {}
    keys = ("expected_calibration_error", "expected_calibration_error_range")
    return {key: evaluations[0][key] for key in keys if evaluations[0].get(key) is not None}
