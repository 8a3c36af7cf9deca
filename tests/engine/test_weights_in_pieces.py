"""Weights that methods compute are those of memory to the last bit, whatever the pieces and their order."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.engine import gathering_weights
from parkscore.findings import DataError
from parkscore.framework.models import Choice, Framework, Requirement
from parkscore.methods import weighting
from parkscore.tree.frozen import load_reference
from tests.engine.test_one_result import assert_same_file, both
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import dimension, field, leaf, small

FIELDS = {name: field(name) for name in "abc"} | {
    "kind": field("kind", kind="text"),
    "park": field("park", kind="text"),
}
TO_HUNDRED = {"rule": "minmax", "to": [1, 100]}
FRAME = pd.DataFrame({
    "zone": [f"z{number:02d}" for number in range(30)],
    "year": [2023, 2024] * 15,
    "kind": ["大", "小", "大"] * 10,
    "park": ["东"] * 15 + ["西"] * 15,
    "a": [float(number * number % 17) for number in range(30)],
    "b": [None if number % 9 == 4 else number / 7 for number in range(30)],
    "c": [float(number * 7 % 11) for number in range(30)],
})  # fmt: skip
COMPUTED = [name for name in weighting if name not in ("equal", "ahp", "best_worst", "rank_order")]


SCHEME = """
id: mine
framework: small
title: {zh: 组合, en: mixed}
status: assumed
combine: [{share: 0.7, method: critic}, {share: 0.3, method: equal}]
"""
BY_CLASS = """
id: mine
framework: small
title: {zh: 分类, en: by class}
status: assumed
weights: {d: 60, c: 40}
inside: {d: entropy}
classes:
  大: {weights: {d: 30, c: 70}}
