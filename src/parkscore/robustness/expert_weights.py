"""Weights as an expert holds them: of each the least, the most likely and the most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from parkscore.data.grid import Matrix, Vector
from parkscore.framework.models import Framework, Node
from parkscore.methods.domain import FloatArray
from parkscore.methods.weight_draws import Kind, normalised, triangular, unit_points
from parkscore.robustness.drawn_tree import DrawnShares
from parkscore.robustness.plans import DrawnWeights, Factor, Nominal


@dataclass(frozen=True)
class ExpertWeights:
    """Weights from triangular distributions, as shares of their parent.

    held: by node the least, the most likely and the most. Siblings of which nothing is held share what is left, in the
    proportions that they have, so that what is held stays as it is held; where there are none, or they weigh nothing,
    weights are brought back to a sum of 1. Dimensions of whose children none is named keep their weights. cube: the
    points, (draws, nodes), where they are not to follow from the seed.
    """

    framework: Framework
    held: Mapping[str, tuple[float, float, float]]
    draws: int
    seed: int
    kind: Kind = "sobol"
    cube: FloatArray | None = field(default=None, repr=False, compare=False)

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The shares of every dimension in every draw."""
        points = self.parameters()
        found = {node: own[np.newaxis, :] for node, own in nominal.items()}
        for node in self._dimensions():
            found[node.id] = self._of_children([child.id for child in node.children], nominal[node.id], points)
        return found

    def _of_children(self, ids: Sequence[str], own: Vector, points: Mapping[str, FloatArray]) -> Matrix:
        named = np.array([each in self.held for each in ids])
        low, mode, high = np.array([self.held[each] for each in ids if each in self.held], dtype=np.float64).T
        at = np.stack([points[each] for each in ids if each in self.held], axis=1)
        drawn = triangular(low, mode, high, at)
        if not own[~named].any():
            drawn = normalised(drawn)
        found = np.zeros((self.draws, len(ids)))
        found[:, named] = drawn
        if own[~named].any():
            left = np.maximum(1.0 - drawn.sum(axis=1, keepdims=True), 0.0)
            found[:, ~named] = left * (own[~named] / own[~named].sum())
        return found

    def parameters(self) -> Mapping[str, FloatArray]:
        """The points of each node in the unit cube."""
        factors = self.factors()
        cube = unit_points(self.draws, len(factors), self.seed, self.kind) if self.cube is None else self.cube
        return {factor.name: cube[:, column] for column, factor in enumerate(factors)}

    def factors(self) -> tuple[Factor, ...]:
        """One for each node of which something is held."""
        nodes = self._dimensions()
        named = [(child.id, node.id) for node in nodes for child in node.children if child.id in self.held]
        return tuple(Factor(child, node, "weights") for child, node in named)

    def at(self, points: FloatArray) -> DrawnWeights:
        """The weights at other points."""
        return replace(self, draws=len(points), cube=points)

    def _dimensions(self) -> list[Node]:
        return [node for node in self.framework.root.walk() if any(child.id in self.held for child in node.children)]
