"""What was found beside the draws in a few sentences, and the names of what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.framework.models import Framework, Node
from parkscore.language import Text, agreeing, plural
from parkscore.robustness.answers import Answers, OneAtATimeAnswers
from parkscore.robustness.exact_answers import ExactAnswers
from parkscore.robustness.one_at_a_time import Shifts
from parkscore.robustness.outputs import MEAN_SHIFT
from parkscore.robustness.sensitivity import Sensitivity

FEW: Final = 3
_FACTORS: Final = {
    "weights": Text("权重", "weights"),
    "score": Text("赋分规则", "scoring rules"),
    "treat": Text("异常值处理", "treatments"),
    "missing": Text("缺失处理", "gaps"),
    "aggregate": Text("合成方法", "aggregation"),
    "leave_out": Text("略去指标", "what is left out"),
    "noise": Text("测量误差", "noise"),
    "imputation": Text("多重填补", "fillings"),
    "others": Text("其余", "others"),
}


def said_in_short(framework: Framework, answers: Answers) -> Iterator[Text]:
    """The few sentences that matter most of every answer."""
    if answers.sensitivity is not None:
        yield from _of_sensitivity(framework, answers.sensitivity.found, answers.sensitivity.question.groups)
    if answers.exact is not None:
        yield from _of_exact(framework, answers.exact)
    if answers.one_at_a_time is not None:
        yield from _of_one_at_a_time(framework, answers.one_at_a_time)


def node_name(framework: Framework, id: str) -> Text:
    """A node by its id and title; any other word as it is."""
    node = _node(framework, id)
    return Text(id, id) if node is None else Text(f"{id} {node.label.zh}", f"{id} {node.label.en}")


def group_name(framework: Framework, group: str, groups: Any) -> Text:
    """What varies in a group of a sensitivity; groups: how it was asked for.

    >>> import parkscore as ps
    >>> framework = ps.load_framework("zone-2021")
    >>> group_name(framework, "total", "dimension").en, group_name(framework, "noise", "assumption").en
    ('weights of the first level', 'noise')
    """
    node = None if groups == "assumption" else _node(framework, group)
    if isinstance(groups, Mapping) and group in groups:
        return Text(group, group)
    if node is None:
        return _FACTORS.get(group, Text(group, group))
    if groups == "dimension" and node.id == framework.root.id:
        return Text("一级指标的权重", "weights of the first level")
    name = node_name(framework, group)
    within = groups == "dimension"
    return Text(
        f"{name.zh} 各下级的权重" if within else f"{name.zh} 的权重",
        f"weights within {name.en}" if within else f"weight of {name.en}",
    )


def _node(framework: Framework, id: str) -> Node | None:
    return next((node for node in (framework.root, *framework.walk()) if node.id == id), None)


def output_name(output: str) -> Text:
    """What an output of a sensitivity is called.

    >>> output_name("top_10").en, output_name("rank:甲").en
    ('who stays in the first 10', 'rank:甲')
    """
    if output == MEAN_SHIFT:
        return Text("平均位次变动", "mean shift of ranks")
    word, _, count = output.partition("_")
    if word == "top" and count.isdigit():
        return Text(f"前 {count} 名的去留", f"who stays in the first {count}")
    return Text(output, output)


def _of_sensitivity(framework: Framework, found: Sensitivity, groups: Any) -> Iterator[Text]:
    for output in found.variance.index[:FEW]:
        name = output_name(str(output))
        if found.variance[output] == 0:
            yield Text(f"敏感性：{name.zh}不受任何变动影响", f"sensitivity: nothing that varies moves {name.en}")
            continue
        group = str(found.total.loc[output].idxmax())
        of, alone = group_name(framework, group, groups), found.first.loc[output, group]
        share = found.total.loc[output, group]
        yield Text(
            f"敏感性：{name.zh}最受 {of.zh} 影响（总效应 {share:.0%}，单独 {alone:.0%}）",
            f"sensitivity: {name.en} hangs most on {of.en} (total {share:.0%}, alone {alone:.0%})",
        )


def _of_exact(framework: Framework, found: ExactAnswers) -> Iterator[Text]:
    yield from found.notes
    closest = found.closest
    if closest is None:
        yield Text("最接近的一对：没有，任何权重都不改变次序", "closest pair: none, no weights change any order")
    else:
        more = [node_name(framework, node) for node in closest.up[:FEW]]
        yield Text(
            f"最接近的一对：每个权重变动 {_in_percent(closest.change)}，{closest.behind} 就追平 {closest.ahead}"
            + (f"（加重 {'、'.join(each.zh for each in more)}）" if more else ""),
            f"closest pair: {closest.behind} catches up with {closest.ahead} once every weight may be "
            f"{_in_percent(closest.change)} more or less"
            + (f" (more on {', '.join(each.en for each in more)})" if more else ""),
        )
    ranks = found.ranks
    firm = int((ranks["certain_best"] == ranks["certain_worst"]).sum())
    yield Text(
        f"这些权重下位次必然不变的有 {firm} 个，共 {len(ranks)} 个",
        f"{firm} of {plural(len(ranks), 'unit')} {agreeing(firm, 'keeps its', 'keep their')} "
        f"rank whatever these weights are",
    )


def _in_percent(share: float) -> str:
    """A share to two digits, so that a small one does not read as none.

    >>> _in_percent(0.0004), _in_percent(0.123), _in_percent(0.0)
    ('0.04%', '12%', '0%')
    """
    return f"{100 * share:.2g}%"


def _of_one_at_a_time(framework: Framework, found: OneAtATimeAnswers) -> Iterator[Text]:
    yield from found.notes
    yield from _of_leaving_out(framework, found.leave_out)
    if found.schemes is not None:
        yield from _of_schemes(found.schemes)
    if found.reversals is not None:
        yield _of_reversals(found.reversals.units)


def _of_leaving_out(framework: Framework, found: Shifts) -> Iterator[Text]:
    """What moves ranks most; dimensions are told of where no indicator does. And without what some have no rank."""
    indicators = {leaf.id for leaf in framework.leaves}
    shifts = found.summary["mean_shift"].fillna(0.0)
    lost = pd.Series((found.changed == 0).sum(axis=0), index=list(found.changes), dtype=np.int64)
    alone = shifts[shifts.index.isin(indicators)]
    if alone.any():
        yield _moved_most(framework, alone)
    elif shifts.any():
        yield Text("逐项略去：略去任何一项指标都不变动位次", "left out one at a time: no indicator moves a rank")
        yield _moved_most(framework, shifts)
    else:
        keeps = Text("，仍有位次的", ", of those that keep one") if lost.any() else Text("", "")
        yield Text(
            f"逐项略去：略去任何一项{keeps.zh}都不变动位次",
            f"left out one at a time: no rank moves{keeps.en}, whichever is left out",
        )
    if lost.any():
        name, count = node_name(framework, str(lost.idxmax())), int(lost.max())
        yield Text(
            f"逐项略去：略去 {name.zh} 后有 {count} 个对象没有位次，为最多",
            f"left out one at a time: without {name.en} {plural(count, 'unit')} {agreeing(count, 'has', 'have')} no "
            "rank, the most of all",
        )


def _moved_most(framework: Framework, shifts: pd.Series[float]) -> Text:
    name, shift = node_name(framework, str(shifts.idxmax())), shifts.max()
    return Text(
        f"逐项略去：略去 {name.zh} 位次变动最大，平均 {shift:.1f} 位",
        f"left out one at a time: without {name.en} ranks move most, {shift:.1f} places on average",
    )


def _of_schemes(found: Shifts) -> Iterator[Text]:
    for scheme, line in found.summary.head(FEW).iterrows():
        yield Text(
            f"换用 {scheme}：平均变动 {line['mean_shift']:.1f} 位，前 10 名换了 {line['top_10_changed']:.0f} 个",
            f"under {scheme}: ranks move {line['mean_shift']:.1f} places on average, "
            f"{line['top_10_changed']:.0f} of the first 10 {agreeing(line['top_10_changed'], 'leaves', 'leave')} them",
        )


def _of_reversals(units: pd.DataFrame) -> Text:
    if not units["pairs"].any() and not units["moved"].any():
        return Text("位次逆转：没有，谁退出都不改变其他对象的次序", "reversals: none, whoever leaves")
    if not units["pairs"].any():
        name, moved = units["moved"].idxmax(), int(units["moved"].max())
        return Text(
            f"位次逆转：没有交换次序的，只有并列或不再并列的：{name} 退出后其他对象有 {moved} 个位次变动，为最多",
            f"reversals: none change order, but units come to be level or no longer are: when {name} leaves, "
            f"{plural(moved, 'other')} {agreeing(moved, 'moves', 'move')}, the most of all",
        )
    name, pairs = units["pairs"].idxmax(), units["pairs"].max()
    return Text(
        f"位次逆转：{name} 退出后，其他对象有 {pairs} 对交换次序，为最多",
        f"reversals: when {name} leaves, {plural(pairs, 'pair')} of others {agreeing(pairs, 'changes', 'change')} order"
        ", the most of all",
    )
