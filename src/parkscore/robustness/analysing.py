"""Try other weights and methods on an evaluation, as it is asked for in Python or in a spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, Finding, Severity, UsageError
from parkscore.framework.robustness_models import RobustnessSpec
from parkscore.language import Text
from parkscore.methods import DomainError
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.weight_draws import Kind, unit_points
from parkscore.robustness.alternatives import EVERY, STEPS, Alternative, alternatives_of, taken, to_try, variants
from parkscore.robustness.answers import Telling, made_ready
from parkscore.robustness.asked import DEFAULT, asked_weights
from parkscore.robustness.asked_forms import plainly
from parkscore.robustness.asked_table import frame_of
from parkscore.robustness.asked_values import asked_values
from parkscore.robustness.assumptions import DEFAULTED
from parkscore.robustness.plans import DrawnWeights, DrawPlan, HeldWeights
from parkscore.robustness.questions import QUESTIONS, Questions
from parkscore.robustness.rescoring import under_schemes
from parkscore.robustness.result import Robustness
from parkscore.robustness.running import Progress, refuse_no_function, refuse_too_large, refused, run
from parkscore.robustness.said import SHOWN
from parkscore.robustness.scoring import by_rank, rows_of_year, year_of
from parkscore.robustness.specs import NOTHING, LoadedSpec, load_spec, spec_of_framework
from parkscore.robustness.weightless import refuse_weightless
from parkscore.robustness.weights import LeftOut, all_of_the_total
from parkscore.tree.only_gates import refuse_only_gates

WeightsFor = Callable[[int, int], DrawnWeights]
"""Makes the weights of so many draws by a seed."""

DRAWS: Final = 10_000


def told_by(progress: Progress | None) -> Telling:
    """Tells one progress of everything, whatever is being done; UsageError where it is no function."""
    refuse_no_function(progress)
    return lambda _: nullcontext(progress)


def robustness_of(
    evaluation: Evaluation,
    spec: str | Path | Mapping[str, Any] | LoadedSpec | None,
    telling: Telling,
    **stated: Any,
) -> Robustness:
    """As `Evaluation.robustness`; what is stated beside the spec counts in place of what the spec says of it.

    stated: None says nothing of a key, and what is empty that nothing of it varies, whatever the spec says. telling:
    says of each part of the run that it begins, and how far it is.
    """
    _refuse_whole_spec(stated.get("weights"))
    asked_beside = {key: stated.pop(key, None) for key in QUESTIONS}
    if spec is None:
        loaded = spec_of_framework(evaluation.framework) or NOTHING
    else:
        loaded = spec if isinstance(spec, LoadedSpec) else load_spec(spec, evaluation.framework)
    loaded = loaded.asking(asked_beside, evaluation.framework)
    own = plainly({key: said for key, said in stated.items() if said is not None})
    asked = _varied({**loaded.asked, **own})
    questions = Questions.of({key: asked.pop(key, None) for key in QUESTIONS})
    runs = {key: asked.pop(key) for key in ("draws", "seed", "year") if key in asked}
    of_framework = loaded.of_framework and any(key not in own for key in asked)
    if not asked:
        asked["weights"] = {**DEFAULT, DEFAULTED: True}
    weights = {key: said for key, said in asked.get("weights", {}).items() if key != DEFAULTED}
    if weights.get("table") is not None:
        weights["table"] = frame_of(weights["table"])
        runs.setdefault("draws", max(len(weights["table"]), 1))

    def drawn(draws: int, seed: int) -> DrawnWeights:
        return asked_weights(evaluation, weights, draws, seed, under_schemes(evaluation), runs.get("year"))

    alternatives = to_try(evaluation.framework, {step: asked[step] for step in STEPS if step in asked})
    asked |= alternatives
    try:
        planned = plan_of(
            evaluation,
            drawn if "weights" in asked else None,
            alternatives=alternatives,
            leave_out=asked.get("leave_out", ()),
            noise=asked.get("noise", {}),
            imputation=asked.get("imputation", ()),
            **runs,
        )
    except UsageError as error:
        raise UsageError([_placed(finding, loaded, own) for finding in error.findings]) from None
    ready = made_ready(planned.plan, planned.year, planned.seed, planned.order, questions, loaded.placed)
    found = drawn_by(planned, telling)
    answers = ready.answers(telling)
    return replace(found, asked=asked, of_framework=of_framework, questions=questions, answers=answers)


def _refuse_whole_spec(weights: Any) -> None:
    """Raise UsageError where what is stated of weights says what else is to vary."""
    if not isinstance(weights, Mapping) or RobustnessSpec.model_fields.keys().isdisjoint(weights):
        return
    message = Text("weights 里写的是整份变动说明", "`weights` holds a whole spec")
    hint = Text("用 spec={...} 给出整份说明", "give it as spec={...}")
    raise UsageError(Finding(code="whole_spec", severity=Severity.ERROR, field="weights", message=message, hint=hint))


def _varied(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked without what says nothing; weights that vary in no way are a mistake, and stay."""
    return {
        key: said
        for key, said in asked.items()
        if said is not None and (key == "weights" or not (isinstance(said, list | tuple | Mapping) and not said))
    }


def _placed(finding: Finding, loaded: LoadedSpec, own: Mapping[str, Any]) -> Finding:
    """A finding about what the spec says, at its place there."""
    key = {"no_such_year": "year", "too_large": "draws", "wrong_length": "draws", "nothing_left": "leave_out"}.get(
        finding.code
    )
    return finding if key is None or key in own else loaded.placed(finding, (key,))


