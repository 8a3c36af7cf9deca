"""A parsed formula, and what it needs to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from parkscore.framework.formula.functions import FUNCTIONS
from parkscore.framework.formula.tree import Call, Name, Node, TableName, children, walk


@dataclass(frozen=True)
class Formula:
    """A formula: its text as written, and its tree."""

    text: str
    root: Node

    @cached_property
    def name_offsets(self) -> Mapping[str, tuple[int, ...]]:
        """Each name with the columns (from 0) at which it stands, in order of appearance."""
        offsets: dict[str, tuple[int, ...]] = {}
        for node in walk(self.root):
            if isinstance(node, Name):
                offsets[node.name] = (*offsets.get(node.name, ()), node.offset)
        return offsets

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields and indicators that are read."""
        return frozenset(self.name_offsets)

    @cached_property
    def reads(self) -> Mapping[str, frozenset[int]]:
        """Each name with the years back at which it is read; 0 is the year itself.

        >>> from parkscore.framework.formula.parse import parse_formula
        >>> parse_formula("x - 上年(x)").reads
        {'x': frozenset({0, 1})}
        """
        needed: dict[str, frozenset[int]] = {}
        _gather(self.root, frozenset({0}), needed)
        return needed

    @cached_property
    def lagged(self) -> Mapping[str, frozenset[int]]:
        """Each name of which years so many before that of the row are read, with those years back.

        >>> from parkscore.framework.formula.parse import parse_formula
        >>> parse_formula("y / lag(lag(x)) - growth(z)").lagged
        {'x': frozenset({2}), 'z': frozenset({1})}
        """
        earlier = {name: years - {0} for name, years in self.reads.items()}
        return {name: years for name, years in earlier.items() if years}

    @cached_property
    def reads_other_years(self) -> bool:
        """Whether other years of the same unit are read: some years back, or a calendar year, as `cagr_since` does.

        >>> from parkscore.framework.formula.parse import parse_formula
        >>> [parse_formula(text).reads_other_years for text in ("x", "lag(x)", "cagr_since(x, 2020)")]
        [False, True, True]
        """
        return bool(self.lagged) or any(FUNCTIONS[name].own_year for name in self.functions)

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions used, by their English names."""
        return frozenset(call.function for call in self.calls)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call of a function, from left to right."""
        return tuple(node for node in walk(self.root) if isinstance(node, Call))

    @cached_property
    def table_names(self) -> tuple[TableName, ...]:
        """Every table that is looked up, from left to right."""
        return tuple(node for node in walk(self.root) if isinstance(node, TableName))

    @property
    def row_local(self) -> bool:
        """Whether no row of another unit is read; other years of the same unit may be, see `reads_other_years`.

        >>> from parkscore.framework.formula.parse import parse_formula
        >>> parse_formula("x / lag(x)").row_local, parse_formula("x / group_mean(x, 行业)").row_local
        (True, False)
        """
        return not any(FUNCTIONS[name].other_units for name in self.functions)

    @property
    def reads_data_year(self) -> bool:
        """Whether the data year of a row is read itself."""
        return any(FUNCTIONS[name].data_year for name in self.functions)


def _gather(node: Node, back: frozenset[int], needed: dict[str, frozenset[int]]) -> None:
    if isinstance(node, Name):
        needed[node.name] = needed.get(node.name, frozenset()) | back
    if isinstance(node, Call):
        lags = FUNCTIONS[node.function].lags(node.years)
        back = frozenset(years + lag for years in back for lag in lags)
        if FUNCTIONS[node.function].other_units:
            # A group is formed in the year of its rows, and only the outcome is read in an earlier one.
            back |= {0}
        if FUNCTIONS[node.function].own_year:
            back |= {0}
    for child in children(node):
        _gather(child, back, needed)
