"""Read a pandas frame, or the frame in a Parquet file, into a sheet."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.cells import RawCells
from parkscore.data.collecting import Collected
from parkscore.data.headers import Names
from parkscore.data.sheets import Sheet
from parkscore.findings import Place
from parkscore.language import Text


def read_parquet(content: bytes, file: str, names: Names, found: Collected) -> Sheet | None:
    """The one sheet of a Parquet file; None, with an error collected, where it cannot be read."""
    try:
        frame = pq.ParquetFile(io.BytesIO(content)).read().to_pandas()
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as problem:
        reason = str(problem).partition("\n")[0]
        found.error(
            "not_parquet",
            Text(f"不是完整的 Parquet 文件：{reason}", f"is not a sound Parquet file: {reason}"),
            Text("重新导出，或改用 .csv 或 .xlsx", "export it again, or use .csv or .xlsx"),
            place=Place(file),
        )
        return None
    return sheet_of_frame(frame, file, names)


def sheet_of_frame(frame: pd.DataFrame, file: str, names: Names) -> Sheet:
    """A sheet over a frame, which is left as it is; an index named like the unit or the year counts as a column."""
    flat = with_index_as_columns(frame, names)
    head = [[label if isinstance(label, str) else str(label) for label in flat.columns]]

    def column(number: int, skip: int) -> RawCells:
        return _cells(flat.iloc[skip - 1 :, number])

    return Sheet(file=file, lines=range(len(flat) + 1), head=head, column=column)


def with_index_as_columns(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The frame with each level of its index that a header could be in front, the others dropped."""
    levels = [number for number, name in enumerate(frame.index.names) if _is_heading(name, names)]
    columns = [pd.Series(frame.index.get_level_values(level), name=frame.index.names[level]) for level in levels]
    body = frame.reset_index(drop=True)
    return pd.concat([*columns, body], axis=1) if columns else body


def _is_heading(name: Hashable, names: Names) -> bool:
    return isinstance(name, str) and names.match(name) is not None


def _cells(series: pd.Series[Any]) -> RawCells:
    """Plain numbers as they are, anything else as objects."""
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf":
        return series.to_numpy()
    return series.astype(object).tolist()


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
