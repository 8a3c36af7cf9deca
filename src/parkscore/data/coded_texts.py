"""A column of texts with each text kept once and a number per row, so that groups are told apart without comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from parkscore.late_pandas import pd


@dataclass(frozen=True, eq=False)
class CodedTexts:
    """Texts by number.

    codes: (rows,) int32, the place in `texts`, -1 where there is none. texts: each text once, as objects; some may
    stand in no row.
    """

    codes: npt.NDArray[np.int32]
    texts: npt.NDArray[Any]

    @classmethod
    def of(cls, values: Sequence[Any] | npt.NDArray[Any]) -> CodedTexts:
        """Code a column, in the order in which its texts are met; whatever is no str is none.

        >>> coded = CodedTexts.of(["工业", None, "农业", "工业"])
        >>> coded.codes.tolist(), coded.texts.tolist()
        ([0, -1, 1, 0], ['工业', '农业'])
        """
        cells = np.empty(len(values), dtype=object)
        cells[:] = values
        codes, found = pd.factorize(cells)
        return cls(codes.astype(np.int32), found).spelled(found)

    def spelled(self, texts: Sequence[Any] | npt.NDArray[Any]) -> CodedTexts:
        """The same rows with each text written otherwise; what is then alike is one, and whatever is no str is none.

        >>> CodedTexts.of(["甲", "甲 ", "-"]).spelled(["甲", "甲", None]).codes.tolist()
        [0, 0, -1]
        """
        new = np.empty(len(texts), dtype=object)
        new[:] = [text if isinstance(text, str) else None for text in texts]
        numbers, found = pd.factorize(new)
        if len(found) == len(new):
            return CodedTexts(self.codes, found)
        # The last place is that of no text, which the number -1 finds.
        return CodedTexts(np.append(numbers, -1).astype(np.int32)[self.codes], found)

    def taken(self, rows: npt.NDArray[np.int64]) -> CodedTexts:
        """Some of the rows."""
        return CodedTexts(self.codes[rows], self.texts)

    def in_order(self) -> CodedTexts:
        """The same rows with the texts in the order of their letters.

        >>> CodedTexts.of(["b", None, "a"]).in_order().codes.tolist()
        [1, -1, 0]
        """
        order = sorted(range(len(self.texts)), key=self.texts.__getitem__)
        places = np.full(len(order) + 1, -1, dtype=np.int32)  # the last one for rows without a text
        places[order] = np.arange(len(order))
        return CodedTexts(places[self.codes], self.texts[order])

    @cached_property
    def values(self) -> npt.NDArray[Any]:
        """(rows,) the text of each row as an object, None where there is none."""
        return _with_none(self.texts)[self.codes]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.codes)

    @classmethod
    def together(cls, parts: Sequence[CodedTexts]) -> CodedTexts:
        """Columns under each other."""
        if len(parts) == 1:
            return parts[0]
        starts = np.cumsum([0, *(len(part.texts) for part in parts)])
        moved = [
            np.where(part.codes < 0, np.int32(-1), part.codes + np.int32(start))
            for part, start in zip(parts, starts.tolist(), strict=False)
        ]
        texts = np.concatenate([part.texts for part in parts]) if parts else np.empty(0, dtype=object)
        codes = np.concatenate(moved) if moved else np.empty(0, dtype=np.int32)
        return cls(codes.astype(np.int32), texts).spelled(texts)


def _with_none(texts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The texts with None at the end, where the number -1 finds it."""
    more = np.empty(len(texts) + 1, dtype=object)
    more[:-1] = texts
    more[-1] = None
    return more
