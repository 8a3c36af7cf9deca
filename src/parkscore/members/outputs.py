"""Write what the returns say of their zones: a folder of tables, or one workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_arrays import worded
from parkscore.data.arrow_texts import objects_in
from parkscore.data.table import UNIT, State
from parkscore.evaluation import Evaluation
from parkscore.evaluation_rows import score_rows
from parkscore.evaluation_sheets import sheets_of
from parkscore.findings import worst_first
from parkscore.language import Language, Text
from parkscore.late_pandas import is_frame, pd
from parkscore.members.contributions import Contributions
from parkscore.members.holdable import comparing
from parkscore.members.labels import Columns, in_arrow, in_frame, texts
from parkscore.members.result import Members
from parkscore.members.sub_parks import IN_ZONE, evaluate_parts
from parkscore.members.workbook_words import in_words
from parkscore.output import workbook
from parkscore.output.folders import write_whole_folder
from parkscore.output.noted import noted
from parkscore.output.tables import write_csv, write_parquet
from parkscore.output.workbook import Sheet
from parkscore.results.files import note_of, write_rows

SCHEMA: Final = "parkscore-members/1"
NOTE: Final = "data_note"
_NOT_APPLICABLE: Final = "不适用"


@dataclass(frozen=True)
class Output:
    """One table of the result: the name of its file without an ending, the title of its sheet, and its form.

    table: as pandas has it, or by columns. kinds: of its columns, see `output.workbook.Sheet`. form: of its file in a
    folder. weighed: whether it holds scores, so that what must be said of the weights must be said of it. note: what
    else must be said of it.
    """

    name: str
    title: Text
    table: pd.DataFrame | Columns
    kinds: Mapping[str, str]
    form: Literal["csv", "parquet"] = "csv"
    weighed: bool = False
    note: Text | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """The table as pandas has it, made for whoever asks."""
        return self.table if is_frame(self.table) else in_frame(self.table)


def outputs_of(members: Members, evaluation: Evaluation) -> list[Output]:
    """The tables beside the ranking: the summed zones, their sub-parks, and who came and left.

    Without the sub-parks where they cannot be scored by the references of the zones.
    """
    zones, reported = zone_columns(members), members.reported_columns
    return [
        Output("zone-table", Text("年报合计", "summed zones"), zones, _value_kinds(members, zones)),
        *([] if any(comparing(members.framework)) else [_parts(members, evaluation)]),
        Output("changes", Text("企业变动", "changes"), _columns_of(members.changes_in_arrow), {}),
        Output("reported", Text("填报情况", "reported"), reported, _count_kinds(reported)),
        Output("accounting", Text("年报核对", "returns"), _account_columns(members), {"returns": "count"}),
    ]


def _columns_of(table: pa.Table) -> Columns:
    return {name: column.combine_chunks() for name, column in zip(table.column_names, table.columns, strict=True)}


def _account_columns(members: Members) -> Columns:
    accounts = members.accounts
    return {
        "part": texts([each.part for each in accounts]),
        "returns": np.array([each.returns for each in accounts], dtype=np.int64),
        "zh": texts([each.zh for each in accounts]),
        "en": texts([each.en for each in accounts]),
    }


def _parts(members: Members, evaluation: Evaluation) -> Output:
    parts = evaluate_parts(members.summed, evaluation)
    nodes = [name for name in parts if name not in ("zone", "part", "returns", IN_ZONE, "status")]
    kinds = {**dict.fromkeys(nodes, "score"), "returns": "count", IN_ZONE: "count"}
    return Output("parts", Text("分园", "sub-parks"), parts, kinds, weighed=True)


def zone_columns(members: Members) -> Columns:
    """The table of zones as a file that can be read again: headers with their measures, what is not applicable said.

    Read again it gives the same evaluation, to the last bit.
    """
    framework, table = members.framework, members.zone_table
    columns: dict[str, Any] = {framework.unit.key: table.units}
    if table.years is not None and framework.time is not None:
        columns[framework.time] = table.years
    for name, field in framework.fields.items():
        if field.formula is not None:
            continue
        cells = table.cells[name]
        values: Any = objects_in(cells) if field.is_text else cells
        if not field.is_text and (table.states[name] == State.NOT_APPLICABLE).any():
            values = np.where(table.states[name] == State.NOT_APPLICABLE, _NOT_APPLICABLE, values.astype(object))
        columns[f"{name}({field.measure})" if field.measure else name] = values
    return columns


def _value_kinds(members: Members, columns: Columns) -> dict[str, str]:
    framework = members.framework
    words = {framework.unit.key, *(name for name, field in framework.fields.items() if field.is_text)}
    counts = {framework.time: "count"} if framework.time is not None else {}
    return {name: "value" for name in columns if name not in words} | counts


def _count_kinds(columns: Columns) -> dict[str, str]:
    return {name: "count" for name in columns if name != UNIT}


def summary_of(members: Members, evaluation: Evaluation, language: Language) -> dict[str, Any]:
    """What was summed and evaluated with what, how many changes there are, and every finding, as plain data."""
    return {
        "schema": SCHEMA,
        "about": evaluation.about,
        "prior_year": members.summed.plan.block.prior_year,
        "basis": members.basis.in_language(language),
        "returns_framework": members.summed.plan.returns.id,
        "returns": len(members.summed.roll),
        "enterprises": len(members.summed.enterprises),
        "accounting": [account._asdict() for account in members.accounts],
        "changes": members.change_counts,
        "scores": score_rows(evaluation, language).to_pylist(),
        "findings": [finding.as_dict(language) for finding in worst_first(evaluation.findings)],
    }


def write_folder(
    members: Members,
    evaluation: Evaluation,
    folder: Path,
    language: Language,
    more: Sequence[Output] = (),
    made: Contributions | None = None,
) -> Path:
    """Write a folder with `zones.csv` (the ranking), a file for each output and `summary.json`, whole or not at all.

    more: outputs beside those of `outputs_of`. made: what each enterprise contributes, written as
    `contributions.parquet`; a thread begins with it while the other files are written.
    """

    def write_others(beside: Path) -> None:
        evaluation.to_csv(beside / "zones.csv", language)
        for output in [*outputs_of(members, evaluation), *more]:
            _write(members, evaluation, output, beside / f"{output.name}.{output.form}", language)
        text = json.dumps(summary_of(members, evaluation, language), ensure_ascii=False, indent=1, allow_nan=False)
        (beside / "summary.json").write_text(text, encoding="utf-8")

    def fill(beside: Path) -> None:
        if made is None:
            return write_others(beside)
        with made.coming() as coming:
            write_others(beside)
            about = evaluation.about | {"notes": _said(evaluation.notes, language)}
            coming.write_parquet(beside / "contributions.parquet", about)

    return write_whole_folder(folder, fill)


def _write(members: Members, evaluation: Evaluation, output: Output, path: Path, language: Language) -> None:
    notes = evaluation.notes if output.weighed else [Text(note, note) for note in members.zone_table.notes]
    notes = notes if output.note is None else [*notes, output.note]
    if output.form == "parquet":
        about = evaluation.about | {"notes": _said(notes, language), "schema": SCHEMA}
        write_parquet(path, output.frame, about)
    elif is_frame(output.table):
        write_csv(path, noted(output.table, notes, language, NOTE))
    else:
        write_rows(path, _noted(pa.Table.from_pydict(in_arrow(output.table)), note_of(notes, language)))


def _noted(table: pa.Table, note: str | None) -> pa.Table:
    """The table with what stands on every row in a last column."""
    return table if note is None else table.append_column(NOTE, worded([note], np.zeros(len(table), dtype=np.int32)))


def _said(notes: Sequence[Text], language: Language) -> list[str]:
    return [note.in_language(language) for note in notes]


def write_workbook(
    members: Members, evaluation: Evaluation, path: Path, language: Language, more: Sequence[Output] = ()
) -> Path:
    """Write the sheets of the evaluation, and one for each output in the reader's words, as one workbook.

    more: outputs beside those of `outputs_of`.
    """
    notes = _said(evaluation.notes, language)

    def said_of(output: Output) -> list[str]:
        return notes if output.note is None else [*notes, output.note.in_language(language)]

    def sheet_of(output: Output) -> Sheet:
        frame, kept = in_words(output.name, output.frame, evaluation.framework, language)
        kinds = {
            str(head): output.kinds[column] for head, column in zip(frame, kept, strict=True) if column in output.kinds
        }
        return Sheet(output.title.in_language(language), frame, said_of(output), kinds, frozen_columns=2)

    first, *rest = sheets_of(evaluation, language)
    own = [sheet_of(each) for each in [*outputs_of(members, evaluation), *more]]
    return workbook.write_workbook(path, lambda: [first, *own, *rest], {})
