"""Zones, their sub-parks and what enterprises contribute are scored by a reference that was frozen before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import UsageError
from parkscore.framework.models import Framework
from tests.members.test_from_returns import FILED, GREEN, RETURNS, ZONES
from tests.small_frameworks import codes


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> Framework:
    folder = tmp_path_factory.mktemp("zones")
    (folder / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    (folder / "zones.yaml").write_text(ZONES, encoding="utf-8")
    return ps.load_framework(folder / "zones.yaml")


LATER = FILED.assign(revenue=FILED["revenue"] * [1, 1, 1, 1, 1, 3, 2, 1, 1])


@pytest.mark.parametrize("weights", [None, "entropy"])
def test_the_same_returns_come_to_the_same_by_their_own_reference(
    zones: Framework, weights: str | None, tmp_path: Path
) -> None:
    members = ps.from_returns(zones, FILED, zones=GREEN)
    evaluation = members.evaluate(weights)
    evaluation.freeze(tmp_path / "ref.json")
    again = ps.from_returns(zones, FILED, zones=GREEN, reference=tmp_path / "ref.json")
    by_reference = again.evaluate()
    nodes: Any = ["score", *(node.id for node in zones.walk())]
    pd.testing.assert_frame_equal(by_reference.scores[nodes], evaluation.scores[nodes], check_exact=True)
    for one, other in (
        (again.evaluate_parts(by_reference), members.evaluate_parts(evaluation)),
        (again.contributions(by_reference).frame(), members.contributions(evaluation).frame()),
        (again.what_if(by_reference, drop=["e"]).ranking, members.what_if(evaluation, drop=["e"]).ranking),
    ):
        assert len(one)
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_later_returns_are_scored_as_their_summed_table_is_by_that_reference(zones: Framework, tmp_path: Path) -> None:
    frozen = ps.from_returns(zones, FILED, zones=GREEN).evaluate().freeze(tmp_path / "ref.json")
    members = ps.from_returns(zones, LATER, zones=GREEN, reference=frozen)
    evaluation = members.evaluate()
    by_table = ps.evaluate(zones, members.table.rename(columns={"unit": "unit_name"}), year=2024, reference=frozen)
    assert evaluation.about["reference_sha256"] == frozen.sha256
    np.testing.assert_array_equal(evaluation.scores["score"], by_table.scores["score"])
    contributed = members.contributions(evaluation).frame()
    without = ps.from_returns(zones, LATER[LATER["id"] != "e"], zones=GREEN, year=2024, reference=frozen).evaluate()
    of_zone = [each.scores.set_index("unit").loc["西", "score"] for each in (evaluation, without)]
    own = contributed.query("enterprise == 'e'").iloc[0]
    assert own["score"] == pytest.approx(of_zone[0] - of_zone[1], abs=1e-12)


def test_a_reference_of_another_framework_is_refused_before_returns_are_read(zones: Framework, tmp_path: Path) -> None:
    other = ps.load_framework("zone-figures")
    ps.evaluate(other, ps.sample(other, 5), weights="equal", year=2024).freeze(tmp_path / "ref.json")
    with pytest.raises(UsageError) as caught:
        ps.from_returns(zones, tmp_path / "nothing.parquet", reference=tmp_path / "ref.json")
    assert codes(caught.value.findings) == ["other_framework"]
