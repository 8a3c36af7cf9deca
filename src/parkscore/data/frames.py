"""Read a pandas frame into a sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import Any

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_cells import ArrowCells
from parkscore.data.cells import RawCells
from parkscore.data.headers import Names
from parkscore.data.sheets import Sheet
from parkscore.late_pandas import pd


def sheet_of_frame(frame: pd.DataFrame, file: str, names: Names) -> Sheet:
    """A sheet over a frame, which is left as it is; an index named like the unit or the year counts as a column."""
    flat = with_index_as_columns(frame, names)
    head = [[label if isinstance(label, str) else str(label) for label in flat.columns]]

    def column(number: int, skip: int) -> RawCells:
        return _cells(flat.iloc[skip - 1 :, number])

    return Sheet(file=file, lines=range(len(flat) + 1), head=head, column=column)


def with_index_as_columns(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The frame with each level of its index that a header could be in front, the others dropped."""
    levels = [number for number, name in enumerate(frame.index.names) if is_heading(name, names)]
    columns = [pd.Series(frame.index.get_level_values(level), name=frame.index.names[level]) for level in levels]
    body = frame.reset_index(drop=True)
    return pd.concat([*columns, body], axis=1) if columns else body


def is_heading(name: Hashable, names: Names) -> bool:
    """Whether the name of a level of an index could be a header."""
    return isinstance(name, str) and names.match(name) is not None


def _cells(series: pd.Series[Any]) -> RawCells:
    """Plain numbers and texts as they are, anything else as objects."""
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf":
        return series.to_numpy()
    if series.dtype == object or isinstance(series.dtype, pd.StringDtype):
        texts = _texts(series)
        if texts is not None:
            return texts
    return series.astype(object).tolist()


def _texts(series: pd.Series[Any]) -> ArrowCells | None:
    """A column that holds nothing but texts, and gaps."""
    try:
        cells = ArrowCells(pa.array(series, from_pandas=True))
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return None
    return cells if cells.is_text else None


def digest_of_frame(frame: pd.DataFrame) -> str:
    """SHA-256 over the names, types and contents of index and columns, the same in every process."""
    digest = hashlib.sha256()
    for level, name in enumerate(frame.index.names):
        _add_to_digest(digest, name, frame.index.get_level_values(level).to_series())
    for number, label in enumerate(frame.columns):
        _add_to_digest(digest, label, frame.iloc[:, number])
    return digest.hexdigest()


def _add_to_digest(digest: hashlib._Hash, label: Hashable, series: pd.Series[Any]) -> None:
    array = series.to_numpy()
    digest.update(repr((label, str(series.dtype))).encode())
    digest.update(array.tobytes() if array.dtype.kind in "biufM" else repr(array.tolist()).encode())
