"""Check the targets: what is asked, amounts over all units, measures, years, and the path to the goal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from parkscore.findings import Severity
from parkscore.framework.check_class_texts import check_class_texts
from parkscore.framework.class_names import hint_without_classes
from parkscore.framework.document import Path
from parkscore.framework.formula import Formula, FormulaError, FormulaProblem, check_measures, parse_formula
from parkscore.framework.formula.tree import Name, walk
from parkscore.framework.measures import DIMENSIONLESS, Measure, MeasureError, parse_measure
from parkscore.framework.models import Framework, Percent, Target
from parkscore.framework.reporting import Reporter
from parkscore.framework.suggesting import nearest_or_some
from parkscore.framework.target_formulas import (
    TargetFormula,
    amounts_inside,
    as_asked,
    row_measures,
    target_formula,
)
from parkscore.language import Text

_GOALS: Final = ("at_most", "at_least")


def check_targets(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the targets."""
    seen: set[str] = set()
    for index, target in enumerate(framework.targets):
        path: Path = ("targets", index)
        if target.id in seen:
            message = Text("目标编码重复", "the id is used by another target")
            hint = Text("编码应各不相同", "give each an id of its own")
            reporter.report("duplicate_id", (*path, "id"), message, value=target.id, hint=hint)
        seen.add(target.id)
        _check_goal(target, path, reporter)
        _check_path(target, path, reporter)
        _check_percentages(target, path, reporter)
        _check_value(target, path, framework, reporter)
    if framework.targets and framework.time is None:
        message = Text("目标需要年份列", "targets need a year column")
        reporter.report("no_time", ("targets",), message, hint=Text("写 time: year", "write `time: year`"))


def _check_goal(target: Target, path: Path, reporter: Reporter) -> None:
    stated = [key for key in _GOALS if getattr(target, key) is not None]
    if len(stated) == 1:
        return
    message = Text("目标没有界限", "the target has no goal")
    if stated:
        message = Text("at_most 与 at_least 不能同用", "at_most and at_least cannot stand together")
    hint = Text("只写 at_most（不高于）或 at_least（不低于）之一", "write one of `at_most` and `at_least`")
    reporter.report("target_goal", path, message, field=target.id, hint=hint)


def _check_path(target: Target, path: Path, reporter: Reporter) -> None:
    """A path begins before it ends, and runs by shares only where all its numbers are above zero."""
    start = target.start
    if start is not None and start.year >= target.by:
        message = Text(f"起点须早于 {target.by} 年", f"the path must begin before {target.by}")
        hint = Text("核对 from: 的 year 与 by:", "check `year` of `from:` and `by:`")
        reporter.report("out_of_bounds", (*path, "from", "year"), message, field=target.id, value=start.year, hint=hint)
    begins = None if start is None else start.value
    if target.way == "compound" and (target.goal <= 0 or (begins is not None and begins <= 0)):
        message = Text("不大于 0 的数没有逐年同比例的路径", "a path in equal shares cannot begin or end at 0 or below")
        hint = Text("写 path: linear", "write `path: linear`")
        reporter.report("path_through_zero", path, message, field=target.id, hint=hint)
    if begins is not None and _is_met(target, begins):
        message = Text("起点已达到目标", "the path begins where the goal is met")
        hint = Text("核对 from:，以及 at_most 与 at_least", "check `from:`, and `at_most` against `at_least`")
        reporter.report("met_at_start", (*path, "from"), message, field=target.id, hint=hint, severity=Severity.WARNING)


def _is_met(target: Target, value: float) -> bool:
    return (target.at_most is not None and value <= target.at_most) or (
        target.at_least is not None and value >= target.at_least
    )


