"""Close the arrays of a result to writing: what a notebook wrote there would stand in every later answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any, Self, TypeVar, overload

import numpy as np

from parkscore.findings import Finding
from parkscore.language import Text

Kept = TypeVar("Kept")


def read_only(value: Kept) -> Kept:
    """The value, with each array in it closed to writing: in tuples, mappings and dataclasses, however deep.

    >>> kept = read_only({"ranks": np.array([1, 2])})
    >>> kept["ranks"][0] = 9
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, Mapping):
        read_only(tuple(value.values()))
    elif isinstance(value, tuple):
        for each in value:
            read_only(each)
    elif is_dataclass(value) and not isinstance(value, type | Finding | Text):
        read_only(tuple(getattr(value, each.name) for each in fields(value)))
    return value


class read_only_property(cached_property[Kept]):  # noqa: N801  # a decorator, as `cached_property` is one
    """A property that is computed once, and whose arrays nobody writes into."""

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Kept: ...

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        """The value for whoever asks first; Python gives what is kept at every later time."""
        kept: Any = super().__get__(instance, owner)
        return read_only(kept)
