"""What is asked of the weights, in words: `{multipliers: 20%}`, `{dirichlet: 50}`, `{bounds: ..., order: ...}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

import numpy as np

from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, UsageError
from parkscore.framework.check_robustness import compared_with_itself
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.methods.domain import DomainError
from parkscore.methods.weight_draws import feasible, unit_points
from parkscore.robustness.asked_table import table_of_weights
from parkscore.robustness.expert_weights import ExpertWeights
from parkscore.robustness.plans import DrawnWeights
from parkscore.robustness.said import mistake, near, no_such_node, share_of
from parkscore.robustness.scoring import rows_of_year, year_of
from parkscore.robustness.weights import (
    LEVELS,
    AnyWeights,
    Constrained,
    Dirichlet,
    Drawn,
    Multipliers,
    OneOfSchemes,
)
from parkscore.tree.aggregate import ROUNDING

DEFAULT: Final[Mapping[str, Any]] = {"multipliers": 0.2}
"""Each weight up to a fifth more or less: an assumption, as every output says, and no rule of any framework."""

_KINDS: Final = ("multipliers", "dirichlet", "any", "expert", "bounds", "order", "schemes", "table")
_BESIDE: Final[Mapping[str, Sequence[str]]] = {
    "level": ("multipliers", "dirichlet", "any"),
    "points": ("multipliers", "dirichlet", "any", "expert"),
}
"""What goes with some of these ways only."""

Schemes = Callable[[Any], Evaluation]
"""Evaluates under other weights: by name, by file or as made in Python."""


def asked_weights(
    evaluation: Evaluation,
    said: Mapping[str, Any],
    draws: int,
    seed: int,
    under: Schemes | None = None,
    year: int | None = None,
) -> DrawnWeights:
    """The weights of so many draws.

    said: one of `multipliers` (a share), `dirichlet` (a concentration), `any` (true), `expert` (by node the least, the
    most likely and the most), `bounds` (by node a pair of shares) with or without `order` (pairs of nodes, the first no
    lighter), `schemes` (a list of weights) or `table` (a frame or csv file, a column per node). Beside the first three,
    `level`: leaf, node or both; beside the first four, `points`: sobol or random. under: makes the evaluations of
    `schemes`. year: of the units, whose weights those of schemes are; the latest by default.

    Raises UsageError with everything that is wrong with it.
    """
    wrong = [*wrong_ways(said), *wrong_nodes(evaluation.framework, said)]
    if wrong:
        raise UsageError(wrong)
    framework = evaluation.framework
    if "schemes" in said:
        return _one_of(evaluation, list(said["schemes"]), draws, seed, under, year)
    if "table" in said:
        return table_of_weights(framework, said["table"], draws)
    if "bounds" in said or "order" in said:
        return constrained(framework, said, draws, seed)
    if "expert" in said:
        return _expert(framework, said, draws, seed)
    rule: Any = AnyWeights()
    try:
        if "multipliers" in said:
            rule = Multipliers(share_of(said["multipliers"]))
            rule(np.ones(2) / 2, np.full((1, 2), 0.5))
        elif "dirichlet" in said:
            rule = Dirichlet(share_of(said["dirichlet"]))
            rule(np.ones(2) / 2, np.full((1, 2), 0.5))
    except DomainError as error:
        raise UsageError(mistake("wrong_value", error.reason)) from None
    return Drawn(framework, rule, draws, seed, said.get("level", "both"), said.get("points", "sobol"))


def wrong_ways(said: Mapping[str, Any]) -> Iterator[Finding]:
    """Words that are not known, and weights that vary in no way or in several."""
    for word in said:
        if word not in (*_KINDS, *_BESIDE):
            hint = Text("可用：" + "、".join(_KINDS), "known: " + ", ".join(_KINDS))
            guess = near(word, [*_KINDS, *_BESIDE])
            yield mistake("unknown_word", Text(f"不认识 {word}{guess.zh}", f"{word} is not known{guess.en}"), hint)
    for word in said:
        if word in _KINDS and (said[word] is None or (isinstance(said[word], Sequence | Mapping) and not said[word])):
            what = Text(f"{word} 没有写内容", f"{word} says nothing")
            yield mistake("nothing_said", what, Text("写上内容，或去掉它", "say something, or leave it out"))
    kinds = [word for word in _KINDS if word in said and word != "order"]
    for word, ways in _BESIDE.items():
        if word in said and kinds and not set(kinds) & set(ways):
            what = Text(f"{word} 只与 {'、'.join(ways)} 一起用", f"{word} goes with {', '.join(ways)} only")
            yield mistake("not_beside", what, Text(f"去掉 {word}", f"leave out {word}"))
    if len(kinds) > 1 or (not kinds and "order" not in said):
        listed = ", ".join(kinds)
        yield mistake(
            "which_weights",
            Text(
                f"权重的变法应恰好一种，现有：{'、'.join(kinds) or '无'}",
                f"weights vary in one way, not in {len(kinds)}: {listed}"
                if kinds
                else "no way is named to vary weights",
            ),
            Text("例如 {multipliers: 20%}", "{multipliers: 20%}, for example"),
        )
    if said.get("level", "both") not in LEVELS:
        yield mistake("wrong_value", Text("level 应是 leaf、node 或 both", "level is leaf, node or both"))
    if said.get("points", "sobol") not in ("sobol", "random"):
        yield mistake("wrong_value", Text("points 应是 sobol 或 random", "points is sobol or random"))


def wrong_nodes(framework: Framework, said: Mapping[str, Any]) -> Iterator[Finding]:
    """Nodes that the framework lacks, and pairs of an order that are no two siblings."""
    known = [node.id for node in framework.walk()]
    order = [name for pair in said.get("order", ()) for name in pair]
    for name in dict.fromkeys([*said.get("bounds", {}), *said.get("expert", {}), *order]):
        if name not in known:
            yield no_such_node(name, known)
    parents = {child.id: node.id for node in framework.root.walk() for child in node.children}
    for one, other in said.get("order", ()):
        if one == other and one in parents:
            yield mistake("with_itself", *compared_with_itself(one))
        if one in parents and other in parents and parents[one] != parents[other]:
            yield mistake(
                "not_siblings",
                Text(f"{one} 和 {other} 不在同一维度下", f"{one} and {other} are not in one dimension"),
                Text("只比较同一维度的下级", "order the children of one dimension"),
            )


def constrained(framework: Framework, said: Mapping[str, Any], draws: int, seed: int) -> Constrained:
    """The weights within `bounds` and `order`; UsageError where there are none."""
    bounds = {name: tuple(share_of(each) for each in pair) for name, pair in said.get("bounds", {}).items()}
    low, high = ({name: pair[end] for name, pair in bounds.items()} for end in (0, 1))
    order = tuple((str(one), str(other)) for one, other in said.get("order", ()))
    refuse_circle(order)
    for node in framework.root.walk():
        ids = [child.id for child in node.children]
        pairs = [(ids.index(one), ids.index(other)) for one, other in order if one in ids]
        if not pairs and not low.keys() & set(ids):
            continue
        try:
            least, most = (np.array([own.get(each, whole) for each in ids]) for own, whole in ((low, 0.0), (high, 1.0)))
            feasible(least, most, pairs)
        except DomainError as error:
            title = Text(f"{node.id}：{error.reason.zh}", f"{node.id}: {error.reason.en}")
            hint = Text("放宽界限或去掉一条次序", "widen a bound or drop an order")
            raise UsageError(mistake("no_such_weights", title, hint)) from None
    return Constrained(framework, draws, seed, low, high, order)


def refuse_circle(order: Sequence[tuple[str, str]]) -> None:
    """Raise UsageError where each of some nodes weighs at least as much as the next, and the last as the first.

    Only equal weights keep that; who wants them equal can say so, and who does not has turned a pair round.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for heavier, lighter in order:
        if heavier != lighter:
            sorter.add(lighter, heavier)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " >= ".join(error.args[1])
        message = Text(f"次序自相矛盾：{circle}", f"the order contradicts itself: {circle}")
        hint = Text(
            "去掉或调换其中一条；要它们相等，用权重表或界限",
            "turn or drop one; equal weights are said by bounds or a table",
        )
        raise UsageError(mistake("circular_order", message, hint)) from None


