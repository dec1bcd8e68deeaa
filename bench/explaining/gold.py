# SPDX-License-Identifier: Apache-2.0
"""How well values point at the units (lines, words) that are known to matter, beside pointing at random."""

import dataclasses
import math
import re
import statistics


@dataclasses.dataclass(frozen=True)
class Pointing:
    """Of one row."""

    precision: float  # how many of the highest units, as many as matter, are among those that matter
    expected: float  # of a random ranking: the share of units that matter
    variance: float  # of a random ranking: what matters among g of n units drawn at once, over g, is hypergeometric


def pointing(values, gold):
    """`gold`: the places of the units that matter, some but not all of them. Ties by place."""
    count, all_units = len(gold), len(values)
    ordering = sorted(range(all_units), key=lambda unit: (-values[unit], unit))
    share = count / all_units
    variance = share * (1 - share) * (all_units - count) / (all_units - 1) / count
    return Pointing(sum(unit in gold for unit in ordering[:count]) / count, share, variance)


def summary_of(pointings):
    """Means over rows; the deviation is that of a random ranking's mean."""
    return {"precision": statistics.fmean(one.precision for one in pointings),
            "random": statistics.fmean(one.expected for one in pointings),
            "random_deviation": math.sqrt(sum(one.variance for one in pointings)) / len(pointings),
            "rows": len(pointings)}


def spans(text, pattern):
    """Where the parts of a text begin and end, in code points."""
    return [match.span() for match in re.finditer(pattern, text)]


def lines_of(text):
    return spans(text, r"[^\n]+")


def words_of(text):
    return spans(text, r"\S+")


def values_of(units, tokens, values, join=sum):
    """Of each unit: its tokens' values, joined (sum or max); 0 where it has none. A token belongs to the unit it begins in."""
    joined = []
    for begin, end in units:
        inside = [value for token, value in zip(tokens, values, strict=True) if begin <= token["begin"] < end]
        joined.append(join(inside) if inside else 0)
    return joined
