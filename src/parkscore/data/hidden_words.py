"""Find ids and names as words of a sentence, and put in their place what stands for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import PurePath

from parkscore.data.code_shapes import codes_replaced


class HiddenWords:
    """Ids and names that are known, and what stands for each.

    >>> words = HiddenWords({"E12"}, {"青松公司"}, unit=lambda text: "id-1", name=lambda text: "name-1")
    >>> words.hidden("青松公司2024.csv: E12, not E123")
    'name-12024.csv: id-1, not E123'
    """

    def __init__(
        self, ids: Collection[str], names: Collection[str], *, unit: Callable[[str], str], name: Callable[[str], str]
    ) -> None:
        """unit, name: what stands for an id, or a code that is not known, and for a name that is no id."""
        self._ids, self._names, self._unit, self._name = ids, names, unit, name
        self._lengths: dict[str, set[int]] = {}
        for known in (ids, names):
            for text in known:
                self._lengths.setdefault(text[:2], set()).add(len(text))
        self._lengths.pop("", None)

    def hidden(self, sentence: str) -> str:
        """The sentence with every id and name replaced, the longest first."""
        parts, at = [], 0
        while at < len(sentence):
            text = self._known_at(sentence, at)
            if text:
                parts.append(self._unit(text) if text in self._ids else self._name(text))
            parts.append("" if text else sentence[at])
            at += len(text) or 1
        return codes_replaced("".join(parts), self._unit)

    def _known_at(self, sentence: str, at: int) -> str:
        """The longest id or name that stands at a place as a word of its own; empty where there is none."""
        lengths = self._lengths.get(sentence[at : at + 2], set()) | self._lengths.get(sentence[at : at + 1], set())
        for length in sorted(lengths, reverse=True):
            text = sentence[at : at + length]
            if (text in self._ids or text in self._names) and _is_word(sentence, at, at + length):
                return text
        return ""


def words_within(paths: Iterable[str]) -> set[str]:
    """Every text of two characters or more that stands as a word in a part of a path.

    >>> sorted(words_within(["2024/青松公司.csv"]))[:4]
    ['.csv', '2024', 'csv', '公司']
    """
    parts = {part for path in paths for part in PurePath(path).parts}
    return {
        part[start:end]
        for part in parts
        for start in range(len(part))
        for end in range(start + 2, len(part) + 1)
        if _is_word(part, start, end)
    }


def _is_word(sentence: str, start: int, end: int) -> bool:
    """Whether what stands there is no part of a longer word; a single character counts in quotes only."""
    before, after = sentence[start - 1 : start], sentence[end : end + 1]
    if end - start == 1:
        return before in "“'" and after in "”'" and bool(before and after)
    return not (_joins(before, sentence[start]) or _joins(sentence[end - 1], after))


def _joins(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isalnum() and other.isalnum()
