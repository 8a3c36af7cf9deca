from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.formula import (
    Cells,
    Column,
    FormulaError,
    State,
    TextCells,
    check_measures,
    compute,
    parse_formula,
)
from parkscore.framework.formula.values import compare_digits
from parkscore.framework.measures import conversion, parse_measure
from parkscore.methods.points_digits import to_digits

VALUE, MISSING, NOT_APPLICABLE, DIVIDED_BY_ZERO, UNDEFINED = State
gap = math.nan


def column(values: Sequence[float], measure: str | None = None) -> Column:
    return Column(Cells.of(values), None if measure is None else parse_measure(measure))


def run(
    text: str, columns: Mapping[str, Column] | Mapping[tuple[str, int], Column], target: str | None = None
) -> Cells:
    keyed = {key if isinstance(key, tuple) else (key, 0): value for key, value in columns.items()}
    return compute(parse_formula(text), keyed, None if target is None else parse_measure(target))


def values_of(text: str, target: str | None = None, **columns: Sequence[float]) -> list[float]:
    return run(text, {name: column(values) for name, values in columns.items()}, target).values.tolist()


def states_of(text: str, **columns: Column) -> list[State]:
    cells = run(text, columns)
    assert np.array_equal(np.isnan(cells.values), cells.states != VALUE)
    return [State(state) for state in cells.states]


# One park with round sums, computed by hand from the formulas and scales of the Torch workbook.
PARK: dict[str, dict[str, float]] = {
    "千元": {"qc05_0": 8_000_000, "sumqh51_rd": 400_000, "qc05_0_gf": 2_000_000, "qj80": 30_000, "qc12": 600_000}
    | {"qz001": 2_000_000, "qc02": 4_000_000, "qc05_0_qt": 1_000_000, "qz001_gy": 1_600_000, "qc51": 500_000}
    | {"qj33_1": 1000, "qj33_2": 2000, "qj33_3": 3000, "qj33_4": 4000, "qj59": 5000, "qj61": 1000}
    | {"qc11_1": 50_000, "qc11": 800_000, "qc11_gq": 200_000, "qc05_0_rd5": 1_200_000, "qc05_0_sz": 100_000},
    "人": {"qd01": 5000, "qd08": 1000, "qd18": 500, "qd25": 10, "qd03": 15},
    "人年": {"sumqh40_rd": 250},
    "件": {"qj57": 40, "qj56": 64, "qj73": 300, "qj79": 100},
    "吨标准煤": {"qc41_gy": 32_000},
    "家": {"qb11num": 25, "qc226_qy": 3, "qj90_qy": 1, "qj79_2_qy": 20, "qj57_2_qy": 8, "qb15_xssqy": 0, "qc05_rd5": 2},
    "项": {"qj98_1_qy": 4},
}
YEAR_BEFORE = {"千元": {"qc05_0": 7_500_000, "qz001": 1_600_000}, "人": {"qd01": 4800}, "家": {"qb11num": 17}}

THE_28_FORMULAS = [
    ("1.2", "sumqh40_rd / qd01", "%", 5.0),
    ("1.3", "sumqh51_rd / qc05_0", "%", 5.0),
    ("1.4", "qj57 / qd01", "件/万人", 80.0),
    ("1.5", "qj56 / sumqh51_rd", "件/千万元", 1.6),
    ("2.1", "qc05_0_gf / qc05_0", "%", 25.0),
    ("2.2", "(qd08 + qd18) / qd01", "%", 30.0),
    ("2.3", "qj80 / qd01", "万元/人", 0.6),
    ("2.4", "qc05_0 - 上年(qc05_0)", "亿元", 5.0),
    ("2.5", "qc12 / qc05_0", "%", 7.5),
    ("2.6", "qb11num - 上年(qb11num)", "家", 8.0),
    ("2.7", "qc226_qy", "家", 3.0),
    ("2.8", "(qj73 + qj79) / qc05_0", "件/百亿元", 500.0),
    ("2.9", "qz001 / (qc02 + qc05_0_qt)", "%", 40.0),
    ("3.1", "qc41_gy / qz001_gy", "吨标准煤/万元", 0.2),
    ("3.5", "qd01 - 上年(qd01)", "万人", 0.02),
    ("3.6", "qc51 / qz001", "%", 25.0),
    ("4.1", "qj90_qy", "家", 1.0),
    ("4.2", "(qj33_1 + qj33_2 + qj33_3 + qj33_4 + qj59 + qj61) / qc05_0", "%", 0.2),
    ("4.3", "qj79_2_qy + qj57_2_qy", "家", 28.0),
    ("4.4", "qj98_1_qy", "项", 4.0),
    ("4.5", "qc11_1 / qc11", "%", 6.25),
    ("4.6", "qc11_gq / qc05_0", "%", 2.5),
    ("4.7", "(qd25 + qd03) / qd01", "%", 0.5),
    ("5.2", "(qz001 / qd01) / 上年(qz001 / qd01) - 1", "%", 20.0),
    ("5.3", "qc05_0_rd5 / qc05_0", "%", 15.0),
    ("5.4", "qc05_0_sz / qc05_0", "%", 1.25),
    ("5.6", "qb15_xssqy", "家", 0.0),
    ("5.7", "qc05_rd5", "家", 2.0),
]


