"""The robustness of ranks as plain data: the table of units with its sentences, and one document with everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from parkscore.findings import worst_first
from parkscore.language import Language, Text
from parkscore.output.documents import records
from parkscore.robustness.answer_documents import answer_document
from parkscore.robustness.assumptions import assumptions, plain
from parkscore.robustness.weightless import weightless_note
from parkscore.robustness.weights import LeftOut, varied

if TYPE_CHECKING:
    from parkscore.robustness.result import Robustness

SCHEMA: Final = "parkscore-robustness/1"
RANKS: Final = ("rank", "rank_median", "rank_low", "rank_high")
"""Columns of whole numbers."""

_ALL_ALIKE: Final = Text(
    "各次抽样全都相同：所要求的变动没有改变任何得分，位次区间因此不说明稳健",
    "all draws are alike: what was asked for changes no score, so these intervals of ranks say nothing of robustness",
)


def about_robustness(found: Robustness) -> dict[str, Any]:
    """What was evaluated with what, as `Evaluation.about` has it, and what was varied: enough to make it again."""
    return found.evaluation.about | {
        "year": found.year,
        "draws": found.draws,
        "seed": found.seed,
        "asked": plain(found.asked) | found.questions.plain(),
        "assumptions": [each.en for each in found.assumptions],
    }


def said_of(found: Robustness) -> tuple[Text, ...]:
    """What was assumed, sentence by sentence."""
    framework, frozen = found.evaluation.framework, found.evaluation.frozen is not None
    measures = {leaf.id: leaf.measure for leaf in framework.leaves if leaf.measure is not None}
    said = assumptions(
        found.asked,
        found.draws,
        found.seed,
        found.year,
        of_framework=found.of_framework,
        frozen=frozen,
        measures=measures,
        excepted=_excepted(found),
        siblings=_siblings(found),
    )
    noted = weightless_note(framework) if found.asked.get("weights") else []
    return (*said, *noted, *([_ALL_ALIKE] if found.outcome.are_alike else []))


def _excepted(found: Robustness) -> dict[str, list[str]]:
    """By key the indicators that `all` does not reach, those named beside it not among them."""
    leaves = [leaf.id for leaf in found.evaluation.framework.leaves]
    weights, values = found.plan.weights, found.plan.values
    reached = {"leave_out": list(weights.leaves)} if isinstance(weights, LeftOut) else {}
    if values is not None:
        reached["noise"] = [leaves[column] for column in values.noise]
        reached["imputation"] = [leaves[column] for column in values.gaps]
    return {key: [leaf for leaf in leaves if leaf not in own] for key, own in reached.items()}


def _siblings(found: Robustness) -> list[str]:
    """The dimensions beside indicators where the weights of these vary, or the indicators beside dimensions."""
    level = (found.asked.get("weights") or {}).get("level", "both")
    if level == "both":
        return []
    parents = varied(found.evaluation.framework, level)
    return [child.id for node in parents for child in node.children if bool(child.children) == (level == "leaf")]


def units_in(found: Robustness, language: Language) -> pd.DataFrame:
    """The table of units with the verdict on each in a language, and a note that says what was assumed."""
    frame = found.units.reset_index()
    for column in RANKS:
        frame[column] = frame[column].astype("Int64")
    frame["verdict"] = [each.in_language(language) for each in found.verdicts]
    notes = (*found.evaluation.notes, *found.assumptions)
    frame["note"] = "; ".join(note.in_language(language) for note in notes)
    return frame


def document(found: Robustness, language: Language) -> dict[str, Any]:
    """Everything but the draws themselves, ready for JSON.

    rank_probabilities: from rank 1, above: in the order of the units; None where there are too many units for them.
    What was found beside the draws follows, see `answer_document`.
    """
    units = units_in(found, language).drop(columns="note")
    counts = found.outcome.counts
    return {
        "schema": SCHEMA,
        "about": about_robustness(found),
        "notes": [note.in_language(language) for note in found.evaluation.notes],
        "assumptions": [each.in_language(language) for each in found.assumptions],
        "units": records(units),
        "rank_probabilities": None if counts.ranks is None else _lines(found.rank_probabilities),
        "above": None if counts.above is None else _lines(found.above),
        **answer_document(found, language),
        "findings": [finding.as_dict(language) for finding in worst_first(found.evaluation.findings)],
    }


def _lines(frame: pd.DataFrame) -> list[dict[str, Any]]:
    lines = zip(frame.index.tolist(), frame.to_numpy().tolist(), strict=True)
    return [{"unit": unit, "shares": line} for unit, line in lines]
