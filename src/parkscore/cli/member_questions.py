"""The options by which `members` is asked about single enterprises, and its answers on the console."""

from __future__ import annotations

from math import isnan
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from parkscore.cli.console import Reply
from parkscore.language import Text, plural

if TYPE_CHECKING:
    from parkscore.data.masking import Mask
    from parkscore.evaluation import Evaluation
    from parkscore.framework.models import Framework
    from parkscore.members.asked import Asked
    from parkscore.members.result import Members
    from parkscore.members.what_if import WhatIf

UnitOption = Annotated[
    str | None,
    typer.Option(
        "--unit",
        metavar="ID",
        help="这家企业的贡献和短板。 What this enterprise gives its zone, and where it holds it back.",
    ),
]
DropOption = Annotated[
    Path | None,
    typer.Option("--drop", metavar="FILE", help="假设剔除名单中的企业。 What if these enterprises were left out."),
]
KeepOption = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="假设只保留名单中的企业。 What if only these were kept."),
]
AddOption = Annotated[
    Path | None,
    typer.Option("--add", metavar="FILE", help="假设加入这些年报。 What if these returns were put in."),
]
MissingOption = Annotated[
    bool,
    typer.Option("--missing", help="哪些缺报的企业影响最大。 Which missing returns move their zones most."),
]
_FIRST = 10


class Questions(NamedTuple):
    """What is asked about enterprises."""

    unit: str | None
    drop: Path | None
    keep: Path | None
    add: Path | None
    missing: bool

    @property
    def files(self) -> list[str]:
        """The files that are read for it."""
        return [str(each) for each in (self.drop, self.keep, self.add) if each is not None]

    @property
    def any(self) -> bool:
        """Whether anything is asked."""
        return self.missing or self.unit is not None or bool(self.files)


def refuse_early(framework: Framework, questions: Questions) -> None:
    """Say before the returns are read what a framework makes impossible."""
    if questions.any:
        from parkscore.members.holdable import refuse_comparing

        refuse_comparing(framework)


def answer(
    result: Members, evaluation: Evaluation, questions: Questions, mask: Mask | None, *, contributions: bool
) -> Asked:
    """The answers; contributions: whether they are wanted, where the framework allows them."""
    from parkscore.members.asked import Asked
    from parkscore.members.holdable import comparing
    from parkscore.members.id_lists import id_as_read, read_ids
    from parkscore.members.shortfalls import shortfalls

    returns = result.summed.plan.returns
    drop, keep = (None if file is None else read_ids(file, returns, mask) for file in (questions.drop, questions.keep))
    asked: dict[str, Any] = {}
    if contributions and not any(comparing(result.framework)):
        asked["contributions"] = result.contributions(evaluation)
    if questions.unit is not None:
        made = asked.get("contributions") or result.contributions(evaluation)
        enterprise = id_as_read(questions.unit, returns, mask)
        asked["own"] = made.frame(made.rows_of(enterprise))
        asked["shortfalls"] = shortfalls(made, enterprise)
    if questions.files:
        asked["what_if"] = result.what_if(evaluation, drop=drop or (), keep=keep, add=questions.add, mask=mask)
    if questions.missing:
        asked["missing"] = result.missing_returns(evaluation)
    return Asked(**asked)


def say_answers(asked: Asked, reply: Reply, *, workbook: bool) -> None:
    """What one enterprise contributes and where it falls short, the zones that would move, the returns that are missed.

    workbook: whether the tables were written as one, which may leave the contributions out.
    """
    from parkscore.members.asked import MOST_IN_WORKBOOK
    from parkscore.members.contributions import NOT_ADDITIVE
    from parkscore.members.missing_returns import LAST_YEAR_STANDS_IN

    if workbook and asked.contributions is not None and len(asked.contributions.rows) > MOST_IN_WORKBOOK:
        reply.say(
            Text(
                f"企业贡献超过 {MOST_IN_WORKBOOK} 行，不写入工作簿；写到文件夹时为 contributions.parquet",
                f"contributions have more than {MOST_IN_WORKBOOK} rows and are left out of the workbook; a folder has "
                "them as contributions.parquet",
            )
        )
    if asked.own is not None:
        reply.say(*map(_contributed, asked.own.itertuples()))
    if asked.shortfalls is not None:
        reply.say(Text(f"短板 {len(asked.shortfalls)} 项", f"shortfalls: {len(asked.shortfalls)}"))
        for row in asked.shortfalls.itertuples():
            reply.say(Text(f"  {row.zone}  {row.sentence_zh}", f"  {row.zone}  {row.sentence_en}"))
        reply.say(NOT_ADDITIVE, "")
    if asked.what_if is not None:
        _say_what_if(asked.what_if, reply)
    if asked.missing is not None:
        count = len(asked.missing)
        reply.say(Text(f"缺报 {count} 家次，影响最大的：", f"missing: {count}; those that matter most:"))
        reply.say(LAST_YEAR_STANDS_IN)
        heads = (Text("企业", "enterprise"), Text("园区", "zone"), Text("得分变化", "change"), Text("位次", "rank"))
        reply.table(heads, [_filed(row) for row in asked.missing.head(_FIRST).itertuples()], right=(2, 3))
        reply.say("")


def _say_what_if(what_if: WhatIf, reply: Reply) -> None:
    """The zones whose scores change most, and those that have a score only now or only then."""
    from parkscore.members.what_if import HELD

    ranking = what_if.ranking
    moved = ranking[ranking["change"].abs() > 0].sort_values("change", key=abs, ascending=False, kind="stable")
    count = len(moved)
    reply.say(Text(f"假设：{count} 个园区得分变化", f"what if: scores change in {plural(count, 'zone')}"), HELD)
    heads = (Text("园区", "zone"), Text("得分", "score"), Text("变化", "change"), Text("位次", "rank"))
    reply.table(heads, [_moved(row) for row in moved.head(_FIRST).itertuples()], right=(1, 2, 3))
    gone, come = what_if.without_score, what_if.newly_scored
    if gone:
        zones = plural(len(gone), "zone")
        reply.say(
            Text(f"{len(gone)} 个园区不再有得分：{'、'.join(gone)}", f"no score any more in {zones}: {', '.join(gone)}")
        )
    if come:
        zones = plural(len(come), "zone")
        reply.say(
            Text(
                f"{len(come)} 个园区这样才有得分：{'、'.join(come)}", f"a score only then in {zones}: {', '.join(come)}"
            )
        )
    reply.say("")


def _contributed(row: Any) -> Text:
    score = "-" if isnan(row.score) else f"{row.score:+.6f}"
    now, then = _rank(row.rank), _rank(row.rank_without)
    return Text(
        f"对 {row.zone} 的贡献：得分 {score}，位次 {now}，没有它时 {then}",
        f"contribution to {row.zone}: score {score}, rank {now}, {then} without it",
    )


def _moved(row: Any) -> tuple[str, ...]:
    scores = f"{row.score:.4f} -> {row.score_then:.4f}"
    return (row.unit, scores, f"{row.change:+.4f}", f"{_rank(row.rank)} -> {_rank(row.rank_then)}")


def _filed(row: Any) -> tuple[str, ...]:
    change = "-" if isnan(row.score) else f"{row.score:+.6f}"
    return (row.enterprise, row.zone, change, f"{_rank(row.rank)} -> {_rank(row.rank_with)}")


def _rank(rank: Any) -> str:
    """A rank of a table, whatever kind of whole number it is."""
    return str(rank) if isinstance(rank, Integral) else "-"
