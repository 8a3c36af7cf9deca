from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.formula import TEXT, FormulaProblem, check_measures, parse_formula
from parkscore.framework.measures import Measure, parse_measure

FIELDS = {
    **{name: parse_measure("千元") for name in ("营业收入", "研发费用")},
    "增加值": parse_measure("万元"),
    "从业人员": parse_measure("人"),
    "研发人员": parse_measure("人年"),
    "发明专利": parse_measure("件"),
    "能耗": parse_measure("吨标准煤"),
    "出口": parse_measure("万美元"),
    "高企": None,
    "评分": None,
    "行业": TEXT,
    "地区": TEXT,
}


def check(text: str, target: str | None = None) -> tuple[Measure | None, list[FormulaProblem]]:
    return check_measures(parse_formula(text), FIELDS, None if target is None else parse_measure(target))


@pytest.mark.parametrize(
    ("text", "target", "natural"),
    [
        ("发明专利 / 研发费用", "件/千万元", "件/千元"),
        ("研发费用 / 从业人员", "万元/人", "千元/人"),
        ("研发费用 / 营业收入", "%", "1"),
        ("研发费用 / 增加值", "%", "1"),
        ("营业收入 - 上年(营业收入)", "亿元", "千元"),
        ("增加值 + 营业收入", "元", "万元"),
        ("5亿元 + 营业收入", "元", "千元"),
        ("研发人员 / 从业人员", "%", "1"),
        ("(营业收入 / 从业人员) / 上年(营业收入 / 从业人员) - 1", "%", "1"),
        ("增长率(营业收入)", "%", "1"),
        ("cagr(营业收入, 3) * 100%", "%", "1"),
        ("能耗 / 增加值", "千克标准煤/元", "吨标准煤/万元"),
        ("能耗 / 增加值 > 0.4吨标准煤 / 1万元", None, "1"),
        ("营业收入 > 5亿元 and 研发费用 / 营业收入 >= 5%", None, "1"),
        ("0 <= 营业收入 < 2亿元", None, "1"),
        ('if(行业 == "工业", 营业收入, 0)', "亿元", "千元"),
        ("if(高企, 营业收入, 0元)", "亿元", "千元"),
        ("if(上年(高企) and not 高企, 1, 0)", None, "1"),
        ("max(营业收入 - 2亿元, 0)", "亿元", "千元"),
        ("mean(营业收入, 增加值) + abs(研发费用)", "亿元", "千元"),
        ("ln(营业收入 / 1千元) + sqrt(评分)", None, "1"),
        ('行业 in ["B", "C"] or 地区 != 上年(地区)', None, "1"),
        ("评分 in [1, 2, -1]", None, "1"),
        ("(营业收入 > 1亿元) + (从业人员 > 500人)", None, "1"),
        ("-发明专利", "万件", "件"),
        ("营业收入 * 0", "元", "千元"),
        ("年均(营业收入, 3)", "亿元", "千元"),
        ("累计(营业收入 + 增加值, 2)", "万元", "千元"),
        ("三年增长率(营业收入)", "%", "1"),
        ("几年中(营业收入 > 5000万元, 3) >= 2", None, "1"),
        ("几年中(高企, 3)", None, "1"),
        ("营业收入 / 组均值(营业收入, 行业, 地区)", "%", "1"),
        ("营业收入 - 组均值(增加值, 行业)", "亿元", "千元"),
        ("组内倒数位次(营业收入 / 从业人员, 地区) <= 5", None, "1"),
        ("距今年数(评分) >= 3", None, "1"),
        ("营业收入 * 查表(系数, 行业)", "亿元", "千元"),
        ("营业收入 >= 查表(门槛, 上年(行业)) * 1万元", None, "1"),
        ('查表(门槛, "工业")', None, "1"),
        ('count_years(行业 == "C", 2)', None, "1"),
        ("floor(发明专利 / 4件) * 1件", "件", "件"),
        ("round(营业收入 / 从业人员 / (1万元 / 1人), 2)", None, "1"),
        ("round(研发费用 / 营业收入, 4)", "%", "1"),
        ("ceil(评分) + round(评分, 1)", None, "1"),
    ],
)
def test_what_goes_together_passes_and_names_its_measure(text: str, target: str | None, natural: str) -> None:
    measure, problems = check(text, target)
    assert problems == []
    assert measure == parse_measure(natural)


@pytest.mark.parametrize("text", ["0", "未知 + 营业收入 * 未知", "未知", "min(0, 0)", "-0"])
def test_a_bare_zero_and_unknown_names_fit_anywhere(text: str) -> None:
    assert check(text, "亿元") == (None, [])


