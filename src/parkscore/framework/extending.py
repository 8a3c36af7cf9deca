"""Lay a local framework over the national one that it extends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from parkscore.findings import Finding, Severity
from parkscore.framework.document import Document, Path, Spot
from parkscore.framework.suggesting import did_you_mean
from parkscore.language import Text

_NODE_LISTS: Final = ("indicators", "children")
_LISTS_BY_ID: Final = (*_NODE_LISTS, "classes", "rules", "gates", "grades", "lists", "targets", "all", "any", "of")
# A method belongs with its own parameters, so a new one replaces the old one whole.
_METHODS: Final = ("score", "missing", "treat", "aggregate", "weights")


def overlay(base: Document, own: Document) -> Document:
    """The base with everything the local file says laid over it.

    First the nodes whose ids stand under `remove:` are left out of the base. Then groups are merged key by key; nodes,
    rules, requirements, grade scales, lists and targets are matched by `id` among their siblings, and new ones are
    added at the end; methods with their parameters, what is varied for robustness, and every other list or value,
    replace the base's. Spots follow their content, so a mistake is shown in the file that made it.
    """
    overlaying = _Overlaying(base, own)
    data = overlaying.merge(base.data, own.data, (), (), ())
    findings = (*base.findings, *own.findings, *overlaying.unknown_removals())
    return Document(data, own.file, overlaying.spots, findings)


class _Overlaying:
    """One pass over two documents, from the top down."""

    def __init__(self, base: Document, own: Document) -> None:
        self.base = base
        self.own = own
        self.spots: dict[Path, Spot] = {}
        removals = own.data.get("remove")
        self.removals = {
            node_id: ("remove", index)
            for index, node_id in enumerate(removals if isinstance(removals, tuple) else ())
            if isinstance(node_id, str)
        }
        self.base_ids = set(_node_ids(base.data.get("indicators")))

    def unknown_removals(self) -> Iterator[Finding]:
        """A finding for each id to be removed that the base does not have."""
        for node_id, path in self.removals.items():
            if node_id not in self.base_ids:
                yield Finding(
                    code="unknown_id",
                    severity=Severity.ERROR,
                    place=self.own.place(path),
                    value=node_id,
                    message=Text("所扩展的体系中没有这个编码", "the extended framework has no such node"),
                    hint=did_you_mean(node_id, self.base_ids),
                )

    def merge(self, old: Any, new: Any, old_path: Path, new_path: Path, path: Path) -> Any:
        self.note(self.own, new_path, path)
        if isinstance(old, dict) and isinstance(new, dict) and not _is_replaced_whole(path):
            return self.merge_groups(old, new, old_path, new_path, path)
        if path and path[-1] in _LISTS_BY_ID and isinstance(old, tuple) and isinstance(new, tuple):
            return self.merge_lists(old, new, old_path, new_path, path)
        return self.copy(self.own, new, new_path, path)

    def merge_groups(
        self, old: dict[Any, Any], new: dict[Any, Any], old_path: Path, new_path: Path, path: Path
    ) -> dict[Any, Any]:
        merged: dict[Any, Any] = {}
        for key in old | new:
            old_inner, new_inner, inner = (*old_path, key), (*new_path, key), (*path, key)
            if key not in new:
                merged[key] = self.copy(self.base, old[key], old_inner, inner)
            elif key not in old:
                merged[key] = self.copy(self.own, new[key], new_inner, inner)
            else:
                merged[key] = self.merge(old[key], new[key], old_inner, new_inner, inner)
        return merged

    def merge_lists(
        self, old: tuple[Any, ...], new: tuple[Any, ...], old_path: Path, new_path: Path, path: Path
    ) -> tuple[Any, ...]:
        merged: list[Any] = []
        met: set[int] = set()
        for index, item in self.kept(old, path):
            place = (*path, len(merged))
            match = next((n for n, each in enumerate(new) if n not in met and _same_id(item, each)), None)
            if match is None:
                merged.append(self.copy(self.base, item, (*old_path, index), place))
            else:
                met.add(match)
                merged.append(self.merge(item, new[match], (*old_path, index), (*new_path, match), place))
        for index, item in enumerate(new):
            if index not in met:
                merged.append(self.copy(self.own, item, (*new_path, index), (*path, len(merged))))
        return tuple(merged)

    def copy(self, source: Document, value: Any, source_path: Path, path: Path) -> Any:
        self.note(source, source_path, path)
        if isinstance(value, dict):
            return {key: self.copy(source, inner, (*source_path, key), (*path, key)) for key, inner in value.items()}
        if isinstance(value, tuple):
            kept = self.kept(value, path) if source is self.base else enumerate(value)
            return tuple(
                self.copy(source, inner, (*source_path, index), (*path, position))
                for position, (index, inner) in enumerate(kept)
            )
        return value

    def kept(self, items: tuple[Any, ...], path: Path) -> Iterator[tuple[int, Any]]:
        """The items of a list of the base that are not removed, each with its position there."""
        are_nodes = path[-1] in _NODE_LISTS
        return ((index, item) for index, item in enumerate(items) if not are_nodes or _id_of(item) not in self.removals)

    def note(self, source: Document, source_path: Path, path: Path) -> None:
        if source_path in source.spots:
            self.spots[path] = source.spots[source_path]


def _is_replaced_whole(path: Path) -> bool:
    """Whether a group is one saying: a method, what the returns add to a field, or what is varied for robustness."""
    if path == ("robustness",):
        return True
    return bool(path) and (path[-1] in _METHODS or (path[0] == "fields" and len(path) == 3 and path[-1] == "members"))


def _id_of(item: Any) -> str | None:
    node_id = item.get("id") if isinstance(item, dict) else None
    return node_id if isinstance(node_id, str) else None


def _same_id(old: Any, new: Any) -> bool:
    return _id_of(old) is not None and _id_of(old) == _id_of(new)


def _node_ids(nodes: Any) -> Iterator[str]:
    """The ids of nodes and of all below them."""
    for node in nodes if isinstance(nodes, tuple) else ():
        node_id = _id_of(node)
        if node_id is not None:
            yield node_id
        if isinstance(node, dict):
            yield from _node_ids(node.get("children"))
