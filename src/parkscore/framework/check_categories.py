"""Check indicators whose value is a name, a category or a tier: where it comes from, and what cannot be done to it."""

from __future__ import annotations

from parkscore.framework.cases import judged_leaves
from parkscore.framework.document import Path
from parkscore.framework.formula import FormulaError, parse_formula, print_formula
from parkscore.framework.models import INVALID, REWEIGHT, SCORE_GROUP_MEAN, TIERS, Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text
from parkscore.methods import scoring

BY_CATEGORY = "lookup"
"""The scoring rule that gives points by category."""
FOR_NAMES = (REWEIGHT, INVALID, SCORE_GROUP_MEAN, "none")
"""The policies for gaps that need no numbers of one kind."""
NO_TREATMENT = "none"


def check_categories(framework: Framework, reporter: Reporter) -> None:
    """Report categories that are no text field, misplaced tiers, and policies that go with numbers only."""
    settings = resolve_settings(framework)
    if framework.defaults.score is not None and framework.defaults.score.name == TIERS:
        _report_misplaced_tiers(("defaults", "score"), None, reporter)
    for path, node in nodes_with_paths(framework):
        if node.children:
            if node.score is not None and node.score.name == TIERS:
                _report_misplaced_tiers((*path, "score"), node.id, reporter)
            continue
        if node.conditions:
            _check_tiers(node, path, reporter)
            _check_policies(node, settings[node.id], path, reporter)
        if node.category is not None:
            _check_field(framework, node, node.category, (*path, "category"), reporter)
            _check_policies(node, settings[node.id], path, reporter)
    for path, node, own in judged_leaves(framework):
        if node.category is not None and own.score.name not in (BY_CATEGORY, TIERS):
            _report_rule(node, own, path, reporter)
        elif node.category is None and own.score.name == BY_CATEGORY:
            _check_codes(node, own, path, reporter)


def _check_field(framework: Framework, node: Node, name: str, path: Path, reporter: Reporter) -> None:
    field = framework.fields.get(name)
    if field is None:
        texts = [field_id for field_id, each in framework.fields.items() if each.is_text]
        reporter.report(
            "unknown_field",
            path,
            Text(f"没有字段 {name}", f"there is no field {name}"),
            hint=nearest_or_some(name, texts or framework.fields),
            field=node.id,
        )
    elif not field.is_text:
        reporter.report(
            "wrong_type",
            path,
            Text(f"类别字段应是文字，{name} 是数字", f"a category is a text field, and {name} is a number"),
            field=node.id,
            value=name,
            hint=Text("在字段处写 kind: text，或改用 formula", "write `kind: text` at the field, or use `formula`"),
        )


def _report_rule(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
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


def _report_misplaced_tiers(path: Path, owner: str | None, reporter: Reporter) -> None:
    reporter.report(
        "misplaced_key",
        path,
        Text("tiers 只能写在指标上，因为条件就是它的值", "tiers belong to an indicator, whose value they are"),
        field=owner,
        hint=Text("把 score: {rule: tiers, ...} 移到指标处", "move `score: {rule: tiers, ...}` to the indicator"),
    )


def _check_tiers(node: Node, path: Path, reporter: Reporter) -> None:
    """Tiers stand in place of a formula and a category, and none repeats an earlier condition."""
    for key in ("formula", "category", "measure"):
        if getattr(node, key) is not None:
            reporter.report(
                "misplaced_key",
                (*path, key),
                Text(
                    f"各档的条件就是指标的值，不能再有 {key}", f"the conditions of the tiers leave no place for `{key}`"
                ),
                field=node.id,
                hint=Text(f"去掉 {key}", f"remove `{key}`"),
            )
    first: dict[str, int] = {}
    for number, condition in enumerate(node.conditions):
        earlier = first.setdefault(printed_condition(condition), number)
        if earlier != number:
            reporter.report(
                "unreachable_tier",
                (*path, "score", "tiers", number, "when"),
                Text(
                    f"第 {number + 1} 档与第 {earlier + 1} 档条件相同，永远轮不到它",
                    f"tier {number + 1} has the condition of tier {earlier + 1}, which always comes first",
                ),
                field=node.id,
                hint=Text("改正条件，或去掉这一档", "correct the condition, or remove the tier"),
            )


def printed_condition(condition: str) -> str:
    """A condition as it is printed, whatever blanks and signs it was written with."""
    try:
        return print_formula(parse_formula(condition))
    except FormulaError:
        return condition


def _check_policies(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    if settings.missing.name not in FOR_NAMES:
        _report_numbers_only(node, "missing", settings.missing.name, FOR_NAMES[0], path, reporter)
    if settings.treat is not None and settings.treat.name != NO_TREATMENT:
        _report_numbers_only(node, "treat", settings.treat.name, NO_TREATMENT, path, reporter)


def _report_numbers_only(node: Node, key: str, method: str, instead: str, path: Path, reporter: Reporter) -> None:
    stated = getattr(node, key) is not None
    reporter.report(
        "not_for_categories",
        (*path, key) if stated else (*path, "category" if node.category is not None else "score"),
        Text(
            f"{node.id} {node.label.zh} 的值是类别或档次，{key}: {method} 只用于数字",
            f"the value of {node.id} {node.label.en} is a name, and `{key}: {method}` is for numbers",
        ),
        field=node.id,
        hint=Text(f"在这个指标处写 {key}: {instead}", f"write `{key}: {instead}` at this indicator"),
    )


def _check_codes(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    """Points by category over a formula: its numbers are the codes, so every name must be a number."""
    if scoring[BY_CATEGORY].check(settings.score.parameters):
        return  # the table itself is told to be wrong already
    names = [name for name in settings.score.parameters["points"] if not _is_number(name)]
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
