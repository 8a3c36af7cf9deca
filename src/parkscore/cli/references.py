"""Options to freeze what scores are measured against, and to score by what was frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parkscore.cli.console import Reply
from parkscore.cli.files import check_output, files_of
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.statistic_words import statistic
from parkscore.language import Text, in_digits, plural

if TYPE_CHECKING:
    from parkscore.evaluation import Evaluation
    from parkscore.framework.models import Framework
    from parkscore.tree.frozen import FrozenReference

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


def check_references(freeze: Path | None, reference: str | None, output: Path | None, inputs: Sequence[str]) -> None:
    """Raise UsageError where a reference cannot be written there, or what is asked does not go together."""
    if freeze is not None:
        check_output(freeze, REFERENCE_FORMS, [*inputs, *files_of(reference)])
    if freeze is not None and output is not None and freeze.resolve() == output.resolve():
        message = Text(f"-o 与 --freeze 是同一个文件 {output}", f"-o and --freeze are the same file, {output}")
        raise UsageError(Finding(code="contradicting_options", severity=Severity.ERROR, message=message))
    if freeze is not None and reference is not None:
        message = Text("--freeze 与 --reference 不能同时使用", "--freeze and --reference exclude each other")
        hint = Text("按参照值计分时没有新的拟合可写", "what is scored by a reference has fitted nothing to write")
        raise UsageError(Finding(code="contradicting_options", severity=Severity.ERROR, message=message, hint=hint))


def refuse_unfreezable(framework: str) -> None:
    """Raise UsageError before anything is read where a framework has no reference to freeze."""
    from parkscore.framework.loading import load_framework
    from parkscore.tree import freezing

    freezing.refuse_unfreezable(load_framework(framework))


def loaded_reference(
    framework: Framework, weights: str | None, freeze: Path | None, reference: str | None
) -> FrozenReference | None:
    """The reference to score by, None for none.

    Raises UsageError or FrameworkError before anything is read where it, the weights or what is to be frozen is wrong.
    """
    from parkscore.tree.freezing import plan_by, refuse_unfreezable
    from parkscore.tree.frozen import load_reference, refuse_other_framework

    frozen = None if reference is None else load_reference(reference)
    if frozen is not None:
        refuse_other_framework(frozen, framework)
    plan_by(framework, weights, frozen)
    if freeze is not None:
        refuse_unfreezable(framework)
    return frozen


def show_reference(path: str, reply: Reply) -> None:
    """What a reference was fitted for and on, and its numbers: a line for each group and indicator."""
    from parkscore.tree.frozen import load_reference

    frozen = load_reference(path)
    reply.document("show", {"reference": frozen.document | {"sha256": frozen.sha256}})
    years = ", ".join(map(str, frozen.years))
    of_zh, of_en = (f"，{years} 年", f", {years}") if years else ("", "")
    version = "" if frozen.framework_version is None else f" {frozen.framework_version}"
    reply.say(
        Text(
            f"参照值 {frozen.name}：{frozen.framework}{version}",
            f"reference {frozen.name}: {frozen.framework}{version}",
        ),
        Text(
            f"数据：{frozen.data}{of_zh}，{frozen.rows} 行，SHA-256 {frozen.data_sha256}",
            f"data: {frozen.data}{of_en}, {plural(frozen.rows, 'row')}, SHA-256 {frozen.data_sha256}",
        ),
        *(Text(f"注意：{note}", f"note: {note}") for note in frozen.notes),
        Text(f"SHA-256 {frozen.sha256}", f"SHA-256 {frozen.sha256}"),
        "",
    )
    heads = (
        Text("参照", "reference"),
        Text("指标", "indicator"),
        Text("统计量", "statistics"),
        Text("最小", "smallest"),
    )
    tail = (Text("最大", "largest"), Text("异常值处理", "outliers"), Text("缺失填补为", "gaps"))
    reply.table((*heads, *tail), _lines(frozen, reply), right=[3, 4])
    if frozen.scheme is not None:
        reply.say("", Text(f"权重（{frozen.made_by} 算出）", f"weights, computed by {frozen.made_by}"), "")
        weights = ((name, f"{entry.weight:.6g}") for name, entry in frozen.scheme.weights.items())
        reply.table((Text("编码", "id"), Text("份额", "share")), weights, right=[1])


def _lines(frozen: FrozenReference, reply: Reply) -> Iterator[list[str]]:
    """The numbers of each reference and indicator that has any."""
    fitted = frozen.fitted
    for name, own in fitted.scoring.items():
        extents, treatments = fitted.extents.get(name, {}), fitted.treatments.get(name, {})
        fillings = fitted.fillings.get(name, {})
        for code, statistics in own.items():
            made, filled = treatments.get(code), fillings.get(code, {})
            if statistics or made is not None or filled:
                low, high = (in_digits(end) for end in extents[code]) if code in extents else ("", "")
                said = ", ".join(
                    f"{reply.word(statistic(key))} {in_digits(number)}" for key, number in statistics.items()
                )
                yield [
                    *(name, code, said, low, high),
                    "" if made is None else f"{made.kind} {in_digits(made.numbers[0])}, {in_digits(made.numbers[1])}",
                    ", ".join(
                        in_digits(number) if text is None else f"{text}: {in_digits(number)}"
                        for text, number in filled.items()
                    ),
                ]


@contextmanager
def reference_written(evaluation: Evaluation, freeze: Path | None, reply: Reply) -> Iterator[None]:
    """Write the reference, where one is asked for, with what the block writes, both or none; then say its hash."""
    if freeze is None:
        yield
        return
    is_new = not freeze.exists()
    try:
        frozen = evaluation.freeze(freeze)
        yield
    except BaseException:
        if is_new:
            freeze.unlink(missing_ok=True)
        raise
    say_frozen(frozen, freeze, reply)


def say_frozen(frozen: FrozenReference, freeze: Path, reply: Reply) -> None:
    """Which reference was written where, with its hash."""
    reply.tell(
        Text(
            f"参照值 {frozen.name} 已写入 {freeze}（SHA-256 {frozen.sha256}）",
            f"wrote the reference {frozen.name} to {freeze} (SHA-256 {frozen.sha256})",
        )
    )


def beyond_lines(findings: Iterable[Finding]) -> list[Text]:
    """A line for each indicator with values beyond the reference: who scores by one every month must see it age."""
    return [
        Text(f"超出参照范围：{finding.message.zh}", f"beyond the reference: {finding.message.en}")
        for finding in findings
        if finding.code == "outside_reference"
    ]
