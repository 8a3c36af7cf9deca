"""Which rows of an indicator each of its scoring rules scores, and what a row without a score may still get."""

from __future__ import annotations

import numpy as np

from parkscore.data.grid import CaseChoice, Grid, Rows, Vector
from parkscore.framework.cases import has_rules_by_case, rules_of, variants
from parkscore.framework.models import Framework, Node
from parkscore.framework.score_ranges import rule_range
from parkscore.framework.settings import BEST_OF, Settings, aggregation_of, resolve_settings
from parkscore.methods import Interval


def by_rule(leaf: Node, settings: Settings, grid: Grid, rows: Rows) -> list[tuple[Settings, Rows]]:
    """The settings of an indicator with the rows that they are for: all of them, or those of each case that has any.

    Where rules go by case, rows of which the case cannot be told, or that are in none, stand nowhere.
    """
    if not has_rules_by_case(leaf):
        return [(settings, rows)]
    numbers = grid.cases[leaf.id].numbers[rows]
    parts = [(each.settings, rows[numbers == each.number]) for each in variants(leaf, settings)]
    return [(own, ours) for own, ours in parts if ours.size]


def reach_by_case(framework: Framework, leaf: Node, choice: CaseChoice, rows: Rows) -> tuple[Vector, Vector]:
    """The least and the most that each row can score: by the rule of its case, or of those that it may be in.

    An indicator of which no case holds adds nothing to a sum, and takes no part in the best of several.
    """
    settings = resolve_settings(framework)[leaf.id]
    found = (rule_range(leaf, settings, rule) for rule in rules_of(leaf, settings))
    reach = [each if each is not None else Interval(-np.inf, np.inf) for each in found]
    parent = next(node for node in framework.root.walk() if leaf.id in {child.id for child in node.children})
    absent = -np.inf if aggregation_of(framework, parent).name == BEST_OF else 0.0
    possible = choice.possible[rows]
    low = np.array([absent, *(each.low for each in reach)])
    high = np.array([absent, *(each.high for each in reach)])
    return (
        np.where(possible, low, np.inf).min(axis=1),
        np.where(possible, high, -np.inf).max(axis=1),
    )
