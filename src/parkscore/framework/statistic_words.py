"""What the numbers that scores are measured against and the parameters of their rules are called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from parkscore.language import Language, Text, in_digits, yes_or_no

STATISTICS: Final = {
    "low": Text("下界", "low"),
    "high": Text("上界", "high"),
    "mean": Text("均值", "mean"),
    "sd": Text("标准差", "sd"),
    "worst": Text("最差值", "worst"),
    "best": Text("最优值", "best"),
    "goal": Text("目标值", "goal"),
    "unallowed": Text("不允许值", "unallowed"),
    "satisfactory": Text("满意值", "satisfactory"),
    "farthest": Text("最远距离", "farthest"),
    "total": Text("总和", "total"),
    "top": Text("最大值", "top"),
    "length": Text("向量长度", "length"),
}
"""By the name that a frozen reference gives them."""

_PARAMETERS: Final = {
    "to": Text("得分区间", "to"),
    "clip": Text("越界取端点", "clip"),
    "steps": Text("各档 [界限, 得分]", "steps"),
    "closed": Text("恰等于界限", "closed"),
    "otherwise": Text("其余得分", "otherwise"),
    "bands": Text("各段", "bands"),
    "tiers": Text("各档", "tiers"),
    "points": Text("分值", "points"),
    "each": Text("每满", "each"),
    "most": Text("最多得分", "most"),
    "least": Text("最少得分", "least"),
    "whole": Text("只计满的次数", "whole"),
    "basic": Text("基本要求", "basic"),
    "at_basic": Text("达到基本要求得满分的", "at_basic"),
    "full": Text("满分", "full"),
    "target": Text("目标值", "target"),
    "unit": Text("参照对象", "unit"),
    "c": Text("不允许值的得分", "c"),
    "d": Text("满意值另加的分", "d"),
    "floor": Text("得分下限", "floor"),
    "benchmark": Text("标杆值", "benchmark"),
    "cap": Text("不超过满分", "cap"),
    "base_year": Text("基期年份", "base_year"),
    "base_value": Text("起始值", "base_value"),
    "target_year": Text("目标年份", "target_year"),
    "rate": Text("每年变化率", "rate"),
    "center": Text("均值处的得分", "center"),
    "scale": Text("一个标准差的分", "scale"),
    "divisor": Text("方差的除数", "divisor"),
    "percentiles": Text("百分位", "percentiles"),
}
_FULL_REQUIREMENT: Final = Text("满分要求", "full")
_PARTS: Final = {
    "when": Text("条件", "when"),
    "points": Text("得分", "points"),
    "from": Text("不低于", "from"),
    "over": Text("大于", "over"),
    "to": Text("不高于", "to"),
    "below": Text("小于", "below"),
}
_SIDES: Final = {
    "left": Text("归界限以上", "left"),
    "right": Text("归界限以下", "right"),
}


OTHERWISE_TEXT: Final = Text("其余", "otherwise")
"""The value of a row for which none of the conditions of a rule or of cases holds."""


def statistic(name: str) -> Text:
    """The word for a statistic or a parameter of a rule; any other word as it is.

    >>> statistic("low").zh, statistic("clip").zh, statistic("clip").en
    ('下界', '越界取端点', 'clip')
    """
    return STATISTICS.get(name) or _PARAMETERS.get(name, Text(name, name))


def against_in_words(against: Mapping[str, Any], language: Language) -> str:
    """What a value is measured by, as a person reads it: numbers to six digits, no keys of a file in Chinese.

    >>> against_in_words({"low": 1.0, "to": [0, 100], "clip": True}, "zh")
    '下界 = 1, 得分区间 = [0, 100], 越界取端点 = 是'
    >>> against_in_words({"basic": 2, "full": 10, "at_basic": "60%"}, "zh")
    '基本要求 = 2, 满分要求 = 10, 达到基本要求得满分的 = 60%'
    """
    # Of the rule between two anchors `full` is the value that earns full marks, elsewhere these marks themselves.
    words = {name: _FULL_REQUIREMENT if name == "full" and "basic" in against else statistic(name) for name in against}
    return ", ".join(f"{words[name].in_language(language)} = {_plain(against[name], language)}" for name in against)


def _plain(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return yes_or_no(value).zh if language == "zh" else json.dumps(value)
    if isinstance(value, float):
        return in_digits(value)
    if isinstance(value, str):
        return _SIDES[value].in_language(language) if value in _SIDES else value
    if isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        return "; ".join(_plain_part(each, language) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(each, language)}" for key, each in value.items())
    return json.dumps(value, ensure_ascii=False)


def _plain_part(part: Mapping[str, Any], language: Language) -> str:
    """A band of values or a tier, whose keys have words of their own."""
    words = {key: _PARTS.get(key, Text(key, key)).in_language(language) for key in part}
    return ", ".join(f"{words[key]} {_plain(each, language)}" for key, each in part.items())
