"""The scores that count of each unit, with the share of a gap handed to the others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from parkscore.methods.domain import FloatArray
from parkscore.methods.row_sums import blocks, sums_of_units


class Rows(NamedTuple):
    """What an aggregation adds up, (units, counted indicators): columns that carry weight, gaps as 0 with weight 0.

    total: (units,), the weight of what is present, NaN where nothing is.
    """

    scores: FloatArray
    weights: FloatArray
    total: FloatArray


def rows_of(X: FloatArray, w: FloatArray) -> Rows:
    """The counted columns of X (units, indicators), and per unit the weight of what is present.

    >>> rows_of(np.array([[5.0, np.nan, 7.0]]), np.array([1.0, 2.0, 0.0])).weights
    array([[0.5, 0. ]])
    """
    counted = w > 0
    scores = np.ascontiguousarray(X[:, counted])
    present = ~np.isnan(scores)
    # Against overflow, and so that shares and points (20, 30, ...) give the same digits as far as they can.
    weights = np.where(present, w[counted] / w.max(), 0.0)
    total = weights.sum(axis=1)
    return Rows(np.where(present, scores, 0.0), weights, np.where(total > 0, total, np.nan))


def mean_of_present(X: FloatArray, w: FloatArray) -> FloatArray:
    """As `weighted_mean` of the scores of `rows_of`, to the same last digit, for many units at a time.

    >>> mean_of_present(np.array([[5.0, np.nan, 7.0], [np.nan, np.nan, 1.0]]), np.array([1.0, 2.0, 0.0]))
    array([ 5., nan])
    """
    counted = w > 0
    weights = w[counted, np.newaxis] / w.max()
    every = bool(counted.all())
    means = np.empty(len(X))
    for own in blocks(len(X), len(weights)):
        scores = X[own].T if every else X[own][:, counted].T
        lacking = np.isnan(scores, order="C")
        parts = np.multiply(scores, weights, order="C")
        if not lacking.any():
            means[own] = sums_of_units(parts) / sums_of_units(weights)  # of every unit as of one
            continue
        np.copyto(parts, 0.0, where=lacking)
        total = sums_of_units(np.multiply(~lacking, weights))
        means[own] = sums_of_units(parts) / np.where(total > 0, total, np.nan)
    return means


def weighted_mean(values: FloatArray, rows: Rows) -> FloatArray:
    """The mean of values (units, counted indicators) under the weights of rows; NaN where nothing is present."""
    # Row by row and not as a matrix product: BLAS may round equal units differently by where they stand, and a tie
    # between two equal units would then depend on the order of the table.
    return np.asarray((values * rows.weights).sum(axis=1) / rows.total)
