"""Take the value of a target apart: amounts over all units of a year, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from parkscore.framework.class_names import class_names
from parkscore.framework.formula import Formula, check_measures, parse_formula
from parkscore.framework.formula.kinds import Special
from parkscore.framework.formula.tree import Call, Name, Node, Not, Number, walk
from parkscore.framework.gate_conditions import gate_measures, printed, replaced
from parkscore.framework.measures import DIMENSIONLESS, Measure
from parkscore.framework.models import Framework

ALL_SUM: Final = "all_sum"
SHARE_OF_UNITS: Final = "share_of_units"
AMOUNTS: Final = (ALL_SUM, SHARE_OF_UNITS)
"""The functions that make one amount of all units of a year."""
SINCE: Final = "cagr_since"

RowMeasures = Mapping[str, Measure | Special | None]


@dataclass(frozen=True)
class Amount:
    """One amount of all units of a year: `all_sum(x)`, or `share_of_units(condition)`."""

    function: str
    argument: Node

    @property
    def of_each(self) -> Formula:
        """What is taken of each unit: a number, or whether a condition holds."""
        return Formula(printed(self.argument), self.argument)

    def measure(self, of_rows: RowMeasures) -> Measure | None:
        """The measure in which it comes out; None for a plain number. of_rows: what each unit has."""
        if self.function == SHARE_OF_UNITS:
            return DIMENSIONLESS
        return check_measures(self.of_each, of_rows, None)[0]


@dataclass(frozen=True)
class TargetFormula:
    """The value of a target: a formula over amounts, each of which has a name of its own in it."""

    over_amounts: Formula
    amounts: Mapping[str, Amount]

    @property
    def base_years(self) -> frozenset[int]:
        """The calendar years from which growth is counted."""
        return frozenset(
            int(year.value)
            for call in self.over_amounts.calls
            if call.function == SINCE
            for year in call.arguments[1:]
            if isinstance(year, Number)
        )


def target_formula(text: str) -> TargetFormula:
    """The value of a target, taken apart. Raises FormulaError as `parse_formula`.

    >>> found = target_formula("全体合计(energy) / all_sum(product) - 上年(all_sum(energy))")
    >>> found.over_amounts.text, list(found.amounts)
    ('[all_sum(energy)] / [all_sum(product)] - lag([all_sum(energy)])', ['all_sum(energy)', 'all_sum(product)'])
    """
    amounts: dict[str, Amount] = {}

    def named(node: Node) -> Node | None:
        if not (isinstance(node, Call) and node.function in AMOUNTS):
            return None
        amounts[printed(node)] = Amount(node.function, node.arguments[0])
        return Name(printed(node), node.offset)

    root = replaced(parse_formula(text).root, named)
    return TargetFormula(Formula(printed(root), root), amounts)


def row_measures(framework: Framework) -> dict[str, Measure | Special | None]:
    """What an amount may read of each unit, with its measure: fields and the class."""
    known = gate_measures(framework)
    return {name: known[name] for name in (*framework.fields, *sorted(class_names(framework)))}


def amounts_inside(amount: Amount) -> list[Call]:
    """The amounts that stand inside another one, where there is only one unit."""
    return [node for node in walk(amount.argument) if isinstance(node, Call) and node.function in AMOUNTS]


def as_asked(amount: Amount) -> Formula:
    """What is taken of each unit, such that only a condition fits where a condition belongs."""
    if amount.function == SHARE_OF_UNITS:
        return Formula("", Not(amount.argument, amount.argument.offset))
    return amount.of_each
