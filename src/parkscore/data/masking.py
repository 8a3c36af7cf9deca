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
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_texts
from parkscore.data.arrow_texts import ArrowTexts, CellColumn
from parkscore.data.code_shapes import codes_replaced
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.credit_codes import are_codes, standard_forms
from parkscore.data.hidden_findings import InFiles, KnownTexts, hidden_texts
from parkscore.data.hidden_words import HiddenWords, words_within
from parkscore.data.plain_texts import text_column
from parkscore.data.table import UNIT, Origin, Table
from parkscore.findings import DataError, Finding, Place, Severity, UsageError, of_type
from parkscore.framework.every_formula import formulas_over_rows
from parkscore.framework.models import USCC, Framework
from parkscore.framework.text_comparisons import comparisons
from parkscore.language import Text, system_reason

SHORTEST_KEY: Final = 16
NOTE: Final = "评价对象和名称已用带密钥的散列值代替 units and names are keyed hashes"

_KEY_BYTES: Final = 32
_LONGEST_KEY: Final = hashlib.blake2b.MAX_KEY_SIZE
_BYTES: Final = 10  # 80 bits: two of ten million ids meet once in 10^10 runs
_NAMES: Final = frozenset({"企业名称", "单位名称", "公司名称", "机构名称", "名称"})
_NAME_IDS: Final = frozenset({"name", "enterprise_name", "company"})

Texts = npt.NDArray[Any]

WITHOUT_MASK: Final = Text(
    "不用 --mask 计分；或在数据中另设一列 1 和 0，由条件读这一列",
    "score without --mask, or let the condition read a column of 1 and 0 in its place",
)
"""The way out where a framework compares a text that has to be hidden."""


