"""Points by steps: the points of the first threshold that a value reaches."""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, FloatArray
from parkscore.methods.parameters import Meaning, Problem, Steps
from parkscore.methods.points_digits import shown, to_digits
from parkscore.methods.ranges import Interval, range_of_points
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import DIRECTION, Direction, Stated, is_higher_better, refuse_first

_ROW_BY_ROW = {"unit order", "indicator order", "duplicate unit", "unit by unit"}


def _out_of_order(stated: Stated) -> list[Problem]:
    """Problems where the thresholds do not go from the best to the least, or where one is written twice."""
    thresholds = to_digits([threshold for threshold, _ in stated["steps"]])
    differences = np.diff(thresholds)
    if (differences == 0).any():
        twice = shown(stated["steps"][int(np.flatnonzero(differences == 0)[0])][0])
        return [Problem("steps", Text(f"界限 {twice} 写了两次", f"the threshold {twice} is written twice"))]
    falling, rising = bool((differences < 0).all()), bool((differences > 0).all())
    if not (falling or rising):
        reason = Text("各档界限应从最优到最低依次排列", "the thresholds must go from the best one down to the least")
        return [Problem("steps", reason)]
    direction = stated.get("direction")
    if direction is None or differences.size == 0:
        return []
    higher = is_higher_better(direction)
    if (higher if falling else ~higher).all():
        return []
    if higher.all():
        reason = Text(
            "越高越好：最高的界限写在最前，依次降低",
            "higher is better: write the highest threshold first and let them fall",
        )
    else:
        reason = Text(
            "越低越好：最低的界限写在最前，依次升高",
            "lower is better: write the lowest threshold first and let them rise",
        )
    return [Problem("steps", reason)]


def _points_against_direction(stated: Stated) -> list[Problem]:
    """What may be meant, and should be known: a later step, which is easier to reach, that earns more."""
    earned = [points for _, points in stated["steps"]] + [stated["otherwise"]]
    return [
        Problem(
            "steps",
            Text(
                f"数值变好，得分反而从 {shown(after)} 降到 {shown(before)}",
                f"a better value may lower the points, from {shown(after)} to {shown(before)}",
            ),
            "not_monotone",
        )
        for before, after in itertools.pairwise(earned)
        if after > before
    ][:1]


def _steps_range(stated: Stated) -> Interval:
    return range_of_points((points for _, points in stated["steps"]), stated["otherwise"])


@scoring(
    "steps",
    zh="分档计分",
    en="Steps",
    formula="s = points of the first step reached, else `otherwise`;  +: x ≥ t (left) or x > t (right);  "
    "-: x ≤ t (right) or x < t (left)",
    obeys=_ROW_BY_ROW,
    reference="科技型中小企业评价办法 (国科发政〔2017〕115号); 工信部企业〔2022〕63号, 创新型中小企业 and 附件2",
    golden="tech_sme_2017",
    golden_source="科技型中小企业评价指标 (成都高新区 2024, 13880246603.com/api/PolicyDetail/PolicyInfo/27751): "
    '科技人员占职工总数, 20 points ("30%(含)以上")',
    may_lower=Text(
        "所写的各档得分可以随数值变好而下降，check 会指出",
        "the points as written may fall where the value gets better; `check` says so",
    ),
    parameters={
        "direction": DIRECTION,
        "closed": Meaning(
            "恰好等于界限时归哪一边：left 归界限以上（越高越好时为“以上（含）”，越低越好时为“低于”），"
            "right 归界限以下（越高越好时为“超过”，越低越好时为“以下（含）”）",
            "where a value exactly at a threshold belongs: left to the side above it (higher is better: from it on; "
            "lower: below it), right to the side below it (higher: more than it; lower: up to it)",
            unstated="unstated_side",
        ),
        "steps": Meaning(
            "各档 [界限, 得分]，从最优一档写起", "the steps as [threshold, points], the best one first", "indicator"
        ),
        "otherwise": Meaning("一档也未达到时的得分", "the points where no step is reached", "score"),
    },
    relations=_out_of_order,
    cautions=_points_against_direction,
    score_range=_steps_range,
)
def steps(
    x: FloatArray,
    *,
    direction: Direction = 1,
    closed: Literal["left", "right"],
    steps: Steps,
    otherwise: float,
) -> FloatArray:
    """The points of the first step that a value reaches, as point tables print them.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap. Value and threshold are
    compared to twelve significant digits: 3 / 10 reaches 30 %. Nothing is taken from the data.

    Raises DomainError where the thresholds do not fall, or rise where lower is better.

    >>> steps([0.3, 0.29, 0.1, np.nan], closed="left", steps=[[0.3, 20], [0.25, 16]], otherwise=0)
    array([20., 16.,  0., nan])
    """
    refuse_first(_out_of_order({"direction": direction, "steps": steps}))
    higher = is_higher_better(direction)
    values = to_digits(x)
    points = np.full(values.shape, float(otherwise))
    for (_, earned), threshold in zip(steps[::-1], to_digits([at for at, _ in steps])[::-1], strict=True):
        points = np.where(_reaches(values, threshold, higher, closed), float(earned), points)
    return np.where(np.isnan(values), np.nan, points)


def _reaches(values: FloatArray, threshold: float, higher: BoolArray, closed: Literal["left", "right"]) -> BoolArray:
    """Where a value is on the good side of a threshold, or at it and that counts."""
    if closed == "left":
        return np.asarray(np.where(higher, values >= threshold, values < threshold))
    return np.asarray(np.where(higher, values > threshold, values <= threshold))
