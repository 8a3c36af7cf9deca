"""What names an enterprise in a zone, in every table about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parkscore.data.arrow_arrays import arrow_numbers, arrow_texts, number_array, objects_of
from parkscore.data.grid import Rows
from parkscore.late_pandas import pd
from parkscore.members.memberships import Memberships
from parkscore.members.rolls import NONE, Codes, Texts
from parkscore.tree.rank import Ranks

Columns = Mapping[str, "pa.Array | NDArray[Any]"]
"""Columns of a table by name: of Arrow, or of NumPy, where texts, and numbers among them, are objects."""


def labels_of(members: Memberships, rows: Rows) -> dict[str, pa.Array]:
    """The columns `enterprise`, `name`, `zone` and `part`, of the latest return that counts; those that there are."""
    roll, block = members.summed.roll, members.summed.plan.block
    numbers = np.full(len(rows), NONE, dtype=np.intp)
    for back in sorted(members.at):
        numbers = np.where(numbers == NONE, members.at[back][rows], numbers)
    labels = {"enterprise": of_codes(roll.ids, members.enterprises[rows])}
    if block.name is not None:
        labels["name"] = of_codes(roll.names, numbers)
    labels["zone"] = of_codes(roll.texts["zones"], members.zones[rows])
    if block.part is not None:
        labels["part"] = of_codes(roll.texts["parts"], roll.part[numbers])
    return labels


def nullable(ranks: Ranks) -> pa.Array:
    """Ranks as whole numbers: what is not ranked has none."""
    return arrow_numbers(ranks, ranks != 0)


def of_codes(known: pa.Array, codes: Codes | Rows) -> pa.Array:
    """The text of each code as a column, in which -1 is missing."""
    return known.take(arrow_numbers(codes, codes != NONE))


def by_number(known: pa.Array, codes: Codes | Rows) -> pa.DictionaryArray:
    """The same where the texts are few: each row has its number."""
    return pa.DictionaryArray.from_arrays(arrow_numbers(codes, codes != NONE), known)


def texts(values: Sequence[str | None] | Texts) -> pa.Array:
    """Texts as a column, in which None is missing."""
    return arrow_texts(values, pa.large_string())


def texts_in_frame(table: pa.Table) -> pd.DataFrame:
    """Columns of texts as a table of pandas: `str`, or objects where there are gaps, which are None."""
    columns = {name: objects_of(table[name].combine_chunks().cast(pa.large_string())) for name in table.column_names}
    return pd.DataFrame(
        {name: pd.Series(own, dtype=object if table[name].null_count else "str") for name, own in columns.items()}
    )


def in_arrow(columns: Columns) -> dict[str, pa.Array]:
    """Columns of Arrow and of NumPy as those of Arrow: what is no number is null, and words among numbers stand apart.

    >>> in_arrow({"x": np.array([1.5, np.nan]), "y": np.array(["不适用", 2.0], dtype=object)})["y"].to_pylist()
    [{'word': '不适用', 'number': None}, {'word': None, 'number': 2.0}]
    """
    return {name: _in_arrow(column) for name, column in columns.items()}


def _in_arrow(column: pa.Array | NDArray[Any]) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    if column.dtype != object:
        return number_array(column) if column.dtype.kind == "f" else arrow_numbers(column)
    words = texts([cell if isinstance(cell, str) else None for cell in column])
    numbers = number_array(np.array([cell if isinstance(cell, float) else np.nan for cell in column]))
    if numbers.null_count == len(numbers):
        return words
    return pa.StructArray.from_arrays([words, numbers], ["word", "number"])


def in_frame(columns: Columns) -> pd.DataFrame:
    """Columns of Arrow and of NumPy as a table of pandas: texts as `str`, whole numbers that may be missing."""
    return pd.DataFrame({name: _in_pandas(column) for name, column in columns.items()}, copy=False)


def _in_pandas(column: Any) -> Any:
    if not isinstance(column, pa.Array):
        return column
    if pa.types.is_dictionary(column.type):
        return objects_of(column)
    if pa.types.is_large_string(column.type):
        return pd.array(column, dtype="str")
    return pd.arrays.IntegerArray(column.fill_null(0).to_numpy(), mask=column.is_null().to_numpy(zero_copy_only=False))
