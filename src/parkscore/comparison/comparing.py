"""Score one table under several weight schemes and put the results side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from parkscore.comparison.side_by_side import Scenarios, check_count, of_scheme
from parkscore.data.masking import Mask
from parkscore.evaluating import refuse_other_types, score_table
from parkscore.findings import Finding, ParkscoreError, Severity, UsageError, of_type
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.tree.schemes import WeightPlan, Weights, plan_weights

Item = TypeVar("Item")
Result = TypeVar("Result")


def scenarios(
    framework: str | Path | Framework,
    data: str | Path | pd.DataFrame,
    weights: Sequence[Weights] | Mapping[str, Weights],
    *,
    year: int | None = None,
    top: int = 10,
    mask: Mask | None = None,
) -> Scenarios:
    """Score and rank the units of a table under several weight schemes; the first is what the others are compared with.

    framework, data, year, mask: as for `evaluate`. weights: two schemes or more, each a scheme by name, by file or as
    made in Python, or a weighting method by name; None, or the framework's id, stands for its own weights. In a mapping
    the keys are what the schemes are called in the result, else their ids. top: how many of the best are looked at for
    overlap.

    Raises UsageError, FrameworkError or DataError with the findings of every scheme at once, each naming its scheme; of
    several kinds that of the first. What is wrong with the weights is found before the data are read.

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> compared = ps.scenarios("zone-2021", example_path("zones-synthetic.csv"), ["equal", "entropy"], year=2024)
    >>> compared.agreement[["a", "b", "year", "n"]].values.tolist()
    [['equal', 'entropy', 2024, 178]]
    """
    refuse_other_types(data=data, year=year, mask=mask)
    check_count("top", top)
    named = _named(weights)
    framework = load_framework(framework)
    if len(named) < 2:
        raise UsageError(_too_few(framework))
    plans = _labelled(framework, named)
    prepared = score_table(framework, data, year, mask)
    return Scenarios(dict(zip(plans, _each(plans.items(), prepared.under), strict=True)), top)


def _named(weights: Sequence[Weights] | Mapping[str, Weights]) -> list[tuple[str | None, Weights]]:
    """Each scheme with what it is to be called; None where its own id serves."""
    if isinstance(weights, Mapping):
        odd = [name for name in weights if not isinstance(name, str) or not name.strip()]
        if odd:
            raise UsageError([_odd_name(name) for name in odd])
        return list(weights.items())
    if isinstance(weights, str) or not isinstance(weights, Sequence):
        hint = Text(
            "给方案的列表，如 ['entropy', 'equal']，或 {名称: 方案}",
            "give a list of schemes, such as ['entropy', 'equal'], or a mapping of names to schemes",
        )
        raise UsageError(of_type("weights", weights, hint))
    return [(None, each) for each in weights]


def _labelled(framework: Framework, named: Sequence[tuple[str | None, Weights]]) -> dict[str, WeightPlan]:
    """The plan of each scheme by what it is called in the result."""

    def plan(weights: Weights) -> WeightPlan:
        refuse_other_types(weights=weights)
        return plan_weights(framework, weights)

    plans = _each([(name or _name_of(weights, framework), weights) for name, weights in named], plan)
    labels = [
        name or (framework.id if plan.scheme is None else plan.scheme.id)
        for (name, _), plan in zip(named, plans, strict=True)
    ]
    repeated = [label for label, count in Counter(labels).items() if count > 1]
    if repeated:
        raise UsageError([_repeated(label) for label in repeated])
    same = [
        (labels[first], labels[second])
        for second in range(len(plans))
        for first in range(second)
        if plans[first].scheme == plans[second].scheme
    ]
    if same:
        raise UsageError([_same(*pair) for pair in same])
    return dict(zip(labels, plans, strict=True))


def _name_of(weights: Weights, framework: Framework) -> str:
    """What a scheme is called in findings before it is read."""
    if weights is None:
        return framework.id
    return str(getattr(weights, "id", None) or getattr(weights, "name", None) or weights)


def _each(items: Iterable[tuple[str, Item]], make: Callable[[Item], Result]) -> list[Result]:
    """What is made of each item, or the findings of all that cannot be made, each naming its scheme."""
    made, failed = [], []
    for name, item in items:
        try:
            made.append(make(item))
        except ParkscoreError as error:
            failed.append(type(error)([of_scheme(name, finding) for finding in error.findings]))
    if failed:
        raise type(failed[0])([finding for error in failed for finding in error.findings])
    return made


def _odd_name(name: object) -> Finding:
    return Finding(
        code="wrong_type",
        severity=Severity.ERROR,
        field="weights",
        value=str(name),
        message=Text("方案的称呼应是文字，且不能为空", "what a scheme is called must be a text, and not empty"),
    )


def _too_few(framework: Framework) -> Finding:
    return Finding(
        code="too_few_schemes",
        severity=Severity.ERROR,
        field="weights",
        message=Text("至少需要两个权重方案才能比较", "needs two weight schemes or more to compare"),
        hint=Text(
            f"再指明一个方案或方法；指标体系自己的权重称为 {framework.id}",
            f"name another scheme or method; the framework's own weights go by {framework.id}",
        ),
    )


def _repeated(label: str) -> Finding:
    return Finding(
        code="duplicate_scheme",
        severity=Severity.ERROR,
        field="weights",
        value=label,
        message=Text("有两个方案都叫这个名字", "two schemes go by this name"),
        hint=Text("去掉一个；若是不同的方案，改一个的 id", "leave one out; where they differ, give one another id"),
    )


def _same(first: str, second: str) -> Finding:
    return Finding(
        code="duplicate_scheme",
        severity=Severity.ERROR,
        field="weights",
        value=second,
        message=Text(f"与 {first} 是同一个方案", f"is the same scheme as {first}"),
        hint=Text("去掉一个", "leave one out"),
    )
