"""The rows of an evaluation in memory as a result file has them, with what the file says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, number_array
from parkscore.data.grid import Rows
from parkscore.evaluation_document import document
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.language import Language
from parkscore.output.files import refuse_other_form, write_whole
from parkscore.results.files import ParquetFile, note_of, with_ranks, write_rows
from parkscore.results.lists import list_columns, with_lists
from parkscore.results.means import node_sums
from parkscore.results.rows import (
    CLASS_PERCENTILE,
    CLASS_RANK,
    PERCENTILE,
    RANK,
    Results,
    batch_of,
    leading_of,
)
from parkscore.tree.percentiles import percentiles
from parkscore.tree.rank import Ranks

if TYPE_CHECKING:
    from parkscore.evaluation import Evaluation


def document_of(evaluation: Evaluation) -> dict[str, Any]:
    """What an evaluation says of all its rows, see `parkscore.evaluation_document.document`."""
    framework = evaluation.framework
    nodes = [framework.total.id, *(node.id for node in framework.walk())]
    return document(
        framework,
        evaluation.about,
        [cohort for cohort, _ in evaluation.own_cohorts],
        replace(evaluation.weighing, shares=tuple(shares for _, shares in evaluation.own_cohorts)),
        evaluation.fitted,
        node_sums(_results(evaluation), nodes).means(nodes),
        evaluation.accounts,
        evaluation.notes,
    )


def score_rows(evaluation: Evaluation, language: Language) -> pa.Table:
    """`Evaluation.scores_in` a language as Arrow has it."""
    batch = batch_of(_results(evaluation), language, values=False)
    return _taken(with_ranks(batch, _ranks(evaluation), note_of(evaluation.notes, language)), evaluation.order)


def ranking_rows(evaluation: Evaluation, positions: Sequence[int]) -> pa.Table:
    """Some rows of `Evaluation.ranking` as Arrow has them; positions: in the whole ranking."""
    batch = with_ranks(leading_of(_results(evaluation), "en"), _ranks(evaluation), None)
    return _taken(batch, evaluation.order[np.array(positions, dtype=np.intp)])


def _taken(batch: pa.RecordBatch, rows: Rows) -> pa.Table:
    return pa.Table.from_batches([batch.take(arrow_numbers(rows))])


def write_scores(evaluation: Evaluation, path: str | Path, language: Language) -> Path:
    """Write `Evaluation.scores_in` a language as csv."""
    refuse_other_form(path, ".csv")
    return write_whole(path, lambda beside: write_rows(beside, score_rows(evaluation, language)))


def write_results(evaluation: Evaluation, path: str | Path, language: Language) -> Path:
    """Write the rows in the order of `scores` as Parquet: the file that scoring piece by piece writes."""
    refuse_other_form(path, ".parquet")
    note = note_of(evaluation.notes, language)
    batch = with_ranks(batch_of(_results(evaluation), language, values=True), _ranks(evaluation), note)
    for each in evaluation.listed:
        rows = evaluation.rows
        own = list_columns(each.asked.id, each.standings[rows], each.places[rows], each.values[rows])
        batch = with_lists(batch, own)
    about = document_of(evaluation)

    def write(beside: Path) -> None:
        with ParquetFile(beside) as file:
            file.add(batch.take(arrow_numbers(evaluation.order)))
            file.end(about)

    return write_whole(path, write)


def _results(evaluation: Evaluation) -> Results:
    return Results(
        evaluation.framework,
        evaluation.table,
        evaluation.rows,
        evaluation.classification,
        evaluation.indicator_grid,
        evaluation.treatment.grid,
        evaluation.scoring.filled,
        evaluation.aggregated,
        evaluation.outcomes,
        evaluation.judged,
        evaluation.graded,
    )


def _ranks(evaluation: Evaluation) -> dict[str, pa.Array]:
    """The columns of ranks, and of percentiles where the framework asks for them."""
    standing, found = evaluation.standing, evaluation.classification
    columns = _of_group(evaluation, RANK, PERCENTILE, standing.overall)
    if found is not None and standing.within_class is not None:
        columns |= _of_group(evaluation, CLASS_RANK, CLASS_PERCENTILE, standing.within_class, found.names)
    for name, ranks in standing.within.items():
        texts = evaluation.table.coded(name).values
        columns |= _of_group(evaluation, rank_in(name), percentile_in(name), ranks, texts)
    return columns


def _of_group(evaluation: Evaluation, name: str, beside: str, ranks: Ranks, texts: Any = None) -> dict[str, pa.Array]:
    own = ranks[evaluation.rows]
    columns = {name: arrow_numbers(own, own != 0)}
    if evaluation.framework.ranking.percentiles:
        columns[beside] = number_array(percentiles(evaluation.table, ranks, texts)[evaluation.rows])
    return columns
