"""What is said most of rows that are not ranked, and how it is found again in a file that has one language."""

from __future__ import annotations

import re
from typing import Final

from parkscore.language import Text

WITHOUT_SCORE: Final = Text("没有一个有权重的指标有得分", "no indicator that carries weight has a score")
_TOO_LITTLE: Final = Text("有数据的权重占 {have}，低于 {need}", "data cover {have} of the weight, {need} needed")


def too_little(have: str, need: str) -> Text:
    """The sentence of a row whose data cover too little of the weight; both as percentages."""
    return Text(_TOO_LITTLE.zh.format(have=have, need=need), _TOO_LITTLE.en.format(have=have, need=need))


def in_both_languages(told: str) -> Text:
    """A sentence that a file has in one language only; any other as it is.

    >>> in_both_languages("data cover 0% of the weight, 80% needed").zh, in_both_languages("anything else").zh
    ('有数据的权重占 0%，低于 80%', 'anything else')
    """
    for sentence in _TOO_LITTLE:
        before, between, after = map(re.escape, re.split(r"\{have\}|\{need\}", sentence))
        found = re.fullmatch(rf"{before}(\S+?){between}(\S+?){after}", told)
        if found is not None:
            return too_little(*found.groups())
    return WITHOUT_SCORE if told in WITHOUT_SCORE else Text(told, told)
