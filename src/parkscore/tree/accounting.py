"""Account for every row of the data: what became of it, in parts that sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from parkscore.data.class_column import CLASS_UNKNOWN, NO_CLASS, SEVERAL_CLASSES, Classification
from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.data.units import REMARK_ROW, TOTAL_ROW
from parkscore.data.unranked import ONLY_GATES, UNRANKED
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.tree.gate import NOT_RANKED, RANKED, Outcomes
from parkscore.tree.gate_tables import outcome_counts
from parkscore.tree.grades import Graded, grade_counts, grade_names
from parkscore.tree.list_tables import STANDING_TEXT
from parkscore.tree.lists import STANDINGS, Listed
from parkscore.tree.verdicts import Outcome, Verdict

COLUMNS: Final = ("part", "id", "outcome", "rows", "zh", "en")
DATA, CLASSES, GATE, GRADE, LIST = "data", "classes", "gate", "grade", "list"
OTHER_YEAR: Final = "other_year"
JUDGED: Final = "judged"

LEFT_OUT: Final[dict[str, Text]] = {
    TOTAL_ROW: Text("合计或平均行，未读取", "totals or averages, left out"),
    REMARK_ROW: Text("附注行，未读取", "remarks, left out"),
}
WITHOUT_CLASS: Final[dict[str, Text]] = {
    NO_CLASS: Text("没有分类", "in no class"),
    SEVERAL_CLASSES: Text("符合多个分类", "in several classes"),
    CLASS_UNKNOWN: Text("分类不能判定", "whose class cannot be told"),
}
_PART: Final = {
    DATA: Text("数据", "data"),
    CLASSES: Text("分类", "classes"),
    GATE: Text("门槛", "gate"),
    GRADE: Text("等级", "grades"),
    LIST: Text("榜单", "list"),
}

_Entry = tuple[str, str | None, str, int, str, str]


def accounting(
    framework: Framework,
    table: Table,
    rows: Rows,
    outcomes: Outcomes,
    classification: Classification | None,
    judged: Sequence[Verdict],
    graded: Sequence[Graded] = (),
    listed: Sequence[Listed] = (),
) -> pd.DataFrame:
    """Part, id, outcome, number of rows, and the outcome in both languages.

    rows: those that were scored. The part `data` sums to the rows that the file holds: ranked, not ranked for one
    reason or another, of other years than the one asked for, totals and remarks that were left out. The part `classes`
    and the parts `gate`, `grade` and `list` of each id sum to the rows that were scored.
    """
    entries = [
        *_of_data(table, rows, outcomes),
        *_of_classes(framework, rows, classification),
        *_of_gates(rows, judged),
        *_of_grades(rows, graded),
        *_of_lists(rows, listed),
    ]
    return pd.DataFrame(entries, columns=list(COLUMNS))


def _of_data(table: Table, rows: Rows, outcomes: Outcomes) -> Iterator[_Entry]:
    yield DATA, None, RANKED, int(outcomes.ranked[rows].sum()), "已排名", "ranked"
    reasons = Counter(outcomes.reasons[row].code for row in rows[~outcomes.ranked[rows]].tolist())
    for code, text in UNRANKED.items():
        if reasons[code]:
            judged = code == ONLY_GATES
            told = text if judged else Text(f"不排名：{text.zh}", f"not ranked: {text.en}")
            yield DATA, code, JUDGED if judged else NOT_RANKED, reasons[code], *told
    if len(rows) < len(table.frame):
        yield DATA, None, OTHER_YEAR, len(table.frame) - len(rows), "其他年份", "of other years"
    for code, text in LEFT_OUT.items():
        if table.left_out.get(code):
            yield DATA, None, code, table.left_out[code], *text


def _of_classes(framework: Framework, rows: Rows, found: Classification | None) -> Iterator[_Entry]:
    if found is None:
        return
    coded = found.coded
    counted = np.bincount(coded.codes[rows] + 1, minlength=len(coded.texts) + 1)[1:].tolist()
    names = Counter({str(name): count for name, count in zip(coded.texts, counted, strict=True) if count})
    labels = {each.id: each.label for each in framework.classes} or {name: Text(name, name) for name in sorted(names)}
    for name, label in labels.items():
        yield CLASSES, name, "in_class", names[name], *label
    lacking = rows[coded.codes[rows] < 0]
    without = Counter(found.outcomes(lacking).tolist())
    for outcome, label in WITHOUT_CLASS.items():
        if without[outcome]:
            yield CLASSES, None, outcome, without[outcome], *label


def _of_gates(rows: Rows, judged: Sequence[Verdict]) -> Iterator[_Entry]:
    for gate in judged:
        for outcome, count in outcome_counts(gate, rows).items():
            yield GATE, gate.path, outcome, count, *Outcome(outcome).text


def _of_grades(rows: Rows, graded: Sequence[Graded]) -> Iterator[_Entry]:
    for each in graded:
        names = grade_names(each.scale)
        for word, count in grade_counts(each, rows).items():
            yield GRADE, each.scale.id, word, count, *names[word]


def _of_lists(rows: Rows, listed: Sequence[Listed]) -> Iterator[_Entry]:
    for each in listed:
        counts = np.bincount(each.standings[rows], minlength=len(STANDINGS)).tolist()
        for standing, count in zip(STANDINGS, counts, strict=True):
            yield LIST, each.asked.id, standing, count, *STANDING_TEXT[standing]


# --- told to a person ----------------------------------------------------------------------------------------------


def accounting_line(accounts: pd.DataFrame) -> Text:
    """What became of the rows of the data, as one sum.

    >>> accounts = pd.DataFrame([("data", None, "ranked", 2, "已排名", "ranked")], columns=list(COLUMNS))
    >>> accounting_line(accounts).en
    'rows in the data: 2 = 2 ranked'
    """
    own = accounts[(accounts["part"] == DATA) & (accounts["rows"] > 0)]
    whole = int(own["rows"].sum())
    zh = " + ".join(f"{text} {count}" for text, count in zip(own["zh"], own["rows"], strict=True))
    en = " + ".join(f"{count} {text}" for text, count in zip(own["en"], own["rows"], strict=True))
    return Text(f"数据行数：{whole} = {zh}", f"rows in the data: {whole} = {en}")


def named_parts(accounts: pd.DataFrame, framework: Framework) -> list[Text]:
    """For each line of the accounts what it is a part of: the data, the classes, a gate, a scale or a list by name."""
    names = {(GATE, gate.id): gate.label for gate in framework.gates}
    names |= {(GRADE, scale.id): scale.label for scale in framework.grades}
    names |= {(LIST, each.id): each.label for each in framework.lists}
    keys = zip(accounts["part"], accounts["id"], strict=True)
    return [_part(part, names.get((part, each))) for part, each in keys]


def _part(part: str, name: Text | None) -> Text:
    label = _PART[part]
    return label if name is None else Text(f"{label.zh}：{name.zh}", f"{label.en}: {name.en}")
