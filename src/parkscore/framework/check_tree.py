"""Check the tree: ids, dimensions without indicators, dates and the settings that need a year or a class."""

from __future__ import annotations

from collections.abc import Iterable

from parkscore.framework.document import Path
from parkscore.framework.models import LIMITS, TIERS, USCC, Accepted, Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import resolve_settings
from parkscore.framework.suggesting import did_you_mean, nearest_or_some
from parkscore.framework.taken_ids import CLASS
from parkscore.language import Text


def check_tree(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the shape of the tree."""
    _check_ids(framework, reporter)
    _check_leaves(framework, reporter)
    _check_years(framework, reporter)
    _check_class(framework, reporter)
    _check_rank_within(framework, reporter)
    _check_reference_within(framework, reporter)
    _check_accepted(framework, reporter)


def _check_ids(framework: Framework, reporter: Reporter) -> None:
    nodes: list[tuple[Path, str]] = [(("total", "id"), framework.total.id)]
    nodes += [((*path, "id"), node.id) for path, node in nodes_with_paths(framework)]
    _check_unique(nodes, reporter)
    _check_unique([(("rules", index, "id"), rule.id) for index, rule in enumerate(framework.rules)], reporter)
    _check_unique([(("classes", index, "id"), each.id) for index, each in enumerate(framework.classes)], reporter)
    if not (framework.indicators or framework.gates or framework.lists or framework.targets):
        reporter.report(
            "empty_dimension",
            ("indicators",),
            Text("既没有指标，也没有门槛、榜单或目标", "the framework has no indicators, gates, lists or targets"),
            hint=Text(
                "补上 indicators:，或不计分时补上 gates:、lists: 或 targets:",
                "add `indicators:`, or where nothing is scored `gates:`, `lists:` or `targets:`",
            ),
        )
    _check_only_gates(framework, reporter)
    if framework.remove and framework.extends is None:
        reporter.report(
            "remove_without_extends",
            ("remove",),
            Text("没有 extends:，无处可去掉", "there is nothing to remove from without `extends:`"),
        )


_FOR_SCORES = (
    *("weights_status", "weights_source", "reference", "reference_within"),
    *("screen", "ranking", "rank_within", "defaults", "total"),
)
"""What says how units are scored, weighed or ranked."""


def _check_only_gates(framework: Framework, reporter: Reporter) -> None:
    """Report keys that nothing reads where there are no indicators."""
    stated = [key for key in _FOR_SCORES if framework.only_judges and key in framework.model_fields_set]
    for key in stated if framework.gates or framework.lists or framework.targets else ():
        message = Text(f"没有指标，{key} 不起作用", f"without indicators, `{key}` means nothing")
        hint = Text(f"去掉 {key}，或补上 indicators:", f"remove `{key}`, or add `indicators:`")
        reporter.report("misplaced_key", (key,), message, hint=hint)


def _check_unique(ids: Iterable[tuple[Path, str]], reporter: Reporter) -> None:
    seen: dict[str, Path] = {}
    for path, each in ids:
        first = seen.setdefault(each, path)
        if first is path:
            continue
        if reporter.is_own(first) and not reporter.is_own(path):  # a local file repeats an id that comes later
            path, first = first, path
        place = reporter.document.place(first) if reporter.document is not None else None
        where = Text(f"已在 {place} 使用", f"is already used at {place}") if place else Text("重复", "is used twice")
        reporter.report(
            "duplicate_id",
            path,
            Text(f"编码{where.zh}", f"the id {where.en}"),
            value=each,
            hint=Text("编码应各不相同", "give each an id of its own"),
        )


def _check_leaves(framework: Framework, reporter: Reporter) -> None:
    settings = resolve_settings(framework)
    for path, node in nodes_with_paths(framework):
        _check_misplaced(node, path, reporter)
        if node.children or node.is_open_slot:
            continue
        if not node.formulas and node.category is None and settings[node.id].score.name != TIERS:
            reporter.report(
                "empty_dimension",
                path,
                Text(
                    f"{node.id} {node.label.zh} 既没有下级指标也没有公式",
                    f"{node.id} {node.label.en} has neither children nor a formula",
                ),
                field=node.id,
                hint=Text("补上 children:、formula: 或 category:", "add children:, formula: or category:"),
            )
        elif node.formulas and node.category is not None:
            reporter.report(
                "misplaced_key",
                (*path, "category"),
                Text("指标的值来自公式或类别，只能写一个", "the value of an indicator is a formula or a category"),
                field=node.id,
                hint=Text("去掉 formula 或 category", "remove `formula` or `category`"),
            )
        elif node.formulas and settings[node.id].direction is None:
            reporter.report(
                "no_direction",
                path,
                Text(
                    f"{node.id} {node.label.zh} 没有说明越大越好还是越小越好",
                    f"{node.id} {node.label.en} does not say whether higher or lower is better",
                ),
                field=node.id,
                hint=Text("写 direction: higher 或 lower", "write `direction: higher` or `direction: lower`"),
            )


def _check_misplaced(node: Node, path: Path, reporter: Reporter) -> None:
    """What a dimension or an indicator says that only the other can mean."""
    if node.is_open_slot:
        return  # what an indicator says is told with the slots; what a dimension says holds once it is filled
    for key in ("formula", "category", "measure", "cases") if node.children else ("aggregate", "weights"):
        if getattr(node, key) not in (None, ()):
            reporter.report(
                "misplaced_key",
                (*path, key),
                Text(f"有下级指标的一级指标不能有 {key}", f"a dimension with children cannot have `{key}`")
                if node.children
                else Text(f"没有下级的指标不能有 {key}", f"an indicator without children cannot have `{key}`"),
                field=node.id,
                hint=Text(f"去掉 {key}", f"remove `{key}`"),
            )
    if node.category is not None and not node.children and node.measure is not None:
        reporter.report(
            "misplaced_key",
            (*path, "measure"),
            Text("类别没有单位", "a category has no measure"),
            field=node.id,
            hint=Text("去掉 measure", "remove `measure`"),
        )


def _check_years(framework: Framework, reporter: Reporter) -> None:
    effective = framework.effective
    if effective and effective.since and effective.until and effective.since > effective.until:
        reporter.report(
            "out_of_bounds",
            ("effective", "until"),
            Text("截止日早于生效日", "the last day lies before the first"),
            value=str(effective.until),
            hint=Text("把两个日期对调，或去掉 until", "swap the two dates, or leave out `until`"),
        )
    if framework.time is None and framework.reference != "per-year":
        reporter.report(
            "no_time",
            ("reference",),
            Text("没有年份列就不能指定参照年份", "a reference over years needs a year column"),
            hint=Text("写 time: year", "write `time: year`"),
        )


def _check_class(framework: Framework, reporter: Reporter) -> None:
    name = framework.class_field
    if name is None:
        return
    if framework.classes:
        reporter.report(
            "misplaced_key",
            ("class",),
            Text("class 与 classes 只能写一个", "either `class` or `classes`, not both"),
            value=name,
            hint=Text(
                "分类取自数据列写 class，由条件判定写 classes",
                "`class` takes it from a column, `classes` finds it by conditions",
            ),
        )
    field = framework.fields.get(name)
    if field is None:
        reporter.report(
            "unknown_field",
            ("class",),
            Text("分类字段不在 fields: 中", "the class is not a field"),
            value=name,
            hint=nearest_or_some(name, framework.fields),
        )
    elif not field.is_text:
        reporter.report(
            "wrong_type",
            ("fields", name, "kind"),
            Text("分类字段应是文字", "the class must be a text field"),
            value=name,
            hint=Text("写 kind: text", "write `kind: text`"),
        )


def _check_rank_within(framework: Framework, reporter: Reporter) -> None:
    texts = [name for name, field in framework.fields.items() if field.is_text]
    for index, name in enumerate(framework.rank_within):
        path: Path = ("rank_within", index)
        if name not in texts:
            message = Text("组内位次需要一个文字字段", "ranks within groups need a text field")
            reporter.report("unknown_field", path, message, value=name, hint=nearest_or_some(name, texts))
        if name in framework.rank_within[:index]:
            hint = Text("删去其中一个", "remove one of the two")
            reporter.report("duplicate_id", path, Text("重复", "is named twice"), value=name, hint=hint)


def _check_reference_within(framework: Framework, reporter: Reporter) -> None:
    texts = [name for name, field in framework.fields.items() if field.is_text]
    for index, name in enumerate(framework.reference_within):
        path: Path = ("reference_within", index)
        if name == CLASS and not framework.has_classes:
            message = Text("体系没有分类", "the framework has no classes")
            hint = Text("写 classes: 或 class:，或写一个文字字段", "add `classes:` or `class:`, or name a text field")
            reporter.report("unknown_field", path, message, value=name, hint=hint)
        elif name not in (CLASS, *texts):
            message = Text("组内参照需要文字字段或 class", "a reference within groups needs a text field or `class`")
            reporter.report("unknown_field", path, message, value=name, hint=nearest_or_some(name, (CLASS, *texts)))
        if name in framework.reference_within[:index]:
            hint = Text("删去其中一个", "remove one of the two")
            reporter.report("duplicate_id", path, Text("重复", "is named twice"), value=name, hint=hint)


def _check_accepted(framework: Framework, reporter: Reporter) -> None:
    known = {rule.id for rule in framework.rules} | {*LIMITS, USCC}
    of_columns = {rule.id for rule in framework.rules if rule.measure_mixup is not None}
    for index, entry in enumerate(framework.accepted):
        if entry.rule not in known:
            reporter.report(
                "unknown_rule",
                ("accepted", index, "rule"),
                Text("没有这条校验规则", "there is no such rule"),
                value=entry.rule,
                hint=did_you_mean(entry.rule, known),
            )
        elif (entry.unit is None) != (entry.rule in of_columns):
            _report_scope(entry, index, reporter)
        if entry.field is not None and entry.field not in framework.fields:
            reporter.report(
                "unknown_field",
                ("accepted", index, "field"),
                Text(f"没有字段 {entry.field}", f"there is no field {entry.field}"),
                hint=nearest_or_some(entry.field, framework.fields),
            )


def _report_scope(entry: Accepted, index: int, reporter: Reporter) -> None:
    """An entry that could never cover a finding, because it says too much of where, or too little."""
    if entry.unit is None:
        message = Text("没有写明是哪个评价对象", "does not say for which unit")
        reporter.report(
            "missing_key", ("accepted", index), message, field=entry.rule, hint=Text("补上 unit:", "add unit:")
        )
        return
    message = Text(
        "这条规则针对整列，不针对某个评价对象", "this rule is about a whole column and not about one of the units"
    )
    hint = Text("去掉 unit", "remove `unit`")
    reporter.report("misplaced_key", ("accepted", index, "unit"), message, field=entry.rule, hint=hint)
