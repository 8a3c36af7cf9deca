"""Check the gates: ids, one kind for each requirement, names and measures of their conditions, relaxations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parkscore.framework.check_class_texts import check_class_texts
from parkscore.framework.class_names import hint_without_classes
from parkscore.framework.document import Path
from parkscore.framework.formula import Formula, FormulaError, FormulaProblem, check_measures, compute, parse_formula
from parkscore.framework.formula.tree import Call, Name, Negative, Node, Number, Product, Quantity, Quoted, Sum, walk
from parkscore.framework.gate_conditions import (
    ORDERED,
    VALUE,
    gate_measures,
    links,
    take_apart,
    text_fields,
    with_values,
)
from parkscore.framework.measures import DIMENSIONLESS
from parkscore.framework.models import Framework, Requirement
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.result_columns import BEGINNINGS
from parkscore.framework.suggesting import nearest_or_some
from parkscore.framework.taken_ids import RESULT_COLUMNS, group_columns
from parkscore.language import Text

KINDS: Final = ("require", "all", "any", "at_least", "veto", "review")
CONDITIONS: Final = ("require", "veto", "review")
_NO_CONDITIONS: Final = (Number, Quantity, Quoted, Negative, Sum, Product)
_SEPARATORS: Final = ("/", "#", ";")


@dataclass(frozen=True)
class _Placed:
    """A requirement with its path in the document and whether a requirement above it is relaxed."""

    requirement: Requirement
    path: Path
    relaxed: bool


def check_gates(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the gates."""
    _check_names(framework, reporter)
    checker = GateFormulas(framework, reporter)
    for placed in _placed(framework.gates, ("gates",), relaxed=False):
        _check_kind(placed, reporter)
        _check_count(placed, reporter)
        for path, text in _conditions(placed.requirement, placed.path):
            checker.check(text, path, placed.requirement.id)
        _check_relaxation(placed, framework, reporter)


def _placed(requirements: Sequence[Requirement], path: Path, *, relaxed: bool) -> Iterator[_Placed]:
    """Every requirement of a list and below it, with its path."""
    for index, requirement in enumerate(requirements):
        own: Path = (*path, index)
        yield _Placed(requirement, own, relaxed)
        below = relaxed or requirement.relax is not None
        yield from _placed(requirement.all, (*own, "all"), relaxed=below)
        yield from _placed(requirement.any, (*own, "any"), relaxed=below)
        if requirement.at_least is not None:
            yield from _placed(requirement.at_least.of, (*own, "at_least", "of"), relaxed=below)


def _check_names(framework: Framework, reporter: Reporter) -> None:
    """Gates are columns of the results, and siblings are told apart by their ids."""
    taken = RESULT_COLUMNS | {framework.total.id} | {node.id for _, node in nodes_with_paths(framework)}
    taken |= group_columns(framework)
    seen: set[tuple[Path, str]] = set()
    for placed in _placed(framework.gates, ("gates",), relaxed=False):
        each, path = placed.requirement.id, (*placed.path, "id")
        if (placed.path[:-1], each) in seen:
            message = Text("同级中编码重复", "the id is used twice among its siblings")
            reporter.report(
                "duplicate_id", path, message, value=each, hint=Text("编码应各不相同", "give each an id of its own")
            )
        seen.add((placed.path[:-1], each))
        if any(sign in each for sign in _SEPARATORS):
            message = Text("门槛的编码不能含 /、# 和 ;", "the id of a requirement cannot hold / or # or ;")
            hint = Text("去掉这个符号：路径和列表用它分隔", "leave the sign out: paths and lists are written with it")
            reporter.report("gate_id", path, message, value=each, hint=hint)
        if len(placed.path) == 2 and (each in taken or each.startswith(BEGINNINGS)):
            message = Text(
                f"门槛的编码 {each} 已是结果表的列名", f"the id {each} of a gate is a column of the results already"
            )
            other = each.replace(":", "_")
            hint = Text(f"改用别的编码，如 {other}_gate", f"call it otherwise, such as {other}_gate")
            reporter.report("taken_id", path, message, field=each, hint=hint)


