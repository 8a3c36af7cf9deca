"""Check the fields: measures, limits, and names that two fields share."""

from __future__ import annotations

import unicodedata

from parkscore.framework.document import Path
from parkscore.framework.measures import MeasureError, parse_measure
from parkscore.framework.models import DataField, Framework, Label
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.language import Text


def check_fields(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the fields."""
    for field_id, field in framework.fields.items():
        _check_field(field_id, field, reporter)
    for path, node in nodes_with_paths(framework):
        if node.measure is not None:
            _check_measure(node.measure, (*path, "measure"), reporter, node.id)
    for index, target in enumerate(framework.targets):
        if target.measure is not None:
            _check_measure(target.measure, ("targets", index, "measure"), reporter, target.id)
    _check_names(framework, reporter)


def _check_measure(text: str, path: Path, reporter: Reporter, field: str) -> None:
    try:
        parse_measure(text)
    except MeasureError as error:
        reporter.report("unknown_measure", path, error.reason, hint=error.hint, field=field, value=text)


def _check_field(field_id: str, field: DataField, reporter: Reporter) -> None:
    if field.measure is not None:
        _check_measure(field.measure, ("fields", field_id, "measure"), reporter, field_id)
    if field.min is not None and field.max is not None and field.min > field.max:
        reporter.report(
            "out_of_bounds",
            ("fields", field_id, "max"),
            Text(f"上限小于下限 {field.min:g}", f"the maximum is below the minimum {field.min:g}"),
            field=field_id,
            value=field.max,
            hint=Text("把 min 与 max 对调，或改正其中一个", "swap `min` and `max`, or correct one of them"),
        )
    if field.is_text:
        for key in ("measure", "min", "max", "formula", "totals"):
            if getattr(field, key) not in (None, {}):
                reporter.report(
                    "not_for_text",
                    ("fields", field_id, key),
                    Text(f"文字字段不能有 {key}", f"a text field cannot have {key}"),
                    field=field_id,
                    hint=Text(
                        f"去掉这个键，或去掉 kind: {field.kind}", f"remove {key}, or remove `kind: {field.kind}`"
                    ),
                )


def _check_names(framework: Framework, reporter: Reporter) -> None:
    """No two columns may go by one name, since columns are found by name."""
    unit = framework.unit
    columns = {"unit.key": _names(unit.key, unit, unit.aliases)}
    if framework.time is not None:
        columns["time"] = {framework.time}
    columns |= {field_id: _names(field_id, field, field.aliases) for field_id, field in framework.fields.items()}
    owner: dict[str, str] = {}
    for column, names in columns.items():
        for name in sorted(names):
            first = owner.setdefault(_folded(name), column)
            if first != column:
                reporter.report(
                    "ambiguous_name",
                    ("fields", column) if column in framework.fields else ("time",),
                    Text(f"名称“{name}”也属于 {first}", f"the name {name!r} also belongs to {first}"),
                    field=column,
                    hint=Text("表头靠名称识别，请改成不同的名称", "columns are found by name: make the names differ"),
                )


def _names(key: str, label: Label, aliases: tuple[str, ...]) -> set[str]:
    return {name for name in (key, label.zh, label.en, *aliases) if name is not None}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
