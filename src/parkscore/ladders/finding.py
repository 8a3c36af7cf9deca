"""Find the units for which a condition holds, and those of which it cannot be told."""

from __future__ import annotations

from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd

from parkscore.data.hidden_comparisons import refuse_hidden_in
from parkscore.data.masking import Mask
from parkscore.evaluating import refuse_other_types, score_table
from parkscore.findings import Finding, Place, Severity, UsageError, of_type
from parkscore.framework.check_gates import GateFormulas
from parkscore.framework.document import Document, Spot
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter
from parkscore.ladders.found import Found
from parkscore.language import Text
from parkscore.tree.gates import compute_with_scores, judge_condition
from parkscore.tree.schemes import Weights, plan_weights


def find(
    framework: str | Path | Framework,
    data: str | Path | pd.DataFrame,
    *,
    where: str,
    by: str | None = None,
    top: int | None = None,
    year: int | None = None,
    weights: Weights = None,
    mask: Mask | None = None,
) -> Found:
    """The units of a table for which a condition holds, with the values that it read; nothing is dropped.

    framework, data, year, weights, mask: as for `evaluate`. where: a condition in the language of gates, over fields,
    scores of nodes by their ids, `value(id)` and `class`. by: a number of the same language, highest first (write `-x`
    for the lowest first). top: the first so many of each year, with all that tie for the last place; needs `by`.

    Raises UsageError, FrameworkError or DataError with every finding at once. What is wrong with the condition is found
    before the data are read.

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> found = ps.find("zone-figures", example_path("zone-figures.csv"), where="revenue >= 1万亿元", year=2024)
    >>> found.counts[["rows", "found", "not_found", "open"]].values.tolist()
    [[2, 1, 1, 0]]
    """
    refuse_other_types(data=data, weights=weights, year=year, mask=mask)
    _refuse_other_types(where, by, top)
    framework = load_framework(framework)
    _check_formulas(framework, where, by)
    refuse_hidden_in(framework, mask, [("where", where), *([] if by is None else [("by", by)])])
    plan = plan_weights(framework, weights)
    evaluation = score_table(framework, data, year, mask).under(plan)
    table, indicators = evaluation.table, evaluation.indicator_grid
    verdict = judge_condition(framework, table, indicators, evaluation.bounds, where, "where")
    computed = None
    if by is not None:
        computed = compute_with_scores(framework, table, indicators, evaluation.aggregated.scores, by)
    return Found(evaluation, where, by, top, verdict, computed)


def _refuse_other_types(where: Any, by: Any, top: Any) -> None:
    wrong = []
    for name, value in (("where", where), ("by", by)):
        if not isinstance(value, str) and (name == "where" or value is not None):
            hint = Text('给公式，如 "revenue >= 5000万元"', 'give a formula, such as "revenue >= 5000万元"')
            wrong.append(of_type(name, value, hint))
    if top is not None and (isinstance(top, bool) or not isinstance(top, Integral) or top < 1):
        hint = Text("给从 1 起的整数，如 10", "give a whole number from 1, such as 10")
        message = Text("应是从 1 起的整数", "must be a whole number from 1")
        wrong.append(
            Finding(code="wrong_type", severity=Severity.ERROR, field="top", value=str(top), message=message, hint=hint)
        )
    elif top is not None and by is None:
        message = Text("前几名需要排序的依据", "the first so many need an order")
        hint = Text("用 by 说明按什么排序，如 total", "say by what they are ordered with `by`, such as total")
        wrong.append(Finding(code="no_order", severity=Severity.ERROR, field="top", message=message, hint=hint))
    if wrong:
        raise UsageError(wrong)


def _check_formulas(framework: Framework, where: str, by: str | None) -> None:
    """Raise UsageError with everything that is wrong with the condition and the order."""
    texts = {"where": where} if by is None else {"where": where, "by": by}
    reporter = Reporter(Document(texts, "where", {(name,): _spot(name) for name in texts}))
    formulas = GateFormulas(framework, reporter)
    for name, text in texts.items():
        formulas.check(text, (name,), name, condition=name == "where")
    if reporter.findings:
        raise UsageError(reporter.findings)


def _spot(name: str) -> Spot:
    """Where an argument stands, and each character of it."""
    return Spot(Place(name), inside=lambda offset: Place(name, line=1, column=offset + 1))
