"""Tables of constants that formulas look up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.formula import (
    Cells,
    Column,
    FormulaError,
    LookupTable,
    State,
    Surroundings,
    TextCells,
    compute,
    parse_formula,
)

VALUE, MISSING, NOT_APPLICABLE, DIVIDED_BY_ZERO, UNDEFINED = State
FACTORS = {"电子": 1.2, "机械": 1.0, "Ａ类 企业": 0.8}


def run(text: str, table: LookupTable, industry: TextCells) -> Cells:
    surroundings = Surroundings(None, lambda _: np.array([], dtype=np.intp), {"系数": table})
    columns = {("行业", 0): Column(industry), ("行业", 1): Column(industry)}
    return compute(parse_formula(text), columns, None, surroundings)


def test_a_text_gives_its_number_and_an_unlisted_one_none_by_hand() -> None:
    cells = run("查表(系数, 行业) * 10", LookupTable.of(FACTORS), TextCells.of(["电子", "机械", "农业", None, ""]))
    assert cells.values.tolist()[:2] == [12, 10]
    assert cells.states.tolist() == [VALUE, VALUE, UNDEFINED, MISSING, UNDEFINED]


def test_otherwise_is_for_texts_that_are_not_listed_and_not_for_gaps() -> None:
    cells = run("lookup(系数, 行业)", LookupTable.of(FACTORS, 0), TextCells.of(["农业", None]))
    assert cells.values.tolist()[0] == 0
    assert cells.states.tolist() == [VALUE, MISSING]


def test_what_nobody_sees_in_a_text_does_not_count() -> None:
    cells = run("lookup(系数, 行业)", LookupTable.of(FACTORS), TextCells.of([" 电子", "A类　企业", "Ａ类  企业"]))
    assert cells.values.tolist() == [1.2, 0.8, 0.8]


def test_a_cell_that_is_not_applicable_stays_so() -> None:
    texts = TextCells(np.array([None, "电子"], dtype=object), np.array([NOT_APPLICABLE, VALUE], dtype=np.int8))
    assert run("lookup(系数, 行业) > 1", LookupTable.of(FACTORS, 1), texts).states.tolist() == [NOT_APPLICABLE, VALUE]


def test_a_stated_text_and_the_text_of_last_year_can_be_looked_up_too() -> None:
    texts = TextCells.of(["机械", "电子"])
    assert run('查表(系数, "电子") - 查表(系数, 上年(行业))', LookupTable.of(FACTORS), texts).values == pytest.approx(
        [0.2, 0]
    )


def test_a_table_that_is_not_there_is_refused_at_its_column() -> None:
    with pytest.raises(FormulaError) as refused:
        run("1 + 查表(系, 行业)", LookupTable.of(FACTORS), TextCells.of(["电子"]))
    assert [problem.offset for problem in refused.value.problems] == [7]


@given(
    st.dictionaries(st.text("甲乙丙", min_size=1), st.floats(-1e300, 1e300)), st.lists(st.text("甲乙丙"), min_size=1)
)
def test_every_row_is_looked_up_for_itself(numbers: dict[str, float], texts: list[str]) -> None:
    cells = run("lookup(系数, 行业)", LookupTable.of(numbers), TextCells.of(texts))
    for text, value, state in zip(texts, cells.values.tolist(), cells.states.tolist(), strict=True):
        assert state == (VALUE if text in numbers else UNDEFINED)
        assert state == UNDEFINED or value == numbers[text]
