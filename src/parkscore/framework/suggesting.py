"""Suggest the word that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from parkscore.language import Text

MOST_COMPARED: Final = 1000
_FEW: Final = 10


def did_you_mean(word: str, known: Iterable[str]) -> Text | None:
    """A hint that names the nearest known words, or None where nothing is near.

    >>> did_you_mean("wieght", ["weight", "source"]).en
    'did you mean `weight`?'
    """
    words = list(known)
    # Among thousands of names the comparison would take longer than everything else.
    near = difflib.get_close_matches(word, words, n=2, cutoff=0.6) if len(words) <= MOST_COMPARED else []
    if not near:
        return None
    return Text(
        "是否想写 " + " 或 ".join(f"`{name}`" for name in near) + "？",
        "did you mean " + " or ".join(f"`{name}`" for name in near) + "?",
    )


def nearest_or_some(word: str, known: Iterable[str]) -> Text:
    """As `did_you_mean`; where nothing is near, the first known words.

    >>> nearest_or_some("x", ["qd01", "qc05"]).en
    'known: qd01, qc05'
    """
    words = list(known)
    near = did_you_mean(word, words)
    if near is not None:
        return near
    if not words:
        return Text("先在 fields: 下列出字段", "list the field under `fields:` first")
    more_zh, more_en = (f" 等 {len(words)} 个", f" and {len(words) - _FEW} more") if len(words) > _FEW else ("", "")
    return Text(f"可用：{'、'.join(words[:_FEW])}{more_zh}", f"known: {', '.join(words[:_FEW])}{more_en}")


def nearest_or_all(word: str, known: Iterable[str]) -> Text:
    """As `did_you_mean`; where nothing is near, all known words.

    >>> nearest_or_all("x", ["weight", "source"]).en
    'known: weight, source'
    """
    words = list(known)
    return did_you_mean(word, words) or Text("可用：" + "、".join(words), "known: " + ", ".join(words))
