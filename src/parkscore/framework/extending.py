"""Lay a local framework over the national one that it extends."""

from __future__ import annotations

from typing import Any

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.framework.document import Document, Path
from parkscore.language import Text

_LISTS_BY_ID = ("indicators", "children", "rules")


def overlay(base: Document, own: Document) -> Document:
    """The base with everything the local file says laid over it.

    Groups are merged key by key; nodes and rules are matched by `id` among their siblings and new ones are added at
    the end; every other list or value replaces the base's. `remove:` lists the ids of nodes to leave out.
    Places follow their content, so a mistake is shown in the file that made it.
    """
    merger = _Merger(base, own)
    data = merger.merge(base.data, own.data, (), (), ())
    removed = own.data.get("remove", ())
    document = Document(data, own.file, merger.places, merger.keys)
    return _without(document, removed) if removed else document


class _Merger:
    def __init__(self, base: Document, own: Document) -> None:
        self.base = base
        self.own = own
        self.places: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}

    def merge(self, old: Any, new: Any, old_path: Path, new_path: Path, path: Path) -> Any:
        self._note(self.own, new_path, path)
        if isinstance(old, dict) and isinstance(new, dict):
            return self._merge_groups(old, new, old_path, new_path, path)
        if path and path[-1] in _LISTS_BY_ID and isinstance(old, tuple) and isinstance(new, tuple):
            return self._merge_lists(old, new, old_path, new_path, path)
        return self._copy(self.own, new, new_path, path)

    def _merge_groups(self, old: Any, new: Any, old_path: Path, new_path: Path, path: Path) -> dict[Any, Any]:
        merged: dict[Any, Any] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            old_inner, new_inner, inner = (*old_path, key), (*new_path, key), (*path, key)
            if key not in new:
                merged[key] = self._copy(self.base, old[key], old_inner, inner)
            elif key not in old:
                merged[key] = self._copy(self.own, new[key], new_inner, inner)
            else:
                merged[key] = self.merge(old[key], new[key], old_inner, new_inner, inner)
        return merged

    def _merge_lists(self, old: Any, new: Any, old_path: Path, new_path: Path, path: Path) -> tuple[Any, ...]:
        position_of = {item.get("id"): index for index, item in enumerate(new) if isinstance(item, dict)}
        known = {item.get("id") for item in old if isinstance(item, dict)}
        merged: list[Any] = []
        for index, item in enumerate(old):
            place = (*path, len(merged))
            position = position_of.get(item.get("id")) if isinstance(item, dict) else None
            if position is None:
                merged.append(self._copy(self.base, item, (*old_path, index), place))
            else:
                merged.append(self.merge(item, new[position], (*old_path, index), (*new_path, position), place))
        for index, item in enumerate(new):
            if not isinstance(item, dict) or item.get("id") not in known:
                merged.append(self._copy(self.own, item, (*new_path, index), (*path, len(merged))))
        return tuple(merged)

    def _copy(self, source: Document, value: Any, source_path: Path, path: Path) -> Any:
        self._note(source, source_path, path)
        if isinstance(value, dict):
            return {
                key: self._copy(source, inner, (*source_path, key), (*path, key)) for key, inner in value.items()
            }
        if isinstance(value, tuple):
            return tuple(
                self._copy(source, inner, (*source_path, index), (*path, index)) for index, inner in enumerate(value)
            )
        return value

    def _note(self, source: Document, source_path: Path, path: Path) -> None:
        if source_path in source.places:
            self.places[path] = source.places[source_path]
        if source_path in source.keys:
            self.keys[path] = source.keys[source_path]


def _without(document: Document, removed: Any) -> Document:
    """The document less the nodes named under `remove:`."""
    found: set[str] = set()
    places: dict[Path, Place] = dict(document.places)
    keys: dict[Path, Place] = dict(document.keys)

    def prune(nodes: tuple[Any, ...], old_path: Path, new_path: Path) -> tuple[Any, ...]:
        kept: list[Any] = []
        for index, node in enumerate(nodes):
            if isinstance(node, dict) and node.get("id") in removed:
                found.add(node["id"])
                continue
            old, new = (*old_path, index), (*new_path, len(kept))
            if old != new:
                _move(places, document.places, old, new)
                _move(keys, document.keys, old, new)
            if _has_children(node):
                node = node | {"children": prune(node["children"], (*old, "children"), (*new, "children"))}
            kept.append(node)
        return tuple(kept)

    data = document.data | {"indicators": prune(document.data.get("indicators", ()), ("indicators",), ("indicators",))}
    unknown = [node_id for node_id in removed if node_id not in found]
    if unknown:
        raise FrameworkError(
            [
                Finding(
                    code="unknown_id",
                    severity=Severity.ERROR,
                    place=document.place(("remove", list(removed).index(node_id))),
                    value=node_id,
                    message=Text("remove: 中的指标在所扩展的体系中不存在", "remove: names no node of the extended framework"),
                )
                for node_id in unknown
            ]
        )
    return Document(data, document.file, places, keys)


def _has_children(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("children"), tuple)


def _move(target: dict[Path, Place], source: Any, old: Path, new: Path) -> None:
    for path, place in source.items():
        if path[: len(old)] == old:
            target[(*new, *path[len(old) :])] = place
