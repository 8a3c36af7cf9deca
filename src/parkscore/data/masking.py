"""Put keyed hashes in the place of the ids and names of units, before anything is computed, written or said of them.

What leaves reading has no id any more: the table that is scored and every finding. The key is in memory only.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.plain_texts import text_column
from parkscore.data.table import UNIT, Table
from parkscore.data.units import TEXT_TYPE
from parkscore.findings import DataError, Finding, Place, Severity, UsageError
from parkscore.framework.models import USCC, Framework
from parkscore.language import Text, system_reason

SHORTEST_KEY: Final = 16
NOTE: Final = "评价对象和名称已用带密钥的散列值代替 units and names are keyed hashes"

_KEY_BYTES: Final = 32
_BYTES: Final = 10  # 80 bits: two of ten million ids meet once in 10^10 runs
_NAMES: Final = frozenset({"企业名称", "单位名称", "公司名称", "机构名称", "名称"})
_NAME_IDS: Final = frozenset({"name", "enterprise_name", "company"})
_SAYS_WHAT_IS_MEANT: Final = "bad_uscc"  # its hint may be a right code
_ABOUT_UNITS: Final = frozenset({"total_row", "remark_row", "digits_lost", "bad_uscc", "shared_uscc"})

Texts = npt.NDArray[Any]


@dataclass(frozen=True)
class Mask:
    """A key, and the text fields that are hidden beside ids, codes and names.

    >>> mask = Mask(b"0123456789abcdef")
    >>> mask.unit("甲公司") == mask.unit("甲公司"), mask.unit("甲公司") == Mask().unit("甲公司")
    (True, False)
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY_BYTES), repr=False)
    fields: tuple[str, ...] = ()

    @classmethod
    def from_file(cls, path: str | Path, fields: Sequence[str] = ()) -> Self:
        """With the key in a file, so that the same unit is hidden alike in another run.

        Raises UsageError where it cannot be read or is too short to be a key.
        """
        try:
            content = Path(path).read_bytes().strip()
        except OSError as error:
            reason = system_reason(error)
            raise _bad_key(path, Text(f"读不出来：{reason.zh}", f"cannot be read: {reason.en}")) from None
        if len(content) < SHORTEST_KEY:
            raise _bad_key(path, Text(f"不足 {SHORTEST_KEY} 字节", f"has less than {SHORTEST_KEY} bytes"))
        return cls(hashlib.blake2b(content, digest_size=_KEY_BYTES).digest(), tuple(fields))

    @property
    def of_ids_alone(self) -> Mask:
        """The same for a table beside the data, which has the ids of its units and none of its fields."""
        return replace(self, fields=())

    def unit(self, text: str) -> str:
        """What stands for the id of a unit."""
        return self._hashes([text], codes=True)[0]

    def name(self, text: str) -> str:
        """What stands for a name."""
        return self._hashes([text], codes=False)[0]

    def _hashes(self, texts: Sequence[str], *, codes: bool) -> list[str]:
        """What stands for each text; codes: whether they are ids and not names."""
        prefix, purpose = ("id-", b"unit") if codes else ("name-", b"name")
        keyed = hashlib.blake2b(digest_size=_BYTES, key=self.key, person=purpose)
        hashes = []
        for text in texts:
            own = keyed.copy()
            own.update(text.encode())
            hashes.append(prefix + own.hexdigest())
        return hashes

    def hidden_fields(self, framework: Framework) -> dict[str, bool]:
        """The text fields that are hidden, and whether they hold codes of units rather than names."""
        texts = {key: each for key, each in framework.fields.items() if each.is_text}
        unknown = [key for key in self.fields if key not in texts]
        if unknown:
            raise _no_text_field(unknown[0], texts)
        return {
            key: each.kind == USCC
            for key, each in texts.items()
            if key in self.fields
            or each.kind == USCC
            or key in _NAME_IDS
            or not _NAMES.isdisjoint({each.zh, *each.aliases})
        }

    def table(self, table: Table, framework: Framework) -> Table:
        """The table with hashes for its units and in the fields that are hidden."""
        series = {UNIT: self._units(table.frame[UNIT])}
        texts = dict(table.texts)
        for key, codes in self.hidden_fields(framework).items():
            if key in table.frame:
                column = table.coded(key)
                texts[key] = CodedTexts(column.codes, self._distinct(column.texts.tolist(), codes=codes))
                series[key] = pd.Series(texts[key].values, index=table.frame.index, dtype=object)
        return replace(table, frame=table.frame.assign(**series), texts=texts, notes=(*table.notes, NOTE))

    def _units(self, units: pd.Series[Any]) -> pd.Series[Any]:
        """The column of units, kept as it was: as Arrow texts or as objects."""
        coded = text_column(units).dictionary_encode()
        hidden = pa.array(self._distinct(coded.dictionary.to_pylist(), codes=True), type=pa.large_string())
        taken = hidden.take(coded.indices)
        if units.dtype == object:
            return pd.Series(taken.to_numpy(zero_copy_only=False), index=units.index, dtype=object)
        return pd.Series(pd.arrays.ArrowStringArray(taken, dtype=TEXT_TYPE), index=units.index)  # type: ignore[call-arg]  # the stubs do not know of the type

    def _distinct(self, texts: Sequence[str], *, codes: bool) -> Texts:
        """What stands for texts that all differ; DataError where two have the same."""
        hidden = np.empty(len(texts), dtype=object)
        hidden[:] = self._hashes(texts, codes=codes)
        if len(set(hidden.tolist())) < len(hidden):
            raise _collision()
        return hidden

    def findings(self, found: Iterable[Finding], table: Table | None, framework: Framework) -> list[Finding]:
        """The findings about a table as it was read, without an id or a name in them."""
        listed = list(found)
        fields = self.hidden_fields(framework)
        known = _Known(self, listed, table, fields)
        return [known.hide(finding, fields) for finding in listed]


