"""Targets as a flat table, and each in a sentence that says of every change whether it is per cent or points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from parkscore.data.table import YEAR
from parkscore.framework.models import Target
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.tree.targets import Progress

NUMBERS: Final = (
    *("value", "goal", "change", "growth_percent", "from_value", "on_path", "so_far", "needed"),
)  # fmt: skip
COLUMNS: Final = (
    *("target", YEAR, "outcome", "value", "measure", "operator", "goal", "due", "change", "change_measure"),
    *("growth_percent", "from_year", "from_value", "path", "on_path", "standing", "so_far", "needed", "rate_measure"),
    *("reason_zh", "reason_en"),
)


def target_table(progress: Sequence[Progress]) -> pd.DataFrame:
    """A line for each target and year; `value operator goal` is what is asked, and `outcome` says whether it holds.

    change is the difference to the year before, in change_measure (点 are points); growth_percent the same in per cent.
    so_far and needed are changes a year in rate_measure: since the path begins, and from now to the due year.
    """
    lines = [_line(each) for each in progress]
    frame: dict[str, Any] = {}
    for name in COLUMNS:
        column = [line[name] for line in lines]
        if name in NUMBERS:
            frame[name] = np.array(column, dtype=np.float64)
        elif name in (YEAR, "due", "from_year"):
            frame[name] = pd.array(column, dtype="Int64")
        else:
            frame[name] = pd.Series(column, dtype=object)
    return pd.DataFrame(frame)


def _line(each: Progress) -> dict[str, Any]:
    asked = each.asked
    reason = reason_of(each)
    numbers = {
        "value": each.value,
        "goal": asked.goal,
        "change": each.change,
        "growth_percent": each.growth_percent,
        "from_value": np.nan if each.start is None else each.start[1],
        "on_path": each.on_path,
        "so_far": each.so_far,
        "needed": each.needed,
    }
    return {
        "target": asked.id,
        YEAR: each.year,
        "outcome": each.outcome,
        "measure": asked.measure,
        "operator": "<=" if asked.at_most is not None else ">=",
        "due": asked.by,
        "change_measure": each.change_measure if np.isfinite(each.change) else None,
        "from_year": None if asked.start is None else asked.start.year,
        "path": asked.way,
        "standing": each.standing,
        "rate_measure": each.rate_measure,
        "reason_zh": reason.zh,
        "reason_en": reason.en,
        **{name: number if np.isfinite(number) else np.nan for name, number in numbers.items()},
    }


OUTCOME_TEXT: Final = {
    "met": Text("已达到", "met"),
    "not_met": Text("未达到", "not met"),
    "unknown": Text("无法判断", "unknown"),
}
PATH_STANDING_TEXT: Final = {
    "ahead": Text("快于路径", "ahead of the path"),
    "on_path": Text("与路径一致", "on the path"),
    "behind": Text("慢于路径", "behind the path"),
}


def goal_text(target: Target) -> Text:
    """What a target asks, such as `2025 年不高于 0.4 吨标准煤/万元`."""
    goal = _with_measure(target.goal, target.measure)
    zh, en = ("不高于", "at most") if target.at_most is not None else ("不低于", "at least")
    return Text(f"{target.by} 年{zh} {goal}", f"{en} {goal} by {target.by}")


def reason_of(each: Progress) -> Text:
    """The value of a year, how it changed, and how it stands to the path; or why there is no value."""
    if not each.known:
        return each.why or OUTCOME_TEXT["unknown"]
    parts = [_value(each), *_changes(each)]
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _value(each: Progress) -> Text:
    value = _with_measure(each.value, each.asked.measure)
    return Text(f"{each.year} 年 {value}", f"{value} in {each.year}")


def _changes(each: Progress) -> Iterator[Text]:
    if each.change == 0:
        yield Text("与上年持平", "no change on the year before")
    elif np.isfinite(each.change):
        points = _points(each.change, each.change_measure)
        grown = f"{each.growth_percent:+.2f}%" if np.isfinite(each.growth_percent) else ""
        yield Text(
            f"比上年 {points.zh}" + (f"（{grown}）" if grown else ""),
            f"{points.en} on the year before" + (f" ({grown})" if grown else ""),
        )
    if np.isfinite(each.so_far) and each.start is not None:
        rate = _rate(each.so_far, each)
        yield Text(f"{each.start[0]} 年以来年均 {rate.zh}", f"{rate.en} a year since {each.start[0]}")
    if each.standing is not None:
        asked, words = _with_measure(each.on_path, each.asked.measure), PATH_STANDING_TEXT[each.standing]
        yield Text(f"路径要求 {asked}，{words.zh}", f"the path asks for {asked}: {words.en}")
    if np.isfinite(each.needed):
        rate = _rate(each.needed, each)
        yield Text(f"到 {each.asked.by} 年每年须 {rate.zh}", f"{rate.en} a year are needed until {each.asked.by}")


def _rate(rate: float, each: Progress) -> Text:
    return Text(f"{rate:+.2f}%", f"{rate:+.2f}%") if each.rate_measure == "%" else _points(rate, each.rate_measure)


def _points(change: float, measure: str | None) -> Text:
    """A difference in its measure; in the reader's words where those are points."""
    words = {"点": Text("点", "points"), "百分点": Text("个百分点", "percentage points")}
    zh, en = words.get(measure or "", Text(measure or "", measure or ""))
    return Text(f"{_short(change, '+')} {zh}", f"{_short(change, '+')} {en}")


def _with_measure(value: float, measure: str | None) -> str:
    if measure in ("%", "percent"):
        return f"{_short(value)}%"
    return _short(value) if measure is None else f"{_short(value)} {measure}"


def _short(value: float, sign: str = "") -> str:
    """A number in five digits, or in as many as stand before its point."""
    digits = ".0f" if 10_000 <= abs(value) < 1e15 else ".5g"
    return f"{value:{sign}{digits}}"


def target_sentences(progress: Sequence[Progress]) -> Iterator[Text]:
    """Each target in its latest year: what it asks, whether that is reached, and how it stands."""
    latest = {each.asked.id: each for each in progress}
    for each in latest.values():
        label, goal, said, words = each.asked.label, goal_text(each.asked), reason_of(each), OUTCOME_TEXT[each.outcome]
        yield Text(
            f"目标“{label.zh}”（{goal.zh}）：{words.zh}；{said.zh}",
            f"target {label.en} ({goal.en}): {words.en}; {said.en}",
        )
