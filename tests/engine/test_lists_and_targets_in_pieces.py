"""Lists have the same members and places, and targets the same values to the last bit, however the rows are cut."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import Framework, RankedList, ScoreRule, Target, TargetStart
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import field, leaf, rows, small

FIELDS = {"park": field("park", kind="text"), "a": field("a"), "b": field("b")}
SIZES = st.sampled_from([0.1, 0.2, 0.3, 1.0, 1e16, -1e16, 3.0, None])


def asks(code: str, **said: Any) -> RankedList:
    return RankedList(id=code, zh=f"榜单{code}", en=f"list {code}", **said)


def aims(code: str, value: str, **said: Any) -> Target:
    return Target(id=code, zh=f"目标{code}", en=f"target {code}", value=value, by=2025, **said)


def framework(**said: Any) -> Framework:
    lists = (
        asks("top", by="total", top=2, per="park"),
        asks("few", require="b > 0.2", by="a / b", direction="lower", top=3),
        asks("all", require="a > 0 and total >= 0.2", per="park"),
    )
    return small(leaf("one", "a", score=ScoreRule.of("as_is")), fields=FIELDS, lists=lists, **said)


def over_years() -> Framework:
    """Lists that look back, and targets over sums, shares and growth."""
    targets = (
        aims("sum", "all_sum(a)", at_least=3.0, start=TargetStart(year=2023)),
        aims("grown", "all_sum(a) - 上年(all_sum(a))", at_least=1.0),
        aims("share", "单位占比(a > b)", measure="%", at_least=50),
    )
    grown = (asks("grown", require="total >= 上年(total)", by="a - 上年(a)", top=2, per="park"),)
    return framework(time="year", targets=targets).model_copy(update={"lists": grown})


@st.composite
def columns(draw: Any) -> dict[str, Any]:
    count = draw(st.integers(1, 10))
    texts = st.sampled_from(["东", "西", None])
    kinds = {"a": SIZES, "b": SIZES, "park": texts}
    return {name: draw(st.lists(each, min_size=count, max_size=count)) for name, each in kinds.items()}


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(columns(), st.integers(1, 5))
def test_members_places_and_counts_of_lists_are_those_of_memory(said: dict[str, Any], size: int) -> None:
    frame = rows(**said).astype({"a": float, "b": float})
    with TemporaryDirectory() as folder:
        found, told = in_pieces(framework(), frame, Path(folder), rows=size)
    assert_same(ps.evaluate(framework(), frame), found, told)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(columns(), st.integers(1, 5), st.randoms(use_true_random=False))
def test_targets_are_those_of_memory_to_the_last_bit_in_any_order(said: dict[str, Any], size: int, random: Any) -> None:
    frame = pd.DataFrame(said).astype({"a": float, "b": float})
    keys = [(f"u{number // 2}", 2023 + number % 2) for number in range(len(frame))]
    frame = pd.DataFrame(keys, columns=["zone", "year"]).join(frame)
    frame = frame.iloc[random.sample(range(len(frame)), len(frame))].reset_index(drop=True)
    with TemporaryDirectory() as folder:
        found, told = in_pieces(over_years(), frame, Path(folder), rows=size)
    assert_same(ps.evaluate(over_years(), frame), found, told)


def test_units_that_lack_what_a_target_takes_are_named_in_the_order_of_the_data(tmp_path: Path) -> None:
    frame = pd.DataFrame({"zone": list("戊丁丙乙甲"), "year": 2025, "a": [None, 1.0, None, None, None], "b": 1.0})
    _, told = in_pieces(over_years(), frame.assign(park="东"), tmp_path, rows=2)
    reasons = told.targets.set_index("target")["reason_en"]
    assert reasons["sum"] == "all_sum(a) of 2025 lacks 4 units: 戊, 丙, 乙, ..."


def test_a_list_whose_formula_compares_units_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    asked = framework().model_copy(update={"lists": (asks("l", by="a / group_mean(a, park)"),)})
    with pytest.raises(ps.UsageError, match="reads other units"):
        ps.score_dataset(asked, tmp_path / "nothing.parquet", tmp_path / "out.parquet")
