"""The page on the framework language names every key there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parkscore.framework import models
from parkscore.framework.formula import FUNCTIONS

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "framework-language.md").read_text(encoding="utf-8")
MODELS = [
    models.Framework,
    models.UnitKey,
    models.DataField,
    models.Addend,
    models.Members,
    models.Node,
    models.Case,
    models.Rounding,
    models.Slot,
    models.Total,
    models.Defaults,
    models.ConstantTable,
    models.Rule,
    models.Jump,
    models.Expected,
    models.Outlier,
    models.Accepted,
    models.UnitClass,
    models.Requirement,
    models.AtLeast,
    models.Way,
    models.Relaxation,
    models.RankedList,
    models.GradeScale,
    models.Grade,
    models.Line,
    models.Override,
    models.Target,
    models.TargetStart,
    models.Screen,
    models.Ranking,
    models.Effective,
    models.RobustnessSpec,
    models.WeightScheme,
    models.CombinedPart,
    models.ClassWeights,
    models.Policy,
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_the_language_is_on_its_page(model: type[models.Model]) -> None:
    keys = {info.alias or name for name, info in model.model_fields.items()}
    named = set(re.findall(r"[a-z_]+", PAGE))
    assert keys - named == set()


def test_every_function_is_on_the_page() -> None:
    assert set(FUNCTIONS) - set(re.findall(r"[a-z_]+", PAGE)) == set()
    assert {function.zh for function in FUNCTIONS.values()} - set(re.findall(r"\w+", PAGE)) == set()
