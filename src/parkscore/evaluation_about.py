"""What was evaluated with what, and under which weights: the same words for a table in memory and one in pieces."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from parkscore.data.grid import Cohort, Rows
from parkscore.data.table import CLASS, Table
from parkscore.framework.models import Framework, Node
from parkscore.framework.slots import open_slots, slot_note
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.tree.aggregate import Shares
from parkscore.tree.unused_weights import note_on_unused_weights
from parkscore.tree.weigh import Weighing
from parkscore.version import VERSION


def about_run(
    framework: Framework,
    weighing: Weighing,
    *,
    file: str,
    digest: str,
    years: Sequence[int],
    units: int,
    ranked: int,
    notes: Iterable[Text],
) -> dict[str, Any]:
    """Framework, weights, data and version: enough to tell two runs apart.

    file, digest: of the data. years: the data years that were scored, none where the framework has no time. units,
    ranked: how many rows were scored, and how many of them are ranked.
    """
    judged_only = framework.only_judges
    rounding = [f"{node.id}: {node.round}" for node in framework.root.walk() if node.round is not None]
    return {
        "parkscore": VERSION,
        "framework": framework.id,
        "framework_version": framework.version,
        "framework_source": framework.source,
        "framework_sha256": digest_of(framework),
        "weights": None if judged_only else weighing.name,
        "weights_status": None if judged_only else weighing.status,
        "weights_source": None if judged_only else weighing.source,
        "data": Path(file).name,
        "data_sha256": digest,
        "data_years": list(years),
        "evaluation_years": [year + framework.evaluation_lag for year in years],
        "reference": str(framework.reference),
        "ties": framework.ranking.ties,
        "decimals": framework.ranking.decimals,
        **({"rounding": rounding} if rounding else {}),
        "units": units,
        "ranked": ranked,
        "notes": [note.en for note in notes],
    }


def count_units(table: Table, rows: Rows) -> int:
    """How many units some rows are of: one has a row for each of its years."""
    return len(set(table.units[rows].tolist()))


def notes_of(framework: Framework, weighing: Weighing, data_notes: Sequence[str]) -> tuple[Text, ...]:
    """What must stand on every output: assumed or replaced weights, slots not filled, what the data say of them.

    Of data that the weights rest on, too.
    """
    notes = []
    if weighing.status == "assumed" and not framework.only_judges:
        notes.append(Text(f"权重为假定：{weighing.name}", f"weights are assumed: {weighing.name}"))
    if weighing.unused:
        notes.append(note_on_unused_weights(framework, weighing.unused))
    notes += [slot_note(node, slot) for node, slot in open_slots(framework)]
    notes += [Text(note, note) for note in data_notes]
    behind_weights = [note for note in weighing.notes if note not in data_notes]
    notes += [Text(f"权重所据：{note}", f"the weights rest on: {note}") for note in behind_weights]
    return tuple(notes)


def weights_table(framework: Framework, weighing: Weighing, cohorts: Iterable[tuple[Cohort, Shares]]) -> pd.DataFrame:
    """Per reference, class and node: the number stated, the share within its parent, the weight in the total.

    The column `class` stands where a scheme has weights by class. status and source are those of the single number.
    """
    names, entries = weight_rows(framework, weighing, cohorts)
    return pd.DataFrame(entries, columns=list(names))


def weight_rows(
    framework: Framework, weighing: Weighing, cohorts: Iterable[tuple[Cohort, Shares]]
) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """The columns and the rows of `weights_table`."""
    pairs = {(each.name, each.class_id): (each, own) for each, own in cohorts if framework.indicators}.values()
    entries = [entry for cohort, shares in pairs for entry in _weight_rows(framework, weighing, cohort, shares)]
    if any(cohort.class_id for cohort, _ in pairs):
        return _WEIGHT_COLUMNS, entries
    place = _WEIGHT_COLUMNS.index(CLASS)
    names = [name for name in _WEIGHT_COLUMNS if name != CLASS]
    return names, [(*entry[:place], *entry[place + 1 :]) for entry in entries]


def _weight_rows(framework: Framework, weighing: Weighing, cohort: Cohort, shares: Shares) -> Iterator[tuple[Any, ...]]:
    provenance = weighing.provenance[cohort.class_id]
    leading = cohort.name, cohort.class_id

    def descend(parent: Node, weight: float) -> Iterator[tuple[Any, ...]]:
        origin = provenance.origin[parent.id].en
        for child, share in zip(parent.children, shares[parent.id].tolist(), strict=True):
            in_total = weight * share
            stated = provenance.stated[child.id]
            ground = provenance.grounds[child.id]
            yield *leading, child.id, *child.label, parent.id, stated, share, in_total, origin, *ground
            if child.children:
                yield from descend(child, in_total)

    return descend(framework.root, 1.0)


_WEIGHT_COLUMNS = [
    "reference",
    CLASS,
    "id",
    "zh",
    "en",
    "parent",
    "stated",
    "share",
    "weight_in_total",
    "origin",
    "status",
    "source",
]


def digest_of(framework: Framework) -> str:
    """SHA-256 of everything a framework says of an evaluation, whatever file it came in.

    What it says of `robustness` changes no result, and stands on every output about robustness. Of the framework of the
    returns the name counts, and not the folder that it was found in.
    """
    said = framework.model_dump(mode="json", by_alias=True, exclude={"robustness"})
    if framework.members is not None:
        said["members"]["framework"] = Path(framework.members.framework).name
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
