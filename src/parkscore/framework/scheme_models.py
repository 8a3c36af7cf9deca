"""The models of a file with a weight scheme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from parkscore.framework.base_models import FileModel, Label, Model
from parkscore.framework.choices import Choice
from parkscore.framework.written_values import (
    NUMBER_SCHEMA,
    Number,
    Positive,
    SchemeStatus,
    Share,
    Words,
    read_number,
    write_number,
)


class WeightEntry(Model):
    """One weight, with its own source where it has one: `0.8`, `20%`, or `{weight: 20%, source: ...}`."""

    weight: Number
    source: Words | None = None
    status: SchemeStatus | None = None

    @model_validator(mode="before")
    @classmethod
    def _number_or_mapping(cls, value: Any) -> Any:
        return value if isinstance(value, (Mapping, cls)) else {"weight": read_number(value)}

    @model_serializer(mode="wrap")
    def _as_written(self, write: SerializerFunctionWrapHandler) -> Any:
        return write_number(self.weight) if self.source is None and self.status is None else write(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """A number, or an object with its source."""
        return {"anyOf": [*NUMBER_SCHEMA["anyOf"], handler(core_schema)]}


class CombinedPart(Model):
    """One part of a combination: a scheme or a method, and its share; without shares all parts count the same."""

    scheme: Words | None = None
    method: Choice | None = None
    share: Positive | None = None


class Policy(Model):
    """What weights are drawn toward, and how far: a scheme, a method, or numbers by node id.

    Where numbers leave out the children of a node, they stay as the scheme has them.
    """

    scheme: Words | None = None
    method: Choice | None = None
    weights: dict[Words, WeightEntry] = Field(default_factory=dict)
    share: Share


class ClassWeights(Model):
    """What a weight scheme says otherwise for the units of one class: numbers, and methods by node."""

    weights: dict[Words, WeightEntry] = Field(default_factory=dict)
    inside: dict[Words, Choice] = Field(default_factory=dict)


class WeightScheme(FileModel):
    """One set of weights over a framework, with its status.

    `data_note` is what the data that its numbers were computed from say of themselves, such as that they are synthetic;
    it stands on every result.

    `weights` gives numbers by node id. `inside` says how the children of a node are weighed where no number is given
    (`"*"` for every node). `method` weighs all indicators at once. `combine` mixes schemes and methods, additively or
    as `combine_by` says. `toward` then draws the weights toward a policy. `classes` says what differs for a class; what
    it does not say is taken from the scheme.
    """

    id: Words
    framework: Words
    title: Label | None = None
    status: SchemeStatus
    source: Words | None = None
    note: Words | None = None
    data_note: Words | None = None
    weights: dict[Words, WeightEntry] = Field(default_factory=dict)
    inside: dict[Words, Choice] = Field(default_factory=dict)
    method: Choice | None = None
    combine: tuple[CombinedPart, ...] = ()
    combine_by: Words | None = None
    toward: Policy | None = None
    classes: dict[Words, ClassWeights] = Field(default_factory=dict)

    def __repr__(self) -> str:
        """One line: which scheme, for which framework, with which status."""
        return f"<WeightScheme {self.id}: for {self.framework}, {self.status}>"

    __str__ = __repr__

    def weight_of(self, node_id: str) -> float | None:
        """The number given for a node, if there is one."""
        entry = self.weights.get(node_id)
        return None if entry is None else entry.weight
