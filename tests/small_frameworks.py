"""The smallest frameworks and tables that show something, made in Python."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.reading import read_table
from parkscore.data.table import Table
from parkscore.findings import Finding, errors_of
from parkscore.framework.checking import check_framework
from parkscore.framework.models import Choice, DataField, Defaults, Framework, Label, Node, UnitKey

EQUAL = Defaults(weights=Choice.of("equal"))


def leaf(code: str, formula: str | None = None, **said: Any) -> Node:
    """An indicator, by default the field of the same name, where higher is better."""
    return Node(
        **({"id": code, "zh": f"指标{code}", "en": f"indicator {code}", "direction": "higher"} | said),
        formula=formula or code,
    )


def dimension(code: str, *children: Node, **said: Any) -> Node:
    """A node over others."""
    return Node(id=code, zh=f"维度{code}", en=f"dimension {code}", children=children, **said)


def field(name: str, **said: Any) -> DataField:
    """A raw field."""
    return DataField(**({"zh": f"字段{name}", "en": f"field {name}"} | said))


def small(*indicators: Node, fields: dict[str, DataField] | None = None, **said: Any) -> Framework:
    """A framework over these indicators, equal weights where none are stated; a field for each plain formula.

    What the language itself would refuse is refused here too.
    """
    leaves = [node for top in indicators for node in top.walk() if node.is_indicator]
    formulas = [node.formula for node in leaves if node.formula is not None]
    plain = {formula: field(formula) for formula in formulas if formula.isidentifier()}
    parts: dict[str, Any] = {
        "id": "small",
        "title": Label(zh="小例", en="Small example"),
        "unit": UnitKey(key="zone", zh="高新区", en="zone"),
        "defaults": EQUAL,
        "weights_status": "official",
        "fields": (fields or {}) | {name: each for name, each in plain.items() if name not in (fields or {})},
        "indicators": indicators,
    }
    framework = Framework(**(parts | said))
    mistakes = errors_of(check_framework(framework))
    assert not mistakes, mistakes
    return framework


def rows(**columns: Any) -> pd.DataFrame:
    """A table of zones 甲, 乙, 丙, ... with these columns; None is a gap."""
    count = max(len(column) for column in columns.values())
    frame = pd.DataFrame({"zone": list("甲乙丙丁戊己庚辛壬癸"[:count])})
    return frame.assign(**columns)


def panel(text: str) -> pd.DataFrame:
    """A table from lines of `zone year value value ...` below a header; `.` is a gap."""
    return pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", na_values=["."], keep_default_na=False)


def table_of(framework: Framework, frame: pd.DataFrame) -> Table:
    """A table as the engine reads it."""
    return read_table(frame, framework)[0]


def codes(findings: Any) -> list[str]:
    """The codes of findings, in order."""
    return [finding.code for finding in findings]


def of_code(findings: Any, code: str) -> list[Finding]:
    """The findings of one code."""
    return [finding for finding in findings if finding.code == code]


def everywhere(array: Any, expected: Any) -> bool:
    """Whether two arrays are equal to the last digit, gaps in the same places."""
    return bool(np.array_equal(np.asarray(array, dtype=np.float64), np.asarray(expected, np.float64), equal_nan=True))
