"""Refuse ids that would take the place of a column of the table or of the results."""

from __future__ import annotations

from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.result_columns import BEGINNINGS, RANK_IN
from parkscore.language import Text

UNIT = "unit"
YEAR = "year"
CLASS = "class"
TABLE_COLUMNS = frozenset({UNIT, YEAR, CLASS})
"""What the columns of a table are called, beside one for each field by its id."""
RESULT_COLUMNS = TABLE_COLUMNS | {
    "score",
    "rank",
    "percentile",
    "class_rank",
    "class_percentile",
    "status",
    "reason",
    "note",
}
"""What the columns of the results are called, beside one for each node by its id."""


def rank_in(field_id: str) -> str:
    """The column of the ranks within the groups that a text field names.

    >>> rank_in("park")
    'rank_in_park'
    """
    return f"{RANK_IN}{field_id}"


def percentile_in(field_id: str) -> str:
    """The column of the percentiles within the groups that a text field names.

    >>> percentile_in("park")
    'percentile_in_park'
    """
    return f"percentile_in_{field_id}"


def group_columns(framework: Framework) -> set[str]:
    """The columns that ranks within groups bring with them."""
    return {column for name in framework.rank_within for column in (name, rank_in(name), percentile_in(name))}


def check_taken_ids(framework: Framework, reporter: Reporter) -> None:
    """Report fields called like another column of the table, and nodes called like another one of the results."""
    for field_id, field in framework.fields.items():
        if field_id in TABLE_COLUMNS:
            column = Text("数据表的列名", "a column of the table")
            _report(("fields", field_id), field_id, field.label, column, reporter)
    groups = group_columns(framework)
    for index, name in enumerate(framework.rank_within):
        if name in RESULT_COLUMNS and name in framework.fields:
            column = Text("结果表的列名", "a column of the results")
            _report(("rank_within", index), name, framework.fields[name].label, column, reporter)
    for path, node in nodes_with_paths(framework):
        if node.id in RESULT_COLUMNS | groups or node.id.startswith(BEGINNINGS):
            column = Text("结果表的列名", "a column of the results")
            _report((*path, "id"), node.id, node.label, column, reporter)


def _report(path: tuple[str | int, ...], each: str, label: Text, column: Text, reporter: Reporter) -> None:
    other = each.replace(":", "_")
    reporter.report(
        "taken_id",
        path,
        Text(f"{label.zh}的编码 {each} 是{column.zh}", f"the id {each} of {label.en} is {column.en}"),
        field=each,
        hint=Text(f"改用别的编码，如 {other}_1", f"call it otherwise, such as {other}_1"),
    )
