"""What every model of the framework language shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from parkscore.findings import Finding, FrameworkError, Severity, UsageError
from parkscore.framework.written_values import Words
from parkscore.language import Text


class Model(BaseModel):
    """What every part of the language shares: no unknown key, no change, no silent conversion."""

    # Built when it is first used: most models are only read as parts of others, which have built them already.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True)


READ: Final = "read"
"""The context in which a file is read: whoever reads it tells its mistakes himself, with their places."""


class FileModel(Model):
    """What a file of its own says; where it is made by hand, its mistakes of form are told as those of a file are.

    Raises FrameworkError with all of them, by the paths of the file.
    """

    if not TYPE_CHECKING:  # type checkers know the keys from the fields

        def __new__(cls, *unnamed: Any, **_data: Any) -> Self:
            """Refuse what is no key, such as the name of what ships."""
            if unnamed:
                raise UsageError(_unnamed(cls))
            return super().__new__(cls)

    @model_validator(mode="wrap")
    @classmethod
    def _told_as_of_a_file(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if info.context == READ:
            return handler(data)
        try:
            return handler(_as_read(data))
        except ValidationError:
            raise FrameworkError(_mistakes_in(cls, data)) from None


def _mistakes_in(model: type[FileModel], data: dict[str, Any]) -> tuple[Finding, ...]:
    # Both import the models.
    from parkscore.framework.building import build
    from parkscore.framework.document import Document

    return build(Document(_as_read(data), model.__name__, {}), model).findings


def _as_read(value: Any) -> Any:
    """Lists as files are read: they cannot be changed.

    >>> _as_read({"rungs": [{"id": "a"}]})
    {'rungs': ({'id': 'a'},)}
    """
    if isinstance(value, dict):
        return {key: _as_read(inner) for key, inner in value.items()}
    return tuple(map(_as_read, value)) if isinstance(value, list | tuple) else value


def _unnamed(model: type[FileModel]) -> Finding:
    name = model.__name__
    return Finding(
        code="wrong_type",
        severity=Severity.ERROR,
        message=Text(f"{name} 只按键取内容，如 {name}(id=...)", f"{name} takes keys only, as in {name}(id=...)"),
        hint=Text(
            "读随附的或文件里的用 load_framework、load_scheme",
            "load_framework and load_scheme read what ships and files",
        ),
    )


class Label(Model):
    """A name in Chinese, English or both."""

    zh: Words | None = None
    en: Words | None = None

    @model_validator(mode="after")
    def _name_in_one_language(self) -> Self:
        if self.zh is None and self.en is None:
            raise PydanticCustomError("no_name", "needs a name: zh or en", {"zh": "需要名称：zh 或 en"})
        return self

    @property
    def label(self) -> Text:
        """The name in both languages; where one is missing, the other serves."""
        return Text(zh=self.zh or self.en or "", en=self.en or self.zh or "")
