"""Find the empty cells that keep a condition from being told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Final, NamedTuple

from parkscore.data.columns import Columns, parse
from parkscore.data.table import State
from parkscore.evaluation import Evaluation
from parkscore.framework.class_names import class_names
from parkscore.framework.gate_conditions import labels_of_names
from parkscore.framework.models import Node
from parkscore.language import Text

YES: Final = ": 1 for yes"


class Gap(NamedTuple):
    """An empty cell of a unit: the field, and how many years before the year of the row."""

    field: str
    back: int


class Gaps:
    """The empty cells behind the conditions of one evaluation."""

    def __init__(self, evaluation: Evaluation) -> None:
        """Nothing is looked up yet."""
        self._evaluation = evaluation
        self._framework = evaluation.framework
        self._columns = Columns(evaluation.framework, evaluation.table)
        self.behind = cache(self._behind)

    def of(self, condition: str, row: int) -> list[Gap]:
        """The empty cells that a condition reads at a row, directly or through the scores and values it names."""
        return list(dict.fromkeys(gap for gap, leaf in self.behind(condition) if self._is_open(gap, leaf, row)))

    def label(self, gap: Gap) -> Text:
        """What a gap is called."""
        name = self.labels.get(gap.field, Text(gap.field, gap.field))
        if gap.back == 0:
            return name
        when = Text("上年", "a year before") if gap.back == 1 else Text(f"前 {gap.back} 年", f"{gap.back} years before")
        return Text(when.zh + name.zh, f"{name.en} {when.en}")

    @cached_property
    def labels(self) -> dict[str, Text]:
        """What the names in a condition are called, without what a header says of how to fill them in."""
        labels = labels_of_names(self._framework)
        return {name: Text(label.zh, label.en.removesuffix(YES)) for name, label in labels.items()}

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self._framework.root.walk()}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {leaf: position for position, leaf in enumerate(self._evaluation.indicator_grid.ids)}

    def _is_open(self, gap: Gap, leaf: str | None, row: int) -> bool:
        """Whether the cell is empty, and the indicator that reads it this year has no value for it."""
        if leaf is not None and self._evaluation.indicator_grid.states[row, self._positions[leaf]] == State.VALUE:
            return False
        return bool(self._columns[gap].cells.states[row] == State.MISSING)

    def _behind(self, condition: str) -> tuple[tuple[Gap, str | None], ...]:
        """Every raw cell that a condition reads, with the indicator of the same year that reads it, if one does."""
        return tuple(self._read_by(condition, 0, None))

    def _read_by(self, formula: str, back: int, leaf: str | None) -> Iterator[tuple[Gap, str | None]]:
        for name, years in parse(formula).reads.items():
            for own in sorted(years):
                yield from self._named(name, back + own, leaf)

    def _named(self, name: str, back: int, leaf: str | None) -> Iterator[tuple[Gap, str | None]]:
        if name in self._framework.fields:
            formula = self._framework.fields[name].formula
            if formula is None:
                yield Gap(name, back), leaf
            else:
                yield from self._read_by(formula, back, leaf)
        elif name in class_names(self._framework):
            whens = [each.when for each in self._framework.classes] or [f"[{self._framework.class_field}]"]
            for text in whens:
                yield from self._read_by(text, back, leaf)
        elif name in self._nodes:
            for node in self._nodes[name].walk():
                for text in _formulas(node):
                    yield from self._read_by(text, back, node.id if back == 0 else None)


def _formulas(node: Node) -> tuple[str, ...]:
    """What an indicator is computed from."""
    category = () if node.category is None else (f"[{node.category}]",)
    cases = tuple(case.when for case in node.cases if case.when is not None)
    return (*category, *node.conditions, *node.formulas, *cases)
