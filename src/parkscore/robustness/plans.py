"""What is tried: for every draw its weights, and which of a few variants of the scored stage it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np

from parkscore.data.grid import Cohort, Grid, Matrix, Selection, States, Vector
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.robustness.drawn_tree import DrawnShares
from parkscore.tree.aggregate import Shares

if TYPE_CHECKING:
    from parkscore.robustness.drawn_values import DrawnValues

Nominal = Mapping[str, Vector]
"""For each dimension the shares of its children, as the evaluation has them."""


class DrawnWeights(Protocol):
    """Weights that vary from draw to draw."""

    def shares(self, nominal: Nominal) -> DrawnShares:
        """The shares of every dimension in every draw, around those of one evaluation and class."""

    def parameters(self) -> Mapping[str, FloatArray]:
        """What was drawn, a column per draw each, by what it is called."""


class Factor(NamedTuple):
    """A number from 0 to 1 that a draw follows from.

    name: what it moves. dimension: whose children's weights that are, the name itself for other factors. assumption:
    what kind it is of: `weights`, `score`, `treat`, `missing`, `aggregate`, `leave_out`, `noise`, `imputation`.
    """

    name: str
    dimension: str
    assumption: str


@runtime_checkable
class FromPoints(Protocol):
    """Weights whose every draw follows from a point of the unit cube."""

    def factors(self) -> tuple[Factor, ...]:
        """The axes of the cube."""

    def at(self, points: FloatArray) -> DrawnWeights:
        """The weights of the draws at other points, (draws, factors)."""


def from_points(weights: DrawnWeights) -> FromPoints:
    """Weights that have a point for every draw; UsageError where they are drawn in another way."""
    if isinstance(weights, FromPoints):
        return weights
    raise UsageError(
        Finding(
            code="no_points",
            severity=Severity.ERROR,
            message=Text(
                "按界限、次序或权重表抽取的权重不能逐个因素地改变，求不出各因素的影响",
                "weights from bounds, an order or a table cannot vary one factor at a time, so none has a share",
            ),
            hint=Text(
                "改用 multipliers、dirichlet、any、expert 或 schemes",
                "use multipliers, dirichlet, any, expert or schemes",
            ),
        )
    )


@dataclass(frozen=True)
class HeldWeights:
    """The weights of the evaluation in every draw."""

    def shares(self, nominal: Nominal) -> DrawnShares:
        """One row for each dimension."""
        return {node: own[np.newaxis, :] for node, own in nominal.items()}

    def parameters(self) -> Mapping[str, FloatArray]:
        """Nothing was drawn."""
        return {}

    def factors(self) -> tuple[Factor, ...]:
        """Nothing moves them."""
        return ()

    def at(self, _points: FloatArray) -> DrawnWeights:
        """The same."""
        return self


@dataclass(frozen=True)
class Filled:
    """What the scores of a variant are made of: the values as observed and with gaps filled, and the references."""

    observed: Grid
    imputed: Grid
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True)
class Variant:
    """The scores of the indicators under one combination of the methods that are tried.

    scores, states: (rows, indicators) of the table. cohorts: the groups of rows with the shares around which weights
    are drawn, those of the evaluation. label: what differs from the evaluation, empty where nothing does. filled: the
    values that the scores were made of.
    """

    framework: Framework
    scores: Matrix
    states: States
    cohorts: tuple[tuple[Cohort, Shares], ...]
    label: Text
    filled: Filled

    @classmethod
    def of(cls, evaluation: Evaluation) -> Variant:
        """The evaluation as it is."""
        scores, states = evaluation.scoring.scores, evaluation.treatment.grid.states
        filled = Filled(evaluation.indicator_grid, evaluation.imputed_grid, evaluation.measured)
        return cls(evaluation.framework, scores, states, tuple(evaluation.own_cohorts), Text("", ""), filled)


@dataclass(frozen=True)
class DrawPlan:
    """All draws of a run.

    evaluation: what the draws vary. variants: the first is the evaluation as it is. variant_of: (draws,) which of them
    each draw takes. choices: a factor for each alternative of methods. sizes: among how many methods each chooses.
    values: what differs of the values of indicators, None where nothing does.
    """

    evaluation: Evaluation
    draws: int
    weights: DrawnWeights
    variants: tuple[Variant, ...]
    variant_of: IntArray
    choices: tuple[Factor, ...] = ()
    sizes: tuple[int, ...] = ()
    values: DrawnValues | None = None

    @classmethod
    def of(cls, evaluation: Evaluation, weights: DrawnWeights, draws: int) -> DrawPlan:
        """The weights vary, and nothing else."""
        return cls(evaluation, draws, weights, (Variant.of(evaluation),), np.zeros(draws, dtype=np.int32))

    def taken_by(self, draws: Selection) -> list[int]:
        """The variants that some draws take, ascending."""
        return np.flatnonzero(np.bincount(self.variant_of[draws])).tolist()
