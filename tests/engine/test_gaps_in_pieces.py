"""Gaps that get what other units have are filled in pieces as in memory, to the last bit, and so is what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import Choice, Framework, Node, ScoreRule
from parkscore.tree.frozen import load_reference
from tests.engine_results import assert_no_split_moves_a_bit, assert_same, in_pieces
from tests.small_frameworks import dimension, leaf, small
from tests.tables_over_years import FIELDS, ROWS_OF_PIECE, YEARS, over_years, tables

FROM_OTHERS = ("mean", "median", "group_mean", "group_median", "score_group_mean")


def policy(name: str, by: str | None = None) -> Choice:
    return Choice.of(name) if by is None else Choice.of(name, by=by)


@st.composite
def indicators(draw: Any) -> tuple[Node, ...]:
    """Three indicators whose gaps are filled from others, scored against others or not."""

    def indicator(code: str, formula: str) -> Node:
        name = draw(st.sampled_from(FROM_OTHERS))
        by = draw(st.sampled_from([None, "park"])) if "group" in name else None
        rule = draw(st.sampled_from(["minmax", "zscore", "sum", "rank", "percentile", "as_is"]))
        score = ScoreRule.of(rule, **({"to": (1, 100)} if rule == "minmax" else {}))
        said = draw(st.sampled_from([{}, {"round": {"decimals": 1, "how": "half_even"}}]))
        return leaf(code, formula, score=score, missing=policy(name, by), weight=1.0, **said)

    return dimension("d", indicator("i", "a"), indicator("j", "a / b"), weight=1.0), indicator("k", "b")


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(over_years(indicators()), tables(1e6, 12), ROWS_OF_PIECE, YEARS, st.randoms(use_true_random=False))
def test_no_split_and_no_order_changes_a_bit_of_what_is_filled(
    framework: Framework, frame: pd.DataFrame, rows: int, year: int | None, random: Any
) -> None:
    assert_no_split_moves_a_bit(ps.evaluate(framework, frame, year=year), framework, frame, rows, year, random)


def of(name: str) -> Framework:
    missing = policy(name, "park" if "group" in name else None)
    return small(leaf("a", missing=missing, score=ScoreRule.of("minmax", to=(1, 100))), fields=FIELDS)


def table() -> pd.DataFrame:
    generator = np.random.default_rng(4)
    values = np.round(generator.lognormal(3, 2, 500), 2)
    values[generator.random(500) < 0.2] = np.nan
    parks = generator.choice(["东", "西", "北", None], 500)
    return pd.DataFrame({"zone": [f"u{number}" for number in range(500)], "a": values, "park": parks})


@pytest.mark.parametrize("name", FROM_OTHERS)
def test_what_fills_gaps_is_frozen_as_from_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    in_pieces(of(name), table(), tmp_path / "data", rows=60, freeze=tmp_path / "ref.json")
    whole = ps.evaluate(of(name), table()).freeze(tmp_path / "whole.json")
    gathered = load_reference(tmp_path / "ref.json")
    assert gathered.fitted.fillings == whole.fitted.fillings
    assert gathered.fitted.filled_scores == whole.fitted.filled_scores
    assert gathered.fitted.scoring == whole.fitted.scoring


def test_medians_of_groups_are_exact_where_their_values_do_not_fit_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parkscore.engine.group_statistics.BUDGET", 64 * 40)
    found, told = in_pieces(of("group_median"), table(), tmp_path, rows=60)
    assert_same(ps.evaluate(of("group_median"), table()), found, told)
