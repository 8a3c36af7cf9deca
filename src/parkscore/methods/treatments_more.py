"""Treatments of every column they are stated for: caps from quantiles, and transformations that draw a long tail in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import is_constant
from parkscore.methods.domain import FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.records import Action, Treated, TreatmentRecord
from parkscore.methods.registry import treatment
from parkscore.methods.transformations import LARGEST_EXPONENT, Transformation, raised
from parkscore.methods.treatments import passes, shape_of

_ALWAYS = {"unit order", "indicator order", "order within an indicator"}
# The verdict of a record is the usual one of the JRC COIN tool, as for `none`.
_SKEW, _KURTOSIS = 2.0, 3.5
_FEWEST = 4
# The largest λ, in size, that is looked for.
_LARGEST_POWER = 5.0


class _Improved(NamedTuple):
    """What became of the present values of a column."""

    action: Action
    values: FloatArray
    power: float = math.nan
    made: Transformation | None = None


def _treat_each(X: FloatArray, improve: Callable[[FloatArray], _Improved]) -> Treated:
    """Improve the present values of each column, and record what happened to all."""
    treated = X.copy()
    records = []
    for column in treated.T:
        present = ~np.isnan(column)
        before = column[present]
        action, after, power, made = improve(before) if before.size else _Improved("none", before)
        column[present] = after
        points = int(np.count_nonzero(after != before)) if action == "winsorised" else 0
        shape = shape_of(after)
        verdict = passes(shape, _SKEW, _KURTOSIS)
        records.append(TreatmentRecord(action, points, *shape_of(before), *shape, verdict, power, made))
    return Treated(treated, records)


def _within(values: FloatArray, low: float, high: float) -> _Improved:
    """Values capped; nothing is done where no cap is reached, or where the caps would leave one value only.

    A cap that no value here reaches may be reached by another one.
    """
    if not low < high:
        return _Improved("none", values)
    caps = Transformation("caps", (low, high))
    if low <= values.min() and values.max() <= high:
        return _Improved("none", values, made=caps)
    return _Improved("winsorised", caps.of(values), made=caps)


def _quantiles(values: FloatArray, low: float, high: float) -> tuple[float, float]:
    """Two quantiles, linear between the values on either side (NumPy's default)."""
    found = np.quantile(np.sort(values), [low, high])
    return float(found[0]), float(found[1])


def _rising_shares(stated: Mapping[str, Any]) -> list[Problem]:
    lower, upper = stated.get("lower", 0.05), stated.get("upper", 0.95)
    if 0 <= lower < upper <= 1:
        return []
    return [Problem("lower", Text("应有 0 <= lower < upper <= 1", "0 <= lower < upper <= 1 must hold"))]


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
)
def percentile(X: FloatArray, *, lower: float = 0.05, upper: float = 0.95) -> Treated:
    """Set what lies below the lower quantile, and above the upper one, to that quantile.

    X: (units, indicators). Quantiles are linear between values. A column whose two quantiles are equal stays as it is,
    because nothing would be left of it. Gaps stay. Returns `Treated(values, records)`; `passed` says whether the column
    is within the usual skewness of 2 or kurtosis of 3.5.

    >>> percentile(np.array([[1.0], [2.0], [3.0], [4.0], [90.0]]), lower=0.25, upper=0.75).values.ravel()
    array([2., 2., 3., 4., 4.])
    """
    return _treat_each(X, lambda values: _within(values, *_quantiles(values, lower, upper)))


def _positive_distance(stated: Mapping[str, Any]) -> list[Problem]:
    if stated.get("k", 1.5) > 0:
        return []
    return [Problem("k", Text("k 应大于零", "k must be above zero"))]


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
)
def iqr_fences(X: FloatArray, *, k: float = 1.5) -> Treated:
    """Set what lies beyond a fence, `k` interquartile ranges outside the quartiles, to the fence.

    X: (units, indicators). Quartiles are linear between values. Where the quartiles are equal there are no fences and
    the column stays as it is. Gaps stay. Returns `Treated(values, records)`; `passed` as for `percentile`.

    >>> iqr_fences(np.array([[1.0], [2.0], [3.0], [4.0], [90.0]])).values.ravel()
    array([1., 2., 3., 4., 7.])
    """

    def fenced(values: FloatArray) -> _Improved:
        first, third = _quantiles(values, 0.25, 0.75)
        return _within(values, first - k * (third - first), third + k * (third - first))

    return _treat_each(X, fenced)


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
)
def ln(X: FloatArray) -> Treated:
    """Take the natural logarithm of every value, whatever the shape of its column.

    X: (units, indicators), above zero; DomainError otherwise. The values are no longer in their measure. Gaps stay.
    Returns `Treated(values, records)`; `passed` as for `percentile`.

    >>> ln(np.array([[1.0], [np.e]])).values.ravel()
    array([0., 1.])
    """
    return _treat_each(X, lambda values: _Improved("log", np.asarray(np.log(values))))


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
)
def log1p(X: FloatArray) -> Treated:
    """Take ln(x + 1) of every value: for counts, which may be zero.

    X: (units, indicators), not below zero; DomainError otherwise. The result depends on the measure of the indicator,
    because 1 does. Gaps stay. Returns `Treated(values, records)`; `passed` as for `percentile`.

    >>> log1p(np.array([[0.0], [np.e - 1]])).values.ravel()
    array([0., 1.])
    """
    return _treat_each(X, lambda values: _Improved("log", np.asarray(np.log1p(values))))


@treatment(
    "signed_log",
    zh="带符号的对数",
    en="Signed logarithm",
    formula="x -> sign(x) ln(|x| + 1)",
    obeys=_ALWAYS | {"duplicate unit", "unit by unit"},
    reference="John and Draper 1980, An Alternative Family of Transformations, Applied Statistics 29 (modulus, λ = 0)",
    golden="torchrl",
    golden_source="TorchRL 0.14 documentation, torchrl.modules.functional.symlog",
)
def signed_log(X: FloatArray) -> Treated:
    """Draw in the tails on both sides of zero: for growth and profit, which may be negative.

    X: (units, indicators). The result depends on the measure of the indicator, because 1 does. Gaps stay. Returns
    `Treated(values, records)`; `passed` as for `percentile`.

    >>> signed_log(np.array([[1 - np.e], [0.0], [np.e - 1]])).values.ravel()
    array([-1.,  0.,  1.])
    """
    return _treat_each(X, lambda values: _Improved("log", np.asarray(np.copysign(np.log1p(np.abs(values)), values))))


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

    def improve(values: FloatArray) -> _Improved:
        if power is None and (values.size < _FEWEST or is_constant(values.min(), values.max())):
            return _Improved("none", values)
        logs = np.log(values)
        mean = float(np.sort(logs).mean())
        own = _likeliest_power(np.sort(logs - mean)) if power is None else power
        made = Transformation("box_cox", (own, mean))
        return _Improved("box_cox", made.of(values), own, made)

    return _treat_each(X, improve)


def _likeliest_power(logs: FloatArray) -> float:
    """The λ of the greatest likelihood; logs: sorted, of mean 0, so that the likelihood is -n/2 ln(variance)."""
    from scipy.optimize import minimize_scalar

    most = min(_LARGEST_POWER, LARGEST_EXPONENT / float(np.abs(logs).max()))

    def spread(power: float) -> float:
        return float(np.log(np.std(raised(logs, power))))

    return float(minimize_scalar(spread, bounds=(-most, most), method="bounded", options={"xatol": 1e-9}).x)
