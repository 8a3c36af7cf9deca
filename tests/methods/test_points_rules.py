"""Point rules: official tables with every step just below, at and just above, hostile values, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parkscore.methods import DomainError, Interval, scoring
from parkscore.methods.points_bands import gaps_and_overlaps
from parkscore.methods.points_digits import shown, to_digits
from parkscore.methods.points_lookup import repeated_names

NAN = np.nan

# --- official tables ---------------------------------------------------------------------------------------------

# 科技型中小企业 (国科发政〔2017〕115号), as 成都高新区 prints it in 2024: "含", so a boundary
# belongs to the side above it.
STAFF = [(0.30, 20), (0.25, 16), (0.20, 12), (0.15, 8), (0.10, 4)]
BY_SALES = [(0.06, 50), (0.05, 40), (0.04, 30), (0.03, 20), (0.02, 10)]
BY_COST = [(0.30, 50), (0.25, 40), (0.20, 30), (0.15, 20), (0.10, 10)]
# 工信部企业〔2022〕63号, 创新型中小企业. The text states no sides; from the boundary on is this test's choice.
RESEARCH = [(0.05, 20), (0.03, 15), (0.02, 10), (0.01, 5)]
GROWTH = [(0.15, 20), (0.10, 15), (0.05, 10), (0.0, 5)]
MAIN_BUSINESS = [(0.70, 20), (0.60, 15), (0.55, 10), (0.50, 5)]
# 附件2, 专精特新中小企业, as two public transcriptions have it.
MAIN_BUSINESS_2 = [(0.80, 5), (0.70, 3), (0.60, 1)]
GROWTH_2 = [(0.10, 10), (0.08, 8), (0.06, 6), (0.04, 4), (0.0, 2)]
PROFIT = [(0.10, 10), (0.08, 8), (0.06, 6), (0.04, 4), (0.02, 2)]
RESEARCH_AMOUNT = [(5e6, 10), (4e6, 8), (3e6, 6), (2e6, 4), (1e6, 2)]
RESEARCH_RATIO = [(0.10, 10), (0.08, 8), (0.06, 6), (0.04, 4), (0.03, 2)]
RESEARCHERS = [(0.20, 5), (0.10, 3), (0.05, 1)]
RISING_IS_WORSE = [(0.50, 5), (0.60, 3), (0.70, 1)]
TABLES = {
    "tech_sme staff": STAFF,
    "tech_sme by sales": BY_SALES,
    "tech_sme by cost": BY_COST,
    "innovative_sme research": RESEARCH,
    "innovative_sme growth": GROWTH,
    "innovative_sme main business": MAIN_BUSINESS,
    "specialised_sme main business": MAIN_BUSINESS_2,
    "specialised_sme growth": GROWTH_2,
    "specialised_sme profit": PROFIT,
    "specialised_sme research amount": RESEARCH_AMOUNT,
    "specialised_sme research ratio": RESEARCH_RATIO,
    "specialised_sme researchers": RESEARCHERS,
}


def test_steps_tech_sme_2017_of_the_share_of_scientific_staff():
    ratios = [0.30, 0.2999, 0.25, 0.2499, 0.20, 0.15, 0.10, 0.0999, 0.0]
    points = scoring["steps"](ratios, closed="left", steps=STAFF, otherwise=0)
    np.testing.assert_array_equal(points, [20, 16, 16, 12, 12, 8, 4, 0, 0])


@pytest.mark.parametrize("closed", ["left", "right"])
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_step_just_below_at_and_just_above(table: list[tuple[float, float]], closed: str):
    below = [*(points for _, points in table[1:]), 0]
    for (threshold, points), lesser in zip(table, below, strict=True):
        near = 1e-9 * max(threshold, 1.0)
        values = [threshold - near, threshold, threshold + near]
        result = scoring["steps"](values, closed=closed, steps=table, otherwise=0)
        assert result.tolist() == [lesser, points if closed == "left" else lesser, points]


@pytest.mark.parametrize(("closed", "at"), [("right", [5, 3, 1]), ("left", [3, 1, 0])])
def test_every_step_of_debt_to_assets_where_lower_is_better(closed: str, at: list[int]):
    for number, (threshold, _) in enumerate(RISING_IS_WORSE):
        values = [threshold - 1e-9, threshold, threshold + 1e-9]
        result = scoring["steps"](values, direction=-1, closed=closed, steps=RISING_IS_WORSE, otherwise=0)
        assert result.tolist() == [[5, 3, 1, 0][number], at[number], [5, 3, 1, 0][number + 1]]


def test_the_better_of_amount_and_ratio_of_research_as_in_document_63():
    # 120万元 at 9 % of revenue: 2 points by amount, 8 by ratio; the ratio wins.
    amount = scoring["steps"]([1.2e6], closed="left", steps=RESEARCH_AMOUNT, otherwise=0)
    ratio = scoring["steps"]([0.09], closed="left", steps=RESEARCH_RATIO, otherwise=0)
    assert (amount[0], ratio[0]) == (2, 8)


LIABILITIES = [
    {"to": 0.5, "points": 5},
    {"over": 0.5, "to": 0.6, "points": 3},
    {"over": 0.6, "to": 0.7, "points": 1},
    {"over": 0.7, "points": 0},
]


def test_bands_specialised_sme_2022_of_debt_to_assets():
    ratios = [-0.1, 0.4999, 0.5, 0.5001, 0.6, 0.6001, 0.7, 0.7001, 3.0]
    points = scoring["bands"](ratios, direction=-1, bands=LIABILITIES)
    np.testing.assert_array_equal(points, [5, 5, 5, 3, 3, 1, 1, 0, 0])


def test_two_anchor_technology_centre_values_of_two_items():
    first = scoring["two_anchor"]([0, 2.5, 5, 12.5, 20, 25], points=8, basic=5, full=20, at_basic=0.6)
    np.testing.assert_allclose(first, [0, 2.4, 4.8, 6.4, 8, 8], rtol=1e-15)
    second = scoring["two_anchor"]([5, 15], points=12, basic=10, full=20, at_basic=0.6)
    np.testing.assert_allclose(second, [3.6, 9.6], rtol=1e-15)


# Items of the two transcribed tables, w, b, f.
ITEMS = [(8, 20, 40), (12, 10, 20), (7, 3, 30), (4, 5, 35), (4, 500, 2000), (10, 15, 20), (5, 5, 12), (2, 1, 2)]


@pytest.mark.parametrize(("w", "b", "f"), ITEMS)
def test_two_anchors_just_below_at_and_just_above(w: float, b: float, f: float):
    near = 1e-7
    values = [-near, 0, near, b - near, b, b + near, f - near, f, f + near]
    points = scoring["two_anchor"](values, points=w, basic=b, full=f, at_basic=0.6)
    slow, fast = 0.6 * w / b * near, 0.4 * w / (f - b) * near
    expected = [0, 0, slow, 0.6 * w - slow, 0.6 * w, 0.6 * w + fast, w - fast, w, w]
    np.testing.assert_allclose(points, expected, rtol=0, atol=1e-10)
    assert points[7] == points[8] == w


def test_two_anchors_that_are_the_same_have_no_middle_and_divide_by_nothing():
    points = scoring["two_anchor"]([0, 0.5, 1 - 1e-9, 1, 2], points=3, basic=1, full=1, at_basic=0.6)
    np.testing.assert_allclose(points, [0, 0.9, 1.8, 3, 3], atol=1e-8)
    assert points[3] == 3


def test_a_basic_requirement_of_zero_gives_its_part_to_every_value_above_zero():
    # 加计扣除, 2 points, 0 / 300 万元, as one municipal table has it.
    points = scoring["two_anchor"]([-1, 0, 1e-9, 150, 300], points=2, basic=0, full=300, at_basic=0.6)
    np.testing.assert_allclose(points, [0, 0, 1.2, 1.6, 2], atol=1e-9)


def test_per_specialised_sme_2022_of_years_in_the_segment():
    years = [0, 1.999, 2, 3.999, 4, 7, 8, 9.999, 10, 12, 40]
    points = scoring["per"](years, each=2, points=1, most=5)
    np.testing.assert_array_equal(points, [0, 0, 1, 1, 2, 3, 4, 4, 5, 5, 5])


def test_one_quality_condition_earns_3_two_earn_5_and_four_earn_5_as_in_document_63():
    assert scoring["per"]([0, 1, 2, 4], each=1, points=3, most=5).tolist() == [0, 3, 5, 5]


def test_in_proportion_to_a_benchmark_as_huangyan_2022():
    # 亩均税收 ÷ 24.097 × 30, 规上企业.
    points = scoring["per"]([24.097, 12.0485, 0.0, 72.291], each=24.097, points=30, whole=False)
    np.testing.assert_allclose(points, [30, 15, 0, 90], rtol=1e-15)
    benchmark = scoring["benchmark"]([24.097, 12.0485, 0.0, 72.291], benchmark=24.097, full=30, cap=False)
    np.testing.assert_allclose(points, benchmark, rtol=1e-15)


def test_deductions_add_up_to_the_least_and_no_further():
    # Ningbo: a loss costs 5 points, and two years of it 20; here five for each year, twenty at most.
    points = scoring["per"]([0, 1, 2, 9, NAN], direction=-1, each=1, points=-5, least=-20)
    np.testing.assert_array_equal(points, [0, -5, -10, -20, NAN])
    assert not np.signbit(points[0])


def test_lookup_innovative_sme_2022_of_the_field_of_the_main_product():
    names = ["战略性新兴产业", "制造业", "战略性 新兴产业"]
    points = scoring["lookup"]([0, 1, 2, NAN], points={"战略性新兴产业": 10}, otherwise=5, categories=names)
    np.testing.assert_array_equal(points, [10, 5, 5, NAN])


def test_an_institution_by_its_level_as_in_document_63():
    levels = {"国家级": 10, "省级": 8, "市级": 4, "市级以下": 2, "无": 0}
    names = [" 国家级", "省级　", "市级", "市级以下", "无"]
    points = scoring["lookup"](np.arange(5.0), points=levels, categories=names)
    np.testing.assert_array_equal(points, [10, 8, 4, 2, 0])


# --- twelve digits -----------------------------------------------------------------------------------------------


def test_a_computed_ratio_reaches_the_threshold_that_is_written():
    # 3 / 10 is 0.3; 0.1 + 0.2, 1 - 0.7 and 1.1 / 1 - 1 miss what they should be by a rounding.
    assert scoring["steps"]([3 / 10, 0.1 + 0.2, 1 - 0.7], closed="left", steps=STAFF, otherwise=0).tolist() == [20] * 3
    assert scoring["steps"]([1.1 / 1 - 1], closed="right", steps=[(0.1, 1)], otherwise=0)[0] == 0
    assert scoring["steps"]([0.1 + 0.2], closed="right", steps=[(0.3, 1)], otherwise=0)[0] == 0
    assert scoring["bands"]([0.1 + 0.2], bands=[{"to": 0.3, "points": 1}, {"over": 0.3, "points": 2}])[0] == 1
    assert scoring["per"]([0.3], each=0.1, points=1)[0] == 3
    assert scoring["two_anchor"]([1 - 0.7], points=10, basic=0.3, full=0.3, at_basic=0.6)[0] == 10


def test_a_difference_in_the_twelfth_digit_counts_and_one_in_the_thirteenth_does_not():
    steps = [(0.3, 1)]
    values = [0.299999999999, 0.2999999999999, 0.299999999999999]
    assert scoring["steps"](values, closed="left", steps=steps, otherwise=0).tolist() == [0, 1, 1]


@given(st.floats(-1e150, 1e150))
def test_twelve_digits_are_those_that_decimal_printing_gives_but_for_ties(x: float):
    rounded, printed = float(to_digits(x)), float(f"{x:.11e}")
    assert math.isclose(rounded, printed, rel_tol=1.0000001e-11)
    assert float(to_digits(rounded)) == rounded or abs(rounded) < 1e-200


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.integers(-10, 10))
def test_what_has_twelve_digits_or_fewer_is_unchanged(digits: int, exponent: int):
    written = float(f"{digits}e{exponent}")
    assert float(to_digits(written)) == written


@given(st.integers(1, 10**12 - 1), st.integers(-250, 130), st.sampled_from([-math.inf, math.inf]))
def test_what_differs_from_twelve_digits_by_a_rounding_becomes_the_same(digits: int, exponent: int, toward: float):
    written = float(f"{digits}e{exponent}")
    assert float(to_digits(math.nextafter(written, toward))) == float(to_digits(written))


@given(st.lists(st.floats(-1e150, 1e150), min_size=2, max_size=20))
def test_twelve_digits_never_turn_an_order_round(values: list[float]):
    assert np.all(np.diff(to_digits(np.sort(values))) >= 0)


@pytest.mark.parametrize("x", [0.0, -0.0, 5e-324, -5e-324, 1e-290, 9.9999999999999e-21, 1e150, -1e150])
def test_twelve_digits_of_extreme_numbers(x: float):
    assert math.isclose(float(to_digits(x)), x, rel_tol=1e-11)


def test_numbers_are_shown_as_they_are_written():
    assert [shown(each) for each in (2e8, 5, 0.05, 1e300)] == ["200000000", "5", "0.05", "1e+300"]


# --- bands beside one another ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bands", "found"),
    [
        # 高企: above 2亿元, from 5000万元 and below 2亿元, below 5000万元: exactly 2亿元 is in no band.
        (
            [{"over": 2e8}, {"from": 5e7, "below": 2e8}, {"below": 5e7}],
            [("gap", "exactly 200000000", (1, 0))],
        ),
        ([{"to": 5}, {"from": 5}], [("overlap", "exactly 5", (0, 1))]),
        ([{"to": 5}, {"from": 6}], [("gap", "over 5, below 6", (0, 1))]),
        ([{"below": 6}, {"from": 5}], [("overlap", "from 5, below 6", (0, 1))]),
        ([{"from": 0, "to": 10}, {"from": 2, "to": 3}], [("overlap", "from 2, up to 3", (0, 1))]),
        (
            [{"from": 0, "to": 10}, {"from": 2, "to": 3}, {"from": 9, "below": 12}],
            [("overlap", "from 2, up to 3", (0, 1)), ("overlap", "from 9, up to 10", (0, 2))],
        ),
        ([{"below": 0.1 + 0.2}, {"from": 0.3}], []),
        ([{"to": 1}, {"over": 1, "below": 2}, {"from": 2}], []),
        ([{"from": 3, "to": 3}], []),
        ([{"to": 5}, {"below": 5}], [("overlap", "below 5", (0, 1))]),
    ],
)
def test_gaps_and_overlaps_are_named_single_values_included(bands: Any, found: Any):
    faults = [(each.kind, each.span.described.en, each.bands) for each in gaps_and_overlaps(bands)]
    assert faults == found


ENDS = st.fixed_dictionaries(
    {},
    optional={
        "low": st.tuples(st.sampled_from(["from", "over"]), st.integers(0, 6)),
        "high": st.tuples(st.sampled_from(["to", "below"]), st.integers(0, 6)),
    },
)


@given(st.lists(ENDS, min_size=1, max_size=4))
def test_bands_without_gaps_and_overlaps_hold_every_value_between_their_ends_once(drawn: list[dict[str, Any]]):
    bands = [{"points": 1.0, **dict(each.values())} for each in drawn if each]
    assume(bands)
    problems = scoring["bands"].check({"bands": bands})
    values = np.arange(-1.0, 7.5, 0.5)
    counts = sum(_inside(band, values) for band in bands)
    if any(not _inside(band, values).any() for band in bands):
        assert problems
        return
    held = np.flatnonzero(counts)
    is_one_piece = bool((counts[held[0] : held[-1] + 1] == 1).all())
    assert bool(problems) != is_one_piece


def _inside(band: dict[str, Any], values: Any) -> Any:
    sides = {"from": np.greater_equal, "over": np.greater, "to": np.less_equal, "below": np.less}
    return np.logical_and.reduce(
        [sides[end](values, at) for end, at in band.items() if end != "points"] or [values > -9]
    )


# --- what is refused ---------------------------------------------------------------------------------------------

GOOD = {
    "steps": {"closed": "left", "steps": [(30, 20), (25, 16)], "otherwise": 0},
    "bands": {"bands": [{"below": 5, "points": 1}, {"from": 5, "points": 2}]},
    "two_anchor": {"points": 8, "basic": 5, "full": 20, "at_basic": 0.6},
    "per": {"each": 2, "points": 1},
    "lookup": {"points": {"甲": 1}},
}


@pytest.mark.parametrize(
    ("name", "stated", "parameter", "code", "english"),
    [
        ("steps", {"closed": None}, "closed", "unstated_side", "closed must be stated (left, right)"),
        ("steps", {"otherwise": None}, "otherwise", "parameter", "otherwise must be stated"),
        ("steps", {"closed": "both"}, "closed", "parameter",
         "closed is 'both', not one of left, right; known: left, right"),
        ("steps", {"steps": []}, "steps", "parameter", "steps is [], not a list of [threshold, points]"),
        ("steps", {"steps": [(30, 20, 1)]}, "steps", "parameter",
         "steps is [(30, 20, 1)], not a list of [threshold, points]"),
        ("steps", {"steps": [(30, "20")]}, "steps", "parameter",
         "steps is [(30, '20')], not a list of [threshold, points]"),
        ("steps", {"steps": [(math.inf, 20)]}, "steps", "parameter",
         "steps is [(inf, 20)], not a list of [threshold, points]"),
        ("steps", {"steps": {30: 20}}, "steps", "parameter", "steps is {30: 20}, not a list of [threshold, points]"),
        ("steps", {"steps": [(30, 20), (10, 5), (20, 8)]}, "steps", "parameter",
         "the thresholds must go from the best one down to the least"),
        ("steps", {"steps": [(30, 20), (30, 16)]}, "steps", "parameter", "the threshold 30 is written twice"),
        ("bands", {"bands": [{"below": 2e8, "points": 4}, {"over": 2e8, "points": 3}]}, "bands", "band_gap",
         "between bands 1 and 2 there is a gap: exactly 200000000; if it earns nothing, write a band of 0"),
        ("bands", {"bands": [{"to": 5, "points": 4}, {"from": 5, "points": 3}]}, "bands", "band_overlap",
         "bands 1 and 2 overlap: exactly 5"),
        ("bands", {"bands": [{"from": 5, "over": 6, "points": 4}]}, "bands", "parameter",
         "band 1 states both from and over: state one of them"),
        ("bands", {"bands": [{"from": 5, "below": 5, "points": 4}]}, "bands", "parameter",
         "band 1 holds no value: it begins at 5 and ends at 5"),
        ("two_anchor", {"full": 0, "basic": 0}, "full", "full_at_zero",
         "the full requirement is 0: every value, 0 included, would score full marks"),
        ("two_anchor", {"basic": 21}, "basic", "basic_above_full",
         "the basic requirement (21) is above the full one (20)"),
        ("two_anchor", {"basic": -1}, "basic", "parameter", "basic must not be below zero"),
        ("two_anchor", {"points": 0}, "points", "parameter", "points must be above zero"),
        ("two_anchor", {"at_basic": 1.5}, "at_basic", "parameter", "at_basic must be from 0 to 100%"),
        ("two_anchor", {"full": math.nan}, "full", "parameter", "full is nan, not a finite number"),
        ("per", {"each": 0}, "each", "parameter", "each must be above zero"),
        ("per", {"points": 0}, "points", "parameter", "points must not be zero"),
        ("per", {"least": 3, "most": 2}, "least", "parameter", "least (3) must not be above most (2)"),
        ("lookup", {"points": {}}, "points", "parameter",
         "points is {}, not points by category, such as {national: 10, provincial: 8}"),
        ("lookup", {"points": {"A级": 1, "Ａ级": 2}}, "points", "repeated_category",
         "'A级' and 'Ａ级' are the same name"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_meant_is_refused(
    name: str, stated: dict[str, Any], parameter: str, code: str, english: str
):
    merged = {key: value for key, value in (GOOD[name] | stated).items() if value is not None}
    (problem,) = scoring[name].check(merged)
    assert (problem.parameter, problem.code, problem.reason.en) == (parameter, code, english)
    assert not problem.reason.zh.isascii()


@pytest.mark.parametrize(
    "band",
    [{"points": 3}, {"from": 3}, {"from": 3, "point": 3}, {"from": True, "points": 1}, {"from": NAN, "points": 1}],
)
def test_a_band_needs_an_end_points_and_numbers(band: dict[str, Any]):
    (problem,) = scoring["bands"].check({"bands": [band]})
    assert problem.parameter == "bands"


@pytest.mark.parametrize("name", GOOD)
def test_a_good_table_has_no_problems(name: str):
    assert scoring[name].check(GOOD[name]) == []


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("steps", {"direction": -1}),
        ("steps", {"steps": [(30, 20), (30, 16)]}),
        ("bands", {"bands": [{"to": 5, "points": 4}, {"from": 5, "points": 3}]}),
        ("two_anchor", {"direction": -1}),
        ("two_anchor", {"full": 0, "basic": 0}),
        ("per", {"each": -1}),
        ("lookup", {}),
        ("lookup", {"points": {"1": 1, 2: math.inf, "x": 0}}),
        ("lookup", {"points": {"甲": 1, "甲 ": 2}}),
    ],
)
def test_what_the_check_refuses_is_refused_in_a_call_too(name: str, stated: dict[str, Any]):
    with pytest.raises(DomainError):
        scoring[name]([1.0, 2.0], **(GOOD[name] | stated))


@pytest.mark.parametrize("codes", [[2.0], [-1.0], [0.5]])
def test_a_code_that_stands_for_no_category_is_refused(codes: list[float]):
    with pytest.raises(DomainError, match="no category"):
        scoring["lookup"](codes, points={"甲": 1}, categories=["甲", "乙"])


def test_names_that_read_as_one_are_found_in_pairs():
    assert repeated_names({"A 级": 1, "Ａ　级": 2, "A": 3, " A": 4}) == [("A 级", "Ａ　级"), ("A", " A")]


@pytest.mark.parametrize("name", GOOD)
def test_a_number_of_300_digits_is_refused_by_place(name: str):
    with pytest.raises(DomainError, match="1e150") as caught:
        scoring[name]([1.0, 1e300], **GOOD[name])
    assert caught.value.units == (1,)


def test_points_beyond_all_numbers_are_refused():
    with pytest.raises(DomainError, match="beyond all numbers"):
        scoring["per"]([1e150], each=1e-200, points=1)
    assert scoring["per"]([1e150], each=1e-200, points=1, most=5)[0] == 5


def test_a_loss_and_a_zero_earn_what_the_table_says_and_a_gap_stays_a_gap():
    values = [-1e9, -1.0, 0.0, NAN]
    growth = scoring["steps"](values, closed="left", steps=GROWTH, otherwise=0)
    np.testing.assert_array_equal(growth, [0, 0, 5, NAN])
    np.testing.assert_array_equal(scoring["per"](values, each=2, points=1), [0, 0, 0, NAN])
    np.testing.assert_array_equal(scoring["per"](values, each=2, points=1, whole=False), [0, 0, 0, NAN])
    np.testing.assert_array_equal(scoring["two_anchor"](values, **GOOD["two_anchor"]), [0, 0, 0, NAN])


def test_a_value_outside_all_bands_and_an_unlisted_category_have_no_points_and_not_0():
    bands = [{"from": 1, "below": 2, "points": 3}]
    np.testing.assert_array_equal(scoring["bands"]([0.5, 1, 2], bands=bands), [NAN, 3, NAN])
    np.testing.assert_array_equal(scoring["bands"]([0.5, 1, 2], bands=bands, otherwise=-1), [-1, 3, -1])
    np.testing.assert_array_equal(scoring["lookup"]([0, 1], points={"甲": 0}, categories=["甲", "乙"]), [0, NAN])


# --- what is allowed and should be known -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stated", "codes"),
    [
        ("steps", {}, []),
        ("steps", {"steps": [(30, 5), (25, 16)]}, ["not_monotone"]),
        ("steps", {"otherwise": 17}, ["not_monotone"]),
        ("steps", {"direction": -1, "steps": [(25, 16), (30, 20)]}, ["not_monotone"]),
        ("bands", {}, []),
        ("bands", {"direction": -1}, ["not_monotone"]),
        ("bands", {"bands": [{"from": 0, "to": 1, "points": 5}]}, []),
        ("bands", {"bands": [{"from": 0, "to": 1, "points": 5}], "otherwise": 0}, ["not_monotone"]),
        ("bands", {"bands": [{"from": 0, "points": 5}], "otherwise": 0}, []),
        ("two_anchor", {}, []),
        ("two_anchor", {"basic": 20}, ["no_middle_branch"]),
        ("two_anchor", {"basic": 0}, ["basic_at_zero"]),
        ("per", {}, []),
        ("per", {"direction": -1}, ["not_monotone"]),
        ("per", {"points": -1}, ["not_monotone"]),
        ("per", {"points": -1, "direction": -1}, []),
    ],
)
def test_what_is_allowed_and_should_be_known(name: str, stated: dict[str, Any], codes: list[str]):
    cautions = scoring[name].cautions
    assert cautions is not None
    assert [each.code for each in cautions({"direction": 1} | GOOD[name] | stated)] == codes


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("steps", {"steps": [(1, -5), (0, 7)], "otherwise": 0}, Interval(-5, 7, "possible")),
        ("bands", {"otherwise": -3}, Interval(-3, 2, "possible")),
        ("bands", {}, Interval(1, 2, "possible")),
        ("two_anchor", {}, Interval(0, 8, "possible")),
        ("per", {}, Interval(0, math.inf, "possible")),
        ("per", {"most": 5, "least": 1}, Interval(1, 5, "possible")),
        ("per", {"points": -5}, Interval(-math.inf, 0, "never")),
        ("per", {"points": -5, "least": -20}, Interval(-20, 0, "possible")),
        ("lookup", {"points": {"甲": 1, "乙": 9}, "otherwise": 5}, Interval(1, 9, "possible")),
    ],
)
def test_the_points_that_a_table_can_give_are_known_before_the_data(name: str, stated: Any, expected: Interval):
    assert scoring[name].score_range is not None
    assert scoring[name].score_range({**GOOD[name], **stated}) == expected


# --- properties --------------------------------------------------------------------------------------------------

VALUES = st.lists(st.integers(-400, 400).map(lambda quarter: quarter / 4), min_size=1, max_size=12).map(np.array)
THRESHOLDS = st.lists(st.integers(-80, 80).map(float), min_size=1, max_size=6, unique=True)
SIDES = st.sampled_from(["left", "right"])
DIRECTIONS = st.sampled_from([1, -1])


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Steps in the order of their direction, with points that go with it."""
    direction, thresholds = draw(DIRECTIONS), draw(THRESHOLDS)
    points = sorted(draw(st.lists(st.integers(-9, 30), min_size=len(thresholds) + 1, max_size=len(thresholds) + 1)))[
        ::-1
    ]
    ordered = sorted(thresholds, reverse=direction == 1)
    table = list(zip(ordered, points[:-1], strict=True))
    return {"direction": direction, "closed": draw(SIDES), "steps": table, "otherwise": points[-1]}


