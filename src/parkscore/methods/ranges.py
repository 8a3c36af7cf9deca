"""The range of scores that a rule can give, known before any data is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Reach = Literal["always", "possible", "never"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Scores lie in [low, high].

    `reaches_low` says whether a unit gets `low` itself: `always` (some unit does by construction, whenever units differ
    at all), `possible` (the data decide), or `never`.

    >>> Interval(0.0, 100.0, "always").reaches_low
    'always'
    """

    low: float
    high: float
    reaches_low: Reach = "possible"


def hull(children: Sequence[Interval], reaches_low: Reach) -> Interval:
    """The smallest interval around all children; a single child passes as it is.

    >>> hull([Interval(0, 1, "always"), Interval(0, 2, "always")], "possible")
    Interval(low=0, high=2, reaches_low='possible')
    """
    if len(children) == 1:
        return children[0]
    return Interval(min(child.low for child in children), max(child.high for child in children), reaches_low)
