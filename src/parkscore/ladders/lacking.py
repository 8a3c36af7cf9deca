"""What a unit lacks to meet a requirement: what has to change, and where there is a choice."""

from __future__ import annotations

import math
import operator as operators
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

import numpy as np

from parkscore.framework.formula.tree import Comparison
from parkscore.framework.gate_conditions import DENIED
from parkscore.language import Text
from parkscore.tree.verdicts import FALSE, MET, NOT_APPLICABLE, OPEN, REVIEW, TRUE, Verdict, met_and_may_not_apply

Reason = Literal["short", "false", "missing", "unsettled", "review"]


@dataclass(frozen=True)
class Lack:
    """One condition that is not what is good for the unit.

    reason: `short`, a number on the wrong side of its threshold; `false`, a condition without numbers; `missing`, what
    it reads is not known; `unsettled`, the number may be anything from value to value_to; `review`, somebody has to
    look. asked: the requirement it belongs to. operator, threshold: what the number has to reach, after a relaxation.
    """

    asked: Verdict
    condition: Verdict
    reason: Reason
    value: float = np.nan
    value_to: float = np.nan
    operator: str | None = None
    threshold: float = np.nan

    @cached_property
    def short_by(self) -> float:
        """How much is missing to the threshold; NaN where no amount is known or would do it."""
        if self.reason != "short" or self.operator == "!=":
            return np.nan
        if not (math.isfinite(self.threshold) and math.isfinite(self.value)):
            return np.nan
        # In decimals as they are written: 10 % less 9 % is 1 % to the last digit.
        return float(abs(Decimal(repr(self.threshold)) - Decimal(repr(self.value))))


@dataclass(frozen=True)
class Several:
    """Lacks of which all have to be mended, or only so many.

    needs: how many, None for all; more than there are parts where too few requirements apply to the unit.
    ways: what would do in place of all of it. remarks: what else must be known of it. path: of the requirement or the
    condition.
    """

    path: str
    parts: tuple[Need, ...]
    needs: int | None = None
    ways: tuple[Way, ...] = ()
    remarks: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Way:
    """A bypass that is not open, and what it lacks."""

    text: Text
    need: Need


Need = Lack | Several


@dataclass(frozen=True)
class Chosen:
    """A part of a choice: the path of what is chosen from, how many parts it needs, and the number of this part."""

    path: str
    needs: int
    part: int


@dataclass(frozen=True)
class Line:
    """A lack with the choices that it is part of, the outermost first."""

    lack: Lack
    choices: tuple[Chosen, ...] = ()


def lacking(asked: Verdict, row: int, *, has_to_apply: bool = False) -> Need | None:
    """What a unit lacks to meet a requirement; None where it is met or does not apply.

    Whatever stands in a `Lack` outside a choice has to change, and of each choice as many parts as it needs: then the
    requirement is met. An exemption is no way to meet a requirement, it takes it away. has_to_apply: to be one of so
    many that must be met, it must be certain that no exemption takes it away, too.
    """
    if asked.codes[row] == NOT_APPLICABLE:
        return None
    untold = list(_open_exemptions(asked, row)) if has_to_apply else []
    if asked.codes[row] != MET:
        return _all(asked.path, [_not_met(asked, row, has_to_apply=has_to_apply), *untold])
    if has_to_apply and asked.kind == "all":
        untold += [lacking(part, row, has_to_apply=True) for part in asked.parts if met_and_may_not_apply(part, row)]
    return _all(asked.path, untold)


def _open_exemptions(asked: Verdict, row: int) -> Iterator[Need | None]:
    """That the exemptions of a requirement that cannot be told do not hold."""
    for part in asked.parts:
        if part.role == "exempt" and part.codes[row] == OPEN:
            yield _of_condition(asked, _denied(part), row)


def _denied(condition: Verdict) -> Verdict:
    """A condition of which it is good for the unit that it does not hold."""
    parts = tuple(_denied(part) for part in condition.parts)
    return replace(condition, wanted=not condition.wanted, parts=parts)


def _not_met(asked: Verdict, row: int, *, has_to_apply: bool) -> Need | None:
    """What a unit lacks to meet a requirement, whatever is exempt."""
    bypassed = any(part.role == "bypass" and part.codes[row] == TRUE for part in asked.parts)
    own = None if bypassed else _own(asked, row, has_to_apply=has_to_apply)
    if own is not None:
        ways, remarks = tuple(_ways(asked, row)), tuple(_remarks(asked, row))
        own = Several(asked.path, (own,), None, ways, remarks) if ways or remarks else own
    when = next((part for part in asked.parts if part.role == "when"), None)
    unclear = None if when is None else _of_condition(asked, when, row)
    return _all(asked.path, [unclear, own])


