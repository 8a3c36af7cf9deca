"""Digests of what fitted statistics depend on, item by item, so that a reference is only used where it was meant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from parkscore.framework.models import Framework

# What moves no statistic: words, sources, rules of validation, and what comes after the scores.
_OF_FRAMEWORK = frozenset({
    *("id", "title", "version", "status", "source", "note", "effective", "evaluation_lag", "extends", "remove", "unit"),
    *("rules", "accepted", "gates", "lists", "grades", "targets", "robustness", "ranking", "rank_within"),
    *("weights_status", "weights_source", "members", "fields", "tables", "indicators"),
})  # fmt: skip
_OF_ITEM = frozenset({"zh", "en", "source", "status", "note", "weight", "weights", "points", "aliases", "totals"})
_LIMITS = frozenset({"min", "max", "members"})


def statistics_digest(framework: Framework) -> dict[str, str]:
    """A short SHA-256 for each field, table and node, and for each other key, that fitted statistics depend on.

    What a framework leaves to the defaults of the language is not among them.

    >>> import parkscore as ps
    >>> digests = statistics_digest(ps.load_framework("zone-2021"))
    >>> len(digests["fields.qc05_0"]), "indicators.1.1" in digests, "title" in digests
    (16, True, False)
    """
    said = framework.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    items = {key: value for key, value in said.items() if key not in _OF_FRAMEWORK}
    items |= {f"fields.{name}": _without(value, _LIMITS) for name, value in said.get("fields", {}).items()}
    items |= {f"tables.{name}": value for name, value in said.get("tables", {}).items()}
    items |= {f"indicators.{node['id']}": node for node in _nodes(said.get("indicators", []))}
    return {key: _digest(_without_words(value)) for key, value in items.items()}


def _without(said: dict[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in keys}


def _nodes(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every node by itself, with the ids of its children only."""
    found = []
    for node in said:
        below = node.get("children", [])
        found.append(node | {"children": [child["id"] for child in below]})
        found += _nodes(below)
    return found


def _without_words(value: Any) -> Any:
    """What an item says but for words; the parameters of methods, which may go by the same names, stay whole."""
    if isinstance(value, list):
        return [_without_words(inner) for inner in value]
    if not isinstance(value, Mapping):
        return value
    kept = {key: inner for key, inner in value.items() if key not in _OF_ITEM}
    return kept | {"cases": _without_words(kept["cases"])} if "cases" in kept else kept


def _digest(value: Any) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