def park(sums: Mapping[str, Mapping[str, float]], back: int) -> dict[tuple[str, int], Column]:
    return {(name, back): column([value], measure) for measure, of in sums.items() for name, value in of.items()}


@pytest.mark.parametrize(
    ("number", "formula", "measure", "by_hand"), THE_28_FORMULAS, ids=[row[0] for row in THE_28_FORMULAS]
)
def test_torch_workbook_formula_gives_the_value_computed_by_hand(
    number: str, formula: str, measure: str, by_hand: float
) -> None:
    cells = run(formula, park(PARK, 0) | park(YEAR_BEFORE, 1), measure)
    assert cells.states.tolist() == [VALUE]
    assert cells.values[0] == pytest.approx(by_hand, rel=1e-14)


def test_torch_workbook_rd_expenditure_and_its_conditional_sums() -> None:
    fields = {
        "qc05_0": column([400_000, 600_000, 900_000], "千元"),
        "rd": column([20_000, 60_000, 9_000], "千元"),
        "qc02": column([0, 10, 20], "千元"),
        "qb11": column([1, 0, 1]),
        "gbt13": Column(TextCells.of(["高技术服务业", "制造业", None])),
        "gbt05": Column(TextCells.of(["B", "I", "C"])),
    }
    assert run("if(rd / qc05_0 >= 0.05, qc05_0, 0)", fields, "千元").values.tolist() == [400_000, 600_000, 0]
    assert run("if(qc05_0 > 5亿元 and rd / qc05_0 > 5%, 1, 0)", fields).values.tolist() == [0, 1, 0]
    assert run("if(qc02 == 0, qc05_0, 0)", fields, "亿元").values.tolist() == [4, 0, 0]
    assert run("if(qb11 == 1, qc05_0, 0)", fields, "亿元").values.tolist() == [4, 0, 9]
    assert run('if(gbt05 in ["B", "C", "D"], qc05_0, 0)', fields, "亿元").values.tolist() == [4, 0, 9]
    service = run('if(gbt13 == "高技术服务业", qc05_0, 0)', fields, "亿元")
    assert service.states.tolist() == [VALUE, VALUE, MISSING]
    assert service.values.tolist()[:2] == [4, 0]


def test_patents_per_ten_million_of_research_is_the_quotient_times_ten_thousand() -> None:
    patents, research = [3.0, 7.0, 64.0], [7001.0, 13.0, 400_000.0]
    cells = run("a / b", {"a": column(patents, "件"), "b": column(research, "千元")}, "件/千万元")
    assert cells.values.tolist() == [a / b * 10_000 for a, b in zip(patents, research, strict=True)]


def test_whole_thousands_become_hundred_millions_by_one_division() -> None:
    cells = run("a - b", {"a": column([637_730_491.0], "千元"), "b": column([600_875_917.0], "千元")}, "亿元")
    assert cells.values[0] == (637_730_491 - 600_875_917) / 100_000


def test_a_sum_of_mixed_measures_is_made_in_the_measure_of_the_first_that_is_no_constant() -> None:
    fields = {"a": column([1.0], "亿元"), "b": column([5.0], "千元")}
    assert run("1元 + b + a", fields, "千元").values[0] == 0.001 + 5 + 100_000
    assert run("1元 + b + a", fields).values[0] == 0.001 + 5 + 100_000


