"""Keep what follows from a framework alone for as long as the framework itself."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from parkscore.framework.models import Framework

Result = TypeVar("Result")


def kept(function: Callable[[Framework], Result]) -> Callable[[Framework], Result]:
    """The function, run once for each framework; a framework never changes, and nobody may change what is kept.

    >>> from parkscore.framework.loading import load_framework
    >>> numbers = iter(range(3))
    >>> number = kept(lambda framework: next(numbers))
    >>> zones = load_framework("zone-2021")
    >>> number(zones), number(zones), number(zones.model_copy())
    (0, 0, 1)
    """
    results: dict[int, tuple[weakref.ref[Framework], Result]] = {}

    @wraps(function)
    def once(framework: Framework) -> Result:
        key = id(framework)
        found = results.get(key)
        if found is not None and found[0]() is framework:
            return found[1]
        result = function(framework)
        results[key] = weakref.ref(framework, lambda _: results.pop(key, None)), result
        return result

    return once
