"""Close the arrays of a result to writing: what a notebook wrote there would stand in every later answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar

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


def read_only_property(made: Callable[[Any], Kept]) -> cached_property[Kept]:
    """A property that is computed once, and whose arrays nobody writes into."""

    @wraps(made)
    def closed(owner: Any) -> Kept:
        return read_only(made(owner))

    return cached_property(closed)
