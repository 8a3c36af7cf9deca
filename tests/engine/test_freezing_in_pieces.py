"""A reference that was gathered piece by piece and frozen is the one that the table in memory gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import UsageError
from parkscore.framework.models import Framework, ScoreRule
from parkscore.tree.frozen import load_reference
from tests.engine.test_references_in_pieces import RULES, framework_of, table_of
from tests.engine_results import in_pieces
from tests.small_frameworks import codes, field, leaf, small

FITTED = [rule for rule in RULES if rule not in {"rank", "borda", "percentile"}]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "ref.json"


def scored(framework: Framework, frame: pd.DataFrame, tmp_path: Path, kept: Path, **asked: Any) -> pd.DataFrame:
    (tmp_path / "data").mkdir()
    return in_pieces(framework, frame, tmp_path / "data", freeze=kept, **asked)[0]


@pytest.mark.parametrize("rule", FITTED)
def test_the_numbers_are_those_of_the_table_in_memory(rule: str, tmp_path: Path, kept: Path) -> None:
    framework, frame = framework_of(rule, RULES[rule]), table_of(3)
    found = scored(framework, frame, tmp_path, kept).set_index("unit")["score"]
    evaluation = ps.evaluate(framework, frame)
    whole, gathered = evaluation.freeze(tmp_path / "whole.json"), load_reference(kept)
    assert gathered.fitted.scoring == whole.fitted.scoring
    assert gathered.fitted.extents == whole.fitted.extents
    assert (gathered.rows, gathered.depends_on) == (whole.rows, whole.depends_on)
    later = ps.evaluate(framework, frame, reference=kept).scores.set_index("unit")["score"]
    np.testing.assert_array_equal(later.reindex(found.index), found)


def test_groups_and_a_year_are_kept_apart(tmp_path: Path, kept: Path) -> None:
    fields = {"a": field("a"), "park": field("park", kind="text")}
    framework = small(leaf("a"), fields=fields, time="year", reference_within=("park",))
    frame = table_of(5).assign(park=[*"东西北" * 7, "东", None], year=[2023, 2024] * 11 + [2024])
    scored(framework, frame, tmp_path, kept, year=2024)
    gathered = load_reference(kept)
    whole = ps.evaluate(framework, frame, year=2024).freeze(tmp_path / "whole.json")
    assert gathered.name == "2024"
    assert gathered.fitted.scoring == whole.fitted.scoring
    assert set(gathered.fitted.scoring) == {"2024 · 东", "2024 · 西", "2024 · 北"}


def refused(framework: Framework, frame: pd.DataFrame, tmp_path: Path, kept: Path) -> list[str]:
    (tmp_path / "data").mkdir()
    frame.to_parquet(tmp_path / "data" / "d.parquet")
    with pytest.raises(UsageError) as caught:
        ps.score_dataset(framework, tmp_path / "data" / "d.parquet", tmp_path / "data" / "o.parquet", freeze=kept)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["d.parquet"]
    assert not kept.exists()
    return codes(caught.value.findings)


def test_several_years_leave_no_file_behind(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a"), time="year")
    assert refused(framework, table_of(1).assign(year=[2023, 2024] * 11 + [2024]), tmp_path, kept) == ["several_years"]


def test_a_rule_that_counts_the_others_is_refused(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a", score=ScoreRule.of("rank")))
    assert refused(framework, table_of(1), tmp_path, kept) == ["no_fixed_reference"]


def test_where_nothing_is_taken_from_the_data_there_is_nothing_to_keep(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a", score=ScoreRule.of("as_is")))
    assert refused(framework, table_of(1), tmp_path, kept) == ["nothing_to_freeze"]
