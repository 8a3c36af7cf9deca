"""The command that shows how a framework behaves on a table: gaps, correlations, reliability, true weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument, WeightsOption
from parkscore.cli.masking import MaskFieldOption, MaskKeyOption, MaskOption, mask_of
from parkscore.cli.scoring import DataArgument, YearOption, evaluated, say_result
from parkscore.language import Text, agreeing, plural

if TYPE_CHECKING:
    import pandas as pd

    from parkscore.diagnosis.diagnosing import Diagnosis

DIAGNOSIS_FORMS = (".xlsx", ".json")
TOP = 10


def add_to(app: typer.Typer) -> None:
    """Put this command into the command line."""
    app.command("diagnose", short_help="统计诊断。 Diagnose a framework on data.")(diagnose)


def diagnose(
    framework: FrameworkArgument,
    data: DataArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="全部表格 .xlsx 或 .json。 A file for every table."),
    ] = None,
    weights: WeightsOption = None,
    year: YearOption = None,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """统计诊断指标体系。 Diagnose a framework on a table.

    数据完整度、分布、相关、信度、主成分，以及各部分的实际作用（对得分的主效应）与名义权重的对照。
    Gaps, spread, correlations, reliability, components, and what each part really weighs (its main effect on the score)
    beside what its weight says.
    """
    from parkscore.diagnosis.diagnosing import diagnose as diagnose_evaluation

    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, DIAGNOSIS_FORMS, [source, *files_of(framework, weights, mask_key)])
    with reply.waiting(Text("正在诊断", "diagnosing")):
        hidden = mask_of(mask, mask_key, mask_field)
        diagnosis = diagnose_evaluation(evaluated(framework, source, weights, year, mask=hidden))
    if output is not None:
        _write(diagnosis, output, reply)
    path = None if output is None else str(output)
    if reply.as_json:
        reply.document(
            "diagnose", diagnosis.as_dict(reply.language) | {"schema": "parkscore-diagnose/1", "output": path}
        )
        return
    _say(diagnosis, reply)
    if output is not None:
        reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    rest = Text("用 parkscore score --json 列出全部", "parkscore score --json lists all of them")
    reply.show_findings(diagnosis.evaluation.findings, rest)


def _write(diagnosis: Diagnosis, output: Path, reply: Reply) -> None:
    if output.suffix.lower() == ".json":
        diagnosis.to_json(output, reply.language)
    else:
        diagnosis.to_excel(output, reply.language)


def _say(diagnosis: Diagnosis, reply: Reply) -> None:
    """The summary, what matters most first; the whole tables are in the file."""
    say_result(diagnosis.evaluation, reply)
    of_evaluation = len(diagnosis.evaluation.notes)
    reply.say(*(Text(f"注意：{note.zh}", f"note: {note.en}") for note in diagnosis.notes[of_evaluation:]))
    _say_gaps(diagnosis, reply)
    _say_influence(diagnosis, reply)
    _say_reliability(diagnosis, reply)
    _say_correlations(diagnosis, reply)
    _say_obstacles(diagnosis, reply)


def _say_gaps(diagnosis: Diagnosis, reply: Reply) -> None:
    values = diagnosis.statistics[diagnosis.statistics["stage"] == "values"]
    share = diagnosis.availability["share"]
    gaps = int((share < 1).sum())
    lowest = "" if share.isna().all() else f"{share.min():.1%}"
    reply.say(
        "",
        Text(
            f"{len(values)} 个指标，{gaps} 个有缺失，最低完整度 {lowest}",
            f"{plural(len(values), 'indicator')}, {gaps} with gaps, the least complete at {lowest}",
        ),
    )
    for flag, text in _ODD.items():
        ids = values.loc[values["flag"] == flag, "id"].astype(str).tolist()
        if ids:
            reply.say(Text(f"{text.zh}：{'、'.join(ids)}", f"{text.en}: {', '.join(ids)}"))


_ODD = {
    "empty": Text("没有数据", "no data"),
    "constant": Text("没有差异", "equal for all"),
    "outliers": Text(
        "少数对象左右全局（偏度超过 2 且峰度超过 3.5）", "a few units decide (skewness > 2, kurtosis > 3.5)"
    ),
}


def _say_influence(diagnosis: Diagnosis, reply: Reply) -> None:
    table = diagnosis.influence
    total = diagnosis.evaluation.framework.total.id
    top = table[(table["of"] == total) & (table["members"] == "children")]
    reply.say(
        "",
        Text(
            "名义权重与实际作用（主效应：该部分单独解释的得分方差；实际作用：主效应占其总和的份额）",
            "what the weights say, and how the parts act (main effect: the share of the score's variance that the part "
            "explains alone; acts like: main effects as shares of their sum)",
        ),
    )
    _influence_rows(top, reply)
    parts = table[(table["of"] == total) & (table["members"] == "indicators")]
    away = (parts["acts_like"] - parts["nominal"]).abs().sort_values(ascending=False, kind="stable")
    farthest = parts.loc[away.dropna().index[:TOP]]
    if len(farthest):
        reply.say(
            "",
            Text(
                f"相差最大的 {len(farthest)} 个指标",
                f"the {plural(len(farthest), 'indicator')} farthest from "
                f"{agreeing(len(farthest), 'its', 'their')} weight",
            ),
        )
        _influence_rows(farthest, reply)


def _influence_rows(table: pd.DataFrame, reply: Reply) -> None:
    heads = (
        Text("编码", "id"),
        Text("名称", "name"),
        Text("名义", "says"),
        Text("实际", "acts like"),
        Text("主效应", "main effect"),
        Text("提示", "flag"),
    )
    rows = [
        (row["id"], row[reply.language], *(_percent(row[key]) for key in ("nominal", "acts_like", "main_effect")), row)
        for row in _rows(table)
    ]
    reply.table(heads, [(*row[:-1], _words(row[-1]["flag"], reply)) for row in rows], right=[2, 3, 4])


def _say_reliability(diagnosis: Diagnosis, reply: Reply) -> None:
    labels = {node.id: node.label for node in diagnosis.evaluation.framework.root.walk()}
    table = diagnosis.reliability
    heads = (
        Text("编码", "id"),
        Text("维度", "dimension"),
        Text("指标数", "items"),
        Text("完整行", "complete rows"),
        Text("克朗巴赫 α", "alpha"),
        Text("KMO", "KMO"),
        Text("第一主成分", "first component"),
        Text("提示", "flag"),
    )
    reply.say(
        "",
        Text("各维度是否测量同一事物（得分，完整行）", "does each dimension measure one thing (scores, complete rows)"),
    )
    reply.table(
        heads,
        [
            (
                row["of"],
                labels[row["of"]],
                str(row["items"]),
                str(row["n"]),
                _number(row["alpha"]),
                _number(row["kmo"]),
                _percent(row["first_component"]),
                _words(row["flag"], reply),
            )
            for row in _rows(table[table["members"] == "children"])
        ],
        right=[2, 3, 4, 5, 6],
    )


def _say_correlations(diagnosis: Diagnosis, reply: Reply) -> None:
    table = diagnosis.correlations
    siblings = table[table["relation"] == "siblings"]
    count = {flag: int((siblings["flag"] == flag).sum()) for flag in ("negative", "weak", "collinear")}
    reply.say(
        "",
        Text(
            f"同级相关 {len(siblings)} 对：负 {count['negative']}，弱 {count['weak']}，近乎重复 {count['collinear']}",
            f"{plural(len(siblings), 'pair')} of siblings: {count['negative']} negative, {count['weak']} weak, "
            f"{count['collinear']} nearly the same",
        ),
    )
    striking = siblings[siblings["flag"].isin(["negative", "collinear"])]
    striking = striking.loc[striking["pearson"].abs().sort_values(ascending=False, kind="stable").index[:TOP]]
    if not len(striking):
        return
    names = {node.id: node.label for node in diagnosis.evaluation.framework.walk()}
    heads = (Text("甲", "a"), Text("", ""), Text("乙", "b"), Text("", ""), Text("样本", "n"))
    reply.table(
        (*heads, Text("皮尔逊 r", "Pearson r"), Text("斯皮尔曼 ρ", "Spearman rho"), Text("提示", "flag")),
        [
            (
                row["a"],
                names[row["a"]],
                row["b"],
                names[row["b"]],
                str(row["n"]),
                _number(row["pearson"]),
                _number(row["spearman"]),
                _words(row["flag"], reply),
            )
            for row in _rows(striking)
        ],
        right=[4, 5, 6],
    )


def _say_obstacles(diagnosis: Diagnosis, reply: Reply) -> None:
    greatest = diagnosis.obstacles.sort_values("mean_obstacle", ascending=False, kind="stable").head(TOP)
    if not len(greatest):
        return
    heads = (
        Text("编码", "id"),
        Text("名称", "name"),
        Text("名义权重", "weight"),
        Text("平均障碍度", "mean obstacle"),
        Text("首要次数", "times first"),
    )
    reply.say(
        "", Text("障碍度最大的指标（加权差距的份额）", "what holds the units back (shares of the weighted shortfall)")
    )
    reply.table(
        heads,
        [
            (
                row["id"],
                row[reply.language],
                _percent(row["nominal"]),
                _percent(row["mean_obstacle"]),
                str(row["times_first"]),
            )
            for row in _rows(greatest)
        ],
        right=[2, 3, 4],
    )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    from parkscore.output.documents import records

    return records(table)


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{value:.1%}"


def _words(flag: str | None, reply: Reply) -> str | None:
    from parkscore.diagnosis.sheets import words_of

    return words_of(flag, reply.language)
