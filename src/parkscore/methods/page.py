"""Every method on its shelf as one page of text, written from the cards."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from parkscore.language import Text
from parkscore.methods import SHELVES
from parkscore.methods.diagnoses import coupling_coordination, obstacle_degree
from parkscore.methods.diagnostics import alpha, alpha_without, bartlett, correlation, eigenvalues, kmo, statistics
from parkscore.methods.invariances import INVARIANCES
from parkscore.methods.main_effects import main_effect
from parkscore.methods.parameters import Parameter
from parkscore.methods.registry import Method, Shelf

Say = Callable[[Text], str]
"""Puts a text into the words of one language, or of both."""

_DIAGNOSTICS_HEADING = "诊断 diagnostics"
_DIAGNOSTICS: Mapping[Callable[..., Any], Text] = MappingProxyType(
    {
        statistics: Text("描述统计", "Statistics"),
        correlation: Text("三种相关系数", "Correlations"),
        alpha: Text("克朗巴赫 α", "Cronbach's alpha"),
        alpha_without: Text("删除一项后的 α", "Alpha if an item is deleted"),
        eigenvalues: Text("主成分的特征值", "Eigenvalues of the principal components"),
        kmo: Text("KMO 取样适切性", "Kaiser-Meyer-Olkin measure"),
        bartlett: Text("巴特利特球形检验", "Bartlett's test of sphericity"),
        main_effect: Text("主效应（实际作用）", "Main effect"),
        obstacle_degree: Text("障碍度", "Obstacle degree"),
        coupling_coordination: Text("耦合协调度", "Degree of coupling and coordination"),
    }
)

_OVER_ALL = Text(
    "一级指标的权重是其下各指标权重之和，不用体系所列的",
    "the weight of a dimension is the sum of those of its indicators, whatever the framework states",
)

_INTRODUCTION = """\
# 方法 Methods

本页由方法库的登记卡生成：`parkscore methods --markdown > docs/methods.md`。
This page is written from the cards of the shelf by that command; do not edit it by hand.

每个方法写明：公式、参数、前提（不满足即拒绝，不会悄悄算错）、不变性（逐条测试）、文献，以及复现的已发表算例及其出处。
一个指标改善后自身得分仍可能下降的方法，写明原因；其余方法由测试证明不会如此。
Each entry has its formula, parameters, needs (data that break them are refused by name), what cannot change its result
(each promise is tested), its reference, and the published case that a test reproduces, with where it is printed. A
method under which a unit may lose by improving one indicator says why; of all others a test shows that none does. On
the command line: `parkscore methods`, `parkscore methods entropy`.
"""


def methods_page() -> str:
    """The page in Markdown, both languages side by side; the shelves in the order of the steps."""
    return "\n".join(
        (
            _INTRODUCTION,
            *_links(),
            *_invariances(),
            *(line for each in SHELVES for line in _shelf(each)),
            *_diagnostics(),
        )
    )


def _links() -> Iterator[str]:
    yield "| | | |\n| --- | --- | --- |"
    for shelf in SHELVES:
        yield f"| [{shelf.title.zh} {shelf.title.en}](#{_anchor(_heading(shelf))}) | `{shelf.name}` | {len(shelf)} |"
    yield f"| [{_DIAGNOSTICS_HEADING}](#{_anchor(_DIAGNOSTICS_HEADING)}) | `parkscore diagnose` | {len(_DIAGNOSTICS)} |"
    yield ""


def _anchor(heading: str) -> str:
    """What a heading is called in a link: small letters, no signs, hyphens for blanks."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _heading(shelf: Shelf[Any]) -> str:
    return f"{shelf.title.zh} {shelf.title.en}"


def _invariances() -> Iterator[str]:
    yield "## 不变性 What cannot change a result\n"
    yield "| | | |\n| --- | --- | --- |"
    for name, meaning in INVARIANCES.items():
        yield f"| {name} | {meaning.zh} | {meaning.en} |"
    yield ""


def _shelf(shelf: Shelf[Any]) -> Iterator[str]:
    yield f"## {_heading(shelf)}\n"
    yield "| | | | 算例 golden case |\n| --- | --- | --- | --- |"
    for method in shelf.values():
        name = f"[`{method.name}`](#{_anchor(_entry_heading(method))})"
        yield f"| {name} | {_cell(method.title.zh)} | {_cell(method.title.en)} | {_cell(method.golden)} |"
    yield ""
    for method in shelf.values():
        yield from _entry(method)


