"""What became of a dataset: counts, findings, the best rows, and where the results stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from parkscore.findings import Finding
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.tree.accounting import Account, account_table
from parkscore.tree.list_tables import ListCount, count_table
from parkscore.tree.target_tables import target_table
from parkscore.tree.targets import Progress
from parkscore.tree.weigh import Weighing


@dataclass(frozen=True, eq=False)
class DatasetResult:
    """The result of `score_dataset`.

    path: the file with a row for each row of the data. about: what was scored with what, as in `Evaluation.about`.
    accounts: the lines of `accounting`. leading: the rows of `top`. notes: what must stand on every output. reference:
    the hash of the reference that was scored by, None where it was fitted on these rows. list_counted: the lines of
    `list_counts`. progress: how far each target of the framework is in each scored year. new_and_gone: which units
    stand in one of two years only, where they are compared.
    """

    path: Path
    framework: Framework
    about: Mapping[str, Any]
    weighing: Weighing
    accounts: tuple[Account, ...]
    leading: pa.Table
    notes: tuple[Text, ...]
    findings: tuple[Finding, ...]
    reference: str | None = None
    list_counted: Sequence[ListCount] = ()
    progress: Sequence[Progress] = ()
    new_and_gone: tuple[Text, ...] = ()

    def __repr__(self) -> str:
        """One line: what was ranked, and where it stands."""
        return f"<DatasetResult {self.framework.id}: {self.ranked} of {self.rows} ranked, in {self.path.name}>"

    @property
    def rows(self) -> int:
        """How many rows were scored."""
        return int(self.about["units"])

    @property
    def accounting(self) -> pd.DataFrame:
        """What became of every row, in parts that sum, as in `Evaluation.accounting`."""
        return account_table(self.accounts)

    @property
    def top(self) -> pd.DataFrame:
        """The first ten of the latest year."""
        frame: pd.DataFrame = self.leading.to_pandas()
        return frame

    @property
    def list_counts(self) -> pd.DataFrame:
        """How many rows each list looked at, and where they are, as in `Evaluation.list_counts`."""
        return count_table(self.list_counted, with_years=self.framework.time is not None)

    @property
    def targets(self) -> pd.DataFrame:
        """What all units together have reached of each target, as in `Evaluation.targets`."""
        return target_table(self.progress)

    @property
    def ranked(self) -> int:
        """How many of them are ranked."""
        return int(self.about["ranked"])