def test_a_limit_is_converted_and_not_the_column() -> None:
    fields = {"x": column([500_000.0, 499_999.0], "千元")}
    assert run("x >= 5亿元", fields).values.tolist() == [1, 0]
    assert run("5亿元 <= x", fields).values.tolist() == [1, 0]


def test_a_ratio_without_a_target_is_a_plain_number() -> None:
    assert run("a / b", {"a": column([5.0], "千元"), "b": column([1.0], "万元")}).values[0] == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + y * 2 - 1", [8.0, 11.0]),
        ("-x / y", [-0.25, -0.4]),
        ("x - (y - 1)", [-2.0, -2.0]),
        ("min(x, y, 3)", [1.0, 2.0]),
        ("max(x, y, 3)", [4.0, 5.0]),
        ("sum(x, y, 1)", [6.0, 8.0]),
        ("mean(x, y)", [2.5, 3.5]),
        ("abs(x - y)", [3.0, 3.0]),
        ("sqrt(y) * sqrt(y) > 3.9", [1.0, 1.0]),
        ("ln(x)", [0.0, math.log(2)]),
        ("if(x > 1, 10, 20)", [20.0, 10.0]),
        ("x < 2 and y < 5", [1.0, 0.0]),
        ("x > 1 or y > 5", [0.0, 1.0]),
        ("not x > 1", [1.0, 0.0]),
        ("1 < x < 3", [0.0, 1.0]),
        ("x in [1, 7]", [1.0, 0.0]),
        ("x != 1", [0.0, 1.0]),
        ("(x > 1) + (y > 1)", [1.0, 2.0]),
        ("5% * 100 * y / y", [5.0, 5.0]),
        ("floor(x / y * 10)", [2.0, 4.0]),
        ("ceil(x / y * 10)", [3.0, 4.0]),
        ("round(x / y * 10)", [3.0, 4.0]),
        ("round(1 / (x + 2), 3)", [0.333, 0.25]),
    ],
)
def test_operators_and_functions_by_hand(text: str, expected: list[float]) -> None:
    assert values_of(text, x=[1.0, 2.0], y=[4.0, 5.0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b >= 0.3", [1, 1, 1]),
        ("a + b <= 0.3", [1, 1, 0]),
        ("a + b == 0.3", [1, 1, 0]),
        ("a + b != 0.3", [0, 0, 1]),
        ("a + b > 0.3", [0, 0, 1]),
        ("0.3 < a + b < 1", [0, 0, 1]),
    ],
)
def test_comparisons_look_at_twelve_significant_digits(text: str, expected: list[float]) -> None:
    assert values_of(text, a=[0.1, 0.1, 0.1], b=[0.2, 0.2 - 1e-14, 0.2 + 1e-11]) == expected


def test_years_back_reach_the_right_columns() -> None:
    columns = {("x", back): column([value]) for back, value in enumerate([242.0, 220.0, 200.0])}
    assert run("lag(lag(x))", columns).values[0] == 200
    assert run("上年(x, 2)", columns).values[0] == 200
    assert run("growth(x)", columns, "%").values[0] == pytest.approx(10, rel=1e-13)
    assert run("growth(lag(x))", columns, "%").values[0] == pytest.approx(10, rel=1e-13)
    assert run("cagr(x, 2)", columns, "%").values[0] == pytest.approx(10, rel=1e-13)
    assert run("lag(x - lag(x))", columns).values[0] == 20


def test_texts_compare_with_texts_and_with_the_year_before() -> None:
    now, before = TextCells.of(["B", "C", None, "D"]), TextCells.of(["B", "B", "B", None])
    columns = {("行业", 0): Column(now), ("行业", 1): Column(before)}
    changed = run("行业 != 上年(行业)", columns)
    assert changed.values.tolist()[:2] == [0, 1]
    assert changed.states.tolist() == [VALUE, VALUE, MISSING, MISSING]


