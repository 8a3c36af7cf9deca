"""Chinese measures: what a number counts, and how to say the same amount in another measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text, preferred_language

_Values = TypeVar("_Values", float, NDArray[np.float64])
_Parts = tuple[tuple[str, int], ...]

LONGEST_MEASURE: Final = 60

_PREFIXES: Final = {
    "十": 10,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}

# What is counted one by one; pieces and households cannot be added up, so each word is a dimension of its own.
_COUNTS: Final = ("件", "家", "项", "个", "次", "台", "套", "篇", "种", "所", "张", "分", "户", "条", "人次")

_ONE: Final = Fraction(1)

# Left out on purpose: an exchange rate, the coal equivalent of electricity, the days of a month or a year.
# They change with the year or the convention, so a framework states them as a field (元/美元, 千克标准煤/千瓦时).
# How many of which words one is; a word in brackets is a dimension.
_DEFINITIONS: Final[Mapping[str, tuple[Fraction, tuple[str, ...]]]] = {
    "元": (_ONE, ("[money]",)),
    "美元": (_ONE, ("[us_money]",)),
    "人": (_ONE, ("[people]",)),
    "人年": (_ONE, ("人",)),  # full-time equivalents are people, so shares of staff can be formed with them
    **{word: (_ONE, (f"[{word}]",)) for word in _COUNTS},
    "吨标准煤": (_ONE, ("[energy]",)),
    "千克标准煤": (_ONE / 1000, ("吨标准煤",)),
    "千瓦时": (_ONE, ("[electricity]",)),
    "吨二氧化碳": (_ONE, ("[carbon]",)),
    "千克二氧化碳": (_ONE / 1000, ("吨二氧化碳",)),
    "千克": (_ONE, ("[mass]",)),
    "克": (_ONE / 1000, ("千克",)),
    "吨": (_ONE * 1000, ("千克",)),
    "米": (_ONE, ("[length]",)),
    "公里": (_ONE * 1000, ("米",)),
    "平方米": (_ONE, ("米", "米")),
    "公顷": (_ONE * 10_000, ("平方米",)),
    "亩": (_ONE * 2000 / 3, ("平方米",)),
    "平方公里": (_ONE * 1_000_000, ("平方米",)),
    "立方米": (_ONE, ("米", "米", "米")),
    "月": (_ONE, ("[months]",)),
    "年": (_ONE * 12, ("月",)),
    "小时": (_ONE, ("[hours]",)),
    "天": (_ONE * 24, ("小时",)),
    "倍": (_ONE, ()),
    "百分点": (_ONE / 100, ()),
    "千分点": (_ONE / 1000, ()),
}

_SYNONYMS: Final = {
    "1": "倍",
    "%": "百分点",
    "‰": "千分点",
    "percent": "百分点",
    "日": "天",
    "CNY": "元",
    "USD": "美元",
    "person": "人",
    "persons": "人",
    "tce": "吨标准煤",
    "kg": "千克",
    "t": "吨",
    "kWh": "千瓦时",
    "m": "米",
    "km": "公里",
    "㎡": "平方米",
    "m²": "平方米",
    "km²": "平方公里",
    "平方千米": "平方公里",
    "m³": "立方米",
    "ha": "公顷",
    "year": "年",
    "month": "月",
    "day": "天",
    "hour": "小时",
}

_SHORTER: Final = {"百分点": "%", "千分点": "‰"}

_DIMENSION_WORDS: Final = {
    "[money]": Text("金额", "money"),
    "[us_money]": Text("美元金额", "US money"),
    "[people]": Text("人数", "people"),
    **{f"[{word}]": Text(f"以“{word}”计的数", f"count in {word}") for word in _COUNTS},
    "[energy]": Text("综合能耗", "energy in standard coal"),
    "[electricity]": Text("电量", "electricity"),
    "[carbon]": Text("碳排放", "carbon emissions"),
    "[mass]": Text("质量", "mass"),
    "[length]": Text("长度", "length"),
    "[months]": Text("年月", "years and months"),
    "[hours]": Text("时长", "days and hours"),
}
_AREA_WORDS: Final = {2: Text("面积", "area"), 3: Text("体积", "volume")}

# Columns of the same field are delivered in these; used to recognise a column under the wrong heading.
_COMMON: Final = (
    ("元", "千元", "万元", "百万元", "亿元"),
    ("美元", "千美元", "万美元", "亿美元"),
    ("人", "千人", "万人"),
    *((word, f"千{word}", f"万{word}") for word in _COUNTS),
    ("千克标准煤", "吨标准煤", "万吨标准煤"),
    ("千瓦时", "万千瓦时", "亿千瓦时"),
    ("千克二氧化碳", "吨二氧化碳", "万吨二氧化碳"),
    ("克", "千克", "吨", "万吨"),
    ("米", "公里"),
    ("平方米", "万平方米", "亩", "公顷", "平方公里"),
    ("立方米", "万立方米"),
    ("月", "年"),
    ("小时", "天"),
    ("倍", "百分点", "千分点"),
)

_SPACES: Final = " \t\u00a0\u3000"
_SAME_SIGN: Final = str.maketrans("／％（）*＊×•‧∙⋅・", "/%()········", _SPACES)


class MeasureError(ValueError):
    """A measure that is not known, or two measures that do not go together."""

    def __init__(self, reason: Text, hint: Text | None = None) -> None:
        """Keep the reason, and the way out where there is one."""
        self.reason = reason
        self.hint = hint
        super().__init__(reason, hint)

    def __str__(self) -> str:
        """Reason and hint in the language of the console."""
        language = preferred_language()
        hint = f" ({self.hint.in_language(language)})" if self.hint else ""
        return self.reason.in_language(language) + hint


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number counts.

    Two measures are equal when they are the same amount of the same dimension, however they are written.

    text: as written, such as `件/万人`.
    dimension: base dimensions with their powers, in a fixed order; empty for plain numbers and ratios.
    factor: how many base measures one of this is, exactly; the base of money is 元, of ratios 1.

    >>> parse_measure("吨") == parse_measure("t") == parse_measure("千千克")
    True
    """

    text: str = field(compare=False)
    dimension: tuple[tuple[str, int], ...]
    factor: Fraction

    def __str__(self) -> str:
        """The measure as written."""
        return self.text

    @property
    def dimension_text(self) -> Text:
        """The dimension in words.

        >>> parse_measure("万元/人").dimension_text
        Text(zh='金额/人数', en='money / people')
        """
        if not self.dimension:
            return Text("纯数", "a plain number")
        above = [_dimension_word(name, power) for name, power in self.dimension if power > 0]
        below = [_dimension_word(name, -power) for name, power in self.dimension if power < 0]
        zh, en = ("·".join(word.zh for word in above) or "1", " x ".join(word.en for word in above) or "1")
        if below:
            zh = f"{zh}/{'·'.join(word.zh for word in below)}"
            en = f"{en} / {' x '.join(word.en for word in below)}"
        return Text(zh, en)

    @property
    def described(self) -> Text:
        """The measure with its dimension, for messages."""
        words = self.dimension_text
        if self.text == "1":
            return words
        return Text(f"{self.text}（{words.zh}）", f"{self.text} ({words.en})")


