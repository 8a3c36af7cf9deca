"""Treatments: the few values that would decide a whole indicator are drawn in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.records import Action, Treated, TreatmentRecord
from parkscore.methods.registry import treatment
from parkscore.methods.transformations import Transformation

_MOST = Meaning("最多缩尾的点数", "the most points to winsorise", "count")
_SKEW = Meaning("偏度绝对值低于此数即通过", "an absolute skewness below this passes")
_KURTOSIS = Meaning("超额峰度低于此数即通过", "an excess kurtosis below this passes")
_COIN_RULE = "the JRC COIN tool; Becker et al. 2022, COINr, Journal of Open Source Software"
_ALWAYS = {"unit order", "indicator order", "order within an indicator"}

# A shape needs four values: the adjusted kurtosis divides by n - 3.
_FEWEST = 4


def shape_of(values: FloatArray) -> tuple[float, float]:
    """Skewness and excess kurtosis, adjusted for the sample as in Excel's SKEW and KURT (G1 and G2).

    values: (n,) without gaps. (NaN, NaN) for fewer than four values or equal ones.

    >>> [round(number, 4) for number in shape_of(np.array([1.0, 2.0, 3.0, 10.0]))]
    [1.7636, 3.228]
    """
    n = values.size
    if n < _FEWEST or values.min() == values.max():
        return math.nan, math.nan
    # Sorted, so that no order of the units can change a digit and with it a verdict.
    in_order = np.sort(values)
    from_mean = in_order - in_order.mean()
    # Brought to a size near 1 before the fourth power.
    from_mean = from_mean / np.abs(from_mean).max()
    z = from_mean / math.sqrt(np.square(from_mean).sum() / (n - 1))
    squares = np.square(z)
    skewness = n / ((n - 1) * (n - 2)) * float((squares * z).sum())
    fourth = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * float(np.square(squares).sum())
    return skewness, fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def passes(shape: tuple[float, float], skew: float, kurtosis: float) -> bool:
    """The rule: either is small enough; a column that has no shape has no outlier either."""
    return math.isnan(shape[0]) or abs(shape[0]) < skew or shape[1] < kurtosis


def _drawn_in(values: FloatArray, most: int, skew: float, kurtosis: float) -> Transformation | None:
    """The cap that sets as few extreme points as pass the rule to the next value, at most `most`.

    High points where the skewness is above 0, low ones otherwise. Points tied at the extreme are drawn in together,
    since one alone would change nothing; where they are more than are left to `most`, it ends there.
    """
    sign = 1.0 if shape_of(values)[0] > 0 else -1.0
    from_extreme = np.sort(sign * values)[::-1]
    drawn = None
    for cap in from_extreme[1 : most + 1].tolist():
        if cap == from_extreme[-1]:
            break
        drawn = Transformation("caps", (-math.inf, cap) if sign > 0 else (-cap, math.inf))
        if passes(shape_of(drawn.of(values)), skew, kurtosis):
            break
    return drawn


def _logarithm(values: FloatArray) -> Transformation:
    """The log of the distance from the far end, in the order of the values; 1 % of the range keeps it above 0.

    Skewness above 0: ln(x - min + 0.01 (max - min)); otherwise reflected: -ln(max - x + 0.01 (max - min)).
    """
    ends = float(values.min()), float(values.max())
    return Transformation("log" if shape_of(values)[0] > 0 else "reflected_log", ends)


_ACTIONS: Mapping[str, Action] = {"caps": "winsorised", "log": "log", "reflected_log": "log", "box_cox": "box_cox"}


def action_of(made: Transformation | None) -> Action:
    """What a record calls it."""
    return "none" if made is None else _ACTIONS[made.kind]


def _treat(
    X: FloatArray, improve: Callable[[FloatArray], Transformation | None], skew: float, kurtosis: float
) -> Treated:
    """Improve each column that fails the rule, over its present values; record what happened to all."""
    treated = X.copy()
    records = []
    for column in treated.T:
        present = ~np.isnan(column)
        values = column[present]
        before = shape_of(values)
        made = None if passes(before, skew, kurtosis) else improve(values)
        column[present] = values if made is None else made.of(values)
        after, action = shape_of(column[present]), action_of(made)
        points = int(np.count_nonzero(column[present] != values)) if action == "winsorised" else 0
        records.append(TreatmentRecord(action, points, *before, *after, passes(after, skew, kurtosis), made=made))
    return Treated(treated, records)


_NO_SHAPE = (math.nan, math.nan)


def treated_alike(X: FloatArray, made: Sequence[Transformation | None]) -> Treated:
    """Columns treated as others were, by what was made of these: a value moves no other.

    X: (units, indicators). Gaps stay. The records count the values that changed; a shape is none of their business.

    >>> treated_alike(np.array([[1.0, 9.0]]), [None, Transformation("caps", (0.0, 5.0))]).values
    array([[1., 5.]])
    """
    treated, records = X.copy(), []
    for column, own in zip(treated.T, made, strict=True):
        before = column.copy()
        column[:] = before if own is None else own.of(before)
        changed = int(np.count_nonzero((column != before) & ~np.isnan(before)))
        action = action_of(own) if changed else "none"
        records.append(TreatmentRecord(action, changed, *_NO_SHAPE, *_NO_SHAPE, True, made=own))
    return Treated(treated, records)


def _thresholds(stated: Mapping[str, Any]) -> list[Problem]:
    """A threshold of 0 or less would let nothing pass by skewness."""
    if stated.get("skew", 1.0) > 0:
        return []
    return [Problem("skew", Text("skew 应大于零", "skew must be above zero"))]


@treatment(
    "none",
    zh="不处理",
    en="No treatment",
    formula="x",
    obeys=_ALWAYS | {"duplicate unit", "unit by unit", "present cells"},
    reference=_COIN_RULE,
    golden="coinr_vignette",
    golden_source="COINr 1.0 documentation (bluefoxr.github.io/COINr), article Outlier Treatment",
)
def none(X: FloatArray) -> Treated:
    """Leave every value; the records still say how skewed each column is, against the usual 2 and 3.5.

    X: (units, indicators). Returns `Treated(values, records)`.

    >>> none([[1.0], [2.0], [3.0], [10.0]]).records[0].passed
    True
    """
    return _treat(X, lambda _: None, 2.0, 3.5)


@treatment(
    "winsorise",
    zh="缩尾处理",
    en="Winsorising",
    formula="the k most extreme x -> the next x, k = 1, 2, ... until |skewness| < skew or kurtosis < limit",
    obeys=_ALWAYS,
    reference=_COIN_RULE,
    golden="asem_treated",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): Treat",
    parameters={"most": _MOST, "skew": _SKEW, "kurtosis": _KURTOSIS},
    relations=_thresholds,
    needs_sort=True,
)
def winsorise(X: FloatArray, *, most: int = 5, skew: float = 2.0, kurtosis: float = 3.5) -> Treated:
    """Set the most extreme values to the next one, one more at a time, until the column passes or `most` is reached.

    X: (units, indicators). A column passes where its absolute skewness is below `skew` or its excess kurtosis below
    `kurtosis` (both as in Excel); one with fewer than four values, or equal ones, passes untouched. Gaps stay. Returns
    `Treated(values, records)`; a record with `passed` False says that `most` points were not enough.

    >>> values, records = winsorise(np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [90.0]]))
    >>> values.ravel()
    array([1., 2., 3., 4., 5., 6., 6.])
    >>> records[0].action, records[0].points, records[0].passed
    ('winsorised', 1, True)
    """
    return _treat(X, lambda values: _drawn_in(values, most, skew, kurtosis), skew, kurtosis)


@treatment(
    "log",
    zh="对数变换",
    en="Logarithm of skewed indicators",
    formula="skewness > 0: ln(x - min + 0.01 (max - min));  < 0: -ln(max - x + 0.01 (max - min))",
    obeys=_ALWAYS,
    reference=_COIN_RULE,
    golden="coinr_vignette",
    golden_source="COINr 1.0 documentation (bluefoxr.github.io/COINr), article Outlier Treatment",
    parameters={"skew": _SKEW, "kurtosis": _KURTOSIS},
    relations=_thresholds,
    needs_sort=True,
)
def log(X: FloatArray, *, skew: float = 2.0, kurtosis: float = 3.5) -> Treated:
    """Take the logarithm of each column that fails the rule of `winsorise`; the order of its values stays.

    X: (units, indicators). A column skewed to the left is reflected first and back after, so that larger stays larger.
    The values of a treated column are no longer in its measure. Returns `Treated(values, records)`; a record with
    `passed` False says that the logarithm was not enough.

    >>> values, records = log(np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [1000.0]]))
    >>> records[0].action, bool(np.all(np.diff(values.ravel()) > 0))
    ('log', True)
    """
    return _treat(X, _logarithm, skew, kurtosis)


@treatment(
    "skewness_kurtosis",
    zh="偏度-峰度规则：先缩尾，后对数",
    en="Skewness and kurtosis rule: winsorise, else logarithm",
    formula="winsorise up to k points; where that fails, the log of the untreated x",
    obeys=_ALWAYS,
    reference=_COIN_RULE,
    golden="asem_treated",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): Treat",
    parameters={"most": _MOST, "skew": _SKEW, "kurtosis": _KURTOSIS},
    relations=_thresholds,
    needs_sort=True,
)
def skewness_kurtosis(X: FloatArray, *, most: int = 5, skew: float = 2.0, kurtosis: float = 3.5) -> Treated:
    """Winsorise as little as passes the rule; where `most` points are not enough, take the log of the untreated column.

    X: (units, indicators). The rule is that of `winsorise`, the logarithm that of `log`. Returns `Treated(values,
    records)`; where the logarithm fails too it stays, with `passed` False in its record.

    >>> skewness_kurtosis(np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [90.0]])).records[0].action
    'winsorised'
    """

    def improve(values: FloatArray) -> Transformation:
        drawn = _drawn_in(values, most, skew, kurtosis)
        enough = drawn is not None and passes(shape_of(drawn.of(values)), skew, kurtosis)
        return drawn if drawn is not None and enough else _logarithm(values)

    return _treat(X, improve, skew, kurtosis)
