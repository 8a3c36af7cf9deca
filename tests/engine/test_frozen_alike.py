"""Whoever is scored, in memory or in pieces: a reference is fitted on all of its groups, and its file is the same."""

from __future__ import annotations

import json
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
from parkscore.findings import ParkscoreError
from parkscore.framework.models import Choice, ClassWeights, Framework, Node, ScoreRule, Total, WeightScheme
from parkscore.tree.frozen import load_reference
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import EQUAL, field, leaf, panel, small

FIELDS = {"a": field("a"), "b": field("b"), "park": field("park", kind="text"), "kind": field("kind", kind="text")}
RULES = st.sampled_from([
    *(ScoreRule.of("minmax"), ScoreRule.of("zscore"), ScoreRule.of("goalposts", low=0, high=10)),
    ScoreRule.of("percentile_minmax", percentiles=(10, 90)),
])  # fmt: skip
GAPS = st.sampled_from([
    *(Choice.of("reweight"), Choice.of("mean"), Choice.of("invalid")),
    *(Choice.of("group_median", by="kind"), Choice.of("score_group_mean", by="kind")),
])  # fmt: skip
TREATMENTS = st.sampled_from([None, Choice.of("winsorise", skew=0.5, kurtosis=0.5), Choice.of("signed_log")])
VALUES = st.sampled_from([None, 0.0, 1.0, 2.5, -3.0, 7.0, 100.0])


@st.composite
def frameworks(draw: Any) -> Framework:
    """Two indicators, one of which has a rule that takes something from the data."""

    def indicator(code: str, rule: ScoreRule) -> Node:
        return leaf(code, score=rule, missing=draw(GAPS), treat=draw(TREATMENTS))

    return small(
        indicator("a", draw(RULES)),
        indicator("b", ScoreRule.of("minmax")),
        fields=FIELDS,
        time="year",
        reference=draw(st.sampled_from(["panel", 2023, "per-year"])),
        reference_within=draw(st.sampled_from([("park",), ()])),
    )


@st.composite
def tables(draw: Any) -> pd.DataFrame:
    """Units of some years, one of 2023 and one of 2024 among them."""
    more = draw(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), st.integers(2022, 2024)), max_size=9))
    frame = pd.DataFrame(list(dict.fromkeys([("甲", 2023), ("乙", 2024), *more])), columns=["zone", "year"])

    def column(values: st.SearchStrategy[Any], kind: Any) -> pd.Series[Any]:
        return pd.Series(draw(st.lists(values, min_size=len(frame), max_size=len(frame))), dtype=kind)

    texts = {"park": ["东", "西", "北", None], "kind": ["大", "小", None]}
    return frame.assign(
        a=column(VALUES, float),
        b=column(VALUES, float),
        **{name: column(st.sampled_from(said), object) for name, said in texts.items()},
    )


def frozen_by(framework: Framework, frame: pd.DataFrame, year: int, weights: str | None = None) -> list[Any]:
    """The files that scoring in memory and in pieces freeze, or the codes of what each refuses."""
    with TemporaryDirectory() as folder:
        data, kept = Path(folder) / "data", Path(folder) / "kept"
        for each in (data, kept):
            each.mkdir()

        def pieces() -> None:
            in_pieces(framework, frame, data, rows=2, year=year, weights=weights, freeze=kept / "pieces.json")

        def memory() -> None:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), data / "data.parquet", row_group_size=2)
            ps.evaluate(framework, data / "data.parquet", year=year, weights=weights).freeze(kept / "memory.json")

        return [said_of(memory, kept / "memory.json"), said_of(pieces, kept / "pieces.json")]


def said_of(run: Any, file: Path) -> Any:
    try:
        run()
    except ParkscoreError as error:
        return sorted({each.code for each in error.findings})
    return file.read_text("utf-8")


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(frameworks(), tables(), st.sampled_from([2023, 2024]), st.sampled_from([None, "standard_deviation", "entropy"]))
def test_any_engine_freezes_the_same_file_whoever_is_scored(
    framework: Framework, frame: pd.DataFrame, year: int, weights: str | None
) -> None:
    memory, pieces = frozen_by(framework, frame, year, weights)
    assert memory == pieces


# 北 has no row in 2024.
FRAME = panel("""
zone year a b park kind
甲 2023 1 3 东 大
乙 2023 3 1 东 大
丙 2023 4 9 北 大
丁 2023 9 4 北 大
甲 2024 2 3 东 大
乙 2024 4 2 东 大
""")


def of_parks(reference: Any, **said: Any) -> Framework:
    within = {"time": "year", "reference_within": ("park",), "reference": reference}
    return small(leaf("a"), leaf("b"), fields=FIELDS, **within, **said)


