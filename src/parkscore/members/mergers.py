"""Read a table of mergers: which enterprise is gone, and which took it over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from parkscore.data.code_findings import NO_CODE, accepted_codes, no_code, wrong_codes
from parkscore.data.credit_codes import standard_form
from parkscore.data.masking import Mask
from parkscore.data.reading import read_with_findings
from parkscore.data.repeated_rows import DUPLICATE_ROW, first_place
from parkscore.data.table import UNIT, Table
from parkscore.findings import DataError, Finding, Place, Severity, UsageError, errors_of, of_type
from parkscore.framework.models import USCC, DataField, Framework, Label, UnitKey
from parkscore.language import Text
from parkscore.late_pandas import is_frame, pd

_OLD, NEW = ("old", "原代码", "被合并企业"), ("new", "新代码", "合并后企业")


@dataclass(frozen=True)
class Mergers:
    """Which enterprises are gone, and which took them over; ids are as in the returns that are read.

    successors: by the id of the one that is gone that of its successor. places: by the same where that is said, nothing
    where it was said in Python.
    """

    successors: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict)

    def hidden(self, mask: Mask) -> Mergers:
        """The same with hashes for the enterprises."""
        successors = {mask.unit(old): mask.unit(new) for old, new in self.successors.items()}
        return Mergers(successors, {mask.unit(old): place for old, place in self.places.items()})


def _table_of_mergers(returns: Framework) -> Framework:
    """What the file holds: ids of the kind that the returns have."""
    kind = returns.unit.kind
    return Framework(
        id="mergers",
        title=Label(zh="企业合并对照表", en="Table of mergers"),
        unit=UnitKey(key=_OLD[0], zh=_OLD[1], en=_OLD[0], kind=kind, aliases=_OLD[2:]),
        fields={NEW[0]: DataField(zh=NEW[1], kind=kind, aliases=NEW[2:])},
    )


_CIRCLE: Final = Text("合并关系循环", "the mergers run in a circle")
_WAY_OUT: Final = Text("从合并到存续的企业，逐行只写一次", "write each merger once, from the one that is gone")


def mergers_of(merged: Any, returns: Framework, mask: Mask | None = None) -> Mergers:
    """The mergers in a file, or in a mapping made in Python; mask: hides the enterprises, in findings, too.

    Raises as `read_mergers` does; and UsageError where it is neither a file nor a mapping of texts, or where codes in a
    mapping are wrong or its mergers run in a circle.
    """
    if not isinstance(merged, str | os.PathLike) and not is_frame(merged):
        made = _made_in_python(merged, returns)
    else:
        try:
            made = read_mergers(merged, returns)
        except DataError as error:
            if mask is None:
                raise
            raise DataError(mask.of_ids_alone.findings(error.findings, None, _table_of_mergers(returns))) from None
    return made if mask is None else made.hidden(mask)


def _made_in_python(merged: Any, returns: Framework) -> Mergers:
    hint = Text('给文件，或 {"原代码": "新代码"}', 'give a file, or {"old id": "new id"}')
    if not isinstance(merged, Mapping):
        raise UsageError(of_type("merged", merged, hint))
    wrong = [each for pair in merged.items() for each in pair if not isinstance(each, str)]
    if wrong:
        raise UsageError(of_type("merged", wrong[0], hint))
    found = []
    if returns.unit.kind == USCC:
        right = accepted_codes(returns)
        texts = [each for pair in merged.items() for each in pair if each not in right]
        found = [_no_code(each) for each in texts if standard_form(each) is None]
        merged = {standard_form(old) or old: standard_form(new) or new for old, new in merged.items()}
    found += [
        Finding(code="merger_cycle", severity=Severity.ERROR, field="merged", value=old, message=_CIRCLE, hint=_WAY_OUT)
        for old in merged
        if _in_a_circle(old, merged)
    ]
    if found:
        raise UsageError(found)
    return Mergers(merged)


def _no_code(text: str) -> Finding:
    message, hint = no_code(text)
    return Finding(
        code=NO_CODE, severity=Severity.ERROR, field="merged", value=text, rule=USCC, message=message, hint=hint
    )


def read_mergers(file: str | os.PathLike[str] | pd.DataFrame, returns: Framework) -> Mergers:
    """The mergers in a file with the columns `old` and `new`, which hold ids as the returns do.

    Raises UsageError and DataError as `read_table` does, and DataError where a code is wrong, a successor is missing,
    an enterprise is listed twice or mergers run in a circle.
    """
    listed = _table_of_mergers(returns)
    table, read = read_with_findings(file, listed)
    if table is None or errors_of(read):
        raise DataError([_of_mergers(_listed_twice(each, table)) for each in read])
    olds, successors = table.units.tolist(), table.frame[NEW[0]].tolist()
    merged = {old: new for old, new in zip(olds, successors, strict=True) if isinstance(new, str)}
    right = accepted_codes(returns)
    wrong = [each for each in wrong_codes(listed, table) if each.value not in right]
    found = [*wrong, *_without_end(table, olds, merged)]
    if found:
        raise DataError(found)
    return Mergers(merged, {old: table.origin.place(row, UNIT) for row, old in enumerate(olds)})


_COLUMNS: Final = Text(
    f"第一行写“{_OLD[1]}”和“{NEW[1]}”，以下每行一次合并",
    f"write '{_OLD[0]}' and '{NEW[0]}' into the first row, a merger into each below",
)


def _of_mergers(finding: Finding) -> Finding:
    """A finding about the header of a table, in the words of a list of mergers."""
    return (
        replace(finding, hint=_COLUMNS) if finding.code in ("no_header", "empty_file", "no_field_column") else finding
    )


def _listed_twice(finding: Finding, table: Table | None) -> Finding:
    """What reading says of a second row of a unit, as it is told of an enterprise that merges a second time."""
    if finding.code != DUPLICATE_ROW or table is None:
        return finding
    first = first_place(table, str(finding.unit))
    message = Text(
        f"这家企业已写于 {first}，一家企业只能合并一次", f"is listed at {first} already, and an enterprise merges once"
    )
    hint = Text("只留一行；先后合并的，逐次各写一行", "keep one line; each of several mergers in turn has its own")
    return replace(finding, code="merged_twice", message=message, hint=hint)


def _without_end(table: Table, olds: Sequence[str], merged: Mapping[str, str]) -> Iterator[Finding]:
    """An error for each line without a successor, or that leads back to itself."""
    message = Text("没有写明合并到哪家企业", "does not say which enterprise took it over")
    for row, old in enumerate(olds):
        if old not in merged:
            yield table.finding(row, code="no_successor", severity=Severity.ERROR, message=message)
        elif _in_a_circle(old, merged):
            yield table.finding(row, code="merger_cycle", severity=Severity.ERROR, message=_CIRCLE, hint=_WAY_OUT)


def _in_a_circle(start: str, merged: Mapping[str, str]) -> bool:
    met: set[str] = set()
    place = merged.get(start)
    while place is not None and place not in met:
        if place == start:
            return True
        met.add(place)
        place = merged.get(place)
    return False
