"""After the references: score the rows of a piece that these were fitted on, too, whatever their year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parkscore.data.filled import fill_gaps
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, States
from parkscore.data.table import Table
from parkscore.engine.piece_cohorts import measured_in_piece
from parkscore.framework.models import Framework
from parkscore.tree.to_scores import to_scores


@dataclass(frozen=True)
class ScoredReferences:
    """The cohorts of a piece that have a reference, and the scores and states of all rows, (rows, indicators)."""

    cohorts: Sequence[Cohort]
    scores: Matrix
    states: States


def score_references(framework: Framework, table: Table, year: int | None, fitted: Fitted) -> ScoredReferences:
    """The rows to score, and those of the references; a gap in scores stays one until mean scores are fitted.

    fitted: what they are scored by.
    """
    filled = fill_gaps(framework, table, fitted)
    known = [each for each in measured_in_piece(framework, table, year, filled.eligible) if fitted.has(each.reference)]
    scored_so = tuple(replace(each, apply=each.measured, fit=each.measured, pool=each.measured) for each in known)
    treated, scored = to_scores(framework, table, filled.imputed, scored_so, fitted, counts=False)
    return ScoredReferences(known, scored.scores, treated.grid.states)
