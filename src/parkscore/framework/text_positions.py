"""Find where in a YAML file a character of a text stands, whatever quotes, escapes and folded lines lie between."""

from __future__ import annotations

import re
from typing import Final

_FOLD: Final = re.compile(r"[ \t]*(?:\n[ \t]*)+")
_CONTINUATION: Final = re.compile(r"\\\n[ \t]*")
_ESCAPE_LENGTHS: Final = {"x": 4, "u": 6, "U": 10}


def position_of(source: str, start: int, style: str | None, text: str, offset: int) -> int:
    r"""The index in `source` of the character of `text` at `offset`.

    source: lines end in a bare line feed. start: where the scalar begins, quotes or block sign included. style: as the
    parser names it, None for plain. An offset behind the text leads behind its last character.

    >>> position_of("formula: 'a + b'", 9, "'", "a + b", 4)
    14
    >>> position_of('formula: a +\n  b', 9, None, "a + b", 4)
    15
    """
    if style in ("|", ">"):
        return _in_block(source, start, text, offset)
    index = start + (style is not None)
    for character in text[:offset]:
        index = _behind(source, index, style, character)
    return _behind_continuation(source, index, style)


def _behind(source: str, index: int, style: str | None, character: str) -> int:
    """The index behind one character of a plain or quoted text."""
    index = _behind_continuation(source, index, style)
    fold = _FOLD.match(source, index) if character in " \n" else None
    if fold is not None:
        return fold.end()
    escape = source[index : index + 2] if style == '"' and source.startswith("\\", index) else ""
    if character == "\n" and escape != "\\n":
        return index  # the fold that made several line breaks is behind already
    if escape:
        return index + _ESCAPE_LENGTHS.get(escape[1:], 2)
    return index + (2 if style == "'" and source.startswith("''", index) else 1)


def _behind_continuation(source: str, index: int, style: str | None) -> int:
    """An escaped line break in double quotes stands for nothing."""
    continuation = _CONTINUATION.match(source, index) if style == '"' else None
    return continuation.end() if continuation is not None else index


def _in_block(source: str, start: int, text: str, offset: int) -> int:
    """Block texts stand on the lines below their sign, each behind the same indentation."""
    first = source.index("\n", start) + 1
    indentation = _indentation(source[first:]) - _indentation(text)
    index = _behind_indentation(source, first, indentation)
    for position in range(offset + 1):
        character = text[position : position + 1]
        while character.strip(" \n") and source.startswith("\n", index):  # several breaks were folded into fewer
            index = _behind_indentation(source, index + 1, indentation)
        if position < offset:
            at_break = source.startswith("\n", index)
            index = _behind_indentation(source, index + 1, indentation if at_break else 0)
    return index


def _behind_indentation(source: str, index: int, indentation: int) -> int:
    line = source[index : index + indentation]
    return index + len(line) - len(line.lstrip(" "))


def _indentation(text: str) -> int:
    """The blanks before the first line that holds anything."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return len(first) - len(first.lstrip(" "))


def line_and_column(source: str, index: int) -> tuple[int, int]:
    r"""Line and column of an index, both counted from 1.

    >>> line_and_column("a\nbc", 3)
    (2, 2)
    """
    return source.count("\n", 0, index) + 1, index - source.rfind("\n", 0, index)