def _check_percentages(target: Target, path: Path, reporter: Reporter) -> None:
    """Report numbers such as 50%, which is 0.5, where the value is counted in a measure of its own."""
    if target.measure is None or _measure(target.measure) in (None, DIMENSIONLESS):
        return
    begins = None if target.start is None else target.start.value
    stated = [((*path, key), getattr(target, key)) for key in _GOALS] + [((*path, "from", "value"), begins)]
    for place, number in stated:
        if isinstance(number, Percent):
            message = Text(
                f"{number} 即 {float(number):.12g}，而目标以{target.measure}计",
                f"{number} is {float(number):.12g}, and the target is counted in {target.measure}",
            )
            hint = Text(
                f"写成以{target.measure}计的数，或去掉 measure:（比例为 1 即 100%）",
                f"write a number of {target.measure}, or leave out `measure:` (1 is 100%)",
            )
            reporter.report("percent_of_measure", place, message, field=target.id, value=str(number), hint=hint)


def _check_value(target: Target, path: Path, framework: Framework, reporter: Reporter) -> None:
    place: Path = (*path, "value")

    def report(code: str, problems: Sequence[FormulaProblem]) -> None:
        for problem in problems:
            reporter.report(
                code, place, problem.message, hint=problem.hint or _HINT, field=target.id, offset=problem.offset
            )

    try:
        written = parse_formula(target.value)
        formula = target_formula(target.value)
    except FormulaError as error:
        report("formula", error.problems)
        return
    report("unknown_table", list(_unknown_tables(written, framework)))
    unknown = list(_unknown_names(formula, framework))
    report("unknown_field", unknown)
    report("not_whole", list(_of_single_units(formula, framework)))
    nested = list(_nested(formula))
    report("formula", nested)
    check_class_texts(framework, written, place, target.id, reporter)
    if nested:
        return
    known = row_measures(framework)
    wrong = [problem for each in formula.amounts.values() for problem in check_measures(as_asked(each), known, None)[1]]
    readable = {name: each for name, each in formula.amounts.items() if each.of_each.names <= known.keys()}
    measures = {name: each.measure(known) for name, each in readable.items()}
    wanted = DIMENSIONLESS if target.measure is None else _measure(target.measure)
    report("measure", [*wrong, *([] if wrong else check_measures(formula.over_amounts, measures, wanted)[1])])


def _unknown_tables(formula: Formula, framework: Framework) -> Iterator[FormulaProblem]:
    for table in formula.table_names:
        if table.name not in framework.tables:
            message = Text(f"tables: 下没有表 {table.name}", f"there is no table {table.name} under `tables:`")
            yield FormulaProblem(table.offset, message, nearest_or_some(table.name, framework.tables))


def _unknown_names(formula: TargetFormula, framework: Framework) -> Iterator[FormulaProblem]:
    """Names inside the amounts that are no fields."""
    known = row_measures(framework)
    for amount in formula.amounts.values():
        for node in walk(amount.argument):
            if isinstance(node, Name) and node.name not in known:
                message = Text(f"没有字段 {node.name}", f"there is no field {node.name}")
                hint = hint_without_classes(framework, node.name) or nearest_or_some(node.name, framework.fields)
                yield FormulaProblem(node.offset, message, hint)


def _of_single_units(formula: TargetFormula, framework: Framework) -> Iterator[FormulaProblem]:
    """Names that stand outside the amounts: each unit has one, and the year has none."""
    for name in sorted(formula.over_amounts.names - formula.amounts.keys()):
        message = Text(f"{name} 是单个对象的数", f"{name} is a number of each single unit")
        hint = Text(
            "写 全体合计(x) 或 单位占比(条件)：目标是全体当年的数",
            "write all_sum(x) or share_of_units(condition): a target is about the whole year",
        )
        yield FormulaProblem(formula.over_amounts.name_offsets[name][0], message, hint)


def _nested(formula: TargetFormula) -> Iterator[FormulaProblem]:
    for amount in formula.amounts.values():
        for call in amounts_inside(amount):
            message = Text("全体的数不能再合计", "an amount of all units cannot stand inside another")
            hint = Text("把里面的写到外面", "write it outside")
            yield FormulaProblem(call.offset, message, hint)


def _measure(text: str) -> Measure | None:
    """A stated measure; None for one that cannot be read, which is told where it stands."""
    try:
        return parse_measure(text)
    except MeasureError:
        return None


_HINT: Final = Text("检查公式和各数据项的计量单位", "check the formula, and the measures of the fields that it reads")
