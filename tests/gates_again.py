"""Work an explanation of a gate out again, from its own lines alone."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

Line = Mapping[str, Any]

_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_ASKED = {
    "require": {"true": "met", "false": "not_met"},
    "veto": {"true": "not_met", "false": "met"},
    "review": {"true": "review", "false": "met"},
}


def again(details: pd.DataFrame) -> dict[str, str]:
    """The outcome of each line of one unit's `gate_details`, from the numbers in it and the lines below it alone."""
    lines = details.to_dict("records")
    below: dict[str, list[str]] = {}
    for line in lines:
        below.setdefault(line["parent"], []).append(line["path"])
    known: dict[str, str] = {}
    open_items: set[str] = set()
    by_path = {line["path"]: line for line in lines}

    def outcome(path: str) -> str:
        if path not in known:
            parts = [(by_path[each], outcome(each)) for each in below.get(path, [])]
            known[path] = _outcome(by_path[path], parts, open_items)
            if known[path] != "not_applicable" and _may_fall_out(parts, open_items):
                open_items.add(path)
        return known[path]

    return {path: outcome(path) for path in by_path}


def _may_fall_out(below: Sequence[tuple[Line, str]], open_items: set[str]) -> bool:
    """Whether a requirement may turn out not to apply: as a whole, or because no item of it is left."""
    if any(part["role"] in ("exempt", "when") and found == "unknown" for part, found in below):
        return True
    items = [(part, found) for part, found in below if part["role"] == "item"]
    bypassed = any(part["role"] == "bypass" and found == "true" for part, found in below)
    return (
        bool(items)
        and not bypassed
        and all(found == "not_applicable" or part["path"] in open_items for part, found in items)
    )


def _outcome(line: Line, below: Sequence[tuple[Line, str]], open_items: set[str]) -> str:
    if line["role"] not in ("gate", "item"):
        return _truth(line, [found for _, found in below])
    asked = [found for part, found in below if part["role"] == line["kind"]]
    items = [(found, part["path"] in open_items) for part, found in below if part["role"] == "item"]
    found = _ASKED[line["kind"]].get(asked[0], "unknown") if asked else _of_items(line, items)
    if line["miss"] == "review" and found == "not_met":
        found = "review"
    for role, way in (("bypass", "met"), ("exempt", "not_applicable")):
        ways = [truth for part, truth in below if part["role"] == role]
        if "true" in ways:
            found = way
        elif "unknown" in ways and found != "met":
            found = "unknown"
    for truth in (truth for part, truth in below if part["role"] == "when"):
        found = {"true": found, "false": "not_applicable", "unknown": "unknown"}[truth]
    return found


def _of_items(line: Line, items: Sequence[tuple[str, bool]]) -> str:
    """The outcome of so many of these; each with whether it may turn out not to apply."""
    applicable = [(found, may_fall_out) for found, may_fall_out in items if found != "not_applicable"]
    if not applicable:
        return "not_applicable"
    least = {"all": len(applicable), "any": 1}.get(line["kind"], line["needs"])
    met, review, unknown = (sum(found == each for found, _ in applicable) for each in ("met", "review", "unknown"))
    surely_met = met if line["kind"] == "all" else sum(each == ("met", False) for each in applicable)
    if surely_met >= least:
        return "met"
    if met + review + unknown < least and (line["kind"] == "all" or not all(may for _, may in applicable)):
        return "not_met"
    return "review" if surely_met + review >= least else "unknown"


def _truth(line: Line, parts: list[str]) -> str:
    if line["kind"] == "and":
        return "false" if "false" in parts else "unknown" if "unknown" in parts else "true"
    if line["kind"] == "or":
        return "true" if "true" in parts else "unknown" if "unknown" in parts else "false"
    if line["kind"] == "not":
        return {"true": "false", "false": "true", "unknown": "unknown"}[parts[0]]
    if line["kind"] == "condition":  # of texts: the truth itself is the evidence, beside the text
        return str(line["outcome"])
    if _none(line["value"]) or _none(line["threshold"]):
        return "unknown"
    strict = _compared(line, line["threshold"])
    eased = strict if _none(line["relaxed_to"]) else _compared(line, line["relaxed_to"])
    if line["relaxed"] == "unknown" and strict != eased:
        return "unknown"
    return eased if line["relaxed"] == "true" else strict


def _none(number: Any) -> bool:
    return number is None or math.isnan(number)


def _compared(line: Line, threshold: float) -> str:
    """Whether the least and the most of the value agree about a threshold."""
    ends = [line[end] for end in ("value", "value_to") if not _none(line[end])]
    if line["operator"] in ("==", "!=") and min(ends) < threshold < max(ends):
        return "unknown"
    found = {bool(_COMPARE[line["operator"]](end, threshold)) for end in ends}
    return "unknown" if len(found) > 1 else str(found.pop()).lower()
