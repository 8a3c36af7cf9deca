"""统一社会信用代码 (GB 32100-2015): whether whole columns of codes are right, and what is wrong with one that is not.

A code has 18 characters: the authority, the kind of organisation, six digits for the place, the organisation code of
nine characters, and a check character. The weights of the first 17 are the powers of 3 modulo 31; with the check
character, of weight 1, the sum is a multiple of 31. Letters that look like digits (I, O, Z, S, V) are not used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_texts
from parkscore.data.arrow_texts import ArrowTexts, CellColumn
from parkscore.language import Text, plural

if TYPE_CHECKING:
    import pandas as pd

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
DIGITS: Final = 8
"""So many characters in front are digits."""

_LOOK_ALIKE: Final = str.maketrans("IOZSV", "1025U")
_MODULUS: Final = len(ALPHABET)
_OUTSIDE: Final = 255
_CHUNK: Final = 65_536  # rows whose sums fit into the processor's cache
_VALUES: Final = np.full(256, _OUTSIDE, dtype=np.uint8)
_VALUES[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(_MODULUS)
_LETTERS: Final = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_WEIGHTS: Final = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))
_BETWEEN: Final = re.compile(r"[\s\-‐–—_·.\u200b\ufeff]+")
_TEXT_FORMULA: Final = re.compile('="([^"]*)"')  # how a csv file keeps the digits of a code in a spreadsheet

Letters = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]


def are_codes(
    texts: Sequence[str | None] | CellColumn | pd.Series[Any] | pd.api.extensions.ExtensionArray,
) -> BoolArray:
    """Whether each text is a right code as it stands, capital letters and all; no text is none.

    >>> are_codes(["91110000600037341L", "91110000600037341M", None]).tolist()
    [True, False, False]
    """
    if isinstance(texts, ArrowTexts):
        if texts not in _looked_at:
            _looked_at[texts] = _right_in(texts.array)
        return _looked_at[texts]
    column = _as_column(texts)
    return _right_in(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)


# Who reads a column of codes looks at it, and so does who names those that are wrong.
_looked_at: Final[WeakKeyDictionary[ArrowTexts, BoolArray]] = WeakKeyDictionary()


def _right_in(column: pa.Array) -> BoolArray:
    right = np.zeros(len(column), dtype=np.bool_)
    ends = np.frombuffer(column.buffers()[1], dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    rows = np.flatnonzero(np.diff(ends) == LENGTH)
    if rows.size:
        content = np.frombuffer(column.buffers()[2], dtype=np.uint8)
        for chunk in np.array_split(rows, -(-rows.size // _CHUNK)):
            right[chunk] = _are_right(_letters(content, ends[chunk]))
    right.flags.writeable = False  # it may be handed out more than once
    return right


def _as_column(texts: Any) -> pa.Array | pa.ChunkedArray:
    if isinstance(texts, list):  # from our own steps, and few: these need no pandas
        return arrow_texts([text if isinstance(text, str) else None for text in texts], pa.large_string())
    return pa.array(texts, type=pa.large_string(), from_pandas=True)


def _letters(content: Letters, starts: npt.NDArray[np.int64]) -> Letters:
    """The bytes of texts of 18, of which mostly all stand one behind the other; (texts, 18)."""
    if starts[-1] - starts[0] == (len(starts) - 1) * LENGTH:
        return content[starts[0] : starts[0] + len(starts) * LENGTH].reshape(-1, LENGTH)
    return np.asarray(content[starts[:, None] + np.arange(LENGTH)], dtype=np.uint8)


def _are_right(letters: Letters) -> BoolArray:
    values = _values(letters)
    known = (values[:DIGITS].max(axis=0) < 10) & (values[DIGITS:].max(axis=0) < _MODULUS)
    return np.asarray(known & ((_sums(values) + values[-1]) % _MODULUS == 0), dtype=np.bool_)


def _values(letters: Letters) -> npt.NDArray[np.uint8]:
    """What the characters count, place by place; (codes, places) -> (places, codes)."""
    return _VALUES[np.ascontiguousarray(letters.T)]


def _sums(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """The weighted sums of the first 17 characters; (places, codes) -> (codes,)."""
    total = np.zeros(values.shape[1], dtype=np.int32)
    for place, weight in enumerate(_WEIGHTS):
        total += values[place] * np.int32(weight)
    return total


def check_letters(letters: Letters) -> Letters:
    """The check characters that belong to the first 17 characters of codes, as bytes; (codes, 17) -> (codes,).

    >>> body = np.frombuffer(b"91110000600037341", dtype=np.uint8)[None, :]
    >>> check_letters(body).tobytes()
    b'L'
    """
    return np.asarray(_LETTERS[-_sums(_values(letters)) % _MODULUS], dtype=np.uint8)


def standard_form(text: str) -> str | None:
    """The right code that a text is meant to be: capital, half-width, without spaces, hyphens and `=""`; else None.

    >>> standard_form("９１１１ 0000-60003 7341l"), standard_form('="91110000600037341L"')
    ('91110000600037341L', '91110000600037341L')
    """
    tidy = _tidy(text)
    return tidy if are_codes([tidy])[0] else None


def _tidy(text: str) -> str:
    tidy = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    formula = _TEXT_FORMULA.fullmatch(tidy)
    return tidy if formula is None else formula.group(1)


def what_is_wrong(text: str) -> tuple[Text, Text | None]:
    """Why a text is no code, with the position, and the way out.

    >>> what_is_wrong("91110000600037341M")[0].en
    'the check character should be L, and character 18 is M'
    """
    tidy = _tidy(text)
    if len(tidy) != LENGTH:
        return _wrong_length(tidy)
    position = next((at for at, letter in enumerate(tidy) if not _may_stand(letter, at)), None)
    if position is not None:
        return _wrong_character(tidy, position)
    if tidy.isdigit() and tidy.endswith("000"):
        return (
            Text(
                "末三位是零，校验码也不符：像是被电子表格截去了末几位",
                "ends in 000 and does not check: a spreadsheet seems to have cut its last digits",
            ),
            Text("把列设为文本格式，从原处重新粘贴", "format the column as text and paste the codes again"),
        )
    expected = _check_letter(tidy)
    return (
        Text(
            f"校验码应为 {expected}，第 18 位是 {tidy[-1]}",
            f"the check character should be {expected}, and character 18 is {tidy[-1]}",
        ),
        Text("与营业执照核对各位", "compare every character with the business licence"),
    )


def _check_letter(tidy: str) -> str:
    body = np.frombuffer(tidy[:-1].encode(), dtype=np.uint8)[None, :]
    return check_letters(body).tobytes().decode()


def _may_stand(letter: str, position: int) -> bool:
    return letter in (ALPHABET[:10] if position < DIGITS else ALPHABET)


def _wrong_length(tidy: str) -> tuple[Text, Text | None]:
    if len(tidy) == 15 and tidy.isdigit():
        return (
            Text("只有 15 位，是旧的工商注册号或税号", "has 15 digits: an old registration or tax number"),
            Text("改填营业执照上的 18 位代码", "write the 18 characters on the business licence"),
        )
    if len(tidy) == 9:
        return (
            Text("只有 9 位，是旧的组织机构代码", "has 9 characters: an old organisation code"),
            Text("改填营业执照上的 18 位代码", "write the 18 characters on the business licence"),
        )
    return (
        Text(f"有 {len(tidy)} 位，应为 18 位", f"has {plural(len(tidy), 'character')} where a code has 18"),
        Text("与营业执照核对，补上或删去多余的字符", "compare it with the business licence"),
    )


def _wrong_character(tidy: str, position: int) -> tuple[Text, Text | None]:
    letter, ordinal = tidy[position], position + 1
    meant = tidy.translate(_LOOK_ALIKE)
    hint = (
        Text(f"是不是 {meant}？它的校验码相符", f"did you mean {meant}? Its check character is right")
        if are_codes([meant])[0]
        else Text("与营业执照核对各位", "compare every character with the business licence")
    )
    if position < DIGITS:
        return Text(
            f"第 {ordinal} 位是 {letter}，应是数字", f"character {ordinal} is {letter} where a digit belongs"
        ), hint
    if letter in "IOZSV":
        return Text(
            f"第 {ordinal} 位是字母 {letter}，代码不用 I、O、Z、S、V",
            f"character {ordinal} is the letter {letter}; codes do not use I, O, Z, S and V",
        ), hint
    return Text(
        f"第 {ordinal} 位的“{letter}”不是数字或字母", f"character {ordinal}, '{letter}', is no digit or letter"
    ), hint


def standard_forms(texts: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """Texts as right codes where they are meant to be, as they are elsewhere; and the places of those rewritten.

    >>> standard_forms(np.array(["91110000600037341l", "甲"], dtype=object))[0].tolist()
    ['91110000600037341L', '甲']
    """
    wrong = np.flatnonzero(~are_codes(texts.tolist()))
    if not wrong.size:
        return texts, wrong
    tidy = [_tidy(text) if isinstance(text, str) else None for text in texts[wrong].tolist()]
    meant = are_codes(tidy)
    rewritten = wrong[meant]
    new = texts.copy()
    new[rewritten] = [text for text, right in zip(tidy, meant.tolist(), strict=True) if right]
    return new, rewritten
