"""What the columns of a synthetic table are called, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from parkscore.findings import Finding, Severity, UsageError, of_type
from parkscore.framework.cases import rules_of
from parkscore.framework.compared_texts import compared_texts
from parkscore.framework.models import USCC, DataField, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text

LAST_YEAR = 2024  # the last year with published totals
NOTE_HEADER = "数据说明"
YEAR_HEADER = "年份"
CATEGORIES = ("甲类", "乙类", "丙类")
CATEGORY_SHARES = (0.5, 0.3, 0.2)

# What the text fields of enterprises say; made up.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "park": tuple(f"合成园区{number}" for number in range(1, 9)),
    "industry": ("电子信息", "生物医药", "高端装备", "新材料", "现代服务"),
}

_WHOLE_MEASURES = frozenset("人家件项个次台套篇种所张元") | {"人年", "千元", "吨标准煤"}


def header_of(key: str, field: DataField) -> str:
    """The header of a field's column: its Chinese name with its measure.

    >>> header_of("qc05_0", DataField(zh="营业收入", measure="千元"))
    '营业收入(千元)'
    """
    name = field.zh or field.en or key
    return name if field.measure is None else f"{name}({field.measure})"


def unit_header(framework: Framework) -> str:
    """The header of the column that names the unit: what it is, or what its code is called."""
    return framework.unit.label.zh if framework.unit.kind != USCC else framework.unit.key


def is_yes_or_no(field: DataField) -> bool:
    """Whether it is answered by 1 or 0: from 0 to 1 without a measure."""
    return field.measure is None and (field.min, field.max) == (0.0, 1.0)


def is_whole(field: DataField) -> bool:
    """Whether its measure is counted in whole numbers: people, items, 千元."""
    return field.measure in _WHOLE_MEASURES


def texts_of(framework: Framework, key: str) -> list[str]:
    """What stands in a text field: categories that earn points, else what conditions compare it with, else made up.

    Empty where nothing is known of the field.
    """
    return _categories_of(framework, key) or compared_texts(framework, key) or list(TEXTS.get(key, ()))


def _categories_of(framework: Framework, key: str) -> list[str]:
    settings = resolve_settings(framework)
    ours = [leaf for leaf in framework.leaves if leaf.category == key]
    rules = [rule for leaf in ours for rule in rules_of(leaf, settings[leaf.id])]
    return list(dict.fromkeys(str(name) for rule in rules for name in rule.parameters.get("points", {})))


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Raise UsageError where a value is no whole number, or out of its range."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise UsageError(of_type(name, value, Text("给整数，如 3", "give a whole number, such as 3")))
    check_range(name, value, low, high)


def check_range(name: str, value: Any, low: int, high: int) -> None:
    """Raise UsageError where a value is no number, or out of its range."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise UsageError(of_type(name, value, Text("给数，如 0.05", "give a number, such as 0.05")))
    number: Any = value
    if low <= number <= high:
        return
    raise UsageError(
        Finding(
            code="out_of_bounds",
            severity=Severity.ERROR,
            field=name,
            value=value,
            message=Text(f"应在 {low} 与 {high} 之间", f"must be between {low} and {high}"),
            hint=Text(f"写 {low} 到 {high} 之间的数", f"write a number from {low} to {high}"),
        )
    )
