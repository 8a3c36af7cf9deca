"""The parameters of a method, read from its signature."""

from __future__ import annotations

import difflib
import inspect
import math
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NewType, get_args, get_origin

import numpy as np

from parkscore.language import Text

Measure = Literal["indicator", "score", "count", "plain"]
Judged = Literal["each", "pairs"]

Steps = NewType("Steps", Sequence[tuple[float, float]])
"""Thresholds, each with its points."""
Bands = NewType("Bands", Sequence[Mapping[str, float]])
"""Bands of values, each with its ends (`from`, `over`, `to`, `below`) and its `points`."""
PointsByName = NewType("PointsByName", Mapping[Any, float])
"""Names or codes, each with its points."""
Tiers = NewType("Tiers", Sequence[Mapping[str, Any]])
"""Conditions (`when`), each with its `points`."""
BAND_ENDS = ("from", "over", "to", "below")


class Meaning(NamedTuple):
    """What a parameter means, and what it is measured in.

    `indicator`: the measure of the indicator itself; `score`: points; `count`: a number of units; `plain`: nothing.
    `judged` marks a judgement about the indicators, which a file states by id, never by position: a number for `each`
    of them, or a number for `pairs`. `unstated` is the code of the finding where the parameter must be stated and is
    not.
    """

    zh: str
    en: str
    measure: Measure = "plain"
    judged: Judged | None = None
    unstated: str = "parameter"


class Problem(NamedTuple):
    """One thing wrong with stated parameters; `parameter` is None where no single one is at fault.

    `code` is that of the finding it becomes.
    """

    parameter: str | None
    reason: Text
    code: str = "parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a method.

    `supplied` parameters are handed in by the engine (the direction, the group of each unit) and cannot be stated
    with the method in a framework.
    """

    name: str
    meaning: Text
    measure: Measure
    annotation: str
    kind: Text
    choices: tuple[Any, ...]
    default: Any
    required: bool
    supplied: bool
    judged: Judged | None
    unstated: str
    accepts: Callable[[Any], bool] = field(repr=False, compare=False)


def check_meanings(function: Callable[..., Any], meanings: Mapping[str, Meaning]) -> None:
    """Raise TypeError where a parameter of a function has no meaning, or a meaning has no parameter."""
    keywords = _keywords(function)
    if set(keywords) != set(meanings):
        name = getattr(function, "__name__", repr(function))
        raise TypeError(f"{name}: meanings of {sorted(meanings)}, parameters {list(keywords)}")


def _keywords(function: Callable[..., Any]) -> Sequence[str]:
    """The names of the keyword-only parameters; of a plain function without its signature, which takes long to make."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is not None:
        return tuple(code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount])
    stated = inspect.signature(function).parameters.values()
    return [each.name for each in stated if each.kind is each.KEYWORD_ONLY]


def read_parameters(
    function: Callable[..., Any], meanings: Mapping[str, Meaning], supplied: Collection[str]
) -> dict[str, Parameter]:
    """The keyword-only parameters of a function, each with its meaning."""
    signature = inspect.signature(function)
    keywords = [each for each in signature.parameters.values() if each.kind is each.KEYWORD_ONLY]
    # Of these alone: what else a function takes and gives is arrays.
    stated = types.SimpleNamespace(__annotations__={each.name: each.annotation for each in keywords})
    hints = typing.get_type_hints(stated, getattr(inspect.unwrap(function), "__globals__", {})) if keywords else {}
    return {each.name: _parameter(each, hints[each.name], meanings[each.name], supplied) for each in keywords}


def _parameter(keyword: inspect.Parameter, hint: Any, meaning: Meaning, supplied: Collection[str]) -> Parameter:
    required = keyword.default is keyword.empty
    return Parameter(
        name=keyword.name,
        meaning=Text(meaning.zh, meaning.en),
        measure=meaning.measure,
        annotation=str(keyword.annotation),
        kind=_kind(hint) if meaning.judged is None else _JUDGED[meaning.judged][1],
        choices=get_args(hint) if get_origin(hint) is Literal else (),
        default=None if required else keyword.default,
        required=required,
        supplied=keyword.name in supplied,
        judged=meaning.judged,
        unstated=meaning.unstated,
        accepts=_judges(meaning.judged) if meaning.judged is not None else lambda value: _accepts(hint, value),
    )


def find_problems(parameters: Mapping[str, Parameter], stated: Mapping[str, Any]) -> list[Problem]:
    """Unknown names, missing ones, wrong kinds and unknown choices, all at once."""
    open_to_users = {name: each for name, each in parameters.items() if not each.supplied}
    problems = [Problem(name, _unknown(name, open_to_users)) for name in stated if name not in open_to_users]
    for name, parameter in open_to_users.items():
        if name not in stated:
            if parameter.required:
                problems.append(Problem(name, _not_stated(parameter), parameter.unstated))
        elif not parameter.accepts(stated[name]):
            problems.append(Problem(name, _unfit(parameter, stated[name])))
    return problems


def did_you_mean(word: str, words: Collection[str]) -> Text:
    """A hint to the nearest known word, or the list of all; empty where there is none.

    >>> did_you_mean("minmx", ["minmax", "zscore"]).en
    'did you mean minmax?'
    """
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return Text(f"是否想写 {near[0]}？", f"did you mean {near[0]}?")
    known = ", ".join(sorted(words))
    return Text(f"可用：{known}", f"known: {known}") if known else Text("没有可用项", "there are none")


