"""The rank that a unit would have with another score, while all others keep theirs."""

from __future__ import annotations

import numpy as np

from parkscore.methods.domain import FloatArray, IntArray


def rank_among(score: FloatArray, own: FloatArray, scores: FloatArray, ties: str) -> IntArray:
    """The rank of each other score among the scores of all units, with the unit's present score taken out.

    score, own: (n,), what a unit would have and what it has; several may be of one unit. scores: (units,), what all
    have, in any order, among them each of `own`. NaN is not ranked: a unit without a score has rank 0, and one that has
    none at present takes none out. ties: the tie rule, `min`, `max` or `dense`. Returns int32 ranks, (n,).

    The rank is what the ranking method of this name would give after the exchange. Time n log units.

    >>> rank_among(np.array([8.0, 6.0, 5.0]), np.array([6.0, 6.0, 6.0]), np.array([9.0, 7.0, 7.0, 6.0]), "min")
    array([2, 4, 4], dtype=int32)
    """
    field = np.sort(scores[~np.isnan(scores)])
    if ties == "dense":
        field, counts = np.unique(field, return_counts=True)
        alone = np.append(counts, 0)[np.searchsorted(field, np.where(np.isnan(own), np.inf, own))] == 1
        better = len(field) - np.searchsorted(field, score, side="right") - ((own > score) & alone)
    elif ties == "max":
        better = len(field) - np.searchsorted(field, score, side="left") - (own >= score)
    else:
        better = len(field) - np.searchsorted(field, score, side="right") - (own > score)
    return np.where(np.isnan(score), 0, better + 1).astype(np.int32)
