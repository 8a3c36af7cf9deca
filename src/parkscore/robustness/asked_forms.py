"""What is asked for in Python as plain numbers and lists, and held to the form of a file that asks for the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.findings import UsageError, of_type
from parkscore.framework.base_models import Model
from parkscore.framework.building import build
from parkscore.framework.document import Document
from parkscore.framework.models import Choice, WeightScheme
from parkscore.framework.robustness_models import RobustnessSpec
from parkscore.language import Text

_NAMES: Final = ("leave_out", "imputation", "outputs", "units")

MADE: Final = (os.PathLike, WeightScheme, Choice)
"""What a weight scheme may be in Python, beside its name."""


def plainly(stated: Mapping[str, Any], form: type[Model] = RobustnessSpec) -> dict[str, Any]:
    """What is stated, with Python's own numbers and lists in place of NumPy's, and one name as a list of one.

    Weight schemes, methods and tables that were made in Python stay what they are. form: of the file.

    >>> plainly({"draws": np.int64(8), "leave_out": "1.1", "noise": {"all": "5%"}})
    {'draws': 8, 'leave_out': ['1.1'], 'noise': {'all': '5%'}}

    Raises UsageError with everything whose form a file would be refused for.
    """
    refuse_sets(stated)
    said = {key: _plain(each) for key, each in stated.items()}
    for key in _NAMES:
        if isinstance(said.get(key), str):
            said[key] = [said[key]]
    built = build(Document({key: _in_a_file(each, key) for key, each in said.items()}, "", {}), form)
    if built.findings:
        raise UsageError([replace(finding, place=None) for finding in built.findings])
    return said


def refuse_sets(stated: Mapping[str, Any]) -> None:
    """Raise UsageError where a set is stated: in what order Python gives its names differs from run to run."""
    hint = Text("集合没有次序，给列表", "a set has no order, which the draws follow from: give a list")
    wrong = [of_type(key, said, hint) for key, said in _sets(stated)]
    if wrong:
        raise UsageError(wrong)


def _sets(stated: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Every set, and the key that it is stated under."""
    for key, said in stated.items():
        if isinstance(said, Mapping):
            yield from _sets(said)
        elif isinstance(said, set | frozenset):
            yield str(key), said


def listed_schemes(said: Any) -> list[Any]:
    """Schemes or weighting methods, by name, by file or as made in Python; one by itself as a list of one.

    Raises UsageError where it is neither.
    """
    said = as_python(said)
    if isinstance(said, (str, *MADE)):
        return [said]
    if not isinstance(said, list | tuple):
        hint = Text(
            '给权重方案或方法的列表，如 ["equal", "entropy"]',
            'give a list of schemes or methods, such as ["equal", "entropy"]',
        )
        raise UsageError(of_type("schemes", said, hint))
    return list(said)


def as_python(said: Any) -> Any:
    """The number, or the list, that NumPy or pandas has made; anything else as it is."""
    return said.tolist() if isinstance(said, np.generic | np.ndarray | pd.Index | pd.Series) else said


def _plain(said: Any) -> Any:
    said = as_python(said)
    if isinstance(said, Mapping):
        return {key: each if key == "table" else _plain(each) for key, each in said.items()}
    return list(map(_plain, said)) if isinstance(said, list | tuple) else said


def _in_a_file(said: Any, key: Any) -> Any:
    """As a file has it, which names what Python has made."""
    if isinstance(said, Choice):
        return said.name
    if isinstance(said, WeightScheme):
        return said.id
    if isinstance(said, Path) or (key == "table" and not (said is None or isinstance(said, str))):
        return "made"
    if isinstance(said, Mapping):
        return {inner: _in_a_file(each, inner) for inner, each in said.items()}
    return tuple(_in_a_file(each, None) for each in said) if isinstance(said, list) else said
