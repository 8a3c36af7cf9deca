"""A language that there is not is one teaching error wherever the public interface takes a language."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parkscore as ps
from parkscore.findings import Severity
from parkscore.language import Text
from parkscore.shipped import example_path
from tests.small_frameworks import leaf, rows, small

WRONG = ("fr", "ZH", "", None, 1, ["zh"], np.array(["zh", "en"]))


def evaluation() -> ps.Evaluation:
    """Official weights and nothing to note: whatever would only ask for the language to say a note never does."""
    return ps.evaluate(small(leaf("a", weight=1), leaf("b", weight=1)), rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0]))


def made() -> list[Any]:
    """One of everything that the public interface gives back."""
    own = evaluation()
    figures = example_path("zone-figures.csv")
    return [
        own,
        ps.explain(own, "甲"),
        own.robustness(draws=4),
        ps.Scenarios({"one": own, "other": own}),
        ps.diagnose(own),
        ps.find("zone-figures", figures, where="revenue > 0", year=2024),
        ps.climb("growth-titles", example_path("enterprises-synthetic.xlsx")),
        ps.Finding(code="x", severity=Severity.INFO, message=Text("一", "one")),
        Text("一", "one"),
    ]


def takes_language(function: Callable[..., Any]) -> bool:
    return "language" in inspect.signature(function).parameters


def public_methods(of: type) -> Iterator[str]:
    for name, method in inspect.getmembers(of, inspect.isfunction):
        if not name.startswith("_") and takes_language(method):
            yield name


def test_a_language_that_there_is_not_is_refused_by_every_public_method_and_leaves_no_file(tmp_path: Path) -> None:
    walked = set()
    for each in made():
        for name in public_methods(type(each)):
            for language in WRONG:
                path = [tmp_path / "out"] if "path" in inspect.signature(getattr(each, name)).parameters else []
                with pytest.raises(ps.UsageError) as error:
                    getattr(each, name)(*path, language=language)
                assert [(one.code, one.field) for one in error.value.findings] == [("no_such_language", "language")]
                assert error.value.findings[0].hint is not None
            walked.add((type(each).__name__, name))
    assert list(tmp_path.iterdir()) == []
    public = {
        (kind.__name__, name)
        for kind in map(ps.__getattr__, ps.__all__[1:])
        if inspect.isclass(kind)
        for name in public_methods(kind)
    }
    assert public <= walked


def test_a_language_that_there_is_not_is_refused_before_a_data_set_is_read(tmp_path: Path) -> None:
    takers = [
        name for name in ps.__all__ if inspect.isfunction(getattr(ps, name)) and takes_language(getattr(ps, name))
    ]
    assert takers == ["score_dataset"]
    with pytest.raises(ps.UsageError, match="'fr'"):
        ps.score_dataset("zone-figures", "no-such.csv", tmp_path / "out.csv", language="fr")  # type: ignore[arg-type]
