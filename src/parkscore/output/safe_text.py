"""Keep text from becoming a formula when a file is opened in a spreadsheet."""

from __future__ import annotations

from typing import Any

import pandas as pd

_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_text(value: Any) -> Any:
    """A text that a spreadsheet shows as it is; numbers pass.

    >>> safe_text("=1+1"), safe_text("合肥"), safe_text(-5)
    ("'=1+1", '合肥', -5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS) else value


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which every text column is safe; number columns pass."""
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: [safe_text(value) for value in frame[name]] for name in texts})
