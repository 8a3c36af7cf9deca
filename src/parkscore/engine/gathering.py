"""Pass one over a piece: gather the statistics that its rows add to the references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from parkscore.data.cohorts import earlier_rows, reference_name, years_of
from parkscore.data.derive import derive
from parkscore.data.fitted import Fitted, Reference
from parkscore.data.grid import Cohort, Rows, Vector, rows_by_value
from parkscore.data.impute import impute
from parkscore.data.reference_groups import reference_groups
from parkscore.data.screen import screen
from parkscore.data.table import Table
from parkscore.data.treat import treat
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import Framework, Node
from parkscore.framework.score_history import years_looked_back
from parkscore.framework.settings import SIGN, Settings, resolve_settings
from parkscore.methods import scoring


def rows_of_year(table: Table, year: int | None) -> Rows:
    """The rows to score, none where the table has no row of that year."""
    if year is None or table.years is None:
        return np.arange(len(table.frame), dtype=np.intp)
    return np.flatnonzero(table.years == year)


def shared(rows: Rows, others: Rows) -> Rows:
    """Those of some rows, ascending, that are among others, too."""
    if rows.size == others.size and np.array_equal(rows, others):
        return rows
    among = np.zeros(max(rows[-1:].max(initial=0), others.max(initial=0)) + 1, dtype=np.bool_)
    among[others] = True
    return np.asarray(rows[among[rows]])


def references(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> list[Cohort]:
    """The rows of a piece that each reference is fitted on, as cohorts of these rows; none of them is empty.

    rows: those to score and those of earlier years that conditions look back at; eligible: all that may be measured
    against.
    """
    whole = [Cohort(name, year, own, own, own) for name, year, own in _of_all_groups(framework, table, rows, eligible)]
    if framework.reference_within:
        groups = reference_groups(framework, table)
        whole = [
            replace(cohort, apply=own, fit=own, pool=own, within=groups.texts[group])
            for cohort in whole
            for group, own in rows_by_value(groups.numbers, cohort.fit[groups.numbers[cohort.fit] >= 0])
        ]
    return [cohort for cohort in whole if cohort.fit.size]


def _of_all_groups(
    framework: Framework, table: Table, rows: Rows, eligible: Rows
) -> Iterator[tuple[str, int | None, Rows]]:
    years = table.years
    if years is None or framework.reference == "per-year":
        for year, own in years_of(table, shared(rows, eligible)):
            yield reference_name(framework, year), year, own
    elif framework.reference == "panel":
        yield reference_name(framework, None), None, eligible
    else:
        yield reference_name(framework, None), None, eligible[years[eligible] == framework.reference]


# --- one piece ------------------------------------------------------------------------------------------------------

_BY_EXTREMES = frozenset(
    {"minmax", "log", "distance_to_max", "distance_to_target", "efficacy", "max", "middle", "interval"}
)


@dataclass(frozen=True)
class Gathered:
    """What the rows of a piece add to the references: by reference and indicator, what its rule is fitted on."""

    values: Mapping[str, Mapping[str, Vector]]


def gather(framework: Framework, table: Table, year: int | None) -> Gathered:
    """The statistics of a piece."""
    rows = rows_of_year(table, year)
    indicators = derive(framework, table)
    imputed, _ = impute(framework, table, indicators)
    eligible, _ = screen(framework, indicators, imputed)
    earlier = earlier_rows(table, rows, years_looked_back(framework))
    wanted = np.sort(np.concatenate([rows, earlier])) if earlier.size else rows
    cohorts = references(framework, table, wanted, eligible)
    treated = treat(framework, table, imputed, tuple(cohorts)).grid.values
    settings, leaves = resolve_settings(framework), relative_leaves(framework)
    return Gathered({
        cohort.reference: {
            leaf.id: _fitted_on(settings[leaf.id], treated[cohort.fitted, column]) for column, leaf in leaves
        }
        for cohort in cohorts
    })  # fmt: skip


def _fitted_on(settings: Settings, values: Vector) -> Vector:
    """What a rule looks at: the ends of the values, or all of them."""
    if settings.score.name in _BY_EXTREMES:
        return np.array([np.fmin.reduce(values, initial=np.nan), np.fmax.reduce(values, initial=np.nan)])
    return values[~np.isnan(values)]


def relative_leaves(framework: Framework) -> list[tuple[int, Node]]:
    """The indicators whose rule takes statistics from the data, with their column."""
    settings = resolve_settings(framework)
    return [
        (column, leaf)
        for column, leaf in enumerate(framework.leaves)
        if not leaf.is_open_slot
        and not has_rules_by_case(leaf)
        and scoring[settings[leaf.id].score.name].fit is not None
    ]


class NoReferences(Fitted):
    """What rows are scored by where no rule takes statistics from the data: nobody lacks a reference."""

    def has(self, cohort: str) -> bool:
        """Whatever it is called."""
        return True


# --- all pieces -----------------------------------------------------------------------------------------------------


def fitted_from(framework: Framework, parts: Sequence[Gathered]) -> Fitted:
    """The references that all pieces together come to."""
    settings = resolve_settings(framework)
    names = sorted({name for part in parts for name in part.values})
    scoring_: dict[str, dict[str, Reference]] = {}
    for name in names:
        own = scoring_[name] = {}
        for _, leaf in relative_leaves(framework):
            values = np.concatenate([part.values[name][leaf.id] for part in parts if name in part.values])
            own[leaf.id] = _reference(settings[leaf.id], values)
    return Fitted(scoring_)


def _reference(settings: Settings, values: Vector) -> Reference:
    fit = scoring[settings.score.name].fit
    assert fit is not None  # noqa: S101  # relative indicators only
    found = fit(values, direction=SIGN.get(str(settings.direction), 1), **settings.score.parameters)
    return {name: float(value) for name, value in found.items()}
