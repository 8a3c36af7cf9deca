"""Make a weight scheme from another by changing the weights of the first level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np

from parkscore import shipped
from parkscore.evaluating import refuse_other_types
from parkscore.findings import Finding, FrameworkError, Severity, UsageError, errors_of, of_type
from parkscore.framework.building import build
from parkscore.framework.checking import check_scheme
from parkscore.framework.document import Document
from parkscore.framework.loading import YAML_SUFFIXES, load_framework, load_scheme
from parkscore.framework.models import (
    ClassWeights,
    CombinedPart,
    Framework,
    Label,
    Percent,
    Policy,
    SchemeStatus,
    WeightEntry,
    WeightScheme,
)
from parkscore.framework.suggesting import did_you_mean
from parkscore.language import Text
from parkscore.tree.schemes import Weights, plan_weights, resolve_scheme
from parkscore.tree.standing_of_weights import data_notes, least_firm

Numbers = Mapping[str, float | str]


def reweigh(
    framework: str | Path | Framework,
    base: Weights,
    first_level: Numbers,
    *,
    id: str | None = None,
    title: str | Text | Label | None = None,
    source: str | None = None,
    note: str | None = None,
    status: SchemeStatus = "assumed",
) -> WeightScheme:
    """A scheme with other weights for the first level; inside each first-level node the shares stay those of the base.

    base: a scheme by name, by file or as made in Python, or a method by name; None, or the framework's id, for its own
    weights. What the base computes from data is computed again whenever the new scheme is used. first_level: a weight
    for every first-level node by its id: numbers of one kind (0.3, 30), or percentages ("30%"). id, title and source
    say by default that and from what the scheme was changed. The status is never firmer than that of the base, and what
    the base says of the data behind its numbers (`data_note`) the new scheme says, too.

    Raises FrameworkError with every mistake at once: an unknown or missing id, a number below 0 or not finite, all 0.

    >>> scheme = reweigh("zone-2021", "entropy", {"1": 30, "2": 20, "3": 10, "4": 10, "5": 30}, id="mine")
    >>> scheme.method.name, scheme.status
    ('entropy', 'assumed')
    """
    refuse_other_types(weights=base)
    _refuse_other_types(first_level, title, status)
    framework = load_framework(framework)
    given = resolve_scheme(framework, base)
    name = framework.id if given is None else given.id
    stated = _stated(framework, given, title, source) | {
        "id": id if id is not None else f"{name}-reweighed",
        "status": least_firm(status, given.status if given is not None else framework.weights_status or "assumed"),
        "note": note,
    }
    plain = _first_level_only(framework, stated, first_level)
    scheme = plain.model_copy(update=_with_base(framework, given, base, plain.weights))
    behind = None if given is None else given.data_note
    told_by_its_parts = behind in data_notes(plan_weights(framework, scheme))
    return scheme if told_by_its_parts else scheme.model_copy(update={"data_note": behind})


def _stated(
    framework: Framework, given: WeightScheme | None, title: str | Text | Label | None, source: str | None
) -> dict[str, Any]:
    """Title and source as plain data: as said, else what the scheme was made from."""
    name = framework.id if given is None else given.id
    own = framework.title.label if given is None else given.title.label if given.title is not None else Text(name, name)
    if title is None:
        title = own if _is_reweighed(own) else Text(own.zh + _OTHERS.zh, own.en + _OTHERS.en)
    elif isinstance(title, Label):
        title = title.label
    elif isinstance(title, str):
        title = Text(title, title)
    of_base = (framework.weights_source or framework.source) if given is None else given.source
    inside = f"{_SET}{name}（{of_base}）" if of_base else f"{_SET}{name}"
    if of_base is not None and of_base.startswith(_SET):  # its own first level is replaced, and nothing is left of it
        inside = of_base
    return {
        "framework": framework.id,
        "title": {"zh": title.zh, "en": title.en},
        "source": source if source is not None else inside,
    }


_OTHERS: Final = Text("，一级权重另定", ", other first-level weights")
_SET: Final = "一级：设定；一级之内："


def _is_reweighed(title: Text) -> bool:
    return title.zh.endswith(_OTHERS.zh) or title.en.endswith(_OTHERS.en)


def _refuse_other_types(first_level: Any, title: Any, status: Any) -> None:
    wrong = []
    if not isinstance(first_level, Mapping):
        hint = Text('给映射，如 {"1": 30, "2": 70}', 'give a mapping, such as {"1": 30, "2": 70}')
        wrong.append(of_type("first_level", first_level, hint))
    if title is not None and not isinstance(title, (str, Text, Label)):
        wrong.append(of_type("title", title, Text("给文字", "give a text")))
    if status not in get_args(SchemeStatus):
        finding = Finding(
            code="wrong_type",
            severity=Severity.ERROR,
            field="status",
            value=str(status),
            message=Text("没有这种状态", "is no status of weights"),
            hint=Text("可用的有：" + "、".join(get_args(SchemeStatus)), "one of " + ", ".join(get_args(SchemeStatus))),
        )
        wrong.append(finding)
    if wrong:
        raise UsageError(wrong)


def _first_level_only(framework: Framework, stated: Mapping[str, Any], first_level: Numbers) -> WeightScheme:
    """The scheme with nothing but the new weights; FrameworkError with all that is wrong with them."""
    numbers = {node_id: _plain(number) for node_id, number in first_level.items()}
    built = build(Document({**stated, "weights": numbers}, "", {}), WeightScheme)
    findings = [*built.findings, *_wrong_ids(framework, numbers)]
    if built.model is not None:
        findings += [each for each in check_scheme(built.model, framework) if each.code not in _TOLD_ALREADY]
    if built.model is None or errors_of(findings):
        # There is no file in which they stand.
        raise FrameworkError([replace(finding, place=None) for finding in findings])
    return built.model


_TOLD_ALREADY = ("unknown_id", "weight_missing", "scheme_kind")


def _plain(number: Any) -> Any:
    """A number of NumPy or a percentage as plain data."""
    if isinstance(number, Percent):
        return number.text
    return number.item() if isinstance(number, np.generic) else number


def _wrong_ids(framework: Framework, numbers: Mapping[Any, Any]) -> Iterator[Finding]:
    """A finding for each id that is not of the first level, and one for those of the first level without a weight."""
    first = [node.id for node in framework.indicators]
    deeper = {node.id for node in framework.walk()} - set(first)
    for node_id in numbers:
        if isinstance(node_id, str) and node_id not in first:
            yield Finding(
                code="not_first_level" if node_id in deeper else "unknown_id",
                severity=Severity.ERROR,
                field="first_level",
                value=node_id,
                message=Text("不是一级指标", "is not of the first level")
                if node_id in deeper
                else Text("指标体系中没有这个编码", "the framework has no such node"),
                hint=did_you_mean(node_id, first)
                or Text("一级有：" + "、".join(first), "these are: " + ", ".join(first)),
            )
    said = set(map(str, numbers))  # a code that is a number is told as such
    missing = [node_id for node_id in first if node_id not in said]
    if missing:
        names = ", ".join(missing)
        yield Finding(
            code="weight_missing",
            severity=Severity.ERROR,
            field=missing[0],
            message=Text(f"这些一级指标没有权重：{names}", f"these of the first level have no weight: {names}"),
            hint=Text("补上，不计的写 0", "give them one; 0 where they are not to count"),
        )


def _with_base(
    framework: Framework, given: WeightScheme | None, base: Weights, first_level: Mapping[str, WeightEntry]
) -> dict[str, Any]:
    """What the new scheme says of weights: the first level as stated, and what the base says inside it."""
    if given is None:
        return {}
    ids = {node.id for node in framework.indicators}
    settled: dict[str, WeightEntry] = {}
    if given.toward is not None:
        inside = {node_id: entry for node_id, entry in given.toward.weights.items() if node_id not in ids}
        if given.classes or not given.toward.weights or (inside and given.toward.share < 1):
            # Its pull reaches inside the first level, and can only be kept by naming the scheme as a whole.
            part = CombinedPart(scheme=_named(framework, given, base))
            return {"weights": {}, "combine": (part,), "toward": _fully(first_level)}
        settled = {node_id: _with_ground(entry, given) for node_id, entry in inside.items()}
    if given.method is not None or given.combine:
        kept = {"method": given.method, "combine": given.combine, "combine_by": given.combine_by}
        return {"weights": {}, **kept, "toward": _fully({**settled, **first_level})}
    own = {node_id: _with_ground(entry, given) for node_id, entry in given.weights.items() if node_id not in ids}
    return {
        "weights": {**own, **settled, **first_level},
        "inside": {node_id: choice for node_id, choice in given.inside.items() if node_id != framework.total.id},
        "classes": _classes_below(framework, given),
    }


def _classes_below(framework: Framework, given: WeightScheme) -> dict[str, ClassWeights]:
    """What the scheme says of each class inside the first level."""
    ids = {node.id for node in framework.indicators}
    below = {
        class_id: ClassWeights(
            weights={key: _with_ground(entry, given) for key, entry in own.weights.items() if key not in ids},
            inside={key: choice for key, choice in own.inside.items() if key != framework.total.id},
        )
        for class_id, own in given.classes.items()
    }
    return {class_id: own for class_id, own in below.items() if own.weights or own.inside}


def _fully(weights: Mapping[str, WeightEntry]) -> Policy:
    """A policy that settles these weights, whatever the scheme says of them."""
    return Policy(weights=dict(weights), share=Percent("100%"))


def _with_ground(entry: WeightEntry, given: WeightScheme) -> WeightEntry:
    """A weight that says itself what its scheme said for it."""
    return WeightEntry(weight=entry.weight, status=entry.status or given.status, source=entry.source or given.source)


def _named(framework: Framework, given: WeightScheme, base: Weights) -> str:
    """The name or file under which a scheme can be found again; FrameworkError where there is none."""
    if isinstance(base, (str, Path)):
        return str(Path(base).resolve()) if Path(base).suffix in YAML_SUFFIXES else str(base)
    if shipped.scheme_path(given.id) is not None and load_scheme(given.id, framework) == given:
        return given.id
    raise FrameworkError(
        Finding(
            code="unsaved_scheme",
            severity=Severity.ERROR,
            value=given.id,
            message=Text(
                "这个方案向政策权重收缩，只能按名称或文件引用，而它没有文件",
                "is drawn toward a policy and can only be kept by name or file, and it has none",
            ),
            hint=Text("先用 save_scheme 存为文件，再给出文件路径", "save it with `save_scheme` and give the path"),
        )
    )
