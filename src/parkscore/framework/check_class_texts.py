"""Check what formulas compare the class of a unit with, and that no class is found by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator

from parkscore.findings import Severity
from parkscore.framework.class_names import class_names
from parkscore.framework.document import Path
from parkscore.framework.formula import Formula, FormulaError, LookupTable, parse_formula
from parkscore.framework.formula.tree import Call, Compare, Member, Name, Node, Quoted, TableName, walk
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text


def check_class_texts(framework: Framework, formula: Formula, path: Path, owner: str, reporter: Reporter) -> None:
    """Report texts that no class found by conditions has, so that no unit would ever be meant.

    Where the class stands in a field, the data say which classes there are.
    """
    if not framework.classes:
        return
    labels = {name: each.id for each in framework.classes for name in (each.zh, each.en) if name is not None}
    ids = [each.id for each in framework.classes]
    for quoted in _compared_with_class(formula.root, class_names(framework)):
        if quoted.text in ids:
            continue
        by_label = labels.get(quoted.text)
        reporter.report(
            "unknown_class",
            path,
            Text(f"没有分类 {quoted.text}", f"there is no class {quoted.text}"),
            field=owner,
            offset=quoted.offset,
            hint=nearest_or_some(quoted.text, ids)
            if by_label is None
            else Text(f'公式里用编码：`"{by_label}"`', f'formulas use ids: `"{by_label}"`'),
        )
    for table, name in _looked_up(formula, class_names(framework)):
        _report_unlisted(framework, table, name, ids, path, owner, reporter)


def check_own_class(framework: Framework, reporter: Reporter) -> None:
    """Report conditions of classes that read the class itself; through a derived field it is a circle of formulas."""
    for index, each in enumerate(framework.classes):
        try:
            formula = parse_formula(each.when)
        except FormulaError:  # told already
            continue
        for name in sorted(formula.names & class_names(framework)):
            reporter.report(
                "cycle",
                ("classes", index, "when"),
                Text("分类的条件不能读分类本身", "the condition of a class cannot read the class"),
                field=each.id,
                offset=formula.name_offsets[name][0],
                hint=Text("写出这个分类的条件", "write out what makes the class"),
            )


def _compared_with_class(root: Node, names: frozenset[str]) -> Iterator[Quoted]:
    for node in walk(root):
        match node:
            case Compare(operands=operands) if any(_is_class(each, names) for each in operands):
                yield from (each for each in operands if isinstance(each, Quoted))
            case Member(operand=operand, choices=choices) if _is_class(operand, names):
                yield from (each for each in choices if isinstance(each, Quoted))


def _is_class(node: Node, names: frozenset[str]) -> bool:
    match node:
        case Name(name=name):
            return name in names
        case Call(function="lag", arguments=(argument,)):
            return _is_class(argument, names)
    return False


def _looked_up(formula: Formula, names: frozenset[str]) -> Iterator[tuple[TableName, Node]]:
    for call in formula.calls:
        match call.arguments:
            case (TableName() as table, argument) if _is_class(argument, names):
                yield table, argument


def _report_unlisted(
    framework: Framework, name: TableName, where: Node, ids: list[str], path: Path, owner: str, reporter: Reporter
) -> None:
    table = framework.tables.get(name.name)
    if table is None or table.otherwise is not None:
        return
    numbers = LookupTable.of(table.values)
    missing = [each for each in ids if math.isnan(numbers.number(each))]
    if missing:
        reporter.report(
            "unlisted_class",
            path,
            Text(
                f"表 {name.name} 中没有分类 {'、'.join(missing)}", f"no {', '.join(missing)} in the table {name.name}"
            ),
            severity=Severity.WARNING,
            field=owner,
            offset=where.offset,
            hint=Text("在表中补上，或写明 otherwise", "add to the table, or state `otherwise`"),
        )
