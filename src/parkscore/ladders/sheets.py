"""The sheets of a ladder's workbook, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from parkscore.data.table import UNIT, YEAR
from parkscore.evaluation_sheets import findings_frame
from parkscore.framework.status_words import SOURCE_STATUS
from parkscore.language import Language, Text
from parkscore.output.workbook import Sheet
from parkscore.tree.verdicts import Outcome

if TYPE_CHECKING:
    from parkscore.ladders.climbed import Climb

HEADS: Final = {
    YEAR: Text("数据年份", "year"),
    "rung": Text("所在级", "rung"),
    "standing": Text("确定性", "standing"),
    "next": Text("下一级", "next rung"),
    "next_outcome": Text("下一级判定", "next rung: outcome"),
    "skipped": Text("未达的低级", "lower rungs not met"),
    "missing": Text("到下一级还差", "what is missing"),
    "units": Text("数量", "units"),
    "certain": Text("确定", "certain"),
    "at_least": Text("至少", "at least"),
    "requirement": Text("条目", "path"),
    "name": Text("要求", "requirement"),
    "condition": Text("条件", "condition"),
    "value": Text("现值", "value"),
    "value_to": Text("至多", "at most"),
    "operator": Text("须", "must be"),
    "threshold": Text("门槛值", "threshold"),
    "short_by": Text("差额", "short by"),
    "measure": Text("单位", "measure"),
    "fields": Text("缺数据的数据项", "fields without data"),
    "one_of": Text("择一的条目", "choice"),
    "needs": Text("择几", "parts needed"),
    "part": Text("选项", "part"),
    "reason": Text("说明", "reason"),
    "outcome": Text("判定", "outcome"),
}
NO_RUNG: Final = Text("未达第一级", "below the first rung")
_COUNTS: Final = (YEAR, "units", "certain", "at_least")
_VALUES: Final = ("value", "value_to", "threshold", "short_by")
_MEETS: Final = Text(
    "“所在级”是数据表明条件已达到的最高一级，不是已获得的称号；“至少”表示更高一级有待补数据或人工核查",
    "a rung is the highest whose conditions the data meet, and no title that was awarded; `at least` means that a "
    "higher rung is open for want of data or because somebody has to look",
)
_CHOICE: Final = Text(
    "“择一的条目”相同的行是可选项：其中“择几”个选项达到即可，“选项”号相同的行须同时达到；其余各行都须达到",
    "lines with the same choice are its parts, of which so many are needed; lines with the same part belong together; "
    "every other line is needed",
)


def sheets_of(climb: Climb, language: Language) -> list[Sheet]:
    """Standings, counts, what is missing, every outcome, findings, sources, in this order."""
    notes = [note.in_language(language) for note in climb.notes]
    sheets = [
        _sheet(Text("梯度", "ladder"), standings(climb, language), language, _MEETS),
        _sheet(Text("各级数量", "counts"), counts(climb, language), language),
        _sheet(Text("差距", "missing"), _missing(climb, language), language, _CHOICE),
        _sheet(Text("各级判定", "outcomes"), _outcomes(climb, language), language),
        Sheet(Text("数据质量", "findings").in_language(language), findings_frame(climb.findings, language)),
        _about(climb, language),
    ]
    return [Sheet(sheet.name, sheet.frame, [*notes, *sheet.notes], sheet.kinds) for sheet in sheets]


def _sheet(name: Text, frame: pd.DataFrame, language: Language, *notes: Text) -> Sheet:
    counted = [HEADS[column].in_language(language) for column in _COUNTS]
    values = [HEADS[column].in_language(language) for column in _VALUES]
    kinds = {str(head): "count" if head in counted else "value" for head in frame.columns if head in counted + values}
    return Sheet(name.in_language(language), frame, [note.in_language(language) for note in notes], kinds)


def standings(climb: Climb, language: Language) -> pd.DataFrame:
    """Where each unit stands, with names in place of ids."""
    from parkscore.ladders.climbed import STANDING_TEXT

    frame, rungs = climb.rungs, climb.ladder.rungs
    columns: dict[str, Any] = {
        "rung": _rung_names(climb, frame["rung"], language),
        "standing": _words(STANDING_TEXT, frame["standing"], language),
        "missing": frame[f"missing_{language}"],
        "skipped": _texts(
            "、".join(rungs[number].label.in_language(language) for number in skipped) or None
            for skipped in climb.skipped
        ),
        "next": _rung_names(climb, frame["next"], language, below=None),
        "next_outcome": _outcome_words(frame["next_outcome"], language),
    }
    named = {f" {rung.id}": _outcome_words(frame[rung.id], language) for rung in rungs}
    own = {f" {rung.id}": rung.label.in_language(language) for rung in rungs}
    return _in_words(climb, {**columns, **named}, language, own)


def counts(climb: Climb, language: Language) -> pd.DataFrame:
    """How many units stand where, with names in place of ids."""
    frame = climb.counts
    frame = frame.assign(rung=_rung_names(climb, frame["rung"], language))
    return frame.rename(columns={column: HEADS[column].in_language(language) for column in frame.columns})


def _missing(climb: Climb, language: Language) -> pd.DataFrame:
    other = "en" if language == "zh" else "zh"
    frame = climb.missing.drop(columns=[f"name_{other}", f"reason_{other}"])
    frame = frame.rename(columns={f"name_{language}": "name", f"reason_{language}": "reason"})
    frame["rung"] = _rung_names(climb, frame["rung"], language)
    heads = {column: HEADS[column].in_language(language) for column in frame.columns if column in HEADS}
    return frame.rename(columns={**heads, UNIT: climb.ladder.unit.label.in_language(language), "rung": heads["rung"]})


def _outcomes(climb: Climb, language: Language) -> pd.DataFrame:
    frame = climb.outcomes
    columns = {
        "rung": _rung_names(climb, frame["rung"], language),
        "outcome": _outcome_words(frame["outcome"], language),
        "reason": frame[f"reason_{language}"],
    }
    return _in_words(climb, columns, language, {}, labels=frame[list(climb.labels.columns)])


def _in_words(
    climb: Climb,
    columns: dict[str, Any],
    language: Language,
    own: dict[str, str],
    labels: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Columns after those that name the unit, with heads in words; own: heads of columns that are named by a rung."""
    frame = pd.DataFrame({**(climb.labels if labels is None else labels), **columns})
    heads = {column: HEADS[column].in_language(language) for column in frame.columns if column in HEADS}
    return frame.rename(columns={**heads, **own, UNIT: climb.ladder.unit.label.in_language(language)})


