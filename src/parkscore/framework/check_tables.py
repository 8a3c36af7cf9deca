"""Check the tables of constants that formulas look up."""

from __future__ import annotations

from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter
from parkscore.language import Text
from parkscore.methods.parameters import PointsByName
from parkscore.methods.points_lookup import repeated_names


def check_tables(framework: Framework, reporter: Reporter) -> None:
    """Report tables that list nothing, and texts that a table lists twice."""
    for name, table in framework.tables.items():
        if not table.values:
            reporter.report(
                "empty_table",
                ("tables", name, "values"),
                Text(f"表 {name} 没有列出任何文字", f"the table {name} lists no text"),
                field=name,
                hint=Text("写成 values: {电子: 1.2}", "write `values: {electronics: 1.2}`"),
            )
        for first, again in repeated_names(PointsByName(table.values)):
            reporter.report(
                "repeated_text",
                ("tables", name, "values", str(again)),
                Text(f"{first!r} 与 {again!r} 是同一个文字", f"{first!r} and {again!r} are the same text"),
                field=name,
                value=again,
                hint=Text("删去其中一个", "remove one of them"),
            )
