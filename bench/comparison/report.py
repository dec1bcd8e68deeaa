# SPDX-License-Identifier: Apache-2.0
"""The table of results, for a terminal or as Markdown."""

import collections
import statistics

from .known_scores import published_score
from .measures import MEASURES

HEADER = ("set", "metric", "model", "seeds", "strongest baseline", "published", "calibration error [range]", "seconds")


def table_of(rows):
    """The cells of a line for each (set, metric), in the order of MEASURES whatever was measured first."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["set"], row["metric"]].append(row)
    order = [(name, metric) for measure in MEASURES for name in measure.names() for metric in measure.metrics]
    return [line_of(*key, groups[key]) for key in order if key in groups]


def line_of(name, metric, rows):
    values = [row["value"] for row in rows]
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return (name, metric, f"{statistics.fmean(values):.4f}{spread}", str(len(values)), baseline_of(rows), published_of(name, metric),
            calibration_of(rows), f"{statistics.fmean(row['seconds'] for row in rows):.0f}")


def baseline_of(rows):
    """Trained on other rows the strongest may differ between seeds: the mean, with the name met most often."""
    known = [row for row in rows if row["baseline"] is not None]
    if not known:
        return "-"
    name = collections.Counter(row["baseline_name"] for row in known).most_common(1)[0][0]
    return f"{statistics.fmean(row['baseline'] for row in known):.4f} {name}"


def published_of(name, metric):
    """Looked up and not taken from the rows: they may be older than what is known now."""
    score = published_score(name, metric)
    return "-" if score is None else f"{score.value:.4f} {score.source}"


def calibration_of(rows):
    errors = [row["expected_calibration_error"] for row in rows if "expected_calibration_error" in row]
    ranges = [row["expected_calibration_error_range"] for row in rows if "expected_calibration_error_range" in row]
    if not errors:
        return "-"
    low_high = [f"{statistics.fmean(end):.3f}" for end in zip(*ranges)]
    return f"{statistics.fmean(errors):.3f}" + (f" [{', '.join(low_high)}]" if low_high else "")


def as_text(rows, not_measured):
    lines = [HEADER, *table_of(rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join(text + [f"{entry['set']}: not measured, {entry['reason']}" for entry in not_measured])


def as_markdown(rows, not_measured):
    lines = [HEADER, ("---",) * len(HEADER), *table_of(rows)]
    text = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    rest = [f"- {entry['set']}: not measured, {entry['reason']}" for entry in not_measured]
    return "\n".join(text + ([""] if rest else []) + rest)