def _check_kind(placed: _Placed, reporter: Reporter) -> None:
    requirement = placed.requirement
    kinds = [key for key in KINDS if getattr(requirement, key) not in (None, ())]
    if len(kinds) == 1:
        return
    listed = "、".join(KINDS), ", ".join(KINDS)
    message = Text(f"要求没有内容：须有 {listed[0]} 之一", f"the requirement asks nothing: it needs one of {listed[1]}")
    if kinds:
        message = Text(f"{'、'.join(kinds)} 不能同用", f"{' and '.join(kinds)} cannot stand together")
    hint = Text(
        f"只写 {listed[0]} 之一；几项并列时写在 all: 之下", f"write one of {listed[1]}; put several below `all:`"
    )
    reporter.report("gate_kind", placed.path, message, field=requirement.id, hint=hint)


def _check_count(placed: _Placed, reporter: Reporter) -> None:
    asked = placed.requirement.at_least
    if asked is not None and not 1 <= asked.count <= len(asked.of):
        reporter.report(
            "out_of_bounds",
            (*placed.path, "at_least", "count"),
            Text(f"必须在 1 到 {len(asked.of)} 之间", f"must be from 1 to {len(asked.of)}"),
            field=placed.requirement.id,
            value=asked.count,
            hint=Text("of: 之下有几项，count 最多是几", "count cannot be more than the items below `of:`"),
        )


def _conditions(requirement: Requirement, path: Path) -> Iterator[tuple[Path, str]]:
    """The formulas that a requirement states itself, with their paths."""
    for key in (*CONDITIONS, "when"):
        text = getattr(requirement, key)
        if text is not None:
            yield (*path, key), text
    for key, ways in (("exempt", requirement.exempt), ("bypass", requirement.bypass)):
        for index, way in enumerate(ways):
            yield (*path, key, index, "when"), way.when
    if requirement.relax is not None:
        yield (*path, "relax", "when"), requirement.relax.when


def _check_relaxation(placed: _Placed, framework: Framework, reporter: Reporter) -> None:
    """A relaxation needs a threshold that it can lower, above zero, and not one that is lowered already."""
    requirement = placed.requirement
    if requirement.relax is None:
        return
    path: Path = (*placed.path, "relax")
    if placed.relaxed:
        message = Text("上一级已有 relax，不能再放宽一次", "a requirement above it is relaxed already")
        hint = Text("只在一级写 relax", "write `relax` at one level only")
        reporter.report("relax_twice", path, message, field=requirement.id, hint=hint)
    thresholds = list(_thresholds(requirement, text_fields(framework)))
    if not thresholds:
        message = Text("没有可放宽的比较：relax 只改与常数的 <、<=、>、>= 比较", "there is no threshold to relax")
        hint = Text("去掉 relax，或写成如 x >= 100 的比较", "leave `relax` out, or compare with a number: x >= 100")
        reporter.report("relax_nothing", path, message, field=requirement.id, hint=hint)
    for value, text in thresholds:
        if value <= 0:
            message = Text(
                f"{text}：按比例放宽不了不大于 0 的门槛",
                f"{text}: a threshold of 0 or less cannot be relaxed by a share",
            )
            hint = Text("把 relax 写在其余的要求上", "put `relax` on the other requirements")
            reporter.report("relax_negative", path, message, field=requirement.id, hint=hint)


def _thresholds(requirement: Requirement, texts: frozenset[str]) -> Iterator[tuple[float, str]]:
    """The constants that a relaxation of a requirement would change, with the condition each stands in."""
    for key in CONDITIONS:
        text = getattr(requirement, key)
        formula = _parsed(text) if text is not None else None
        if formula is not None:
            for link in links(take_apart(formula.root, texts)):
                if link.fixed and link.operator in ORDERED:
                    yield _constant(link.threshold), text
    for item in requirement.items:
        yield from _thresholds(item, texts)


def _constant(node: Node) -> float:
    """The number of a constant; infinite where it cannot be computed, which is told with the formula."""
    try:
        return float(compute(Formula("", node), {}, None).values)
    except FormulaError:
        return math.inf


def _parsed(text: str) -> Formula | None:
    try:
        return parse_formula(text)
    except FormulaError:  # told already
        return None


