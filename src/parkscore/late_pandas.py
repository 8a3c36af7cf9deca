"""pandas, loaded when it is first used: what makes no frames needs none of it, and starts the sooner."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["is_frame", "pd"]

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import TypeIs
else:

    class _Pandas:
        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module("pandas"), name)
            setattr(self, name, found)
            return found

    pd = _Pandas()


def is_frame(value: object) -> TypeIs[pd.DataFrame]:
    """Whether a value is a frame; while nobody has loaded pandas, there is none."""
    return "pandas" in sys.modules and isinstance(value, pd.DataFrame)
