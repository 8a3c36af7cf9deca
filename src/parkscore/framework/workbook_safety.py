"""Look into a framework workbook before it is opened, so that a small file cannot fill the memory."""

from __future__ import annotations

import copy
import io
import re
import zipfile
import zlib
from typing import Final

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.language import Text

MOST_UNPACKED: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d+)["']""")


def refuse_unsafe(content: bytes, file: str) -> None:
    """Raise FrameworkError where a file is no zip archive, unpacks to too much, or holds cells far out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise FrameworkError(
            _error(
                "not_a_workbook",
                file,
                Text("不是 .xlsx 工作簿，或已损坏、加密", "is not an .xlsx workbook, or it is damaged or encrypted"),
                Text(
                    "用 Excel 打开，另存为不带密码的 .xlsx", "open it in Excel and save it as .xlsx without a password"
                ),
            )
        ) from None
    if parts is None:
        limit = MOST_UNPACKED // 2**20
        raise FrameworkError(
            _error("zip_bomb", file, Text(f"解压后超过 {limit} MiB", f"unpacks to more than {limit} MiB"))
        )
    if any(_reaches_far(part) for name, part in parts.items() if name.startswith("xl/worksheets/")):
        raise FrameworkError(
            _error(
                "too_large",
                file,
                Text(
                    f"单元格超出 {MOST_ROWS:,} 行或 {MOST_COLUMNS} 列",
                    f"holds cells beyond row {MOST_ROWS:,} or column {MOST_COLUMNS}",
                ),
                Text("删掉远处的多余单元格", "delete the stray cells far out"),
            )
        )


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes] | None:
    """The entries of an archive; None where they are too much. An entry may declare less than it holds."""
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    for entry in archive.infolist():
        honest = copy.copy(entry)
        honest.file_size = left + 2  # more than is ever read, since the checksum is compared at the end
        with archive.open(honest) as stream:
            parts[entry.filename] = stream.read(left + 1)
        left -= len(parts[entry.filename])
        if left < 0:
            return None
    return parts


def _reaches_far(sheet: bytes) -> bool:
    return any(
        len(row) > 7 or int(row) > MOST_ROWS or _column(letters) > MOST_COLUMNS
        for letters, row in set(_REFERENCE.findall(sheet))
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _error(code: str, file: str, message: Text, hint: Text | None = None) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=Place(file), message=message, hint=hint)
