"""The framework language as strict, frozen models."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from numpy.typing import ArrayLike
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.points_rounding import MOST_DECIMALS, rounded

_PERCENT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[%％]\s*")


class Percent(float):
    """A number written with a percent sign; it keeps its text so that a file round-trips.

    >>> Percent("20%") == 0.2, str(Percent("20%"))
    (True, '20%')
    """

    text: str

    def __new__(cls, text: str) -> Self:
        """Read `20%` as 0.2, exactly as the decimal is written."""
        match = _PERCENT.fullmatch(text)
        if match is None:
            raise ValueError(text)
        number = super().__new__(cls, float(Decimal(match.group(1)) / 100))
        number.text = f"{match.group(1)}%"
        return number

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]  # a float is made from a float, this from a text
        """What a copy or a pickle is made from."""
        return (self.text,)

    def __str__(self) -> str:
        """The text it was written as."""
        return self.text

    def __repr__(self) -> str:
        """The text it was written as."""
        return self.text


def read_number(value: Any) -> float:
    """A finite number, or a text with a percent sign.

    >>> read_number("20%"), read_number(3)
    (20%, 3.0)
    """
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        value = Percent(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    try:
        number = value if isinstance(value, Percent) else float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PydanticCustomError("finite_number", "Input should be a finite number")
    return number


def _between(low: float, high: float = math.inf, *, open_low: bool = False) -> AfterValidator:
    """A bound that a number must respect, with a message in both languages."""

    def check(value: float) -> float:
        if value < low or value > high or (open_low and value == low):
            side = f"> {low:g}" if open_low else f">= {low:g}"
            rule = side if high == math.inf else f"{side}, <= {high:g}"
            raise PydanticCustomError("out_of_bounds", "must be {rule}", {"rule": rule, "zh": f"必须 {rule}"})
        return value

    return AfterValidator(check)


def write_number(value: float) -> Any:
    """The shortest plain form of a number: `20%`, `60`, `0.8`."""
    if isinstance(value, Percent):
        return value.text
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def read_parameter(value: Any) -> Any:
    """A parameter of a method with every `20%` inside it read as a number."""
    if isinstance(value, Mapping):
        return {key: read_parameter(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(read_parameter(inner) for inner in value)
    return Percent(value) if isinstance(value, str) and _PERCENT.fullmatch(value) else value


def write_parameter(value: Any) -> Any:
    """The inverse of `read_parameter`, in plain lists and dicts."""
    if isinstance(value, Mapping):
        return {key: write_parameter(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [write_parameter(inner) for inner in value]
    return write_number(value) if isinstance(value, float) else value


def _read_date(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _read_reference(value: Any) -> Any:
    if value in ("per-year", "panel") or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise PydanticCustomError(
        "reference",
        "must be `per-year`, `panel` or a year",
        {"zh": "应是 `per-year`、`panel` 或一个年份"},
    )


# A blank says nothing and could not be told from an empty cell; a control character can neither be seen nor be kept.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _visible(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty_text", "is empty", {"zh": "是空的"})
    if _INVISIBLE.search(text):
        raise PydanticCustomError("control_character", "holds a control character", {"zh": "含有控制字符"})
    return text


Words = Annotated[str, AfterValidator(_visible)]
_NUMBER_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?\s*[%％]$"}]}
Number = Annotated[float, PlainValidator(read_number), PlainSerializer(write_number), WithJsonSchema(_NUMBER_SCHEMA)]
Share = Annotated[Number, _between(0, 1)]
Positive = Annotated[Number, _between(0, open_low=True)]
Factor = Annotated[Number, _between(1, open_low=True)]
Date = Annotated[datetime.date, BeforeValidator(_read_date)]
Reference = Annotated[
    Literal["per-year", "panel"] | int,
    PlainValidator(_read_reference),
    WithJsonSchema({"anyOf": [{"enum": ["per-year", "panel"]}, {"type": "integer"}]}),
]
Direction = Literal["higher", "lower"]
SchemeStatus = Literal["official", "assumed", "computed", "expert"]
SourceStatus = Literal["sourced", "transcribed", "partial", "assumed", "example"]
UNKNOWN: Literal["unknown"] = "unknown"
REWEIGHT = "reweight"
INVALID = "invalid"
SCORE_GROUP_MEAN = "score_group_mean"
SHORTER_HISTORY = "shorter_history"
POLICIES: Mapping[str, tuple[str, ...]] = {
    REWEIGHT: (),
    INVALID: (),
    SCORE_GROUP_MEAN: ("by",),
    SHORTER_HISTORY: ("formulas",),
}
"""What can happen to a gap beside the imputations of the shelf, and what each may state."""


def _read_weight(value: Any) -> Any:
    return value if value == UNKNOWN else read_number(value)


def _write_weight(value: Any) -> Any:
    return value if value == UNKNOWN else write_number(value)


Weight = Annotated[
    float | Literal["unknown"],
    PlainValidator(_read_weight),
    PlainSerializer(_write_weight),
    WithJsonSchema({"anyOf": [*_NUMBER_SCHEMA["anyOf"], {"const": UNKNOWN}]}),
]


OPEN: Literal["open"] = "open"


def _read_points(value: Any) -> Any:
    number = value if value == OPEN else read_number(value)
    if isinstance(number, Percent):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    if isinstance(number, float) and number < 0:
        raise PydanticCustomError("out_of_bounds", "must be {rule}", {"rule": ">= 0", "zh": "必须 >= 0"})
    return number


Points = Annotated[
    float | Literal["open"],
    PlainValidator(_read_points),
    PlainSerializer(_write_weight),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"const": OPEN}]}),
]
"""The full score of a node as the rules declare it; `open` where there is no ceiling."""


def _read_items(value: Any) -> Any:
    """Two whole numbers that do not fall, the first at least 1."""
    whole = isinstance(value, (list, tuple)) and all(type(each) is int for each in value)
    if whole and len(value) == 2 and 1 <= value[0] <= value[1]:
        return tuple(value)
    raise PydanticCustomError(
        "slot_items",
        "must be the least and the most, such as [1, 3]",
        {"zh": "应是最少和最多几项，如 [1, 3]"},
    )


def _read_slot_points(value: Any) -> float:
    points = _read_points(value)
    if not isinstance(points, float):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    return points


SlotPoints = Annotated[
    float,
    PlainValidator(_read_slot_points),
    _between(0, open_low=True),
    PlainSerializer(write_number),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
SlotItems = Annotated[
    tuple[int, int],
    PlainValidator(_read_items),
    PlainSerializer(list),
    WithJsonSchema({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}),
]


class Model(BaseModel):
    """What every part of the language shares: no unknown key, no change, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Label(Model):
    """A name in Chinese, English or both."""

    zh: Words | None = None
    en: Words | None = None

    @model_validator(mode="after")
    def _name_in_one_language(self) -> Self:
        if self.zh is None and self.en is None:
            raise PydanticCustomError("no_name", "needs a name: zh or en", {"zh": "需要名称：zh 或 en"})
        return self

    @property
    def label(self) -> Text:
        """The name in both languages; where one is missing, the other serves."""
        return Text(zh=self.zh or self.en or "", en=self.en or self.zh or "")


