"""The grammar of formulas, as people type them on a Chinese or an English keyboard.

Full-width signs are read where they stand, so that every column points into the text as written.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lark import Lark

RESERVED: Final = frozenset({"and", "AND", "且", "or", "OR", "或", "not", "NOT", "非", "in", "IN", "属于"})

# A bare name; anything else stands in brackets. Digits of any alphabet are letters here, except as the first one.
NAME_PATTERN: Final = rf"(?!(?:{'|'.join(sorted(RESERVED))})(?!\w))(?:[^\W\d]|＿)[\w＿]*"

GRAMMAR: Final = rf"""
?start: either

?either: both (_OR both)*
?both: negation (_AND negation)*
?negation: NOT negation -> denied
    | comparison
?comparison: sum
    | sum (COMPARISON sum)+ -> chain
    | sum _IN _LIST choice (_COMMA choice)* _END_OF_LIST -> member
?sum: product ((PLUS | MINUS) product)*
?product: signed ((TIMES | DIVIDE) signed)*
?signed: MINUS signed -> negative
    | operand
?operand: NUMBER -> number
    | NUMBER PERCENT -> percentage
    | NUMBER NAME -> quantity
    | TEXT -> quoted
    | NAME -> name
    | BRACKETED -> bracketed
    | NAME _OPEN (either (_COMMA either)*)? _CLOSE -> call
    | _OPEN either _CLOSE -> enclosed

choice: MINUS? NUMBER | TEXT

_OR: /(?:or|OR|或)(?!\w)/
_AND: /(?:and|AND|且)(?!\w)/
NOT: /(?:not|NOT|非)(?!\w)/
_IN: /(?:in|IN|属于)(?!\w)/
COMPARISON: /[<＜>＞][=＝]?|[=＝][=＝]?|[!！][=＝]|[≤≥≠]/
PLUS: /[+＋]/
MINUS: /[-－−–]/
TIMES: /[*＊×](?![*＊])/
DIVIDE: /[\/／÷]/
PERCENT: /[%％]/
_OPEN: /[(（]/
_CLOSE: /[)）]/
_COMMA: /[,，]/
_LIST: /[\[［【]/
_END_OF_LIST: /[\]］】]/
NUMBER: /[0-9０-９]+(?:[.．][0-9０-９]+)?(?:[eE][+-]?[0-9]+)?/
NAME: /{NAME_PATTERN}/
BRACKETED: /[\[［【][^\[\]［］【】\r\n]+[\]］】]/
TEXT: /"[^"\r\n]*"|'[^'\r\n]*'|“[^”\r\n]*”|‘[^’\r\n]*’/

%ignore /[ \t\r\n\u00a0\u3000]+/
"""


@lru_cache(maxsize=1)
def parser() -> Lark:
    """The parser, put together at first use from the tables that are shipped, and kept."""
    from lark import Lark

    from parkscore.framework.formula.parser_tables import MADE_OF, TABLES

    return Lark.load(TABLES) if made_of() == MADE_OF else built_parser()


def built_parser() -> Lark:
    """The parser, built from the grammar, which takes ten times as long."""
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)


def made_of() -> str:
    """What tables are made of: a digest of the grammar, and the version of the library that made them."""
    from lark import __version__

    return f"{sha256(GRAMMAR.encode()).hexdigest()}, lark {__version__}"


_ASCII: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def to_ascii(text: str) -> str:
    """Full-width letters, digits and signs as the ordinary ones, character by character.

    >>> to_ascii("ｑｃ０５")
    'qc05'
    """
    return text.translate(_ASCII)
