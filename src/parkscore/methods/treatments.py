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
from parkscore.methods.treatments_in_order import (
    NOTHING,
    Look,
    Shape,
    extremes,
    passes,
    recorded,
    shape_in_order,
    treated_in_order,
)

_MOST = Meaning("最多缩尾的点数", "the most points to winsorise", "count")
_SKEW = Meaning("偏度绝对值低于此数即通过", "an absolute skewness below this passes")
_KURTOSIS = Meaning("超额峰度低于此数即通过", "an excess kurtosis below this passes")
_COIN_RULE = "the JRC COIN tool; Becker et al. 2022, COINr, Journal of Open Source Software"
_ALWAYS = {"unit order", "indicator order", "order within an indicator"}


def shape_of(values: FloatArray) -> Shape:
    """Skewness and excess kurtosis, adjusted for the sample as in Excel's SKEW and KURT (G1 and G2).

    values: (n,) without gaps. (NaN, NaN) for fewer than four values or equal ones.

    >>> [round(number, 4) for number in shape_of(np.array([1.0, 2.0, 3.0, 10.0]))]
    [1.7636, 3.228]
    """
    # Sorted, so that no order of the units can change a digit and with it a verdict.
    return shape_in_order(np.sort(values))


def _drawn_in(in_order: FloatArray, shape: Shape, most: int, skew: float, kurtosis: float) -> tuple[Look, bool]:
    """The cap that sets as few extreme points as pass the rule to the next value, at most `most`; whether it passes.

    High points where the skewness is above 0, low ones otherwise. Points tied at the extreme are drawn in together,
    since one alone would change nothing; where they are more than are left to `most`, it ends there.
    """
    drawn = NOTHING
    for caps in extremes(in_order, most, highest=shape[0] > 0):
        drawn = Look("winsorised", caps)
        if passes(shape_in_order(in_order, caps.of), skew, kurtosis):
            return drawn, True
    return drawn, False


def _logarithm(in_order: FloatArray, shape: Shape) -> Look:
    """The log of the distance from the far end, in the order of the values; 1 % of the range keeps it above 0.

    Skewness above 0: ln(x - min + 0.01 (max - min)); otherwise reflected: -ln(max - x + 0.01 (max - min)).
    """
    ends = float(in_order[0]), float(in_order[-1])
    return Look("log", Transformation("log" if shape[0] > 0 else "reflected_log", ends))


_ACTIONS: Mapping[str, Action] = {"caps": "winsorised", "log": "log", "reflected_log": "log", "box_cox": "box_cox"}


def action_of(made: Transformation | None) -> Action:
    """What a record calls it."""
    return "none" if made is None else _ACTIONS[made.kind]


def _unless_it_passes(
    in_order: FloatArray, improve: Callable[[FloatArray, Shape], Look], skew: float, kurtosis: float
) -> TreatmentRecord:
    """Improve a column that fails the rule."""

    def look(values: FloatArray, shape: Shape) -> Look:
        return NOTHING if passes(shape, skew, kurtosis) else improve(values, shape)

    return recorded(in_order, look, skew, kurtosis)


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


def _left(in_order: FloatArray) -> TreatmentRecord:
    return recorded(in_order, lambda _, __: NOTHING, 2.0, 3.5)


@treatment(
    "none",
    zh="不处理",
    en="No treatment",
    formula="x",
    obeys=_ALWAYS | {"duplicate unit", "unit by unit", "present cells"},
    reference=_COIN_RULE,
    golden="coinr_vignette",
    golden_source="COINr 1.0 documentation (bluefoxr.github.io/COINr), article Outlier Treatment",
    record_in_order=_left,
)
def none(X: FloatArray) -> Treated:
    """Leave every value; the records still say how skewed each column is, against the usual 2 and 3.5.

    X: (units, indicators). Returns `Treated(values, records)`.

    >>> none([[1.0], [2.0], [3.0], [10.0]]).records[0].passed
    True
    """
    return treated_in_order(X, _left)


def _winsorised(in_order: FloatArray, *, most: int = 5, skew: float = 2.0, kurtosis: float = 3.5) -> TreatmentRecord:
    def improve(values: FloatArray, shape: Shape) -> Look:
        return _drawn_in(values, shape, most, skew, kurtosis)[0]

    return _unless_it_passes(in_order, improve, skew, kurtosis)


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
    record_in_order=_winsorised,
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
    return treated_in_order(X, lambda values: _winsorised(values, most=most, skew=skew, kurtosis=kurtosis))


def _in_logarithms(in_order: FloatArray, *, skew: float = 2.0, kurtosis: float = 3.5) -> TreatmentRecord:
    return _unless_it_passes(in_order, _logarithm, skew, kurtosis)


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
    record_in_order=_in_logarithms,
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
    return treated_in_order(X, lambda values: _in_logarithms(values, skew=skew, kurtosis=kurtosis))


def _winsorised_or_in_logarithms(
    in_order: FloatArray, *, most: int = 5, skew: float = 2.0, kurtosis: float = 3.5
) -> TreatmentRecord:
    def improve(values: FloatArray, shape: Shape) -> Look:
        drawn, enough = _drawn_in(values, shape, most, skew, kurtosis)
        return drawn if enough else _logarithm(values, shape)

    return _unless_it_passes(in_order, improve, skew, kurtosis)


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
    record_in_order=_winsorised_or_in_logarithms,
)
def skewness_kurtosis(X: FloatArray, *, most: int = 5, skew: float = 2.0, kurtosis: float = 3.5) -> Treated:
    """Winsorise as little as passes the rule; where `most` points are not enough, take the log of the untreated column.

    X: (units, indicators). The rule is that of `winsorise`, the logarithm that of `log`. Returns `Treated(values,
    records)`; where the logarithm fails too it stays, with `passed` False in its record.

    >>> skewness_kurtosis(np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [90.0]])).records[0].action
    'winsorised'
    """

    def record(values: FloatArray) -> TreatmentRecord:
        return _winsorised_or_in_logarithms(values, most=most, skew=skew, kurtosis=kurtosis)

    return treated_in_order(X, record)
