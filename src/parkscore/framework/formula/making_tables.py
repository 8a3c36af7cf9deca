"""Write the tables that the parser is put together from: `python -m parkscore.framework.formula.making_tables`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from lark.grammar import Rule
from lark.lexer import TerminalDef

from parkscore.framework.formula.grammar import built_parser, made_of

_HEAD: Final = '''"""The tables of the parser of formulas, which `making_tables.py` makes of `grammar.py`."""

# ruff: noqa: E501
# fmt: off
from typing import Any, Final
'''
_SHORT: Final = 600
"""Signs of a table that stands on one line."""


def tables() -> dict[str, Any]:
    """The tables of the grammar as it stands, as plain data."""
    data, memo = built_parser().memo_serialize([TerminalDef, Rule])
    return {"data": data, "memo": memo}


def written(table: Any, short: int = _SHORT) -> str:
    """A table as Python reads it.

    >>> print(written({"states": {1: [2, 3]}}, short=20))
    {
    'states': {1: [2, 3]},
    }
    """
    said = repr(table)
    if len(said) <= short or not isinstance(table, dict):
        return said
    return "\n".join(["{", *(f"{key!r}: {written(each, short)}," for key, each in table.items()), "}"])


def main() -> None:
    """Write the module beside this one."""
    text = f'{_HEAD}\nMADE_OF: Final = "{made_of()}"\nTABLES: Final[dict[str, Any]] = {written(tables())}\n'
    Path(__file__).with_name("parser_tables.py").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
