"""What is asked of values, in words: `noise={"all": "5%"}`, `imputation=["rd"]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.robustness.drawn_values import DrawnValues, Spread
from parkscore.robustness.said import SHOWN, near, share_of

EVERY: Final = "all"
_ABSOLUTE: Final = "absolute"
_EXACT: Final = "lookup"


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
    places = {leaf.id: place for place, leaf in enumerate(framework.leaves)}
    gaps = [imputation] if isinstance(imputation, str) else list(imputation)
    wrong = [
        *wrong_names(framework, list(noise), noise=True),
        *wrong_names(framework, gaps, noise=False),
    ]
    noisy, filled = _named(framework, list(noise), noise=True), _named(framework, gaps, noise=False)
    if not wrong and not noisy and not filled:
        message = Text("没有一个指标是可以另抽的数", "no indicator is a number that could be drawn")
        wrong.append(_wrong("no_number", EVERY, message, Text("去掉 noise 和 imputation", "ask for neither")))
    if wrong:
        raise UsageError(wrong)
    spreads = {places[name]: _spread(noise.get(name, noise.get(EVERY))) for name in noisy}
    streams = np.arange(draws, dtype=np.int64)
    return DrawnValues(spreads, tuple(places[name] for name in filled), seed, streams, streams)


def _named(framework: Framework, names: Sequence[str], *, noise: bool) -> list[str]:
    """The indicators that are named, or all whose values can be drawn, in the order of the framework."""
    refused = _why_not(framework, noise=noise)
    every = [leaf.id for leaf in framework.leaves]
    return [name for name in every if name in names or (EVERY in names and name not in refused)]


def _spread(said: Any) -> Spread:
    """The error as it is written."""
    if isinstance(said, Mapping):
        return Spread(absolute=float(said[_ABSOLUTE]))
    return Spread(relative=share_of(said))


def wrong_names(framework: Framework, names: Sequence[str], *, noise: bool) -> Iterator[Finding]:
    """The names that are no indicator, or one whose values cannot be drawn; `all` is every one of which they can.

    noise: whether values are to have an error, or gaps are to be filled.
    """
    known, refused = [leaf.id for leaf in framework.leaves], _why_not(framework, noise=noise)
    for name in dict.fromkeys(names):
        if name in refused:
            why = refused[name]
            message = Text(f"{name} {why.zh}，不能另抽数值", f"{name} {why.en}: no values can be drawn for it")
            yield _wrong("no_number", name, message, Text("去掉它", "leave it out"))
        elif name not in known and name != EVERY:
            guess = near(name, known)
            message = Text(f"指标体系没有指标 {name}{guess.zh}", f"the framework has no indicator {name}{guess.en}")
            yield _wrong("no_such_indicator", name, message, SHOWN)


def _why_not(framework: Framework, *, noise: bool) -> Mapping[str, Text]:
    """Of each indicator whose values cannot be drawn, why not."""
    settings, found = resolve_settings(framework), {}
    for leaf in framework.leaves:
        if leaf.is_open_slot:
            found[leaf.id] = Text("是空位", "is an open slot")
        elif leaf.is_named:
            found[leaf.id] = Text("是类别", "is a category")
        elif leaf.given is not None:
            found[leaf.id] = Text("的得分是给定的", "has scores that are given")
        elif noise and settings[leaf.id].score.name == _EXACT:
            found[leaf.id] = Text("按数值逐一查分", "is looked up by its exact value")
    return found


def _wrong(code: str, name: str, message: Text, hint: Text) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, value=name, message=message, hint=hint)
