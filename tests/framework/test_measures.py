from __future__ import annotations

import contextlib
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.measures import (
    DIMENSIONLESS,
    Measure,
    MeasureError,
    conversion,
    convert,
    divide,
    multiply,
    other_measures,
    parse_measure,
)

SIMPLE_WORDS = """
元 千元 万元 百万元 千万元 亿元 百亿元 美元 千美元 万美元 亿美元
人 万人 百人 人年 件 万件 百件 千件 家 万家 项 个 次 万次 台 套 篇 种 所 张 分
吨标准煤 tce 千克标准煤 万吨标准煤 吨 千克 万吨 克 吨二氧化碳 千瓦时 万千瓦时 亿千瓦时
米 公里 平方米 公顷 亩 平方公里 立方米 年 月 天 日 小时 % ‰ 百分点 倍
"""
COMPOUND_WORDS = "件/万人 吨标准煤/万元 万元/人 件/千万元 件/百亿元 万元/人·年 平方米/人 家/平方公里 元/千瓦时"
SIMPLE = SIMPLE_WORDS.split()
COMPOUND = COMPOUND_WORDS.split()

measures = st.sampled_from([*SIMPLE, *COMPOUND]).map(parse_measure)
amounts = st.floats(min_value=-1e15, max_value=1e15).filter(lambda x: x == 0 or abs(x) > 1e-15)


@pytest.mark.parametrize("text", [*SIMPLE, *COMPOUND])
def test_every_measure_of_the_vocabulary_is_read_and_kept_as_written(text: str) -> None:
    assert parse_measure(text).text == text
    assert parse_measure(text).factor > 0


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("百亿元", 10**10),
        ("千万元", 10**7),
        ("万吨标准煤", 10**4),
        ("千克标准煤", Fraction(1, 1000)),
        ("百分点", Fraction(1, 100)),
        ("‰", Fraction(1, 1000)),
        ("倍", 1),
        ("百件", 100),
        ("万件", 10**4),
        ("万亿元", 10**12),
        ("件/千万元", Fraction(1, 10**7)),
    ],
)
def test_a_measure_is_an_exact_number_of_base_measures(text: str, factor: Fraction) -> None:
    assert parse_measure(text).factor == factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tce", "吨标准煤"),
        ("万元／人", "万元/人"),
        ("％", "%"),
        ("％", "百分点"),
        ("CNY", "元"),
        ("USD", "美元"),
        ("persons", "人"),
        ("人年", "人"),
        ("日", "天"),
        ("kWh", "千瓦时"),
        ("t", "千千克"),
        ("㎡", "平方米"),
        ("件 / 万 人", "件/万人"),
        ("万元/(人·年)", "万元/人·年"),
        ("万元/人/年", "万元/人·年"),
        ("件*家", "家×件"),
    ],
)
def test_two_ways_of_writing_are_one_measure(one: str, other: str) -> None:
    assert parse_measure(one) == parse_measure(other)
    assert hash(parse_measure(one)) == hash(parse_measure(other))


# The column "Scale" of the table of 28 formulas: what a formula over 千元, 人, 件, 家, 吨标准煤 must be multiplied by.
FACTS_1_3 = [
    ("1.2", "人年/人", "%", 100),
    ("1.3", "千元/千元", "%", 100),
    ("1.4", "件/人", "件/万人", 10_000),
    ("1.5", "件/千元", "件/千万元", 10_000),
    ("2.1", "千元/千元", "%", 100),
    ("2.2", "人/人", "%", 100),
    ("2.3", "千元/人", "万元/人", Fraction(1, 10)),
    ("2.4", "千元", "亿元", Fraction(1, 100_000)),
    ("2.5", "千元/千元", "%", 100),
    ("2.6", "家", "家", 1),
    ("2.7", "家", "家", 1),
    ("2.8", "件/千元", "件/百亿元", 10_000_000),
    ("2.9", "千元/千元", "%", 100),
    ("3.1", "吨标准煤/千元", "吨标准煤/万元", 10),
    ("3.5", "人", "万人", Fraction(1, 10_000)),
    ("3.6", "千元/千元", "%", 100),
    ("4.1", "家", "家", 1),
    ("4.2", "千元/千元", "%", 100),
    ("4.3", "家", "家", 1),
    ("4.4", "项", "项", 1),
    ("4.5", "千元/千元", "%", 100),
    ("4.6", "千元/千元", "%", 100),
    ("4.7", "人/人", "%", 100),
    ("5.2", "1", "%", 100),
    ("5.3", "千元/千元", "%", 100),
    ("5.4", "千元/千元", "%", 100),
    ("5.6", "家", "家", 1),
    ("5.7", "家", "家", 1),
]


