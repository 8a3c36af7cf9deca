"""Pass two over a piece: score, aggregate, judge and grade its rows by the references, each row by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkscore.data.classes import class_findings, why_without_class
from parkscore.data.cohorts import cohorts_by_class
from parkscore.data.fitted import Fitted
from parkscore.data.reference_groups import with_shares_only
from parkscore.data.table import State, Table
from parkscore.engine.about import CohortName, name_of, shares_of
from parkscore.engine.gathering_outliers import Parts, outliers_of_own
from parkscore.engine.scored_piece import score_piece
from parkscore.engine.summing_up import Accounts, counted
from parkscore.engine.tallies import TOLD_OF_ALL, Tally
from parkscore.findings import Finding
from parkscore.framework.models import Framework
from parkscore.results.rows import Results
from parkscore.tree.accounting import accounts_of
from parkscore.tree.aggregate import aggregate
from parkscore.tree.bounds import bounds
from parkscore.tree.gate import gate
from parkscore.tree.gates import judge
from parkscore.tree.grades import Graded, grade_scales
from parkscore.tree.lists import Candidates, candidates
from parkscore.tree.schemes import WeightPlan
from parkscore.tree.verdicts import Verdict


@dataclass(frozen=True)
class Applied:
    """The rows of one piece with their results, what became of each, and what was found and counted.

    candidates: what each list makes of the rows. outliers: their values that are treated each alone, where they are
    scored by a reference that was fitted before. cohorts: what they are measured against and weighed by.
    """

    results: Results
    accounts: Accounts
    tally: Tally
    candidates: tuple[Candidates, ...]
    outliers: Parts
    cohorts: frozenset[CohortName]
    findings: tuple[Finding, ...]


def apply_to(framework: Framework, table: Table, plan: WeightPlan, fitted: Fitted, year: int | None) -> Applied:
    """The steps from classes to grades for the rows of a piece; DataError where a rule or a method refuses a value.

    Nothing is taken from the rows but what they are: a row has the same results in whatever piece it stands.
    """
    piece = score_piece(framework, table, year, fitted)
    rows, classification, scored = piece.rows, piece.classification, piece.scored
    indicators, used = piece.filled.indicators, piece.treated.grid
    groups, set_aside = piece.to_score.cohorts, piece.to_score.set_aside
    if plan.by_class and classification is not None:
        groups = cohorts_by_class(groups, classification)
        set_aside = {**why_without_class(framework, table, classification, rows), **set_aside}
    if fitted.shares:
        groups, without = with_shares_only(groups, fitted)
        set_aside = {**without, **set_aside}
    shares = shares_of(framework, plan, groups, fitted)
    states = used.states if used.has(State.NOT_APPLICABLE) else None  # only then do reasons count
    nodes = aggregate(framework, table, scored.scores, groups, shares, states, fitted)
    outcomes, found_gating = gate(framework, table, nodes, rows, set_aside)
    judged: tuple[Verdict, ...] = ()
    graded: tuple[Graded, ...] = ()
    candidates_found: tuple[Candidates, ...] = ()
    if framework.gates or framework.grades or framework.lists:
        ends = bounds(framework, nodes, used, groups, shares, scored.given, fitted)
        judged = judge(framework, table, indicators, ends)
        graded = grade_scales(framework, table, indicators, ends)
        candidates_found = candidates(framework, table, indicators, nodes.scores, ends)
    found = (
        *class_findings(framework, table, classification, rows),
        *scored.findings,
        *nodes.findings,
        *found_gating,
    )
    values = indicators, used, scored.filled
    return Applied(
        Results(framework, table, rows, classification, *values, nodes, outcomes, judged, graded),
        counted(accounts_of(framework, table, rows, outcomes, classification, judged, graded)),
        piece.tally(framework, fitted),
        candidates_found,
        {} if fitted.base is None else outliers_of_own(framework, piece),
        frozenset(name_of(cohort) for cohort in groups if np.isin(cohort.apply, rows).any()),
        tuple(each for each in found if piece.asks_for(each.year) and each.code not in TOLD_OF_ALL),
    )
