"""What holds for every tree, every table and every weight: sums, orders, measures, forms of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import Choice, DataField, Defaults, Framework, Node, Ranking, ScoreRule
from tests.small_frameworks import dimension, field, leaf, panel, small

MINMAX = st.sampled_from([ScoreRule.of("minmax"), ScoreRule.of("minmax", to=(0, 100)), ScoreRule.of("minmax", low=-50)])
RULES = MINMAX | st.sampled_from([ScoreRule.of("zscore", center=100, scale=10), ScoreRule.of("minmax", clip=False)])
# Siblings have coefficients or percentages, never both.
SHARES = (st.sampled_from([0.0, 0.1, 0.2, 0.8, 1.0, 1.2, 3.0, 20.0]), st.sampled_from(["0%", "5%", "20%", "33.3%"]))
POLICIES = st.none() | st.sampled_from([Choice.of(name) for name in ("mean", "median", "last_year", "linear")])
TREATMENTS = st.none() | st.sampled_from([Choice.of(name) for name in ("percentile", "iqr_fences", "signed_log")])
COVERAGES = st.sampled_from([None, None, None, 0.3, 0.5, 0.9])


@st.composite
def children(draw: Any, code: str, depth: int, rules: st.SearchStrategy[ScoreRule]) -> tuple[Node, ...]:
    """Siblings that all have numbers, of any sum above 0, or all none; each may be a dimension again."""
    count = draw(st.integers(1, 4))
    weights = draw(st.sampled_from(SHARES).flatmap(lambda own: st.lists(own, min_size=count, max_size=count)))
    stated = draw(st.booleans()) and any(weight not in (0, "0%") for weight in weights)
    nodes = []
    for number in range(count):
        own, said = f"{code}{number}", {"weight": weights[number]} if stated else {}
        if depth and draw(st.booleans()):
            inner = draw(children(own, depth - 1, rules))
            nodes.append(dimension(own, *inner, min_coverage=draw(COVERAGES), **said))
        else:
            direction = draw(st.sampled_from(["higher", "lower"]))
            said |= {"missing": draw(POLICIES), "treat": draw(TREATMENTS)}
            nodes.append(leaf(own, direction=direction, score=draw(rules), **said))
    return tuple(nodes)


@st.composite
def additive_frameworks(draw: Any, rules: st.SearchStrategy[ScoreRule] = RULES) -> Framework:
    """Any tree of weighted means over yearly data."""
    reference = draw(st.sampled_from(["per-year", "panel", 2023]))
    nodes = draw(children("n", 3, rules))
    return small(
        *nodes, time="year", reference=reference, ranking=Ranking(ties=draw(st.sampled_from(["min", "dense"])))
    )


VALUES = st.none() | st.integers(-40, 40) | st.integers(-4000, 4000).map(lambda number: number / 100)


@st.composite
def tables(draw: Any, framework: Framework, values: st.SearchStrategy[Any] = VALUES) -> pd.DataFrame:
    """Some zones in some years, 2023 among them, with gaps."""
    keys = [
        ("甲", 2023),
        *draw(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊"), st.integers(2022, 2024)), max_size=9)),
    ]
    keys = list(dict.fromkeys(keys))
    frame = pd.DataFrame(keys, columns=["zone", "year"])
    names = [name for name, each in framework.fields.items() if each.formula is None]
    columns = {name: draw(st.lists(values, min_size=len(keys), max_size=len(keys))) for name in names}
    return frame.assign(**{name: pd.Series(column, dtype=float) for name, column in columns.items()})


@st.composite
def cases(draw: Any, rules: st.SearchStrategy[ScoreRule] = RULES) -> tuple[Framework, pd.DataFrame]:
    framework = draw(additive_frameworks(rules))
    return framework, draw(tables(framework))


@given(cases(), st.sampled_from([None, "equal"]), st.sampled_from([None, 2023]))
def test_contributions_sum_to_the_score(
    case: tuple[Framework, pd.DataFrame], weights: str | None, year: int | None
) -> None:
    evaluation = ps.evaluate(*case, weights=weights, year=year)
    contributions, total = evaluation.contributions, evaluation.nodes["total"]
    assert contributions.index.equals(total.index)
    assert (contributions.isna().all(axis=1) == total.isna()).all()
    assert (contributions.isna().any(axis=1) == total.isna()).all()
    scored = total.notna()
    np.testing.assert_allclose(contributions[scored].sum(axis=1), total[scored], rtol=1e-12, atol=1e-9)
    # What has no score adds nothing, and what adds something has a score.
    assert not (contributions[scored] != 0).to_numpy()[evaluation.scored[scored].isna().to_numpy()].any()


@given(cases(MINMAX))
def test_contributions_sum_to_the_score_under_computed_weights(case: tuple[Framework, pd.DataFrame]) -> None:
    framework, frame = case
    pooled = framework.model_copy(update={"reference": "panel"})
    twice = pd.concat([frame, frame.assign(zone=frame["zone"] + "二")], ignore_index=True)
    evaluation = ps.evaluate(pooled, twice, weights="entropy")
    total = evaluation.nodes["total"].dropna()
    np.testing.assert_allclose(evaluation.contributions.loc[total.index].sum(axis=1), total, rtol=1e-12, atol=1e-9)


@settings(max_examples=40)
@given(cases(), st.sampled_from([None, 2023]))
def test_every_share_and_every_weight_in_the_total_sums_to_one(
    case: tuple[Framework, pd.DataFrame], year: int | None
) -> None:
    weights = ps.evaluate(*case, year=year).weights
    leaves = {node.id for node in case[0].leaves}
    for _, own in weights.groupby("reference"):
        np.testing.assert_allclose(own.groupby("parent")["share"].sum(), 1, rtol=1e-12)
        np.testing.assert_allclose(own.loc[own["id"].isin(leaves), "weight_in_total"].sum(), 1, rtol=1e-12)


@settings(max_examples=40)
@given(cases())
def test_coverage_is_a_share_and_all_of_it_where_nothing_is_missing(case: tuple[Framework, pd.DataFrame]) -> None:
    evaluation = ps.evaluate(*case)
    coverage = evaluation.coverage.to_numpy()
    assert ((coverage >= 0) & (coverage <= 1 + 1e-12)).all()
    whole = evaluation.scored.notna().all(axis=1).to_numpy()
    np.testing.assert_allclose(coverage[whole], 1, rtol=1e-12)


@settings(max_examples=40)
@given(cases(), st.randoms(use_true_random=False))
def test_no_order_of_rows_or_columns_changes_a_digit(case: tuple[Framework, pd.DataFrame], random: Any) -> None:
    framework, frame = case
    order, columns = list(range(len(frame))), list(frame.columns)
    random.shuffle(order)
    random.shuffle(columns)
    once, again = ps.evaluate(framework, frame), ps.evaluate(framework, frame.iloc[order][columns])
    pd.testing.assert_frame_equal(again.scores, once.scores, check_exact=True)
    for stage in ("indicators", "treated", "scored", "nodes", "coverage", "contributions"):
        expected = getattr(once, stage).iloc[order]
        pd.testing.assert_frame_equal(getattr(again, stage), expected, check_exact=True)


def test_no_order_of_the_rows_changes_a_digit_of_what_is_computed_from_all_of_them() -> None:
    framework = small(
        *(leaf(code, treat=Choice.of("skewness_kurtosis"), missing=Choice.of("mean")) for code in "abc"),
        defaults=Defaults(score=ScoreRule.of("minmax"), weights=Choice.of("entropy")),
    )
    random = np.random.default_rng(0)
    values = random.lognormal(sigma=1.5, size=(60, 3))
    values[random.random(values.shape) < 0.1] = np.nan
    frame = pd.DataFrame(values, columns=list("abc")).assign(zone=[f"z{number:02d}" for number in range(60)])
    once = ps.evaluate(framework, frame)
    assert (once.treatment.changed.sum(axis=0) > 0).any()
    for _ in range(5):
        again = ps.evaluate(framework, frame.sample(frac=1, random_state=int(random.integers(1000))))
        pd.testing.assert_frame_equal(again.scores, once.scores, check_exact=True)
        assert again.weights.equals(once.weights)


@settings(max_examples=40)
@given(cases())
def test_the_same_call_gives_the_same_result_and_leaves_its_input_as_it_was(
    case: tuple[Framework, pd.DataFrame],
) -> None:
    framework, frame = case
    before, said = frame.copy(deep=True), framework.model_dump_json(by_alias=True)
    once, again = ps.evaluate(framework, frame), ps.evaluate(framework, frame)
    assert once.as_dict() == again.as_dict()
    pd.testing.assert_frame_equal(frame, before, check_exact=True)
    assert framework.model_dump_json(by_alias=True) == said


# Measures

AMOUNTS = {"元": 1000.0, "千元": 1.0, "万元": 0.1, "百万元": 1e-3, "亿元": 1e-5}


def money_framework() -> Framework:
    fields: dict[str, DataField] = {
        "income": field("income", zh="营业收入", measure="千元"),
        "profit": field("profit", zh="利润", measure="千元"),
        "staff": field("staff", zh="从业人员", measure="人"),
    }
    return small(
        leaf("growth", "income - 上年(income)", measure="亿元"),
        leaf("margin", "profit / income", measure="%"),
        dimension("D", leaf("per_head", "income / staff", measure="万元/人"), leaf("size", "income", measure="亿元")),
        time="year",
        fields=fields,
    )


@st.composite
def money(draw: Any) -> pd.DataFrame:
    framework = money_framework()
    return draw(tables(framework, st.none() | st.integers(1, 10**9)))


@settings(max_examples=40)
@given(money(), st.sampled_from(sorted(AMOUNTS)), st.sampled_from(sorted(AMOUNTS)))
@example(panel("zone year income profit staff\n甲 2023 3 1 7\n乙 2023 7 3 3\n丙 2023 11 7 9"), "亿元", "元")
def test_the_same_data_in_other_measures_give_the_same_scores_and_ranks(
    frame: pd.DataFrame, income: str, profit: str
) -> None:
    framework = money_framework()
    other = pd.DataFrame(
        {
            "zone": frame["zone"],
            "year": frame["year"],
            f"营业收入({income})": frame["income"] * AMOUNTS[income],
            f"利润（{profit}）": frame["profit"] * AMOUNTS[profit],
            "从业人员(万人)": frame["staff"] / 1e4,
        }
    )
    once, again = ps.evaluate(framework, frame), ps.evaluate(framework, other)
    pd.testing.assert_frame_equal(again.indicators, once.indicators, rtol=1e-12, atol=0)
    pd.testing.assert_frame_equal(again.nodes, once.nodes, rtol=1e-12, atol=1e-12)
    by_unit = [each.ranking.set_index(["unit", "year"])["rank"].sort_index() for each in (once, again)]
    pd.testing.assert_series_equal(*by_unit)
    converted = {"income": income, "profit": profit}
    said = {each.field: each.from_measure for each in again.table.conversions}
    assert said == {name: measure for name, measure in converted.items() if measure != "千元"} | {"staff": "万人"}


# Forms of a file

FILED = panel("""
    zone year income profit staff
    甲   2023 123456789.123456 0.1 10
    乙   2023 . 12 20
    丙   2023 1e-7 -3 30
    甲   2024 333333333 1 .
    丙   2024 1 0 3