def _entry_heading(method: Method[Any]) -> str:
    # The shelf stands in it too: `min` is an aggregation and a tie rule.
    return f"{method.shelf}: {method.name}"


def _entry(method: Method[Any]) -> Iterator[str]:
    yield f"### {_entry_heading(method)}\n"
    yield f"**{method.title.zh}** · **{method.title.en}**. {summary_of(method)}\n"
    yield f"    {method.formula}\n"
    yield from (f"- {line}" for line in facts_of(method, _both))
    yield ""
    if method.parameters:
        yield "| 参数 parameter | 含义 | meaning | 取值 values | 默认 default |\n| --- | --- | --- | --- | --- |"
        yield from (_parameter(each) for each in method.parameters.values())
        yield ""


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def summary_of(method: Method[Any]) -> str:
    """The first sentence of a method's docstring, English only, on one line."""
    return " ".join((method.__doc__ or "").strip().split("\n\n")[0].split())


def facts_of(method: Method[Any], say: Say, promises: Callable[[Iterable[str]], str] = ", ".join) -> list[str]:
    """Needs, promises, what may surprise, reference and golden case, a line each.

    say: puts a text into words. promises: puts names of `INVARIANCES` into words.
    """
    obeys = [name for name in INVARIANCES if name in method.obeys]
    over_all = Text("用于全部指标", "over all indicators")
    lowers = Text("一项指标变好，自身得分可能下降", "a better value may lower the unit's own score")
    return [
        f"{say(Text('前提', 'needs'))}: {'; '.join(map(say, method.requirements)) or '-'}",
        f"{say(Text('不变性', 'obeys'))}: {promises(obeys) or '-'}",
        *([f"{say(lowers)}: {say(method.may_lower)}"] if method.may_lower is not None else []),
        *([f"{say(over_all)}: {say(_OVER_ALL)}"] if method.shelf == "weighting" else []),
        *(f"{say(Text('分块计算', 'in pieces'))}: {say(each)}" for each in _in_pieces(method)),
        f"{say(Text('文献', 'reference'))}: {method.reference}",
        f"{say(Text('算例', 'golden case'))}: {method.golden}",
        f"{say(Text('算例出处', 'source of the case'))}: {method.golden_source}",
    ]


def _in_pieces(method: Method[Any]) -> Iterator[Text]:
    """What a method that looks at a whole column needs where the rows come in pieces."""
    if method.gathers:
        yield Text("由各块的统计量合并，一位不差", "from statistics of the pieces, to the last bit")
    if method.needs_sort:
        yield Text("需要整列排序", "needs the whole column in order")


def _diagnostics() -> Iterator[str]:
    """What stands beside the shelves: looked at, never part of a score."""
    yield f"## {_DIAGNOSTICS_HEADING}\n"
    for function, title in _DIAGNOSTICS.items():
        # The examples are for readers of the code.
        text = inspect.getdoc(function) or ""
        yield f"### diagnostics: {function.__name__}\n"
        yield f"**{title.zh}** · **{title.en}**. {text.split('>>>')[0].rstrip()}\n"


def _parameter(parameter: Parameter) -> str:
    cells = (
        f"`{parameter.name}`",
        parameter.meaning.zh,
        parameter.meaning.en,
        values_of(parameter, _both),
        default_of(parameter, _both),
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def values_of(parameter: Parameter, say: Say) -> str:
    """The choices of a parameter, or its kind; what the engine gives needs neither."""
    if parameter.supplied:
        return "-"
    return ", ".join(map(str, parameter.choices)) if parameter.choices else say(parameter.kind)


def default_of(parameter: Parameter, say: Say) -> str:
    """The default of a parameter, or who has to give it."""
    if parameter.supplied:
        return say(Text("由程序给出", "given by the engine"))
    if parameter.required:
        return say(Text("必须给出", "must be stated"))
    return _plain(parameter.default)


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "-"}[value]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_plain, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(text: str) -> str:
    """A text inside a table, where a bar would end the cell."""
    return text.replace("|", "\\|").replace("\n", " ")
