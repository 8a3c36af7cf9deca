"""Weights as an expert holds them: of each the least, the most likely and the most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from parkscore.framework.models import Framework, Node
from parkscore.methods.domain import FloatArray
from parkscore.methods.weight_draws import Kind, triangular, unit_points
from parkscore.robustness.drawn_tree import DrawnShares
from parkscore.robustness.plans import DrawnWeights, Factor, Nominal


@dataclass(frozen=True)
class ExpertWeights:
    """Weights from triangular distributions, brought back to a sum of 1 within their parent.

    held: by node the least, the most likely and the most, as shares of its parent. A sibling of which nothing is held
    enters with the share it has; dimensions of whose children none is named keep their weights. cube: the points,
    (draws, nodes), where they are not to follow from the seed.
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
            ids = [child.id for child in node.children]
            ends = [self.held.get(each, (own, own, own)) for each, own in zip(ids, nominal[node.id], strict=True)]
            middle = np.full(self.draws, 0.5)
            at = np.stack([points.get(each, middle) for each in ids], axis=1)
            low, mode, high = np.array(ends, dtype=np.float64).T
            found[node.id] = triangular(low, mode, high, at)
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
