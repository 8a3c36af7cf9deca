"""The mistakes of asking for a unit, or a year of it, that a result does not have."""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from parkscore.data.credit_codes import standard_form
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text

NEAREST: Final = 3
"""How many ids are named that look like the one that is not there."""


def nearest(unit: str, known: Iterable[str]) -> list[str]:
    """The ids most like one: first those that only write it in another way, then by how much they share, then by name.

    >>> nearest("高新区17", ["高新区178", "高新区017", "高新区170", "高新区001"])
    ['高新区017', '高新区170', '高新区178']
    """
    plain = _plain(unit)
    shared = SequenceMatcher(autojunk=False)
    shared.set_seq2(plain)

    def unlike(each: str) -> tuple[bool, float, str]:
        own = _plain(each)
        shared.set_seq1(own)
        return without_leading_zeros(own) != without_leading_zeros(plain), -shared.ratio(), each

    return heapq.nsmallest(NEAREST, known, key=unlike)


def _plain(unit: str) -> str:
    """An id without what hands and keyboards add to it: full-width signs, spaces, capitals."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", unit)).casefold()


def without_leading_zeros(unit: str) -> str:
    """An id with its numbers as they are counted.

    >>> without_leading_zeros("高新区017-100")
    '高新区17-100'
    """
    return re.sub(r"(?<!\d)0+(?=\d)", "", unit)


_NOTHING_LIKE_IT: Final = Text(
    "全部评价对象见结果的 unit 列；用 --mask-key 隐去的，由 parkscore.Mask.from_file(密钥文件).unit(代码) 得出",
    "the column `unit` of the result has them all; where they were hidden with --mask-key, "
    "parkscore.Mask.from_file(FILE).unit(ID) gives the hash of one",
)


def no_such_unit(unit: str, near: Sequence[str], place: Place | None = None) -> UsageError:
    """The error for a unit that the result does not have; near: ids that look like it."""
    hint = Text(f"相近的有：{'、'.join(near)}", f"the nearest are: {', '.join(near)}") if near else _NOTHING_LIKE_IT
    message = Text("结果中没有这个评价对象", "the result has no such unit")
    finding = Finding(code="no_such_unit", severity=Severity.ERROR, place=place, value=unit, message=message, hint=hint)
    return UsageError(finding)


def no_such_year(unit: str, year: int, years: Sequence[int], place: Place | None = None) -> UsageError:
    """The error for a year in which the unit does not stand; years: those in which it does."""
    known = [str(each) for each in years]
    return UsageError(
        Finding(
            code="no_such_year",
            severity=Severity.ERROR,
            place=place,
            unit=unit,
            value=year,
            message=Text("结果中这个评价对象没有这一年", "the result has no such year of this unit"),
            hint=Text(f"有：{'、'.join(known)}", f"it has: {', '.join(known)}") if known else None,
        )
    )


def as_read(unit: str) -> Iterator[str]:
    """The names that data are read under where somebody writes a unit so: as it stands, trimmed, and as a right code.

    >>> list(as_read("９１１１0000600037341l ")), list(as_read("合肥"))
    (['９１１１0000600037341l ', '９１１１0000600037341l', '91110000600037341L'], ['合肥'])
    """
    yield unit
    if unit.strip() != unit:
        yield unit.strip()
    code = standard_form(unit)
    if code is not None and code != unit:
        yield code
