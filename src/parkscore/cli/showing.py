"""The command that shows what a framework says: its tree, fields, gates, lists, grades and targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.framework_arguments import FrameworkArgument, indicator_count, unknown_weights
from parkscore.cli.lists import list_entries, say_lists, say_targets, target_entries
from parkscore.cli.references import REFERENCE_FORMS, show_reference
from parkscore.framework.status_words import SOURCE_STATUS
from parkscore.language import Text, agreeing, plural

if TYPE_CHECKING:
    from parkscore.framework.models import Framework, Node


def show(
    framework: FrameworkArgument,
    fields: Annotated[bool, typer.Option("--fields", help="列出原始数据项。 List the fields.")] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示指标树：权重、单位、方向、公式和来源。 Show the tree: weights, measures, directions, formulas, sources.

    也可给出固定的参照值文件（.json）。 Or what a frozen reference holds, given its .json file.
    """
    from parkscore.framework.loading import load_framework

    reply = reply_to(language, as_json)
    if framework.lower().endswith(REFERENCE_FORMS):
        show_reference(framework, reply)
        return
    loaded = load_framework(framework)
    nodes = list(_node_entries(loaded, reply))
    about = _about(loaded, reply)
    field_entries = list(_field_entries(loaded, reply))
    gates = _gate_entries(loaded, reply)
    grades = _grade_entries(loaded, reply)
    lists = list_entries(loaded, reply)
    targets = target_entries(loaded, reply)
    entries = {"nodes": nodes, "fields": field_entries, "gates": gates, "grades": grades}
    reply.document("show", {"framework": about, **entries, "lists": lists, "targets": targets})
    _say_about(loaded, about, reply)
    if fields:
        heads = (Text("编码", "id"), Text("名称", "name"), Text("单位", "measure"), Text("下限", "min"))
        keys = ("id", "name", "measure", "min", "max", "formula", "source")
        tail = (Text("上限", "max"), Text("公式", "formula"), Text("来源", "source"))
        reply.table((*heads, *tail), ([_cell(entry[key]) for key in keys] for entry in field_entries), right=[3, 4])
    else:
        heads = (Text("编码", "id"), Text("名称", "name"), Text("权重", "weight"), Text("单位", "measure"))
        tail = (Text("方向", "direction"), Text("公式", "formula"), Text("来源", "source"))
        if nodes:
            reply.table((*heads, *tail), (_node_row(entry) for entry in nodes), right=[2])
        _say_gates(gates, reply)
        say_lists(lists, reply)
        _say_grades(grades, reply)
        say_targets(targets, reply)


def _gate_entries(framework: Framework, reply: Reply) -> list[dict[str, Any]]:
    from parkscore.tree.gate_tables import condition_text

    return [
        {"id": gate.id, "name": reply.word(gate.label), "asks": reply.word(condition_text(gate)), "source": gate.source}
        for gate in framework.gates
    ]


def _say_gates(gates: list[dict[str, Any]], reply: Reply) -> None:
    if gates:
        heads = (Text("编码", "id"), Text("门槛", "gate"), Text("要求", "asks"), Text("来源", "source"))
        reply.say("", Text("门槛", "Gates"), "")
        reply.table(heads, ([gate["id"], gate["name"], gate["asks"], gate["source"]] for gate in gates))


def _grade_entries(framework: Framework, reply: Reply) -> list[dict[str, Any]]:
    """Each grade of each scale: the scores that earn it, and the line that goes with it; then what overrides it."""
    from parkscore.methods.points_bands import span_of

    entries: list[dict[str, Any]] = []
    for scale in framework.grades:
        named = {"scale": scale.id, "name": reply.word(scale.label), "of": scale.of or framework.total.id}
        for grade in scale.grades:
            other = Text("其余", "otherwise")
            scores = other if grade is scale.otherwise else span_of(grade.ends).described
            said = {"grade": grade.id, "title": reply.word(grade.label), "scores": reply.word(scores)}
            line = None if grade.line is None else str(grade.line)
            entries.append({**named, **said, "line": line, "when": None, "source": grade.source or scale.source})
        for each in scale.overrides:
            given = {"grade": each.grade, "title": reply.word(each.label), "scores": None, "line": None}
            entries.append({**named, **given, "when": each.when, "source": each.source or scale.source})
    return entries


def _say_grades(grades: list[dict[str, Any]], reply: Reply) -> None:
    """What each grade asks, below the tree."""
    if grades:
        heads = (Text("体系", "scale"), Text("依据", "of"), Text("等级", "grade"), Text("名称", "name"))
        tail = (Text("得分或条件", "scores, or where"), Text("额度", "line"), Text("来源", "source"))
        keys = ("scale", "of", "grade", "title")
        reply.say("", Text("等级", "Grades"), "")
        reply.table(
            (*heads, *tail),
            (
                [*(each[key] for key in keys), each["scores"] or each["when"], each["line"], each["source"]]
                for each in grades
            ),
        )


def _about(framework: Framework, reply: Reply) -> dict[str, Any]:
    return {
        "id": framework.id,
        "title": reply.word(framework.title.label),
        "version": framework.version,
        "status": framework.status,
        "source": framework.source,
        "note": framework.note,
        "unit": reply.word(framework.unit.label),
        "unit_column": framework.unit.key,
        "time": framework.time,
        "class": framework.class_field,
        "classes": [{"id": each.id, "name": reply.word(each.label), "when": each.when} for each in framework.classes],
        "indicators": indicator_count(framework),
        "slots": len(framework.leaves) - indicator_count(framework),
        "fields": len(framework.fields),
        "weights_status": framework.weights_status,
        "weights_known": not unknown_weights(framework),
    }


