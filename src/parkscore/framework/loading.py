"""Find, read, extend, build and check a framework or a weight scheme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from parkscore import shipped
from parkscore.findings import Finding, FrameworkError, Place, Severity, UsageError, errors_of, of_type
from parkscore.framework.building import ModelType, build
from parkscore.framework.checking import check_framework, check_scheme
from parkscore.framework.document import Document
from parkscore.framework.document import Path as DocumentPath
from parkscore.framework.extending import overlay
from parkscore.framework.models import CombinedPart, Framework, Policy, WeightScheme
from parkscore.framework.setting_aside import SetAside, set_aside
from parkscore.framework.suggesting import did_you_mean
from parkscore.framework.yaml_form import read_yaml
from parkscore.language import Text

Part = TypeVar("Part", CombinedPart, Policy)

YAML_SUFFIXES = (".yaml", ".yml")
SUFFIXES = (*YAML_SUFFIXES, ".xlsx")


@dataclass(frozen=True)
class Loaded:
    """A framework, the document it came from, and the warnings its check gave."""

    framework: Framework
    document: Document
    findings: tuple[Finding, ...]


def load_framework(source: str | Path | Framework) -> Framework:
    """The framework with a shipped name, or in a .yaml or .xlsx file, or made in Python: complete and checked.

    Raises UsageError where there is no such framework and FrameworkError with every mistake at once.

    >>> load_framework("zone-2021").title.en
    'National high-tech zone comprehensive evaluation indicator system (2021)'
    """
    _refuse_other_types(source)
    if not isinstance(source, Framework):
        return read_framework(source).framework
    findings = check_framework(source)
    if errors_of(findings):
        raise FrameworkError(findings)
    return source


def _refuse_other_types(source: Any) -> None:
    if not isinstance(source, (str, PathLike, Framework)):
        hint = Text("给随附的名称、文件或 Framework", "give a shipped name, a file, or a Framework")
        raise UsageError(of_type("framework", source, hint))


def read_framework(source: str | Path) -> Loaded:
    """As `load_framework`, with the document and the warnings."""
    path = find_framework(source)
    document = read_document(path)
    framework, findings = _understand(document, Framework, check_framework)
    folder = path.resolve().parent
    return Loaded(_with_varied_beside(_with_returns_beside(framework, folder), folder), document, findings)


def _with_returns_beside(framework: Framework, folder: Path) -> Framework:
    """The framework with that of its returns found beside its own file, wherever the program is run."""
    block = framework.members
    if block is None or Path(block.framework).suffix.lower() not in SUFFIXES:
        return framework
    beside = folder / block.framework
    if not is_file(beside):
        return framework
    return framework.model_copy(update={"members": block.model_copy(update={"framework": str(beside)})})


def _with_varied_beside(framework: Framework, folder: Path) -> Framework:
    """The framework with the files that its block `robustness` names found beside its own file."""
    block = framework.robustness
    if block is None:
        return framework

    def found(name: str) -> str:
        return str(folder / name) if is_file(folder / name) else name

    weights, alone = block.weights, block.one_at_a_time
    if weights is not None and (weights.schemes or weights.table):
        named = {"schemes": tuple(map(found, weights.schemes)), "table": weights.table and found(weights.table)}
        said = {key: value for key, value in named.items() if key in weights.model_fields_set}
        block = block.model_copy(update={"weights": weights.model_copy(update=said)})
    if alone is not None and alone.schemes:
        schemes = tuple(map(found, alone.schemes))
        block = block.model_copy(update={"one_at_a_time": alone.model_copy(update={"schemes": schemes})})
    return framework.model_copy(update={"robustness": block})


Check = Callable[[ModelType, Document, SetAside | None], list[Finding]]


def _understand(
    document: Document, model: type[ModelType], check: Check[ModelType]
) -> tuple[ModelType, tuple[Finding, ...]]:
    """The model in a document, and its warnings.

    Raises FrameworkError with all mistakes of reading, of form, and of what the parts that are sound in form mean.
    """
    built = build(document, model)
    findings = [*document.findings, *built.findings]
    if built.model is not None:
        findings += check(built.model, document, None)
    else:
        rest = set_aside(document, built.faults)
        sound = build(rest[0], model).model if rest is not None else None
        if rest is not None and sound is not None:
            findings += check(sound, *rest)
    if built.model is None or errors_of(findings):
        raise FrameworkError(findings)
    return built.model, tuple(findings)


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
    if path.suffix.lower() != ".xlsx":
        return read_yaml(path)
    from parkscore.framework.workbook_form import read_workbook  # here, as most frameworks are no workbook

    return read_workbook(path)


def _find_base(name: object, path: Path, own: Document) -> Path:
    """The framework that a file extends: a file beside it, with or without its ending, else a shipped one."""
    if isinstance(name, str):
        beside = path.parent / name
        if is_file(beside):
            return beside
        with_endings = [Path(f"{beside}{suffix}") for suffix in SUFFIXES]
        others = [each for each in with_endings if is_file(each) and each.resolve() != path.resolve()]
        found = others[0] if others else shipped.framework_path(name)
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


def is_file(path: Path) -> bool:
    """Whether there is such a file; not where no file can have the name."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have, such as one of 5000 characters
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def find_framework(source: str | Path) -> Path:
    """The file of a framework by path or shipped name; UsageError where there is none."""
    shipped_path, names = shipped.framework_path(str(source)), shipped.framework_names()
    return find_file(Path(source), SUFFIXES, shipped_path, names, Text("指标体系", "framework"))


