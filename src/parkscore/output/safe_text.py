"""Keep text from becoming a formula when a file is opened in a spreadsheet."""

from __future__ import annotations

import re
from typing import Any, Final

from parkscore.late_pandas import pd

UNSAFE_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_text(value: Any) -> Any:
    """A text that a spreadsheet shows as it is; numbers pass.

    A carriage return becomes a line feed: a csv file would end the row at it, and start the next with what follows.

    >>> safe_text("=1+1"), safe_text("合肥"), safe_text(-5)
    ("'=1+1", '合肥', -5)
    """
    if not isinstance(value, str):
        return value
    safe = f"'{value}" if value.startswith(UNSAFE_STARTS) else value
    return safe.replace("\r\n", "\n").replace("\r", "\n") if "\r" in safe else safe


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which every text column and every header is safe; number columns pass."""
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if len(frame) >= _MANY:
        texts = [name for name in texts if not _is_safe(frame[name])]
    safe = frame.assign(**{name: [safe_text(value) for value in frame[name]] for name in texts})
    return safe.rename(columns=safe_text)


# Fewer cells are looked at one by one before a look at the column as a whole has been prepared.
_MANY: Final = 1_000
_UNSAFE: Final = f"\r|^[{re.escape(''.join(UNSAFE_STARTS))}]"


def _is_safe(column: pd.Series[Any]) -> bool:
    """Whether a column is known to hold nothing but texts that may stay as they are, and gaps."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        cells = pa.array(column, from_pandas=True)
    except pa.ArrowException:  # cells of several kinds
        return False
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return False
    return not pc.any(pc.match_substring_regex(cells, _UNSAFE)).as_py()
