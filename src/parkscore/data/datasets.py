"""Open a file or a folder of files as one data set: what it holds is known, and refused, before a row is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.collecting import Collected
from parkscore.data.headers import Names
from parkscore.data.parquet_files import UNREADABLE, report_unsound
from parkscore.data.reading import refuse_unsuitable, unusable
from parkscore.data.shapes import Shape, refuse_others, shape_of
from parkscore.data.table import Conversion
from parkscore.findings import DataError, Finding, Place, errors_of
from parkscore.framework.models import Framework
from parkscore.language import Text

FORMS: Final = (".parquet",)
"""The files that a data set is made of, by their suffix."""

ROWS_AT_ONCE: Final = 65_536
"""How many rows a piece has, if nobody asks for another number."""


@dataclass(frozen=True)
class DataFile:
    """A file of a data set: its size and time when it was opened, its rows, and how it is read."""

    path: str
    size: int
    changed: int
    first_row: int
    row_groups: tuple[int, ...]
    shape: Shape

    @property
    def rows(self) -> int:
        """The number of rows."""
        return sum(self.row_groups)


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one file that are read together.

    number: which piece it is. file: which file of the data set. first_row: how many rows of the data set stand before
    it. rows: how many it has. groups: the row groups that it is read from, the last not included; skip: how many of
    their rows stand before it.
    """

    number: int
    file: int
    first_row: int
    rows: int
    groups: tuple[int, int]
    skip: int = 0


@dataclass(frozen=True)
class Dataset:
    """Files of one schema, one after the other, by name.

    findings: what was found in their headers, once for all files; none of them is an error.
    conversions: the columns that come in another measure.
    """

    source: str
    framework: Framework
    files: tuple[DataFile, ...]
    findings: tuple[Finding, ...]
    conversions: tuple[Conversion, ...]

    @property
    def rows(self) -> int:
        """The number of rows of all files."""
        return sum(file.rows for file in self.files)

    def pieces(self, rows: int = ROWS_AT_ONCE) -> list[Piece]:
        """The data set in pieces of about so many rows: some row groups together, or a part of one."""
        cuts = ((place, cut) for place, each in enumerate(self.files) for cut in _cut(each, rows))
        return [Piece(number, place, *cut) for number, (place, cut) in enumerate(cuts)]

    def digest(self) -> str:
        """SHA-256 of the bytes of the file; of several files, of their names and digests, by name."""
        digests = {Path(file.path).name: _digest(file.path) for file in self.files}
        if Path(self.source).is_file():
            return next(iter(digests.values()))
        return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()).hexdigest()


def _cut(file: DataFile, rows: int) -> Iterator[tuple[int, int, tuple[int, int], int]]:
    """First row, rows, row groups and rows to skip of each piece of a file."""
    first, start = file.first_row, 0
    while start < len(file.row_groups):
        stop, count = start + 1, file.row_groups[start]
        while stop < len(file.row_groups) and count + file.row_groups[stop] <= rows:
            count += file.row_groups[stop]
            stop += 1
        parts = max(1, count // rows)  # a row group of less than twice as many rows is not taken apart
        ends = [count * part // parts for part in range(parts + 1)]
        yield from ((first + skip, end - skip, (start, stop), skip) for skip, end in pairwise(ends) if end > skip)
        first, start = first + count, stop


def _digest(path: str) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_dataset(source: str | os.PathLike[str], framework: Framework) -> Dataset:
    """Open a .parquet file, or a folder of such files, and check that it is one data set of a framework.

    Only the ends of the files are read. In a folder, names that begin with a full stop or `_` do not count; the files
    stand in the order of their names. What is read must come in columns of the same kind and measure in all of them;
    the order of the columns may differ.

    Raises UsageError where there is no such file or folder, and DataError with every file that is broken or unlike the
    others, and everything that is wrong with the headers.
    """
    found, names = Collected(), Names(framework)
    footers = {path: each for path in _paths(Path(source), found) if (each := _footer(path, found)) is not None}
    made: dict[pa.Schema, Shape] = {}
    shapes: dict[str, Shape] = {}
    for path, footer in footers.items():
        schema = footer.schema.to_arrow_schema()
        if schema not in made:
            made[schema] = shape_of(schema, path, framework, names)
        shapes[path] = made[schema]
    refuse_others(shapes, found)
    findings = _of_headers([*made.values()])
    errors = [*found.findings, *findings]
    if not errors_of(errors) and not any(footer.num_rows for footer in footers.values()):
        found.error("no_rows", Text("没有数据行", "there are no rows"), place=Place(os.fspath(source)))
        errors = [*found.findings, *findings]
    if errors_of(errors):
        raise DataError(errors)
    files = tuple(_files(footers, shapes))
    return Dataset(os.fspath(source), framework, files, tuple(errors), files[0].shape.conversions)


def _of_headers(shapes: Sequence[Shape]) -> list[Finding]:
    """What was found in the headers, once for all files."""
    said: dict[tuple[str, str | None, Any], Finding] = {}
    for finding in (finding for shape in shapes for finding in shape.findings):
        said.setdefault((finding.code, finding.field, finding.value), finding)
    return list(said.values())


def _paths(source: Path, found: Collected) -> list[str]:
    """The files of a data set, by name."""
    if not source.is_dir():
        refuse_unsuitable(source)
        if source.suffix.lower() not in FORMS:
            raise unusable(
                "no_dataset",
                str(source),
                Text("不能分块读取", "cannot be read in pieces"),
                Text("另存为 .parquet", "save it as .parquet"),
            )
        return [str(source)]
    inside = sorted(path for path in source.iterdir() if not path.name.startswith((".", "_")))
    for path in inside:
        if not path.is_file() or path.suffix.lower() not in FORMS:
            found.error(
                "not_of_the_dataset",
                Text("不是 .parquet 文件", "is no .parquet file"),
                Text("移到别处，或让名称以 _ 开头", "move it elsewhere, or begin its name with _"),
                place=Place(str(path)),
            )
    if not inside:
        message = Text("文件夹里没有 .parquet 文件", "there is no .parquet file in the folder")
        raise unusable("empty_folder", str(source), message)
    return [str(path) for path in inside if path.is_file() and path.suffix.lower() in FORMS]


def _footer(path: str, found: Collected) -> pq.FileMetaData | None:
    try:
        return pq.read_metadata(path)
    except UNREADABLE as problem:
        report_unsound(problem, path, found)
        return None


def _files(footers: Mapping[str, pq.FileMetaData], shapes: Mapping[str, Shape]) -> Iterator[DataFile]:
    first = 0
    for path, footer in footers.items():
        status = Path(path).stat()
        groups = tuple(footer.row_group(number).num_rows for number in range(footer.num_row_groups))
        yield DataFile(path, status.st_size, status.st_mtime_ns, first, groups, shapes[path])
        first += sum(groups)
