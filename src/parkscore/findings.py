"""A finding: one mistake or oddity, where it stands, and the way out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from numbers import Integral
from typing import Any

from parkscore.language import Language, Text, agreeing, in_digits, plural, preferred_language


class Severity(StrEnum):
    """How much a finding matters; an error stops the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def text(self) -> Text:
        """The word a person reads."""
        return _SEVERITY_TEXT[self]


_SEVERITY_TEXT = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
    Severity.INFO: Text("提示", "info"),
}
_WORST_FIRST = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file something stands: line and column, or sheet and cell.

    >>> str(Place("park.yaml", line=41, column=17))
    'park.yaml:41:17'
    >>> str(Place("zones.xlsx", sheet="2024", cell="F17"))
    'zones.xlsx!2024!F17'
    """

    file: str
    line: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        """`file:line:column` or `file!sheet!cell`, as far as known."""
        if self.sheet is not None:
            return "!".join(part for part in (self.file, self.sheet, self.cell) if part)
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of a check: what is wrong, where, by which rule, and what to do.

    The same object is printed, written to `--json` and written to the workbook.
    more: how many further findings of its code, severity, field and rule it stands for, which are not listed.

    >>> finding = Finding(
    ...     code="below_min", severity=Severity.ERROR, field="qd01", unit="合肥", year=2024, value=-3,
    ...     message=Text("小于下限 0", "is below 0"), place=Place("z.csv", line=2, column=4))
    >>> print(finding.render("en"))
    z.csv:2:4  error below_min: qd01 = -3: is below 0
        合肥, 2024
    """

    code: str
    severity: Severity
    message: Text
    hint: Text | None = None
    place: Place | None = None
    unit: str | None = None
    field: str | None = None
    year: int | None = None
    value: Any = None
    rule: str | None = None
    more: int = 0

    def __str__(self) -> str:
        """The finding as a person reads it, in the language of the console."""
        return self.render(preferred_language())

    def render(self, language: Language) -> str:
        """The finding as a person reads it, two to three lines."""
        where = f"{self.place}  " if self.place else ""
        what = self.field or ""
        if self.value is not None:
            value = in_digits(self.value, 15) if isinstance(self.value, float) else str(self.value)
            what = f"{what} = {value}" if what else value
        what = f"{what}: " if what else ""
        head = (
            f"{where}{self.severity.text.in_language(language)} {self.code}: {what}{self.message.in_language(language)}"
        )
        context = [str(part) for part in (self.unit, self.year) if part is not None]
        if self.rule is not None:
            context.append(f"{Text('规则', 'rule').in_language(language)} {self.rule}")
        lines = [head]
        if context:
            lines.append("    " + ", ".join(context))
        if self.hint is not None:
            lines.append(f"    {Text('办法', 'hint').in_language(language)}: {self.hint.in_language(language)}")
        return "\n".join(lines)

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The finding as plain data for JSON and tables; a key for each attribute, `None` where unknown."""
        place = self.place or Place("")
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message.in_language(language),
            "hint": self.hint.in_language(language) if self.hint else None,
            "file": place.file or None,
            "line": place.line,
            "column": place.column,
            "sheet": place.sheet,
            "cell": place.cell,
            "unit": self.unit,
            "field": self.field,
            "year": self.year,
            "value": _plain(self.value),
            "rule": self.rule,
        }


def _plain(value: Any) -> Any:
    """A value that JSON can hold; what it cannot hold becomes text."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


