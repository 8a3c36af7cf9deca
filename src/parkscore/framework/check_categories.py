"""Check indicators whose value is a category: a text field, a table of points, and nothing that only numbers can do."""

from __future__ import annotations

from parkscore.framework.document import Path
from parkscore.framework.models import INVALID, REWEIGHT, SCORE_GROUP_MEAN, Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text

BY_CATEGORY = "lookup"
"""The scoring rule that gives points by category."""
_FOR_NAMES = (REWEIGHT, INVALID, SCORE_GROUP_MEAN, "none")
_NO_TREATMENT = "none"


def check_categories(framework: Framework, reporter: Reporter) -> None:
    """Report categories that are no text field, and rules and policies that do not go with categories."""
    settings = resolve_settings(framework)
    for path, node in nodes_with_paths(framework):
        if node.children:
            continue
        if node.category is not None:
            _check_field(framework, node, node.category, (*path, "category"), reporter)
            _check_settings(node, settings[node.id], path, reporter)
        elif settings[node.id].score.name == BY_CATEGORY:
            _check_codes(node, settings[node.id], path, reporter)


def _check_field(framework: Framework, node: Node, name: str, path: Path, reporter: Reporter) -> None:
    field = framework.fields.get(name)
    if field is None:
        texts = [field_id for field_id, each in framework.fields.items() if each.kind == "text"]
        reporter.report(
            "unknown_field",
            path,
            Text(f"没有字段 {name}", f"there is no field {name}"),
            hint=nearest_or_some(name, texts or framework.fields),
            field=node.id,
        )
    elif field.kind != "text":
        reporter.report(
            "wrong_type",
            path,
            Text(f"类别字段应是文字，{name} 是数字", f"a category is a text field, and {name} is a number"),
            field=node.id,
            value=name,
            hint=Text("在字段处写 kind: text，或改用 formula", "write `kind: text` at the field, or use `formula`"),
        )


def _check_settings(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    if settings.score.name != BY_CATEGORY:
        reporter.report(
            "category_rule",
            (*path, "score") if node.score is not None else (*path, "category"),
            Text(
                f"{node.id} {node.label.zh} 是类别，不能用 {settings.score.name} 赋分",
                f"{node.id} {node.label.en} is a category, which {settings.score.name} cannot score",
            ),
            field=node.id,
            hint=Text(
                "写 score: {rule: lookup, points: {类别: 分}, otherwise: 分}",
                "write `score: {rule: lookup, points: {category: points}, otherwise: points}`",
            ),
        )
    if settings.missing.name not in _FOR_NAMES:
        _report_numbers_only(node, "missing", settings.missing.name, _FOR_NAMES[0], path, reporter)
    if settings.treat is not None and settings.treat.name != _NO_TREATMENT:
        _report_numbers_only(node, "treat", settings.treat.name, _NO_TREATMENT, path, reporter)


def _report_numbers_only(node: Node, key: str, method: str, instead: str, path: Path, reporter: Reporter) -> None:
    stated = getattr(node, key) is not None
    reporter.report(
        "not_for_categories",
        (*path, key) if stated else (*path, "category"),
        Text(
            f"{node.id} {node.label.zh} 是类别，{key}: {method} 只用于数字",
            f"{node.id} {node.label.en} is a category, and `{key}: {method}` is for numbers",
        ),
        field=node.id,
        hint=Text(f"在这个指标处写 {key}: {instead}", f"write `{key}: {instead}` at this indicator"),
    )


def _check_codes(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    """Points by category over a formula: its numbers are the codes, so every name must be a number."""
    points = settings.score.parameters.get("points")
    names = [name for name in points if not _is_number(name)] if isinstance(points, dict) else []
    if names:
        reporter.report(
            "no_category",
            (*path, "score") if node.score is not None else path,
            Text(
                f"{node.id} {node.label.zh} 按类别“{names[0]}”等计分，但没有指明类别字段",
                f"{node.id} {node.label.en} has points for the category {names[0]!r}, and no field that holds it",
            ),
            field=node.id,
            hint=Text("把 formula 换成 category: 文字字段", "write `category:` and a text field in place of `formula`"),
        )


def _is_number(name: object) -> bool:
    try:
        float(str(name))
    except ValueError:
        return False
    return True
