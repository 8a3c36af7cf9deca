"""Say before anything is read what a framework asks that cannot be done piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parkscore.data.columns import parse
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.cases import judged_leaves
from parkscore.framework.every_formula import formulas_over_rows
from parkscore.framework.models import Choice, Framework
from parkscore.framework.score_history import years_looked_back
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import aggregation, imputation, scoring


def refuse_unsuitable(framework: Framework, *, frozen: bool = False) -> None:
    """Raise UsageError with everything that needs all rows at once; see `unsuited`."""
    found = list(unsuited(framework, frozen=frozen))
    if found:
        raise UsageError(found)


def unsuited(framework: Framework, *, frozen: bool = False) -> Iterator[Finding]:
    """A finding for each part of a framework that compares units in a way that no piece can.

    Statistics such as a minimum, a sum or a mean are gathered piece by piece, the values of an indicator that is scored
    by its place among the others are sorted in a file, and the scores that weights are computed from are brought
    together; other comparisons of units are not possible. frozen: whether a reference has the statistics of outliers
    and gaps, and knows which nodes no unit has.
    """
    yield from _formulas(framework)
    yield from _rules(framework)
    if not frozen:
        yield from _aggregations(framework)


def scored_in_pieces(framework: Framework) -> bool:
    """Whether the indicators can be scored piece by piece, however they are weighed and aggregated then."""
    return not any(True for found in (_formulas(framework), _rules(framework)) for _ in found)


def looks_back(framework: Framework) -> bool:
    """Whether a row needs the rows of its unit in other years, which then have to stand in one piece.

    >>> import parkscore as ps
    >>> looks_back(ps.load_framework("zone-2021")), looks_back(ps.load_framework("tech-sme"))
    (True, False)
    """
    if framework.time is None:
        return False
    over_years = any(
        "years" in imputation[choice.name].parameters
        for choice in _missing(framework).values()
        if choice.name in imputation
    )
    formulas = any(parse(text).reads_other_years for _, text in formulas_over_rows(framework))
    return formulas or over_years or bool(years_looked_back(framework))


# --- what a framework says ------------------------------------------------------------------------------------------


def _missing(framework: Framework) -> Mapping[str, Choice]:
    settings = resolve_settings(framework)
    return {leaf.id: settings[leaf.id].missing for leaf in framework.leaves}


# --- what needs all rows --------------------------------------------------------------------------------------------


def _formulas(framework: Framework) -> Iterator[Finding]:
    for code, text in formulas_over_rows(framework):
        if not parse(text).row_local:
            yield _finding(code, Text(f"公式“{text}”要读其他对象的数", f"the formula `{text}` reads other units"))


def _rules(framework: Framework) -> Iterator[Finding]:
    for _, leaf, settings in judged_leaves(framework):
        rule = scoring[settings.score.name]
        title = rule.title
        if not rule.row_local and not rule.needs_sort:
            told = Text(f"{title.zh}要与所有对象比较", f"{title.en} places a unit among all others")
        elif "base_year" in settings.score.parameters:
            told = Text(f"{title.zh}要读基期年份的行", f"{title.en} reads the rows of a base year")
        else:
            continue
        yield _finding(leaf.id, Text(f"{leaf.label.zh}：{told.zh}", f"{leaf.label.en}: {told.en}"))


def _aggregations(framework: Framework) -> Iterator[Finding]:
    for node in framework.root.walk():
        if not node.children:
            continue
        method = aggregation[aggregation_of(framework, node).name]
        if not method.row_local:
            told = Text(f"用{method.title.zh}合成，要与所有对象比较", f"{method.title.en} compares all units")
        elif method.needs.complete:
            told = Text(
                f"用{method.title.zh}合成，要先知道哪些下级没有一个对象有得分",
                f"{method.title.en} has to know first which of its children no unit has",
            )
        else:
            continue
        yield _finding(node.id, Text(f"{node.label.zh} {told.zh}", f"{node.label.en}: {told.en}"))


_HINT = Text("用 --engine memory 一次读入全部数据", "use --engine memory, which takes all rows at once")


def _finding(code: str, message: Text, hint: Text = _HINT) -> Finding:
    return Finding(code="needs_all_rows", severity=Severity.ERROR, field=code, message=message, hint=hint)
