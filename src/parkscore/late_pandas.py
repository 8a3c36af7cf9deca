"""pandas, loaded when it is first used: what scores in pieces needs none of it, and starts the sooner."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["pd"]

if TYPE_CHECKING:
    import pandas as pd
else:

    class _Pandas:
        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module("pandas"), name)
            setattr(self, name, found)
            return found

    pd = _Pandas()
