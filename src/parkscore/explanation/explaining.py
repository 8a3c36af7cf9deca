"""Explain one unit of an evaluation in memory or of a stored result, and what separates it from the one above."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parkscore.explanation.explained import Explanation, Line, explanation_of
from parkscore.explanation.stored import read_stored
from parkscore.findings import Finding, Severity, UsageError, of_type, wrong_year
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.evaluation import Evaluation


def explain(result: Evaluation | str | os.PathLike[str], unit: str, year: int | None = None) -> Explanation:
    """Why a unit has its score and its rank: a line for each indicator, which add up to the score where it is a sum.

    result: an evaluation, or a Parquet file that `parkscore score` wrote; of a million stored units one
    is found in a part of a second, and nothing is computed again. year: the data year, by default the unit's latest.

    Raises UsageError where the result has no such unit in that year; it names the nearest. And for arguments that are
    neither.

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> evaluation = ps.evaluate("park-points-example", example_path("enterprises-synthetic.xlsx"))
    >>> found = ps.explain(evaluation, evaluation.ranking["unit"][0])
    >>> found.status, len(found.lines) == len(evaluation.framework.leaves)
    ('ranked', True)
    """
    _refuse_other_types(result, unit, year)
    if isinstance(result, (str, os.PathLike)):
        stored = read_stored(result, unit, year)
        return explanation_of(stored.document, stored.row, stored.years)
    from parkscore.evaluation_rows import document_of
    from parkscore.explanation.from_evaluation import told_of

    return explanation_of(document_of(result), *told_of(result, unit, year))


def _refuse_other_types(result: Any, unit: Any, year: Any) -> None:
    wrong = []
    if not isinstance(result, (str, os.PathLike)) and not hasattr(result, "scores"):  # no need to load what makes one
        hint = Text("给评价结果，或已存的 .parquet 结果", "give an evaluation, or a stored .parquet result")
        wrong.append(of_type("result", result, hint))
    if not isinstance(unit, str):
        wrong.append(of_type("unit", unit, Text("给评价对象的名称，用文字", "give the name of the unit, a text")))
    wrong += wrong_year(year)
    if wrong:
        raise UsageError(wrong)


@dataclass(frozen=True)
class Gap:
    """What one indicator has to do with the distance between two units.

    own, other: the line of each. difference: how much more it adds to the other's score, in points of the score.
    """

    own: Line
    other: Line
    difference: float


def gaps(own: Explanation, other: Explanation) -> tuple[Gap, ...]:
    """Item by item what separates a unit from another, the largest loss first; the differences sum to that of scores.

    Raises UsageError where a score is no sum of what its indicators add.
    """
    if not (own.sums and other.sums):
        message = Text(
            "得分不是各指标之和，差距不能逐项相加", "the score is no sum of parts, so a distance has no parts either"
        )
        raise UsageError(Finding(code="not_additive", severity=Severity.ERROR, unit=own.unit, message=message))
    found = [
        Gap(mine, theirs, (theirs.adds or 0.0) - (mine.adds or 0.0))
        for mine, theirs in zip(own.lines, other.lines, strict=True)
    ]
    return tuple(sorted(found, key=lambda gap: -gap.difference))


def one_above(evaluation: Evaluation, unit: str, year: int | None = None) -> str | None:
    """The unit ranked directly above another in its year, the first named of those that tie; None for the best."""
    ranking = evaluation.ranking
    own = ranking[ranking["unit"] == unit]
    if year is not None and "year" in own:
        own = own[own["year"] == year]
    if own.empty or own["rank"].isna().iloc[-1]:
        return None
    row = own.iloc[-1]
    of_year = ranking[ranking["year"] == row["year"]] if "year" in ranking else ranking
    above = of_year[of_year["rank"] < row["rank"]]
    if above.empty:
        return None
    return str(above[above["rank"] == above["rank"].max()]["unit"].iloc[0])
