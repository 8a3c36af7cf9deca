"""Compose the nodes of plain YAML by libyaml, which takes a twentieth of the time.

libyaml reads YAML 1.1, the language is YAML 1.2, and a place may not move by a column. What the two read differently is
not plain and is left to ruamel.yaml, and so is every mistake.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

# Tabs, what ends a line in YAML 1.1 only, a mark of the byte order, and where documents begin and end.
_NOT_PLAIN: Final = re.compile(r"[\t\x85\u2028\u2029\ufeff]|^(?:---|\.\.\.)", re.MULTILINE)
# The sign of a block text, and a first line that is indented, not blank and no comment.
_PLAIN_BLOCK: Final = re.compile(r"[|>][+-]?\n +[^ \n#]")
_MAP: Final = "tag:yaml.org,2002:map"
_SEQUENCE: Final = "tag:yaml.org,2002:seq"
_WORDS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), "bool"),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), "null"),
    "<<": "merge",
    "=": "value",
}
_FIRST_OF_NUMBERS: Final = frozenset("+-.0123456789")
_NUMBER: Final = re.compile(
    r"""(?P<float> [-+]? (?: [0-9][0-9_]* (?: \.[0-9_]*(?:[eE][-+]?[0-9]+)? | [eE][-+]?[0-9]+ )
                          | \.[0-9_]+(?:[eE][-+][0-9]+)? | \.(?:inf|Inf|INF) )
                 | \.(?:nan|NaN|NAN) )
      | (?P<int> [-+]? (?: [0-9_]+ | 0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-fA-F_]+ ) )
      | (?P<timestamp> [0-9]{4}-[0-9]{2}-[0-9]{2}
                     | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (?:[Tt]|[ \t]+) [0-9]{1,2}:[0-9]{2}:[0-9]{2} (?:\.[0-9]*)?
                       (?: [ \t]* (?: Z | [-+][0-9]{1,2}(?::[0-9]{2})? ) )? )""",
    re.VERBOSE,
)


class _NotPlainError(Exception):
    """Something that is left to the other reader."""


def compose_plain(source: str) -> Node | None:
    """The root node of a text whose lines end in a bare line feed; None where it is empty, not plain, or at fault.

    A node has the tag, the value and the mark that ruamel.yaml gives it, which need not be loaded for it.

    >>> compose_plain("id: x").value[0][1].start_mark.column
    4
    >>> compose_plain("id: &anchor x")
    """
    if not yaml.__with_libyaml__ or _NOT_PLAIN.search(source):
        return None
    try:
        return _Composer(source).document()
    except (_NotPlainError, yaml.YAMLError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=8192)
def tag_of(value: str, plain: bool) -> str:
    """What a text stands for: itself, a number, a date or a truth value. Files repeat their keys and words.

    >>> tag_of("no", plain=True), tag_of("2021-04-22", plain=True), tag_of("1", plain=False)
    ('tag:yaml.org,2002:str', 'tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:str')
    """
    kind = "str"
    if plain and value[:1] in _FIRST_OF_NUMBERS:
        found = _NUMBER.fullmatch(value)
        kind = (found.lastgroup if found else None) or "str"
    elif plain:
        kind = _WORDS.get(value, "str")
    return f"tag:yaml.org,2002:{kind}"


class _Composer:
    """Puts the events of one document together."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._next = yaml.cyaml.CParser(source).get_event

    def document(self) -> Node | None:
        self._next()  # the stream begins
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            return None
        if start.version or start.tags:
            raise _NotPlainError
        root = self._node(self._next())
        self._next()  # the document ends
        if not isinstance(self._next(), yaml.StreamEndEvent):
            raise _NotPlainError
        return root

    def _node(self, event: Any) -> Node:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            raise _NotPlainError
        start = event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(inner))
            return SequenceNode(_SEQUENCE, items, start, inner.end_mark)
        pairs = []
        while not isinstance(inner := self._next(), yaml.MappingEndEvent):
            pairs.append((self._node(inner), self._node(self._next())))
        return MappingNode(_MAP, pairs, start, inner.end_mark)

    def _scalar(self, event: Any) -> ScalarNode:
        start, style = event.start_mark, event.style or None
        if style is None and not event.value:
            raise _NotPlainError  # where nothing stands, the two put it at different places
        if style in ("|", ">") and not _PLAIN_BLOCK.match(self._source, start.index):
            raise _NotPlainError
        return ScalarNode(tag_of(event.value, event.implicit[0]), event.value, start, event.end_mark, style=style)
