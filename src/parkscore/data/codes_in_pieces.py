"""Find codes that two units of a year share in a data set, however large it is, without holding its codes in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from parkscore.data.batches import read_once_more
from parkscore.data.capping import MOST
from parkscore.data.code_findings import code_fields, shared, shared_message
from parkscore.data.datasets import Dataset, Piece
from parkscore.data.duplicates import Repeated, rows_with
from parkscore.data.grid import Rows
from parkscore.data.plain_texts import text_column
from parkscore.data.table import Table
from parkscore.data.text_hashes import Hashes, mixed, text_hashes
from parkscore.findings import Finding
from parkscore.framework.models import Framework

_NAMED = 3


def code_keys(framework: Framework, table: Table) -> dict[str, Hashes]:
    """By field a number for the code and year of each row that has a code."""
    return {field: _keys(table, field)[0] for field in code_fields(framework) if field in table.cells}


def _keys(table: Table, field: str) -> tuple[Hashes, Rows]:
    """The numbers, and the rows that they are of."""
    codes = table.frame[field]
    rows = np.flatnonzero(codes.notna().to_numpy())
    hashes = text_hashes(text_column(codes.iloc[rows]))
    return (hashes if table.years is None else mixed(hashes, table.years[rows])), rows


def shared_in_pieces(
    dataset: Dataset, pieces: Sequence[Piece], repeated: Mapping[str, Repeated], shown: Callable[[str], str]
) -> Iterator[Finding]:
    """As `shared_codes`, by a second look at the rows whose numbers meet; shown: what a unit is called in a message."""
    for field, own in repeated.items():
        if own.surplus:
            yield from _shared_in_field(dataset, pieces, field, own, shown)


def _shared_in_field(
    dataset: Dataset, pieces: Sequence[Piece], field: str, repeated: Repeated, shown: Callable[[str], str]
) -> Iterator[Finding]:
    wanted, listed = repeated.keys, list[tuple[Finding, tuple[str, int | None]]]()
    units: dict[tuple[str, int | None], list[str]] = {}
    for table in read_once_more(dataset, pieces, [field]):
        keys, rows = _keys(table, field)
        for row in rows[rows_with(keys, wanted)].tolist():
            code = str(table.frame[field].iloc[row]), None if table.years is None else int(table.years[row])
            if len(listed) <= MOST:
                listed.append((shared(table, row, field, []), code))
                units.setdefault(code, [])
            if code in units and len(units[code]) <= _NAMED:
                units[code].append(table.unit(row))
    told = []
    for finding, code in listed:
        others = [unit for unit in units[code] if unit != finding.unit]
        if others:  # numbers may meet by chance
            told.append(replace(finding, message=shared_message([shown(unit) for unit in others])))
    yield from told[:MOST]
    more = repeated.surplus + len(repeated.keys) - MOST
    if len(told) > MOST:
        yield replace(told[MOST], more=more)
