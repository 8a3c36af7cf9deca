"""What a gate finds of each unit: one outcome of five, how it came about, and what is missing by how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Truths, Vector
from parkscore.framework.formula.tree import Comparison
from parkscore.language import Text, in_digits

Codes = NDArray[np.int8]


class Outcome(StrEnum):
    """What a requirement comes to for a unit."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    REVIEW = "review"
    NOT_APPLICABLE = "not_applicable"

    @property
    def text(self) -> Text:
        """The words a person reads."""
        return _OUTCOME_TEXT[self]


_OUTCOME_TEXT: Final = {
    Outcome.MET: Text("达标", "met"),
    Outcome.NOT_MET: Text("不达标", "not met"),
    Outcome.UNKNOWN: Text("无法判断", "unknown"),
    Outcome.REVIEW: Text("待核查", "to be reviewed"),
    Outcome.NOT_APPLICABLE: Text("不适用", "not applicable"),
}
OUTCOMES: Final = tuple(Outcome)
MET, NOT_MET, UNKNOWN, REVIEW, NOT_APPLICABLE = (np.int8(code) for code in range(len(OUTCOMES)))
"""The outcomes as codes, so that a column of them is an array."""

TRUTH_WORDS: Final = ("false", "true", "unknown")
TRUTH_TEXT: Final = {
    "false": Text("不成立", "false"),
    "true": Text("成立", "true"),
    "unknown": Text("无法判断", "unknown"),
}
FALSE, TRUE, OPEN = (np.int8(code) for code in range(len(TRUTH_WORDS)))
"""What a condition comes to, as codes: it holds, it does not, or it cannot be told."""

Role = Literal["gate", "item", "require", "veto", "review", "when", "exempt", "bypass", "relax", "override", "part"]


@dataclass(frozen=True)
class Said:
    """The reason at each row: a number into `words`, -1 where there is nothing to say."""

    numbers: NDArray[np.int16]
    words: tuple[Text, ...] = ()

    @classmethod
    def nothing(cls, rows: int) -> Said:
        """No reason at any row."""
        return cls(np.full(rows, -1, dtype=np.int16))

    def adding(self, rows: Truths, word: Text) -> Said:
        """The reasons with one more, where it holds."""
        numbers = np.where(rows, np.int16(len(self.words)), self.numbers)
        return Said(numbers.astype(np.int16), (*self.words, word))

    def at(self, row: int) -> Text | None:
        """The reason at a row."""
        number = int(self.numbers[row])
        return self.words[number] if number >= 0 else None


@dataclass(frozen=True)
class Measured:
    """The numbers of a comparison, a row each: `value operator threshold`, in the measure of the value.

    value, value_to: the least and the most that the value can be; the same where it is known. threshold: as stated;
    relaxed_to: what a relaxation makes of it, NaN where none is in question; relaxed: truth codes, whether it holds.
    short_by: how much is missing for the unit's good, 0 where nothing is, NaN where it cannot be told.
    """

    value: Vector
    value_to: Vector
    operator: Comparison
    threshold: Vector
    relaxed_to: Vector
    relaxed: Codes
    short_by: Vector
    measure: str | None


@dataclass(frozen=True)
class Verdict:
    """One requirement, or one condition or comparison inside it, for every row of the table.

    codes: outcomes of a requirement (roles `gate` and `item`), truth codes of everything else. wanted: of a condition,
    the truth that is good for the unit. needs: of `at_least`, how many. condition: the formula of what is none of the
    requirements, as text. may_not_apply: the rows at which a requirement may turn out not to apply once data come in.
    """

    path: str
    role: Role
    kind: str
    text: Text
    codes: Codes
    said: Said
    parts: tuple[Verdict, ...] = ()
    measured: Measured | None = None
    texts: NDArray[np.object_] | None = None
    wanted: bool = True
    needs: int | None = None
    miss: str | None = None
    condition: str | None = None
    may_not_apply: Truths | None = None

    @property
    def is_requirement(self) -> bool:
        """Whether the codes are outcomes, and not truths."""
        return self.role in ("gate", "item")

    def word(self, row: int) -> str:
        """The outcome at a row, `met`, or the truth of a condition, `true`."""
        code = int(self.codes[row])
        return str(OUTCOMES[code]) if self.is_requirement else TRUTH_WORDS[code]

    def walk(self, parent: str | None = None) -> Iterator[tuple[str | None, Verdict]]:
        """The path of its parent and the verdict, then all below it."""
        yield parent, self
        for part in self.parts:
            yield from part.walk(self.path)


