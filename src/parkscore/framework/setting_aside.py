"""Set the parts of a document that are faulty in form aside, so that the meaning of the rest can be checked at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from parkscore.framework.building import Fault
from parkscore.framework.document import Document, Path
from parkscore.framework.suggesting import did_you_mean

# What a fault in these keys, or in something below them, may be the reason of, wherever it shows.
_FOLLOWS: Final = {
    "no_direction": {"defaults", "indicators"},
    "incompatible_methods": {"defaults", "indicators", "total"},
    "mixed_scales": {"defaults", "indicators", "total"},
    "nominal_total": {"defaults", "indicators", "total"},
    "slot_items": {"indicators"},
    "weights_sum_to_zero": {"indicators", "weights", "classes"},
    "weights_too_large": {"indicators", "weights", "classes"},
    "no_time": {"time"},
    "unknown_table": {"tables"},
    "yearly_panel_weights": {"reference"},
    "unknown_rule": {"rules"},
    "class_overlap": {"classes", "fields"},
    "class_gap": {"classes", "fields"},
    "class_never": {"classes", "fields"},
    "classes_not_decided": {"classes", "fields"},
    "unreachable_case": {"fields", "classes"},
    "case_gap": {"fields", "classes"},
    "case_measures": {"fields"},
    "case_rule": {"defaults", "indicators"},
    "case_without_formula": {"indicators"},
    "not_for_cases": {"defaults", "indicators"},
    "scheme_kind": {"weights", "inside", "method", "combine", "classes"},
    "gate_kind": {"gates"},
    "relax_nothing": {"gates"},
    "remove_without_extends": {"extends"},
}
_PLACEHOLDER: Final = "?"


@dataclass(frozen=True)
class SetAside:
    """The paths of what was set aside."""

    paths: frozenset[Path]

    def explains(self, code: str, path: Path) -> bool:
        """Whether a finding may only follow from what was set aside.

        >>> aside = SetAside(frozenset({("indicators", 0, "wieght")}))
        >>> aside.explains("weight_missing", ("indicators", 0)), aside.explains("formula", ("indicators", 0, "formula"))
        (True, False)
        """
        if code == "measure" and (self._hides_a_field or path[:-1] in self._without_measure):
            return True
        return path in self.paths or path in self._groups or code in self._following

    @cached_property
    def _groups(self) -> frozenset[Path]:
        return frozenset(path[:-1] for path in self.paths)

    @cached_property
    def _without_measure(self) -> frozenset[Path]:
        """The fields and nodes of which the measure may have been set aside."""
        return frozenset(path[:-1] for path in self.paths if _may_mean(path[-1], ("measure", "kind")))

    @cached_property
    def _hides_a_field(self) -> bool:
        """Whether formulas may miss the measure of a field."""
        whole = any(len(path) == 2 and path[0] == "fields" for path in self.paths)
        return whole or any(group[:1] == ("fields",) for group in self._without_measure)

    @cached_property
    def _following(self) -> frozenset[str]:
        tops = {path[0] for path in self.paths}
        return frozenset(
            code for code, reasons in _FOLLOWS.items() if any(top in reasons or _may_mean(top, reasons) for top in tops)
        )


def _may_mean(key: str | int, known: Iterable[str]) -> bool:
    return did_you_mean(str(key), known) is not None


def set_aside(document: Document, faults: Iterable[Fault]) -> tuple[Document, SetAside] | None:
    """The document without what is faulty in form; None where a part is missing that nothing can stand in for."""
    listed = list(faults)
    if any(fault.kind == "missing" and len(fault.path) == 1 for fault in listed):
        return None
    by_group: dict[Path, dict[str | int, Fault]] = {}
    for fault in listed:
        path = _existing(fault, document)
        by_group.setdefault(path[:-1], {})[path[-1]] = fault
    data = _mended(document.data, (), by_group, document)
    paths = frozenset((*group, key) for group, faults in by_group.items() for key in faults)
    return replace(document, data=data, findings=()), SetAside(paths)


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


_FaultsByGroup = Mapping[Path, Mapping[str | int, Fault]]


def _mended(value: Any, path: Path, by_group: _FaultsByGroup, document: Document) -> Any:
    """A value without the faulty parts below it; a number for a text becomes text, a missing text a placeholder."""
    if isinstance(value, dict):
        below = by_group.get(path, {})
        # Leaving out one item would move those behind it away from their places, so the whole list is left out.
        kept = {
            key: _mended(inner, (*path, key), by_group, document)
            for key, inner in value.items()
            if key not in below and not (isinstance(inner, tuple) and (*path, key) in by_group)
        }
        stand_ins = {key: _stand_in(fault, (*path, key), document) for key, fault in below.items()}
        return kept | {key: stand_in for key, stand_in in stand_ins.items() if stand_in is not None}
    if isinstance(value, tuple):
        return tuple(_mended(inner, (*path, index), by_group, document) for index, inner in enumerate(value))
    return value


def _stand_in(fault: Fault, path: Path, document: Document) -> Any:
    if fault.kind == "no_name" or (fault.kind == "missing" and fault.path == path):
        return _PLACEHOLDER
    if fault.kind == "string_type" and fault.path == path:
        return document.written(path) or _PLACEHOLDER
    return {"zh": str(path[1])} if len(path) == 2 and path[0] == "fields" else None
