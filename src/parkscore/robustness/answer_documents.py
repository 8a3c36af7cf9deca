"""What was found beside the draws as plain data, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parkscore.language import Language
from parkscore.output.documents import records
from parkscore.robustness.answers import OneAtATimeAnswers
from parkscore.robustness.central_weights import beside_own_weights
from parkscore.robustness.exact_answers import ExactAnswers
from parkscore.robustness.one_at_a_time import Shifts
from parkscore.robustness.sensitivity import Sensitivity

if TYPE_CHECKING:
    from parkscore.robustness.result import Robustness


def answer_document(found: Robustness, language: Language) -> dict[str, Any]:
    """The answers by their keys; a key whose answer was not asked for is None.

    central_weights: by indicator its weight in the total in the evaluation, `own`, and over the draws in which a unit
    is first. sensitivity: a line for each output and group, and the variance of each output. exact: by unit what is
    certain of its rank; `overtaking`, in the order of the units, by which change of weights each of them catches up,
    None where no weights do; `stability` by node; `weights` those of the evaluation. one_at_a_time: `leave_out` and
    `schemes`, each with a `summary` by change and the `shifts` of each unit, None of too many; `reversals`, with what
    each unit that leaves changes, and the pairs that change order.
    """
    answers = found.answers
    alone = answers.one_at_a_time
    return {
        "central_weights": _central(found),
        "sensitivity": None if answers.sensitivity is None else _sensitivity(answers.sensitivity.found),
        "exact": None if answers.exact is None else _exact(answers.exact, language),
        "one_at_a_time": None if alone is None else _one_at_a_time(found, alone, language),
    }


def _central(found: Robustness) -> list[dict[str, Any]] | None:
    table = beside_own_weights(found)
    if table.empty:
        return None
    own = table.pop("own") if "own" in table.columns else pd.Series(np.nan, table.index)
    return [
        {"node": node, "own": weight, "units": units}
        for node, weight, units in zip(table.index, _plain(own), table.to_dict("records"), strict=True)
    ]


def _sensitivity(found: Sensitivity) -> dict[str, Any]:
    return {
        "draws": found.draws,
        "seed": found.seed,
        "variance": found.variance.to_dict(),
        "table": records(found.table.reset_index()),
    }


def _exact(found: ExactAnswers, language: Language) -> dict[str, Any]:
    tree = found.exact.tree
    needed = found.exact.overtaking.replace(np.inf, np.nan)
    return {
        "level": tree.level,
        "notes": [note.in_language(language) for note in found.notes],
        "weights": tree.shares_of(tree.weights).to_dict(),
        "units": records(found.ranks.reset_index()),
        "overtaking": [
            {"unit": unit, "changes": _plain(line)} for unit, line in zip(needed.index, needed.to_numpy(), strict=True)
        ],
        "stability": records(found.exact.stability.reset_index()),
    }


def _one_at_a_time(robustness: Robustness, found: OneAtATimeAnswers, language: Language) -> dict[str, Any]:
    reversals, few = found.reversals, robustness.outcome.counts.ranks is not None
    return {
        "notes": [note.in_language(language) for note in found.notes],
        "leave_out": _shifts(found.leave_out, few),
        "schemes": None if found.schemes is None else _shifts(found.schemes, few),
        "reversals": None
        if reversals is None
        else {"units": records(reversals.units.reset_index()), "pairs": records(reversals.pairs)},
    }


def _shifts(found: Shifts, few: bool) -> dict[str, Any]:
    """few: whether the units are not too many for a line each, as in rank probabilities."""
    summary = records(found.summary.reset_index())
    if not few:
        return {"summary": summary, "shifts": None}
    shifts = [_plain(line) for line in found.shifts.to_numpy(dtype=np.float64, na_value=np.nan)]
    lines = [{"unit": unit, "shifts": line} for unit, line in zip(found.names, shifts, strict=True)]
    return {"summary": summary, "shifts": lines}


def _plain(numbers: Any) -> list[Any]:
    """Numbers with None where there is none, whole ones as they are written."""
    return [None if np.isnan(each) else each for each in np.asarray(numbers, dtype=np.float64).tolist()]
