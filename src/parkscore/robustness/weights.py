"""The weights that are tried: which shares vary, and by what rule each draw has others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np

from parkscore.data.grid import Matrix, Vector, as_selection
from parkscore.framework.models import Framework, Node
from parkscore.methods import weight_draws
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.weight_draws import Kind
from parkscore.robustness.drawn_tree import DrawnShares, effective_weights
from parkscore.robustness.plans import DrawnWeights, Factor, HeldWeights, Nominal, from_points
from parkscore.tree.aggregate import ROUNDING

Level = Literal["leaf", "node", "both"]
"""Whose weights vary: those of indicators within their dimension, those of dimensions, or all."""

Rule = Callable[[Vector, FloatArray], Matrix]
"""The shares of the children of a dimension in every draw, from their own ones and from points of the unit cube."""

LEVELS: Final[Sequence[Level]] = ("leaf", "node", "both")


@dataclass(frozen=True)
class Multipliers:
    """Each share up to `spread` more or less, evenly, and brought back to a sum of 1; spread: from 0 to 1."""

    spread: float

    def __call__(self, shares: Vector, points: FloatArray) -> Matrix:
        """The shares in every draw."""
        return weight_draws.multiplied(shares, points, self.spread)


@dataclass(frozen=True)
class Dirichlet:
    """Dirichlet weights around the shares; the larger the concentration, the nearer to them."""

    concentration: float

    def __call__(self, shares: Vector, points: FloatArray) -> Matrix:
        """The shares in every draw."""
        return weight_draws.dirichlet(shares, points, self.concentration)


@dataclass(frozen=True)
class AnyWeights:
    """Every set of weights as likely as any other: nothing is known of them."""

    def __call__(self, shares: Vector, points: FloatArray) -> Matrix:
        """The shares in every draw; what weighs nothing weighs nothing in all of them."""
        counted = (shares > 0).astype(np.float64)
        return weight_draws.dirichlet(counted, points, float(counted.sum()))


@dataclass(frozen=True)
class Drawn:
    """Weights drawn by a rule, for the dimensions of a level; the others keep theirs.

    framework: whose weights vary. seed: every draw follows from it. kind: of the points in the unit cube. cube: the
    points, (draws, factors), where they are not to follow from the seed.
    """

    framework: Framework
    rule: Rule
    draws: int
    seed: int
    level: Level = "both"
    kind: Kind = "sobol"
    cube: FloatArray | None = field(default=None, repr=False, compare=False)
    _points: dict[str, FloatArray] = field(default_factory=dict, init=False, repr=False, compare=False)

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The shares of every dimension in every draw; an only child keeps all of its parent."""
        points = self.points()
        return {
            node: self.rule(own, points[node]) if node in points else own[np.newaxis, :]
            for node, own in nominal.items()
        }

    def parameters(self) -> Mapping[str, FloatArray]:
        """The points of each child in the unit cube."""
        children = {node.id: [child.id for child in node.children] for node in self.framework.root.walk()}
        return {
            child: points[:, column]
            for node, points in self.points().items()
            for column, child in enumerate(children[node])
        }

    def points(self) -> Mapping[str, FloatArray]:
        """By dimension whose weights vary the points of its children, all of one sequence."""
        if not self._points:
            nodes = varied(self.framework, self.level)
            ends = np.cumsum([0, *(len(node.children) for node in nodes)])
            cube = self.cube
            if cube is None:
                cube = weight_draws.unit_points(self.draws, int(ends[-1]), self.seed, self.kind)
            for node, first, stop in zip(nodes, ends[:-1], ends[1:], strict=True):
                self._points[node.id] = cube[:, first:stop]
        return self._points

    def factors(self) -> tuple[Factor, ...]:
        """One for each child of a dimension whose weights vary."""
        nodes = varied(self.framework, self.level)
        return tuple(Factor(child.id, node.id, "weights") for node in nodes for child in node.children)

    def at(self, points: FloatArray) -> DrawnWeights:
        """The weights at other points."""
        return replace(self, draws=len(points), cube=points)


def varied(framework: Framework, level: Level) -> list[Node]:
    """The dimensions whose children's weights vary at a level: more than one child, and not all of another level."""
    return [
        node
        for node in framework.root.walk()
        if len(node.children) > 1
        and (level == "both" or any((not child.children) == (level == "leaf") for child in node.children))
    ]


@dataclass(frozen=True)
class Constrained:
    """Weights that are spread evenly over all that keep bounds and an order.

    low, high: by child, the least and the largest share of its parent; by default 0 and 1. order: pairs of children of
    one dimension of which the first weighs at least as much. Dimensions without either keep their weights.
    """

    framework: Framework
    draws: int
    seed: int
    low: Mapping[str, float] = field(default_factory=dict)
    high: Mapping[str, float] = field(default_factory=dict)
    order: tuple[tuple[str, str], ...] = ()

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The shares of every dimension in every draw; DomainError where no weights keep all that is asked."""
        found = {node: own[np.newaxis, :] for node, own in nominal.items()}
        named = {*self.low, *self.high, *(child for pair in self.order for child in pair)}
        for number, node in enumerate(self.framework.root.walk()):
            ids = [child.id for child in node.children]
            if named.isdisjoint(ids):
                continue
            found[node.id] = weight_draws.constrained(
                self.draws,
                [self.low.get(each, 0.0) for each in ids],
                [self.high.get(each, 1.0) for each in ids],
                [(ids.index(one), ids.index(other)) for one, other in self.order if one in ids and other in ids],
                [self.seed, number],
            )
        return found

    def parameters(self) -> Mapping[str, FloatArray]:
        """The shares themselves are all that was drawn."""
        return {}


@dataclass(frozen=True)
class OneOfSchemes:
    """One of some sets of weights in each draw, as likely as any other; sets: by dimension the shares of its children.

    point: (draws,), from 0 to 1, which of them each draw takes.
    """

    sets: tuple[Nominal, ...]
    point: FloatArray

    @property
    def number(self) -> Vector:
        """(draws,) the place of the set that each draw has."""
        return np.minimum((self.point * len(self.sets)).astype(np.intp), len(self.sets) - 1)

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The shares of every dimension in every draw."""
        return {node: np.stack([each[node] for each in self.sets])[self.number] for node in nominal}

    def parameters(self) -> Mapping[str, FloatArray]:
        """Which set it was."""
        return {"scheme": self.number.astype(np.float64)}

    def factors(self) -> tuple[Factor, ...]:
        """Which set it is."""
        return (Factor("scheme", "scheme", "weights"),)

    def at(self, points: FloatArray) -> DrawnWeights:
        """The sets at other points."""
        return replace(self, point=points[:, 0])


