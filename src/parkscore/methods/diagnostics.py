"""What the numbers of a framework say about its structure: spread, correlation, reliability, components."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import highest, in_order, is_constant, lowest, moments
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, IntArray
from parkscore.methods.treatments import shape_of
from parkscore.methods.unit_order import in_unit_order

Kind = Literal["pearson", "spearman", "kendall"]

FEWEST_PAIRS = 3
"""Two points always lie on a line: a correlation needs a third."""


class Statistics(NamedTuple):
    """The spread of one column; what its present values are too few for is NaN.

    sd: with n - 1. skewness, kurtosis: adjusted for the sample, as in Excel. unique: the number of different values.
    """

    n: int
    missing: int
    minimum: float
    maximum: float
    mean: float
    median: float
    sd: float
    skewness: float
    kurtosis: float
    zeros: int
    unique: int


def statistics(x: FloatArray) -> Statistics:
    """Describe one column, (units,), over its present values.

    >>> statistics(np.array([1.0, np.nan, 0.0, 2.0])).median
    1.0
    """
    ordered = np.asarray(x, dtype=np.float64)
    present = in_order(ordered[~np.isnan(ordered)])
    mean, sd = moments(present, "n-1")
    n = present.size
    return Statistics(
        n=n,
        missing=len(x) - n,
        minimum=float(lowest(present)),
        maximum=float(highest(present)),
        mean=float(mean),
        median=float(np.median(present)) if n else math.nan,
        sd=float(sd) if n > 1 else math.nan,
        skewness=shape_of(present)[0],
        kurtosis=shape_of(present)[1],
        zeros=int(np.count_nonzero(present == 0)),
        unique=len(np.unique(present)),
    )


# --- correlation ---------------------------------------------------------------------------------------------------


class Correlation(NamedTuple):
    """Three correlations of two columns over the n units that have both; NaN where there is none."""

    n: int
    pearson: float
    spearman: float
    kendall: float


def correlation(x: FloatArray, y: FloatArray) -> Correlation:
    """Pearson's r, Spearman's rho and Kendall's tau-b of two columns, (units,), over the units that have both.

    NaN where fewer than three units have both, or where one of the columns is constant among them. The same to the
    last digit in any order of the units. Kendall: 1938, ties as in 1945.

    >>> correlation(np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0, 8.0, 27.0, 0.0])).kendall
    1.0
    """
    return Correlations(np.column_stack([x, y])).between(0, 1)


class Correlations:
    """The correlations between any two columns of one table, (units, columns), which looks at each column once.

    Each is what `correlation` says of the two columns, but for rounding; it, too, is the same to the last digit in any
    order of the units. Kendall's tau takes most of the time, which grows as that of sorting the units does.

    >>> Correlations(np.array([[1.0, 1.0], [2.0, 8.0], [3.0, 27.0]])).between(0, 1).kendall
    1.0
    """

    def __init__(self, X: FloatArray) -> None:
        """Take the units in an order that their values decide."""
        self._columns = [_Column(column) for column in np.ascontiguousarray(in_unit_order(X).T)]

    def between(self, a: int, b: int) -> Correlation:
        """The three correlations of columns a and b, over the units that have both."""
        x, y = self._both(a, b)
        if not _can_correlate(x, y):
            return Correlation(x.values.size, math.nan, math.nan, math.nan)
        spearman = _product(x.standardised_ranks, y.standardised_ranks)
        return Correlation(x.values.size, _product(x.standardised, y.standardised), spearman, _kendall(x, y))

    def linear(self, a: int, b: int) -> tuple[int, float]:
        """The number of units that have both, and Pearson's r alone."""
        x, y = self._both(a, b)
        return x.values.size, _product(x.standardised, y.standardised) if _can_correlate(x, y) else math.nan

    def _both(self, a: int, b: int) -> tuple[_Column, _Column]:
        x, y = self._columns[a], self._columns[b]
        if x.is_complete and y.is_complete:
            return x, y
        both = x.is_present & y.is_present
        return x.among(both), y.among(both)


