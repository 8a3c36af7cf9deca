"""The cells of a table as a frame, and those of a frame as the cells of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_texts import ArrowTexts, CellColumn
from parkscore.late_pandas import pd


def frame_of(cells: Mapping[str, CellColumn]) -> pd.DataFrame:
    """The columns as they are, none copied; texts stay objects, or texts of Arrow.

    >>> frame_of({"unit": np.array(["甲", None], dtype=object), "x": np.array([1.5, 2.5])})["unit"].tolist()
    ['甲', None]
    """
    columns = {name: _column(own) for name, own in cells.items()}
    # One index for all: it is the same one then, and need not be compared column by column.
    index = pd.RangeIndex(max(map(len, columns.values()), default=0))
    series = {name: pd.Series(own, index=index, dtype=own.dtype, copy=False) for name, own in columns.items()}
    return pd.DataFrame(series, index=index, copy=False)


def _column(texts: CellColumn) -> Any:
    if not isinstance(texts, ArrowTexts):
        return texts
    kind = pd.StringDtype("pyarrow", na_value=np.nan)
    return pd.arrays.ArrowStringArray(texts.array, dtype=kind)  # type: ignore[call-arg]  # the stubs know no such type


def cells_of(frame: pd.DataFrame) -> dict[str, CellColumn]:
    """The columns of a frame: numbers as they are, texts as objects or as Arrow has them.

    >>> cells_of(pd.DataFrame({"unit": ["甲"], "x": [1.5]}))["unit"][0]
    '甲'
    """
    return {str(name): _cells(frame[name]) for name in frame.columns}


def _cells(column: pd.Series[Any]) -> CellColumn:
    if not isinstance(column.dtype, pd.StringDtype):
        return column.to_numpy()
    texts = pa.array(column, from_pandas=True)
    return ArrowTexts.of(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)
