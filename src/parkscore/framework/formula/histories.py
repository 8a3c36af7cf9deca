"""What is made of the same expression in several years: sums, means, counts, and the growth over three years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from parkscore.framework.formula.cells import State
from parkscore.framework.formula.values import (
    Value,
    choose,
    combine,
    growth,
    merge_reasons,
    multiply,
    plain,
    ranked,
    reasons_of,
    settle,
    truth,
)


def sum_of_years(years: Sequence[Value]) -> Value:
    """The sum; no value where a year has none."""
    return combine(np.add, years)


def mean_of_years(years: Sequence[Value]) -> Value:
    """The mean; no value where a year has none."""
    total = sum_of_years(years)
    return settle(total.values / len(years), total.reasons, total.measure)


def count_of_years(conditions: Sequence[Value]) -> Value:
    """In how many years a condition holds; no value where it cannot be told of one year."""
    holds = [condition.values != 0 for condition in conditions]
    counted = np.sum(np.broadcast_arrays(*holds), axis=0, dtype=np.float64)
    return settle(counted, merge_reasons([condition.reasons for condition in conditions]))


def growth_since(now: Value, base: Value, passed: NDArray[np.int64]) -> Value:
    """The yearly growth from a base on; undefined where either is negative, not applicable where no year has passed."""
    ratio = multiply([("*", now), ("/", base)])
    shares = np.where((now.values < 0) | (base.values < 0), np.nan, plain(ratio))
    not_yet = ranked(np.full(passed.shape, State.NOT_APPLICABLE, dtype=np.int8))
    reasons = np.where(passed > 0, reasons_of(ratio), not_yet)
    return settle(shares ** (1.0 / np.maximum(passed, 1)) - 1.0, reasons)


def growth_of_three_years(first: Value, second: Value, third: Value) -> Value:
    """The growth rate of 高新技术企业认定: 1/2 x (second / first + third / second) - 1.

    A first year of 0, or before the history begins, leaves third / second - 1. A second year of 0 counts as no growth,
    which is what the rule gives 0 points. Without the third or the second year there is no growth rate, and none
    either that starts from a negative amount.

    Source: the item 成长性 of 高新技术企业认定, as quoted at cn.shanghaiyincai.com.cn/news/938.html.
    """
    earlier, later = growth(second, first), growth(third, second)
    mean = settle((earlier.values + later.values) / 2, merge_reasons([earlier.reasons, later.reasons]))
    begins_later = np.isin(ranked(reasons_of(first)), (State.MISSING, State.NOT_APPLICABLE))
    over_the_history = choose(truth((first.values == 0) | begins_later, None), later, mean)
    none = settle(np.zeros(()), third.reasons)
    return choose(truth(second.values == 0, None), none, over_the_history)
