"""Commands about frameworks: what ships, what one says, whether it is right, and its other forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore import shipped
from parkscore.cli.console import JsonOption, LanguageOption, Reply, print_json, reply_to
from parkscore.cli.files import check_output
from parkscore.cli.lists import list_entries, say_lists, say_targets, target_entries
from parkscore.findings import Finding, FrameworkError, Severity
from parkscore.framework.status_words import SOURCE_STATUS, WEIGHTS_STATUS
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.framework.models import Framework, Node

FrameworkArgument = Annotated[
    str,
    typer.Argument(
        metavar="FRAMEWORK", help="随附指标体系的名称，或 .yaml、.xlsx 文件。 A shipped framework by name, or a file."
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(
        "--weights",
        "-w",
        metavar="W",
        help="权重方案的名称或文件，或赋权方法。 A weight scheme by name or file, or a method such as entropy.",
    ),
]
FORMS = (".yaml", ".yml", ".xlsx")


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command("list", short_help="列出随附的内容。 List what ships.")(list_shipped)
    app.command("show", short_help="显示一个指标体系。 Show a framework.")(show)
    app.command("check", short_help="检查指标体系和权重。 Check a framework and its weights.")(check)
    app.command("template", short_help="生成待填写的工作簿。 Make a workbook to fill in.")(template)
    app.command("convert", short_help="YAML 与工作簿互转。 Convert between YAML and a workbook.")(convert)
    app.command("schema", short_help="输出 JSON Schema。 Print the JSON Schema.")(schema)


# --- list ----------------------------------------------------------------------------------------------------------


def list_shipped(language: LanguageOption = None, as_json: JsonOption = False) -> None:
    """列出随附的指标体系、梯度、权重方案和示例数据。 List the frameworks, ladders, schemes and examples that ship."""
    reply = reply_to(language, as_json)
    entries = [_entry(name, reply) for name in shipped.framework_names()]
    schemes = [scheme for entry in entries for scheme in entry.pop("scheme_entries")]
    examples = shipped.example_names()
    ladders = [_ladder_entry(name, reply) for name in shipped.ladder_names()]
    listed = {"frameworks": entries, "ladders": ladders, "schemes": schemes, "examples": examples}
    reply.document("list", listed)
    reply.say(Text("指标体系", "Frameworks"), "")
    heads = (Text("编码", "id"), Text("名称", "title"), Text("状态", "status"), Text("指标", "indicators"))
    reply.table(
        (*heads, Text("权重", "weights"), Text("权重方案", "weight schemes")),
        (
            (
                entry["id"],
                entry["title"],
                SOURCE_STATUS.get(entry["status"]),
                str(entry["indicators"] or ""),
                _weights_in_words(entry),
                ", ".join(entry["schemes"]),
            )
            for entry in entries
        ),
        right=[3],
    )
    reply.say("", Text("梯度", "Ladders"), "")
    heads = (Text("编码", "id"), Text("名称", "title"), Text("状态", "status"), Text("自低至高", "from the lowest up"))
    reply.table(heads, (_ladder_row(each) for each in ladders))
    reply.say("", Text("权重方案", "Weight schemes"), "")
    reply.table(
        (Text("编码", "id"), Text("名称", "title"), Text("状态", "status"), Text("指标体系", "framework")),
        ((each["id"], each["title"], WEIGHTS_STATUS[each["status"]], each["framework"]) for each in schemes),
    )
    reply.say("", Text("示例数据", "Examples"), "", *(f"{example}" for example in examples))


def _indicators(framework: Framework) -> int:
    """How many indicators there are; a slot that is not filled is none."""
    return sum(not leaf.is_open_slot for leaf in framework.leaves)


def _weights_in_words(entry: dict[str, Any]) -> Text | None:
    """The status of a framework's own weights; nothing where nothing is weighed."""
    if not entry["indicators"]:
        return None
    return WEIGHTS_STATUS[entry["weights_status"]] if entry["weights_known"] else Text("有未知", "some unknown")


def _ladder_row(entry: dict[str, Any]) -> list[Any]:
    return [entry["id"], entry["title"], SOURCE_STATUS.get(entry["status"]), " -> ".join(entry["rungs"])]


