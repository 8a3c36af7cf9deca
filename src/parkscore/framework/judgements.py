"""Judgements about siblings: stated by id in a file, taken by position by the methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.framework.document import Path
from parkscore.framework.models import Choice
from parkscore.framework.reporting import Reporter
from parkscore.framework.suggesting import did_you_mean
from parkscore.language import Text
from parkscore.methods import Method, weighting
from parkscore.methods.domain import FloatArray

Pairs = Mapping[str, Mapping[str, float]]


def is_judged(choice: Choice) -> bool:
    """Whether a weighting method rests on judgements about the things it weighs.

    >>> is_judged(Choice.of("ahp", matrix={"a": {"b": 3}})), is_judged(Choice.of("entropy"))
    (True, False)
    """
    method = weighting.get(choice.name)
    return method is not None and any(parameter.judged for parameter in method.parameters.values())


def by_position(choice: Choice, ids: Sequence[str]) -> dict[str, Any]:
    """The parameters of a weighting method, judgements as arrays in the order of `ids`.

    A pair that is not compared is NaN. Judgements that are arrays already stay as they are.

    >>> by_position(Choice.of("rank_order", ranks={"b": 1, "a": 2}), ["a", "b"])
    {'ranks': array([2., 1.])}
    """
    parameters = weighting[choice.name].parameters
    return {
        name: _placed(value, parameters[name].judged, ids) if parameters[name].judged else value
        for name, value in choice.parameters.items()
    }


def title_of(choice: Choice, ids: Sequence[str]) -> Text:
    """What a weighting method is called, and what is to know of its judgements, such as their consistency ratio."""
    title, remark = weighting[choice.name].title, remark_on(choice, ids)
    return title if remark is None else Text(f"{title.zh}，{remark.zh}", f"{title.en}, {remark.en}")


def remark_on(choice: Choice, ids: Sequence[str]) -> Text | None:
    """What is to know of the judgements of a method, None where there is nothing."""
    method = weighting[choice.name]
    return None if method.remark is None else method.remark(by_position(choice, ids))


def check_judgements(choice: Choice, ids: Sequence[str], path: Path, reporter: Reporter) -> None:
    """Report judgements about ids that are not weighed here, that leave one out, or that contradict each other.

    The choice has passed `check_method`.
    """
    method = weighting[choice.name]
    before = len(reporter.findings)
    for name, inner, value in _stated(method, choice.parameters):
        named = list(_named(value, (*path, *inner)))
        for node_id, place in named:
            if node_id not in ids:
                _report_unknown(node_id, ids, place, reporter)
        missing = [node_id for node_id in ids if node_id not in {each for each, _ in named}]
        if missing and method.parameters[name].judged == "each":
            _report_missing(missing, (*path, *inner), reporter)
    if len(reporter.findings) == before:
        for problem in method.check(by_position(choice, ids)):
            inner = path if problem.parameter is None else (*path, problem.parameter)
            reporter.report("judgements", inner, problem.reason, field=choice.name)


def report_misplaced(choice: Choice, path: Path, reporter: Reporter) -> None:
    """Report judgements where they would have to serve several nodes."""
    reporter.report(
        "misplaced_method",
        path,
        Text(
            "判断只针对一个节点的下级，不能用于所有节点", "judgements are about the children of one node, not of every"
        ),
        field=choice.name,
        hint=Text("写在该节点的编码之下", "write it under the id of that node"),
    )


def _stated(method: Method[Any], parameters: Mapping[str, Any]) -> Iterator[tuple[str, Path, Any]]:
    """Each judgement by id: its parameter, its place below the method, and its numbers; one for each expert."""
    for name, value in parameters.items():
        if method.parameters[name].judged and isinstance(value, tuple):
            yield from ((name, (name, number), expert) for number, expert in enumerate(value))
        elif method.parameters[name].judged and isinstance(value, Mapping):
            yield name, (name,), value


def _named(value: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Path]]:
    """Every id in a judgement, with its place."""
    for node_id, inner in value.items():
        yield str(node_id), (*path, node_id)
        if isinstance(inner, Mapping):
            yield from _named(inner, (*path, node_id))


def _report_unknown(node_id: str, ids: Sequence[str], path: Path, reporter: Reporter) -> None:
    reporter.report(
        "unknown_id",
        path,
        Text("不在所比较的同级之中", "is not among the siblings that are compared here"),
        value=node_id,
        hint=did_you_mean(node_id, ids) or Text("有：" + "、".join(ids), "there are " + ", ".join(ids)),
    )


def _report_missing(missing: Sequence[str], path: Path, reporter: Reporter) -> None:
    names = ", ".join(missing)
    reporter.report(
        "judgement_missing",
        path,
        Text(f"没有对这些编码的判断：{names}", f"there is no judgement about {names}"),
        field=missing[0],
    )


def _placed(value: Any, judged: str | None, ids: Sequence[str]) -> FloatArray:
    if isinstance(value, np.ndarray):
        return np.asarray(value, dtype=np.float64)
    if judged == "each":
        return np.array([value[node_id] for node_id in ids], dtype=np.float64)
    if isinstance(value, Mapping):
        return _matrix(value, ids)
    return np.stack([_matrix(expert, ids) for expert in value])


def _matrix(pairs: Pairs, ids: Sequence[str]) -> FloatArray:
    matrix = np.full((len(ids), len(ids)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    position = {node_id: number for number, node_id in enumerate(ids)}
    for row, others in pairs.items():
        for column, judgement in others.items():
            matrix[position[row], position[column]] = judgement
    return matrix
