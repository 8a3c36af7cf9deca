"""Lay the results of some rows out as one Arrow batch, with the columns of `Evaluation.scores`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, number_array, worded
from parkscore.data.chosen import words_of
from parkscore.data.classes import Classification
from parkscore.data.grid import Grid, Rows, Selection, Truths, as_selection
from parkscore.data.impute import LATER
from parkscore.data.plain_texts import text_column
from parkscore.data.table import CLASS, UNIT, YEAR, State, Table
from parkscore.framework.check_grades import NO_GRADE, UNKNOWN_GRADE
from parkscore.framework.models import Framework
from parkscore.framework.result_columns import BETWEEN, CASE, STATE, UNRANKED, USED, VALUE, WHY, WITHIN
from parkscore.framework.settings import resolve_settings
from parkscore.language import Language
from parkscore.tree.aggregate import Nodes
from parkscore.tree.gate import NOT_RANKED, RANKED, Outcomes
from parkscore.tree.grades import Graded, behind, items_of
from parkscore.tree.verdicts import MET, OUTCOMES, Verdict

SCORE = "score"
STATUS = "status"
RANK, CLASS_RANK = "rank", "class_rank"
PERCENTILE, CLASS_PERCENTILE = "percentile", "class_percentile"
PLACE = "#place"
FILLED = "filled"
"""The state of a gap that was filled."""


@dataclass(frozen=True)
class Results:
    """What the steps gave for the rows of one table that are scored; filled: the gaps that got a score."""

    framework: Framework
    table: Table
    rows: Rows
    classification: Classification | None
    indicators: Grid
    used: Grid
    filled: Truths
    nodes: Nodes
    outcomes: Outcomes
    judged: Sequence[Verdict]
    graded: Sequence[Graded]

    @cached_property
    def selection(self) -> Selection:
        """The rows as an index, found once."""
        return as_selection(self.rows)


def batch_of(
    results: Results, language: Language, values: bool, places: npt.NDArray[np.int64] | None = None
) -> pa.RecordBatch:
    """The rows in the order of the table, without ranks, which are known once all rows have a score.

    values: whether a column for the value of each indicator follows, and one for the value that was scored where a gap
    may have been filled or an outlier treated. places: where each row of the table stands in the dataset, kept in a
    column of its own until the rows are written in that order.
    """
    columns = dict(_columns(results, language))
    if places is not None:
        columns[PLACE] = arrow_numbers(places[results.rows])
    if values:
        columns |= dict(_values(results))
    return pa.RecordBatch.from_pydict(columns)


def leading_of(results: Results, language: Language) -> pa.RecordBatch:
    """The first columns of `batch_of`, up to the status."""
    return pa.RecordBatch.from_pydict(dict(_leading(results, language)))


def _columns(results: Results, language: Language) -> Iterator[tuple[str, Any]]:
    framework, rows = results.framework, results.selection
    yield from _leading(results, language)
    for gate in results.judged:
        yield gate.path, worded([str(outcome) for outcome in OUTCOMES], gate.codes[rows], np.int8)
    for graded in results.graded:
        # The two that are no grades have the numbers -2 and -1.
        words = [NO_GRADE, UNKNOWN_GRADE, *(grade.id for grade in graded.scale.grades)]
        yield graded.scale.id, worded(words, graded.grades[rows] + 2)
    for node in framework.walk():
        yield node.id, number_array(results.nodes.scores[node.id][rows])


def _leading(results: Results, language: Language) -> Iterator[tuple[str, Any]]:
    framework, table, rows = results.framework, results.table, results.selection
    yield UNIT, _units(table, results.rows)
    if table.years is not None:
        yield YEAR, arrow_numbers(table.years[rows])
    if results.classification is not None:
        classes = results.classification.coded
        yield CLASS, worded(classes.texts, classes.codes[rows])
    yield SCORE, number_array(results.nodes.scores[framework.total.id][rows])
    for name in framework.rank_within:
        texts = table.coded(name)
        yield name, worded(texts.texts, texts.codes[rows])
    yield STATUS, _statuses(results, language)


def _values(results: Results) -> Iterator[tuple[str, Any]]:
    table, rows, changing = results.table, results.selection, _changing(results.framework)
    yield f"{UNRANKED}zh", _of_unranked(results, "zh")
    yield f"{UNRANKED}en", _of_unranked(results, "en")
    for name in groups_apart(results.framework):
        texts = table.coded(name)
        yield f"{WITHIN}{name}", worded(texts.texts, texts.codes[rows])
    for column, leaf in enumerate(results.framework.leaves):
        values, used = results.indicators.numbers[column], results.used.numbers[column]
        if leaf.is_named:
            yield f"{VALUE}{leaf.id}", coded(words_of(table, leaf, values)[rows])
        else:
            yield f"{VALUE}{leaf.id}", number_array(values[rows])
        yield f"{STATE}{leaf.id}", _states(results, column)
        if leaf.cases:
            numbers = results.indicators.cases[leaf.id].numbers[rows]
            yield f"{CASE}{leaf.id}", arrow_numbers(numbers.astype(np.int32), numbers != 0)
        if leaf.id in changing and not leaf.is_named:
            yield f"{USED}{leaf.id}", number_array(used[rows])
    for gate in results.judged:
        if any(part.is_requirement for part in gate.parts):
            yield f"{WHY}{gate.path}", _items_behind(gate, rows)
    for graded in results.graded:
        yield (
            f"{WHY}{graded.scale.id}",
            _named([item.id for item in items_of(graded.scale, graded.label)], behind(graded, rows)),
        )


def _items_behind(gate: Verdict, rows: Selection) -> pa.DictionaryArray:
    """The ids of the items that came to what a gate did, where that is not that it is met."""
    items = [part for part in gate.parts if part.is_requirement]
    codes = gate.codes[rows]
    held = np.stack([(item.codes[rows] == codes) & (codes != MET) for item in items])
    return _named([item.path.split("/", 1)[1] for item in items], held)


def _named(names: Sequence[str], held: Truths) -> pa.DictionaryArray:
    """For each row the names of what is true of it, null where nothing is; held: (names, rows)."""
    packed = np.packbits(held, axis=0).T
    sets = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}")[:, 0]
    _, first, numbers = np.unique(sets, return_index=True, return_inverse=True)
    named = [BETWEEN.join(names[place] for place in np.flatnonzero(own).tolist()) for own in held.T[first]]
    return worded(named, np.where(held.any(axis=0), numbers, -1))


def groups_apart(framework: Framework) -> list[str]:
    """The fields of `reference_within` that have no column among the scores.

    >>> import parkscore as ps
    >>> groups_apart(ps.load_framework("zone-2021"))
    []
    """
    return [name for name in framework.reference_within if name != CLASS and name not in framework.rank_within]


def _states(results: Results, column: int) -> pa.DictionaryArray:
    """Why there is no value in a column, `filled` where a gap was filled; null where there is one."""
    states = results.indicators.reasons[column][results.selection]
    filled = results.used.filled[results.selection, column] | results.filled[results.selection, column]
    if filled.any():
        states = np.where(filled, np.int8(len(State)), states)
    return worded(_STATE_WORDS, states - 1, np.int8)  # State.VALUE is 0


_STATE_WORDS: Final = (*(state.name.lower() for state in list(State)[1:]), FILLED)


def _changing(framework: Framework) -> frozenset[str]:
    """The indicators whose gaps are filled or whose outliers are treated."""
    settings = resolve_settings(framework)
    return frozenset(
        leaf.id
        for leaf in framework.leaves
        if settings[leaf.id].missing.name not in LATER or settings[leaf.id].treat is not None
    )


def _statuses(results: Results, language: Language) -> pa.DictionaryArray:
    return _of_unranked(results, language, f"{NOT_RANKED}: ", RANKED)


def _of_unranked(results: Results, language: Language, before: str = "", ranked: str | None = None) -> Any:
    """Why each row is not ranked, with some words before it; ranked: what is said of the others."""
    codes = np.full(len(results.rows), -1 if ranked is None else 0, dtype=np.int32)
    words = {} if ranked is None else {ranked: 0}
    position = {row: number for number, row in enumerate(results.rows.tolist())} if results.outcomes.reasons else {}
    for row, why in results.outcomes.reasons.items():
        codes[position[row]] = words.setdefault(f"{before}{why.text.in_language(language)}", len(words))
    return worded(list(words), codes)


def coded(texts: Any) -> pa.DictionaryArray:
    """Texts as codes into those that differ; what is no text is null."""
    return pa.array(texts, type=pa.string(), from_pandas=True).dictionary_encode()


def _units(table: Table, rows: Rows) -> pa.Array:
    texts = text_column(table.cells[UNIT]).cast(pa.string())
    return texts if len(rows) == table.size else texts.take(arrow_numbers(rows))
