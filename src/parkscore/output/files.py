"""Write a file beside its place and rename it when it is whole."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import Any, Final

from parkscore.findings import Finding, Place, Severity, UsageError, of_type
from parkscore.language import Text, system_reason

FORMS: Final = {".csv": "csv", ".parquet": "Parquet", ".json": "JSON", ".xlsx": "Excel"}
"""The forms in which results are written, by the ending of their files."""
_METHODS: Final = {"csv": "to_csv", "Parquet": "to_parquet", "JSON": "to_json", "Excel": "to_excel"}
_OTHERS: Final = {".pq": "Parquet", ".tsv": "tsv", ".xls": "Excel 97", ".xlsm": "Excel with macros"}


def path_of(path: Any, argument: str = "path") -> Path:
    """Where a file is to be written; UsageError where that is no path."""
    if isinstance(path, str | PathLike):
        return Path(path)
    hint = Text("给文件路径，如 'out.xlsx'", "give the path of a file, such as 'out.xlsx'")
    raise UsageError(of_type(argument, path, hint))


def write_whole(path: str | Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a file next to `path`, then rename it; on any failure nothing is left behind.

    Raises UsageError where the folder does not exist or cannot be written.
    """
    target = path_of(path)
    try:
        refuse_obstacle(target)
        handle, name = tempfile.mkstemp(prefix=".parkscore-", suffix=target.suffix, dir=target.parent)
    except OSError as error:
        raise failed_write(target, error) from None
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o666 & ~_umask())
        beside.replace(target)
    except OSError as error:
        raise failed_write(target, error) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
    return target


def refuse_read(path: str | PathLike[str], sources: Iterable[str | PathLike[str]]) -> None:
    """Raise UsageError where `path` is one of the sources of a run, or would stand in a folder that is one of them.

    Files there are data: one would be replaced, or the result be read as data the next time.
    """
    target = Path(path)
    if any(_is_read(target, Path(source)) for source in sources):
        message = Text("既是输入又是输出", "is read by this command and cannot be written by it")
        hint = Text("换一个输出文件名，不要放在输入文件夹里", "name another output, outside of a folder that is read")
        raise UsageError(
            Finding(
                code="output_is_input", severity=Severity.ERROR, place=Place(str(target)), message=message, hint=hint
            )
        )


def _is_read(target: Path, source: Path) -> bool:
    if source.is_dir():
        return source.resolve() in (target.resolve(), *target.resolve().parents)
    return target.exists() and source.exists() and target.samefile(source)


def write_text(path: str | Path, text: str) -> Path:
    """Write a text as a UTF-8 file with plain line ends, as `write_whole` does."""

    def write(beside: Path) -> None:
        beside.write_text(text, encoding="utf-8", newline="\n")

    return write_whole(path, write)


def refuse_other_form(path: Any, own: str) -> None:
    """Raise UsageError where the name of a file promises another form than the one that is to be written.

    own: the ending of that form. A name with an ending that none of the known forms has promises nothing.

    >>> refuse_other_form("ranks.csv", ".csv")
    """
    target = path_of(path)
    said = target.suffix.lower()
    promised = (FORMS | _OTHERS).get(said, FORMS[own])
    if promised == FORMS[own]:
        return
    message = Text(f"文件名是 {said}，写的却是 {FORMS[own]}", f"is called {said}, and {FORMS[own]} is to be written")
    method = _METHODS.get(promised)
    others = Text("其他格式有各自的方法", "other forms have methods of their own")
    if method is not None:
        others = Text(f"{others.zh}，{said} 用 {method}", f"{others.en}, {said} has {method}")
    hint = Text(f"改名为 {target.stem}{own}；{others.zh}", f"call it {target.stem}{own}; {others.en}")
    raise UsageError(
        Finding(code="other_form", severity=Severity.ERROR, place=Place(str(target)), message=message, hint=hint)
    )


def refuse_obstacle(target: Path) -> None:
    """Raise UsageError where what stands at a path, or does not, keeps a file from being written there."""
    obstacle = _obstacle(target)
    if obstacle is not None:
        raise cannot_write(target, *obstacle)


def _obstacle(target: Path) -> tuple[Text, Text] | None:
    """What is in the way, and the way out."""
    if target.is_dir():
        return Text("是文件夹", "is a folder"), Text("换一个文件名", "choose another name")
    if target.exists() and not target.is_file():
        return Text("是设备，不是文件", "is a device, not a file"), Text("换一个文件名", "choose another name")
    if not target.parent.is_dir():
        hint = Text("先建好文件夹，或换一个位置", "make the folder first, or choose another place")
        return Text("所在文件夹不存在", "its folder does not exist"), hint
    return None


def _umask() -> int:
    """The permissions that new files do without; reading the mask means setting it and setting it back."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


_HINT: Final = Text("换一个位置，或关闭打开着它的程序", "choose another place, or close the program using it")
_MAKE_ROOM: Final = Text("腾出空间，或写到别的磁盘", "free some space, or write to another disk")


def failed_write(target: Path, error: OSError, hint: Text = _HINT) -> UsageError:
    """The error that says what the system has against writing a file or folder; where it is full, to make room."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return cannot_write(target, system_reason(error), _MAKE_ROOM if full else hint)


def cannot_write(target: Path, reason: Text, hint: Text) -> UsageError:
    """The error that says why a file or folder cannot be written."""
    return UsageError(
        Finding(
            code="cannot_write",
            severity=Severity.ERROR,
            place=Place(str(target)),
            message=Text(f"无法写入：{reason.zh}", f"cannot be written: {reason.en}"),
            hint=hint,
        )
    )
