"""Points by the first of several conditions that holds."""

from __future__ import annotations

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.parameters import Meaning, Tiers
from parkscore.methods.ranges import Interval, range_of_points
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import DIRECTION, Direction, Stated, is_higher_better


def _tiers_range(stated: Stated) -> Interval:
    return range_of_points((tier["points"] for tier in stated["tiers"]), stated.get("otherwise"))


@scoring(
    "tiers",
    zh="按条件计分（先成立者为准）",
    en="Points by the first condition that holds",
    formula="s = points of the first condition that holds, else `otherwise`",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit"},
    reference="工信部企业〔2022〕63号, 创新型中小企业 and 附件2 (与主导产品相关的有效知识产权: Ⅰ类 comes before Ⅱ类)",
    golden="innovative_sme_2022",
    golden_source="工信部企业〔2022〕63号, 创新型中小企业评价标准 (gqrdw.cn/zixun/232.html): "
    "Ⅰ类高价值 20, 自主研发Ⅰ类 15, Ⅰ类 10, Ⅱ类 5, none 0",
    may_lower=Text("条件没有大小之分", "conditions have no order but that of the list"),
    parameters={
        "direction": DIRECTION,
        "tiers": Meaning(
            "各档的条件（when）和得分（points），按先后判断",
            "the condition (when) and the points of each tier, the first that holds counts",
        ),
        "otherwise": Meaning(
            "没有条件成立时的得分；不给则没有得分",
            "the points where no condition holds; no points where not stated",
            "score",
        ),
    },
    score_range=_tiers_range,
)
def tiers(x: FloatArray, *, direction: Direction = 1, tiers: Tiers, otherwise: float | None = None) -> FloatArray:
    """The points of the tier that counts for each unit.

    x: (units,) or (units, indicators), the number of the first tier whose condition holds, from 1; any other number
    says that none holds. A gap stays a gap, and so does a unit for which no condition holds where `otherwise` is not
    stated. The engine finds the numbers from the conditions, which read fields.

    >>> tiers([1.0, 2.0, 0.0], tiers=[{"when": "a > 3", "points": 20}, {"when": "a > 0", "points": 15}], otherwise=0)
    array([20., 15.,  0.])
    """
    is_higher_better(direction)
    array = np.asarray(x, dtype=np.float64)
    scores = np.full(array.shape, np.nan if otherwise is None else float(otherwise))
    for number, tier in enumerate(tiers, start=1):
        scores = np.where(array == number, float(tier["points"]), scores)
    return np.where(np.isnan(array), np.nan, scores)
