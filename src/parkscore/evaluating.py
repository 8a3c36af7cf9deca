"""The ten steps, in order: a framework and a table become an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from parkscore.data.cases import case_findings
from parkscore.data.classes import Classification, class_findings, classify, why_without_class
from parkscore.data.cohorts import cohorts_by_class, only_measured_against, scored_rows, to_be_scored
from parkscore.data.cohorts_to_score import cohorts_to_score
from parkscore.data.filled import fill_gaps
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid, Rows
from parkscore.data.hidden_comparisons import refuse_hidden_comparisons
from parkscore.data.masking import Mask
from parkscore.data.reference_groups import with_shares_only
from parkscore.data.table import Table
from parkscore.data.treat import Treatment
from parkscore.data.unranked import Unranked
from parkscore.data.validate import read_and_validate
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, Finding, Severity, UsageError, errors_of, of_type, wrong_year
from parkscore.framework.checking import check_framework
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Choice, Framework, WeightScheme
from parkscore.framework.slots import refuse_unfilled
from parkscore.language import Text
from parkscore.late_pandas import is_frame, pd
from parkscore.tree.aggregate import aggregate
from parkscore.tree.bounds import bounds
from parkscore.tree.freezing import plan_by
from parkscore.tree.frozen import FrozenReference, load_reference, refuse_other_framework
from parkscore.tree.gate import gate
from parkscore.tree.gates import judge
from parkscore.tree.grades import Graded, grade_scales
from parkscore.tree.rank import rank
from parkscore.tree.schemes import WeightPlan, Weights
from parkscore.tree.score import Scored
from parkscore.tree.to_scores import to_scores
from parkscore.tree.verdicts import Verdict
from parkscore.tree.weigh import weigh


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table after the steps that no weight can change: read, validated, derived, imputed, treated, scored.

    `evaluate` does the rest under one set of weights or another, which takes milliseconds for a few hundred units. Each
    attribute is what the step of its name gave; `findings` are those of all these steps. fitted: what the rows were
    scored by, where it was not fitted on them; frozen: the file that it came from. beside: the groups of the references
    that none of the rows is of; they are fitted, so that nobody's reference or weights depend on who is scored.
    """

    framework: Framework
    table: Table
    rows: Rows
    cohorts: tuple[Cohort, ...]
    classification: Classification | None
    indicators: Grid
    imputed: Grid
    set_aside: Mapping[int, Unranked]
    treated: Treatment
    scored: Scored
    findings: tuple[Finding, ...]
    fitted: Fitted | None = None
    frozen: FrozenReference | None = None
    beside: tuple[Cohort, ...] = ()

    def __repr__(self) -> str:
        """One line: which framework, how many rows."""
        return f"<Prepared {self.framework.id}: {len(self.rows)} rows>"

    def evaluate(self, weights: Weights = None) -> Evaluation:
        """Weigh, aggregate, gate and rank, with the same result as `parkscore.evaluate` under these weights.

        weights: a weight scheme by name, by file or as made in Python, or a weighting method by name; by default the
        framework's own.

        Raises FrameworkError, DataError or UsageError with every finding at once.
        """
        refuse_other_types(weights=weights)
        return self.under(plan_by(self.framework, weights, self.frozen))

    def under(self, plan: WeightPlan) -> Evaluation:
        """As `evaluate`, under weights that have been checked already."""
        framework, table, scores, states = self.framework, self.table, self.scored.scores, self.treated.grid.states
        groups, beside, set_aside = self.cohorts, self.beside, self.set_aside
        fitted = self.fitted if self.frozen is None else self.frozen.fitted_under(framework, plan)
        if plan.by_class and self.classification is not None:
            every = cohorts_by_class(groups + beside, self.classification)
            groups, beside = to_be_scored(every), only_measured_against(every)
            set_aside = {**why_without_class(framework, table, self.classification, self.rows), **set_aside}
        if fitted is not None and fitted.shares:
            groups, without = with_shares_only(groups, fitted)
            set_aside = {**without, **set_aside}
        weighing = weigh(framework, table, scores, groups, plan, states, fitted, beside)
        nodes = aggregate(framework, table, scores, groups, weighing.shares, states, fitted)
        outcomes, found_gating = gate(framework, table, nodes, self.rows, set_aside)
        judged: tuple[Verdict, ...] = ()
        graded: tuple[Graded, ...] = ()
        if framework.gates or framework.grades:  # whoever weighs again and again need not wait for what nothing reads
            ends = bounds(framework, nodes, self.treated.grid, groups, weighing.shares, self.scored.given, fitted)
            judged = judge(framework, table, self.indicators, ends)
            graded = grade_scales(framework, table, self.indicators, ends)
        standing = rank(framework, table, nodes.scores[framework.total.id], outcomes.ranked, self.classification)
        return Evaluation(
            framework=framework,
            table=table,
            rows=self.rows,
            cohorts=groups,
            measured=self.cohorts,
            beside=self.beside,
            classification=self.classification,
            indicator_grid=self.indicators,
            imputed_grid=self.imputed,
            treatment=self.treated,
            scoring=self.scored,
            plan=plan,
            weighing=weighing,
            aggregated=nodes,
            outcomes=outcomes,
            judged=judged,
            graded=graded,
            standing=standing,
            frozen=self.frozen,
            findings=(
                *self.findings,
                *weighing.findings,
                *_of_years(table, self.rows, nodes.findings),
                *found_gating,
            ),
        )