def _dimension_word(name: str, power: int) -> Text:
    if name == "[length]" and power in _AREA_WORDS:
        return _AREA_WORDS[power]
    word = _DIMENSION_WORDS[name]
    return word if power == 1 else Text(f"{word.zh}^{power}", f"{word.en}^{power}")


_BASES: Final = tuple(_DEFINITIONS)
_VOCABULARY: Final = frozenset(_BASES) | frozenset(_SYNONYMS)
_DIMENSION_ORDER: Final = {name: index for index, name in enumerate(_DIMENSION_WORDS)}
# How people also write a word of the vocabulary; suggested, not accepted, since each is also something else.
_HABITS: Final = {"圆": "元", "块": "元", "RMB": "元", "人民币": "元", "美金": "美元", "名": "人", "度": "千瓦时"}
# A share has no multiples: 万% or 百百分点 is a slip of the pen.
_WITHOUT_PREFIX: Final = frozenset({"1", "%", "‰", "percent", "百分点", "千分点", "倍"})


@lru_cache(maxsize=4096)
def parse_measure(text: str) -> Measure:
    """Read a measure: words from the vocabulary, joined by `/` and `·`.

    Any of 十 百 千 万 十万 百万 千万 亿 十亿 百亿 千亿 万亿 may stand before a word. `·` (also `*`, `×`) binds more
    tightly than `/`, as in 万元/人·年. Full-width signs mean the ordinary ones. 人年 (full-time equivalents) is the
    same dimension as 人. Ratios are plain numbers: 100 % is 1.

    Raises MeasureError, with a hint, for a word that is not in the vocabulary.

    >>> parse_measure("件/百亿元").factor
    Fraction(1, 10000000000)
    >>> parse_measure("万元/人·年").dimension_text.zh
    '金额/人数·年月'
    """
    written = text.strip()
    return replace(_measure_of(_merge(_read_parts(written))), text=written)


