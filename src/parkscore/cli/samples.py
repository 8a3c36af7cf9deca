"""Commands that need no data of one's own: make a synthetic table, and show the main job on what ships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument
from parkscore.cli.scoring import (
    all_findings,
    counted,
    evaluated,
    latest_ranked,
    say_ranking,
    say_result,
    say_top,
    write_evaluation,
)
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text, plural

if TYPE_CHECKING:
    import pandas as pd

    from parkscore.evaluation import Evaluation
    from parkscore.framework.models import Framework

TABLE_FORMS = (".csv", ".xlsx", ".parquet")
STREAMED_FORMS = (".parquet", ".csv", "")
UNITS = 178
SYNTHETIC = Text("合成数据，非真实", "synthetic data, not real")

DEMO_FRAMEWORK, DEMO_DATA, DEMO_SCHEME = "zone-2021", "zones-synthetic.csv", "zone-2021-equal-within"
FIGURES_FRAMEWORK, FIGURES_DATA = "zone-figures", "zone-figures.csv"


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command("sample", short_help="生成合成数据表。 Make a synthetic table.")(sample)
    app.command("demo", short_help="在随附数据上演示。 Show the main job on what ships.")(demo)


# --- sample --------------------------------------------------------------------------------------------------------


def sample(
    framework: FrameworkArgument,
    units: Annotated[
        int | None, typer.Option("--units", metavar="N", help="对象数，默认 178。 Number of units, by default 178.")
    ] = None,
    years: Annotated[int, typer.Option("--years", metavar="Y", help="年数。 Number of years.")] = 2,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="随机种子。 Seed of the random numbers.")] = 1,
    beside_returns: Annotated[
        bool,
        typer.Option(
            "--beside-returns", help="只要企业年报给不出的数据项，供 members --zones 用。 What no return gives only."
        ),
    ] = False,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            metavar="N",
            help="企业年报，各年合计 N 行，直接写 .parquet、.csv 或文件夹。 Enterprise returns, N rows over all years.",
        ),
    ] = None,
    zones: Annotated[
        int | None,
        typer.Option("--zones", metavar="Z", help="与 --rows 并用：园区数，默认 178。 With --rows: number of zones."),
    ] = None,
    gaps: Annotated[
        float | None,
        typer.Option(
            "--gaps",
            min=0,
            max=1,
            metavar="SHARE",
            help="与 --rows 并用：空格比例，默认 0.05。 With --rows: share of gaps.",
        ),
    ] = None,
    suspect: Annotated[
        float | None,
        typer.Option(
            "--suspect",
            min=0,
            max=1,
            metavar="SHARE",
            help="与 --rows 并用：有可疑差错（如错位）的行，默认 0.001。 With --rows: share with a slipped digit.",
        ),
    ] = None,
    invalid: Annotated[
        float | None,
        typer.Option(
            "--invalid",
            min=0,
            max=1,
            metavar="SHARE",
            help="与 --rows 并用：校验通不过的行，默认 0。 With --rows: share of rows that validation refuses.",
        ),
    ] = None,
    mistakes: Annotated[
        Path | None,
        typer.Option(
            "--mistakes", metavar="LIST.csv", help="与 --rows 并用：列出全部差错。 With --rows: list every mistake."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="默认 <指标体系>-synthetic.csv；也可 .xlsx、.parquet。 The file."
        ),
    ] = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """生成合成数据表，供试用；不是真实数据。 Make a synthetic table to try things on; nothing in it is real."""
    from parkscore.framework.loading import load_framework

    reply = reply_to(language, as_json)
    loaded = load_framework(framework)
    of_returns = {"zones": zones, "gaps": gaps, "suspect": suspect, "invalid": invalid, "mistakes": mistakes}
    stated = {name: value for name, value in of_returns.items() if value is not None}
    if rows is not None:
        if units is not None or beside_returns:
            raise _two_sizes() if units is not None else _not_of_returns()
        path = output if output is not None else Path(f"{loaded.id}-synthetic.parquet")
        check_output(path, STREAMED_FORMS, files_of(framework))
        made, columns = _stream(loaded, path, {"rows": rows, "years": years, "seed": seed, **stated}, reply)
    else:
        if stated:
            raise _only_with_rows(stated)
        path = output if output is not None else Path(f"{loaded.id}-synthetic.csv")
        check_output(path, TABLE_FORMS, files_of(framework))
        made = {"units": UNITS if units is None else units, "years": years, "seed": seed}
        made, columns = _draw(loaded, path, made, beside_returns, reply)
    reply.document(
        "sample",
        {"output": str(path), "framework": loaded.id, **made, "synthetic": True, "note": reply.word(SYNTHETIC)},
    )
    reply.say(
        Text(
            f"{SYNTHETIC.zh}：{made['rows']} 行 {columns} 列，种子 {seed}，已写入 {path}",
            f"{SYNTHETIC.en}: {plural(made['rows'], 'row')}, {plural(columns, 'column')}, seed {seed}, wrote {path}",
        )
    )
    if made.get("mistakes"):
        reply.say(_mistakes_made(made["mistakes"], mistakes))
    if not any(word in path.name.lower() for word in ("synthetic", "合成")):
        reply.tell(
            Text(
                f"注意：文件名 {path.name} 看不出数据是合成的，建议加上 synthetic",
                f"note: the name {path.name} does not say that the data are synthetic; consider adding the word",
            )
        )


def _draw(
    framework: Framework, path: Path, asked: dict[str, int], beside_returns: bool, reply: Reply
) -> tuple[dict[str, Any], int]:
    """Make a table in memory; what was made, and its columns."""
    from parkscore.sampling import sample as draw

    with reply.waiting(Text("正在生成", "making the table")):
        frame = draw(framework, **asked, beside_returns=beside_returns)
        _write_table(frame, path, framework)
    return {"rows": len(frame), **asked}, len(frame.columns)


def _stream(framework: Framework, path: Path, asked: dict[str, Any], reply: Reply) -> tuple[dict[str, Any], int]:
    """Write a table of any size; what was made, and its columns."""
    from dataclasses import asdict

    from parkscore.sampling.streaming import sample_file

    with reply.waiting(Text("正在生成", "making the table")):
        made = sample_file(framework, path, **asked)
    return {**asdict(made.recipe), "units": made.units, "mistakes": made.mistakes}, made.columns


def _mistakes_made(counts: dict[str, int], listed: Path | None) -> Text:
    from parkscore.sampling.mistakes import KINDS

    zh = "，".join(f"{KINDS[kind].zh} {count}" for kind, count in counts.items())
    en = ", ".join(f"{count} ({KINDS[kind].en})" for kind, count in counts.items())
    where_zh, where_en = ("", "") if listed is None else (f"，清单见 {listed}", f"; listed in {listed}")
    total = sum(counts.values())
    return Text(f"故意做错 {total} 处：{zh}{where_zh}", f"mistakes made on purpose, {total}: {en}{where_en}")


def _only_with_rows(stated: dict[str, Any]) -> UsageError:
    options = ", ".join(f"--{name}" for name in stated)
    return UsageError(
        Finding(
            code="only_with_rows",
            severity=Severity.ERROR,
            message=Text(f"{options} 要与 --rows 并用", f"{options} goes with --rows"),
            hint=Text("用 --rows 给出行数，或去掉它", "state the number of --rows, or leave it out"),
        )
    )


def _not_of_returns() -> UsageError:
    message = Text("--beside-returns 与 --rows 只能写一个", "--beside-returns and --rows exclude each other")
    hint = Text(
        "--rows 生成企业年报；园区的其余数据项用 --units", "--rows makes returns; what zones have beside them, --units"
    )
    return UsageError(Finding(code="contradicting_options", severity=Severity.ERROR, message=message, hint=hint))


def _two_sizes() -> UsageError:
    return UsageError(
        Finding(
            code="two_sizes",
            severity=Severity.ERROR,
            message=Text("--units 与 --rows 只能写一个", "--units and --rows exclude each other"),
            hint=Text(
                "--units 是对象数，--rows 是各年合计的行数", "--units counts units, --rows the rows over all years"
            ),
        )
    )


def _write_table(frame: pd.DataFrame, path: Path, framework: Framework) -> None:
    from parkscore.output.files import write_whole
    from parkscore.output.safe_text import safe_frame
    from parkscore.output.workbook import Sheet, write_sheets

    label = f"{SYNTHETIC.zh} {SYNTHETIC.en}"

    def write(beside: Path) -> None:
        if path.suffix.lower() == ".csv":
            safe_frame(frame).to_csv(beside, index=False, encoding="utf-8-sig", lineterminator="\n")
        elif path.suffix.lower() == ".parquet":
            _write_parquet(frame, beside, label)
        else:
            kinds = {str(name): "value" for name in frame.columns if frame[name].dtype.kind in "iuf"}
            write_sheets([Sheet("数据", frame, kinds=kinds)], beside, {"title": framework.id, "comments": label})

    write_whole(path, write)


def _write_parquet(frame: pd.DataFrame, path: Path, label: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), "parkscore": label}), path)


# --- demo ----------------------------------------------------------------------------------------------------------


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT.xlsx", help="要写的工作簿。 The workbook to write.")
    ] = Path("parkscore-demo.xlsx"),
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """在随附数据上演示全过程：校验、计分、排名。 Show the main job on what ships: validate, score, rank."""
    from parkscore.framework.loading import load_framework

    reply = reply_to(language, as_json)
    check_output(output, (".xlsx",))
    with reply.waiting(Text("正在计分", "scoring")):
        found, _ = all_findings(load_framework(DEMO_FRAMEWORK), find_data(DEMO_DATA))
        synthetic = evaluated(DEMO_FRAMEWORK, find_data(DEMO_DATA), DEMO_SCHEME)
        figures = evaluated(FIGURES_FRAMEWORK, find_data(FIGURES_DATA))
        write_evaluation(synthetic, output, reply)
    commands = [
        f"parkscore validate {DEMO_FRAMEWORK} {DEMO_DATA}",
        f"parkscore score {DEMO_FRAMEWORK} {DEMO_DATA} --weights {DEMO_SCHEME} -o {output}",
        f"parkscore score {FIGURES_FRAMEWORK} {FIGURES_DATA}",
    ]
    reply.document(
        "demo",
        {
            "output": str(output),
            "commands": commands,
            "synthetic": _summary(synthetic),
            "figures": _summary(figures),
        },
    )
    if not reply.as_json:
        _say_what_is_used(synthetic, reply)
        _step(1, Text("校验数据", "Validate the data"), commands[0], reply)
        reply.say(counted(found, passed=True))
        _say_warnings(found, reply)
        _step(2, Text("计分排名", "Score and rank"), commands[1], reply)
        say_result(synthetic, reply)
        say_top(synthetic, reply)
        _say_first_and_last(synthetic, reply)
        reply.say(_kinds_of_findings(synthetic), _written(output))
        _step(3, Text("真实数字：稀疏，但不猜", "Real figures: sparse, and nothing is guessed"), commands[2], reply)
        _say_figures(figures, reply)


def _summary(evaluation: Evaluation) -> dict[str, Any]:
    whole = evaluation.as_dict("en")
    columns = [str(column) for column in evaluation.ranking.columns]
    return {
        "about": whole["about"],
        "ranking": [{column: row[column] for column in columns} for row in whole["scores"]],
        "findings": _counts(evaluation),
    }


def _step(number: int, title: Text, command: str, reply: Reply) -> None:
    reply.say("", Text(f"{number}. {title.zh}", f"{number}. {title.en}"), f"   $ {command}", "")


def _say_warnings(findings: Iterable[Finding], reply: Reply) -> None:
    """Each warning in a line, so that the count above is no riddle."""
    for finding in findings:
        if finding.severity is Severity.WARNING:
            year = f"{finding.year}  " if finding.year is not None else ""
            reply.say(Text(f"   {year}{finding.message.zh}", f"   {year}{finding.message.en}"))


def _kinds_of_findings(evaluation: Evaluation) -> Text:
    """How many findings of each severity scoring made, and of which kinds."""
    warnings, infos = (
        sum(finding.severity is severity for finding in evaluation.findings)
        for severity in (Severity.WARNING, Severity.INFO)
    )
    kinds = ", ".join(f"{code} {count}" for code, count in _counts(evaluation).items())
    return Text(
        f"计分中的警告 {warnings} 条，提示 {infos} 条（{kinds}），见工作表“数据质量”",
        f"scoring gave {plural(warnings, 'warning')} and {plural(infos, 'remark')} ({kinds}), see the sheet `findings`",
    )


def _counts(evaluation: Evaluation) -> dict[str, int]:
    return dict(Counter(finding.code for finding in evaluation.findings))


def _written(output: Path) -> Text:
    return Text(
        f"已写入 {output}：位次、得分、指标值、参照值、贡献分解、权重、缺失填补、异常值处理、数据质量、来源，"
        "各一张工作表",
        f"wrote {output}: ranking, scores, values, reference, contributions, weights, filled gaps, treated cells, "
        "findings and sources",
    )


def _say_what_is_used(evaluation: Evaluation, reply: Reply) -> None:
    framework = evaluation.framework
    units = len(set(evaluation.table.units.tolist()))
    reply.say(
        Text(
            "演示：从一份指标体系和一张数据表，到一份说得清的排名",
            "Demo: from a framework and a table to a ranking that can be explained",
        ),
        "",
        Text(
            f"指标体系：{framework.title.label.zh}，{len(framework.leaves)} 项指标",
            f"framework: {framework.title.label.en}, {plural(len(framework.leaves), 'indicator')}",
        ),
        Text(
            f"数据：{units} 个高新区两年的合成数据，不是真实数据；只有部分全国合计取自公布数",
            f"data: {units} made-up zones over two years, synthetic, not real; only some national totals are published",
        ),
        Text(
            "权重：一级指标用公布的权重；二级指标的大多未公布，此处假定为等权，所以这不是官方排名",
            "weights: published at the first level; below it most are not public and assumed equal here, so this is no "
            "official ranking",
        ),
    )


def _say_first_and_last(evaluation: Evaluation, reply: Reply) -> None:
    """The dimensions of the first, the middle and the last unit, and what sets the first and the last apart."""
    positions, _ = latest_ranked(evaluation)
    scores = evaluation.scores.iloc[positions]
    shown = [scores.iloc[position] for position in (0, len(scores) // 2, -1)]
    dimensions = {node.id: f"{node.id} {reply.word(node.label)}" for node in evaluation.framework.indicators}
    reply.table(
        (
            Text("一级指标得分", "scores of the dimensions"),
            *(Text(f"第 {row['rank']} 位 {row['unit']}", f"rank {row['rank']}: {row['unit']}") for row in shown),
        ),
        ((head, *(f"{row[node]:.2f}" for row in shown)) for node, head in dimensions.items()),
        right=[1, 2, 3],
    )
    reply.say("")
    for row in (shown[0], shown[-1]):
        lead = {head: float(row[node] - scores[node].median()) for node, head in dimensions.items()}
        best, worst = max(lead, key=lead.__getitem__), min(lead, key=lead.__getitem__)
        reply.say(
            Text(
                f"{row['unit']}（第 {row['rank']} 位）与中位数相比：最好 {best} {lead[best]:+.1f}，"
                f"最差 {worst} {lead[worst]:+.1f}",
                f"{row['unit']} (rank {row['rank']}) against the median: best {best} {lead[best]:+.1f}, "
                f"worst {worst} {lead[worst]:+.1f}",
            )
        )
    reply.say("")


def _say_figures(evaluation: Evaluation, reply: Reply) -> None:
    """The zones that few published figures suffice for, and why they do not suffice for the others."""
    say_result(evaluation, reply)
    reply.say("")
    ranked = evaluation.ranking["rank"].notna().tolist()
    positions = range(len(ranked))
    say_ranking(evaluation, [*compress(positions, ranked), *(each for each in positions if not ranked[each])], reply)
