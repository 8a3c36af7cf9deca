"""The methods that are tried beside those of the framework, and the variants that they make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, FrameworkError, Severity, UsageError, errors_of
from parkscore.framework.check_methods import SHELF_OF
from parkscore.framework.checking import check_framework
from parkscore.framework.models import Choice, Framework, Node, ScoreRule
from parkscore.language import Text
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.robustness.fixed_statistics import unfixed
from parkscore.robustness.own_methods import differing
from parkscore.robustness.plans import Factor, Filled, Variant
from parkscore.robustness.rescoring import scored_again, weighed_alike
from parkscore.robustness.said import SHOWN, mistake

Step = Literal["score", "treat", "missing", "aggregate"]
"""What of a node is varied: its scoring rule, its treatment of outliers, what fills its gaps, its aggregation."""

STEPS: Final[Sequence[Step]] = ("score", "treat", "missing", "aggregate")
EVERY: Final = "all"
MOST: Final = 256


@dataclass(frozen=True)
class Alternative:
    """Methods that a step of some nodes is tried with, each as likely as what the framework says.

    step: which one. nodes: their ids; of indicators, or of dimensions for `aggregate`. choices: the methods.
    """

    step: Step
    nodes: tuple[str, ...]
    choices: tuple[Choice, ...]

    @property
    def factor(self) -> Factor:
        """The number that it is chosen by, named by its step, and by its node where it is one."""
        name = f"{self.step} {self.nodes[0]}" if len(self.nodes) == 1 else self.step
        return Factor(name, name, self.step)


def variants(
    evaluation: Evaluation, alternatives: Sequence[Alternative]
) -> tuple[tuple[Variant, ...], tuple[int, ...]]:
    """Every combination of the alternatives, the framework's own first, and how many choices each alternative has.

    A combination goes through all steps again from the table that was read, on the same rows.

    Raises FrameworkError where a combination is one that the framework may not have, such as a geometric mean of
    scores that can be negative, and UsageError where there are too many, or where a frozen reference lacks what one of
    the methods needs: none of them is run then.
    """
    sizes = sizes_of(alternatives)
    refuse_too_many(sizes)
    refused = clashes(evaluation.framework, alternatives)
    if refused:
        raise FrameworkError(list(dict.fromkeys(clash.finding for clash in refused)))
    if evaluation.frozen is not None:
        _refuse_unfixed(evaluation.framework, alternatives)
    combinations = list(product(*([None, *each.choices] for each in alternatives)))
    frameworks = [changed(evaluation.framework, alternatives, choices) for choices in combinations]
    others = (
        _variant(evaluation, framework, label_of(alternatives, choices))
        for framework, choices in zip(frameworks[1:], combinations[1:], strict=True)
    )
    return (Variant.of(evaluation), *others), sizes


def sizes_of(alternatives: Sequence[Alternative]) -> tuple[int, ...]:
    """Among how many methods each chooses, the framework's own included."""
    return tuple(1 + len(each.choices) for each in alternatives)


def refuse_too_many(sizes: Sequence[int]) -> None:
    """Raise UsageError where the combinations of so many choices are too many to be run."""
    count = prod(sizes)
    if count > MOST:
        raise UsageError(_too_many(count))


class Clash(NamedTuple):
    """What a framework may not have: which choice of each alternative, by their places, and why.

    No smaller combination of these is refused.
    """

    parts: tuple[tuple[int, int], ...]
    finding: Finding


def clashes(framework: Framework, alternatives: Sequence[Alternative]) -> list[Clash]:
    """Every combination of methods that the framework may not have, the smallest ones only."""
    places = product(*([None, *range(len(each.choices))] for each in alternatives))
    parts = [tuple((one, other) for one, other in enumerate(each) if other is not None) for each in places]
    found: list[Clash] = []
    for combination in sorted(parts, key=len)[1:]:
        if any(set(clash.parts) <= set(combination) for clash in found):
            continue
        own = dict(combination)
        choices = [each.choices[own[place]] if place in own else None for place, each in enumerate(alternatives)]
        label = label_of(alternatives, choices)
        refused = errors_of(check_framework(changed(framework, alternatives, choices)))
        found += [Clash(combination, _named(finding, label)) for finding in refused]
    return found