def test_a_formula_without_names_is_one_value_per_unit() -> None:
    assert run("1 + 1", {"x": column([1.0, 2.0, 3.0])}).values.tolist() == [2, 2, 2]
    assert run("1 / 0", {"x": column([1.0, 2.0])}).states.tolist() == [DIVIDED_BY_ZERO] * 2


def test_the_result_shares_no_memory_with_the_columns() -> None:
    x = column([1.0, 2.0])
    cells = run("x", {"x": x})
    cells.values[0] = 9
    cells.states[0] = 1
    assert x.cells.values.tolist() == [1, 2]
    assert x.cells.states.tolist() == [0, 0]


EACH_STATE = Column(Cells(np.array([7.0, gap, gap, gap, gap]), np.arange(5, dtype=np.int8)))


@pytest.mark.parametrize("text", ["x + 1", "-x", "2 * x", "x / 2", "abs(x)", "ln(x)", "x > 1", "not x > 1", "x in [1]"])
def test_a_cell_without_a_value_keeps_its_reason(text: str) -> None:
    assert states_of(text, x=EACH_STATE) == list(State)


def test_the_reason_that_no_data_could_remove_wins() -> None:
    strength = [VALUE, MISSING, UNDEFINED, DIVIDED_BY_ZERO, NOT_APPLICABLE]
    pairs = [(one, other) for one in State for other in State]
    left, right = (
        Column(Cells(np.where(states == VALUE, 1.0, gap), states))
        for states in (np.array(side, dtype=np.int8) for side in zip(*pairs, strict=True))
    )
    expected = [max(pair, key=strength.index) for pair in pairs]
    for text in ("x + y", "x * y", "x / y", "max(x, y)", "x < y", "mean(x, y)"):
        assert states_of(text, x=left, y=right) == expected


def test_division_by_zero_is_told_from_missing_and_from_undefined() -> None:
    x, y = column([1.0, 0.0, gap, 5.0, -1.0]), column([0.0, 0.0, 0.0, gap, 2.0])
    assert states_of("x / y", x=x, y=y) == [DIVIDED_BY_ZERO, DIVIDED_BY_ZERO, DIVIDED_BY_ZERO, MISSING, VALUE]
    assert states_of("ln(x)", x=x) == [VALUE, UNDEFINED, MISSING, VALUE, UNDEFINED]
    assert states_of("sqrt(x)", x=x) == [VALUE, VALUE, MISSING, VALUE, UNDEFINED]
    assert states_of("1 / (x * 1e308 * 10)", x=x) == [UNDEFINED, DIVIDED_BY_ZERO, MISSING, UNDEFINED, UNDEFINED]


def test_growth_from_nothing_and_growth_of_losses() -> None:
    now, before = column([1.0, -2.0, 5.0, -1.0]), column([0.0, -1.0, -5.0, 4.0])
    columns = {("x", 0): now, ("x", 1): before, ("x", 2): before}
    # From a loss of 100 to one of 200 is no growth of 100 %.
    assert run("growth(x)", columns).states.tolist() == [DIVIDED_BY_ZERO, UNDEFINED, UNDEFINED, VALUE]
    assert run("cagr(x, 2)", columns).states.tolist() == [DIVIDED_BY_ZERO, UNDEFINED, UNDEFINED, UNDEFINED]


def test_a_ratio_to_a_negative_field_is_undefined_and_turns_no_ranking_upside_down() -> None:
    energy, value_added = column([5.0, 5.0, 5.0]), column([10.0, -10.0, 0.0])
    assert states_of("e / v", e=energy, v=value_added) == [VALUE, UNDEFINED, DIVIDED_BY_ZERO]
    assert states_of("e / (v - 20)", e=energy, v=value_added) == [UNDEFINED, UNDEFINED, UNDEFINED]
    assert values_of("e / -2", e=[5.0, 6.0]) == [-2.5, -3.0]


def test_if_takes_nothing_from_the_branch_it_does_not_choose() -> None:
    x, y = column([0.0, 2.0, gap]), column([gap, gap, 1.0])
    assert states_of("if(x > 0, 1 / x, 0)", x=x) == [VALUE, VALUE, MISSING]
    assert states_of("if(x > 0, y, 1)", x=x, y=y) == [VALUE, MISSING, MISSING]
    assert values_of("if(x == 0, 0, 1 / x)", x=[0.0, 4.0]) == [0, 0.25]


