"""Count in each piece what can only be told once all rows are counted, and tell it then in the same words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from parkscore.data.cases import case_counts, cases_counted
from parkscore.data.classes import Classification, classes_counted, classes_told, numbers_of_classes
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid, Rows
from parkscore.data.impute import filled_finding, title_of
from parkscore.data.indicator_places import indicator_place
from parkscore.data.table import Table
from parkscore.data.treat import counted_finding
from parkscore.findings import Finding, Place
from parkscore.framework.models import Framework
from parkscore.framework.settings import resolve_settings
from parkscore.tree.case_rules import rules_met
from parkscore.tree.column_findings import ColumnCounts, column_findings, count_column, fates_of_gaps
from parkscore.tree.outside import Beyond, beyond
from parkscore.tree.score import compares, single_unit

TOLD_OF_ALL = frozenset(
    {
        "no_value",
        "all_missing",
        "constant_column",
        "no_reference",
        "imputed",
        "cases_counted",
        "classes_counted",
        "treated",
        "still_skewed",
        "outside_reference",
    }
)
"""What the steps find of a piece that is told of all rows together."""


@dataclass(frozen=True)
class Tally:
    """The counts of some rows.

    columns: by indicator, reference and year. places: where each indicator stands. references: by name, on how many
    rows each was fitted, and the finding for one that is alone in its piece. filled: by indicator and year, the gaps
    that were filled. cases: by indicator, the rows in each case, in none, and of which it cannot be told. classes: the
    rows in each class by condition, in none, in several, and of which it cannot be told. beyond: by indicator,
    reference and year, the values beyond those of a frozen reference. to_score: how many rows are scored; to_measure:
    how many they may be measured against, those of no group included. treated: by indicator, reference and year, the
    values that were changed as those of a frozen reference.
    """

    columns: Mapping[tuple[str, str, int | None], ColumnCounts] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    references: Mapping[str, tuple[int, Finding | None]] = field(default_factory=dict)
    filled: Mapping[tuple[str, int | None], int] = field(default_factory=dict)
    cases: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    classes: tuple[int, ...] = ()
    beyond: Mapping[tuple[str, str, int | None], Beyond] = field(default_factory=dict)
    to_score: int = 0
    to_measure: int = 0
    treated: Mapping[tuple[str, str, int | None], int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        """The counts over the rows of both; what is told of one row is that of the first."""
        columns, references = dict(self.columns), dict(self.references)
        for key, counts in other.columns.items():
            columns[key] = columns[key] + counts if key in columns else counts
        for name, (rows, alone) in other.references.items():
            before, first = references.get(name, (0, None))
            references[name] = before + rows, first or alone
        filled, cases = dict(self.filled), dict(self.cases)
        for place, count in other.filled.items():
            filled[place] = filled.get(place, 0) + count
        for code, own in other.cases.items():
            cases[code] = tuple(a + b for a, b in zip(cases[code], own, strict=True)) if code in cases else own
        classes = (
            tuple(a + b for a, b in zip(self.classes, other.classes, strict=True)) if self.classes else other.classes
        )
        drift = dict(self.beyond)
        for key, found in other.beyond.items():
            ours = drift.get(key, Beyond(0, 0, found.ends))
            drift[key] = Beyond(ours.below + found.below, ours.above + found.above, found.ends)
        both = self.to_score + other.to_score, self.to_measure + other.to_measure
        places, treated = {**other.places, **self.places}, dict(Counter(self.treated) + Counter(other.treated))
        return Tally(columns, places, references, filled, cases, classes, drift, *both, treated)

    def findings(self, framework: Framework) -> Iterator[Finding]:
        """What is to be said of the indicators over all rows."""
        leaves, settings = {leaf.id: leaf for leaf in framework.leaves}, resolve_settings(framework)
        if framework.classes and self.classes:
            yield classes_counted(classes_told(framework, self.classes))
        for code, counts in self.cases.items():
            yield cases_counted(leaves[code], counts)
        for (code, year), count in sorted(self.filled.items(), key=str):
            yield filled_finding(leaves[code], title_of(settings[code].missing), count, year)
        for (code, reference, year), points in sorted(self.treated.items(), key=str):
            yield counted_finding(leaves[code], reference, year, points)
        order, fates = {code: number for number, code in enumerate(leaves)}, fates_of_gaps(framework)
        for key in sorted(self.columns, key=lambda key: (str(key[2]), key[1], order[key[0]])):
            code, counted = key[0], self.columns[key]
            # A group that nothing is fitted on has its own reason; where all was fitted before, there is none.
            if counted.rows and (key[1] in self.references or not self.references):
                for finding in column_findings(leaves[code], counted, fates[code]):
                    yield replace(finding, place=self.places[code])
            if key in self.beyond:
                yield replace(self.beyond[key].finding(leaves[code], *key[1:]), place=self.places[code])
        if compares(framework):
            scored_by = {name for (_, name, _), counts in self.columns.items() if counts.rows}
            found = self.references.items()
            yield from (alone for name, (rows, alone) in found if rows == 1 and alone and name in scored_by)


def tally(
    framework: Framework,
    table: Table,
    cohorts: Sequence[Cohort],
    classification: Classification | None,
    rows: Rows,
    filled: Sequence[Finding],
    untreated: Grid,
    treated: Grid,
    fitted: Fitted,
) -> Tally:
    """Count a piece.

    cohorts: of the rows to score, with the rows of the piece that their references are fitted on. rows: those to score.
    filled: what imputation found. untreated, treated: the values before outliers were treated, and as scored. fitted:
    what they were scored by.
    """
    lacking = _lacking(fitted)
    drift: dict[tuple[str, str, int | None], Beyond] = {}
    settings = resolve_settings(framework)
    columns: dict[tuple[str, str, int | None], ColumnCounts] = {}
    for cohort in cohorts:
        for number, leaf in enumerate(framework.leaves):
            if leaf.is_open_slot:
                continue
            found = beyond(leaf, cohort, untreated.numbers[number], fitted)
            if found is not None:
                drift[leaf.id, cohort.reference, cohort.year] = found
            columns[leaf.id, cohort.reference, cohort.year] = count_column(
                table,
                leaf,
                cohort,
                treated.numbers[number],
                treated.reasons[number],
                fitted_on=cohort.fitted,
                rules=rules_met(leaf, settings[leaf.id], treated, cohort.fit),
                has_reference=(cohort.reference, leaf.id) not in lacking,
            )
    return Tally(
        columns,
        {leaf.id: indicator_place(framework, table, leaf, rows) for leaf in framework.leaves if rows.size},
        {each.reference: (each.fit.size, _alone(table, each)) for each in cohorts if each.fit.size},
        {(str(each.field), each.year): int(each.value) for each in filled},
        case_counts(framework, treated, rows),
        numbers_of_classes(framework, classification, rows) if framework.classes else (),
        drift,
    )


def _alone(table: Table, cohort: Cohort) -> Finding | None:
    """What is said of a row that is alone, if no other piece has one for the same reference."""
    return single_unit(table, cohort) if cohort.fit.size == 1 else None


def _lacking(fitted: Fitted) -> frozenset[tuple[str, str]]:
    """The references and indicators that have no value to measure against."""
    return frozenset(
        (name, code)
        for name, own in fitted.scoring.items()
        for code, reference in own.items()
        if any(math.isnan(value) for value in reference.values())
    )
