"""Set the parts of a document that are faulty in form aside, so that the meaning of the rest can be checked at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from parkscore.framework.building import Fault
from parkscore.framework.document import Document, Path
from parkscore.framework.suggesting import did_you_mean

# What a fault in these keys, or in something below them, may be the reason of, wherever it shows.
_FOLLOWS: Final = {
    "no_direction": {"defaults", "indicators"},
    "incompatible_methods": {"defaults", "indicators", "total"},
    "weights_sum_to_zero": {"indicators", "weights"},
    "no_time": {"time"},
    "unknown_rule": {"rules"},
    "scheme_kind": {"weights", "inside", "method", "combine"},
    "remove_without_extends": {"extends"},
}
_PLACEHOLDER: Final = "?"


@dataclass(frozen=True)
class SetAside:
    """The paths of what was set aside."""

    paths: tuple[Path, ...]

    def explains(self, code: str, path: Path) -> bool:
        """Whether a finding may only follow from what was set aside.

        >>> aside = SetAside((("indicators", 0, "wieght"),))
        >>> aside.explains("weight_missing", ("indicators", 0)), aside.explains("formula", ("indicators", 0, "formula"))
        (True, False)
        """
        return any(_explains(fault, code, path) for fault in self.paths)


def _explains(fault: Path, code: str, path: Path) -> bool:
    if path in (fault, fault[:-1]):
        return True
    if code == "measure":
        is_near = fault[0] == "fields" or fault[:-1] == path[:-1]
        return is_near and (len(fault) == 2 or _may_mean(fault[-1], ("measure", "kind")))
    reasons = _FOLLOWS.get(code, ())
    return fault[0] in reasons or _may_mean(fault[0], reasons)


def _may_mean(key: str | int, known: Iterable[str]) -> bool:
    return did_you_mean(str(key), known) is not None


def set_aside(document: Document, faults: Iterable[Fault]) -> tuple[Document, SetAside] | None:
    """The document without what is faulty in form; None where a part is missing that nothing can stand in for."""
    listed = list(faults)
    if any(fault.kind == "missing" and len(fault.path) == 1 for fault in listed):
        return None
    paths = [_existing(fault, document) for fault in listed]
    data = _mended(document.data, dict(zip(paths, listed, strict=True)), (), document)
    return replace(document, data=data, findings=()), SetAside(tuple(paths))


def _existing(fault: Fault, document: Document) -> Path:
    """The path of a fault as far as it exists in the document; of a missing key, where it would stand."""
    if fault.kind == "missing":  # nothing stands in for the number of a weight with its source
        return fault.path[:-1] if fault.path[0] == "weights" else fault.path
    if fault.kind == "no_name":
        return (*fault.path, "zh")
    path = fault.path
    while path not in document.spots and len(path) > 1:
        path = path[:-1]
    return path


def _mended(value: Any, faults: dict[Path, Fault], path: Path, document: Document) -> Any:
    """A value without the faulty parts below it; a number for a text becomes text, a missing text a placeholder."""
    if isinstance(value, dict):
        below = {fault_path[-1]: fault for fault_path, fault in faults.items() if fault_path[:-1] == path}
        kept = {
            key: _mended(inner, faults, (*path, key), document)
            for key, inner in value.items()
            if key not in below and not _holds_faulty_item(inner, faults, (*path, key))
        }
        stand_ins = {key: _stand_in(fault, (*path, key), document) for key, fault in below.items()}
        return kept | {key: stand_in for key, stand_in in stand_ins.items() if stand_in is not None}
    if isinstance(value, tuple):
        return tuple(_mended(inner, faults, (*path, index), document) for index, inner in enumerate(value))
    return value


def _holds_faulty_item(value: Any, faults: Iterable[Path], path: Path) -> bool:
    """Leaving out an item would move those behind it away from their places, so the whole list is left out."""
    return isinstance(value, tuple) and any(fault[:-1] == path for fault in faults)


def _stand_in(fault: Fault, path: Path, document: Document) -> Any:
    if fault.kind == "no_name" or (fault.kind == "missing" and fault.path == path):
        return _PLACEHOLDER
    if fault.kind == "string_type" and fault.path == path:
        return document.written(path) or _PLACEHOLDER
    return {"zh": str(path[1])} if len(path) == 2 and path[0] == "fields" else None
