from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parkscore.framework.formula import FUNCTIONS, Formula, FormulaError, FormulaProblem, parse_formula, print_formula
from parkscore.framework.formula.branches import read_with_grammar
from parkscore.framework.formula.tree import (
    And,
    Call,
    Compare,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quantity,
    Quoted,
    Sum,
)
from parkscore.framework.measures import parse_measure


def problems_of(text: str) -> tuple[FormulaProblem, ...]:
    with pytest.raises(FormulaError) as refused:
        parse_formula(text)
    assert refused.value.text == text
    return refused.value.problems


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("（营业收入－上年（营业收入））／上年（营业收入）×100％", "(营业收入 - lag(营业收入)) / lag(营业收入) * 100%"),
        ("ｑｃ０５＿０＋１．５", "qc05_0 + 1.5"),
        ("a÷b−c", "a / b - c"),
        ("a ＜ ３ 且 b ＞＝ ２", "a < 3 and b >= 2"),
        ("a≤3 或 b≥2 或 c≠1", "a <= 3 or b >= 2 or c != 1"),
        ("a = 1", "a == 1"),
        ("a ！＝ 1", "a != 1"),
        ("非 a = 1", "not a == 1"),
        ("a > 1 AND NOT b > 2 OR c > 3", "a > 1 and not b > 2 or c > 3"),
        ("如果（a＞0，b，c）", "if(a > 0, b, c)"),
        ("IF(a > 0, MAX(b, c), 0)", "if(a > 0, max(b, c), 0)"),
        ("合计(a, b) - 平均(a, b) + 最大(a, b) - 最小(a, b)", "sum(a, b) - mean(a, b) + max(a, b) - min(a, b)"),
        ("绝对值(增长率(a)) + 复合增长率(a, 3)", "abs(growth(a)) + cagr(a, 3)"),
        ("自然对数(a) * 平方根(b)", "ln(a) * sqrt(b)"),
        ("向下取整(a) + 向上取整(a) + 四舍五入(a) + 四舍五入(a, 2)", "floor(a) + ceil(a) + round(a) + round(a, 2)"),
        ("年均(a, 2) / 累计(a, 3) + 三年增长率(a)", "mean_years(a, 2) / sum_years(a, 3) + growth_three_years(a)"),
        ("组均值(a, 行业, 省) - 组内倒数位次(a, 省)", "group_mean(a, 行业, 省) - group_rank_from_bottom(a, 省)"),
        ("查表(行业系数, 行业) * a", "lookup(行业系数, 行业) * a"),
        ("lookup([a-b], [c-d])", "lookup([a-b], [c-d])"),
        ("距今年数(成立年份) <= 3", "years_since(成立年份) <= 3"),
        ("几年中(a > 1 且 b > 2, 3) >= 2", "count_years(a > 1 and b > 2, 3) >= 2"),
        ("上年(a, 1)", "lag(a)"),
        ("［2.4］ + 【研发费用（万元）】", "[2.4] + [研发费用（万元）]"),
        ("[营业收入]", "营业收入"),
        ("gbt13 = “高技术服务业”", 'gbt13 == "高技术服务业"'),
        ("行业 属于 ['B'，‘C’]", '行业 in ["B", "C"]'),
        ("年份 in [2018, 2019, -1]", "年份 in [2018, 2019, -1]"),
        ("2 亿元 + 5000万元", "2亿元 + 5000万元"),
        ("1e5元 + 1.5E-7元", "100000元 + 1.5e-7元"),
        ("0.4吨标准煤 / 1万元", "0.4吨标准煤 / 1万元"),
        ("\u3000a\n+\tb\u00a0", "a + b"),
    ],
)
def test_what_people_type_means_the_plain_text(typed: str, plain: str) -> None:
    assert parse_formula(typed).root == parse_formula(plain).root
    assert print_formula(parse_formula(typed)) == plain


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "(a - b) - c"),
        ("((a)) * ((b))", "a * b"),
        ("a / (b * c)", "a / (b * c)"),
        ("-(a + b) * -c", "-(a + b) * -c"),
        ("--a", "--a"),
        ("(a or b) and c", "(a or b) and c"),
        ("not (a > 1 and b > 1)", "not (a > 1 and b > 1)"),
        ("(a > 1) == (b > 1)", "(a > 1) == (b > 1)"),
        ("50000 <= qc05_0 < 200000", "50000 <= qc05_0 < 200000"),
        ("not x in [1]", "not x in [1]"),
        ("lag(lag(x), 3)", "lag(lag(x), 3)"),
        ("cagr(x, 1)", "cagr(x, 1)"),
        ("5% + 0.07", "5% + 0.07"),
    ],
)
def test_only_needed_parentheses_are_printed(text: str, printed: str) -> None:
    assert print_formula(parse_formula(text)) == printed


