"""What is said in words: shares, and the nodes and other names that are near what there is not."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Final

from parkscore.findings import Finding, Severity
from parkscore.framework.written_values import Percent
from parkscore.language import Text

SHOWN: Final = Text("用 parkscore show 看代号", "parkscore show lists the ids")
"""Where the ids of nodes are found."""


def share_of(said: Any) -> float:
    """A share, written as a number or with a percent sign; ValueError or TypeError where it is neither.

    >>> share_of("20%"), share_of(0.2)
    (0.2, 0.2)
    """
    if isinstance(said, str) and said.strip().endswith("%"):
        return float(said.strip()[:-1]) / 100
    return float(said)


def as_written(share: Any) -> str:
    """A share with a percent sign, as it was written where it was.

    >>> as_written(0.2), as_written("15 %"), as_written(Percent("12.0%"))
    ('20%', '15 %', '12.0%')
    """
    if isinstance(share, str | Percent):
        return str(share).strip()
    return f"{100 * share:g}%"


def near(word: str, known: Sequence[str]) -> Text:
    """What goes on with a sentence about a word that is not known; nothing where none is near.

    >>> near("ab", ["abc"]).en
    '; did you mean abc'
    """
    found = difflib.get_close_matches(word, known, 1)
    return Text(f"，是否想写 {found[0]}", f"; did you mean {found[0]}") if found else Text("", "")


def mistake(code: str, message: Text, hint: Text | None = None) -> Finding:
    """The error in what was asked."""
    return Finding(code=code, severity=Severity.ERROR, message=message, hint=hint)


def no_such_unit(unit: str, hint: Text | None = None) -> Finding:
    """The error that names a unit which is not among the ranked ones."""
    message = Text(f"没有参加排名的评价对象 {unit}", f"there is no ranked unit {unit}")
    return Finding(code="no_such_unit", severity=Severity.ERROR, message=message, hint=hint, value=unit)


def no_such_node(name: str, known: Sequence[str]) -> Finding:
    """The error that names a node which the framework lacks."""
    guess = near(name, known)
    return mistake(
        "no_such_node",
        Text(f"指标体系没有 {name}{guess.zh}", f"the framework has no {name}{guess.en}"),
        SHOWN,
    )
