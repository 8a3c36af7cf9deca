"""Why a row is not ranked: a word to count by, and the sentence that is told of the row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from parkscore.data.class_column import CLASS_UNKNOWN, NO_CLASS, SEVERAL_CLASSES
from parkscore.data.unranked_sentences import WITHOUT_SCORE
from parkscore.language import Text

TOO_FEW_INDICATORS: Final = "too_few_indicators"
MAY_NOT_BE_MISSING: Final = "may_not_be_missing"
TOO_LITTLE_DATA: Final = "too_little_data"
NO_SCORE: Final = "no_score"
INCOMPLETE: Final = "incomplete"
ONLY_GATES: Final = "only_gates"
NO_INDICATORS: Final = "no_indicators"
NO_REFERENCE: Final = "no_reference"


class Unranked(NamedTuple):
    """Why one row is not ranked: one of the words of `UNRANKED`, and a sentence with the numbers of the row."""

    code: str
    text: Text


UNRANKED: Final[Mapping[str, Text]] = {
    TOO_FEW_INDICATORS: Text("有数值的指标太少", "too few indicators have a value"),
    MAY_NOT_BE_MISSING: Text("缺少不可缺的指标", "lacking what may not be missing"),
    TOO_LITTLE_DATA: Text("有数据的权重太少", "data cover too little of the weight"),
    NO_REFERENCE: Text("没有参照值可比", "with no reference to measure against"),
    NO_SCORE: WITHOUT_SCORE,
    INCOMPLETE: Text("合成方法不容许缺失", "with a gap that the aggregation cannot take"),
    NO_CLASS: Text("权重按分类而定，没有分类", "weights go by class, in none"),
    SEVERAL_CLASSES: Text("权重按分类而定，符合多个分类", "weights go by class, in several"),
    CLASS_UNKNOWN: Text("权重按分类而定，分类不能判定", "weights go by class, which cannot be told"),
    ONLY_GATES: Text("仅判定门槛", "judged by gates only"),
    NO_INDICATORS: Text("没有指标", "without indicators"),
}
"""Every kind of reason, in the order in which they are counted."""
