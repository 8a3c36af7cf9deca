"""Put what the pieces found and counted together, so that it reads as if all rows had been one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pandas as pd

from parkscore.data.merging import merge_findings
from parkscore.data.unranked import UNRANKED
from parkscore.findings import DataError, Finding, errors_of, refuse_warnings
from parkscore.tree.accounting import CLASSES, COLUMNS, DATA, GATE, GRADE, LIST
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
        """Raise DataError with everything that was found where there is an error; strict: or a warning."""
        if errors_of(self.findings):
            raise DataError(self.findings)
        if strict:
            refuse_warnings(self.findings)


def counted(accounting: pd.DataFrame) -> Accounts:
    """The accounts of one piece, to be added to those of others."""
    keys = zip(*(accounting[name].astype(object) for name in ("part", "id", "outcome", "zh", "en")), strict=True)
    texts = (tuple(text if isinstance(text, str) else None for text in key) for key in keys)
    return dict(zip(texts, accounting["rows"].tolist(), strict=True))


def accounting_of(parts: Iterable[Accounts]) -> pd.DataFrame:
    """The accounts of all pieces as one table, in the order of `tree.accounting`."""
    accounts: Counter[Account] = Counter()
    for part in parts:
        accounts.update(part)
    order = sorted(accounts, key=_place)
    entries = [(*key[:3], accounts[key], *key[3:]) for key in order]
    return pd.DataFrame(entries, columns=list(COLUMNS))


_REASONS: Final = {code: number for number, code in enumerate(UNRANKED)}
_PARTS: Final = (DATA, CLASSES, GATE, GRADE, LIST)


def _place(account: Account) -> tuple[int | str, ...]:
    """By part; of the data the ranked first, then the others in the order of their reasons; the rest as it came.

    Classes that are texts of a field stand by their texts, and rows without a class last.
    """
    part, code, outcome, zh, _ = account
    if part == CLASSES:
        return (_PARTS.index(part), int(code is None), code if code is not None and code == zh else "")
    if part != DATA:
        return (_PARTS.index(str(part)),)
    return (0, 0) if outcome == RANKED else (0, 1, _REASONS.get(str(code), len(_REASONS)))
