"""What to vary when ranks are tried, and what else to say of them, as strict, frozen models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from parkscore.framework.base_models import Model
from parkscore.framework.choices import Choice, ScoreRule
from parkscore.framework.written_values import Amount, Positive, Share, Words, between


def _one_or_more(said: Any) -> Any:
    """A list; a single entry stands for a list of one."""
    return said if isinstance(said, tuple) else (said,)


_NAME_SCHEMA = {"type": "string"}
Names = Annotated[
    tuple[Words, ...],
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [_NAME_SCHEMA, {"type": "array", "items": _NAME_SCHEMA}]}),
]
Choices = Annotated[tuple[Choice, ...], BeforeValidator(_one_or_more)]
Rules = Annotated[tuple[ScoreRule, ...], BeforeValidator(_one_or_more)]
Bounds = dict[Words, tuple[Share, Share]]
Order = tuple[tuple[Words, Words], ...]


class VariedWeights(Model):
    """How weights vary: in exactly one way; `bounds` and `order` go together.

    Shares are within the parent. `schemes` are files beside the spec, shipped schemes or methods; `table` is a csv file
    beside the spec with a column for each node and a row for each draw.
    """

    multipliers: Share | None = None
    dirichlet: Positive | None = None
    any: Literal[True] | None = None
    expert: dict[Words, tuple[Share, Share, Share]] = Field(default_factory=dict)
    bounds: Bounds = Field(default_factory=dict)
    order: Order = ()
    schemes: tuple[Words, ...] = ()
    table: Words | None = None
    level: Literal["leaf", "node", "both"] | None = None
    points: Literal["sobol", "random"] | None = None


class AbsoluteNoise(Model):
    """The standard deviation of an error in the measure of the indicator."""

    absolute: Annotated[Amount, between(0)]


Noise = Annotated[
    Annotated[Share, Tag("share")] | Annotated[AbsoluteNoise, Tag("error")],
    # Told by its form, so that a mistake is one of the share or of the group, and not of both.
    Discriminator(lambda said: "error" if isinstance(said, Mapping | AbsoluteNoise) else "share"),
]


class Question(Model):
    """What is asked beside the draws; `true` asks for it with all of its defaults."""

    @model_validator(mode="before")
    @classmethod
    def _true_is_all_defaults(cls, said: Any) -> Any:
        if said is True:
            return {}
        if isinstance(said, Mapping | Model):
            return said
        raise PydanticCustomError(
            "wrong_type",
            "must be `true` or a group of `key: value`; leave the key out where it is not asked for",
            {"zh": "应是 true，或 `键: 值` 的组；不问就去掉这个键"},
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """`true`, or an object."""
        return {"anyOf": [{"const": True}, handler(core_schema)]}


GROUPINGS = ("dimension", "indicator", "assumption")


def _read_groups(said: Any) -> Any:
    """A way to group factors, or by group the names of its factors."""
    if isinstance(said, str) and said in GROUPINGS:
        return said
    if isinstance(said, Mapping) and said:
        groups = {group: _one_or_more(names) for group, names in said.items()}
        if all(isinstance(word, str) for group, names in groups.items() for word in (group, *names)):
            return groups
    raise PydanticCustomError(
        "groups",
        "must be dimension, indicator, assumption, or by group a list of what is in it, such as `innovation: [1.1]`",
        {"zh": "应是 dimension、indicator、assumption，或按组列出其中的代号，如 `创新: [1.1]`（代号加引号）"},
    )


def _write_groups(groups: Any) -> Any:
    return groups if isinstance(groups, str) else {group: list(names) for group, names in groups.items()}


Groups = Annotated[
    Literal["dimension", "indicator", "assumption"] | dict[str, tuple[str, ...]],
    PlainValidator(_read_groups),
    PlainSerializer(_write_groups),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(GROUPINGS)},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"anyOf": [_NAME_SCHEMA, {"type": "array", "items": _NAME_SCHEMA}]},
                },
            ]
        }
    ),
]


class SensitivityQuestion(Question):
    """Which of what varies moves the ranks: of these outputs, by these groups, from draws of its own.

    Without outputs, those of the mean shift and, of more than ten units, of who is among the first ten.
    """

    outputs: Names = ()
    groups: Groups = "dimension"
    draws: Annotated[int, Field(ge=2)] = 1024


class ExactQuestion(Question):
    """What holds of the ranks without draws, where the total is a weighted sum.

    level: whose weights vary. spread: each up to so much more or less, or `bounds` and `order` in the total. class:
    the units of one class. complete_only: without the units with a gap, which are named; false refuses them. units:
    whose best and worst ranks are looked for; without, all where dimensions vary, and none where indicators do.
    seconds: for one end of one unit.
    """

    level: Literal["indicator", "dimension"] = "dimension"
    spread: Share | None = None
    bounds: Bounds = Field(default_factory=dict)
    order: Order = ()
    class_id: Words | None = Field(default=None, alias="class")
    complete_only: bool = True
    units: Names = ()
    seconds: Positive | None = None


class OneAtATimeQuestion(Question):
    """What one change alone does: each node left out, other schemes, units that leave.

    schemes: files beside the spec, shipped schemes or methods. without_units: who leaves; `all` for every ranked unit.
    """

    schemes: Names = ()
    without_units: Names = ()


class RobustnessSpec(Model):
    """What `Evaluation.robustness` is asked for; what it does not say has its default.

    By node or `all`, `score`, `treat`, `missing` and `aggregate` name the methods to try beside the framework's.
    `leave_out` names indicators, or `all`. `noise` is by indicator or `all` the standard deviation of the error of its
    values, as a share of each or `{absolute: x}`; `imputation` names indicators whose gaps get values of other units.
    `sensitivity`, `exact` and `one_at_a_time` are answered beside the draws.
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
    noise: dict[Words, Noise] = Field(default_factory=dict)
    imputation: Names = ()
    sensitivity: SensitivityQuestion | None = None
    exact: ExactQuestion | None = None
    one_at_a_time: OneAtATimeQuestion | None = None
