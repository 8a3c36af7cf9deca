"""What is asked of the weights, in words: `{multipliers: 20%}`, `{dirichlet: 50}`, `{bounds: ..., order: ...}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Place, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text, system_reason
from parkscore.methods.domain import DomainError
from parkscore.methods.weight_draws import feasible, unit_points
from parkscore.robustness.expert_weights import ExpertWeights
from parkscore.robustness.plans import DrawnWeights
from parkscore.robustness.said import mistake, near, no_such_node, share_of
from parkscore.robustness.weights import (
    LEVELS,
    AnyWeights,
    Constrained,
    Dirichlet,
    Drawn,
    Multipliers,
    OneOfSchemes,
    TableOfWeights,
)

DEFAULT: Final[Mapping[str, Any]] = {"multipliers": 0.2}
"""Each weight up to a fifth more or less: an assumption, as every output says, and no rule of any framework."""

_KINDS: Final = ("multipliers", "dirichlet", "any", "expert", "bounds", "order", "schemes", "table")
_BESIDE: Final = ("level", "points")

Schemes = Callable[[Any], Evaluation]
"""Evaluates under other weights: by name, by file or as made in Python."""


def asked_weights(
    evaluation: Evaluation, said: Mapping[str, Any], draws: int, seed: int, under: Schemes | None = None
) -> DrawnWeights:
    """The weights of so many draws.

    said: one of `multipliers` (a share), `dirichlet` (a concentration), `any` (true), `expert` (by node the least, the
    most likely and the most), `bounds` (by node a pair of shares) with or without `order` (pairs of nodes, the first no
    lighter), `schemes` (a list of weights) or `table` (a frame or csv file, a column per node). Beside the first three,
    `level`: leaf, node or both; beside the first four, `points`: sobol or random. under: makes the evaluations of
    `schemes`.

    Raises UsageError with everything that is wrong with it.
    """
    wrong = [*wrong_ways(said), *wrong_nodes(evaluation.framework, said)]
    if wrong:
        raise UsageError(wrong)
    framework = evaluation.framework
    if "schemes" in said:
        return _one_of(evaluation, list(said["schemes"]), draws, seed, under)
    if "table" in said:
        return _table(framework, said["table"], draws)
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
            rule = Dirichlet(float(said["dirichlet"]))
            rule(np.ones(2) / 2, np.full((1, 2), 0.5))
    except (DomainError, ValueError) as error:
        reason = error.reason if isinstance(error, DomainError) else Text("应是数字", "must be a number")
        raise UsageError(mistake("wrong_value", reason)) from None
    return Drawn(framework, rule, draws, seed, said.get("level", "both"), said.get("points", "sobol"))


def wrong_ways(said: Mapping[str, Any]) -> Iterator[Finding]:
    """Words that are not known, and weights that vary in no way or in several."""
    for word in said:
        if word not in (*_KINDS, *_BESIDE):
            hint = Text("可用：" + "、".join(_KINDS), "known: " + ", ".join(_KINDS))
            guess = near(word, [*_KINDS, *_BESIDE])
            yield mistake("unknown_word", Text(f"不认识 {word}{guess.zh}", f"{word} is not known{guess.en}"), hint)
    kinds = [word for word in _KINDS if word in said and word != "order"]
    if len(kinds) > 1 or (not kinds and "order" not in said):
        listed = ", ".join(kinds)
        yield mistake(
            "which_weights",
            Text(
                f"权重的变法应恰好一种，现有：{listed or '无'}",
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
    """Nodes that the framework lacks, and pairs of an order that are no siblings."""
    known = [node.id for node in framework.walk()]
    order = [name for pair in said.get("order", ()) for name in pair]
    columns = [] if isinstance(said.get("table"), str | Path) else list(said.get("table", {}))
    for name in dict.fromkeys([*said.get("bounds", {}), *said.get("expert", {}), *order, *columns]):
        if name not in known:
            yield no_such_node(name, known)
    parents = {child.id: node.id for node in framework.root.walk() for child in node.children}
    for one, other in said.get("order", ()):
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


def _expert(framework: Framework, said: Mapping[str, Any], draws: int, seed: int) -> ExpertWeights:
    held = {name: three_numbers(name, numbers) for name, numbers in said["expert"].items()}
    return ExpertWeights(framework, held, draws, seed, said.get("points", "sobol"))


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
    evaluation: Evaluation, schemes: Sequence[Any], draws: int, seed: int, under: Schemes | None
) -> OneOfSchemes:
    if under is None or not schemes:
        raise UsageError(mistake("no_schemes", Text("没有给出权重方案", "no weight schemes are given")))
    sets = []
    for scheme in schemes:
        cohorts = under(scheme).own_cohorts
        if len(cohorts) != len(evaluation.own_cohorts) or any(cohort.class_id is not None for cohort, _ in cohorts):
            raise UsageError(_by_class(scheme))
        sets.append(cohorts[-1][1])
    return OneOfSchemes(tuple(sets), unit_points(draws, 1, [seed, 2])[:, 0])


def _by_class(scheme: Any) -> Finding:
    return mistake(
        "weights_by_class",
        Text(
            f"{scheme} 的权重因类而异，不能与其他方案混在一起抽", f"{scheme} has weights by class and cannot be mixed"
        ),
        Text("改用 multipliers 或 dirichlet", "use multipliers or dirichlet"),
    )


def _table(framework: Framework, table: Any, draws: int) -> TableOfWeights:
    frame = read_table(table) if isinstance(table, str | Path) else pd.DataFrame(table)
    known = [node.id for node in framework.walk()]
    wrong = [no_such_node(str(name), known) for name in frame.columns if name not in known]
    if len(frame) != draws:
        wrong.append(
            mistake(
                "wrong_length",
                Text(
                    f"权重表有 {len(frame)} 行，抽样 {draws} 次", f"the table has {len(frame)} rows for {draws} draws"
                ),
                Text(f"draws 写 {len(frame)}", f"ask for {len(frame)} draws"),
            )
        )
    plain = all(map(pd.api.types.is_numeric_dtype, frame.dtypes))
    numeric = frame if plain else frame.apply(pd.to_numeric, errors="coerce")
    numbers = numeric.to_numpy(dtype=np.float64, na_value=np.nan)
    fine = (numbers >= 0) & (numbers < np.inf)
    if not wrong and not fine.all():
        row, column = np.argwhere(~fine)[0]
        value = str(frame.iloc[int(row), int(column)])
        wrong.append(
            mistake(
                "wrong_value",
                Text(
                    f"权重表第 {row + 1} 行 {frame.columns[int(column)]!s} 的 {value} 不是不小于零的数",
                    f"row {row + 1}, {frame.columns[int(column)]!s}: {value} is no number from 0 up",
                ),
            )
        )
    if wrong:
        raise UsageError(wrong)
    by_node = np.ascontiguousarray(numbers.T)
    return TableOfWeights(framework, dict(zip(map(str, frame.columns), by_node, strict=True)))


def read_table(path: str | Path) -> pd.DataFrame:
    """A table of weights in a csv file; UsageError where it cannot be read."""
    try:
        return pd.read_csv(path, encoding="utf-8-sig")
    except OSError as error:
        reason = system_reason(error)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
        reason = Text("不是 UTF-8 编码的 csv 表", "is no csv table in UTF-8")
    finding = mistake("cannot_read", Text(f"无法读取：{reason.zh}", f"cannot be read: {reason.en}"))
    raise UsageError(replace(finding, place=Place(str(path))))
