"""What the rules that compare all rows take from them: medians, by which each row can then be judged alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from parkscore.data.codes_in_pieces import code_keys
from parkscore.data.columns import Columns
from parkscore.data.grid import Vector
from parkscore.data.peers import ANYBODY, NO_SPREAD, Group, Spread, peers
from parkscore.data.sizes import mixup_finding, sizes_by_year, times_expected
from parkscore.data.table import Table
from parkscore.data.text_hashes import Hashes
from parkscore.findings import Finding, Place
from parkscore.framework.formula import Cells
from parkscore.framework.models import Framework, Rule


class Compared(NamedTuple):
    """Values that are compared with each other: those of a field by peers, or the sizes that a rule looks at."""

    of: str
    group: Group


@dataclass(frozen=True)
class RuleStatistics:
    """The median of what is compared, and how far its values are from it; none of what no row has."""

    spreads: Mapping[Compared, Spread] = field(default_factory=dict)

    def of(self, name: str, group: Group) -> Spread:
        """The statistics of one group."""
        return self.spreads.get(Compared(name, group), NO_SPREAD)


def of_rule(rule: Rule) -> str:
    """What the sizes that a rule looks at are called, unlike any field."""
    return f"rule:{rule.id}"


def compares_rows(rule: Rule) -> bool:
    """Whether a rule judges a row by a median over others."""
    return rule.outlier is not None or rule.measure_mixup is not None or rule.magnitude is not None


@dataclass(frozen=True)
class RulePart:
    """What the rows of a table add: values, none missing; and where the columns stand that mixed-up measures name.

    codes: by field a number for each code and year.
    """

    values: Mapping[Compared, Vector]
    places: Mapping[str, Place]
    codes: Mapping[str, Hashes]


def rule_part(framework: Framework, table: Table) -> RulePart:
    """What the rows of a table add to the statistics of every rule that compares rows."""
    columns, values = Columns(framework, table), dict[Compared, Vector]()
    for rule in framework.rules:
        values |= {compared: own for compared, own in _compared(framework, table, columns, rule) if own.size}
    named = {rule.measure_mixup.field for rule in framework.rules if rule.measure_mixup is not None}
    rows = table.size
    places = {name: table.origin.place(None, name) for name in sorted(named) if rows}
    return RulePart(values, places, code_keys(framework, table))


def _compared(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[tuple[Compared, Vector]]:
    if rule.outlier is not None:
        for name in rule.outlier.fields:
            cells = columns[(name, 0)].cells
            assert isinstance(cells, Cells)  # noqa: S101  # rules over text fields are refused by the framework's check
            for group, rows in peers(framework, table):
                own = cells.values[rows]
                yield Compared(name, group), own[~np.isnan(own)]
    elif rule.measure_mixup is not None:
        for year, sizes in sizes_by_year(columns, table.years, rule.measure_mixup):
            yield Compared(of_rule(rule), Group(year, "")), sizes
    elif rule.magnitude is not None:
        times = times_expected(columns, rule.magnitude)
        yield Compared(of_rule(rule), ANYBODY), times[times > 0]


def mixed_up(framework: Framework, statistics: RuleStatistics, places: Mapping[str, Place]) -> Iterator[Finding]:
    """The columns that as a whole are in another measure, from the statistics of all rows; places: of the columns."""
    for rule in framework.rules:
        expected = rule.measure_mixup
        if expected is None:
            continue
        years = sorted((each.group for each in statistics.spreads if each.of == of_rule(rule)), key=str)
        for group in years:
            median = statistics.of(of_rule(rule), group).median
            found = mixup_finding(framework, places[expected.field], rule, expected, median, group.year)
            if found is not None:
                yield found
