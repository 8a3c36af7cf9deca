"""Say at once of a path whether it is a file that can be read as data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text, system_reason

BROKEN_LINK: Final = "broken_link"

_SUFFIXES: Final = (".xlsx", ".csv", ".parquet")


def refuse_unsuitable(path: Path) -> None:
    """Raise UsageError where a path is no file of a kind that is read."""
    file, dangling = str(path), broken_link(path)
    if dangling is not None:
        raise unusable(BROKEN_LINK, file, *dangling)
    if not path.exists():
        raise unusable("not_found", file, Text("没有这个文件", "does not exist"), _closest_file(path) or _NOT_FOUND)
    if path.suffix.lower() not in _SUFFIXES:
        raise unusable(
            "unsupported_file",
            file,
            Text(f"不读取“{path.suffix}”文件", f"'{path.suffix}' files are not read"),
            Text("另存为 .xlsx、.csv 或 .parquet", "save it as .xlsx, .csv or .parquet"),
        )
    if not path.is_file():
        raise unusable("unreadable", file, Text("不是普通文件", "is not a regular file"), _NOT_FOUND)


_NOT_FOUND: Final = Text(
    "检查文件名和所在文件夹；带空格的名称要加引号", "check the name and the folder; put a name with spaces in quotes"
)


def broken_link(path: Path) -> tuple[Text, Text] | None:
    """That a path is a link to something that is not there, and the way out; None where it is none."""
    if not path.is_symlink() or path.exists():
        return None
    target = path.readlink()
    hint = Text("恢复它指向的文件，或重新建立链接", "bring back what it leads to, or link to where that is now")
    return Text(f"是指向 {target} 的链接，而那里没有文件", f"is a link to {target}, which is not there"), hint


def _closest_file(path: Path) -> Text | None:
    """The name of a file beside it that differs in its suffix only."""
    beside = [str(path.with_suffix(suffix)) for suffix in _SUFFIXES if path.with_suffix(suffix).is_file()]
    return Text(f"是不是 {beside[0]}？", f"did you mean {beside[0]}?") if beside else None


def why_unread(error: OSError) -> tuple[Text, Text]:
    """What the system has against reading a file, and the way out."""
    reason = system_reason(error)
    hint = Text("检查文件权限，或复制到别处再读", "check the permissions of the file, or read a copy of it")
    return Text(f"读不出来：{reason.zh}", f"cannot be read: {reason.en}"), hint


def unusable(code: str, file: str, message: Text, hint: Text | None = None) -> UsageError:
    """The error for a file that cannot be used at all."""
    return UsageError(Finding(code=code, severity=Severity.ERROR, message=message, hint=hint, place=Place(file)))
