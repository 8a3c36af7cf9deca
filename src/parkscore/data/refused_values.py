"""Say that a method cannot take the values of an indicator."""

from __future__ import annotations

from parkscore.findings import Finding, Severity
from parkscore.framework.models import Node
from parkscore.language import Text
from parkscore.methods.domain import DomainError


def refused_values(leaf: Node, title: Text, year: int | None, error: DomainError, hint: Text) -> Finding:
    """The finding for an indicator; title: what the method is called, hint: the way out."""
    return Finding(
        code="domain",
        severity=Severity.ERROR,
        field=leaf.id,
        year=year,
        message=Text(
            f"{leaf.label.zh}（{title.zh}）：{error.reason.zh}", f"{leaf.label.en} ({title.en}): {error.reason.en}"
        ),
        hint=hint,
    )
