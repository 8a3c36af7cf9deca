"""Check the cases of indicators: that each can be, that one holds for every value, and that they go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from parkscore.findings import Severity
from parkscore.framework.cases import (
    has_formulas_by_case,
    has_rules_by_case,
    name_of,
    rules_of,
    variants,
)
from parkscore.framework.check_categories import FOR_NAMES, NO_TREATMENT, printed_condition
from parkscore.framework.check_formulas import field_measures
from parkscore.framework.class_names import class_names
from parkscore.framework.condition_lines import line_of
from parkscore.framework.document import Path
from parkscore.framework.formula import (
    Column,
    Formula,
    FormulaError,
    TextCells,
    check_measures,
    compute,
    parse_formula,
)
from parkscore.framework.measures import Measure, MeasureError
from parkscore.framework.models import REWEIGHT, TIERS, Framework, Node
from parkscore.framework.point_pairs import has_pairs
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.language import Text
from parkscore.methods import scoring

_FROM_THE_ENGINE: Final = frozenset({"direction", "categories"})


def check_cases(framework: Framework, reporter: Reporter) -> None:
    """Report every mistake in the cases of indicators; their formulas and rules are checked where all others are."""
    settings = resolve_settings(framework)
    for path, leaf in nodes_with_paths(framework):
        if leaf.children or not leaf.cases:
            continue
        _check_conditions(framework, leaf, path, reporter)
        if TIERS in (settings[leaf.id].score.name, *(rule.name for rule in rules_of(leaf, settings[leaf.id]))):
            _report_tiers(leaf, path, reporter)
            continue
        _check_formulas(framework, leaf, path, reporter)
        _check_unused(leaf, path, reporter)
        if has_formulas_by_case(leaf):
            _check_policies(leaf, settings[leaf.id], path, reporter)
        _check_pairs(leaf, path, reporter)
        if has_rules_by_case(leaf):
            _check_rules(leaf, settings[leaf.id], path, reporter)


# --- conditions ----------------------------------------------------------------------------------------------------


def _check_conditions(framework: Framework, leaf: Node, path: Path, reporter: Reporter) -> None:
    """Only the last case goes without a condition, and there is another before it; each can be the first that holds."""
    without = [index for index, case in enumerate(leaf.cases) if case.when is None]
    for index in without:
        if index < len(leaf.cases) - 1 or index == 0:
            reporter.report(
                "case_without_when",
                (*path, "cases", index),
                Text("只有最后一种情形可以不写条件", "only the last of several cases can go without a condition"),
                field=leaf.id,
                hint=Text(
                    "写 when: 条件；对所有对象都成立的写在指标上",
                    "write `when:`; what holds for every unit stands at the indicator",
                ),
            )
    printed: dict[str, int] = {}
    repeated: set[int] = set()
    for index, case in enumerate(leaf.cases):
        if case.when is not None and printed.setdefault(printed_condition(case.when), index) != index:
            first = printed[printed_condition(case.when)] + 1
            message = Text(f"与第 {first} 种情形的条件相同", f"the condition is that of case {first}")
            _report_unreachable(leaf, index, path, message, reporter)
            repeated.add(index)
    if without in ([], [len(leaf.cases) - 1]):
        _check_values(framework, leaf, path, repeated, reporter)


def _check_values(framework: Framework, leaf: Node, path: Path, repeated: set[int], reporter: Reporter) -> None:
    """Where all conditions compare one field with constants, or the class: values without a case, cases without one."""
    try:
        formulas = [parse_formula(case.when) for case in leaf.cases if case.when is not None]
        line, classes = line_of(framework, formulas), _holding_by_class(framework, formulas)
    except (FormulaError, MeasureError):
        return  # told with the condition
    table = [part.holding for part in line.parts] if line is not None else classes
    if table is None:
        return
    first = [next((index for index, holds in enumerate(holding) if holds), len(formulas)) for holding in table]
    for index in sorted(set(range(len(leaf.cases))) - set(first) - repeated):
        message = Text("没有一个值会轮到这种情形", "there is no value for which this is the first case that holds")
        _report_unreachable(leaf, index, path, message, reporter)
    if len(formulas) < len(leaf.cases):
        return
    if line is None:
        for each, reached in zip(framework.classes, first, strict=True):
            if reached == len(formulas):
                name = each.label
                _report_gap(leaf, Text(f"分类为{name.zh}", f"the class is {name.en}"), path, reporter)
        return
    for none_holds, group in groupby(zip(first, line.parts, strict=True), key=lambda each: each[0] == len(formulas)):
        if none_holds:
            _report_gap(leaf, line.described([part for _, part in group]), path, reporter)


def _holding_by_class(framework: Framework, formulas: Sequence[Formula]) -> list[tuple[bool, ...]] | None:
    """For each class which conditions hold; None where conditions read anything but the class of the same year."""
    names = class_names(framework)
    reads = [(name, years) for formula in formulas for name, years in formula.reads.items()]
    if not framework.classes or not all(name in names and years == {0} for name, years in reads):
        return None
    column = Column(TextCells.of([each.id for each in framework.classes]))
    holding = [compute(formula, {(name, 0): column for name in names}, None).values == 1.0 for formula in formulas]
    return [tuple(row) for row in np.column_stack(holding).tolist()]


def _report_gap(leaf: Node, where: Text, path: Path, reporter: Reporter) -> None:
    reporter.report(
        "case_gap",
        (*path, "cases"),
        Text(
            f"{leaf.label.zh}：{where.zh} 时没有一种情形成立，按不适用处理",
            f"{leaf.label.en}: where {where.en}, no case holds, and the indicator is not applicable",
        ),
        severity=Severity.WARNING,
        field=leaf.id,
        hint=Text(
            "改条件，或补一种不写 when 的情形；数据不会这样时给字段写 min、max",
            "change a condition, or add a case without `when`; where data cannot be so, give the field a limit",
        ),
    )


def _report_unreachable(leaf: Node, index: int, path: Path, why: Text, reporter: Reporter) -> None:
    name = name_of(leaf.cases[index])
    reporter.report(
        "unreachable_case",
        (*path, "cases", index, "when") if leaf.cases[index].when is not None else (*path, "cases", index),
        Text(
            f"{leaf.label.zh}：情形“{name.zh}”永远不会用到：{why.zh}",
            f"{leaf.label.en}: the case {name.en} is never reached: {why.en}",
        ),
        field=leaf.id,
        hint=Text("改条件或次序，或去掉这种情形", "change the condition or the order, or remove the case"),
    )


# --- formulas ------------------------------------------------------------------------------------------------------


def _check_formulas(framework: Framework, leaf: Node, path: Path, reporter: Reporter) -> None:
    """Every case has a formula, and all come out in one measure where the indicator states none."""
    if leaf.category is not None or not leaf.formulas:
        return  # told with the tree
    settings = resolve_settings(framework)[leaf.id]
    for each in variants(leaf, settings):
        if each.leaf.formula is None:
            reporter.report(
                "case_without_formula",
                (*path, "cases", each.number - 1),
                Text("这种情形没有公式，指标也没有", "neither this case nor the indicator has a formula"),
                field=leaf.id,
                hint=Text("补上 formula:", "add `formula:`"),
            )
    if leaf.measure is not None:
        return
    measures = dict(_measures(framework, leaf))
    if len(set(measures.values())) > 1:
        said_zh, said_en = (
            "、".join(f"{text}（{each.described.zh}）" for text, each in measures.items()),
            ", ".join(f"{text} ({each.described.en})" for text, each in measures.items()),
        )
        reporter.report(
            "case_measures",
            (*path, "cases"),
            Text(f"各情形的公式单位不一：{said_zh}", f"the formulas come out in different measures: {said_en}"),
            field=leaf.id,
            hint=Text(
                "给指标写 measure:，金额等会换算；不同类的量写成同类，如比例",
                "state the `measure:` of the indicator, to which they are converted; make amounts of different kinds "
                "alike, such as ratios",
            ),
        )


def _measures(framework: Framework, leaf: Node) -> Iterator[tuple[str, Measure]]:
    """The formulas with the measure in which each comes out, where that is known."""
    fields = field_measures(framework)
    for text in leaf.formulas:
        try:
            measure, problems = check_measures(parse_formula(text), fields, None)
        except FormulaError:
            continue
        if measure is not None and not problems:
            yield text, measure


def _check_unused(leaf: Node, path: Path, reporter: Reporter) -> None:
    """What the indicator states and every case replaces, so that it never counts."""
    for key in ("formula", "score"):
        if getattr(leaf, key) is not None and all(getattr(case, key) is not None for case in leaf.cases):
            reporter.report(
                "misplaced_key",
                (*path, key),
                Text(
                    f"每种情形都写了 {key}，指标上的 {key} 从不使用",
                    f"every case states `{key}`, so that of the indicator never counts",
                ),
                field=leaf.id,
                hint=Text(f"去掉指标上的 {key}，或去掉某种情形的", f"remove `{key}` here, or from one of the cases"),
            )


# --- rules and gaps ------------------------------------------------------------------------------------------------


def _report_tiers(leaf: Node, path: Path, reporter: Reporter) -> None:
    reporter.report(
        "misplaced_key",
        (*path, "cases"),
        Text("tiers 已经按条件计分，不能再分情形", "tiers go by conditions already, and cannot have cases"),
        field=leaf.id,
        hint=Text("把情形的条件写进各档：when: 条件 and 条件", "write the condition into the tiers: `when: a and b`"),
    )


def _check_pairs(leaf: Node, path: Path, reporter: Reporter) -> None:
    """Somebody's score within a band goes with the rule of the indicator, and not with that of a case."""
    for index, case in enumerate(leaf.cases):
        if case.score is not None and has_pairs(case.score):
            reporter.report(
                "misplaced_key",
                (*path, "cases", index, "score"),
                Text("由人给分的指标不能分情形", "an indicator that somebody scores cannot have cases"),
                field=leaf.id,
                hint=Text(
                    "写成几个指标，或把条件写进 tiers", "write several indicators, or the conditions into `tiers`"
                ),
            )


