"""Lay out what each indicator was scored by: its rule, and the statistics that the rule took from the data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parkscore.data.fitted import Reference
from parkscore.framework.cases import condition_of, variants
from parkscore.framework.models import Framework, Node, ScoreRule, write_parameter
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.late_pandas import pd
from parkscore.methods import scoring


def reference_table(framework: Framework, references: Mapping[str, Mapping[str, Reference]]) -> pd.DataFrame:
    """Per reference and indicator: measure, direction, rule, formula, parameters, then a column per fitted statistic.

    references: per cohort and indicator, the statistics fitted. A statistic that a rule does not take, or that the
    framework states as a parameter, is NaN. An indicator that has cases stands there once for each, with the number and
    the condition of the case; these two columns are there where any indicator has cases.
    """
    names, rows = reference_rows(framework, references)
    frame = pd.DataFrame(rows, columns=list(names))
    return frame.astype({CASE: "Int64"}) if CASE in names else frame


def reference_rows(
    framework: Framework, references: Mapping[str, Mapping[str, Reference]]
) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """The columns and the rows of `reference_table`, None for a statistic that a rule does not take."""
    settings = resolve_settings(framework)
    leaves = {leaf.id: leaf for leaf in framework.leaves}
    by_case = any(leaf.cases for leaf in framework.leaves)
    entries = [
        {
            "reference": name,
            "indicator": code,
            **(case if by_case else {}),
            "measure": leaves[code].measure,
            "direction": settings[code].direction,
            "rule": rule.name,
            "formula": scoring[rule.name].formula,
            "parameters": stated_parameters(rule),
            **fitted,
        }
        for name, own in references.items()
        for code, fitted in own.items()
        for case, rule in _rules(leaves[code], settings[code])
    ]
    leading = ["reference", "indicator", *((CASE, "condition") if by_case else ()), *_RULE]
    statistics = dict.fromkeys(key for entry in entries for key in entry if key not in leading)
    names = [*leading, *statistics]
    return names, [tuple(entry.get(name) for name in names) for entry in entries]


CASE: Final = "case"
_RULE = ("measure", "direction", "rule", "formula", "parameters")


def _rules(leaf: Node, settings: Settings) -> list[tuple[dict[str, Any], ScoreRule]]:
    """The rule of an indicator, or of each of its cases with what names the case."""
    if not leaf.cases:
        return [({CASE: None, "condition": None}, settings.paired or settings.score)]
    return [
        ({CASE: each.number, "condition": condition_of(each.case)}, each.settings.score)
        for each in variants(leaf, settings)
    ]


def stated_parameters(rule: ScoreRule) -> str:
    """The parameters that a rule is applied with, as JSON: those stated, and the defaults of the others.

    >>> stated_parameters(ScoreRule.of("minmax", to=(0, 100)))
    '{"to": [0, 100], "clip": true}'
    """
    own: dict[str, Any] = {name: write_parameter(value) for name, value in rule.parameters.items()}
    unstated = {
        name: write_parameter(parameter.default)
        for name, parameter in scoring[rule.name].parameters.items()
        if not parameter.supplied and not parameter.required and parameter.default is not None and name not in own
    }
    return json.dumps(own | unstated, ensure_ascii=False, default=str)
