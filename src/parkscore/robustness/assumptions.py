"""What was varied, and how, in sentences that stand on every output: all of it is assumed by whoever asked for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from parkscore.framework.models import Choice
from parkscore.framework.written_values import Percent
from parkscore.language import Text, plural
from parkscore.robustness.said import as_written

DEFAULTED: Final = "default"
"""Stands beside `multipliers` where nobody asked for anything, so that the outputs say who assumed it."""

_ASSUMED: Final = Text(
    "变动什么、变动多大，是假定，不是指标体系的规定",
    "what is varied, and how far, is an assumption and no rule of the framework",
)
_OF_FRAMEWORK: Final = Text(
    "变动什么、变动多大，写在指标体系文件的 robustness 中；这仍是假定",
    "what is varied, and how far, is stated by the framework under `robustness`; it is an assumption all the same",
)
_BY_DEFAULT: Final = Text("没有指定变动，按默认假定", "nothing was asked for, so this was assumed")
_STEPS: Final = {
    "score": Text("赋分规则", "scoring rule"),
    "treat": Text("异常值处理", "treatment"),
    "missing": Text("缺失处理", "gaps"),
    "aggregate": Text("合成方法", "aggregation"),
}
_LEVELS: Final = {"leaf": Text("指标", "indicators"), "node": Text("维度", "dimensions")}


def assumptions(
    asked: Mapping[str, Any],
    draws: int,
    seed: int,
    year: int | None,
    *,
    of_framework: bool = False,
    frozen: bool = False,
    measures: Mapping[str, str] = MappingProxyType({}),
    excepted: Mapping[str, Sequence[str]] = MappingProxyType({}),
    siblings: Sequence[str] = (),
) -> tuple[Text, ...]:
    """A sentence for each thing that varies, and one for the draws.

    asked: what `Evaluation.robustness` was asked for, see `plain`. of_framework: whether the framework says so itself.
    frozen: whether units are measured against a frozen reference, which has no units.
    measures: by indicator, of those that state one. excepted: by key the indicators that its `all` leaves as they are.
    siblings: nodes that are not of the level whose weights vary, and vary with those that are.

    >>> [each.en for each in assumptions({"weights": {"dirichlet": 50}}, 8, 0, None)][1]
    'weights: Dirichlet around those of the evaluation, concentration 50'
    """
    of = Text("", "") if year is None else Text(f"，数据年份 {year}", f", data of {year}")
    made = Text(f"抽样 {draws} 次，随机种子 {seed}{of.zh}", f"{plural(draws, 'draw')}, seed {seed}{of.en}")
    steps = (_step(step, said) for step, said in asked.items() if step in _STEPS and said)
    return (
        made,
        *_weights(asked.get("weights") or {}, siblings),
        *steps,
        *_others(asked, measures, excepted, frozen=frozen),
        _OF_FRAMEWORK if of_framework else _ASSUMED,
    )


def plain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for as plain data, ready for JSON; of a table of weights its columns and the number of its rows.

    >>> plain({"weights": {"multipliers": 0.2}, "leave_out": ("all",), "score": {}})
    {'weights': {'multipliers': 0.2}, 'leave_out': ['all']}
    """
    return {
        key: _plain(said) for key, said in asked.items() if not (said is None or (_is_sized(said) and not len(said)))
    }


def _is_sized(said: Any) -> bool:
    return isinstance(said, Mapping | list | tuple)


def _plain(said: Any) -> Any:
    if isinstance(said, pd.DataFrame):
        return {"columns": [str(name) for name in said.columns], "rows": len(said)}
    if isinstance(said, Choice):
        return said.model_dump(mode="json")
    if isinstance(said, Mapping):
        return {str(key): _plain(inner) for key, inner in said.items()}
    if isinstance(said, list | tuple):
        return [_plain(inner) for inner in said]
    if isinstance(said, Path):
        return said.name
    if isinstance(said, Percent):
        return said.text
    if hasattr(said, "tolist"):  # numbers and arrays of NumPy
        return said.tolist()
    return said if said is None or isinstance(said, bool | int | float | str) else str(said)


def _weights(said: Mapping[str, Any], siblings: Sequence[str]) -> Iterator[Text]:
    """What varies of the weights, and where nobody asked for it, that it is the default."""
    word = Text("权重：", "weights: ")
    if not said:
        yield Text(f"{word.zh}各次抽样都用评价的权重", f"{word.en}those of the evaluation in every draw")
        return
    level = _level(said.get("level"), siblings)
    for way in _ways(said):
        yield Text(f"{word.zh}{way.zh}{level.zh}", f"{word.en}{way.en}{level.en}")
    if said.get(DEFAULTED):
        yield _BY_DEFAULT


def _level(level: str | None, siblings: Sequence[str]) -> Text:
    """Whose weights vary, where it is not all: a share cannot change while its siblings keep theirs."""
    of = _LEVELS.get(level or "both")
    if of is None:
        return Text("", "")
    if not siblings:
        return Text(f"（只变{of.zh}的权重）", f" (of {of.en} only)")
    return Text(
        f"（只变{of.zh}及与其同级的 {'、'.join(siblings)} 的权重）",
        f" (of {of.en} and their siblings {', '.join(siblings)})",
    )


