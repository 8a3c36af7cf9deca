"""A reference that was fitted once and stays: a file with its statistics, where they come from, and its hash."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from parkscore.data.cohorts import reference_name
from parkscore.data.fitted import Fitted
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.framework.base_models import READ
from parkscore.framework.models import Framework, WeightEntry, WeightScheme
from parkscore.framework.statistics_digest import statistics_digest
from parkscore.language import Text, system_reason
from parkscore.methods.transformations import Transformation
from parkscore.tree.reference_contents import faults_of_contents
from parkscore.tree.reference_form import Fault, faults_of_form, faults_told
from parkscore.tree.schemes import WeightPlan
from parkscore.version import VERSION

SCHEMA: Final = "parkscore-reference/1"
_PUBLISHED: Final = Text(
    "取回发布时的原文件，或用 --freeze 重新拟合", "get the file as it was published, or fit it again with --freeze"
)


@dataclass(frozen=True)
class FrozenReference:
    """Fitted statistics with their origin.

    framework, framework_version, depends_on: what they were fitted for; `depends_on` has a digest for each thing that
    they depend on. fitted: the statistics, all of one base. data, data_sha256, years, rows, notes: the data that they
    were fitted on, how many rows were scored there, and what the data say of themselves. scheme: the weights, where
    they were computed from scores; made_by: under which name; own_weights: whether the framework says how, and no
    scheme; weights_depend_on: a digest for each thing that says how, None in a file of an earlier version. written_by:
    the version of parkscore.
    """

    framework: str
    framework_version: str | None
    depends_on: Mapping[str, str]
    fitted: Fitted
    data: str
    data_sha256: str
    years: tuple[int, ...]
    rows: int
    notes: tuple[str, ...] = ()
    scheme: WeightScheme | None = None
    made_by: str | None = None
    own_weights: bool = False
    weights_depend_on: Mapping[str, str] | None = None
    written_by: str = VERSION

    def __repr__(self) -> str:
        """One line: which framework, what was measured, and the hash by which it is known."""
        return f"<FrozenReference {self.framework} {self.name}: {self.rows} rows, SHA-256 {self.sha256[:12]}>"

    @property
    def name(self) -> str:
        """What it is a reference of: a year, `panel` or `all`."""
        return str(self.fitted.base)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of everything it says, in a form that does not depend on how a file is laid out."""
        return _sha256(self.document)

    @cached_property
    def document(self) -> dict[str, Any]:
        """It as plain data for JSON, without its hash; numbers that JSON does not know are words."""
        fitted = self.fitted
        document = {
            "schema": SCHEMA,
            "parkscore": self.written_by,
            "framework": self.framework,
            "framework_version": self.framework_version,
            "depends_on": dict(self.depends_on),
            "reference": self.name,
            "data": {
                "file": self.data,
                "sha256": self.data_sha256,
                "years": list(self.years),
                "rows": self.rows,
                "notes": list(self.notes),
            },
            "scoring": fitted.scoring,
            "extents": fitted.extents,
            "treatments": {
                name: {code: None if made is None else made._asdict() for code, made in own.items()}
                for name, own in fitted.treatments.items()
            },
            "fillings": _listed(fitted.fillings),
            "filled_scores": _listed(fitted.filled_scores),
            "absent": [
                {"reference": name, "class": class_id, "nodes": sorted(nodes)}
                for (name, class_id), nodes in fitted.absent.items()
            ],
            "weights": None if self.scheme is None else self._weights(self.scheme),
        }
        plain: dict[str, Any] = json.loads(json.dumps(_in_words(document), ensure_ascii=False))
        return plain

    def _weights(self, scheme: WeightScheme) -> dict[str, Any]:
        how: dict[str, Any] = {"own": True} if self.own_weights else {}
        if self.weights_depend_on is not None:
            how["depends_on"] = dict(self.weights_depend_on)
        said = scheme.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"made_by": self.made_by, **how, "scheme": said}

    @property
    def text(self) -> str:
        """The file: the document with its hash."""
        return json.dumps(self.document | {"sha256": self.sha256}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    @property
    def about(self) -> dict[str, str]:
        """What a run that is scored by it says of it, beside what it says of its data."""
        return {
            "reference": self.name,
            "reference_sha256": self.sha256,
            "reference_data": self.data,
            "reference_data_sha256": self.data_sha256,
        }

    @property
    def said(self) -> Text:
        """What every output says that was scored by it."""
        of = "; ".join((self.data, *self.notes, f"SHA-256 {self.sha256[:16]}"))
        return Text(f"按固定参照值 {self.name} 计分（{of}）", f"scored by the frozen reference {self.name} ({of})")

    def fitted_under(self, framework: Framework, plan: WeightPlan) -> Fitted:
        """The statistics, with the frozen shares where the plan is that of the frozen weights."""
        if self.scheme is None or plan.scheme != self.scheme:
            return self.fitted
        weights: dict[str | None, Mapping[str, WeightEntry]] = {None: self.scheme.weights}
        weights |= {name: own.weights for name, own in self.scheme.classes.items()}
        # As they are: to divide by a sum that is 1 but for rounding would move the last digit.
        shares = {
            (self.name, class_id): {
                node.id: np.array([own[child.id].weight for child in node.children])
                for node in framework.root.walk()
                if node.children
            }
            for class_id, own in weights.items()
            if own
        }
        return replace(self.fitted, shares=shares)


def _listed(fillings: Mapping[str, Mapping[str, Mapping[str | None, float]]]) -> dict[str, Any]:
    """Fillings with their groups as values, since no text can stand for none."""
    return {
        name: {code: [[text, number] for text, number in own.items()] for code, own in entry.items()}
        for name, entry in fillings.items()
    }


def _in_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_words(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_words(inner) for inner in value]
    if isinstance(value, float):
        # Which of -0 and 0 is the smaller depends on which came first.
        return value + 0.0 if math.isfinite(value) else str(value)
    return value


def _sha256(document: Mapping[str, Any]) -> str:
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


# --- reading -------------------------------------------------------------------------------------------------------


def load_reference(source: str | Path | FrozenReference) -> FrozenReference:
    """A frozen reference from its file, unless it is one already.

    Raises UsageError where the file cannot be read, is no reference, or is not what it was when its hash was made.
    """
    if isinstance(source, FrozenReference):
        return source
    document = _read(Path(source))
    stated = document.pop("sha256", None)
    try:
        found = _sha256(document)
    except ValueError:  # numbers or letters that no file of JSON can hold
        raise _no_reference(source) from None
    if stated is None:
        raise _refused(
            "reference_without_hash",
            source,
            Text("没有写明 SHA-256，看不出是否被改过", "states no SHA-256: it cannot be told whether it was changed"),
            _PUBLISHED,
        )
    if stated != found:
        raise _refused(
            "changed_reference",
            source,
            Text(
                f"内容与其 SHA-256 不符：文件写的是 {stated}，内容是 {found}",
                f"is not what its SHA-256 says: the file states {stated}, its contents have {found}",
            ),
            _PUBLISHED,
        )
    faults = list(faults_of_form(document))
    if faults:
        raise _damaged(faults, source)
    try:
        frozen = _of(document)
    except ValidationError as error:
        raise _damaged(faults_told(error, "weights", "scheme"), source) from None
    if frozen.sha256 != found:  # it says more than is understood here
        raise _no_reference(source)
    return frozen


def refuse_replacing(path: str | Path, frozen: FrozenReference) -> None:
    """Raise UsageError where a file holds another reference than is to be written there.

    Scores may have been published that nobody could make again without it.
    """
    try:
        other = load_reference(path)
    except UsageError:  # there is no file, or nothing in it that scores could be made by
        return
    if other.sha256 == frozen.sha256:
        return
    years = ", ".join(map(str, other.years))
    of_data = other.data + (f", {years}" if years else "")
    message = Text(
        f"已有另一份参照值（数据 {of_data}；SHA-256 {other.sha256}），按它计过的分没有它就无法重算",
        f"holds another reference (data {of_data}; SHA-256 {other.sha256}), and scores by it need that one",
    )
    hint = Text(
        f"按它计分，用 --reference {path}（Python 中用 reference=）；要重新拟合，换一个文件名，或先把它移走",
        f"score by it with --reference {path} (in Python reference=); to fit anew name another file, or move this one",
    )
    raise _refused("other_reference", path, message, hint)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark in front
    except OSError as error:
        reason = system_reason(error)
        hint = Text("核对路径", "check the path")
        message = Text(f"读不了参照值文件：{reason.zh}", f"the reference cannot be read: {reason.en}")
        raise _refused("unreadable_reference", path, message, hint) from None
    except (ValueError, RecursionError):
        raise _no_reference(path) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _no_reference(path)
    return document


def _of(document: Mapping[str, Any]) -> FrozenReference:
    data, weights = document["data"], document["weights"]
    scheme = None if weights is None else WeightScheme.model_validate(weights["scheme"], context=READ)
    base = document["reference"]
    fitted = Fitted(
        scoring=_numbers(document["scoring"]),
        extents={
            name: {code: (float(low), float(high)) for code, (low, high) in own.items()}
            for name, own in document["extents"].items()
        },
        treatments={
            name: {code: None if made is None else _made(made) for code, made in own.items()}
            for name, own in document["treatments"].items()
        },
        fillings=_fillings(document["fillings"]),
        filled_scores=_fillings(document["filled_scores"]),
        absent={(each["reference"], each["class"]): frozenset(each["nodes"]) for each in document["absent"]},
        base=base,
    )
    return FrozenReference(
        framework=document["framework"],
        framework_version=document["framework_version"],
        depends_on=document["depends_on"],
        fitted=fitted,
        data=data["file"],
        data_sha256=data["sha256"],
        years=tuple(data["years"]),
        rows=data["rows"],
        notes=tuple(data["notes"]),
        scheme=scheme,
        made_by=None if weights is None else weights["made_by"],
        own_weights=weights is not None and weights.get("own", False),
        weights_depend_on=None if weights is None else weights.get("depends_on"),
        written_by=document["parkscore"],
    )


def _numbers(said: Mapping[str, Any]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        name: {code: {key: float(number) for key, number in own.items()} for code, own in entry.items()}
        for name, entry in said.items()
    }


def _fillings(said: Mapping[str, Any]) -> dict[str, dict[str, dict[str | None, float]]]:
    return {
        name: {code: {text: float(number) for text, number in pairs} for code, pairs in entry.items()}
        for name, entry in said.items()
    }


def _made(said: Mapping[str, Any]) -> Transformation:
    first, second = said["numbers"]
    return Transformation(said["kind"], (float(first), float(second)))


# --- whether it fits -----------------------------------------------------------------------------------------------


def refuse_other_framework(frozen: FrozenReference, framework: Framework) -> None:
    """Raise UsageError where a reference was fitted for another framework, with each thing that differs."""
    hint = Text(
        "用拟合时的指标体系，或用 --freeze 重新拟合",
        "use the framework it was fitted for, or fit it again with --freeze",
    )
    if frozen.framework != framework.id:
        told = Text(
            f"参照值是按指标体系 {frozen.framework} 拟合的，不是 {framework.id}",
            f"the reference was fitted for the framework {frozen.framework}, not {framework.id}",
        )
        raise UsageError(Finding(code="other_framework", severity=Severity.ERROR, message=told, hint=hint))
    own = statistics_digest(framework)
    differing = [key for key in {**frozen.depends_on, **own} if frozen.depends_on.get(key) != own.get(key)]
    if differing:
        version = frozen.framework_version
        of_version = Text("", "") if version is None else Text(f"（版本 {version}）", f" (version {version})")
        told = Text(
            f"拟合参照值{of_version.zh}之后，这一项变了",
            f"this is not what it was when the reference was fitted{of_version.en}",
        )
        raise UsageError([
            Finding(code="reference_differs", severity=Severity.ERROR, field=key, message=told, hint=hint)
            for key in differing
        ])  # fmt: skip
    faults = [*faults_of_contents(framework, frozen.fitted), *_fault_of_name(framework, frozen)]
    if faults:
        raise _damaged(faults)


def _fault_of_name(framework: Framework, frozen: FrozenReference) -> Iterator[Fault]:
    """That the reference is called otherwise than the framework calls that of its years."""
    name = reference_name(framework, frozen.years[0] if frozen.years else None)
    if frozen.name != name:
        yield Fault(
            "reference",
            Text(f"按指标体系和数据年份应为 {name}", f"should be {name}, by the framework and the years"),
            frozen.name,
        )


def _refused(code: str, source: str | Path, message: Text, hint: Text) -> UsageError:
    return UsageError(Finding(code=code, severity=Severity.ERROR, place=Place(str(source)), message=message, hint=hint))


def _damaged(faults: Iterable[Fault], source: str | Path | None = None) -> UsageError:
    """The refusal of a file that says something else, or less, than what is frozen."""
    place = None if source is None else Place(str(source))
    return UsageError([
        Finding(
            code="damaged_reference",
            severity=Severity.ERROR,
            place=place,
            field=fault.path,
            value=fault.value,
            message=fault.message,
            hint=_PUBLISHED,
        )
        for fault in faults
    ])  # fmt: skip


def _no_reference(source: str | Path) -> UsageError:
    message = Text("不是参照值文件", f"is no reference of the form {SCHEMA}")
    hint = Text("用 parkscore score --freeze 写出参照值文件", "write one with `parkscore score --freeze`")
    return _refused("no_reference_file", source, message, hint)
