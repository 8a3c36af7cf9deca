"""Rows below a header that are no units: totals, averages and remarks, by what stands where the unit should."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from parkscore.data.headers import normalised

_WHOLES: Final = "合[计計]|[总總][计計]|共[计計]|[总總]和"
_FIGURES: Final = (
    "平均|均值|平均值|平均[数數]|平均水平|中位[数數]|中位值|四分位[数數]|最[大小高低]值"
    "|[标標][准準]差|方差|[变變][异異]系[数數]"
)
_OF_ALL: Final = "(?:全[国國]|全省|全市|全[区區]|全部|全[体體]|[总總][体體]|算[术術]|加[权權]|[简簡][单單])?"
_STATISTICS: Final = (
    f"{_OF_ALL}(?:{_WHOLES}|{_FIGURES})|小[计計]|全[国國]"
    "|(?:grand|sub|overall)?-?total|totals|sum|(?:overall)?(?:average|mean)|median"
)
_MARKS: Final = "*:,.;、。"
# A name that only starts with such a word (合计高新区) is a unit: the word ends, or a bracket or a colon follows. One
# that ends with it (东部合计) is none, whatever stands before; a part of a total (其中：东部) is none either.
_STATISTIC: Final = re.compile(
    rf"[*]*(?:{_STATISTICS})(?:[{_MARKS}]*|[:(\[].*)"
    rf"|.+(?:{_WHOLES}|{_FIGURES}|小[计計])(?:\([^()]*\)|\[[^\[\]]*\])?[{_MARKS}]*"
    "|其中:.*",
    re.DOTALL,
)
_REMARK: Final = re.compile(
    r"[*※\[(]*(?:(?:注释?|备注|附注|说明|(?:数据|资料|指标)?来源|数据说明|notes?|remarks?|(?:data)?sources?)"
    r"\d*(?:\(\d+\))?[:\])]|注\d+[.、,]|[*※]).*",
    re.DOTALL,
)


# What either pattern can begin with, but for names that count by how they end.
_BEGINNINGS: Final = frozenset("全算加简簡合总總共平均中四最标標方变變小其gsota-mnrd*※[(注备附说数资指来")
FIRST_ASCII: Final = "GSOTAMNRDgsotamnrd-*[(\x0b\x0c\x1c\x1d\x1e\x1f"
"""The ASCII characters that the name of such a row can begin with; white space before it does not count."""
LAST: Final = frozenset("计計和均值数數平差)]）］*:,.;、。＊：，．；､｡")
"""The characters that the name of a total or an average can end with, where it begins like any other."""


@lru_cache(maxsize=4096)
def may_begin(first: str) -> bool:
    """Whether a text with this first character could be such a row; that of most units is not, which saves a look.

    >>> [may_begin(first) for first in "合Ｔ苏9"]
    [True, True, False, False]
    """
    shown = normalised(first).casefold()
    return not shown or shown[0] in _BEGINNINGS


def is_statistic(unit: str) -> bool:
    """Whether the name of a row says that it sums up or averages the others.

    >>> [is_statistic(name) for name in ("合计（2家）", "全国平均", "Total:", "东部合计", "其中：东部", "合计高新区")]
    [True, True, True, True, True, False]
    """
    return _STATISTIC.fullmatch(normalised(unit).casefold()) is not None


def is_remark(unit: str) -> bool:
    """Whether a text reads as a footnote of the table; whether its row holds anything else is for the caller to see.

    >>> [is_remark(text) for text in ("注：单位为千元", "数据来源：年鉴", "Note: estimates", "注水高新区")]
    [True, True, True, False]
    """
    return _REMARK.fullmatch(normalised(unit).casefold()) is not None
