"""Find, read, extend, build and check a framework or a weight scheme."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from parkscore import shipped
from parkscore.findings import Finding, FrameworkError, Place, Severity, UsageError, errors_of
from parkscore.framework.building import build
from parkscore.framework.checking import check_framework, check_scheme
from parkscore.framework.document import Document
from parkscore.framework.extending import overlay
from parkscore.framework.models import Framework, WeightScheme
from parkscore.framework.workbook_form import read_workbook
from parkscore.framework.yaml_form import read_yaml
from parkscore.language import Text

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (*YAML_SUFFIXES, ".xlsx")


@dataclass(frozen=True)
class Loaded:
    """A framework, the document it came from, and the warnings its check gave."""

    framework: Framework
    document: Document
    findings: tuple[Finding, ...]


def load_framework(source: str | Path | Framework) -> Framework:
    """The framework with a shipped name, or in a .yaml or .xlsx file, complete and checked.

    Raises UsageError where there is no such framework and FrameworkError with every mistake at once.

    >>> load_framework("zone-2021").title.en
    'National high-tech zone comprehensive evaluation indicator system (2021)'
    """
    return source if isinstance(source, Framework) else read_framework(source).framework


def read_framework(source: str | Path) -> Loaded:
    """As `load_framework`, with the document and the warnings."""
    document = read_document(find_framework(source))
    framework, findings = build(document, Framework)
    if framework is not None:
        findings = check_framework(framework, document)
    if framework is None or errors_of(findings):
        raise FrameworkError(findings)
    return Loaded(framework, document, tuple(findings))


def read_document(path: Path, seen: tuple[Path, ...] = ()) -> Document:
    """The document in a file, laid over the framework that it extends."""
    own = read_own_document(path)
    base_name = own.data.get("extends")
    if base_name is None:
        return own
    trail = (*seen, path.resolve())
    base_path = _find_base(base_name, path, own)
    if base_path.resolve() in trail:
        names = " -> ".join(step.name for step in (*trail, base_path))
        raise FrameworkError(
            Finding(
                code="extends_cycle",
                severity=Severity.ERROR,
                place=own.place(("extends",)),
                message=Text(f"extends 循环：{names}", f"extends runs in a circle: {names}"),
            )
        )
    return overlay(read_document(base_path, trail), own)


def read_own_document(path: Path) -> Document:
    """The document in a file as it is written, without what it extends."""
    return read_workbook(path) if path.suffix.lower() == ".xlsx" else read_yaml(path)


def _find_base(name: object, path: Path, own: Document) -> Path:
    if isinstance(name, str):
        beside = path.parent / name
        candidates = [beside, *(beside.with_name(beside.name + suffix) for suffix in SUFFIXES)]
        found = next((candidate for candidate in candidates if candidate.is_file()), None)
        found = found or shipped.framework_path(name)
        if found is not None:
            return found
    raise FrameworkError(
        Finding(
            code="unknown_base",
            severity=Severity.ERROR,
            place=own.place(("extends",)),
            value=str(name),
            message=Text("找不到所扩展的指标体系", "no such framework to extend"),
            hint=_names_hint(str(name), shipped.framework_names()),
        )
    )


def find_framework(source: str | Path) -> Path:
    """The file of a framework by path or shipped name; UsageError where there is none."""
    return _find(source, shipped.framework_path(str(source)), shipped.framework_names(), Text("指标体系", "framework"))


def find_scheme(source: str | Path) -> Path:
    """The file of a weight scheme by path or shipped name; UsageError where there is none."""
    return _find(source, shipped.scheme_path(str(source)), shipped.scheme_names(), Text("权重方案", "weight scheme"))


def _find(source: str | Path, shipped_path: Path | None, names: list[str], kind: Text) -> Path:
    path = Path(source)
    if path.suffix.lower() in SUFFIXES and path.is_file():
        return path
    if shipped_path is not None:
        return shipped_path
    if path.is_dir():
        message = Text("是文件夹，不是文件", "is a folder, not a file")
    elif path.is_file():
        message = Text(f"应是 {'、'.join(SUFFIXES)} 文件", f"must be a {', '.join(SUFFIXES)} file")
    else:
        message = Text(f"没有这个{kind.zh}", f"no such {kind.en}")
    raise UsageError(
        Finding(
            code="not_found",
            severity=Severity.ERROR,
            place=Place(str(source)),
            message=message,
            hint=_names_hint(str(source), names),
        )
    )


def _names_hint(name: str, names: list[str]) -> Text:
    near = difflib.get_close_matches(name, names, n=2)
    if near:
        return Text("是否想写 " + " 或 ".join(near) + "？", "did you mean " + " or ".join(near) + "?")
    return Text("随附的有：" + "、".join(names), "shipped: " + ", ".join(names))


def load_scheme(source: str | Path | WeightScheme, framework: Framework) -> WeightScheme:
    """The weight scheme with a shipped name, or in a .yaml file, checked against a framework.

    Raises UsageError where there is no such scheme and FrameworkError with every mistake at once.
    """
    if isinstance(source, WeightScheme):
        findings = check_scheme(source, framework, None)
        scheme: WeightScheme | None = source
    else:
        document = read_yaml(find_scheme(source))
        scheme, findings = build(document, WeightScheme)
        if scheme is not None:
            findings = check_scheme(scheme, framework, document)
    if scheme is None or errors_of(findings):
        raise FrameworkError(findings)
    return scheme
