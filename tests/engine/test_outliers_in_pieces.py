"""Outliers are treated in pieces by what all rows say, as in memory to the last bit, and so is what follows."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import DataError, errors_of
from parkscore.framework.models import Choice, Defaults, Framework, Node, ScoreRule, Screen
from parkscore.methods import treatment
from parkscore.methods.treatments_in_order import shape_in_order, sum_in_blocks
from parkscore.tree.frozen import load_reference
from tests.engine_results import assert_no_split_moves_a_bit, assert_same, in_pieces
from tests.small_frameworks import field, leaf, small
from tests.tables_over_years import ROWS_OF_PIECE, YEARS, over_years, tables

TREATMENTS = [
    Choice.of("winsorise", skew=0.5, kurtosis=0.5),
    Choice.of("winsorise", most=2),
    Choice.of("log", skew=0.5, kurtosis=0.5),
    Choice.of("skewness_kurtosis", most=1, skew=0.5, kurtosis=0.5),
    Choice.of("percentile", lower=0.1, upper=0.8),
    Choice.of("iqr_fences", k=0.7),
    Choice.of("box_cox"),
    Choice.of("box_cox", power=-0.5),
]
EACH_ALONE = [Choice.of(name) for name in ("ln", "log1p", "signed_log", "none")]


def test_every_treatment_that_takes_anything_from_the_data_is_tried_here() -> None:
    ours = {method.name for method in treatment.values() if not method.row_local}
    assert {choice.name for choice in TREATMENTS} == ours
    assert {choice.name for choice in EACH_ALONE} == treatment.keys() - ours
    assert all(method.record_in_order for method in treatment.values())


@st.composite
def indicators(draw: Any) -> tuple[Node, ...]:
    def indicator(code: str, formula: str) -> Node:
        return leaf(
            code,
            formula,
            score=ScoreRule.of(draw(st.sampled_from(["minmax", "zscore", "rank", "as_is"]))),
            missing=Choice.of(draw(st.sampled_from(["reweight", "mean", "group_median", "score_group_mean"]))),
            treat=draw(st.sampled_from(TREATMENTS)),
            weight=1.0,
        )

    return indicator("i", "a"), indicator("j", "a / b")


def refusals(error: DataError) -> list[tuple[str, ...]]:
    return sorted((each.code, str(each.field)) for each in errors_of(error.findings))


def in_memory(framework: Framework, frame: pd.DataFrame, year: int | None) -> Any:
    try:
        return ps.evaluate(framework, frame, year=year)
    except DataError as error:
        return refusals(error)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(over_years(indicators()), tables(1e4, 18), ROWS_OF_PIECE, YEARS, st.randoms(use_true_random=False))
def test_no_split_and_no_order_changes_a_bit_of_what_is_treated(
    framework: Framework, frame: pd.DataFrame, rows: int, year: int | None, random: Any
) -> None:
    evaluation = in_memory(framework, frame, year)
    if isinstance(evaluation, list):
        with TemporaryDirectory() as folder, pytest.raises(DataError) as caught:
            in_pieces(framework, frame, Path(folder), rows=rows, year=year)
        assert refusals(caught.value) == evaluation
        return
    assert_no_split_moves_a_bit(evaluation, framework, frame, rows, year, random)


def of(choice: Choice) -> Framework:
    defaults = Defaults(weights=Choice.of("equal"), treat=choice, score=ScoreRule.of("minmax"))
    return small(leaf("a"), leaf("b"), defaults=defaults)


def table(rows: int = 500) -> pd.DataFrame:
    generator = np.random.default_rng(8)
    frame = pd.DataFrame({"zone": [f"u{number}" for number in range(rows)]})
    for name in "ab":
        values = np.round(generator.lognormal(3, 1.5, rows), 2)
        frame[name] = np.where(generator.random(rows) < 0.1, np.nan, values)
    return frame


@pytest.mark.parametrize("choice", TREATMENTS, ids=lambda choice: f"{choice.name} {dict(choice.parameters)}")
def test_a_treatment_is_told_and_frozen_as_from_memory(choice: Choice, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    _, told = in_pieces(of(choice), table(), tmp_path / "data", rows=60, threads=2, freeze=tmp_path / "ref.json")
    evaluation = ps.evaluate(of(choice), table())
    whole, gathered = evaluation.freeze(tmp_path / "whole.json"), load_reference(tmp_path / "ref.json")
    assert gathered.fitted.treatments == whole.fitted.treatments
    assert gathered.fitted.scoring == whole.fitted.scoring
    assert gathered.fitted.extents == whole.fitted.extents

    def said(findings: Any) -> list[str]:
        return sorted(each.message.en for each in findings if each.code in {"treated", "still_skewed"})

    assert said(told.findings) == said(evaluation.findings) != []


def test_where_no_row_may_be_scored_there_is_no_treatment_to_score_by(tmp_path: Path) -> None:
    said = {"treat": Choice.of("skewness_kurtosis"), "missing": Choice.of("score_group_mean", by="park")}
    framework = small(
        leaf("a", score=ScoreRule.of("benchmark", benchmark=10), **said),
        fields={"a": field("a"), "park": field("park", kind="text")},
        screen=Screen(availability=0.5, stage="indicators"),
    )
    frame = pd.DataFrame({"zone": list("xyz"), "a": [None, None, None], "park": list("PPQ")}).astype({"a": float})
    found, told = in_pieces(framework, frame, tmp_path, rows=2)
    assert_same(ps.evaluate(framework, frame), found, told)
    assert told.about["ranked"] == 0


@pytest.mark.parametrize("choice", EACH_ALONE, ids=lambda choice: choice.name)
def test_a_treatment_of_each_value_alone_is_told_as_from_memory(choice: Choice, tmp_path: Path) -> None:
    found, told = in_pieces(of(choice), table(), tmp_path, rows=60)
    assert_same(ps.evaluate(of(choice), table()), found, told)
    assert {"treated", "still_skewed"} & {each.code for each in told.findings}


def test_values_that_a_frozen_treatment_changes_are_counted_over_all_pieces(tmp_path: Path) -> None:
    framework = of(Choice.of("iqr_fences", k=0.7))
    ps.evaluate(framework, table(100)).freeze(tmp_path / "ref.json")
    evaluation = ps.evaluate(framework, table(), reference=tmp_path / "ref.json")
    (tmp_path / "data").mkdir()
    _, told = in_pieces(framework, table(), tmp_path / "data", rows=60, reference=tmp_path / "ref.json")
    counts = [[(each.field, each.value) for each in findings if each.code == "treated"]
              for findings in (told.findings, evaluation.findings)]  # fmt: skip
    assert sorted(counts[0]) == sorted(counts[1]) != []


@pytest.mark.parametrize("reference", ["per-year", "panel"])
@pytest.mark.parametrize("year", [None, 2024])
@pytest.mark.parametrize("choice", EACH_ALONE, ids=lambda choice: choice.name)
def test_what_each_value_alone_comes_to_is_told_beside_a_frozen_reference_as_from_memory(
    choice: Choice, year: int | None, reference: str, tmp_path: Path
) -> None:
    defaults = Defaults(weights=Choice.of("equal"), treat=choice, score=ScoreRule.of("minmax"))
    framework = small(leaf("a"), leaf("b"), time="year", reference=reference, defaults=defaults)
    both = pd.concat([table(60).assign(year=2023), table(90).assign(year=2024)])
    ps.evaluate(framework, both[both["year"] == 2023]).freeze(tmp_path / "ref.json")
    asked: dict[str, Any] = {"year": year, "reference": tmp_path / "ref.json"}
    evaluation = ps.evaluate(framework, both, **asked)
    (tmp_path / "data").mkdir()
    found, told = in_pieces(framework, both, tmp_path / "data", rows=25, threads=2, **asked)
    assert_same(evaluation, found, told)
    assert {"treated", "still_skewed"} & {each.code for each in told.findings}


def test_a_value_that_a_treatment_cannot_take_is_named_with_its_row(tmp_path: Path) -> None:
    frame = table(30)
    frame.loc[17, "a"] = 0.0
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError) as caught:
        in_pieces(of(Choice.of("box_cox")), frame, tmp_path / "data", rows=4)
    (found,) = caught.value.findings
    assert (found.code, found.field, found.unit, found.value) == ("domain", "a", "u17", 0.0)


def test_a_power_that_makes_too_large_numbers_is_refused_by_indicator(tmp_path: Path) -> None:
    frame = table(30).assign(b=np.geomspace(1e-3, 1e90, 30))
    framework = of(Choice.of("box_cox", power=5))
    with pytest.raises(DataError) as whole:
        ps.evaluate(framework, frame)
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError) as caught:
        in_pieces(framework, frame, tmp_path / "data", rows=4)
    assert refusals(caught.value) == refusals(whole.value) == [("domain", "b")]


@pytest.mark.parametrize("rows", [5, 70_000, 200_003])
def test_sums_by_blocks_are_those_of_numpy_to_the_last_bit(rows: int) -> None:
    values = np.sort(np.random.default_rng(rows).lognormal(3, 2, rows))
    assert sum_in_blocks(values, np.sqrt) == float(np.sqrt(values).sum())


@pytest.mark.parametrize("choice", TREATMENTS, ids=lambda choice: f"{choice.name} {dict(choice.parameters)}")
def test_a_column_in_a_file_is_looked_at_block_by_block(choice: Choice, tmp_path: Path) -> None:
    rows = 400_000
    np.sort(np.random.default_rng(1).lognormal(3, 2, rows)).tofile(tmp_path / "column")
    column = np.memmap(tmp_path / "column", np.float64, mode="r")
    record = treatment[choice.name].record_in_order
    assert record is not None
    record(column[:100], **choice.parameters)  # what it imports is none of its memory
    shape_in_order(column[:100])
    tracemalloc.start()
    try:
        record(column, **choice.parameters)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < column.nbytes
