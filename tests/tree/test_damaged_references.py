"""A frozen reference that somebody edited, hash included: everything that is wrong in it is told with its path."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import Finding, ParkscoreError, UsageError
from parkscore.framework.models import Choice, ScoreRule
from parkscore.methods import DomainError, scoring
from parkscore.tree.frozen import load_reference
from parkscore.tree.reference_contents import statistics_of
from tests.engine_results import in_pieces
from tests.small_frameworks import field, leaf, rows, small
from tests.tree.test_frozen import hash_of

FRAMEWORK = small(
    leaf("a", treat=Choice.of("winsorise", skew=0.1, kurtosis=0.1)),
    leaf("b", score=ScoreRule.of("zscore"), missing=Choice.of("mean")),
    leaf("c", missing=Choice.of("group_median", by="park")),
    leaf("d", missing=Choice.of("score_group_mean", by="park")),
    fields={"park": field("park", kind="text"), **{name: field(name) for name in "abcd"}},
)
FRAME = rows(
    a=[1.0, 2.0, 4.0, 9.0],
    b=[3.0, 1.0, None, 5.0],
    c=[1.0, None, 2.0, 5.0],
    d=[1.0, 4.0, None, 7.0],
    park=[*"东西东西"],
)
ALL = {"all": {"low": 1.0, "high": 2.0}}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A reference as it was frozen, with weights."""
    file = tmp_path_factory.mktemp("frozen") / "ref.json"
    return ps.evaluate(FRAMEWORK, FRAME, weights="standard_deviation").freeze(file).document


def written(document: Any, file: Path) -> Path:
    """A file of the document with the hash that it has now."""
    file.write_text(json.dumps(document | {"sha256": hash_of(document)}, ensure_ascii=False), "utf-8")
    return file


def edited(document: Any, path: str, value: Any = None) -> Any:
    """A copy with another value at a path of steps between slashes, or without what stands there."""
    whole = copy.deepcopy(document)
    *above, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    part = whole
    for step in above:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return whole


def told(file: Path) -> list[Finding]:
    """What is told of scoring by a reference, the same in memory and in pieces."""
    with pytest.raises(UsageError) as in_memory:
        ps.evaluate(FRAMEWORK, FRAME, reference=file)
    (file.parent / "pieces").mkdir()
    with pytest.raises(UsageError) as piece_by_piece:
        in_pieces(FRAMEWORK, FRAME, file.parent / "pieces", reference=file)
    assert in_memory.value.findings == piece_by_piece.value.findings
    return list(in_memory.value.findings)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("scoring/all/a", 3.5, "should be keys with values"),
        ("scoring/all/a/low", "1", "should be a number with a point, such as 4.0, or 'nan'"),
        ("scoring/all/a/low", 10**400, "should be a number with a point, such as 4.0, or 'nan'"),
        ("scoring/all/a/low", True, "should be a number with a point, such as 4.0, or 'nan'"),
        ("scoring/all/a/high", None, "is missing, and the framework is scored by it"),
        ("scoring/all/a/mean", 2.0, "is no statistic of the scoring rule"),
        ("scoring/all/b", None, "is missing, and the framework is scored by it"),
        ("scoring/all/b", {}, "is missing, and the framework is scored by it"),
        ("extents/all/a", [1.0], "is missing"),
        ("treatments/all/a/kind", "caps of another kind", "is not of the form of a reference"),
        ("fillings", [], "should be keys with values"),
        ("fillings/all", {}, "is missing, and the framework is scored by it"),
        ("fillings/all/b", [], "is missing, and the framework is scored by it"),
        ("fillings/all/c", None, "is missing, and the framework is scored by it"),
        ("fillings/all/c/0/1", [], "should be a number with a point, such as 4.0, or 'nan'"),
        ("filled_scores/all", {}, "is missing, and the framework is scored by it"),
        ("depends_on", "x", "should be keys with values"),
        ("data/rows", 4.5, "should be a whole number"),
        ("data/years", "2024", "should be a list"),
        ("data/notes/0", 3.0, "should be a text"),
        ("absent", None, "is missing"),
        ("more", 1, "is nothing that a reference has"),
        ("weights/scheme/id", None, "is missing"),
        ("weights/made_by", 1.0, "should be a text"),
        ("reference", "2024", "should be all, by the framework and the years"),
    ],
)
def test_what_is_wrong_in_an_edited_reference_is_told_with_its_path(
    path: str, value: Any, said: str, document: dict[str, Any], tmp_path: Path
) -> None:
    whole = document | {"data": document["data"] | {"notes": ["made up"]}}
    findings = told(written(edited(whole, path, value), tmp_path / "ref.json"))
    assert {each.code for each in findings} == {"damaged_reference"}
    assert said in {each.message.en for each in findings}
    assert all(each.field and each.field.startswith(path.replace("/", ".")) and each.hint for each in findings)