def _read_parts(text: str) -> Iterator[tuple[str, int]]:
    plain = text.translate(_SAME_SIGN)
    if not plain:
        raise MeasureError(Text("计量单位是空的", "the measure is empty"))
    if len(plain) > LONGEST_MEASURE:
        raise MeasureError(
            Text(f"计量单位超过 {LONGEST_MEASURE} 个字", f"the measure is longer than {LONGEST_MEASURE} characters")
        )
    for index, group in enumerate(plain.split("/")):
        enclosed = group.startswith("(") and group.endswith(")")
        words = (group[1:-1] if enclosed else group).split("·")
        for word in words:
            yield _vocabulary_word(word, text), 1 if index == 0 else -1


def _vocabulary_word(word: str, text: str) -> str:
    known = _known_word(word)
    if known is not None:
        return known
    if not word or set(word) & set("()"):
        raise MeasureError(
            Text(f"计量单位“{text}”写法不对", f"the measure '{text}' is not well formed"),
            Text("写成 件/万人 或 万元/人·年", "write it like 件/万人 or 万元/人·年"),
        )
    raise MeasureError(Text(f"不认识计量单位“{word}”", f"'{word}' is not a known measure"), _suggestion(word))


def _known_word(word: str) -> str | None:
    """The word as the definitions have it, with its prefix, or None."""
    if word in _VOCABULARY:
        return _SYNONYMS.get(word, word)
    for prefix in _PREFIXES:
        base = word.removeprefix(prefix)
        if base != word and base in _VOCABULARY - _WITHOUT_PREFIX:
            return prefix + _SYNONYMS.get(base, base)
    return None


def _suggestion(word: str) -> Text:
    if word in _PREFIXES:
        return Text(
            f"“{word}”后面缺单位，如 {word}元、{word}人",
            f"'{word}' needs a unit after it, such as {word}元 or {word}人",
        )
    if word.startswith("每") and len(word) > 1:
        return Text("不写“每”：每万人件数写作 件/万人", "leave out 每: per 10,000 people is 件/万人")
    habit = next((written for written in _HABITS if written in word), None)
    close = [word.replace(habit, _HABITS[habit])] if habit else []
    close = [other for other in close if _known_word(other)] or get_close_matches(word, _VOCABULARY, n=3, cutoff=0.4)
    if close:
        return Text(f"是不是 {' 或 '.join(close)}？", f"did you mean {' or '.join(close)}?")
    return Text(f"可用的单位有 {'、'.join(_BASES)}", f"known measures are {', '.join(_BASES)}")


def _merge(*groups: Iterator[tuple[str, int]] | _Parts) -> _Parts:
    powers: dict[str, int] = {}
    for group in groups:
        for word, power in group:
            powers[word] = powers.get(word, 0) + power
    return tuple((word, power) for word, power in powers.items() if power)


@lru_cache(maxsize=4096)
def _measure_of(parts: _Parts) -> Measure:
    factor, powers = _ONE, dict[str, int]()
    for word, power in parts:
        size, dimensions = _in_dimensions(word)
        factor *= size**power
        for name, own in dimensions:
            powers[name] = powers.get(name, 0) + own * power
    names = sorted((name for name, power in powers.items() if power), key=_DIMENSION_ORDER.__getitem__)
    dimension = tuple((name, powers[name]) for name in names)
    return Measure(_text_of(parts), dimension, factor)


@lru_cache(maxsize=4096)
def _in_dimensions(word: str) -> tuple[Fraction, _Parts]:
    """One of a word, with its prefix, in dimensions: how many, and their powers."""
    if word.startswith("["):
        return _ONE, ((word, 1),)
    if word not in _DEFINITIONS:
        prefix = next(prefix for prefix in _PREFIXES if word.removeprefix(prefix) in _DEFINITIONS)
        size, dimensions = _in_dimensions(word.removeprefix(prefix))
        return size * _PREFIXES[prefix], dimensions
    size, words = _DEFINITIONS[word]
    below = [_in_dimensions(each) for each in words]
    for each, _ in below:
        size *= each
    return size, _merge(*(dimensions for _, dimensions in below))


def _text_of(parts: _Parts) -> str:
    above = [_SHORTER.get(word, word) for word, power in parts for _ in range(power)]
    below = [_SHORTER.get(word, word) for word, power in parts for _ in range(-power)]
    text = "·".join(above) or "1"
    return f"{text}/{'·'.join(below)}" if below else text


