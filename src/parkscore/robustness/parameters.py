"""What each draw had: its methods, what it left out, and the weight of every node within its parent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from parkscore.methods.weight_draws import normalised
from parkscore.robustness.plans import DrawPlan, HeldWeights
from parkscore.robustness.weights import LeftOut

if TYPE_CHECKING:
    from parkscore.data.grid import Rows
    from parkscore.methods.domain import FloatArray

METHODS, LEFT_OUT, SCHEME, WEIGHT = "methods", "left_out", "scheme", "weight"
_OWN: Final = ""


def parameters(plan: DrawPlan, rows: Rows) -> pd.DataFrame:
    """A line for each draw, from 0.

    methods: what differs from the framework, empty where nothing does. left_out: the indicator, empty where none is.
    scheme: which of the schemes, from 0. weight:ID: the share of a node within its parent; weight:CLASS:ID where
    classes have weights of their own. A column stands only where something of its kind varies. rows: of the table,
    those that were ranked.
    """
    columns: dict[str, Any] = {}
    if len(plan.variants) > 1:
        labels = np.array([variant.label.en for variant in plan.variants], dtype=object)
        columns[METHODS] = labels[plan.variant_of]
    drawn = plan.weights
    if isinstance(drawn, LeftOut):
        columns[LEFT_OUT] = np.array([_OWN, *drawn.leaves], dtype=object)[drawn.number]
        drawn = drawn.weights
    found = drawn.parameters()
    if SCHEME in found:
        columns[SCHEME] = found[SCHEME].astype(np.int64)
    if not isinstance(plan.weights, HeldWeights):
        columns |= dict(_weights(plan, rows))
    return pd.DataFrame(columns, index=pd.RangeIndex(plan.draws, name="draw"))


def _weights(plan: DrawPlan, rows: Rows) -> Iterator[tuple[str, FloatArray]]:
    """The shares of all nodes, by class where these differ."""
    groups = [(cohort, own) for cohort, own in plan.variants[0].cohorts if np.isin(cohort.apply, rows).any()]
    framework = plan.evaluation.framework
    for cohort, nominal in groups:
        part = f"{WEIGHT}:{cohort.class_id}" if cohort.class_id is not None else WEIGHT
        shares = plan.weights.shares(nominal)
        for node in (each for each in framework.root.walk() if each.children):
            own = normalised(shares[node.id])
            for column, child in enumerate(node.children):
                yield f"{part}:{child.id}", np.broadcast_to(own[:, column], plan.draws)
