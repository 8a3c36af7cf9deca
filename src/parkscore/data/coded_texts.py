"""A column of texts with each text kept once and a number per row, so that groups are told apart without comparing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, arrow_texts, codes_of, objects_of
from parkscore.data.arrow_texts import ArrowTexts, CellColumn


@dataclass(frozen=True, eq=False)
class CodedTexts:
    """Texts by number.

    codes: (rows,) int32, the place in `texts`, -1 where there is none. texts: each text once, as objects; some may
    stand in no row.
    """

    codes: npt.NDArray[np.int32]
    texts: npt.NDArray[Any]

    @staticmethod
    def of(values: Sequence[Any] | npt.NDArray[Any]) -> CodedTexts:
        """Code a column, in the order in which its texts are met; whatever is no str is none.

        >>> coded = CodedTexts.of(["工业", None, "农业", "工业"])
        >>> coded.codes.tolist(), coded.texts.tolist()
        ([0, -1, 1, 0], ['工业', '农业'])
        """
        codes, found = _numbered(values)
        coded = CodedTexts(codes, found)
        return coded if set(map(type, found)) <= {str} else coded.spelled(found)

    def spelled(self, texts: Sequence[Any] | npt.NDArray[Any]) -> CodedTexts:
        """The same rows with each text written otherwise; what is then alike is one, and whatever is no str is none.

        >>> CodedTexts.of(["甲", "甲 ", "-"]).spelled(["甲", "甲", None]).codes.tolist()
        [0, 0, -1]
        """
        numbers, found = _numbered([str(text) if isinstance(text, str) else None for text in texts])
        if len(found) == len(texts):
            return CodedTexts(self.codes, found)
        # The last place is that of no text, which the number -1 finds.
        return CodedTexts(np.append(numbers, np.int32(-1))[self.codes], found)

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
        return with_none(self.texts)[self.codes]

    @property
    def in_arrow(self) -> pa.Array:
        """(rows,) the text of each row as Arrow has it: large strings.

        >>> CodedTexts.of(["甲", None, "甲"]).in_arrow.to_pylist()
        ['甲', None, '甲']
        """
        return arrow_texts(self.texts, pa.large_string()).take(arrow_numbers(self.codes, self.codes >= 0))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.codes)

    @staticmethod
    def in_column(cells: CellColumn) -> CodedTexts:
        """Code a column of a table; those of Arrow once somebody asks for that.

        >>> CodedTexts.in_column(ArrowTexts.of(pa.array(["乙", "甲", "乙"]))).codes.tolist()
        [0, 1, 0]
        """
        return PlainTexts(cells.array) if isinstance(cells, ArrowTexts) else CodedTexts.of(cells)

    @staticmethod
    def together(parts: Sequence[CodedTexts]) -> CodedTexts:
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
        return CodedTexts(codes.astype(np.int32), texts).spelled(texts)


class PlainTexts(CodedTexts):
    """Texts as Arrow has them, by number once somebody asks for that: of names most differ, and few are looked at.

    >>> texts = PlainTexts(pa.array(["乙", None, "甲", "乙"]))
    >>> texts.codes.tolist(), texts.texts.tolist(), texts.values.tolist(), len(texts)
    ([0, -1, 1, 0], ['乙', '甲'], ['乙', None, '甲', '乙'], 4)
    """

    array: pa.Array

    def __init__(self, array: pa.Array) -> None:
        """array: a text or none for each row."""
        self.__dict__["array"] = array

    @cached_property
    def _by_number(self) -> pa.DictionaryArray:
        return self.array.dictionary_encode()

    @cached_property
    def codes(self) -> npt.NDArray[np.int32]:
        """(rows,) int32, the place in `texts`, -1 where there is none."""
        return codes_of(self._by_number).astype(np.int32, copy=False)

    @cached_property
    def texts(self) -> npt.NDArray[Any]:
        """Each text once, as objects."""
        return objects_of(self._by_number.dictionary)

    @cached_property
    def values(self) -> npt.NDArray[Any]:
        """(rows,) the text of each row as an object, None where there is none."""
        return objects_of(self.array)

    @property
    def in_arrow(self) -> pa.Array:
        """(rows,) the text of each row as Arrow has it: large strings."""
        return ArrowTexts.of(self.array).array

    def taken(self, rows: npt.NDArray[np.int64]) -> PlainTexts:
        """Some of the rows."""
        return PlainTexts(self.array.take(arrow_numbers(rows)))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.array)


class CellColumns(Mapping[str, CellColumn]):
    """Columns of cells by name; those of texts become objects when they are asked for.

    >>> CellColumns({"a": np.array([1.5]), "b": PlainTexts(pa.array(["甲"]))})["b"].tolist()
    ['甲']
    """

    def __init__(self, columns: Mapping[str, CellColumn | CodedTexts]) -> None:
        """Keep the columns."""
        self._columns = columns

    def __getitem__(self, name: str) -> CellColumn:
        """The cells of a column, the same ones each time."""
        own = self._columns[name]
        return own.values if isinstance(own, CodedTexts) else own

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column; nothing is made to tell that."""
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        """The names of the columns, in their order."""
        return iter(self._columns)

    def __len__(self) -> int:
        """The number of columns."""
        return len(self._columns)


def _numbered(values: Sequence[Any] | npt.NDArray[Any]) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any]]:
    """The number of each value in the order in which they are met, -1 for None, and each value once."""
    numbers: defaultdict[Any, int] = defaultdict(count().__next__, {None: -1})
    codes = np.fromiter(map(numbers.__getitem__, values), dtype=np.int32, count=len(values))
    del numbers[None]
    found = np.empty(len(numbers), dtype=object)
    found[:] = list(numbers)
    return codes, found


def with_none(texts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The texts with None at the end, where the number -1 finds it.

    >>> with_none(np.array(["甲"], dtype=object))[[0, -1]].tolist()
    ['甲', None]
    """
    more = np.empty(len(texts) + 1, dtype=object)
    more[:-1] = texts
    more[-1] = None
    return more
