"""Keep the first findings of each kind and count the rest, so that a hundred thousand rows stay readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

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
