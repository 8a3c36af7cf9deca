"""Whether what a file of results says of itself, and a row of it, are what an explanation is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from parkscore.explanation.explained import columns_of_groups
from parkscore.framework.result_columns import CASE, RANK_IN, STATE, UNRANKED, USED, VALUE, WHY

Check = Callable[[Any], "str | None"]
"""Where something of another form stands, below what is checked; None where all is as it must be."""


def damaged_at(document: Mapping[str, Any]) -> str | None:
    """Where a document is not as `parkscore.evaluation_document.document` makes it; None where it is.

    >>> damaged_at({"schema": "parkscore-dataset/1"})
    'title'
    """
    return _DOCUMENT(document) or _tree_at(document["tree"]) or _notes_at(document)


def damaged_column(document: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    """The column in which a row is not as scoring writes it; None where it is. document: as it must be."""
    root = next(node["id"] for node in document["tree"] if node["parent"] is None)
    parents = {node["parent"] for node in document["tree"]}
    checks: dict[str, Check] = {"unit": _TEXT, "status": _TEXT, "score": _NUMBER}
    groups = columns_of_groups(document, row)
    checks |= {name: _RANK for name in row if name in _RANKS or name in groups}
    for node in document["tree"]:
        if node["id"] == root:
            continue
        checks[node["id"]] = _NUMBER
        if node["id"] not in parents:
            checks |= {VALUE + node["id"]: _VALUE, STATE + node["id"]: _TEXT_OR_NONE}
    needed = [*checks, *(name.removeprefix(RANK_IN) for name in groups)]
    needed += ["class"] if "class_rank" in row else []
    checks |= {"class": _TEXT_OR_NONE, "year": _YEAR}
    checks |= {name: kind for beginning, kind in _BESIDE.items() for name in row if name.startswith(beginning)}
    wrong = (name for name, check in checks.items() if name in row and check(row[name]) is not None)
    return next((name for name in needed if name not in row), next(wrong, None))


_RANKS: Final = ("rank", "class_rank")


# --- forms ----------------------------------------------------------------------------------------------------------


def _one_of(*kinds: type, none: bool = False) -> Check:
    """A value of a kind; a truth value is no number, and neither is what is not finite."""

    def check(value: Any) -> str | None:
        if value is None:
            return None if none else ""
        sound = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
        return None if sound and not (isinstance(value, float) and not isfinite(value)) else ""

    return check


def _each(check: Check) -> Check:
    """A list, each entry as it must be."""

    def entries(value: Any) -> str | None:
        if not isinstance(value, list):
            return ""
        found = ((number, check(entry)) for number, entry in enumerate(value))
        return next((f"[{number}]{_below(at)}" for number, at in found if at is not None), None)

    return entries


def _by_name(check: Check) -> Check:
    """Things by name, each as it must be."""

    def entries(value: Any) -> str | None:
        if not isinstance(value, dict):
            return ""
        found = ((name, check(entry)) for name, entry in value.items())
        return next((f"{name}{_below(at)}" for name, at in found if at is not None), None)

    return entries


def _with(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these entries; others are nobody's concern."""

    def entries(value: Any) -> str | None:
        if not isinstance(value, dict):
            return ""
        lacking = next((name for name in required if name not in value), None)
        if lacking is not None:
            return lacking
        checks = {**required, **(optional or {})}
        found = ((name, check(value[name])) for name, check in checks.items() if name in value)
        return next((f"{name}{_below(at)}" for name, at in found if at is not None), None)

    return entries


def _below(at: str) -> str:
    return at if at == "" or at.startswith("[") else f".{at}"


def _parameters(value: Any) -> str | None:
    """The parameters of a rule: an object written as JSON; none for no rule."""
    try:
        return None if not value or isinstance(json.loads(value), dict) else ""
    except (TypeError, ValueError, RecursionError):
        return ""


_TEXT: Final = _one_of(str)
_TEXT_OR_NONE: Final = _one_of(str, none=True)
_NUMBER: Final = _one_of(int, float, none=True)
_VALUE: Final = _one_of(int, float, str, none=True)
_RANK: Final = _one_of(int, none=True)
_YEAR: Final = _one_of(int, none=True)
_BESIDE: Final = {CASE: _RANK, USED: _NUMBER, WHY: _TEXT_OR_NONE, UNRANKED: _TEXT_OR_NONE}
"""What stands in columns that only some indicators have, by what their names begin with."""
_LABEL: Final = {"zh": _TEXT, "en": _TEXT}
_RULE: Final = {"rule_zh": _TEXT, "rule_en": _TEXT}
_DOCUMENT: Final = _with(
    {
        "title": _with(_LABEL),
        "framework": _TEXT,
        "notes": _each(_TEXT),
        "tree": _each(
            _with(
                {"id": _TEXT, **_LABEL, "parent": _TEXT_OR_NONE},
                {
                    "measure": _TEXT_OR_NONE,
                    "direction": _TEXT_OR_NONE,
                    "rule": _TEXT_OR_NONE,
                    "aggregate": _TEXT_OR_NONE,
                    **_RULE,
                    "cases": _each(_with({"case": _one_of(int), **_LABEL, **_RULE})),
                },
            )
        ),
        "weight_table": _each(
            _with(
                {"id": _TEXT, "reference": _TEXT},
                {"class": _TEXT_OR_NONE, "share": _NUMBER, "weight_in_total": _NUMBER},
            )
        ),
        "reference_table": _each(
            _with(
                {"indicator": _TEXT, "reference": _TEXT}, {"parameters": _parameters, "case": _one_of(int, none=True)}
            )
        ),
        "means": _each(
            _with({"node": _TEXT, "year": _YEAR, "class": _TEXT_OR_NONE, "count": _one_of(int), "mean": _NUMBER})
        ),
    },
    {
        "notes_zh": _each(_TEXT),
        "reference_within": _each(_TEXT),
        "class_labels": _by_name(_with(_LABEL)),
        "judged_labels": _by_name(
            _with(
                {**_LABEL, "words": _by_name(_with(_LABEL))},
                {"items": _by_name(_with(_LABEL)), "asks": _with(_LABEL)},
            )
        ),
        "additive": _one_of(bool),
        "weights": _TEXT_OR_NONE,
        "weights_status": _TEXT_OR_NONE,
    },
)


def _tree_at(tree: list[Mapping[str, Any]]) -> str | None:
    """Where the nodes are no tree: one root, everything else below a node before it, and a rule for each leaf."""
    parents, known = {node["parent"] for node in tree}, set[str]()
    for number, node in enumerate(tree):
        if node["id"] in known:
            return f"tree[{number}].id"
        if node["parent"] not in known and (number > 0 or node["parent"] is not None):
            return f"tree[{number}].parent"
        if node["id"] not in parents and number > 0 and not {"rule_zh", "rule_en"} <= set(node):
            return f"tree[{number}].rule_zh"
        known.add(node["id"])
    return None if tree else "tree"


def _notes_at(document: Mapping[str, Any]) -> str | None:
    both = document.get("notes_zh", document["notes"])
    return None if len(both) == len(document["notes"]) else "notes_zh"