def test_logic_with_missing_is_three_valued() -> None:
    x = column([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, gap, gap, gap])
    y = column([1.0, 0.0, gap, 1.0, 0.0, gap, 1.0, 0.0, gap])
    both, either = run("x and y", {"x": x, "y": y}), run("x or y", {"x": x, "y": y})
    assert np.array_equal(both.values, [1, 0, gap, 0, 0, 0, gap, 0, gap], equal_nan=True)
    assert np.array_equal(either.values, [1, 1, 1, 1, 0, gap, 1, gap, gap], equal_nan=True)
    assert [State(state) for state in both.states] == [0, 0, 1, 0, 0, 0, 1, 0, 1]
    assert states_of("0 < x < y", x=x, y=y)[4:7] == [VALUE, VALUE, MISSING]


def test_overflow_in_the_final_conversion_is_undefined() -> None:
    cells = run("x", {"x": column([1e308], "亿元")}, "元")
    assert cells.states.tolist() == [UNDEFINED]
    assert math.isnan(cells.values[0])


def test_a_nan_that_claims_to_be_a_value_is_missing_and_an_infinity_undefined() -> None:
    states = np.array([0, 0, 2], dtype=np.int8)
    assert states_of("x", x=Column(Cells(np.array([gap, math.inf, 5.0]), states))) == [
        MISSING,
        UNDEFINED,
        NOT_APPLICABLE,
    ]


@pytest.mark.parametrize(
    ("text", "columns", "offset", "in_english"),
    [
        ("a + b", {"a": column([1.0])}, 4, "there is no column b"),
        ("a - lag(a)", {"a": column([1.0])}, 0, "no column a of 1 year before"),
        ("a + b", {"a": column([1.0], "元"), "b": column([1.0], "人")}, 4, "cannot be added"),
        ("a + 1", {"a": Column(TextCells.of(["x"]))}, 0, "not a text"),
        (
            "1 + group_mean(a, b)",
            {"a": column([1.0]), "b": Column(TextCells.of(["x"]))},
            4,
            "needs all rows of the table",
        ),
        ("years_since(a)", {"a": column([1.0])}, 0, "needs rows with their years"),
        ("1 + lookup(t, b)", {"b": Column(TextCells.of(["x"]))}, 11, "there is no table t"),
    ],
)
def test_what_cannot_be_computed_is_refused_before_computing(
    text: str, columns: dict[str, Column], offset: int, in_english: str
) -> None:
    with pytest.raises(FormulaError) as refused:
        run(text, columns)
    assert refused.value.problems[0].offset == offset
    assert in_english in refused.value.problems[0].message.en


MONEY = [parse_measure(text) for text in ("元", "千元", "万元", "亿元")]
money = st.sampled_from(MONEY)
whole = st.integers(min_value=1, max_value=10**6).map(float)
FORMULAS = ["a + b", "a / b", "if(a > b, a, b)", "(a - b) / (a + b)", "max(a, b) * a / b", "a > b", "sum(a, b, a)"]


@given(whole, whole, money, money, st.sampled_from(FORMULAS))
def test_the_same_data_in_other_measures_gives_the_same_result(
    a: float, b: float, one: object, other: object, text: str
) -> None:
    def given_in(measure_a: object, measure_b: object) -> float:
        columns = {}
        for name, value, measure in (("a", a, measure_a), ("b", b, measure_b)):
            columns[name, 0] = Column(Cells.of([value * conversion(MONEY[1], measure)]), measure)  # type: ignore[arg-type]
        formula = parse_formula(text)
        natural, _ = check_measures(formula, dict.fromkeys("ab", MONEY[1]), None)
        return float(compute(formula, columns, natural).values[0])

    if a != b:  # a rounding may decide between equals
        assert given_in(one, other) == pytest.approx(given_in(MONEY[1], MONEY[1]), rel=1e-12, abs=1e-9)


