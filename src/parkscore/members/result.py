"""Everything that the returns of enterprises say of their zones: tables, changes, the evaluation of zones and parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from parkscore.data.masking import Mask
from parkscore.data.table import Table
from parkscore.evaluating import Prepared, refuse_other_types, score_rows
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, Finding, Severity, UsageError, errors_of, of_type
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.members.changes import KINDS, changes_of
from parkscore.members.contributions import Contributions, contributions
from parkscore.members.effects import Zones
from parkscore.members.labels import Columns, in_frame, texts, texts_in_frame
from parkscore.members.missing_returns import missing_returns
from parkscore.members.reading import Returns, Source
from parkscore.members.remarks import Account, accounts_of, basis, lacking_beside_returns
from parkscore.members.shortfalls import shortfalls
from parkscore.members.sub_parks import evaluate_parts
from parkscore.members.summing import Summed
from parkscore.members.what_if import WhatIf, what_if
from parkscore.members.zone_tables import part_frame
from parkscore.results.own_tables import own_table
from parkscore.tree.frozen import FrozenReference
from parkscore.tree.schemes import Weights


@dataclass(frozen=True, eq=False)
class Members:
    """The result of `from_returns`: sums by zone and sub-park, who came and left, and what was found.

    zone_table: one row per zone and year, as `evaluate` takes it. findings: of reading, of summing and of the zones'
    rules. frozen: the reference that zones are scored by, where it is not fitted on them.
    """

    summed: Summed
    zone_table: Table
    findings: Sequence[Finding]
    frozen: FrozenReference | None = None

    def __repr__(self) -> str:
        """One line: which framework, how many returns and zones."""
        zones = len(set(self.zone_table.units.tolist()))
        return f"<Members {self.framework.id}: {len(self.summed.roll)} returns, {zones} zones, {self.summed.year}>"

    @property
    def framework(self) -> Framework:
        """The framework of the zones."""
        return self.summed.plan.framework

    @property
    def year(self) -> int | None:
        """The year that is evaluated, None where the framework has no time."""
        return None if self.framework.time is None else self.summed.year

    @property
    def table(self) -> pd.DataFrame:
        """The zones: unit, year, and every raw field in its measure, NaN where it is missing; `evaluate` ranks them."""
        return self.zone_table.frame.copy(deep=False)

    @own_table
    def parts(self) -> pd.DataFrame:
        """The sub-parks: zone, part, year, how many returns, and the fields that are sums, in their measures."""
        return part_frame(self.summed)

    @own_table
    def changes(self) -> pd.DataFrame:
        """Who is new, left, moved, merged, returned or renamed since the year before, see `changes.changes_of`."""
        return texts_in_frame(self.changes_in_arrow)

    @cached_property
    def changes_in_arrow(self) -> pa.Table:
        """The same as Arrow keeps it: there may be one for every enterprise."""
        return changes_of(self.summed.roll, self.summed.year)

    @own_table
    def change_counts(self) -> dict[str, int]:
        """How many changes there are of each kind."""
        counts = {each["values"]: each["counts"] for each in self.changes_in_arrow["change"].value_counts().to_pylist()}
        return {kind: counts.get(kind, 0) for kind in KINDS}

    @own_table
    def reported(self) -> pd.DataFrame:
        """Unit, year, how many returns the zone has, and for each summed field how many of them have it."""
        return in_frame(self.reported_columns)

    @property
    def reported_columns(self) -> Columns:
        """The columns of `reported`, arrays of their own."""
        sums = self.summed.zones
        rows = zone, year = np.nonzero(sums.returns > 0)
        return {
            "unit": texts(self.summed.zone_names[zone]),
            "year": np.array(self.summed.years, dtype=np.int64)[year],
            "returns": sums.returns[rows],
            **{name: counts[rows] for name, counts in sums.reported.items()},
        }

    @own_table
    def accounting(self) -> pd.DataFrame:
        """What became of every return, in parts that sum."""
        return pd.DataFrame(self.accounts, columns=[*Account._fields])

    @cached_property
    def accounts(self) -> Sequence[Account]:
        """The lines of `accounting`."""
        return accounts_of(self.summed, self.zone_table)

    @property
    def basis(self) -> Text:
        """What last year means in these sums."""
        return basis(self.summed)

    @cached_property
    def prepared(self) -> Prepared:
        """The zones of the evaluated year up to the scores of their indicators, to be weighed more than once."""
        if errors_of(self.findings):
            raise DataError(list(self.findings))
        fitted = None if self.frozen is None else self.frozen.fitted
        rows = score_rows(self.framework, self.zone_table, self.findings, self.year, fitted)
        return replace(rows, frozen=self.frozen)

    def evaluate(self, weights: Weights = None) -> Evaluation:
        """The evaluation of the zones in the evaluated year, as `parkscore.evaluate` of the summed table.

        Raises FrameworkError, DataError or UsageError with every finding at once.
        """
        refuse_other_types(weights=weights)
        evaluation = self.prepared.evaluate(weights)
        lacking = lacking_beside_returns(self.zone_table, evaluation)
        return replace(evaluation, findings=(*evaluation.findings, *lacking))

    def evaluate_parts(self, evaluation: Evaluation) -> pd.DataFrame:
        """The sub-parks scored by the references and weights of their zones, and ranked within their zone.

        evaluation: of these zones. See `sub_parks.evaluate_parts` for the columns.

        Raises UsageError where the framework compares rows with each other, so that nothing can be held.
        """
        self._refuse_other(evaluation)
        return in_frame(evaluate_parts(self.summed, evaluation))

    def contributions(self, evaluation: Evaluation) -> Contributions:
        """What each enterprise contributes to its zone: to indicators, scores and rank; `.frame()` is the table.

        evaluation: of these zones; its references and weights are held. Contributions do not add up to the zone.

        Raises UsageError where the framework compares rows with each other, so that nothing can be held.
        """
        self._refuse_other(evaluation)
        return contributions(Zones(self.summed, evaluation))

    def shortfalls(self, evaluation: Evaluation, enterprise: str) -> pd.DataFrame:
        """The indicators in which an enterprise holds its zone back, see `shortfalls.shortfalls` for the columns.

        evaluation: of these zones. Raises UsageError where no return of the enterprise counts.
        """
        return shortfalls(self.contributions(evaluation), enterprise)

    def what_if(
        self,
        evaluation: Evaluation,
        *,
        drop: Collection[str] = (),
        keep: Collection[str] | None = None,
        add: Source | None = None,
        mask: Mask | None = None,
    ) -> WhatIf:
        """The zones without the returns of some enterprises, or with those of some only, and with others put in.

        evaluation: of these zones; its references and weights are held. drop, keep: ids of enterprises. add: returns, a
        file, a folder of Parquet files or a frame. Where enterprises are hidden, `drop` and `keep` are hidden ids, and
        mask hides those of `add`.

        Raises UsageError for ids without a return, and DataError where returns cannot be put in.
        """
        self._refuse_other(evaluation)
        if add is not None:
            refuse_other_types(data=add, mask=mask)
        zones = Zones(self.summed, evaluation)
        if add is None:
            return what_if(zones, drop=drop, keep=keep)
        reading = Returns(self.summed.plan, add, mask)
        more = list(reading.pieces())
        if errors_of(reading.findings):
            raise DataError(reading.findings)
        made = what_if(zones, drop=drop, keep=keep, add=more)
        return replace(made, findings=(*reading.findings, *made.findings))

    def missing_returns(self, evaluation: Evaluation) -> pd.DataFrame:
        """Who filed the year before and not in the evaluated year, or left cells open: what filing would change.

        evaluation: of these zones. The greatest effect on the score of a zone comes first; see
        `missing_returns.missing_returns` for the columns.
        """
        self._refuse_other(evaluation)
        return missing_returns(Zones(self.summed, evaluation))

    def _refuse_other(self, evaluation: Any) -> None:
        """Raise UsageError where this is no evaluation of these zones: its numbers would be those of others."""
        hint = Text("用这个结果的 evaluate() 得出", "take it from `evaluate()` of this very result")
        if not isinstance(evaluation, Evaluation):
            raise UsageError(of_type("evaluation", evaluation, hint))
        if evaluation.table is not self.zone_table and not evaluation.table.frame.equals(self.zone_table.frame):
            message = Text("不是这些园区的评价结果", "is no evaluation of these zones")
            code = "other_evaluation"
            raise UsageError(
                Finding(code=code, severity=Severity.ERROR, field="evaluation", message=message, hint=hint)
            )
