"""The models of what is said of units beside their scores: gates, grades, lists and targets."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from parkscore.framework.base_models import Label, Model
from parkscore.framework.written_values import Direction, Number, Share, SourceStatus, Words, between
from parkscore.language import Text


class Way(Label):
    """One way around a requirement: a name, and the condition under which it is open."""

    when: Words
    source: Words | None = None
    note: Words | None = None


class Relaxation(Model):
    """Thresholds that are easier by a share for the units of which a condition holds."""

    when: Words
    by: Annotated[Share, between(0, open_low=True)]
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

    amount: Annotated[Number, between(0)]
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
