"""Put what the pieces found and counted together, so that it reads as if all rows had been one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pandas as pd

from parkscore.data.given import NOT_COUNTED
from parkscore.data.merging import merge_findings
from parkscore.data.unranked import UNRANKED
from parkscore.findings import DataError, Finding, errors_of, refuse_warnings
from parkscore.framework.models import Framework
from parkscore.tree.accounting import (
    CLASSES,
    COLUMNS,
    DATA,
    GATE,
    GRADE,
    LEFT_OUT,
    LIST,
    OTHER_YEAR,
    WITHOUT_CLASS,
)
from parkscore.tree.gate import RANKED

Account = tuple[str | None, ...]
"""Part, id, outcome, and the outcome in both languages, as in `tree.accounting`."""
Accounts = Mapping[Account, int]
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


def counted(accounting: pd.DataFrame) -> Accounts:
    """The accounts of one piece, to be added to those of others."""
    keys = zip(*(accounting[name].astype(object) for name in ("part", "id", "outcome", "zh", "en")), strict=True)
    texts = (tuple(text if isinstance(text, str) else None for text in key) for key in keys)
    return dict(zip(texts, accounting["rows"].tolist(), strict=True))


def accounting_of(framework: Framework, parts: Iterable[Accounts]) -> pd.DataFrame:
    """The accounts of all pieces as one table, in the order of `tree.accounting`, however the rows are cut."""
    accounts: Counter[Account] = Counter()
    for part in parts:
        accounts.update(part)
    classes = {each.id: number for number, each in enumerate(framework.classes)}
    order = sorted(accounts, key=lambda account: _place(account, classes))
    entries = [(*key[:3], accounts[key], *key[3:]) for key in order]
    return pd.DataFrame(entries, columns=list(COLUMNS))


_OF_DATA: Final = {place: number for number, place in enumerate((RANKED, *UNRANKED, OTHER_YEAR, *LEFT_OUT))}
_WITHOUT_CLASS: Final = {outcome: number for number, outcome in enumerate(WITHOUT_CLASS)}
_PARTS: Final = {part: number for number, part in enumerate((DATA, CLASSES, GATE, GRADE, LIST))}


def _place(account: Account, classes: Mapping[str, int]) -> tuple[int | str, ...]:
    """By part; of the data the ranked first, then the others in the order of their reasons.

    Classes stand as the framework has them, those that are texts of a field by their texts, and rows without one last.
    Every piece tells all outcomes of each gate and grade, in their order.
    """
    part, code, outcome, *_ = account
    at = _PARTS[str(part)]
    if part == DATA:
        return at, _OF_DATA[str(outcome if code is None else code)]
    if part == CLASSES and code is None:
        return at, 1, _WITHOUT_CLASS[str(outcome)]
    return (at, 0, classes.get(str(code), 0), str(code)) if part == CLASSES else (at,)
