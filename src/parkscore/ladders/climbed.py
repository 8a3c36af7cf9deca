"""Where units stand on a ladder: their rung, the next one, and what is missing to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.data.grid import Rows, Truths
from parkscore.data.table import UNIT, YEAR
from parkscore.evaluation import Evaluation, digest_of
from parkscore.findings import Finding, Severity, UsageError, worst_first, wrong_year
from parkscore.framework.suggesting import nearest_or_some
from parkscore.ladders.gaps import Gaps
from parkscore.ladders.lacking import Line, Need, lacking, lines
from parkscore.ladders.loading import LoadedLadder
from parkscore.ladders.models import Ladder, Rung
from parkscore.ladders.wording import Wording
from parkscore.language import Language, Text, known
from parkscore.output.documents import records, write_json
from parkscore.output.noted import noted
from parkscore.output.tables import write_csv, write_parquet
from parkscore.output.workbook import write_workbook
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only, read_only_property
from parkscore.tree.verdicts import MET, NOT_APPLICABLE, NOT_MET, OUTCOMES, REVIEW, UNKNOWN, Codes, Verdict, why
from parkscore.version import VERSION

SCHEMA: Final = "parkscore-climb/1"
CERTAIN: Final = "certain"
AT_LEAST: Final = "at_least"
HIGHEST: Final = Text("已在最高一级", "on the highest rung")
NONE_APPLIES: Final = Text("以上各级不适用", "no higher rung applies")
STANDING_TEXT: Final = {CERTAIN: Text("确定", "certain"), AT_LEAST: Text("至少", "at least")}
MISSING_COLUMNS: Final = [
    *("rung", "requirement", "name_zh", "name_en", "condition", "value", "value_to", "operator", "threshold"),
    *("short_by", "measure", "fields", "one_of", "needs", "part", "reason_zh", "reason_en"),
]
NO_RUNG: Final = -1


@dataclass(frozen=True, eq=False)
class Climb:
    """The result of `climb`: for each unit its rung, the next one, and what is missing to it by how much.

    Rows stand in the order of the table, by year where it has years. `rungs` has a row for each unit and year,
    `missing` a line for each thing that is missing to the next rung, `outcomes` what each rung comes to, `counts` how
    many stand where. evaluations: what each framework came to, by the name that the rungs give it.
    """

    loaded: LoadedLadder
    evaluations: Mapping[str, Evaluation]
    rows: Mapping[str, Rows]
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        """Let nobody write into what every table is made of."""
        read_only(self.rows)

    def __repr__(self) -> str:
        """One line: which ladder, how many rows."""
        return f"<Climb {self.ladder.id}: {len(self)} rows>"

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.rows.values())))

    @property
    def ladder(self) -> Ladder:
        """The ladder, from the lowest rung up."""
        return self.loaded.ladder

    # --- where units stand -----------------------------------------------------------------------------------------

    @own_table
    def labels(self) -> pd.DataFrame:
        """Unit, or unit and year, of each row."""
        name, rows = next(iter(self.rows.items()))
        table = self.evaluations[name].table
        columns: dict[str, Any] = {UNIT: pd.Series(table.units[rows], dtype=object)}
        return pd.DataFrame(columns if table.years is None else columns | {YEAR: table.years[rows]})

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The gate of each rung, judged, for every row of its framework's table."""
        return tuple(
            next(gate for gate in self.evaluations[rung.framework].judged if gate.path == rung.gate)
            for rung in self.ladder.rungs
        )

    @read_only_property
    def codes(self) -> Codes:
        """The outcome of each rung as a code: (rows, rungs)."""
        columns = [
            gate.codes[self.rows[rung.framework]] for gate, rung in zip(self.verdicts, self.ladder.rungs, strict=True)
        ]
        return np.stack(columns, axis=1)

    @read_only_property
    def positions(self) -> Rows:
        """For each row the number of the highest rung that is met, from 0; -1 where none is."""
        count = len(self.ladder.rungs)
        met = self.codes == MET
        return np.where(met.any(axis=1), count - 1 - met[:, ::-1].argmax(axis=1), NO_RUNG).astype(np.intp)

    @read_only_property
    def next_positions(self) -> Rows:
        """For each row the number of the lowest rung above its own that applies to it; -1 where there is none."""
        above = self._above & (self.codes != NOT_APPLICABLE)
        return np.where(above.any(axis=1), above.argmax(axis=1), NO_RUNG).astype(np.intp)

    @property
    def _above(self) -> Truths:
        """Which rungs are above that of a row: (rows, rungs)."""
        return np.asarray(np.arange(len(self.ladder.rungs))[None, :] > self.positions[:, None])

    @read_only_property
    def is_certain(self) -> Truths:
        """Whether no higher rung is open: neither unknown nor to be reviewed."""
        unsure = (self.codes == UNKNOWN) | (self.codes == REVIEW)
        return np.asarray(~(unsure & self._above).any(axis=1))

    def rung(self, position: int) -> Rung | None:
        """The rung of a number; None for -1."""
        return None if position == NO_RUNG else self.ladder.rungs[position]

    def need(self, position: int) -> Need | None:
        """What the unit of a row lacks to its next rung; None where there is no next rung."""
        number = int(self.next_positions[position])
        return None if number == NO_RUNG else lacking(self.verdicts[number], self._row(number, position))

    def _row(self, number: int, position: int) -> int:
        """The row of a position in the table of a rung's framework."""
        return int(self.rows[self.ladder.rungs[number].framework][position])

    @cached_property
    def _wordings(self) -> dict[str, Wording]:
        return {name: Wording(gaps) for name, gaps in self._gaps.items()}

    @cached_property
    def _gaps(self) -> dict[str, Gaps]:
        return {name: Gaps(evaluation) for name, evaluation in self.evaluations.items()}

    @cached_property
    def needs(self) -> list[Need | None]:
        """What each row lacks to its next rung."""
        return [self.need(position) for position in range(len(self))]

    @cached_property
    def sentences(self) -> list[Text]:
        """For each row what is missing to its next rung, in a sentence."""
        return [self._sentence(position, need) for position, need in enumerate(self.needs)]

    def _sentence(self, position: int, need: Need | None) -> Text:
        number = int(self.next_positions[position])
        rung = self.rung(number)
        if rung is None or need is None:
            return HIGHEST if self.positions[position] == len(self.ladder.rungs) - 1 else NONE_APPLIES
        said = self._wordings[rung.framework].sentence(need, self._row(number, position))
        return Text(f"到“{rung.label.zh}”：{said.zh}", f"to {rung.label.en}: {said.en}")

    # --- tables ----------------------------------------------------------------------------------------------------

    @own_table
    def rungs(self) -> pd.DataFrame:
        """Unit, year, rung, standing, next rung and its outcome, rungs skipped, what is missing, an outcome per rung.

        rung: the highest that is met, None where none is. standing: `certain`, or `at_least` where a higher rung is
        open. skipped: lower rungs that are not met, though this one is.
        """
        ids = [rung.id for rung in self.ladder.rungs]
        words = np.array([str(outcome) for outcome in OUTCOMES], dtype=object)
        columns: dict[str, Any] = {
            "rung": _ids(ids, self.positions),
            "standing": _texts(CERTAIN if certain else AT_LEAST for certain in self.is_certain),
            "next": _ids(ids, self.next_positions),
            "next_outcome": _texts(
                None if number == NO_RUNG else words[self.codes[position, number]]
                for position, number in enumerate(self.next_positions.tolist())
            ),
            "skipped": _texts(", ".join(ids[each] for each in skipped) or None for skipped in self.skipped),
            "missing_zh": _texts(sentence.zh for sentence in self.sentences),
            "missing_en": _texts(sentence.en for sentence in self.sentences),
        }
        columns |= {each: _texts(words[self.codes[:, number]]) for number, each in enumerate(ids)}
        return noted(pd.DataFrame({**self.labels, **columns}), self.notes, "en")

    def table(self, language: Language = "en") -> pd.DataFrame:
        """As `rungs`, with the notes in this language."""
        known(language)
        return noted(self.rungs, self.notes, language)

    @cached_property
    def skipped(self) -> list[list[int]]:
        """For each row the numbers of the rungs below its own that are not met."""
        below = (self.codes == NOT_MET) & (np.arange(len(self.ladder.rungs))[None, :] < self.positions[:, None])
        return [np.flatnonzero(row).tolist() for row in below]

    @own_table
    def missing(self) -> pd.DataFrame:
        """Everything that is missing to the next rung of each unit, a line for each condition.

        requirement: the path of the condition. value, operator, threshold: the number, and what it has to reach;
        value_to where it may be anything up to there. short_by: how much is missing. fields: the empty cells that the
        condition reads, a year before as `field(-1)`. A line without `one_of` has to be mended. Lines with the same
        `one_of` are parts of a choice, of which `needs` are needed; lines with the same number in `part` belong
        together. A choice inside another one follows it after `>`.
        """
        entries = [
            entry
            for position, need in enumerate(self.needs)
            for line in lines(need)
            for entry in [self._missing_entry(position, line)]
        ]
        positions = [entry.pop("position") for entry in entries]
        frame = self.labels.iloc[positions].reset_index(drop=True)
        numbers = {"value_to", "threshold", "short_by"}
        for column in MISSING_COLUMNS:
            values = [entry[column] for entry in entries]
            frame[column] = np.array(values, dtype=np.float64) if column in numbers else pd.Series(values, dtype=object)
        return frame

    def _missing_entry(self, position: int, line: Line) -> dict[str, Any]:
        lack, number = line.lack, int(self.next_positions[position])
        rung, row = self.ladder.rungs[number], self._row(number, position)
        measured, texts = lack.condition.measured, lack.condition.texts
        reason = self._wordings[rung.framework].reason(lack, row)
        open_ = lack.reason in ("missing", "unsettled")
        gaps = self._gaps[rung.framework].of(lack.condition.condition or "", row) if open_ else []
        text = None if texts is None else texts[row]
        return {
            "position": position,
            "rung": rung.id,
            "requirement": lack.condition.path,
            "name_zh": lack.asked.text.zh,
            "name_en": lack.asked.text.en,
            "condition": lack.condition.condition,
            "value": (lack.value if np.isfinite(lack.value) else None) if measured is not None else text,
            "value_to": lack.value_to if lack.value_to != lack.value and np.isfinite(lack.value_to) else np.nan,
            "operator": lack.operator,
            "threshold": lack.threshold if np.isfinite(lack.threshold) else np.nan,
            "short_by": lack.short_by,
            "measure": None if measured is None else measured.measure,
            "fields": ", ".join(_field_text(*gap) for gap in gaps) or None,
            "one_of": " > ".join(choice.path for choice in line.choices) or None,
            "needs": " > ".join(str(choice.needs) for choice in line.choices) or None,
            "part": " > ".join(str(choice.part) for choice in line.choices) or None,
            "reason_zh": reason.zh,
            "reason_en": reason.en,
        }

    @own_table
    def outcomes(self) -> pd.DataFrame:
        """Unit, year, rung, outcome and why, a line for each unit and rung."""
        count, rungs = len(self.ladder.rungs), self.ladder.rungs
        frame = self.labels.iloc[np.repeat(np.arange(len(self)), count)].reset_index(drop=True)
        frame["rung"] = _texts([rung.id for rung in rungs] * len(self))
        frame["outcome"] = _texts(str(OUTCOMES[code]) for code in self.codes.ravel())
        said = [
            why(self.verdicts[number], self._row(number, position))
            for position in range(len(self))
            for number in range(count)
        ]
        frame["reason_zh"] = _texts(None if text is None else text.zh for text in said)
        frame["reason_en"] = _texts(None if text is None else text.en for text in said)
        return frame

    @own_table
    def counts(self) -> pd.DataFrame:
        """Year, rung, units, and how many of them are certain or at least there; the highest rung first, none last.

        The units of a year sum to its rows.
        """
        years = [None] if YEAR not in self.labels else sorted(set(self.labels[YEAR].tolist()))
        entries = [self._count(year, number) for year in years for number in self._from_the_top()]
        frame = pd.DataFrame(entries)
        frame["rung"] = _texts(entry["rung"] for entry in entries)
        return frame.drop(columns=YEAR) if YEAR not in self.labels else frame

    def _from_the_top(self) -> Iterator[int]:
        yield from range(len(self.ladder.rungs) - 1, NO_RUNG - 1, -1)

    def _count(self, year: int | None, number: int) -> dict[str, Any]:
        here = self.positions == number
        if year is not None:
            here = here & (self.labels[YEAR] == year).to_numpy()
        rung, certain = self.rung(number), int((here & self.is_certain).sum())
        units = int(here.sum())
        return {
            YEAR: year,
            "rung": None if rung is None else rung.id,
            "units": units,
            "certain": certain,
            "at_least": units - certain,
        }

    # --- results ---------------------------------------------------------------------------------------------------

    def position_of(self, unit: str, year: int | None = None) -> list[int]:
        """The rows of a unit, one for each year; UsageError where there is no such unit in that year."""
        wrong = wrong_year(year)
        if wrong:
            raise UsageError(wrong)
        matches = (self.labels[UNIT] == unit).to_numpy()
        if year is not None and YEAR in self.labels and matches.any():
            years = self.labels[YEAR].to_numpy()
            if year not in years[matches]:
                raise UsageError(_no_such_year(unit, year, years[matches].tolist()))
            matches = matches & (years == year)
        found: list[int] = np.flatnonzero(matches).tolist()
        if not found:
            message = Text("数据中没有这个评价对象", "there is no such unit in the data")
            hint = nearest_or_some(unit, [str(each) for each in dict.fromkeys(self.labels[UNIT])])
            raise UsageError(
                Finding(code="no_such_unit", severity=Severity.ERROR, value=unit, message=message, hint=hint)
            )
        return found

    @cached_property
    def notes(self) -> tuple[Text, ...]:
        """What must stand on every output: rungs that rest on no official text, assumed weights, synthetic data."""
        order = Text("各级的顺序", "the order of the rungs")
        conditions = [Text(f"“{each.zh}”的条件", f"the conditions of {each.en}") for each in self._names]
        statuses = [self.ladder.status, *(self.loaded.framework_of(rung).status for rung in self.ladder.rungs)]
        notes = [_not_sourced(what, status) for what, status in zip([order, *conditions], statuses, strict=True)]
        known = [note for note in notes if note is not None]
        known += [note for evaluation in self.evaluations.values() for note in evaluation.notes]
        return tuple(dict.fromkeys(known))

    @property
    def _names(self) -> list[Text]:
        return [rung.label for rung in self.ladder.rungs]

    @own_table
    def about(self) -> dict[str, Any]:
        """What was judged with what: ladder, frameworks, data, version."""
        first = next(iter(self.evaluations.values()))
        years = sorted(set(self.labels[YEAR].tolist())) if YEAR in self.labels else []
        return {
            "parkscore": VERSION,
            "ladder": self.ladder.id,
            "ladder_source": self.ladder.source,
            "rungs": [
                {
                    "id": rung.id,
                    "zh": rung.label.zh,
                    "en": rung.label.en,
                    "framework": self.loaded.framework_of(rung).id,
                    "gate": rung.gate,
                    "status": self.loaded.framework_of(rung).status,
                    "source": self.loaded.framework_of(rung).source,
                    "framework_sha256": digest_of(self.loaded.framework_of(rung)),
                }
                for rung in self.ladder.rungs
            ],
            "data": Path(first.table.origin.file).name,
            "data_sha256": first.table.digest,
            "data_years": years,
            "rows": len(self),
            "notes": [note.en for note in self.notes],
        }

    def to_csv(self, path: str | Path, language: Language = "en") -> Path:
        """Write `rungs` as csv, in UTF-8 with a mark so that Excel reads the Chinese."""
        return write_csv(path, self.table(language))

    def to_parquet(self, path: str | Path, language: Language = "en") -> Path:
        """Write `rungs` as Parquet, with `about` in the file's metadata."""
        return write_parquet(path, self.table(language), self.about)

    def to_json(self, path: str | Path, language: Language = "en") -> Path:
        """Write every table as one JSON document."""
        return write_json(path, lambda: self.as_dict(language))

    def to_excel(self, path: str | Path, language: Language = "zh") -> Path:
        """Write a workbook: where units stand, how many where, what is missing, every outcome, findings, sources."""
        from parkscore.ladders.sheets import sheets_of

        title = self.ladder.title.label.in_language(language)
        return write_workbook(path, lambda: sheets_of(self, language), {"title": title})

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The result as plain data, ready for JSON."""
        known(language)
        return {
            "schema": SCHEMA,
            "about": self.about,
            "notes": [note.in_language(language) for note in self.notes],
            "counts": records(self.counts),
            "rungs": records(self.rungs),
            "missing": records(self.missing),
            "outcomes": records(self.outcomes),
            "findings": [finding.as_dict(language) for finding in worst_first(self.findings)],
        }


def _ids(ids: list[str], positions: Rows) -> pd.Series[Any]:
    return _texts(None if number == NO_RUNG else ids[number] for number in positions.tolist())


def _texts(values: Any) -> pd.Series[Any]:
    """A column of texts in which None is nothing."""
    return pd.Series(list(values), dtype=object)


def _field_text(field: str, back: int) -> str:
    return field if back == 0 else f"{field}(-{back})"


def _not_sourced(what: Text, status: str | None) -> Text | None:
    """What must be said of something that was not taken from an official text."""
    said = NOT_SOURCED.get(status or "")
    return None if said is None else Text(f"{what.zh}{said.zh}", f"{what.en}: {said.en}")


NOT_SOURCED: Final = {
    "transcribed": Text("转录自他人整理的文本，未与原文核对", "transcribed by others, and not compared with the text"),
    "partial": Text("只有一部分有来源", "sourced in part only"),
    "assumed": Text("为假定，没有官方来源", "assumed, without an official source"),
    "example": Text("只是示例", "an example only"),
}


def _no_such_year(unit: str, year: int, years: Sequence[int]) -> Finding:
    message = Text("数据中这个评价对象没有这一年", "the data have no such year of this unit")
    known = [str(each) for each in years]
    hint = Text(f"有：{'、'.join(known)}", f"it has: {', '.join(known)}")
    return Finding(code="no_such_year", severity=Severity.ERROR, unit=unit, value=year, message=message, hint=hint)