def evaluate(
    framework: str | Path | Framework,
    data: str | Path | pd.DataFrame,
    *,
    weights: Weights = None,
    year: int | None = None,
    mask: Mask | None = None,
    reference: str | Path | FrozenReference | None = None,
) -> Evaluation:
    """Score and rank the units of a table under a framework.

    framework: a shipped name, a .yaml or .xlsx file, or a loaded framework. data: an .xlsx, .csv or .parquet file or a
    DataFrame, one row per unit and year. weights: a weight scheme by name or file, or a weighting method by name; by
    default the framework's own. year: the data year to score; by default each year in the data. mask: puts keyed hashes
    in the place of units and names, in the result and in every finding. reference: a file that `Evaluation.freeze`
    wrote; rows of any year are scored by its statistics then, with its weights where they were computed, and nothing is
    fitted on them.

    Raises FrameworkError, DataError or UsageError with every finding at once, and leaves nothing half done. What is
    wrong with the weights or the reference is found before the data are read.

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> data, weights = example_path("zones-synthetic.csv"), "zone-2021-equal-within"
    >>> ps.evaluate("zone-2021", data, weights=weights, year=2024)
    <Evaluation zone-2021: 178 of 178 ranked, weights zone-2021-equal-within (assumed)>
    """
    refuse_other_types(data=data, weights=weights, year=year, reference=reference, mask=mask)
    framework = load_framework(framework)
    frozen = _frozen(reference, framework)
    plan = plan_by(framework, weights, frozen)
    return score_table(framework, data, year, mask, frozen).under(plan)


def prepare(
    framework: str | Path | Framework,
    data: str | Path | pd.DataFrame,
    *,
    year: int | None = None,
    mask: Mask | None = None,
    reference: str | Path | FrozenReference | None = None,
) -> Prepared:
    """Take a table through the steps up to the scores of the indicators, to be weighed more than once.

    framework, data, year, mask, reference: as for `evaluate`.
    Raises FrameworkError, DataError or UsageError with every finding at once.

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> prepared = ps.prepare("zone-2021", example_path("zones-synthetic.csv"), year=2024)
    >>> prepared.evaluate("entropy").weights_status, prepared.evaluate("equal").weights_status
    ('computed', 'assumed')
    """
    refuse_other_types(data=data, year=year, reference=reference, mask=mask)
    framework = load_framework(framework)
    return score_table(framework, data, year, mask, _frozen(reference, framework))


def _frozen(reference: str | Path | FrozenReference | None, framework: Framework) -> FrozenReference | None:
    """A reference that was fitted for the framework; None for none."""
    if reference is None:
        return None
    frozen = load_reference(reference)
    refuse_other_framework(frozen, framework)
    return frozen