def _entry(name: str, reply: Reply) -> dict[str, Any]:
    from parkscore.framework.loading import load_framework, load_scheme
    from parkscore.tree.schemes import schemes_for

    framework = load_framework(name)
    schemes = [load_scheme(scheme, framework) for scheme in schemes_for(framework)]
    return {
        "id": name,
        "title": reply.word(framework.title.label),
        "status": framework.status,
        "indicators": _indicators(framework),
        "weights_known": not unknown_weights(framework),
        "weights_status": framework.weights_status,
        "schemes": [scheme.id for scheme in schemes],
        "scheme_entries": [
            {
                "id": scheme.id,
                "title": reply.word(scheme.title.label) if scheme.title is not None else scheme.id,
                "status": scheme.status,
                "framework": name,
            }
            for scheme in schemes
        ],
    }


def _ladder_entry(name: str, reply: Reply) -> dict[str, Any]:
    from parkscore.ladders.loading import load_ladder

    ladder = load_ladder(name).ladder
    return {
        "id": name,
        "title": reply.word(ladder.title.label),
        "status": ladder.status,
        "rungs": [reply.word(rung.label) for rung in ladder.rungs],
        "frameworks": [rung.framework for rung in ladder.rungs],
    }


def unknown_weights(framework: Framework) -> list[Finding]:
    """What keeps a framework from being scored with its own weights, each with the scheme to name instead."""
    from parkscore.tree.schemes import plan_weights

    try:
        plan_weights(framework, None)
    except FrameworkError as error:
        return error.findings
    return []


# --- show ----------------------------------------------------------------------------------------------------------


