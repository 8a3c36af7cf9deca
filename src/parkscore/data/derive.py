"""Compute the indicators from the fields."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from parkscore.data.cases import cells_by_case, choose_cases
from parkscore.data.chosen import category_codes, tier_numbers
from parkscore.data.columns import Columns, columns_of
from parkscore.data.given import Given, given_of
from parkscore.data.grid import Grid, Stack, States, Vector
from parkscore.data.table import State, Table
from parkscore.framework.formula import Cells, to_shape
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import Settings, resolve_settings


def derive(framework: Framework, table: Table) -> Grid:
    """Every indicator for every row of the table, in the indicator's measure, each gap with its reason.

    A slot that is not filled has a gap in every row. Of an indicator that is a category or has tiers the values are the
    codes of `data/chosen.py`; one that has cases is derived as its case says. Where somebody gives the score, there is
    a value only beside a given score that counts.
    """
    columns = columns_of(framework, table)
    settings = resolve_settings(framework)
    leaves = framework.leaves
    rows = table.size
    values, states = list[Vector](), list[States]()
    cases = {leaf.id: choose_cases(columns, leaf) for leaf in leaves if leaf.cases}

    def cells_of(leaf: Node, settings: Settings) -> Cells:
        return _cells(leaf, settings, table, columns)

    for leaf in leaves:
        own = settings[leaf.id]
        cells = cells_by_case(leaf, own, cases[leaf.id], cells_of) if leaf.cases else cells_of(leaf, own)
        if leaf.given is not None:
            cells = given_of(leaf, own, table, columns, cells).cells
        values.append(to_shape(cells.values, (rows,)))
        states.append(to_shape(cells.states, (rows,)))
    return Grid(
        tuple(leaf.id for leaf in leaves),
        Stack(values, rows, np.float64),
        Stack(states, rows, np.int8),
        np.zeros((rows, len(leaves)), dtype=bool, order="F"),
        cases,
    )


def given_scores(framework: Framework, table: Table) -> Mapping[str, Given]:
    """The given scores of each indicator that has them, beside their bands."""
    asked = [leaf for leaf in framework.leaves if leaf.given is not None]
    if not asked:
        return {}
    columns, settings = columns_of(framework, table), resolve_settings(framework)
    return {
        leaf.id: given_of(leaf, settings[leaf.id], table, columns, _cells(leaf, settings[leaf.id], table, columns))
        for leaf in asked
    }


def _cells(leaf: Node, settings: Settings, table: Table, columns: Columns) -> Cells:
    if leaf.is_open_slot:
        rows = table.size
        return Cells(np.full(rows, np.nan), np.full(rows, State.MISSING, dtype=np.int8))
    if leaf.category is not None:
        return category_codes(table, leaf.category, settings.score)
    if leaf.conditions:
        return tier_numbers(columns, settings.score, settings.least)
    return columns.read(str(leaf.formula), leaf.measure)
