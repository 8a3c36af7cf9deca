"""Say what stands in the fields that conditions read, so that an outcome can be understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from parkscore.data.columns import Columns, parse
from parkscore.data.table import State
from parkscore.framework.class_names import CLASS_LABEL, class_names
from parkscore.framework.models import Framework
from parkscore.language import Text


def values_read(framework: Framework, columns: Columns, conditions: Iterable[str], row: int) -> Text:
    """What stands in every field that these conditions read in a row, in the order in which they name them."""
    asked = dict.fromkeys((name, back) for when in conditions for name, years in _reads(when) for back in sorted(years))
    said = dict.fromkeys(_stated(framework, columns, name, back, row) for name, back in asked)
    return Text("，".join(each.zh for each in said), ", ".join(each.en for each in said))


def _reads(when: str) -> Iterator[tuple[str, frozenset[int]]]:
    formula = parse(when)
    return ((name, formula.reads[name]) for name in formula.name_offsets)


_WHY: Final = {
    State.MISSING: Text("缺失", "missing"),
    State.NOT_APPLICABLE: Text("不适用", "not applicable"),
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text("无定义", "undefined"),
}


def _stated(framework: Framework, columns: Columns, name: str, back: int, row: int) -> Text:
    cells, is_class = columns[(name, back)].cells, name in class_names(framework)
    state = State(int(cells.states[row]))
    zh, en = CLASS_LABEL if is_class else framework.fields[name].label
    if back:
        zh, en = f"往前 {back} 年的{zh}", f"{en} {back} year{'s' if back > 1 else ''} before"
    if state is not State.VALUE and is_class:
        return Text(f"没有{zh}", f"no {en}")
    if state is not State.VALUE:
        return Text(f"{zh}：{_WHY[state].zh}", f"{en}: {_WHY[state].en}")
    value = cells.values[row]
    shown = value if isinstance(value, str) else f"{value:.15g} {framework.fields[name].measure or ''}".strip()
    return Text(f"{zh} = {shown}", f"{en} = {shown}")
