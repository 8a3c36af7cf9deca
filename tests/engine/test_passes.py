"""A dataset scored piece by piece has the results of the same table in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore import shipped
from parkscore.cli.scoring import all_findings
from parkscore.engine import checking
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.judging_models import RankedList, Requirement
from parkscore.framework.models import Framework, Rule
from parkscore.framework.slots import refuse_unfilled
from parkscore.tree.schemes import plan_weights
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import field, leaf, rows, small


def weights_of(framework: Framework) -> str | None:
    """Equal weights where a framework does not know its own."""
    try:
        plan_weights(framework, None)
    except FrameworkError:
        return "equal"
    return None


def admitted() -> list[str]:
    """The shipped frameworks that can be scored."""
    names = []
    for name in shipped.framework_names():
        try:
            refuse_unfilled(ps.load_framework(name))
        except (FrameworkError, UsageError):
            continue
        names.append(name)
    return names


@pytest.mark.parametrize("name", admitted())
def test_a_shipped_framework_gives_the_same_in_pieces_as_in_memory(name: str, tmp_path: Path) -> None:
    framework = ps.load_framework(name)
    frame, weights = ps.sample(framework, 25), weights_of(framework)
    found, told = in_pieces(framework, frame, tmp_path, rows=4, threads=2, weights=weights)
    assert_same(ps.evaluate(framework, frame, weights=weights), found, told)


def damaged(frame: pd.DataFrame) -> pd.DataFrame:
    """Some numbers a thousand times as large, below zero or missing, the same ones every time."""
    frame, random = frame.copy(), np.random.default_rng(5)
    years = [name for name in frame.columns if frame[name].isin(range(2020, 2030)).all()]
    numbers = [name for name in frame.columns.difference(years) if pd.api.types.is_numeric_dtype(frame[name])]
    for name in numbers:
        column = frame[name].to_numpy(np.float64, copy=True)
        for worse in (column * 1000, -column, np.full(column.shape, np.nan)):
            own = random.random(column.shape) < 0.08
            column[own] = worse[own]
        frame[name] = column
    return frame


@pytest.mark.parametrize("name", ["zone-2021", "zone-figures", "torch-returns", "innovative-sme", "incubator-2018"])
def test_what_is_wrong_with_data_of_a_shipped_framework_is_found_alike(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = ps.load_framework(name)
    damaged(ps.sample(framework, 25)).to_parquet(tmp_path / "data.parquet", row_group_size=4)
    monkeypatch.setattr(checking, "ROWS_OF_PIECE", 4)
    found, _ = checking.check_dataset(framework, tmp_path / "data.parquet")
    expected, _ = all_findings(framework, str(tmp_path / "data.parquet"))
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert len(found) > 5


def test_a_parquet_result_tells_in_its_metadata_what_a_reader_of_one_row_needs(tmp_path: Path) -> None:
    framework = ps.load_framework("tech-sme")
    frame = ps.sample(framework, 12)
    in_pieces(framework, frame, tmp_path, rows=5)
    told = json.loads(pq.read_metadata(tmp_path / "out.parquet").metadata[b"parkscore"])
    assert {entry["id"] for entry in told["tree"]} == {node.id for node in framework.root.walk()}
    means = {(each["year"], each["node"]): each["mean"] for each in told["means"]}
    evaluation = ps.evaluate(framework, frame)
    for (year, node), mean in means.items():
        own = evaluation.scores if year is None else evaluation.scores[evaluation.scores["year"] == year]
        assert mean == pytest.approx(own["score" if node == "total" else node].mean(), abs=1e-6)


def test_a_gap_in_a_parquet_result_has_its_reason(tmp_path: Path) -> None:
    framework = small(leaf("ratio", "a / b"), leaf("a"), fields={"a": field("a"), "b": field("b")})
    found, _ = in_pieces(framework, rows(a=[1.0, None, 3.0], b=[2.0, 1.0, 0.0]), tmp_path, rows=2)
    assert found["state:ratio"].where(found["state:ratio"].notna(), "").tolist() == ["", "missing", "divided_by_zero"]
    assert found["value:ratio"].isna().tolist() == [False, True, True]


def test_one_year_is_scored_alone_and_a_year_that_no_row_has_is_refused(tmp_path: Path) -> None:
    framework = ps.load_framework("incubator-2018")
    frame = ps.sample(framework, 12)
    found, told = in_pieces(framework, frame, tmp_path, year=2024)
    assert_same(ps.evaluate(framework, frame, year=2024), found, told)
    with pytest.raises(UsageError) as caught:
        ps.score_dataset(framework, tmp_path / "data.parquet", tmp_path / "other.parquet", year=1999)
    assert [each.code for each in caught.value.findings] == ["no_such_year"]
    with pytest.raises(UsageError) as caught:
        ps.score_dataset(small(leaf("a")), tmp_path / "data.parquet", tmp_path / "other.parquet", year=2024)
    assert [each.code for each in caught.value.findings] == ["no_time"]


YEARS = pd.DataFrame({
    "zone": [*"甲乙丙甲乙丙甲乙丙"], "year": [2022] * 3 + [2023] * 3 + [2024] * 3,
    "a": [1.0, 2, 4, 2, 3, 3, 4, 9, 2],
})  # fmt: skip


@pytest.mark.parametrize("formula", ["cagr_since(a, 2022)", "a - lag(a)", "sum_years(a, 2)", "count_years(a > 2, 3)"])
@pytest.mark.parametrize("stands", ["in an indicator", "in a field", "in a gate", "in a list", "in a rule"])
def test_a_formula_finds_the_other_years_of_a_unit_in_whatever_piece_they_stand(
    stands: str, formula: str, tmp_path: Path
) -> None:
    said: dict[str, dict[str, Any]] = {
        "in an indicator": {"indicators": (leaf("i", formula),)},
        "in a field": {"indicators": (leaf("i", "b"),), "fields": {"b": field("b", formula=formula, kind="number")}},
        "in a gate": {"gates": (Requirement(id="g", zh="门槛", require=f"{formula} > 1"),)},
        "in a list": {"lists": (RankedList(id="l", zh="榜", by=formula),)},
        "in a rule": {"rules": (Rule(id="r", zh="规则", require=f"{formula} > 1"),)},
    }
    own = {"indicators": (leaf("j", "a"),), "fields": {}} | said[stands]
    framework = small(*own.pop("indicators"), fields={"a": field("a"), **own.pop("fields")}, time="year", **own)
    found, told = in_pieces(framework, YEARS, tmp_path, rows=3)
    assert_same(ps.evaluate(framework, YEARS), found, told)
