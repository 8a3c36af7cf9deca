"""Who was found, with the values that the condition read, and of whom it cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parkscore.data.cohorts import years_of
from parkscore.data.grid import Rows, Vector
from parkscore.data.table import UNIT, YEAR, State
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, worst_first
from parkscore.framework.formula import Formula, parse_formula
from parkscore.framework.gate_conditions import Link, printed, take_apart, text_fields
from parkscore.ladders.reading import ABOUT_SCORES
from parkscore.language import Language, Text, known
from parkscore.methods import ranking
from parkscore.methods.points_digits import to_digits
from parkscore.output.documents import records, write_json
from parkscore.output.noted import noted
from parkscore.output.tables import write_csv, write_parquet
from parkscore.output.workbook import write_workbook
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only, read_only_property
from parkscore.tree.gates import Computed
from parkscore.tree.verdicts import MET, UNKNOWN, Verdict, why, why_met

SCHEMA: Final = "parkscore-find/1"
FOUND: Final = "found"
OPEN: Final = "cannot_be_told"
OWN_COLUMNS: Final = frozenset({UNIT, YEAR, "outcome", "place", "by", "reason_zh", "reason_en", "note"})


@dataclass(frozen=True)
class Read:
    """One thing that the condition read, a row of the table each: numbers in a measure, or texts."""

    name: str
    measure: str | None
    values: NDArray[np.object_] | Vector


@dataclass(frozen=True, eq=False)
class Found:
    """The result of `find`: the units for which a condition holds, and those of which it cannot be told.

    `found` and `open` have a row for each unit and year: place and value of the order where one was asked for, a column
    for each thing that the condition read, and the reason in both languages. `counts` sums to the rows.
    """

    evaluation: Evaluation
    where: str
    by: str | None
    top: int | None
    verdict: Verdict
    computed: Computed | None

    def __post_init__(self) -> None:
        """Let nobody write into what every table is made of."""
        read_only((self.verdict, self.computed))

    def __repr__(self) -> str:
        """One line: what was asked, and how many were found."""
        return f"<Found {self.where!r}: {self._rows_of(MET).size} of {self.evaluation.rows.size}>"

    # --- rows ------------------------------------------------------------------------------------------------------

    def _rows_of(self, code: np.int8) -> Rows:
        """The rows of one outcome, year by year."""
        rows = self.evaluation.rows
        chosen = rows[self.verdict.codes[rows] == code]
        years = self.evaluation.table.years
        return np.asarray(chosen if years is None else chosen[np.argsort(years[chosen], kind="stable")])

    @read_only_property
    def places(self) -> NDArray[np.int32]:
        """For each row of the table its place among those found of its year, 1 the first; 0 where it has none."""
        places = np.zeros(len(self.evaluation.table.frame), dtype=np.int32)
        if self.computed is None:
            return places
        found = self._rows_of(MET)
        found = found[self.computed.cells.states[found] == State.VALUE]
        for _, own in years_of(self.evaluation.table, found):
            places[own] = ranking["min"](to_digits(self.computed.cells.values[own]))
        return places

    @cached_property
    def _listed(self) -> Rows:
        """The rows found, first places first; with `top` only these, else those without a place last."""
        rows = self._rows_of(MET)
        if self.computed is None:
            return rows
        places = self.places[rows].astype(np.int64)
        if self.top is not None:
            chosen = (places > 0) & (places <= self.top)
            rows, places = rows[chosen], places[chosen]
        years = self.evaluation.table.years
        last = np.where(places == 0, len(self.places) + 1, places)
        return rows[np.lexsort((last, np.zeros(len(rows)) if years is None else years[rows]))]

    # --- tables ----------------------------------------------------------------------------------------------------

    @own_table
    def found(self) -> pd.DataFrame:
        """The units for which the condition holds, in their order, with the values that it read."""
        return self._table(self._listed, FOUND)

    @own_table
    def open(self) -> pd.DataFrame:
        """The units of which it cannot be told, with the values that are known and the reason."""
        return self._table(self._rows_of(UNKNOWN), OPEN)

    @own_table
    def counts(self) -> pd.DataFrame:
        """Year, rows, and how many of them are found, not found and open; listed: how many of those found are listed.

        unordered: how many are found and have nothing to be ordered by.
        """
        return pd.DataFrame(list(self._counts()))

    def _counts(self) -> Iterator[dict[str, int]]:
        table, codes = self.evaluation.table, self.verdict.codes
        listed = np.isin(np.arange(len(table.frame)), self._listed)
        for year, own in years_of(table, self.evaluation.rows):
            found, unclear = codes[own] == MET, codes[own] == UNKNOWN
            unordered = found & (self.places[own] == 0) if self.computed is not None else np.zeros(len(own))
            yield {
                **({} if year is None else {YEAR: year}),
                "rows": len(own),
                "found": int(found.sum()),
                "not_found": int((~found & ~unclear).sum()),
                "open": int(unclear.sum()),
                "listed": int(listed[own].sum()),
                "unordered": int(unordered.sum()),
            }

    @read_only_property
    def read(self) -> tuple[Read, ...]:
        """What the condition read, in the order in which it names it: the number of each comparison, and texts."""
        found: dict[str, Read] = {}
        for _, verdict in self.verdict.walk():
            each = self._read_by(verdict)
            if each is not None:
                found.setdefault(each.name, each)
        return tuple(found.values())

    def _read_by(self, verdict: Verdict) -> Read | None:
        if verdict.is_requirement or verdict.parts or verdict.condition is None:
            return None
        root = parse_formula(verdict.condition).root
        if verdict.measured is not None:
            taken = take_apart(root, text_fields(self.evaluation.framework))
            name = printed(taken.value) if isinstance(taken, Link) else verdict.condition
            numbers = verdict.measured
            values = np.where(numbers.value == numbers.value_to, numbers.value, np.nan)
            return Read(name, numbers.measure, np.where(np.isfinite(values), values, np.nan))
        if verdict.texts is None:
            return None
        return Read(", ".join(sorted(Formula("", root).names)), None, verdict.texts)

    def _table(self, rows: Rows, outcome: str) -> pd.DataFrame:
        table = self.evaluation.table
        columns: dict[str, Any] = {UNIT: _texts(table.units[rows])}
        if table.years is not None:
            columns[YEAR] = table.years[rows]
        columns["outcome"] = _texts([outcome] * len(rows))
        if self.computed is not None:
            columns["place"] = pd.arrays.IntegerArray(self.places[rows], mask=self.places[rows] == 0)
            known = self.computed.cells.states[rows] == State.VALUE
            columns["by"] = np.where(known, self.computed.cells.values[rows], np.nan)
        for each in self.read:
            values = each.values[rows]
            own = _texts(values) if values.dtype == object else values
            columns[f"[{each.name}]" if each.name in OWN_COLUMNS else each.name] = own
        reasons = [self._reason(row, outcome) for row in rows.tolist()]
        columns["reason_zh"] = _texts(None if reason is None else reason.zh for reason in reasons)
        columns["reason_en"] = _texts(None if reason is None else reason.en for reason in reasons)
        return noted(pd.DataFrame(columns), self.notes, "en")

    def _reason(self, row: int, outcome: str) -> Text | None:
        return why_met(self.verdict, row) if outcome == FOUND else why(self.verdict, row)

    def table(self, *, with_open: bool = False, language: Language = "en") -> pd.DataFrame:
        """The units found, and after them those of which it cannot be told where that is asked for.

        language: that of the notes.
        """
        known(language)
        table = pd.concat([self.found, self.open], ignore_index=True) if with_open and len(self.open) else self.found
        return noted(table, self.notes, language)

    # --- results ---------------------------------------------------------------------------------------------------

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in the data, as far as it matters to conditions."""
        return tuple(each for each in self.evaluation.findings if each.code not in ABOUT_SCORES)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What must stand on every output."""
        return self.evaluation.notes

    @own_table
    def about(self) -> dict[str, Any]:
        """What was asked, of what data, under which framework."""
        measures = {each.name: each.measure for each in self.read}
        by_measure = None if self.computed is None or self.computed.measure is None else self.computed.measure.text
        asked = {"where": self.where, "by": self.by, "by_measure": by_measure, "top": self.top, "measures": measures}
        return {**self.evaluation.about, **asked}

    def to_csv(self, path: str | Path, language: Language = "en", *, with_open: bool = False) -> Path:
        """Write those found as csv, in UTF-8 with a mark so that Excel reads the Chinese."""
        return write_csv(path, self.table(with_open=with_open, language=language))

    def to_parquet(self, path: str | Path, language: Language = "en", *, with_open: bool = False) -> Path:
        """Write those found as Parquet, with `about` in the file's metadata."""
        return write_parquet(path, self.table(with_open=with_open, language=language), self.about)

    def to_json(self, path: str | Path, language: Language = "en") -> Path:
        """Write everything as one JSON document."""
        return write_json(path, lambda: self.as_dict(language))

    def to_excel(self, path: str | Path, language: Language = "zh") -> Path:
        """Write a workbook: those found, those of which it cannot be told, counts, findings, sources."""
        from parkscore.ladders.found_sheets import sheets_of

        return write_workbook(path, lambda: sheets_of(self, language), {"title": self.where})

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The result as plain data, ready for JSON."""
        known(language)
        return {
            "schema": SCHEMA,
            "about": self.about,
            "notes": [note.in_language(language) for note in self.notes],
            "counts": records(self.counts),
            "found": records(self.found),
            "open": records(self.open),
            "findings": [finding.as_dict(language) for finding in worst_first(self.findings)],
        }


def _texts(values: Any) -> pd.Series[Any]:
    """A column of texts in which None is nothing."""
    return pd.Series(list(values), dtype=object)
