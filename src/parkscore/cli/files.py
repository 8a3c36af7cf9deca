"""Say which files a command reads and writes, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from parkscore import shipped
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text
from parkscore.output.files import refuse_read


def find_data(source: str) -> str:
    """The data file by its path, or a shipped example by its name."""
    example = shipped.example_path(source)
    return str(example) if example is not None and not Path(source).exists() else source


def files_of(*named: str | Path | None) -> list[str]:
    """The files among a framework, a scheme, a method and the like, to be kept from being written.

    A folder is never read as one of them: where there is one of that name, what is read is shipped.
    """
    return [str(each) for each in named if each is not None and not Path(each).is_dir()]


def check_output(path: Path, suffixes: Sequence[str], inputs: Sequence[str] = ()) -> None:
    """Raise UsageError where an output has no known suffix or would replace, or stand among, what is read."""
    if path.suffix.lower() not in suffixes:
        known_zh, known_en = "、".join(suffixes), ", ".join(suffixes)
        none = Text("没有后缀，不知道写成哪种文件", "has no suffix that says what kind of file to write")
        raise _refused(
            "unsupported_output",
            path,
            Text(f"不写“{path.suffix}”文件", f"'{path.suffix}' files are not written") if path.suffix else none,
            Text(f"可用的后缀：{known_zh}", f"name it with one of {known_en}"),
        )
    refuse_read(path, inputs)


def _refused(code: str, path: Path, message: Text, hint: Text) -> UsageError:
    return UsageError(Finding(code=code, severity=Severity.ERROR, place=Place(str(path)), message=message, hint=hint))
