"""However the rows are cut and ordered, a dataset has the same results to the last bit, and those of one table."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import DataError, errors_of
from parkscore.framework.models import Choice, Framework, Node, Ranking, ScoreRule
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import dimension, field, leaf, small
from tests.test_properties import VALUES

RULES = st.sampled_from([
    *(ScoreRule.of("minmax"), ScoreRule.of("minmax", to=(0, 100), clip=False), ScoreRule.of("zscore", scale=10)),
    *(ScoreRule.of("sum"), ScoreRule.of("vector"), ScoreRule.of("max"), ScoreRule.of("distance_to_max")),
    *(ScoreRule.of("as_is"), ScoreRule.of("goalposts", low=-10, high=20)),
])  # fmt: skip
POLICIES = st.none() | st.sampled_from([Choice.of(name) for name in ("zero", "last_year", "linear", "invalid")])
TREATMENTS = st.none() | st.just(Choice.of("signed_log"))
FORMULAS = st.sampled_from(["{0}", "{0} - {1}", "{0} / {1}", "{0} - lag({0})", "max({0}, {1})"])
WEIGHTS = st.sampled_from([0.0, 0.2, 1.0, 3.0])


@st.composite
def frameworks(draw: Any) -> Framework:
    """Trees over two fields, with a class, groups to rank in, and any reference."""

    def indicator(code: str) -> Node:
        return leaf(
            code,
            draw(FORMULAS).format("a", "b"),
            direction=draw(st.sampled_from(["higher", "lower"])),
            score=draw(RULES),
            missing=draw(POLICIES),
            treat=draw(TREATMENTS),
            weight=draw(WEIGHTS),
        )

    below = [indicator(f"i{number}") for number in range(draw(st.integers(1, 2)))]
    top = dimension("d", *(each.model_copy(update={"weight": 1.0}) for each in below), weight=1.0)
    said = {} if draw(st.booleans()) else {"class": "kind"}
    return small(
        top,
        indicator("j"),
        fields={
            "a": field("a"),
            "b": field("b"),
            "kind": field("kind", kind="text"),
            "park": field("park", kind="text"),
        },
        time="year",
        rank_within=("park",),
        reference=draw(st.sampled_from(["per-year", "panel", 2023])),
        reference_within=draw(st.sampled_from([(), ("kind",)])),
        ranking=Ranking(ties=draw(st.sampled_from(["min", "max", "dense"])), percentiles=draw(st.booleans())),
        **said,
    )


@st.composite
def tables(draw: Any) -> pd.DataFrame:
    keys = [
        ("甲", 2023),
        *draw(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), st.integers(2022, 2024)), max_size=9)),
    ]
    frame = pd.DataFrame(list(dict.fromkeys(keys)), columns=["zone", "year"])

    def column(values: st.SearchStrategy[Any], kind: Any) -> pd.Series[Any]:
        return pd.Series(draw(st.lists(values, min_size=len(frame), max_size=len(frame))), dtype=kind)

    texts = {"kind": st.sampled_from(["大", "小", None]), "park": st.sampled_from(["东", "西"])}
    return frame.assign(
        a=column(VALUES, float), b=column(VALUES, float), **{name: column(each, object) for name, each in texts.items()}
    )


def results(framework: Framework, frame: pd.DataFrame, rows: int, threads: int) -> Any:
    with TemporaryDirectory() as folder:
        try:
            return in_pieces(framework, frame, Path(folder), rows=rows, threads=threads)
        except DataError as error:
            return sorted({each.code for each in errors_of(error.findings)})


def in_memory(framework: Framework, frame: pd.DataFrame) -> Any:
    try:
        return ps.evaluate(framework, frame)
    except DataError as error:
        return sorted({each.code for each in errors_of(error.findings)})


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(frameworks(), tables(), st.integers(1, 5), st.integers(1, 9), st.randoms(use_true_random=False))
def test_no_split_and_no_order_changes_a_bit_and_the_table_in_memory_agrees(
    framework: Framework, frame: pd.DataFrame, few: int, many: int, random: Any
) -> None:
    order = list(range(len(frame)))
    random.shuffle(order)
    one = results(framework, frame, few, 1)
    other = results(framework, frame.iloc[order].reset_index(drop=True), many, 2)
    evaluation = in_memory(framework, frame)
    if isinstance(evaluation, list):
        assert one == other == evaluation
        return
    assert_same(evaluation, *one)
    again = other[0].set_index(["unit", "year"]).loc[one[0].set_index(["unit", "year"]).index].reset_index()
    pd.testing.assert_frame_equal(again[list(one[0])], one[0], check_exact=True)
    np.testing.assert_array_equal(other[1].accounting.to_numpy(dtype=str), one[1].accounting.to_numpy(dtype=str))