class _Column:
    """A column of values, and what correlations ask of it, found when it is first asked for."""

    def __init__(self, values: FloatArray, levels: IntArray | None = None) -> None:
        self.values = values
        self._levels = levels

    def among(self, chosen: BoolArray) -> _Column:
        return _Column(self.values[chosen], self.levels[chosen])

    @cached_property
    def is_present(self) -> BoolArray:
        return ~np.isnan(self.values)

    @cached_property
    def is_complete(self) -> bool:
        return bool(self.is_present.all())

    @cached_property
    def has_spread(self) -> bool:
        return not has_no_spread(self.values)

    @cached_property
    def levels(self) -> IntArray:
        """The place of each value among the different ones; there may be places between that no value has."""
        return _levels(self.values) if self._levels is None else self._levels

    @cached_property
    def standardised(self) -> FloatArray:
        return _standardised(self.values)

    @cached_property
    def standardised_ranks(self) -> FloatArray:
        return _standardised(_ranks_of(self.levels))


def _can_correlate(x: _Column, y: _Column) -> bool:
    return x.values.size >= FEWEST_PAIRS and x.has_spread and y.has_spread


def has_no_spread(x: FloatArray) -> bool:
    """Whether the present values of a column, (units,), are equal but for rounding, or none.

    >>> has_no_spread(np.array([0.3, 0.1 + 0.2, np.nan]))
    True
    """
    low, high = lowest(x), highest(x)
    return bool(np.isnan(low) or is_constant(low, high))


def average_ranks(x: FloatArray) -> FloatArray:
    """Ranks from 1, smallest first, the equal ones sharing the mean of their ranks; (units,) without gaps.

    >>> average_ranks(np.array([5.0, 1.0, 5.0]))
    array([2.5, 1. , 2.5])
    """
    return _ranks_of(_levels(x))


def _levels(x: FloatArray) -> IntArray:
    return np.asarray(np.unique(x, return_inverse=True)[1], dtype=np.int32)


def _ranks_of(levels: IntArray) -> FloatArray:
    """Average ranks of values of which the place among the different ones is known."""
    count = np.bincount(levels)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[levels])


def _product(x: FloatArray, y: FloatArray) -> float:
    """The correlation of what is standardised."""
    return float(np.clip((x * y).sum(), -1.0, 1.0))


def _standardised(x: FloatArray) -> FloatArray:
    """Deviations from the mean, their squares summing to 1; brought to a size near 1 before they are squared."""
    from_mean = x - x.mean()
    from_mean = from_mean / np.abs(from_mean).max()
    return np.asarray(from_mean / math.sqrt(np.square(from_mean).sum()))


def _kendall(x: _Column, y: _Column) -> float:
    from scipy.stats import kendalltau

    # Only the order counts: whole numbers are sorted faster.
    return float(kendalltau(x.levels, y.levels, method="asymptotic").statistic)


# --- do the parts belong together ----------------------------------------------------------------------------------


def _complete(X: FloatArray, fewest_items: int) -> FloatArray:
    """The matrix in an order of rows that does not depend on the order of the units; DomainError for what has none."""
    if X.shape[1] < fewest_items:
        raise DomainError(Text(f"需要至少 {fewest_items} 个指标", f"needs at least {fewest_items} indicators"))
    if X.shape[0] < FEWEST_PAIRS:
        raise DomainError(Text(f"需要至少 {FEWEST_PAIRS} 个评价对象", f"needs at least {FEWEST_PAIRS} units"))
    if np.isnan(X).any():
        raise DomainError(Text("需要没有缺失值", "needs no missing values"))
    even = np.flatnonzero(is_constant(lowest(X), highest(X)))
    if even.size:
        reason = Text("有的指标没有差异", "has an indicator that is equal for all units")
        raise DomainError(reason, columns=even.tolist())
    return in_unit_order(X)


def alpha(X: FloatArray) -> float:
    """Cronbach's alpha, k / (k - 1) (1 - Σ variance of a column / variance of the row sums); (units, indicators).

    Cronbach 1951, Psychometrika 16. It is at most 1 and may be negative. NaN where the row sums are all equal.
    Raises DomainError where there are fewer than two columns, a gap, or a constant column.

    >>> round(alpha(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])), 4)
    0.8889
    """
    return _alpha(_complete(X, 2))


def _alpha(X: FloatArray) -> float:
    # At a size near 1, one for all, squares neither overflow nor vanish and the ratio stays.
    scaled = X / np.abs(X).max()
    return _alpha_of(scaled.sum(axis=1), np.var(scaled, axis=0, ddof=1))


def _alpha_of(sums: FloatArray, variances: FloatArray) -> float:
    """Alpha from the row sums and the variances of the columns."""
    if has_no_spread(sums):
        return math.nan
    items = len(variances)
    return float(items / (items - 1) * (1 - variances.sum() / np.var(sums, ddof=1)))


