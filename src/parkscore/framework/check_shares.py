"""Check thresholds of shares: 5 of a plain ratio is 500 %, which nobody meant who wrote down 5 %."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from parkscore.findings import Severity
from parkscore.framework.cases import judged_leaves
from parkscore.framework.document import Path
from parkscore.framework.formula import FormulaError, check_measures, parse_formula
from parkscore.framework.formula.tree import Call, Name, Negative, Number, Product, Sum, walk
from parkscore.framework.gate_conditions import gate_measures
from parkscore.framework.measures import DIMENSIONLESS
from parkscore.framework.models import Framework, Node, Percent, ScoreRule
from parkscore.framework.reporting import Reporter
from parkscore.language import Text

_TOO_LARGE = 2.0
_OF_SHARES = frozenset({"lag", "growth", "cagr", "growth_three_years", "sum", "mean", "mean_years", "sum_years"})


def check_shares(framework: Framework, reporter: Reporter) -> None:
    """Warn of thresholds such as 5 where the value is a ratio of amounts, 1 for 100 %, and states no measure."""
    measures = gate_measures(framework)
    for path, node, settings in judged_leaves(framework):
        if node.formula is None or node.measure is not None or not _is_share(node.formula, measures):
            continue
        for inner, threshold in _thresholds(settings.score):
            if abs(threshold) >= _TOO_LARGE and not isinstance(threshold, Percent):
                _report(node, (*path, "score", *inner) if node.score is not None else path, threshold, reporter)
                break  # the others follow from the same slip


def _report(node: Node, path: Path, threshold: float, reporter: Reporter) -> None:
    shown = f"{threshold:.12g}"
    reporter.report(
        "whole_percent",
        path,
        Text(
            f"{node.label.zh} 是比值（1 即 100%），界限 {shown} 即 {threshold * 100:.12g}%",
            f"{node.label.en} is a ratio, 1 for 100 %: the threshold {shown} is {threshold * 100:.12g} %",
        ),
        severity=Severity.WARNING,
        field=node.id,
        value=threshold,
        hint=Text(
            f'若指 {shown}%，写 {shown}%，或写明 measure: "%"；若确是倍数，写 measure: 倍',
            f'if {shown} % is meant, write {shown}%, or state `measure: "%"`; for a multiple state `measure: 倍`',
        ),
    )


def _is_share(text: str, measures: Mapping[str, Any]) -> bool:
    """Whether a formula puts fields that are counted in something into proportion, and does nothing else."""
    try:
        formula = parse_formula(text)
    except FormulaError:  # told with the formula
        return False
    for part in walk(formula.root):
        if isinstance(part, Call) and part.function not in _OF_SHARES:
            return False
        if not isinstance(part, Call | Name | Negative | Number | Product | Sum):
            return False
    counted = any(measures.get(name) is not None for name in formula.names)
    measure, problems = check_measures(formula, measures, None)
    return counted and not problems and measure is not None and measure.dimension == DIMENSIONLESS.dimension


def _thresholds(rule: ScoreRule) -> Iterator[tuple[Path, float]]:
    """The thresholds of the rules that have any, with their places."""
    stated = rule.parameters
    for index, step in enumerate(stated.get("steps", ())):
        yield ("steps", index, 0), step[0]
    for index, band in enumerate(stated.get("bands", ())):
        yield from ((("bands", index, end), band[end]) for end in ("from", "over", "to", "below") if end in band)
    if rule.name == "two_anchor":
        yield from (((name,), stated[name]) for name in ("basic", "full"))