def _unknown_tables(formula: Formula, framework: Framework) -> Iterator[FormulaProblem]:
    for table in formula.table_names:
        if table.name not in framework.tables:
            message = Text(f"tables: 下没有表 {table.name}", f"there is no table {table.name} under `tables:`")
            yield FormulaProblem(table.offset, message, nearest_or_some(table.name, framework.tables))


class GateFormulas:
    """What the formulas of gates may read, and what is wrong with one of them."""

    def __init__(self, framework: Framework, reporter: Reporter) -> None:
        """Fields, nodes and the values of indicators, with their measures."""
        self.framework = framework
        self.reporter = reporter
        self.measures = gate_measures(framework)
        self.leaves = [leaf.id for leaf in framework.leaves if leaf.formulas]
        self.nodes = [] if framework.only_judges else [node.id for node in framework.root.walk()]

    def check(self, text: str, path: Path, owner: str, *, condition: bool = True) -> None:
        """Report everything that is wrong with a formula: a condition, or where it is none, a number."""
        try:
            formula = parse_formula(text)
        except FormulaError as error:
            for problem in error.problems:
                self._report("formula", path, owner, problem)
            return
        root = with_values(formula.root)
        self._check_values(formula, path, owner)
        for problem in _unknown_tables(formula, self.framework):
            self._report("unknown_table", path, owner, problem)
        check_class_texts(self.framework, formula, path, owner, self.reporter)
        for problem in self._unknown(Formula(text, root)):
            self._report("unknown_field", path, owner, problem)
        for problem in self._ambiguous(Formula(text, root)):
            self._report("ambiguous_name", path, owner, problem)
        if self.framework.time is None and any(max(years) > 0 for years in formula.lagged.values()):
            message = Text("上年() 需要年份列", "上年() needs a year column")
            self.reporter.report(
                "no_time", path, message, field=owner, hint=Text("写 time: year", "write `time: year`")
            )
        if condition and isinstance(root, _NO_CONDITIONS):
            message = Text("这里需要条件", "a condition belongs here")
            hint = Text("写成比较式，如 x > 0", "write a comparison, such as x > 0")
            self._report("formula", path, owner, FormulaProblem(root.offset, message, hint))
        for problem in check_measures(Formula(text, root), self.measures, DIMENSIONLESS if condition else None)[1]:
            self._report("measure", path, owner, problem)

    def _check_values(self, formula: Formula, path: Path, owner: str) -> None:
        for call in walk(formula.root):
            if isinstance(call, Call) and call.function == VALUE:
                for name in call.arguments:
                    if isinstance(name, Name) and name.name not in self.leaves:
                        message = Text(f"没有指标 {name.name}", f"there is no indicator {name.name}")
                        hint = nearest_or_some(name.name, self.leaves)
                        self._report("unknown_id", path, owner, FormulaProblem(name.offset, message, hint))

    def _unknown(self, formula: Formula) -> Iterator[FormulaProblem]:
        known = [*self.framework.fields, *self.nodes]
        for name in sorted(formula.names - set(self.measures)):
            if not name.startswith(f"{VALUE}("):
                message = Text(f"没有数据项或指标 {name}", f"there is no field, indicator or dimension {name}")
                hint = hint_without_classes(self.framework, name) or nearest_or_some(name, known)
                yield FormulaProblem(formula.name_offsets[name][0], message, hint)

    def _ambiguous(self, formula: Formula) -> Iterator[FormulaProblem]:
        for name in sorted(formula.names & set(self.framework.fields) & set(self.nodes)):
            message = Text(
                f"{name} 既是数据项又是指标，分不清是数据还是得分",
                f"{name} is a field and a node: is it the data or the score?",
            )
            hint = Text(
                f"改一个编码；指标的数值写 值({name})", f"rename one; the value of the indicator is value({name})"
            )
            yield FormulaProblem(formula.name_offsets[name][0], message, hint)

    def _report(self, code: str, path: Path, owner: str, problem: FormulaProblem) -> None:
        hint = problem.hint or _HINT
        self.reporter.report(code, path, problem.message, hint=hint, field=owner, offset=problem.offset)


_HINT: Final = Text("检查公式和各数据项的计量单位", "check the formula, and the measures of the fields that it reads")
