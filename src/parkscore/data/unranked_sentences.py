"""What is said most of rows that are not ranked, and how it is found again in a file that has one language."""

from __future__ import annotations

import re
from typing import Final

from parkscore.language import Text

WITHOUT_SCORE: Final = Text("没有一个有权重的指标有得分", "no indicator that carries weight has a score")
GATES_ALONE: Final = Text("本体系只有门槛", "only gates")
WITHOUT_INDICATORS: Final = Text("本体系没有指标", "no indicators")
_TOO_LITTLE: Final = Text("有数据的权重占 {have}，低于 {need}", "data cover {have} of the weight, {need} needed")
_TOO_FEW: Final = Text("有数值的指标占 {have}，低于 {need}", "{have} of the indicators have a value, {need} needed")


def too_little(have: str, need: str) -> Text:
    """The sentence of a row whose data cover too little of the weight; both as percentages."""
    return _with_numbers(_TOO_LITTLE, have, need)


def too_few(have: str, need: str) -> Text:
    """The sentence of a row too few of whose indicators have a value; both as percentages."""
    return _with_numbers(_TOO_FEW, have, need)


def _with_numbers(sentence: Text, have: str, need: str) -> Text:
    return Text(sentence.zh.format(have=have, need=need), sentence.en.format(have=have, need=need))


def in_both_languages(told: str) -> Text:
    """A sentence that a file has in one language only; any other as it is.

    >>> in_both_languages("data cover 0% of the weight, 80% needed").zh, in_both_languages("anything else").zh
    ('有数据的权重占 0%，低于 80%', 'anything else')
    """
    for sentence in (_TOO_LITTLE, _TOO_FEW):
        for own in sentence:
            before, between, after = map(re.escape, re.split(r"\{have\}|\{need\}", own))
            found = re.fullmatch(rf"{before}(\S+?){between}(\S+?){after}", told)
            if found is not None:
                return _with_numbers(sentence, *found.groups())
    whole = (WITHOUT_SCORE, GATES_ALONE, WITHOUT_INDICATORS)
    return next((sentence for sentence in whole if told in sentence), Text(told, told))
