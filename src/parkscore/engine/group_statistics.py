"""What one indicator has in each group of rows, gathered from pieces: the mean or the median that fills its gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.fitted import Filling
from parkscore.data.grid import Vector
from parkscore.engine.buckets import BUDGET, Codes
from parkscore.engine.sorted_columns import SortedColumn
from parkscore.methods import imputation, partial_fits

Text = str | None
"""What the rows of a group say; None for the one group of all rows."""


@dataclass(frozen=True)
class GroupValues:
    """The values of some rows with their groups, for a statistic that needs them in order.

    values: none of them missing; codes: for each the place of its group among the texts.
    """

    values: Vector
    codes: Codes


@dataclass(frozen=True)
class GroupPart:
    """What the rows of a piece have for the groups of an indicator; texts: of each group that they are in."""

    texts: tuple[Text, ...]
    found: partial_fits.Gathered | GroupValues


def group_part(name: str, values: Vector, groups: CodedTexts | None) -> GroupPart:
    """What an imputation takes from these rows.

    name: of the imputation. values: (rows,) of the indicator. groups: of the same rows; None where all are one group.
    """
    if groups is None:
        texts: tuple[Text, ...] = (None,)
        codes = np.zeros(values.size, dtype=np.int32)
    else:
        met = np.flatnonzero(np.bincount(groups.codes + 1, minlength=1)[1:])
        texts = tuple(groups.texts[met].tolist())
        places = np.full(len(groups.texts) + 1, -1, dtype=np.int32)  # the last is that of no text
        places[met] = np.arange(met.size, dtype=np.int32)
        codes = places[groups.codes]
    method = imputation[name]
    if method.needs_sort:
        known = (codes >= 0) & ~np.isnan(values)
        return GroupPart(texts, GroupValues(values[known], codes[known]))
    return GroupPart(texts, partial_fits.gather(values, method.gathers, codes=codes, groups=len(texts)))


class GroupStatistics:
    """The number for each group that all pieces come to, by the name of year and group and by indicator."""

    def __init__(self, methods: Mapping[str, str], folder: Path) -> None:
        """methods: the imputation of each indicator. folder: for the values of those that need them in order."""
        self._methods = methods
        self._folder = folder
        self._names: dict[str, dict[str, None]] = {code: {} for code in methods}
        self._numbers: dict[str, dict[tuple[str, Text], int]] = {code: {} for code in methods}
        self._joined: dict[str, partial_fits.Gathered] = {}
        self._columns: dict[str, SortedColumn] = {}

    def add(self, name: str, code: str, part: GroupPart) -> None:
        """What a piece has for an indicator, among the rows called `name`; in any order."""
        self._names[code][name] = None
        numbers = self._numbers[code]
        own = [numbers.setdefault((name, text), len(numbers)) for text in part.texts]
        if isinstance(part.found, GroupValues):
            self._column(code).add_each(part.found.values, np.array(own, dtype=np.int32)[part.found.codes])
            return
        found = part.found.placed(_inverse(own, len(numbers)))
        self._joined[code] = self._joined[code] + found if code in self._joined else found

    def found(self) -> dict[str, dict[str, Filling]]:
        """What gaps get, by the text of the group; NaN where a group has no value."""
        fillings: dict[str, dict[str, dict[Text, float]]] = {}
        for code, numbers in self._numbers.items():
            for name in self._names[code]:
                fillings.setdefault(name, {})[code] = {}
            for (name, text), statistic in zip(numbers, self._of_groups(code, len(numbers)), strict=True):
                fillings[name][code][text] = statistic
        return {name: dict(own) for name, own in fillings.items()}

    def _of_groups(self, code: str, groups: int) -> Sequence[float]:
        method = imputation[self._methods[code]]
        if method.fit_gathered is not None and code in self._joined:
            return [float(each) for each in np.atleast_1d(method.fit_gathered(self._joined[code])["value"])]
        if method.fit_in_order is None or code not in self._columns:
            return []
        in_order = self._columns[code].finish()
        nothing = np.empty(0)
        columns = (in_order[number]() if number in in_order else nothing for number in range(groups))
        return [float(method.fit_in_order(column)["value"]) for column in columns]

    def _column(self, code: str) -> SortedColumn:
        if code not in self._columns:
            budget = BUDGET // sum(imputation[name].needs_sort for name in self._methods.values())
            self._columns[code] = SortedColumn(self._folder / f"gaps-{len(self._columns)}", budget=budget)
        return self._columns[code]


def _inverse(places: Sequence[int], size: int) -> list[int]:
    """For each of so many numbers where it stands among some; -1 where it does not."""
    found = [-1] * size
    for place, number in enumerate(places):
        found[number] = place
    return found
