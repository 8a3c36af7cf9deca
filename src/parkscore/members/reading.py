"""Read the returns that are summed: only the columns that count, piece by piece where the file allows it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeAlias

from parkscore.data.batches import BrokenFiles, read_piece
from parkscore.data.capping import first_of_each_kind
from parkscore.data.datasets import FORMS, Dataset, Piece, refuse_changed
from parkscore.data.masked_datasets import open_masked
from parkscore.data.masking import Mask
from parkscore.data.reading import FRAME, read_with_findings
from parkscore.data.table import Table
from parkscore.data.validate import validate
from parkscore.findings import DataError, Finding
from parkscore.framework.models import Framework
from parkscore.late_pandas import is_frame, pd
from parkscore.members.in_threads import in_threads
from parkscore.members.plans import MemberPlan
from parkscore.members.summing import Filed

Source: TypeAlias = "str | os.PathLike[str] | pd.DataFrame"
# Fewer than elsewhere: the texts of a piece are objects of Python while it is read.
_ROWS: Final = 65_536
_ABOUT_COLUMNS = ("missing_column", "extra_column")


class Returns:
    """Returns as they are read; `findings`, `notes` and `digest` are complete once all pieces have been read.

    digest: SHA-256 of the file or files, or of the frame.
    """

    def __init__(self, plan: MemberPlan, source: Source, mask: Mask | None = None) -> None:
        """Nothing is read yet but the header of a data set. Raises UsageError and DataError as `open_dataset` does.

        mask: hides the enterprises in the tables and in the findings.
        """
        self._mask = mask
        self.notes: tuple[str, ...] = ()
        self.digest = ""
        self._source = source
        self._plan = plan
        self._fields = plan.raw_fields
        self._checked = _limits_only(plan.returns, self._fields)
        self._found: list[Finding] = []
        self._dataset: Dataset | None = None
        if not is_frame(source) and (Path(source).is_dir() or Path(source).suffix.lower() in FORMS):
            self._dataset, self._mask = open_masked(source, plan.returns, mask)
            self._found += self._about_columns(self._dataset.findings)

    @property
    def file(self) -> str:
        """The file or folder as it is told."""
        file = FRAME if is_frame(self._source) else os.fspath(self._source)
        return file if self._mask is None else self._mask.file(file)

    def pieces(self) -> Iterator[Filed]:
        """What each piece says, in the order of the pieces; while one is taken, the next are read.

        One of which a file is broken says nothing: that it is, and what is wrong beside it, is among the findings.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="parkscore") as pool:
            digest = None if self._dataset is None else pool.submit(self._dataset.digest)
            with in_threads(self._piece, self._places()) as pieces:
                yield from self._taken(pieces)
            if self._dataset is not None and digest is not None:
                for file in self._dataset.files:
                    refuse_changed(file)  # so that what was read is what the digest is of
                self.digest = digest.result()

    def _taken(self, pieces: Iterable[tuple[Filed | None, Sequence[str], list[Finding]]]) -> Iterator[Filed]:
        """What pieces say, their notes and findings put down."""
        for filed, notes, found in pieces:
            self.notes = tuple(dict.fromkeys([*self.notes, *notes]))
            self._found += found
            if filed is not None:
                yield filed

    def _places(self) -> Sequence[Piece | None]:
        """The pieces of a data set; what is read as a whole is one."""
        return [None] if self._dataset is None else self._dataset.pieces(_ROWS)

    def _piece(self, piece: Piece | None) -> tuple[Filed | None, Sequence[str], list[Finding]]:
        try:
            table, found = self._read(piece)
        except BrokenFiles as error:
            return None, (), self._told(error.table, [*error.findings, *error.cells])
        told = self._told(table, found)
        if self._mask is not None:
            table = self._mask.table(table, self._plan.returns, codes_in_texts=False)
        return Filed.of(self._plan, table), table.notes, told

    def _told(self, table: Table | None, found: Sequence[Finding]) -> list[Finding]:
        """What was found in the cells of a piece, and by the limits of its rows, where there are some."""
        found = [*found, *([] if table is None else validate(self._checked, table, looks_for_twins=False))]
        return found if self._mask is None else self._mask.findings(found, table, self._plan.returns)

    def _read(self, piece: Piece | None) -> tuple[Table, list[Finding]]:
        if self._dataset is not None and piece is not None:
            table, met = read_piece(self._dataset, piece, self._fields)
            return table, met.findings
        whole, found = read_with_findings(self._source, self._plan.returns)
        if whole is None:
            raise DataError(found if self._mask is None else self._mask.findings(found, None, self._plan.returns))
        self.digest = whole.digest
        if self._mask is not None:
            self._mask = self._mask.knowing([whole], [whole.origin.file], self._plan.returns)
        return whole, self._about_columns(found)

    def _about_columns(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings without those about columns that nothing here reads."""
        return [each for each in findings if each.code not in _ABOUT_COLUMNS or each.field in self._fields]

    @property
    def findings(self) -> list[Finding]:
        """What was found, the first of each kind; that an enterprise filed twice shows elsewhere, over all pieces."""
        return first_of_each_kind(finding for finding in self._found if finding.code != "schema")


def _limits_only(returns: Framework, fields: Collection[str]) -> Framework:
    """The framework with the fields that are read and their limits; its other rules are for `parkscore validate`."""
    kept = {name: field for name, field in returns.fields.items() if name in fields}
    nothing: dict[str, object] = dict.fromkeys(("rules", "gates", "grades", "lists", "targets", "indicators"), ())
    return returns.model_copy(update={**nothing, "fields": kept})
