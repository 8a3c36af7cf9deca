"""The range of scores that a rule can give, known before any data is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from parkscore.language import Text

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


def range_of_points(earned: Iterable[float], otherwise: float | None = None) -> Interval:
    """The range of a rule that gives one of several points, `otherwise` included where it is stated.

    >>> range_of_points([20, 15], otherwise=0)
    Interval(low=0.0, high=20.0, reaches_low='possible')
    """
    points = [float(each) for each in (*earned, *([] if otherwise is None else [otherwise]))]
    return Interval(min(points), max(points), "possible")


def hull(children: Sequence[Interval], reaches_low: Reach) -> Interval:
    """The smallest interval around all children; a single child passes as it is.

    >>> hull([Interval(0, 1, "always"), Interval(0, 2, "always")], "possible")
    Interval(low=0, high=2, reaches_low='possible')
    """
    if len(children) == 1:
        return children[0]
    return Interval(min(child.low for child in children), max(child.high for child in children), reaches_low)


def reaches_common_low(children: Sequence[Interval]) -> Reach:
    """Whether the lowest score of a mean is reached: only where all children can be there at once."""
    same = len({child.low for child in children}) == 1
    return "possible" if same and all(child.reaches_low != "never" for child in children) else "never"


def refuse_negative(child: Interval, what: Text) -> Text | None:
    """Why a child whose scores can be negative cannot go under what is named, or None."""
    if child.low >= 0:
        return None
    return Text(
        f"得分可能为负（下限 {child.low:g}），不能取{what.zh}",
        f"scores can be negative (from {child.low:g}), and {what.en} cannot take them",
    )


def refuse_vanishing(child: Interval, what: Text) -> Text | None:
    """Why a child whose scores can be negative, or are 0 for some unit, cannot go under what is named, or None."""
    if child.low == 0 and child.reaches_low == "always":
        return Text(
            f"总有一个评价对象得 0 分，{what.zh}会使其总分归零",
            f"some unit always scores 0 here, and {what.en} would wipe out everything else it has",
        )
    return refuse_negative(child, what)