MOST_REASONS: Final = 3


def why(verdict: Verdict, row: int) -> Text | None:
    """Why a requirement came to its outcome at a row, in a sentence; None where it simply is met."""
    own = verdict.said.at(row)
    if own is not None:
        return own
    listed = list(dict.fromkeys(_reasons(verdict, row)))  # two conditions may lack the same cell
    if not listed:
        return None
    more = len(listed) - MOST_REASONS
    more_zh, more_en = (f"；另有 {more} 条", f"; and {more} more") if more > 0 else ("", "")
    return Text(
        "；".join(text.zh for text in listed[:MOST_REASONS]) + more_zh,
        "; ".join(text.en for text in listed[:MOST_REASONS]) + more_en,
    )


def why_met(verdict: Verdict, row: int) -> Text | None:
    """The conditions that made a requirement met at a row, each with what it read; None where there are none."""
    listed = [sentence for part in verdict.parts for sentence in _that_hold(part, row)]
    if not listed:
        return None
    return Text("；".join(text.zh for text in listed), "; ".join(text.en for text in listed))


def _that_hold(condition: Verdict, row: int) -> Iterator[Text]:
    """The comparisons of a condition that are as they should be for the unit."""
    if condition.parts:
        for part in condition.parts:
            yield from _that_hold(part, row)
    elif condition.codes[row] == (TRUE if condition.wanted else FALSE):
        yield _sentence(condition, row)


def _reasons(verdict: Verdict, row: int) -> Iterator[Text]:
    """The reasons of the parts that brought an outcome about."""
    code = verdict.codes[row]
    for part in verdict.parts:
        if part.is_requirement:
            if part.codes[row] == code != MET:
                yield part.said.at(row) or _named(part, row)
            elif code == UNKNOWN and verdict.kind != "all" and met_and_may_not_apply(part, row):
                yield from _open_exemptions(part, row)
        elif part.role in ("require", "veto", "review"):
            yield from reasons_of_condition(part, row, unknown=code == UNKNOWN)


def met_and_may_not_apply(part: Verdict, row: int) -> bool:
    """Whether an item is met, but may be none of those that count."""
    return bool(part.codes[row] == MET and part.may_not_apply is not None and part.may_not_apply[row])


def _open_exemptions(verdict: Verdict, row: int) -> Iterator[Text]:
    """The exemptions that cannot be told, of a requirement and of what is below it."""
    for part in verdict.parts:
        if part.role == "exempt" and part.codes[row] == OPEN:
            said = unclear_way(part.text)
            yield Text(f"{verdict.text.zh}：{said.zh}", f"{verdict.text.en}: {said.en}")
        elif part.is_requirement:
            yield from _open_exemptions(part, row)


def unclear_way(name: Text) -> Text:
    """That it cannot be told whether a bypass or an exemption is open."""
    return Text(f"不能判断是否符合“{name.zh}”", f"it cannot be told whether this holds: {name.en}")


def _named(part: Verdict, row: int) -> Text:
    inner = list(_reasons(part, row))
    zh, en = "；".join(text.zh for text in inner), "; ".join(text.en for text in inner)
    return Text(f"{part.text.zh}：{zh}", f"{part.text.en}: {en}") if inner else part.text


def reasons_of_condition(condition: Verdict, row: int, *, unknown: bool) -> Iterator[Text]:
    """What keeps a condition from what is good for the unit, or from being told, comparison by comparison."""
    if condition.parts:
        for part in condition.parts:
            yield from reasons_of_condition(part, row, unknown=unknown)
        return
    code = condition.codes[row]
    if (code == OPEN) if unknown else (code != OPEN and (code == TRUE) != condition.wanted):
        yield condition.said.at(row) or _sentence(condition, row)


