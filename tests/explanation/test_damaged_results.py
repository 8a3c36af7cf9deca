"""A result file that was damaged or forged is refused with the place, and never ends in a fault of the program."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore.evaluation_rows import document_of
from parkscore.explanation.explained import explanation_of
from parkscore.explanation.from_evaluation import told_of
from parkscore.explanation.stored_form import damaged_at, damaged_column
from tests.small_frameworks import dimension, field, leaf, small

FIELDS = {"a": field("a"), "b": field("b"), "park": field("park", kind="text")}
FRAMEWORK = small(
    dimension("D", leaf("a"), leaf("b")), leaf("c", "a + b"), fields=FIELDS, class_field="park", rank_within=("park",)
)
FRAME = pd.DataFrame({"zone": ["甲", "乙", "丙"], "a": [1.0, 2, 4], "b": [5.0, None, 9], "park": list("东西东")})
Said = dict[str, Any]


@pytest.fixture(scope="module")
def evaluation() -> ps.Evaluation:
    return ps.evaluate(FRAMEWORK, FRAME, weights="equal")


@pytest.fixture
def stored(evaluation: ps.Evaluation, tmp_path: Path) -> Path:
    return evaluation.to_parquet(tmp_path / "result.parquet")


def refusal(path: Path) -> str:
    with pytest.raises(ps.UsageError) as caught:
        ps.explain(path, "甲")
    (finding,) = caught.value.findings
    assert finding.code == "not_a_result"
    assert finding.place is not None
    assert finding.place.file == str(path)
    assert finding.hint is not None
    return finding.message.en


def without(*keys: str) -> Callable[[Said], None]:
    def change(said: Said) -> None:
        for key in keys:
            del said[key]

    return change


def put(value: Any, *path: Any) -> Callable[[Said], None]:
    def change(said: Any) -> None:
        for key in path[:-1]:
            said = said[key]
        said[path[-1]] = value

    return change


DAMAGED: dict[str, tuple[Callable[[Said], None], str]] = {
    "no tree": (without("tree"), "tree"),
    "an empty tree": (put([], "tree"), "tree"),
    "a tree that is no list": (put({}, "tree"), "tree"),
    "a node that is none": (put(3, "tree", 1), "tree[1]"),
    "a node without its name": (lambda said: said["tree"][1].pop("zh"), "tree[1].zh"),
    "a node of an unknown parent": (put("Z", "tree", 1, "parent"), "tree[1].parent"),
    "two roots": (put(None, "tree", 1, "parent"), "tree[1].parent"),
    "a node below itself": (put("D", "tree", 1, "parent"), "tree[1].parent"),
    "two nodes of one id": (put("a", "tree", 3, "id"), "tree[3].id"),
    "an indicator without a rule": (lambda said: said["tree"][2].pop("rule_zh"), "tree[2].rule_zh"),
    "a rule that is a number": (put(1, "tree", 2, "rule_en"), "tree[2].rule_en"),
    "no title": (without("title"), "title"),
    "a title of one language": (put({"zh": "积分"}, "title"), "title.en"),
    "no weights": (without("weight_table"), "weight_table"),
    "a weight that is a text": (put("much", "weight_table", 0, "share"), "weight_table[0].share"),
    "a weight without an id": (lambda said: said["weight_table"][0].pop("id"), "weight_table[0].id"),
    "no references": (without("reference_table"), "reference_table"),
    "a reference without a name": (put(None, "reference_table", 0, "reference"), "reference_table[0].reference"),
    "parameters that are no JSON": (put("{", "reference_table", 0, "parameters"), "reference_table[0].parameters"),
    "parameters of another kind": (put("[1]", "reference_table", 0, "parameters"), "reference_table[0].parameters"),
    "groups of references that are a number": (put(3, "reference_within"), "reference_within"),
    "no means": (without("means"), "means"),
    "a mean that is a text": (put("1", "means", 0, "mean"), "means[0].mean"),
    "a count that is a truth": (put(True, "means", 0, "count"), "means[0].count"),
    "notes that are one text": (put("assumed", "notes"), "notes"),
    "notes of one language only": (put([], "notes_zh"), "notes_zh"),
    "a class without a name": (put({"东": {"zh": "东"}}, "class_labels"), "class_labels.东.en"),
    "no number where one is": (put(float("nan"), "means", 0, "mean"), "means[0].mean"),
}


@pytest.mark.parametrize("which", DAMAGED)
def test_damaged_metadata_are_refused_with_their_place(which: str, stored: Path) -> None:
    change, place = DAMAGED[which]
    table = pq.read_table(stored)
    said = json.loads(pq.read_metadata(stored).metadata[b"parkscore"])
    change(said)
    pq.write_table(table.replace_schema_metadata({"parkscore": json.dumps(said)}), stored)
    assert refusal(stored) == f"{place} of its metadata is missing or damaged"


@pytest.mark.parametrize("said", [b"[" * 100_000, b"3", b'"tree"', b"null", b"\xff\xfe", b"{", b'{"schema": []}'])
def test_metadata_that_are_no_object_of_ours_are_refused(said: bytes, stored: Path) -> None:
    pq.write_table(pq.read_table(stored).replace_schema_metadata({b"parkscore": said}), stored)
    assert refusal(stored) == "is no result of `parkscore score`"


@pytest.mark.parametrize("column", ["unit", "status", "score", "a", "D", "value:a", "state:c", "class", "park"])
def test_a_result_without_one_of_its_columns_is_refused(column: str, stored: Path) -> None:
    pq.write_table(pq.read_table(stored).drop_columns([column]), stored)
    assert refusal(stored) == f"the column {column} is missing or damaged"


@pytest.mark.parametrize(
    ("column", "value"),
    [("unit", 1), ("score", "high"), ("a", "1"), ("rank", 1.5), ("status", 3), ("value:a", b"1"), ("class", 2)],
)
def test_a_column_of_another_kind_is_refused(column: str, value: Any, stored: Path) -> None:
    table = pq.read_table(stored)
    place = table.schema.names.index(column)
    pq.write_table(table.set_column(place, column, pa.array([value] * len(table))), stored)
    assert refusal(stored) == f"the column {column} is missing or damaged"


def places(said: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of everything in a document; of a list the first two entries."""
    if path:
        yield path
    inside = said.items() if isinstance(said, dict) else enumerate(said[:2]) if isinstance(said, list) else ()
    for key, value in inside:
        yield from places(value, (*path, key))


def test_whatever_stands_in_the_wrong_place_is_refused_or_explained(evaluation: ps.Evaluation) -> None:
    sound, (row, years) = json.loads(json.dumps(document_of(evaluation))), told_of(evaluation, "甲", None)[:2]
    assert damaged_at(sound) is None
    assert damaged_column(sound, row) is None
    refused = 0
    for place in places(sound):
        for other in (None, 7, "x", [], {}):
            said = copy.deepcopy(sound)
            put(other, *place)(said)
            if damaged_at(said) is not None or damaged_column(said, row) is not None:
                refused += 1
            else:
                json.dumps(explanation_of(said, row, years).as_dict("en"))
    assert refused > 100


def test_a_folder_is_no_result(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "is a folder"


def test_a_name_that_is_too_long_is_no_result(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 300)) == "File name too long"
