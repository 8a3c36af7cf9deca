"""What is said of a year that is measured against others is the same in pieces as in memory."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import ParkscoreError
from parkscore.framework.models import Case, Choice, Framework, ScoreRule
from tests.engine.test_frozen_alike import FIELDS, FRAME, frameworks, of_parks, tables
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import EQUAL, codes, leaf, panel, rows, small

SIGNED_LOG = EQUAL.model_copy(update={"treat": Choice.of("signed_log")})


def evaluated(framework: Framework, frame: pd.DataFrame, year: int) -> ps.Evaluation | None:
    """None where it is refused."""
    try:
        return ps.evaluate(framework, frame, year=year)
    except ParkscoreError:
        return None


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(frameworks(), tables(), st.sampled_from([2023, 2024]), st.integers(1, 4))
def test_a_year_against_others_is_told_in_pieces_as_in_memory(
    framework: Framework, frame: pd.DataFrame, year: int, size: int
) -> None:
    evaluation = evaluated(framework, frame, year)
    if evaluation is not None:
        with TemporaryDirectory() as folder:
            assert_same(evaluation, *in_pieces(framework, frame, Path(folder), rows=size, year=year))


@pytest.mark.parametrize("reference", ["panel", 2023])
def test_no_treatment_is_told_of_a_group_of_which_no_row_is_scored(reference: Any, tmp_path: Path) -> None:
    frame = FRAME.assign(park=FRAME["park"].where(FRAME["year"] == 2023, None))
    told = in_pieces(of_parks(reference, defaults=SIGNED_LOG), frame, tmp_path, year=2024)[1]
    assert "treated" not in codes(told.findings)


def test_an_indicator_that_is_constant_once_treated_is_told_where_its_reference_lies_in_other_pieces(
    tmp_path: Path,
) -> None:
    framework = small(leaf("a"), leaf("b"), fields=FIELDS, time="year", reference="panel", defaults=SIGNED_LOG)
    frame = panel("zone year a b\n甲 2024 100 1\n乙 2024 100 2\n丙 2023 100 3").assign(park="东", kind="大")
    evaluation = ps.evaluate(framework, frame, year=2024)
    assert "constant_column" in codes(evaluation.findings)
    assert_same(evaluation, *in_pieces(framework, frame, tmp_path, rows=1, year=2024))


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [5.0, 5.0, None]])
def test_an_indicator_is_not_constant_where_pieces_have_different_cases_of_it(values: Any, tmp_path: Path) -> None:
    low, high = (ScoreRule.of("goalposts", low=0, high=most) for most in (5, 9))
    cases = (Case(when="kind == '大'", score=low), Case(score=high))
    framework = small(leaf("a", cases=cases), leaf("b"), fields=FIELDS)
    frame = rows(a=values, b=[1.0, 2.0, 3.0], kind=["大", "大", "小"], park=["东", "东", "西"])
    evaluation = ps.evaluate(framework, frame)
    assert "constant_column" not in codes(evaluation.findings)
    assert_same(evaluation, *in_pieces(framework, frame, tmp_path, rows=1))