class Choice(Model):
    """A method of the shelf by name, with its parameters: `minmax`, or `{rule: minmax, clip: true}`."""

    key: ClassVar[str] = "method"
    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, name: str, **parameters: Any) -> Self:
        """The choice of a method from Python.

        >>> ScoreRule.of("minmax", clip=False).parameters
        {'clip': False}
        """
        return cls.model_validate({cls.key: name, **parameters})

    @model_validator(mode="before")
    @classmethod
    def _name_or_mapping(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, Mapping):
            if not isinstance(value.get(cls.key), str):
                raise PydanticCustomError(
                    "no_method",
                    "names no method: it needs `{key}:` and the method's name",
                    {"key": cls.key, "zh": f"没有指明方法：需要 `{cls.key}:` 和方法名"},
                )
            rest = {key: read_parameter(inner) for key, inner in value.items() if key != cls.key}
            return {"name": value[cls.key], "parameters": rest}
        return value

    @model_serializer(mode="wrap")
    def _as_written(self, _: SerializerFunctionWrapHandler) -> Any:
        if not self.parameters:
            return self.name
        return {self.key: self.name} | {key: write_parameter(value) for key, value in self.parameters.items()}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """A name, or an object that names the method under its key."""
        del core_schema, handler
        return {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "properties": {cls.key: {"type": "string"}}, "required": [cls.key]},
            ]
        }


class ScoreRule(Choice):
    """A scoring rule by name, with its parameters."""

    key: ClassVar[str] = "rule"


class ConstantTable(Model):
    """Numbers by text, such as a coefficient for each industry, which formulas read with `lookup`."""

    values: dict[Words, Number]
    otherwise: Number | None = None
    source: Words | None = None
    note: Words | None = None


class UnitKey(Label):
    """What one row is, and the column that names it."""

    key: Words
    aliases: tuple[Words, ...] = ()


