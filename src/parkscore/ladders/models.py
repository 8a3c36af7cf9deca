"""A ladder of titles as a strict, frozen model."""

from __future__ import annotations

from parkscore.framework.base_models import FileModel
from parkscore.framework.models import Label, SourceStatus, UnitKey, Words


class Rung(Label):
    """One title of a ladder: the gate of a framework that says who meets its conditions."""

    id: Words
    framework: Words
    gate: Words
    source: Words | None = None
    note: Words | None = None


class Ladder(FileModel):
    """Titles from the lowest up. `unit` and `time` say what a row is, for every framework of the ladder."""

    id: Words
    title: Label
    status: SourceStatus | None = None
    source: Words | None = None
    note: Words | None = None
    unit: UnitKey
    time: Words | None = None
    rungs: tuple[Rung, ...]

    def __repr__(self) -> str:
        """One line: which ladder, and its rungs from the lowest up."""
        return f"<Ladder {self.id}: {len(self.rungs)} rungs>"

    __str__ = __repr__
