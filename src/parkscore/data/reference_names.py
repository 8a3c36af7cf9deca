"""What the reference of a group of units is called, and which group a name is of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

_BETWEEN: Final = " · "


def named(reference: str, texts: Sequence[str]) -> str:
    """What the reference of a group is called; no two groups are called the same.

    >>> named("2024", ("合肥", "small")), named("all", ()), named("all", ("a · b",))
    ('2024 · 合肥 · small', 'all', 'all · "a · b"')
    """
    return _BETWEEN.join((reference, *(_quoted(text) for text in texts)))


def unnamed(reference: str) -> tuple[str, tuple[str, ...]]:
    """What `named` was given.

    >>> unnamed("2024 · 合肥 · small"), unnamed("all"), unnamed('all · "a · b" · c')
    (('2024', ('合肥', 'small')), ('all', ()), ('all', ('a · b', 'c')))
    """
    base, _, rest = reference.partition(_BETWEEN)
    texts: list[str] = []
    while rest:
        if rest.startswith('"'):
            text, end = json.JSONDecoder().raw_decode(rest)
        else:
            text = rest.partition(_BETWEEN)[0]
            end = len(text)
        texts.append(text)
        rest = rest[end + len(_BETWEEN) :]
    return base, tuple(texts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if _BETWEEN in text or text.startswith('"') else text
