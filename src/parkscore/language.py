"""Say one thing in Chinese and in English."""

from __future__ import annotations

import os
from typing import Literal, NamedTuple, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[str, ...] = get_args(Language)


class Text(NamedTuple):
    """One sentence in both languages of the project.

    >>> Text("数据", "data").in_language("en")
    'data'
    """

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en


def preferred_language() -> Language:
    """The language of this console: `PARKSCORE_LANG`, else the locale, else English."""
    for variable in ("PARKSCORE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