def test_a_chain_of_terms_is_one_flat_sum() -> None:
    assert parse_formula("a - b + c").root == Sum((("+", Name("a")), ("-", Name("b")), ("+", Name("c"))))


def test_multiplication_binds_more_tightly_than_addition_and_a_sign_most_of_all() -> None:
    product = Product((("*", Negative(Name("b"))), ("/", Name("c"))))
    assert parse_formula("a + -b / c").root == Sum((("+", Name("a")), ("+", product)))


def test_a_percentage_is_the_double_nearest_to_its_decimal_value() -> None:
    assert all(parse_formula(f"{n / 10}%").root == Number(float(f"{n}e-3"), percent=True) for n in range(1, 2000))


def test_offsets_point_into_the_text_as_written() -> None:
    formula = parse_formula("（Ａ ＋ 营业收入）× [营业收入]")
    assert formula.name_offsets == {"A": (1,), "营业收入": (5, 12)}


def test_a_formula_says_which_names_years_and_functions_it_needs() -> None:
    formula = parse_formula("(qz001 / qd01) / lag(qz001 / lag(qd01)) - 1 + cagr(x, 3) + growth(lag(y, 2)) + y")
    assert formula.names == {"qz001", "qd01", "x", "y"}
    assert formula.reads == {"qz001": {0, 1}, "qd01": {0, 2}, "x": {0, 3}, "y": {0, 2, 3}}
    assert formula.lagged == {"qz001": {1}, "qd01": {2}, "x": {3}, "y": {2, 3}}
    assert formula.functions == {"lag", "cagr", "growth"}
    assert parse_formula("a / b").lagged == {}
    assert parse_formula("lag(group_mean(a, b)) + c").reads == {"a": {0, 1}, "b": {0, 1}, "c": {0}}
    factor = parse_formula("查表(系数, 行业) + a")
    assert (factor.names, factor.reads) == ({"行业", "a"}, {"行业": {0}, "a": {0}})
    assert [(table.name, table.offset) for table in factor.table_names] == [("系数", 3)]
    several = parse_formula("mean_years(a, 3) + lag(sum_years(b, 2)) + count_years(c > 0, 2) + growth_three_years(d)")
    assert several.reads == {"a": {0, 1, 2}, "b": {1, 2}, "c": {0, 1}, "d": {0, 1, 2}}


@pytest.mark.parametrize(
    ("text", "row_local", "reads_data_year"),
    [
        ("a / lag(a) + mean_years(a, 3)", True, False),
        ("years_since(a)", True, True),
        ("lookup(t, a)", True, False),
        ("if(a > 0, group_mean(a, b), 0)", False, False),
        ("lag(years_since(group_rank_from_bottom(a, b)))", False, True),
    ],
)
def test_a_formula_says_whether_it_reads_other_units_or_the_data_year(
    text: str, row_local: bool, reads_data_year: bool
) -> None:
    formula = parse_formula(text)
    assert (formula.row_local, formula.reads_data_year) == (row_local, reads_data_year)