@pytest.mark.parametrize(("number", "source", "target", "scale"), FACTS_1_3, ids=[row[0] for row in FACTS_1_3])
def test_scale_of_the_torch_workbook_formula(number: str, source: str, target: str, scale: Fraction) -> None:
    assert conversion(parse_measure(source), parse_measure(target)) == float(scale)


def test_thousands_to_hundred_millions_is_the_double_of_a_division_as_for_2023_revenue_of_torch_table_1_3() -> None:
    thousand, hundred_million = parse_measure("千元"), parse_measure("亿元")
    revenue = np.array([55_014_940_375.0, 9_177_249_574.0, 600_875_917.0, 3.0])
    assert np.array_equal(convert(revenue, thousand, hundred_million), revenue / 100_000)
    assert np.array_equal(convert(revenue, hundred_million, thousand), revenue * 100_000)


@given(amounts, st.data())
def test_there_and_back_loses_at_most_one_ulp_per_direction_of_conversion(amount: float, data: st.DataObject) -> None:
    source = data.draw(measures)
    target = data.draw(measures.filter(lambda other: other.dimension == source.dimension))
    back = convert(convert(amount, source, target), target, source)
    ratio = source.factor / target.factor
    # A whole ratio is one rounding each way; 亩 and 公顷 (2/30) need two.
    roundings = 1 if 1 in (ratio.numerator, ratio.denominator) else 4
    assert abs(back - amount) <= roundings * math.ulp(amount)


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_whole_hundred_millions_come_back_exactly(amount: int) -> None:
    thousand, hundred_million = parse_measure("千元"), parse_measure("亿元")
    assert convert(convert(float(amount), hundred_million, thousand), thousand, hundred_million) == amount


@given(measures, measures)
def test_two_measures_convert_both_ways_or_neither(one: Measure, other: Measure) -> None:
    if one.dimension == other.dimension:
        forth, back = conversion(one, other), conversion(other, one)
        assert forth * back == pytest.approx(1, rel=1e-15)
        return
    with pytest.raises(MeasureError):
        conversion(one, other)
    with pytest.raises(MeasureError):
        conversion(other, one)


@given(measures, measures)
def test_a_product_divided_by_one_factor_is_the_other(one: Measure, other: Measure) -> None:
    assert divide(multiply(one, other), other) == one
    assert multiply(one, other) == multiply(other, one)
    assert parse_measure(multiply(one, other).text) == multiply(one, other)
    assert parse_measure(divide(one, other).text) == divide(one, other)


@given(measures)
def test_a_measure_over_itself_is_a_plain_number(measure: Measure) -> None:
    assert divide(measure, measure) == DIMENSIONLESS
    assert multiply(measure, DIMENSIONLESS) == measure


def test_missing_stays_missing_and_no_array_is_copied_without_need() -> None:
    values = np.array([1.0, np.nan])
    converted = convert(values, parse_measure("万元"), parse_measure("元"))
    assert converted[0] == 10_000
    assert np.isnan(converted[1])
    assert convert(values, parse_measure("吨"), parse_measure("t")) is values


