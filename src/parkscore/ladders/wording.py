"""Say in a sentence what a unit lacks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_UP, Context, Decimal
from functools import cache
from typing import Final

from parkscore.framework.formula import FormulaError, parse_formula
from parkscore.framework.formula.tree import Compare, Number, walk
from parkscore.framework.formula_words import in_words
from parkscore.framework.gate_conditions import DENIED, with_values
from parkscore.ladders.gaps import Gaps
from parkscore.ladders.lacking import Lack, Need, Way, lines
from parkscore.language import Text, agreeing, in_digits
from parkscore.tree.verdicts import TRUE

PERCENT: Final = "%"
_DIGITS: Final = Context(prec=10, rounding=ROUND_UP)
_POINTS: Final = Text(" 个百分点", " percentage points")


class Wording:
    """Sentences about what the units of one evaluation lack."""

    def __init__(self, gaps: Gaps) -> None:
        """Conditions are put into words when they are first met."""
        self._gaps = gaps
        self._words = cache(self._words_of)

    def sentence(self, need: Need, row: int) -> Text:
        """What has to change, under the names of the requirements, and where there is a choice."""
        asked = {line.lack.asked.path: line.lack.asked for line in lines(need)}
        if len(asked) != 1:  # none where too few requirements apply and nothing can be mended
            return self._said(need, row, self.sentence)
        (only,) = asked.values()
        said = self._said(need, row, self._unnamed)
        # A gate itself goes by the name of the rung.
        return Text(f"{only.text.zh}：{said.zh}", f"{only.text.en}: {said.en}") if only.role == "item" else said

    def _unnamed(self, need: Need, row: int) -> Text:
        return self._said(need, row, self._unnamed)

    def _said(self, need: Need, row: int, sentence: Callable[[Need, int], Text]) -> Text:
        """A need whose parts are put into a sentence so."""
        if isinstance(need, Lack):
            return self.reason(need, row)
        parts = [sentence(part, row) for part in need.parts]
        said = _joined(parts) if need.needs is None else _choice(parts, need.needs)
        if need.ways:
            ways = [self._way(way, row) for way in need.ways]
            zh, en = "；".join(way.zh for way in ways), "; ".join(way.en for way in ways)
            said = Text(f"{said.zh}（或凭：{zh}）", f"{said.en} (or by: {en})")
        for remark in need.remarks:
            said = Text(f"{said.zh}（{remark.zh}）", f"{said.en} ({remark.en})")
        return said

    def reason(self, lack: Lack, row: int) -> Text:
        """One condition with what is missing."""
        wanted = lack.condition.wanted or lack.reason == "review"
        words = self._words(lack.condition.condition or "", wanted)
        if lack.reason == "false":
            return self._false(lack, words, row)
        if lack.reason == "missing":
            return self._missing(lack, words, row)
        numbers = _Numbers.of(lack)
        if lack.reason == "unsettled":
            return self._unsettled(lack, words, numbers, row)
        if lack.reason == "review":
            now = Text("", "") if lack.operator is None else numbers.now(lack)
            return Text(f"须由人核查：{words.zh}{now.zh}", f"to be looked at: {words.en}{now.en}")
        now, short = numbers.now(lack), numbers.short(lack)
        eased = numbers.eased(lack, row)
        return Text(f"{words.zh}{eased.zh}{now.zh}{short.zh}", f"{words.en}{eased.en}{now.en}{short.en}")

    def _false(self, lack: Lack, words: Text, row: int) -> Text:
        texts = lack.condition.texts
        if texts is not None and texts[row] is not None:
            return Text(f"{words.zh}，现为“{texts[row]}”", f"{words.en}; now '{texts[row]}'")
        return words

    def _missing(self, lack: Lack, words: Text, row: int) -> Text:
        gaps = self._names(lack, row)
        if gaps is not None:
            return Text(f"{words.zh}，缺数据：{gaps.zh}", f"{words.en}; no data: {gaps.en}")
        said = lack.condition.said.at(row)
        return words if said is None else Text(f"{words.zh}，{said.zh}", f"{words.en}; {said.en}")

    def _unsettled(self, lack: Lack, words: Text, numbers: _Numbers, row: int) -> Text:
        low, high = numbers.shown(lack.value), numbers.shown(lack.value_to)
        gaps = self._names(lack, row) or Text("", "")
        zh = f"{words.zh}，现可为 {low} 到 {high}" + (f"，缺数据：{gaps.zh}" if gaps.zh else "")
        en = f"{words.en}; anything from {low} to {high}" + (f", no data: {gaps.en}" if gaps.en else "")
        return Text(zh, en)

    def _names(self, lack: Lack, row: int) -> Text | None:
        """The empty cells that a condition reads."""
        labels = [self._gaps.label(gap) for gap in self._gaps.of(lack.condition.condition or "", row)]
        return Text("、".join(each.zh for each in labels), ", ".join(each.en for each in labels)) if labels else None

    def _way(self, way: Way, row: int) -> Text:
        """A way around by its name, and whether it lacks data only."""
        lacks = [line.lack for line in lines(way.need)]
        if any(lack.reason in ("missing", "unsettled") and self._names(lack, row) is not None for lack in lacks):
            return Text(f"{way.text.zh}（缺数据）", f"{way.text.en} (no data)")
        return way.text

    def _words_of(self, condition: str, wanted: bool) -> Text:
        """A condition with names in place of ids, turned round where it must not hold."""
        try:
            root = with_values(parse_formula(condition).root)
        except FormulaError:  # in its canonical form it may be longer than a person may write
            return Text(condition, condition) if wanted else Text(f"不得 {condition}", f"not {condition}")
        if wanted:
            return in_words(root, self._gaps.labels)
        if isinstance(root, Compare) and len(root.operators) == 1:
            turned = Compare(root.operands, (DENIED[root.operators[0]],))
            return in_words(turned, self._gaps.labels)
        words = in_words(root, self._gaps.labels)
        return Text(f"不得 {words.zh}", f"not {words.en}")


class _Numbers:
    """How the numbers of one comparison are shown: as per cent where its threshold is written so."""

    def __init__(self, measure: str | None, *, percent: bool) -> None:
        self.measure = measure
        self.percent = percent

    @classmethod
    def of(cls, lack: Lack) -> _Numbers:
        measured = lack.condition.measured
        measure = measured.measure if measured is not None else None
        return cls(measure, percent=measure is None and _is_per_cent(lack.condition.condition or ""))

    def shown(self, value: float) -> str:
        """A number with its measure."""
        if not math.isfinite(value):
            return "∞" if value > 0 else "-∞"
        if self.percent:
            return f"{float(Decimal(repr(value)).scaleb(2)):.10g}{PERCENT}"
        return f"{in_digits(value, 10)}{self._unit}"

    @property
    def _unit(self) -> str:
        return "" if self.measure is None else PERCENT if self.measure == PERCENT else f" {self.measure}"

    def now(self, lack: Lack) -> Text:
        """What the number is."""
        if lack.value != lack.value_to:
            low, high = self.shown(lack.value), self.shown(lack.value_to)
            return Text(
                f"，现为 {low}（补齐数据后至多 {high}）", f"; now {low} ({high} at most once no data are missing)"
            )
        return Text(f"，现为 {self.shown(lack.value)}", f"; now {self.shown(lack.value)}")

    def eased(self, lack: Lack, row: int) -> Text:
        """The threshold that counts, where it is relaxed."""
        measured = lack.condition.measured
        if measured is None or measured.relaxed[row] != TRUE:
            return Text("", "")
        return Text(f"（放宽为 {self.shown(lack.threshold)}）", f" (relaxed to {self.shown(lack.threshold)})")

    def short(self, lack: Lack) -> Text:
        """By how much the number misses its threshold: never less than what is missing, to ten digits."""
        if not math.isfinite(lack.short_by) or lack.operator == "==":
            return Text("", "")
        strict = lack.operator in ("<", ">")
        if strict and lack.short_by == 0:
            return Text("，正好等于门槛，须越过它", "; exactly at the threshold, which must be passed")
        gap = Decimal(repr(lack.short_by))
        amount = _DIGITS.plus(gap.scaleb(2) if self.percent else gap)
        unit = _POINTS if self.percent or self.measure == PERCENT else Text(self._unit, self._unit)
        over = lack.operator in ("<", "<=")
        digits = f"{amount.normalize():f}" if amount.adjusted() < 16 else f"{amount.normalize():g}"
        more_zh, more_en = ("以上", "more than ") if strict else ("", "")
        zh = f"，{'超出' if over else '差'} {digits}{unit.zh}{more_zh}"
        amount_en = f"{more_en}{digits}{unit.en}"
        return Text(zh, f", over by {amount_en}" if over else f", {amount_en} short")


@cache
def _is_per_cent(condition: str) -> bool:
    """Whether a threshold in a condition is written in per cent."""
    try:
        return any(isinstance(node, Number) and node.percent for node in walk(parse_formula(condition).root))
    except FormulaError:
        return False


def _joined(parts: Sequence[Text]) -> Text:
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _choice(parts: Sequence[Text], needs: int) -> Text:
    if needs > len(parts):
        few = Text(
            f"还须 {needs} 项，适用的不足", f"{needs} more {agreeing(needs, 'is', 'are')} needed, and too few apply"
        )
        return few if not parts else Text(f"{few.zh}：{_either(parts).zh}", f"{few.en}: {_either(parts).en}")
    if needs == len(parts):
        return _joined(parts)
    how = Text("任一", "one") if needs == 1 else Text(f"任 {needs} 项", f"{needs}")
    return Text(f"以下{how.zh}即可：{_either(parts).zh}", f"{how.en} of: {_either(parts).en}")


def _either(parts: Sequence[Text]) -> Text:
    return Text("或".join(f"（{part.zh}）" for part in parts), " or ".join(f"({part.en})" for part in parts))
