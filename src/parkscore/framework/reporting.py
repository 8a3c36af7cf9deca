"""Collect findings about a framework while its checks run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from parkscore.findings import Finding, Place, Severity
from parkscore.framework.document import Document, Path
from parkscore.framework.models import Framework, Node
from parkscore.language import Text


class Reporter:
    """Turns a path and a sentence into a finding with its place."""

    def __init__(self, document: Document | None) -> None:
        """Without a document (a framework made in Python), places stay unknown."""
        self.document = document
        self.findings: list[Finding] = []

    def report(
        self,
        code: str,
        path: Path,
        message: Text,
        *,
        hint: Text | None = None,
        severity: Severity = Severity.ERROR,
        offset: int | None = None,
        **context: Any,
    ) -> None:
        """Add a finding about the value at a path; `offset` is a position inside a text value."""
        place = self._place(path, offset)
        self.findings.append(
            Finding(code=code, severity=severity, place=place, message=message, hint=hint, **context)
        )

    def _place(self, path: Path, offset: int | None) -> Place | None:
        if self.document is None:
            return None
        place = self.document.place(path)
        if offset is None or place.line is None or place.column is None or path not in self.document.places:
            return place
        return replace(place, column=place.column + offset)


def nodes_with_paths(framework: Framework) -> Iterator[tuple[Path, Node]]:
    """Every node below the root, depth first, with its path in the document."""

    def descend(nodes: tuple[Node, ...], path: Path) -> Iterator[tuple[Path, Node]]:
        for index, node in enumerate(nodes):
            inner: Path = (*path, index)
            yield inner, node
            yield from descend(node.children, (*inner, "children"))

    yield from descend(framework.indicators, ("indicators",))
