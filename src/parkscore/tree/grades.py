"""Grade every scored unit: the band that its score lies in, unless an override says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Grid, Rows, Truths, Vector
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.framework.check_grades import NO_GRADE, UNKNOWN_GRADE
from parkscore.framework.models import Framework, Grade, GradeScale
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.methods.points_bands import Cut, Span, holds, span_of
from parkscore.tree.bounds import NodeBounds
from parkscore.tree.gates import Judging, as_compared
from parkscore.tree.verdicts import OPEN, TRUE, Verdict, reasons_of_condition

Numbers = NDArray[np.int16]

GRADE_WORDS: Final = {UNKNOWN_GRADE: Text("不能判定", "unknown"), NO_GRADE: Text("无等级", "no grade")}
"""What a person reads where there is no grade."""
_UNKNOWN, _NONE = -1, -2


@dataclass(frozen=True)
class Graded:
    """One scale at every row of the table.

    grades: the number of the grade in `scale.grades`, -1 where it cannot be told, -2 where the score is in no band.
    decided: the number of the override that gives it, from 0, else -1. possible: which grades it may be, (rows,
    grades); only_none: where no band can hold the score. low, high: the least and the most that the score can be, to
    as many decimals as scores are compared. overrides: their verdicts, truth codes.
    """

    scale: GradeScale
    of: str
    label: Text
    grades: Numbers
    decided: Numbers
    possible: Truths
    low: Vector
    high: Vector
    overrides: tuple[Verdict, ...]

    def word(self, row: int) -> str:
        """The id of the grade at a row, `unknown` or `no_grade`."""
        number = int(self.grades[row])
        return {_UNKNOWN: UNKNOWN_GRADE, _NONE: NO_GRADE}.get(number) or self.scale.grades[number].id

    def grade(self, row: int) -> Grade | None:
        """The grade at a row, None where there is none or it cannot be told."""
        number = int(self.grades[row])
        return self.scale.grades[number] if number >= 0 else None

    def name(self, row: int) -> Text:
        """What the grade at a row is called."""
        grade = self.grade(row)
        return GRADE_WORDS[self.word(row)] if grade is None else grade.label


def grade_scales(framework: Framework, table: Table, indicators: Grid, bounds: NodeBounds) -> tuple[Graded, ...]:
    """Every grade scale of the framework on every row of the table; indicators and bounds as for `judge`.

    The first override that holds decides. A grade is certain where everything that may still be comes to the same: the
    override that holds or the bands that the score can reach, and every earlier override that cannot be told.
    """
    judging = Judging(framework, table, indicators, bounds)
    return tuple(_graded(judging, scale) for scale in framework.grades)


def _graded(judging: Judging, scale: GradeScale) -> Graded:
    framework = judging.framework
    of = scale.of or framework.total.id
    ends, decimals = judging.bounds, framework.ranking.decimals
    low, high = (as_compared(scores, decimals) for scores in (ends.low[of], ends.high[of]))
    ids = [grade.id for grade in scale.grades]
    overrides = tuple(
        judging.formula(each.when, f"{scale.id}#override.{number}", "override", None, wanted=False)
        for number, each in enumerate(scale.overrides, start=1)
    )
    possible = np.zeros((judging.rows, len(ids) + 1), dtype=np.bool_)  # the last column: in no band
    undecided, decided = np.ones(judging.rows, dtype=np.bool_), np.full(judging.rows, -1, dtype=np.int16)
    for number, (override, verdict) in enumerate(zip(scale.overrides, overrides, strict=True)):
        possible[:, ids.index(override.grade)] |= undecided & (verdict.codes != 0)
        decided[undecided & (verdict.codes == TRUE)] = number
        undecided &= verdict.codes != TRUE
    known = ~np.isnan(low) & ~np.isnan(high)
    possible |= (undecided & known)[:, np.newaxis] & _by_score(scale, low, high)
    certain = (possible.sum(axis=1) == 1) & (known | ~undecided)
    numbers = np.where(certain, possible.argmax(axis=1), _UNKNOWN)
    numbers = np.where(numbers == len(ids), _NONE, numbers).astype(np.int16)
    return Graded(scale, of, judging.labels[of], numbers, decided, possible, low, high, overrides)


def _by_score(scale: GradeScale, low: Vector, high: Vector) -> Truths:
    """The grades that scores from low to high can have, (rows, grades and none); `otherwise` is all other scores."""
    spans = [span_of(grade.ends) for grade in scale.bands]
    before, behind = min(span.start for span in spans), max(span.end for span in spans)
    outside = np.zeros(len(low), dtype=np.bool_)
    if np.isfinite(before.value):
        outside |= _touched(Span(Cut(-np.inf, False), before), low, high)
    if np.isfinite(behind.value):
        outside |= _touched(Span(behind, Cut(np.inf, False)), low, high)
    nothing = np.zeros_like(outside)
    tail = (outside,) if scale.otherwise is None else (outside, nothing)
    return np.column_stack([*(_touched(span, low, high) for span in spans), *tail])


def _touched(span: Span, low: Vector, high: Vector) -> Truths:
    """Whether some score from low to high lies in a span."""
    begins = {"over" if span.start.after else "from": span.start.value}
    ends = {"to" if span.end.after else "below": span.end.value}
    return np.asarray(holds(begins, high) & holds(ends, low), dtype=np.bool_)


# --- why --------------------------------------------------------------------------------------------------------------


def why_graded(graded: Graded, row: int, unranked: Text | None) -> Text:
    """Why a row has its grade: override, score and band, line; unranked: why the row has no total."""
    decided = int(graded.decided[row])
    grade = graded.grade(row)
    if grade is None and graded.word(row) == UNKNOWN_GRADE:
        return _why_unknown(graded, row, unranked)
    if decided >= 0:
        return _with_line(_overridden(graded, decided, row), grade)
    said = _score(graded, row)
    if grade is None:
        return Text(f"{said.zh}，不在任何一档", f"{said.en}, in no band")
    values = span_of(grade.ends).described if grade is not graded.scale.otherwise else _ELSEWHERE
    return _with_line(Text(f"{said.zh}：{values.zh}", f"{said.en}: {values.en}"), grade)


_ELSEWHERE: Final = Text("不在所列各档", "in none of the bands")


def _with_line(said: Text, grade: Grade | None) -> Text:
    if grade is None or grade.line is None:
        return said
    return Text(f"{said.zh}；额度 {grade.line}", f"{said.en}; line {grade.line}")


def _score(graded: Graded, row: int) -> Text:
    """What is graded, with its number or the numbers it may be."""
    low, high = float(graded.low[row]), float(graded.high[row])
    zh, en = graded.label
    if low == high:
        return Text(f"{zh} {low:.10g}", f"{en} {low:.10g}")
    if np.isneginf(low):
        return Text(f"{zh}至多 {high:.10g}", f"{en} at most {high:.10g}")
    if np.isposinf(high):
        return Text(f"{zh}至少 {low:.10g}", f"{en} at least {low:.10g}")
    return Text(f"{zh}在 {low:.10g} 到 {high:.10g} 之间", f"{en} from {low:.10g} to {high:.10g}")


def _overridden(graded: Graded, number: int, row: int) -> Text:
    label, said = graded.scale.overrides[number].label, _said(graded.overrides[number], row, unknown=False)
    return Text(f"改判“{label.zh}”：{said.zh}", f"override {label.en}: {said.en}")


def _said(verdict: Verdict, row: int, *, unknown: bool) -> Text:
    """The comparisons that make a condition hold, or keep it from being told; a `not` has the condition itself."""
    inner = list(reasons_of_condition(verdict, row, unknown=unknown)) or [verdict.text]
    return Text("；".join(text.zh for text in inner), "; ".join(text.en for text in inner))


def _open(graded: Graded, row: int) -> list[int]:
    """The overrides that cannot be told and come before the one that holds."""
    return [number for number, own in enumerate(_open_before(graded, np.array([row]))) if own[0]]


def _open_before(graded: Graded, rows: Rows | slice) -> list[Truths]:
    """For each override the rows at which it cannot be told and comes before the one that holds."""
    decided = graded.decided[rows]
    return [
        ((decided < 0) | (number < decided)) & (override.codes[rows] == OPEN)
        for number, override in enumerate(graded.overrides)
    ]


def _why_unknown(graded: Graded, row: int, unranked: Text | None) -> Text:
    parts = []
    for number in _open(graded, row):
        label, said = graded.scale.overrides[number].label, _said(graded.overrides[number], row, unknown=True)
        parts.append(
            Text(
                f"不能判断是否改判“{label.zh}”（{said.zh}）",
                f"it cannot be told whether the override {label.en} holds ({said.en})",
            )
        )
    if int(graded.decided[row]) < 0:
        parts.append(_why_score_is_open(graded, row, unranked))
    grades = [grade.label for grade, may in zip(graded.scale.grades, graded.possible[row], strict=False) if may]
    either = Text("、".join(label.zh for label in grades), ", ".join(label.en for label in grades))
    zh, en = "；".join(part.zh for part in parts if part.zh), "; ".join(part.en for part in parts if part.en)
    if len(grades) < 2:
        return Text(zh, en)
    return Text(f"{zh}；可能为：{either.zh}", f"{en}; it may be: {either.en}")


def _why_score_is_open(graded: Graded, row: int, unranked: Text | None) -> Text:
    if np.isnan(graded.low[row]) or np.isnan(graded.high[row]):
        zh, en = graded.label
        if unranked is not None:
            return Text(f"{zh}无值：{unranked.zh}", f"no {en}: {unranked.en}")
        return Text(f"{zh}无值", f"no {en}")
    return _score(graded, row)


class Item(NamedTuple):
    """One thing that a grade may come from: its id in stored results, and what it is called there."""

    id: str
    label: Text


def items_of(scale: GradeScale, of: Text) -> list[Item]:
    """All that `behind` says of a row, in its order; of: what is graded."""
    overrides = [(number, each.label) for number, each in enumerate(scale.overrides, start=1)]
    return [
        *(Item(f"override.{number}", Text(f"改判“{zh}”", f"override {en}")) for number, (zh, en) in overrides),
        *(
            Item(
                f"open.{number}",
                Text(f"不能判断是否改判“{zh}”", f"it cannot be told whether the override {en} holds"),
            )
            for number, (zh, en) in overrides
        ),
        Item("score", Text(f"{of.zh}未定", f"{of.en} is open")),
        *(
            Item(f"may.{number}", Text(f"可能为 {grade.label.zh}", f"it may be {grade.label.en}"))
            for number, grade in enumerate(scale.grades, start=1)
        ),
    ]


def behind(graded: Graded, rows: Rows | slice) -> Truths:
    """Which of `items_of` a grade comes from where it is no plain band, (items, rows)."""
    unknown, decided = graded.grades[rows] == _UNKNOWN, graded.decided[rows]
    open_score = ~(graded.low[rows] == graded.high[rows])  # a score that is none is open, too
    return np.stack(
        [
            *(~unknown & (decided == number) for number in range(len(graded.overrides))),
            *(unknown & still_open for still_open in _open_before(graded, rows)),
            unknown & (decided < 0) & open_score,
            *(unknown & graded.possible[rows, number] for number in range(len(graded.scale.grades))),
        ]
    )


# --- tables -----------------------------------------------------------------------------------------------------------

GRADE_COLUMNS: Final = [
    *("scale", "grade", "name_zh", "name_en", "line", "line_measure"),
    *("score", "low", "high", "override", "reason_zh", "reason_en"),
]


def grade_table(graded: Sequence[Graded], table: Table, rows: Rows, unranked: Mapping[int, Text]) -> pd.DataFrame:
    """A line for each unit and scale, with the reason; unranked: why a row has no total score, by row.

    grade: an id, `unknown` or `no_grade`. line, line_measure: the line of the grade. score: what was graded, where it
    is known; low, high: the least and the most that it can be, without an end where there is none. override: the number
    of the override that decides, from 1.
    """
    years = [] if table.years is None else [YEAR]
    lines = [_line_of(scale, row, unranked.get(row)) for row in rows.tolist() for scale in graded]
    every = np.repeat(rows, len(graded))
    frame = pd.DataFrame(lines, columns=GRADE_COLUMNS, dtype=object)
    frame.insert(0, UNIT, table.units[every])
    if years:
        frame.insert(1, YEAR, np.asarray(table.years)[every])
    numbers = ("line", "score", "low", "high")
    return frame.assign(
        **{name: frame[name].astype(np.float64) for name in numbers}, override=frame["override"].astype("Int64")
    )


def _line_of(graded: Graded, row: int, unranked: Text | None) -> dict[str, Any]:
    grade, name, why = graded.grade(row), graded.name(row), why_graded(graded, row, unranked)
    line = None if grade is None else grade.line
    low, high = float(graded.low[row]), float(graded.high[row])
    decided = int(graded.decided[row]) + 1
    return {
        "scale": graded.scale.id,
        "grade": graded.word(row),
        "name_zh": name.zh,
        "name_en": name.en,
        "line": None if line is None else float(line.amount),
        "line_measure": None if line is None else line.measure,
        "score": low if low == high else None,
        "low": low if np.isfinite(low) else None,
        "high": high if np.isfinite(high) else None,
        "override": decided or None,
        "reason_zh": why.zh,
        "reason_en": why.en,
    }


def grade_counts(graded: Graded, rows: Rows) -> dict[str, int]:
    """How many rows have each grade, those that cannot be told and those without one included; they sum to all rows."""
    words = [*(grade.id for grade in graded.scale.grades), UNKNOWN_GRADE, NO_GRADE]
    counts = dict.fromkeys(words, 0)
    for row in rows.tolist():
        counts[graded.word(row)] += 1
    return counts


def grade_names(scale: GradeScale) -> dict[str, Text]:
    """What each word that stands for a grade is called."""
    return {grade.id: grade.label for grade in scale.grades} | GRADE_WORDS
