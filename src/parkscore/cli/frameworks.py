"""Commands about frameworks: what ships, what one says, whether it is right, and its other forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from parkscore import shipped
from parkscore.cli.console import JsonOption, LanguageOption, Reply, print_json, reply_to
from parkscore.cli.files import check_output, files_of
from parkscore.cli.framework_arguments import FrameworkArgument, WeightsOption, indicator_count, unknown_weights
from parkscore.cli.showing import show
from parkscore.findings import Severity
from parkscore.framework.status_words import SOURCE_STATUS, WEIGHTS_STATUS
from parkscore.language import Text, plural

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
        "indicators": indicator_count(framework),
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
    from parkscore.framework.member_loading import load_returns
    from parkscore.tree.schemes import plan_weights, remarks

    reply = reply_to(language, as_json)
    read = read_framework(framework)
    if read.framework.members is not None:
        load_returns(read.framework, read.document)
    if read.framework.robustness is not None:
        from parkscore.robustness.specs import spec_of_framework

        spec_of_framework(read.framework, read.document)
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
        "indicators": indicator_count(loaded),
        "fields": len(loaded.fields),
        "rules": len(loaded.rules),
        "gates": len(loaded.gates),
        "lists": len(loaded.lists),
        "targets": len(loaded.targets),
    }
    counted = {key: plural(count, key[:-1]) for key, count in counts.items()}
    beside = (("gates", " 道门槛"), ("lists", " 份榜单"), ("targets", " 个目标"))
    also = Text(
        "".join(f"，{counts[key]}{zh}" for key, zh in beside if counts[key]),
        "".join(f", {counted[key]}" for key, _ in beside if counts[key]),
    )
    plain = [finding.as_dict(reply.language) for finding in findings]
    about = {"framework": loaded.id, "weights": None if scheme is None else scheme.id}
    reply.document("check", {"ok": True, **about, **counts, "findings": plain})
    reply.say(*(finding.render(reply.language) for finding in findings))
    reply.say(
        Text(
            f"ok：{loaded.id}，{counts['dimensions']} 个一级及中间指标，{counts['indicators']} 项指标，"
            f"{counts['fields']} 个数据项，{counts['rules']} 条校验规则{also.zh}",
            f"ok: {loaded.id}, {counted['dimensions']}, {counted['indicators']}, {counted['fields']}, "
            f"{counted['rules']}{also.en}",
        )
    )
    if scheme is not None:
        status = WEIGHTS_STATUS[scheme.status]
        reply.say(Text(f"ok：权重方案 {scheme.id}，状态：{status.zh}", f"ok: weights {scheme.id} ({status.en})"))


# --- other forms ---------------------------------------------------------------------------------------------------


def template(
    framework: FrameworkArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT.xlsx", help="要写的工作簿。 The workbook.")],
    beside_returns: Annotated[
        bool,
        typer.Option(
            "--beside-returns", help="只要企业年报给不出的数据项，供 members --zones 用。 What no return gives only."
        ),
    ] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成待填写的工作簿，每个数据项一列。 Make a workbook to fill in, with a column for each field."""
    from parkscore.data.template import write_template
    from parkscore.framework.loading import load_framework
    from parkscore.output.files import write_whole

    reply = reply_to(language, as_json)
    check_output(output, (".xlsx",), files_of(framework))
    loaded = load_framework(framework)
    write_whole(output, lambda beside: write_template(loaded, beside, reply.language, beside_returns=beside_returns))
    reply.document("template", {"framework": loaded.id, "output": str(output)})
    then = f"parkscore validate {framework} {output}"
    if beside_returns:
        then = f"parkscore members {framework} RETURNS --zones {output}"
    reply.say(Text(f"已写入 {output}：填好后 `{then}`", f"wrote {output}: fill it in, then `{then}`"))


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
    from parkscore.framework.yaml_writing import write_yaml
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