def test_all_that_is_wrong_in_an_edited_reference_is_told_at_once(document: dict[str, Any], tmp_path: Path) -> None:
    whole = edited(edited(document, "scoring/all/a/low"), "fillings/all/b")
    findings = told(written(whole, tmp_path / "ref.json"))
    assert [each.field for each in findings] == ["scoring.all.a.low", "fillings.all.b"]


@pytest.mark.parametrize(
    "text",
    [
        *('{"schema": "parkscore-reference/1", "a": NaN}', '{"schema": "parkscore-reference/1", "a": 1e400}'),
        *('{"schema": "parkscore-reference/1", "a": "\\ud800"}', "[" * 100_000),
    ],
)
def test_what_no_reference_can_say_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "ref.json").write_text(text, "utf-8")
    assert [each.code for each in told(tmp_path / "ref.json")] == ["no_reference_file"]


def paths_in(part: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    yield above
    for step, inner in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from paths_in(inner, *above, step)


@given(st.data())
def test_whatever_is_edited_ends_in_findings_or_in_the_same_scores_of_both_engines(
    document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder, whole = tmp_path_factory.mktemp("edited"), copy.deepcopy(document)
    *above, last = data.draw(st.sampled_from([path for path in paths_in(document) if path]))
    part: Any = whole
    for step in above:
        part = part[step]
    if data.draw(st.booleans()):
        del part[last]
    else:
        others = (None, {}, [], "", "nan", "东", True, 0, 3.5, 1e308, 10**30, [[None, 1.0]], [1.0, 2.0], {"a": 1.0})
        part[last] = data.draw(st.sampled_from(others))
    file = written(whole, folder / "ref.json")
    try:
        wanted = ps.evaluate(FRAMEWORK, FRAME, reference=file).scores.set_index("unit")["score"]
    except ParkscoreError:
        return
    (folder / "pieces").mkdir()
    found = in_pieces(FRAMEWORK, FRAME, folder / "pieces", reference=file)[0].set_index("unit")["score"]
    np.testing.assert_array_equal(found[wanted.index], wanted)


@pytest.mark.parametrize("rule", [name for name in scoring if scoring[name].fit is not None])
def test_the_statistics_of_a_rule_are_those_it_takes_from_the_data_and_does_not_state(rule: str) -> None:
    asked: dict[str, Any] = {
        "distance_to_target": {"target": 3.0},
        "distance_to_reference": {"unit": "甲"},
        "middle": {"best": 1.0},
        "interval": {"low": 1.0, "high": 2.0},
    }.get(rule, {})
    supplied = {"units": np.array(["甲", "乙"], dtype=object), "direction": 1}
    fit, names = scoring[rule].fit, statistics_of(ScoreRule.of(rule, **asked))
    assert fit is not None
    for stated in ({}, *({name: 1.5} for name in names), dict.fromkeys(names, 1.5)):
        with contextlib.suppress(DomainError):  # some are stated together, or none of them
            found = fit(np.array([1.0, 2.0]), **supplied, **asked, **stated)
            assert sorted(found) == sorted(statistics_of(ScoreRule.of(rule, **asked, **stated)))


def test_a_reference_as_it_was_frozen_is_read_again(document: dict[str, Any], tmp_path: Path) -> None:
    assert load_reference(written(document, tmp_path / "ref.json")).document == document
