"""Pass two over a piece: score, aggregate, judge and grade its rows by the references, each row by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from parkscore.data.classes import class_findings, classify, why_without_class
from parkscore.data.cohorts import cohorts, cohorts_by_class, earlier_rows
from parkscore.data.derive import derive
from parkscore.data.fitted import Fitted
from parkscore.data.impute import impute
from parkscore.data.reference_groups import why_without_reference, with_shares_only
from parkscore.data.screen import screen
from parkscore.data.table import Table
from parkscore.data.treat import treat
from parkscore.engine.about import shares_of
from parkscore.engine.gathering import cohorts_of_piece, rows_of_year, shared
from parkscore.engine.summing_up import Accounts, counted
from parkscore.engine.tallies import TOLD_OF_ALL, Tally, tally
from parkscore.findings import Finding
from parkscore.framework.models import Framework
from parkscore.framework.score_history import years_looked_back
from parkscore.results.rows import Results
from parkscore.tree.accounting import accounting
from parkscore.tree.aggregate import aggregate
from parkscore.tree.bounds import bounds
from parkscore.tree.fill_scores import fill_scores
from parkscore.tree.gate import gate
from parkscore.tree.gates import judge
from parkscore.tree.grades import Graded, grade_scales
from parkscore.tree.lists import Candidates, candidates
from parkscore.tree.schemes import WeightPlan
from parkscore.tree.score import score
from parkscore.tree.verdicts import Verdict


@dataclass(frozen=True)
class Applied:
    """The rows of one piece with their results, what became of each, and what was found and counted.

    candidates: what each list makes of the rows.
    """

    results: Results
    accounts: Accounts
    tally: Tally
    candidates: tuple[Candidates, ...]
    findings: tuple[Finding, ...]


def apply_to(framework: Framework, table: Table, plan: WeightPlan, fitted: Fitted, year: int | None) -> Applied:
    """The steps from classes to grades for the rows of a piece; DataError where a rule or a method refuses a value.

    Nothing is taken from the rows but what they are: a row has the same results in whatever piece it stands.
    """
    rows = rows_of_year(table, year)
    classification = classify(framework, table)
    indicators = derive(framework, table)
    imputed, filled = impute(framework, table, indicators, fitted)
    eligible, set_aside = screen(framework, indicators, imputed)
    scorable = shared(rows, eligible)
    earlier = shared(earlier_rows(table, rows, years_looked_back(framework)), eligible)
    groups = cohorts(framework, table, scorable, eligible, fitted)
    set_aside |= why_without_reference(framework, table, scorable, groups)
    counted_in = cohorts_of_piece(framework, table, rows, eligible)
    if framework.reference_within:  # rows of a group without a reference are told by themselves
        counted_in = [cohort for cohort in counted_in if fitted.has(cohort.reference)]
    if fitted.base is not None:  # no row here is one that it was fitted on
        counted_in = [replace(cohort, fit=cohort.fit[:0]) for cohort in groups]
    groups += cohorts(framework, table, earlier, eligible, fitted)
    treated = treat(framework, table, imputed, groups, fitted)
    scored = score(framework, table, treated.grid, groups, base=imputed, fitted=fitted, counts=False)
    scored = fill_scores(framework, table, treated.grid, groups, scored, fitted)
    if plan.by_class and classification is not None:
        groups = cohorts_by_class(groups, classification)
        set_aside = {**why_without_class(framework, table, classification, rows), **set_aside}
    states = treated.grid.states
    if fitted.shares:
        groups, without = with_shares_only(groups, fitted)
        set_aside = {**without, **set_aside}
    shares = shares_of(framework, plan, groups, fitted)
    nodes = aggregate(framework, table, scored.scores, groups, shares, states, fitted)
    outcomes, found_gating = gate(framework, table, nodes, rows, set_aside)
    judged: tuple[Verdict, ...] = ()
    graded: tuple[Graded, ...] = ()
    candidates_found: tuple[Candidates, ...] = ()
    if framework.gates or framework.grades or framework.lists:
        ends = bounds(framework, nodes, treated.grid, groups, shares, scored.given, fitted)
        judged = judge(framework, table, indicators, ends)
        graded = grade_scales(framework, table, indicators, ends)
        candidates_found = candidates(framework, table, indicators, nodes.scores, ends)
    found = (
        *class_findings(framework, table, classification, rows),
        *scored.findings,
        *nodes.findings,
        *found_gating,
    )
    counts = tally(
        framework,
        table,
        counted_in,
        classification,
        rows,
        [*filled, *(each for each in scored.findings if each.code == "imputed")],
        imputed,
        treated.grid,
        fitted,
    )
    measured = eligible
    if table.years is not None and isinstance(framework.reference, int):
        measured = eligible[table.years[eligible] == framework.reference]
    years = None if table.years is None else set(np.unique(table.years[rows]).tolist())

    def asked(year: int | None) -> bool:
        return year is None or years is None or year in years

    own = [each for each in found if asked(each.year)]
    values = indicators, treated.grid, scored.filled
    results = Results(framework, table, rows, classification, *values, nodes, outcomes, judged, graded)
    return Applied(
        results,
        counted(accounting(framework, table, rows, outcomes, classification, judged, graded)),
        replace(
            counts,
            to_score=scorable.size,
            to_measure=measured.size,
            treated={} if fitted.base is None else {key: own for key, own in treated.counted.items() if asked(key[2])},
        ),
        candidates_found,
        tuple(each for each in own if each.code not in TOLD_OF_ALL),
    )
