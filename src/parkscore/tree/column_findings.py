"""Say what keeps an indicator from telling the units of a reference apart, from what was counted of its column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from parkscore.data.chosen import words_of
from parkscore.data.columns import parse
from parkscore.data.grid import Cohort, Selection, States, Vector
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import SCORE_GROUP_MEAN, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text, agreeing
from parkscore.methods.columns import highest, is_constant, lowest
from parkscore.tree.gaps import fate_of_gaps


@dataclass(frozen=True)
class ColumnCounts:
    """What was counted of one indicator among the rows of one reference; the counts of parts can be added up.

    reference: what it is called. year: of the rows to score. states: how many of these rows have each `State`. present:
    how many have a value to score. measured: how many values the reference was fitted on, low and high the least and
    the largest of them, as names where the values stand for names; 0 where it was fitted on other rows. rules: which
    scoring rules these have, see `rules_met`. has_reference: whether there was a value to measure against.
    """

    reference: str
    year: int | None
    states: tuple[int, ...]
    present: int
    measured: int = 0
    low: float | str | None = None
    high: float | str | None = None
    rules: frozenset[int] = frozenset()
    has_reference: bool = True

    def __add__(self, other: ColumnCounts) -> ColumnCounts:
        """The counts over the rows of both, of one indicator, reference and year."""
        if not (self.measured and other.measured):
            ends = self if self.measured else other
            low, high = ends.low, ends.high
        else:
            low, high = min(self.low, other.low), max(self.high, other.high)  # type: ignore[type-var]  # two of a kind
        return replace(
            self,
            states=tuple(a + b for a, b in zip(self.states, other.states, strict=True)),
            present=self.present + other.present,
            measured=self.measured + other.measured,
            low=low,
            high=high,
            rules=self.rules | other.rules,
        )

    @property
    def rows(self) -> int:
        """How many rows are to be scored."""
        return sum(self.states)

    @property
    def lacking(self) -> int:
        """How many of them have no value."""
        return self.rows - self.states[State.VALUE]

    @property
    def constant(self) -> bool:
        """Whether all values that the reference was fitted on are the same, to rounding, and earn the same."""
        if self.measured < 2 or len(self.rules) > 1 or self.low is None or self.high is None:
            return False
        if isinstance(self.low, str) or isinstance(self.high, str):
            return self.low == self.high
        return bool(is_constant(np.asarray(self.low), np.asarray(self.high)))


def count_column(
    table: Table,
    leaf: Node,
    cohort: Cohort,
    values: Vector,
    states: States,
    *,
    fitted_on: Selection | None,
    rules: frozenset[int],
    has_reference: bool,
) -> ColumnCounts:
    """Count an indicator of a cohort; values, states: (rows,) of the table.

    fitted_on: the rows that the reference was fitted on, None where it was fitted on others. rules: which
    scoring rules these have. has_reference: whether the reference has a value to measure against.
    """
    own = _count_states(states[cohort.applied])
    applied = values[cohort.applied]
    present = applied.size - int(np.count_nonzero(np.isnan(applied)))
    counts = ColumnCounts(cohort.reference, cohort.year, tuple(own), present, rules=rules, has_reference=has_reference)
    if fitted_on is None:
        return counts
    measured, count = applied, present
    if fitted_on is not cohort.applied:
        measured = values[fitted_on]
        count = measured.size - int(np.count_nonzero(np.isnan(measured)))
    if not count:
        return counts
    ends = np.array([lowest(measured), highest(measured)])
    # Tiers are numbered in the order of their conditions; parts of the rows can be joined by the letters of words only.
    low, high = sorted(words_of(table, leaf, ends)) if leaf.is_named else ends.tolist()
    return replace(counts, measured=count, low=low, high=high)


def _count_states(states: States) -> list[int]:
    """How many cells are in each state."""
    lacking = [0] * (len(State) - 1)
    highest_state = int(states.max(initial=State.VALUE))
    if highest_state == State.MISSING:  # as nearly every column with gaps is
        lacking[0] = int(np.count_nonzero(states))
    elif highest_state > State.MISSING:
        lacking = [int(np.count_nonzero(states == state)) for state in list(State)[1:]]
    return [states.size - sum(lacking), *lacking]


def column_findings(leaf: Node, counts: ColumnCounts, fate: Text) -> Iterator[Finding]:
    """What keeps an indicator from telling the units apart; fate: what becomes of a gap."""
    if not counts.present:
        yield _all_missing(leaf, counts)
        return
    if not counts.has_reference:
        yield _no_reference(leaf, counts)
        return
    if counts.lacking:
        yield _some_missing(leaf, counts, fate)
    if counts.constant and counts.low is not None:
        yield _constant(leaf, counts, counts.low)


_STATE_TEXT: Final = {
    State.MISSING: Text("缺失", "missing"),
    State.NOT_APPLICABLE: Text("不适用", "not applicable"),
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text("无定义", "undefined"),
}


def _reasons(states: tuple[int, ...]) -> Text:
    """How many have no value, by reason; none of the reasons is ever taken for zero or for another."""
    counts = {text: states[state] for state, text in _STATE_TEXT.items()}
    return Text(
        "、".join(f"{text.zh} {count}" for text, count in counts.items() if count),
        ", ".join(f"{text.en} {count}" for text, count in counts.items() if count),
    )


_EMPTY_COLUMN = Text(
    "核对这一列的表头和数据；不用的指标可从指标体系中删去",
    "check the header and the data of this column, or leave the indicator out of the framework",
)
_NO_YEAR_BEFORE = Text(
    "公式要用往年数据：数据中的头几年没有数值属正常，否则核对这些列在往年是否有数",
    "the formula looks back: the first years in the data have no value; for a later one, check the years before it",
)


def _all_missing(leaf: Node, counts: ColumnCounts) -> Finding:
    why = _reasons(counts.states)
    return Finding(
        code="all_missing",
        severity=Severity.WARNING,
        field=leaf.id,
        year=counts.year,
        value=counts.rows,
        message=Text(
            f"{leaf.label.zh}：没有一个评价对象有数值（{why.zh}），不参与评分",
            f"{leaf.label.en}: no unit has a value ({why.en}); it takes no part in the score",
        ),
        hint=_NO_YEAR_BEFORE if any(parse(text).reads_other_years for text in leaf.formulas) else _EMPTY_COLUMN,
    )


_LATER = Text("缺失的按同类平均得分赋分", "what is missing gets the mean score of its group")


def fates_of_gaps(framework: Framework) -> Mapping[str, Text]:
    """For each indicator what becomes of a gap: filled as a score, no part of a sum, or a share for the siblings."""
    settings = resolve_settings(framework)
    fates = {}
    for node in framework.root.walk():
        fate = fate_of_gaps(framework, node)
        for child in node.children:
            filled = child.is_indicator and settings[child.id].missing.name == SCORE_GROUP_MEAN
            fates[child.id] = _LATER if filled else fate
    return fates


def _some_missing(leaf: Node, counts: ColumnCounts, fate: Text) -> Finding:
    why, count = _reasons(counts.states), counts.lacking
    return Finding(
        code="no_value",
        severity=Severity.INFO,
        field=leaf.id,
        year=counts.year,
        value=count,
        message=Text(
            f"{leaf.label.zh}：{counts.rows} 个中有 {count} 个没有数值（{why.zh}），{fate.zh}",
            f"{leaf.label.en}: {count} of {counts.rows} {agreeing(count, 'has', 'have')} no value "
            f"({why.en}); {fate.en}",
        ),
        hint=Text("补齐数据，或用 missing: 说明如何填补", "fill the cells, or say with `missing:` how gaps are filled"),
    )


def _no_reference(leaf: Node, counts: ColumnCounts) -> Finding:
    return Finding(
        code="no_reference",
        severity=Severity.WARNING,
        field=leaf.id,
        message=Text(
            f"{leaf.label.zh}：参照（{counts.reference}）中没有一个数值可比，不参与评分",
            f"{leaf.label.en}: the reference ({counts.reference}) has no value to measure against; "
            "it takes no part in the score",
        ),
        hint=Text(
            "补齐参照年份的数据，或换一个参照（reference:）",
            "fill the column for the reference, or choose another `reference:`",
        ),
    )


_CHECK_COLUMN = Text(
    "核对这一列；若无误，可删去该指标，或用固定界限的赋分规则",
    "check the column; if it is right, leave the indicator out or score it against fixed bounds",
)
_CHECK_NAMES = Text("核对这一列；若无误，不必改动", "check the column; if it is right, nothing needs to be done")


def _constant(leaf: Node, counts: ColumnCounts, value: float | str) -> Finding:
    return Finding(
        code="constant_column",
        severity=Severity.WARNING,
        field=leaf.id,
        year=counts.year,
        # A zero times a negative number is -0.0, which nobody has entered.
        value=value if isinstance(value, str) else value + 0.0,
        message=Text(
            f"{leaf.label.zh}：参照（{counts.reference}）中所有评价对象的数值相同，不区分名次",
            f"{leaf.label.en}: the same for every unit of the reference ({counts.reference}); it tells none apart",
        ),
        hint=_CHECK_NAMES if leaf.is_named else _CHECK_COLUMN,
    )
