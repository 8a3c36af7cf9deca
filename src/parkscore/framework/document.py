"""A framework file as plain data in which every value knows its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from parkscore.findings import Finding, Place

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one value stands, and its key if it has one.

    written, key_written: the characters of a value or key that was not read as text, such as `2.10`. inside: the place
    of the character at an offset into a text; None where the file cannot say.
    """

    value: Place
    key: Place | None = None
    written: str | None = None
    key_written: str | None = None
    inside: Callable[[int], Place] | None = None


@dataclass(frozen=True)
class Document:
    """Plain dicts, tuples and scalars, with the spot of each by path.

    findings: mistakes that left the rest readable, such as a key that stands twice.
    """

    data: dict[Any, Any]
    file: str
    spots: Mapping[Path, Spot]
    findings: tuple[Finding, ...] = ()

    def place(self, path: Path, offset: int | None = None) -> Place:
        """Where the value at a path stands, or a character inside it; else the nearest known thing around it."""
        spot = self.spots.get(path)
        if spot is None:
            return Place(self.file) if not path else self.place(path[:-1])
        return spot.value if offset is None or spot.inside is None else spot.inside(offset)

    def key_place(self, path: Path) -> Place:
        """Where the key at a path stands, for a mistake in the key itself."""
        spot = self.spots.get(path)
        return spot.key if spot is not None and spot.key is not None else self.place(path)

    def written(self, path: Path) -> str | None:
        """The value at a path in the characters of the file, None where there is none."""
        spot, value = self.spots.get(path), self.value(path)
        return spot.written if spot is not None and spot.written is not None else None if value is None else str(value)

    def key_written(self, path: Path) -> str:
        """The key at a path in the characters of the file."""
        spot = self.spots.get(path)
        return spot.key_written if spot is not None and spot.key_written is not None else str(path[-1])

    def inside(self, path: Path) -> Document:
        """What stands at a path as a document of its own, whose paths begin there."""
        below = {
            spot_path[len(path) :]: spot for spot_path, spot in self.spots.items() if spot_path[: len(path)] == path
        }
        return Document(self.value(path) or {}, self.file, below)

    def value(self, path: Path) -> Any:
        """The value at a path, or None where the path leads nowhere."""
        value: Any = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value