@dataclass(frozen=True)
class Mask:
    """A key, and the text fields that are hidden beside ids, codes and names.

    >>> mask = Mask(b"0123456789abcdef")
    >>> mask.unit("甲公司") == mask.unit("甲公司"), mask.unit("甲公司") == Mask().unit("甲公司")
    (True, False)
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY_BYTES), repr=False)
    fields: tuple[str, ...] = ()
    in_files: InFiles | None = field(default=None, init=False, repr=False, compare=False)
    """What is known to stand in the names of files; None where nobody has looked yet."""

    def __post_init__(self) -> None:
        """Refuse what is no key and no list of fields, as their use would not be understood later."""
        wrong = [*_wrong_key(self.key), *_wrong_fields(self.fields)]
        if wrong:
            raise UsageError(wrong)
        object.__setattr__(self, "fields", tuple(self.fields))

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

    def file(self, name: str) -> str:
        """The name of a file, with hashes in the place of codes and of the ids and names that `knowing` found in it."""
        inside = self.in_files or InFiles()
        return HiddenWords(inside.ids, inside.names, unit=self.unit, name=self.name).hidden(name)

    def knowing(self, tables: Iterable[Table], files: Iterable[str], framework: Framework) -> Self:
        """The same, which finds the ids and names of these tables in the names of these files, folders included."""
        words, fields = words_within(files), self.hidden_fields(framework)
        ids, names = set[str](), set[str]()
        for table in tables:
            own_ids, own_names = hidden_texts(table, fields)
            ids |= words & own_ids
            names |= words & own_names
        known = replace(self)
        object.__setattr__(known, "in_files", InFiles(frozenset(ids), frozenset(names)))
        return known

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

    def table(self, table: Table, framework: Framework, *, codes_in_texts: bool = True) -> Table:
        """The table with hashes for its units and in the fields that are hidden.

        codes_in_texts: whether a right code that stands in another text field is hidden, too. Raises DataError where
        the framework compares the texts of such a field, as it would find others then.
        """
        cells = {**table.cells, UNIT: self._units(table.cells[UNIT])}
        texts, spellings = dict(table.texts), self._texts(table, framework)
        if codes_in_texts:
            spellings |= self._codes_in_texts(table, framework)
        for key, spelled in spellings.items():
            texts[key] = CodedTexts(table.coded(key).codes, spelled)
            cells[key] = texts[key].values
        notes = (*(codes_replaced(note, self.unit) for note in table.notes), NOTE)
        origin = self._origin(table, framework)
        return replace(table, cells=cells, texts=texts, origin=origin, notes=notes)

    def _origin(self, table: Table, framework: Framework) -> Origin:
        origin = table.origin
        files = {origin.file, *origin.files}
        knowing = self.knowing([table], files, framework) if self.in_files is None else self
        names = {name: knowing.file(name) for name in files}
        return replace(origin, file=names[origin.file], files=[names[name] for name in origin.files])

    def _texts(self, table: Table, framework: Framework) -> dict[str, Texts]:
        """What stands for the texts of each field that is hidden."""
        fields = self.hidden_fields(framework).items()
        return {
            key: self._distinct(table.coded(key).texts.tolist(), codes=codes)
            for key, codes in fields
            if key in table.cells
        }

    def _codes_in_texts(self, table: Table, framework: Framework) -> dict[str, Texts]:
        """The texts of each other field that holds codes, with hashes for these."""
        hidden, spellings = self.hidden_fields(framework), dict[str, Texts]()
        others = [key for key, each in framework.fields.items() if each.is_text and key not in hidden]
        for key in (key for key in others if key in table.cells):
            forms, _ = standard_forms(table.coded(key).texts)
            codes = are_codes(forms)
            if codes.any():
                if key in _compared(framework):
                    raise _codes_compared(key)
                spellings[key] = table.coded(key).texts.copy()
                spellings[key][codes] = self._hashes(forms[codes].tolist(), codes=True)
        return spellings

    def _units(self, units: CellColumn) -> CellColumn:
        """The column of units, kept as it was: as Arrow texts or as objects."""
        coded = text_column(units).dictionary_encode()
        hidden = arrow_texts(self._distinct(coded.dictionary.to_pylist(), codes=True), pa.large_string())
        taken = ArrowTexts(hidden.take(coded.indices))
        return taken if isinstance(units, ArrowTexts) else taken.objects

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
        known = KnownTexts(self, listed, table, fields)
        return [known.hide(finding, fields) for finding in listed]


def _compared(framework: Framework) -> set[str]:
    """The fields that a framework compares with something."""
    return {name for _, text in formulas_over_rows(framework) for names in comparisons(text) for name in names}


def _wrong_key(key: Any) -> list[Finding]:
    hint = Text(
        f"给 {SHORTEST_KEY} 到 {_LONGEST_KEY} 字节的 bytes，或用 Mask.from_file 从文件读取",
        f"give {SHORTEST_KEY} to {_LONGEST_KEY} bytes, or read them by Mask.from_file",
    )
    if not isinstance(key, bytes):
        return [of_type("key", key, hint)]
    if SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        return []
    message = Text(f"有 {len(key)} 字节，不能作密钥", f"has {len(key)} bytes and cannot be used as a key")
    return [Finding(code="bad_mask_key", severity=Severity.ERROR, field="key", message=message, hint=hint)]


def _wrong_fields(fields: Any) -> list[Finding]:
    if isinstance(fields, list | tuple | set | frozenset) and all(isinstance(each, str) for each in fields):
        return []
    return [of_type("fields", fields, Text("给数据项的列表，如 ['park']", "give a list of fields, such as ['park']"))]


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


def _codes_compared(field: str) -> DataError:
    return DataError(
        Finding(
            code="hidden_field_read",
            severity=Severity.ERROR,
            field=field,
            message=Text(
                "含统一社会信用代码，应隐去；而指标体系要比较它的文字，隐去后结果会变",
                "holds codes of enterprises, which have to be hidden, and the framework compares its text, "
                "so that the result would be another",
            ),
            hint=WITHOUT_MASK,
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
