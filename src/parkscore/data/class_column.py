"""Find the class of each row by conditions, as a column that formulas read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.grid import Rows, Truths
from parkscore.framework.formula import Cells, Column, State, TextCells
from parkscore.framework.models import Framework

if TYPE_CHECKING:
    from parkscore.data.columns import Columns

IN_CLASS: Final = "in_class"
NO_CLASS: Final = "no_class"
SEVERAL_CLASSES: Final = "several_classes"
CLASS_UNKNOWN: Final = "class_unknown"
_OUTCOMES: Final = np.array([IN_CLASS, NO_CLASS, CLASS_UNKNOWN, SEVERAL_CLASSES], dtype=object)
_UNKNOWN: Final = 2
"""The place of `class_unknown` among them."""


@dataclass(frozen=True)
class Classification:
    """The class of each row of a table, (rows,) each.

    coded: the id of a class, or what the class field says, by number; -1 where there is none. outcome_numbers: 0 where
    there is one, and numbers of why there is none. holding, unsure: (rows, classes), where a condition holds, and where
    it cannot be told; no columns where the class stands in a field.
    """

    coded: CodedTexts
    outcome_numbers: npt.NDArray[np.integer[Any]]
    holding: Truths
    unsure: Truths

    def outcomes(self, rows: Rows) -> npt.NDArray[Any]:
        """Of some rows `in_class`, or why there is none: `no_class`, `several_classes`, `class_unknown`."""
        return np.asarray(_OUTCOMES[self.outcome_numbers[rows]])

    @property
    def names(self) -> npt.NDArray[Any]:
        """The id of each row's class, or what the class field says; None where there is none."""
        return self.coded.values


def by_conditions(framework: Framework, compute: Callable[[str, str | None], Cells]) -> Classification:
    """The class of each row whose condition holds, provided that every other one fails: one unsure might hold too."""
    found = [compute(each.when, None) for each in framework.classes]
    unsure = np.column_stack([cells.states != State.VALUE for cells in found])
    holding = np.column_stack([cells.values == 1.0 for cells in found]) & ~unsure
    count, open_ = holding.sum(axis=1), unsure.any(axis=1)
    outcome = np.select([count > 1, open_, count == 0], [3, 2, 1], 0)
    codes = np.where(outcome == 0, holding.argmax(axis=1), -1).astype(np.int32)
    ids = np.array([each.id for each in framework.classes], dtype=object)
    return Classification(CodedTexts(codes, ids), outcome, holding, unsure)


def by_field(coded: CodedTexts) -> Classification:
    """The class of each row that says one in a field; where nothing is said, it cannot be told."""
    none = np.zeros((len(coded), 0), dtype=np.bool_)
    return Classification(coded, np.where(coded.codes < 0, np.int8(_UNKNOWN), np.int8(0)), none, none)


def class_column(framework: Framework, columns: Columns) -> Column:
    """The class as formulas read it, a text; missing where a row is in none."""
    if framework.class_field is not None:
        return columns[framework.class_field, 0]
    return Column(coded_cells(by_conditions(framework, columns.compute).coded))


def coded_cells(coded: CodedTexts) -> TextCells:
    """Coded texts as formulas read them."""
    return TextCells(coded.values, (coded.codes < 0).astype(np.int8), coded.codes, coded.texts)