def _sentence(condition: Verdict, row: int) -> Text:
    """A comparison with its numbers."""
    numbers = condition.measured
    if numbers is None:
        said = "" if condition.texts is None else f" ({condition.texts[row]})"
        return Text(condition.text.zh + said, condition.text.en + said)
    measure = f" {numbers.measure}" if numbers.measure else ""
    value, to, short = numbers.value[row], numbers.value_to[row], numbers.short_by[row]
    if value < to and not (np.isfinite(value) and np.isfinite(to)):
        return _without_limit(condition, value, to, measure)
    if value < to:
        return Text(
            f"{condition.text.zh}（{in_digits(value, 10)} 到 {in_digits(to, 10)}{measure} 之间，数值未定）",
            f"{condition.text.en} (anything from {in_digits(value, 10)} to {in_digits(to, 10)}{measure})",
        )
    eased = numbers.relaxed[row] == TRUE
    to_zh, to_en = ("，门槛放宽为", ", threshold relaxed to") if eased else ("", "")
    bar = f" {in_digits(numbers.relaxed_to[row], 10)}{measure}" if eased else ""
    have = f"{condition.text.zh}（{in_digits(value, 10)}{measure}{to_zh}{bar}"
    have_en = f"{condition.text.en} ({in_digits(value, 10)}{measure}{to_en}{bar}"
    if short > 0:
        return Text(
            f"{have}，差 {in_digits(short, 10)}{measure}）", f"{have_en}, {in_digits(short, 10)}{measure} short)"
        )
    return Text(f"{have}）", f"{have_en})")


def _without_limit(condition: Verdict, value: float, to: float, measure: str) -> Text:
    """A comparison whose number is open to one side, or to both."""
    if np.isfinite(value):
        zh, en = f"至少 {in_digits(value, 10)}{measure}", f"at least {in_digits(value, 10)}{measure}"
    elif np.isfinite(to):
        zh, en = f"至多 {in_digits(to, 10)}{measure}", f"at most {in_digits(to, 10)}{measure}"
    else:
        zh, en = "没有上下限", "without a limit"
    return Text(f"{condition.text.zh}（{zh}，数值未定）", f"{condition.text.en} ({en})")


def of_items(codes: Sequence[Codes], needed: int | None, may_not_apply: Sequence[Truths] | None = None) -> Codes:
    """The outcome of several requirements of which so many must be met; None: all that apply.

    Only items that apply count. Enough met: met. Not enough even if all that is open were met: not met. Enough with
    those to be reviewed: review. Else unknown; where nothing applies, not applicable. may_not_apply: of each item the
    rows at which it may turn out not to apply, so that it is not certain to be one of so many.

    >>> [OUTCOMES[code].value for code in of_items([np.array([0, 0, 4]), np.array([1, 2, 4])], 1)]
    ['met', 'met', 'not_applicable']
    """
    stacked = np.stack(codes)
    may_fall_out = np.zeros(stacked.shape, dtype=np.bool_) if may_not_apply is None else np.stack(may_not_apply)
    met, review = (stacked == MET).sum(axis=0), (stacked == REVIEW).sum(axis=0)
    unknown, applicable = (stacked == UNKNOWN).sum(axis=0), (stacked != NOT_APPLICABLE).sum(axis=0)
    if needed is None:
        surely_met, some_apply, least = met, np.True_, applicable
    else:
        surely_met = ((stacked == MET) & ~may_fall_out).sum(axis=0)
        some_apply, least = ((stacked != NOT_APPLICABLE) & ~may_fall_out).any(axis=0), np.full_like(met, needed)
    return np.select(
        [
            applicable == 0,
            surely_met >= least,
            (met + review + unknown < least) & some_apply,
            surely_met + review >= least,
        ],
        [NOT_APPLICABLE, MET, NOT_MET, REVIEW],
        UNKNOWN,
    ).astype(np.int8)
