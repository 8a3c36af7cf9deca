"""Weighting methods that give an indicator the more, the more the units differ in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import chain

import numpy as np

from parkscore.methods.columns import Divisor, counts, highest, in_order, is_constant, lowest, moments, sums
from parkscore.methods.domain import BoolArray, FloatArray, Needs
from parkscore.methods.parameters import Meaning
from parkscore.methods.registry import weighting
from parkscore.methods.shares import shares_of
from parkscore.methods.unit_order import blocks_in_unit_order, column_sums

_DIVISOR = Meaning(
    "标准差的分母：n 或 n-1；没有缺失值时权重与此无关",
    "what the standard deviation divides by, n or n-1; it moves weights only where indicators have gaps",
)
_LOPCOW_DIVISOR = Meaning("标准差的分母：n 或 n-1", "what the standard deviation divides by, n or n-1")

# Squares this large, and a deviation not this small against the mean, are computed without further care.
_SMALLEST = 1e-280
_NEARLY_EVEN = 1e-12
# Squares about the mean that are this part of those about zero lose two digits when computed from them.
_FAR = 0.01
# |ln(rms / sd)| below this is what rounding leaves of 0.
_ROUNDING = 1e-12


@weighting(
    "standard_deviation",
    zh="标准差法",
    en="Standard deviation weights",
    formula="w = s / Σs;  s = standard deviation of the scores",
    needs=Needs(units=2),
    obeys={"unit order", "indicator order", "shift of an indicator"},
    reference="Diakoulaki, Mavrotas, Papayannakis 1995; Jahan, Edwards 2013",
    golden="jahan_edwards_2013",
    golden_source="Jahan, Edwards 2013, Materials and Design 49, 1000-1008; as in pymcdm, test/test_weights.py",
    parameters={"divisor": _DIVISOR},
)
def standard_deviation(X: FloatArray, *, divisor: Divisor = "n-1") -> FloatArray:
    """Weights that grow with how widely the scores of an indicator are spread.

    X: (units, indicators), scores on one scale: an indicator in a larger measure would weigh more for it. Returns
    shares, (indicators,), summing to 1. Raises DomainError with one unit only.

    Each indicator is taken over the units that have a value. One that is equal for all of them, or has fewer than two,
    gets 0; if that is so for all, the shares are equal.

    >>> standard_deviation(np.array([[0.0, 10.0], [1.0, 13.0]]))
    array([0.25, 0.75])
    """
    return shares_of(_means_and_deviations(X, divisor)[1])


@weighting(
    "coefficient_of_variation",
    zh="变异系数法",
    en="Coefficient of variation weights",
    formula="w = v / Σv;  v = s / mean",
    needs=Needs(nonnegative=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Pearson 1896 for the coefficient; as weights, a common practice without one source",
    golden="objective_weighting",
    golden_source="objective-weighting (Python, energyinpython), docs/usage.rst; the table is that of Shuai et al. "
    "2012",
    parameters={"divisor": _DIVISOR},
)
def coefficient_of_variation(X: FloatArray, *, divisor: Divisor = "n-1") -> FloatArray:
    """Weights that grow with the standard deviation of an indicator against its mean.

    X: (units, indicators), scores that count from a natural zero. Returns shares, (indicators,), summing to 1.
    Raises DomainError where X is negative or has one unit only.

    Each indicator is taken over the units that have a value. One that is equal for all of them, or has fewer than two,
    gets 0; if that is so for all, the shares are equal.

    >>> coefficient_of_variation(np.array([[1.0, 10.0], [3.0, 30.0]]))
    array([0.5, 0.5])
    """
    mean, deviation = _means_and_deviations(X, divisor)
    return shares_of(_where(deviation > 0, deviation, mean))


@weighting(
    "variance",
    zh="方差法",
    en="Statistical variance weights",
    formula="w = v / Σv;  v = s² / (max - min)²",
    needs=Needs(units=2),
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator"},
    reference="Rao, Patel 2010, Materials and Design 31",
    golden="objective_weighting",
    golden_source="objective-weighting (Python, energyinpython), docs/usage.rst; the table is that of Sałabun, "
    "Wątróbski, Shekhovtsov 2020, Symmetry 12(9), 1549",
    parameters={"divisor": _DIVISOR},
)
def variance(X: FloatArray, *, divisor: Divisor = "n-1") -> FloatArray:
    """Weights that grow with the variance of an indicator between its smallest and its largest value.

    X: (units, indicators); each indicator is scaled to 0-1 first. Returns shares, (indicators,), summing to 1.
    Raises DomainError with one unit only.

    Each indicator is taken over the units that have a value. One that is equal for all of them, or has fewer than two,
    gets 0; if that is so for all, the shares are equal.

    >>> variance(np.array([[0.0, 0.0], [1.0, 5.0], [2.0, 10.0]]))
    array([0.5, 0.5])
    """
    deviation = _means_and_deviations(X, divisor)[1]
    return shares_of(np.square(_where(deviation > 0, deviation, highest(X) - lowest(X))))


@weighting(
    "gini",
    zh="基尼系数法",
    en="Gini weights",
    formula="w = G / ΣG;  G = Σᵢ Σₖ |xᵢ - xₖ| / (2 n² mean)",
    needs=Needs(nonnegative=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Gini 1912; Li, Chi 2009",
    golden="aggarwal_2024",
    golden_source="Aggarwal, Aggarwal, Bansal 2024, International Journal of Intelligent Systems and Applications in "
    "Engineering 12(21s), 3291-3299",
)
def gini(X: FloatArray) -> FloatArray:
    """Weights that grow with the Gini coefficient of an indicator, which is 0 where all units are equal.

    X: (units, indicators), scores that count from a natural zero. Returns shares, (indicators,), summing to 1.
    Raises DomainError where X is negative or has one unit only.

    The n² differences are added up from the sorted values, as Σ i (n - i) (x₍ᵢ₊₁₎ - x₍ᵢ₎), in which nothing cancels.
    Each indicator is taken over the units that have a value. One that is equal for all of them, or has fewer than two,
    gets 0; if that is so for all, the shares are equal.

    >>> gini(np.array([[0.0, 1.0], [1.0, 3.0]])).round(4)
    array([0.6667, 0.3333])
    """
    ordered = in_order(X)
    low, high = ordered[:, 0], ordered[:, -1]
    place = np.arange(1.0, len(X))
    if not np.isnan(high).any():
        differences = (ordered[:, 1:] - ordered[:, :-1]) @ (place * (len(X) - place))
        return shares_of(_where(~is_constant(low, high), differences, len(X) * (ordered @ np.ones(len(X)))))
    n = counts(X)
    differences = sums(np.diff(ordered, axis=1) * place * (n[:, np.newaxis] - place))
    return shares_of(_where((n > 1) & ~is_constant(low, highest(X)), differences, n * sums(ordered)))


@weighting(
    "lopcow",
    zh="对数百分比变化法",
    en="LOPCOW weights",
    formula="u = (x - min) / (max - min);  PV = |100 ln(√(Σu² / n) / s(u))|;  w = PV / ΣPV",
    needs=Needs(units=2),
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator"},
    reference="Ecer, Pamucar 2022, Omega 112",
    golden="ecer_pamucar_2022",
    golden_source="Ecer, Pamucar 2022, Omega 112, 102690, banks",
    parameters={"divisor": _LOPCOW_DIVISOR},
)
def lopcow(X: FloatArray, *, divisor: Divisor = "n-1") -> FloatArray:
    """Weights by the logarithm of root mean square over standard deviation, of each indicator scaled to 0-1.

    X: (units, indicators), larger is better. Returns shares, (indicators,), summing to 1. Raises DomainError with one
    unit only.

    Each indicator is taken over the units that have a value. One that is equal for all of them, or has fewer than two,
    gets 0. So does, by the formula with n-1, one in which a single unit has it all; if all indicators that differ get
    0, their shares are equal.

    >>> lopcow(np.array([[0.0, 0.0], [1.0, 3.0], [4.0, 4.0], [2.0, 1.0]])).round(4)
    array([0.4681, 0.5319])
    """
    mean, deviation = _means_and_deviations(X, divisor)
    uneven = deviation > 0
    n = np.maximum(counts(X), 1.0)
    # Σu² / n is mean² + s², with the s that divides by n.
    part = 1.0 if divisor == "n" else (n - 1.0) / n
    ratio = np.square(_where(uneven, mean - lowest(X), deviation)) + part
    changes = np.abs(np.log(ratio, out=np.zeros_like(ratio), where=uneven))
    return shares_of(np.where(changes > _ROUNDING, changes, 0.0), uneven)


@weighting(
    "angle",
    zh="夹角法",
    en="Angle weights",
    formula="w = u / Σu;  u = arccos(mean / √(Σx² / n))",
    needs=Needs(nonnegative=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Shuai, Zongzhun, Yongji, Lei 2012, 24th Chinese Control and Decision Conference",
    golden="shuai_2012",
    golden_source="Shuai, Zongzhun, Yongji, Lei 2012, 24th Chinese Control and Decision Conference, 3889-3892",
)
def angle(X: FloatArray) -> FloatArray:
    """Weights that grow with the angle between an indicator and one that is equal for all units.

    X: (units, indicators), scores that count from a natural zero. Returns shares, (indicators,), summing to 1.
    Raises DomainError where X is negative or has one unit only.

    The angle is computed as arctan(standard deviation / mean), which is the same and keeps its digits where an
    indicator is nearly even. Each indicator is taken over the units that have a value. One that is equal for all of
    them, or has fewer than two, gets 0; if that is so for all, the shares are equal.

    >>> angle(np.array([[0.0, 1.0], [1.0, 1.0]]))
    array([1., 0.])
    """
    mean, deviation = _means_and_deviations(X, "n")
    return shares_of(np.arctan2(deviation, mean))


def _means_and_deviations(X: FloatArray, divisor: Divisor) -> tuple[FloatArray, FloatArray]:
    """What `columns.moments` gives, several times faster for columns without gaps and of an ordinary size.

    Squares are counted from zero; where the first block shows that this would cost digits, from its mean; and where
    that is no safe ground either, with all care. None overflows: values are at most 1e150, and units fewer than 100
    million.
    """
    part = 1.0 / (len(X) - (divisor == "n-1"))
    blocks = blocks_in_unit_order(X)
    first = next(blocks)
    sums, total = column_sums(first), column_sums(np.square(first))
    mean = sums * (1.0 / len(first))
    squares = total - sums * mean
    is_plain = np.count_nonzero(squares > _FAR * total + _SMALLEST) == squares.size
    if is_plain and len(first) == len(X):
        return mean, np.sqrt(squares * part)
    centre = np.zeros_like(mean) if is_plain else mean
    sums, total = _sums_of(chain((first,), blocks), None if is_plain else centre)
    off = sums / len(X)
    mean, squares = centre + off, total - sums * off
    deviation = np.sqrt(np.maximum(squares, 0.0) * part)
    ordinary = (squares > _FAR * total + _SMALLEST) & (deviation > _NEARLY_EVEN * np.abs(mean))
    if not ordinary.all():
        mean[~ordinary], deviation[~ordinary] = moments(X[:, ~ordinary], divisor)
    return mean, deviation


def _sums_of(blocks: Iterable[FloatArray], centre: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """The sums of the columns less a centre, and of their squares; the blocks, the first the longest, are changed."""
    whole = np.zeros((0, 0))
    sums, squares = [], []
    for block in blocks:
        if centre is not None:
            # Written out as a block, it is taken off twice as fast as row by row.
            whole = whole if whole.size else np.tile(centre, (len(block), 1))
            block -= whole[: len(block)]
        sums.append(column_sums(block))
        squares.append(np.einsum("ij,ij->j", block, block))
    return reduce(np.add, sums), reduce(np.add, squares)


def _where(chosen: BoolArray, numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """A quotient for the chosen indicators, 0 for the others."""
    return np.asarray(np.divide(numerator, denominator, out=np.zeros(numerator.shape), where=chosen))