def _refuse_unfixed(framework: Framework, alternatives: Sequence[Alternative]) -> None:
    """Raise UsageError with every method that a frozen reference cannot serve."""
    tried = [(each, choice) for each in alternatives for choice in each.choices]
    found = [
        _named(finding, label_of([each], [choice]))
        for each, choice in tried
        for finding in unfixed(framework, changed(framework, [each], [choice]))
    ]
    if found:
        raise UsageError(found)


def _variant(evaluation: Evaluation, framework: Framework, label: Text) -> Variant:
    """The scores of the same rows under another framework, with the weights of the evaluation."""
    prepared = scored_again(evaluation, framework)
    cohorts = weighed_alike(evaluation, prepared)
    filled = Filled(prepared.indicators, prepared.imputed, prepared.cohorts)
    return Variant(framework, prepared.scored.scores, prepared.treated.grid.states, cohorts, label, filled)


def taken(points: FloatArray, sizes: Sequence[int]) -> IntArray:
    """Which combination each draw takes, (draws,); points: (draws, alternatives) of the unit cube.

    >>> taken(np.array([[0.1, 0.9], [0.6, 0.1]]), (2, 3)).tolist()
    [2, 3]
    """
    number = np.zeros(len(points), dtype=np.int32)
    for column, size in enumerate(sizes):
        number = number * size + np.minimum((points[:, column] * size).astype(np.int32), size - 1)
    return number


def label_of(alternatives: Sequence[Alternative], choices: Sequence[Choice | None]) -> Text:
    """What differs from the framework, by the names in it; in Chinese steps and methods have their words."""
    made = [(each, choice) for each, choice in zip(alternatives, choices, strict=True) if choice is not None]
    zh = (f"{_STEP_WORDS[each.step]} {'、'.join(each.nodes)}：{_title(each.step, choice)}" for each, choice in made)
    en = (f"{each.step} {', '.join(each.nodes)}: {choice.name}" for each, choice in made)
    return Text("；".join(zh), "; ".join(en))


def _title(step: Step, choice: Choice) -> str:
    """What a method is called in Chinese; the name as it was given where there is no such method."""
    shelf = SHELF_OF[step]
    title: str = shelf[choice.name].title.zh if choice.name in shelf else choice.name
    return title


_STEP_WORDS: Final[Mapping[Step, str]] = {"score": "赋分", "treat": "异常值", "missing": "缺失", "aggregate": "合成"}


def changed(framework: Framework, alternatives: Sequence[Alternative], choices: Sequence[Choice | None]) -> Framework:
    """The framework with other methods at some nodes."""
    wanted: dict[str, dict[str, Any]] = {}
    for each, choice in zip(alternatives, choices, strict=True):
        if choice is not None:
            for node in each.nodes:
                wanted.setdefault(node, {})[each.step] = choice
    if not wanted:
        return framework
    update: dict[str, Any] = {"indicators": tuple(_with(node, wanted) for node in framework.indicators)}
    if framework.total.id in wanted:
        update["total"] = framework.total.model_copy(update=wanted[framework.total.id])
    return framework.model_copy(update=update)


def _with(node: Node, wanted: Mapping[str, Mapping[str, Any]]) -> Node:
    children = tuple(_with(child, wanted) for child in node.children)
    return node.model_copy(update={**wanted.get(node.id, {}), "children": children})


def alternatives_of(framework: Framework, said: Mapping[str, Any]) -> Iterator[Alternative]:
    """The alternatives as a spec states them: by step, and by node or `all`, a list of methods.

    >>> import parkscore as ps
    >>> framework = ps.load_framework("zone-2021")
    >>> [each.step for each in alternatives_of(framework, {"aggregate": {"total": ["geometric"]}})]
    ['aggregate']

    Raises UsageError as `to_try` does.
    """
    tried = to_try(framework, said)
    for step in STEPS:
        for name, choices in tried.get(step, {}).items():
            yield Alternative(step, nodes_under(framework, step, name, tried[step]), choices)


