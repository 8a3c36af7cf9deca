"""A method of the shelf as a framework chooses it: its name, with its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from parkscore.framework.base_models import Model
from parkscore.framework.written_values import read_parameter, write_parameter


class Choice(Model):
    """A method of the shelf by name, with its parameters: `minmax`, or `{rule: minmax, clip: true}`."""

    key: ClassVar[str] = "method"
    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, name: str, **parameters: Any) -> Self:
        """The choice of a method from Python.

        >>> ScoreRule.of("minmax", clip=False).parameters
        {'clip': False}
        """
        return cls.model_validate({cls.key: name, **parameters})

    @model_validator(mode="before")
    @classmethod
    def _name_or_mapping(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, Mapping):
            if not isinstance(value.get(cls.key), str):
                raise PydanticCustomError(
                    "no_method",
                    "names no method: it needs `{key}:` and the method's name",
                    {"key": cls.key, "zh": f"没有指明方法：需要 `{cls.key}:` 和方法名"},
                )
            rest = {key: read_parameter(inner) for key, inner in value.items() if key != cls.key}
            return {"name": value[cls.key], "parameters": rest}
        return value

    @model_serializer(mode="wrap")
    def _as_written(self, _: SerializerFunctionWrapHandler) -> Any:
        if not self.parameters:
            return self.name
        return {self.key: self.name} | {key: write_parameter(value) for key, value in self.parameters.items()}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """A name, or an object that names the method under its key."""
        del core_schema, handler
        return {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "properties": {cls.key: {"type": "string"}}, "required": [cls.key]},
            ]
        }


class ScoreRule(Choice):
    """A scoring rule by name, with its parameters."""

    key: ClassVar[str] = "rule"
