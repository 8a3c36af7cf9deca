"""The factors that a plan's draws follow from, joined to groups, and the same plan at other points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from parkscore.findings import Finding, UsageError
from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.robustness.alternatives import taken
from parkscore.robustness.plans import DrawPlan, Factor, from_points
from parkscore.robustness.said import mistake, near

Grouping = str | Mapping[str, Sequence[str]]
"""How factors are joined: `dimension`, `indicator` or `assumption`, or by group the names of its factors."""

OTHERS: Final = "others"
_BY: Final[Mapping[str, str]] = {"dimension": "dimension", "indicator": "name", "assumption": "assumption"}


def factors_of(plan: DrawPlan) -> tuple[Factor, ...]:
    """Those of the weights, one for each alternative of methods, those of values; UsageError where there is none."""
    values = () if plan.values is None else plan.values.factors()
    found = (*from_points(plan.weights).factors(), *plan.choices, *values)
    if not found:
        nothing = Text("没有变动任何因素", "nothing varies from draw to draw")
        raise UsageError(mistake("nothing_varies", nothing, Text("例如让权重变动", "vary the weights, for example")))
    return found


def at_points(plan: DrawPlan, points: FloatArray) -> DrawPlan:
    """The plan with a draw for each point; points: (draws, factors)."""
    weights = from_points(plan.weights)
    first = len(weights.factors())
    last = first + len(plan.sizes)
    return replace(
        plan,
        draws=len(points),
        weights=weights.at(points[:, :first]),
        variant_of=taken(points[:, first:last], plan.sizes),
        values=None if plan.values is None else plan.values.at(points[:, last:]),
    )


def grouped(factors: Sequence[Factor], said: Any) -> dict[str, list[int]]:
    """By group the places of its factors.

    said: see `Grouping`. What a mapping does not name is one more group, `others`.

    >>> two = [Factor("a", "total", "weights"), Factor("b", "total", "weights")]
    >>> grouped(two, "dimension"), grouped(two, {"mine": ["b"]})
    ({'total': [0, 1]}, {'mine': [1], 'others': [0]})

    Raises UsageError where it names a factor that there is not, or one twice.
    """
    names = [factor.name for factor in factors]
    if isinstance(said, Mapping):
        group_of = _stated(names, said)
    else:
        group_of = [str(getattr(factor, _BY[said])) for factor in factors]
    found: dict[str, list[int]] = {str(group): [] for group in said} if isinstance(said, Mapping) else {}
    for place, group in enumerate(group_of):
        found.setdefault(group, []).append(place)
    return {group: places for group, places in found.items() if places}


def _stated(names: Sequence[str], said: Mapping[str, Sequence[str]]) -> list[str]:
    """The group of each factor, in the order of the factors."""
    listed = [
        (str(group), str(name)) for group, own in said.items() for name in ([own] if isinstance(own, str) else own)
    ]
    wrong = [_unknown(name, names) for _, name in listed if name not in names]
    if OTHERS in said:
        taken = Text(f"{OTHERS} 是其余因素一组的名称", f"{OTHERS} is what the group of all other factors is called")
        wrong.append(mistake("wrong_groups", taken, Text("另起一个名称", "give the group another name")))
    met: dict[str, str] = {}
    for group, name in listed:
        if met.setdefault(name, group) != group:
            message = Text(
                f"因素 {name} 同属 {met[name]} 和 {group} 两组", f"{name} is in two groups: {met[name]}, {group}"
            )
            wrong.append(mistake("in_two_groups", message, Text("只留一组", "leave it in one of them")))
    if wrong:
        raise UsageError(wrong)
    return [met.get(name, OTHERS) for name in names]


def _unknown(name: str, names: Sequence[str]) -> Finding:
    guess = near(name, names)
    some = ", ".join(list(names)[:5])
    return mistake(
        "no_such_factor",
        Text(f"没有变动的因素 {name}{guess.zh}", f"no factor {name} varies{guess.en}"),
        Text(f"变动的因素如 {some}", f"what varies is such as {some}"),
    )
