"""Turn a document into a model, and every mistake of form into a located finding with a hint."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from parkscore.findings import Finding, Severity
from parkscore.framework import models
from parkscore.framework.document import Document, Path
from parkscore.language import Text

ModelType = TypeVar("ModelType", bound=models.Model)


def build(document: Document, model: type[ModelType]) -> tuple[ModelType | None, list[Finding]]:
    """The model in a document, or None and all the findings of form."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_finding(document, model, detail) for detail in _without_echoes(details)]


def _without_echoes(details: Iterable[Any]) -> list[Any]:
    """Drop `no_name` where the same group has a mistake that explains it, such as a misspelt `zh`."""
    kept = list(details)
    groups = {tuple(detail["loc"][:-1]) for detail in kept if detail["type"] == "extra_forbidden"}
    return [detail for detail in kept if detail["type"] != "no_name" or tuple(detail["loc"]) not in groups]


def did_you_mean(word: str, known: Iterable[str]) -> Text | None:
    """A hint that names the nearest known words, or None where nothing is near.

    >>> did_you_mean("wieght", ["weight", "source"]).en
    'did you mean `weight`?'
    """
    near = difflib.get_close_matches(word, list(known), n=2, cutoff=0.6)
    if not near:
        return None
    return Text(
        "是否想写 " + " 或 ".join(f"`{name}`" for name in near) + "？",
        "did you mean " + " or ".join(f"`{name}`" for name in near) + "?",
    )


def _finding(document: Document, model: type[models.Model], detail: Any) -> Finding:
    path: Path = tuple(detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(document, model, path)
    message, hint = _explain(kind, detail)
    return Finding(
        code=_CODES.get(kind, kind),
        severity=Severity.ERROR,
        place=document.place(path),
        field=_dotted(path, document),
        value=detail.get("input") if _is_scalar(detail.get("input")) and kind != "missing" else None,
        message=message,
        hint=hint,
    )


_CODES = {
    "missing": "missing_key",
    "string_type": "wrong_type",
    "int_type": "wrong_type",
    "float_type": "wrong_type",
    "bool_type": "wrong_type",
    "tuple_type": "wrong_type",
    "dict_type": "wrong_type",
    "model_type": "wrong_type",
    "date_type": "wrong_type",
    "literal_error": "unknown_choice",
    "greater_than_equal": "out_of_bounds",
    "less_than_equal": "out_of_bounds",
}

_TYPES = {
    "string_type": Text("应是文字", "must be text"),
    "int_type": Text("应是整数", "must be a whole number"),
    "int_from_float": Text("应是整数", "must be a whole number"),
    "float_type": Text("应是数字或百分数", "must be a number or a percentage"),
    "finite_number": Text("应是有限的数字", "must be a finite number"),
    "bool_type": Text("应是 true 或 false", "must be true or false"),
    "tuple_type": Text("应是列表", "must be a list"),
    "dict_type": Text("应是 `键: 值` 的组", "must be a group of `key: value`"),
    "model_type": Text("应是 `键: 值` 的组", "must be a group of `key: value`"),
    "date_type": Text("应是日期，如 2021-04-22", "must be a date such as 2021-04-22"),
}


def _explain(kind: str, detail: Any) -> tuple[Text, Text | None]:
    context = detail.get("ctx") or {}
    if kind == "missing":
        key = str(detail["loc"][-1])
        return Text(f"缺少必填项 `{key}`", f"the key `{key}` is missing"), None
    if kind in _TYPES:
        return _TYPES[kind], _type_hint(kind, detail.get("input"))
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", "")
        words = expected.replace(" or ", ", ").split(", ")
        return Text(f"只能是 {'、'.join(words)}", f"must be one of {', '.join(words)}"), did_you_mean(
            str(detail.get("input")), words
        )
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        sign = ">=" if kind == "greater_than_equal" else "<="
        return Text(f"必须 {sign} {bound}", f"must be {sign} {bound}"), None
    return Text(str(context.get("zh", detail["msg"])), str(detail["msg"])), None


def _type_hint(kind: str, value: Any) -> Text | None:
    if kind == "string_type" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return Text(f'编码是文字，请加引号："{value}"', f'codes are text: put it in quotes, "{value}"')
    return None


def _unknown_key(document: Document, model: type[models.Model], path: Path) -> Finding:
    owner = _model_at(model, path[:-1])
    known = sorted(info.alias or name for name, info in owner.model_fields.items())
    nearest = did_you_mean(str(path[-1]), known)
    listing = Text("可用的键：" + "、".join(known), "known keys: " + ", ".join(known))
    return Finding(
        code="unknown_key",
        severity=Severity.ERROR,
        place=document.key_place(path),
        field=_dotted(path[:-1], document) or None,
        value=str(path[-1]),
        message=Text("不认识的键", "is not a key that is known here"),
        hint=nearest or listing,
    )


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model that owns the keys at a path, found by walking the annotations."""
    owner = model
    for step in path:
        if isinstance(step, int):
            continue
        info = next((info for name, info in owner.model_fields.items() if step in (name, info.alias)), None)
        inner = _first_model(info.annotation) if info is not None else None
        owner = inner or owner
    return owner


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _first_model(inner))), None)


def _dotted(path: Path, document: Document) -> str | None:
    """A path as a person names it: node ids instead of positions."""
    words: list[str] = []
    for length, step in enumerate(path, start=1):
        if isinstance(step, int):
            item = document.value(path[:length])
            words.append(str(item["id"]) if isinstance(item, dict) and "id" in item else str(step + 1))
        elif step not in ("indicators", "children"):
            words.append(step)
    return ".".join(words) or None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and len(str(value)) <= 60