_Kind = tuple[str, Severity, str | None, str | None]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by severity, then by place, in a stable order; one that counts others comes right after the last."""
    findings = list(findings)
    ordered = sorted(
        (finding for finding in findings if not finding.more),
        key=lambda f: (_WORST_FIRST[f.severity], _place_key(f.place)),
    )
    counting = [finding for finding in findings if finding.more]
    if not counting:
        return ordered
    last = {kind: number for number, finding in enumerate(ordered) for kind in _kinds(finding)}
    after: dict[int, list[Finding]] = {}
    for finding in counting:
        after.setdefault(last.get(_kinds(finding)[0], len(ordered) - 1), []).append(finding)
    whole = [one for number, finding in enumerate(ordered) for one in (finding, *after.get(number, ()))]
    return [*after.get(-1, ()), *whole]


def _kinds(finding: Finding) -> tuple[_Kind, _Kind]:
    """The kind of a finding, and the wider kind of its code alone."""
    code, severity = finding.code, finding.severity
    return (code, severity, finding.field, finding.rule), (code, severity, None, None)


def _place_key(place: Place | None) -> tuple[str, str, int, int, int, str]:
    """Files and sheets by name, what is in them from the top down: row 3 before row 11, column Z before AA."""
    if place is None:
        return ("", "", 0, 0, 0, "")
    column = (place.cell or "").rstrip("0123456789")
    row = int((place.cell or "")[len(column) :] or 0)
    return (place.file, place.sheet or "", place.line or row, place.column or 0, len(column), column)


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Only the findings that stop a run."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


class ParkscoreError(Exception):
    """A mistake of the user's that ends a command: findings, and the exit code of its kind."""

    exit_code = 1

    def __init__(self, findings: Finding | Sequence[Finding]) -> None:
        """Keep the findings, worst first."""
        self.findings: list[Finding] = worst_first([findings] if isinstance(findings, Finding) else findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        """Every finding, in the language of the console."""
        return "\n".join(finding.render(preferred_language()) for finding in self.findings)


class UsageError(ParkscoreError):
    """The call itself is off: a wrong option, an output that cannot be written."""

    exit_code = 2


class DataError(ParkscoreError):
    """The data failed validation."""

    exit_code = 3


class FrameworkError(ParkscoreError):
    """The framework or the weight scheme is invalid."""

    exit_code = 4


def of_type(argument: str, value: Any, hint: Text) -> Finding:
    """The finding for an argument of another type than is taken.

    >>> of_type("data", Severity.ERROR, Text("给表", "give a table")).message.en
    '`data` cannot be a Severity'
    """
    kind = _kind_of(value)
    article = "an" if kind[0] in "aeiouAEIOU" else "a"
    return Finding(
        code="wrong_type",
        severity=Severity.ERROR,
        field=argument,
        message=Text(f"{argument} 不能是 {kind}", f"`{argument}` cannot be {article} {kind}"),
        hint=hint,
    )


def _kind_of(value: Any) -> str:
    """The name of a type, with the package of one that several packages may have, such as a DataFrame."""
    package, name = type(value).__module__.partition(".")[0], type(value).__name__
    return name if package in ("builtins", "parkscore", "pathlib", "__main__") else f"{package}.{name}"


def wrong_year(year: Any) -> list[Finding]:
    """The finding for a year that is no whole number; none where it is one, or no year is named.

    >>> [finding.message.en for finding in wrong_year("2024")], wrong_year(2024)
    (['`year` cannot be a str'], [])
    """
    if year is not None and (isinstance(year, bool) or not isinstance(year, Integral)):
        return [of_type("year", year, Text("给整数，如 2024", "give a whole number, such as 2024"))]
    return []


def no_such_language(language: object) -> UsageError:
    """The error for a language that is none of the two."""
    return UsageError(
        Finding(
            code="no_such_language",
            severity=Severity.ERROR,
            field="language",
            message=Text(f"没有 {language!r} 这种语言", f"there is no language {language!r}"),
            hint=Text("语言写 'zh'（中文）或 'en'（英文）", "say 'zh' for Chinese or 'en' for English"),
        )
    )


def refuse_warnings(findings: Iterable[Finding]) -> None:
    """Raise DataError where there is a warning, as `--strict` asks."""
    warnings = [finding for finding in findings if finding.severity is Severity.WARNING]
    if warnings:
        message = Text(
            f"有 {len(warnings)} 条警告",
            f"there {agreeing(len(warnings), 'is', 'are')} {plural(len(warnings), 'warning')}",
        )
        raise DataError([Finding(code="strict", severity=Severity.ERROR, message=message, rule="--strict"), *warnings])
