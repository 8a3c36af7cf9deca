"""What the numbers of a framework say about its structure: spread, correlation, reliability, components."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import highest, in_order, is_constant, lowest, moments
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.treatments import shape_of

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
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < FEWEST_PAIRS or has_no_spread(x) or has_no_spread(y):
        return Correlation(len(x), math.nan, math.nan, math.nan)
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    return Correlation(len(x), _pearson(x, y), _pearson(average_ranks(x), average_ranks(y)), _kendall(x, y))


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
    _, position, count = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[position])


def _pearson(x: FloatArray, y: FloatArray) -> float:
    return float(np.clip((_standardised(x) * _standardised(y)).sum(), -1.0, 1.0))


def _standardised(x: FloatArray) -> FloatArray:
    """Deviations from the mean, their squares summing to 1; brought to a size near 1 before they are squared."""
    from_mean = x - x.mean()
    from_mean = from_mean / np.abs(from_mean).max()
    return np.asarray(from_mean / math.sqrt(np.square(from_mean).sum()))


def _kendall(x: FloatArray, y: FloatArray) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(x, y, method="asymptotic").statistic)


# --- do the parts belong together ----------------------------------------------------------------------------------


def _complete(X: FloatArray, fewest_items: int) -> FloatArray:
    """The matrix in an order of rows that does not depend on the order of the units; DomainError for what has none."""
    if X.shape[1] < fewest_items:
        raise DomainError(Text(f"需要至少 {fewest_items} 个指标", f"needs at least {fewest_items} indicators"))
    if X.shape[0] < FEWEST_PAIRS:
        raise DomainError(Text(f"需要至少 {FEWEST_PAIRS} 个评价对象", f"needs at least {FEWEST_PAIRS} units"))
    if np.isnan(X).any():
        raise DomainError(Text("需要没有缺失值", "needs no missing values"))
    even = [column for column in range(X.shape[1]) if has_no_spread(X[:, column])]
    if even:
        raise DomainError(Text("有的指标没有差异", "has an indicator that is equal for all units"), columns=even)
    return np.asarray(X[np.lexsort(X.T[::-1])])


def alpha(X: FloatArray) -> float:
    """Cronbach's alpha, k / (k - 1) (1 - Σ variance of a column / variance of the row sums); (units, indicators).

    Cronbach 1951, Psychometrika 16. It is at most 1 and may be negative. NaN where the row sums are all equal.
    Raises DomainError where there are fewer than two columns, a gap, or a constant column.

    >>> round(alpha(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])), 4)
    0.8889
    """
    return _alpha(_complete(X, 2))


def _alpha(X: FloatArray) -> float:
    items = X.shape[1]
    # At a size near 1, one for all, squares neither overflow nor vanish and the ratio stays.
    sums = X.sum(axis=1) / np.abs(X).max()
    if has_no_spread(sums):
        return math.nan
    parts = np.var(X / np.abs(X).max(), axis=0, ddof=1).sum()
    return float(items / (items - 1) * (1 - parts / np.var(sums, ddof=1)))


def alpha_without(X: FloatArray) -> FloatArray:
    """Cronbach's alpha with each column left out in turn, (indicators,); needs three columns, else as `alpha`.

    >>> alpha_without(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 5.0], [3.0, 6.0, 1.0]])).round(4)
    array([0.3077, 0.2222, 0.8889])
    """
    X = _complete(X, 3)
    return np.array([_alpha(np.delete(X, column, axis=1)) for column in range(X.shape[1])])


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