def test_a_formula_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        parse_formula("a").text = "b"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "offset", "in_english"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("a +", 3, "ends too early"),
        ("上年(营业收入", 7, "closing )"),
        ("a)", 1, ") does not belong"),
        ("a b", 2, "operator is missing"),
        ("3 (a)", 2, "does not belong"),
        ("9**9**9**9", 1, "no power operator"),
        ("x^2", 1, "no power operator"),
        ("x＾2", 1, "no power operator"),
        ("__import__('os')", 0, "no function __import__"),
        ("a.b", 1, "[2.4]"),
        ("x[0]", 1, "brackets hold a name"),
        ("lambda x: x", 7, "operator is missing"),
        ("R&D经费 / a", 1, "goes in brackets"),
        ("a && b", 2, "write and"),
        ("5 % 3", 4, "operator is missing"),
        ("a % b", 2, "only after a number"),
        ("1,234", 1, "commas between thousands"),
        ("'abc", 0, "pair of quotation marks"),
        ("=a / b", 0, "leave out the leading ="),
        ("(a>0)且b>0", 5, "space before and after"),
        ("a>0且b>0", 3, "space before and after"),
        ("a in ('B')", 5, 'x in ["B", "C"]'),
        ("a in []", 6, "does not belong"),
        ("1.2.3", 3, "does not belong"),
        ("a; b", 1, "does not belong"),
        ("[ ]", 0, "no name in the brackets"),
        ("a and and b", 6, "and does not belong"),
        ("sun(a)", 0, "did you mean sum"),
        ("xyz(a)", 0, "the functions are lag"),
        ("if(a > 0, 1)", 0, "takes 3 arguments, 2 given"),
        ("max()", 0, "at least 1 argument"),
        ("ln(a, b)", 0, "takes 1 argument, 2 given"),
        ("cagr(x)", 0, "takes 2 arguments, 1 given"),
        ("lag(a, 0)", 7, "whole number from 1 to 100"),
        ("lag(a, 1.5)", 7, "whole number"),
        ("lag(a, 2024)", 7, "whole number"),
        ("lag(a, b)", 7, "whole number"),
        ("mean_years(a)", 0, "takes 2 arguments, 1 given"),
        ("累计(a, 101)", 6, "whole number from 1 to 100"),
        ("几年中(a > 0, 几)", 11, "such as count_years(x, 2)"),
        ("round(a, b)", 9, "the decimals must be a whole number from 0 to 12"),
        ("round(a, 1.5)", 9, "round(x, 2) keeps two decimals"),
        ("round(a, 13)", 9, "from 0 to 12"),
        ("round(a, -1)", 9, "from 0 to 12"),
        ("floor(a, 1)", 0, "takes 1 argument, 2 given"),
        ("group_mean(a)", 0, "at least 2 argument"),
        ("组均值(a, b + c)", 7, "groups are formed by text fields"),
        ("group_rank_from_bottom(a, 'x')", 26, "such as group_mean(x, industry)"),
        ("查表(1, a)", 3, "the name of a table under `tables:`"),
        ("lookup('t', a)", 7, "such as lookup(factors, industry)"),
        ("lookup(t)", 0, "takes 2 arguments, 1 given"),
        ("距今年数(a, b)", 0, "takes 1 argument, 2 given"),
        ("mean_years(sum_years(a, 15), 15)", 0, "make a derived field of what is inside"),
        ("5万圆", 1, "did you mean 万元"),
        ("12abc", 2, "'abc' is not a known measure"),
        ("1e999", 0, "too large"),
        ("1e999%", 0, "too large"),
        ("a in [1e999]", 6, "too large"),
        ("(" * 51 + "a" + ")" * 51, 51, "nested more than 50 deep"),
        ("-" * 51 + "a", 50, "nested more than 50 deep"),
        ("growth(" * 5 + "x" + ")" * 5, 0, "more than 4 deep"),
        ("a" * 501, 500, "limit is 500"),
        ("1+" * 5000, 500, "limit is 500"),
    ],
)
def test_a_mistake_is_located_and_said_in_both_languages(text: str, offset: int, in_english: str) -> None:
    problem = problems_of(text)[0]
    assert problem.offset == offset
    assert in_english in problem.render("en")
    assert problem.render("zh") != problem.render("en")


def test_every_mistake_beyond_syntax_is_reported_at_once_from_left_to_right() -> None:
    problems = problems_of("if(a > 0, 1) + sun(b) + 5币 + lag(c, 0) + 1e999")
    assert [problem.offset for problem in problems] == [0, 15, 25, 36, 41]


def test_the_console_text_has_one_line_per_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARKSCORE_LANG", "zh")
    with pytest.raises(FormulaError) as refused:
        parse_formula("sun(b) + 1e999")
    assert str(refused.value) == "第 1 列: 没有函数 sun (是不是 sum 或 round？)\n第 10 列: 数 1e999 太大"


@pytest.mark.parametrize("text", ["(" * 50 + "a" + ")" * 50, "-" * 50 + "a", "a" * 500, "+".join(["a"] * 250)])
def test_what_stays_within_the_limits_is_read(text: str) -> None:
    assert parse_formula(text).names == {"a" * 500 if text == "a" * 500 else "a"}


