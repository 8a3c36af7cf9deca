"""The weights that put a unit first: their mean over the draws in which it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from parkscore.data.grid import Rows
from parkscore.methods.domain import IntArray
from parkscore.robustness.drawn_tree import effective_weights
from parkscore.robustness.plans import DrawPlan, HeldWeights
from parkscore.tree.aggregate import ROUNDING

if TYPE_CHECKING:
    from parkscore.robustness.result import Robustness


def central_weights(plan: DrawPlan, rows: Rows, ranks: IntArray, names: Sequence[str]) -> pd.DataFrame:
    """For each unit that is first in any draw the mean weight of every indicator in the total over those draws.

    rows: of the table, one for each unit. ranks: (draws, units) of these. names: of the units. A line sums to 1.
    """
    framework = plan.evaluation.framework
    lines = {}
    first = ranks == 1
    for cohort, shares in plan.evaluation.own_cohorts:
        units = np.flatnonzero(np.isin(rows, cohort.apply) & first.any(axis=0)).tolist()
        if not units:  # of another year, or never first: nothing to draw
            continue
        weights = effective_weights(framework, plan.weights.shares(shares))
        for unit in units:
            own = first[:, unit] if len(weights) > 1 else slice(None)
            lines[unit] = weights[own].mean(axis=0)
    found = [lines[unit] for unit in sorted(lines)]
    columns = [leaf.id for leaf in framework.leaves]
    index = pd.Index([names[unit] for unit in sorted(lines)], name="unit")
    return pd.DataFrame(np.array(found).reshape(len(found), len(columns)), index=index, columns=columns)


def beside_own_weights(found: Robustness) -> pd.DataFrame:
    """For each indicator its central weights, a column for each unit that is first in any draw, by rank.

    `own` has the weight of the evaluation, where it is one for all units. Empty where no weights vary: then all weights
    are those of the evaluation.
    """
    if isinstance(found.plan.weights, HeldWeights):
        return pd.DataFrame()
    central = found.central_weights.T.rename_axis(index="node", columns=None)
    framework, rows = found.evaluation.framework, found.outcome.rows
    weighed = [shares for cohort, shares in found.evaluation.own_cohorts if np.isin(cohort.apply, rows).any()]
    own = [
        effective_weights(framework, {node: each[np.newaxis, :] for node, each in one.items()})[0] for one in weighed
    ]
    if not central.empty and all(np.allclose(each, own[0], rtol=0, atol=ROUNDING) for each in own):
        central.insert(0, "own", own[0])
    return central
