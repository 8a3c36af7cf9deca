"""Refuse methods that need other statistics of the reference than a frozen one holds."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import signature
from typing import Any, Final

from parkscore.data.fillings import takes_from_others
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.cases import judged_leaves
from parkscore.framework.models import SCORE_GROUP_MEAN, Choice, Framework, ScoreRule
from parkscore.framework.settings import Settings, aggregation_of
from parkscore.language import Text
from parkscore.methods import aggregation, imputation, scoring, treatment
from parkscore.tree.comparing import refuse_comparisons
from parkscore.tree.freezing import whole_row_nodes

_HINT: Final = Text(
    "不带固定参照值再试，或换一种不从数据取数的方法，如 goalposts",
    "try it without the frozen reference, or try a method that takes nothing from the data, such as goalposts",
)


def unfixed(framework: Framework, changed: Framework) -> Iterator[Finding]:
    """What of a changed framework a reference cannot serve that was frozen for the framework.

    Methods that look at other units, scoring rules whose statistics it lacks, and treatments and fillings before a rule
    whose statistics were taken from values without them.
    """
    try:
        refuse_comparisons(changed)
    except UsageError as error:
        yield from error.findings
        return
    for (_, leaf, before), (_, _, after) in zip(judged_leaves(framework), judged_leaves(changed), strict=True):
        title = None if leaf.is_open_slot else _lacking(before, after)
        if title is not None:
            yield _finding(leaf.id, leaf.label, title)
    if not whole_row_nodes(framework):
        for node in whole_row_nodes(changed):
            yield _finding(node.id, node.label, aggregation[aggregation_of(changed, node).name].title)


def _lacking(before: Settings, after: Settings) -> Text | None:
    """The title of the method that would need other statistics, None where there is none."""
    rule = scoring[after.score.name]
    if _earlier(before) != _earlier(after):
        if after.treat is not None and not treatment[after.treat.name].row_local:
            return treatment[after.treat.name].title
        if takes_from_others(after.missing):
            return imputation[after.missing.name].title
    if rule.fit is not None and (_earlier(before), _fitted(before.score)) != (_earlier(after), _fitted(after.score)):
        return rule.title
    if after.missing.name == SCORE_GROUP_MEAN and before != after:
        return _MEAN_OF_SCORES
    return None


_MEAN_OF_SCORES: Final = Text("以同组得分的平均填补", "the mean score of the group in place of a gap")


def _earlier(settings: Settings) -> tuple[Choice | None, Choice]:
    """What is done to the values before a rule takes statistics from them."""
    treat = None if settings.treat is None or settings.treat.name == "none" else settings.treat
    return treat, settings.missing


def _fitted(score: ScoreRule) -> tuple[str, dict[str, Any]]:
    """The rule, and those of its parameters that its statistics depend on."""
    fit = scoring[score.name].fit
    names = () if fit is None else signature(fit).parameters
    return score.name, {name: value for name, value in score.parameters.items() if name in names}


def _finding(code: str, label: Text, title: Text) -> Finding:
    message = Text(
        f"{label.zh}：固定参照值里没有{title.zh}所需的统计量",
        f"{label.en}: the frozen reference holds no statistics for {title.en}",
    )
    return Finding(code="no_fixed_reference", severity=Severity.ERROR, field=code, message=message, hint=_HINT)
