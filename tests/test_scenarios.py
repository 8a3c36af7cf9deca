"""Tests of weight scenarios: a table weighed again, schemes side by side, and schemes made from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from scipy import stats

import parkscore as ps
from parkscore.comparison.agreement import agreement, among_best, overlap
from parkscore.comparison.movements import made_by
from parkscore.evaluating import Prepared
from parkscore.framework.building import build
from parkscore.framework.models import Choice, Label, Policy, ScoreRule, Total, WeightScheme
from parkscore.framework.yaml_form import parse_yaml
from parkscore.language import Language
from parkscore.methods import ranking
from parkscore.output.documents import records
from parkscore.shipped import example_path, scheme_names
from tests.small_frameworks import codes, dimension, field, leaf, panel, rows, small

ZONE_SCHEMES = [name for name in scheme_names() if name.startswith("zone-2021-")]
AS_IS = {"score": ScoreRule.of("as_is")}
Ranks = npt.NDArray[np.int32]


@pytest.fixture(scope="module")
def zones() -> Prepared:
    path = example_path("zones-synthetic.csv")
    assert path is not None
    return ps.prepare("zone-2021", path, year=2024)


@pytest.fixture(scope="module")
def two_years() -> ps.Scenarios:
    path = example_path("zones-synthetic.csv")
    assert path is not None
    return ps.scenarios("zone-2021", path, ["zone-2021-equal-within", "entropy", "zone-2021-ahp-example"])


def scheme(name: str, **weights: float) -> WeightScheme:
    return WeightScheme(
        id=name,
        framework="small",
        title=Label(zh=f"方案{name}", en=f"scheme {name}"),
        status="official",
        weights={node_id: {"weight": weight} for node_id, weight in weights.items()},
    )


TWO = small(dimension("A", leaf("a", **AS_IS)), dimension("B", leaf("b", **AS_IS)))
FIVE = rows(a=[10, 8, 6, 4, 2], b=[0, 1, 9, 8, 7])
HALF, FIRST, SECOND = scheme("half", A=0.5, B=0.5), scheme("first", A=1, B=0), scheme("second", A=0, B=1)


def refused(framework: Any, data: Any, weights: Any, **more: Any) -> ps.ParkscoreError:
    with pytest.raises(ps.ParkscoreError) as refusal:
        ps.scenarios(framework, data, weights, **more)
    return refusal.value


# --- one table, weighed again --------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [*ZONE_SCHEMES, "entropy", "gini"])
def test_a_prepared_table_gives_what_evaluate_gives_to_the_last_bit(zones: Prepared, weights: str) -> None:
    path = example_path("zones-synthetic.csv")
    assert path is not None
    again, whole = zones.evaluate(weights), ps.evaluate("zone-2021", path, weights=weights, year=2024)
    pd.testing.assert_frame_equal(again.nodes, whole.nodes, check_exact=True)
    pd.testing.assert_frame_equal(again.scores, whole.scores, check_exact=True)
    pd.testing.assert_frame_equal(again.weights, whole.weights, check_exact=True)
    assert again.findings == whole.findings
    assert again.about == whole.about


def test_weighing_again_changes_nothing_of_what_was_weighed_before(zones: Prepared) -> None:
    first = zones.evaluate("entropy").scores
    zones.evaluate("zone-2021-ahp-example")
    pd.testing.assert_frame_equal(zones.evaluate("entropy").scores, first, check_exact=True)


def test_weights_are_refused_before_the_data_are_read() -> None:
    with pytest.raises(ps.UsageError) as refusal:
        ps.evaluate("zone-2021", "no-such-file.csv", weights="no-such-scheme")
    assert [str(finding.place) for finding in refusal.value.findings] == ["no-such-scheme"]
    assert [
        str(finding.place) for finding in refused("zone-2021", "no.csv", ["no-such-scheme", "entropy"]).findings
    ] == ["no-such-scheme"]


def test_a_prepared_table_refuses_weights_of_another_type(zones: Prepared) -> None:
    with pytest.raises(ps.UsageError, match="wrong_type"):
        zones.evaluate({"1": 0.2})  # type: ignore[arg-type]  # what a user may try


def test_the_framework_s_own_weights_go_by_its_id() -> None:
    own = ps.evaluate(TWO, FIVE)
    pd.testing.assert_frame_equal(ps.evaluate(TWO, FIVE, weights="small").scores, own.scores)


def test_a_method_is_a_method_even_where_the_framework_is_called_so() -> None:
    framework = small(*TWO.indicators, id="entropy")
    assert ps.evaluate(framework, FIVE, weights="entropy").weights_status == "computed"


# --- agreement -----------------------------------------------------------------------------------------------------


def ranked_pairs() -> st.SearchStrategy[list[tuple[int, int]]]:
    rank = st.integers(0, 6)
    return st.lists(st.tuples(rank, rank), min_size=1, max_size=25)


def columns(pairs: list[tuple[int, int]]) -> tuple[Ranks, Ranks]:
    a, b = np.array(pairs, dtype=np.int32).T
    return a, b


@given(ranked_pairs())
def test_agreement_is_what_scipy_says_over_the_units_ranked_in_both(pairs: list[tuple[int, int]]) -> None:
    a, b = columns(pairs)
    both = (a > 0) & (b > 0)
    found = agreement(a, b)
    assert found.n == both.sum()
    if found.flag is None:
        assert found.spearman == pytest.approx(stats.spearmanr(a[both], b[both]).statistic, abs=1e-12)
        assert found.kendall == pytest.approx(stats.kendalltau(a[both], b[both]).statistic, abs=1e-12)
    else:
        constant = len(set(a[both])) == 1 or len(set(b[both])) == 1
        assert found.flag == ("few" if both.sum() < 3 else "constant")
        assert found.flag == "few" or constant
        assert np.isnan(found.spearman)
        assert np.isnan(found.kendall)
    if both.any():
        assert found.mean_shift == pytest.approx(np.abs(a - b)[both].mean())
        assert found.largest_shift == np.abs(a - b)[both].max()
        assert found.unchanged == np.mean(a[both] == b[both])
    else:
        assert np.isnan([found.mean_shift, found.largest_shift, found.unchanged]).all()


@given(ranked_pairs())
def test_agreement_does_not_ask_who_is_the_base(pairs: list[tuple[int, int]]) -> None:
    a, b = columns(pairs)
    assert agreement(a, b)[:-1] == pytest.approx(agreement(b, a)[:-1], abs=1e-12, nan_ok=True)
    assert agreement(a, b).flag == agreement(b, a).flag


# --- who is among the best -----------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5) | st.none(), min_size=1, max_size=20), st.integers(1, 8))
def test_the_best_are_those_with_fewer_than_k_better_under_every_tie_rule(scores: list[int | None], k: int) -> None:
    score = np.array([np.nan if each is None else each for each in scores])
    expected = [sum(other > own for other in score) < k and not np.isnan(own) for own in score]
    for rule in ("min", "max", "dense"):
        assert among_best(ranking[rule](score), k).tolist() == expected


def test_all_that_tie_for_the_last_place_are_in_by_hand() -> None:
    # Scores 9 7 7 5 under a: the top 2 are three units. Scores 9 1 7 5 under b: the top 2 are two of them.
    a, b = among_best(np.array([1, 2, 2, 4]), 2), among_best(np.array([1, 4, 2, 3]), 2)
    assert overlap(a, b) == (3, 2, 2, pytest.approx(2 / 3))


def test_the_overlap_of_a_comparison_by_hand_with_a_tie_at_the_last_place() -> None:
    data = rows(a=[9, 7, 7, 5], b=[9, 1, 5, 7])
    compared = ps.scenarios(TWO, data, [FIRST, SECOND], top=2)
    row = compared.overlap().iloc[0].to_dict()
    assert {key: row[key] for key in ("k", "in_a", "in_b", "both")} == {"k": 2, "in_a": 3, "in_b": 2, "both": 1}
    assert row["share"] == pytest.approx(1 / 3)
    assert (row["entered"], row["left"]) == (("丁",), ("丙", "乙"))
    assert compared.overlap(1)[["in_a", "in_b", "both", "share"]].values.tolist() == [[1, 1, 1, 1.0]]


def test_a_top_beyond_the_number_of_units_holds_them_all() -> None:
    compared = ps.scenarios(TWO, FIVE, [FIRST, SECOND], top=100)
    assert compared.overlap()[["in_a", "in_b", "both", "share"]].values.tolist() == [[5, 5, 5, 1.0]]


# --- scores, ranks, movers -----------------------------------------------------------------------------------------


def test_scores_ranks_and_places_gained_by_hand() -> None:
    compared = ps.scenarios(TWO, FIVE, [FIRST, HALF, SECOND])
    # half: 甲 5, 乙 4.5, 丙 7.5, 丁 6, 戊 4.5; 乙 and 戊 tie.
    assert compared.scores["half"].to_dict() == {"甲": 5.0, "乙": 4.5, "丙": 7.5, "丁": 6.0, "戊": 4.5}
    assert compared.ranks.loc[list("甲乙丙丁戊")].to_numpy().tolist() == [
        [1, 3, 5],
        [2, 4, 4],
        [3, 1, 1],
        [4, 2, 2],
        [5, 4, 3],
    ]
    assert compared.shifts.loc[list("甲乙丙丁戊")].to_numpy().tolist() == [[-2, -4], [-2, -2], [2, 2], [2, 2], [1, 2]]
    assert compared.shifts.columns.name == "places_gained"
    assert set(map(str, compared.ranks.dtypes)) == {"Int32"}
    assert compared.scores.index.tolist() == list("甲乙丙丁戊")


def test_the_movers_and_what_made_them_by_hand() -> None:
    compared = ps.scenarios(TWO, FIVE, [FIRST, HALF, SECOND])
    movers = compared.movers(2)
    # first -> half: A adds a/2 less, B adds b/2 more; on the mean -3 and +2.5. All four moves are of two places, so the
    # best rank reached decides: 甲 held rank 1 and 丙 gets it.
    assert movers["scheme"].tolist() == ["half", "half", "second", "second"]
    assert movers["unit"].tolist() == ["甲", "丙", "甲", "丙"]
    leading = ["from", "to", "places_gained", "score_from", "score_to", "score_change", "change_A", "change_B"]
    assert movers.iloc[0][leading].tolist() == [1, 3, -2, 10, 5, -5, -5, 0]
    assert movers.iloc[1][leading].tolist() == [3, 1, 2, 6, 7.5, 1.5, -3, 4.5]
    # 甲 falls: A -5 against the mean -3, B 0 against the mean +2.5. 丙 rises by B alone: A is just at the mean.
    assert movers["made_by"].tolist()[:2] == [("B", "A"), ("B",)]
    means = compared.mean_changes.iloc[0]
    assert means[["n", "score_change", "change_A", "change_B"]].tolist() == [5, -0.5, -3, 2.5]


def test_changes_by_dimension_sum_to_the_change_of_the_score(two_years: ps.Scenarios) -> None:
    for table in (two_years.movers(None), two_years.mean_changes):
        changes = table[[column for column in table if str(column).startswith("change_")]]
        assert changes.shape[1] == 5
        np.testing.assert_allclose(changes.sum(axis=1), table["score_change"], atol=1e-10)


def test_every_mover_is_listed_once_and_nobody_else(two_years: ps.Scenarios) -> None:
    moved = (two_years.shifts.fillna(0) != 0).to_numpy().sum()
    listed = two_years.movers(None)
    assert len(listed) == moved
    assert not listed.duplicated(["scheme", "unit", "year"]).any()
    assert (listed["places_gained"] == listed["from"] - listed["to"]).all()
    assert (two_years.movers(7).groupby("scheme")["places_gained"].apply(lambda own: own.abs().min()) >= 1).all()
    assert len(two_years.movers(7)) == 14


@given(
    st.lists(st.floats(-10, 10), min_size=1, max_size=6),
    st.integers(-50, 50).filter(lambda places: places != 0),
)
def test_what_made_a_move_pulls_that_way_strongest_first(beyond: list[float], gained: int) -> None:
    pulls = [beyond[node] * np.sign(gained) for node in made_by(np.array(beyond), gained)]
    assert all(pull > 0 for pull in pulls)
    assert pulls == sorted(pulls, reverse=True)
    assert len(pulls) <= 3


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=10))
def test_a_base_compared_with_itself_moves_nobody(values: list[tuple[int, int]]) -> None:
    a, b = zip(*values, strict=True)
    evaluation = ps.evaluate(TWO, rows(a=list(a), b=list(b)), weights=HALF)
    compared = ps.Scenarios({"one": evaluation, "again": evaluation}, top=3)
    assert (compared.shifts["again"] == 0).all()
    assert compared.movers().empty
    row = compared.agreement.iloc[0]
    assert (row["mean_shift"], row["unchanged"]) == (0, 1)
    assert row["flag"] in ("few", "constant") or row["spearman"] == pytest.approx(1) == row["kendall"]
    assert compared.overlap()["share"].tolist() == [1.0]
    assert compared.overlap()["entered"].tolist() == [()]


def test_the_order_of_the_schemes_changes_nothing_but_the_order() -> None:
    one = ps.scenarios(TWO, FIVE, [FIRST, HALF, SECOND])
    other = ps.scenarios(TWO, FIVE, [FIRST, SECOND, HALF])
    pd.testing.assert_frame_equal(one.ranks, other.ranks[one.labels])
    pd.testing.assert_frame_equal(one.shifts, other.shifts[one.labels[1:]])
    turned = ps.scenarios(TWO, FIVE, [SECOND, HALF, FIRST])
    pd.testing.assert_frame_equal(one.scores, turned.scores.loc[one.scores.index, one.labels])
    gained = turned.shifts["first"].loc[one.shifts.index]
    assert (gained == -one.shifts["second"]).all()


# --- units that are not ranked, years, classes, other totals -------------------------------------------------------

GAPS = small(
    dimension("A", leaf("a", **AS_IS)), dimension("B", leaf("b", **AS_IS)), total=Total(min_coverage=0.6), fields={}
)


def test_a_unit_ranked_under_one_scheme_only_has_its_reason_and_takes_no_part_in_the_comparison() -> None:
    data = rows(a=[10, 8, 6, 4], b=[1, 2, 3, None])
    compared = ps.scenarios(GAPS, data, [FIRST, HALF, SECOND])
    assert compared.ranks.loc["丁"].isna().tolist() == [False, True, True]
    assert compared.shifts.loc["丁"].isna().all()
    assert compared.status.loc["丁"].tolist()[:2] == [
        "ranked",
        "not_ranked: data cover 50% of the weight, 60% needed",
    ]
    assert compared.status_in("zh").loc["丁", "half"] == "not_ranked: 有数据的权重占 50%，低于 60%"
    assert compared.agreement["n"].tolist() == [3, 3, 3]
    assert "丁" not in compared.movers()["unit"].tolist()
    assert any("ranked under some schemes only" in note.en for note in compared.notes)
    named = [finding.message.en.split(":")[0] for finding in compared.findings if finding.code == "not_ranked"]
    assert named == ["half", "second"]


def test_a_finding_that_every_scheme_shares_stands_once_and_names_none(two_years: ps.Scenarios) -> None:
    shared = [finding for finding in two_years.findings if finding.code == "all_missing"]
    assert len(shared) == len([finding for finding in two_years.base.findings if finding.code == "all_missing"]) > 0
    assert not any("entropy" in finding.message.en for finding in shared)


def test_years_are_ranked_and_compared_each_by_itself(two_years: ps.Scenarios) -> None:
    path = example_path("zones-synthetic.csv")
    assert path is not None
    alone = ps.scenarios("zone-2021", path, two_years.labels, year=2024)
    assert two_years.agreement["year"].tolist() == [2023, 2024] * 3
    of_2024 = two_years.agreement[two_years.agreement["year"] == 2024].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_2024, alone.agreement)
    pd.testing.assert_frame_equal(two_years.ranks.xs(2024, level="year"), alone.ranks.droplevel("year"))
    assert two_years.weights.index.get_level_values("reference").unique().tolist() == ["2023", "2024"]


CLASSES = small(
    dimension("A", leaf("a", **AS_IS)),
    dimension("B", leaf("b", **AS_IS)),
    fields={"stage": field("stage", kind="text")},
    class_field="stage",
)


def test_classes_have_ranks_places_gained_and_agreement_of_their_own() -> None:
    data = rows(a=[9, 8, 7, 6, 5, 4, 3], b=[1, 2, 3, 4, 5, 6, 7]).assign(
        stage=["东", "西", "东", "西", "东", "西", None]
    )
    compared = ps.scenarios(CLASSES, data, [FIRST, SECOND])
    assert compared.class_ranks is not None
    assert compared.class_shifts is not None
    assert compared.class_ranks.loc["甲"].tolist() == [1, 3]
    assert compared.class_shifts.loc["甲"].tolist() == [-2]
    assert compared.class_ranks.loc["庚"].isna().all()
    assert records(compared.agreement["class"].to_frame()) == [{"class": None}, {"class": "东"}, {"class": "西"}]
    assert compared.agreement["n"].tolist() == [7, 3, 3]
    assert compared.agreement["spearman"].tolist() == pytest.approx([-1, -1, -1])
    assert {"class", "class_rank", "class_places_gained"} <= set(compared.long.columns)
    assert compared.movers()["class"].isin(["东", "西"]).sum() == 5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_says_of_a_class_too_small_for_a_correlation_beside_one_that_is_not(
    tmp_path: Path, language: Language
) -> None:
    data = rows(a=[9, 8, 7, 6, 5], b=[1, 2, 3, 4, 5]).assign(stage=["东", "东", "东", "西", "西"])
    compared = ps.scenarios(CLASSES, data, [FIRST, SECOND])
    sheet = "一致程度" if language == "zh" else "agreement"
    workbook = load_workbook(compared.to_excel(tmp_path / "out.xlsx", language))
    flags = [row[-1] for row in workbook[sheet].iter_rows(values_only=True)][-3:]
    assert flags == [None, None, {"zh": "共同排名的对象少于 3 个", "en": "fewer than 3 units"}[language]]


def test_without_classes_and_years_no_table_speaks_of_them() -> None:
    compared = ps.scenarios(TWO, FIVE, [FIRST, SECOND])
    assert compared.class_ranks is None
    assert compared.class_shifts is None
    for table in (compared.long, compared.agreement, compared.overlap(), compared.movers(), compared.mean_changes):
        assert not {"class", "year", "class_rank", "note"} & set(table.columns)


def test_a_total_that_is_no_sum_has_movers_without_contributions_and_says_why(tmp_path: Path) -> None:
    positive = {"score": ScoreRule.of("minmax", to=(1, 100))}
    parts = (dimension("A", leaf("a", **positive)), dimension("B", leaf("b", **positive)))
    framework = small(*parts, total=Total(aggregate=Choice.of("geometric")))
    compared = ps.scenarios(framework, rows(a=[9, 5, 1], b=[1, 5, 8]), [FIRST, SECOND])
    assert compared.movers()[["unit", "from", "to"]].values.tolist() == [["甲", 1, 3], ["丙", 3, 1]]
    assert not [column for column in compared.movers() if str(column).startswith(("change_", "made_by"))]
    assert "total is a" in str(compared.why_no_contributions())
    assert any(note.en.startswith("moves are not split by dimension") for note in compared.notes)
    compared.to_excel(tmp_path / "out.xlsx")
    assert json.loads(compared.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))["movers"]


def test_no_score_for_anybody_leaves_everything_empty_with_a_reason() -> None:
    compared = ps.scenarios(GAPS, rows(a=[1.0, 2.0, 3.0], b=[None] * 3), [HALF, scheme("more", A=0.4, B=0.6)])
    assert compared.ranks.isna().all(axis=None)
    assert compared.agreement[["n", "flag"]].values.tolist() == [[0, "few"]]
    assert np.isnan(compared.overlap()["share"]).all()
    assert compared.movers().empty


def test_a_top_of_numpy_is_written_as_any_other(tmp_path: Path) -> None:
    compared = ps.scenarios(TWO, FIVE, [FIRST, SECOND], top=np.int64(3))  # type: ignore[arg-type]
    assert json.loads(compared.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))["about"]["top"] == 3
    compared.to_parquet(tmp_path / "out.parquet")


def test_a_column_for_notes_stands_only_where_a_row_has_one() -> None:
    compared = ps.scenarios(GAPS, rows(a=[10, 8, 6, 4], b=[1, 2, 3, None]), [FIRST, HALF])
    assert compared.notes
    assert "note" not in compared.long


# --- what cannot be compared ---------------------------------------------------------------------------------------


def test_a_scheme_that_is_reweighed_again_says_once_that_and_from_what() -> None:
    numbers = {"1": 30, "2": 20, "3": 10, "4": 10, "5": 30}
    once = ps.reweigh("zone-2021", "zone-2021-equal-within", numbers, id="once")
    again = ps.reweigh("zone-2021", once, numbers | {"1": 40}, id="again")
    assert (again.title, again.source) == (once.title, once.source)
    named = ps.reweigh("zone-2021", again, numbers, title="我的")
    assert named.title is not None
    assert named.title.zh == "我的"


def test_a_code_that_is_a_number_is_not_told_as_missing_beside() -> None:
    with pytest.raises(ps.FrameworkError) as refused:
        ps.reweigh("zone-2021", "entropy", dict.fromkeys(range(1, 6), 1))  # type: ignore[arg-type]
    assert {finding.code for finding in refused.value.findings} == {"wrong_type"}


def test_every_scheme_at_fault_is_named_at_once() -> None:
    refusal = refused(TWO, FIVE, [HALF, "no-such", "entrpy", scheme("minus", A=-1, B=2), scheme("odd", A=1, C=1)])
    said = [finding.message.en.split(":")[0] for finding in refusal.findings]
    assert set(said) == {"no-such", "entrpy", "minus", "odd"}
    assert {"not_found", "negative_weight", "unknown_id", "weight_missing"} <= set(codes(refusal.findings))
    assert isinstance(refusal, ps.UsageError)


def test_data_that_several_methods_refuse_are_told_for_each() -> None:
    framework = small(leaf("a", **AS_IS), leaf("b", **AS_IS))
    refusal = refused(framework, rows(a=[-1, 2, 3], b=[1, -2, 3]), ["equal", "entropy", "merec"])
    assert isinstance(refusal, ps.DataError)
    assert {finding.message.en.split(":")[0] for finding in refusal.findings} == {"entropy", "merec"}


@pytest.mark.parametrize("weights", [[], [HALF], {"half": HALF}])
def test_fewer_than_two_schemes_are_refused(weights: Any) -> None:
    refusal = refused(TWO, FIVE, weights)
    assert codes(refusal.findings) == ["too_few_schemes"]
    assert refusal.findings[0].hint is not None
    assert "go by small" in refusal.findings[0].hint.en


@pytest.mark.parametrize(
    "weights",
    [
        [HALF, FIRST, HALF],
        ["entropy", Choice.of("entropy")],
        [None, "small"],
        [HALF, scheme("half", A=1, B=3)],
        {"one": HALF, "other": HALF},
        {"own": None, "its id": "small"},
    ],
)
def test_a_scheme_that_comes_twice_is_refused(weights: Any) -> None:
    assert set(codes(refused(TWO, FIVE, weights).findings)) == {"duplicate_scheme"}


@pytest.mark.parametrize(
    "weights", ["entropy", HALF, None, 3, iter([HALF, FIRST]), [HALF, {"A": 1}], {1: HALF, " ": FIRST}]
)
def test_schemes_that_are_no_list_of_schemes_are_refused(weights: Any) -> None:
    assert set(codes(refused(TWO, FIVE, weights).findings)) == {"wrong_type"}


@pytest.mark.parametrize("number", [0, -1, 2.5, True, "3"])
def test_a_number_of_best_or_of_movers_that_is_none_is_refused(number: Any) -> None:
    assert codes(refused(TWO, FIVE, [HALF, FIRST], top=number).findings) == ["wrong_type"]
    compared = ps.scenarios(TWO, FIVE, [HALF, FIRST])
    for ask in (compared.movers, compared.overlap):
        with pytest.raises(ps.UsageError):
            ask(number)


def test_a_scheme_for_another_framework_is_refused_by_name() -> None:
    (finding,) = refused(TWO, FIVE, [HALF, "zone-2021-equal-within"]).findings[:1]
    assert finding.message.en.startswith("zone-2021-equal-within: ")


def test_evaluations_of_other_rows_or_frameworks_are_not_compared() -> None:
    evaluation = ps.evaluate(TWO, FIVE, weights=HALF)
    others = [ps.evaluate(TWO, FIVE.head(3), weights=HALF), ps.evaluate(GAPS, FIVE, weights=HALF)]
    for evaluations in ({}, {"one": evaluation}, *({"one": evaluation, "other": other} for other in others)):
        with pytest.raises(ps.UsageError, match="not_comparable"):
            ps.Scenarios(evaluations)


def test_what_is_no_evaluation_is_not_compared() -> None:
    other: Any = 5
    with pytest.raises(ps.UsageError, match="wrong_type: other"):
        ps.Scenarios({"one": ps.evaluate(TWO, FIVE, weights=HALF), "other": other})


# --- files ---------------------------------------------------------------------------------------------------------


def unicode_scenarios() -> ps.Scenarios:
    data = FIVE.assign(zone=["=甲 1", "乙😀", "丙,丙", '丁"丁', "－戊"])
    return ps.scenarios(TWO, data, {"=半 half": HALF, "甲，乙": FIRST, "😀": "entropy"}, top=2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_has_a_sheet_for_each_question_in_both_languages(tmp_path: Path, language: Language) -> None:
    book = load_workbook(unicode_scenarios().to_excel(tmp_path / "out.xlsx", language))
    assert len(book.sheetnames) == 10
    words = {"zh": ("方案", "位次对照", "上升位数：😀"), "en": ("schemes", "ranks", "places gained: 😀")}[language]
    assert book.sheetnames[:2] == list(words[:2])
    ranks = [[cell.value for cell in row] for row in book[words[1]].iter_rows()]
    head = next(row for row in ranks if words[2] in row)
    assert ranks[-5][0] in ("=甲 1", "丙,丙", '丁"丁', "乙😀", "－戊")
    assert {row[head.index(words[2])] for row in ranks[-5:]} <= set(range(-4, 5))
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    if language == "en":
        from_chinese = {str(cell.value) for row in book["about"].iter_rows() for cell in row}
        assert "=半 half (official), 甲，乙 (official), 😀 (computed)" in from_chinese


def test_the_workbook_says_on_every_sheet_what_is_assumed_and_synthetic(
    two_years: ps.Scenarios, tmp_path: Path
) -> None:
    book = load_workbook(two_years.to_excel(tmp_path / "out.xlsx"))
    for sheet in book:
        top = "\n".join(str(sheet.cell(row, 1).value) for row in range(1, 5))
        assert "权重为假定：zone-2021-equal-within" in top
        assert "权重为假定：zone-2021-ahp-example" in top
        assert "合成数据" in top


def test_every_file_of_the_long_table_holds_the_same(tmp_path: Path) -> None:
    compared = unicode_scenarios()
    from_csv = pd.read_csv(compared.to_csv(tmp_path / "out.csv"))
    from_parquet = pd.read_parquet(compared.to_parquet(tmp_path / "out.parquet"))
    document = json.loads(compared.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert len(compared.long) == 15
    assert from_csv["score"].tolist() == from_parquet["score"].tolist() == compared.long["score"].tolist()
    assert [row["places_gained"] for row in document["ranks"]] == from_csv["places_gained"].tolist()
    assert from_csv["unit"].iloc[0].startswith("'") or not compared.long["unit"].iloc[0].startswith(("=", "－"))
    assert document["schema"] == "parkscore-scenarios/1"
    assert document["about"]["base"] == "=半 half"
    assert {"agreement", "overlap", "movers", "mean_changes", "weights", "findings", "notes"} <= document.keys()


def test_each_row_of_the_long_table_has_the_notes_of_its_own_scheme(two_years: ps.Scenarios) -> None:
    notes = two_years.long.groupby("scheme", sort=False)["note"].unique().map(list).to_dict()
    synthetic = "合成数据，非真实 synthetic, seed 1"
    stated = "1 20%, 2 20%, 3 15%, 4 15%, 5 30%"
    replaced = f"all weights are computed from the data, and not those that the framework states: {stated}"
    assert notes["entropy"] == [f"{replaced}; kept by: zone-2021-entropy-within; {synthetic}"]
    assert notes["zone-2021-ahp-example"] == [f"weights are assumed: zone-2021-ahp-example; {synthetic}"]


def test_the_weights_stand_side_by_side_with_the_status_of_each() -> None:
    compared = ps.scenarios(TWO, FIVE, [HALF, scheme("mine", A=1, B=3)])
    assert compared.weights.loc["all"].to_dict() == {
        "half": {"A": 0.5, "a": 0.5, "B": 0.5, "b": 0.5},
        "mine": {"A": 0.25, "a": 0.25, "B": 0.75, "b": 0.75},
    }
    assert compared.weights_status.loc[("all", "A")].tolist() == ["official", "official"]
    assert compared.schemes[["zh", "en", "status"]].values.tolist()[1] == ["方案mine", "scheme mine", "official"]


# --- a scheme made from another ------------------------------------------------------------------------------------


def first_level() -> st.SearchStrategy[dict[str, int]]:
    number = st.integers(0, 100)
    return st.fixed_dictionaries({str(node): number for node in range(1, 6)}).filter(lambda each: any(each.values()))


@pytest.mark.parametrize("base", [*ZONE_SCHEMES, "entropy", "gini", "equal"])
@settings(max_examples=20)
@given(numbers=first_level())
def test_reweighing_changes_the_first_level_and_keeps_the_shares_inside(
    zones: Prepared, base: str, numbers: dict[str, int]
) -> None:
    before = zones.evaluate(base).weights.set_index("id")
    after = zones.evaluate(ps.reweigh(zones.framework, base, numbers)).weights.set_index("id")
    total = sum(numbers.values())
    for node, number in numbers.items():
        assert after.loc[node, "share"] == pytest.approx(number / total, abs=1e-12)
    inside = before.index.difference(list(numbers))
    carried = [code for code in inside if numbers[code.split(".")[0]]]
    np.testing.assert_allclose(after.loc[carried, "share"], before.loc[carried, "share"], rtol=1e-9)


def test_reweighing_a_reweighed_scheme_is_the_same_as_reweighing_the_base(zones: Prepared) -> None:
    one, other = {"1": 10, "2": 20, "3": 30, "4": 20, "5": 20}, {"1": 50, "2": 20, "3": 10, "4": 10, "5": 10}
    for base in [*ZONE_SCHEMES, "entropy"]:
        once = ps.reweigh(zones.framework, base, other, id="x")
        twice = ps.reweigh(zones.framework, ps.reweigh(zones.framework, base, one, id="y"), other, id="x")
        scores = [zones.evaluate(each).nodes["total"] for each in (once, twice)]
        np.testing.assert_array_equal(*scores)


def test_the_framework_s_own_weights_can_be_reweighed_too() -> None:
    framework = small(
        dimension("A", leaf("a", weight=3), leaf("b", weight=1), weight=0.5), dimension("B", leaf("c"), weight=0.5)
    )
    for base in (None, "small"):
        mine = ps.reweigh(framework, base, {"A": "30%", "B": "70%"})
        shares = ps.evaluate(framework, rows(a=[1, 2], b=[1, 2], c=[2, 1]), weights=mine).weights.set_index("id")[
            "share"
        ]
        assert shares.to_dict() == {"A": 0.3, "a": 0.75, "b": 0.25, "B": 0.7, "c": 1.0}
        assert (mine.id, mine.status) == ("small-reweighed", "assumed")


def test_a_policy_that_reaches_inside_is_kept_by_the_name_of_its_scheme(zones: Prepared, tmp_path: Path) -> None:
    drawn = WeightScheme(
        id="drawn",
        framework="zone-2021",
        status="computed",
        method=Choice.of("entropy"),
        toward={"scheme": "zone-2021-equal-within", "share": "50%"},
    )
    numbers = {"1": 1, "2": 1, "3": 1, "4": 1, "5": 1}
    with pytest.raises(ps.FrameworkError, match="unsaved_scheme"):
        ps.reweigh(zones.framework, drawn, numbers)
    mine = ps.reweigh(zones.framework, ps.save_scheme(drawn, tmp_path / "drawn.yaml"), numbers)
    before, after = (zones.evaluate(each).weights.set_index("id")["share"] for each in (drawn, mine))
    assert after["3"] == pytest.approx(0.2)
    assert after["3.1"] == pytest.approx(before["3.1"])


def test_a_scheme_finds_the_file_it_names_beside_its_own_wherever_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    monkeypatch.chdir(home)
    ps.save_scheme(scheme("first", A=0.4, B=0.6), "first.yaml")
    drawn = scheme("drawn", A=0.4, B=0.6).model_copy(
        update={"weights": {}, "method": Choice.of("entropy"), "toward": Policy(scheme="first.yaml", share=0.5)}
    )
    ps.save_scheme(drawn, "drawn.yaml")
    mine = ps.save_scheme(ps.reweigh(TWO, "drawn.yaml", {"A": 1, "B": 1}), "mine.yaml").resolve()
    there = ps.evaluate(TWO, FIVE, weights=mine).scores
    assert str(tmp_path) not in mine.read_text(encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    pd.testing.assert_frame_equal(ps.evaluate(TWO, FIVE, weights=mine).scores, there)
    moved = home.rename(tmp_path / "moved")
    pd.testing.assert_frame_equal(ps.evaluate(TWO, FIVE, weights=moved / "mine.yaml").scores, there)


def test_the_status_of_a_reweighed_scheme_is_never_firmer_than_that_of_its_base(zones: Prepared) -> None:
    numbers = {"1": 1, "2": 1, "3": 1, "4": 1, "5": 1}

    def status(base: str, **more: Any) -> str:
        return ps.reweigh(zones.framework, base, numbers, **more).status

    assert status("entropy") == "assumed"
    assert status("entropy", status="expert") == "computed"
    assert status("zone-2021-equal-within", status="official") == "assumed"


def test_what_the_base_says_of_its_numbers_stays_with_them() -> None:
    framework = small(dimension("A", leaf("a"), leaf("b")), dimension("B", leaf("c")))
    base = scheme("base", A=0.5, B=0.5, a=1, b=2).model_copy(update={"source": "公报", "status": "expert"})
    mine = ps.reweigh(framework, base, {"A": 1, "B": 2}, source="会议", id="mine", title="我的", note="试")
    weights = ps.evaluate(framework, rows(a=[1, 2], b=[1, 2], c=[2, 1]), weights=mine).weights.set_index("id")
    assert weights.loc["a", ["status", "source"]].tolist() == ["expert", "公报"]
    assert weights.loc["A", ["status", "source"]].tolist() == ["assumed", "会议"]
    assert (mine.title, mine.note) == (Label(zh="我的", en="我的"), "试")


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"1": 1, "2": 1, "3": 1, "4": 1, "6": 1}, {"unknown_id", "weight_missing"}),
        ({"1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "1.1": 1}, {"not_first_level"}),
        ({"1": 1, "2": 1, "3": 1, "4": 1, "5": -1}, {"negative_weight"}),
        ({"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}, {"weights_sum_to_zero"}),
        (dict.fromkeys("12345", 1e308), {"weights_too_large"}),
        ({"1": float("nan"), "2": "x", "3": True, "4": None, "5": float("inf")}, {"wrong_type"}),
        ({"1": "20%", "2": 30, "3": 1, "4": 1, "5": 1}, {"mixed_weights"}),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, {"wrong_type"}),
        ({}, {"weight_missing"}),
        ({"6": float("nan")}, {"wrong_type", "unknown_id", "weight_missing"}),
        ([1, 1, 1, 1, 1], {"wrong_type"}),
    ],
)
def test_first_level_weights_at_fault_are_findings_all_at_once(
    zones: Prepared, numbers: Any, expected: set[str]
) -> None:
    with pytest.raises(ps.ParkscoreError) as refusal:
        ps.reweigh(zones.framework, "entropy", numbers)
    assert set(codes(refusal.value.findings)) == expected


def test_a_scheme_without_a_name_is_a_finding(zones: Prepared) -> None:
    with pytest.raises(ps.FrameworkError, match="id"):
        ps.reweigh(zones.framework, "entropy", dict.fromkeys("12345", 1), id=" ")


# --- a scheme kept as a file ---------------------------------------------------------------------------------------


@given(
    numbers=st.fixed_dictionaries({str(node): st.floats(1e-300, 1e300) for node in range(1, 6)}),
    base=st.sampled_from([*ZONE_SCHEMES, "entropy"]),
    name=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20),
)
def test_a_saved_scheme_reads_back_as_it_was(
    zones: Prepared, tmp_path_factory: pytest.TempPathFactory, numbers: dict[str, float], base: str, name: str
) -> None:
    mine = ps.reweigh(zones.framework, base, numbers, id=name, note=f"{name}: {name}\n是")
    path = ps.save_scheme(mine, tmp_path_factory.mktemp("scheme") / "方案.yaml")
    read = build(parse_yaml(path.read_text(encoding="utf-8"), str(path)), WeightScheme)
    assert read.findings == ()
    assert read.model == mine


@pytest.mark.parametrize(
    "wrong", [{"title": 3}, {"status": "nope"}, {"base": 3}, {"base": {"1": 1}}, {"first_level": [1]}]
)
def test_an_argument_of_another_type_is_a_finding(zones: Prepared, wrong: dict[str, Any]) -> None:
    with pytest.raises(ps.UsageError, match="wrong_type"):
        ps.reweigh(**({"framework": zones.framework, "base": "entropy", "first_level": {"1": 1}} | wrong))


def test_an_array_is_no_weight(zones: Prepared) -> None:
    with pytest.raises(ps.FrameworkError, match="wrong_type"):
        ps.reweigh(zones.framework, "entropy", dict.fromkeys("12345", np.array([1, 2])))  # type: ignore[arg-type]


def test_only_a_scheme_can_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ps.UsageError, match="wrong_type"):
        ps.save_scheme("equal", tmp_path / "scheme.yaml")  # type: ignore[arg-type]  # what a user may try
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["scheme.json", "scheme", "no-such-folder/scheme.yaml"])
def test_a_scheme_that_cannot_be_saved_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ps.UsageError):
        ps.save_scheme(HALF, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", ["reweigh", "file"])
def test_percentages_of_a_scheme_that_are_not_100_together_are_a_warning(tmp_path: Path, make: str) -> None:
    mine: Any = ps.reweigh(TWO, None, {"A": "60%", "B": "60%"}, id="mine")
    mine = ps.save_scheme(mine, tmp_path / "mine.yaml") if make == "file" else mine
    warned = [each for each in ps.evaluate(TWO, FIVE, weights=mine).findings if each.code == "weights_sum"]
    assert [(str(each.severity), each.field, each.value) for each in warned] == [("warning", "total", 1.2)]


# --- weights from synthetic data -----------------------------------------------------------------------------------

PANEL = """
zone year a b
甲 2023 1 5
乙 2023 2 3
丙 2023 3 1
"""


def test_weights_that_say_they_come_from_synthetic_data_say_so_on_every_result(tmp_path: Path) -> None:
    note = "合成数据，非真实 synthetic, seed 1"
    made_up = scheme("made-up", A=0.4, B=0.6).model_copy(update={"data_note": note, "status": "computed"})
    evaluation = ps.evaluate(TWO, FIVE, weights=made_up)
    assert [each.en for each in evaluation.notes] == [f"the weights rest on: {note}"]
    assert evaluation.scores["note"].unique().tolist() == [f"the weights rest on: {note}"]
    path = ps.save_scheme(made_up, tmp_path / "made-up.yaml")
    mixed = WeightScheme(
        id="mixed", framework="small", status="computed", combine=({"scheme": str(path)}, {"method": "entropy"})
    )
    drawn = WeightScheme(
        id="drawn",
        framework="small",
        status="computed",
        method=Choice.of("entropy"),
        toward={"scheme": str(path), "share": 0.5},
    )
    for each in (mixed, drawn, ps.reweigh(TWO, made_up, {"A": 1, "B": 2}, note="试")):
        assert any(note in said.zh for said in ps.evaluate(TWO, FIVE, weights=each).notes), each.id


def test_a_note_that_the_data_have_too_is_not_said_twice() -> None:
    framework = small(*TWO.indicators, time="year")
    data = panel(PANEL).assign(数据说明="合成数据 synthetic")
    mine = scheme("made-up", A=0.4, B=0.6).model_copy(update={"data_note": "合成数据 synthetic"})
    assert [each.en for each in ps.evaluate(framework, data, weights=mine).notes] == ["合成数据 synthetic"]


@pytest.mark.parametrize("note", ["依会议纪要", "不是合成数据", "not synthetic"])
def test_another_note_of_a_scheme_is_not_carried(note: str) -> None:
    mine = scheme("mine", A=0.4, B=0.6).model_copy(update={"note": note})
    assert ps.evaluate(TWO, FIVE, weights=mine).notes == ()
