"""Commands about data: validate a table, score and rank its units, compute weights from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.ahead import digesting
from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.cli.files import check_output, files_of, find_data
from parkscore.cli.framework_arguments import FrameworkArgument, WeightsOption
from parkscore.cli.lists import list_lines, target_lines
from parkscore.cli.masking import MaskFieldOption, MaskKeyOption, MaskOption, mask_of
from parkscore.cli.references import (
    FreezeOption,
    ReferenceOption,
    beyond_lines,
    check_references,
    reference_written,
    refuse_unfreezable,
)
from parkscore.cli.row_counts import judged_rows, of_years, ranked_rows
from parkscore.cli.scoring_datasets import (
    EngineOption,
    SchedulerOption,
    check_scheduler,
    goes_in_pieces,
    is_large,
    score_in_pieces,
)
from parkscore.findings import DataError, Finding, Severity, UsageError, errors_of, refuse_warnings, worst_first
from parkscore.language import Text, plural

if TYPE_CHECKING:
    import pandas as pd

    from parkscore.data.masking import Mask
    from parkscore.evaluation import Evaluation
    from parkscore.framework.models import Framework

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help=".xlsx、.csv 或 .parquet 文件，放着 .csv 或 .parquet 的文件夹，或随附示例。"
        " A file, a folder of .csv or .parquet files, or a shipped example by name.",
    ),
]
ResultOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="OUT", help="结果 .xlsx、.csv、.parquet 或 .json。 A file for the result."),
]
YearOption = Annotated[
    int | None, typer.Option("--year", metavar="Y", help="只算这个数据年份。 This data year only; by default each.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="警告也算错误。 Let warnings end the run like errors.")]

RESULT_FORMS = (".xlsx", ".csv", ".parquet", ".json")
FINDING_FORMS = (".xlsx", ".csv", ".json")
SCHEME_FORMS = (".yaml", ".yml")
FINDINGS_SCHEMA = "parkscore-findings/1"
TOP = 10


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command("validate", short_help="校验数据表。 Validate a table.")(validate)
    app.command("score", short_help="计分排名。 Score and rank.")(score)
    app.command("weigh", short_help="由数据计算权重。 Compute weights from data.")(weigh)


# --- validate ------------------------------------------------------------------------------------------------------


def validate(
    framework: FrameworkArgument,
    data: DataArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="问题清单 .xlsx、.csv 或 .json。 A file for the findings."),
    ] = None,
    strict: StrictOption = False,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """校验数据表，列出全部问题。 Validate a table and list every finding.

    有错误时退出码为 3。 The exit code is 3 where there are errors.
    """
    from parkscore.framework.loading import load_framework

    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, FINDING_FORMS, [source, *files_of(framework, mask_key)])
    loaded = load_framework(framework)
    with reply.waiting(Text("正在校验", "validating")):
        findings, rows = all_findings(loaded, source, mask_of(mask, mask_key, mask_field))
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    passed = not counts[Severity.ERROR] and not (strict and counts[Severity.WARNING])
    if output is not None:
        with reply.waiting(Text("正在写出", "writing")):
            _write_findings(findings, output, reply)
    reply.document(
        "validate",
        {
            "framework": loaded.id,
            "data": source,
            "ok": passed,
            "rows": rows,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
            "output": None if output is None else str(output),
            "findings": [finding.as_dict(reply.language) for finding in findings],
        },
    )
    reply.say(*(finding.render(reply.language) for finding in findings), counted(findings, passed))
    if output is not None:
        reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    if not passed:
        raise typer.Exit(DataError.exit_code)


def all_findings(framework: Framework, source: str, mask: Mask | None = None) -> tuple[list[Finding], int | None]:
    """Everything that reading, the framework's rules and scoring find, worst first; and the rows, if it could be read.

    What scoring finds is looked for only where the rules find no error. A folder is read in pieces, and so is a large
    file where pieces can be told everything.
    """
    from parkscore.data.hidden_comparisons import refuse_hidden_comparisons
    from parkscore.data.validate import read_and_validate
    from parkscore.tree.foresee import foresee

    folder = Path(source).is_dir()
    if folder or is_large(Path(source)):
        from parkscore.engine.checking import check_dataset, checked_alike

    if folder or (is_large(Path(source)) and checked_alike(framework)):
        found, rows = check_dataset(framework, source, mask)
        return worst_first(found), rows
    refuse_hidden_comparisons(framework, mask)
    table, found = read_and_validate(source, framework, mask)
    later = [] if table is None or errors_of(found) else foresee(framework, table)
    return worst_first([*found, *later]), None if table is None else len(table.frame)


def counted(findings: Sequence[Finding], passed: bool) -> Text:
    """One line that says how many findings of each kind there are."""
    errors, warnings, infos = (sum(finding.severity is severity for finding in findings) for severity in Severity)
    return Text(
        f"{'通过' if passed else '未通过'}：错误 {errors}，警告 {warnings}，提示 {infos}",
        f"{'passed' if passed else 'failed'}: {plural(errors, 'error')}, {plural(warnings, 'warning')}, "
        f"{infos} for information",
    )


def _write_findings(findings: Sequence[Finding], output: Path, reply: Reply) -> None:
    from parkscore.evaluation_sheets import findings_frame
    from parkscore.output.files import write_whole
    from parkscore.output.safe_text import safe_frame
    from parkscore.output.workbook import Sheet, write_sheets

    plain = {"schema": FINDINGS_SCHEMA, "findings": [finding.as_dict(reply.language) for finding in findings]}
    text = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)
    frame = findings_frame(findings, reply.language)
    sheet = Sheet(reply.word(Text("数据质量", "findings")), frame)

    def write(beside: Path) -> None:
        if output.suffix.lower() == ".json":
            beside.write_text(text, encoding="utf-8")
        elif output.suffix.lower() == ".csv":
            safe_frame(frame).to_csv(beside, index=False, encoding="utf-8-sig")
        else:
            write_sheets([sheet], beside, {})

    write_whole(output, write)


# --- score ---------------------------------------------------------------------------------------------------------


def score(
    framework: FrameworkArgument,
    data: DataArgument,
    output: ResultOption = None,
    weights: WeightsOption = None,
    year: YearOption = None,
    engine: EngineOption = None,
    scheduler: SchedulerOption = None,
    freeze: FreezeOption = None,
    reference: ReferenceOption = None,
    strict: StrictOption = False,
    mask: MaskOption = False,
    mask_key: MaskKeyOption = None,
    mask_field: MaskFieldOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """计分并排名。 Score and rank the units of a table.

    不给 -o 时结果写到标准输出：终端上是表，管道里是 csv。
    Without -o the result goes to stdout: a table on a terminal, csv into a pipe.
    """
    reply = reply_to(language, as_json)
    source = find_data(data)
    if output is not None:
        check_output(output, RESULT_FORMS, [source, *files_of(framework, weights, reference, mask_key)])
    hidden = mask_of(mask, mask_key, mask_field)
    check_scheduler(engine, scheduler)
    with nullcontext() if output is None else digesting(source):
        in_pieces = goes_in_pieces(engine, source, output)
        check_references(freeze, reference, output, [source, *files_of(framework, weights, mask_key)])
        if in_pieces:
            options = (weights, year, strict, hidden, freeze, reference)
            score_in_pieces(framework, source, Path(str(output)), *options, reply, engine, scheduler)
            return
    with reply.waiting(Text("正在计分", "scoring")):
        if freeze is not None:
            refuse_unfreezable(framework)
        evaluation = evaluated(framework, source, weights, year, strict, hidden, reference)
    with reference_written(evaluation, freeze, reply):
        if output is not None:
            with reply.waiting(Text("正在写出", "writing")):
                write_evaluation(evaluation, output, reply)
    path = None if output is None else str(output)
    if reply.as_json:
        reply.document("score", evaluation.as_dict(reply.language) | {"schema": "parkscore-score/1", "output": path})
    elif output is not None:
        say_result(evaluation, reply)
        say_top(evaluation, reply)
        reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    elif sys.stdout.isatty():
        if evaluation.judged and evaluation.framework.only_judges:
            _say_judged(evaluation, reply)
        elif not evaluation.framework.only_judges:
            say_ranking(evaluation, range(len(evaluation.rows)), reply)
        say_result(evaluation, reply)
    else:
        print_csv(evaluation.scores_in(reply.language))
        reply.tell(*list_lines(evaluation), *target_lines(evaluation))
    reply.show_findings(evaluation.findings, where_findings_are(output))


def evaluated(
    framework: str,
    source: str,
    weights: str | None = None,
    year: int | None = None,
    strict: bool = False,
    mask: Mask | None = None,
    reference: str | None = None,
) -> Evaluation:
    """The evaluation; under `strict` DataError where there is a warning."""
    from parkscore.evaluating import evaluate

    evaluation = evaluate(framework, source, weights=weights, year=year, mask=mask, reference=reference)
    if strict:
        refuse_warnings(evaluation.findings)
    return evaluation


def write_evaluation(evaluation: Evaluation, output: Path, reply: Reply) -> None:
    """Write the result in the form that the suffix names."""
    suffix = output.suffix.lower()
    if suffix == ".csv":
        evaluation.to_csv(output, reply.language)
    elif suffix == ".parquet":
        evaluation.to_parquet(output, reply.language)
    elif suffix == ".json":
        evaluation.to_json(output, reply.language)
    else:
        evaluation.to_excel(output, reply.language)


def say_result(evaluation: Evaluation, reply: Reply) -> None:
    """How many are ranked, under which weights, and what must be said of every result."""
    from parkscore.data.classes import class_counts
    from parkscore.data.new_and_gone import new_and_gone
    from parkscore.evaluation_about import count_units
    from parkscore.framework.status_words import WEIGHTS_STATUS
    from parkscore.tree.accounting import accounting_line

    framework = evaluation.framework
    about, status = evaluation.about, WEIGHTS_STATUS[evaluation.weights_status]
    years, units = about["data_years"], count_units(evaluation.table, evaluation.rows)
    title = evaluation.weighing.title
    weights: list[Text] = []
    if framework.only_judges and not framework.gates:
        of = of_years(years, units)
        count = Text(f"读入 {about['units']} 行{of.zh}", f"{plural(about['units'], 'row')}{of.en}")
    elif framework.only_judges:
        count = judged_rows(about["units"], years, units)
    else:
        count = ranked_rows(about["units"], about["ranked"], years, units)
        weights = [Text(f"权重：{title.zh}；状态：{status.zh}", f"weights: {title.en}; status: {status.en}")]
    reply.say(
        count,
        accounting_line(evaluation.accounts),
        *new_and_gone(framework, evaluation.table, evaluation.rows),
        *([class_counts(framework, evaluation.classification, evaluation.rows)] if framework.classes else []),
        *weights,
        *(Text(f"注意：{note.zh}", f"note: {note.en}") for note in evaluation.notes),
        *beyond_lines(evaluation.findings),
        *_gate_lines(evaluation),
        *list_lines(evaluation),
        *_grade_lines(evaluation),
        *target_lines(evaluation),
    )


def _say_judged(evaluation: Evaluation, reply: Reply) -> None:
    """What each gate comes to for each unit, as a table."""
    from parkscore.tree.verdicts import OUTCOMES

    gates = {gate.path: gate.text for gate in evaluation.judged}
    frame = evaluation.scores_in(reply.language)
    if evaluation.framework.classes:
        frame = frame.assign(**{"class": evaluation.class_names_in(reply.language)})
    leading = [column for column in ("unit", "year", "class") if column in frame]
    words = {str(outcome): outcome.text for outcome in OUTCOMES}
    reply.table(
        [*(HEADS[column] for column in leading), *gates.values()],
        ([words.get(cell, cell) for cell in row] for row in frame[[*leading, *gates]].astype(object).to_numpy()),
    )


def _gate_lines(evaluation: Evaluation) -> Iterator[Text]:
    """For each gate how many units have which outcome; they add up to all units."""
    from parkscore.tree.verdicts import Outcome

    for gate in evaluation.judged:
        counts = evaluation.gate_counts[gate.path]
        said = [(Outcome(word).text, count) for word, count in counts.items() if count]
        zh, en = "，".join(f"{text.zh} {n}" for text, n in said), ", ".join(f"{n} {text.en}" for text, n in said)
        units = sum(counts.values())
        yield Text(f"门槛“{gate.text.zh}”：{zh}（共 {units}）", f"gate {gate.text.en}: {en} (of {units})")


def _grade_lines(evaluation: Evaluation) -> Iterator[Text]:
    """For each grade scale how many units have which grade; they add up to all units."""
    from parkscore.tree.grades import grade_names

    for graded in evaluation.graded:
        names, counts = grade_names(graded.scale), evaluation.grade_counts[graded.scale.id]
        said = [(names[word], count) for word, count in counts.items() if count]
        zh, en = "，".join(f"{text.zh} {n}" for text, n in said), ", ".join(f"{n} {text.en}" for text, n in said)
        label, units = graded.scale.label, sum(counts.values())
        yield Text(f"等级“{label.zh}”：{zh}（共 {units}）", f"grades {label.en}: {en} (of {units})")


def say_top(evaluation: Evaluation, reply: Reply) -> None:
    """The first ten of the latest year."""
    positions, year = latest_ranked(evaluation)
    if positions:
        label = "" if year is None else f" {year}"
        reply.say("", Text(f"前 {min(TOP, len(positions))} 名{label}", f"top {min(TOP, len(positions))}{label}"))
        say_ranking(evaluation, positions[:TOP], reply)
        reply.say("")


def latest_ranked(evaluation: Evaluation) -> tuple[list[int], int | None]:
    """The positions in `ranking` of the units ranked in the latest year, best first; and that year."""
    rows, years = evaluation.ordered_rows, evaluation.table.years
    ranked = evaluation.standing.overall[rows] != 0
    year = None if years is None or not ranked.any() else int(years[rows[ranked]].max())
    chosen = ranked if years is None or year is None else ranked & (years[rows] == year)
    return chosen.nonzero()[0].tolist(), year


IS_RANKED = Text("已排名", "ranked")
HEADS = {
    "unit": Text("评价对象", "unit"),
    "year": Text("年份", "year"),
    "class": Text("分类", "class"),
    "score": Text("得分", "score"),
    "rank": Text("位次", "rank"),
    "percentile": Text("百分位", "percentile"),
    "class_rank": Text("类内位次", "class rank"),
    "class_percentile": Text("类内百分位", "class percentile"),
}


def say_ranking(evaluation: Evaluation, positions: Sequence[int], reply: Reply) -> None:
    """Rows of the ranking as a table; a unit that is not ranked has the reason."""
    from parkscore.evaluation_rows import ranking_rows

    statuses = [_status(evaluation, position) for position in positions]
    ranking = ranking_rows(evaluation, positions)
    say_rows(ranking.column_names, ranking.to_pylist(), statuses, evaluation.framework, reply)


def say_rows(
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    statuses: Sequence[Text],
    framework: Framework,
    reply: Reply,
) -> None:
    """Rows of a ranking as a table, a class by what it is called; names: of the columns. statuses: of each row."""
    from parkscore.data.classes import class_label
    from parkscore.framework.group_words import group_heads

    def shown(column: str, value: Any) -> str | None:
        if column != "class" or not framework.classes:
            return _shown(column, value)
        label = class_label(framework, value if isinstance(value, str) else None)
        return None if label is None else reply.word(label)

    columns = [column for column in names if column != "status"]
    texts = ("unit", "class", *framework.rank_within)
    heads = HEADS | group_heads(framework)
    reply.table(
        [*(heads[column] for column in columns), Text("状态", "status")],
        (
            [*(shown(column, row[column]) for column in columns), status]
            for status, row in zip(statuses, rows, strict=True)
        ),
        right=[number for number, column in enumerate(columns) if column not in texts],
    )


def _shown(column: str, value: Any) -> str | None:
    """A cell of the ranking as it is printed; None for none."""
    if value is None or (not isinstance(value, str) and str(value) in ("<NA>", "nan")):
        return None
    if isinstance(value, str):
        return value
    if "percentile" in column:
        return f"{value:.1%}"
    return f"{value:.4f}" if column == "score" else str(int(value))


def _status(evaluation: Evaluation, position: int) -> Text:
    why = evaluation.reasons[position]
    return IS_RANKED if why is None else Text(f"不排名：{why.zh}", f"not ranked: {why.en}")


def print_csv(frame: pd.DataFrame) -> None:
    """A table as csv on stdout, in which no text can be taken for a formula."""
    from parkscore.output.safe_text import safe_frame

    sys.stdout.write(safe_frame(frame).to_csv(index=False, lineterminator="\n"))


def where_findings_are(output: Path | None) -> Text:
    """Where the findings that the console does not show can be read."""
    if output is not None and output.suffix.lower() == ".xlsx":
        return Text("见工作表“数据质量”，或用 --json", "see the sheet `findings`, or use --json")
    if output is not None and output.suffix.lower() == ".json":
        return Text(f"见 {output}", f"see {output}")
    return Text("用 --json 列出全部", "--json lists all of them")


# --- weigh ---------------------------------------------------------------------------------------------------------


def weigh(
    framework: FrameworkArgument,
    data: DataArgument,
    method: Annotated[
        str, typer.Option("--method", "-m", metavar="METHOD", help="赋权方法，如 entropy。 Such as entropy.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT.yaml", help="要写的权重方案。 The scheme to write.")
    ],
    year: YearOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """由数据计算权重，写成权重方案。 Compute weights from data and write them as a weight scheme."""
    from parkscore.comparison.saving import save_scheme
    from parkscore.tree.computed_scheme import computed_scheme, scheme_data

    reply = reply_to(language, as_json)
    source = find_data(data)
    check_output(output, SCHEME_FORMS, [source, *files_of(framework)])
    _check_method(method)
    with reply.waiting(Text("正在计算权重", "computing weights")):
        evaluation = evaluated(framework, source, method, year)
    cohorts, shares = zip(*evaluation.own_cohorts, strict=True)
    scheme = computed_scheme(
        evaluation.framework,
        replace(evaluation.weighing, shares=shares),
        cohorts,
        data=Path(source).name,
        digest=evaluation.table.digest,
        notes=evaluation.table.notes,
    )
    save_scheme(scheme, output)
    reply.document(
        "weigh",
        {
            "output": str(output),
            "scheme": scheme_data(scheme),
            "weights": evaluation.as_dict(reply.language)["weights"],
            "notes": [reply.word(note) for note in evaluation.notes],
        },
    )
    say_result(evaluation, reply)
    _say_weights(evaluation, reply)
    reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    reply.show_findings(evaluation.findings)


def _check_method(method: str) -> None:
    from parkscore.methods import UnknownMethodError, weighting

    try:
        weighting[method]
    except UnknownMethodError as error:
        finding = Finding(code="unknown_method", severity=Severity.ERROR, message=error.reason, value=method)
        raise UsageError(finding) from None


def _say_weights(evaluation: Evaluation, reply: Reply) -> None:
    """The ten indicators that weigh most."""
    names = {leaf.id: leaf.label for leaf in evaluation.framework.leaves}
    weights = evaluation.weights
    own = weights[weights["id"].isin(list(names))].sort_values("weight_in_total", ascending=False, kind="stable")
    columns = zip(own["id"].astype(str), own["share"], own["weight_in_total"], strict=True)
    reply.say("", Text("总权重最大的指标", "the indicators that weigh most in the total"))
    reply.table(
        (Text("编码", "id"), Text("指标", "indicator"), Text("同级份额", "share"), Text("总权重", "in total")),
        [(node, names[node], f"{share:.2%}", f"{total:.2%}") for node, share, total in columns][:TOP],
        right=[2, 3],
    )
    reply.say("")
