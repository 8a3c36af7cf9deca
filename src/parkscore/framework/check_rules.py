"""Check each scoring rule beside the direction of its indicator, which the rule alone does not know."""

from __future__ import annotations

from parkscore.findings import Severity
from parkscore.framework.document import Path
from parkscore.framework.models import Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import SIGN, resolve_settings
from parkscore.language import Text
from parkscore.methods import scoring
from parkscore.methods.parameters import Problem


def check_rules(framework: Framework, reporter: Reporter) -> None:
    """Report rules that the direction of an indicator contradicts, and what is allowed but should be known.

    The rules and their parameters must have been found right by themselves.
    """
    settings = resolve_settings(framework)
    for path, node in nodes_with_paths(framework):
        if node.children:
            continue
        rule, method = settings[node.id].score, scoring[settings[node.id].score.name]
        stated = {"direction": SIGN.get(str(settings[node.id].direction), 1), **rule.parameters}
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
