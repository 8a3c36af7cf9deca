"""How the values and the scores are spread over the units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.grid import Vector
from parkscore.diagnosis.groups import named
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Node
from parkscore.methods.diagnostics import Statistics, has_no_spread, statistics

STATISTICS_COLUMNS = ("stage", "id", "zh", "en", "measure", *Statistics._fields, "flag")

# Beyond both, a few units decide the whole indicator: the usual rule of composite indicators (JRC COIN tool; Becker et
# al. 2022, COINr).
SKEWNESS = 2.0
KURTOSIS = 3.5


def statistics_table(evaluation: Evaluation) -> pd.DataFrame:
    """The values of each indicator that is a number, in its measure; then the scores of every node, the total first."""
    framework = evaluation.framework
    values, scores = evaluation.indicators, evaluation.nodes
    numbers = [leaf for leaf in framework.leaves if not leaf.is_named]
    entries = [_entry("values", leaf, values[leaf.id].to_numpy(np.float64)) for leaf in numbers]
    entries += [_entry("scores", node, scores[node.id].to_numpy(np.float64)) for node in framework.root.walk()]
    return pd.DataFrame(entries, columns=list(STATISTICS_COLUMNS))


def _entry(stage: str, node: Node, values: Vector) -> dict[str, Any]:
    found = statistics(values)
    measure = node.measure if stage == "values" else None
    return {"stage": stage, **named(node), "measure": measure, **found._asdict(), "flag": _flag(found, values)}


def _flag(found: Statistics, values: Vector) -> str | None:
    if not found.n:
        return "empty"
    if has_no_spread(values):
        return "constant"
    return "outliers" if abs(found.skewness) > SKEWNESS and found.kurtosis > KURTOSIS else None
