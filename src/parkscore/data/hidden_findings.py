"""Put hashes in the place of the ids and names that findings tell, wherever they stand in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from parkscore.data.hidden_words import HiddenWords
from parkscore.data.table import Table
from parkscore.findings import Finding, Place
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.data.masking import Mask

_SAYS_WHAT_IS_MEANT: Final = "bad_uscc"  # its hint may be a right code
_ABOUT_UNITS: Final = frozenset({"total_row", "remark_row", "digits_lost", "bad_uscc", "shared_uscc"})
_UNREAD: Final = frozenset({"text_in_number", "bad_year"})
"""The cells that may hold an id or a name because a row has slipped to the side."""
_SHOWS_A_ROW: Final = "no_header"
_NO_HEADER: Final = Text("开头几行里没有表头", "no header among the first rows")


def hidden_texts(table: Table, fields: dict[str, bool]) -> tuple[set[str], set[str]]:
    """The ids and the names in a table; fields: those that are hidden, see `Mask.hidden_fields`."""
    ids, names = set[str](table.units.tolist()), set[str]()
    for key, codes in fields.items():
        if key in table.cells:
            texts = {text for text in table.coded(key).texts.tolist() if isinstance(text, str)}
            (ids if codes else names).update(texts)
    return ids, names


@dataclass(frozen=True)
class InFiles:
    """The ids and names of data that stand in the names of its files."""

    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


class KnownTexts:
    """The ids and names that stand in a table and its findings, found again inside sentences."""

    def __init__(self, mask: Mask, found: Sequence[Finding], table: Table | None, fields: dict[str, bool]) -> None:
        """found: the findings in which they are looked for. fields: those that are hidden, see `Mask.hidden_fields`."""
        self._mask = mask
        inside = mask.in_files or InFiles()
        self._names = set(inside.names)
        self._ids = inside.ids | {finding.unit for finding in found if finding.unit is not None}
        self._ids |= {str(each.value) for each in found if each.code in _ABOUT_UNITS and isinstance(each.value, str)}
        if table is not None and found:
            ids, names = hidden_texts(table, fields)
            self._ids |= ids
            self._names |= names
        self._words = HiddenWords(self._ids, self._names, unit=mask.unit, name=mask.name)

    def hide(self, finding: Finding, fields: dict[str, bool]) -> Finding:
        """The finding with a hash in the place of each."""
        hint = None if finding.code == _SAYS_WHAT_IS_MEANT else finding.hint
        return replace(
            finding,
            unit=None if finding.unit is None else self._mask.unit(finding.unit),
            value=self._value(finding, fields),
            place=None if finding.place is None else self._place(finding.place),
            message=_NO_HEADER if finding.code == _SHOWS_A_ROW else self._text(finding.message),
            hint=None if hint is None else self._text(hint),
        )

    def _value(self, finding: Finding, fields: dict[str, bool]) -> Any:
        value = finding.value
        if not isinstance(value, str):
            # A spreadsheet keeps 15 of the 18 digits of a code as a number; a whole one counts findings.
            return self._mask.unit(str(value)) if isinstance(value, float) and finding.code in _ABOUT_UNITS else value
        if finding.field in fields:
            return self._mask.unit(value) if fields[finding.field] else self._mask.name(value)
        if finding.code in _ABOUT_UNITS:
            return self._mask.unit(value)
        told = self._sentence(value)
        return self._mask.name(value) if told == value and finding.code in _UNREAD and _may_name(value) else told

    def _place(self, place: Place) -> Place:
        return replace(place, file=self._sentence(place.file), sheet=place.sheet and self._sentence(place.sheet))

    def _text(self, text: Text) -> Text:
        return Text(self._sentence(text.zh), self._sentence(text.en))

    def _sentence(self, sentence: str) -> str:
        return self._words.hidden(sentence)


def _may_name(text: str) -> bool:
    """Whether a text has letters enough to be an id or a name."""
    return sum(letter.isalpha() for letter in text) > 1
