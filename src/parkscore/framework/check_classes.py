"""Check classes found by conditions: which values fit several of them, and which fit none."""

from __future__ import annotations

from itertools import groupby

from parkscore.findings import Severity
from parkscore.framework.condition_lines import ConditionLine, line_of
from parkscore.framework.formula import FormulaError, parse_formula
from parkscore.framework.measures import MeasureError
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter
from parkscore.language import Text


def check_classes(framework: Framework, reporter: Reporter) -> None:
    """Report overlaps and gaps where all conditions compare one field with constants; elsewhere say that data decide.

    A condition that cannot be read is a finding of its own, and nothing is said of the classes before it is put right.
    """
    try:
        formulas = [parse_formula(each.when) for each in framework.classes]
        line = line_of(framework, formulas)
    except (FormulaError, MeasureError):
        return
    if line is not None:
        _report_overlaps(framework, line, reporter)
        _report_gaps(framework, line, reporter)
        _report_empty(framework, line, reporter)
    elif framework.classes:
        reporter.report(
            "classes_not_decided",
            ("classes",),
            Text(
                "各分类的条件不是同一个字段与常数的比较，有无重叠或遗漏要到计算时逐行判定并计数",
                "the conditions do not compare one field with constants: whether they overlap or leave gaps is found, "
                "and counted, row by row when data are scored",
            ),
            severity=Severity.INFO,
        )


# --- findings ------------------------------------------------------------------------------------------------------


def _report_overlaps(framework: Framework, line: ConditionLine, reporter: Reporter) -> None:
    for holding, group in groupby(line.parts, key=lambda part: part.holding):
        if sum(holding) < 2:
            continue
        where = line.described(list(group))
        own = [index for index, holds in enumerate(holding) if holds]
        labels = [framework.classes[index].label for index in own]
        zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
        reporter.report(
            "class_overlap",
            ("classes", own[-1], "when"),
            Text(f"{where.zh} 时同时属于{zh}", f"where {where.en}, a unit is in {en}"),
            field=framework.classes[own[-1]].id,
            hint=Text("改其中一个条件的边界，如把 <= 写成 <", "move a bound of one of them, such as from <= to <"),
        )


def _report_gaps(framework: Framework, line: ConditionLine, reporter: Reporter) -> None:
    for is_gap, group in groupby(line.parts, key=lambda part: not any(part.holding)):
        if is_gap:
            where = line.described(list(group))
            reporter.report(
                "class_gap",
                ("classes",),
                Text(f"{where.zh} 时不属于任何分类", f"where {where.en}, a unit is in no class"),
                severity=Severity.WARNING,
                hint=Text(
                    "补一个分类或改边界；数据不会这样时给字段写 min、max",
                    "add a class or move a bound; where data cannot be so, give the field `min` or `max`",
                ),
            )


def _report_empty(framework: Framework, line: ConditionLine, reporter: Reporter) -> None:
    for index, each in enumerate(framework.classes):
        if not any(part.holding[index] for part in line.parts):
            reporter.report(
                "class_never",
                ("classes", index, "when"),
                Text(f"没有一个值属于{each.label.zh}", f"there is no value for which a unit is in {each.label.en}"),
                severity=Severity.WARNING,
                field=each.id,
                hint=Text("核对条件", "check the condition"),
            )