def _say_about(framework: Framework, about: dict[str, Any], reply: Reply) -> None:
    asks = Text(f"{about['indicators']} 项指标", plural(about["indicators"], "indicator"))
    if about["slots"]:
        asks = Text(
            f"{asks.zh}，{about['slots']} 个预留项未填", f"{asks.en}, {plural(about['slots'], 'slot')} not filled"
        )
    if framework.only_judges:
        asks = _what_is_there(framework)
    reply.say(
        f"{framework.id}  {about['title']}",
        *_status_and_source(framework),
        Text(
            f"{asks.zh}，{about['fields']} 个数据项（--fields 列出）",
            f"{asks.en}, {plural(about['fields'], 'field')} (--fields lists them)",
        ),
    )
    for each in about["classes"]:
        reply.say(
            Text(
                f"分类 {each['id']} {each['name']}：{each['when']}",
                f"class {each['id']} {each['name']}: {each['when']}",
            )
        )
    if not about["weights_known"]:
        reply.say(
            Text(
                f"有未知的权重，见 `parkscore check {framework.id}`",
                f"some weights are unknown, see `parkscore check {framework.id}`",
            )
        )
    reply.say("")


def _status_and_source(framework: Framework) -> list[Text]:
    """Where a framework comes from and how sure that is, and what it says of itself."""
    said = [Text(f"来源：{framework.source or '未注明'}", f"source: {framework.source or 'not stated'}")]
    status = SOURCE_STATUS.get(framework.status or "")
    if status is not None:
        said.insert(0, Text(f"状态：{status.zh}", f"status: {status.en}"))
    return [*said, *([Text(f"说明：{framework.note}", f"note: {framework.note}")] if framework.note else [])]


def _what_is_there(framework: Framework) -> Text:
    """What a framework without indicators has."""
    gates, lists, targets = len(framework.gates), len(framework.lists), len(framework.targets)
    if gates and not lists and not targets:
        return Text(f"只有门槛：{gates} 道", f"gates only: {gates}")
    return Text(
        f"没有指标；门槛 {gates}，榜单 {lists}，目标 {targets}",
        f"no indicators; {plural(gates, 'gate')}, {plural(lists, 'list')}, {plural(targets, 'target')}",
    )


def _node_entries(framework: Framework, reply: Reply) -> Iterator[dict[str, Any]]:
    from parkscore.framework.cases import formulas_said
    from parkscore.framework.settings import aggregation_of, resolve_settings

    settings = resolve_settings(framework)

    def descend(parent: Node, level: int) -> Iterator[dict[str, Any]]:
        for node in parent.children:
            yield {
                "id": node.id,
                "level": level,
                "parent": parent.id,
                "name": reply.word(node.label),
                "points": node.full_score,
                "slot": _slot_entry(node),
                "weight": _weight(node.weight),
                "measure": node.measure,
                "direction": settings[node.id].direction if _has_direction(node) else None,
                "formula": node.formula,
                "said": formulas_said(node),
                "category": node.category,
                "conditions": list(node.conditions),
                "cases": [case.model_dump(mode="json", exclude_none=True) for case in node.cases],
                "given": node.given,
                "aggregate": None if node.is_indicator else aggregation_of(framework, node).name,
                "source": node.source,
            }
            yield from descend(node, level + 1)

    yield from descend(framework.root, 1)


def _has_direction(node: Node) -> bool:
    return node.is_indicator and not node.is_named and not node.is_open_slot


def _slot_entry(node: Node) -> dict[str, Any] | None:
    slot = node.slot
    if slot is None:
        return None
    items = None if slot.items is None else list(slot.items)
    filled = not node.is_open_slot
    return {"points": slot.points, "items": items, "must_be_filled": slot.must_be_filled, "filled": filled}


def _weight(weight: float | str | None) -> str | None:
    """A weight as it is written: `20%`, `3`, `unknown`."""
    from parkscore.framework.models import write_number

    return str(write_number(weight)) if isinstance(weight, float) else weight


def _node_row(entry: dict[str, Any]) -> list[Any]:
    words = {
        "higher": Text("越大越好", "higher"),
        "lower": Text("越小越好", "lower"),
        "unknown": Text("未知", "unknown"),
    }
    indent = "  " * (entry["level"] - 1)
    weight, direction = entry["weight"], entry["direction"]
    if weight is None and entry["points"] is not None:
        weight = _points(entry["points"])
    return [
        entry["id"],
        f"{indent}{entry['name']}",
        words.get(weight, weight),
        entry["measure"],
        words.get(direction, direction),
        _what(entry),
        entry["source"],
    ]


def _what(entry: dict[str, Any]) -> Text | str | None:
    """What the indicator is scored by, and what holds the score that somebody gives."""
    if entry["slot"] is not None and not entry["slot"]["filled"]:
        return Text("（预留，未填）", "(slot, not filled)")
    said: str | None = entry["said"] or entry["category"] or "; ".join(entry["conditions"]) or None
    return said if entry["given"] is None else f"{said} -> {entry['given']}"


def _points(points: float | str) -> Text:
    """Declared points, in the place of the weight."""
    if isinstance(points, str):
        return Text("不封顶", "open")
    return Text(f"{points:.12g} 分", f"{points:.12g} {agreeing(points, 'point', 'points')}")


def _field_entries(framework: Framework, reply: Reply) -> Iterator[dict[str, Any]]:
    for field_id, field in framework.fields.items():
        named = field.zh is not None or field.en is not None
        yield {
            "id": field_id,
            "name": reply.word(field.label) if named else field_id,
            "kind": field.kind,
            "measure": field.measure,
            "min": field.min,
            "max": field.max,
            "formula": field.formula,
            "aliases": list(field.aliases),
            "source": field.source,
            "note": field.note,
        }


def _cell(value: Any) -> str | None:
    return f"{value:g}" if isinstance(value, float) else value
