"""The command that tries other weights and methods by the thousand, and says of each unit how firm its rank is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument, WeightsOption
from parkscore.cli.progress import Progress
from parkscore.cli.scoring import RESULT_FORMS, DataArgument, where_findings_are
from parkscore.cli.streams import keep_stdout
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.robustness.answers import Telling
    from parkscore.robustness.result import Robustness
    from parkscore.robustness.running import Progress as DrawsDone

TOP: Final = 10
FEW: Final = 3

_HEADS: Final = {
    "rank": Text("位次", "rank"),
    "unit": Text("评价对象", "unit"),
    "score": Text("得分", "score"),
    "interval": Text("九成抽样的位次", "nine draws of ten"),
    "rank_mean": Text("平均位次", "mean rank"),
    "top_3": Text("前 3 名", "top 3"),
    "top_10": Text("前 10 名", "top 10"),
}

_UNITS_ONLY: Final = Text(
    "这种文件只有各对象的位次表；敏感性、精确结论和逐项变动写入 .xlsx 或 .json",
    "this form has the table of units only; .xlsx and .json have what was found beside the draws",
)


def add_to(app: typer.Typer) -> None:
    """Put this command into the command line."""
    app.command("robustness", short_help="排名的稳健性。 How firm the ranks are.")(robustness)


def robustness(
    framework: FrameworkArgument,
    data: DataArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="结果 .xlsx、.json、.parquet 或 .csv。 A file for the result."
        ),
    ] = None,
    weights: WeightsOption = None,
    year: Annotated[
        int | None,
        typer.Option(
            "--year", metavar="Y", help="看哪个数据年份，默认最近一年。 The data year; by default the latest."
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", metavar="N", help="抽样次数，默认 10000。 How many; by default 10,000.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", help="随机种子，默认 0。 What all draws follow from; 0.")
    ] = None,
    spec: Annotated[
        Path | None,
        typer.Option("--spec", metavar="FILE", help="说明变动什么的 .yaml 文件。 A file that says what to vary."),
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="哪项变动最影响位次。 Also which of what varies moves the ranks.")
    ] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="不靠抽样的结论。 Also what holds without draws: who can overtake whom.")
    ] = False,
    one_at_a_time: Annotated[
        bool, typer.Option("--one-at-a-time", help="逐项略去、逐一退出。 Also one change at a time.")
    ] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """换上成千上万组权重和方法，看哪些位次站得住。 See which ranks survive other weights and methods.

    变动什么写在 --spec 文件或指标体系的 robustness 里；都没有时每个权重上下浮动至多 20%，这是假定，不是指标体系的规定。
    What is varied is said by --spec, or by the framework under `robustness`. Where neither does, each weight is up to
    20 % more or less: an assumption, and no rule of the framework.

    --spec 的写法见 docs/robustness.md；-w 是评价所用的权重。 docs/robustness.md says how to write a --spec; -w is what
    the units are evaluated with.
    """
    from parkscore.evaluating import evaluate
    from parkscore.framework.loading import read_framework
    from parkscore.robustness.analysing import robustness_of
    from parkscore.robustness.specs import NOTHING, load_spec, spec_of_framework

    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, RESULT_FORMS, [source, *files_of(framework, weights, spec)])
    read = read_framework(framework)
    loaded = read.framework
    said = spec_of_framework(loaded, read.document) if spec is None else load_spec(spec, loaded)
    flags = {"sensitivity": sensitivity, "exact": exact, "one_at_a_time": one_at_a_time}
    asked = (said or NOTHING).asking({name: True for name, flag in flags.items() if flag}, loaded)
    with reply.waiting(Text("正在计分", "scoring")):
        evaluation = evaluate(loaded, source, weights=weights)
    keep_stdout()
    found = robustness_of(evaluation, asked, _telling(reply), draws=draws, seed=seed, year=year)
    if output is not None:
        with reply.waiting(Text("正在写出", "writing")):
            _write(found, output, reply)
    if reply.as_json:
        path = None if output is None else str(output)
        reply.document("robustness", found.as_dict(reply.language) | {"output": path})
        return
    _say(found, output, reply)
    of_year = [each for each in evaluation.findings if each.year in (None, found.year)]
    reply.show_findings(of_year, where_findings_are(output))


def _telling(reply: Reply) -> Telling:
    """Shows each part of the run and how far it is."""

    @contextmanager
    def telling(what: Text) -> Iterator[DrawsDone]:
        with Progress(reply, what) as progress:
            yield progress.tell

    return telling


def _write(found: Robustness, output: Path, reply: Reply) -> None:
    """Write the result in the form that the suffix names."""
    write = {".csv": found.to_csv, ".parquet": found.to_parquet, ".json": found.to_json}
    write.get(output.suffix.lower(), found.to_excel)(output, reply.language)


def _say(found: Robustness, output: Path | None, reply: Reply) -> None:
    """What was assumed, the table of units, of all where no file has it, and the verdict on a few."""
    from parkscore.robustness.answer_words import said_in_short

    count = len(found.order)
    shown = count if output is None else min(count, TOP)
    reply.say(
        Text(f"{count} 个已排名的评价对象", f"{count} ranked units"),
        *found.assumptions,
        *(Text(f"注意：{note.zh}", f"note: {note.en}") for note in found.evaluation.notes),
        "",
    )
    columns = [column for column in _HEADS if not (column == "top_10" and count <= TOP)]
    rows = [[_cell(line, column) for column in columns] for line in _lines(found, shown)]
    reply.table([_HEADS[column] for column in columns], rows, right=[0, *range(2, len(columns))])
    reply.say("", *_verdicts(found))
    beside = list(said_in_short(found.evaluation.framework, found.answers))
    if beside:
        reply.say("", *beside)
    if output is not None:
        reply.say("", Text(f"已写入 {output}", f"wrote {output}"))
    if beside and output is not None and output.suffix.lower() in (".csv", ".parquet"):
        reply.say(_UNITS_ONLY)


def _lines(found: Robustness, count: int) -> Iterator[dict[str, Any]]:
    """The first lines of the table of units."""
    from parkscore.output.documents import records

    yield from records(found.units.head(count).reset_index())


def _cell(line: dict[str, Any], column: str) -> str:
    if column == "interval":
        low, high = line["rank_low"], line["rank_high"]
        return f"{_rank(low)}-{_rank(high)}"
    value = line[column]
    forms = {"rank": "{:.0f}", "score": "{:.4f}", "rank_mean": "{:.1f}", "top_3": "{:.0%}", "top_10": "{:.0%}"}
    return "" if value is None else forms.get(column, "{}").format(value)


def _rank(rank: float | None) -> str:
    return "" if rank is None else f"{rank:.0f}"


def _verdicts(found: Robustness) -> Iterator[Text]:
    """Of the first units, and of those whose ranks are the least certain."""
    names, units = found.names.tolist(), found.units
    width = (units["rank_high"].fillna(len(names) + 1) - units["rank_low"].fillna(len(names) + 1)).to_numpy()
    least = sorted(range(len(names)), key=lambda place: (-width[place], place))[:FEW]
    yield from (_of(found, place) for place in range(min(FEW, len(names))))
    rest = [place for place in least if place >= FEW and width[place] > 0]
    if rest:
        yield Text("最不确定的：", "the least certain:")
        yield from (_of(found, place) for place in rest)


def _of(found: Robustness, place: int) -> Text:
    name, said = found.names[place], found.verdicts[place]
    return Text(f"{name}：{said.zh}", f"{name}: {said.en}")
