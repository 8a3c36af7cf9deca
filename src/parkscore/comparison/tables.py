"""The tables of a comparison: schemes, movers, agreement, overlap, and one row per scheme and unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from parkscore.comparison.agreement import agreement, among_best, overlap
from parkscore.comparison.movements import added_by_dimension, made_by, mean_change
from parkscore.data.grid import Matrix, Rows, Truths, rows_by_value
from parkscore.data.table import CLASS, UNIT, YEAR
from parkscore.language import Language

if TYPE_CHECKING:
    from parkscore.comparison.side_by_side import Scenarios


def schemes_table(scenarios: Scenarios) -> pd.DataFrame:
    """What is known of each scheme."""
    return pd.DataFrame(
        {
            "scheme": label,
            "id": each.weighing.name,
            "zh": each.weighing.title.zh,
            "en": each.weighing.title.en,
            "status": each.weighing.status,
            "source": each.weighing.source,
            "ranked": int(each.outcomes.ranked.sum()),
        }
        for label, each in scenarios.evaluations.items()
    )


def long_table(scenarios: Scenarios, language: Language) -> pd.DataFrame:
    """One row per scheme and unit."""
    statuses, frames = scenarios.status_in(language), []
    for label, evaluation in scenarios.evaluations.items():
        frame = _units(scenarios, np.arange(len(scenarios.rows)))
        frame.insert(0, "scheme", label)
        frame["score"] = scenarios.scores[label].to_numpy()
        for rank, gained, ranks in (
            ("rank", "places_gained", scenarios.ranks),
            ("class_rank", "class_places_gained", scenarios.class_ranks),
        ):
            if ranks is not None:
                frame[rank] = ranks[label].array
                frame[gained] = (ranks[scenarios.labels[0]] - ranks[label]).array
        frame["status"] = statuses[label].to_numpy()
        if any(each.notes for each in scenarios.evaluations.values()):
            frame["note"] = "; ".join(note.in_language(language) for note in evaluation.notes)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def agreement_table(scenarios: Scenarios) -> pd.DataFrame:
    """The agreement of every two schemes by year, and within each class."""
    entries = [
        {"a": a, "b": b, **group, **agreement(ranks[a][rows], ranks[b][rows])._asdict()}
        for a, b in scenarios.pairs
        for group, rows, ranks in _groups(scenarios)
    ]
    return pd.DataFrame(entries, columns=["a", "b", *_keys(scenarios), *_AGREEMENT])


_AGREEMENT = ("n", "spearman", "kendall", "mean_shift", "largest_shift", "unchanged", "flag")


def overlap_table(scenarios: Scenarios, k: int) -> pd.DataFrame:
    """Who is among the k best of every two schemes, by year."""
    units = scenarios.base.table.units[scenarios.rows]
    entries = []
    for a, b in scenarios.pairs:
        for group, rows in _years(scenarios):
            best_of_a, best_of_b = (among_best(scenarios.ranks_of(label)[rows], k) for label in (a, b))
            names = units[rows]
            only = {
                "entered": tuple(map(str, names[best_of_b & ~best_of_a])),
                "left": tuple(map(str, names[best_of_a & ~best_of_b])),
            }
            entries.append({"a": a, "b": b, **group, "k": k, **overlap(best_of_a, best_of_b)._asdict(), **only})
    return pd.DataFrame(entries)


def movers_table(scenarios: Scenarios, n: int | None) -> pd.DataFrame:
    """The units that move most under each scheme."""
    base, *others = scenarios.labels
    frames = [_movers(scenarios, base, label, n) for label in others]
    return pd.concat(frames, ignore_index=True)


def _movers(scenarios: Scenarios, base: str, label: str, n: int | None) -> pd.DataFrame:
    before, after = scenarios.ranks_of(base), scenarios.ranks_of(label)
    gained = np.where((before > 0) & (after > 0), before - after, 0)
    best_first = np.lexsort((np.minimum(before, after), -np.abs(gained)))
    rows = best_first[: np.count_nonzero(gained)][:n]
    change = _changes(scenarios, base, label)
    frame = _units(scenarios, rows)
    frame.insert(0, "scheme", label)
    frame["from"], frame["to"], frame["places_gained"] = before[rows], after[rows], gained[rows]
    frame["score_from"] = scenarios.scores[base].to_numpy()[rows]
    frame["score_to"] = scenarios.scores[label].to_numpy()[rows]
    frame["score_change"] = change[rows, 0]
    if change.shape[1] > 1:
        ids = [node.id for node in scenarios.framework.indicators]
        for column, node_id in enumerate(ids, start=1):
            frame[f"change_{node_id}"] = change[rows, column]
        both = (before > 0) & (after > 0)
        beyond = (change - mean_change(change, both, [rows for _, rows in _years(scenarios)]))[rows, 1:]
        reasons = [made_by(own, places) for own, places in zip(beyond, gained[rows], strict=True)]
        frame["made_by"] = pd.Series([tuple(ids[node] for node in own) for own in reasons], dtype=object)
    return frame


def mean_changes_table(scenarios: Scenarios) -> pd.DataFrame:
    """The mean change of the scores under each scheme, by year."""
    base, *others = scenarios.labels
    ids = [node.id for node in scenarios.framework.indicators]
    entries: list[dict[str, Any]] = []
    for label in others:
        change = _changes(scenarios, base, label)
        names = ["score_change", *(f"change_{node_id}" for node_id in ids)][: change.shape[1]]
        both = _ranked_by(scenarios, base, label)
        mean = mean_change(change, both, [rows for _, rows in _years(scenarios)])
        for group, rows in _years(scenarios):
            means = dict(zip(names, mean[rows[0]].tolist(), strict=True))
            entries.append({"scheme": label, **group, "n": int(both[rows].sum()), **means})
    return pd.DataFrame(entries)


def _changes(scenarios: Scenarios, base: str, label: str) -> Matrix:
    """The change of the score, and where it is a sum of parts of what each first-level node adds, (rows, 1 + nodes)."""
    score = (scenarios.scores[label] - scenarios.scores[base]).to_numpy(np.float64)[:, np.newaxis]
    if scenarios.why_no_contributions() is not None:
        return score
    before, after = (added_by_dimension(scenarios.evaluations[each], scenarios.rows) for each in (base, label))
    return np.hstack([score, after - before])


def _ranked_by(scenarios: Scenarios, a: str, b: str) -> Truths:
    return np.asarray((scenarios.ranks_of(a) > 0) & (scenarios.ranks_of(b) > 0))


def _units(scenarios: Scenarios, rows: Rows) -> pd.DataFrame:
    """Unit, year and class of some rows, each where there is one."""
    table = scenarios.base.table
    frame = pd.DataFrame({UNIT: table.units[scenarios.rows[rows]]})
    if table.years is not None:
        frame[YEAR] = table.years[scenarios.rows[rows]]
    if scenarios.classes is not None:
        frame[CLASS] = scenarios.classes.to_numpy()[rows]
    return frame


def _keys(scenarios: Scenarios) -> list[str]:
    """The columns that name a group of rows."""
    return [
        *([YEAR] if scenarios.base.table.years is not None else []),
        *([CLASS] if scenarios.classes is not None else []),
    ]


def _years(scenarios: Scenarios) -> list[tuple[dict[str, Any], Rows]]:
    """The rows of each year, with the columns that name it."""
    everything = np.arange(len(scenarios.rows), dtype=np.intp)
    years = scenarios.base.table.years
    if years is None:
        return [({}, everything)]
    return [({YEAR: year}, rows) for year, rows in rows_by_value(years[scenarios.rows], everything)]


def _groups(scenarios: Scenarios) -> Iterator[tuple[dict[str, Any], Rows, dict[str, Any]]]:
    """The rows of each year, then those of each class in it: the columns that name them, and the ranks to compare."""
    overall = {label: scenarios.ranks_of(label) for label in scenarios.labels}
    if scenarios.classes is None:
        yield from ((group, rows, overall) for group, rows in _years(scenarios))
        return
    within = {label: scenarios.ranks_of(label, within_class=True) for label in scenarios.labels}
    names = scenarios.classes.to_numpy()
    for group, rows in _years(scenarios):
        yield {**group, CLASS: None}, rows, overall
        known = rows[[name is not None for name in names[rows]]]
        yield from (({**group, CLASS: name}, own, within) for name, own in rows_by_value(names.astype(str), known))
