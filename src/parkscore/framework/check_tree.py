"""Check the tree: ids, dimensions without indicators, dates and the settings that need a year or a class."""

from __future__ import annotations

from parkscore.framework.building import did_you_mean
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text


def check_tree(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the shape of the tree."""
    _check_ids(framework, reporter)
    _check_leaves(framework, reporter)
    _check_years(framework, reporter)
    _check_class(framework, reporter)
    _check_accepted(framework, reporter)


def _check_ids(framework: Framework, reporter: Reporter) -> None:
    seen = {framework.total.id: ("total", "id")}
    for path, node in nodes_with_paths(framework):
        if node.id in seen:
            first = reporter.document.place(seen[node.id]) if reporter.document else ""
            reporter.report(
                "duplicate_id",
                (*path, "id"),
                Text(f"编码已在 {first} 使用", f"the id is already used at {first}"),
                value=node.id,
                hint=Text("每个指标的编码应唯一", "give each node an id of its own"),
            )
        else:
            seen[node.id] = (*path, "id")  # type: ignore[assignment]  # a path of any length
    if not framework.indicators:
        reporter.report(
            "empty_dimension", ("indicators",), Text("没有任何指标", "the framework has no indicators at all")
        )


def _check_leaves(framework: Framework, reporter: Reporter) -> None:
    settings = resolve_settings(framework)
    for path, node in nodes_with_paths(framework):
        if node.children and node.formula is not None:
            reporter.report(
                "formula_on_dimension",
                (*path, "formula"),
                Text("有下级指标的一级指标不能有公式", "a dimension with children cannot have a formula"),
                field=node.id,
                hint=Text("去掉公式，或去掉下级指标", "remove the formula or the children"),
            )
        elif not node.children and node.formula is None:
            reporter.report(
                "empty_dimension",
                path,
                Text(
                    f"{node.id} {node.label.zh} 既没有下级指标也没有公式",
                    f"{node.id} {node.label.en} has neither children nor a formula",
                ),
                field=node.id,
                hint=Text("补上 children: 或 formula:", "add children: or formula:"),
            )
        elif not node.children and settings[node.id].direction is None:
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


def _check_years(framework: Framework, reporter: Reporter) -> None:
    effective = framework.effective
    if effective and effective.since and effective.until and effective.since > effective.until:
        reporter.report(
            "out_of_bounds",
            ("effective", "until"),
            Text("截止日早于生效日", "the last day lies before the first"),
            value=str(effective.until),
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
    field = framework.fields.get(name)
    if field is None:
        reporter.report(
            "unknown_field",
            ("class",),
            Text("分类字段不在 fields: 中", "the class is not a field"),
            value=name,
            hint=did_you_mean(name, framework.fields),
        )
    elif field.kind != "text":
        reporter.report(
            "wrong_type",
            ("fields", name, "kind"),
            Text("分类字段应是文字", "the class must be a text field"),
            value=name,
            hint=Text("写 kind: text", "write `kind: text`"),
        )


def _check_accepted(framework: Framework, reporter: Reporter) -> None:
    known = {rule.id for rule in framework.rules}
    for index, entry in enumerate(framework.accepted):
        if entry.rule not in known:
            reporter.report(
                "unknown_rule",
                ("accepted", index, "rule"),
                Text("没有这条校验规则", "there is no such rule"),
                value=entry.rule,
                hint=did_you_mean(entry.rule, known),
            )
