"""Keep the first findings of each kind and count the rest, so that a hundred thousand rows stay readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from parkscore.findings import Finding, Severity
from parkscore.language import Text

MOST = 200
"""More than there are national high-tech zones, so that a list of zones is never cut."""

_Kind = tuple[str, Severity, str | None, str | None]


def first_of_each_kind(findings: Iterable[Finding], most: int = MOST) -> list[Finding]:
    """At most so many findings of one code, severity, field and rule, then one that counts the others of that kind.

    A finding may stand for `more` of its kind that were never made, because making a million takes minutes.

    >>> several = [Finding(code="gap", severity=Severity.INFO, unit=unit, message=Text("缺", "gap")) for unit in "abc"]
    >>> [finding.message.en for finding in first_of_each_kind(several, most=2)]
    ['gap', 'gap', 'and 1 more like the 2 that are listed']
    """
    seen: Counter[_Kind] = Counter()
    kept = []
    for finding in findings:
        kind = (finding.code, finding.severity, finding.field, finding.rule)
        seen[kind] += finding.more or 1
        if seen[kind] <= most:
            kept.append(finding)
    return kept + [_rest(kind, count - most, most) for kind, count in seen.items() if count > most]


def first_rows(
    rows: npt.NDArray[np.intp], make: Callable[[int], Finding], always: Callable[[int], bool] | None = None
) -> Iterator[Finding]:
    """A finding for each of the first rows, and for each that is wanted always, and one that counts the others.

    >>> found = list(first_rows(np.arange(1000), lambda row: Finding(
    ...     code="gap", severity=Severity.INFO, unit=str(row), message=Text("缺", "gap"))))
    >>> len(found), found[-1].more
    (201, 800)
    """
    yield from (make(row) for row in rows[:MOST].tolist())
    others = rows[MOST:].tolist()
    if always is not None:
        yield from (make(row) for row in others if always(row))
        others = [row for row in others if not always(row)]
    if others:
        yield replace(make(others[-1]), more=len(others))


def _rest(kind: _Kind, count: int, most: int) -> Finding:
    code, severity, field, rule = kind
    return Finding(
        code=code,
        severity=severity,
        field=field,
        rule=rule,
        value=count,
        more=count,
        message=Text(f"另有 {count} 处与所列 {most} 处同类", f"and {count} more like the {most} that are listed"),
    )
