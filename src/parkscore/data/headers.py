"""Headers: which column is the unit, the year, a field, and in which measure it comes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from parkscore.data.cells import text_of
from parkscore.data.column_names import NOTE_NAMES, YEAR_NAMES
from parkscore.framework.measures import Measure, MeasureError, parse_measure
from parkscore.framework.models import DataField, Framework


class Role(Enum):
    """What a column is for."""

    UNIT = "unit"
    YEAR = "year"
    NOTE = "note"
    FIELD = "field"


# What may stand under the unit's header in a row of measures.
HEADER_MEASURE_WORDS: Final = ("计量单位", "单位", "measure", "unit")

_BRACKETS: Final = str.maketrans("（）［］【】", "()[][]")
_IN_BRACKETS: Final = re.compile(r"(.+?)(?:\(((?:[^()]|\([^()]*\))*)\)|\[([^\[\]]*)\])", re.DOTALL)
_SEPARATORS: Final = "/／,，"
_PROTECTED: Final = re.compile(r"'(?=[=+\-@＝＋－＠])")


@dataclass(frozen=True, slots=True)
class Target:
    """What a header names: the unit, the year, the note, or a field by its id."""

    role: Role
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A header that names something, perhaps with a measure.

    targets: more than one where the name is used twice in the framework.
    measure_text: the measure as the header has it; measure is None where it is not known.
    """

    targets: tuple[Target, ...]
    measure_text: str | None = None
    measure: Measure | None = None
    problem: MeasureError | None = None


def normalised(text: str) -> str:
    r"""A header without what the eye does not see: width, white space, line breaks.

    >>> normalised(" 营业 收入\n（亿元） ")
    '营业收入(亿元)'
    """
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))


def header_text(cell: Any) -> str:
    """The header in a cell as a person reads it, on one line."""
    return " ".join(_PROTECTED.sub("", text_of(cell) or "", count=1).split())


_HEADERS_KEPT: Final = 4096


class Names:
    """Every name under which a framework's unit, year and fields may stand in a header.

    >>> from parkscore.framework.models import DataField, Framework, Label, UnitKey
    >>> framework = Framework(
    ...     id="f", title=Label(zh="例"), unit=UnitKey(key="zone", zh="高新区"), time="year", indicators=(),
    ...     fields={"qc05": DataField(zh="营业收入", measure="千元")})
    >>> match = Names(framework).match("营业收入（亿元）")
    >>> match.targets[0].field, match.measure.text
    ('qc05', '亿元')
    """

    def __init__(self, framework: Framework) -> None:
        """Gather the names; the time's usual names count where no field has taken them."""
        self._fields = framework.fields
        self._targets: dict[str, list[Target]] = {}
        self._matched = lru_cache(maxsize=_HEADERS_KEPT)(self._match)  # many small files have the same headers
        unit = framework.unit
        self.unit_names = _distinct([unit.zh, unit.key, unit.en, *unit.aliases])
        self._add(self.unit_names, Target(Role.UNIT))
        for identifier, data_field in framework.fields.items():
            self._add(field_names(identifier, data_field), Target(Role.FIELD, identifier))
        self.year_names: tuple[str, ...] = ()
        if framework.time is not None:
            usual = [name for name in YEAR_NAMES if normalised(name) not in self._targets]
            self.year_names = _distinct([framework.time, *usual])
            self._add(self.year_names, Target(Role.YEAR))
        self._add([name for name in NOTE_NAMES if normalised(name) not in self._targets], Target(Role.NOTE))

    def _add(self, names: Iterable[str], target: Target) -> None:
        for name in names:
            targets = self._targets.setdefault(normalised(name), [])
            if target not in targets:
                targets.append(target)

    def match(self, header: str) -> Match | None:
        """What a header names, or None. A header that as a whole is a name is never taken apart."""
        return self._matched(header) if header else None

    def _match(self, header: str) -> Match | None:
        whole = self._targets.get(normalised(header))
        if whole is not None:
            return Match(tuple(whole))
        return self._match_in_brackets(header) or self._match_after_separator(header) or self._match_after_space(header)

    def _match_in_brackets(self, header: str) -> Match | None:
        name, measure_text = _split_brackets(header)
        targets = self._number_fields(name)
        if measure_text is None or not targets:
            return None
        try:
            return Match(targets, measure_text, parse_measure(measure_text))
        except MeasureError as problem:
            return Match(targets, measure_text, None, problem)

    def _match_after_separator(self, header: str) -> Match | None:
        for position, sign in enumerate(header):
            if sign not in _SEPARATORS:
                continue
            targets = self._number_fields(header[:position])
            measure_text = _without_spaces(header[position + 1 :])
            measure = known_measure(measure_text) if targets else None
            if measure is not None:
                return Match(targets, measure_text, measure)
        return None

    def _match_after_space(self, header: str) -> Match | None:
        """A name, a space and nothing but a measure that every field of this name can be converted from.

        A number behind the space counts columns, as in 指标 1, and is no plain number.
        """
        parts = header.rsplit(maxsplit=1)
        if len(parts) == 1 or parts[1].isdecimal():
            return None
        targets, measure = self._number_fields(parts[0]), known_measure(parts[1])
        if not targets or measure is None or any(self._dimension(each) != measure.dimension for each in targets):
            return None
        return Match(targets, parts[1], measure)

    def _dimension(self, target: Target) -> tuple[tuple[str, int], ...]:
        stated = self._fields[target.field].measure if target.field is not None else None
        return parse_measure(stated).dimension if stated else ()

    def _number_fields(self, name: str) -> tuple[Target, ...]:
        targets = self._targets.get(normalised(name), [])
        return tuple(t for t in targets if t.field is not None and self._fields[t.field].kind == "number")

    def closest_field(self, header: str, wanted: Iterable[str], likeness: float) -> str | None:
        """The id among the wanted fields of which a name is at least so much like the header, or None."""
        names = {
            normalised(name).casefold(): identifier
            for identifier in wanted
            for name in field_names(identifier, self._fields[identifier])
        }
        name = normalised(_split_brackets(header)[0]).casefold()
        close = get_close_matches(name, names, n=1, cutoff=likeness)
        return names[close[0]] if close else None

    def field_named_within(self, header: str, wanted: Iterable[str]) -> str | None:
        """The id among the wanted fields whose name in the reader's words stands in the header as a part, or None."""
        text = normalised(header).casefold()
        labels = ((field, self._fields[field]) for field in wanted)
        return next((field for field, each in labels for name in (each.zh, each.en) if _within(name, text)), None)