def to_try(framework: Framework, said: Mapping[str, Any]) -> dict[str, dict[str, tuple[Choice, ...]]]:
    """The methods to try as a spec states them, without those that the nodes have anyway or that are named before.

    Each would count twice otherwise, see `differing`. Raises UsageError with everything that names a node which there
    is not, or no method that differs.
    """
    found: dict[str, dict[str, tuple[Choice, ...]]] = {}
    wrong: list[Finding] = []
    for step in STEPS:
        named = dict(said.get(step, {}))
        for name, methods in named.items():
            if name != EVERY and name not in nodes_of(framework, step):
                wrong.append(_no_such_node(step, name))
                continue
            kind = ScoreRule if step == "score" else Choice
            listed = methods if isinstance(methods, list | tuple) else [methods]
            choices = [_choice(kind, method) for method in listed]
            nodes = nodes_under(framework, step, name, named)
            places = differing(framework, step, nodes, choices)
            found.setdefault(step, {})[name] = tuple(choices[place] for place in places)
            wrong += [] if places else [nothing_to_try(step, name, choices)]
            wrong += [] if nodes else [nobody_else(step)]
    if wrong:
        raise UsageError(wrong)
    return found


def nodes_under(framework: Framework, step: Step, name: str, named: Iterable[str]) -> tuple[str, ...]:
    """The nodes that a name stands for; `all` for each that has the step and is not named beside it."""
    beside = frozenset(named)
    return tuple(each for each in nodes_of(framework, step) if each not in beside) if name == EVERY else (name,)


def nodes_of(framework: Framework, step: Step) -> list[str]:
    """The nodes that have the step: dimensions aggregate, indicators do all else."""
    if step == "aggregate":
        return [node.id for node in framework.root.walk() if node.children]
    return [leaf.id for leaf in framework.leaves]


def _choice(kind: type[Choice], said: Any) -> Choice:
    return said if isinstance(said, Choice) else kind.model_validate(said)


def _named(finding: Finding, label: Text) -> Finding:
    said = Text(f"（{label.zh}）{finding.message.zh}", f"({label.en}) {finding.message.en}")
    return replace(finding, message=said)


def _too_many(count: int) -> Finding:
    return Finding(
        code="too_many_variants",
        severity=Severity.ERROR,
        value=count,
        message=Text(
            f"各种方法共有 {count} 种搭配，最多 {MOST} 种", f"{count} combinations of methods are more than {MOST}"
        ),
        hint=Text("少试几种，或一次变一类", "try fewer methods, or one step at a time"),
    )


def nothing_to_try(step: Step, name: str, choices: Sequence[Choice]) -> Finding:
    """That no methods are named for a step, or only the one that the framework has."""
    message = Text(f"{step} 的 {name} 没有写内容", f"{step} of {name} says nothing")
    if choices:
        message = Text(
            f"{step} 的 {name} 只写了指标体系原有的方法", f"{step} of {name} names only what the framework has anyway"
        )
    hint = Text("写上别的方法，或去掉它", "name another method, or leave it out")
    return mistake("nothing_said", message, hint)


def nobody_else(step: Step) -> Finding:
    """That `all` stands beside the names of all."""
    message = Text(f"{step} 已逐一写明，all 之下没有其余的", f"{step} names each by itself, and `all` has no others")
    return mistake("nothing_said", message, Text("去掉 all", "leave `all` out"))


def _no_such_node(step: str, name: str) -> Finding:
    kind = Text("维度", "dimension") if step == "aggregate" else Text("指标", "indicator")
    return Finding(
        code="no_such_node",
        severity=Severity.ERROR,
        value=name,
        message=Text(
            f"指标体系没有{kind.zh} {name}，不能改变它的 {step}",
            f"the framework has no {kind.en} {name} whose {step} could vary",
        ),
        hint=SHOWN,
    )
