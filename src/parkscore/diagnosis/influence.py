"""What each part really weighs: its main effect on the score it goes into, beside its nominal weight."""

from __future__ import annotations

import numpy as np
import pandas as pd

from parkscore.data.grid import Vector
from parkscore.diagnosis.groups import groups, named
from parkscore.evaluation import Evaluation
from parkscore.methods.diagnostics import Correlations, has_no_spread
from parkscore.methods.main_effects import FEWEST_UNITS, main_effect

INFLUENCE_COLUMNS = ("of", "members", "id", "zh", "en", "n", "nominal", "main_effect", "acts_like", "linear", "flag")


def influence_table(evaluation: Evaluation) -> pd.DataFrame:
    """Per node the children it is made of, and for the total all indicators too.

    nominal: the share that the weights give, within the node; for indicators of the total, the product down the tree.
    main_effect: the share of the variance of the node's score that the part explains alone (Paruolo, Saisana and
    Saltelli 2013). acts_like: the main effects as shares of their sum, to be read beside `nominal`. linear: the squared
    correlation. flag: why there is no main effect, `few` (fewer than 20 rows) or `constant`.
    """
    entries = []
    for group in groups(evaluation):
        whole = evaluation.nodes[group.node.id].to_numpy(np.float64)
        scores = group.scores(evaluation)
        effects = np.array([main_effect(column, whole) for column in scores.T])
        correlations = Correlations(np.column_stack([scores, whole]))
        linear = [correlations.linear(position, len(group.nodes)) for position in range(len(group.nodes))]
        columns = zip(group.nodes, group.nominal(evaluation), effects, _shares(effects), linear, strict=True)
        for position, (node, nominal, effect, acts_like, (n, r)) in enumerate(columns):
            flag = _why_none(scores[:, position], whole) if np.isnan(effect) else None
            place = (group.node.id, group.members, *named(node).values())
            entries.append((*place, n, nominal, effect, acts_like, r**2, flag))
    return pd.DataFrame(entries, columns=list(INFLUENCE_COLUMNS))


def _shares(effects: Vector) -> Vector:
    total = float(np.nansum(effects))
    return effects / total if total > 0 else np.full(len(effects), np.nan)


def _why_none(x: Vector, y: Vector) -> str:
    both = ~(np.isnan(x) | np.isnan(y))
    return "few" if both.sum() < FEWEST_UNITS else "constant" if has_no_spread(x[both]) else "constant_whole"
