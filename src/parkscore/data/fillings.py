"""The numbers that gaps get from other units, kept so that gaps elsewhere get the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from parkscore.data.classes import classify
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.fitted import Filling, Fitted
from parkscore.data.grid import Grid, Matrix, Rows, Vector
from parkscore.data.policies import columns_by_choice
from parkscore.data.reference_groups import looked_at_together
from parkscore.data.reference_names import named
from parkscore.data.table import Table
from parkscore.framework.models import Choice, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.late_pandas import pd
from parkscore.methods import imputation

Texts = npt.NDArray[Any]


def takes_from_others(choice: Choice) -> bool:
    """Whether a policy fills a gap in a value by what other units have.

    >>> [takes_from_others(Choice.of(name)) for name in ("mean", "zero", "last_year", "reweight")]
    [True, False, False, False]
    """
    if choice.name not in imputation:
        return False
    method = imputation[choice.name]
    return not method.row_local and "years" not in method.parameters


def fillings_of(framework: Framework, table: Table, grid: Grid) -> dict[str, dict[str, Filling]]:
    """What a gap gets by the policies that take from others: by the name of year and group, and by indicator.

    grid: the indicators before gaps were filled.
    """
    settings = resolve_settings(framework)
    choices = [settings[leaf.id].missing for leaf in framework.leaves]
    found: dict[str, dict[str, Filling]] = {}
    for choice, columns in columns_by_choice(each if takes_from_others(each) else None for each in choices):
        for (year, group), own in looked_at_together(framework, table):
            texts = group_texts(choice, framework, table, own) if takes_groups(choice) else None
            known = sorted(_met(texts)) if texts is not None else [None]
            # A gap of each group on top: what the policy puts there is what every gap of the group gets.
            asking = np.vstack([grid.values[np.ix_(own, columns)], np.full((len(known), len(columns)), np.nan)])
            given = {} if texts is None else {"groups": _numbers([*texts, *known])}
            filled = imputation[choice.name](asking, **given)[len(own) :]
            entry = found.setdefault(named(year_name(year), group), {})
            for position, column in enumerate(columns.tolist()):
                entry[framework.leaves[column].id] = dict(zip(known, filled[:, position].tolist(), strict=True))
    return found


def filled_alike(choice: Choice, framework: Framework, table: Table, columns: Rows, fitted: Fitted) -> Matrix:
    """What gaps got in the reference of each row, (rows, columns); still a gap where that had nothing for the group."""
    filled = np.full((table.size, len(columns)), np.nan)
    for (year, group), own in looked_at_together(framework, table):
        known = fitted.fillings.get(named(fitted.base or year_name(year), group))
        if known is None:
            continue
        texts = group_texts(choice, framework, table, own) if takes_groups(choice) else None
        for position, column in enumerate(columns.tolist()):
            filled[own, position] = by_text(known[framework.leaves[column].id], texts)
    return filled


def year_name(year: int | None) -> str:
    """What the rows of a year are called among `Fitted.fillings`.

    >>> year_name(2024), year_name(None)
    ('2024', 'all')
    """
    return "all" if year is None else str(year)


def by_text(filling: Filling, texts: Texts | None) -> Vector | float:
    """The number for the text of each row, NaN where there is none; without texts the number for all."""
    if texts is None:
        return filling[None]
    codes, met = pd.factorize(texts)
    return np.array([*(filling.get(text, np.nan) for text in met), np.nan])[codes]


def group_texts(choice: Choice, framework: Framework, table: Table, rows: Rows) -> Texts:
    """The group of each row: what it says in the field named `by`, else its class; None where there is none."""
    return group_codes(choice, framework, table).values[rows]


def group_codes(choice: Choice, framework: Framework, table: Table) -> CodedTexts:
    """The group of each row of the table, as `group_texts`, by number."""
    by = choice.parameters.get("by")
    found = classify(framework, table) if by is None else None
    return table.coded(str(by)) if found is None else found.coded


def takes_groups(choice: Choice) -> bool:
    """Whether a policy fills a gap by the units of the same group only."""
    return "groups" in imputation[choice.name].parameters


def _met(texts: Texts) -> set[str]:
    return {text for text in texts if text is not None}


def _numbers(texts: Sequence[str | None]) -> Rows:
    return np.asarray(pd.factorize(np.array(texts, dtype=object))[0], dtype=np.intp)