def _ways(said: Mapping[str, Any]) -> Iterator[Text]:
    if "multipliers" in said:
        share = as_written(said["multipliers"])
        yield Text(
            f"每个权重在 ±{share} 内均匀变动，再化为合计 1，所以同级权重并不独立",
            f"each up to {share} more or less, evenly, and brought back to a sum of 1, so siblings are not independent",
        )
    if "dirichlet" in said:
        concentration = f"{float(said['dirichlet']):g}"
        yield Text(
            f"以评价的权重为均值的狄利克雷分布，集中度 {concentration}",
            f"Dirichlet around those of the evaluation, concentration {concentration}",
        )
    if "any" in said:
        yield Text("任何一组权重同样可能", "every set of weights as likely as any other")
    if "expert" in said:
        held = [f"{name} {'-'.join(map(as_written, numbers))}" for name, numbers in said["expert"].items()]
        yield Text(
            f"按最低、最可能、最高的三角分布抽取 {'、'.join(held)}，其余按比例分剩下的份额；无其余时化为合计 1",
            f"from triangles of the least, most likely and most, {', '.join(held)}; siblings that are not named share "
            "what is left, and where all are named they are brought back to a sum of 1",
        )
    if "schemes" in said:
        names = [str(_plain(getattr(each, "id", each))) for each in said["schemes"]]
        yield Text(f"取自 {'、'.join(names)}，机会均等", f"those of {', '.join(names)}, each as likely")
    if "table" in said:
        yield Text("给定的权重表，每次抽样一行", "a given table of weights, a row for each draw")
    if "bounds" in said or "order" in said:
        yield _kept(said)


def _kept(said: Mapping[str, Any]) -> Text:
    """Bounds and an order, one after the other."""
    bounds = [f"{name} {as_written(low)}-{as_written(high)}" for name, (low, high) in said.get("bounds", {}).items()]
    kept = [*bounds, *(f"{one} >= {other}" for one, other in said.get("order", ()))]
    return Text(f"在满足 {'、'.join(kept)} 的权重中均匀抽取", f"evenly among all with {', '.join(kept)}")


def _step(step: str, said: Mapping[str, Any]) -> Text:
    word, parts = _STEPS[step], []
    for node in sorted(said, key="all".__eq__):
        methods = said[node]
        listed = methods if isinstance(methods, list | tuple) else [methods]
        of = Text("其余", "all others") if node == "all" and len(said) > 1 else Text(node, node)
        tried = ", ".join(_named(method) for method in listed)
        parts.append(Text(f"{of.zh}: {tried}", f"{of.en}: {tried}"))
    zh, en = "; ".join(each.zh for each in parts), "; ".join(each.en for each in parts)
    return Text(
        f"{word.zh}：指标体系原有的，或 {zh}，机会均等", f"{word.en}: the framework's own, or {en}; each as likely"
    )


def _named(method: Any) -> str:
    said = _plain(method)
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _others(
    asked: Mapping[str, Any], measures: Mapping[str, str], excepted: Mapping[str, Sequence[str]], *, frozen: bool
) -> Iterator[Text]:
    left = _listed(asked.get("leave_out"))
    if left:
        names = _one_of(left, excepted.get("leave_out", ()))
        yield Text(f"略去{names.zh}，或不略去，机会均等", f"left out: {names.en}, or none; each as likely")
    yield from _noise(asked.get("noise") or {}, measures, excepted.get("noise", ()))
    gaps = _listed(asked.get("imputation"))
    if gaps:
        names = Text("、".join(gaps), ", ".join(gaps))
        if "all" in gaps:
            but = _but(excepted.get("imputation", ()))
            names = Text(f"全部指标{but.zh}", f"all indicators{but.en}")
        of = Text("本次数据", "these data") if frozen else Text("同一参照", "the reference")
        yield Text(
            f"缺失值：{names.zh}，逐格随机取{of.zh}中其他对象的值",
            f"gaps of {names.en}: cell by cell the value of any other unit of {of.en}",
        )
    for key, said in plain(asked).items():
        if key not in (*_STEPS, "weights", "leave_out", "noise", "imputation"):
            yield Text(f"{key}：{_named(said)}", f"{key}: {_named(said)}")


def _noise(said: Mapping[str, Any], measures: Mapping[str, str], excepted: Sequence[str]) -> Iterator[Text]:
    """A sentence for each indicator that is named, and one for all others."""
    every, but = ("全部指标", "all indicators") if len(said) == 1 else ("其余指标", "all others"), _but(excepted)
    for name in sorted(said, key="all".__eq__):
        of = Text(f"{every[0]}{but.zh}", f"{every[1]}{but.en}") if name == "all" else Text(name, name)
        size = _size(said[name], measures.get(name))
        yield Text(
            f"测量误差：{of.zh}，正态，{size.zh}，各单元格独立",
            f"noise of {of.en}: normal, {size.en}, each cell by itself",
        )


def _size(spread: Any, measure: str | None) -> Text:
    """The standard deviation of an error: a share of each value, or so much in the measure of the indicator."""
    if not isinstance(spread, Mapping):
        share = as_written(spread)
        return Text(f"标准差 {share}", f"standard deviation {share}")
    of_what = Text(measure, measure) if measure else Text("（以指标的计量单位计）", "in the measure of the indicator")
    amount = spread["absolute"]
    return Text(f"绝对标准差 {amount} {of_what.zh}", f"absolute standard deviation {amount} {of_what.en}")


def _one_of(left: list[str], excepted: Sequence[str]) -> Text:
    """What one draw leaves out at most one of."""
    if "all" in left:
        but = _but(excepted)
        return Text(f"任一指标{but.zh}", f"any indicator{but.en}")
    if len(left) == 1:
        return Text(f" {left[0]}", left[0])
    return Text(f" {'、'.join(left)} 之一", f"one of {', '.join(left)}")


def _but(excepted: Sequence[str]) -> Text:
    """The indicators that `all` does not reach, after a word for all."""
    return Text(f"（{'、'.join(excepted)} 除外）", f" but {', '.join(excepted)}") if excepted else Text("", "")


def _listed(said: Any) -> list[str]:
    """Names, each once, of which one may stand by itself."""
    return [said] if isinstance(said, str) else list(dict.fromkeys(said or ()))
