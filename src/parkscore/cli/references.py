"""Options to freeze what scores are measured against, and to score by what was frozen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parkscore.cli.console import Reply
from parkscore.cli.files import check_output
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.evaluation import Evaluation

REFERENCE_FORMS = (".json",)

FreezeOption = Annotated[
    Path | None,
    typer.Option(
        "--freeze",
        metavar="REF.json",
        help="把拟合的参照值（及算出的权重）写成文件。 Write what scores are measured against into a file.",
    ),
]
ReferenceOption = Annotated[
    str | None,
    typer.Option(
        "--reference",
        metavar="REF.json",
        help="按固定的参照值计分，不再拟合。 Score by what --freeze wrote; nothing is fitted.",
    ),
]


def check_references(freeze: Path | None, reference: str | None, in_pieces: bool, inputs: Sequence[str]) -> None:
    """Raise UsageError where a reference cannot be written there, or what is asked does not go together."""
    if freeze is not None:
        check_output(freeze, REFERENCE_FORMS, [*inputs, *([reference] if reference is not None else [])])
    if freeze is not None and reference is not None:
        message = Text("--freeze 与 --reference 不能同时使用", "--freeze and --reference exclude each other")
        hint = Text("按参照值计分时没有新的拟合可写", "what is scored by a reference has fitted nothing to write")
        raise UsageError(Finding(code="contradicting_options", severity=Severity.ERROR, message=message, hint=hint))
    if in_pieces and (freeze is not None or reference is not None):
        message = Text("分块计分时不能固定参照值", "references are neither frozen nor used piece by piece")
        hint = Text("加 --engine memory", "add --engine memory")
        raise UsageError(Finding(code="needs_memory", severity=Severity.ERROR, message=message, hint=hint))


def refuse_unfreezable(framework: str) -> None:
    """Raise UsageError before anything is read where a framework has no reference to freeze."""
    from parkscore.framework.loading import load_framework
    from parkscore.tree.comparing import refuse_comparisons
    from parkscore.tree.freezing import refuse_histories

    loaded = load_framework(framework)
    refuse_comparisons(loaded)
    refuse_histories(loaded)


def write_reference(evaluation: Evaluation, freeze: Path | None, reply: Reply) -> None:
    """Write the reference, where one is asked for, and say its hash."""
    if freeze is None:
        return
    frozen = evaluation.freeze(freeze)
    reply.tell(
        Text(
            f"参照值 {frozen.name} 已写入 {freeze}（SHA-256 {frozen.sha256}）",
            f"wrote the reference {frozen.name} to {freeze} (SHA-256 {frozen.sha256})",
        )
    )
