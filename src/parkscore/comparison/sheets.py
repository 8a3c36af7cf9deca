"""The sheets of a comparison workbook, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parkscore.evaluation_sheets import about_sheet, findings_frame
from parkscore.framework.status_words import WEIGHTS_STATUS
from parkscore.language import Language, Text
from parkscore.output.workbook import Sheet
from parkscore.tree.gate import RANKED

if TYPE_CHECKING:
    from parkscore.comparison.side_by_side import Scenarios

HEADS = {
    "scheme": Text("方案", "scheme"),
    "id": Text("编码", "id"),
    "name": Text("名称", "name"),
    "status": Text("状态", "status"),
    "source": Text("来源", "source"),
    "ranked": Text("已排名数", "ranked"),
    "unit": Text("评价对象", "unit"),
    "year": Text("数据年份", "year"),
    "class": Text("分类", "class"),
    "reason": Text("不排名的原因", "why not ranked"),
    "reference": Text("参照", "reference"),
    "from": Text("基准方案位次", "rank under the base"),
    "to": Text("本方案位次", "rank under the scheme"),
    "places_gained": Text("上升位数", "places gained"),
    "score_from": Text("基准方案得分", "score under the base"),
    "score_to": Text("本方案得分", "score under the scheme"),
    "score_change": Text("得分变动", "change of the score"),
    "made_by": Text("主要由哪些维度引起", "made by"),
    "a": Text("甲方案", "scheme a"),
    "b": Text("乙方案", "scheme b"),
    "n": Text("共同排名数", "ranked by both"),
    "spearman": Text("斯皮尔曼 ρ", "Spearman rho"),
    "kendall": Text("肯德尔 τ-b", "Kendall tau-b"),
    "mean_shift": Text("平均变动位数", "mean absolute shift"),
    "largest_shift": Text("最大变动位数", "largest absolute shift"),
    "unchanged": Text("位次不变的比例", "share unchanged"),
    "flag": Text("提示", "flag"),
    "k": Text("前几名", "top"),
    "in_a": Text("甲方案入围", "in the top of a"),
    "in_b": Text("乙方案入围", "in the top of b"),
    "both": Text("共同入围", "in both"),
    "share": Text("重合比例", "share in both"),
    "entered": Text("只在乙方案入围", "in b only"),
    "left": Text("只在甲方案入围", "in a only"),
}
_KINDS = {
    **dict.fromkeys(("year", "ranked", "from", "to", "places_gained", "n", "k", "in_a", "in_b", "both"), "count"),
    **dict.fromkeys(("score_from", "score_to", "score_change", "spearman", "kendall", "mean_shift"), "score"),
    **dict.fromkeys(("unchanged", "share"), "share"),
    "largest_shift": "count",
}
MOVED_BY_OTHERS = Text("自身无突出变动，因邻近对象变动而换位", "none of its own: its neighbours moved")
FLAGS = {
    "few": Text("共同排名的对象少于 3 个", "fewer than 3 units"),
    "constant": Text("位次都相同", "ranks all equal"),
}

_MOVES = Text(
    "上升位数大于 0 为名次上升；各维度变动为该维度贡献之差，合计为得分变动。"
    "“主要由哪些维度引起”取变动超出全体平均最多、方向与名次一致的维度，全体平均见“平均变动”",
    "places gained: above 0 where a unit rises. The changes by dimension sum to the change of the score. `made by` "
    "names the dimensions whose change most exceeds the mean of all units in the direction of the move (see `mean "
    "changes`)",
)
_SHIFTS = Text(
    "上升位数大于 0 为名次上升，与基准方案相比", "places gained against the base: above 0 where a unit rises"
)
_AGREEMENT = Text("只算两个方案下都排名的对象", "over the units that both schemes rank")
_BY_CLASS = Text(
    "分类一栏空白的行算全部对象，其余算类内位次",
    "rows without a class count all units, the others the ranks within the class",
)
_TIES = Text(
    "最后一名并列的都算入围，入围数可能超过前几名；重合比例以入围较多的一方为分母",
    "all that tie for the last place are in, so there may be more; the share is of the larger of the two",
)


def sheets_of(scenarios: Scenarios, language: Language) -> list[Sheet]:
    """Schemes, ranks, scores, movers, mean changes, agreement, overlap, weights, findings, sources, in this order."""
    notes = [note.in_language(language) for note in scenarios.notes]
    sheets = [
        _schemes(scenarios, language),
        _ranks(scenarios, language),
        _scores(scenarios, language),
        _movers(scenarios, language),
        _mean_changes(scenarios, language),
        _agreement(scenarios, language),
        _overlap(scenarios, language),
        _weights(scenarios, language),
        Sheet(Text("数据质量", "findings").in_language(language), findings_frame(scenarios.findings, language)),
        _about(scenarios, language),
    ]
    return [
        Sheet(sheet.name, sheet.frame, [*notes, *sheet.notes], sheet.kinds, sheet.frozen_columns) for sheet in sheets
    ]


def _sheet(
    name: Text,
    frame: pd.DataFrame,
    language: Language,
    notes: Sequence[Text] = (),
    own: Mapping[str, tuple[str, str]] | None = None,
) -> Sheet:
    """A table with its columns in words; own: the header and the kind of columns that are named by a scheme or node."""
    own = own or {}
    heads = {column: HEADS[column].in_language(language) for column in frame.columns if column in HEADS}
    heads |= {column: head for column, (head, _) in own.items()}
    kinds = {heads[column]: _KINDS[column] for column in frame.columns if column in _KINDS and column not in own}
    kinds |= dict(own.values())
    said = [note.in_language(language) for note in notes]
    return Sheet(name.in_language(language), frame.rename(columns=heads), said, kinds)


def _schemes(scenarios: Scenarios, language: Language) -> Sheet:
    frame = _in_one_language(scenarios.schemes, language)
    frame["status"] = [WEIGHTS_STATUS[status].in_language(language) for status in frame["status"]]
    base = scenarios.labels[0]
    note = Text(f"基准方案（其他方案与它比较）：{base}", f"the base that the others are compared with: {base}")
    return _sheet(Text("方案", "schemes"), frame, language, [note])


def _in_one_language(frame: pd.DataFrame, language: Language) -> pd.DataFrame:
    return frame.rename(columns={language: "name"}).drop(columns="en" if language == "zh" else "zh")


def _ranks(scenarios: Scenarios, language: Language) -> Sheet:
    frame, own = _unit_columns(scenarios), {}
    parts = [
        ("rank", Text("位次", "rank"), scenarios.ranks),
        ("gained", Text("上升位数", "places gained"), scenarios.shifts),
        ("class_rank", Text("类内位次", "class rank"), scenarios.class_ranks),
        ("class_gained", Text("类内上升位数", "places gained in class"), scenarios.class_shifts),
    ]
    for part, word, table in parts:
        for label in [] if table is None else table.columns:
            frame[f"{part} {label}"] = table[label].array if table is not None else None
            own[f"{part} {label}"] = (_under(word, label, language), "count")
    frame["reason"] = pd.Series(_reasons(scenarios, language), dtype=object)
    return _sheet(Text("位次对照", "ranks"), frame, language, [_SHIFTS], own)


def _reasons(scenarios: Scenarios, language: Language) -> list[str | None]:
    """For each row, why it is not ranked, by scheme where not all say the same."""
    reasons = []
    for row in scenarios.status_in(language).itertuples(index=False, name=None):
        why = [status.partition(": ")[2] if status != RANKED else None for status in row]
        if len(set(why)) == 1:
            reasons.append(why[0])
        else:
            named = zip(scenarios.labels, why, strict=True)
            said = [f"{label}：{each}" if language == "zh" else f"{label}: {each}" for label, each in named if each]
            reasons.append(("；" if language == "zh" else "; ").join(said))
    return reasons


def _under(word: Text, label: str, language: Language) -> str:
    """The header of a column about one scheme or node."""
    return f"{word.zh}：{label}" if language == "zh" else f"{word.en}: {label}"


def _unit_columns(scenarios: Scenarios) -> pd.DataFrame:
    frame = scenarios.index.to_frame(index=False)
    return frame if scenarios.classes is None else frame.assign(**{"class": scenarios.classes.to_numpy()})


def _scores(scenarios: Scenarios, language: Language) -> Sheet:
    frame = _unit_columns(scenarios)
    own = {f"score {label}": (_under(Text("得分", "score"), label, language), "score") for label in scenarios.labels}
    for label in scenarios.labels:
        frame[f"score {label}"] = scenarios.scores[label].to_numpy()
    return _sheet(Text("得分对照", "scores"), frame, language, (), own)


def _movers(scenarios: Scenarios, language: Language) -> Sheet:
    frame = scenarios.movers(None)
    if "made_by" in frame:
        names = {node.id: f"{node.id} {node.label.in_language(language)}" for node in scenarios.framework.indicators}
        said = [_joined([names[node] for node in made_by], language) for made_by in frame["made_by"]]
        said = [each or MOVED_BY_OTHERS.in_language(language) for each in said]
        frame["made_by"] = pd.Series(said, dtype=object)
    return _sheet(Text("位次变动", "movers"), frame, language, [_MOVES], _dimensions(scenarios, language))


def _mean_changes(scenarios: Scenarios, language: Language) -> Sheet:
    own = _dimensions(scenarios, language)
    return _sheet(Text("平均变动", "mean changes"), scenarios.mean_changes, language, (), own)


def _dimensions(scenarios: Scenarios, language: Language) -> dict[str, tuple[str, str]]:
    word = Text("变动", "change")
    return {
        f"change_{node.id}": (_under(word, f"{node.id} {node.label.in_language(language)}", language), "score")
        for node in scenarios.framework.indicators
    }


def _agreement(scenarios: Scenarios, language: Language) -> Sheet:
    frame = scenarios.agreement
    # Where only some rows have a flag, pandas turns None into NaN.
    said = [FLAGS[flag].in_language(language) if flag in FLAGS else None for flag in frame["flag"]]
    frame = frame.assign(flag=pd.Series(said, dtype=object))
    notes = [_AGREEMENT] if scenarios.classes is None else [_AGREEMENT, _BY_CLASS]
    return _sheet(Text("一致程度", "agreement"), frame, language, notes)


def _overlap(scenarios: Scenarios, language: Language) -> Sheet:
    frame = scenarios.overlap()
    for column in ("entered", "left"):
        frame[column] = pd.Series([_joined(names, language) for names in frame[column]], dtype=object)
    return _sheet(Text("前列重合", "overlap"), frame, language, [_TIES])


def _joined(names: Sequence[str], language: Language) -> str | None:
    return ("、" if language == "zh" else ", ").join(names) or None


def _weights(scenarios: Scenarios, language: Language) -> Sheet:
    """The weight of each node in the total, scheme by scheme, then the status of each."""
    frame = scenarios.weights.index.to_frame(index=False)
    names = {node.id: node.label.in_language(language) for node in scenarios.framework.walk()}
    frame["name"] = frame["id"].map(names)
    own = {}
    for label in scenarios.labels:
        frame[f"weight {label}"] = scenarios.weights[label].to_numpy()
        own[f"weight {label}"] = (_under(Text("总权重", "weight in total"), label, language), "share")
    for label in scenarios.labels:
        frame[f"status {label}"] = [
            WEIGHTS_STATUS[each].in_language(language) for each in scenarios.weights_status[label]
        ]
        own[f"status {label}"] = (_under(HEADS["status"], label, language), "text")
    return _sheet(Text("权重对照", "weights"), frame, language, (), own)


def _about(scenarios: Scenarios, language: Language) -> Sheet:
    about = scenarios.about | {
        "notes": [note.in_language(language) for note in scenarios.notes],
        "schemes": [_with_status(each, language) for each in scenarios.about["schemes"]],
    }
    return about_sheet(about, scenarios.base, language)


def _with_status(scheme: Mapping[str, Any], language: Language) -> str:
    status = WEIGHTS_STATUS[scheme["status"]]
    return Text(f"{scheme['scheme']}（{status.zh}）", f"{scheme['scheme']} ({status.en})").in_language(language)
