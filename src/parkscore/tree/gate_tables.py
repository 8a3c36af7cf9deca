"""Verdicts as flat tables: what each gate found of each unit, and each condition with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.data.grid import Rows, Vector
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.framework.formula import parse_formula
from parkscore.framework.formula_words import in_words
from parkscore.framework.gate_conditions import with_values
from parkscore.framework.models import Requirement
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.tree.verdicts import OUTCOMES, TRUTH_WORDS, Verdict, why


def outcome_counts(verdict: Verdict, rows: Rows) -> dict[str, int]:
    """How many rows have each of the five outcomes; they sum to all rows."""
    counts = np.bincount(verdict.codes[rows], minlength=len(OUTCOMES)).tolist()
    return {str(outcome): count for outcome, count in zip(OUTCOMES, counts, strict=True)}


def outcomes_of(verdict: Verdict, rows: Rows) -> list[str]:
    """The outcome of a gate at each row."""
    return [verdict.word(row) for row in rows.tolist()]


def gate_table(judged: Sequence[Verdict], table: Table, rows: Rows) -> pd.DataFrame:
    """Unit, year, gate, outcome, and why: a line for each unit and gate."""
    lines = [(gate, row, why(gate, row)) for row in rows.tolist() for gate in judged]
    frame = _labels(table, np.repeat(rows, len(judged)))
    frame["gate"] = [gate.path for gate, _, _ in lines]
    frame["outcome"] = [gate.word(row) for gate, row, _ in lines]
    frame["reason_zh"] = [None if text is None else text.zh for _, _, text in lines]
    frame["reason_en"] = [None if text is None else text.en for _, _, text in lines]
    return _frame(frame, [UNIT, *([] if table.years is None else [YEAR]), "gate", "outcome", "reason_zh", "reason_en"])


DETAIL_COLUMNS = [
    *(
        "gate",
        "path",
        "parent",
        "role",
        "kind",
        "name_zh",
        "name_en",
        "condition",
        "outcome",
        "value",
        "value_to",
        "measure",
    ),
    *("operator", "threshold", "relaxed_to", "relaxed", "short_by", "needs", "miss", "reason_zh", "reason_en"),
]


def detail_table(judged: Sequence[Verdict], table: Table, rows: Rows) -> pd.DataFrame:
    """Every requirement, condition and comparison for every unit, in the order of the gates.

    role: `gate` and `item` are requirements, with one of five outcomes; the conditions below them, from `require` to
    `relax`, and their `part`s are `true`, `false` or `unknown`. An outcome follows from the lines whose parent it is:
    kind says how they are joined, needs how many must be met, miss what a miss means. A comparison follows from its
    numbers: `value operator threshold`, or `relaxed_to` in place of the threshold where relaxed is `true`. value_to is
    given where the value may be anything from value to it; either is infinite where there is no limit. A condition
    without numbers has its text as value.
    """
    lines = [(gate.path, parent, verdict) for gate in judged for parent, verdict in gate.walk()]
    parts = [_lines_of(gate, parent, verdict, rows) for gate, parent, verdict in lines]
    years = [] if table.years is None else [YEAR]
    names = [UNIT, *years, *DETAIL_COLUMNS]
    if not parts:
        return pd.DataFrame(columns=names)
    order = np.argsort(np.tile(np.arange(len(rows)), len(lines)), kind="stable")
    frame: dict[str, Any] = _labels(table, np.tile(rows, len(lines))[order])
    for column in DETAIL_COLUMNS:
        values = [value for part in parts for value in part[column]]
        frame[column] = [values[position] for position in order.tolist()]
    return _frame(frame, names)


def with_words_for_no_limit(details: pd.DataFrame, least: str, most: str) -> pd.DataFrame:
    """A table of details with words in place of infinite ends, for readers that know no infinity."""
    words = {-np.inf: least, np.inf: most}
    return details.assign(
        **{
            name: pd.Series(
                [words.get(value, value) if isinstance(value, float) else value for value in details[name].tolist()],
                index=details.index,
                dtype=object,
            )
            for name in ("value", "value_to")
        }
    )


def _labels(table: Table, rows: Rows) -> dict[str, Any]:
    return {UNIT: table.units[rows]} | ({} if table.years is None else {YEAR: table.years[rows]})


def _frame(columns: dict[str, Any], names: list[str]) -> pd.DataFrame:
    """A table in which None is nothing and texts are texts."""
    numbers = {YEAR, "value_to", "threshold", "relaxed_to", "short_by"}
    return pd.DataFrame(
        {name: columns[name] if name in numbers else pd.Series(list(columns[name]), dtype=object) for name in names}
    )


def _lines_of(gate: str, parent: str | None, verdict: Verdict, rows: Rows) -> dict[str, list[Any]]:
    """One verdict as columns, a value for each row."""
    same = {
        "gate": gate,
        "path": verdict.path,
        "parent": parent,
        "role": verdict.role,
        "kind": verdict.kind,
        "name_zh": verdict.text.zh,
        "name_en": verdict.text.en,
        "condition": verdict.condition,
        "needs": verdict.needs,
        "miss": verdict.miss,
    }
    reasons = [verdict.said.at(row) for row in rows.tolist()]
    return {
        **{column: [value] * len(rows) for column, value in same.items()},
        "outcome": [verdict.word(row) for row in rows.tolist()],
        "reason_zh": [None if text is None else text.zh for text in reasons],
        "reason_en": [None if text is None else text.en for text in reasons],
        **_numbers_of(verdict, rows),
    }


def _numbers_of(verdict: Verdict, rows: Rows) -> dict[str, list[Any]]:
    numbers = verdict.measured
    nothing = [None] * len(rows)
    if numbers is None:
        gaps = [np.nan] * len(rows)
        texts = nothing if verdict.texts is None else verdict.texts[rows].tolist()
        columns = dict.fromkeys(("value_to", "threshold", "relaxed_to", "short_by"), gaps)
        return {"value": texts, "measure": nothing, "operator": nothing, "relaxed": nothing, **columns}
    differs = numbers.value_to != numbers.value
    relaxed = [TRUTH_WORDS[code] for code in numbers.relaxed[rows].tolist()]
    return {
        "value": [None if np.isnan(value) else value for value in numbers.value[rows].tolist()],
        "value_to": np.where(differs, numbers.value_to, np.nan)[rows].tolist(),
        "measure": [numbers.measure] * len(rows),
        "operator": [numbers.operator] * len(rows),
        "threshold": _finite(numbers.threshold, rows),
        "relaxed_to": _finite(numbers.relaxed_to, rows),
        "relaxed": [None if np.isnan(to) else word for to, word in zip(numbers.relaxed_to[rows], relaxed, strict=True)],
        "short_by": _finite(numbers.short_by, rows),
    }


def _finite(values: Vector, rows: Rows) -> list[float]:
    """The values at these rows; what is not bounded has no number."""
    return [value if np.isfinite(value) else np.nan for value in values[rows].tolist()]


Say = Callable[[str], Text]
"""How a formula is put before a reader."""


def _as_written(formula: str) -> Text:
    return Text(formula, formula)


def asked_in_words(asked: Requirement, labels: Mapping[str, Text]) -> Text:
    """What a requirement asks and of whom, with names in place of ids.

    >>> asked_in_words(Requirement(id="a", veto="x > 1"), {"x": Text("事故", "accidents")}).zh
    '一票否决：事故 > 1'
    """
    return condition_text(asked, lambda formula: in_words(with_values(parse_formula(formula).root), labels))


def condition_text(asked: Requirement, say: Say = _as_written) -> Text:
    """What a requirement asks and of whom, in one line; what is nested in it stands in brackets.

    >>> either = (Requirement(id="b", require="x > 1"), Requirement(id="c", veto="y"))
    >>> condition_text(Requirement(id="a", any=either)).en
    'any of: x > 1; not if y'
    >>> both = (Requirement(id="d", any=either), Requirement(id="e", require="z > 2", when="w"))
    >>> condition_text(Requirement(id="a", all=both)).en
    'all of: (any of: x > 1; not if y); z > 2 [only where w]'
    """
    return _with_terms(_asks(asked, say), asked, say)


def _with_terms(asks: Text, asked: Requirement, say: Say) -> Text:
    terms = _terms(asked, say)
    if not terms:
        return asks
    return Text(
        f"{asks.zh}【{'；'.join(term.zh for term in terms)}】", f"{asks.en} [{'; '.join(term.en for term in terms)}]"
    )


def _asks(asked: Requirement, say: Say) -> Text:
    for word, formula in ((None, asked.require), (_VETO, asked.veto), (_REVIEW, asked.review)):
        if formula is not None:
            text = say(formula)
            return text if word is None else Text(word.zh + text.zh, f"{word.en} {text.en}")
    inner = [_in_brackets(item, say) for item in asked.items]
    count = asked.at_least.count if asked.at_least is not None else 0
    how = _ALL if asked.all else _ANY if asked.any else Text(f"至少 {count} 项：", f"at least {count} of:")
    return Text(how.zh + "；".join(text.zh for text in inner), f"{how.en} {'; '.join(text.en for text in inner)}")


def _in_brackets(item: Requirement, say: Say) -> Text:
    asks = _asks(item, say)
    return _with_terms(Text(f"（{asks.zh}）", f"({asks.en})") if item.items else asks, item, say)


def _terms(asked: Requirement, say: Say) -> list[Text]:
    """For whom a requirement is asked, who goes around it, and what a miss means."""
    terms = [] if asked.when is None else [_joined(Text("仅当 ", "only where "), say(asked.when))]
    terms += [_joined(Text("豁免：", "exempt where "), say(way.when)) for way in asked.exempt]
    terms += [_joined(Text("直通：", "or by "), say(way.when)) for way in asked.bypass]
    if asked.relax is not None:
        by = f"{asked.relax.by * 100:.12g} %"
        terms.append(_joined(Text(f"放宽 {by}：", f"{by} easier where "), say(asked.relax.when)))
    return [*terms, *([] if asked.miss is None else [Text("不达则核查", "a miss is to be reviewed")])]


def _joined(before: Text, text: Text) -> Text:
    return Text(before.zh + text.zh, before.en + text.en)


_VETO = Text("一票否决：", "not if")
_REVIEW = Text("核查：", "review if")
_ALL = Text("全部：", "all of:")
_ANY = Text("任一：", "any of:")
