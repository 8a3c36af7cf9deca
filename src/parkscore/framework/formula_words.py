"""Put a formula into the words of a reader: names in place of ids, functions by their names in the language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from parkscore.framework.formula.functions import FUNCTIONS
from parkscore.framework.formula.tree import Name, Node
from parkscore.framework.gate_conditions import printed, replaced
from parkscore.language import Text

_SIGNS: Final = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}


def in_words(root: Node, labels: Mapping[str, Text]) -> Text:
    """A formula with names in place of ids, and the functions by their names in the language.

    >>> from parkscore.framework.formula import parse_formula
    >>> in_words(parse_formula("上年(x) >= 3%").root, {"x": Text("收入", "Income")})
    Text(zh='上年(收入) ≥ 3%', en='lag(Income) ≥ 3%')
    """
    names: list[str] = []

    def numbered(node: Node) -> Node | None:
        if not isinstance(node, Name):
            return None
        names.append(node.name)
        return Name(f"§{len(names) - 1}")

    text = printed(replaced(root, numbered))
    for sign, shown in _SIGNS.items():
        text = text.replace(f" {sign} ", f" {shown} ")
    own = [labels.get(name, Text(name, name)) for name in names]
    zh = re.sub(r"\b([a-z_]+)\(", lambda found: f"{_chinese(found.group(1))}(", text)
    return Text(_with_names(zh, [each.zh for each in own]), _with_names(text, [each.en for each in own]))


def _with_names(text: str, names: Sequence[str]) -> str:
    return re.sub(r"\[§(\d+)\]", lambda found: names[int(found.group(1))], text)


def _chinese(function: str) -> str:
    return FUNCTIONS[function].zh if function in FUNCTIONS else function