def _within(name: str | None, text: str) -> bool:
    own = normalised(name or "").casefold()
    return len(own) >= _SHORTEST_WITHIN and own in text


_SHORTEST_WITHIN: Final = 3  # shorter names stand in many others


def field_names(identifier: str, data_field: DataField) -> tuple[str, ...]:
    """Every name of a field, its id first."""
    return _distinct([identifier, data_field.zh, data_field.en, *data_field.aliases])


def _distinct(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _split_brackets(header: str) -> tuple[str, str | None]:
    """The name and what stands in brackets at its end, if anything does."""
    found = _IN_BRACKETS.fullmatch(header.strip().translate(_BRACKETS))
    if found is None:
        return header, None
    inside = found.group(2) if found.group(2) is not None else found.group(3)
    return found.group(1), _UNIT_WORD.sub("", _without_spaces(inside))


_UNIT_WORD: Final = re.compile(r"^(?:计量)?单位[:：]")
"""What people write in brackets before a measure, as in 营业收入（单位：万元）."""


def known_measure(text: str) -> Measure | None:
    """The measure that a text names, or None."""
    try:
        return parse_measure(text)
    except MeasureError:
        return None


def closest(word: str, words: Sequence[str]) -> str | None:
    """The one of the words most like a word, or None."""
    folded: Mapping[str, str] = {normalised(other).casefold(): other for other in words}
    close = get_close_matches(normalised(word).casefold(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else None


def find_header(head: Sequence[Sequence[Any]], names: Names) -> int | None:
    """The first row that names the unit and at least one field; failing that, the row that names most, or None."""
    best, most = None, 0
    for number, row in enumerate(head):
        roles = [role for cell in row for role in _roles(cell, names)]
        if Role.UNIT in roles and Role.FIELD in roles:
            return number
        if len(roles) > most:
            best, most = number, len(roles)
    return best


def has_header(head: Sequence[Sequence[Any]], names: Names) -> bool:
    """Whether a row names the unit and at least one field."""
    number = find_header(head, names)
    roles = {role for cell in head[number] for role in _roles(cell, names)} if number is not None else set()
    return {Role.UNIT, Role.FIELD} <= roles


def _roles(cell: Any, names: Names) -> set[Role]:
    match = names.match(header_text(cell))
    return {target.role for target in match.targets} if match else set()
