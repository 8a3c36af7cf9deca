"""After the scores: gather them for weights that methods compute, and hand these all rows of a reference at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers
from parkscore.data.arrow_texts import ArrowTexts
from parkscore.data.classes import classify
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, Rows, States, rows_by_value
from parkscore.data.plain_texts import text_column
from parkscore.data.table import UNIT, Origin, Table
from parkscore.engine.scored_references import score_references
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.tree.aggregate import Shares
from parkscore.tree.comparing import computed_in_any_class
from parkscore.tree.schemes import WeightPlan
from parkscore.tree.weigh import weigh

_Number = TypeVar("_Number", np.float64, np.int8)

MOST_BYTES: Final = 1 << 30
"""What the scores may take that one set of weights is computed from: a method needs five copies or so in memory."""

Key = tuple[str, str | None]
"""The name of a reference, and the class where weights go by class."""


def computes_weights(framework: Framework, plan: WeightPlan) -> bool:
    """Whether a method takes any weight of a plan from scores, in whatever class."""
    return bool(computed_in_any_class(framework, plan))


@dataclass(frozen=True)
class WeightPart:
    """The rows of a piece that one set of weights is computed from, with their scores and states, (rows, indicators).

    year: of these rows, None where they are of several. applies: whether any row of the piece is weighed so.
    """

    year: int | None
    applies: bool
    units: pa.Array
    scores: Matrix
    states: States


Parts = Mapping[Key, WeightPart]


@dataclass(frozen=True)
class GatherWeights:
    """What the rows of a piece add to the weights; it can be sent to another process."""

    plan: WeightPlan

    def __call__(self, framework: Framework, table: Table, year: int | None, fitted: Fitted) -> Parts:
        """The scores of the rows that weights are computed from, gaps filled; fitted: what they are scored by."""
        scored = score_references(framework, table, year, fitted)
        units = text_column(table.cells[UNIT])
        return {
            key: WeightPart(own_year, applies, units.take(arrow_numbers(fit)), scored.scores[fit], scored.states[fit])
            for key, own_year, applies, fit in self._sets(framework, table, scored.cohorts)
        }

    def _sets(
        self, framework: Framework, table: Table, groups: Sequence[Cohort]
    ) -> Iterator[tuple[Key, int | None, bool, Rows]]:
        """For each set of weights its year, whether rows are weighed so, and those that it is computed from."""
        classification = classify(framework, table) if self.plan.by_class else None
        coded = None if classification is None else classification.coded.in_order()
        for name in dict.fromkeys(each.name for each in groups):
            parts = [each for each in groups if each.name == name]
            apply, fit = (_together([getattr(part, kind) for part in parts]) for kind in ("apply", "fit"))
            if coded is None:
                yield (name, None), parts[0].year, bool(apply.size), fit
                continue
            applied, fitted = (dict(rows_by_value(coded.codes, own)) for own in (apply, fit))
            for number in sorted({*applied, *fitted} - {-1}):
                own = fitted.get(number, np.zeros(0, dtype=np.intp))
                yield (name, str(coded.texts[number])), parts[0].year, number in applied, own


def _together(parts: list[Rows]) -> Rows:
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


@dataclass
class _Set:
    """What one set of weights is computed from so far: the files of the scores and states, and the units."""

    year: int | None
    applies: bool
    sizes: list[int]
    units: list[pa.Array]


class JoiningWeights:
    """The weights from the scores of all pieces: these lie in files, and one set of rows at a time is taken from there.

    No order of the rows changes a digit of the weights, and so none of the pieces does.
    """

    findings: tuple[Finding, ...] = ()

    def __init__(self, framework: Framework, folder: Path, plan: WeightPlan) -> None:
        """folder: for the scores."""
        self._framework, self._plan, self._folder = framework, plan, folder
        self._sets: dict[Key, _Set] = {}

    def add(self, parts: Parts) -> None:
        """What a piece has; in any order. DataError where it comes to more than a method can be given."""
        for key, part in parts.items():
            own = self._sets.setdefault(key, _Set(part.year, False, [], []))
            own.applies |= part.applies
            own.sizes.append(len(part.scores))
            own.units.append(part.units)
            self._refuse_too_many(own)
            for kind, block in (("scores", part.scores), ("states", part.states)):
                with self._file(key, kind).open("ab") as stream:
                    stream.write(np.asarray(block, order="F").tobytes(order="F"))

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and the shares; DataError where a method refuses the scores."""
        used = sorted((key for key, own in self._sets.items() if own.applies), key=str)
        return replace(before, shares={key: self._weighed(key) for key in used})

    def _weighed(self, key: Key) -> Shares:
        own, (name, class_id) = self._sets[key], key
        rows = np.arange(sum(own.sizes))
        cohort = Cohort(name, own.year, rows, rows, rows, class_id)
        units = pa.chunked_array(own.units, pa.large_string()).combine_chunks()
        scores, states = self._read(key, "scores", np.float64), self._read(key, "states", np.int8)
        table = Table({UNIT: ArrowTexts(units)}, {}, Origin(""))
        return weigh(self._framework, table, scores, (cohort,), self._plan, states).shares[0]

    def _read(self, key: Key, kind: str, dtype: type[_Number]) -> npt.NDArray[_Number]:
        """All rows of a set, column by column in memory as a grid is; the file of the pieces is gone then."""
        sizes, path = self._sets[key].sizes, self._file(key, kind)
        whole = np.empty((sum(sizes), len(self._framework.leaves)), dtype=dtype, order="F")
        first = 0
        with path.open("rb") as stream:
            for size in sizes:
                block = np.frombuffer(stream.read(size * whole.shape[1] * whole.itemsize), dtype=dtype)
                whole[first : first + size] = block.reshape((size, -1) if size else (0, whole.shape[1]), order="F")
                first += size
        path.unlink()
        return whole

    def _file(self, key: Key, kind: str) -> Path:
        return self._folder / f"weights-{list(self._sets).index(key)}-{kind}"

    def _refuse_too_many(self, own: _Set) -> None:
        rows, indicators = sum(own.sizes), len(self._framework.leaves)
        if rows * indicators * np.dtype(np.float64).itemsize <= MOST_BYTES:
            return
        most = MOST_BYTES // (8 * indicators)
        raise DataError(
            Finding(
                code="too_many_to_weigh",
                severity=Severity.ERROR,
                field=self._framework.total.id,
                year=own.year,
                value=rows,
                message=Text(
                    f"权重要由 {rows} 行以上的 {indicators} 项得分一次算出，超过内存上限（{most} 行）",
                    f"the weights would be computed from the scores of more than {rows} rows at {indicators} "
                    f"indicators at once; there is memory for {most} rows",
                ),
                hint=Text(
                    "用 parkscore weigh 由一部分数据算出权重方案，再用 --weights 引用",
                    "compute a scheme from a part of the data with `parkscore weigh`, and name it with --weights",
                ),
            )
        )
