"""Answer what is asked of the ranks beside the draws; what cannot be answered is refused before they are run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypeVar

from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.robustness_models import OneAtATimeQuestion, SensitivityQuestion
from parkscore.language import Text
from parkscore.methods.domain import IntArray
from parkscore.robustness.alternatives import EVERY
from parkscore.robustness.exact_answers import ExactAnswers, ReadyExact, exact_ready
from parkscore.robustness.one_at_a_time import TOP, OneAtATime, Shifts
from parkscore.robustness.outputs import MEAN_SHIFT
from parkscore.robustness.plans import DrawPlan
from parkscore.robustness.questions import Questions
from parkscore.robustness.reversals import Reversals
from parkscore.robustness.running import Progress
from parkscore.robustness.sensitivity import ReadySensitivity, Sensitivity, best_rank, sensitivity_ready

Telling = Callable[[Text], AbstractContextManager[Progress | None]]
"""Says what is begun; while it lasts, it is told how much is done."""

Placing = Callable[[Finding, tuple[str, ...]], Finding]
"""A finding about a key of what was asked, at its place where it has one."""

MOST_LEAVING: Final = 500
"""Units that leave one at a time where nobody says which; of more, the first ten."""
MOST_HELD: Final = 2048
"""Units of which every pair is looked at when one leaves; of more nobody does."""

_Question = TypeVar("_Question")
_Ready = TypeVar("_Ready")


@dataclass(frozen=True)
class SensitivityAnswer:
    """What was found of what was asked."""

    question: SensitivityQuestion
    found: Sensitivity


@dataclass(frozen=True)
class OneAtATimeAnswers:
    """What one change alone does.

    leave_out: the ranks without each node. schemes: under each of some weights, None where none were asked for.
    reversals: without each of some units, None where fewer than three are ranked. notes: what was looked at.
    """

    leave_out: Shifts
    schemes: Shifts | None
    reversals: Reversals | None
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Answers:
    """What was asked beside the draws, None where it was not."""

    sensitivity: SensitivityAnswer | None = None
    exact: ExactAnswers | None = None
    one_at_a_time: OneAtATimeAnswers | None = None


@dataclass(frozen=True)
class _ReadySensitivity:
    question: SensitivityQuestion
    ready: ReadySensitivity

    def answer(self, progress: Progress | None) -> SensitivityAnswer:
        return SensitivityAnswer(self.question, self.ready.answer(progress))


@dataclass(frozen=True)
class _ReadyOneAtATime:
    alone: OneAtATime
    schemes: Shifts | None
    leaving: tuple[str, ...]
    notes: tuple[Text, ...]

    def answers(self, progress: Progress | None) -> OneAtATimeAnswers:
        reversals = self.alone.without_units(self.leaving, progress=progress) if self.leaving else None
        return OneAtATimeAnswers(self.alone.leave_out, self.schemes, reversals, self.notes)


@dataclass(frozen=True)
class Ready:
    """What is asked, of an evaluation and a plan of which it can be said."""

    sensitivity: _ReadySensitivity | None
    exact: ReadyExact | None
    one_at_a_time: _ReadyOneAtATime | None

    def answers(self, telling: Telling) -> Answers:
        """All answers, each told of by itself."""
        sensitivity = exact = alone = None
        if self.sensitivity is not None:
            with telling(Text("敏感性抽样", "draws for the sensitivity")) as progress:
                sensitivity = self.sensitivity.answer(progress)
        if self.exact is not None:
            with telling(Text("求最好、最差位次", "finding best and worst ranks")) as progress:
                exact = self.exact.answers(progress)
        if self.one_at_a_time is not None:
            with telling(Text("逐项变动", "making one change at a time")) as progress:
                alone = self.one_at_a_time.answers(progress)
        return Answers(sensitivity, exact, alone)


def made_ready(
    plan: DrawPlan, year: int | None, seed: int, order: IntArray, questions: Questions, placed: Placing
) -> Ready:
    """What can be made sure of before anything is run: that there are such units, groups, weights and sums.

    order: the places of the units among the rows of the year. placed: see `Placing`.

    Raises UsageError with everything that cannot be answered, and FrameworkError or DataError from schemes.
    """
    wrong: list[Finding] = []

    def attempt(name: str, question: _Question | None, make: Callable[[_Question], _Ready]) -> _Ready | None:
        if question is None:
            return None
        try:
            return make(question)
        except UsageError as error:
            wrong.extend(placed(finding, (name, *_key_of(name, finding))) for finding in error.findings)
            return None

    ready = Ready(
        attempt("sensitivity", questions.sensitivity, lambda asked: _sensitivity(plan, year, seed, order, asked)),
        attempt("exact", questions.exact, lambda asked: exact_ready(plan.evaluation, year, asked)),
        attempt("one_at_a_time", questions.one_at_a_time, lambda asked: _one_at_a_time(plan.evaluation, year, asked)),
    )
    if wrong:
        raise UsageError(wrong)
    return ready


_KEYS: Final[Mapping[tuple[str, str], str]] = {
    ("sensitivity", "no_such_output"): "outputs",
    ("sensitivity", "nobody_on_top"): "outputs",
    ("sensitivity", "too_large"): "draws",
    ("sensitivity", "wrong_groups"): "groups",
    ("sensitivity", "no_such_factor"): "groups",
    ("sensitivity", "in_two_groups"): "groups",
    ("exact", "no_such_unit"): "units",
    ("exact", "no_such_class"): "class",
    ("exact", "no_such_weights"): "bounds",
    ("one_at_a_time", "no_such_unit"): "without_units",
    ("one_at_a_time", "too_few_units"): "without_units",
    ("one_at_a_time", "too_many_units"): "without_units",
}


def _key_of(name: str, finding: Finding) -> tuple[str, ...]:
    """The key within a question that a finding is about."""
    key = _KEYS.get((name, finding.code))
    return () if key is None else (key,)


def _sensitivity(
    plan: DrawPlan, year: int | None, seed: int, order: IntArray, question: SensitivityQuestion
) -> _ReadySensitivity:
    some_are_on_top = len(order) > TOP and best_rank(plan, year, order) <= TOP
    usual = (MEAN_SHIFT, f"top_{TOP}") if some_are_on_top else (MEAN_SHIFT,)
    outputs = question.outputs or usual
    ready = sensitivity_ready(
        plan, year, order, outputs=outputs, groups=question.groups, draws=question.draws, seed=seed
    )
    return _ReadySensitivity(question, ready)


def _one_at_a_time(evaluation: Evaluation, year: int | None, question: OneAtATimeQuestion) -> _ReadyOneAtATime:
    alone = OneAtATime(evaluation, year)
    names = tuple(alone.names.tolist())
    leaving = tuple(dict.fromkeys(question.without_units))
    notes: tuple[Text, ...] = (_named(leaving),)
    if EVERY in leaving:
        leaving, notes = names, ()
    elif not leaving:
        leaving, notes = _usual(names)
    if leaving:
        alone.refuse_leaving(leaving)
        _refuse_too_many(len(names))
    schemes = alone.under_schemes(question.schemes) if question.schemes else None
    return _ReadyOneAtATime(alone, schemes, leaving, notes)


def _usual(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """Who leaves where nobody says so, and what to say of it."""
    if len(names) < 3:
        nobody = Text("参加排名的不足三个，没有位次逆转可言", "fewer than three units are ranked: nobody was taken out")
        return (), (nobody,)
    if len(names) > MOST_HELD:
        nobody = Text(
            f"位次逆转：对象多于 {MOST_HELD} 个，没有逐一去掉",
            f"reversals: of more than {MOST_HELD} units none was taken out",
        )
        return (), (nobody,)
    if len(names) > MOST_LEAVING:
        return names[:TOP], (_first(len(names)),)
    return names, ()


def _refuse_too_many(units: int) -> None:
    if units > MOST_HELD:
        message = Text(f"位次逆转最多看 {MOST_HELD} 个对象", f"reversals are looked at among {MOST_HELD} units at most")
        hint = Text("去掉 without_units，或只评一部分对象", "leave out without_units, or evaluate fewer units")
        finding = Finding(code="too_many_units", severity=Severity.ERROR, value=units, message=message, hint=hint)
        raise UsageError(finding)


def _first(count: int) -> Text:
    return Text(
        f"位次逆转：共 {count} 个对象，只逐一去掉前 {TOP} 名；写 without_units: all 则全部",
        f"reversals: of {count} units the first {TOP} were taken out one at a time; `without_units: all` takes each",
    )


def _named(leaving: tuple[str, ...]) -> Text:
    return Text(f"位次逆转：逐一去掉 {'、'.join(leaving)}", f"reversals: taken out one at a time: {', '.join(leaving)}")
