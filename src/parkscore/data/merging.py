"""Put the findings of pieces together as if all their rows had been read at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parkscore.data.capping import first_of_each_kind
from parkscore.data.counted_cells import added, is_counted
from parkscore.findings import Finding


def merge_findings(so_far: Sequence[Finding], more: Iterable[Finding]) -> list[Finding]:
    """The findings of the pieces so far with those of the next: of each kind the first, and how many more there are.

    Cells that are counted by column are added up, and what is said of no place and no unit is said once.

    >>> from parkscore.findings import Severity
    >>> from parkscore.language import Text
    >>> old = Finding(code="not_in_force", severity=Severity.WARNING, year=2020, message=Text("旧", "old"))
    >>> len(merge_findings(merge_findings([], [old]), [old]))
    1
    """
    merged = list(so_far)
    counted = {(each.code, each.field): place for place, each in enumerate(merged) if is_counted(each)}
    for finding in more:
        key = finding.code, finding.field
        if key in counted:
            merged[counted[key]] = added(merged[counted[key]], finding)
        elif is_counted(finding):
            counted[key] = len(merged)
            merged.append(finding)
        elif finding.more or finding.place is not None or finding.unit is not None or finding not in merged:
            merged.append(finding)
    return first_of_each_kind(merged)
