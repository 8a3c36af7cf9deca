"""What was fitted on some rows, so that others can be scored by it and nothing is fitted again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Reference = Mapping[str, float]
"""The statistics that a scoring rule took from the data, such as `low` and `high`."""


@dataclass(frozen=True)
class Fitted:
    """The statistics of every reference, by its name (`2024`, `all`, `2024 · 合肥`; see `Cohort.reference`).

    scoring: for each indicator the statistics of its rule; a rule that takes none may be left out. extents: for each
    indicator the smallest and the largest value that the reference was fitted on, before outliers were treated; where
    they are given, `score` counts the values beyond them. base: the one reference that every row is measured against,
    whatever its year; None where each row is measured against the reference of its own year, as the framework says.

    >>> Fitted({"2024": {"rd": {"low": 0.0, "high": 8.5}}}).of("2024", "rd")
    {'low': 0.0, 'high': 8.5}
    """

    scoring: Mapping[str, Mapping[str, Reference]]
    extents: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    base: str | None = None

    def of(self, cohort: str, indicator: str) -> Reference:
        """The statistics of an indicator; KeyError where there are none, which is a mistake of whoever fitted them."""
        return self.scoring[cohort][indicator]

    def has(self, cohort: str) -> bool:
        """Whether there is a reference of that name."""
        return cohort in self.scoring


_BETWEEN = " · "


def named(reference: str, texts: Sequence[str]) -> str:
    """What the reference of a group is called; no two groups are called the same.

    >>> named("2024", ("合肥", "small")), named("all", ()), named("all", ("a · b",))
    ('2024 · 合肥 · small', 'all', 'all · "a · b"')
    """
    return _BETWEEN.join((reference, *(_quoted(text) for text in texts)))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if _BETWEEN in text or text.startswith('"') else text
