"""Numbers by text: the tables that `lookup` reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkscore.framework.formula.cells import TextCells
from parkscore.framework.formula.values import Value, ranked, settle
from parkscore.methods.points_lookup import folded


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A number for each listed text, and one for every other text where that is stated."""

    numbers: Mapping[str, float]
    otherwise: float | None = None

    @classmethod
    def of(cls, values: Mapping[str, float], otherwise: float | None = None) -> LookupTable:
        """A table by texts as people write them: width and blanks do not count.

        >>> LookupTable.of({"Ａ类 企业": 1.2}).number(" A类　企业 ")
        1.2
        """
        return cls({folded(text): float(number) for text, number in values.items()}, otherwise)

    def number(self, text: str) -> float:
        """The number of a text, NaN where it is not listed and nothing is stated for others.

        >>> LookupTable.of({"电子": 1.2}).number("机械"), LookupTable.of({"电子": 1.2}, 1).number("机械")
        (nan, 1.0)
        """
        return self.numbers.get(folded(text), math.nan if self.otherwise is None else float(self.otherwise))

    def look_up(self, texts: TextCells) -> Value:
        """The number of each text; undefined where the table has none for it."""
        listed = texts.values.ravel().tolist()
        number = {text: self.number(text) for text in set(listed) if isinstance(text, str)}
        found = np.array([number.get(text, math.nan) for text in listed], dtype=np.float64)
        return settle(found.reshape(texts.values.shape), ranked(texts.states))
