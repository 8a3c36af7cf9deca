"""The framework and the weights that a command is given, and what is said of them in several commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from parkscore.findings import Finding, FrameworkError

if TYPE_CHECKING:
    from parkscore.framework.models import Framework

FrameworkArgument = Annotated[
    str,
    typer.Argument(
        metavar="FRAMEWORK", help="随附指标体系的名称，或 .yaml、.xlsx 文件。 A shipped framework by name, or a file."
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(
        "--weights",
        "-w",
        metavar="W",
        help="权重方案的名称或文件，或赋权方法。 A weight scheme by name or file, or a method such as entropy.",
    ),
]


def indicator_count(framework: Framework) -> int:
    """How many indicators there are; a slot that is not filled is none."""
    return sum(not leaf.is_open_slot for leaf in framework.leaves)


def unknown_weights(framework: Framework) -> list[Finding]:
    """What keeps a framework from being scored with its own weights, each with the scheme to name instead."""
    from parkscore.tree.schemes import plan_weights

    try:
        plan_weights(framework, None)
    except FrameworkError as error:
        return error.findings
    return []
