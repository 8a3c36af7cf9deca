"""Check that an indicator reads the fields that its name speaks of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from parkscore.findings import Severity
from parkscore.framework.formula import FormulaError, parse_formula
from parkscore.framework.models import DataField, Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.language import Text

_LEAST = 3
"""Shorter names stand inside other words."""


def check_names(framework: Framework, reporter: Reporter) -> None:
    """Warn of an indicator whose name holds that of a field, and whose formula reads none that it has a word of.

    In a real system the number of R&D staff was read from the column of tax deductions; measures alone do not find
    that where both are counted in the same one.
    """
    names = [
        (name, each) for each, field in framework.fields.items() for name in _names_of(field) if len(name) >= _LEAST
    ]
    for path, node in nodes_with_paths(framework):
        if node.formula is None or node.zh is None:
            continue
        read = _fields_behind(framework, node)
        text = _folded(node.zh)
        named = {field_id for name, field_id in names if name in text}
        if read and named and not any(_shares_words(node.zh, framework.fields[field_id]) for field_id in read):
            spoken = _listed(framework, named)
            other = _listed(framework, read)
            reporter.report(
                "other_field",
                (*path, "formula"),
                Text(
                    f"名称说的是{spoken.zh}，公式读的是{other.zh}",
                    f"its name speaks of {spoken.en}, and its formula reads {other.en}",
                ),
                severity=Severity.WARNING,
                field=node.id,
                value=node.formula,
                hint=Text(
                    "核对公式里的数据项；若无误，改指标名称", "check the fields of the formula, or name it otherwise"
                ),
            )


def _listed(framework: Framework, field_ids: set[str]) -> Text:
    labels = [framework.fields[field_id].label for field_id in sorted(field_ids)]
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


def _names_of(field: DataField) -> Iterator[str]:
    """What a field is called in Chinese, without brackets and a final word for number or amount."""
    for name in (field.zh, *field.aliases):
        if name is not None:
            plain = _folded(name).split("(")[0].strip()
            yield plain
            for ending in ("总数", "总额", "数", "额"):
                yield plain.removesuffix(ending)


def _shares_words(indicator: str, field: DataField) -> bool:
    """Whether a run of characters long enough to be a word stands in both names."""
    text = _folded(indicator)
    return any(
        name[start : start + _LEAST] in text for name in _names_of(field) for start in range(len(name) - _LEAST + 1)
    )


def _fields_behind(framework: Framework, node: Node) -> set[str]:
    """The fields that a formula reads, and those behind its derived fields."""
    found: set[str] = set()
    waiting = [str(node.formula)]
    while waiting:
        try:
            read = parse_formula(waiting.pop()).names
        except FormulaError:  # told with the formula
            return set()
        new = (read & framework.fields.keys()) - found
        found |= new
        waiting += [str(framework.fields[each].formula) for each in new if framework.fields[each].formula is not None]
    return found
