"""The command that sums the returns of enterprises to their zones, and evaluates these."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parkscore.cli.ahead import digesting, reading_ahead_for
from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument, WeightsOption
from parkscore.cli.masking import MaskFieldOption, MaskKeyOption, MaskOption, mask_of
from parkscore.cli.member_questions import (
    AddOption,
    DropOption,
    KeepOption,
    MissingOption,
    Questions,
    UnitOption,
    answer,
    refuse_early,
    say_answers,
)
from parkscore.cli.references import (
    FreezeOption,
    ReferenceOption,
    check_references,
    loaded_reference,
    reference_written,
)
from parkscore.cli.scoring import YearOption, print_csv, say_ranking, say_result, say_top, where_findings_are
from parkscore.language import Text
from parkscore.output.files import refuse_read
from parkscore.output.folders import refuse_no_room

if TYPE_CHECKING:
    from parkscore.members.result import Members

WORKBOOK = ".xlsx"


def add_to(app: typer.Typer) -> None:
    """Put the command into the command line."""
    app.command("members", short_help="由企业年报合计到园区。 From returns to zones.")(members)


def members(
    framework: FrameworkArgument,
    returns: Annotated[
        str,
        typer.Argument(
            metavar="RETURNS", help="企业年报：文件或 Parquet 文件夹。 Returns: a file, or a folder of Parquet files."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="结果文件夹，或 .xlsx。 A folder for the result, or .xlsx."),
    ] = None,
    zones: Annotated[
        str | None,
        typer.Option(
            "--zones", metavar="FILE", help="园区其余数据项的表。 A table with the other fields of the zones."
        ),
    ] = None,
    weights: WeightsOption = None,
    year: YearOption = None,
    merged: Annotated[
        Path | None,
        typer.Option(
            "--merged", metavar="FILE", help="企业合并对照表：原代码、新代码。 Mergers: columns `old` and `new`."
        ),
    ] = None,
    unit: UnitOption = None,
    drop: DropOption = None,
    keep: KeepOption = None,
    add: AddOption = None,
    missing: MissingOption = False,
    freeze: FreezeOption = None,
    reference: ReferenceOption = None,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """由企业年报合计出园区和分园，评价并排名。 Sum returns to zones and sub-parks, evaluate and rank them.

    不给 -o 时结果写到标准输出：终端上是表，管道里是 csv；问到企业时为文字。
    Without -o the result goes to stdout: a table on a terminal, csv into a pipe; answers about enterprises in words.
    """
    reply = reply_to(language, as_json)
    source = find_data(returns)
    questions = Questions(unit, drop, keep, add, missing)
    beside = [source, *questions.files, *(str(each) for each in (zones, merged) if each is not None)]
    beside += files_of(framework, weights, mask_key)
    if output is not None and output.suffix:
        check_output(output, [WORKBOOK], beside)
    elif output is not None:
        refuse_read(output, beside)
        refuse_no_room(output)
    check_references(freeze, reference, output, beside)
    with digesting(source), reading_ahead_for(framework, source):
        from parkscore.framework.loading import load_framework
        from parkscore.members.from_returns import from_returns
        from parkscore.members.holdable import left_out
        from parkscore.members.outputs import summary_of, write_folder, write_workbook

        loaded = load_framework(framework)
        frozen = loaded_reference(loaded, weights, freeze, reference)
        refuse_early(loaded, questions)
        with reply.waiting(Text("正在合计年报", "summing returns")):
            hidden = mask_of(mask, mask_key, mask_field)
            result = from_returns(loaded, source, zones=zones, year=year, merged=merged, mask=hidden, reference=frozen)
            evaluation = result.evaluate(weights)
    with reference_written(evaluation, freeze, reply):
        with reply.waiting(Text("正在计算企业的影响", "computing what enterprises change")):
            asked = answer(result, evaluation, questions, hidden, contributions=output is not None)
            found = [] if output is None else left_out(loaded, bool(result.summed.roll.parts))
            evaluation = replace(evaluation, findings=(*evaluation.findings, *asked.findings, *found))
        if output is not None:
            with reply.waiting(Text("正在写出", "writing")):
                workbook = output.suffix.lower() == WORKBOOK
                more = asked.outputs(workbook)
                if workbook:
                    write_workbook(result, evaluation, output, reply.language, more)
                else:
                    write_folder(result, evaluation, output, reply.language, more, asked.contributions)
    if reply.as_json:
        path = None if output is None else str(output)
        said = summary_of(result, evaluation, reply.language) | asked.summary(reply.language)
        reply.document("members", said | {"output": path})
    elif output is None and not questions.any and not sys.stdout.isatty():
        print_csv(evaluation.scores_in(reply.language))
    else:
        _say_returns(result, reply)
        say_result(evaluation, reply)
        if output is None:
            say_ranking(evaluation, range(len(evaluation.rows)), reply)
        else:
            say_top(evaluation, reply)
        say_answers(asked, reply, workbook=output is not None and output.suffix.lower() == WORKBOOK)
        if output is not None:
            reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    reply.show_findings(evaluation.findings, where_findings_are(output))


def _say_returns(result: Members, reply: Reply) -> None:
    """How many returns were summed, what became of the others, and how many enterprises came, left and moved."""
    accounts = result.accounts
    zh = " + ".join(f"{account.returns} {account.zh}" for account in accounts)
    en = " + ".join(f"{account.returns} {account.en}" for account in accounts)
    total = sum(account.returns for account in accounts)
    reply.say(Text(f"年报：{total} = {zh}", f"returns: {total} = {en}"))
    from parkscore.members.workbook_words import CHANGES

    counts = {kind: count for kind, count in result.change_counts.items() if count}
    if counts:
        zh = "，".join(f"{CHANGES[kind].zh} {count}" for kind, count in counts.items())
        en = ", ".join(f"{count} {CHANGES[kind].en}" for kind, count in counts.items())
        reply.say(Text(f"与上年相比：{zh}", f"since the year before: {en}"))
