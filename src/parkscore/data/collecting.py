"""Collect findings while reading goes on, so that all mistakes are reported at once."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from parkscore.findings import Finding, Place, Severity
from parkscore.language import Text

REPEATED_AT_MOST: Final = 200


class Collected:
    """The findings of one reading, in the order they were met.

    Of one code at most `REPEATED_AT_MOST` are kept; one more says how many were left out.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._kept: list[Finding] = []
        self._met: Counter[tuple[str, Severity]] = Counter()
        self._counted: dict[tuple[str, str | None], tuple[int, Text, Place]] = {}

    def error(self, code: str, message: Text, hint: Text | None = None, **where: Any) -> None:
        """Add what makes the table unusable; reading goes on to find the rest."""
        self._add(Severity.ERROR, code, message, hint, where)

    def warning(self, code: str, message: Text, hint: Text | None = None, **where: Any) -> None:
        """Add what a person should look at."""
        self._add(Severity.WARNING, code, message, hint, where)

    def info(self, code: str, message: Text, hint: Text | None = None, **where: Any) -> None:
        """Add what was done with the data, so that nothing is silent."""
        self._add(Severity.INFO, code, message, hint, where)

    def count_cells(self, code: str, count: int, what: Text, *, place: Place, field: str | None = None) -> None:
        """Add so many cells of a column of which the same is said, once, with the place of the first."""
        before, _, first = self._counted.get((code, field), (0, what, place))
        self._counted[code, field] = before + count, what, first

    def count_more(self, code: str, severity: Severity, count: int) -> None:
        """Add so many of what was met so often that one more would not be listed."""
        self._met[code, severity] += count

    def _add(self, severity: Severity, code: str, message: Text, hint: Text | None, where: dict[str, Any]) -> None:
        self._met[code, severity] += 1
        if self._met[code, severity] <= REPEATED_AT_MOST:
            self._kept.append(Finding(code=code, severity=severity, message=message, hint=hint, **where))

    @property
    def findings(self) -> list[Finding]:
        """All that were kept, those of counted cells, then one for each code of which some were left out."""
        counted = [
            Finding(
                code=code,
                severity=Severity.INFO,
                message=Text(f"{count} {what.zh}", f"{what.en}: {count}"),
                place=place,
                field=field,
            )
            for (code, field), (count, what, place) in self._counted.items()
        ]
        left_out = [
            Finding(
                code=code,
                severity=severity,
                message=Text(
                    f"同类问题还有 {met - REPEATED_AT_MOST} 处，未逐一列出",
                    f"and {met - REPEATED_AT_MOST} more of the same, not listed one by one",
                ),
                more=met - REPEATED_AT_MOST,
            )
            for (code, severity), met in self._met.items()
            if met > REPEATED_AT_MOST
        ]
        return self._kept + counted + left_out

    def count(self, code: str) -> int:
        """How often something was met, listed or not."""
        return sum(met for (each, _), met in self._met.items() if each == code)

    @property
    def has_errors(self) -> bool:
        """Whether anything met so far makes the table unusable."""
        return any(severity is Severity.ERROR for _, severity in self._met)
