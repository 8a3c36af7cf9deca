"""Check the lists: ids, conditions, what units are ordered by, and the field by which members are counted."""

from __future__ import annotations

from parkscore.framework.check_gates import GateFormulas
from parkscore.framework.document import Path
from parkscore.framework.models import Framework, RankedList
from parkscore.framework.reporting import Reporter
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text


def check_lists(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the lists."""
    formulas = GateFormulas(framework, reporter)
    seen: set[str] = set()
    for index, each in enumerate(framework.lists):
        path: Path = ("lists", index)
        if each.id in seen:
            message = Text("榜单编码重复", "the id is used by another list")
            hint = Text("编码应各不相同", "give each an id of its own")
            reporter.report("duplicate_id", (*path, "id"), message, value=each.id, hint=hint)
        seen.add(each.id)
        if each.require is not None:
            formulas.check(each.require, (*path, "require"), each.id)
        if each.by is not None:
            formulas.check(each.by, (*path, "by"), each.id, condition=False)
        _check_order(each, path, framework, reporter)
        _check_groups(each, path, framework, reporter)


def _check_order(each: RankedList, path: Path, framework: Framework, reporter: Reporter) -> None:
    if each.by is None and framework.only_judges:
        message = Text(
            "体系没有指标，没有得分可排序", "the framework has no indicators, so there is no score to order by"
        )
        hint = Text("写 by:，如 by: 营业收入", "say what units are ordered by, such as `by: revenue`")
        reporter.report("no_order", path, message, field=each.id, hint=hint)


def _check_groups(each: RankedList, path: Path, framework: Framework, reporter: Reporter) -> None:
    if each.per is None:
        return
    texts = [field_id for field_id, field in framework.fields.items() if field.is_text]
    if each.per not in framework.fields:
        message = Text(f"没有字段 {each.per}", f"there is no field {each.per}")
        code, hint = "unknown_field", nearest_or_some(each.per, texts)
    elif each.per not in texts:
        message = Text(f"{each.per} 不是文字字段", f"{each.per} is not a text field")
        code, hint = "not_a_text", Text("给该字段写 kind: text", "write `kind: text` at the field")
    else:
        return
    reporter.report(code, (*path, "per"), message, field=each.id, hint=hint)
