"""Say of a file that there is nothing in it."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from parkscore.data.collecting import Collected
from parkscore.findings import Place
from parkscore.language import Text

NO_ROWS: Final = Text(
    "填入数据并保存后再试；空表可用 parkscore template 生成",
    "fill in rows, save the file and try again; parkscore template writes a blank table",
)


def is_empty(content: bytes) -> bool:
    r"""Whether there is nothing but white space and the mark of UTF-8.

    >>> is_empty(b"\xef\xbb\xbf \n"), is_empty(b"zone")
    (True, False)
    """
    return not content.removeprefix(codecs.BOM_UTF8).strip()


def is_empty_file(path: str) -> bool:
    """The same of a file of any size, of which no more is read than is needed to tell."""
    with Path(path).open("rb") as stream:
        blocks = iter(lambda: stream.read(_BLOCK), b"")
        return all(is_empty(block) for block in blocks)


_BLOCK: Final = 1 << 16


def report_empty(file: str, found: Collected) -> None:
    """Say so of a file."""
    found.error("empty_file", Text("文件是空的", "the file is empty"), NO_ROWS, place=Place(file))
