"""Look at an evaluation from all sides that a statistician would ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from parkscore.diagnosis.availability import availability_by_indicator, availability_by_unit
from parkscore.diagnosis.correlations import correlation_table, denominator_table
from parkscore.diagnosis.influence import influence_table
from parkscore.diagnosis.reliability import reliability_tables
from parkscore.diagnosis.shortfall import coordination_table, obstacle_tables
from parkscore.diagnosis.spread import statistics_table
from parkscore.evaluation import Evaluation
from parkscore.findings import UsageError, of_type
from parkscore.framework.status_words import WEIGHTS_STATUS
from parkscore.language import Language, Text, known
from parkscore.output.documents import records, write_json
from parkscore.output.workbook import write_workbook
from parkscore.results.own_tables import own_table
from parkscore.tree.only_gates import refuse_only_gates

SCHEMA = "parkscore-diagnosis/1"


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The result of `diagnose`, a table for each question; whoever asks for one gets a copy of his own.

    made: every table by its name.
    """

    evaluation: Evaluation
    made: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        """One line: what was looked at, and how much of it is flagged."""
        return f"<Diagnosis {self.evaluation.framework.id}: {self.evaluation.rows.size} rows, {self.flagged} flags>"

    @own_table
    def influence(self) -> pd.DataFrame:
        """What each part says that it weighs, and how it acts."""
        return self.made["influence"]

    @own_table
    def correlations(self) -> pd.DataFrame:
        """Of siblings, and of each node with those above it."""
        return self.made["correlations"]

    @own_table
    def reliability(self) -> pd.DataFrame:
        """Whether a dimension measures one thing."""
        return self.made["reliability"]

    @own_table
    def items(self) -> pd.DataFrame:
        """What each indicator does to the reliability of its dimension."""
        return self.made["items"]

    @own_table
    def components(self) -> pd.DataFrame:
        """The principal components of each dimension."""
        return self.made["components"]

    @own_table
    def statistics(self) -> pd.DataFrame:
        """The spread of values and of scores."""
        return self.made["statistics"]

    @own_table
    def availability(self) -> pd.DataFrame:
        """What is there, by indicator."""
        return self.made["availability"]

    @own_table
    def units(self) -> pd.DataFrame:
        """What is there, by unit."""
        return self.made["units"]

    @own_table
    def denominators(self) -> pd.DataFrame:
        """Whether an indicator follows size."""
        return self.made["denominators"]

    @own_table
    def obstacles(self) -> pd.DataFrame:
        """What holds the units back, by indicator."""
        return self.made["obstacles"]

    @own_table
    def unit_obstacles(self) -> pd.DataFrame:
        """What holds each unit back most."""
        return self.made["unit_obstacles"]

    @own_table
    def coordination(self) -> pd.DataFrame:
        """How evenly the dimensions of each unit are developed."""
        return self.made["coordination"]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {name: table.copy(deep=False) for name, table in self.made.items()}

    @property
    def flagged(self) -> int:
        """The number of rows with a flag, in all tables."""
        return sum(int(table["flag"].notna().sum()) for table in self.tables.values() if "flag" in table)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What must be known to read the tables: the notes of the evaluation, and that years were put together."""
        years = self.evaluation.table.years
        several = years is not None and len(np.unique(years[self.evaluation.rows])) > 1
        return (*self.evaluation.notes, _SEVERAL_YEARS) if several else self.evaluation.notes

    @property
    def origin(self) -> Text:
        """What was diagnosed: framework, weights, data and version, on one line."""
        about = self.evaluation.about
        weights, status = self.evaluation.weighing.title, WEIGHTS_STATUS[self.evaluation.weights_status]
        return Text(
            f"指标体系 {about['framework']}；权重：{weights.zh}（{status.zh}）；数据 {about['data']}；"
            f"parkscore {about['parkscore']}",
            f"framework {about['framework']}; weights: {weights.en} ({status.en}); data {about['data']}; "
            f"parkscore {about['parkscore']}",
        )

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The diagnosis as plain data, ready for JSON."""
        known(language)
        tables = {name: records(table) for name, table in self.tables.items()}
        notes = [note.in_language(language) for note in self.notes]
        return {"schema": SCHEMA, "about": self.evaluation.about, "notes": notes, **tables}

    def to_json(self, path: str | Path, language: Language = "en") -> Path:
        """Write every table as one JSON document."""
        return write_json(path, lambda: self.as_dict(language))

    def to_excel(self, path: str | Path, language: Language = "zh") -> Path:
        """Write a workbook with a sheet for each table."""
        from parkscore.diagnosis.sheets import sheets_of

        notes = [note.in_language(language) for note in (self.origin, *self.notes)]
        title = self.evaluation.framework.title.label.in_language(language)
        labels = {node.id: node.label for node in self.evaluation.framework.root.walk()}
        return write_workbook(path, lambda: sheets_of(self.tables, labels, notes, language), {"title": title})


_SEVERAL_YEARS = Text(
    "各年的行合在一起统计；用 --year 只看一年", "rows of several years are taken together; --year takes one"
)


def diagnose(evaluation: Evaluation) -> Diagnosis:
    """Availability, spread, correlations, reliability, true weights, obstacles and coordination of an evaluation.

    Correlations and main effects take the rows that have both numbers, alpha and components the complete rows; each
    says how many. What cannot be computed has a flag that says why. Raises UsageError where there are no indicators.

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> diagnosis = ps.diagnose(ps.evaluate("zone-figures", example_path("zone-figures.csv")))
    >>> diagnosis.availability["present"].tolist()
    [11, 4, 5, 3, 4, 3]
    """
    _refuse_other_types(evaluation)
    refuse_only_gates(evaluation.framework, Text("没有可诊断的", "there is nothing to diagnose"))
    reliability = reliability_tables(evaluation)
    obstacles, unit_obstacles = obstacle_tables(evaluation)
    made = {
        "influence": influence_table(evaluation),
        "correlations": correlation_table(evaluation),
        "reliability": reliability.groups,
        "items": reliability.items,
        "components": reliability.components,
        "statistics": statistics_table(evaluation),
        "availability": availability_by_indicator(evaluation),
        "units": availability_by_unit(evaluation),
        "denominators": denominator_table(evaluation),
        "obstacles": obstacles,
        "unit_obstacles": unit_obstacles,
        "coordination": coordination_table(evaluation),
    }
    return Diagnosis(evaluation, made)


def _refuse_other_types(evaluation: Any) -> None:
    if not isinstance(evaluation, Evaluation):
        hint = Text("给 parkscore.evaluate 的结果", "give what parkscore.evaluate returns")
        raise UsageError(of_type("evaluation", evaluation, hint))
