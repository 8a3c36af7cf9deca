"""Read what to vary from a file or a mapping."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from parkscore.findings import Finding, FrameworkError, UsageError, of_type
from parkscore.framework.building import Fault, build
from parkscore.framework.document import Document
from parkscore.framework.loading import YAML_SUFFIXES, find_file
from parkscore.framework.models import Choice, Framework, WeightScheme
from parkscore.framework.robustness_models import AbsoluteNoise, RobustnessSpec
from parkscore.framework.yaml_form import read_yaml
from parkscore.language import Text
from parkscore.robustness.asked_forms import MADE, as_python, listed_schemes, refuse_sets
from parkscore.robustness.asked_table import read_table
from parkscore.robustness.spec_checks import beside, check_spec, weights_of


@dataclass(frozen=True)
class LoadedSpec:
    """What is asked for, by the names that `Evaluation.robustness` gives it, and where it stands.

    stated: what of it stands elsewhere. of_framework: whether the framework's own block says it.
    """

    asked: Mapping[str, Any]
    document: Document
    stated: frozenset[str] = frozenset()
    of_framework: bool = False

    def placed(self, finding: Finding, path: tuple[str, ...]) -> Finding:
        """The finding at a key of the spec, where the spec states it and nothing counts in its place."""
        own = path[0] in self.document.data and path[0] not in self.stated
        return replace(finding, place=self.document.place(path)) if own else finding

    def asking(self, stated: Mapping[str, Any], framework: Framework) -> LoadedSpec:
        """The same with questions that are stated beside it, by their names in `QUESTIONS`.

        True asks one, and leaves it to the spec how; a mapping counts in place of what the spec says, and False takes
        the question away. Raises FrameworkError with every mistake in what is stated.
        """
        new = {
            key: said for key, said in stated.items() if said is not None and not (said is True and key in self.asked)
        }
        if not new:
            return self
        own = load_spec({key: _by_name(said) for key, said in new.items() if said is not False}, framework).asked
        if made := _made_schemes(new.get("one_at_a_time")):
            own = {**own, "one_at_a_time": own["one_at_a_time"].model_copy(update={"schemes": made})}
        kept = {key: said for key, said in self.asked.items() if key not in new}
        return replace(self, asked={**kept, **own}, stated=self.stated | new.keys())


def _made_schemes(said: Any) -> tuple[Any, ...]:
    """All schemes that a question names, where some of them were made in Python."""
    schemes = listed_schemes(said["schemes"]) if isinstance(said, Mapping) and "schemes" in said else []
    return () if all(isinstance(each, str) for each in schemes) else tuple(schemes)


def _by_name(said: Any) -> Any:
    """What is stated of a question without the schemes that were made in Python, which no file could name."""
    if not _made_schemes(said):
        return said
    return {**said, "schemes": [each for each in listed_schemes(said["schemes"]) if not isinstance(each, MADE)]}


def spec_of_framework(framework: Framework, document: Document | None = None) -> LoadedSpec | None:
    """What a framework says in its block `robustness`, None where it has none; document: what it was read from.

    Raises FrameworkError with every mistake in it, each at its place where the document is given.
    """
    if framework.robustness is None:
        return None
    inside = Document({}, framework.id, {}) if document is None else document.inside(("robustness",))
    findings = check_spec(framework.robustness, framework, inside, Path())
    if findings:
        raise FrameworkError(findings if document is not None else [replace(each, place=None) for each in findings])
    return LoadedSpec(_asked(framework.robustness, Path()), inside, of_framework=True)


NOTHING: Final = LoadedSpec({}, Document({}, "spec", {}))
"""A spec that asks for nothing."""


def load_spec(source: str | Path | Mapping[str, Any], framework: Framework) -> LoadedSpec:
    """What to vary, from a .yaml file or from a mapping of the same form, checked against a framework.

    Raises UsageError where there is no such file and FrameworkError with every mistake at once.

    >>> import parkscore as ps
    >>> load_spec({"weights": {"multipliers": "30%"}}, ps.load_framework("zone-2021")).asked
    {'weights': {'multipliers': 30%}}
    """
    _refuse_other_types(source)
    if isinstance(source, Mapping):
        refuse_sets(source)
        _refuse_made_in_python(source)
        document, folder = Document(_as_read(source), "spec", {}), Path()
    else:
        path = find_file(Path(source), YAML_SUFFIXES, None, [], Text("变动说明文件", "file that says what to vary"))
        document, folder = read_yaml(path), path.parent
    built = build(document, RobustnessSpec)
    findings = [*document.findings, *built.findings]
    if built.model is None:
        raise FrameworkError([*findings, *_mistakes_of_the_rest(built.faults, framework, document, folder)])
    findings += check_spec(built.model, framework, document, folder)
    if findings:
        raise FrameworkError(findings)
    return LoadedSpec(_asked(built.model, folder), document)


def _mistakes_of_the_rest(
    faults: Sequence[Fault], framework: Framework, document: Document, folder: Path
) -> list[Finding]:
    """What is wrong with the meaning of the keys that are sound in form.

    A key with a fault is set aside as a whole: what is left of it might contradict itself for no other reason.
    """
    faulty = {fault.path[0] for fault in faults if fault.path}
    rest = replace(document, data={key: said for key, said in document.data.items() if key not in faulty}, findings=())
    sound = build(rest, RobustnessSpec).model
    return [] if sound is None else check_spec(sound, framework, rest, folder)


def _refuse_other_types(source: Any) -> None:
    if not isinstance(source, str | os.PathLike | Mapping):
        hint = Text("给 .yaml 文件的路径，或同样形式的映射", "give a .yaml file, or a mapping of the same form")
        raise UsageError(of_type("spec", source, hint))


def _refuse_made_in_python(source: Mapping[str, Any]) -> None:
    """Raise UsageError where a mapping holds what no file could: a table, or a method or a scheme made in Python."""
    hint = Text(
        "说明里只写名称和数；做好的方案和表用参数给出，如 ev.robustness({'schemes': [...]})",
        "a spec has names and numbers; state what was made beside it, as in ev.robustness({'schemes': [...]})",
    )
    wrong = [of_type(key, each, hint) for key, each in _made(source)]
    if wrong:
        raise UsageError(wrong)


def _made(said: Any, key: str = "spec") -> Iterator[tuple[str, Any]]:
    """What Python has made, and the key that it stands under."""
    if isinstance(said, Mapping):
        for inner, each in said.items():
            yield from _made(each, str(inner))
    elif isinstance(said, list | tuple):
        for each in said:
            yield from _made(each, key)
    elif isinstance(said, WeightScheme | Choice | pd.DataFrame):
        yield key, said


def _as_read(said: Any) -> Any:
    """Lists as tuples, paths as texts, and what NumPy and pandas make as Python's own, as a file is read."""
    said = as_python(said)
    if isinstance(said, os.PathLike):
        return os.fspath(said)
    if isinstance(said, Mapping):
        return {key: _as_read(inner) for key, inner in said.items()}
    return tuple(map(_as_read, said)) if isinstance(said, list | tuple) else said


def _asked(spec: RobustnessSpec, folder: Path) -> dict[str, Any]:
    """What the spec states, and nothing of what it leaves to defaults."""
    asked = {name: getattr(spec, name) for name in sorted(spec.model_fields_set)}
    if spec.weights is not None:
        asked["weights"] = weights_of(spec.weights, folder)
        if "table" in asked["weights"]:
            asked["weights"]["table"] = read_table(asked["weights"]["table"])
    if spec.noise:
        noise = spec.noise.items()
        asked["noise"] = {name: said.model_dump() if isinstance(said, AbsoluteNoise) else said for name, said in noise}
    if spec.one_at_a_time is not None and spec.one_at_a_time.schemes:
        schemes = tuple(str(beside(name, folder)) for name in spec.one_at_a_time.schemes)
        asked["one_at_a_time"] = spec.one_at_a_time.model_copy(update={"schemes": schemes})
    return asked
