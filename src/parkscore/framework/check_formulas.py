"""Check the formulas: syntax, fields that do not exist, measures that do not fit, circles."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from parkscore.framework.building import did_you_mean
from parkscore.framework.document import Path
from parkscore.framework.formula import TEXT, Formula, FormulaError, check_measures, parse_formula
from parkscore.framework.formula.kinds import Special
from parkscore.framework.measures import DIMENSIONLESS, Measure, MeasureError, parse_measure
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.language import Text


def check_formulas(framework: Framework, reporter: Reporter) -> None:
    """Report every mistake in the formulas of derived fields, indicators and rules."""
    checker = _Checker(framework, reporter)
    for field_id, field in framework.fields.items():
        if field.formula is not None:
            checker.check(field.formula, ("fields", field_id, "formula"), field_id, _measure(field.measure))
    for path, node in nodes_with_paths(framework):
        if node.formula is not None:
            checker.check(node.formula, (*path, "formula"), node.id, _measure(node.measure))
    for index, rule in enumerate(framework.rules):
        for key in ("require", "when"):
            text = getattr(rule, key)
            if text is not None:
                checker.check(text, ("rules", index, key), rule.id, DIMENSIONLESS)
    _check_rules(framework, reporter)
    _check_circles(framework, reporter)


def formula_order(framework: Framework) -> list[str]:
    """The derived fields in an order in which each can be computed; CycleError where there is none."""
    graph = {field_id: _derived_names(framework, field.formula) for field_id, field in framework.fields.items()}
    return [field_id for field_id in TopologicalSorter(graph).static_order() if _is_derived(framework, field_id)]


def _derived_names(framework: Framework, text: str | None) -> set[str]:
    """The derived fields that a formula reads; none where it cannot be read, which is a finding of its own."""
    try:
        names = parse_formula(text).names if text is not None else frozenset()
    except FormulaError:
        return set()
    return {name for name in names if _is_derived(framework, name)}


def _field_measures(framework: Framework) -> Mapping[str, Measure | Special | None]:
    """What a formula may do with each field: its measure, None where none is stated, or TEXT."""
    return {
        field_id: TEXT if field.kind == "text" else _measure(field.measure)
        for field_id, field in framework.fields.items()
    }


def _is_derived(framework: Framework, name: str) -> bool:
    return name in framework.fields and framework.fields[name].formula is not None


def _measure(text: str | None) -> Measure | None:
    """A stated measure; one that cannot be read is reported with the fields and counts as unstated here."""
    try:
        return None if text is None else parse_measure(text)
    except MeasureError:
        return None


class _Checker:
    def __init__(self, framework: Framework, reporter: Reporter) -> None:
        self.framework = framework
        self.reporter = reporter
        self.measures = _field_measures(framework)

    def check(self, text: str, path: Path, owner: str, target: Measure | None) -> None:
        try:
            formula = parse_formula(text)
        except FormulaError as error:
            for problem in error.problems:
                self._report("formula", path, owner, problem.offset, problem.message, problem.hint)
            return
        unknown = sorted(formula.names - set(self.framework.fields))
        for name in unknown:
            self._report_unknown(formula, name, path, owner)
        if self.framework.time is None and any(max(years) > 0 for years in formula.lagged.values()):
            self._report(
                "no_time",
                path,
                owner,
                None,
                Text("上年() 需要年份列", "上年() needs a year column"),
                Text("写 time: year", "write `time: year`"),
            )
        for problem in check_measures(formula, self.measures, target)[1]:
            self._report("measure", path, owner, problem.offset, problem.message, problem.hint)

    def _report_unknown(self, formula: Formula, name: str, path: Path, owner: str) -> None:
        names = [*self.framework.fields, *(field.label.zh for field in self.framework.fields.values())]
        hint = did_you_mean(name, names)
        by_label = next((key for key, field in self.framework.fields.items() if name == field.zh), None)
        if by_label is not None:
            hint = Text(f"公式里用编码：`{by_label}`", f"formulas use ids: `{by_label}`")
        offset = formula.name_offsets[name][0]
        self._report(
            "unknown_field", path, owner, offset, Text(f"没有字段 {name}", f"there is no field {name}"), hint
        )

    def _report(
        self, code: str, path: Path, owner: str, offset: int | None, message: Text, hint: Text | None
    ) -> None:
        self.reporter.report(code, path, message, hint=hint, field=owner, offset=offset)


def _check_rules(framework: Framework, reporter: Reporter) -> None:
    for index, rule in enumerate(framework.rules):
        kinds = [key for key in ("require", "jump", "measure_mixup") if getattr(rule, key) is not None]
        if len(kinds) != 1:
            reporter.report(
                "rule_kind",
                ("rules", index),
                Text(
                    "每条规则恰有 require、jump、measure_mixup 之一", "a rule has one of require, jump, measure_mixup"
                ),
                field=rule.id,
            )
        named: list[tuple[Path, str]] = []
        if rule.jump is not None:
            named += [(("rules", index, "jump", "fields", n), name) for n, name in enumerate(rule.jump.fields)]
            if framework.time is None:
                reporter.report(
                    "no_time", ("rules", index, "jump"), Text("突变规则需要年份列", "a jump needs a year column")
                )
        if rule.measure_mixup is not None:
            named.append((("rules", index, "measure_mixup", "field"), rule.measure_mixup.field))
            if rule.measure_mixup.per is not None:
                named.append((("rules", index, "measure_mixup", "per"), rule.measure_mixup.per))
        for path, name in named:
            if name not in framework.fields:
                reporter.report(
                    "unknown_field",
                    path,
                    Text(f"没有字段 {name}", f"there is no field {name}"),
                    hint=did_you_mean(name, framework.fields),
                    field=rule.id,
                )


def _check_circles(framework: Framework, reporter: Reporter) -> None:
    try:
        formula_order(framework)
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        reporter.report(
            "cycle",
            ("fields", circle[0], "formula"),
            Text(f"公式互相依赖：{' -> '.join(circle)}", f"the formulas run in a circle: {' -> '.join(circle)}"),
            field=circle[0],
            hint=Text("让其中一个成为原始数据项", "make one of them a raw field"),
        )
