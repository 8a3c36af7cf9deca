"""The sheets of a result workbook that tell of lists and targets, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parkscore.data.table import UNIT, YEAR
from parkscore.language import Language, Text
from parkscore.late_pandas import pd
from parkscore.output.workbook import Sheet
from parkscore.tree.list_tables import COUNTS, STANDING_TEXT, list_sentences
from parkscore.tree.target_tables import NUMBERS, OUTCOME_TEXT, PATH_STANDING_TEXT

if TYPE_CHECKING:
    from parkscore.evaluation import Evaluation

_HEADS: Final = {
    "list": Text("榜单", "list"),
    "place": Text("名次", "place"),
    UNIT: Text("评价对象", "unit"),
    YEAR: Text("数据年份", "year"),
    "standing": Text("结果", "standing"),
    "value": Text("排序依据", "value"),
    "measure": Text("单位", "measure"),
    "reason": Text("原因", "reason"),
    "field": Text("分布字段", "counted by"),
    "text": Text("分组", "group"),
    "rows": Text("总数", "all"),
}


def list_sheets(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """Who is on each list, and how many of each group; no sheets where the framework has no lists."""
    if not evaluation.listed:
        return []
    labels = {each.asked.id: each.asked.label.in_language(language) for each in evaluation.listed}
    fields = {name: field.label.in_language(language) for name, field in evaluation.framework.fields.items()}
    words = {standing: text.in_language(language) for standing, text in STANDING_TEXT.items()}
    members = evaluation.lists.assign(
        list=evaluation.lists["list"].map(labels),
        standing=evaluation.lists["standing"].map(words),
        reason=evaluation.lists[f"reason_{language}"],
    ).drop(columns=["reason_zh", "reason_en"])
    counts = evaluation.list_counts
    by_all = counts["field"].isna()
    whole, none = (text.in_language(language) for text in (_ALL, _NOTHING))
    counts = counts.assign(
        list=counts["list"].map(labels),
        text=[whole if all_rows else (text or none) for all_rows, text in zip(by_all, counts["text"], strict=True)],
        field=counts["field"].map(fields).astype(object),
    ).rename(columns=words)
    said = [text.in_language(language) for text in list_sentences(evaluation.list_counted)]
    kinds = dict.fromkeys((YEAR, "place", "rows"), "count") | {"value": "value"}
    kinds |= dict.fromkeys((words.get(name, name) for name in COUNTS[1:]), "count")
    return [
        _sheet(Text("榜单", "lists"), members, [], kinds, language),
        _sheet(Text("榜单分布", "list counts"), counts, said, kinds, language),
    ]


_ALL: Final = Text("全部", "all")
_NOTHING: Final = Text("（未填）", "(empty)")


_TARGET_HEADS: Final = {
    "target": Text("目标", "target"),
    YEAR: Text("数据年份", "year"),
    "outcome": Text("结果", "outcome"),
    "value": Text("数值", "value"),
    "measure": Text("单位", "measure"),
    "operator": Text("比较", "operator"),
    "goal": Text("目标值", "goal"),
    "due": Text("到期年份", "due"),
    "change": Text("比上年变化", "change on the year before"),
    "change_measure": Text("变化单位", "change in"),
    "growth_percent": Text("比上年增长（%）", "growth on the year before (%)"),
    "from_year": Text("起点年份", "from year"),
    "from_value": Text("起点值", "from value"),
    "path": Text("路径", "path"),
    "on_path": Text("路径要求", "path asks for"),
    "standing": Text("与路径比较", "against the path"),
    "so_far": Text("起点以来每年", "a year so far"),
    "needed": Text("今后每年须", "a year needed"),
    "rate_measure": Text("每年变化单位", "a year in"),
    "reason": Text("说明", "in words"),
}
_PATHS: Final = {"compound": Text("逐年同比例", "equal shares"), "linear": Text("逐年同数额", "equal amounts")}


def target_sheets(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """How far each target is in each year; no sheet where the framework has none."""
    if not evaluation.framework.targets:
        return []
    labels = {each.id: each.label for each in evaluation.framework.targets}
    frame = evaluation.targets
    said = {"target": labels, "outcome": OUTCOME_TEXT, "standing": PATH_STANDING_TEXT, "path": _PATHS}
    frame = frame.assign(reason=frame[f"reason_{language}"])
    for column, texts in said.items():
        frame[column] = [texts[word].in_language(language) if isinstance(word, str) else None for word in frame[column]]
    frame = frame.drop(columns=["reason_zh", "reason_en"])
    kinds = dict.fromkeys((YEAR, "due", "from_year"), "count") | dict.fromkeys(NUMBERS, "value")
    heads = {column: _TARGET_HEADS[column].in_language(language) for column in frame.columns}
    named = {heads[column]: kind for column, kind in kinds.items()}
    return [Sheet(Text("目标", "targets").in_language(language), frame.rename(columns=heads), (), named)]


def _sheet(name: Text, frame: pd.DataFrame, notes: list[str], kinds: dict[str, str], language: Language) -> Sheet:
    heads = {column: _HEADS[column].in_language(language) for column in frame.columns if column in _HEADS}
    renamed = {heads.get(column, column): kind for column, kind in kinds.items()}
    return Sheet(name.in_language(language), frame.rename(columns=heads), notes, renamed)
