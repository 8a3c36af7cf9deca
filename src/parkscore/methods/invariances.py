"""The words in which a method promises what cannot change its result; each promise is tested."""

from __future__ import annotations

from types import MappingProxyType

from parkscore.language import Text

INVARIANCES = MappingProxyType(
    {
        "unit order": Text(
            "打乱评价对象的次序，结果随之重排，数值一位不变",
            "reordering the units reorders the result and changes no digit",
        ),
        "scheme order": Text(
            "打乱所组合方案的次序，结果不变",
            "listing the combined schemes in another order changes nothing",
        ),
        "indicator order": Text(
            "打乱指标的次序，结果只随之重排",
            "reordering the indicators only reorders the result",
        ),
        "shift of an indicator": Text(
            "某指标全部加同一常数，结果不变", "adding one number to a whole indicator changes nothing"
        ),
        "scaling of an indicator": Text(
            "某指标全部乘同一正数，结果不变", "multiplying a whole indicator by a positive number changes nothing"
        ),
        "scaling of all scores": Text(
            "全部得分乘同一正数，结果乘同一正数",
            "multiplying all scores by a positive number multiplies the result by it",
        ),
        "scaling of the weights": Text(
            "全部权重乘同一正数，结果不变", "multiplying all weights by a positive number changes nothing"
        ),
        "duplicate unit": Text("重复一个评价对象，其余结果不变", "repeating a unit changes nothing for the others"),
        "unit by unit": Text("每个评价对象的结果只取决于自身", "the result of a unit depends on that unit alone"),
        "monotone": Text("数值更优者得分不会更低", "a better value never gets a worse result"),
        "unanimity": Text("各项得分相同时，结果即该得分", "where all scores are equal, that is the result"),
        "present cells": Text("已有的数据一位不变", "cells that are present keep every digit"),
        "order within an indicator": Text("指标内的大小次序不变", "no two units swap places within an indicator"),
        "increasing transformation": Text(
            "对得分作任何严格递增变换，名次不变", "any strictly increasing change of the scores keeps the ranks"
        ),
    }
)
"""Every invariance a card may declare, with its meaning."""