class DataField(Label):
    """A raw column with a measure and plausible limits, or a formula over other fields."""

    kind: Literal["number", "text"] = "number"
    measure: Words | None = None
    min: Number | None = None
    max: Number | None = None
    formula: Words | None = None
    aliases: tuple[Words, ...] = ()
    totals: dict[int, Number] = Field(default_factory=dict)
    source: Words | None = None
    note: Words | None = None


class Inherited(Model):
    """What an indicator takes from the nearest node above it that says so, else from `defaults`."""

    direction: Direction | None = None
    score: ScoreRule | None = None
    missing: Choice | None = None
    treat: Choice | None = None
    min_coverage: Share | None = None


class Defaults(Inherited):
    """What holds wherever a node says nothing."""

    aggregate: Choice | None = None
    weights: Choice | None = None


class Rounding(Model):
    """To how many decimals a score is rounded, and how."""

    decimals: Annotated[int, Field(ge=0, le=MOST_DECIMALS)]
    how: Literal["half_up", "half_even", "down", "up"]

    def of(self, scores: ArrayLike) -> FloatArray:
        """The scores, rounded.

        >>> Rounding(decimals=0, how="half_up").of([2.5, 2.4]).tolist()
        [3.0, 2.0]
        """
        return rounded(scores, self.decimals, self.how)

    def __str__(self) -> str:
        """As a person writes it: `0 half_up`."""
        return f"{self.decimals} {self.how}"


TIERS = "tiers"
"""The scoring rule whose conditions take the place of a formula."""


class Slot(Model):
    """Points that are kept for indicators of others: how many, of how many indicators, and what happens until then.

    items: the least and the most indicators. must_be_filled: whether nothing can be scored until it is filled; only
    then may the points be left out, where the text that fills it will say them.
    """

    points: SlotPoints | None = None
    items: SlotItems | None = None
    must_be_filled: bool = False


class Case(Model):
    """One case of an indicator: the formula and the scoring rule for the rows in which its condition holds.

    What a case does not say, the indicator says. Only the last may go without a condition: it holds otherwise.
    """

    when: Words | None = None
    zh: Words | None = None
    en: Words | None = None
    formula: Words | None = None
    score: ScoreRule | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def label(self) -> Text | None:
        """The name in both languages; None where the case has no name."""
        if self.zh is None and self.en is None:
            return None
        return Text(zh=self.zh or self.en or "", en=self.en or self.zh or "")


class Node(Label, Inherited):
    """A dimension with children, an indicator with a formula, a category or tiers, or a slot for children to come."""

    id: Words
    points: Points | None = None
    weight: Weight | None = None
    weights: Choice | None = None
    aggregate: Choice | None = None
    formula: Words | None = None
    category: Words | None = None
    measure: Words | None = None
    given: Words | None = None
    whole: bool | None = None
    round: Rounding | None = None
    slot: Slot | None = None
    cases: tuple[Case, ...] = ()
    children: tuple[Node, ...] = ()
    source: Words | None = None
    note: Words | None = None

    @property
    def is_indicator(self) -> bool:
        """Whether the node is a leaf."""
        return not self.children

    @property
    def is_open_slot(self) -> bool:
        """Whether the node is a slot that nothing fills yet; it is a leaf without values."""
        return self.slot is not None and not self.children

    @property
    def full_score(self) -> float | Literal["open"] | None:
        """The points of its slot, else those that it declares."""
        return self.points if self.slot is None or self.slot.points is None else self.slot.points

    @property
    def lacks_points(self) -> bool:
        """Whether it holds a slot that nothing fills and of which the points are not known yet."""
        return any(node.is_open_slot and node.full_score is None for node in self.walk())

    @property
    def formulas(self) -> tuple[str, ...]:
        """Every formula that its value may come from: its own, then those of its cases."""
        said = (self.formula, *(case.formula for case in self.cases))
        return tuple(dict.fromkeys(text for text in said if text is not None))

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of its tiers in their order, none where it is not scored by tiers."""
        rule = self.score if self.score is not None and self.score.name == TIERS else None
        tiers = rule.parameters.get("tiers") if rule is not None else None
        stated = (tier.get("when") for tier in tiers or () if isinstance(tier, Mapping))
        return tuple(text for text in stated if isinstance(text, str))

    @property
    def is_named(self) -> bool:
        """Whether its value is one of several names, a category or a tier, and no number."""
        return self.category is not None or bool(self.conditions)

    def walk(self) -> Iterator[Node]:
        """The node and all below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


class Total(Model):
    """The root: what the score of a unit is called, and how the first level becomes it."""

    id: Words = "total"
    zh: Words | None = "综合得分"
    en: Words | None = "Total score"
    points: Points | None = None
    aggregate: Choice | None = None
    weights: Choice | None = None
    min_coverage: Share | None = None
    round: Rounding | None = None


