"""Write one table as a file that other programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parkscore.late_pandas import pd
from parkscore.output.files import refuse_other_form, write_whole
from parkscore.output.safe_text import safe_frame


def write_csv(path: str | Path, frame: pd.DataFrame) -> Path:
    """Write a table as csv, safe to open, in UTF-8 with a mark so that Excel reads the Chinese; the same everywhere."""
    refuse_other_form(path, ".csv")
    safe = safe_frame(frame)
    return write_whole(path, lambda beside: safe.to_csv(beside, index=False, encoding="utf-8-sig", lineterminator="\n"))


def write_parquet(path: str | Path, frame: pd.DataFrame, about: Mapping[str, Any]) -> Path:
    """Write a table as Parquet, with what it is about in the file's metadata, as JSON under `parkscore`."""
    refuse_other_form(path, ".parquet")
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    metadata = {**(table.schema.metadata or {}), "parkscore": json.dumps(about, ensure_ascii=False)}
    table = table.replace_schema_metadata(metadata)
    return write_whole(path, lambda beside: pq.write_table(table, beside))
