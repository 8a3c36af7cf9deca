"""Check a piece of a data set, and name the rules that a piece alone cannot answer."""

from __future__ import annotations

from typing import Final

from parkscore.data.code_findings import code_fields
from parkscore.data.columns import parse
from parkscore.data.rule_statistics import RuleStatistics, compares_rows
from parkscore.data.table import CLASS, Table
from parkscore.data.validate import validate
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework, Rule
from parkscore.language import Text

_NOTHING_KNOWN: Final = RuleStatistics()


def validate_piece(
    framework: Framework, table: Table, *, whole_units: bool, known: RuleStatistics = _NOTHING_KNOWN
) -> list[Finding]:
    """As `validate`, without what no piece can answer, and unless units are whole without what looks at other years.

    known: what rules compare the rows with, gathered from all pieces; see `compares_all`.

    Units that are met twice are left to `duplicate_findings`, which knows the other place, wherever it is.

    whole_units: whether the table holds all years of its units. The findings of several pieces are put together by
    `merge_findings`; what is left out is named by `not_checked`.
    """
    framework = checked_by_piece(framework, whole_units=whole_units)
    findings = validate(framework, table, looks_for_twins=False, known=known)
    return [finding for finding in findings if finding.rule != _MET_TWICE]


_MET_TWICE: Final = "multiple_fields_uniqueness"
"""What a schema says of two rows of one unit and year."""


def checked_by_piece(framework: Framework, *, whole_units: bool) -> Framework:
    """The framework with those rules only that a piece can answer."""
    rules = tuple(rule for rule in framework.rules if _why_not(framework, rule, whole_units) is None)
    return framework if len(rules) == len(framework.rules) else framework.model_copy(update={"rules": rules})


def not_checked(framework: Framework, *, whole_units: bool) -> list[Finding]:
    """A warning for each rule that is not checked where the data are read in pieces, and why."""
    reasons = [
        (rule.id, rule.label, why) for rule in framework.rules if (why := _why_not(framework, rule, whole_units))
    ]
    return [
        Finding(
            code="not_checked_in_pieces",
            severity=Severity.WARNING,
            rule=name,
            message=Text(f"“{label.zh}”未检查：{why.zh}", f"'{label.en}' is not checked: {why.en}"),
            hint=Text(
                "要检查请用 parkscore score --engine memory，或把数据放在一个文件里运行 parkscore validate",
                "to have it checked, use parkscore score --engine memory, or put the data into one file and run "
                "parkscore validate",
            ),
        )
        for name, label, why in reasons
    ]


def not_yet_checked() -> Finding:
    """The warning that errors in cells and files have kept all rows from being checked by limits and rules."""
    return Finding(
        code="not_yet_checked",
        severity=Severity.WARNING,
        message=Text(
            "因有错误，各行的上下限和规则还没有检查",
            "because of the errors, no row has been checked by limits and rules yet",
        ),
        hint=Text("改正错误后再运行一次", "correct the errors and run it again"),
    )


def compares_all(framework: Framework) -> bool:
    """Whether there is a rule that piece by piece needs what `rule_part` gathers from all of them before."""
    rules = checked_by_piece(framework, whole_units=True).rules
    return bool(code_fields(framework)) or any(compares_rows(rule) for rule in rules)


def checks_look_back(framework: Framework) -> bool:
    """Whether there is a rule that only a piece with all years of its units can answer."""
    whole, apart = (checked_by_piece(framework, whole_units=each).rules for each in (True, False))
    return len(whole) > len(apart)


_ALL = Text("要所有对象一起看", "it compares all units")
_YEARS = Text("要看同一对象的其他年份", "it looks at other years of the same unit")


def _why_not(framework: Framework, rule: Rule, whole_units: bool) -> Text | None:
    """Why a piece cannot answer a rule, None where it can."""
    fields = [*(rule.required or ()), *(rule.jump.fields if rule.jump is not None else ())]
    if rule.outlier is not None:
        fields += [*rule.outlier.fields, *([CLASS] if framework.has_classes else [])]
    for expected in (rule.measure_mixup, rule.magnitude):
        fields += [] if expected is None else [expected.field, *([] if expected.per is None else [expected.per])]
    texts = [text for text in (rule.require, rule.when) if text is not None]
    local, other_years = _reads(framework, [*fields, *(name for text in texts for name in parse(text).names)], texts)
    if not local:
        return _ALL
    return _YEARS if (other_years or rule.jump is not None) and not whole_units else None


def _reads(framework: Framework, names: list[str], texts: list[str]) -> tuple[bool, bool]:
    """Whether formulas, and those of the fields they name, read rows of no other unit, and whether of other years."""
    open_, seen = list(names), set[str]()
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        field = framework.fields.get(name)
        more = [field.formula] if field is not None and field.formula is not None else []
        if field is None:  # the class, by conditions
            more = [each.when for each in framework.classes]
        texts = [*texts, *more]
        open_ += [other for text in more for other in parse(text).names]
    formulas = [parse(text) for text in texts]
    return all(each.row_local for each in formulas), any(each.reads_other_years for each in formulas)
