"""Collect findings about a framework while its checks run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parkscore.findings import Finding, Severity
from parkscore.framework.document import Document, Path
from parkscore.framework.models import Framework, Node
from parkscore.framework.setting_aside import SetAside
from parkscore.language import Text


class Reporter:
    """Turns a path and a sentence into a finding with its place."""

    def __init__(self, document: Document | None, set_aside: SetAside | None = None) -> None:
        """Without a document (a framework made in Python), places stay unknown.

        What may only follow from a part that was set aside is not reported.
        """
        self.document = document
        self.set_aside = set_aside
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
        at_key: bool = False,
        **context: Any,
    ) -> None:
        """Add a finding about the value at a path, or about its key; `offset` is a position inside a text value."""
        if self.set_aside is not None and self.set_aside.explains(code, path):
            return
        place = None
        if self.document is not None:
            place = self.document.key_place(path) if at_key else self.document.place(path, offset)
        self.findings.append(Finding(code=code, severity=severity, place=place, message=message, hint=hint, **context))

    def is_own(self, path: Path) -> bool:
        """Whether a path stands in the document's own file, and not in one that it extends."""
        return self.document is None or self.document.place(path).file == self.document.file


def nodes_with_paths(framework: Framework) -> Iterator[tuple[Path, Node]]:
    """Every node below the root, depth first, with its path in the document."""

    def descend(nodes: tuple[Node, ...], path: Path) -> Iterator[tuple[Path, Node]]:
        for index, node in enumerate(nodes):
            inner: Path = (*path, index)
            yield inner, node
            yield from descend(node.children, (*inner, "children"))

    yield from descend(framework.indicators, ("indicators",))


def parents_with_paths(framework: Framework) -> Iterator[tuple[Path, Node]]:
    """Every node that has children, with the path of the list of its children; the root first."""
    yield ("indicators",), framework.root
    for path, node in nodes_with_paths(framework):
        if node.children:
            yield (*path, "children"), node
