"""Points by bands: each band of values with its own ends, gaps and overlaps refused by name."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.parameters import Bands, Meaning, Problem
from parkscore.methods.points_digits import shown, to_digits
from parkscore.methods.ranges import Interval, range_of_points
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import DIRECTION, Direction, Stated, is_higher_better, refuse_first


class Cut(NamedTuple):
    """A place on the line of numbers: just before a value, or just after it. Cuts sort as they stand on the line."""

    value: float
    after: bool


_BEFORE_ALL, _AFTER_ALL = Cut(-math.inf, False), Cut(math.inf, True)


class Span(NamedTuple):
    """The values between two cuts; a single value where both stand at it.

    >>> Span(Cut(5.0, False), Cut(5.0, True)).described.en
    'exactly 5'
    >>> Span(Cut(3.0, False), Cut(5.0, False)).described.en
    'from 3, below 5'
    """

    start: Cut
    end: Cut

    @property
    def described(self) -> Text:
        """Which values these are, the ends included or not."""
        if self.start.value == self.end.value:
            return Text(f"恰好等于 {shown(self.start.value)}", f"exactly {shown(self.start.value)}")
        zh, en = [], []
        if self.start != _BEFORE_ALL:
            at = shown(self.start.value)
            zh.append(f"{at} 以上（{'不含' if self.start.after else '含'}）")
            en.append(f"{'over' if self.start.after else 'from'} {at}")
        if self.end != _AFTER_ALL:
            at = shown(self.end.value)
            zh.append(f"{at} 以下（{'含' if self.end.after else '不含'}）")
            en.append(f"{'up to' if self.end.after else 'below'} {at}")
        return Text("、".join(zh) or "任何数值", ", ".join(en) or "any value")


class Fault(NamedTuple):
    """Values that lie between two bands and in none, or in two; `bands` are the numbers of both, from 0."""

    kind: Literal["gap", "overlap"]
    span: Span
    bands: tuple[int, int]


def span_of(band: Mapping[str, float]) -> Span:
    """The values of a band: `from` on, `over`, up `to`, or `below`; without one of these it is open to that side."""
    start = Cut(band["from"], False) if "from" in band else Cut(band["over"], True) if "over" in band else _BEFORE_ALL
    end = Cut(band["to"], True) if "to" in band else Cut(band["below"], False) if "below" in band else _AFTER_ALL
    return Span(start, end)


def covers_all(bands: Bands) -> bool:
    """Whether bands without gaps leave no value out, however small or large.

    >>> covers_all([{"below": 5}, {"from": 5}]), covers_all([{"from": 5}])
    (True, False)
    """
    spans = [span_of(band) for band in bands]
    return any(span.start == _BEFORE_ALL for span in spans) and any(span.end == _AFTER_ALL for span in spans)


def _rounded(cut: Cut) -> Cut:
    return Cut(float(to_digits(cut.value)), cut.after)


def holds(band: Mapping[str, float], values: ArrayLike) -> NDArray[np.bool_]:
    """Which values lie in a band, compared to twelve significant digits; a gap lies in none.

    >>> holds({"over": 3, "to": 5}, [3, 5, 0.1 + 4.9, np.nan]).tolist()
    [False, True, True, False]
    """
    digits = to_digits(values)
    start, end = map(_rounded, span_of(band))
    above = digits > start.value if start.after else digits >= start.value
    within = digits <= end.value if end.after else digits < end.value
    return np.asarray(above & within, dtype=np.bool_)


def gaps_and_overlaps(bands: Bands) -> list[Fault]:
    """The values between bands that belong to none, and those that belong to two, single values included.

    What lies beyond the lowest and the highest band is no gap: it is `otherwise`.

    >>> [(each.kind, each.span.described.en) for each in gaps_and_overlaps([{"below": 2e8}, {"over": 2e8}])]
    [('gap', 'exactly 200000000')]
    """
    spans = [span_of(band) for band in bands]
    order = sorted(range(len(spans)), key=lambda number: _rounded(spans[number].start))
    faults: list[Fault] = []
    last = order[0]
    for number in order[1:]:
        reached, start, end = spans[last].end, spans[number].start, spans[number].end
        if _rounded(start) < _rounded(reached):
            faults.append(Fault("overlap", Span(start, min(reached, end, key=_rounded)), (last, number)))
        elif _rounded(start) > _rounded(reached):
            faults.append(Fault("gap", Span(reached, start), (last, number)))
        if _rounded(end) > _rounded(reached):
            last = number
    return faults


def _bad_bands(stated: Stated) -> list[Problem]:
    """Problems of single bands, and if there are none, of bands beside one another."""
    bands = stated["bands"]
    return list(bad_alone(bands)) or [_fault(each) for each in gaps_and_overlaps(bands)]


def bad_alone(bands: Bands) -> Iterator[Problem]:
    """What is wrong with single bands: two ends on one side, or no value between the ends."""
    for number, band in enumerate(bands, start=1):
        for one, other in (("from", "over"), ("to", "below")):
            if one in band and other in band:
                reason = Text(
                    f"第 {number} 档同时写了 {one} 和 {other}，应只写一个",
                    f"band {number} states both {one} and {other}: state one of them",
                )
                yield Problem("bands", reason)
        span = span_of(band)
        if not _rounded(span.start) < _rounded(span.end):
            reason = Text(
                f"第 {number} 档没有数值：下端 {shown(span.start.value)}，上端 {shown(span.end.value)}",
                f"band {number} holds no value: it begins at {shown(span.start.value)} and ends at "
                f"{shown(span.end.value)}",
            )
            yield Problem("bands", reason)


def _fault(fault: Fault) -> Problem:
    first, second = (number + 1 for number in fault.bands)
    values = fault.span.described
    if fault.kind == "gap":
        reason = Text(
            f"第 {first} 档与第 {second} 档之间有空档：{values.zh}；如无得分，写一档 0 分",
            f"between bands {first} and {second} there is a gap: {values.en}; if it earns nothing, write a band of 0",
        )
        return Problem("bands", reason, "band_gap")
    reason = Text(f"第 {first} 档与第 {second} 档重叠：{values.zh}", f"bands {first} and {second} overlap: {values.en}")
    return Problem("bands", reason, "band_overlap")


def _points_against_direction(stated: Stated) -> list[Problem]:
    """What may be meant, and should be known: better values that earn less, those outside all bands included."""
    bands = sorted(stated["bands"], key=lambda band: _rounded(span_of(band).start))
    earned = [band["points"] for band in bands]
    otherwise = stated.get("otherwise")
    if otherwise is not None:
        earned = [otherwise] * (span_of(bands[0]).start != _BEFORE_ALL) + earned
        earned += [otherwise] * (max(span_of(band).end for band in bands) != _AFTER_ALL)
    if not is_higher_better(stated.get("direction", 1)).all():
        earned.reverse()
    return [
        Problem(
            "bands",
            Text(
                f"数值变好，得分反而从 {shown(before)} 降到 {shown(after)}",
                f"a better value may lower the points, from {shown(before)} to {shown(after)}",
            ),
            "not_monotone",
        )
        for before, after in itertools.pairwise(earned)
        if after < before
    ][:1]


def _bands_range(stated: Stated) -> Interval:
    return range_of_points((band["points"] for band in stated["bands"]), stated.get("otherwise"))


@scoring(
    "bands",
    zh="分段计分",
    en="Bands",
    formula="s = points of the band that holds x, else `otherwise`;  from: x ≥ a;  over: x > a;  to: x ≤ b;  "
    "below: x < b",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit"},
    reference="工信部企业〔2022〕63号 附件2; 高新技术企业认定 (the R&D ratio that is asked for, by revenue)",
    golden="specialised_sme_2022",
    golden_source="工信部企业〔2022〕63号 附件2, as two public transcriptions have it: 上年度资产负债率, "
    "≤50% 5 points, 50-60 3, 60-70 1, >70% 0",
    may_lower=Text(
        "所写的各段得分可以随数值变好而下降，check 会指出",
        "the points as written may fall where the value gets better; `check` says so",
    ),
    parameters={
        "direction": DIRECTION,
        "bands": Meaning(
            "各段：from 起（含）、over 大于、to 至（含）、below 小于，points 得分；一侧不写即无界",
            "the bands: from a value on, over it, up to it (to), below it, and their points; a side not stated is open",
            "indicator",
        ),
        "otherwise": Meaning(
            "不在任何一段时的得分；不给则没有得分", "the points outside all bands; no points where not stated", "score"
        ),
    },
    relations=_bad_bands,
    cautions=_points_against_direction,
    score_range=_bands_range,
)
def bands(x: FloatArray, *, direction: Direction = 1, bands: Bands, otherwise: float | None = None) -> FloatArray:
    """The points of the band that a value lies in, each band with its own ends.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap, and without `otherwise` a
    value outside all bands has no points (NaN). Value and ends are compared to twelve significant digits. The direction
    only says, to `check`, whether points go with it.

    Raises DomainError where bands overlap or leave a gap between them.

    >>> bands([0.5, 0.55, 0.9], bands=[{"to": 0.5, "points": 5}, {"over": 0.5, "to": 0.6, "points": 3}])
    array([ 5.,  3., nan])
    """
    is_higher_better(direction)
    refuse_first(_bad_bands({"bands": bands}))
    values = np.asarray(x, dtype=np.float64)
    points = np.full(values.shape, np.nan if otherwise is None else float(otherwise))
    for band in bands:
        points = np.where(holds(band, values), float(band["points"]), points)
    return np.where(np.isnan(values), np.nan, points)
