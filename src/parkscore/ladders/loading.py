"""Find, read and check a ladder with its frameworks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from parkscore import shipped
from parkscore.findings import Finding, FrameworkError, ParkscoreError, UsageError, errors_of, of_type
from parkscore.framework.building import build
from parkscore.framework.document import Document
from parkscore.framework.document import Path as DocumentPath
from parkscore.framework.loading import SUFFIXES, YAML_SUFFIXES, find_file, find_framework, is_file, load_framework
from parkscore.framework.models import Framework
from parkscore.framework.reporting import Reporter
from parkscore.framework.suggesting import nearest_or_all
from parkscore.framework.yaml_form import read_yaml
from parkscore.ladders.models import Ladder, Rung
from parkscore.language import Text

STANDING_COLUMNS = frozenset(
    {"unit", "year", "rung", "standing", "next", "next_outcome", "skipped", "missing_zh", "missing_en", "note"}
)
"""What the columns of the standings are called, beside one for each rung by its id."""


@dataclass(frozen=True)
class LoadedLadder:
    """A ladder, and its frameworks by the name that its rungs give them."""

    ladder: Ladder
    frameworks: Mapping[str, Framework]

    def framework_of(self, rung: Rung) -> Framework:
        """The framework whose gate a rung names."""
        return self.frameworks[rung.framework]


def load_ladder(source: str | Path | Ladder) -> LoadedLadder:
    """The ladder with a shipped name, or in a .yaml file, or made in Python, with its frameworks, all of it checked.

    A framework is a file beside the ladder, or a shipped one; of a ladder made in Python, a file or a shipped one.
    Raises UsageError where there is no such ladder and FrameworkError with every mistake at once.
    """
    _refuse_other_types(source)
    if isinstance(source, Ladder):
        return _checked(source, None, Path())
    path = find_ladder(source)
    document = read_yaml(path)
    built = build(document, Ladder)
    findings = [*document.findings, *built.findings]
    if built.model is None or errors_of(findings):
        raise FrameworkError(findings)
    return _checked(built.model, document, path.parent)


def find_ladder(source: str | Path) -> Path:
    """The file of a ladder by path or shipped name; UsageError where there is none."""
    path, names = shipped.ladder_path(str(source)), shipped.ladder_names()
    return find_file(Path(source), YAML_SUFFIXES, path, names, Text("梯度", "ladder"))


def _refuse_other_types(source: Any) -> None:
    if not isinstance(source, str | PathLike | Ladder):
        hint = Text("给随附的名称、文件或 Ladder", "give a shipped name, a file, or a Ladder")
        raise UsageError(of_type("ladder", source, hint))


def _checked(ladder: Ladder, document: Document | None, folder: Path) -> LoadedLadder:
    reporter = Reporter(document)
    _check_ids(ladder, reporter)
    frameworks: dict[str, Framework] = {}
    failed: dict[str, list[Finding]] = {}
    for index, rung in enumerate(ladder.rungs):
        if rung.framework in failed:
            continue
        if rung.framework not in frameworks:
            try:
                frameworks[rung.framework] = _load(rung.framework, folder)
            except ParkscoreError as error:
                failed[rung.framework] = error.findings
                reporter.findings += _of_framework(rung, index, error, document)
                continue
            _check_rows(ladder, frameworks[rung.framework], index, reporter)
        _check_gate(rung, frameworks[rung.framework], index, reporter)
    if reporter.findings:
        raise FrameworkError(reporter.findings)
    return LoadedLadder(ladder, {name: _with_rows_of(ladder, each) for name, each in frameworks.items()})


def _load(name: str, folder: Path) -> Framework:
    beside = folder / name
    named = [beside, *(Path(f"{beside}{suffix}") for suffix in SUFFIXES)]
    return load_framework(next((path for path in named if is_file(path)), None) or find_framework(name))


def _of_framework(rung: Rung, index: int, error: ParkscoreError, document: Document | None) -> Iterator[Finding]:
    """The mistakes of a framework; one that is not found stands where the rung names it."""
    for finding in error.findings:
        if finding.code == "not_found":
            place = document.place(("rungs", index, "framework")) if document is not None else None
            yield replace(finding, code="unknown_framework", place=place, value=rung.framework)
        else:
            yield finding


def _with_rows_of(ladder: Ladder, framework: Framework) -> Framework:
    """A framework that reads units and years under the names that the ladder gives them."""
    return framework.model_copy(update={"unit": ladder.unit, "time": ladder.time})


def _check_ids(ladder: Ladder, reporter: Reporter) -> None:
    if not ladder.rungs:
        message = Text("梯度没有一级", "the ladder has no rungs")
        hint = Text(
            "从最低一级起写 {id, zh, framework, gate}", "write {id, zh, framework, gate} from the lowest rung up"
        )
        reporter.report("no_rungs", ("rungs",), message, hint=hint)
    seen: set[str] = set()
    for index, rung in enumerate(ladder.rungs):
        path: DocumentPath = ("rungs", index, "id")
        hint = Text(f"改用别的编码，如 {rung.id}_{index + 1}", f"call it otherwise, such as {rung.id}_{index + 1}")
        if rung.id in STANDING_COLUMNS:
            message = Text("这一级的编码已是结果表的列名", "the id of the rung is a column of the results already")
            reporter.report("taken_id", path, message, value=rung.id, hint=hint)
        if rung.id in seen:
            message = Text("两级用了同一个编码", "two rungs have this id")
            reporter.report("duplicate_id", path, message, value=rung.id, hint=hint)
        seen.add(rung.id)


def _check_rows(ladder: Ladder, framework: Framework, index: int, reporter: Reporter) -> None:
    """A row of the table must be the same thing to every framework."""
    path: DocumentPath = ("rungs", index, "framework")
    if framework.unit.key != ladder.unit.key:
        message = Text(
            f"{framework.id} 评价的是 {framework.unit.key}，梯度是 {ladder.unit.key}",
            f"{framework.id} judges a {framework.unit.key}, the ladder a {ladder.unit.key}",
        )
        hint = Text("各级须评价同一种对象", "the rungs must judge the same kind of unit")
        reporter.report("other_unit", path, message, value=framework.id, hint=hint)
    if (framework.time is None) != (ladder.time is None):
        zh, en = ("没有", "no") if framework.time is None else ("有", "a")
        message = Text(
            f"{framework.id} {zh}年份列，与梯度不同", f"{framework.id} has {en} column of years, unlike the ladder"
        )
        hint = Text("梯度的 time 须与各体系一致", "state `time` in the ladder as in its frameworks")
        reporter.report("other_time", path, message, value=framework.id, hint=hint)


def _check_gate(rung: Rung, framework: Framework, index: int, reporter: Reporter) -> None:
    gates = [gate.id for gate in framework.gates]
    if rung.gate not in gates:
        message = Text(f"{framework.id} 没有这个门槛", f"{framework.id} has no such gate")
        hint = nearest_or_all(rung.gate, gates)
        reporter.report("unknown_gate", ("rungs", index, "gate"), message, value=rung.gate, hint=hint)
