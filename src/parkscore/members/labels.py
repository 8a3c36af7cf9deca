"""What names an enterprise in a zone, in every table about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, objects_of
from parkscore.data.grid import Rows
from parkscore.late_pandas import pd
from parkscore.members.memberships import Memberships
from parkscore.members.rolls import NONE, Codes, Texts
from parkscore.tree.rank import Ranks


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
    return pa.array(ranks, mask=ranks == 0)


def of_codes(known: pa.Array, codes: Codes | Rows) -> pa.Array:
    """The text of each code as a column, in which -1 is missing."""
    return known.take(arrow_numbers(codes, codes != NONE))


def by_number(known: pa.Array, codes: Codes | Rows) -> pa.DictionaryArray:
    """The same where the texts are few: each row has its number."""
    return pa.DictionaryArray.from_arrays(arrow_numbers(codes, codes != NONE), known)


def texts(values: Sequence[str | None] | Texts) -> pa.Array:
    """Texts as a column, in which None is missing."""
    return pa.array(values, type=pa.large_string())


def texts_in_frame(table: pa.Table) -> pd.DataFrame:
    """Columns of texts as a table of pandas: `str`, or objects where there are gaps, which are None."""
    columns = {name: objects_of(table[name].combine_chunks().cast(pa.large_string())) for name in table.column_names}
    return pd.DataFrame(
        {name: pd.Series(own, dtype=object if table[name].null_count else "str") for name, own in columns.items()}
    )


def in_frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Columns of Arrow and of NumPy as a table of pandas: texts as `str`, whole numbers that may be missing."""
    return pd.DataFrame({name: _in_pandas(column) for name, column in columns.items()}, copy=False)


def _in_pandas(column: Any) -> Any:
    if not isinstance(column, pa.Array):
        return column
    if pa.types.is_large_string(column.type):
        return pd.array(column, dtype="str")
    return pd.arrays.IntegerArray(column.fill_null(0).to_numpy(), mask=column.is_null().to_numpy(zero_copy_only=False))
