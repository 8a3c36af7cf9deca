"""The parser of formulas reads by the tables that are shipped what it reads by the grammar that they were made of."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator
from functools import lru_cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from parkscore.framework.formula import grammar, parser_tables
from parkscore.framework.formula.making_tables import tables, written

built = lru_cache(maxsize=1)(grammar.built_parser)
shipped = lru_cache(maxsize=1)(lambda: Lark.load(parser_tables.TABLES))
FRAGMENTS = """
a 营业收入 [2.4] 12 5% 3万元 1e999 ( ) ， , + - * / × ** ^ < <= == = ! and 且 not in [ ] " “ ” ' . lag( 如果(
if(a>0,b,0) x属于[1,"甲"] 非(a) 或 ＋ （ ） 【研发费用】 nan _ \x00 ٣ ² é
"""


def test_the_tables_are_those_of_the_grammar() -> None:
    again = "python -m parkscore.framework.formula.making_tables"
    assert grammar.made_of() == parser_tables.MADE_OF, f"the grammar or lark has changed: {again}"


def outcome(parser: Lark, text: str) -> object:
    """The branches with their places, or what is wrong, where, and what was expected there."""
    try:
        tree = parser.parse(text)
    except UnexpectedToken as error:
        return error.token, error.token.type, error.pos_in_stream, error.accepts
    except UnexpectedCharacters as error:
        return error.pos_in_stream, error.allowed
    except UnexpectedInput as error:
        return type(error), error.pos_in_stream
    return tree, [(str(each), each.type, each.start_pos, each.end_pos) for each in tokens(tree)]


def tokens(tree: object) -> Iterator[object]:
    return tree.scan_values(lambda value: not hasattr(value, "children"))  # type: ignore[attr-defined,no-any-return]


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from([*FRAGMENTS.split(), " ", "\u3000"]), min_size=1, max_size=25).map("".join),
    )
)
@example("如果(营业收入（千元） > 5000万元 且 x 属于 [1, “甲”], -5%, lag(a, 2))")
@example("")
def test_every_text_is_read_or_refused_by_the_tables_as_by_the_grammar(text: str) -> None:
    assert outcome(shipped(), text) == outcome(built(), text)


def test_the_tables_can_be_made_anew() -> None:
    made = Lark.load(literal_eval(written(tables())))
    text = "if(a > 0, [b c] / 3%, -lag(d, 2))"
    assert outcome(made, text) == outcome(built(), text)


@pytest.mark.parametrize("made_of", ["of another grammar, lark 1.3.1", ""])
def test_tables_of_another_grammar_or_library_are_passed_over(made_of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_tables, "MADE_OF", made_of)
    monkeypatch.setattr(parser_tables, "TABLES", {})
    assert grammar.parser.__wrapped__().parse("a / b") == built().parse("a / b")