def test_any_engine_freezes_no_range_of_a_rule_that_states_its_bounds() -> None:
    framework = small(leaf("a", score=ScoreRule.of("minmax", low=1, high=2)), leaf("b"), fields=FIELDS, time="year")
    memory, pieces = frozen_by(framework, FRAME, 2024)
    assert json.loads(memory)["extents"] == {"2024": {"b": [2.0, 3.0]}}
    assert memory == pieces


@pytest.mark.parametrize("reference", ["panel", 2023])
def test_a_group_of_which_nobody_is_scored_is_in_the_frozen_reference(reference: Any, tmp_path: Path) -> None:
    framework, kept = of_parks(reference), tmp_path / "ref.json"
    evaluation = ps.evaluate(framework, FRAME, year=2024)
    assert list(evaluation.freeze(kept).fitted.scoring) == [f"{reference} · 东", f"{reference} · 北"]
    later = FRAME.assign(year=2025, park="北").iloc[2:4]
    again = ps.evaluate(framework, later, reference=kept).scores.set_index("unit")
    assert again["status"].tolist() == ["ranked", "ranked"]
    assert again["score"].to_dict() == {"丙": 0.5, "丁": 0.5}


@pytest.mark.parametrize("reference", ["panel", 2023])
def test_nothing_is_said_of_a_group_of_which_nobody_is_scored(reference: Any) -> None:
    framework = of_parks(reference, defaults=EQUAL.model_copy(update={"treat": Choice.of("signed_log")}))
    whole, alone = (ps.evaluate(framework, each, year=2024) for each in (FRAME, FRAME[FRAME["park"] == "东"]))
    assert whole.findings == alone.findings
    pd.testing.assert_frame_equal(whole.scores, alone.scores)
    pd.testing.assert_frame_equal(whole.reference, alone.reference)


@pytest.mark.parametrize("reference", ["panel", 2023])
@pytest.mark.parametrize("by_class", [False, True])
def test_computed_weights_rest_on_all_groups_of_the_reference_in_memory_as_in_pieces(
    reference: Any, by_class: bool, tmp_path: Path
) -> None:
    said: dict[str, Any] = {"class_field": "kind"} if by_class else {}
    framework, frame = of_parks(reference, **said), FRAME.assign(a=[1.0, 3, 4, 9, 2, 3], b=[3.0, 1, 9, 4, 3, 1])
    weights: Any = by_class_weights() if by_class else "standard_deviation"
    evaluation = ps.evaluate(framework, frame, year=2024, weights=weights)
    assert_same(evaluation, *in_pieces(framework, frame, tmp_path, rows=2, year=2024, weights=weights))
    whole = ps.evaluate(framework, frame, weights=weights).weights.set_index("id")["weight_in_total"]
    assert evaluation.weights.set_index("id")["weight_in_total"].to_dict() == whole.to_dict()


def by_class_weights() -> WeightScheme:
    computed = Choice.of("standard_deviation")
    classes = {"大": ClassWeights(inside={"total": computed})}
    return WeightScheme(id="s", framework="small", status="computed", source="x", classes=classes)


@pytest.mark.parametrize("reference", ["panel", "per-year"])
def test_where_no_scored_row_has_a_reference_nothing_is_weighed_in_pieces_as_in_memory(
    reference: Any, tmp_path: Path
) -> None:
    frame = FRAME.assign(park=FRAME["park"].where(FRAME["year"] == 2023, None))
    asked: dict[str, Any] = {"year": 2024, "weights": "entropy"}
    evaluation = ps.evaluate(of_parks(reference), frame, **asked)
    assert_same(evaluation, *in_pieces(of_parks(reference), frame, tmp_path, rows=2, **asked))


def test_what_a_group_of_which_nobody_is_scored_lacks_is_kept_for_whole_rows(tmp_path: Path) -> None:
    """Nobody in 北 has b, so that a product leaves it out there, as in a run that scores 北 itself."""
    rule = EQUAL.model_copy(update={"score": ScoreRule.of("minmax", to=(1, 100))})
    framework = of_parks("panel", defaults=rule, total=Total(aggregate=Choice.of("product")))
    frame = FRAME.assign(b=FRAME["b"].where(FRAME["park"] == "东", np.nan))
    kept = [tmp_path / "year.json", tmp_path / "all.json"]
    of_year, of_all = (ps.evaluate(framework, frame, year=year) for year in (2024, None))
    (year, whole) = (each.freeze(path).fitted for each, path in zip((of_year, of_all), kept, strict=True))
    assert year.absent == whole.absent == {("panel · 东", None): frozenset(), ("panel · 北", None): frozenset({"b"})}
    later = frame[frame["park"] == "北"].assign(year=2025)
    found = ps.evaluate(framework, later, reference=load_reference(kept[0])).scores
    assert found["score"].tolist() == pytest.approx([100.0, 1.0], rel=1e-12)