def alpha_without(X: FloatArray) -> FloatArray:
    """Cronbach's alpha with each column left out in turn, (indicators,); needs three columns, else as `alpha`.

    >>> alpha_without(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 5.0], [3.0, 6.0, 1.0]])).round(4)
    array([0.3077, 0.2222, 0.8889])
    """
    X = _complete(X, 3)
    scaled = X / np.abs(X).max()
    variances = np.var(scaled, axis=0, ddof=1)
    columns = np.ascontiguousarray(scaled.T)
    return np.array(
        [
            _alpha_of(np.delete(columns, column, axis=0).sum(axis=0), np.delete(variances, column))
            for column in range(len(columns))
        ]
    )


def correlation_matrix(X: FloatArray) -> FloatArray:
    """Pearson's r of every two columns of complete data; raises DomainError as `alpha` does.

    >>> correlation_matrix(np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])).round(4)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    X = _complete(X, 2)
    Z = np.column_stack([_standardised(column) for column in X.T])
    R = np.clip(Z.T @ Z, -1.0, 1.0)
    np.fill_diagonal(R, 1.0)
    return np.asarray(R)


def eigenvalues(R: FloatArray) -> FloatArray:
    """The variances of the principal components of standardised data, largest first; they sum to their number.

    R: correlations, (indicators, indicators). What rounding puts below zero is zero. Pearson 1901; Hotelling 1933.

    >>> eigenvalues(np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([1.5, 0.5])
    """
    return np.asarray(np.clip(np.linalg.eigvalsh(R)[::-1], 0.0, None))


def is_singular(R: FloatArray) -> bool:
    """Whether the columns behind these correlations say the same twice: the smallest eigenvalue is 0 but for rounding.

    >>> is_singular(np.ones((2, 2)))
    True
    """
    return bool(eigenvalues(R)[-1] < len(R) * 1e-12)


class Adequacy(NamedTuple):
    """Kaiser-Meyer-Olkin: overall, and for each column, (indicators,)."""

    overall: float
    by_column: FloatArray


def kmo(R: FloatArray) -> Adequacy:
    """How much of the correlations is shared by several columns: Σ r² / (Σ r² + Σ partial r²), off the diagonal.

    R: correlations, (indicators, indicators). From 0 to 1; a column without any correlation has 0.5 by convention
    where nothing is shared. Kaiser and Rice 1974. Raises DomainError where the matrix is singular.

    >>> round(kmo(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])).overall, 4)
    0.6923
    """
    _refuse_singular(R)
    inverse = np.linalg.inv(R)
    size = np.sqrt(np.diag(inverse))
    partial = np.square(inverse / np.outer(size, size))
    simple = np.square(R)
    np.fill_diagonal(partial, 0.0)
    np.fill_diagonal(simple, 0.0)
    return Adequacy(
        float(_part(simple.sum(), (simple + partial).sum())), _part(simple.sum(axis=0), (simple + partial).sum(axis=0))
    )


def _part(part: FloatArray, whole: FloatArray) -> FloatArray:
    # Neither simple nor partial correlation: as much of the one as of the other.
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), 0.5), where=np.asarray(whole) > 0))


class Sphericity(NamedTuple):
    """Bartlett's test that nothing is correlated: chi-squared, its degrees of freedom, the probability under chance."""

    chi_squared: float
    degrees: int
    p: float


def bartlett(R: FloatArray, n: int) -> Sphericity:
    """Bartlett's test of sphericity: -(n - 1 - (2k + 5) / 6) ln det R, with k (k - 1) / 2 degrees of freedom.

    R: correlations of k columns over n units. Bartlett 1951. Raises DomainError where the matrix is singular, or the
    units are too few for the factor to be above zero.

    >>> bartlett(np.array([[1.0, 0.5], [0.5, 1.0]]), 20).degrees
    1
    """
    from scipy.special import gammaincc

    _refuse_singular(R)
    items = len(R)
    factor = n - 1 - (2 * items + 5) / 6
    if factor <= 0:
        raise DomainError(Text("评价对象太少", "has too few units"))
    chi_squared = max(0.0, -factor * float(np.linalg.slogdet(R)[1]))
    degrees = items * (items - 1) // 2
    return Sphericity(chi_squared, degrees, float(gammaincc(degrees / 2, chi_squared / 2)))


def _refuse_singular(R: FloatArray) -> None:
    if is_singular(R):
        raise DomainError(Text("指标之间线性相关，矩阵不可逆", "its indicators are linearly dependent"))
