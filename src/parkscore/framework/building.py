"""Turn a document into a model, and every mistake of form into a located finding with a hint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from parkscore.findings import Finding, Place, Severity
from parkscore.framework import models
from parkscore.framework.base_models import READ
from parkscore.framework.document import Document, Path
from parkscore.framework.suggesting import did_you_mean, nearest_or_all
from parkscore.language import Text

ModelType = TypeVar("ModelType", bound=models.Model)


@dataclass(frozen=True)
class Fault:
    """A mistake of form: its kind, as pydantic names it, and its path."""

    kind: str
    path: Path


@dataclass(frozen=True)
class Built(Generic[ModelType]):
    """The model in a document, or None with all faults of its form and the findings that tell about them."""

    model: ModelType | None
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()


def build(document: Document, model: type[ModelType]) -> Built[ModelType]:
    """The model in a document, or all that is wrong with its form."""
    try:
        return Built(model.model_validate(document.data, context=READ))
    except ValidationError as error:
        details = [(_own_path(detail["loc"], document.data), detail) for detail in error.errors(include_url=False)]
    return Built(
        None,
        tuple(_finding(document, model, path, detail) for path, detail in _without_echoes(details)),
        tuple(Fault(detail["type"], path) for path, detail in details),
    )


def _own_path(location: tuple[str | int, ...], data: Any) -> Path:
    """A path with the document's own keys: pydantic names a key such as 1.1 by its text.

    It also names the form that a value was taken for where there are several, which is no step in a document.
    """
    path: list[str | int] = []
    for place, step in enumerate(location):
        if isinstance(data, dict) and step not in data:
            step = next((key for key in data if str(key) == step), step)
        if _is_form(step, data, location[place + 1 :]):
            continue
        path.append(step)
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = _NOWHERE
    return tuple(path)


_KEY: Final = "[key]"
_NOWHERE: Final = object()


def _is_form(step: str | int, data: Any, rest: tuple[str | int, ...]) -> bool:
    """Whether a step names no part of a value: there is none, or another one goes on from it."""
    if data is _NOWHERE or isinstance(step, int) or step == _KEY or rest[:1] == (_KEY,):
        return False
    return bool(rest) and step not in data if isinstance(data, dict) else not isinstance(data, tuple)


def _without_echoes(details: list[tuple[Path, Any]]) -> list[tuple[Path, Any]]:
    """Without the keys that are missing only because they are misspelt, which is told already."""
    unknown: dict[Path, list[str]] = {}
    for path, detail in details:
        if detail["type"] in _UNKNOWN_KEY:
            unknown.setdefault(path[:-1], []).append(str(path[-1]))
    return [
        (path, detail)
        for path, detail in details
        if detail["type"] != "missing" or not did_you_mean(str(path[-1]), unknown.get(path[:-1], []))
    ]


_UNKNOWN_KEY = ("extra_forbidden", "invalid_key")


def _finding(document: Document, model: type[models.Model], path: Path, detail: Any) -> Finding:
    kind = detail["type"]
    if kind in _UNKNOWN_KEY:
        return _unknown_key(document, model, path)
    of_key = path[-1:] == (_KEY,)
    place = document.key_place(path[:-1]) if of_key else document.place(path)
    message, hint = _explain(kind, detail)
    if kind == "string_type":
        written = document.key_written(path[:-1]) if of_key else document.written(path)
        hint = _quoting_hint(detail.get("input"), written, place)
    return Finding(
        code=_CODES.get(kind, kind),
        severity=Severity.ERROR,
        place=place,
        field=_dotted(path[:-1] if of_key else path, document),
        value=detail.get("input") if _is_scalar(detail.get("input")) and kind != "missing" else None,
        message=message,
        hint=hint,
    )


_CODES = {
    "missing": "missing_key",
    "string_type": "wrong_type",
    "int_type": "wrong_type",
    "int_from_float": "wrong_type",
    "float_type": "wrong_type",
    "amount_type": "wrong_type",
    "bool_type": "wrong_type",
    "tuple_type": "wrong_type",
    "dict_type": "wrong_type",
    "model_type": "wrong_type",
    "date_type": "wrong_type",
    "date_parsing": "wrong_type",
    "finite_number": "wrong_type",
    "reference": "wrong_type",
    "literal_error": "unknown_choice",
    "greater_than_equal": "out_of_bounds",
    "less_than_equal": "out_of_bounds",
}

_GROUP = Text("应是 `键: 值` 的组", "must be a group of `key: value`")
_WHOLE = Text("应是整数", "must be a whole number")
_DATE = Text("应是日期，如 2021-04-22", "must be a date such as 2021-04-22")
_TYPES = {
    "string_type": Text("应是文字", "must be text"),
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": Text("应是数字或百分数", "must be a number or a percentage"),
    "amount_type": Text("应是以指标的计量单位计的数", "must be a plain number, in the measure of the indicator"),
    "finite_number": Text("应是有限的数字", "must be a finite number"),
    "bool_type": Text("应是 true 或 false", "must be true or false"),
    "tuple_type": Text("应是列表", "must be a list"),
    "dict_type": _GROUP,
    "model_type": _GROUP,
    "date_type": _DATE,
    "date_parsing": _DATE,
}


_NUMBER_HINT = Text("写 0.2 或 20% 这样的数，不加引号", "write a number such as 0.2 or 20%, without quotes")
_LIST_HINT = Text("写成 [甲, 乙]，或每项一行并以 - 开头", "write [a, b], or one item a line after a `-`")
_GROUP_HINT = Text("每行写一个 `键: 值`，缩进对齐", "write one `key: value` a line, indented alike")
_TYPE_HINTS = {
    "int_type": Text("写 3 这样的数，不加引号", "write a number such as 3, without quotes"),
    "int_from_float": Text("去掉小数", "leave out the decimals"),
    "float_type": _NUMBER_HINT,
    "amount_type": Text(
        "写 3 这样的数，不写单位，不加引号", "write a number such as 3, without its measure and without quotes"
    ),
    "finite_number": _NUMBER_HINT,
    "bool_type": Text("写 true 或 false，不加引号", "write true or false, without quotes"),
    "tuple_type": _LIST_HINT,
    "dict_type": _GROUP_HINT,
    "model_type": _GROUP_HINT,
    "date_type": Text("写成 年-月-日", "write year-month-day"),
    "date_parsing": Text("写成 年-月-日", "write year-month-day"),
}


def _explain(kind: str, detail: Any) -> tuple[Text, Text | None]:
    context = detail.get("ctx") or {}
    if kind == "missing":
        key = detail["loc"][-1]
        if isinstance(key, int):  # of a list that has a fixed length
            return Text(f"缺第 {key + 1} 项", f"item {key + 1} is missing"), None
        return Text(f"缺少必填项 `{key}`", f"the key `{key}` is missing"), None
    if kind == "too_long":
        most = context.get("max_length")
        return Text(f"最多 {most} 项", f"has more than {most} items"), None
    if kind in _TYPES:
        return _TYPES[kind], _TYPE_HINTS.get(kind)
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", "").replace("True", "true").replace(" or ", ", ")
        words = expected.split(", ")
        message = Text(f"只能是 {'、'.join(words)}", f"must be one of {', '.join(words)}")
        return message, did_you_mean(str(detail.get("input")), words)
    if kind in ("greater_than_equal", "less_than_equal"):
        sign, bound = (">=", context.get("ge")) if kind == "greater_than_equal" else ("<=", context.get("le"))
        return Text(f"必须 {sign} {bound}", f"must be {sign} {bound}"), _bound_hint(
            f"{sign} {bound}", detail.get("input")
        )
    hint = _EMPTY_HINT if kind == "empty_text" else None
    if kind == "out_of_bounds":
        hint = _bound_hint(str(context.get("rule")), detail.get("input"))
    return Text(str(context.get("zh", detail["msg"])), str(detail["msg"])), hint


def _bound_hint(rule: str, value: Any) -> Text:
    """The way out of a number beyond its bounds: most often a percentage without its sign."""
    if rule.endswith("<= 1") and isinstance(value, (int, float)) and 1 < value <= 100:
        return Text(f"百分之 {value:g} 写作 {value:g}%", f"{value:g} per cent is written {value:g}%")
    return Text(f"改为 {rule} 的数", f"write a number that is {rule}")


_EMPTY_HINT = Text("写上内容，或去掉这个键", "write something, or leave the key out")


def _quoting_hint(value: Any, written: str | None, place: Place) -> Text | None:
    """The way out where a text such as the code 2.10 was read as a number; its digits are shown as written."""
    if isinstance(value, (dict, tuple)) or written is None:
        return None
    if place.sheet is not None:
        return Text(
            "把单元格格式设为文本后重新输入；“框架”表中还要加引号",
            "set the cell's format to text and type it again; on the sheet 框架 put it in quotes, too",
        )
    return Text(f'编码是文字，请加引号："{written}"', f'codes are text: put it in quotes, "{written}"')


def _unknown_key(document: Document, model: type[models.Model], path: Path) -> Finding:
    owner = _model_at(model, path[:-1])
    known = sorted(info.alias or name for name, info in owner.model_fields.items())
    return Finding(
        code="unknown_key",
        severity=Severity.ERROR,
        place=document.key_place(path),
        field=_dotted(path[:-1], document),
        value=str(path[-1]),
        message=Text("不认识的键", "is not a key that is known here"),
        hint=nearest_or_all(str(path[-1]), known),
    )


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model that owns the keys at a path, found by walking the annotations."""
    owner = model
    for step in path:
        info = next((info for name, info in owner.model_fields.items() if step in (name, info.alias)), None)
        owner = (_first_model(info.annotation) if info is not None else None) or owner
    return owner


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _first_model(inner))), None)


_NODE_LISTS = ("indicators", "children")


def _dotted(path: Path, document: Document) -> str | None:
    """A path as a person names it: ids instead of positions, of nodes only the innermost one."""
    words: list[str] = []
    for length, step in enumerate(path, start=1):
        if isinstance(step, int) and isinstance(document.value(path[: length - 1]), tuple):
            item_id = document.written((*path[:length], "id"))
            word = str(step + 1) if item_id is None else item_id
            words = [word] if path[length - 2] in _NODE_LISTS else [*words, word]
        elif step not in _NODE_LISTS:
            words.append(str(step))
    return ".".join(words) or None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and len(str(value)) <= 60
