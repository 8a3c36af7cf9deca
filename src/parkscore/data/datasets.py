"""Open a file or a folder of files as one data set: what it holds is known, and refused, before a row is read."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.collecting import Collected
from parkscore.data.digesting_ahead import digest_before
from parkscore.data.empty_files import is_empty_file, report_empty
from parkscore.data.headers import Names
from parkscore.data.parquet_files import UNREADABLE, report_unsound
from parkscore.data.shapes import Shape, refuse_others, shape_of, shape_of_text
from parkscore.data.source_files import BROKEN_LINK, broken_link, refuse_unsuitable, unusable, why_unread
from parkscore.data.table import Conversion
from parkscore.data.text_blocks import Cut, TextForm, read_head, scan
from parkscore.findings import DataError, Finding, Place, Severity, UsageError, errors_of
from parkscore.framework.models import Framework
from parkscore.language import Text, plural

FORMS: Final = (".parquet", ".csv")
"""The files that a data set is made of, by their suffix."""

ROWS_AT_ONCE: Final = 65_536
"""How many rows a piece has, if nobody asks for another number."""


@dataclass(frozen=True)
class DataFile:
    """A file of a data set: its size and time when it was opened, its rows, and how it is read.

    first_row: how many rows, or lines of csv, stand in the files before it. row_groups: the rows of each row group of a
    Parquet file. text: how a csv file is written.
    """

    path: str
    size: int
    changed: int
    first_row: int
    row_groups: tuple[int, ...]
    shape: Shape
    text: TextForm | None = None

    @property
    def rows(self) -> int:
        """The number of rows; of a csv file that of its lines below the header, which may be a few more."""
        return sum(self.row_groups) if self.text is None else self.text.cuts[-1].line - self.text.cuts[0].line


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one file that are read together.

    number: which piece it is. file: which file of the data set. first_row: how many rows of the data set stand before
    it; of csv files, how many lines. rows: how many it has; of csv, its lines. groups: the row groups that it is read
    from, the last not included; skip: how many of their rows stand before it. cuts: where it begins and ends in a csv
    file. more: small pieces of the files after it, which are read with it.
    """

    number: int
    file: int
    first_row: int
    rows: int
    groups: tuple[int, int] = (0, 0)
    skip: int = 0
    cuts: tuple[Cut, Cut] | None = None
    more: tuple[Piece, ...] = ()

    @property
    def of_files(self) -> tuple[Piece, ...]:
        """What is read of each file."""
        return (replace(self, more=()), *self.more)

    @property
    def all_rows(self) -> int:
        """How many rows it has together with those of the files after it."""
        return self.rows + sum(piece.rows for piece in self.more)


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
        """The data set in pieces of about so many rows: some row groups or small files together, or a part of one."""
        cuts = (
            replace(piece, file=number)
            for number, file in enumerate(self.files)
            for piece in (_cut_groups(file, rows) if file.text is None else _cut_text(file, rows))
        )
        return [replace(piece, number=number) for number, piece in enumerate(_small_together(cuts, rows))]

    def digest(self) -> str:
        """SHA-256 of the bytes of the file; of several files, of their names and digests, by name.

        Raises DataError where a file is not as it was when it was opened: the digest would be that of other data.
        """
        digests = {Path(file.path).name: _digest(file) for file in self.files}
        if Path(self.source).is_file():
            return next(iter(digests.values()))
        return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()).hexdigest()


def _small_together(pieces: Iterable[Piece], rows: int) -> Iterator[Piece]:
    """The same pieces, with those that are small put together until they have about so many rows."""
    waiting, count = list[Piece](), 0
    for piece in pieces:
        small = piece.rows * _SMALL <= rows
        if waiting and (not small or count + piece.rows > rows):
            yield replace(waiting[0], more=tuple(waiting[1:]))
            waiting, count = [], 0
        if small:
            waiting.append(piece)
            count += piece.rows
        else:
            yield piece
    if waiting:
        yield replace(waiting[0], more=tuple(waiting[1:]))


_SMALL: Final = 8
"""A piece is small of which so many have not too many rows together."""


