"""Look into a zip archive before anything opens it, so that a small file cannot fill the memory."""

from __future__ import annotations

import copy
import io
import zipfile
import zlib
from typing import Final

from parkscore.data.collecting import Collected
from parkscore.findings import Place
from parkscore.language import Text

MEBIBYTE: Final = 2**20
LARGEST_TOTAL: Final = 200 * MEBIBYTE
LARGEST_RATIO: Final = 100
# Below this size a high ratio harms nobody, and small honest workbooks reach it.
RATIO_MATTERS_FROM: Final = 10 * MEBIBYTE
MOST_ENTRIES: Final = 10_000
_CHUNK: Final = MEBIBYTE


def open_safely(content: bytes, file: str, found: Collected) -> zipfile.ZipFile | None:
    """The archive, once its real size is known to be harmless; None, with an error collected, otherwise.

    Sizes are measured by unpacking piece by piece, since an archive may declare less than it holds.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        problem = _too_much(archive, len(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        found.error(
            "not_a_workbook",
            Text("不是 .xlsx 工作簿，或已损坏、加密", "is not an .xlsx workbook, or it is damaged or encrypted"),
            Text(
                "用 Excel 或 WPS 打开，另存为不带密码的 .xlsx",
                "open it in Excel or WPS and save it as .xlsx without a password",
            ),
            place=Place(file),
        )
        return None
    if problem is not None:
        found.error(
            "zip_bomb",
            Text(f"解压后过大：{problem.zh}", f"unpacks to too much: {problem.en}"),
            Text("另存一份只含数据的工作簿，或改用 csv", "save a workbook with the data only, or use csv"),
            place=Place(file),
        )
        return None
    return archive


def _too_much(archive: zipfile.ZipFile, packed: int) -> Text | None:
    """What is too much about an archive, with numbers, or None."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        return Text(f"{len(entries)} 个文件，上限 {MOST_ENTRIES}", f"{len(entries)} files, the limit is {MOST_ENTRIES}")
    allowed = max(RATIO_MATTERS_FROM, min(LARGEST_TOTAL, LARGEST_RATIO * packed))
    declared = sum(entry.file_size for entry in entries)
    total = declared if declared > allowed else _unpacked_size(archive, entries, allowed)
    if total <= allowed:
        return None
    if total > LARGEST_TOTAL:
        limit = LARGEST_TOTAL // MEBIBYTE
        return Text(
            f"至少 {total / MEBIBYTE:.0f} MiB，上限 {limit} MiB",
            f"at least {total / MEBIBYTE:.0f} MiB, the limit is {limit} MiB",
        )
    return Text(
        f"至少 {total / MEBIBYTE:.0f} MiB，是文件的 {total / packed:.0f} 倍，上限 {LARGEST_RATIO} 倍",
        f"at least {total / MEBIBYTE:.0f} MiB, {total / packed:.0f} times the file, the limit is {LARGEST_RATIO} times",
    )


def _unpacked_size(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], allowed: int) -> int:
    """How much the entries really unpack to; counting stops once it is more than allowed."""
    total = 0
    for entry in entries:
        honest = copy.copy(entry)
        honest.file_size = allowed + 2 * _CHUNK  # read on, whatever size is declared; the checksum still has to fit
        with archive.open(honest) as stream:
            while total <= allowed and (piece := stream.read(_CHUNK)):
                total += len(piece)
    return total
