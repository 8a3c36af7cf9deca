"""Suggest the word that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from parkscore.language import Text

MOST_COMPARED: Final = 1000


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


def nearest_or_all(word: str, known: Iterable[str]) -> Text:
    """As `did_you_mean`; where nothing is near, all known words.

    >>> nearest_or_all("x", ["weight", "source"]).en
    'known: weight, source'
    """
    words = list(known)
    return did_you_mean(word, words) or Text("可用：" + "、".join(words), "known: " + ", ".join(words))
