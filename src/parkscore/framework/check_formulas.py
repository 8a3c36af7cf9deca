"""Check the formulas: syntax, fields that do not exist, measures that do not fit, circles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from parkscore.framework.check_class_texts import check_class_texts, check_own_class
from parkscore.framework.class_names import class_names, hint_without_classes
from parkscore.framework.document import Path
from parkscore.framework.formula import TEXT, Formula, FormulaError, check_measures, parse_formula
from parkscore.framework.formula.kinds import Special
from parkscore.framework.formula.tree import Negative, Number, Product, Quantity, Quoted, Sum, TableName
from parkscore.framework.measures import DIMENSIONLESS, Measure, MeasureError, parse_measure
from parkscore.framework.models import SHORTER_HISTORY, Expected, Framework, Node, Rule
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.suggesting import nearest_or_some
from parkscore.framework.taken_ids import CLASS
from parkscore.language import Text


def check_formulas(framework: Framework, reporter: Reporter) -> None:
    """Report every mistake in the formulas of derived fields, indicators and rules."""
    checker = _Checker(framework, reporter)
    for field_id, field in framework.fields.items():
        if field.formula is not None:
            checker.check(field.formula, ("fields", field_id, "formula"), field_id, _measure(field.measure))
    for path, node in nodes_with_paths(framework):
        _check_node(node, path, checker)
    for index, rule in enumerate(framework.rules):
        for key in ("require", "when"):
            text = getattr(rule, key)
            if text is not None:
                checker.check(text, ("rules", index, key), rule.id, DIMENSIONLESS, condition=True)
    for index, each in enumerate(framework.classes):
        checker.check(each.when, ("classes", index, "when"), each.id, DIMENSIONLESS, condition=True)
    check_own_class(framework, reporter)
    _check_rules(framework, reporter)
    _check_circles(framework, reporter)


def _check_node(node: Node, path: Path, checker: _Checker) -> None:
    if node.formula is not None:
        checker.check(node.formula, (*path, "formula"), node.id, _measure(node.measure))
    if node.given is not None:
        checker.check(node.given, (*path, "given"), node.id, DIMENSIONLESS)
    for number, condition in enumerate(node.conditions):
        place = (*path, "score", "tiers", number, "when")
        checker.check(condition, place, node.id, DIMENSIONLESS, condition=True)
    for number, case in enumerate(node.cases):
        if case.when is not None:
            checker.check(case.when, (*path, "cases", number, "when"), node.id, DIMENSIONLESS, condition=True)
        if case.formula is not None:
            checker.check(case.formula, (*path, "cases", number, "formula"), node.id, _measure(node.measure))
    if node.missing is not None and node.missing.name == SHORTER_HISTORY:
        _check_shorter_history(node, path, checker)


def _check_shorter_history(node: Node, path: Path, checker: _Checker) -> None:
    """The formulas for fewer years: a list, on an indicator, of the same measure as the indicator itself."""
    formulas = node.missing.parameters.get("formulas") if node.missing is not None else None
    if node.children or not isinstance(formulas, tuple) or not all(isinstance(text, str) for text in formulas or (0,)):
        checker.reporter.report(
            "parameter",
            (*path, "missing"),
            Text(
                "shorter_history 写在指标上，并以 formulas 列出公式",
                "shorter_history needs `formulas`, on an indicator",
            ),
            field=node.id,
            hint=Text("如 formulas: [growth(x)]", "such as `formulas: [growth(x)]`"),
        )
        return
    for number, text in enumerate(formulas):
        checker.check(text, (*path, "missing", "formulas", number), node.id, _measure(node.measure))


def _dependencies(framework: Framework) -> dict[str, list[str]]:
    """For each derived field, and for the class, the derived fields and the class that it reads, in a settled order."""
    graph = {
        field_id: sorted(_derived_names(framework, field.formula))
        for field_id, field in framework.fields.items()
        if field.formula is not None
    }
    read_by_classes = {name for each in framework.classes for name in _derived_names(framework, each.when)}
    # A condition that reads the class itself is told of where it stands.
    return graph | ({CLASS: sorted(read_by_classes - {CLASS})} if framework.classes else {})


def _derived_names(framework: Framework, text: str | None) -> set[str]:
    """The derived fields that a formula reads, and whether the class; none where it cannot be read, told elsewhere."""
    try:
        names = parse_formula(text).names if text is not None else frozenset()
    except FormulaError:
        return set()
    by_condition = {CLASS} if framework.classes and names & class_names(framework) else set()
    return {name for name in names if _is_derived(framework, name)} | by_condition


def field_measures(framework: Framework) -> Mapping[str, Measure | Special | None]:
    """What a formula may do with each field and the class: its measure, None where none is stated, or TEXT.

    A field with a measure that cannot be read is left out, so that it fits anywhere: the mistake is told already.
    """
    fields = {
        field_id: TEXT if field.is_text else _measure(field.measure)
        for field_id, field in framework.fields.items()
        if field.is_text or field.measure is None or _measure(field.measure) is not None
    }
    return {**dict.fromkeys(class_names(framework), TEXT), **fields}


def _is_derived(framework: Framework, name: str) -> bool:
    return name in framework.fields and framework.fields[name].formula is not None


def _measure(text: str | None) -> Measure | None:
    """A stated measure; None for one that cannot be read, which is reported with the fields."""
    try:
        return None if text is None else parse_measure(text)
    except MeasureError:
        return None


_NO_CONDITIONS = (Number, Quantity, Quoted, Negative, Sum, Product)


_MEASURES_DIFFER = Text(
    "只有同类的量才能相加、相减或比较：检查各字段的 measure，或先相除",
    "only amounts of one kind can be added, subtracted or compared: check the measures of the fields, or divide first",
)


class _Checker:
    def __init__(self, framework: Framework, reporter: Reporter) -> None:
        self.framework = framework
        self.reporter = reporter
        self.measures = field_measures(framework)
        self.ids = {
            _folded(name): field_id
            for field_id, field in reversed(framework.fields.items())
            for name in (field.en, field.zh, *field.aliases)
            if name is not None
        }

    def check(self, text: str, path: Path, owner: str, target: Measure | None, *, condition: bool = False) -> None:
        try:
            formula = parse_formula(text)
        except FormulaError as error:
            for problem in error.problems:
                self._report("formula", path, owner, problem.offset, problem.message, problem.hint)
            return
        unknown = sorted(formula.names - set(self.framework.fields) - class_names(self.framework))
        for name in unknown:
            self._report_unknown(formula, name, path, owner)
        for table in formula.table_names:
            if table.name not in self.framework.tables:
                self._report_unknown_table(table, path, owner)
        check_class_texts(self.framework, formula, path, owner, self.reporter)
        if self.framework.time is None and (formula.lagged or formula.reads_data_year):
            self._report(
                "no_time",
                path,
                owner,
                None,
                Text("读往年或数据年份的公式需要年份列", "what reads other years or the data year needs a year column"),
                Text("写 time: year", "write `time: year`"),
            )
        if condition and isinstance(formula.root, _NO_CONDITIONS):
            message = Text("这里需要条件", "a condition belongs here")
            hint = Text("写成比较式，如 x > 0", "write a comparison, such as x > 0")
            self._report("formula", path, owner, formula.root.offset, message, hint)
        for problem in check_measures(formula, self.measures, target)[1]:
            self._report("measure", path, owner, problem.offset, problem.message, problem.hint or _MEASURES_DIFFER)

    def _report_unknown(self, formula: Formula, name: str, path: Path, owner: str) -> None:
        by_label = self.ids.get(_folded(name))
        hint = (
            Text(f"公式里用编码：`{by_label}`", f"formulas use ids: `{by_label}`")
            if by_label is not None
            else hint_without_classes(self.framework, name) or nearest_or_some(name, self.framework.fields)
        )
        message = Text(f"没有字段 {name}", f"there is no field {name}")
        self._report("unknown_field", path, owner, formula.name_offsets[name][0], message, hint)

    def _report_unknown_table(self, table: TableName, path: Path, owner: str) -> None:
        message = Text(f"tables: 下没有表 {table.name}", f"there is no table {table.name} under `tables:`")
        hint = Text(
            f"写 tables: {{{table.name}: {{values: {{文字: 数}}}}}}",
            f"write `tables: {{{table.name}: {{values: {{text: number}}}}}}`",
        )
        if self.framework.tables:
            hint = nearest_or_some(table.name, self.framework.tables)
        self._report("unknown_table", path, owner, table.offset, message, hint)

    def _report(self, code: str, path: Path, owner: str, offset: int | None, message: Text, hint: Text | None) -> None:
        self.reporter.report(code, path, message, hint=hint, field=owner, offset=offset)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


_KINDS = ("require", "required", "jump", "measure_mixup", "magnitude", "outlier")
_CONDITIONAL = ("require", "required")


def _check_rules(framework: Framework, reporter: Reporter) -> None:
    for index, rule in enumerate(framework.rules):
        kinds = [key for key in _KINDS if getattr(rule, key) is not None]
        if len(kinds) != 1:
            reporter.report(
                "rule_kind",
                ("rules", index),
                Text(f"每条规则恰有 {'、'.join(_KINDS)} 之一", f"a rule has one of {', '.join(_KINDS)}"),
                field=rule.id,
            )
        if rule.when is not None and not any(getattr(rule, key) is not None for key in _CONDITIONAL):
            reporter.report(
                "misplaced_key",
                ("rules", index, "when"),
                Text(
                    f"when 只与 {'、'.join(_CONDITIONAL)} 同用", f"`when` only goes with {' and '.join(_CONDITIONAL)}"
                ),
                field=rule.id,
            )
        if rule.jump is not None and framework.time is None:
            reporter.report(
                "no_time", ("rules", index, "jump"), Text("突变规则需要年份列", "a jump needs a year column")
            )
        for path, name in _fields_of(rule, index):
            _check_field(framework, rule, path, name, reporter)


def _fields_of(rule: Rule, index: int) -> Iterator[tuple[Path, str]]:
    if rule.jump is not None:
        for number, name in enumerate(rule.jump.fields):
            yield ("rules", index, "jump", "fields", number), name
    if rule.outlier is not None:
        for number, name in enumerate(rule.outlier.fields):
            yield ("rules", index, "outlier", "fields", number), name
    for number, name in enumerate(rule.required or ()):
        yield ("rules", index, "required", number), name
    for kind in ("measure_mixup", "magnitude"):
        expected: Expected | None = getattr(rule, kind)
        if expected is not None:
            yield ("rules", index, kind, "field"), expected.field
            if expected.per is not None:
                yield ("rules", index, kind, "per"), expected.per


def _check_field(framework: Framework, rule: Rule, path: Path, name: str, reporter: Reporter) -> None:
    if name not in framework.fields:
        reporter.report(
            "unknown_field",
            path,
            Text(f"没有字段 {name}", f"there is no field {name}"),
            hint=nearest_or_some(name, framework.fields),
            field=rule.id,
        )
    elif framework.fields[name].is_text and rule.required is None:
        hint = Text("换成数字字段", "name a number field")
        message = Text(f"{name} 是文字字段", f"{name} is a text field")
        reporter.report("not_for_text", path, message, hint=hint, field=rule.id)


def _check_circles(framework: Framework, reporter: Reporter) -> None:
    position = {field_id: number for number, field_id in enumerate([*framework.fields, CLASS])}
    for circle in _circles(_dependencies(framework)):
        first = min(range(len(circle)), key=lambda index: position[circle[index]])
        ordered = circle[first:] + circle[:first]
        arrows = " -> ".join([*ordered, ordered[0]])
        reporter.report(
            "cycle",
            ("fields", ordered[0], "formula"),
            Text(f"公式互相依赖：{arrows}", f"the formulas run in a circle: {arrows}"),
            field=ordered[0],
            hint=Text("让其中一个成为原始数据项", "make one of them a raw field"),
        )


def _circles(graph: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The circles met on a walk along every edge of a graph."""
    done: set[str] = set()
    for start in graph:
        trail = {} if start in done else {start: iter(graph[start])}
        while trail:
            name = next(reversed(trail))
            following = next(trail[name], None)
            if following is None:
                done.add(name)
                trail.popitem()
            elif following in trail:
                names = list(trail)
                yield names[names.index(following) :]
            elif following not in done:
                trail[following] = iter(graph[following])