"""


def asking(weights: str | None = None, **said: Any) -> Framework:
    def scored(code: str, **more: Any) -> Any:
        return leaf(code, score=TO_HUNDRED, **more)

    top = dimension("d", scored("a", missing=Choice.of("mean")), scored("b", missing=Choice.of("mean")))
    defaults = {} if weights is None else {"defaults": {"weights": weights}}
    return small(top, scored("c"), fields=FIELDS, time="year", **defaults, **said)


@pytest.mark.parametrize("method", COMPUTED)
def test_every_method_gives_the_bits_of_memory_in_any_order(method: str, tmp_path: Path) -> None:
    framework = asking("equal")
    evaluation = ps.evaluate(framework, FRAME, weights=method, year=2024)
    found, told = in_pieces(framework, FRAME.iloc[::-1].reset_index(drop=True), tmp_path, weights=method, year=2024)
    for shares, wanted in zip(told.weighing.shares, evaluation.weighing.shares, strict=True):
        assert {node: own.tolist() for node, own in shares.items()} == {
            node: own.tolist() for node, own in wanted.items()
        }
    assert_same(evaluation, found, told)


SAID: dict[str, dict[str, Any]] = {
    "dimension by dimension": {"weights": "entropy"},
    "one reference for all years": {"weights": "critic", "reference": "panel"},
    "the reference of one year": {"weights": "critic", "reference": 2023},
    "references of groups": {"weights": "standard_deviation", "reference_within": ("park",)},
    "years looked back at": {
        "weights": "standard_deviation",
        "gates": (Requirement.model_validate({"id": "g", "zh": "门", "en": "g", "require": "total > 上年(total)"}),),
    },
}


@pytest.mark.parametrize("which", SAID)
def test_weights_of_any_reference_are_those_of_memory(which: str, tmp_path: Path) -> None:
    framework = asking(**SAID[which])
    found, told = in_pieces(framework, FRAME, tmp_path, rows=4)
    assert_same(ps.evaluate(framework, FRAME), found, told)


LEFT = FRAME.assign(park=["北" if number % 6 == 2 else park for number, park in enumerate(FRAME["park"])])
LEFT.loc[LEFT["park"] == "北", "year"] = 2023
"""Nobody of 北 is there in 2024."""
OF_GROUPS: dict[str, dict[str, Any]] = {
    "one set of weights": {"framework": {"weights": "critic"}},
    "by class": {"framework": {"weights": "critic", "class_field": "kind"}, "weights": BY_CLASS},
}


@pytest.mark.parametrize("reference", ["panel", 2023])
@pytest.mark.parametrize("which", OF_GROUPS)
def test_weights_are_those_of_all_groups_of_a_reference_whichever_of_them_a_year_has(
    which: str, reference: Any, tmp_path: Path
) -> None:
    framework = asking(reference=reference, reference_within=("park",), **OF_GROUPS[which]["framework"])
    (tmp_path / "mine.yaml").write_text(OF_GROUPS[which].get("weights", ""), "utf-8")
    weights = tmp_path / "mine.yaml" if "weights" in OF_GROUPS[which] else None
    year = ps.evaluate(framework, LEFT, year=2024, weights=weights)
    found = year.scores.set_index("unit")["score"]
    among_all = ps.evaluate(framework, LEFT, weights=weights).scores.query("year == 2024").set_index("unit")["score"]
    np.testing.assert_array_equal(found, among_all.loc[found.index])
    (tmp_path / "data").mkdir()
    in_order, told = in_pieces(framework, LEFT, tmp_path / "data", rows=4, year=2024, weights=weights)
    assert_same(year, in_order, told)


@pytest.mark.parametrize("reference", ["panel", 2023])
def test_a_group_that_the_year_lacks_is_in_the_frozen_reference_of_all_groups(reference: Any, tmp_path: Path) -> None:
    framework = asking("standard_deviation", reference=reference, reference_within=("park",))
    (tmp_path / "data").mkdir()
    in_pieces(framework, LEFT.fillna(1.0), tmp_path / "data", rows=4, year=2024, freeze=tmp_path / "pieces.json")
    year = ps.evaluate(framework, tmp_path / "data" / "data.parquet", year=2024)
    year.freeze(tmp_path / "whole.json")
    assert (tmp_path / "whole.json").read_bytes() == (tmp_path / "pieces.json").read_bytes()
    later = LEFT.assign(year=2025)
    assert set(ps.evaluate(framework, later, reference=tmp_path / "whole.json").scores["status"]) == {"ranked"}


@pytest.mark.parametrize("name", ["zone-2021-entropy-within", "zone-2021-game-theory", "zone-2021-policy-shrinkage"])
def test_shipped_schemes_that_name_methods_give_the_file_of_memory(name: str, tmp_path: Path) -> None:
    framework = ps.load_framework("zone-2021")
    assert_same_file(*both(framework, ps.sample(framework, 9, seed=3), tmp_path, ".parquet", weights=name))


@pytest.mark.parametrize("text", [SCHEME, BY_CLASS])
def test_schemes_that_mix_methods_or_differ_by_class_give_the_file_of_memory(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    framework = asking("equal", class_field="kind")
    assert_same_file(*both(framework, FRAME, tmp_path, ".parquet", weights=path))


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(1, 9), st.randoms(use_true_random=False))
def test_no_split_and_no_order_changes_a_bit(size: int, random: Any) -> None:
    framework, found = asking("critic", reference="panel"), []
    for order in (range(30), random.sample(range(30), 30)):
        with TemporaryDirectory() as folder:
            frame = FRAME.iloc[list(order)].reset_index(drop=True)
            result, told = in_pieces(framework, frame, Path(folder), rows=size, weights="pca")
        found.append((result.sort_values(["unit", "year"]).reset_index(drop=True), told.weighing.shares[0]))
    pd.testing.assert_frame_equal(found[0][0], found[1][0], check_exact=True)
    assert all(np.array_equal(own, found[1][1][node]) for node, own in found[0][1].items())


def test_computed_weights_are_frozen_with_the_reference_as_in_memory(tmp_path: Path) -> None:
    framework = asking("equal")
    evaluation = ps.evaluate(framework, FRAME, year=2024, weights="critic")
    evaluation.freeze(tmp_path / "memory.json")
    FRAME.to_parquet(tmp_path / "data.parquet")
    asked = {"year": 2024, "weights": "critic", "freeze": tmp_path / "pieces.json"}
    ps.score_dataset(framework, tmp_path / "data.parquet", tmp_path / "out.parquet", **asked)
    references = [load_reference(tmp_path / name) for name in ("memory.json", "pieces.json")]
    weights = [None if each.scheme is None else each.scheme.weights for each in references]
    assert weights[0] is not None
    assert weights[0] == weights[1]


def test_scores_that_a_method_cannot_take_are_refused_with_the_units(tmp_path: Path) -> None:
    framework = small(leaf("a", score={"rule": "as_is"}), leaf("c", score={"rule": "as_is"}), fields=FIELDS)
    frame = FRAME.assign(a=[-1.0, *FRAME["a"][1:]]).drop(columns="year")
    with pytest.raises(DataError) as caught:
        in_pieces(framework, frame, tmp_path, rows=4, weights="entropy")
    assert [each.code for each in caught.value.findings if each.severity == "error"] == ["domain"]
    assert "z00" in str(caught.value)


def test_more_rows_than_memory_is_meant_for_are_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering_weights, "MOST_BYTES", 8 * 3 * 10)
    with pytest.raises(DataError, match="parkscore weigh") as caught:
        in_pieces(asking("equal"), FRAME, tmp_path, rows=4, weights="entropy")
    assert [each.code for each in caught.value.findings if each.severity == "error"] == ["too_many_to_weigh"]