@pytest.mark.parametrize(
    ("text", "target", "offset", "in_english"),
    [
        ("营业收入 + 从业人员", None, 7, "人 (people) cannot be added to"),
        ("营业收入 > 从业人员", None, 7, "people"),
        ("营业收入 + 出口", None, 7, "no exchange rate is assumed"),
        ("max(营业收入, 发明专利)", None, 10, "count in 件"),
        ("if(高企, 营业收入, 从业人员)", None, 13, "people"),
        ("营业收入 + 评分", None, 7, "state the measure of 评分"),
        ("营业收入 > 5", None, 7, "such as 5千元"),
        ("能耗 / 增加值 > 0.4", None, 11, "such as 0.4吨标准煤 / 1万元"),
        ("ln(营业收入)", None, 3, "x / 1千元"),
        ("sqrt(营业收入 / 从业人员)", None, 5, "needs a plain number"),
        ("组均值(营业收入, 行业) + 从业人员", None, 16, "cannot be added"),
        ("组均值(营业收入, 高企)", None, 10, "groups are formed by text fields"),
        ("组内倒数位次(营业收入, 从业人员)", None, 13, "a field of `kind: text`"),
        ("组均值(行业, 地区)", None, 4, "not a text"),
        ("查表(系数, 高企)", None, 7, "looked up by a text"),
        ("查表(系数, 营业收入 / 1万元)", None, 7, "a field of `kind: text`"),
        ("营业收入 + 查表(系数, 行业)", None, 7, "cannot be added"),
        ("距今年数(行业)", None, 5, "not a text"),
        ("距今年数(营业收入)", None, 5, "needs a plain number"),
        ("floor(发明专利)", None, 6, "divide by one of the measure first, such as x / 1件"),
        ("round(营业收入, 2)", "亿元", 6, "x / 1千元"),
        ("ceil(营业收入 / 从业人员)", None, 5, "such as x / (1千元 / 1人)"),
        ("floor(行业)", None, 6, "not a text"),
        ("年均(行业, 2)", None, 3, "not a text"),
        ("三年增长率(行业)", None, 6, "not a text"),
        ("几年中(营业收入, 3)", None, 4, "a condition belongs here"),
        ("几年中(行业, 3)", None, 4, "a condition belongs here"),
        ("累计(营业收入, 2) + 从业人员", None, 14, "cannot be added"),
        ("if(营业收入, 1, 2)", None, 3, "a condition belongs here"),
        ("if(1, 营业收入, 0)", None, 3, "a condition belongs here"),
        ("营业收入 and 高企", None, 0, "a condition belongs here"),
        ("not 行业", None, 4, "a condition belongs here"),
        ("行业 + 1", None, 0, "not a text"),
        ("行业", None, 0, "not a text"),
        ("-行业", None, 1, "not a text"),
        ('行业 < "C"', None, 0, "texts have no order"),
        ("行业 == 1", None, 0, "not a text"),
        ('营业收入 == "5"', None, 8, "not a text"),
        ("行业 in [1]", None, 7, "a text belongs here"),
        ('评分 in ["1"]', None, 7, "a number belongs here"),
        ("营业收入 in [1]", None, 0, "list of plain numbers"),
        (
            "营业收入 / 从业人员",
            "%",
            0,
            "the formula gives 千元/人 (money / people), but the measure is % (a plain number)",
        ),
        ("评分 / 评分", "万元/人", 0, "state the measure of 评分"),
        ("营业收入 / 从业人员", "万元/人·年", 0, "leave 年 out"),
        ("研发费用 / 营业收入 * 100", "%", 14, "convert twice"),
        ("发明专利 / 从业人员 * 10000", "件/万人", 14, "convert twice"),
        ("(营业收入 - 上年(营业收入)) / 100000", "亿元", 20, "convert twice"),
    ],
)
def test_what_does_not_go_together_is_located_with_a_reason(
    text: str, target: str | None, offset: int, in_english: str
) -> None:
    _, problems = check(text, target)
    assert len(problems) == 1
    assert problems[0].offset == offset
    assert in_english in problems[0].render("en")
    assert problems[0].render("zh") != problems[0].render("en")


def test_every_measure_problem_of_a_formula_is_reported_once() -> None:
    _, problems = check("(营业收入 + 从业人员) * ln(能耗) + 行业", "亿元")
    assert [problem.offset for problem in problems] == [8, 19, 25]


@pytest.mark.parametrize(
    ("text", "target"),
    [("研发费用 / 营业收入 * 100%", "%"), ("研发费用 / 营业收入 * 50", "%"), ("评分 * 100", None), ("评分 * 100", "1")],
)
def test_a_factor_that_is_not_the_conversion_is_left_alone(text: str, target: str | None) -> None:
    assert check(text, target)[1] == []


@given(st.sampled_from(list(FIELDS)), st.sampled_from(list(FIELDS)), st.sampled_from("+-<"))
def test_addition_and_comparison_are_refused_in_both_orders_or_in_none(one: str, other: str, operator: str) -> None:
    forth, back = check(f"{one} {operator} {other}")[1], check(f"{other} {operator} {one}")[1]
    assert bool(forth) == bool(back)
