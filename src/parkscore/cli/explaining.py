"""The command that explains one unit: where it stands, and what each indicator adds to its score."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.statistic_words import OTHERWISE_TEXT, against_in_words
from parkscore.language import Text, in_digits

if TYPE_CHECKING:
    from parkscore.explanation.explained import Explanation, Line
    from parkscore.explanation.explaining import Gap

_MOST_GAPS = 10
_LOWER = Text("（越低越好）", " (lower is better)")


def add_to(app: typer.Typer) -> None:
    """Put the command into the command line."""
    app.command("explain", short_help="解释一个对象的得分。 Explain one unit's score.")(explain)


def explain(
    result: Annotated[
        str,
        typer.Argument(
            metavar="RESULT|FRAMEWORK",
            help=".parquet 结果；或指标体系，后跟数据表。 A stored result, or a framework before DATA.",
        ),
    ],
    data: Annotated[
        str | None, typer.Argument(metavar="[DATA]", help="数据表，当前一项是指标体系时。 A table, after a framework.")
    ] = None,
    unit: Annotated[str, typer.Option("--unit", metavar="ID", help="评价对象。 The unit to explain.")] = "",
    beside: Annotated[
        str | None,
        typer.Option("--beside", metavar="ID", help="与谁比，默认前一名。 Compare with this unit, not the one above."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--weights", "-w", metavar="W", help="权重方案，与 DATA 并用。 A weight scheme, with DATA."),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="Y", help="数据年份，默认最近一年。 Data year, by default the latest."),
    ] = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """逐项解释一个对象的得分和位次。 Explain one unit's score and rank, item by item.

    parkscore explain 结果.parquet --unit 91...：百万企业的结果中，不重算，直接解释一家。
    parkscore explain zone-2021 数据.csv --unit 合肥：并逐项列出与前一名的差别，或与 --beside 所给对象的差别。
    """
    reply = reply_to(language, as_json)
    if not unit:
        message = Text("要解释哪个对象？用 --unit 给出", "which unit is to be explained? name it with --unit")
        raise UsageError(Finding(code="no_unit", severity=Severity.ERROR, field="--unit", message=message))
    if data is None:
        _explain_stored(result, unit, year, weights, beside, reply)
    else:
        _explain_evaluated(result, data, unit, year, weights, beside, reply)


def _explain_stored(
    result: str, unit: str, year: int | None, weights: str | None, beside: str | None, reply: Reply
) -> None:
    from parkscore.explanation.explaining import explain as explained

    if weights is not None:
        message = Text("已存的结果不能换权重", "a stored result cannot be weighed anew")
        hint = Text("给指标体系和数据表", "give a framework and its data")
        raise UsageError(
            Finding(code="stored_weights", severity=Severity.ERROR, field="--weights", message=message, hint=hint)
        )
    if Path(result).suffix.lower() != ".parquet":
        message = Text(
            "要解释的是 .parquet 结果；给指标体系时还要给数据表", "is no .parquet result; after a framework, name DATA"
        )
        raise UsageError(Finding(code="not_a_result", severity=Severity.ERROR, value=result, message=message))
    found = explained(result, unit, year)
    _answer(found, None if beside is None else explained(result, beside, found.year), beside is not None, reply)


def _explain_evaluated(
    framework: str, data: str, unit: str, year: int | None, weights: str | None, beside: str | None, reply: Reply
) -> None:
    from parkscore.cli.files import find_data
    from parkscore.evaluating import evaluate
    from parkscore.explanation.explaining import explain as explained
    from parkscore.explanation.explaining import one_above

    with reply.waiting(Text("正在计分", "scoring")):
        evaluation = evaluate(framework, find_data(data), weights=weights)
    found = explained(evaluation, unit, year)
    name = beside or one_above(evaluation, unit, found.year)
    _answer(found, None if name is None else explained(evaluation, name, found.year), beside is not None, reply)


def _answer(found: Explanation, other: Explanation | None, chosen: bool, reply: Reply) -> None:
    """Say all of one unit, and what separates it from another: the one that was chosen, or the one above."""
    from parkscore.explanation.explaining import gaps

    between = gaps(found, other) if other is not None and found.sums and other.sums else ()
    pair = None if other is None else {"unit": other.unit, "score": other.score}
    parts = [{"id": gap.own.id, "difference": gap.difference} for gap in between]
    compared = {} if other is None else {"beside" if chosen else "above": pair, "gaps": parts}
    reply.document("explain", {**found.as_dict(reply.language), **compared})
    _say(found, reply)
    if other is not None and between:
        _say_gaps(found, other, between, chosen, reply)
    elif other is not None and chosen:
        reply.say(
            "",
            Text(
                f"与 {other.unit} 的差别不能逐项列出：有一方没有得分，或得分不是各指标之和",
                f"what separates it from {other.unit} has no parts: one has no score, or scores are no sums",
            ),
        )


def _say_gaps(found: Explanation, other: Explanation, between: Sequence[Gap], chosen: bool, reply: Reply) -> None:
    """The largest parts of a distance, whichever way they go, and the sums of both ways, which make it up."""
    ahead = (found.score or 0.0) - (other.score or 0.0)
    whom = (
        Text(other.unit, other.unit) if chosen else Text(f"前一名 {other.unit}", f"{other.unit}, ranked directly above")
    )
    by = f"{_number(abs(ahead))}"
    reply.say(
        "",
        Text(
            f"比{whom.zh} {'高' if ahead > 0 else '低'} {by} 分，差别最大的各项（高为正，低为负）",
            f"{by} {'ahead of' if ahead > 0 else 'behind'} {whom.en}; the largest parts, below 0 where it is behind",
        ),
    )
    largest = sorted(between, key=lambda gap: -abs(gap.difference))[:_MOST_GAPS]
    reply.table(
        [Text("指标", "indicator"), Text("本单位", "own value"), other.unit, Text("差别", "ahead by")],
        (
            [_named(gap.own), _value(gap.own, reply), _value(gap.other, reply), _signed(-gap.difference)]
            for gap in largest
            if gap.difference
        ),
        right=(1, 2, 3),
    )
    more = _signed(sum(-gap.difference for gap in between if gap.difference < 0))
    less = _signed(sum(-gap.difference for gap in between if gap.difference > 0))
    reply.say(
        Text(
            f"高的各项合计 {more}，低的各项合计 {less}，相抵 {_signed(ahead)}",
            f"all that is ahead {more}, all that is behind {less}, together {_signed(ahead)}",
        )
    )


def _say(found: Explanation, reply: Reply) -> None:
    reply.say(*_head(found))
    if not found.lines:  # gates alone
        return
    reply.say("")
    reply.table(
        [
            Text("指标", "indicator"),
            Text("数值", "value"),
            Text("得分", "score"),
            Text("权重", "weight"),
            Text("计入", "adds"),
            _mean_head(found),
            Text("高于平均", "ahead by"),
            Text("规则", "rule"),
        ],
        (
            [
                _named(line),
                _value(line, reply),
                _number(line.score),
                "" if line.weight is None else f"{line.weight:.2%}" if found.sums else _share(line),
                _number(line.adds),
                _number(line.mean),
                _number(line.ahead),
                _rule(line, reply),
            ]
            for line in found.lines
        ),
        right=(1, 2, 3, 4, 5, 6),
    )
    reply.say(*_foot(found))


def _mean_head(found: Explanation) -> Text:
    """Of whom the means are."""
    return Text("平均", "mean") if found.class_name is None else Text("同类平均", "class mean")


def _head(found: Explanation) -> Iterator[Text]:
    year = "" if found.year is None else f" {found.year}"
    group = (
        Text("", "") if found.class_name is None else Text(f"（{found.class_name.zh}）", f" ({found.class_name.en})")
    )
    yield Text(f"{found.unit}{year}{group.zh}：{found.title.zh}", f"{found.unit}{year}{group.en}: {found.title.en}")
    others = [str(each) for each in found.years if each != found.year]
    if others:
        yield Text(f"结果中还有：{'、'.join(others)} 年", f"the result has it in {', '.join(others)}, too")
    mean = (
        Text("", "")
        if found.mean is None
        else Text(f"，{_mean_head(found).zh} {_number(found.mean)}", f", {_mean_head(found).en} {_number(found.mean)}")
    )
    if found.score is None:
        yield Text(f"没有得分{mean.zh}", f"no score{mean.en}")
    else:
        yield Text(f"得分 {_number(found.score)}{mean.zh}", f"score {_number(found.score)}{mean.en}")
    for each in found.standings:
        of = Text("", "") if each.of is None else Text(f"（{each.of} 个有得分）", f" ({each.of} with a score)")
        yield Text(f"{each.among.zh}第 {each.rank} 位{of.zh}", f"rank {each.rank} in {each.among.en}{of.en}")
    if found.unranked is not None:
        yield Text(f"不排名：{found.unranked.zh}", f"not ranked: {found.unranked.en}")
    yield from found.judged_texts
    yield from found.not_stored
    yield from (Text(f"注意：{note.zh}", f"note: {note.en}") for note in found.notes)


def _foot(found: Explanation) -> Iterator[Text]:
    if found.sums:
        total = sum(line.adds or 0.0 for line in found.lines)
        yield Text(
            "；".join((f"“计入”之和 {_number(total)} 即得分", *(each.zh for each in found.gaps))),
            "; ".join(
                (f"what the indicators add sums to the score, {_number(total)}", *(each.en for each in found.gaps))
            ),
        )
        yield from _ahead_of_the_mean(found)
    elif found.score is not None:
        yield from _parts(found)


def _ahead_of_the_mean(found: Explanation) -> Iterator[Text]:
    """Where what is ahead does not come to the distance to the mean: each mean is of those that have the indicator."""
    if found.score is None or found.mean is None:
        return
    ahead, distance = math.fsum(line.ahead or 0.0 for line in found.lines), found.score - found.mean
    if _signed(ahead) != _signed(distance):
        yield Text(
            f"“高于平均”之和 {_signed(ahead)}，与平均分相差 {_signed(distance)}：各项平均只含有该项得分的对象",
            f"what is ahead sums to {_signed(ahead)}, the distance to the mean score is {_signed(distance)}: "
            "the mean of an indicator is of those that have it",
        )


def _parts(found: Explanation) -> Iterator[Text]:
    """Why nothing stands under what the indicators add, and what can be told all the same."""
    if not found.parts:
        yield Text("合成方法不是加和，各项得分不能拆成份额", "the score is no sum: its parts cannot be told apart")
        return
    added = [
        Text(f"{each.label.zh} {_number(each.adds)}", f"{each.label.en} {_number(each.adds)}") for each in found.parts
    ]
    score = _number(found.score)
    yield Text(
        f"得分 {score} = {' + '.join(each.zh for each in added)}",
        f"score {score} = {' + '.join(each.en for each in added)}",
    )
    yield Text("其下的合成不是加和，不再细分", "what is below these is no sum, and not told apart")


def _named(line: Line) -> Text:
    return Text(f"{line.id} {line.label.zh}", f"{line.id} {line.label.en}")


def _value(line: Line, reply: Reply) -> str:
    """The value of an indicator or why there is none, and what was scored in its place."""
    own = _own_value(line, reply)
    if line.used is None:
        return own
    used = in_digits(line.used)
    return reply.word(Text(f"{own}（按 {used} 计分）", f"{own} (scored as {used})"))


def _own_value(line: Line, reply: Reply) -> str:
    if line.value is None:
        return "" if line.reason is None else reply.word(line.reason)
    if isinstance(line.value, str):
        return reply.word(OTHERWISE_TEXT) if line.value == OTHERWISE_TEXT.en else line.value
    number = in_digits(line.value)
    return f"{number} {line.measure}" if line.measure else number


def _rule(line: Line, reply: Reply) -> str:
    """The rule of an indicator, behind the case of the unit, with what it measures by, numbers to six digits.

    Where less is better that is said; nothing is said where more is, as that goes without saying.
    """
    said = against_in_words(line.against, reply.language)
    title = reply.word(line.rule) + (reply.word(_LOWER) if line.direction == "lower" else "")
    rule = f"{title}: {said}" if said else title
    return rule if line.case is None else f"[{reply.word(line.case)}] {rule}"


def _share(line: Line) -> str:
    return "" if line.share is None else f"{line.share:.2%}"


def _signed(number: float) -> str:
    return f"{number + 0.0:+.4f}"


def _number(number: float | None) -> str:
    return "" if number is None else f"{number + 0.0:.4f}"
