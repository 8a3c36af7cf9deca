"""Treat outliers by the rule of each indicator, and mark every cell that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid, Matrix, Truths, Vector
from parkscore.data.policies import columns_by_choice
from parkscore.data.refused_values import by_row, refused_values
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text, plural
from parkscore.methods import DomainError, TreatmentRecord, treatment
from parkscore.methods.records import Treated
from parkscore.methods.transformations import Transformation
from parkscore.methods.treatments import treated_alike


@dataclass(frozen=True)
class Treatment:
    """The treated stage: the grid, which cells changed, (rows, indicators), and what the findings say of it.

    made: by reference and indicator what was made of its values, where a treatment takes anything from them. counted:
    by indicator, reference and year how many values were changed by what was made of others before.
    """

    grid: Grid
    changed: Truths
    findings: tuple[Finding, ...]
    made: Mapping[str, Mapping[str, Transformation | None]]
    counted: Mapping[tuple[str, str, int | None], int] = field(default_factory=dict)


def treat(
    framework: Framework, table: Table, grid: Grid, cohorts: tuple[Cohort, ...], fitted: Fitted | None = None
) -> Treatment:
    """The grid with outliers treated, over the rows that each cohort pools.

    fitted: what was made of the values of a reference; values are treated alike then, and none moves another.

    Raises DataError with every value that a treatment cannot take, such as the logarithm of a negative number.
    """
    settings = resolve_settings(framework)
    leaves = framework.leaves
    choices = columns_by_choice(settings[leaf.id].treat for leaf in leaves)
    if not choices:
        return Treatment(grid, np.zeros(grid.filled.shape, dtype=np.bool_, order="F"), (), {})
    values = grid.values.copy(order="F")
    findings: list[Finding] = []
    refusals: list[Finding] = []
    made: dict[str, dict[str, Transformation | None]] = {}
    counted: dict[tuple[str, str, int | None], int] = {}
    for choice, columns in choices:
        for cohort in cohorts:
            block = np.ix_(cohort.pool, columns)
            ids = [leaves[column].id for column in columns]
            known = _known(choice, ids, cohort, fitted)
            try:
                treated = _treated(choice, grid.values[block], known)
            except DomainError:
                refusals += chain.from_iterable(
                    _refused(choice, leaves[column], table, cohort, grid.numbers[column], known and [known[place]])
                    for place, column in enumerate(columns)
                )
                continue
            values[block] = treated.values
            if not treatment[choice.name].row_local:
                own = made.setdefault(cohort.reference, {})
                own |= {code: record.made for code, record in zip(ids, treated.records, strict=True)}
            told = [
                (leaves[column], record)
                for column, record in zip(columns, treated.records, strict=True)
                if record.action != "none" or not record.passed
            ]
            if not cohort.apply.size:  # nothing is said of a group that nobody asked for
                continue
            if known is None:
                said = (treated_finding(leaf, cohort.year, record) for leaf, record in told)
                findings += [each for each in said if each not in findings]  # groups of which the same is said
            else:
                findings += [
                    counted_finding(leaf, cohort.reference, cohort.year, record.points) for leaf, record in told
                ]
                counted |= {(leaf.id, cohort.reference, cohort.year): record.points for leaf, record in told}
    if refusals:
        raise DataError(first_of_each_kind(refusals))
    changed = (values != grid.values) & ~np.isnan(grid.values)
    return Treatment(grid.with_values(values), changed, tuple(findings), made, counted)


_Known = Sequence[Transformation | None] | None


def _known(choice: Choice, ids: Sequence[str], cohort: Cohort, fitted: Fitted | None) -> _Known:
    """What was made of these indicators before; None where a treatment is to look for itself."""
    if fitted is None or treatment[choice.name].row_local:
        return None
    return [fitted.treatments[cohort.reference][code] for code in ids]


def _treated(choice: Choice, values: Matrix, known: _Known) -> Treated:
    """Values treated by looking at them, or as others were."""
    if known is None:
        return treatment[choice.name](values, **choice.parameters)
    treatment[choice.name].needs.require(values)
    return treated_alike(values, known)


def _refused(
    choice: Choice, leaf: Node, table: Table, cohort: Cohort, values: Vector, known: _Known
) -> Iterator[Finding]:
    """A finding for each value of an indicator that a treatment cannot take, or one for the indicator."""
    try:
        _treated(choice, values[cohort.pool, np.newaxis], known)
    except DomainError as error:
        whole = untreatable(leaf, choice, cohort.year, error)
        if not error.units:
            yield whole
        yield from by_row(table, whole, cohort.pool[list(error.units)].tolist(), values)


def untreatable(leaf: Node, choice: Choice, year: int | None, error: DomainError) -> Finding:
    """What the treatment of an indicator cannot take."""
    hint = Text("更正数值，或换一种异常值处理", "correct the value or choose another treatment")
    return refused_values(leaf, treatment[choice.name].title, year, error, hint)


def refuse_untreatable(table: Table, cohorts: Sequence[Cohort], columns: Sequence[tuple[Node, Choice, Vector]]) -> None:
    """Raise DataError with every value that its treatment cannot take, before any is treated."""
    # Nothing is made of the values: only what a treatment needs is looked at.
    found = [
        finding
        for cohort in cohorts
        for leaf, choice, values in columns
        for finding in _refused(choice, leaf, table, cohort, values, [None])
    ]
    if found:
        raise DataError(first_of_each_kind(found))


def counted_finding(leaf: Node, reference: str, year: int | None, points: int) -> Finding:
    """How many values of an indicator were changed by what was made of those of a reference."""
    return Finding(
        code="treated",
        severity=Severity.INFO,
        field=leaf.id,
        year=year,
        value=points,
        message=Text(
            f"{leaf.label.zh}：{points} 个值按参照值（{reference}）的异常值处理改动",
            f"{leaf.label.en}: {plural(points, 'value')} changed by the treatment of the reference ({reference})",
        ),
    )


def treated_finding(leaf: Node, year: int | None, record: TreatmentRecord) -> Finding:
    """What a treatment did to an indicator, and whether that was enough."""
    done = {
        "winsorised": Text(f"{record.points} 个极端值被缩尾", f"extreme values winsorised: {record.points}"),
        "log": Text("取对数", "its logarithm was taken"),
        "box_cox": Text(f"Box-Cox 变换，λ = {record.power:.3g}", f"Box-Cox transformation with λ = {record.power:.3g}"),
        "none": Text("未作处理", "nothing was done"),
    }[record.action]
    return Finding(
        code="treated" if record.passed else "still_skewed",
        severity=Severity.INFO if record.passed else Severity.WARNING,
        field=leaf.id,
        year=year,
        message=Text(
            f"{leaf.label.zh}：{done.zh}（偏度 {record.skewness_before:.2f} -> {record.skewness_after:.2f}，"
            f"峰度 {record.kurtosis_before:.2f} -> {record.kurtosis_after:.2f}）",
            f"{leaf.label.en}: {done.en} (skewness {record.skewness_before:.2f} -> {record.skewness_after:.2f}, "
            f"kurtosis {record.kurtosis_before:.2f} -> {record.kurtosis_after:.2f})",
        ),
    )
