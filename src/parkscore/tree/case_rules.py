"""Which rows of an indicator each of its scoring rules scores, and what a row without a score may still get."""

from __future__ import annotations

import numpy as np

from parkscore.data.grid import CaseChoice, Grid, Rows, Truths, Vector
from parkscore.framework.cases import has_rules_by_case, rules_of, variants
from parkscore.framework.models import Framework, Node
from parkscore.framework.score_ranges import may_give_none, rule_range
from parkscore.framework.settings import Settings, resolve_settings
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


def rules_met(leaf: Node, settings: Settings, grid: Grid, rows: Rows) -> frozenset[int]:
    """Which rules of an indicator some rows are scored by, as numbers that mean the same in every table."""
    if not has_rules_by_case(leaf):
        return frozenset({0})
    known = {each.number for each in variants(leaf, settings)}
    return frozenset(known.intersection(grid.cases[leaf.id].numbers[rows].tolist()))


def reach_by_case(framework: Framework, leaf: Node, choice: CaseChoice, rows: Rows) -> tuple[Vector, Vector, Truths]:
    """The least and the most that each row can score: by the rule of its case, or of those that it may be in.

    And where it may get no score: of no case that holds, and by a rule that has no points for some values.
    """
    settings = resolve_settings(framework)[leaf.id]
    rules = rules_of(leaf, settings)
    found = (rule_range(leaf, settings, rule) for rule in rules)
    reach = [each if each is not None else Interval(-np.inf, np.inf) for each in found]
    possible = choice.possible[rows]
    by_case = possible[:, 1:]
    low = np.where(by_case, np.array([each.low for each in reach]), np.inf).min(axis=1)
    high = np.where(by_case, np.array([each.high for each in reach]), -np.inf).max(axis=1)
    may_stay_out = (possible & np.array([True, *map(may_give_none, rules)])).any(axis=1)
    return low, high, may_stay_out
