"""What holds each unit back (障碍度), and how evenly its dimensions are developed (耦合协调度)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.diagnosis.groups import Group, named, row_labels
from parkscore.evaluation import Evaluation
from parkscore.framework.settings import resolve_settings
from parkscore.methods import scoring
from parkscore.methods.diagnoses import COORDINATION_LEVELS, coupling_coordination, obstacle_degree

OBSTACLE_COLUMNS = ("id", "zh", "en", "nominal", "mean_obstacle", "times_first")
PLACES = ("first", "second", "third")
COORDINATION_COLUMNS = (
    "coupling",
    "development",
    "coordination",
    "level",
    "modified_coupling",
    "modified_coordination",
    "modified_level",
)

# What arithmetic adds to a score that is 0 or 1 exactly.
_ROUNDING = 1e-9


def obstacle_tables(evaluation: Evaluation) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per indicator its mean obstacle degree and the rows that have it first; per row its three greatest obstacles.

    A shortfall is the distance to the best score that the scoring rule can give, as a share of the way there from the
    worst, times the indicator's weight in the total. Both tables are empty where a rule has no best or worst score, as
    a z-score has none.
    """
    group = Group.of_indicators(evaluation)
    ranges = score_ranges(evaluation)
    columns = [*row_labels(evaluation), *(name for place in PLACES for name in (place, f"{place}_share"))]
    if not all(_is_bounded(each) for each in ranges):
        return pd.DataFrame(columns=list(OBSTACLE_COLUMNS)), pd.DataFrame(columns=columns)
    weights = group.nominal(evaluation)
    low, high = np.array(ranges).T
    degrees = obstacle_degree(_within((group.scores(evaluation) - low) / (high - low)), weights)
    order = np.argsort(np.where(np.isnan(degrees), 0.0, -degrees), axis=1, kind="stable")
    return _by_indicator(group, weights, degrees, order), _by_row(evaluation, group, degrees, order)


def _by_indicator(group: Group, weights: Vector, degrees: Matrix, order: Rows) -> pd.DataFrame:
    behind = ~np.isnan(degrees).all(axis=1)
    first = np.bincount(order[behind, 0], minlength=len(group.nodes))
    # A gap is no obstacle: it blames nothing on the indicator, and the mean is over all rows that lag at all.
    mean = np.nan_to_num(degrees[behind]).mean(axis=0) if behind.any() else np.full(len(group.nodes), np.nan)
    rows = zip(group.nodes, weights, mean, first, strict=True)
    entries = [(*named(node).values(), *numbers) for node, *numbers in rows]
    return pd.DataFrame(entries, columns=list(OBSTACLE_COLUMNS))


def _by_row(evaluation: Evaluation, group: Group, degrees: Matrix, order: Rows) -> pd.DataFrame:
    ids = np.array(group.ids, dtype=object)
    columns: dict[str, Any] = row_labels(evaluation)
    for position, place in enumerate(PLACES[: len(ids)]):
        chosen = order[:, position]
        share = degrees[np.arange(len(degrees)), chosen]
        is_obstacle = share > 0
        columns[place] = ids[chosen]
        columns[place][~is_obstacle] = None
        columns[f"{place}_share"] = np.where(is_obstacle, share, np.nan)
    return pd.DataFrame(columns)


def coordination_table(evaluation: Evaluation) -> pd.DataFrame:
    """Per row the coupling, development and coordination of the dimensions, standard and modified, and their levels.

    Empty where there are fewer than two dimensions, or the scores of all indicators do not share one lowest and one
    highest score, so that those of the dimensions can be read as shares of the way between them.
    """
    group = Group.of_children(evaluation.framework.root)
    ranges = score_ranges(evaluation)
    labels = row_labels(evaluation)
    scores = group.scores(evaluation)
    if len(group.nodes) < 2 or len(set(ranges)) != 1 or not _is_bounded(ranges[0]):
        return pd.DataFrame(columns=[*labels, *COORDINATION_COLUMNS])
    low, high = ranges[0]
    shares = (scores - low) / (high - low)
    if np.nanmin(shares, initial=0.0) < -_ROUNDING or np.nanmax(shares, initial=0.0) > 1 + _ROUNDING:
        return pd.DataFrame(columns=[*labels, *COORDINATION_COLUMNS])
    weights = group.nominal(evaluation)
    standard = coupling_coordination(_within(shares), weights)
    modified = coupling_coordination(_within(shares), weights, form="modified")
    columns = (
        *(*standard, _levels(standard.coordination)),
        *(modified.coupling, modified.coordination, _levels(modified.coordination)),
    )
    return pd.DataFrame(labels | dict(zip(COORDINATION_COLUMNS, columns, strict=True)))


def _levels(coordination: Vector) -> list[str | None]:
    """The level of each row as a code, from `level_1` to `level_10`."""
    last = len(COORDINATION_LEVELS)
    codes = [*(f"level_{level}" for level in range(1, last + 1)), None]
    tenths = np.where(np.isnan(coordination), last, np.minimum(np.floor(coordination * last), last - 1))
    return [codes[each] for each in tenths.astype(np.intp).tolist()]


def score_ranges(evaluation: Evaluation) -> list[tuple[float, float]]:
    """The lowest and the highest score that the scoring rule of each indicator can give."""
    settings = resolve_settings(evaluation.framework)
    found = []
    for leaf in evaluation.framework.leaves:
        rule = settings[leaf.id].score
        measure = scoring[rule.name].score_range
        sign = -1 if settings[leaf.id].direction == "lower" else 1
        if measure is None:
            found.append((-math.inf, math.inf))
            continue
        least = settings[leaf.id].least.parameters
        ends = [measure({"direction": sign, **stated}) for stated in (least, rule.parameters)]
        found.append((float(ends[0].low), float(ends[1].high)))
    return found


def _is_bounded(interval: tuple[float, float]) -> bool:
    low, high = interval
    return math.isfinite(low) and math.isfinite(high) and low < high


def _within(shares: Matrix) -> Matrix:
    return np.asarray(np.clip(shares, 0.0, 1.0))
