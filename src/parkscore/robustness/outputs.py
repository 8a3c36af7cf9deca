"""What of a draw is explained by factors: the mean shift of ranks, ranks and scores of units, places on top."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from parkscore.findings import DataError, Finding, Severity, UsageError
from parkscore.language import Text
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.robustness.said import near

MEAN_SHIFT: Final = "mean_shift"
_TOP: Final = re.compile(r"top_([1-9][0-9]*)(?::(.+))?", re.DOTALL)


@dataclass(frozen=True)
class Draws:
    """All draws of some units.

    names: of the units. nominal: (units,) their ranks in the evaluation. ranks: (draws, units), one behind the last for
    a unit without a score. scores: (draws, units).
    """

    names: Sequence[str]
    nominal: IntArray
    ranks: IntArray
    scores: FloatArray


Numbers = FloatArray | IntArray


@dataclass(frozen=True)
class Output:
    """Some numbers of every draw: what they are called, and (draws, names) of them."""

    names: tuple[str, ...]
    of: Callable[[Draws], Numbers]


def outputs_of(units: Sequence[str], said: Sequence[str], best: int = 1) -> list[Output]:
    """The outputs that are asked for.

    said: `mean_shift` for the mean number of ranks by which the units move; `top_10` for the share of the evaluation's
    first ten that stay among the first ten, `top_10:UNIT` for whether a unit is among them; `ranks` and `scores` for
    those of every unit; `rank:UNIT`, or the unit alone, and `score:UNIT` for those of one. best: the best rank of the
    evaluation, above 1 where ties take the worst of theirs.

    >>> [output.names for output in outputs_of(["甲", "乙"], ["mean_shift", "乙", "scores"])]
    [('mean_shift',), ('rank:乙',), ('score:甲', 'score:乙')]

    Raises UsageError with everything that is no output, and with a `top_k` that holds nobody.
    """
    found, wrong = [], []
    for each in [said] if isinstance(said, str) else said:
        output = _output(list(units), str(each))
        if output is None:
            wrong.append(_no_such_output(str(each), units))
        elif (top := _TOP.fullmatch(str(each))) and top[2] is None and int(top[1]) < best:
            wrong.append(_nobody_on_top(str(each), int(top[1]), best))
        else:
            found.append(output)
    if wrong or not found:
        raise UsageError(wrong or [_no_output()])
    return found


def _output(units: list[str], said: str) -> Output | None:
    if said == MEAN_SHIFT:
        return Output((said,), _mean_shift)
    if said == "ranks":
        return Output(tuple(f"rank:{unit}" for unit in units), lambda draws: draws.ranks)
    if said == "scores":
        return Output(tuple(f"score:{unit}" for unit in units), _scores)
    if top := _TOP.fullmatch(said):
        count, unit = int(top[1]), top[2]
        if unit is None:
            return Output((said,), lambda draws: _kept(draws, count))
        return _of_unit(units, unit, said, lambda draws: np.less_equal(draws.ranks, count).astype(np.float64))
    word, _, unit = said.partition(":")
    if word == "rank" and unit in units:
        return _of_unit(units, unit, said, lambda draws: draws.ranks)
    if word == "score" and unit in units:
        return _of_unit(units, unit, said, _scores)
    return _of_unit(units, said, f"rank:{said}", lambda draws: draws.ranks)


def _of_unit(units: list[str], unit: str, name: str, of: Callable[[Draws], Numbers]) -> Output | None:
    if unit not in units:
        return None
    own = slice(units.index(unit), units.index(unit) + 1)
    return Output((name,), lambda draws: of(_of_some(draws, own)))


def _of_some(draws: Draws, own: slice) -> Draws:
    return Draws(draws.names[own], draws.nominal[own], draws.ranks[:, own], draws.scores[:, own])


def _mean_shift(draws: Draws) -> FloatArray:
    shifts: FloatArray = np.abs(draws.ranks - draws.nominal.astype(draws.ranks.dtype)).mean(axis=1, keepdims=True)
    return shifts


def _kept(draws: Draws, count: int) -> FloatArray:
    kept: FloatArray = (draws.ranks[:, draws.nominal <= count] <= count).mean(axis=1, keepdims=True)
    return kept


def _scores(draws: Draws) -> FloatArray:
    lacking = np.isnan(draws.scores).mean(axis=0)
    if lacking.any():
        place = int(np.argmax(lacking > 0))
        raise DataError(_without_score(str(draws.names[place]), float(lacking[place])))
    return draws.scores


def _no_such_output(said: str, units: Sequence[str]) -> Finding:
    guess = near(said, [MEAN_SHIFT, "ranks", "scores", "top_10", *units])
    return Finding(
        code="no_such_output",
        severity=Severity.ERROR,
        value=said,
        message=Text(f"{said} 不是可解释的结果{guess.zh}", f"{said} is no output{guess.en}"),
        hint=Text(
            "可用：mean_shift、top_10、ranks、scores、rank:名称、score:名称、top_10:名称，或参加排名的评价对象",
            "known: mean_shift, top_10, ranks, scores, rank:UNIT, score:UNIT, top_10:UNIT, or a ranked unit",
        ),
    )


def _nobody_on_top(said: str, count: int, best: int) -> Finding:
    return Finding(
        code="nobody_on_top",
        severity=Severity.ERROR,
        value=said,
        message=Text(
            f"没有评价对象在前 {count} 名，{said} 无从解释：并列后最好的位次是 {best}",
            f"no unit is among the first {count}, so there is no {said} to explain: after ties the best rank is {best}",
        ),
        hint=Text(f"改用 top_{best}，或看 mean_shift", f"ask for top_{best}, or for mean_shift"),
    )


def _no_output() -> Finding:
    message = Text("没有给出要解释的结果", "no output is named")
    hint = Text("例如 mean_shift", "mean_shift, for example")
    return Finding(code="no_such_output", severity=Severity.ERROR, message=message, hint=hint)


def _without_score(unit: str, share: float) -> Finding:
    return Finding(
        code="without_score",
        severity=Severity.ERROR,
        unit=unit,
        message=Text(
            f"{unit} 在 {share:.1%} 的抽样中没有得分，其得分无从解释",
            f"{unit} has no score in {share:.1%} of the draws, so its score cannot be explained",
        ),
        hint=Text("改看名次：没有得分排在最后", "look at its rank: without a score it is last"),
    )
