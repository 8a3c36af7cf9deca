"""Say which files a command reads and writes, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from parkscore import shipped
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text


def find_data(source: str) -> str:
    """The data file by its path, or a shipped example by its name."""
    example = shipped.example_path(source)
    return str(example) if example is not None and not Path(source).exists() else source


def check_output(path: Path, suffixes: Sequence[str], inputs: Sequence[str] = ()) -> None:
    """Raise UsageError where an output has no known suffix or would replace a file that is read."""
    if path.suffix.lower() not in suffixes:
        known_zh, known_en = "、".join(suffixes), ", ".join(suffixes)
        raise _refused(
            "unsupported_output",
            path,
            Text(f"不写“{path.suffix}”文件", f"'{path.suffix}' files are not written"),
            Text(f"可用的后缀：{known_zh}", f"name it with one of {known_en}"),
        )
    if any(_same(path, Path(source)) for source in inputs):
        raise _refused(
            "output_is_input",
            path,
            Text("既是输入又是输出", "is read by this command and cannot be written by it"),
            Text("换一个输出文件名", "name another output"),
        )


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _refused(code: str, path: Path, message: Text, hint: Text) -> UsageError:
    return UsageError(Finding(code=code, severity=Severity.ERROR, place=Place(str(path)), message=message, hint=hint))