@dataclass(frozen=True)
class TableOfWeights:
    """Weights that somebody has drawn, not negative; nodes: which of them have a line of numbers, (nodes, draws)."""

    framework: Framework
    nodes: tuple[str, ...]
    numbers: FloatArray = field(repr=False)

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The weights of every dimension in every draw; a dimension of whose children none is named keeps its own.

        Where the table names indicators only, a dimension weighs what they weigh together.
        """
        return {node: own[np.newaxis, :] for node, own in nominal.items()} | {
            node: own.T for node, own in self.of_children.items()
        }

    @cached_property
    def of_children(self) -> Mapping[str, FloatArray]:
        """By dimension all of whose children have a weight, their weights, (children, draws)."""
        lines = {node: line for line, node in enumerate(self.nodes)}
        sums: dict[str, FloatArray] = {}
        found = {}
        inner = [node for node in self.framework.root.walk() if node.children]
        for node in reversed(inner):
            ids = [child.id for child in node.children]
            if all(each in lines for each in ids):
                found[node.id] = self.numbers[as_selection(np.array([lines[each] for each in ids]))]
            elif all(each in lines or each in sums for each in ids):
                found[node.id] = np.stack([self.numbers[lines[each]] if each in lines else sums[each] for each in ids])
            if self._of_indicators_only and node.id in found:
                sums[node.id] = found[node.id].sum(axis=0)
        return found

    @property
    def weighed(self) -> frozenset[str]:
        """The nodes that have a weight: those named, and dimensions that weigh what all of theirs do."""
        return frozenset(self.nodes) | frozenset(self.of_children if self._of_indicators_only else ())

    @cached_property
    def _of_indicators_only(self) -> bool:
        return not any(node.id in self.nodes for node in self.framework.root.walk() if node.children)

    def parameters(self) -> Mapping[str, FloatArray]:
        """The table."""
        return dict(zip(self.nodes, self.numbers, strict=True))


@dataclass(frozen=True)
class LeftOut:
    """Other weights with one indicator left out in some draws: it weighs nothing there, and its siblings take over.

    weights: what is drawn beside. leaves: which indicators, or dimensions, may be left out. point: (draws,), from 0 to
    1, which of them is, or none. A dimension with nothing left counts for nothing itself, as long as another does.
    """

    framework: Framework
    weights: DrawnWeights
    leaves: tuple[str, ...]
    point: FloatArray

    @property
    def number(self) -> IntArray:
        """(draws,) which of the indicators is left out, from 1, and 0 for none."""
        every = len(self.leaves)
        places: IntArray = np.minimum((self.point * (every + 1)).astype(np.int32), np.int32(every))
        return places

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The shares of every dimension in every draw."""
        found = dict(self.weights.shares(nominal))
        number = self.number
        left = {leaf: (number != place).astype(np.float64) for place, leaf in enumerate(self.leaves, start=1)}
        for node in reversed([node for node in self.framework.root.walk() if node.children]):
            below = [left.get(child.id) for child in node.children]
            if all(each is None for each in below):
                continue
            counts = np.stack([np.ones(len(number)) if each is None else each for each in below], axis=1)
            kept = counts * found[node.id]
            whole = kept.sum(axis=1, keepdims=True)
            found[node.id] = np.where(whole > 0, kept / np.where(whole > 0, whole, 1.0), found[node.id])
            left[node.id] = (whole[:, 0] > 0) * left.get(node.id, 1.0)
        return found

    def parameters(self) -> Mapping[str, FloatArray]:
        """What was drawn beside, and which indicator was left out."""
        return {**self.weights.parameters(), "left_out": self.number.astype(np.float64)}

    def factors(self) -> tuple[Factor, ...]:
        """Those of what is drawn beside, and which indicator it is."""
        return (*from_points(self.weights).factors(), Factor("left_out", "left_out", "leave_out"))

    def at(self, points: FloatArray) -> DrawnWeights:
        """The same left out at other points."""
        return replace(self, weights=from_points(self.weights).at(points[:, :-1]), point=points[:, -1])


def all_of_the_total(drawn: DrawnWeights, framework: Framework, nominal: Iterable[Nominal]) -> frozenset[str]:
    """The indicators that are all of the total in any draw, so that nothing would take over what they weigh.

    nominal: the shares around which weights are drawn, one for each class.
    """
    # Rules that move each share by itself leave none at 0 that was not, so that the shares around them tell as much.
    moved = drawn if not isinstance(drawn, Drawn) else HeldWeights()
    weights = [effective_weights(framework, moved.shares(own)) for own in nominal]
    whole = np.any([(each >= 1 - ROUNDING).any(axis=0) for each in weights], axis=0)
    return frozenset(leaf.id for leaf, is_whole in zip(framework.leaves, whole, strict=True) if is_whole)
