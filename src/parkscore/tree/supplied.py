"""What a scoring rule is handed beside the values: direction, years, units, base-year values, and whom to count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from parkscore.data.chosen import categories_of
from parkscore.data.grid import Grid, Rows, Vector
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Place, Severity
from parkscore.framework.models import Framework
from parkscore.framework.settings import SIGN, Settings, resolve_settings
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.methods import scoring


@dataclass(frozen=True)
class Supply:
    """Where the supplied parameters come from.

    base: the grid before treatment, for what a unit had in the base year is compared and never itself scored.
    base_rows: by base year, for each row of the table, the row of the same unit in that year; -1 where there is none.
    categories: by the column of an indicator that is a category, what its codes stand for.
    """

    table: Table
    base: Grid
    base_rows: Mapping[int, Rows]
    categories: Mapping[int, tuple[str, ...]]

    def given(self, settings: Settings, column: int, values: Vector, rows: Rows, fit: Rows) -> dict[str, Any]:
        """The supplied parameters of an indicator's rule, for these rows measured against those of `fit`."""
        wanted = scoring[settings.score.name].parameters
        given: dict[str, Any] = {"direction": SIGN.get(str(settings.direction), 1)}
        if "categories" in wanted and column in self.categories:
            given["categories"] = self.categories[column]
        if "years" in wanted and self.table.years is not None:
            given["years"] = self.table.years[rows]
        if "units" in wanted:
            given["units"] = self.table.units[rows]
        if "among" in wanted:
            given["among"] = values[fit]
        year = base_year(settings)
        if year is not None and year in self.base_rows:
            given["base"] = self.base_values(year, column)[rows]
        return given

    def base_values(self, year: int, column: int) -> Vector:
        """For each row of the table the value of its unit in a base year, NaN where there is none."""
        rows = self.base_rows[year]
        return np.where(rows < 0, np.nan, self.base.numbers[column][rows])


def supply(framework: Framework, table: Table, base: Grid) -> Supply:
    """What the rules of a framework are handed from a table; base: the grid before treatment.

    Raises DataError for each indicator whose base year is not in the data.
    """
    settings = resolve_settings(framework)
    categories = {
        column: categories_of(table, leaf.category)
        for column, leaf in enumerate(framework.leaves)
        if leaf.category is not None
    }
    if table.years is None:
        return Supply(table, base, {}, categories)
    wanted = [(leaf, year) for leaf in framework.leaves if (year := base_year(settings[leaf.id])) is not None]
    known = np.unique(table.years)
    missing = [(leaf, year) for leaf, year in wanted if year not in known]
    if missing:
        years = ", ".join(map(str, known))
        raise DataError([
            Finding(
                code="no_such_year",
                severity=Severity.ERROR,
                place=Place(table.origin.file),
                field=leaf.id,
                value=year,
                message=Text(
                    f"{leaf.label.zh}：数据中没有基期年份", f"{leaf.label.en}: the data have no such base year"
                ),
                hint=Text(f"数据中有：{years}", f"the data have: {years}"),
            )
            for leaf, year in missing
        ])  # fmt: skip
    return Supply(table, base, {year: _rows_in(table, year) for year in {year for _, year in wanted}}, categories)


def base_year(settings: Settings) -> int | None:
    """The year whose values an indicator's rule needs for each unit; None where it needs none."""
    rule = settings.score
    own = "base" in scoring[rule.name].parameters and rule.parameters.get("base_value") is None
    return int(rule.parameters["base_year"]) if own else None


def _rows_in(table: Table, year: int) -> Rows:
    """For each row, the row of the same unit in a year; -1 where there is none."""
    in_year = np.flatnonzero(table.years == year)
    places = pd.Index(table.units[in_year]).get_indexer(pd.Index(table.units))
    return np.where(places < 0, -1, in_year[places]).astype(np.intp)
