"""The fields of a framework of zones that are no sums over returns, and that somebody has to state."""

from __future__ import annotations

from collections.abc import Collection

from parkscore.framework.formula import parse_formula
from parkscore.framework.member_loading import members_of
from parkscore.framework.models import Framework, Node
from parkscore.shipped import framework_path


def fields_beside_returns(framework: Framework) -> tuple[str, ...]:
    """Every field that is read from a table of zones where returns give the others, in the order of the framework.

    Raises UsageError where the framework has no `members`.

    >>> import parkscore as ps
    >>> fields_beside_returns(ps.load_framework("zone-2021"))[:3]
    ('p1_1', 'p1_6', 'p1_7')
    """
    members_of(framework)
    return tuple(name for name, field in framework.fields.items() if field.formula is None and field.members is None)


def leaves_reading(framework: Framework, fields: Collection[str]) -> list[Node]:
    """The indicators that need any of some fields, by themselves or through fields with a formula."""
    return [leaf for leaf in framework.leaves if not _read_by(framework, leaf).isdisjoint(fields)]


def _read_by(framework: Framework, leaf: Node) -> set[str]:
    """The names of all fields that an indicator needs."""
    said = [*leaf.formulas, *leaf.conditions, *(case.when for case in leaf.cases), leaf.given]
    names = set[str]() if leaf.category is None else {leaf.category}
    while said:
        text = said.pop()
        for name in [] if text is None else parse_formula(text).names:
            if name not in names:
                names.add(name)
                said += [framework.fields[name].formula] if name in framework.fields else []
    return names


def template_command(framework: Framework) -> str:
    """What makes the workbook for these fields."""
    name = framework.id if framework_path(framework.id) is not None else "FRAMEWORK"
    return f"parkscore template {name} --beside-returns -o zones.xlsx"
