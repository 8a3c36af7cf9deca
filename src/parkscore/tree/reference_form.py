"""The form of a file of a frozen reference, and whatever in a file is not of it, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from parkscore.language import Text
from parkscore.methods.transformations import Kind

_WORDS: Final = ("nan", "inf", "-inf")
"""The numbers that JSON does not know."""


class Fault(NamedTuple):
    """What is wrong in a file, where, and the value that stands there, if it is a plain one."""

    path: str
    message: Text
    value: Any = None


def _number(value: Any) -> float:
    if isinstance(value, float) or (isinstance(value, str) and value in _WORDS):
        return float(value)
    raise PydanticCustomError("number", "is no number")


_Number = Annotated[float, BeforeValidator(_number)]
_Pair = Annotated[tuple[_Number, _Number], Field(strict=False)]
_Texts = dict[str, str]
_Fillings = dict[str, dict[str, list[Annotated[tuple[str | None, _Number], Field(strict=False)]]]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _Data(_Part):
    file: str
    sha256: str
    years: list[int]
    rows: int
    notes: list[str]


class _Treatment(_Part):
    kind: Kind
    numbers: _Pair


class _Absent(_Part):
    reference: str
    class_: str | None = Field(alias="class")
    nodes: list[str]


class _Weights(_Part):
    made_by: str
    own: bool = False
    depends_on: _Texts = Field(default_factory=dict)
    scheme: dict[str, Any]


class _File(_Part):
    schema_: str = Field(alias="schema")
    parkscore: str
    framework: str
    framework_version: str | None
    depends_on: _Texts
    reference: str
    data: _Data
    scoring: dict[str, dict[str, dict[str, _Number]]]
    extents: dict[str, dict[str, _Pair]]
    treatments: dict[str, dict[str, _Treatment | None]]
    fillings: _Fillings
    filled_scores: _Fillings
    absent: list[_Absent]
    weights: _Weights | None


def faults_of_form(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything in a document that is not of the form of a reference; its hash is no part of it.

    >>> [fault.path for fault in faults_of_form({"schema": "parkscore-reference/1", "scoring": {"all": 3}})][-4:]
    ['fillings', 'filled_scores', 'absent', 'weights']
    """
    try:
        _File.model_validate(document)
    except ValidationError as error:
        yield from faults_told(error)


def faults_told(error: ValidationError, *above: str) -> Iterator[Fault]:
    """What a validation found, in words; above: the path of what was validated."""
    for detail in error.errors(include_url=False):
        kind, value = detail["type"], detail["input"]
        plain = value if isinstance(value, str | int | float) and kind != "missing" else None
        yield Fault(".".join(map(str, (*above, *detail["loc"]))), _SAID.get(kind, _OTHER_FORM), plain)


_OTHER_FORM: Final = Text("不合参照值文件的格式", "is not of the form of a reference")
_KEYS: Final = Text("应为一组键和值", "should be keys with values")
_LIST: Final = Text("应为列表", "should be a list")
_WHOLE: Final = Text("应为整数", "should be a whole number")
_SAID: Final = {
    "missing": Text("缺这一项", "is missing"),
    "extra_forbidden": Text("参照值文件没有这一项", "is nothing that a reference has"),
    "number": Text("应为带小数点的数，如 4.0，或“nan”", "should be a number with a point, such as 4.0, or 'nan'"),
    "string_type": Text("应为文字", "should be a text"),
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "too_long": Text("应有两项", "should have two items"),
}
