"""What keeps the effect of single returns from being computed while all else is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parkscore.data.columns import parse
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.cases import judged_leaves
from parkscore.framework.every_formula import formulas_of_scores
from parkscore.framework.formula import FUNCTIONS
from parkscore.framework.models import Framework
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import aggregation, imputation, scoring
from parkscore.tree.supplied import base_year


def refuse_comparing(framework: Framework) -> None:
    """Raise UsageError with everything in a framework that makes the score of one zone hang on other rows."""
    found = list(comparing(framework))
    if found:
        raise UsageError(found)


def left_out(framework: Framework, parts: bool) -> list[Finding]:
    """One warning that contributions are left out, and the scores of sub-parks where there are any; and why."""
    found = list(comparing(framework))
    if not found:
        return []
    zh, en = ("、分园得分", " and the scores of sub-parks") if parts else ("", "")
    why = Text("；".join(each.message.zh for each in found), "; ".join(each.message.en for each in found))
    message = Text(f"不计算贡献值{zh}：{why.zh}", f"contributions{en} are left out: {why.en}")
    return [replace(found[0], code="nothing_held", severity=Severity.WARNING, field=None, message=message)]


def comparing(framework: Framework) -> Iterator[Finding]:
    """One finding for each formula, rule, filling and aggregation that reads other zones, or rows of its own zone.

    Held references, shares and fillings are numbers; a place among all others is none, and would move with each return.
    """
    for code, text in formulas_of_scores(framework):
        parsed = parse(text)
        if not parsed.row_local or any(FUNCTIONS[call.function].own_year for call in parsed.calls):
            yield _finding(code, Text(f"公式“{text}”要读其他行", f"the formula `{text}` reads other rows"))
    for _, leaf, said in judged_leaves(framework):
        method = scoring[said.score.name]
        if not method.row_local or base_year(said) is not None:
            told = Text(f"{method.title.zh}要与其他行比较", f"{method.title.en} compares with other rows")
            yield _finding(leaf.id, Text(f"{leaf.label.zh}：{told.zh}", f"{leaf.label.en}: {told.en}"))
    settings = resolve_settings(framework)
    for leaf in framework.leaves:
        missing = settings[leaf.id].missing
        if missing.name in imputation and "years" in imputation[missing.name].parameters:
            told = Text("缺失要用其他行填补", "gaps are filled from other rows")
            yield _finding(leaf.id, Text(f"{leaf.label.zh}：{told.zh}", f"{leaf.label.en}: {told.en}"))
    for node in framework.root.walk():
        if node.children and not aggregation[aggregation_of(framework, node).name].row_local:
            title = aggregation[aggregation_of(framework, node).name].title
            told = Text(f"用{title.zh}合成，要与其他行比较", f"{title.en} compares with other rows")
            yield _finding(node.id, Text(f"{node.label.zh} {told.zh}", f"{node.label.en}: {told.en}"))


def _finding(code: str, message: Text) -> Finding:
    return Finding(
        code="compares_rows",
        severity=Severity.ERROR,
        field=code,
        message=message,
        hint=Text(
            "贡献值、假设增减和分园得分须保持参照值不变；换用有固定参照值的规则，如 minmax、steps",
            "contributions, what-if and scores of sub-parks hold the reference; take a rule that has one, such as "
            "minmax or steps",
        ),
    )
