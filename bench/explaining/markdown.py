# SPDX-License-Identifier: Apache-2.0
"""Tables, figures and goals as Markdown."""

import dataclasses
import statistics


def table(header, lines):
    cells = [header, ("---",) * len(header), *lines]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in cells)


def shown(value, digits=3):
    """A figure; "-" where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def mean_and_deviation(values, digits=3):
    """Over seeds; the deviation where there are several."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.{digits}f}{deviation}"


@dataclasses.dataclass(frozen=True)
class Goal:
    """What a figure should reach, and whether it does."""

    sentence: str
    met: bool

    def __str__(self):
        return f"- {self.sentence}: {'met' if self.met else '**missed**'}"