def _ways(asked: Verdict, row: int) -> Iterator[Way]:
    """Every way around a requirement that is not open."""
    for part in asked.parts:
        need = _of_condition(asked, part, row) if part.role == "bypass" else None
        if need is not None:
            yield Way(part.text, need)


def _remarks(asked: Verdict, row: int) -> Iterator[Text]:
    """For whom a requirement is not asked, and that a miss is only looked at."""
    for part in asked.parts:
        if part.role == "exempt":
            zh, en = ("，尚不能判断", ", which cannot be told") if part.codes[row] == OPEN else ("", "")
            yield Text(f"符合“{part.text.zh}”者豁免{zh}", f"not asked of: {part.text.en}{en}")
    if asked.miss == "review":
        yield Text("原则上要求，未达标时由人核查", "in principle: a miss is looked at")


def lines(need: Need | None, choices: tuple[Chosen, ...] = ()) -> Iterator[Line]:
    """Every lack in a need, with the choices that it is part of."""
    if isinstance(need, Lack):
        yield Line(need, choices)
    elif need is not None:
        own = (*choices, Chosen(need.path, 1, 1)) if need.ways else choices
        for number, part in enumerate(need.parts, start=1):
            yield from lines(part, own if need.needs is None else (*own, Chosen(need.path, need.needs, number)))
        for number, way in enumerate(need.ways, start=2):
            yield from lines(way.need, (*choices, Chosen(need.path, 1, number)))


def _own(asked: Verdict, row: int, *, has_to_apply: bool) -> Need | None:
    """What a requirement itself asks, whoever may go around it."""
    items = [part for part in asked.parts if part.role == "item"]
    if not items:
        (condition,) = (part for part in asked.parts if part.role in ("require", "veto", "review"))
        return _of_condition(asked, condition, row)
    counted = has_to_apply or asked.kind != "all"
    needs = [need for item in items if (need := lacking(item, row, has_to_apply=counted)) is not None]
    if asked.kind == "all":
        return _all(asked.path, needs)
    met = sum(item.codes[row] == MET and not met_and_may_not_apply(item, row) for item in items)
    still = (1 if asked.needs is None else asked.needs) - int(met)
    if still <= 0:
        return None
    return _some(asked.path, needs, still)


def _all(path: str, needs: Sequence[Need | None]) -> Need | None:
    known = tuple(need for need in needs if need is not None)
    return known[0] if len(known) == 1 else Several(path, known) if known else None


def _some(path: str, needs: list[Need], count: int) -> Need:
    return needs[0] if len(needs) == count == 1 else Several(path, tuple(needs), count)


def _of_condition(asked: Verdict, condition: Verdict, row: int) -> Need | None:
    """What keeps a condition from what is good for the unit, comparison by comparison."""
    code = condition.codes[row]
    if code == (TRUE if condition.wanted else FALSE):
        return None
    if not condition.parts:
        return _lack(asked, condition, row)
    needs = [need for part in condition.parts if (need := _of_condition(asked, part, row)) is not None]
    every = condition.kind == "not" or (condition.kind == "and") == condition.wanted
    return _all(condition.path, [*needs]) if every else _some(condition.path, needs, 1)


def _lack(asked: Verdict, condition: Verdict, row: int) -> Lack:
    numbers, code = condition.measured, condition.codes[row]
    looked_at = condition.role == "review" and asked.codes[row] == REVIEW
    if numbers is None:
        return Lack(asked, condition, "review" if looked_at else "missing" if code == OPEN else "false")
    eased = numbers.relaxed[row] == TRUE
    value, value_to = float(numbers.value[row]), float(numbers.value_to[row])
    threshold = float(numbers.relaxed_to[row] if eased else numbers.threshold[row])
    operator: Comparison = numbers.operator if condition.wanted else DENIED[numbers.operator]
    if np.isnan(value) or np.isnan(threshold):
        return Lack(asked, condition, "missing", value, value_to, operator, threshold)
    if code == OPEN and (value != value_to or _HOLDS[operator](value, threshold)):
        return Lack(asked, condition, "unsettled", value, value_to, operator, threshold)
    return Lack(asked, condition, "review" if looked_at else "short", value, value_to, operator, threshold)


_HOLDS: Final = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
    "==": operators.eq,
    "!=": operators.ne,
}