@pytest.mark.parametrize(
    ("source", "target", "zh", "en"),
    [
        ("千元", "人", ("千元（金额）", "人（人数）"), ("money", "people")),
        ("千元", "万美元", ("千元（金额）", "万美元（美元金额）"), ("money", "US money")),
        ("件", "家", ("以“件”计的数", "以“家”计的数"), ("count in 件", "count in 家")),
        ("万元/人", "%", ("金额/人数", "纯数"), ("money / people", "a plain number")),
        ("平方米", "立方米", ("面积", "体积"), ("area", "volume")),
        ("年", "天", ("年月", "时长"), ("years and months", "days and hours")),
    ],
)
def test_a_refused_conversion_names_both_dimensions(
    source: str, target: str, zh: tuple[str, str], en: tuple[str, str]
) -> None:
    with pytest.raises(MeasureError) as refused:
        conversion(parse_measure(source), parse_measure(target))
    assert all(word in refused.value.reason.zh for word in zh)
    assert all(word in refused.value.reason.en for word in en)


@pytest.mark.parametrize(
    ("source", "target", "way_out"),
    [
        ("千元", "万美元", "元/美元"),
        ("千瓦时", "吨标准煤", "千克标准煤/千瓦时"),
        ("万元/人", "万元/人·年", "leave 年 out"),
    ],
)
def test_a_usual_mix_up_of_dimensions_has_a_way_out(source: str, target: str, way_out: str) -> None:
    with pytest.raises(MeasureError) as refused:
        conversion(parse_measure(source), parse_measure(target))
    assert refused.value.hint is not None
    assert way_out in refused.value.hint.en


def test_money_and_a_rate_of_exchange_give_dollars() -> None:
    assert divide(parse_measure("亿元"), parse_measure("元/美元")).dimension == parse_measure("万美元").dimension


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("万圆", "万元"),
        ("千RMB", "千元"),
        ("美金", "美元"),
        ("万名", "万人"),
        ("吨标煤", "吨标准煤"),
        ("平房米", "平方米"),
        ("百百分点", "百分点"),
        ("万", "万元"),
        ("每万人", "件/万人"),
        ("", None),
        ("元//人", "件/万人"),
        ("(元", "件/万人"),
        ("厘", "元"),
        ("元" * 61, None),
        ("__import__('os')", "件/万人"),
    ],
)
def test_an_unknown_measure_is_refused_with_a_suggestion(text: str, suggested: str | None) -> None:
    with pytest.raises(MeasureError) as refused:
        parse_measure(text)
    assert refused.value.reason.zh != refused.value.reason.en
    if suggested is not None:
        assert refused.value.hint is not None
        assert suggested in refused.value.hint.zh
        assert suggested in refused.value.hint.en


@given(st.text(max_size=70))
def test_any_text_is_a_measure_or_a_measure_error(text: str) -> None:
    with contextlib.suppress(MeasureError):
        assert parse_measure(text).text == text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("千元", {"元": 1000, "万元": 0.1, "百万元": 0.001, "亿元": 1e-5}),
        ("人", {"千人": 0.001, "万人": 0.0001}),
        ("%", {"倍": 0.01, "‰": 10}),
        ("1", {"%": 100, "‰": 1000}),
        ("亩", {"公顷": 1 / 15}),
        ("万元/人", {"千元/人": 10, "亿元/人": 0.0001, "万元/万人": 10_000}),
    ],
)
def test_other_measures_of_a_figure_come_with_their_factors(text: str, expected: dict[str, float]) -> None:
    others = other_measures(parse_measure(text))
    assert {word: others[parse_measure(word)] for word in expected} == expected


@given(measures)
def test_other_measures_are_of_the_same_dimension_and_never_the_measure_itself(measure: Measure) -> None:
    for other, factor in other_measures(measure).items():
        assert other != measure
        assert factor == conversion(measure, other)
