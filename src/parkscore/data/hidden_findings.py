"""Put hashes in the place of the ids and names that findings tell, wherever they stand in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from parkscore.data.code_shapes import codes_replaced
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


class KnownTexts:
    """The ids and names that stand in a table and its findings, found again inside sentences."""

    def __init__(self, mask: Mask, found: Sequence[Finding], table: Table | None, fields: dict[str, bool]) -> None:
        """found: the findings in which they are looked for. fields: those that are hidden, see `Mask.hidden_fields`."""
        self._mask = mask
        self._names = set[str]()
        self._ids = {finding.unit for finding in found if finding.unit is not None}
        self._ids |= {str(each.value) for each in found if each.code in _ABOUT_UNITS and isinstance(each.value, str)}
        if table is not None and found:
            self._ids |= set(table.units.tolist())
            for key, codes in fields.items():
                if key in table.cells:
                    texts = {text for text in table.coded(key).texts.tolist() if isinstance(text, str)}
                    (self._ids if codes else self._names).update(texts)
        self._lengths: dict[str, set[int]] = {}
        for text in self._ids | self._names:
            if text:
                self._lengths.setdefault(text[:2], set()).add(len(text))

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
        """The sentence with every id and name replaced, the longest first."""
        parts, at = [], 0
        while at < len(sentence):
            text = self._known_at(sentence, at)
            if text:
                parts.append(self._mask.unit(text) if text in self._ids else self._mask.name(text))
            parts.append("" if text else sentence[at])
            at += len(text) or 1
        return codes_replaced("".join(parts), self._mask.unit)

    def _known_at(self, sentence: str, at: int) -> str:
        """The longest id or name that stands at a place as a word of its own; empty where there is none."""
        lengths = self._lengths.get(sentence[at : at + 2], set()) | self._lengths.get(sentence[at : at + 1], set())
        for length in sorted(lengths, reverse=True):
            text = sentence[at : at + length]
            if (text in self._ids or text in self._names) and _is_word(sentence, at, at + length):
                return text
        return ""


def _is_word(sentence: str, start: int, end: int) -> bool:
    """Whether what stands there is no part of a longer word; a single character counts in quotes only."""
    before, after = sentence[start - 1 : start], sentence[end : end + 1]
    if end - start == 1:
        return before in "“'" and after in "”'" and bool(before and after)
    return not (_joins(before, sentence[start]) or _joins(sentence[end - 1], after))


def _may_name(text: str) -> bool:
    """Whether a text has letters enough to be an id or a name."""
    return sum(letter.isalpha() for letter in text) > 1


def _joins(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isalnum() and other.isalnum()
