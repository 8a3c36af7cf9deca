"""The command that shows the shelf of methods and the card of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parkscore.cli.console import JsonOption, LanguageOption, Reply, reply_to
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.methods import Method


def add_to(app: typer.Typer) -> None:
    """Put this command into the command line."""
    app.command("methods", short_help="列出方法及其说明。 List the methods.")(methods)


def methods(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="一个方法的名称。 One method by name; by default all.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="输出文档页面。 Print docs/methods.md, every method in both languages.")
    ] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出方法，或显示一个方法。 List the methods, or show one.

    一个方法的公式、参数、前提、不变性、文献、算例及其出处。
    Of one: its formula, parameters, needs, invariances, reference, golden case and where that is printed.
    """
    from parkscore.methods import SHELVES
    from parkscore.methods.page import methods_page

    reply = reply_to(language, as_json)
    known = [method for shelf in SHELVES for method in shelf.values()]
    chosen = [method for method in known if name in (None, method.name)]
    if not chosen:
        raise UsageError(_unknown(str(name), [method.name for method in known]))
    reply.document("methods", {"methods": [_plain(method) for method in chosen]})
    if markdown:
        reply.say(methods_page())
    elif name is None:
        _say_shelves(reply)
    else:
        for method in chosen:
            _say_card(method, reply)


def _unknown(name: str, known: list[str]) -> Finding:
    from parkscore.methods.parameters import did_you_mean

    message = Text(f"没有方法 {name}", f"there is no method {name}")
    return Finding(
        code="unknown_method", severity=Severity.ERROR, value=name, message=message, hint=did_you_mean(name, known)
    )


def _plain(method: Method[Any]) -> dict[str, Any]:
    return {
        "shelf": method.shelf,
        "name": method.name,
        "zh": method.title.zh,
        "en": method.title.en,
        "formula": method.formula,
        "parameters": {name: _parameter(method, name) for name in method.parameters},
        "needs": [{"zh": need.zh, "en": need.en} for need in method.requirements],
        "obeys": sorted(method.obeys),
        "reference": method.reference,
        "golden": method.golden,
        "golden_source": method.golden_source,
        "may_lower": method.may_lower and {"zh": method.may_lower.zh, "en": method.may_lower.en},
    }


def _parameter(method: Method[Any], name: str) -> Mapping[str, Any]:
    from parkscore.methods.page import default_of, values_of

    parameter = method.parameters[name]
    return {
        "zh": parameter.meaning.zh,
        "en": parameter.meaning.en,
        "values": values_of(parameter, lambda text: text.en),
        "default": default_of(parameter, lambda text: text.en),
    }


def _say_shelves(reply: Reply) -> None:
    from parkscore.methods import SHELVES

    heads = (Text("名称", "name"), Text("方法", "method"), Text("算例", "golden case"))
    for shelf in SHELVES:
        reply.say(f"{reply.word(shelf.title)} ({shelf.name})", "")
        reply.table(heads, [(each.name, each.title, each.golden) for each in shelf.values()])
        reply.say("")


def _say_card(method: Method[Any], reply: Reply) -> None:
    from parkscore.methods.invariances import INVARIANCES
    from parkscore.methods.page import default_of, facts_of, summary_of, values_of

    def promises(names: Iterable[str]) -> str:
        return "; ".join(reply.word(INVARIANCES[name]) for name in names)

    reply.say(f"{reply.word(method.title)} ({method.shelf}: {method.name})", "")
    if reply.language == "en":
        reply.say(summary_of(method), "")
    reply.say(f"    {method.formula}", "", *facts_of(method, reply.word, promises), "")
    if method.parameters:
        heads = (Text("参数", "parameter"), Text("含义", "meaning"), Text("取值", "values"), Text("默认", "default"))
        reply.table(
            heads,
            [
                (each.name, each.meaning, values_of(each, reply.word), default_of(each, reply.word))
                for each in method.parameters.values()
            ],
        )
        reply.say("")
