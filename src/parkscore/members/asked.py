"""What a run tells of single enterprises: contributions, and where asked shortfalls, what-if and missing returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from parkscore.findings import Finding
from parkscore.language import Language, Text
from parkscore.late_pandas import pd
from parkscore.members.contributions import NOT_ADDITIVE, Contributions
from parkscore.members.missing_returns import LAST_YEAR_STANDS_IN
from parkscore.members.outputs import Output
from parkscore.members.what_if import HELD, WhatIf
from parkscore.output.documents import records

# More rows are no reading matter in a workbook, and take it long to open; the folder holds all of them.
MOST_IN_WORKBOOK: Final = 10_000
_FIRST: Final = 10


@dataclass(frozen=True, eq=False)
class Asked:
    """Answers about enterprises; None where it was not asked, and contributions also where they cannot be computed.

    own: the contributions of the one enterprise that was asked for.
    """

    contributions: Contributions | None = None
    own: pd.DataFrame | None = None
    shortfalls: pd.DataFrame | None = None
    what_if: WhatIf | None = None
    missing: pd.DataFrame | None = None

    @property
    def findings(self) -> Sequence[Finding]:
        """What must be said of what was asked."""
        return () if self.what_if is None else self.what_if.findings

    def outputs(self, workbook: bool) -> list[Output]:
        """The tables to be written; in a folder the contributions are a file of their own."""
        found = []
        if workbook and self.contributions is not None and len(self.contributions.rows) <= MOST_IN_WORKBOOK:
            title = Text("企业贡献", "of enterprises")
            found.append(_output("contributions", title, self.contributions.frame(), NOT_ADDITIVE))
        if self.shortfalls is not None:
            found.append(_output("shortfalls", Text("短板", "shortfalls"), self.shortfalls, NOT_ADDITIVE))
        if self.what_if is not None:
            found.append(_output("what-if", Text("假设", "what-if"), self.what_if.ranking, HELD))
            values = Text("假设指标值", "what-if values")
            found.append(_output("what-if-values", values, self.what_if.values, HELD))
        if self.missing is not None:
            frame = self.missing.head(MOST_IN_WORKBOOK) if workbook else self.missing
            found.append(_output("missing-returns", Text("缺报影响", "missing returns"), frame, LAST_YEAR_STANDS_IN))
        return found

    def summary(self, language: Language) -> dict[str, Any]:
        """The same as plain data: of one enterprise, the ranking that would be, and the first of what is missing."""
        said: dict[str, Any] = {}
        if self.contributions is not None:
            note = NOT_ADDITIVE.in_language(language)
            said["contributions"] = {"rows": len(self.contributions.rows), "note": note}
        if self.own is not None:
            said["own_contributions"] = records(self.own)
        if self.shortfalls is not None:
            said["shortfalls"] = records(self.shortfalls)
        if self.what_if is not None:
            note = HELD.in_language(language)
            lists = {"without_score": self.what_if.without_score, "newly_scored": self.what_if.newly_scored}
            said["what_if"] = {"note": note, "ranking": records(self.what_if.ranking), **lists}
        if self.missing is not None:
            note = LAST_YEAR_STANDS_IN.in_language(language)
            first = records(self.missing.head(_FIRST))
            said["missing_returns"] = {"rows": len(self.missing), "note": note, "first": first}
        return said


_TEXTS: Final = frozenset(
    {"enterprise", "name", "zone", "part", "filed", "missing", "fields", "unit", "id", "zh", "en", "measure"}
)
_COUNTS: Final = frozenset({"rank", "rank_then", "rank_with", "rank_without"})


def _output(name: str, title: Text, frame: pd.DataFrame, note: Text) -> Output:
    """A table with its note; what moves a value is shown as a value, what moves a score as a score."""
    values = {"own", "overall", "contribution", "value", "value_then"} | (set() if name == "what-if" else {"change"})

    def kind(column: str) -> str:
        if column in _COUNTS:
            return "count"
        return "value" if column in values or column.startswith("value:") else "score"

    numbers = [each for each in map(str, frame.columns) if each not in _TEXTS and not each.startswith("sentence_")]
    kinds = {column: kind(column) for column in numbers}
    return Output(name, title, frame, kinds, weighed=True, note=note)
