"""What is found piece by piece is what is found in the whole, and what cannot be found so is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkscore.data.batches import read_piece
from parkscore.data.datasets import open_dataset
from parkscore.data.merging import merge_findings
from parkscore.data.reading import read_with_findings
from parkscore.data.validate import validate
from parkscore.data.validate_pieces import not_checked, validate_piece
from parkscore.findings import Finding
from parkscore.framework.models import (
    DataField,
    Expected,
    Framework,
    Jump,
    Label,
    Outlier,
    Rule,
    UnitKey,
)

FIELDS = {
    "a": DataField(zh="甲项", min=0.0, max=10.0),
    "b": DataField(zh="乙项"),
    "grown": DataField(zh="增速", formula="a / 上年(a)"),
    "stage": DataField(zh="阶段", kind="text"),
}


def of_rules(*rules: Rule) -> Framework:
    key = UnitKey(key="zone", zh="高新区")
    return Framework(id="f", title=Label(zh="例"), unit=key, time="year", fields=FIELDS, rules=rules, indicators=())


CELLS = st.sampled_from(["1", "12", "-1", "", "２", "5%", "-", "1,000", None])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=25), st.integers(1, 9))
def test_findings_of_pieces_put_together_are_those_of_the_whole(
    tmp_path: Path, cells: Sequence[tuple[Any, Any]], rows: int
) -> None:
    framework = of_rules(Rule(id="r", zh="乙不大于甲", require="b <= a"), Rule(id="q", zh="须填", required=("b",)))
    frame = pd.DataFrame(cells, columns=["甲项", "乙项"], dtype=object)
    frame.insert(0, "高新区", [f"区{number}" for number in range(len(cells))])
    frame.insert(1, "年份", 2024)
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "a.parquet", row_group_size=4)
    whole, expected = read_with_findings(tmp_path / "a.parquet", framework)
    assert whole is not None
    dataset = open_dataset(tmp_path / "a.parquet", framework)
    merged: list[Finding] = list(dataset.findings)
    for piece in dataset.pieces(rows):
        table, found = read_piece(dataset, piece)
        merged = merge_findings(merged, [*found.findings, *validate_piece(framework, table, whole_units=False)])
    assert sorted(map(repr, merged)) == sorted(map(repr, [*expected, *validate(framework, whole)]))


@pytest.mark.parametrize(
    ("rule", "by_piece", "by_unit"),
    [
        (Rule(id="r", zh="规则", require="a > b"), True, True),
        (Rule(id="r", zh="规则", require="a > 0", when="stage == '种子'"), True, True),
        (Rule(id="r", zh="规则", require="a > 上年(a)"), False, True),
        (Rule(id="r", zh="规则", require="grown < 3"), False, True),
        (Rule(id="r", zh="规则", required=("a",), when="上年(a) > 0"), False, True),
        (Rule(id="r", zh="规则", jump=Jump(fields=("a",), factor=5)), False, True),
        (Rule(id="r", zh="规则", require="a > group_mean(a, stage)"), False, False),
        (Rule(id="r", zh="规则", outlier=Outlier(fields=("a",), z=5)), True, True),
        (Rule(id="r", zh="规则", outlier=Outlier(fields=("grown",), z=5)), False, True),
        (Rule(id="r", zh="规则", magnitude=Expected(field="a", expected=1, factor=10)), True, True),
        (Rule(id="r", zh="规则", magnitude=Expected(field="a", per="grown", expected=1, factor=10)), False, True),
        (Rule(id="r", zh="规则", measure_mixup=Expected(field="a", expected=1, factor=10)), True, True),
    ],
)
def test_a_rule_that_pieces_cannot_answer_is_named(rule: Rule, by_piece: bool, by_unit: bool) -> None:
    framework = of_rules(rule)
    assert [each.rule for each in not_checked(framework, whole_units=False)] == ([] if by_piece else ["r"])
    assert [each.rule for each in not_checked(framework, whole_units=True)] == ([] if by_unit else ["r"])


def test_a_unit_met_twice_in_a_piece_is_left_to_those_who_know_both_places(tmp_path: Path) -> None:
    framework = of_rules()
    frame = pd.DataFrame({"高新区": ["区一", "区一"], "年份": 2024, "甲项": [1.0, 99.0], "乙项": 1.0, "阶段": "甲"})
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "a.parquet")
    dataset = open_dataset(tmp_path / "a.parquet", framework)
    table, _ = read_piece(dataset, dataset.pieces()[0])
    found = validate_piece(framework, table, whole_units=False)
    assert [(each.code, each.unit, each.value) for each in found] == [("above_max", "区一", 99.0)]
