"""Pass one over a piece: gather the statistics that its rows add to the references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parkscore.data.cohorts import earlier_rows, reference_name, years_of
from parkscore.data.derive import derive
from parkscore.data.fitted import Fitted, Reference, named
from parkscore.data.grid import Rows, Vector, rows_by_value
from parkscore.data.impute import impute
from parkscore.data.reference_groups import reference_groups
from parkscore.data.screen import screen
from parkscore.data.table import Table
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import Framework, Node
from parkscore.framework.score_history import years_looked_back
from parkscore.framework.settings import SIGN, Settings, resolve_settings
from parkscore.methods import scoring

Partials = Mapping[tuple[str, str], Vector]


def rows_of_year(table: Table, year: int | None) -> Rows:
    """The rows to score, none where the table has no row of that year."""
    if year is None or table.years is None:
        return np.arange(len(table.frame), dtype=np.intp)
    return np.flatnonzero(table.years == year)


def reference_rows(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> Iterator[tuple[str, Rows]]:
    """The rows of a piece that each reference is fitted on, by the name of the reference.

    rows: those to score and those of earlier years that conditions look back at; eligible: all that may be measured
    against.
    """
    whole = dict(_of_all_groups(framework, table, rows, eligible))
    if not framework.reference_within:
        yield from whole.items()
        return
    groups = reference_groups(framework, table)
    for name, own in whole.items():
        for group, part in rows_by_value(groups.numbers, own[groups.numbers[own] >= 0]):
            yield named(name, groups.texts[group]), part


def _of_all_groups(framework: Framework, table: Table, rows: Rows, eligible: Rows) -> Iterator[tuple[str, Rows]]:
    years = table.years
    if years is None or framework.reference == "per-year":
        for year, own in years_of(table, np.intersect1d(rows, eligible)):
            yield reference_name(framework, year), own
    elif framework.reference == "panel":
        yield reference_name(framework, None), eligible
    else:
        yield reference_name(framework, None), eligible[years[eligible] == framework.reference]


# --- one piece ------------------------------------------------------------------------------------------------------

_BY_EXTREMES = frozenset(
    {"minmax", "log", "distance_to_max", "distance_to_target", "efficacy", "max", "middle", "interval"}
)


@dataclass(frozen=True)
class Gathered:
    """What the rows of a piece add to the references: by reference and indicator, what its rule is fitted on.

    extents: the smallest and the largest value before outliers are treated.
    """

    values: Mapping[str, Mapping[str, Vector]]
    extents: Mapping[str, Mapping[str, tuple[float, float]]]


def gather(framework: Framework, table: Table, year: int | None) -> Gathered:
    """The statistics of a piece."""
    rows = rows_of_year(table, year)
    indicators = derive(framework, table)
    imputed, _ = impute(framework, table, indicators)
    eligible, _ = screen(framework, indicators, imputed)
    wanted = np.union1d(rows, earlier_rows(table, rows, years_looked_back(framework)))
    values: dict[str, dict[str, Vector]] = {}
    extents: dict[str, dict[str, tuple[float, float]]] = {}
    settings, leaves = resolve_settings(framework), relative_leaves(framework)
    for name, own in reference_rows(framework, table, wanted, eligible):
        if not own.size:
            continue
        for column, leaf in leaves:
            fitted_on = imputed.values[own, column]
            ends = _ends(fitted_on)
            by_ends = settings[leaf.id].score.name in _BY_EXTREMES
            present = np.array(ends) if by_ends else fitted_on[~np.isnan(fitted_on)]
            values.setdefault(name, {})[leaf.id] = present
            extents.setdefault(name, {})[leaf.id] = ends
    return Gathered(values, extents)


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


def _ends(values: Vector) -> tuple[float, float]:
    return float(np.fmin.reduce(values, initial=np.nan)), float(np.fmax.reduce(values, initial=np.nan))


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