class _Known:
    """The ids and names that stand in a table and its findings, found again inside sentences."""

    def __init__(self, mask: Mask, found: Sequence[Finding], table: Table | None, fields: dict[str, bool]) -> None:
        self._mask = mask
        self._names = set[str]()
        self._ids = {finding.unit for finding in found if finding.unit is not None}
        self._ids |= {str(each.value) for each in found if each.code in _ABOUT_UNITS and isinstance(each.value, str)}
        if table is not None and found:
            self._ids |= set(table.units.tolist())
            for key, codes in fields.items():
                if key in table.frame:
                    texts = {text for text in table.coded(key).texts.tolist() if isinstance(text, str)}
                    (self._ids if codes else self._names).update(texts)
        self._lengths: dict[str, set[int]] = {}
        for text in self._ids | self._names:
            if text:
                self._lengths.setdefault(text[:2], set()).add(len(text))

    def hide(self, finding: Finding, fields: dict[str, bool]) -> Finding:
        hint = None if finding.code == _SAYS_WHAT_IS_MEANT else finding.hint
        return replace(
            finding,
            unit=None if finding.unit is None else self._mask.unit(finding.unit),
            value=self._value(finding, fields),
            message=self._text(finding.message),
            hint=None if hint is None else self._text(hint),
        )

    def _value(self, finding: Finding, fields: dict[str, bool]) -> Any:
        value = finding.value
        if not isinstance(value, str):
            return value
        if finding.field in fields:
            return self._mask.unit(value) if fields[finding.field] else self._mask.name(value)
        if finding.code in _ABOUT_UNITS:
            return self._mask.unit(value)
        return self._sentence(value)

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
        return "".join(parts)

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


def _joins(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isalnum() and other.isalnum()


def _bad_key(path: str | Path, reason: Text) -> UsageError:
    return UsageError(
        Finding(
            code="bad_mask_key",
            severity=Severity.ERROR,
            place=Place(str(path)),
            message=Text(f"不能用作密钥：{reason.zh}", f"cannot be used as a key: {reason.en}"),
            hint=Text(
                f"放入至少 {SHORTEST_KEY} 个随机字节，妥善保管", f"put at least {SHORTEST_KEY} random bytes into it"
            ),
        )
    )


def _no_text_field(name: str, texts: Iterable[str]) -> UsageError:
    known = ", ".join(texts)
    return UsageError(
        Finding(
            code="unknown_field",
            severity=Severity.ERROR,
            value=name,
            message=Text("不是可以隐去的文字字段", "is no text field that could be hidden"),
            hint=Text(f"文字字段：{known or '无'}", f"text fields: {known or 'none'}"),
        )
    )


def _collision() -> DataError:
    return DataError(
        Finding(
            code="mask_collision",
            severity=Severity.ERROR,
            message=Text("两个评价对象的散列值相同", "two units have the same hash"),
            hint=Text("换一个密钥重新运行", "run it again with another key"),
        )
    )
