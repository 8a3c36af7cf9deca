"""Scores of very different width that meet at one node: warned about, unless the method there takes any scale."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parkscore import shipped
from parkscore.evaluating import evaluate
from parkscore.findings import Finding
from parkscore.framework.checking import check_framework
from parkscore.framework.loading import read_framework
from parkscore.framework.models import Choice, Framework, ScoreRule, Total
from parkscore.framework.score_ranges import score_ranges
from parkscore.methods import Interval, aggregation
from tests.framework_texts import findings_in, only, places_and_codes, unmarked, with_indicators
from tests.small_frameworks import dimension, leaf, of_code, rows, small

HUNDRED = ScoreRule.of("minmax", to=(0.0, 100.0))
TOPSIS = Choice.of("topsis_minmax")


def _mixed(framework: Framework) -> list[Finding]:
    return of_code(check_framework(framework), "mixed_scales")


def _two(first: ScoreRule, second: ScoreRule, aggregate: Choice | None = None) -> Framework:
    """Two indicators under the total."""
    return small(leaf("a", score=first), leaf("b", score=second), total=Total(aggregate=aggregate))


def test_a_topsis_node_beside_indicators_of_0_to_100_is_named_with_both_ranges() -> None:
    inner = dimension("1", leaf("a", score=HUNDRED), leaf("b", score=HUNDRED), aggregate=TOPSIS)
    (finding,) = _mixed(small(inner, leaf("c", score=HUNDRED)))
    assert (str(finding.severity), finding.field) == ("warning", "total")
    assert "1 dimension 1 from 0 to 1; c indicator c from 0 to 100" in finding.message.en
    assert "1 维度1 为 0 至 1；c 指标c 为 0 至 100" in finding.message.zh
    # The range of TOPSIS is fixed, that of the indicator is not.
    assert finding.hint is not None
    assert "`to: [0, 1]`" in finding.hint.en
    assert "`to: [0, 1]`" in finding.hint.zh


def test_the_way_out_is_one() -> None:
    inner = dimension("1", leaf("a"), leaf("b"), aggregate=TOPSIS)
    assert _mixed(small(inner, leaf("c", score=ScoreRule.of("minmax", to=(0.0, 1.0))))) == []
    hundred = dimension("1", leaf("a", score=HUNDRED), leaf("b", score=HUNDRED), aggregate=TOPSIS)
    free = small(hundred, leaf("c", score=HUNDRED), total=Total(aggregate=Choice.of("borda_count")))
    assert _mixed(free) == []


def test_what_is_warned_about_does_happen_the_narrow_child_hardly_counts() -> None:
    frame = rows(a=[9.0, 5, 1], b=[9.0, 5, 1], c=[1.0, 1.2, 1.4])
    inner = dimension("1", leaf("a"), leaf("b"), aggregate=TOPSIS)
    mixed = small(inner, leaf("c", score=HUNDRED))
    alike = small(inner, leaf("c"))
    assert evaluate(mixed, frame).ranking["unit"].tolist() == ["丙", "乙", "甲"]
    assert evaluate(mixed, frame).ranking["score"].iloc[0] == pytest.approx(50.0)
    assert np.ptp(evaluate(alike, frame).ranking["score"]) == pytest.approx(0.0)


@pytest.mark.parametrize("name", ["harmonic", "min"])
def test_under_a_smallest_or_harmonic_mean_the_wide_child_hardly_counts_and_nobody_says_the_narrow_one(
    name: str,
) -> None:
    first, second = ScoreRule.of("minmax", to=(1.0, 2.0)), ScoreRule.of("minmax", to=(1.0, 100.0))
    framework = _two(first, second, Choice.of(name))
    # The best of the narrow child wins though the other two are far better in the wide one.
    assert evaluate(framework, rows(a=[9.0, 5, 5, 1], b=[3.0, 9, 9, 1])).ranking["unit"].iloc[0] == "甲"
    (finding,) = _mixed(framework)
    assert "narrow" not in finding.message.en
    assert "尺度小的" not in finding.message.zh


@pytest.mark.parametrize(
    ("first", "second", "is_reported"),
    [
        ((0.0, 1.0), (0.0, 5.0), True),
        ((0.0, 1.0), (0.0, 4.9), False),
        ((60.0, 100.0), (0.0, 100.0), False),
        ((-1.0, 1.0), (0.0, 10.0), True),
    ],
)
def test_from_five_times_the_width_on_scales_are_mixed(
    first: tuple[float, float], second: tuple[float, float], is_reported: bool
) -> None:
    framework = _two(ScoreRule.of("minmax", to=first), ScoreRule.of("minmax", to=second))
    assert bool(_mixed(framework)) == is_reported


def test_scores_without_ends_say_nothing_about_their_scale() -> None:
    assert _mixed(_two(ScoreRule.of("as_is"), HUNDRED)) == []


def _stated(name: str) -> dict[str, object]:
    return {
        "power": {"exponent": 2.0},
        "owa": {"exponent": 2.0},
        "capped_sum": {"cap": 30.0},
        "fuzzy": {"grades": (1.0, 50.0, 100.0)},
    }.get(name, {})


TAKES_ANY = {
    *("geometric", "topsis_vector", "topsis_minmax", "vikor", "grey_relational", "rsr", "promethee_ii", "copeland"),
    *("borda_count", "benefit_of_doubt", "sum", "capped_sum", "product"),
}


@pytest.mark.parametrize("name", list(aggregation))
def test_only_methods_that_depend_on_scales_are_warned_about(name: str) -> None:
    first, second = (ScoreRule.of("minmax", to=to) for to in ((1.0, 2.0), (1.0, 100.0)))
    framework = _two(first, second, Choice.of(name, **_stated(name)))
    assert bool(_mixed(framework)) == (name not in TAKES_ANY)


@pytest.mark.parametrize(
    ("name", "stated", "is_reported"),
    [
        ("power", {"exponent": 0.0}, False),
        ("power", {"exponent": -1.0}, True),
        ("promethee_ii", {"preference": 10.0}, True),
    ],
)
def test_parameters_decide_whether_a_method_depends_on_scales(
    name: str, stated: dict[str, float], is_reported: bool
) -> None:
    first, second = (ScoreRule.of("minmax", to=to) for to in ((1.0, 2.0), (1.0, 100.0)))
    assert bool(_mixed(_two(first, second, Choice.of(name, **stated)))) == is_reported


@pytest.mark.parametrize("name", sorted(TAKES_ANY - {"sum", "capped_sum", "product"}))
def test_what_takes_any_scale_ranks_units_alike_whatever_the_scale_of_an_indicator(name: str) -> None:
    X = np.random.default_rng(0).uniform(1, 2, (12, 3))
    wide = X * [1.0, 100.0, 1.0]
    before, after = (aggregation[name](each, [1, 2, 3], **_stated(name)) for each in (X, wide))
    np.testing.assert_array_equal(np.argsort(before, kind="stable"), np.argsort(after, kind="stable"))


def test_of_many_children_three_are_named() -> None:
    narrow = dimension("1", leaf("a"), leaf("b"), aggregate=TOPSIS)
    (finding,) = _mixed(small(narrow, *(leaf(code, score=HUNDRED) for code in "cdefg")))
    assert "d indicator d, e indicator e and 2 more from 0 to 100" in finding.message.en
    assert "等 5 项 为 0 至 100" in finding.message.zh


def test_it_stands_at_the_aggregation_of_the_parent(tmp_path: Path) -> None:
    text, places = unmarked(
        with_indicators(
            '- id: "1"',
            "  zh: 一",
            "  aggregate: ▲arithmetic",
            "  score: {rule: minmax, to: [0, 100]}",
            "  children:",
            '    - {id: "1.1", zh: 甲, formula: money}',
            '    - {id: "1.2", zh: 乙, aggregate: vikor, children: [{id: b, zh: 丙, formula: staff}]}',
        )
    )
    file = tmp_path / "park.yaml"
    file.write_text(text, encoding="utf-8")
    found = findings_in(file)
    assert only(found).code == "mixed_scales"
    assert places_and_codes(found, file) == [f"{places[0]} mixed_scales"]


@pytest.mark.parametrize("name", shipped.framework_names())
def test_no_shipped_framework_mixes_scales(name: str) -> None:
    path = shipped.framework_path(name)
    assert path is not None
    assert of_code(read_framework(path).findings, "mixed_scales") == []


def test_the_range_of_every_node_is_known_before_any_data() -> None:
    inner = dimension("1", leaf("a", score=HUNDRED), leaf("b", score=ScoreRule.of("zscore")), aggregate=TOPSIS)
    ranges = score_ranges(small(inner, leaf("c")))
    assert ranges["1"] == Interval(0.0, 1.0, "possible")
    assert (ranges["a"].low, ranges["a"].high) == (0.0, 100.0)
    assert ranges["b"].high == np.inf
    assert ranges["total"].high == 1.0


def test_z_scores_beside_0_to_100_are_named_with_where_they_usually_lie() -> None:
    (finding,) = _mixed(_two(ScoreRule.of("zscore"), HUNDRED))
    assert "a indicator a from -3 to 3; b indicator b from 0 to 100" in finding.message.en


def test_z_scores_stretched_to_the_scale_of_their_siblings_meet_them() -> None:
    assert _mixed(_two(ScoreRule.of("zscore", center=50.0, scale=15.0), HUNDRED)) == []
    assert _mixed(_two(ScoreRule.of("zscore"), ScoreRule.of("zscore"))) == []


def test_a_result_says_what_the_check_says_of_mixed_scales() -> None:
    inner = dimension("1", leaf("a"), leaf("b"), aggregate=TOPSIS)
    framework = small(inner, leaf("c", score=HUNDRED))
    evaluation = evaluate(framework, rows(a=[1.0, 2.0], b=[2.0, 1.0], c=[3.0, 4.0]), weights="equal")
    assert of_code(evaluation.findings, "mixed_scales") == _mixed(framework) != []