class Jump(Model):
    """A change between years by more than a factor."""

    fields: tuple[Words, ...]
    factor: Factor


class Expected(Model):
    """The size of a column, per unit of another column, and the factor by which it may differ."""

    field: Words
    per: Words | None = None
    expected: Positive
    factor: Factor


class Outlier(Model):
    """A value far from the median of its year and class, counted in robust standard deviations."""

    fields: tuple[Words, ...]
    z: Positive


class Rule(Label):
    """One validation rule: a condition that must hold, fields that must be filled, a jump, a mix-up or an outlier."""

    id: Words
    severity: Literal["error", "warning", "info"] = "warning"
    require: Words | None = None
    required: tuple[Words, ...] | None = None
    when: Words | None = None
    jump: Jump | None = None
    measure_mixup: Expected | None = None
    magnitude: Expected | None = None
    outlier: Outlier | None = None
    hint: Label | None = None
    status: SourceStatus | None = None
    source: Words | None = None


class Way(Label):
    """One way around a requirement: a name, and the condition under which it is open."""

    when: Words
    source: Words | None = None
    note: Words | None = None


class Relaxation(Model):
    """Thresholds that are easier by a share for the units of which a condition holds."""

    when: Words
    by: Annotated[Share, _between(0, open_low=True)]
    source: Words | None = None


class AtLeast(Model):
    """So many of these requirements."""

    count: int
    of: tuple[Requirement, ...]


class Requirement(Model):
    """What is asked of a unit beside its score: exactly one of `require`, `all`, `any`, `at_least`, `veto`, `review`.

    `when`, `exempt`, `bypass`, `relax` and `miss` say for whom it is asked, who goes around it, and what a miss means.
    """

    id: Words
    zh: Words | None = None
    en: Words | None = None
    require: Words | None = None
    all: tuple[Requirement, ...] = ()
    any: tuple[Requirement, ...] = ()
    at_least: AtLeast | None = None
    veto: Words | None = None
    review: Words | None = None
    when: Words | None = None
    exempt: tuple[Way, ...] = ()
    bypass: tuple[Way, ...] = ()
    relax: Relaxation | None = None
    miss: Literal["review"] | None = None
    status: SourceStatus | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def label(self) -> Text:
        """The name in both languages; where there is none, the id."""
        return Text(zh=self.zh or self.en or self.id, en=self.en or self.zh or self.id)

    @property
    def items(self) -> tuple[Requirement, ...]:
        """The requirements that this one is made of; none where it is a condition."""
        return self.all or self.any or (self.at_least.of if self.at_least is not None else ())


class Line(Model):
    """What a bank or a fund lends or gives to a grade: an amount, and the measure it is counted in."""

    amount: Annotated[Number, _between(0)]
    measure: Words

    def __str__(self) -> str:
        """As a person writes it: `300万元`."""
        return f"{self.amount:.15g}{self.measure}"


class Grade(Label):
    """One grade of a scale: the scores that earn it (`from`, `over`, `to`, `below`), and the line that goes with it."""

    id: Words
    from_: Number | None = Field(default=None, alias="from")
    over: Number | None = None
    to: Number | None = None
    below: Number | None = None
    line: Line | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def ends(self) -> dict[str, float]:
        """The ends that are stated, by their keys."""
        ends = {"from": self.from_, "over": self.over, "to": self.to, "below": self.below}
        return {key: float(end) for key, end in ends.items() if end is not None}


class Override(Label):
    """A grade whatever the score is, for the units of which a condition holds."""

    grade: Words
    when: Words
    source: Words | None = None
    note: Words | None = None


class GradeScale(Label):
    """Grades that follow from the score of a node, the total where none is named."""

    id: Words
    of: Words | None = None
    bands: tuple[Grade, ...]
    otherwise: Grade | None = None
    overrides: tuple[Override, ...] = ()
    status: SourceStatus | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def grades(self) -> tuple[Grade, ...]:
        """Every grade of the scale, in the order of the file, `otherwise` last."""
        return self.bands if self.otherwise is None else (*self.bands, self.otherwise)


BELOW_MIN = "below_min"
ABOVE_MAX = "above_max"
LIMITS = (BELOW_MIN, ABOVE_MAX)
"""What the limits of a field are called among the rules."""


class Accepted(Model):
    """A finding that somebody has looked at and answers for: of a rule by its id, or of a field's limit.

    Every finding but that of a mixed-up measure, which is one of a whole column, is about a unit.
    """

    rule: Words
    unit: Words | None = None
    field: Words | None = None
    year: int | None = None
    reason: Words
    by: Words