def find_scheme(source: str | Path) -> Path:
    """The file of a weight scheme by path or shipped name; UsageError where there is none."""
    shipped_path, names = shipped.scheme_path(str(source)), shipped.scheme_names()
    return find_file(Path(source), YAML_SUFFIXES, shipped_path, names, Text("权重方案", "weight scheme"))


def find_file(path: Path, suffixes: tuple[str, ...], shipped_path: Path | None, names: list[str], kind: Text) -> Path:
    """A file with one of these suffixes, else the shipped one; names: what else ships, to suggest from.

    Raises UsageError where there is neither.
    """
    stands = is_file(path)
    if stands and path.suffix.lower() in suffixes:
        return path
    if shipped_path is not None:
        return shipped_path
    if stands:
        message = Text(f"应是 {'、'.join(suffixes)} 文件", f"must be a {', '.join(suffixes)} file")
    elif _is_folder(path):
        message = Text("是文件夹，不是文件", "is a folder, not a file")
    else:
        message = Text(f"没有这个{kind.zh}", f"no such {kind.en}")
    raise UsageError(
        Finding(
            code="not_found",
            severity=Severity.ERROR,
            place=Place(str(path)),
            message=message,
            hint=_names_hint(str(path), names),
        )
    )


def _names_hint(name: str, names: list[str]) -> Text | None:
    if not names:  # nothing of this kind ships
        return None
    return did_you_mean(name, names) or Text("随附的有：" + "、".join(names), "shipped: " + ", ".join(names))


def load_scheme(source: str | Path | WeightScheme, framework: Framework) -> WeightScheme:
    """The weight scheme with a shipped name, or in a .yaml file, or made in Python, checked against a framework.

    The schemes that it combines are checked with it. Raises UsageError where there is no such scheme and FrameworkError
    with every mistake at once.

    >>> load_scheme("zone-2021-equal-within", load_framework("zone-2021"))
    <WeightScheme zone-2021-equal-within: for zone-2021, assumed>
    """
    _refuse_no_scheme(source, framework)
    if isinstance(source, WeightScheme):
        findings = check_scheme(source, framework)
        if errors_of(findings):
            raise FrameworkError(findings)
        _load_parts(source, framework, None, ())
        return source
    return _read_scheme(find_scheme(source), framework, ())


def _refuse_no_scheme(source: Any, framework: Any) -> None:
    wrong = []
    if not isinstance(source, (str, PathLike, WeightScheme)):
        hint = Text("给随附的名称、文件或 WeightScheme", "give a shipped name, a file, or a WeightScheme")
        wrong.append(of_type("source", source, hint))
    if not isinstance(framework, Framework):
        hint = Text("先用 load_framework 读出指标体系", "load the framework by `load_framework` first")
        wrong.append(of_type("framework", framework, hint))
    if wrong:
        raise UsageError(wrong)


def _read_scheme(path: Path, framework: Framework, trail: tuple[Path, ...]) -> WeightScheme:
    document = read_yaml(path)
    scheme, _ = _understand(
        document, WeightScheme, lambda scheme, document, aside: check_scheme(scheme, framework, document, aside)
    )
    scheme = _with_files_beside(scheme, path.resolve().parent)
    _load_parts(scheme, framework, document, (*trail, path.resolve()))
    return scheme


def _with_files_beside(scheme: WeightScheme, folder: Path) -> WeightScheme:
    """The scheme with the files that it names found beside its own, wherever the program is run."""

    def found(name: str) -> str:
        beside = folder / name
        return str(beside) if beside.suffix in YAML_SUFFIXES and is_file(beside) else name

    return rename_parts(scheme, found)


def rename_parts(scheme: WeightScheme, rename: Callable[[str], str]) -> WeightScheme:
    """The scheme with other names for the schemes that it combines or is drawn toward."""

    def renamed(part: Part) -> Part:
        return part if part.scheme is None else part.model_copy(update={"scheme": rename(part.scheme)})

    toward = None if scheme.toward is None else renamed(scheme.toward)
    return scheme.model_copy(update={"combine": tuple(map(renamed, scheme.combine)), "toward": toward})


def _load_parts(scheme: WeightScheme, framework: Framework, document: Document | None, trail: tuple[Path, ...]) -> None:
    """Refuse to combine, or to draw toward, schemes that are unknown, at fault, or that lead back to themselves."""
    named: list[tuple[DocumentPath, str | None]] = [
        (("combine", index, "scheme"), part.scheme) for index, part in enumerate(scheme.combine)
    ]
    if scheme.toward is not None:
        named.append((("toward", "scheme"), scheme.toward.scheme))
    for key, name in named:
        if name is None:
            continue
        place = document.place(key) if document is not None else None
        try:
            path = find_scheme(name)
        except UsageError as error:
            (finding,) = error.findings
            raise FrameworkError(replace(finding, place=place, code="unknown_scheme", value=name)) from None
        if path.resolve() in trail:
            names = " -> ".join(step.name for step in (*trail, path))
            raise FrameworkError(
                Finding(
                    code="scheme_cycle",
                    severity=Severity.ERROR,
                    place=place,
                    message=Text(f"权重方案互相引用：{names}", f"the schemes run in a circle: {names}"),
                )
            )
        _read_scheme(path, framework, trail)
