"""References gathered from pieces are those of the table in memory, for every rule that takes them from the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import DataError
from parkscore.framework.models import Choice, Framework, ScoreRule
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import field, leaf, small

RULES: dict[str, dict[str, Any]] = {
    "minmax": {},
    "log": {"to": (1, 100)},
    "zscore": {"divisor": "n-1"},
    "sum": {},
    "max": {},
    "vector": {},
    "distance_to_max": {},
    "distance_to_target": {"target": 50},
    "distance_to_reference": {"unit": "u7"},
    "efficacy": {},
    "middle": {"best": 30},
    "interval": {"low": 20, "high": 40},
    "percentile_minmax": {"percentiles": (10, 90)},
    "rank": {},
    "borda": {},
    "percentile": {"to": (0, 100)},
}


def framework_of(rule: str, stated: dict[str, Any], direction: str = "higher") -> Framework:
    """A framework of one indicator."""
    return small(leaf("a", direction=direction, score=ScoreRule.of(rule, **stated)))


def table_of(seed: int, rows: int = 23) -> pd.DataFrame:
    """Values whose sums depend on the order that they are added in, some of them missing."""
    generator = np.random.default_rng(seed)
    values = np.round(generator.lognormal(3, 2, rows), 2)
    values[generator.random(rows) < 0.1] = np.nan
    values[7] = 33.0
    return pd.DataFrame({"zone": [f"u{number}" for number in range(rows)], "a": values})


@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_scores_in_pieces_as_in_memory_to_the_last_bit(tmp_path: Path, rule: str, direction: str) -> None:
    framework, frame = framework_of(rule, RULES[rule], direction), table_of(0)
    evaluation = ps.evaluate(framework, frame)
    found, told = in_pieces(framework, frame, tmp_path, rows=4, threads=2)
    assert_same(evaluation, found, told)
    whole = evaluation.scores.set_index("unit").loc[found["unit"], "score"]
    assert found["score"].to_numpy().tobytes() == whole.to_numpy().tobytes()


def test_a_value_that_a_rule_cannot_take_is_named_with_its_row(tmp_path: Path) -> None:
    framework = framework_of("sum", {}, "lower")
    frame = table_of(0)
    frame.loc[17, "a"] = 0.0
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError) as caught:
        in_pieces(framework, frame, tmp_path / "data", rows=4)
    (found,) = caught.value.findings
    assert (found.code, found.unit, found.value) == ("domain", "u17", 0.0)


def test_a_unit_to_measure_against_that_no_piece_has_is_said(tmp_path: Path) -> None:
    framework = framework_of("distance_to_reference", {"unit": "nobody"})
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError, match="the reference has no unit nobody"):
        in_pieces(framework, table_of(0), tmp_path / "data", rows=4)


def test_a_reference_that_a_rule_cannot_take_is_told_where_a_part_has_no_row(tmp_path: Path) -> None:
    growing = leaf("g", "growth(a)", score=ScoreRule.of("minmax"))  # reads last year: rows are brought together by unit
    logarithmic = leaf("a", score=ScoreRule.of("log"), missing=Choice.of("score_group_mean", by="park"))
    fields = {"a": field("a"), "park": field("park", kind="text")}
    framework = small(logarithmic, growing, fields=fields, time="year", reference=2023)
    frame = pd.DataFrame({
        "zone": [*"ExxxEE"], "year": [2024, 2022, 2024, 2023, 2023, 2022],
        "a": [-3.0, 1, 5, -2, 0, 3], "park": ["P"] * 6,
    })  # fmt: skip
    with pytest.raises(DataError) as caught:
        in_pieces(framework, frame, tmp_path, rows=1)
    assert {"E", "x"} <= {each.unit for each in caught.value.findings if each.code == "domain"}
