"""Find in a sentence what has the shape of a 统一社会信用代码, right or wrong, and put something in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

# Any digit or letter, of half or full width: one that is written wrong tells of an enterprise, too.
_LETTER: Final = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_SHAPE: Final = re.compile(f"(?<![{_LETTER}])[0-9０-９]{{8}}[{_LETTER}]{{10}}(?![{_LETTER}])")


def codes_replaced(sentence: str, hide: Callable[[str], str]) -> str:
    """The sentence with what `hide` makes of each code, which it gets in the standard form.

    >>> codes_replaced("91110000600037341l is no number", lambda code: f"<{code[-1]}>")
    '<L> is no number'
    """
    return _SHAPE.sub(lambda found: hide(unicodedata.normalize("NFKC", found.group()).upper()), sentence)
