"""Account for every row of the data: what became of it, in parts that sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from parkscore.data.class_column import CLASS_UNKNOWN, NO_CLASS, SEVERAL_CLASSES, Classification
from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.data.units import REMARK_ROW, TOTAL_ROW
from parkscore.data.unranked import ONLY_GATES, UNRANKED
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.tree.gate import NOT_RANKED, RANKED, Outcomes
from parkscore.tree.gate_tables import outcome_counts
from parkscore.tree.grades import Graded, grade_counts, grade_names
from parkscore.tree.list_tables import STANDING_TEXT
from parkscore.tree.lists import STANDINGS, Listed
from parkscore.tree.verdicts import Outcome, Verdict

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


class Account(NamedTuple):
    """How many rows came to what, in one part of the accounts, and what that is called in both languages."""

    part: str
    id: str | None
    outcome: str
    rows: int
    zh: str
    en: str


COLUMNS: Final = Account._fields


def accounts_of(
    framework: Framework,
    table: Table,
    rows: Rows,
    outcomes: Outcomes,
    classification: Classification | None,
    judged: Sequence[Verdict],
    graded: Sequence[Graded] = (),
    listed: Sequence[Listed] = (),
) -> tuple[Account, ...]:
    """What became of every row.

    rows: those that were scored. The part `data` sums to the rows that the file holds: ranked, not ranked for one
    reason or another, of other years than the one asked for, totals and remarks that were left out. The part `classes`
    and the parts `gate`, `grade` and `list` of each id sum to the rows that were scored.
    """
    return (
        *_of_data(table, rows, outcomes),
        *_of_classes(framework, rows, classification),
        *_of_gates(rows, judged),
        *_of_grades(rows, graded),
        *_of_lists(rows, listed),
    )


def account_table(accounts: Iterable[Account]) -> pd.DataFrame:
    """Part, id, outcome, number of rows, and the outcome in both languages."""
    return pd.DataFrame(list(accounts), columns=list(COLUMNS))


def _of_data(table: Table, rows: Rows, outcomes: Outcomes) -> Iterator[Account]:
    yield Account(DATA, None, RANKED, int(outcomes.ranked[rows].sum()), "已排名", "ranked")
    reasons = Counter(outcomes.reasons[row].code for row in rows[~outcomes.ranked[rows]].tolist())
    for code, text in UNRANKED.items():
        if reasons[code]:
            judged = code == ONLY_GATES
            told = text if judged else Text(f"不排名：{text.zh}", f"not ranked: {text.en}")
            yield Account(DATA, code, JUDGED if judged else NOT_RANKED, reasons[code], *told)
    if len(rows) < table.size:
        yield Account(DATA, None, OTHER_YEAR, table.size - len(rows), "其他年份", "of other years")
    for code, text in LEFT_OUT.items():
        if table.left_out.get(code):
            yield Account(DATA, None, code, table.left_out[code], *text)


def _of_classes(framework: Framework, rows: Rows, found: Classification | None) -> Iterator[Account]:
    if found is None:
        return
    coded = found.coded
    counted = np.bincount(coded.codes[rows] + 1, minlength=len(coded.texts) + 1)[1:].tolist()
    names = Counter({str(name): count for name, count in zip(coded.texts, counted, strict=True) if count})
    labels = {each.id: each.label for each in framework.classes} or {name: Text(name, name) for name in sorted(names)}
    for name, label in labels.items():
        yield Account(CLASSES, name, "in_class", names[name], *label)
    lacking = rows[coded.codes[rows] < 0]
    without = Counter(found.outcomes(lacking).tolist())
    for outcome, label in WITHOUT_CLASS.items():
        if without[outcome]:
            yield Account(CLASSES, None, outcome, without[outcome], *label)


def _of_gates(rows: Rows, judged: Sequence[Verdict]) -> Iterator[Account]:
    for gate in judged:
        for outcome, count in outcome_counts(gate, rows).items():
            yield Account(GATE, gate.path, outcome, count, *Outcome(outcome).text)


def _of_grades(rows: Rows, graded: Sequence[Graded]) -> Iterator[Account]:
    for each in graded:
        names = grade_names(each.scale)
        for word, count in grade_counts(each, rows).items():
            yield Account(GRADE, each.scale.id, word, count, *names[word])


def _of_lists(rows: Rows, listed: Sequence[Listed]) -> Iterator[Account]:
    for each in listed:
        counts = np.bincount(each.standings[rows], minlength=len(STANDINGS)).tolist()
        for standing, count in zip(STANDINGS, counts, strict=True):
            yield Account(LIST, each.asked.id, standing, count, *STANDING_TEXT[standing])


# --- told to a person ----------------------------------------------------------------------------------------------


def accounting_line(accounts: Iterable[Account]) -> Text:
    """What became of the rows of the data, as one sum.

    >>> accounting_line([Account("data", None, "ranked", 2, "已排名", "ranked")]).en
    'rows in the data: 2 = 2 ranked'
    """
    own = [each for each in accounts if each.part == DATA and each.rows > 0]
    whole = sum(each.rows for each in own)
    zh = " + ".join(f"{each.zh} {each.rows}" for each in own)
    en = " + ".join(f"{each.rows} {each.en}" for each in own)
    return Text(f"数据行数：{whole} = {zh}", f"rows in the data: {whole} = {en}")


def named_parts(accounts: Iterable[Account], framework: Framework) -> list[Text]:
    """For each line of the accounts what it is a part of: the data, the classes, a gate, a scale or a list by name."""
    names = {(GATE, gate.id): gate.label for gate in framework.gates}
    names |= {(GRADE, scale.id): scale.label for scale in framework.grades}
    names |= {(LIST, each.id): each.label for each in framework.lists}
    return [_part(each.part, names.get((each.part, each.id or ""))) for each in accounts]


def _part(part: str, name: Text | None) -> Text:
    label = _PART[part]
    return label if name is None else Text(f"{label.zh}：{name.zh}", f"{label.en}: {name.en}")
