"""The command that puts several weight schemes side by side: who moves, how far the ranks agree, who stays on top."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument
from parkscore.cli.masking import MaskFieldOption, MaskKeyOption, MaskOption, mask_of
from parkscore.cli.row_counts import of_years
from parkscore.cli.scoring import RESULT_FORMS, DataArgument, YearOption, where_findings_are
from parkscore.language import Text, plural

if TYPE_CHECKING:
    from parkscore.comparison.side_by_side import Scenarios

TOP = 10
MOST_NAMES = 5

SchemesOption = Annotated[
    list[str],
    typer.Option(
        "--weights",
        "-w",
        metavar="W",
        help="权重方案或赋权方法，每个一次，至少两个，第一个为基准；指标体系自己的权重用其编码。 A scheme or a method, "
        "once for each, two at least, the first is the base; the framework's own weights go by its id.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Put this command into the command line."""
    app.command("compare", short_help="比较权重方案。 Compare weight schemes.")(compare)


def compare(
    framework: FrameworkArgument,
    data: DataArgument,
    weights: SchemesOption,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="结果 .xlsx、.json、.csv 或 .parquet。 A file for the comparison."
        ),
    ] = None,
    year: YearOption = None,
    top: Annotated[
        int, typer.Option("--top", metavar="K", help="前几名的重合。 How many of the best to look at for overlap.")
    ] = TOP,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """把几个权重方案并排比较。 Put several weight schemes side by side.

    位次的一致程度、前几名的重合、变动最大的对象及原因；文件里有全部得分、位次和权重。
    How far the ranks agree, who stays on top, who moves most and why; the file has every score, rank and weight.
    """
    from parkscore.comparison.comparing import scenarios

    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, RESULT_FORMS, [source, *files_of(framework, *weights, mask_key)])
    with reply.waiting(Text("正在计分", "scoring")):
        compared = scenarios(framework, source, weights, year=year, top=top, mask=mask_of(mask, mask_key, mask_field))
    if output is not None:
        with reply.waiting(Text("正在写出", "writing")):
            _write(compared, output, reply)
    path = None if output is None else str(output)
    if reply.as_json:
        reply.document("compare", compared.as_dict(reply.language) | {"schema": "parkscore-compare/1", "output": path})
        return
    _say(compared, reply)
    if output is not None:
        reply.say("", Text(f"已写入 {output}", f"wrote {output}"))
    reply.show_findings(compared.findings, where_findings_are(output))


def _write(compared: Scenarios, output: Path, reply: Reply) -> None:
    """Write the comparison in the form that the suffix names."""
    write = {".csv": compared.to_csv, ".parquet": compared.to_parquet, ".json": compared.to_json}
    write.get(output.suffix.lower(), compared.to_excel)(output, reply.language)


def _say(compared: Scenarios, reply: Reply) -> None:
    """The summary; the whole tables are in the file."""
    _say_schemes(compared, reply)
    _say_agreement(compared, reply)
    _say_overlap(compared, reply)
    _say_movers(compared, reply)


def _say_schemes(compared: Scenarios, reply: Reply) -> None:
    from parkscore.evaluation_about import count_units
    from parkscore.framework.status_words import WEIGHTS_STATUS

    about, base = compared.about, compared.labels[0]
    years, rows = about["data_years"], about["units"]
    of = of_years(years, count_units(compared.base.table, compared.base.rows))
    each_zh, each = ("行", "row") if len(years) > 1 else ("个对象", "unit")
    reply.say(
        Text(
            f"{rows} {each_zh}，{len(compared.labels)} 个权重方案{of.zh}；基准：{base}",
            f"{plural(rows, each)} under {plural(len(compared.labels), 'weight scheme')}{of.en}; the base is {base}",
        ),
        *(Text(f"注意：{note.zh}", f"note: {note.en}") for note in compared.notes),
        "",
    )
    reply.table(
        (Text("方案", "scheme"), Text("名称", "title"), Text("状态", "status"), Text("已排名", "ranked")),
        [
            (each["scheme"], each[reply.language], WEIGHTS_STATUS[each["status"]], str(each["ranked"]))
            for each in about["schemes"]
        ],
        right=[3],
    )