def _expert(framework: Framework, said: Mapping[str, Any], draws: int, seed: int) -> ExpertWeights:
    held = {name: three_numbers(name, numbers) for name, numbers in said["expert"].items()}
    wrong = list(held_above_one(framework, held))
    if wrong:
        raise UsageError(wrong)
    return ExpertWeights(framework, held, draws, seed, said.get("points", "sobol"))


def held_above_one(framework: Framework, held: Mapping[str, tuple[float, float, float]]) -> Iterator[Finding]:
    """Dimensions some of whose children could come to more than all, so that nothing is left for the others."""
    for node in framework.root.walk():
        ids = [child.id for child in node.children if child.id in held]
        most = sum(held[each][2] for each in ids)
        if len(ids) < len(node.children) and most > 1 + ROUNDING:
            yield mistake(
                "above_one",
                Text(
                    f"{'、'.join(ids)} 最高合计 {most:.4g}，超过 1，同级其他权重无份额",
                    f"{', '.join(ids)} come to {most:.4g} at the most, and leave less than nothing to their siblings",
                ),
                Text("降低最高值，或给全部同级写上三个数", "lower the most, or hold three numbers of every sibling"),
            )


def three_numbers(name: str, said: Any) -> tuple[float, float, float]:
    """The least, the most likely and the most; UsageError where these are no such numbers."""
    try:
        least, likely, most = (share_of(each) for each in said)
        if 0 <= least <= likely <= most and most > 0:
            return least, likely, most
    except (TypeError, ValueError):
        pass
    message = Text(
        f"{name} 应写最低、最可能、最高三个数，依次不减",
        f"{name} takes three numbers that do not fall: the least, the most likely and the most",
    )
    raise UsageError(mistake("wrong_value", message, Text("例如 [10%, 20%, 40%]", "[10%, 20%, 40%], for example")))