def show(
    framework: FrameworkArgument,
    fields: Annotated[bool, typer.Option("--fields", help="列出原始数据项。 List the fields.")] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示指标树：权重、单位、方向、公式和来源。 Show the tree: weights, measures, directions, formulas, sources."""
    from parkscore.framework.loading import load_framework

    reply = reply_to(language, as_json)
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
        "indicators": _indicators(framework),
        "slots": len(framework.leaves) - _indicators(framework),
        "fields": len(framework.fields),
        "weights_status": framework.weights_status,
        "weights_known": not unknown_weights(framework),
    }


def _say_about(framework: Framework, about: dict[str, Any], reply: Reply) -> None:
    asks = Text(f"{about['indicators']} 项指标", f"{about['indicators']} indicators")
    if about["slots"]:
        asks = Text(f"{asks.zh}，{about['slots']} 个预留项未填", f"{asks.en}, {about['slots']} slots not filled")
    if framework.only_judges:
        asks = _what_is_there(framework)
    reply.say(
        f"{framework.id}  {about['title']}",
        *_status_and_source(framework),
        Text(
            f"{asks.zh}，{about['fields']} 个数据项（--fields 列出）",
            f"{asks.en}, {about['fields']} fields (--fields lists them)",
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
        f"no indicators; {gates} gates, {lists} lists, {targets} targets",
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
    return Text(f"{points:.12g} 分", f"{points:.12g} points")


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


# --- check ---------------------------------------------------------------------------------------------------------


def check(
    framework: FrameworkArgument,
    weights: WeightsOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查指标体系（和权重方案），一次列出全部问题。 Check a framework (and a weight scheme): all mistakes at once.

    有错误时退出码为 4。 The exit code is 4 where there are errors.
    """
    from parkscore.framework.loading import read_framework
    from parkscore.tree.schemes import plan_weights, remarks

    reply = reply_to(language, as_json)
    read = read_framework(framework)
    unknown = unknown_weights(read.framework) if weights is None else []
    findings = [*read.findings, *(replace(finding, severity=Severity.INFO) for finding in unknown)]
    scheme = None
    if not unknown:
        plan = plan_weights(read.framework, weights)
        scheme = plan.scheme
        findings += remarks(read.framework, plan)
    loaded = read.framework
    counts = {
        "dimensions": sum(not node.is_indicator for node in loaded.walk()),
        "indicators": _indicators(loaded),
        "fields": len(loaded.fields),
        "rules": len(loaded.rules),
        "gates": len(loaded.gates),
        "lists": len(loaded.lists),
        "targets": len(loaded.targets),
    }
    beside = (("gates", " 道门槛"), ("lists", " 份榜单"), ("targets", " 个目标"))
    also = Text(
        "".join(f"，{counts[key]}{zh}" for key, zh in beside if counts[key]),
        "".join(f", {counts[key]} {key}" for key, _ in beside if counts[key]),
    )
    plain = [finding.as_dict(reply.language) for finding in findings]
    about = {"framework": loaded.id, "weights": None if scheme is None else scheme.id}
    reply.document("check", {"ok": True, **about, **counts, "findings": plain})
    reply.say(*(finding.render(reply.language) for finding in findings))
    reply.say(
        Text(
            "ok：{id}，{dimensions} 个一级及中间指标，{indicators} 项指标，{fields} 个数据项，{rules} 条校验规则",
            "ok: {id}, {dimensions} dimensions, {indicators} indicators, {fields} fields, {rules} rules",
        )
        .in_language(reply.language)
        .format(id=loaded.id, **counts)
        + reply.word(also)
    )
    if scheme is not None:
        reply.say(Text(f"ok：权重方案 {scheme.id}，状态 {scheme.status}", f"ok: weights {scheme.id} ({scheme.status})"))


# --- other forms ---------------------------------------------------------------------------------------------------


def template(
    framework: FrameworkArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT.xlsx", help="要写的工作簿。 The workbook.")],
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成待填写的工作簿，每个数据项一列。 Make a workbook to fill in, with a column for each field."""
    from parkscore.data.template import write_template
    from parkscore.framework.loading import load_framework
    from parkscore.output.files import write_whole

    reply = reply_to(language, as_json)
    check_output(output, (".xlsx",), [framework])
    loaded = load_framework(framework)
    write_whole(output, lambda beside: write_template(loaded, beside, reply.language))
    reply.document("template", {"framework": loaded.id, "output": str(output)})
    reply.say(
        Text(
            f"已写入 {output}：填好后 `parkscore validate {framework} {output}`",
            f"wrote {output}: fill it in, then `parkscore validate {framework} {output}`",
        )
    )


def convert(
    source: FrameworkArgument,
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="要写的 .yaml 或 .xlsx。 The other form.")],
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """在 YAML 和工作簿之间转换指标体系，内容不变。 Convert a framework between YAML and a workbook, without loss.

    YAML 的注释不在内容之内。 Comments in YAML are no content and are left behind.
    """
    from parkscore.framework.loading import find_framework, read_framework, read_own_document
    from parkscore.framework.workbook_form import write_workbook
    from parkscore.framework.yaml_form import write_yaml
    from parkscore.output.files import write_whole

    reply = reply_to(language, as_json)
    path = find_framework(source)
    check_output(output, FORMS, [str(path)])
    loaded = read_framework(path).framework  # a framework with mistakes has no other form
    data = read_own_document(path).data

    def write(beside: Path) -> None:
        if output.suffix.lower() == ".xlsx":
            write_workbook(data, beside)
        else:
            beside.write_text(write_yaml(data), encoding="utf-8", newline="\n")

    write_whole(output, write)
    reply.document("convert", {"framework": loaded.id, "source": str(path), "output": str(output)})
    reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    if loaded.extends is not None and output.resolve().parent != path.resolve().parent:
        reply.tell(
            Text(
                f"注意：extends: {loaded.extends} 从 {output} 所在文件夹查找",
                f"note: `extends: {loaded.extends}` is looked for in the folder of {output}",
            )
        )


def schema(
    scheme: Annotated[bool, typer.Option("--scheme", help="权重方案的。 That of weight schemes.")] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """输出指标体系文件的 JSON Schema，供编辑器使用。 Print the JSON Schema of framework files, for editors."""
    from parkscore.framework.json_schema import framework_schema, scheme_schema

    reply = reply_to(language, as_json)
    document = scheme_schema() if scheme else framework_schema()
    reply.document("schema", {"of": "scheme" if scheme else "framework", "document": document})
    if not reply.as_json:
        print_json(document)