def _unknown(name: str, known: Mapping[str, Parameter]) -> Text:
    hint = did_you_mean(name, known)
    return Text(f"没有参数 {name}；{hint.zh}", f"no parameter {name}; {hint.en}")


def _not_stated(parameter: Parameter) -> Text:
    name, choices = parameter.name, ", ".join(map(str, parameter.choices))
    if not choices:
        return Text(f"必须给出 {name}", f"{name} must be stated")
    return Text(f"必须给出 {name}（{choices}）", f"{name} must be stated ({choices})")


def _unfit(parameter: Parameter, value: Any) -> Text:
    hint = Text("", "")
    if isinstance(value, str) and parameter.choices:
        near = did_you_mean(value, [str(choice) for choice in parameter.choices])
        hint = Text(f"；{near.zh}", f"; {near.en}")
    name, kind = parameter.name, parameter.kind
    return Text(f"{name} 应为{kind.zh}，而不是 {value!r}{hint.zh}", f"{name} is {value!r}, not {kind.en}{hint.en}")


def _is_truth(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not _is_truth(value) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not _is_truth(value) and bool(value >= 0)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_pair(value: Any) -> bool:
    return isinstance(value, (Sequence, np.ndarray)) and len(value) == 2 and all(_is_number(number) for number in value)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, (Sequence, np.ndarray)) and len(value) >= 2 and all(_is_number(number) for number in value)


def _is_numeric_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "iuf"


def _is_steps(value: Any) -> bool:
    return isinstance(value, (list, tuple, np.ndarray)) and len(value) > 0 and all(map(_is_pair, value))


def _is_bands(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_is_band, value))


def _is_band(value: Any) -> bool:
    """Points, with an end at one side or at both: a band without ends would hold every value."""
    if not (isinstance(value, Mapping) and set(value) <= {*BAND_ENDS, "points"} and "points" in value):
        return False
    return len(value) > 1 and all(map(_is_number, value.values()))


def _is_tiers(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_is_tier, value))


def _is_tier(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"when", "points"}
        and _is_word(value["when"])
        and _is_number(value["points"])
    )


def _is_points_by_name(value: Any) -> bool:
    return _is_by_id(value) and all(_is_word(name) or _is_number(name) for name in value)


_KINDS: Mapping[Any, tuple[Callable[[Any], bool], Text | None]] = {
    bool: (_is_truth, Text("真或假", "true or false")),
    int: (_is_whole, Text("不小于零的整数", "a whole number")),
    float: (_is_number, Text("有限的数", "a finite number")),
    str: (_is_word, Text("文字", "a text")),
    tuple: (_is_pair, Text("两个数", "two numbers")),
    Sequence: (_is_numbers, Text("至少两个数", "at least two numbers")),
    Steps: (_is_steps, Text("各档的 [界限, 得分]", "a list of [threshold, points]")),
    Bands: (
        _is_bands,
        Text(
            "各段的 {from 或 over, to 或 below, points}，数值均为数",
            "a list of bands {from or over, to or below, points}, all numbers",
        ),
    ),
    Tiers: (
        _is_tiers,
        Text(
            "各档的 {when: 条件, points: 得分}",
            "a list of tiers {when: a condition, points: a number}",
        ),
    ),
    PointsByName: (
        _is_points_by_name,
        Text("各类别的得分，如 {国家级: 10, 省级: 8}", "points by category, such as {national: 10, provincial: 8}"),
    ),
    # An array, or nothing stated, is no kind a framework file can write: it is accepted but not named.
    np.ndarray: (_is_numeric_array, None),
    types.NoneType: (lambda value: value is None, None),
}


def _is_by_id(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(_is_number(number) for number in value.values())


def _is_by_pairs(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(expert, Mapping) and _is_by_pairs(expert) for expert in value)
    return isinstance(value, Mapping) and bool(value) and all(_is_by_id(row) for row in value.values())


_JUDGED: Mapping[Judged, tuple[Callable[[Any], bool], Text]] = {
    "each": (_is_by_id, Text("按编码给出的数，如 {甲: 1, 乙: 3}", "a number by id, such as {a: 1, b: 3}")),
    "pairs": (
        _is_by_pairs,
        Text("按编码成对给出的正数，如 {甲: {乙: 3}}", "numbers by pairs of ids, such as {a: {b: 3}}"),
    ),
}


def _judges(judged: Judged) -> Callable[[Any], bool]:
    """Judgements by id as a file states them, or by position as an array."""
    return lambda value: _is_numeric_array(value) or _JUDGED[judged][0](value)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The members of a union, or the hint itself."""
    return get_args(hint) if get_origin(hint) in (types.UnionType, typing.Union) else (hint,)


def _accepts(hint: Any, value: Any) -> bool:
    if get_origin(hint) is Literal:
        return isinstance(value, str) and value in get_args(hint)
    return any(_KINDS[get_origin(each) or each][0](value) for each in _alternatives(hint))


def _kind(hint: Any) -> Text:
    if get_origin(hint) is Literal:
        words = ", ".join(map(str, get_args(hint)))
        return Text(f"以下之一：{words}", f"one of {words}")
    named = [_KINDS[get_origin(each) or each][1] for each in _alternatives(hint)]
    texts = [text for text in named if text is not None] or [Text("数组", "an array")]
    return Text("或".join(text.zh for text in texts), " or ".join(text.en for text in texts))
