"""The words of a reader's language for what the tables of members name by codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from parkscore.data.table import UNIT, YEAR
from parkscore.framework.models import Framework
from parkscore.language import Language, Text
from parkscore.late_pandas import pd
from parkscore.members.contributions import BOTH, EARLIER, THIS_YEAR
from parkscore.members.missing_returns import MISSING_CELLS, NO_RETURN
from parkscore.members.sub_parks import IN_ZONE
from parkscore.tree.gate import NOT_RANKED, RANKED

CHANGES: Final = {
    "new": Text("新增", "new"),
    "returned": Text("恢复填报", "returned"),
    "left": Text("退出", "left"),
    "merged": Text("合并", "merged"),
    "moved": Text("迁移", "moved"),
    "moved_within": Text("区内迁移", "moved within their zone"),
    "renamed": Text("更名", "renamed"),
}
_WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "change": CHANGES,
    "filed": {
        BOTH: Text("今年和往年", "this year and earlier"),
        THIS_YEAR: Text("只有今年", "this year only"),
        EARLIER: Text("只有往年", "earlier only"),
    },
    "missing": {NO_RETURN: Text("今年未报", "no return"), MISSING_CELLS: Text("有缺项", "missing cells")},
    "status": {RANKED: Text("已排名", "ranked"), NOT_RANKED: Text("不排名", "not ranked")},
}
_HEADS: Final = {
    YEAR: Text("数据年份", "year"),
    "enterprise": Text("企业", "enterprise"),
    "name": Text("名称", "name"),
    "part": Text("分园", "sub-park"),
    "change": Text("变动", "change"),
    "part_before": Text("原分园", "sub-park before"),
    "name_before": Text("原名称", "name before"),
    "into": Text("并入", "merged into"),
    "returns": Text("年报数", "returns"),
    "filed": Text("填报年份", "filed"),
    "missing": Text("缺报", "missing"),
    "fields": Text("所缺数据项", "fields"),
    "score": Text("得分", "score"),
    "score_then": Text("假设后得分", "score then"),
    "rank": Text("位次", "rank"),
    "rank_then": Text("假设后位次", "rank then"),
    "rank_with": Text("填报后位次", "rank if filed"),
    "rank_without": Text("没有它时的位次", "rank without it"),
    IN_ZONE: Text("园区内位次", "rank in zone"),
    "status": Text("状态", "status"),
    "id": Text("编码", "id"),
    "zh": Text("名称", "name"),
    "en": Text("名称", "name"),
    "measure": Text("单位", "measure"),
    "own": Text("该企业", "the enterprise"),
    "overall": Text("总体水平", "the zone"),
    "contribution": Text("对数值的贡献", "contribution to the value"),
    "value": Text("数值", "value"),
    "value_then": Text("假设后数值", "value then"),
    "sentence_zh": Text("说明", "in words"),
    "sentence_en": Text("说明", "in words"),
}
# What a column of one table says otherwise than in the others.
_OWN_HEADS: Final[Mapping[tuple[str, str], Text]] = {
    ("contributions", "score"): Text("对得分的贡献", "contribution to the score"),
    ("shortfalls", "score"): Text("对指标得分的贡献", "contribution to its score"),
    ("missing-returns", "score"): Text("得分变化", "change of the score"),
    ("accounting", "zh"): Text("去向", "what became of them"),
    ("accounting", "en"): Text("去向", "what became of them"),
}
_TWINS: Final = {"zh": ("en", "sentence_en"), "en": ("zh", "sentence_zh")}
_VALUE: Final = "value:"


def in_words(
    name: str, frame: pd.DataFrame, framework: Framework, language: Language
) -> tuple[pd.DataFrame, list[str]]:
    """A table as a person reads it: headings and words of one language, in which it is told once.

    name: of the table, as of its file. Returns the table, and the columns of `frame` that it has, in their order.
    """
    left_out = (*_TWINS[language], "part") if name == "accounting" else _TWINS[language]
    kept = [str(column) for column in frame.columns if column not in left_out]
    heads = _heads_of(framework, name, language)
    columns = {column: _told(column, frame[column], framework, language) for column in kept}
    return pd.DataFrame(columns).set_axis([heads.get(column, column) for column in kept], axis="columns"), kept


def _heads_of(framework: Framework, name: str, language: Language) -> dict[str, str]:
    zone = framework.unit.label
    heads = {**_HEADS, UNIT: zone, framework.unit.key: zone, "zone": zone}
    heads["zone_before"] = Text(f"原{zone.zh}", f"{zone.en} before")
    if framework.time is not None:
        heads[framework.time] = _HEADS[YEAR]
    heads |= {column: text for (table, column), text in _OWN_HEADS.items() if table == name}
    return dict(_node_heads(framework, language)) | {key: text.in_language(language) for key, text in heads.items()}


def _node_heads(framework: Framework, language: Language) -> Iterator[tuple[str, str]]:
    """Of fields, with and without their measures, of scores and of values."""
    for identifier, field in framework.fields.items():
        label = field.label.in_language(language)
        yield identifier, label
        yield f"{identifier}({field.measure})", f"{label}({field.measure})"
    yield framework.total.id, Text("总得分", "total").in_language(language)
    for node in framework.walk():
        label = f"{node.id} {node.label.in_language(language)}"
        measure = f" ({node.measure})" if node.measure else ""
        yield node.id, label
        yield f"{_VALUE}{node.id}", f"{Text('数值', 'value').in_language(language)}: {label}{measure}"


def _told(column: str, values: pd.Series[Any], framework: Framework, language: Language) -> pd.Series[Any]:
    if column == "fields":
        return values.map(lambda ids: _labels(str(ids), framework, language))
    words = _WORDS.get(column)
    if words is None or pd.api.types.is_numeric_dtype(values):
        return values
    return values.map(lambda word: words[word].in_language(language) if word in words else word)


def _labels(ids: str, framework: Framework, language: Language) -> str:
    """Fields by name that a text lists by id."""
    named = (framework.fields[each].label.in_language(language) for each in ids.split(", ") if each)
    return Text("、", ", ").in_language(language).join(named)
