"""The names under which formulas read the class of a unit."""

from __future__ import annotations

from typing import Final

from parkscore.framework.models import Framework
from parkscore.framework.taken_ids import CLASS
from parkscore.language import Text

CLASS_NAMES: Final = (CLASS, "分类")
CLASS_LABEL: Final = Text("分类", "class")


def class_names(framework: Framework) -> frozenset[str]:
    """The names of the class in formulas, none where the framework has no classes; a field of such an id is itself."""
    return frozenset(CLASS_NAMES) - framework.fields.keys() if framework.has_classes else frozenset()


def hint_without_classes(framework: Framework, name: str) -> Text | None:
    """The way out for a formula that reads the class where there are none; None for any other name."""
    if name not in CLASS_NAMES or framework.has_classes:
        return None
    return Text(
        "该指标体系没有分类：写 classes: 或 class:", "the framework has no classes: write `classes:` or `class:`"
    )
