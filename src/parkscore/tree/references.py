"""Lay out what each indicator was scored by: its rule, and the statistics that the rule took from the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from parkscore.framework.models import Framework, ScoreRule, write_parameter
from parkscore.framework.settings import resolve_settings
from parkscore.methods import scoring
from parkscore.tree.score import Reference


def reference_table(framework: Framework, references: Mapping[str, Mapping[str, Reference]]) -> pd.DataFrame:
    """Per reference and indicator: measure, direction, rule, formula, parameters, then a column per fitted statistic.

    references: per cohort and indicator, the statistics fitted. A statistic that a rule does not take, or that the
    framework states as a parameter, is NaN.
    """
    settings = resolve_settings(framework)
    leaves = {leaf.id: leaf for leaf in framework.leaves}
    entries = [
        {
            "reference": name,
            "indicator": code,
            "measure": leaves[code].measure,
            "direction": settings[code].direction,
            "rule": settings[code].score.name,
            "formula": scoring[settings[code].score.name].formula,
            "parameters": stated_parameters(settings[code].score),
            **fitted,
        }
        for name, own in references.items()
        for code, fitted in own.items()
    ]
    leading = ["reference", "indicator", "measure", "direction", "rule", "formula", "parameters"]
    statistics = dict.fromkeys(key for entry in entries for key in entry if key not in leading)
    return pd.DataFrame(entries, columns=[*leading, *statistics])


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
