"""Check that what a spec of robustness names is there: nodes, indicators and dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parkscore.framework.document import Path
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter
from parkscore.framework.robustness_models import RobustnessSpec
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text

EVERY: Final = "all"
_NODE: Final = "no_such_node", Text("指标体系没有这个指标或维度", "the framework has no such node")
_DIMENSION: Final = "no_such_node", Text("指标体系没有这个维度", "the framework has no such dimension")
_STEP: Final = "no_such_node", Text("指标体系没有这个指标", "the framework has no such indicator")
_INDICATOR: Final = "no_such_indicator", _STEP[1]


@dataclass(frozen=True)
class _Named:
    """A name, where it stands, whether that is as a key, what it may be, and what is said where it is nothing."""

    name: str
    path: Path
    as_key: bool
    known: Sequence[str]
    said: tuple[str, Text]


def check_robustness(framework: Framework, reporter: Reporter) -> None:
    """The names in the block `robustness` of a framework."""
    if framework.robustness is not None:
        check_spec_names(framework.robustness, framework, reporter, ("robustness",))


def check_spec_names(spec: RobustnessSpec, framework: Framework, reporter: Reporter, path: Path = ()) -> None:
    """Report every name that the framework lacks, and pairs of an order that are no siblings; path: of the spec."""
    for each in _named(spec, framework):
        if each.name not in each.known:
            code, message = each.said
            hint = nearest_or_some(each.name, [name for name in each.known if name != EVERY])
            place: Path = (*path, *each.path)
            reporter.report(code, place, message, value=each.name, hint=hint, at_key=each.as_key)
    _check_siblings(spec, framework, reporter, path)


def _named(spec: RobustnessSpec, framework: Framework) -> Iterator[_Named]:
    """Every name in a spec but those of units, files and methods."""
    nodes = [node.id for node in framework.walk()]
    leaves = [EVERY, *(leaf.id for leaf in framework.leaves)]
    dimensions = [EVERY, *(node.id for node in framework.root.walk() if node.children)]
    weights, exact = spec.weights, spec.exact
    if weights is not None:
        yield from _keys(weights.bounds, ("weights", "bounds"), False, nodes, _NODE)
        yield from _keys(weights.expert, ("weights", "expert"), False, nodes, _NODE)
        yield from _pairs(weights.order, ("weights", "order"), nodes)
    for step in ("score", "treat", "missing"):
        yield from _keys(getattr(spec, step), (step,), True, leaves, _STEP)
    yield from _keys(spec.aggregate, ("aggregate",), True, dimensions, _DIMENSION)
    yield from _keys(spec.noise, ("noise",), False, leaves, _INDICATOR)
    for key, names in (("leave_out", spec.leave_out), ("imputation", spec.imputation)):
        yield from (_Named(name, (key, index), False, leaves, _INDICATOR) for index, name in enumerate(names))
    if exact is not None:
        yield from _keys(exact.bounds, ("exact", "bounds"), False, nodes, _NODE)
        yield from _pairs(exact.order, ("exact", "order"), nodes)


def _keys(
    names: Iterable[str], path: Path, as_key: bool, known: Sequence[str], said: tuple[str, Text]
) -> Iterator[_Named]:
    return (_Named(name, (*path, name), as_key, known, said) for name in names)


def _pairs(pairs: Sequence[tuple[str, str]], path: Path, known: Sequence[str]) -> Iterator[_Named]:
    for index, pair in enumerate(pairs):
        yield from (_Named(name, (*path, index), False, known, _NODE) for name in pair)


def _check_siblings(spec: RobustnessSpec, framework: Framework, reporter: Reporter, path: Path) -> None:
    """Report pairs of an order of weights that are no two children of one dimension."""
    parents = {child.id: node.id for node in framework.root.walk() for child in node.children}
    for index, (one, other) in enumerate(() if spec.weights is None else spec.weights.order):
        place: Path = (*path, "weights", "order", index)
        if one == other and one in parents:
            message, hint = compared_with_itself(one)
            reporter.report("with_itself", place, message, hint=hint)
        elif one in parents and other in parents and parents[one] != parents[other]:
            message = Text(f"{one} 和 {other} 不在同一维度下", f"{one} and {other} are not in one dimension")
            hint = Text("只比较同一维度的下级", "order the children of one dimension")
            reporter.report("not_siblings", place, message, hint=hint)


def compared_with_itself(name: str) -> tuple[Text, Text]:
    """What is said of a pair of an order that names one node twice, and the way out."""
    return (
        Text(f"{name} 与自己比较，什么也没有说", f"{name} is compared with itself, which says nothing"),
        Text("写同一维度的两个下级，或去掉这一条", "name two children of one dimension, or leave the pair out"),
    )