def _one_of(
    evaluation: Evaluation, schemes: Sequence[Any], draws: int, seed: int, under: Schemes | None, year: int | None
) -> OneOfSchemes:
    if under is None or not schemes:
        raise UsageError(mistake("no_schemes", Text("没有给出权重方案", "no weight schemes are given")))
    if any(cohort.class_id is not None for cohort, _ in evaluation.own_cohorts):
        raise UsageError(_by_class(Text("评价", "the evaluation")))
    rows, sets = rows_of_year(evaluation, year_of(evaluation, year)), []
    for scheme in schemes:
        found = under(scheme)
        cohorts = found.own_cohorts
        if len(cohorts) != len(evaluation.own_cohorts) or any(cohort.class_id is not None for cohort, _ in cohorts):
            raise UsageError(_by_class(Text(found.weighing.name, found.weighing.name)))
        sets.append(next(shares for cohort, shares in cohorts if np.isin(cohort.apply, rows).any()))
    return OneOfSchemes(tuple(sets), unit_points(draws, 1, [seed, 2])[:, 0])


def _by_class(whose: Text) -> Finding:
    return mistake(
        "weights_by_class",
        Text(
            f"{whose.zh}的权重因类而异，不能与其他方案混在一起抽",
            f"{whose.en} has weights by class, which cannot be mixed with other schemes",
        ),
        Text("改用 multipliers 或 dirichlet", "use multipliers or dirichlet"),
    )