@dataclass(frozen=True)
class Planned:
    """A run that can be made, of the units of a year."""

    plan: DrawPlan
    year: int | None
    seed: int

    @property
    def order(self) -> IntArray:
        """The places of the ranked units among the rows of the year, by their rank."""
        evaluation = self.plan.evaluation
        return np.asarray(by_rank(evaluation, rows_of_year(evaluation, self.year)), dtype=np.int64)


def plan_of(
    evaluation: Evaluation,
    weights: WeightsFor | None,
    *,
    alternatives: Mapping[str, Any] | Sequence[Alternative] = (),
    leave_out: Sequence[str] = (),
    noise: Mapping[str, Any] = MappingProxyType({}),
    imputation: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = 0,
    year: int | None = None,
    kind: Kind = "sobol",
) -> Planned:
    """All draws of a run over the units of one year under other weights and methods.

    weights: what the weights of each draw are, None to hold them. alternatives: methods to try, see `alternatives_of`.
    leave_out: indicators of which each draw leaves out one or none, each as likely; `all` for every one. noise,
    imputation: what differs of values, see `asked_values`. draws: how many, 1 at least. seed: everything that is drawn
    follows from it; 0 is a seed. year: of the data, the latest by default. kind: of the points that methods are drawn
    by.

    Raises UsageError, FrameworkError or DataError where something of this cannot be.
    """
    framework = evaluation.framework
    refuse_only_gates(framework, Text("没有位次可检验", "there are no ranks to try"))
    year = year_of(evaluation, year)
    rows = rows_of_year(evaluation, year)
    if not evaluation.standing.overall[rows].any():
        raise UsageError(_nobody_ranked(year))
    varied = 0 if weights is None and not leave_out else sum(1 for _ in framework.walk())
    refuse_too_large(draws, len(rows), bool(noise or imputation), varied)
    asked = list(alternatives_of(framework, alternatives)) if isinstance(alternatives, Mapping) else list(alternatives)
    values = asked_values(framework, noise, imputation, draws, seed)
    tried, sizes = variants(evaluation, asked)
    if weights is not None:
        refuse_weightless(variant.framework for variant in tried)
    # One for each choice, and one for what is left out, whether or not something is: a choice has the same points then.
    factors = unit_points(draws, len(sizes) + 1 if sizes or leave_out else 0, [seed, 1], kind)
    drawn: DrawnWeights = HeldWeights() if weights is None else weights(draws, seed)
    if leave_out:
        drawn = _left_out(evaluation, drawn, leave_out, factors[:, -1])
    choices = tuple(each.factor for each in asked)
    return Planned(
        DrawPlan(evaluation, draws, drawn, tried, taken(factors[:, :-1], sizes), choices, sizes, values), year, seed
    )


def drawn_by(planned: Planned, telling: Telling) -> Robustness:
    """The scores and ranks of every draw; DataError where a method cannot take what is drawn."""
    with telling(Text("正在抽样", "drawing")) as progress:
        try:
            outcome = run(planned.plan, planned.year, progress)
        except DomainError as error:
            raise DataError(refused(error)) from None
    return Robustness(planned.plan.evaluation, planned.year, planned.plan, planned.seed, outcome)


def _left_out(evaluation: Evaluation, drawn: DrawnWeights, asked: Sequence[str], points: FloatArray) -> LeftOut:
    framework = evaluation.framework
    known = [leaf.id for leaf in framework.leaves]
    wrong = [_no_such_indicator(name) for name in asked if name not in (*known, EVERY)]
    whole = all_of_the_total(drawn, framework, [own for _, own in evaluation.own_cohorts])
    wrong += [_nothing_left(name) for name in dict.fromkeys(asked) if name in whole]
    leaves = tuple(name for name in known if name not in whole) if EVERY in asked else tuple(dict.fromkeys(asked))
    if not leaves:
        wrong.append(_nothing_to_leave_out())
    if wrong:
        raise UsageError(wrong)
    return LeftOut(framework, drawn, leaves, points)


def _nobody_ranked(year: int | None) -> Finding:
    return Finding(
        code="nobody_ranked",
        severity=Severity.ERROR,
        year=year,
        message=Text("没有一个评价对象参加排名，没有位次可检验", "no unit is ranked, so there are no ranks to try"),
        hint=Text("先看 parkscore score 所列的原因", "parkscore score says why"),
    )


def _no_such_indicator(name: str) -> Finding:
    return Finding(
        code="no_such_indicator",
        severity=Severity.ERROR,
        value=name,
        message=Text(f"指标体系没有指标 {name}，无从略去", f"the framework has no indicator {name} to leave out"),
        hint=SHOWN,
    )


def _nothing_left(name: str) -> Finding:
    return Finding(
        code="nothing_left",
        severity=Severity.ERROR,
        value=name,
        message=Text(
            f"{name} 占总分的全部权重（至少在某一类或某次抽样中），略去后无从计分",
            f"{name} is all of the total, in one class or draw at least: without it there is no score",
        ),
        hint=Text("从 leave_out 中去掉它", "take it out of leave_out"),
    )


def _nothing_to_leave_out() -> Finding:
    return Finding(
        code="nothing_left",
        severity=Severity.ERROR,
        value=EVERY,
        message=Text(
            "每个指标都占总分的全部权重（至少在某一类或某次抽样中），没有可略去的",
            "each indicator is all of the total, in one class or draw at least: there is none to leave out",
        ),
        hint=Text(
            "去掉 leave_out，改为变动 score、noise 或 imputation",
            "do without leave_out: vary score, noise or imputation",
        ),
    )
