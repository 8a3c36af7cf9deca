"""A table of a result, of which everybody who asks gets one of his own."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from typing import Any, Self, TypeVar, overload

Kept = TypeVar("Kept")


class own_table(cached_property[Kept]):  # noqa: N801  # a decorator, as `cached_property` is one
    """A property that is computed once, and given to each caller as a copy that he may change.

    What a notebook does to a table, such as shares times 100, would otherwise stand in every file that is written
    afterwards. A copy of a table costs nothing before it is changed: pandas copies on writing.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Kept: ...

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        """The table, or the mapping, for whoever asks."""
        kept: Any = super().__get__(instance, owner)
        if instance is None or kept is None:
            return kept
        return deepcopy(kept) if isinstance(kept, dict) else kept.copy(deep=False)

    def __set__(self, instance: object, value: Any) -> None:
        """Nobody sets it; without this, Python would give what was kept and never ask for a copy."""
        raise AttributeError(f"{self.attrname} is computed and cannot be set")