def _rung_names(climb: Climb, ids: Iterable[str | None], language: Language, below: Text | None = NO_RUNG) -> Any:
    names = {rung.id: rung.label.in_language(language) for rung in climb.ladder.rungs}
    none = None if below is None else below.in_language(language)
    return _texts(names.get(each, none) if isinstance(each, str) else none for each in ids)


def _outcome_words(outcomes: Iterable[str | None], language: Language) -> Any:
    return _words({str(outcome): outcome.text for outcome in Outcome}, outcomes, language)


def _words(words: dict[str, Text], values: Iterable[str | None], language: Language) -> Any:
    return _texts(words[each].in_language(language) if isinstance(each, str) else None for each in values)


def _texts(values: Iterable[str | None]) -> Any:
    return pd.Series(list(values), dtype=object)


def _about(climb: Climb, language: Language) -> Sheet:
    frame = pd.DataFrame(list(_about_lines(climb, language)), columns=["zh", "en", "content"])
    item, content = Text("项目", "item").in_language(language), Text("内容", "content").in_language(language)
    rows = pd.DataFrame({item: frame[language], content: frame["content"]}, dtype=object)
    return Sheet(Text("参数与来源", "about").in_language(language), rows)


def _about_lines(climb: Climb, language: Language) -> Iterator[tuple[str, str, str | None]]:
    about = climb.about
    yield "梯度", "ladder", about["ladder"]
    yield "梯度来源", "source of the ladder", about["ladder_source"]
    for rung in about["rungs"]:
        word = SOURCE_STATUS.get(rung["status"])
        status = f" ({word.in_language(language)})" if word is not None else ""
        yield rung["zh"], rung["en"], f"{rung['framework']}#{rung['gate']}{status}: {rung['source'] or ''}"
    yield "数据", "data", about["data"]
    yield "数据 SHA-256", "SHA-256 of the data", about["data_sha256"]
    yield "数据年份", "years of the data", ", ".join(map(str, about["data_years"]))
    yield "parkscore 版本", "version of parkscore", about["parkscore"]
