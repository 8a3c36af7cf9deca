"""Which rows share a reference beyond their year: those that say the same in the fields of `reference_within`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from parkscore.data.classes import classify
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Rows, rows_by_value
from parkscore.data.table import CLASS, Table
from parkscore.data.unranked import NO_REFERENCE, UNRANKED, Unranked
from parkscore.framework.models import Framework
from parkscore.language import Text


class ReferenceGroups(NamedTuple):
    """The group of every row of a table.

    numbers: (rows,), -1 for a row that lacks one of the texts. texts: by number, what the rows of the group say.
    """

    numbers: Rows
    texts: tuple[tuple[str, ...], ...]


def reference_groups(framework: Framework, table: Table) -> ReferenceGroups:
    """The groups of `reference_within`; without it all rows are of one group that says nothing."""
    numbers = np.zeros(table.size, dtype=np.intp)
    texts: list[tuple[str, ...]] = [()]
    for name in framework.reference_within:
        coded = _coded(framework, table, name).in_order()
        own, said = coded.codes, coded.texts
        pairs = np.where((numbers < 0) | (own < 0), -1, numbers * len(said) + own)
        met, numbers = _renumbered(pairs)
        if met.size and met[0] < 0:  # what has no group keeps its place before the first
            met, numbers = met[1:], numbers - 1
        texts = [(*texts[pair // len(said)], str(said[pair % len(said)])) for pair in met.tolist()]
    return ReferenceGroups(np.asarray(numbers, dtype=np.intp), tuple(texts))


def looked_at_together(framework: Framework, table: Table) -> Iterator[tuple[tuple[int | None, tuple[str, ...]], Rows]]:
    """The rows of each year and group, with the year and what the group says; a row without a group is in none."""
    groups = reference_groups(framework, table)
    every = np.arange(table.size, dtype=np.intp)
    for year, rows in [(None, every)] if table.years is None else rows_by_value(table.years, every):
        for number, own in rows_by_value(groups.numbers, rows[groups.numbers[rows] >= 0]):
            yield (year, groups.texts[number]), own


def why_without_reference(
    framework: Framework, table: Table, rows: Rows, cohorts: Sequence[Cohort]
) -> dict[int, Unranked]:
    """For each of these rows that is in none of the cohorts, why there is nothing to measure it against."""
    if sum(cohort.apply.size for cohort in cohorts) == rows.size:  # each row is in one of them at most
        return {}
    out = np.setdiff1d(rows, np.concatenate([np.zeros(0, dtype=np.intp), *(cohort.apply for cohort in cohorts)]))
    groups = reference_groups(framework, table)
    labels = [_LABEL_OF_CLASS if name == CLASS else framework.fields[name].label for name in framework.reference_within]
    silent = Text(
        f"没有参照值可比：未注明{'、'.join(label.zh for label in labels)}",
        f"no reference to measure against: it does not say its {', '.join(label.en for label in labels)}",
    )
    met = {number: _unmet(groups.texts[number]) for number in np.unique(groups.numbers[out]).tolist() if number >= 0}
    return {
        row: Unranked(NO_REFERENCE, met.get(number, silent))
        for row, number in zip(out.tolist(), groups.numbers[out].tolist(), strict=True)
    }


def with_shares_only(cohorts: Sequence[Cohort], fitted: Fitted) -> tuple[tuple[Cohort, ...], dict[int, Unranked]]:
    """The cohorts that weights were fitted for, and why the rows of the others are not ranked."""
    there = tuple(cohort for cohort in cohorts if (cohort.name, cohort.class_id) in fitted.shares)
    return there, {
        row: Unranked(NO_REFERENCE, _unmet([str(cohort.class_id)]))
        for cohort in cohorts
        if (cohort.name, cohort.class_id) not in fitted.shares
        for row in cohort.apply.tolist()
    }


_LABEL_OF_CLASS = Text("分类", "class")


def _unmet(texts: Sequence[str]) -> Text:
    if not texts:
        return UNRANKED[NO_REFERENCE]
    zh, en = "、".join(texts), ", ".join(texts)
    return Text(f"没有参照值可比：参照中没有“{zh}”", f"no reference to measure against: it has no {en}")


def _coded(framework: Framework, table: Table, name: str) -> CodedTexts:
    """What each row says."""
    found = classify(framework, table) if name == CLASS else None
    return table.coded(name) if found is None else found.coded


def _renumbered(pairs: Rows) -> tuple[Rows, Rows]:
    """The different numbers from -1 on, ascending, and for each row the place of its own among them."""
    if pairs.max(initial=0) > _FEW:
        return np.unique(pairs, return_inverse=True)
    counts = np.bincount(pairs + 1)
    return np.flatnonzero(counts) - 1, (np.cumsum(counts > 0) - 1)[pairs + 1]


_FEW = 10**6