def _cut_groups(file: DataFile, rows: int) -> Iterator[Piece]:
    """The pieces of a Parquet file, not yet numbered."""
    first, start = file.first_row, 0
    while start < len(file.row_groups):
        stop, count = start + 1, file.row_groups[start]
        while stop < len(file.row_groups) and count + file.row_groups[stop] <= rows:
            count += file.row_groups[stop]
            stop += 1
        parts = max(1, count // rows)  # a row group of less than twice as many rows is not taken apart
        ends = [count * part // parts for part in range(parts + 1)]
        for skip, end in pairwise(ends):
            if end > skip:
                yield Piece(0, 0, first + skip, end - skip, (start, stop), skip)
        first, start = first + count, stop


def _cut_text(file: DataFile, rows: int) -> Iterator[Piece]:
    """The pieces of a csv file, not yet numbered."""
    assert file.text is not None  # noqa: S101  # the caller has looked
    cuts = file.text.cuts
    start = cuts[0]
    for cut in cuts[1:]:
        if cut is cuts[-1] or cut.line - start.line >= rows:
            yield Piece(0, 0, file.first_row + start.line - 1, cut.line - start.line, cuts=(start, cut))
            start = cut


def refuse_changed(file: DataFile) -> None:
    """Raise DataError where a file is not as it was when it was opened."""
    try:
        status = Path(file.path).stat()
        same = (status.st_size, status.st_mtime_ns) == (file.size, file.changed)
    except OSError:
        same = False
    if not same:
        message = Text("读取过程中文件被改动或删除", "was changed or removed while it was being read")
        hint = Text("不要在运行时改写数据；重新运行", "leave the data alone during a run, and run it again")
        raise DataError(
            Finding(code="file_changed", severity=Severity.ERROR, message=message, hint=hint, place=Place(file.path))
        )


def _digest(file: DataFile) -> str:
    refuse_changed(file)
    digest = digest_before(file.path, file.size, file.changed)
    if digest is None:
        with Path(file.path).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    refuse_changed(file)
    return digest


def open_dataset(source: str | os.PathLike[str], framework: Framework) -> Dataset:
    """Open a .parquet or .csv file, or a folder of files of one of these forms, as one data set of a framework.

    Of Parquet only the ends of the files are read; of csv files every byte is looked at once, to find their encoding
    and where they can be cut. In a folder, names that begin with a full stop or `_` do not count; the files stand in
    the order of their names. What is read must come in columns of the same kind and measure in all of them; the order
    of the columns may differ.

    Raises UsageError where there is no such file or folder, and DataError with every file that is broken or unlike the
    others, and everything that is wrong with the headers.
    """
    found, names = Collected(), Names(framework)
    paths = _paths(Path(source), found)
    made: dict[pa.Schema, Shape] = {}
    opened = [_open(path, framework, names, made, found) for path in paths]
    files = _one_after_the_other([file for file in opened if file is not None])
    # Of a file without a header that can be read it is told already that there is none.
    refuse_others({file.path: file.shape for file in files if file.shape.layout is not None}, found)
    headers = _of_headers([file.shape for file in files])
    if not errors_of(headers) and not found.has_errors and not any(file.rows for file in files):
        found.error("no_rows", Text("没有数据行", "there are no rows"), place=Place(os.fspath(source)))
    _tell_of_files_without_rows(files, found)
    findings = [*found.findings, *headers]
    if errors_of(findings):
        raise DataError(findings)
    return Dataset(os.fspath(source), framework, files, tuple(findings), files[0].shape.conversions)


def _tell_of_files_without_rows(files: Sequence[DataFile], found: Collected) -> None:
    """Whoever collects the files of others has to see who sent none; a file of Spark may well have none."""
    bare = [file.path for file in files if not file.rows]
    if bare and len(bare) < len(files):
        message = Text(
            f"只有表头，没有数据行（这样的文件共 {len(bare)} 个）",
            f"has a header and no rows ({plural(len(bare), 'file')} of the folder like this)",
        )
        found.info("file_without_rows", message, place=Place(bare[0]))


def _open(
    path: str, framework: Framework, names: Names, made: dict[pa.Schema, Shape], found: Collected
) -> DataFile | None:
    """A file as if it stood alone; None, with the error collected, where it cannot be read."""
    try:
        return _opened(path, framework, names, made, found)
    except OSError as error:
        found.error("unreadable", *why_unread(error), place=Place(path))
        return None


def _opened(
    path: str, framework: Framework, names: Names, made: dict[pa.Schema, Shape], found: Collected
) -> DataFile | None:
    status = Path(path).stat()
    is_text = path.lower().endswith(".csv")
    if not status.st_size or (is_text and is_empty_file(path)):
        report_empty(path, found)
        return None
    if is_text:
        scanned = scan(path, found)
        if scanned is None:
            return None
        own = Collected()
        form, layout, conversions = read_head(path, *scanned, framework, names, own)
        shape = shape_of_text(layout, conversions, own)
        return DataFile(path, status.st_size, status.st_mtime_ns, 0, (), shape, form)
    try:
        footer = pq.read_metadata(path)
    except UNREADABLE as problem:
        report_unsound(problem, path, found)
        return None
    schema = footer.schema.to_arrow_schema()
    if schema not in made:
        made[schema] = shape_of(schema, path, framework, names)
    groups = tuple(footer.row_group(number).num_rows for number in range(footer.num_row_groups))
    return DataFile(path, status.st_size, status.st_mtime_ns, 0, groups, made[schema])


def _one_after_the_other(files: Sequence[DataFile]) -> tuple[DataFile, ...]:
    before = accumulate((_extent(file) for file in files), initial=0)
    return tuple(replace(file, first_row=first) for file, first in zip(files, before, strict=False))


def _extent(file: DataFile) -> int:
    """The rows of a file, or all its lines."""
    return file.rows if file.text is None else file.text.cuts[-1].line


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
            message = Text("不能分块读取", "cannot be read in pieces")
            raise unusable(
                "no_dataset", str(source), message, Text("另存为 .parquet 或 .csv", "save it as .parquet or .csv")
            )
        return [str(source)]
    inside = sorted(path for path in source.iterdir() if not path.name.startswith((".", "_")))
    data = [path for path in inside if path.is_file() and path.suffix.lower() in FORMS]
    form = Counter(path.suffix.lower() for path in data).most_common(1)[0][0] if data else ""
    for path in inside:
        _report_unlike(path, form, found)
    if not data:
        message = Text("文件夹里没有 .parquet 或 .csv 文件", "there is no .parquet or .csv file in the folder")
        links = [finding for finding in found.findings if finding.code == BROKEN_LINK]
        raise UsageError(links) if links else unusable("empty_folder", str(source), message)
    return [str(path) for path in data if path.suffix.lower() == form]


def _report_unlike(path: Path, form: str, found: Collected) -> None:
    """An error for what stands in a folder and is no file of its form."""
    dangling = broken_link(path)
    if dangling is not None:
        found.error(BROKEN_LINK, *dangling, place=Place(str(path)))
    elif not path.is_file() or path.suffix.lower() != form:
        found.error(
            "not_of_the_dataset",
            Text(f"不是 {form} 文件，其他的是", f"is no {form} file, as the others are"),
            Text("移到别处，或让名称以 _ 开头", "move it elsewhere, or begin its name with _"),
            place=Place(str(path)),
        )
