"""Points by category: each name, or code, with the points it earns."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.parameters import Meaning, PointsByName, Problem
from parkscore.methods.points_digits import to_digits
from parkscore.methods.ranges import Interval, range_of_points
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import DIRECTION, Direction, Stated, is_higher_better, refuse_first


def folded(name: object) -> str:
    """A name without what nobody sees: full and half width are one, blanks at the ends and runs of blanks do not count.

    >>> folded(" 国家级　（Ａ） ")
    '国家级 (A)'
    """
    return " ".join(unicodedata.normalize("NFKC", str(name)).split())


def repeated_names(points: Mapping[Any, Any]) -> list[tuple[object, object]]:
    """Pairs of names that read as one.

    >>> repeated_names({"A级": 3, "Ａ级": 2})
    [('A级', 'Ａ级')]
    """
    first: dict[str, object] = {}
    return [(first[folded(name)], name) for name in points if first.setdefault(folded(name), name) is not name]


def _repeated(stated: Stated) -> list[Problem]:
    return [
        Problem(
            "points",
            Text(f"{before!r} 与 {after!r} 是同一个名称", f"{before!r} and {after!r} are the same name"),
            "repeated_category",
        )
        for before, after in repeated_names(stated["points"])
    ]


def _lookup_range(stated: Stated) -> Interval:
    return range_of_points(stated["points"].values(), stated.get("otherwise"))


@scoring(
    "lookup",
    zh="按类别计分",
    en="Points by category",
    formula="s = points[category], else `otherwise`",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit"},
    reference="工信部企业〔2022〕63号, 创新型中小企业 (主导产品领域) and 附件2 (建立研发机构级别)",
    golden="innovative_sme_2022",
    golden_source="工信部企业〔2022〕63号, 创新型中小企业评价标准 (gqrdw.cn/zixun/232.html): 主导产品领域, "
    "战略性新兴产业 10 points, others 5",
    may_lower=Text("类别没有大小之分", "categories have no order"),
    parameters={
        "direction": DIRECTION,
        "points": Meaning("各类别的得分", "the points of each category", "score"),
        "otherwise": Meaning(
            "未列出的类别的得分；不给则没有得分",
            "the points of a category that is not listed; no points where not stated",
            "score",
        ),
        "categories": Meaning("各代码所指的类别名称", "the name of the category that each code stands for"),
    },
    relations=_repeated,
    score_range=_lookup_range,
)
def lookup(
    x: FloatArray,
    *,
    direction: Direction = 1,
    points: PointsByName,
    otherwise: float | None = None,
    categories: Sequence[str] | None = None,
) -> FloatArray:
    """The points of each category: a code, or a name that a code stands for.

    x: (units,) or (units, indicators), codes. With `categories` a code is the number of a name there, from 0; without
    them the names of `points` are numbers, and a code is compared with them to twelve significant digits. Full and half
    width are the same, and so are blanks. A gap stays a gap; without `otherwise` a category that is not listed has no
    points (NaN), and never 0.

    Raises DomainError where two names are the same, a name is no number and there are no categories, or a code stands
    for none of them.

    >>> lookup([0.0, 1.0], points={"战略性新兴产业": 10}, otherwise=5, categories=["战略性新兴产业", "其他"])
    array([10.,  5.])
    >>> lookup([3.0, 2.0, 7.0], points={3: 5, 2: 3, 1: 0})
    array([ 5.,  3., nan])
    """
    is_higher_better(direction)
    refuse_first(_repeated({"points": points}))
    nothing = np.nan if otherwise is None else float(otherwise)
    values = to_digits(x)
    if categories is None:
        scores = np.full(values.shape, nothing)
        for code, earned in _by_number(points):
            scores = np.where(values == code, earned, scores)
        return np.where(np.isnan(values), np.nan, scores)
    return np.where(np.isnan(values), np.nan, _of_names(values, points, nothing, categories))


def _of_names(values: FloatArray, points: PointsByName, nothing: float, categories: Sequence[str]) -> FloatArray:
    """The points of the names that the codes stand for; any number where the code is missing."""
    known = np.where(np.isnan(values), 0.0, values)
    present = ~np.isnan(values)
    if (present & ((known < 0) | (known >= len(categories)) | (known != np.floor(known)))).any():
        reason = Text("有代码不对应任何类别", "a code stands for no category")
        raise DomainError(reason)
    by_name: Mapping[str, float] = {folded(name): float(earned) for name, earned in points.items()}
    earned_by_code = np.array([*(by_name.get(folded(name), nothing) for name in categories), nothing])
    return np.asarray(earned_by_code[np.where(present, known, 0).astype(np.intp)])


def _by_number(points: PointsByName) -> list[tuple[float, float]]:
    """The codes as numbers, each with its points; DomainError where a name is none."""
    found = []
    for name, earned in points.items():
        try:
            code = float(folded(name))
        except ValueError:
            code = math.nan
        if not math.isfinite(code):
            reason = Text(
                f"{name!r} 不是数字代码；按文字类别计分要指明类别字段",
                f"{name!r} is no number; to score texts, name the field that holds the category",
            )
            raise DomainError(reason)
        found.append((float(to_digits(code)), float(earned)))
    return found
