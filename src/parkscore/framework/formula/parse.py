"""Read the text of a formula into a tree, or say where it cannot be read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from parkscore.framework.formula.grammar import NAME_PATTERN, to_ascii
from parkscore.framework.formula.parsed import Formula
from parkscore.framework.formula.problems import FormulaError, FormulaProblem
from parkscore.framework.formula.tree import Name
from parkscore.language import Text

LONGEST_FORMULA: Final = 500
# More than any framework has; each check of one reads its formulas again.
_KEPT: Final = 4096
_NAME: Final = re.compile(NAME_PATTERN)


def parse_formula(text: str) -> Formula:
    """Read a formula.

    At most 500 characters, nested at most 50 deep, only finite numbers; nothing is ever executed. A quantity is a
    number with one measure word, such as `5000万元`; a compound one is a quotient, `0.4吨标准煤 / 1万元`. The words
    且 或 非 属于 (and, or, not, in) need a space or a bracket beside a name.

    Raises FormulaError with the columns of the problems: the first one of syntax, or every other one.

    >>> parse_formula("qj56 ÷ sumqh51_rd").root == parse_formula("qj56/sumqh51_rd").root
    True
    >>> sorted(parse_formula("[研发费用(万元)] / 营业收入").names)
    ['研发费用(万元)', '营业收入']
    """
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(text, _too_long(len(text)))
    return _parsed(text)


@lru_cache(maxsize=_KEPT)
def _parsed(text: str) -> Formula:
    if _NAME.fullmatch(text):  # needs no grammar, which takes longer to load than all names of a framework to read
        return Formula(text, Name(to_ascii(text), 0))
    from parkscore.framework.formula.branches import read_with_grammar

    return read_with_grammar(text)


def _too_long(length: int) -> FormulaProblem:
    return FormulaProblem(
        LONGEST_FORMULA,
        Text(
            f"公式有 {length} 个字符，超过上限 {LONGEST_FORMULA}",
            f"the formula has {length} characters, the limit is {LONGEST_FORMULA}",
        ),
        Text("拆成几个中间指标", "split it into intermediate indicators"),
    )