def _check_rules(leaf: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    """Where the rule goes by case, none of them takes anything from the data: the units of a case are no sample."""
    inherited = (*path, "score") if leaf.score is not None else path
    rules = {
        inherited if each.case.score is None else (*path, "cases", each.number - 1, "score"): each.settings.score
        for each in variants(leaf, settings)
    }
    for place, rule in rules.items():
        if rule.name in scoring and not _needs_the_row_only(rule.name):
            title = scoring[rule.name].title
            reporter.report(
                "case_rule",
                place,
                Text(
                    f"{leaf.label.zh}：分情形赋分时，{title.zh}不能用，因为它要与其他评价对象或年份比较",
                    f"{leaf.label.en}: where the rule goes by case, {title.en} cannot be used: it compares with "
                    "other units or years",
                ),
                field=leaf.id,
                hint=Text(
                    "各情形都用固定界限的规则，如 steps、bands、two_anchor、per、goalposts",
                    "use rules with fixed bounds in every case, such as steps, bands, two_anchor, per or goalposts",
                ),
            )


def _needs_the_row_only(name: str) -> bool:
    rule = scoring[name]
    supplied = {parameter.name for parameter in rule.parameters.values() if parameter.supplied}
    return rule.fit is None and rule.row_local and supplied <= _FROM_THE_ENGINE


def _check_policies(leaf: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    """Values that come from different formulas are no sample for filling gaps or finding outliers."""
    for key, choice, fit, instead in (
        ("missing", settings.missing, FOR_NAMES, REWEIGHT),
        ("treat", settings.treat, (NO_TREATMENT,), NO_TREATMENT),
    ):
        if choice is not None and choice.name not in fit:
            reporter.report(
                "not_for_cases",
                (*path, key) if getattr(leaf, key) is not None else (*path, "cases"),
                Text(
                    f"{leaf.label.zh} 的值按情形用不同公式算出，{key}: {choice.name} 会把它们混在一起",
                    f"the values of {leaf.label.en} come from formulas by case, which `{key}: {choice.name}` mixes",
                ),
                field=leaf.id,
                hint=Text(f"在这个指标处写 {key}: {instead}", f"write `{key}: {instead}` at this indicator"),
            )