def counts_pieces(measure: Measure) -> bool:
    """Whether it counts things one by one, such as 家 or 万件, or is a plain number.

    >>> counts_pieces(parse_measure("家")), counts_pieces(parse_measure("人")), counts_pieces(parse_measure("%"))
    (True, False, False)
    """
    if not measure.dimension:
        return measure.factor == 1
    return all(name[1:-1] in _COUNTS and power == 1 for name, power in measure.dimension)


def multiply(left: Measure, right: Measure) -> Measure:
    """The measure of a product.

    >>> multiply(parse_measure("万元/人"), parse_measure("人")).text
    '万元'
    """
    return _measure_of(_merge(_parts_of(left), _parts_of(right)))


def divide(left: Measure, right: Measure) -> Measure:
    """The measure of a quotient.

    >>> divide(parse_measure("件"), parse_measure("千元")).text
    '件/千元'
    """
    inverse = tuple((word, -power) for word, power in _parts_of(right))
    return _measure_of(_merge(_parts_of(left), inverse))


def _parts_of(measure: Measure) -> _Parts:
    return _parts_of_text(measure.text)


@lru_cache(maxsize=4096)
def _parts_of_text(text: str) -> _Parts:
    # A 倍 (1) says nothing beside other words.
    return tuple((word, power) for word, power in _merge(_read_parts(text)) if word != "倍")


def _ratio(source: Measure, target: Measure) -> Fraction:
    if source.dimension != target.dimension:
        raise MeasureError(
            Text(
                f"不能把 {source.described.zh} 换算成 {target.described.zh}：量纲不同",
                f"{source.described.en} cannot be converted to {target.described.en}: the dimensions differ",
            ),
            dimension_hint(source, target),
        )
    return source.factor / target.factor


def dimension_hint(source: Measure, target: Measure) -> Text | None:
    """The way out of the usual mix-ups of two dimensions, or None."""
    names = dict(divide(source, target).dimension)
    if {"[money]", "[us_money]"} == names.keys():
        return Text(
            "不假定汇率：加一个以 元/美元 计的汇率字段，乘上它",
            "no exchange rate is assumed: add a field measured in 元/美元 and multiply by it",
        )
    if {"[energy]", "[electricity]"} == names.keys():
        return Text(
            "不假定折标系数：加一个以 千克标准煤/千瓦时 计的系数字段，乘上它",
            "no coal equivalent is assumed: add a field measured in 千克标准煤/千瓦时 and multiply by it",
        )
    if {"[months]"} == names.keys():
        return Text("年度数据的单位里不写“年”", "leave 年 out of the measure of annual figures")
    return None


def conversion(source: Measure, target: Measure) -> float:
    """The factor f with value_in_target = value_in_source * f, rounded once.

    Raises MeasureError, naming both dimensions, where they differ.

    >>> conversion(parse_measure("件/千元"), parse_measure("件/千万元"))
    10000.0
    """
    return float(_ratio(source, target))


def convert(values: _Values, source: Measure, target: Measure) -> _Values:
    """The same amounts in another measure.

    values: one float, or a float64 array of any shape; NaN stays NaN. Nothing is copied where the measures agree.
    Multiplies by a whole number or divides by one, so that whole amounts stay as exact as a double can be.
    Raises MeasureError where the dimensions differ.

    >>> convert(55_014_940_375.0, parse_measure("千元"), parse_measure("亿元"))
    550149.40375
    """
    if source is target:
        return values
    ratio = _ratio(source, target)
    if ratio.numerator != 1:
        values = values * float(ratio.numerator)
    if ratio.denominator != 1:
        values = values / float(ratio.denominator)
    return values


def other_measures(measure: Measure) -> Mapping[Measure, float]:
    """The measures that figures of this kind also come in, each with the factor to it.

    One word of the measure is exchanged at a time. A column whose values are off by one of these factors was
    probably delivered in that measure.

    >>> {str(other): factor for other, factor in other_measures(parse_measure("千元")).items()}
    {'元': 1000.0, '万元': 0.1, '百万元': 0.001, '亿元': 1e-05}
    """
    parts = _parts_of(measure) or (("倍", 1),)
    others: dict[Measure, float] = {}
    for index, (word, power) in enumerate(parts):
        for common in _words_like(word):
            exchanged = _measure_of(_merge(parts[:index], ((common, power),), parts[index + 1 :]))
            if exchanged != measure:
                others.setdefault(exchanged, conversion(measure, exchanged))
    return others


def _words_like(word: str) -> tuple[str, ...]:
    dimension = _measure_of(((word, 1),)).dimension
    return next((words for words in _COMMON if _measure_of(((words[0], 1),)).dimension == dimension), ())


DIMENSIONLESS: Final = Measure("1", (), Fraction(1))
