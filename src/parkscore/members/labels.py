"""What names an enterprise in a zone, in every table about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from parkscore.data.grid import Rows
from parkscore.members.memberships import Memberships
from parkscore.members.rolls import NONE, Codes, Texts
from parkscore.tree.rank import Ranks


def labels_of(members: Memberships, rows: Rows) -> dict[str, Any]:
    """The columns `enterprise`, `name`, `zone` and `part`, of the latest return that counts; those that there are."""
    roll, block = members.summed.roll, members.summed.plan.block
    numbers = np.full(len(rows), NONE, dtype=np.intp)
    for back in sorted(members.at):
        numbers = np.where(numbers == NONE, members.at[back][rows], numbers)
    labels = {"enterprise": of_codes(roll.texts["ids"], members.enterprises[rows])}
    if block.name is not None:
        labels["name"] = of_codes(roll.texts["names"], roll.name[numbers])
    labels["zone"] = of_codes(roll.texts["zones"], members.zones[rows])
    if block.part is not None:
        labels["part"] = of_codes(roll.texts["parts"], roll.part[numbers])
    return labels


def nullable(ranks: Ranks) -> Any:
    """Ranks as nullable integers: what is not ranked has none."""
    return pd.arrays.IntegerArray(ranks.copy(), mask=ranks == 0)


def of_codes(known: pa.Array, codes: Codes | Rows) -> Any:
    """The text of each code as a column, in which -1 is missing."""
    return pd.array(known.take(pa.array(codes, mask=codes == NONE)), dtype="str")


def texts(values: Texts) -> Any:
    """Texts as a column, in which None is missing."""
    return pd.array(values, dtype="str")
