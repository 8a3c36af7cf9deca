"""The sheets of what was found beside the draws, each with a note that says how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from parkscore.language import Language, Text, yes_or_no
from parkscore.output.workbook import Sheet
from parkscore.robustness.answer_words import group_name, node_name, output_name
from parkscore.robustness.answers import OneAtATimeAnswers, SensitivityAnswer
from parkscore.robustness.central_weights import beside_own_weights
from parkscore.robustness.exact_answers import ExactAnswers
from parkscore.robustness.one_at_a_time import Shifts
from parkscore.robustness.reversals import Reversals

if TYPE_CHECKING:
    from parkscore.robustness.result import Robustness

MOST_REVERSED: Final = 10_000
"""Pairs that change order and have a line."""

_KEPT: Final = {
    "ranking": Text("全部位次", "all ranks"),
    "first": Text("第一名", "first place"),
    "top_3": Text("前 3 名", "first 3"),
    "top_10": Text("前 10 名", "first 10"),
}
_COLUMNS: Final[Mapping[str, tuple[Text, str]]] = {
    "unit": (Text("评价对象", "unit"), "text"),
    "rank": (Text("位次", "rank"), "count"),
    "rank_among": (Text("所列对象之间的位次", "rank among these"), "count"),
    "node": (Text("指标", "indicator or dimension"), "text"),
    "weight": (Text("总权重", "weight in total"), "share"),
    "output": (Text("结果", "output"), "text"),
    "group": (Text("因素", "group"), "text"),
    "first": (Text("一阶", "first"), "share"),
    "first_low": (Text("一阶 下限", "first, low"), "share"),
    "first_high": (Text("一阶 上限", "first, high"), "share"),
    "total": (Text("总效应", "total"), "share"),
    "total_low": (Text("总效应 下限", "total, low"), "share"),
    "total_high": (Text("总效应 上限", "total, high"), "share"),
    "certain_best": (Text("不会好于", "never better than"), "count"),
    "certain_worst": (Text("不会差于", "never worse than"), "count"),
    "best": (Text("最好位次", "best rank"), "count"),
    "best_bound": (Text("最好位次的界", "bound of the best"), "count"),
    "worst": (Text("最差位次", "worst rank"), "count"),
    "worst_bound": (Text("最差位次的界", "bound of the worst"), "count"),
    "exact": (Text("已证实", "proven"), "text"),
    "overtaken_at": (Text("被反超所需", "overtaken at"), "share"),
    "overtaken_by": (Text("被谁", "by"), "text"),
    "change": (Text("变动", "change"), "text"),
    "mean_shift": (Text("平均变动位数", "mean shift"), "score"),
    "largest_shift": (Text("最大变动位数", "largest shift"), "count"),
    "moved": (Text("变动的比例", "share that moves"), "share"),
    "top_10_changed": (Text("前 10 名换掉几个", "of the first 10, gone"), "count"),
    "kendall": (Text("肯德尔 τ", "Kendall's tau"), "score"),
    "left": (Text("退出者", "who leaves"), "text"),
    "above_before": (Text("原在前", "above before"), "text"),
    "above_after": (Text("退出后在前", "above after"), "text"),
    "pairs": (Text("交换次序的对数", "pairs that change order"), "count"),
    "units_moved": (Text("变动的对象数", "units that move"), "count"),
    **{
        f"{kept}_{end}": (Text(f"{name.zh}不变 {zh}", f"{name.en} kept, {en}"), "share")
        for kept, name in _KEPT.items()
        for end, zh, en in (("low", "下限", "from"), ("high", "上限", "to"))
        if kept != "first"
    },
    "kept_first_low": (Text("第一名不变 下限", "first place kept, from"), "share"),
    "kept_first_high": (Text("第一名不变 上限", "first place kept, to"), "share"),
}
_SENSITIVITY: Final = Text(
    "一阶：该组因素单独解释的方差比例；总效应：连同与其他因素的共同作用，很小的可以固定。上下限之间有 95% 的重抽样",
    "first: the share of the variance that a group explains by itself; total: with what it does together with others; "
    "what has a small total could be fixed. Low and high hold 95% of resamples",
)
_CERTAIN: Final = (
    Text(
        "不会好于、不会差于：这些权重下绝不越出；最好、最差位次：有权重可以达到，未证实时真值在它与界之间。空白为未求",
        "never better, never worse: no weights go beyond; best and worst rank: some weights reach them, and where that "
        "is not proven the truth is between them and the bounds. Empty: not looked for",
    ),
    Text(
        "被反超所需：每个权重都能上下变动这么多（再化为合计 1）时，才有其后对象追平。不足 5% 难分高下，50% 以上稳固。"
        "空白：没有权重能让其后的对象追平",
        "overtaken at: by how much every weight must be allowed to change, before all are brought back to a sum of 1, "
        "until a unit behind catches up. Below 5% is a tie for "
        "practical purposes, above 50% is firm. Empty: no weights let a unit behind catch up",
    ),
)
_AMONG: Final = Text(
    "位次是公布的；所列对象之间的位次及其后各列不计被略去的对象",
    "rank: as published; rank among these, and what follows, do not count the units that are left out",
)
_NO_WEIGHTS: Final = Text("不能", "never")
_OVERTAKING: Final = Text(
    f"每格：列对象追平行对象所需的最小权重变动，每个权重都可以上下变动这么多，再化为合计 1。"
    f"“{_NO_WEIGHTS.zh}”：任何权重都不行。空白：列对象本来不落后",
    "a cell: the least change of all weights, up or down and then brought back to a sum of 1, by which the unit of "
    f'the column catches up with that of the line; "{_NO_WEIGHTS.en}": no weights do. Empty: it is not behind',
)
_STABILITY: Final = Text(
    "总权重在下限与上限之间单独变动（其余按原比例分配）时，位次不变。区间很窄说明有两个相邻对象很接近",
    "ranks stay while one weight alone goes from low to high, the others in their proportions. A narrow interval says "
    "that two neighbours are close",
)
_LEFT_OUT: Final = Text(
    "每次只略去一项，其权重按比例分给同级。变动位数只数略去前后都有位次的对象",
    "one is left out at a time, and its siblings take over its weight. Shifts: of units with a rank before and after",
)
_SCHEMES: Final = Text("每次换用一套权重", "one other set of weights at a time")
_SHIFTS: Final = Text(
    "每格：该对象上升的位数，负数为下降；空白为没有位次",
    "a cell: the places that a unit gains, below 0 where it falls; empty where it has no rank",
)
_REVERSALS: Final = Text(
    "某对象退出后，其他对象之间交换次序：计分规则、填补、异常值处理或合成要看其他对象时（如极差法、均值填补）会发生；"
    "冻结的参照没有这个问题",
    "others that change order when a unit leaves: that happens where a rule, a filling, a treatment or an aggregation "
    "looks at other units, such as min-max or the mean, and not under a frozen reference",
)
_CENTRAL: Final = Text(
    "每列：该对象排第一的各次抽样中权重的均值（总权重）。离评价的权重越远，越要特别的权重才能让它排第一",
    "a column: the mean weights in the total over the draws in which a unit is first. The further from the weights of "
    "the evaluation, the more particular the weights that it takes",
)


def answer_sheets(found: Robustness, language: Language) -> Iterator[Sheet]:
    """Central weights where weights vary, and everything that was asked for."""
    pages = _Pages(found, language)
    yield from pages.central()
    answers = found.answers
    if answers.sensitivity is not None:
        yield pages.sensitivity(answers.sensitivity)
    if answers.exact is not None:
        yield from pages.exact(answers.exact)
    if answers.one_at_a_time is not None:
        yield from pages.one_at_a_time(answers.one_at_a_time)


class _Pages:
    """Makes the sheets in a language."""

    def __init__(self, found: Robustness, language: Language) -> None:
        self.found, self.language = found, language
        self.framework = found.evaluation.framework

    def central(self) -> Iterator[Sheet]:
        table = beside_own_weights(self.found)
        if not table.empty:
            heads = {"own": self._said(Text("评价的权重", "weights of the evaluation"))}
            frame = self._with_nodes(table.rename(columns=heads).reset_index(), "node")
            yield self._sheet(Text("中心权重", "central weights"), frame, [_CENTRAL], ours=1, rest="share")

    def sensitivity(self, answer: SensitivityAnswer) -> Sheet:
        found, groups = answer.found, answer.question.groups
        frame = found.table.reset_index()
        frame["group"] = [self._said(group_name(self.framework, str(group), groups)) for group in frame["group"]]
        frame["output"] = [self._said(output_name(output)) for output in frame["output"]]
        made = Text(f"每组抽样 {found.draws} 次", f"{found.draws} draws for each group")
        return self._sheet(Text("敏感性", "sensitivity"), frame, [_SENSITIVITY, made], frozen=2)

    def exact(self, found: ExactAnswers) -> Iterator[Sheet]:
        name = Text("必然与最好最差位次", "certain ranks")
        ranks = found.ranks.reset_index()
        if "exact" in ranks:  # there are best and worst ranks; of units that were not asked for there are none
            said = [self._said(yes_or_no(bool(each))) if pd.notna(each) else None for each in ranks["exact"]]
            ranks["exact"] = pd.Series(said, dtype=object)
        if found.exact.tree.left_out or found.necessary.may_lose_total:
            yield self._sheet(name, ranks, [*found.notes, *_CERTAIN, _AMONG])
        else:
            yield self._sheet(name, ranks.drop(columns="rank_among"), [*found.notes, *_CERTAIN])
        needed = found.exact.overtaking.to_numpy(dtype=np.float64)
        names = found.exact.names
        behind = np.triu(np.ones(needed.shape, dtype=bool), 1)
        cells = needed.astype(object)
        cells[~np.isfinite(needed)], cells[~behind] = self._said(_NO_WEIGHTS), None
        matrix = pd.DataFrame(cells, names, names).reset_index()
        yield self._sheet(Text("反超所需", "overtaking"), matrix, [*found.notes, _OVERTAKING], ours=1, rest="share")
        frame = self._with_nodes(
            found.exact.stability.rename(columns={"first_low": "kept_first_low", "first_high": "kept_first_high"})
            .rename_axis("node")
            .reset_index(),
            "node",
        )
        yield self._sheet(Text("权重稳定区间", "weight stability"), frame, [*found.exact.notes, _STABILITY])

    def one_at_a_time(self, found: OneAtATimeAnswers) -> Iterator[Sheet]:
        yield self._summary(Text("逐项略去", "left out"), found.leave_out, [_LEFT_OUT])
        yield from self._shifts(Text("略去后的位次变动", "shifts when left out"), found.leave_out)
        if found.schemes is not None:
            yield self._summary(Text("换用方案", "other schemes"), found.schemes, [_SCHEMES])
            yield from self._shifts(Text("换用方案的位次变动", "shifts under schemes"), found.schemes)
        if found.reversals is not None:
            yield from self._reversals(found.reversals, [*found.notes, _REVERSALS])

    def _summary(self, name: Text, found: Shifts, notes: Sequence[Text]) -> Sheet:
        return self._sheet(name, self._with_nodes(found.summary.reset_index(), "change"), notes)

    def _shifts(self, name: Text, found: Shifts) -> Iterator[Sheet]:
        if self.found.outcome.counts.ranks is None:  # as many as have no rank probabilities either
            return
        heads = {change: self._said(node_name(self.framework, change)) for change in found.changes}
        frame = found.shifts.rename(columns=heads).reset_index()
        frame.insert(1, "rank", found.nominal)
        yield self._sheet(name, frame, [_SHIFTS], ours=2, rest="count", frozen=2)

    def _reversals(self, found: Reversals, notes: Sequence[Text]) -> Iterator[Sheet]:
        units = found.units.rename(columns={"moved": "units_moved"}).rename_axis("left").reset_index()
        yield self._sheet(Text("位次逆转", "rank reversals"), units, notes)
        pairs = found.pairs
        if len(pairs):
            more = [] if len(pairs) <= MOST_REVERSED else [_of_so_many(len(pairs))]
            name = Text("位次逆转的对", "reversed pairs")
            yield self._sheet(name, pairs.head(MOST_REVERSED), [_REVERSALS, *more])

    def _with_nodes(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        """The ids in a column with their titles."""
        return frame.assign(**{column: [self._said(node_name(self.framework, str(id))) for id in frame[column]]})

    def _sheet(
        self,
        name: Text,
        frame: pd.DataFrame,
        notes: Sequence[Text],
        *,
        ours: int | None = None,
        rest: str = "text",
        frozen: int = 1,
    ) -> Sheet:
        """A table with its columns in words.

        ours: how many of the first columns have words of ours, all by default. rest: the kind of the others.
        """
        own = list(frame.columns[:ours])
        heads = {column: self._said(_COLUMNS[column][0]) for column in own}
        kinds = {str(column): rest for column in frame.columns[len(own) :]}
        kinds |= {heads[column]: _COLUMNS[column][1] for column in own}
        said = [self._said(note) for note in notes]
        return Sheet(self._said(name), frame.rename(columns=heads), said, kinds, frozen)

    def _said(self, text: Text) -> str:
        return text.in_language(self.language)


def _of_so_many(pairs: int) -> Text:
    return Text(f"共 {pairs} 对，只列前 {MOST_REVERSED} 对", f"the first {MOST_REVERSED} of {pairs} pairs")