""")


def written(frame: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_excel(path, index=False, engine="xlsxwriter")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_a_table_gives_the_same_result_from_a_file_as_from_a_frame(suffix: str, tmp_path: Path) -> None:
    framework = money_framework()
    from_frame = ps.evaluate(framework, FILED)
    from_file = ps.evaluate(framework, written(FILED, tmp_path / f"zones{suffix}"))
    pd.testing.assert_frame_equal(from_file.scores, from_frame.scores, check_exact=True)
    pd.testing.assert_frame_equal(from_file.raw, from_frame.raw, check_exact=True)
    pd.testing.assert_frame_equal(from_file.contributions, from_frame.contributions, check_exact=True)


@settings(max_examples=15)
@given(cases())
def test_any_table_gives_the_same_result_from_a_file_as_from_a_frame(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[Framework, pd.DataFrame]
) -> None:
    framework, frame = case
    folder = tmp_path_factory.mktemp("forms")
    expected = ps.evaluate(framework, frame).scores
    for suffix in (".csv", ".xlsx", ".parquet"):
        found = ps.evaluate(framework, str(written(frame, folder / f"zones{suffix}"))).scores
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_frame_indexed_by_unit_and_year_is_the_same_table() -> None:
    framework = money_framework()
    indexed = ps.evaluate(framework, FILED.set_index(["zone", "year"]))
    pd.testing.assert_frame_equal(indexed.scores, ps.evaluate(framework, FILED).scores, check_exact=True)