_HEADS = {
    "scheme": Text("方案", "scheme"),
    "unit": Text("评价对象", "unit"),
    "a": Text("甲方案", "a"),
    "b": Text("乙方案", "b"),
    "year": Text("年份", "year"),
    "class": Text("分类", "class"),
    "n": Text("对象数", "units"),
    "spearman": Text("斯皮尔曼 ρ", "Spearman rho"),
    "kendall": Text("肯德尔 τ-b", "Kendall tau-b"),
    "mean_shift": Text("平均变动", "mean shift"),
    "largest_shift": Text("最大变动", "largest"),
    "unchanged": Text("不变", "unchanged"),
    "flag": Text("提示", "flag"),
    "both": Text("共同", "in both"),
    "share": Text("比例", "share"),
    "entered": Text("只在乙", "in b only"),
    "left": Text("只在甲", "in a only"),
    "from": Text("基准位次", "from"),
    "to": Text("位次", "to"),
    "places_gained": Text("上升位数", "places gained"),
    "why": Text("原因", "why"),
}
_FORMS = {
    **dict.fromkeys(("year", "n", "largest_shift", "both", "from", "to"), "{:.0f}"),
    **dict.fromkeys(("spearman", "kendall"), "{:.3f}"),
    **dict.fromkeys(("unchanged", "share"), "{:.1%}"),
    "mean_shift": "{:.1f}",
    "places_gained": "{:+d}",
}
"""The columns of numbers, and how these are shown; every other column is text."""


def _table(columns: Sequence[str], rows: Sequence[dict[str, Any]], reply: Reply) -> None:
    """Rows as a table, with those of these columns that they have."""
    shown = [column for column in columns if not rows or column in rows[0]]
    reply.table(
        [_HEADS[column] for column in shown],
        [[_cell(column, row[column]) for column in shown] for row in rows],
        right=[number for number, column in enumerate(shown) if column in _FORMS],
    )


def _cell(column: str, value: Any) -> Any:
    return _FORMS[column].format(value) if column in _FORMS and value is not None else value


def _say_agreement(compared: Scenarios, reply: Reply) -> None:
    from parkscore.comparison.sheets import FLAGS

    rows = [row | {"flag": FLAGS.get(row["flag"])} for row in _rows(compared.agreement)]
    reply.say("", Text("位次的一致程度（变动为名次之差的绝对值）", "how far the ranks agree (shifts are absolute)"))
    measures = ("n", "spearman", "kendall", "mean_shift", "largest_shift", "unchanged", "flag")
    _table(("a", "b", "year", "class", *measures), rows, reply)


def _say_overlap(compared: Scenarios, reply: Reply) -> None:
    rows = [
        row | {"entered": _names(row["entered"], reply), "left": _names(row["left"], reply)}
        for row in _rows(compared.overlap())
    ]
    reply.say(
        "",
        Text(
            f"前 {compared.top} 名的重合（最后一名并列的都算）",
            f"the top {compared.top} (with all that tie for the last place)",
        ),
    )
    _table(("a", "b", "year", "both", "share", "entered", "left"), rows, reply)


def _say_movers(compared: Scenarios, reply: Reply) -> None:
    """The ten that move most, whatever the scheme."""
    movers = compared.movers(TOP)
    first = movers["places_gained"].abs().sort_values(ascending=False, kind="stable").index[:TOP]
    if not len(first):
        reply.say("", Text("位次没有变动", "no rank changes"))
        return
    base, reasons = compared.labels[0], _Reasons(compared, reply)
    rows = _rows(movers.loc[first])
    if compared.why_no_contributions() is None:
        rows = [row | {"why": reasons.of(row)} for row in rows]
    reply.say(
        "",
        Text(
            f"变动最大的 {len(rows)} 个（与基准 {base} 相比，正数为上升；原因：维度贡献的变动，括号内为全体平均）",
            f"the {len(rows)} that move most (against {base}, above 0 for a rise; why: the change of what a dimension "
            "adds, in brackets the mean of all units)",
        ),
    )
    _table(("scheme", "unit", "year", "class", "from", "to", "places_gained", "why"), rows, reply)


class _Reasons:
    """Says of a mover which dimensions made it, from how much more or less they add."""

    def __init__(self, compared: Scenarios, reply: Reply) -> None:
        """Look up the mean changes and the names once."""
        from parkscore.comparison.sheets import MOVED_BY_OTHERS

        self._means = {(row["scheme"], row.get("year")): row for row in _rows(compared.mean_changes)}
        self._names = {node.id: reply.word(node.label) for node in compared.framework.indicators}
        self._others = reply.word(MOVED_BY_OTHERS)
        self._between = "；" if reply.language == "zh" else "; "

    def of(self, mover: dict[str, Any]) -> str:
        """Such as `5 Quality -2.77 (-5.46)`."""
        mean = self._means[mover["scheme"], mover.get("year")]
        if not mover["made_by"]:
            return self._others
        return self._between.join(
            f"{node} {self._names[node]} {mover[f'change_{node}']:+.2f} ({mean[f'change_{node}']:+.2f})"
            for node in mover["made_by"]
        )


def _rows(table: Any) -> list[dict[str, Any]]:
    from parkscore.output.documents import records

    return records(table)


def _names(names: Sequence[str], reply: Reply) -> str:
    """The first few, and how many more there are."""
    listed = ("、" if reply.language == "zh" else ", ").join(names[:MOST_NAMES])
    left = len(names) - MOST_NAMES
    return listed if left <= 0 else listed + reply.word(Text(f" 等 {len(names)} 个", f" and {left} more"))