def score_table(
    framework: Framework,
    data: str | Path | pd.DataFrame,
    year: int | None,
    mask: Mask | None = None,
    frozen: FrozenReference | None = None,
) -> Prepared:
    """As `prepare`, for a framework and arguments that have been checked already."""
    refuse_unfilled(framework)
    refuse_hidden_comparisons(framework, mask)
    table, found_in_data = read_and_validate(data, framework, mask)
    if table is None or errors_of(found_in_data):
        raise DataError(found_in_data)
    fitted = None if frozen is None else frozen.fitted
    return replace(score_rows(framework, table, found_in_data, year, fitted), frozen=frozen)


def score_rows(
    framework: Framework,
    table: Table,
    found_in_data: Sequence[Finding],
    year: int | None,
    fitted: Fitted | None = None,
) -> Prepared:
    """As `score_table`, for a table that has been read and validated, with what was found in it.

    fitted: the statistics to score by; nothing is fitted on the rows then.
    """
    rows = scored_rows(table, year)
    classification = classify(framework, table)
    filled = fill_gaps(framework, table, fitted)
    to_score = cohorts_to_score(framework, table, rows, filled, fitted)
    measured = to_score.cohorts + to_score.beside
    treated, scored = to_scores(framework, table, filled.imputed, measured, fitted)
    found_classes = class_findings(framework, table, classification, rows)
    found_cases = case_findings(framework, filled.indicators, rows)
    found_first = (*doubts(framework), *found_in_data, *found_classes, *found_cases)
    found = (*found_first, *filled.findings, *_of_years(table, rows, (*treated.findings, *scored.findings)))
    return Prepared(
        framework=framework,
        table=table,
        rows=rows,
        cohorts=to_score.cohorts,
        classification=classification,
        indicators=filled.indicators,
        imputed=filled.imputed,
        set_aside=to_score.set_aside,
        treated=treated,
        scored=scored,
        findings=found,
        fitted=fitted,
        beside=to_score.beside,
    )


def _of_years(table: Table, rows: Rows, findings: Sequence[Finding]) -> list[Finding]:
    """The findings about the years of the rows that were asked for, and those about no year."""
    if table.years is None:
        return list(findings)
    own = set(table.years[rows].tolist())
    return [finding for finding in findings if finding.year is None or finding.year in own]


def doubts(framework: Framework) -> list[Finding]:
    """The warnings about a framework: a result must not hide what `check` would have said of it."""
    return [finding for finding in check_framework(framework) if finding.severity is Severity.WARNING]


def refuse_other_types(
    *, data: Any = "", weights: Any = None, year: Any = None, reference: Any = None, mask: Any = None
) -> None:
    """Raise UsageError where an argument is of another type than `evaluate` takes."""
    wrong = []
    if reference is not None and not isinstance(reference, (str, PathLike, FrozenReference)):
        hint = Text("给 Evaluation.freeze 写出的文件", "give the file that Evaluation.freeze wrote")
        wrong.append(of_type("reference", reference, hint))
    if not isinstance(data, str | PathLike) and not is_frame(data):
        hint = Text("给文件路径或 pandas.DataFrame", "give the path of a file or a pandas.DataFrame")
        wrong.append(of_type("data", data, hint))
    if weights is not None and not isinstance(weights, (str, PathLike, WeightScheme, Choice)):
        hint = Text(
            "给方案或方法的名称，或 parkscore.load_scheme 读出的方案；自定权重写成方案文件",
            "give the name of a scheme or a method, or a scheme that was loaded; write weights of your own as a scheme",
        )
        wrong.append(of_type("weights", weights, hint))
    if mask is not None and not isinstance(mask, Mask):
        hint = Text("给 parkscore.Mask，如 Mask.from_file(...)", "give a parkscore.Mask")
        wrong.append(of_type("mask", mask, hint))
    wrong += wrong_year(year)
    if wrong:
        raise UsageError(wrong)
