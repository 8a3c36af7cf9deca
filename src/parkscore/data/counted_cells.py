"""A finding that says of how many cells of a column something is true, so that those of several pieces can be added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from parkscore.data.cells import NOTICES
from parkscore.data.units import REWRITTEN, REWRITTEN_TEXT
from parkscore.findings import Finding
from parkscore.language import Text

_WHAT: Mapping[str, Text] = {**NOTICES, REWRITTEN: REWRITTEN_TEXT}


def is_counted(finding: Finding) -> bool:
    """Whether a finding says how many cells it is about."""
    return finding.code in _WHAT


def added(first: Finding, second: Finding) -> Finding:
    """The finding about the cells of both, with the place of the first.

    >>> from parkscore.findings import Severity
    >>> one = Finding(code="percent_signs", severity=Severity.INFO, message=Text(
    ...     f"1 {NOTICES['percent_signs'].zh}", f"{NOTICES['percent_signs'].en}: 1"))
    >>> added(one, one).message.en
    'cells that are percentages, converted to the measure of the field: 2'
    """
    what = _WHAT[first.code]
    count = sum(int(each.message.en.removeprefix(f"{what.en}: ")) for each in (first, second))
    return replace(first, message=Text(f"{count} {what.zh}", f"{what.en}: {count}"))
