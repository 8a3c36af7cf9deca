"""Texts by number, and texts that are so only once somebody asks."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from parkscore.data.coded_texts import CellColumns, CodedTexts, PlainTexts


def names() -> PlainTexts:
    return PlainTexts(pa.array(["乙", None, "甲", "乙"]))


def test_no_objects_are_made_to_tell_whether_there_is_a_column() -> None:
    texts = names()
    columns = CellColumns({"name": texts, "a": np.array([1.0])})
    assert "name" in columns
    assert "zone" not in columns
    assert list(columns) == ["name", "a"]
    assert "values" not in vars(texts)
    assert columns["name"] is columns["name"]


@pytest.mark.parametrize("odd", [None, float("nan"), pd.NA, pd.NaT, 1, True], ids=repr)
def test_what_is_no_text_has_no_number(odd: object) -> None:
    coded = CodedTexts.of(["甲", odd, "乙", odd, "甲"])
    assert coded.codes.tolist() == [0, -1, 1, -1, 0]
    assert coded.texts.tolist() == ["甲", "乙"]
    assert coded.in_arrow.to_pylist() == ["甲", None, "乙", None, "甲"]


def test_texts_one_by_one_are_joined_and_put_away_as_those_by_number_are() -> None:
    both = PlainTexts.together([names(), CodedTexts.of(["丙", "甲"])])
    assert both.values.tolist() == ["乙", None, "甲", "乙", "丙", "甲"]
    assert PlainTexts.of(["a", "b"]).codes.tolist() == [0, 1]
    again = copy.deepcopy(CellColumns({"name": names()}))
    assert again["name"].tolist() == names().values.tolist()
