"""Set aside the units that have too few indicators to be scored, or lack one that may not be missing."""

from __future__ import annotations

import math

import numpy as np

from parkscore.data.grid import Grid, Rows
from parkscore.data.table import State
from parkscore.data.unranked import MAY_NOT_BE_MISSING, TOO_FEW_INDICATORS, Unranked
from parkscore.data.unranked_sentences import too_few
from parkscore.framework.models import INVALID, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text


def screen(framework: Framework, derived: Grid, imputed: Grid) -> tuple[Rows, dict[int, Unranked]]:
    """The rows to score, and for each row set aside the reason.

    Availability is the share of a row's indicators that have a number, at the stage the framework names; an indicator
    that is not applicable to the unit does not count, nor does a slot that is not filled. Whatever the availability, a
    row is set aside where an indicator is missing whose gaps make a unit invalid.
    """
    set_aside = _too_few(framework, derived, imputed)
    set_aside |= _invalid(framework, derived)
    eligible = np.ones(derived.rows, dtype=np.bool_)
    eligible[list(set_aside)] = False
    return np.flatnonzero(eligible), set_aside


def _too_few(framework: Framework, derived: Grid, imputed: Grid) -> dict[int, Unranked]:
    if framework.screen is None:
        return {}
    need = framework.screen.availability
    grid = imputed if framework.screen.stage == "imputed" else derived
    applicable, present = np.zeros(grid.rows), np.zeros(grid.rows)
    for column, leaf in enumerate(framework.leaves):
        present += ~np.isnan(grid.numbers[column])
        if not leaf.is_open_slot:
            applicable += grid.reasons[column] != State.NOT_APPLICABLE
    share = np.divide(present, applicable, out=np.zeros(grid.rows), where=applicable > 0)
    return {
        row: Unranked(TOO_FEW_INDICATORS, too_few(percent(share[row]), percent(need)))
        for row in np.flatnonzero(share < need).tolist()
    }


def _invalid(framework: Framework, derived: Grid) -> dict[int, Unranked]:
    settings = resolve_settings(framework)
    needed = [column for column, leaf in enumerate(framework.leaves) if settings[leaf.id].missing.name == INVALID]
    if not needed:
        return {}
    missing = derived.states[:, needed] == State.MISSING
    reasons = {}
    for row in np.flatnonzero(missing.any(axis=1)).tolist():
        labels = [framework.leaves[column].label for column, gap in zip(needed, missing[row], strict=True) if gap]
        told = Text(
            f"缺少不可缺的指标：{'、'.join(label.zh for label in labels)}",
            f"these may not be missing: {', '.join(label.en for label in labels)}",
        )
        reasons[row] = Unranked(MAY_NOT_BE_MISSING, told)
    return reasons


def percent(share: float) -> str:
    """A share rounded down to a tenth of a percent: 79.96 % must not read as the 80 % it falls short of.

    >>> percent(0.7996), percent(0.8), percent(0.29)
    ('79.9%', '80%', '29%')
    """
    return f"{math.floor(share * 1000 + 1e-6) / 10:g}%"
