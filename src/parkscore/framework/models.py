"""The framework language as strict, frozen models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from numpy.typing import ArrayLike
from pydantic import Field

from parkscore.framework.base_models import FileModel, Label, Model
from parkscore.framework.choices import Choice, ScoreRule
from parkscore.framework.judging_models import (
    AtLeast,
    Grade,
    GradeScale,
    Line,
    Override,
    RankedList,
    Relaxation,
    Requirement,
    Target,
    TargetStart,
    Way,
)
from parkscore.framework.kept import kept
from parkscore.framework.member_models import Addend, Members
from parkscore.framework.robustness_models import RobustnessSpec
from parkscore.framework.scheme_models import ClassWeights, CombinedPart, Policy, WeightEntry, WeightScheme
from parkscore.framework.written_values import (
    OPEN,
    UNKNOWN,
    Date,
    Direction,
    Factor,
    Number,
    Percent,
    Points,
    Positive,
    Reference,
    SchemeStatus,
    Share,
    SlotItems,
    SlotPoints,
    SourceStatus,
    Weight,
    Words,
    read_number,
    read_parameter,
    write_number,
    write_parameter,
)
from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.points_rounding import MOST_DECIMALS, rounded

# The language in one place: what stands in its own module is found here, too.
__all__ = [
    "OPEN",
    "UNKNOWN",
    "Addend",
    "AtLeast",
    "Choice",
    "ClassWeights",
    "CombinedPart",
    "Direction",
    "Grade",
    "GradeScale",
    "Label",
    "Line",
    "Members",
    "Model",
    "Override",
    "Percent",
    "Policy",
    "RankedList",
    "Relaxation",
    "Requirement",
    "RobustnessSpec",
    "SchemeStatus",
    "ScoreRule",
    "SourceStatus",
    "Target",
    "TargetStart",
    "Way",
    "WeightEntry",
    "WeightScheme",
    "Words",
    "read_number",
    "read_parameter",
    "write_number",
    "write_parameter",
]

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


class ConstantTable(Model):
    """Numbers by text, such as a coefficient for each industry, which formulas read with `lookup`."""

    values: dict[Words, Number]
    otherwise: Number | None = None
    source: Words | None = None
    note: Words | None = None


class UnitKey(Label):
    """What one row is, and the column that names it: by any text, or by a 统一社会信用代码."""

    key: Words
    kind: Literal["text", "uscc"] = "text"
    aliases: tuple[Words, ...] = ()


class DataField(Label):
    """A raw column with a measure and plausible limits, or a formula over other fields.

    kind: a number, any text, or a text that is a 统一社会信用代码 with a check character.
    """

    kind: Literal["number", "text", "uscc"] = "number"
    measure: Words | None = None
    min: Number | None = None
    max: Number | None = None
    formula: Words | None = None
    aliases: tuple[Words, ...] = ()
    totals: dict[int, Number] = Field(default_factory=dict)
    members: Addend | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def is_text(self) -> bool:
        """Whether its cells are texts, of whatever kind."""
        return self.kind != "number"


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
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


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


BELOW_MIN = "below_min"
ABOVE_MAX = "above_max"
LIMITS = (BELOW_MIN, ABOVE_MAX)
"""What the limits of a field are called among the rules."""

USCC = "uscc"
"""The kind of a code with a check character, and what its check is called among the rules."""


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


class Framework(FileModel):
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
    members: Members | None = None
    class_field: Words | None = Field(default=None, alias="class")
    classes: tuple[UnitClass, ...] = ()
    rank_within: tuple[Words, ...] = ()
    weights_status: SchemeStatus | None = None
    weights_source: Words | None = None
    reference: Reference = "per-year"
    reference_within: tuple[Words, ...] = ()
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
    robustness: RobustnessSpec | None = None
    indicators: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Every node below the root, depth first, in the order of the file."""
        for node in self.indicators:
            yield from node.walk()

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The indicators, in the order of the file."""
        return _leaves(self)

    def __repr__(self) -> str:
        """One line: which framework, how many dimensions of the first level and indicators."""
        return f"<Framework {self.id}: {len(self.indicators)} at the first level, {len(self.leaves)} indicators>"

    __str__ = __repr__

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
        return _root(self)


@kept
def _leaves(framework: Framework) -> tuple[Node, ...]:
    return tuple(node for node in framework.walk() if node.is_indicator)


@kept
def _root(framework: Framework) -> Node:
    return Node.model_construct(
        id=framework.total.id,
        zh=framework.total.zh,
        en=framework.total.en,
        points=framework.total.points,
        aggregate=framework.total.aggregate,
        weights=framework.total.weights,
        min_coverage=framework.total.min_coverage,
        round=framework.total.round,
        children=framework.indicators,
    )
