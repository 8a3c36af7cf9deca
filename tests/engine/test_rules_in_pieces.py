"""Rules that compare rows find in pieces what they find in one table, word for word."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.data.masking import Mask
from parkscore.data.peers import spread_in_order, spread_of
from parkscore.data.validate import read_and_validate
from parkscore.engine import checking
from parkscore.engine.checking import check_dataset
from parkscore.findings import DataError, errors_of
from parkscore.framework.models import Accepted, Expected, Framework, Jump, Outlier, Rule
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import field, leaf, small

FIELDS = {
    "a": field("a"),
    "b": field("b"),
    "times": field("times", formula="a / b"),
    "grown": field("grown", formula="a / 上年(a)"),
    "kind": field("kind", kind="text"),
}
APART = Rule(id="apart", zh="离群", outlier=Outlier(fields=("a", "times"), z=3))
SLIPPED = Rule(id="slipped", zh="错位", magnitude=Expected(field="a", per="b", expected=2, factor=4))
MIXED = Rule(id="mixed", zh="单位", measure_mixup=Expected(field="a", per="b", expected=2, factor=1.5))
OVER_YEARS = Rule(id="grown", zh="增速离群", outlier=Outlier(fields=("grown",), z=3), severity="error")
JUMP = Rule(id="jump", zh="陡增", jump=Jump(fields=("a",), factor=5.0))
SETS = st.sampled_from([(APART, SLIPPED, MIXED), (OVER_YEARS, MIXED, JUMP), (APART, JUMP)])
VALUES = st.sampled_from([0.0, 1.0, 2.0, 2.5, 3.0, 0.1, -4.0, 80.0, 1e9, None])


def of_rules(*rules: Rule, **said: Any) -> Framework:
    return small(leaf("a"), fields=FIELDS, time="year", rules=rules, **said)


@cache
def only_rules(rules: tuple[Rule, ...], by: str | None) -> Framework:
    return of_rules(*rules, class_field=by).model_copy(update={"indicators": ()})


def told(findings: Any) -> list[str]:
    """Everything about each finding, in any order."""
    return sorted(map(repr, findings))


@st.composite
def tables(draw: Any) -> pd.DataFrame:
    count = draw(st.integers(1, 24))
    kinds = {"a": VALUES, "b": VALUES, "kind": st.sampled_from(["大", "小", None])}
    columns = {name: draw(st.lists(each, min_size=count, max_size=count)) for name, each in kinds.items()}
    keys = {"zone": [f"z{row // 2}" for row in range(count)], "year": [2023 + row % 2 for row in range(count)]}
    return pd.DataFrame(keys | columns).astype({"a": float, "b": float, "kind": object})


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables(), st.integers(1, 9), SETS, st.sampled_from([None, "kind"]))
def test_what_is_found_in_pieces_is_what_is_found_in_the_whole(
    frame: pd.DataFrame, size: int, rules: tuple[Rule, ...], by: str | None
) -> None:
    framework = only_rules(rules, by)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "data.parquet"
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=size)
        patch.setattr(checking, "ROWS_OF_PIECE", size)
        _, expected = read_and_validate(path, framework)
        found, _ = check_dataset(framework, path)
    assert told(found) == told(expected)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=40))
def test_the_spread_of_values_in_order_is_that_of_values_to_the_last_bit(values: list[float]) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        assert repr(spread_in_order(np.sort(values))) == repr(spread_of(np.array(values)))


def test_the_rules_hold_where_rows_are_scored_and_an_accepted_value_is_a_note(tmp_path: Path) -> None:
    accepted = Accepted(unit="z9", rule="apart", reason="已核实", by="统计处")
    framework = of_rules(APART, SLIPPED, MIXED, accepted=(accepted,))
    frame = pd.DataFrame({
        "zone": [f"z{row:d}" for row in range(20)],
        "year": 2024,
        "kind": "大",
        "a": [float(row % 5) + 2 for row in range(9)] + [900.0] + [3.0, 5.0] * 5,
        "b": 1.0,
    })  # fmt: skip
    found, result = in_pieces(framework, frame, tmp_path, rows=6)
    assert_same(ps.evaluate(framework, frame), found, result)
    said = {each.code: str(each.severity) for each in result.findings if each.rule in ("apart", "slipped", "mixed")}
    assert said == {"outlier": "info", "unlikely_magnitude": "warning", "measure_mixup": "warning"}


def test_a_rule_that_is_an_error_ends_the_run_and_names_the_row(tmp_path: Path) -> None:
    framework = of_rules(APART.model_copy(update={"severity": "error"}))
    frame = pd.DataFrame(
        {"zone": list("甲乙丙丁戊"), "year": 2024, "a": [1.0, 2.0, 3.0, 2.0, 500.0], "b": 1.0, "kind": "大"}
    )
    with pytest.raises(DataError) as caught:
        in_pieces(framework, frame, tmp_path, rows=2)
    assert {each.unit for each in errors_of(caught.value.findings)} == {"戊"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.parquet"]


def sharing(count: int) -> pd.DataFrame:
    """Two years of units of which some have the code of another, or none."""
    codes = [f"{row % 7 if row % 5 else row:018d}" if row % 11 else None for row in range(count)]
    return pd.DataFrame({
        "zone": [f"z{row:03d}" for row in range(count)],
        "year": [2023 + row % 2 for row in range(count)],
        "a": 1.0,
        "code": codes,
    })  # fmt: skip


@pytest.mark.parametrize(("count", "rules"), [(40, ()), (40, (JUMP,)), (500, ())])
def test_codes_that_units_share_are_found_in_pieces(
    count: int, rules: tuple[Rule, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = small(leaf("a"), fields={"a": field("a"), "code": field("code", kind="uscc")}, time="year", rules=rules)
    path = tmp_path / "data.parquet"
    sharing(count).to_parquet(path, row_group_size=9)
    monkeypatch.setattr(checking, "ROWS_OF_PIECE", 9)
    for mask in (None, Mask(b"k" * 32)):
        _, expected = read_and_validate(path, framework, mask)
        found, _ = check_dataset(framework, path, mask)
        assert told(found) == told(expected)
        assert sum(each.code == "shared_uscc" for each in found) > 10
