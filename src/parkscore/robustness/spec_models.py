"""A file that says what to vary, as a strict, frozen model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from parkscore.framework.models import Choice, Model, ScoreRule, Words
from parkscore.framework.written_values import Number, Positive, Share, between
from parkscore.robustness.weights import Level


def _one_or_more(said: Any) -> Any:
    """A list; a single entry stands for a list of one."""
    return said if isinstance(said, tuple) else (said,)


Names = Annotated[tuple[Words, ...], BeforeValidator(_one_or_more)]
Choices = Annotated[tuple[Choice, ...], BeforeValidator(_one_or_more)]
Rules = Annotated[tuple[ScoreRule, ...], BeforeValidator(_one_or_more)]


class VariedWeights(Model):
    """How weights vary: in exactly one way; `bounds` and `order` go together.

    Shares are within the parent. `schemes` are files beside the spec, shipped schemes or methods; `table` is a csv file
    beside the spec with a column for each node and a row for each draw.
    """

    multipliers: Share | None = None
    dirichlet: Positive | None = None
    any: Literal[True] | None = None
    expert: dict[Words, tuple[Share, Share, Share]] = Field(default_factory=dict)
    bounds: dict[Words, tuple[Share, Share]] = Field(default_factory=dict)
    order: tuple[tuple[Words, Words], ...] = ()
    schemes: tuple[Words, ...] = ()
    table: Words | None = None
    level: Level | None = None
    points: Literal["sobol", "random"] | None = None


class AbsoluteNoise(Model):
    """The standard deviation of an error in the measure of the indicator."""

    absolute: Annotated[Number, between(0)]


class Spec(Model):
    """What `Evaluation.robustness` is asked for; what it does not say has its default.

    By node or `all`, `score`, `treat`, `missing` and `aggregate` name the methods to try beside the framework's.
    `leave_out` names indicators, or `all`. `noise` is by indicator or `all` the standard deviation of the error of its
    values, as a share of each or `{absolute: x}`; `imputation` names indicators whose gaps get values of other units.
    """

    draws: Annotated[int, Field(ge=1)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    year: int | None = None
    weights: VariedWeights | None = None
    score: dict[Words, Rules] = Field(default_factory=dict)
    treat: dict[Words, Choices] = Field(default_factory=dict)
    missing: dict[Words, Choices] = Field(default_factory=dict)
    aggregate: dict[Words, Choices] = Field(default_factory=dict)
    leave_out: Names = ()
    noise: dict[Words, Share | AbsoluteNoise] = Field(default_factory=dict)
    imputation: Names = ()
