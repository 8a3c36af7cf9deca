"""What every model of the framework language shares."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from parkscore.framework.written_values import Words
from parkscore.language import Text


class Model(BaseModel):
    """What every part of the language shares: no unknown key, no change, no silent conversion."""

    # Built when it is first used: most models are only read as parts of others, which have built them already.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True)


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
