"""What the numbers that scores are measured against are called."""

from __future__ import annotations

from typing import Final

from parkscore.language import Text

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


def statistic(name: str) -> Text:
    """The word for a statistic; a parameter of a rule goes by its key, as in a framework file.

    >>> statistic("low").zh, statistic("clip").zh
    ('下界', 'clip')
    """
    return STATISTICS.get(name, Text(name, name))
