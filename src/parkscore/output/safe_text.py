"""Keep text from becoming a formula when a file is opened in a spreadsheet."""

from __future__ import annotations

from typing import Any

import pandas as pd

_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_text(value: Any) -> Any:
    """A text that a spreadsheet shows as it is; numbers pass.

    A carriage return becomes a line feed: a csv file would end the row at it, and start the next with what follows.

    >>> safe_text("=1+1"), safe_text("合肥"), safe_text(-5)
    ("'=1+1", '合肥', -5)
    """
    if not isinstance(value, str):
        return value
    safe = f"'{value}" if value.startswith(_STARTS) else value
    return safe.replace("\r\n", "\n").replace("\r", "\n") if "\r" in safe else safe


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which every text column and every header is safe; number columns pass."""
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    safe = frame.assign(**{name: [safe_text(value) for value in frame[name]] for name in texts})
    return safe.rename(columns=safe_text)
