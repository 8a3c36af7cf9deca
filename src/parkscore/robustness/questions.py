"""What is asked of the ranks beside the draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

from parkscore.framework.models import Choice, WeightScheme
from parkscore.framework.robustness_models import ExactQuestion, OneAtATimeQuestion, Question, SensitivityQuestion

QUESTIONS: Final = ("sensitivity", "exact", "one_at_a_time")
"""What they are called, in a spec and as arguments of `Evaluation.robustness`."""


@dataclass(frozen=True)
class Questions:
    """What is asked, None where it is not."""

    sensitivity: SensitivityQuestion | None = None
    exact: ExactQuestion | None = None
    one_at_a_time: OneAtATimeQuestion | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        """Those among everything that a spec asks for."""
        return cls(**{each.name: asked.get(each.name) for each in fields(cls)})

    def plain(self) -> dict[str, Any]:
        """What is stated, ready for JSON: true where all is left to defaults.

        >>> Questions(exact=ExactQuestion(), sensitivity=SensitivityQuestion(draws=64)).plain()
        {'sensitivity': {'draws': 64}, 'exact': True}
        """
        asked = {name: getattr(self, name) for name in QUESTIONS}
        return {name: _plain(question) or True for name, question in asked.items() if question is not None}


def _plain(question: Question) -> dict[str, Any]:
    """What a question states; of the schemes and files that it names the names, wherever they lie."""
    if isinstance(question, OneAtATimeQuestion) and question.schemes:
        question = question.model_copy(update={"schemes": tuple(map(_name, question.schemes))})
    said: dict[str, Any] = question.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return said


def _name(scheme: Any) -> str:
    if isinstance(scheme, WeightScheme):
        return scheme.id
    return scheme.name if isinstance(scheme, Choice) else Path(scheme).name
