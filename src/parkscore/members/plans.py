"""What each return adds to the fields of its zone, as formulas that are ready to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parkscore.data.columns import Columns, measure_of, parse
from parkscore.data.indicator_places import fields_read_by
from parkscore.data.table import State, Table
from parkscore.framework.check_formulas import field_measures
from parkscore.framework.formula import Cells, Formula, check_measures, only_in
from parkscore.framework.formula.tree import Call, Name, Number
from parkscore.framework.measures import Measure, convert
from parkscore.framework.member_models import Addend, Members
from parkscore.framework.models import Framework
from parkscore.methods.domain import FloatArray

Counts = NDArray[np.int64]
_REACHED = 1e-9
"""7 % of 100 returns is in binary a little more than 7."""


@dataclass(frozen=True)
class MemberField:
    """What one return adds to one field of its zone.

    formula: over the fields of the returns. measure: what it comes out in, None for a count. target: the measure of the
    zone's field, None where it has none.
    """

    formula: Formula
    measure: Measure | None
    target: Measure | None

    def of(self, columns: Columns) -> FloatArray:
        """What each return adds, in the measure of the formula; NaN where the return lacks what it takes.

        What is not applicable to an enterprise adds 0: nothing is missing there. The values are only to be read: they
        may be those of the table.
        """
        cells = self._as_it_is(columns) or columns.read_parsed(self.formula, self.measure)
        nothing = cells.states == State.NOT_APPLICABLE
        return np.where(nothing, 0.0, cells.values) if nothing.any() else cells.values

    def _as_it_is(self, columns: Columns) -> Cells | None:
        """Where the formula is a field in its own measure, as most are, its column."""
        root = self.formula.root
        column = columns[root.name, 0] if isinstance(root, Name) else None
        if column is None or column.measure != self.measure or not isinstance(column.cells, Cells):
            return None
        return column.cells

    def in_target(self, sums: FloatArray) -> FloatArray:
        """Sums in the measure of the zone's field.

        They are converted once and the addends never: amounts in whole 千元 are added exactly, tenths of 万元 not.
        """
        if self.target is None:
            return sums
        return sums / float(self.target.factor) if self.measure is None else convert(sums, self.measure, self.target)


@dataclass(frozen=True)
class MemberPlan:
    """The sums that make zones of returns.

    framework, returns: those of the zones and of the returns. fields: by zone field, in the order of the framework.
    """

    framework: Framework
    returns: Framework
    fields: Mapping[str, MemberField]

    @property
    def block(self) -> Members:
        """What the framework of the zones says of its members."""
        assert self.framework.members is not None  # noqa: S101  # a plan is made of frameworks that have the block
        return self.framework.members

    @property
    def raw_fields(self) -> list[str]:
        """The raw fields of the returns that must be read, in their order."""
        block = self.block
        texts = {name for name in (block.belongs_to, block.part, block.name) if name is not None}
        read = {name for _, text in self.texts for name in fields_read_by(self.returns, text)}
        return [name for name in self.returns.fields if name in read | texts]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """The formulas and conditions over the returns, each with the zone's field that it belongs to."""
        return [(name, text) for name, field in self.framework.fields.items() for text in _texts(field.members)]

    @property
    def texts_of_returns(self) -> list[tuple[str, str]]:
        """The same, and the formulas of the fields that are derived of each return."""
        derived = [(name, field.formula) for name, field in self.returns.fields.items() if field.formula is not None]
        return [*self.texts, *derived]

    def addends(self, table: Table) -> dict[str, FloatArray]:
        """For each zone field what each return of a table adds to it, see `MemberField.of`."""
        columns = Columns(self.returns, table)
        return {name: field.of(columns) for name, field in self.fields.items()}

    def cells(self, name: str, sums: FloatArray, reported: Counts, returns: Counts) -> Cells:
        """The cells of a zone field, in its measure, from arrays of one shape: sums, and how many returns made them.

        reported: how many of the returns have what the sum takes. A field is missing where these are too small a share
        (`min_reported`), and where there are none, whatever share is asked for.
        """
        enough = reported > 0
        if self.block.min_reported:
            enough &= reported >= self.block.min_reported * returns - _REACHED
        values = self.fields[name].in_target(sums)
        if enough.all():
            return Cells(values, np.full(values.shape, State.VALUE, dtype=np.int8))
        states = only_in(~enough, np.int8(State.MISSING))
        return Cells(np.where(enough, values, np.nan), states)


def plan_sums(framework: Framework, returns: Framework) -> MemberPlan:
    """The plan for a framework with `members:` and the framework of its returns, both checked."""
    fields = {
        name: _member_field(field.members, measure_of(field.measure), returns)
        for name, field in framework.fields.items()
        if field.members is not None
    }
    return MemberPlan(framework, returns, fields)


def _member_field(addend: Addend, target: Measure | None, returns: Framework) -> MemberField:
    if addend.count is not None:
        return MemberField(parse(addend.count), None, target)
    formula = parse(str(addend.sum))
    measure, _ = check_measures(formula, field_measures(returns), target)
    if addend.when is not None:
        chosen = Call("if", (parse(addend.when).root, formula.root, Number(0.0)))
        formula = Formula(f"if({addend.when}, {addend.sum}, 0)", chosen)
    return MemberField(formula, measure or target, target)


def _texts(addend: Addend | None) -> list[str]:
    stated = () if addend is None else (addend.sum, addend.when, addend.count)
    return [text for text in stated if text is not None]
