"""Treatments of every column they are stated for: caps from quantiles, and transformations that draw a long tail in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import is_constant
from parkscore.methods.domain import FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.records import Treated, TreatmentRecord
from parkscore.methods.registry import treatment
from parkscore.methods.transformations import LARGEST_EXPONENT, Transformation
from parkscore.methods.treatments_in_order import (
    NOTHING,
    Look,
    Making,
    quantile_in_order,
    recorded,
    recorded_alone,
    sum_in_blocks,
    treated_in_order,
)

_ALWAYS = {"unit order", "indicator order", "order within an indicator"}
# The verdict of a record is the usual one of the JRC COIN tool, as for `none`.
_SKEW, _KURTOSIS = 2.0, 3.5
_FEWEST = 4
# The largest λ, in size, that is looked for.
_LARGEST_POWER = 5.0


def _each_alone(X: FloatArray, logarithm: Making) -> Treated:
    """The logarithm of every present value, whatever the others are; the record says how skewed a column is."""
    treated, records = X.copy(), []
    for column in treated.T:
        present = ~np.isnan(column)
        before = column[present]
        column[present] = logarithm(before)
        records.append(recorded_alone(np.sort(before), logarithm, _SKEW, _KURTOSIS))
    return Treated(treated, records)


def _recorded_in(logarithm: Making) -> Callable[[FloatArray], TreatmentRecord]:
    """What the logarithm makes of a column in order."""
    return lambda in_order: recorded_alone(in_order, logarithm, _SKEW, _KURTOSIS)


def _ln(values: FloatArray) -> FloatArray:
    return np.asarray(np.log(values))


def _log1p(values: FloatArray) -> FloatArray:
    return np.asarray(np.log1p(values))


def _signed_log(values: FloatArray) -> FloatArray:
    return np.asarray(np.copysign(np.log1p(np.abs(values)), values))


def _within(in_order: FloatArray, low: float, high: float) -> Look:
    """Values capped; nothing is done where no cap is reached, or where the caps would leave one value only.

    A cap that no value here reaches may be reached by another one.
    """
    if not low < high:
        return NOTHING
    reached = in_order[0] < low or high < in_order[-1]
    return Look("winsorised" if reached else "none", Transformation("caps", (low, high)))


def _recorded(in_order: FloatArray, look: Callable[[FloatArray], Look]) -> TreatmentRecord:
    """What becomes of a column, unless it is empty."""
    return recorded(in_order, lambda values, _: look(values) if values.size else NOTHING, _SKEW, _KURTOSIS)


def _rising_shares(stated: Mapping[str, Any]) -> list[Problem]:
    lower, upper = stated.get("lower", 0.05), stated.get("upper", 0.95)
    if 0 <= lower < upper <= 1:
        return []
    return [Problem("lower", Text("应有 0 <= lower < upper <= 1", "0 <= lower < upper <= 1 must hold"))]


def _within_quantiles(in_order: FloatArray, *, lower: float = 0.05, upper: float = 0.95) -> TreatmentRecord:
    def look(values: FloatArray) -> Look:
        return _within(values, quantile_in_order(values, lower), quantile_in_order(values, upper))

    return _recorded(in_order, look)


@treatment(
    "percentile",
    zh="按分位数缩尾",
    en="Winsorise at percentiles",
    formula="x -> min(max(x, quantile(lower)), quantile(upper))",
    obeys=_ALWAYS,
    reference="Tukey 1962, The Future of Data Analysis (winsorising); quantiles: Hyndman and Fan 1996, type 7; "
    "OECD/JRC Handbook, 2008, section 5.1 (values beyond the 2.5 and 97.5 percentiles set to them)",
    golden="statology",
    golden_source="Statology, Winsorize: Definition & Examples (statology.org)",
    parameters={
        "lower": Meaning("低端分位数，低于它的取其值", "the share of the lower cap; what lies below is set to it"),
        "upper": Meaning("高端分位数，高于它的取其值", "the share of the upper cap; what lies above is set to it"),
    },
    relations=_rising_shares,
    needs_sort=True,
    record_in_order=_within_quantiles,
)
def percentile(X: FloatArray, *, lower: float = 0.05, upper: float = 0.95) -> Treated:
    """Set what lies below the lower quantile, and above the upper one, to that quantile.

    X: (units, indicators). Quantiles are linear between values. A column whose two quantiles are equal stays as it is,
    because nothing would be left of it. Gaps stay. Returns `Treated(values, records)`; `passed` says whether the column
    is within the usual skewness of 2 or kurtosis of 3.5.

    >>> percentile(np.array([[1.0], [2.0], [3.0], [4.0], [90.0]]), lower=0.25, upper=0.75).values.ravel()
    array([2., 2., 3., 4., 4.])
    """
    return treated_in_order(X, lambda values: _within_quantiles(values, lower=lower, upper=upper))


def _positive_distance(stated: Mapping[str, Any]) -> list[Problem]:
    if stated.get("k", 1.5) > 0:
        return []
    return [Problem("k", Text("k 应大于零", "k must be above zero"))]


def _within_fences(in_order: FloatArray, *, k: float = 1.5) -> TreatmentRecord:
    def look(values: FloatArray) -> Look:
        first, third = quantile_in_order(values, 0.25), quantile_in_order(values, 0.75)
        return _within(values, first - k * (third - first), third + k * (third - first))

    return _recorded(in_order, look)


@treatment(
    "iqr_fences",
    zh="四分位距围栏",
    en="Fences of the interquartile range",
    formula="x -> min(max(x, Q1 - k (Q3 - Q1)), Q3 + k (Q3 - Q1))",
    obeys=_ALWAYS,
    reference="Tukey 1977, Exploratory Data Analysis (fences)",
    golden="wikipedia_box_plot",
    golden_source="Wikipedia, Box plot, example with outliers",
    parameters={"k": Meaning("围栏到四分位数的距离，以四分位距计", "how far the fences are, in interquartile ranges")},
    relations=_positive_distance,
    needs_sort=True,
    record_in_order=_within_fences,
)
def iqr_fences(X: FloatArray, *, k: float = 1.5) -> Treated:
    """Set what lies beyond a fence, `k` interquartile ranges outside the quartiles, to the fence.

    X: (units, indicators). Quartiles are linear between values. Where the quartiles are equal there are no fences and
    the column stays as it is. Gaps stay. Returns `Treated(values, records)`; `passed` as for `percentile`.

    >>> iqr_fences(np.array([[1.0], [2.0], [3.0], [4.0], [90.0]])).values.ravel()
    array([1., 2., 3., 4., 7.])
    """
    return treated_in_order(X, lambda values: _within_fences(values, k=k))


@treatment(
    "ln",
    zh="自然对数",
    en="Natural logarithm",
    formula="x -> ln x",
    needs=Needs(positive=True),
    obeys=_ALWAYS | {"duplicate unit", "unit by unit"},
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5 (normalisation, outliers)",
    golden="hdi_2017_to_2021",
    golden_source="UNDP, Human Development Report 2021-22, statistical annex, HDI of 2017 to 2021: income",
    record_in_order=_recorded_in(_ln),
)
def ln(X: FloatArray) -> Treated:
    """Take the natural logarithm of every value, whatever the shape of its column.

    X: (units, indicators), above zero; DomainError otherwise. The values are no longer in their measure. Gaps stay.
    Returns `Treated(values, records)`; `passed` as for `percentile`.

    >>> ln(np.array([[1.0], [np.e]])).values.ravel()
    array([0., 1.])
    """
    return _each_alone(X, _ln)


@treatment(
    "log1p",
    zh="加一取对数",
    en="Logarithm of one more",
    formula="x -> ln(x + 1)",
    needs=Needs(nonnegative=True),
    obeys=_ALWAYS | {"duplicate unit", "unit by unit"},
    reference="Bartlett 1947, The Use of Transformations, Biometrics 3 (log(x + 1) for counts)",
    golden="polars",
    golden_source="Polars documentation, Series.log1p",
    record_in_order=_recorded_in(_log1p),
)
def log1p(X: FloatArray) -> Treated:
    """Take ln(x + 1) of every value: for counts, which may be zero.

    X: (units, indicators), not below zero; DomainError otherwise. The result depends on the measure of the indicator,
    because 1 does. Gaps stay. Returns `Treated(values, records)`; `passed` as for `percentile`.

    >>> log1p(np.array([[0.0], [np.e - 1]])).values.ravel()
    array([0., 1.])
    """
    return _each_alone(X, _log1p)


@treatment(
    "signed_log",
    zh="带符号的对数",
    en="Signed logarithm",
    formula="x -> sign(x) ln(|x| + 1)",
    obeys=_ALWAYS | {"duplicate unit", "unit by unit"},
    reference="John and Draper 1980, An Alternative Family of Transformations, Applied Statistics 29 (modulus, λ = 0)",
    golden="torchrl",
    golden_source="TorchRL 0.14 documentation, torchrl.modules.functional.symlog",
    record_in_order=_recorded_in(_signed_log),
)
def signed_log(X: FloatArray) -> Treated:
    """Draw in the tails on both sides of zero: for growth and profit, which may be negative.

    X: (units, indicators). The result depends on the measure of the indicator, because 1 does. Gaps stay. Returns
    `Treated(values, records)`; `passed` as for `percentile`.

    >>> signed_log(np.array([[1 - np.e], [0.0], [np.e - 1]])).values.ravel()
    array([-1.,  0.,  1.])
    """
    return _each_alone(X, _signed_log)


def _raised_to_a_power(in_order: FloatArray, *, power: float | None = None) -> TreatmentRecord:
    def look(values: FloatArray) -> Look:
        low, high = np.asarray(values[0]), np.asarray(values[-1])
        if power is None and (values.size < _FEWEST or is_constant(low, high)):
            return NOTHING
        mean = sum_in_blocks(values, np.log) / values.size
        own = _likeliest_power(values, mean) if power is None else power
        return Look("box_cox", Transformation("box_cox", (own, mean)), own)

    return _recorded(in_order, look)


@treatment(
    "box_cox",
    zh="Box-Cox 变换",
    en="Box-Cox transformation",
    formula="x -> ((x/g)^λ - 1) / λ, ln(x/g) for λ = 0; g is the geometric mean of x",
    needs=Needs(positive=True),
    obeys=_ALWAYS,
    reference="Box and Cox 1964, An Analysis of Transformations, Journal of the Royal Statistical Society B 26",
    golden="johnson_wichern",
    golden_source="Johnson, Wichern, Applied Multivariate Statistical Analysis, example 4.10; NIST/SEMATECH "
    "e-Handbook, section 6.5.2",
    parameters={
        "power": Meaning(
            "幂 λ；未给出则按最大似然法从数据求出",
            "the power λ; where it is not stated, that of the greatest likelihood",
        )
    },
    needs_sort=True,
    record_in_order=_raised_to_a_power,
)
def box_cox(X: FloatArray, *, power: float | None = None) -> Treated:
    """Raise each column to the power that makes it most like a normal distribution, or to a stated one.

    X: (units, indicators), above zero; DomainError otherwise. Values are divided by their geometric mean first, which
    changes neither λ nor any linear score, keeps digits that x^λ would lose, and makes the measure irrelevant. The
    likeliest λ is sought from -5 to 5; a column of fewer than four values, or of equal ones, has none and stays as it
    is. Gaps stay. Returns `Treated(values, records)`, λ in `records[i].power`. Raises DomainError where the result
    would be too large.

    >>> box_cox(np.array([[1.0], [2.0], [4.0]]), power=-1).values.ravel()
    array([-1. ,  0. ,  0.5])
    """
    return treated_in_order(X, lambda values: _raised_to_a_power(values, power=power))


def _likeliest_power(in_order: FloatArray, mean: float) -> float:
    """The λ of the greatest likelihood; mean: of the logarithms, so that the likelihood is -n/2 ln(variance)."""
    from scipy.optimize import minimize_scalar

    n, ends = in_order.size, np.log(np.asarray(in_order[[0, -1]])) - mean
    most = min(_LARGEST_POWER, LARGEST_EXPONENT / float(np.abs(ends).max()))

    def spread(power: float) -> float:
        made = Transformation("box_cox", (power, mean))
        center = sum_in_blocks(in_order, made.of) / n
        squares = sum_in_blocks(in_order, lambda block: np.square(made.of(block) - center))
        return float(np.log(np.sqrt(squares / n)))

    return float(minimize_scalar(spread, bounds=(-most, most), method="bounded", options={"xatol": 1e-9}).x)
