"""What is asked of values, in words: `noise={"all": "5%"}`, `imputation=["rd"]`."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework, Node
from parkscore.language import Text
from parkscore.robustness.drawn_values import DrawnValues, Spread

EVERY: Final = "all"
_ABSOLUTE: Final = "absolute"


def asked_values(
    framework: Framework, noise: Mapping[str, Any], imputation: Sequence[str], draws: int, seed: int
) -> DrawnValues | None:
    """The values of so many draws, None where nothing is asked of them.

    noise: by indicator, or `all` for those that are not named, the standard deviation of a normal error: `5%` or 0.05
    of the size of each value, or `{"absolute": x}` in the measure of the indicator. imputation: indicators whose gaps
    are filled, draw by draw, with the value of another unit; `["all"]` for every one.

    >>> import parkscore as ps
    >>> found = asked_values(ps.load_framework("zone-2021"), {"1.1": "5%"}, [], 8, 0)
    >>> found.noise
    {0: Spread(relative=0.05, absolute=0.0)}

    Raises UsageError with everything that is wrong with it.
    """
    if not noise and not imputation:
        return None
    places = {leaf.id: place for place, leaf in enumerate(framework.leaves) if _why_not(leaf) is None}
    gaps = [imputation] if isinstance(imputation, str) else list(imputation)
    wrong = [*wrong_names(framework, [*noise, *gaps]), *_wrong_spreads(noise)]
    if not places:
        message = Text("没有一个指标是可以另抽的数", "no indicator is a number that could be drawn")
        wrong.append(_wrong("no_number", EVERY, message, Text("去掉 noise 和 imputation", "ask for neither")))
    if wrong:
        raise UsageError(wrong)
    named = {**dict.fromkeys(places, noise[EVERY]), **noise} if EVERY in noise else dict(noise)
    spreads = {places[name]: _spread(said) for name, said in named.items() if name in places}
    filled = tuple(places.values()) if EVERY in gaps else tuple(sorted({places[name] for name in gaps}))
    streams = np.arange(draws, dtype=np.int64)
    return DrawnValues(spreads, filled, seed, streams, streams)


def _spread(said: Any) -> Spread:
    """The error as it is written; ValueError or TypeError where it is no number."""
    if isinstance(said, Mapping):
        if set(said) != {_ABSOLUTE}:
            raise ValueError(said)
        return Spread(absolute=float(said[_ABSOLUTE]))
    if isinstance(said, str) and said.strip().endswith("%"):
        return Spread(relative=float(said.strip()[:-1]) / 100)
    return Spread(relative=float(said))


def _wrong_spreads(noise: Mapping[str, Any]) -> Iterator[Finding]:
    hint = Text("例如 5%，或 {absolute: 3}", "5%, for example, or {absolute: 3}")
    for name, said in noise.items():
        try:
            spread = _spread(said)
        except (TypeError, ValueError):
            message = Text(f"{name} 的误差 {said} 不是数", f"the noise of {name} is no number: {said}")
            yield _wrong("wrong_value", name, message, hint)
            continue
        if not (math.isfinite(spread.relative + spread.absolute) and spread.relative + spread.absolute >= 0):
            message = Text(f"{name} 的误差 {said} 应不小于零", f"the noise of {name} is from 0 up, not {said}")
            yield _wrong("wrong_value", name, message, hint)


def wrong_names(framework: Framework, names: Sequence[str]) -> Iterator[Finding]:
    """The names that are no indicator, or one that has no numbers; `all` is every indicator that has some."""
    leaves = {leaf.id: leaf for leaf in framework.leaves}
    for name in dict.fromkeys(names):
        if name == EVERY:
            continue
        if name in leaves:
            why = _why_not(leaves[name])
            if why is not None:
                message = Text(f"{name} {why.zh}，不能另抽数值", f"{name} {why.en}: no values can be drawn for it")
                yield _wrong("no_number", name, message, Text("去掉它", "leave it out"))
            continue
        near = difflib.get_close_matches(name, leaves, 1)
        guess = Text(f"，是否想写 {near[0]}", f"; did you mean {near[0]}") if near else Text("", "")
        message = Text(f"指标体系没有指标 {name}{guess.zh}", f"the framework has no indicator {name}{guess.en}")
        hint = Text("用 parkscore show 看代号", "parkscore show lists the ids")
        yield _wrong("no_such_indicator", name, message, hint)


def _why_not(leaf: Node) -> Text | None:
    """Why the values of an indicator cannot be drawn; None where they can."""
    if leaf.is_open_slot:
        return Text("是空位", "is an open slot")
    if leaf.is_named:
        return Text("是类别", "is a category")
    if leaf.given is not None:
        return Text("的得分是给定的", "has scores that are given")
    return None


def _wrong(code: str, name: str, message: Text, hint: Text) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, value=name, message=message, hint=hint)
