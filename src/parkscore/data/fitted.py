"""What was fitted on some rows, so that others can be scored by it and nothing is fitted again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from parkscore.methods.domain import FloatArray
from parkscore.methods.transformations import Transformation

Reference = Mapping[str, float]
"""The statistics that a scoring rule took from the data, such as `low` and `high`."""

Filling = Mapping[str | None, float]
"""What a gap gets, by the text of the unit's group; by None where groups do not matter."""


@dataclass(frozen=True)
class Fitted:
    """The statistics of every reference, by its name (`2024`, `all`, `2024 · 合肥`; see `Cohort.reference`).

    scoring: for each indicator the statistics of its rule; a rule that takes none may be left out. treatments: for each
    indicator whose treatment takes anything from the data what it made of them, None where it let them be. fillings:
    for each indicator whose gaps get a statistic, the number by the text of the group; None stands for all units.
    filled_scores: the same for gaps in scores. shares: by reference and class the shares within each dimension, where
    they were computed. absent: by reference and class the nodes that no row has a score at. extents: for each
    indicator the smallest and the largest value that the reference was fitted on, before outliers were treated; where
    they are given with a base, `score` counts the values beyond them. columns: for each indicator whose rule counts the
    others, how to read their values in order; where it is not given, the rows at hand are counted. base: the one
    reference that every row is measured against, whatever its year; None where each row is measured against the
    reference of its own year, as the framework says.

    >>> Fitted({"2024": {"rd": {"low": 0.0, "high": 8.5}}}).of("2024", "rd")
    {'low': 0.0, 'high': 8.5}
    """

    scoring: Mapping[str, Mapping[str, Reference]]
    treatments: Mapping[str, Mapping[str, Transformation | None]] = field(default_factory=dict)
    fillings: Mapping[str, Mapping[str, Filling]] = field(default_factory=dict)
    filled_scores: Mapping[str, Mapping[str, Filling]] = field(default_factory=dict)
    shares: Mapping[tuple[str, str | None], Mapping[str, FloatArray]] = field(default_factory=dict)
    absent: Mapping[tuple[str, str | None], frozenset[str]] = field(default_factory=dict)
    extents: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, Callable[[], FloatArray]]] = field(default_factory=dict)
    base: str | None = None

    def of(self, cohort: str, indicator: str) -> Reference:
        """The statistics of an indicator; KeyError where there are none, which is a mistake of whoever fitted them."""
        return self.scoring[cohort][indicator]

    def has(self, cohort: str) -> bool:
        """Whether there is a reference of that name."""
        return cohort in self.scoring
