"""`reference_within`: rules, outliers and gaps look at the units of one group only, and all are ranked together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.data.reference_names import named
from parkscore.findings import Severity
from parkscore.framework.checking import check_framework
from parkscore.framework.models import (
    Choice,
    ClassWeights,
    Defaults,
    Framework,
    ScoreRule,
    UnitClass,
    WeightScheme,
)
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import everywhere, field, leaf, of_code, panel, rows, small

NAN = np.nan
FIELDS = {"park": field("park", kind="text"), "a": field("a"), "b": field("b")}
PLAIN = Defaults(weights=Choice.of("equal"))


def within(*names: str, **said: Any) -> Framework:
    return small(leaf("a"), **({"fields": FIELDS, "reference_within": names} | said))


PARKS = rows(a=[0, 5, 10, 10, 20, 40], park=["东", "东", "东", "西", "西", "西"])


def test_each_group_is_scored_between_its_own_bounds_and_all_are_ranked_together() -> None:
    evaluation = ps.evaluate(within("park"), PARKS)
    # 东: 0..10; 西: 10..40.
    assert everywhere(evaluation.scored["a"], [0, 0.5, 1, 0, 10 / 30, 1])
    assert evaluation.ranking["rank"].tolist() == [1, 1, 3, 4, 5, 5]


def test_without_it_all_share_one_reference_as_ever() -> None:
    assert everywhere(ps.evaluate(within(), PARKS).scored["a"], [0, 0.125, 0.25, 0.25, 0.5, 1])


def test_each_year_and_group_has_a_reference_that_says_its_name() -> None:
    frame = panel("zone year a park\n甲 2023 0 东\n乙 2023 4 东\n甲 2024 2 东\n乙 2024 3 西")
    evaluation = ps.evaluate(within("park", time="year"), frame)
    assert evaluation.scoring.references == {
        "2023 · 东": {"a": {"low": 0.0, "high": 4.0}},
        "2024 · 东": {"a": {"low": 2.0, "high": 2.0}},
        "2024 · 西": {"a": {"low": 3.0, "high": 3.0}},
    }
    assert evaluation.reference["reference"].tolist() == ["2023 · 东", "2024 · 东", "2024 · 西"]
    assert [each.unit for each in of_code(evaluation.findings, "single_unit")] == ["甲", "乙"]


def test_a_unit_that_does_not_say_its_group_has_no_score_and_the_status_says_why() -> None:
    evaluation = ps.evaluate(within("park"), PARKS.assign(park=["东", "东", "东", "西", "西", None]))
    scores = evaluation.scores.set_index("unit")
    assert np.isnan(scores.loc["己", "score"])
    assert scores.loc["己", "status"] == "not_ranked: no reference to measure against: it does not say its field park"
    assert evaluation.scores_in("zh")["status"].iloc[-1] == "not_ranked: 没有参照值可比：未注明字段park"
    assert everywhere(evaluation.scored["a"], [0, 0.5, 1, 0, 1, NAN])
    assert evaluation.accounting["en"].tolist() == ["ranked", "not ranked: with no reference to measure against"]


def test_a_group_without_a_row_in_the_reference_year_has_no_score() -> None:
    frame = panel("zone year a park\n甲 2023 0 东\n乙 2023 4 东\n甲 2024 3 东\n丙 2024 3 西")
    evaluation = ps.evaluate(within("park", time="year", reference=2023), frame, year=2024)
    assert everywhere(evaluation.scored["a"], [0.75, NAN])
    assert "it has no 西" in evaluation.scores["status"].iloc[-1]


def test_the_class_may_be_a_group_whether_it_is_a_field_or_found_by_a_condition() -> None:
    small_ones = UnitClass(id="small", zh="小", en="small", when="a < 10")
    others = UnitClass(id="large", zh="大", en="large", when="a >= 10")
    by_condition = ps.evaluate(within("class", classes=(small_ones, others)), PARKS)
    # small: 0, 5; large: 10, 10, 20, 40.
    assert everywhere(by_condition.scored["a"], [0, 1, 0, 0, 10 / 30, 1])
    by_field = ps.evaluate(within("class", class_field="park"), PARKS)
    assert everywhere(by_field.scored["a"], [0, 0.5, 1, 0, 10 / 30, 1])


def test_two_fields_make_a_group_of_each_pair() -> None:
    fields = FIELDS | {"trade": field("trade", kind="text")}
    frame = PARKS.assign(trade=["x", "y", "x", "x", "y", "y"])
    evaluation = ps.evaluate(within("park", "trade", fields=fields), frame)
    assert list(evaluation.scoring.references) == ["all · 东 · x", "all · 东 · y", "all · 西 · x", "all · 西 · y"]
    assert everywhere(evaluation.scored["a"], [0, 0.5, 1, 0.5, 0, 1])


def test_a_gap_gets_the_mean_of_its_group() -> None:
    framework = within("park", defaults=PLAIN.model_copy(update={"missing": Choice.of("mean")}))
    evaluation = ps.evaluate(framework, PARKS.assign(a=[0, None, 10, 10, None, 40]))
    assert everywhere(evaluation.imputed["a"], [0, 5, 10, 10, 25, 40])


def test_an_outlier_is_drawn_in_by_the_values_of_its_group() -> None:
    treat = Choice.of("percentile", lower=0.0, upper=0.5)
    evaluation = ps.evaluate(within("park", defaults=PLAIN.model_copy(update={"treat": treat})), PARKS)
    assert everywhere(evaluation.treated["a"], [0, 5, 5, 10, 20, 20])


def test_computed_weights_are_the_same_for_all_groups() -> None:
    framework = small(leaf("a"), leaf("b"), fields=FIELDS, reference_within=("park",), defaults=PLAIN)
    evaluation = ps.evaluate(framework, PARKS.assign(b=[3, 1, 2, 9, 0, 1]), weights="standard_deviation")
    first, second = evaluation.weighing.shares
    np.testing.assert_array_equal(first["total"], second["total"])
    assert evaluation.weights["id"].tolist() == ["a", "b"]
    np.testing.assert_allclose(
        first["total"], np.std(evaluation.scored, axis=0) / np.std(evaluation.scored, axis=0).sum()
    )


@given(
    st.lists(st.tuples(st.sampled_from("东西北"), st.none() | st.integers(-9, 99)), min_size=1, max_size=10),
    st.sampled_from([ScoreRule.of("minmax"), ScoreRule.of("zscore"), ScoreRule.of("percentile"), ScoreRule.of("sum")]),
    st.sampled_from([Choice.of("mean"), Choice.of("median"), Choice.of("reweight")]),
    st.sampled_from([None, Choice.of("winsorise"), Choice.of("iqr_fences")]),
)
def test_a_group_has_the_scores_that_it_has_alone(
    units: list[tuple[str, int | None]], rule: ScoreRule, missing: Choice, treat: Choice | None
) -> None:
    units = [(park, value if value is None or rule.name != "sum" else abs(value) + 1) for park, value in units]
    frame = rows(park=[park for park, _ in units], a=pd.Series([value for _, value in units], dtype=float))
    said = PLAIN.model_copy(update={"score": rule, "missing": missing, "treat": treat})
    together = ps.evaluate(within("park", defaults=said), frame)
    for park, own in frame.groupby("park"):
        alone = ps.evaluate(within(defaults=said), own)
        assert everywhere(together.scored.loc[alone.scored.index], alone.scored), park


@pytest.mark.parametrize("method", ["entropy", "critic"])
@pytest.mark.parametrize("reference", ["panel", 2023])
@pytest.mark.parametrize("said", [{}, {"class_field": "kind"}])
def test_weights_rest_on_every_group_of_the_reference_whichever_year_is_asked_for(
    said: dict[str, Any], reference: Any, method: str, tmp_path: Path
) -> None:
    texts = {name: field(name, kind="text") for name in ("park", "kind")}
    framework = small(
        leaf("a"), leaf("b"), fields=texts, time="year", reference=reference, reference_within=("park",), **said
    )
    frame = panel("""
        zone year a b park kind
        x 2023 1 5 东 大
        y 2023 2 9 东 小
        z 2023 7 30 东 小
        u 2023 4 1 西 大
        v 2023 8 2 西 小
        u 2024 5 2 西 大
        v 2024 9 1 西 小
    """)
    weights: Any = method
    if said:
        own = {"小": ClassWeights(inside={"total": Choice.of(method)})}
        equal = {"*": Choice.of("equal")}
        weights = WeightScheme(id="mine", framework="small", status="expert", inside=equal, classes=own)
    every = ps.evaluate(framework, frame, weights=weights).scores.query("year == 2024")
    found, told = in_pieces(framework, frame, tmp_path, year=2024, weights=weights)
    one = ps.evaluate(framework, frame, year=2024, weights=weights)
    assert_same(one, found, told)
    pd.testing.assert_series_equal(
        every.set_index("unit")["score"], one.scores.set_index("unit")["score"], rtol=1e-12, check_index=True
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("parc",), "needs a text field or `class`"),
        (("a",), "needs a text field or `class`"),
        (("class",), "the framework has no classes"),
        (("park", "park"), "is named twice"),
    ],
)
def test_what_cannot_be_a_group_is_told(names: tuple[str, ...], said: str) -> None:
    framework = within().model_copy(update={"reference_within": names})
    (found,) = check_framework(framework)
    assert (found.severity, said in found.message.en) == (Severity.ERROR, True)


def test_groups_of_other_texts_never_share_a_name() -> None:
    assert named("2024", ("a · b",)) != named("2024", ("a", "b"))
    assert named("2024", ('"a',)) != named("2024", ("a",))
