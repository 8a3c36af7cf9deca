"""A framework file as plain data in which every value knows its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parkscore.findings import Place

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Plain dicts, tuples and scalars, with the place of each value and of each key by path."""

    data: dict[str, Any]
    file: str
    places: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    def place(self, path: Path) -> Place:
        """Where the value at a path stands; where that is not known, the nearest thing around it."""
        return self._nearest(self.places, path)

    def key_place(self, path: Path) -> Place:
        """Where the key at a path stands, for a mistake in the key itself."""
        return self.keys.get(path) or self.place(path)

    def _nearest(self, places: Mapping[Path, Place], path: Path) -> Place:
        for length in range(len(path), -1, -1):
            if path[:length] in places:
                return places[path[:length]]
        return Place(self.file)

    def value(self, path: Path) -> Any:
        """The value at a path, or None where the path leads nowhere."""
        value: Any = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value
