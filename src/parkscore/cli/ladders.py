"""The commands that place units on a ladder of titles, and that find those for which a condition holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument, WeightsOption
from parkscore.cli.masking import MaskFieldOption, MaskKeyOption, MaskOption, mask_of
from parkscore.cli.scoring import (
    RESULT_FORMS,
    DataArgument,
    ResultOption,
    YearOption,
    print_csv,
    where_findings_are,
)
from parkscore.language import Text, agreeing, plural

if TYPE_CHECKING:
    import pandas as pd

    from parkscore.ladders.climbed import Climb
    from parkscore.ladders.found import Found

MOST_LISTED = 20
MOST_NAMES = 5
MOST_LETTERS = 160

LadderArgument = Annotated[
    str,
    typer.Argument(metavar="LADDER", help="随附梯度的名称，或 .yaml 文件。 A shipped ladder by name, or a file."),
]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command("find", short_help="查找符合条件的对象。 Find units by a condition.")(find)
    app.command("ladder", short_help="所在级与差距。 Rungs of titles, and what is missing.")(ladder)


def ladder(
    ladder: LadderArgument,
    data: DataArgument,
    output: ResultOption = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="X", help="只看一个对象，逐级说明。 One unit, rung by rung.")
    ] = None,
    year: YearOption = None,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """每个对象在梯度上的所在级、下一级和差距。 The rung of each unit, the next one, and what is missing to it.

    不给 -o 时结果写到标准输出：终端上是表，管道里是 csv。
    Without -o the result goes to stdout: a table on a terminal, csv into a pipe.
    """
    from parkscore.ladders.climbing import climb

    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, RESULT_FORMS, [source, *files_of(ladder, mask_key)])
    with reply.waiting(Text("正在评定", "judging")):
        hidden = mask_of(mask, mask_key, mask_field)
        climbed = climb(ladder, source, year=year, mask=hidden)
    if unit is not None and hidden is not None:
        unit = hidden.unit(unit)
    positions = list(range(len(climbed))) if unit is None else climbed.position_of(unit)
    if output is not None:
        with reply.waiting(Text("正在写出", "writing")):
            _write(climbed, output, reply)
    path = None if output is None else str(output)
    if reply.as_json:
        reply.document("ladder", _document(climbed, unit, reply) | {"schema": "parkscore-ladder/1", "output": path})
    elif unit is not None:
        _say_unit(climbed, positions, reply)
    elif output is not None or sys.stdout.isatty():
        _say(climbed, reply)
    else:
        print_csv(climbed.table(reply.language))
    if output is not None:
        reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    reply.show_findings(climbed.findings, where_findings_are(output))


def _document(climbed: Climb, unit: str | None, reply: Reply) -> dict[str, Any]:
    """The whole result, or what it says of one unit."""
    document = climbed.as_dict(reply.language)
    if unit is None:
        return document
    return {
        key: [entry for entry in value if entry["unit"] == unit] if key in ("rungs", "missing", "outcomes") else value
        for key, value in document.items()
    }


def _write(climbed: Climb, output: Path, reply: Reply) -> None:
    """Write the result in the form that the suffix names."""
    suffix = output.suffix.lower()
    if suffix == ".csv":
        climbed.to_csv(output, reply.language)
    elif suffix == ".parquet":
        climbed.to_parquet(output, reply.language)
    elif suffix == ".json":
        climbed.to_json(output, reply.language)
    else:
        climbed.to_excel(output, reply.language)


def _say(climbed: Climb, reply: Reply) -> None:
    """How many stand where, who skipped a rung, and the first units of the latest year."""
    _say_head(climbed, reply)
    _say_counts(climbed, reply)
    _say_skipped(climbed, reply)
    positions = _of_latest_year(climbed)
    shown = positions[:MOST_LISTED]
    reply.say("")
    _say_standings(climbed, shown, reply)
    left = len(positions) - len(shown)
    if left:
        reply.say(Text(f"…… 还有 {left} 个，见 -o 写出的文件", f"... and {left} more: write them to a file with -o"))


def _say_head(climbed: Climb, reply: Reply) -> None:
    title, unit = climbed.ladder.title.label, climbed.ladder.unit.label
    reply.say(
        Text(f"{title.zh}：{len(climbed)} 行（{unit.zh}）", f"{title.en}: {plural(len(climbed), 'row')} ({unit.en})"),
        *(Text(f"注意：{note.zh}", f"note: {note.en}") for note in climbed.notes),
        "",
    )


def _say_counts(climbed: Climb, reply: Reply) -> None:
    from parkscore.ladders.sheets import counts

    frame = counts(climbed, reply.language)
    numbers = [number for number, column in enumerate(climbed.counts.columns) if column != "rung"]
    rows = [[str(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    reply.table([str(column) for column in frame.columns], rows, right=numbers)


def _say_skipped(climbed: Climb, reply: Reply) -> None:
    """Units that meet a rung and not a lower one."""
    skipping = [position for position, skipped in enumerate(climbed.skipped) if skipped]
    if not skipping:
        return
    names = [str(climbed.labels["unit"][position]) for position in skipping[:MOST_NAMES]]
    more = len(skipping) - len(names)
    zh, en = f" 等 {len(skipping)} 个" if more > 0 else "", f" and {more} more" if more > 0 else ""
    reply.say(
        "",
        Text(
            f"达到较高一级而未达到较低一级：{'、'.join(names)}{zh}（称号往往以较低一级为条件）",
            f"on a rung without meeting a lower one: {', '.join(names)}{en} (titles often ask for the lower one)",
        ),
    )


def _of_latest_year(climbed: Climb) -> list[int]:
    if "year" not in climbed.labels:
        return list(range(len(climbed)))
    years = climbed.labels["year"]
    return [position for position, year in enumerate(years) if year == years.max()]


def _say_standings(climbed: Climb, positions: list[int], reply: Reply) -> None:
    from parkscore.ladders.sheets import standings

    count = len(climbed.labels.columns) + 3
    frame = standings(climbed, reply.language).iloc[positions, :count]
    rows = [[_shortened(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    reply.table([str(column) for column in frame.columns], rows)


def _shortened(cell: Any) -> str | None:
    """A cell of the console; a long sentence ends early, and the file and --unit have all of it."""
    text = None if cell is None else str(cell)
    return text if text is None or len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _say_unit(climbed: Climb, positions: list[int], reply: Reply) -> None:
    """One unit, rung by rung from the top, and what is missing to the next."""
    from parkscore.tree.verdicts import OUTCOMES, why

    _say_head(climbed, reply)
    heads = (Text("级", "rung"), Text("判定", "outcome"), Text("原因", "reason"))
    for position in positions:
        label = " ".join(str(cell) for cell in climbed.labels.iloc[position])
        rows = []
        for number in range(len(climbed.ladder.rungs) - 1, -1, -1):
            rung, verdict = climbed.ladder.rungs[number], climbed.verdicts[number]
            outcome = OUTCOMES[climbed.codes[position, number]].text
            rows.append((rung.label, outcome, why(verdict, int(climbed.rows[rung.framework][position]))))
        reply.say(label)
        reply.table(heads, rows)
        reply.say(climbed.sentences[position], "")


# --- find ----------------------------------------------------------------------------------------------------------


def find(
    framework: FrameworkArgument,
    data: DataArgument,
    where: Annotated[
        str,
        typer.Option(
            "--where", metavar="COND", help='条件，如 "revenue >= 5000万元"。 A condition over fields and scores.'
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="FORMULA", help="排序依据，大者在前。 What to order by, highest first."),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option("--top", metavar="N", help="每年前几名，并列都算。 The first N of each year, with ties."),
    ] = None,
    output: ResultOption = None,
    with_open: Annotated[
        bool, typer.Option("--open", help="同时列出无法判断的。 List those of which it cannot be told, too.")
    ] = False,
    weights: WeightsOption = None,
    year: YearOption = None,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """查找符合条件的对象，列出条件读到的数值。 Find the units for which a condition holds, with what it read.

    不符合的和无法判断的都计数，三者之和等于行数。 Those that do not fit and those of which it cannot be told are
    counted; the three sum to the rows.
    """
    from parkscore.ladders.finding import find as find_units

    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, RESULT_FORMS, [source, *files_of(framework, weights, mask_key)])
    with reply.waiting(Text("正在查找", "searching")):
        hidden = mask_of(mask, mask_key, mask_field)
        found = find_units(framework, source, where=where, by=by, top=top, year=year, weights=weights, mask=hidden)
    if output is not None:
        with reply.waiting(Text("正在写出", "writing")):
            _write_found(found, output, with_open, reply)
    path = None if output is None else str(output)
    if reply.as_json:
        reply.document("find", found.as_dict(reply.language) | {"schema": "parkscore-find/1", "output": path})
    elif output is not None or sys.stdout.isatty():
        _say_found(found, with_open, reply)
    else:
        print_csv(found.table(with_open=with_open, language=reply.language))
        reply.tell(*_counted(found))
    if output is not None:
        reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    reply.show_findings(found.findings, where_findings_are(output))


def _write_found(found: Found, output: Path, with_open: bool, reply: Reply) -> None:
    """Write those found in the form that the suffix names."""
    suffix = output.suffix.lower()
    if suffix == ".csv":
        found.to_csv(output, reply.language, with_open=with_open)
    elif suffix == ".parquet":
        found.to_parquet(output, reply.language, with_open=with_open)
    elif suffix == ".json":
        found.to_json(output, reply.language)
    else:
        found.to_excel(output, reply.language)


def _counted(found: Found) -> Iterator[Text]:
    """How many rows of each year fit, do not, and cannot be told."""
    for counts in found.counts.to_dict("records"):
        when = ("", "") if "year" not in counts else (f"{counts['year']} 年：", f"{counts['year']}: ")
        hits, misses, unclear, rows = (counts[each] for each in ("found", "not_found", "open", "rows"))
        zh = f"{when[0]}符合 {hits}，不符合 {misses}，无法判断 {unclear}（共 {rows}）"
        yield Text(zh, f"{when[1]}{hits} found, {misses} not, {unclear} cannot be told (of {rows})")
        if counts["unordered"]:
            yield Text(
                f"其中 {counts['unordered']} 个无法排序",
                f"{counts['unordered']} of them {agreeing(counts['unordered'], 'has', 'have')} no order",
            )


def _say_found(found: Found, with_open: bool, reply: Reply) -> None:
    """How many were found, and the first of them."""
    reply.say(*_counted(found))
    reply.say(*(Text(f"注意：{note.zh}", f"note: {note.en}") for note in found.notes), "")
    _say_units(found, found.found, reply)
    if with_open and len(found.open):
        reply.say("", Text("无法判断", "cannot be told"))
        _say_units(found, found.open, reply)


def _say_units(found: Found, frame: pd.DataFrame, reply: Reply) -> None:
    from parkscore.ladders.found_sheets import heads_of, shown

    plain, heads = shown(found, frame, reply.language), heads_of(found, reply.language)
    rows = [[_cell(cell) for cell in row] for row in plain.head(MOST_LISTED).itertuples(index=False, name=None)]
    numbers = [n for n, column in enumerate(plain.columns) if column not in ("unit", "reason")]
    reply.table([heads.get(column, column) for column in plain.columns], rows, right=numbers)
    left = len(plain) - len(rows)
    if left > 0:
        reply.say(Text(f"…… 还有 {left} 个，见 -o 写出的文件", f"... and {left} more: write them to a file with -o"))


def _cell(value: Any) -> str | None:
    if value is None or str(value) in ("nan", "<NA>"):
        return None
    return f"{value:.12g}" if isinstance(value, float) else str(value)