def test_every_function_has_two_names_and_a_meaning_in_both_languages() -> None:
    chinese = [function.zh for function in FUNCTIONS.values()]
    assert len({*chinese, *FUNCTIONS}) == 2 * len(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        assert function.name == name
        assert function.meaning.zh != function.meaning.en


FRAGMENTS = """
a 营业收入 [2.4] 12 5% 3万元 1e999 ( ) ， , + - * / × ** ^ < <= == = ! and 且 not in [ ] " “ ” ' . lag( 如果( cagr(
上年( nan inf _ \x00 \ud800 ٣ ² é 🙂
"""
fragments = st.sampled_from([*FRAGMENTS.split(), " ", "\u3000"])


@given(st.one_of(st.text(max_size=60), st.lists(fragments, max_size=25).map("".join), st.text("([-n", max_size=501)))
@example("[" * 500)
@example("not " * 125)
@example("1e" + "9" * 400)
@example("0<(" * 60 + "x" + ")<1" * 60)
@example("growth(" * 50 + "x" + ")" * 50)
def test_any_text_is_a_formula_or_a_formula_error_within_the_text(text: str) -> None:
    try:
        formula = parse_formula(text)
    except FormulaError as refused:
        problems = refused.problems
    else:
        printed = print_formula(formula)
        assert len(printed) > 500 or parse_formula(printed).root == formula.root
        return
    assert problems
    assert all(0 <= problem.offset <= len(text) for problem in problems)


names = st.one_of(
    st.sampled_from(["a", "qc05_0", "营业收入", "and", "属于", "if", "R&D经费", "2.4", "研发费用(万元)", "ａ", "x²"]),
    st.text("ab 营(＋.\"'” ", min_size=1, max_size=5).map(str.strip).filter(bool),
).map(Name)
magnitudes = st.one_of(
    st.floats(min_value=0, allow_nan=False, allow_infinity=False),
    st.integers(min_value=0, max_value=10**6).map(float),
)
numbers = st.builds(Number, magnitudes)
percentages = st.builds(Number, magnitudes.filter(lambda value: value < 1e300), st.just(True))
quantities = st.builds(Quantity, magnitudes, st.sampled_from(["元", "万人", "tce", "亿千瓦时"]).map(parse_measure))
texts = st.one_of(st.text("ab 高\"“‘’'", max_size=4), st.text("”高'", max_size=4)).filter(
    lambda text: not all(quote in text for quote in "\"'”’")
)
leaves = st.one_of(names, numbers, percentages, quantities, texts.map(Quoted))
choices = st.one_of(st.builds(Number, magnitudes.map(lambda value: -value)), numbers, texts.map(Quoted))


def inner_nodes(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=3).map(tuple)
    terms = st.tuples(st.just("+"), below), st.lists(st.tuples(st.sampled_from("+-"), below), min_size=1, max_size=2)
    factors = st.tuples(st.just("*"), below), st.lists(st.tuples(st.sampled_from("*/"), below), min_size=1, max_size=2)
    operators = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        st.builds(Negative, below),
        st.builds(Not, below),
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(lambda first, rest: Sum((first, *rest)), *terms),
        st.builds(lambda first, rest: Product((first, *rest)), *factors),
        st.builds(lambda left, right, operator: Compare((left, right), (operator,)), below, below, operators),
        st.builds(lambda a, b, c, f, g: Compare((a, b, c), (f, g)), below, below, below, operators, operators),
        st.builds(Member, below, st.lists(choices, min_size=1, max_size=3).map(tuple)),
        st.builds(lambda name, arguments: Call(name, arguments), st.sampled_from(["min", "sum"]), several),
        st.builds(lambda a, b, c: Call("if", (a, b, c)), below, below, below),
        st.builds(lambda a, years: Call("lag", (a,), years), below, st.integers(1, 100)),
        st.builds(lambda a, years: Call("cagr", (a,), years), names, st.integers(1, 100)),
        st.builds(lambda a: Call("ln", (a,)), below),
    )


@given(st.recursive(leaves, inner_nodes, max_leaves=8))
def test_a_printed_tree_parses_back_to_the_same_tree(root: Node) -> None:
    printed = print_formula(Formula("", root))
    if len(printed) <= 500:
        again = parse_formula(printed)
        assert again.root == root
        assert print_formula(again) == printed


@pytest.mark.parametrize("text", ["qc05", "营业收入", "ｑｃ０５", "＿a", "inn", "非a", "and1", "x2"])
def test_a_name_alone_is_read_as_the_grammar_reads_it(text: str) -> None:
    assert parse_formula(text) == read_with_grammar(text)


@given(st.text("ab１_＿且非in属于 ²π营0[]（+", min_size=1, max_size=6))
def test_any_short_text_is_read_or_refused_as_the_grammar_does(text: str) -> None:
    def outcome(read: Callable[[str], Formula]) -> object:
        try:
            return read(text)
        except FormulaError as error:
            return str(error)

    assert outcome(parse_formula) == outcome(read_with_grammar)


def test_frameworks_of_plain_names_load_no_grammar() -> None:
    code = "import sys, parkscore.framework.formula as f; f.parse_formula('营业收入'); print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