class UnitClass(Label):
    """A class of units: those for which its condition holds."""

    id: Words
    when: Words
    source: Words | None = None
    note: Words | None = None


class RankedList(Label):
    """Units in an order: all for which a condition holds, or the first so many of them.

    `by` is what they are ordered by, the total score where it is not said; `per` a text field by which members are
    counted.
    """

    id: Words
    require: Words | None = None
    by: Words | None = None
    direction: Direction = "higher"
    top: Annotated[int, Field(ge=1)] | None = None
    per: Words | None = None
    status: SourceStatus | None = None
    source: Words | None = None
    note: Words | None = None


class TargetStart(Model):
    """Where the path of a target begins: a data year, and the value in it; without one, that of the data."""

    year: int
    value: Number | None = None


class Target(Label):
    """What all units together must reach by a year: a value over the whole year, at most or at least a number."""

    id: Words
    value: Words
    measure: Words | None = None
    at_most: Number | None = None
    at_least: Number | None = None
    by: int
    start: TargetStart | None = Field(default=None, alias="from")
    path: Literal["compound", "linear"] | None = None
    status: SourceStatus | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def goal(self) -> float:
        """The number that must be reached; that there is one is checked with the framework."""
        stated = self.at_most if self.at_most is not None else self.at_least
        return math.nan if stated is None else float(stated)

    @property
    def way(self) -> str | None:
        """How the path runs: as stated, `compound` where only its start is, None where neither is."""
        return self.path or (None if self.start is None else "compound")


class Screen(Model):
    """Units with fewer indicators than this share are set aside before scoring.

    `stage` says whether indicators are counted as they were derived, or after gaps were filled.
    """

    availability: Share
    stage: Literal["indicators", "imputed"] = "indicators"


class Ranking(Model):
    """How equal scores are ranked, to how many decimals scores count as equal, and whether percentiles are given."""

    ties: Words = "min"
    decimals: Annotated[int, Field(ge=0, le=12)] = 9
    percentiles: bool = False


class Effective(Model):
    """The years of data that the framework is meant for: first and last day in force."""

    since: Date | None = None
    until: Date | None = None


class Framework(Model):
    """An indicator framework: the tree, its fields, rules and sources."""

    id: Words
    title: Label
    extends: Words | None = None
    remove: tuple[Words, ...] = ()
    version: Words | None = None
    status: SourceStatus | None = None
    source: Words | None = None
    note: Words | None = None
    effective: Effective | None = None
    evaluation_lag: Annotated[int, Field(ge=0, le=5)] = 0
    unit: UnitKey
    time: Words | None = None
    class_field: Words | None = Field(default=None, alias="class")
    classes: tuple[UnitClass, ...] = ()
    rank_within: tuple[Words, ...] = ()
    weights_status: SchemeStatus | None = None
    weights_source: Words | None = None
    reference: Reference = "per-year"
    screen: Screen | None = None
    ranking: Ranking = Ranking()
    defaults: Defaults = Defaults()
    total: Total = Total()
    fields: dict[Words, DataField]
    tables: dict[Words, ConstantTable] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    gates: tuple[Requirement, ...] = ()
    lists: tuple[RankedList, ...] = ()
    grades: tuple[GradeScale, ...] = ()
    targets: tuple[Target, ...] = ()
    indicators: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Every node below the root, depth first, in the order of the file."""
        for node in self.indicators:
            yield from node.walk()

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The indicators, in the order of the file."""
        return tuple(node for node in self.walk() if node.is_indicator)

    @property
    def only_judges(self) -> bool:
        """Whether there are no indicators, so that nothing is scored or ranked."""
        return not self.indicators

    @property
    def has_classes(self) -> bool:
        """Whether units have classes, read from a field or found by conditions."""
        return self.class_field is not None or bool(self.classes)

    @property
    def root(self) -> Node:
        """The tree as one node, so that the first level is treated like any other."""
        return Node.model_construct(
            id=self.total.id,
            zh=self.total.zh,
            en=self.total.en,
            points=self.total.points,
            aggregate=self.total.aggregate,
            weights=self.total.weights,
            min_coverage=self.total.min_coverage,
            round=self.total.round,
            children=self.indicators,
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
        return {"anyOf": [*_NUMBER_SCHEMA["anyOf"], handler(core_schema)]}


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


class WeightScheme(Model):
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

    def weight_of(self, node_id: str) -> float | None:
        """The number given for a node, if there is one."""
        entry = self.weights.get(node_id)
        return None if entry is None else entry.weight