cells = st.one_of(st.just(gap), st.just(math.inf), st.floats(width=32), st.sampled_from([0.0, 1.0, -1.0, 1e308]))
ANY_FORMULAS = [
    *["x / y", "ln(x) + sqrt(y)", "x * y * 1e308", "if(x > y, x / y, y)", "x > 0 and y > 0 or not x == y"],
    *["floor(x / y)", "ceil(x) - y", "round(x, 12) + round(y)"],
    *["min(x, y) - max(x, y)", "mean(x, y) / sum(x, y)", "x in [0, 1]", "-abs(x) / (y - y)", "0 < x < y", "x"],
]


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(ANY_FORMULAS))
def test_every_cell_is_a_finite_value_or_has_a_reason_whatever_comes_in(
    rows: list[tuple[float, float]], text: str
) -> None:
    x, y = (column(side) for side in zip(*rows, strict=True))
    result = run(text, {"x": x, "y": y})
    assert result.values.shape == result.states.shape == (len(rows),)
    assert result.values.dtype == np.float64
    assert result.states.dtype == np.int8
    assert np.array_equal(np.isfinite(result.values), result.states == VALUE)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(ANY_FORMULAS))
def test_each_row_is_computed_for_itself(rows: list[tuple[float, float]], text: str) -> None:
    x, y = (column(side) for side in zip(*rows, strict=True))
    together = run(text, {"x": x, "y": y})
    for index, (a, b) in enumerate(rows):
        alone = run(text, {"x": column([a]), "y": column([b])})
        assert np.array_equal(alone.values, together.values[index : index + 1], equal_nan=True)
        assert alone.states[0] == together.states[index]


def nearly_equal(number: float, parts: int) -> tuple[float, float]:
    """A number, and one that is so many fifths of a part in 10^12 away."""
    return number, number * (1 + parts * 2e-13)


NUMBERS = st.tuples(st.floats(), st.floats())
NEARLY_EQUAL = st.builds(nearly_equal, st.floats(-1e12, 1e12), st.integers(-60, 60))
SIGNS = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


@given(st.lists(st.one_of(NEARLY_EQUAL, NUMBERS), min_size=1, max_size=20), st.sampled_from(sorted(SIGNS)))
def test_comparing_is_as_if_both_sides_were_rounded_to_twelve_digits(
    pairs: list[tuple[float, float]], sign: str
) -> None:
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    one, other = np.asarray(left[0]), np.asarray(right[0])
    with np.errstate(all="ignore"):
        for here, there in ((left, right), (left, other), (one, right), (one, other)):
            rounded = SIGNS[sign](to_digits(here), to_digits(there))
            np.testing.assert_array_equal(compare_digits(SIGNS[sign], here, there), rounded)


@pytest.mark.parametrize(
    "formula", ['x == "C39"', 'x != "C39"', 'x in ["B01", "C39"]', 'begins_with(x, "B", "C")', 'x == "Z"']
)
def test_texts_by_number_compare_as_texts_do(formula: str) -> None:
    texts = ["C39", None, "I65", "B01", "C39"]
    codes = np.array([0, -1, 1, 2, 0], dtype=np.int32)
    plain = compute(parse_formula(formula), {("x", 0): Column(TextCells.of(texts))}, None)
    known = np.array(["C39", "I65", "B01", None], dtype=object)
    coded = TextCells(known[codes], (codes < 0).astype(np.int8), codes, known[:-1])
    by_number = compute(parse_formula(formula), {("x", 0): Column(coded)}, None)
    np.testing.assert_array_equal(by_number.values, plain.values)
    np.testing.assert_array_equal(by_number.states, plain.states)


def test_begins_with_tells_industry_from_services() -> None:
    cells = compute(
        parse_formula('开头为(x, "B", "C", "D")'), {("x", 0): Column(TextCells.of(["C39", "I65", None]))}, None
    )
    np.testing.assert_array_equal(cells.values, [1.0, 0.0, np.nan])


@pytest.mark.parametrize(
    ("formula", "said"), [("begins_with(n, 'B')", "a text belongs here"), ("begins_with(x, n)", "a quoted text")]
)
def test_begins_with_takes_a_text_and_quoted_beginnings(formula: str, said: str) -> None:
    columns = {("x", 0): Column(TextCells.of(["C"])), ("n", 0): Column(Cells.of([1.0]))}
    with pytest.raises(FormulaError) as caught:
        compute(parse_formula(formula.replace("'", '"')), columns, None)
    assert said in str(caught.value)
