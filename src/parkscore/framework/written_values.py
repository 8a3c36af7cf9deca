"""Numbers, dates and texts as a framework file writes them: read strictly, and written back as they were."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_PERCENT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[%％]\s*")


class Percent(float):
    """A number written with a percent sign; it keeps its text so that a file round-trips.

    >>> Percent("20%") == 0.2, str(Percent("20%"))
    (True, '20%')
    """

    text: str

    def __new__(cls, text: str) -> Self:
        """Read `20%` as 0.2, exactly as the decimal is written."""
        match = _PERCENT.fullmatch(text)
        if match is None:
            raise ValueError(text)
        number = super().__new__(cls, float(Decimal(match.group(1)) / 100))
        number.text = f"{match.group(1)}%"
        return number

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]  # a float is made from a float, this from a text
        """What a copy or a pickle is made from."""
        return (self.text,)

    def __str__(self) -> str:
        """The text it was written as."""
        return self.text

    def __repr__(self) -> str:
        """The text it was written as."""
        return self.text


def read_number(value: Any) -> float:
    """A finite number, or a text with a percent sign.

    >>> read_number("20%"), read_number(3)
    (20%, 3.0)
    """
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        value = Percent(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    try:
        number = value if isinstance(value, Percent) else float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PydanticCustomError("finite_number", "Input should be a finite number")
    return number


def read_amount(value: Any) -> float:
    """A finite number of some measure, of which no share is an amount.

    >>> read_amount(3)
    3.0
    """
    try:
        number = read_number(value)
    except PydanticCustomError:
        raise PydanticCustomError("amount_type", "Input should be a plain number") from None
    if isinstance(number, Percent):
        raise PydanticCustomError(
            "no_amount",
            "must be a number in the measure of the indicator; {share} of each value is written without `absolute`",
            {"share": str(number), "zh": f"应是以指标的计量单位计的数；每个数值的 {number} 不写 absolute"},
        )
    return number


def between(low: float, high: float = math.inf, *, open_low: bool = False) -> AfterValidator:
    """A bound that a number must respect, with a message in both languages."""

    def check(value: float) -> float:
        if value < low or value > high or (open_low and value == low):
            side = f"> {low:g}" if open_low else f">= {low:g}"
            rule = side if high == math.inf else f"{side}, <= {high:g}"
            raise PydanticCustomError("out_of_bounds", "must be {rule}", {"rule": rule, "zh": f"必须 {rule}"})
        return value

    return AfterValidator(check)


def write_number(value: float) -> Any:
    """The shortest plain form of a number: `20%`, `60`, `0.8`."""
    if isinstance(value, Percent):
        return value.text
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def read_parameter(value: Any) -> Any:
    """A parameter of a method with every `20%` inside it read as a number."""
    if isinstance(value, Mapping):
        return {key: read_parameter(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(read_parameter(inner) for inner in value)
    return Percent(value) if isinstance(value, str) and _PERCENT.fullmatch(value) else value


def write_parameter(value: Any) -> Any:
    """The inverse of `read_parameter`, in plain lists and dicts."""
    if isinstance(value, Mapping):
        return {key: write_parameter(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [write_parameter(inner) for inner in value]
    return write_number(value) if isinstance(value, float) else value


def _read_date(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _read_reference(value: Any) -> Any:
    if value in ("per-year", "panel") or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise PydanticCustomError(
        "reference",
        "must be `per-year`, `panel` or a year",
        {"zh": "应是 `per-year`、`panel` 或一个年份"},
    )


# A blank says nothing and could not be told from an empty cell; a control character can neither be seen nor be kept.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _visible(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty_text", "is empty", {"zh": "是空的"})
    if _INVISIBLE.search(text):
        raise PydanticCustomError("control_character", "holds a control character", {"zh": "含有控制字符"})
    return text


Words = Annotated[str, AfterValidator(_visible)]
NUMBER_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?\s*[%％]$"}]}
Number = Annotated[float, PlainValidator(read_number), PlainSerializer(write_number), WithJsonSchema(NUMBER_SCHEMA)]
Amount = Annotated[
    float, PlainValidator(read_amount), PlainSerializer(write_number), WithJsonSchema({"type": "number"})
]
Share = Annotated[Number, between(0, 1)]
Positive = Annotated[Number, between(0, open_low=True)]
Factor = Annotated[Number, between(1, open_low=True)]
Date = Annotated[datetime.date, BeforeValidator(_read_date)]
Reference = Annotated[
    Literal["per-year", "panel"] | int,
    PlainValidator(_read_reference),
    WithJsonSchema({"anyOf": [{"enum": ["per-year", "panel"]}, {"type": "integer"}]}),
]
Direction = Literal["higher", "lower"]
SchemeStatus = Literal["official", "assumed", "computed", "expert"]
SourceStatus = Literal["sourced", "transcribed", "partial", "assumed", "example"]
UNKNOWN: Literal["unknown"] = "unknown"


def _read_weight(value: Any) -> Any:
    return value if value == UNKNOWN else read_number(value)


def write_weight(value: Any) -> Any:
    """A weight as it is written: a number, or `unknown`."""
    return value if value == UNKNOWN else write_number(value)


Weight = Annotated[
    float | Literal["unknown"],
    PlainValidator(_read_weight),
    PlainSerializer(write_weight),
    WithJsonSchema({"anyOf": [*NUMBER_SCHEMA["anyOf"], {"const": UNKNOWN}]}),
]


OPEN: Literal["open"] = "open"


def _read_points(value: Any) -> Any:
    number = value if value == OPEN else read_number(value)
    if isinstance(number, Percent):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    if isinstance(number, float) and number < 0:
        raise PydanticCustomError("out_of_bounds", "must be {rule}", {"rule": ">= 0", "zh": "必须 >= 0"})
    return number


Points = Annotated[
    float | Literal["open"],
    PlainValidator(_read_points),
    PlainSerializer(write_weight),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"const": OPEN}]}),
]
"""The full score of a node as the rules declare it; `open` where there is no ceiling."""


def _read_items(value: Any) -> Any:
    """Two whole numbers that do not fall, the first at least 1."""
    whole = isinstance(value, (list, tuple)) and all(type(each) is int for each in value)
    if whole and len(value) == 2 and 1 <= value[0] <= value[1]:
        return tuple(value)
    raise PydanticCustomError(
        "slot_items",
        "must be the least and the most, such as [1, 3]",
        {"zh": "应是最少和最多几项，如 [1, 3]"},
    )


def _read_slot_points(value: Any) -> float:
    points = _read_points(value)
    if not isinstance(points, float):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    return points


SlotPoints = Annotated[
    float,
    PlainValidator(_read_slot_points),
    between(0, open_low=True),
    PlainSerializer(write_number),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
SlotItems = Annotated[
    tuple[int, int],
    PlainValidator(_read_items),
    PlainSerializer(list),
    WithJsonSchema({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}),
]
