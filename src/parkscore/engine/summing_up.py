"""Put what the pieces found and counted together, so that it reads as if all rows had been one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from parkscore.data.given import NOT_COUNTED
from parkscore.data.merging import merge_findings
from parkscore.data.unranked import UNRANKED
from parkscore.findings import DataError, Finding, errors_of, refuse_warnings
from parkscore.framework.models import Framework
from parkscore.tree.accounting import (
    CLASSES,
    DATA,
    GATE,
    GRADE,
    LEFT_OUT,
    LIST,
    OTHER_YEAR,
    WITHOUT_CLASS,
    Account,
)
from parkscore.tree.gate import RANKED

Outcome = tuple[str, str | None, str, str, str]
"""Part, id, outcome, and the outcome in both languages, as in `tree.accounting`."""
Accounts = Mapping[Outcome, int]
"""How many rows have come to what."""


class Found:
    """The findings of all pieces, in their order: of each kind the first, and how many more there are."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        """What was found before any piece was read."""
        self.findings = list(findings)

    def add(self, findings: Sequence[Finding]) -> None:
        """Take in the findings of the next piece."""
        if findings:
            self.findings = merge_findings(self.findings, findings)

    def refuse(self, strict: bool = False) -> None:
        """Raise DataError with everything that was found where there is an error; strict: or a warning.

        A given score that cannot count ends no run, as it ends none in memory.
        """
        if any(each.code not in NOT_COUNTED for each in errors_of(self.findings)):
            raise DataError(self.findings)
        if strict:
            refuse_warnings(self.findings)


def counted(accounts: Iterable[Account]) -> Accounts:
    """The accounts of one piece, to be added to those of others."""
    return {(each.part, each.id, each.outcome, each.zh, each.en): each.rows for each in accounts}


def accounts_together(framework: Framework, parts: Iterable[Accounts]) -> tuple[Account, ...]:
    """The accounts of all pieces, in the order of `tree.accounting`, however the rows are cut."""
    accounts: Counter[Outcome] = Counter()
    for part in parts:
        accounts.update(part)
    classes = {each.id: number for number, each in enumerate(framework.classes)}
    order = sorted(accounts, key=lambda account: _place(account, classes))
    return tuple(Account(*key[:3], accounts[key], *key[3:]) for key in order)


_OF_DATA: Final = {place: number for number, place in enumerate((RANKED, *UNRANKED, OTHER_YEAR, *LEFT_OUT))}
_WITHOUT_CLASS: Final = {outcome: number for number, outcome in enumerate(WITHOUT_CLASS)}
_PARTS: Final = {part: number for number, part in enumerate((DATA, CLASSES, GATE, GRADE, LIST))}


def _place(account: Outcome, classes: Mapping[str, int]) -> tuple[int | str, ...]:
    """By part; of the data the ranked first, then the others in the order of their reasons.

    Classes stand as the framework has them, those that are texts of a field by their texts, and rows without one last.
    Every piece tells all outcomes of each gate and grade, in their order.
    """
    part, code, outcome, *_ = account
    at = _PARTS[part]
    if part == DATA:
        return at, _OF_DATA[outcome if code is None else code]
    if part == CLASSES and code is None:
        return at, 1, _WITHOUT_CLASS[outcome]
    return (at, 0, classes.get(str(code), 0), str(code)) if part == CLASSES else (at,)