@given(tables(), VALUES)
def test_a_better_value_never_earns_less_under_steps_that_are_monotone(table: dict[str, Any], x: Any):
    assert scoring["steps"].cautions(table) == []
    in_order = np.sort(x)[:: table["direction"]]
    assert np.all(np.diff(scoring["steps"](in_order, **table)) >= 0)


@given(tables(), VALUES)
def test_steps_are_bands_written_out(table: dict[str, Any], x: Any):
    rising = sorted(table["steps"])
    start, end = ("from", "below") if table["closed"] == "left" else ("over", "to")
    earned = [points for _, points in rising]
    earned = [table["otherwise"], *earned] if table["direction"] == 1 else [*earned, table["otherwise"]]
    ends = [{}, *({start: threshold} for threshold, _ in rising)]
    tops = [*({end: threshold} for threshold, _ in rising), {}]
    bands = [{**low, **high, "points": points} for low, high, points in zip(ends, tops, earned, strict=True)]
    np.testing.assert_array_equal(scoring["bands"](x, bands=bands), scoring["steps"](x, **table))


@given(tables(), VALUES, st.sampled_from([0.01, 0.5, 3.0, 10.0, 1e4]))
def test_values_and_thresholds_in_another_measure_earn_the_same(table: dict[str, Any], x: Any, factor: float):
    scaled = table | {"steps": [(threshold * factor, points) for threshold, points in table["steps"]]}
    np.testing.assert_array_equal(scoring["steps"](x * factor, **scaled), scoring["steps"](x, **table))


@given(VALUES, st.sampled_from([0.01, 0.5, 3.0, 1e4]))
def test_anchors_and_counts_in_another_measure_earn_the_same(x: Any, factor: float):
    here = scoring["two_anchor"](x, points=8, basic=5, full=20, at_basic=0.6)
    there = scoring["two_anchor"](x * factor, points=8, basic=5 * factor, full=20 * factor, at_basic=0.6)
    np.testing.assert_allclose(there, here, rtol=1e-11)
    np.testing.assert_array_equal(
        scoring["per"](x * factor, each=2 * factor, points=1), scoring["per"](x, each=2, points=1)
    )


@pytest.mark.parametrize("name", GOOD)
@given(x=VALUES, another=st.integers(-400, 400))
def test_another_unit_changes_nobodys_points(name: str, x: Any, another: int):
    stated = GOOD[name] | ({"points": {"1": 3}} if name == "lookup" else {})
    together = scoring[name](np.append(x, another), **stated)
    np.testing.assert_array_equal(together[:-1], scoring[name](x, **stated))
