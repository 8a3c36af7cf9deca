"""Check each scoring rule beside the direction and the measure of its indicator, which the rule alone does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from parkscore.findings import Severity
from parkscore.framework.cases import judged_leaves
from parkscore.framework.document import Path
from parkscore.framework.measures import DIMENSIONLESS, MeasureError, parse_measure
from parkscore.framework.models import Framework, Node, Percent, ScoreRule
from parkscore.framework.reporting import Reporter
from parkscore.framework.settings import SIGN
from parkscore.language import Text
from parkscore.methods import scoring
from parkscore.methods.parameters import Problem


def check_rules(framework: Framework, reporter: Reporter) -> None:
    """Report rules that the direction or the measure of an indicator contradicts, and what should be known of others.

    The rules and their parameters must have been found right by themselves.
    """
    for path, node, settings in judged_leaves(framework):
        rule, method = settings.score, scoring[settings.score.name]
        _check_percentages(node, path, rule, reporter)
        stated = {"direction": SIGN.get(str(settings.direction), 1), **rule.parameters}
        problems = method.relations(stated) if method.relations is not None else []
        for problem in problems:
            _report(node, path, problem, Severity.ERROR, reporter)
        if not problems and method.cautions is not None:
            for problem in method.cautions(stated):
                _report(node, path, problem, Severity.WARNING, reporter)


def _report(node: Node, path: Path, problem: Problem, severity: Severity, reporter: Reporter) -> None:
    """A finding at the rule where the indicator states it, else at the indicator that inherits it."""
    place = (*path, "score") if node.score is not None else path
    if node.score is not None and problem.parameter is not None:
        place = (*place, problem.parameter)
    reporter.report(
        problem.code,
        place,
        Text(f"{node.label.zh}：{problem.reason.zh}", f"{node.label.en}: {problem.reason.en}"),
        severity=severity,
        field=node.id,
        hint=_HINTS.get(problem.code, _ORDER),
    )


def _check_percentages(node: Node, path: Path, rule: ScoreRule, reporter: Reporter) -> None:
    """Report thresholds such as 30%, which is 0.3, where the indicator is counted in 百分点 or in people.

    Everybody would have reached it, or nobody.
    """
    if node.measure is None or _is_plain(node.measure):
        return
    for name, value in rule.parameters.items():
        if scoring[rule.name].parameters[name].measure != "indicator":
            continue
        for inner, percentage in _percentages(value, (name,)):
            reporter.report(
                "percent_of_measure",
                (*path, "score", *inner) if node.score is not None else path,
                Text(
                    f"{node.label.zh}：界限 {percentage} 即 {float(percentage):.12g}，而指标以{node.measure}计",
                    f"{node.label.en}: the threshold {percentage} is {float(percentage):.12g}, "
                    f"and the indicator is counted in {node.measure}",
                ),
                field=node.id,
                value=str(percentage),
                hint=Text(
                    f"把界限写成以{node.measure}计的数，或去掉 measure:（比例为 1 即 100%）",
                    f"write the threshold as a number of {node.measure}, or leave out `measure:` (1 is 100%)",
                ),
            )


def _is_plain(measure: str) -> bool:
    """Whether a ratio of 1 is 1 in this measure; what is no measure at all is reported elsewhere."""
    try:
        return parse_measure(measure) == DIMENSIONLESS
    except MeasureError:
        return True


def _percentages(value: Any, path: Path) -> Iterator[tuple[Path, Percent]]:
    """Every percentage inside a parameter, with its place."""
    if isinstance(value, Percent):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _percentages(inner, (*path, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _percentages(inner, (*path, index))


_ORDER = Text("核对规则与指标方向（direction）", "check the rule and the `direction` of the indicator")
_HINTS = {
    "not_monotone": Text(
        "核对各档得分；若原文如此，保持不变即可", "check the points; if the official table says so, leave them"
    ),
    "no_middle_branch": Text(
        "若原文两项要求相同，保持不变即可", "if the official table states the same twice, leave it"
    ),
    "basic_at_zero": Text("若原文如此，保持不变即可", "if the official table says so, leave it"),
}
