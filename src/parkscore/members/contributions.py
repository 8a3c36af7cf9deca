"""What each enterprise contributes to its zone: what the zone has, less what it would have without its returns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from parkscore.data.grid import Rows
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.members.effects import Effects, Zones
from parkscore.members.in_threads import in_threads
from parkscore.members.labels import in_arrow, in_frame, labels_of, nullable, of_codes, texts
from parkscore.members.memberships import Memberships
from parkscore.members.rolls import NONE
from parkscore.output.files import refuse_other_form, write_whole

NOT_ADDITIVE: Final = Text(
    "贡献值是园区“有该企业”与“无该企业”之差（今年和往年的年报一并去掉，参照值、权重和其他园区不变）；各企业的贡献值之和不等于园区的数值或得分",
    "a contribution is the zone with an enterprise less the zone without it (its returns of this and of earlier years "
    "taken out; references, weights and all other zones held); contributions do not add up to the value or the score "
    "of the zone",
)
BOTH: Final = "both"
THIS_YEAR: Final = "this_year"
EARLIER: Final = "earlier"
# That ranks are whole numbers even where some are missing, in the words of pandas, which would read them as floats.
_FOR_PANDAS: Final = {
    "index_columns": [],
    "columns": [
        {"name": name, "field_name": name, "pandas_type": "int32", "numpy_type": "Int32", "metadata": None}
        for name in ("rank", "rank_without")
    ],
}
# Fewer take longer in all, more are more to hold at a time.
_CHUNK: Final = 32_768
# Chunks that are made while tables are written that take about as long as these.
_AHEAD: Final = 3
# Rows by which a column is judged, from so many places, and how many numbers among them are few.
_SOME: Final = 1024
_PLACES: Final = 4
_FEW: Final = 32


@dataclass(frozen=True, eq=False)
class Contributions:
    """The contribution of every enterprise to every zone in which it has a return, this year or in one that is read.

    One that moved is in two zones: what it leaves behind in the old one is its earlier return. Made chunk by chunk when
    asked for, so that memory holds the returns and one chunk.
    """

    zones: Zones
    members: Memberships

    def __repr__(self) -> str:
        """One line: how many pairs of a zone and an enterprise."""
        return f"<Contributions: {len(self)} of enterprises to zones, {len(self.rows)} to zones with a score>"

    def __len__(self) -> int:
        """The number of pairs of a zone and an enterprise."""
        return len(self.members)

    @cached_property
    def rows(self) -> Rows:
        """The pairs whose zone was scored, by zone and enterprise in the order of their codes."""
        return np.flatnonzero(self.zones.rows[self.members.zones] >= 0)

    def rows_of(self, enterprise: str) -> Rows:
        """The pairs of one enterprise whose zone was scored; `frame` takes them.

        Raises UsageError where no return of the enterprise counts in a zone that was evaluated.
        """
        ids = self.zones.summed.enterprises
        place: int = pc.index(ids, pa.scalar(enterprise, ids.type)).as_py() if isinstance(enterprise, str) else -1
        rows: Rows = self.rows[self.members.enterprises[self.rows] == place]
        if not rows.size:
            raise UsageError(_no_such_enterprise(enterprise))
        return rows

    def effects(self, rows: Rows) -> Effects:
        """The contributions of some pairs: what the zone has, less what it would have without the enterprise."""
        moves = self.members.moves(self.zones.totals, rows)
        return self.zones.effects(moves.zones, self.zones.after(moves, joining=False), 1)

    def frame(self, rows: Rows | None = None) -> pd.DataFrame:
        """The contributions of some pairs (default: all of scored zones), one row each.

        Columns: `enterprise`, `name`, `zone`, `part` (where the framework has them), `filed` (both, this_year or
        earlier: in which years it filed in this zone; none where no earlier year is read), `score`: to the total,
        `rank` of the zone and `rank_without` the enterprise, then to the score of each node by its id, and to the value
        of each indicator as `value:` and its id. NaN where the zone has no number with or without it.
        """
        frames = [in_frame(self._labels(each) | self._changes(each)) for each in self._chunks(rows)]
        return pd.concat(frames, ignore_index=True)

    @contextmanager
    def coming(self) -> Iterator[Coming]:
        """Begin to make the rows of `frame` in a thread, whatever this one does before it writes them."""
        # One thread is enough beside one that writes: a second would only wait for the first.
        with in_threads(self._changes, self._chunks(self.rows), threads=1, ahead=_AHEAD) as changes:
            together = zip(self._chunks(self.rows), changes, strict=True)
            yield Coming(pa.table(in_arrow(self._labels(rows) | own)) for rows, own in together)

    def write_parquet(self, path: str | Path, about: Mapping[str, Any]) -> Path:
        """Write `frame` as Parquet, chunk by chunk; about: JSON for the metadata under `parkscore`."""
        with self.coming() as coming:
            return coming.write_parquet(path, about)

    def _chunks(self, rows: Rows | None) -> Iterator[Rows]:
        """Some rows by so many at a time; of none there is a chunk, too, which shows what columns there are."""
        own = self.rows if rows is None else rows
        for start in range(0, max(len(own), 1), _CHUNK):
            yield own[start : start + _CHUNK]

    def _labels(self, rows: Rows) -> dict[str, Any]:
        """The first columns of `frame`, as those of Arrow."""
        return labels_of(self.members, rows) | {"filed": self._filed(rows)}

    def _changes(self, rows: Rows) -> dict[str, Any]:
        """The others, ranks as those of Arrow."""
        effects, total = self.effects(rows), self.zones.framework.total.id
        ranks = {"rank": nullable(effects.rank), "rank_without": nullable(effects.other_rank)}
        return {"score": effects.scores[total], **ranks, **effects.below(total)}

    def _filed(self, rows: Rows) -> Any:
        at = {back: own[rows] != NONE for back, own in self.members.at.items()}
        if set(at) <= {0}:
            return texts([None] * len(rows))
        now = at.get(0, np.zeros(len(rows), dtype=np.bool_))
        before = np.any([own for back, own in at.items() if back], axis=0)
        return of_codes(texts([BOTH, THIS_YEAR, EARLIER]), np.where(now & before, 0, np.where(now, 1, 2)))


@dataclass(frozen=True, eq=False)
class Coming:
    """Contributions as they are made: a table for each chunk, the labels put in as somebody takes it."""

    tables: Iterator[pa.Table]

    def write_parquet(self, path: str | Path, about: Mapping[str, Any]) -> Path:
        """Write them as they come; about: JSON for the metadata under `parkscore`."""
        refuse_other_form(path, ".parquet")
        notes = {"parkscore": {**about, "note": NOT_ADDITIVE._asdict()}, "pandas": _FOR_PANDAS}
        said = {key: json.dumps(note, ensure_ascii=False) for key, note in notes.items()}
        return write_whole(path, partial(self._write, said))

    def _write(self, said: Mapping[str, str], beside: Path) -> None:
        first = next(self.tables).replace_schema_metadata(said)
        with pq.ParquetWriter(beside, first.schema, **_written(first)) as writer:
            for each in chain([first], self.tables):
                writer.write_table(each.replace_schema_metadata(said))


def _written(first: pa.Table) -> dict[str, Any]:
    """How columns are written, by the first chunk: nobody looks for a range of numbers, or for texts by their number.

    Where few numbers differ they are written once each; where some come again they become shorter; others do not.
    """
    numbers = [field.name for field in first.schema if pa.types.is_floating(field.type)]
    labels = [name for name in first.column_names if name not in numbers]
    starts = range(0, len(first), len(first) // _PLACES + 1)
    some = pa.concat_tables([first.slice(start, _SOME // _PLACES) for start in starts] or [first])
    distinct = {name: pc.count_distinct(some[name]).as_py() for name in numbers}
    few = [name for name in numbers if distinct[name] <= _FEW]
    varied = [name for name in numbers if distinct[name] > _SOME // 2]
    return {
        "use_dictionary": [*few, *(name for name in labels if name not in ("enterprise", "name"))],
        "compression": {name: "none" if name in varied else "snappy" for name in first.column_names},
        "write_statistics": labels,
    }


def _no_such_enterprise(enterprise: str) -> Finding:
    message = Text("参评的园区中没有这家企业的年报", "no return of this enterprise counts in an evaluated zone")
    hint = Text("核对代码；被合并的企业用存续企业的代码", "check the id; who merged goes by the id of the successor")
    return Finding(code="no_such_enterprise", severity=Severity.ERROR, value=enterprise, message=message, hint=hint)


def contributions(zones: Zones) -> Contributions:
    """Every enterprise beside what it contributes; nothing is computed yet."""
    # Where no sum is read, those that report in the evaluated year contribute nothing, which is to be told of each.
    return Contributions(zones, Memberships.of(zones.summed, zones.totals.years_back or (0,)))
