"""Check the fields: measures, limits, and names that two fields share."""

from __future__ import annotations

import unicodedata

from parkscore.findings import Severity
from parkscore.framework.measures import MeasureError, parse_measure
from parkscore.framework.models import DataField, Framework
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.language import Text


def check_fields(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the fields."""
    for field_id, field in framework.fields.items():
        _check_field(field_id, field, reporter)
    for path, node in nodes_with_paths(framework):
        if node.measure is not None:
            check_measure(node.measure, (*path, "measure"), reporter, node.id)
    _check_names(framework, reporter)


def check_measure(text: str, path: tuple[str | int, ...], reporter: Reporter, field: str) -> None:
    """Report a measure that is not known."""
    try:
        parse_measure(text)
    except MeasureError as error:
        reporter.report("unknown_measure", path, error.reason, hint=error.hint, field=field, value=text)


def _check_field(field_id: str, field: DataField, reporter: Reporter) -> None:
    if field.measure is not None:
        check_measure(field.measure, ("fields", field_id, "measure"), reporter, field_id)
    if field.min is not None and field.max is not None and field.min > field.max:
        reporter.report(
            "out_of_bounds",
            ("fields", field_id, "max"),
            Text(f"上限小于下限 {field.min:g}", f"the maximum is below the minimum {field.min:g}"),
            field=field_id,
            value=field.max,
        )
    if field.kind == "text":
        for key in ("measure", "min", "max", "formula", "totals"):
            if getattr(field, key):
                reporter.report(
                    "not_for_text",
                    ("fields", field_id, key),
                    Text(f"文字字段不能有 {key}", f"a text field cannot have {key}"),
                    field=field_id,
                )


def _check_names(framework: Framework, reporter: Reporter) -> None:
    owner: dict[str, str] = {}
    for field_id, field in framework.fields.items():
        names = {field_id, field.zh, field.en, *field.aliases} - {None}
        for name in sorted(filter(None, names)):
            folded = unicodedata.normalize("NFKC", name).strip()
            first = owner.setdefault(folded, field_id)
            if first != field_id:
                reporter.report(
                    "ambiguous_name",
                    ("fields", field_id),
                    Text(f"名称“{name}”也属于字段 {first}", f"the name {name!r} also belongs to the field {first}"),
                    field=field_id,
                    severity=Severity.ERROR,
                    hint=Text("表头靠名称识别，请改成不同的名称", "columns are found by name: make the names differ"),
                )
