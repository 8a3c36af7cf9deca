"""Write a folder of files beside its place and rename it when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from parkscore.findings import Finding, UsageError
from parkscore.language import Text
from parkscore.output.files import cannot_write, failed_write

_HINT: Final = Text("换一个位置，或先移走原有的文件夹", "choose another place, or move the old folder away first")


def write_whole_folder(path: str | Path, fill: Callable[[Path], None]) -> Path:
    """Let `fill` put files into a new folder next to `path`, then rename it; on any failure nothing is left behind.

    Raises UsageError where there is something at `path` already, save an empty folder, or it cannot be written.
    """
    target = Path(path)
    refuse_no_room(target)
    try:
        beside = Path(tempfile.mkdtemp(prefix=".parkscore-", dir=target.absolute().parent))
    except OSError as error:
        raise failed_write(target, error, _HINT) from None
    try:
        fill(beside)
        beside.chmod(0o755)
        beside.rename(target)
    except OSError as error:
        raise failed_write(target, error, _HINT) from None
    except UsageError as error:
        raise UsageError([_of_target(finding, beside, target) for finding in error.findings]) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target


def refuse_no_room(target: Path) -> None:
    """Raise UsageError where no new folder can stand at a path: something does, or there is nothing to stand in."""
    try:
        taken = target.exists() and (not target.is_dir() or any(target.iterdir()))
    except OSError as error:
        raise failed_write(target, error, _HINT) from None
    if taken:
        raise cannot_write(target, Text("已有内容，不覆盖", "is there already, and is not overwritten"), _HINT)
    if not target.absolute().parent.is_dir():
        reason = Text("所在文件夹不存在", "the folder that it would stand in does not exist")
        raise cannot_write(target, reason, Text("先建好它，或换一个位置", "make it first, or choose another place"))


def _of_target(finding: Finding, beside: Path, target: Path) -> Finding:
    """A finding about a file of the folder, which the reader knows by its name and not by the one beside it."""
    if finding.place is None or not Path(finding.place.file).is_relative_to(beside):
        return finding
    file = target / Path(finding.place.file).relative_to(beside)
    return replace(finding, place=replace(finding.place, file=str(file)))
