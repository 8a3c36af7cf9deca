"""The sheets of a workbook about the robustness of ranks, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from parkscore.evaluation_sheets import about_sheet, findings_frame
from parkscore.language import Language, Text
from parkscore.output.workbook import Sheet
from parkscore.robustness.answer_sheets import answer_sheets
from parkscore.robustness.documents import RANKS, about_robustness, units_in
from parkscore.robustness.parameters import LEFT_OUT, METHODS, SCHEME, WEIGHT
from parkscore.robustness.result import TOP

if TYPE_CHECKING:
    from parkscore.robustness.result import Robustness

MOST_DRAWS: Final = 10_000
"""Draws whose parameters have a sheet; `Robustness.parameters` has those of any number."""

HEADS: Final = {
    "unit": Text("评价对象", "unit"),
    "rank": Text("位次", "rank"),
    "rank_mean": Text("平均位次", "mean rank"),
    "rank_median": Text("中位位次", "median rank"),
    "rank_low": Text("位次 5%", "rank, 5%"),
    "rank_high": Text("位次 95%", "rank, 95%"),
    **{f"top_{k}": Text(f"前 {k} 名的比例", f"share in top {k}") for k in TOP},
    "unranked": Text("不排名的比例", "share unranked"),
    "score": Text("得分", "score"),
    "score_median": Text("中位得分", "median score"),
    "score_low": Text("得分 5%", "score, 5%"),
    "score_high": Text("得分 95%", "score, 95%"),
    "verdict": Text("结论", "verdict"),
    "draw": Text("抽样", "draw"),
    METHODS: Text("方法", "methods"),
    LEFT_OUT: Text("略去", "left out"),
    SCHEME: Text("方案序号", "number of the scheme"),
}
_KINDS: Final = {
    **dict.fromkeys((*RANKS, "draw", SCHEME), "count"),
    **dict.fromkeys((*(f"top_{k}" for k in TOP), "unranked"), "share"),
    **dict.fromkeys(("rank_mean", "score", "score_median", "score_low", "score_high"), "score"),
}
_UNITS: Final = Text(
    "位次 5% 和 95%：各有 5% 和 95% 的抽样不超过它，其间为九成抽样的位次",
    "rank, 5% and 95%: what 5% and 95% of the draws do not exceed; between them are nine draws of ten",
)
_PROBABILITIES: Final = Text(
    "每行：该对象在各位次的抽样比例", "a line: the share of draws in which a unit had each rank"
)
_ABOVE: Final = Text(
    "行对象高于列对象的抽样比例；与自身不比，留空",
    "the share of draws in which the unit of a line stood above that of a column; empty for a unit beside itself",
)
_DRAWS: Final = Text(
    "权重为同级内的份额；方法一栏空白为指标体系原有的方法",
    "weights are shares within the parent; no methods means those of the framework",
)


def sheets_of(found: Robustness, language: Language) -> list[Sheet]:
    """Units, rank probabilities, pairs, what was found beside the draws and what was assumed, draws and sources."""
    notes = [note.in_language(language) for note in found.evaluation.notes]
    counts = found.outcome.counts
    sheets = [
        _units(found, language),
        *([] if counts.ranks is None else [_probabilities(found, language)]),
        *([] if counts.above is None else [_above(found, language)]),
        *answer_sheets(found, language),
        _assumed(found, language),
        *([] if found.draws > MOST_DRAWS or found.parameters.empty else [_draws(found, language)]),
        Sheet(_said(Text("数据质量", "findings"), language), findings_frame(found.evaluation.findings, language)),
        _about(found, language),
    ]
    return [
        Sheet(sheet.name, sheet.frame, [*notes, *sheet.notes], sheet.kinds, sheet.frozen_columns) for sheet in sheets
    ]


def _said(text: Text, language: Language) -> str:
    return text.in_language(language)


def _sheet(
    name: Text, frame: pd.DataFrame, language: Language, notes: Sequence[Text], own: Mapping[str, str] | None = None
) -> Sheet:
    """A table with its columns in words; own: the kind of columns that have no words of ours."""
    heads = {column: _said(HEADS[column], language) for column in frame.columns if column in HEADS}
    kinds = {heads[column]: _KINDS[column] for column in heads if column in _KINDS} | dict(own or {})
    return Sheet(_said(name, language), frame.rename(columns=heads), [_said(note, language) for note in notes], kinds)


def _units(found: Robustness, language: Language) -> Sheet:
    frame = units_in(found, language).drop(columns="note")
    return _sheet(Text("位次稳健性", "units"), frame, language, [*found.assumptions, _UNITS])


def _probabilities(found: Robustness, language: Language) -> Sheet:
    return _matrix(Text("位次概率", "rank probabilities"), found.rank_probabilities, language, _PROBABILITIES)


def _above(found: Robustness, language: Language) -> Sheet:
    own = np.eye(len(found.above), dtype=bool)
    return _matrix(Text("两两比较", "pairs"), found.above.mask(own), language, _ABOVE)


def _matrix(name: Text, frame: pd.DataFrame, language: Language, note: Text) -> Sheet:
    columns = [str(column) for column in frame.columns]
    return _sheet(
        name, frame.set_axis(columns, axis=1).reset_index(), language, [note], dict.fromkeys(columns, "share")
    )


def _assumed(found: Robustness, language: Language) -> Sheet:
    head = _said(Text("假定", "assumed"), language)
    frame = pd.DataFrame({head: [_said(each, language) for each in found.assumptions]}, dtype=object)
    return Sheet(_said(Text("假定", "assumptions"), language), frame)


def _draws(found: Robustness, language: Language) -> Sheet:
    frame = found.parameters.reset_index()
    if METHODS in frame:
        words = {variant.label.en: _said(variant.label, language) for variant in found.plan.variants}
        frame[METHODS] = frame[METHODS].map(words)
    own = [str(column) for column in frame.columns if str(column).startswith(f"{WEIGHT}:")]
    word = _said(Text("权重", "weight"), language)
    labels = {node.id: _said(node.label, language) for node in found.evaluation.framework.walk()}
    named = {column: f"{column.replace(WEIGHT, word, 1)} {labels[column.split(':')[-1]]}" for column in own}
    kinds = dict.fromkeys(named.values(), "share")
    return _sheet(Text("抽样", "draws"), frame.rename(columns=named), language, [_DRAWS], kinds)


def _about(found: Robustness, language: Language) -> Sheet:
    about = about_robustness(found) | {"notes": [_said(note, language) for note in found.evaluation.notes]}
    return about_sheet(about, found.evaluation, language)
