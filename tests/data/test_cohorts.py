"""Which rows are scored, and against which others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.class_column import by_field
from parkscore.data.coded_texts import CodedTexts
from parkscore.data.cohorts import cohorts, cohorts_by_class, scored_rows
from parkscore.data.grid import Cohort, as_selection, rows_by_value
from parkscore.data.table import Table
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Framework
from tests.small_frameworks import leaf, panel, rows, small, table_of

FRAME = panel("zone year a\n甲 2023 1\n乙 2024 2\n甲 2024 3\n乙 2022 4")
ALL = np.arange(4)


def yearly(reference: Any) -> tuple[Framework, Table]:
    framework = small(leaf("a"), time="year", reference=reference)
    return framework, table_of(framework, FRAME)


def plain(cohort: Cohort) -> tuple[Any, ...]:
    return cohort.name, cohort.year, cohort.apply.tolist(), cohort.fit.tolist(), cohort.pool.tolist()


def test_each_year_is_measured_against_itself() -> None:
    found = cohorts(*yearly("per-year"), ALL, ALL)
    assert [plain(cohort) for cohort in found] == [
        ("2022", 2022, [3], [3], [3]),
        ("2023", 2023, [0], [0], [0]),
        ("2024", 2024, [1, 2], [1, 2], [1, 2]),
    ]


def test_a_panel_is_measured_against_all_years_even_where_one_is_scored() -> None:
    framework, table = yearly("panel")
    (found,) = cohorts(framework, table, scored_rows(table, 2024), ALL)
    assert plain(found) == ("panel", None, [1, 2], [0, 1, 2, 3], [0, 1, 2, 3])


def test_a_named_year_is_what_all_years_are_measured_against() -> None:
    (found,) = cohorts(*yearly(2023), ALL, ALL)
    assert plain(found) == ("2023", None, [0, 1, 2, 3], [0], [0, 1, 2, 3])


def test_rows_that_were_screened_out_are_no_reference() -> None:
    eligible = np.array([0, 2])
    (found,) = cohorts(*yearly("panel"), eligible, eligible)
    assert plain(found) == ("panel", None, [0, 2], [0, 2], [0, 2])


def test_a_year_without_any_eligible_row_is_no_cohort() -> None:
    eligible = np.array([1, 2])
    assert [cohort.name for cohort in cohorts(*yearly("per-year"), eligible, eligible)] == ["2024"]
    nobody = np.array([], dtype=np.intp)
    assert cohorts(*yearly("panel"), nobody, ALL) == ()


def test_without_years_all_rows_are_measured_together() -> None:
    framework = small(leaf("a"))
    (found,) = cohorts(framework, table_of(framework, rows(a=[1, 2])), np.arange(2), np.arange(2))
    assert plain(found) == ("all", None, [0, 1], [0, 1], [0, 1])


def test_a_reference_year_that_is_not_in_the_data_is_refused_with_the_years_that_are() -> None:
    with pytest.raises(DataError) as raised:
        cohorts(*yearly(2019), ALL, ALL)
    (finding,) = raised.value.findings
    assert finding.code == "no_such_year"
    assert finding.value == 2019
    assert "reference" in finding.message.en
    assert str(finding.place) == "DataFrame"
    assert finding.hint is not None
    assert "2022, 2023, 2024" in finding.hint.en


def test_a_year_to_score_that_is_not_in_the_data_is_refused_with_the_years_that_are() -> None:
    _, table = yearly("per-year")
    with pytest.raises(UsageError) as raised:
        scored_rows(table, 2019)
    (finding,) = raised.value.findings
    assert (finding.code, finding.value) == ("no_such_year", 2019)
    assert finding.hint is not None
    assert "2022, 2023, 2024" in finding.hint.zh


def test_a_year_cannot_be_named_where_there_are_none() -> None:
    framework = small(leaf("a"))
    with pytest.raises(UsageError) as raised:
        scored_rows(table_of(framework, rows(a=[1])), 2024)
    assert raised.value.findings[0].code == "no_time"


@given(st.lists(st.sampled_from(["东", "西", "北", "a"]), max_size=12), st.data())
def test_rows_are_grouped_by_value_in_their_order(texts: list[str], data: st.DataObject) -> None:
    keys = np.array(texts, dtype=np.str_)
    rows = np.array(sorted(data.draw(st.sets(st.sampled_from(range(len(texts)))))) if texts else [], dtype=np.intp)
    found = [(key, own.tolist()) for key, own in rows_by_value(keys, rows)]
    wanted = [
        (key, [row for row in rows.tolist() if texts[row] == key]) for key in sorted({texts[row] for row in rows})
    ]
    assert found == wanted


def test_many_groups_are_found_without_looking_at_all_rows_for_each() -> None:
    class Counted(np.ndarray[Any, Any]):
        looks = 0

        def __eq__(self, other: object) -> Any:
            Counted.looks += 1
            return super().__eq__(other)

    keys = np.arange(50).view(Counted)
    assert len(rows_by_value(keys, np.arange(50))) == 50
    assert Counted.looks < 50


@given(data=st.data(), keys=st.lists(st.integers(-3, 70_000), max_size=30))
def test_rows_are_grouped_by_number_as_by_any_other_value(data: st.DataObject, keys: list[int]) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(keys))), unique=True) if keys else st.just([]))
    rows = np.array(sorted(chosen), dtype=np.intp)
    found = [(key, own.tolist()) for key, own in rows_by_value(np.array(keys, dtype=np.int64), rows)]
    as_texts = dict(rows_by_value(np.array([str(key) for key in keys]), rows))
    assert found == [(key, as_texts[str(key)].tolist()) for key in sorted({keys[row] for row in rows})]


@given(rows=st.lists(st.integers(0, 12), unique=True))
def test_rows_that_follow_each_other_are_taken_without_a_copy(rows: list[int]) -> None:
    everything, chosen = np.arange(13), np.array(rows, dtype=np.intp)
    selection = as_selection(chosen)
    assert everything[selection].tolist() == rows
    assert isinstance(selection, slice) == (bool(rows) and rows == list(range(rows[0], rows[-1] + 1)))


@given(classes=st.lists(st.sampled_from(["b", "a", "c", None]), min_size=1, max_size=12), data=st.data())
def test_classes_are_kept_apart_in_the_order_of_their_names(classes: list[str | None], data: st.DataObject) -> None:
    everyone = np.arange(len(classes), dtype=np.intp)
    fit = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=len(classes), max_size=len(classes))))
    parts = cohorts_by_class((Cohort("all", None, everyone, fit, everyone),), by_field(CodedTexts.of(classes)))
    assert [each.class_id for each in parts] == sorted({name for name in classes if name is not None})
    for each in parts:
        own = [row for row, name in enumerate(classes) if name == each.class_id]
        assert each.apply.tolist() == each.pool.tolist() == own
        assert each.fit.tolist() == [row for row in own if row in fit.tolist()]
        assert each.pool is each.apply
