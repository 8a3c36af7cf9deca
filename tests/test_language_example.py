"""The table of points on the page about the framework language is complete, checks clean and scores as printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.loading import read_framework
from parkscore.framework.models import Framework
from tests.small_frameworks import of_code

PAGE = Path(__file__).resolve().parents[1] / "docs" / "framework-language.md"
ORDINARY: dict[str, Any] = {
    "high": 0,
    "own": 0,
    "first": 0,
    "second": 0,
    "research": 0,
    "revenue": 1000,
    "main": 500,
    "debt": 600,
    "assets": 1000,
    "domain": "餐饮",
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Framework:
    block = re.search(r"```yaml\n(id: sme-points-example\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    file = tmp_path_factory.mktemp("page") / "sme-points-example.yaml"
    file.write_text(block.group(1), encoding="utf-8")
    read = read_framework(file)
    assert read.findings == ()
    return read.framework


def evaluated(example: Framework, *units: dict[str, Any], before: float | None = 500) -> ps.Evaluation:
    """Enterprises in 2025, with their main business of 2024."""
    now = [{"企业名称": f"企业{n}", "年份": 2025, **ORDINARY, **unit} for n, unit in enumerate(units)]
    earlier = [{"企业名称": f"企业{n}", "年份": 2024, **ORDINARY, "main": before} for n in range(len(units))]
    return ps.evaluate(example, pd.DataFrame([*now, *earlier]), year=2025)


def points(example: Framework, node: str, *units: dict[str, Any], before: float | None = 500) -> list[float]:
    return evaluated(example, *units, before=before).nodes[node].tolist()


STEPS: dict[str, list[tuple[dict[str, Any], float]]] = {
    "1.1": [
        ({"high": 1, "own": 5}, 20),
        ({"own": 1, "first": 9}, 15),
        ({"first": 1, "second": 9}, 10),
        ({"second": 1}, 5),
        ({}, 0),
    ],
    "1.2": [
        *(({"research": amount}, earned) for amount, earned in ((50, 20), (49.99, 15), (50.01, 20), (30, 15))),
        *(({"research": amount}, earned) for amount, earned in ((29.99, 10), (20, 10), (19.99, 5), (10, 5), (9.99, 0))),
    ],
    "2.1": [
        *(({"main": now}, earned) for now, earned in ((575, 20), (574.9, 15), (550, 15), (549.9, 10), (525, 10))),
        *(({"main": now}, earned) for now, earned in ((524.9, 5), (500, 5), (499.9, 0), (0, 0), (-100, 0))),
    ],
    "2.2": [
        *(({"debt": debt}, earned) for debt, earned in ((549.9, 10), (550, 10), (550.1, 5), (750, 5), (750.1, 0))),
    ],
    "3.1": [({"domain": "战略性新兴产业"}, 10), ({"domain": " 战略性新兴产业 "}, 10), ({"domain": "餐饮"}, 5)],
    "3.2": [
        *(({"main": now}, earned) for now, earned in ((700, 20), (699.9, 15), (600, 15), (599.9, 10), (550, 10))),
        *(({"main": now}, earned) for now, earned in ((549.9, 5), (500, 5), (499.9, 0), (-1, 0))),
    ],
}


@pytest.mark.parametrize("node", STEPS)
def test_every_step_earns_its_points_just_below_at_and_just_above(node: str, example: Framework) -> None:
    units, earned = zip(*STEPS[node], strict=True)
    assert points(example, node, *units) == list(earned)


def test_the_best_enterprise_has_all_hundred_points(example: Framework) -> None:
    best = {"high": 1, "research": 60, "main": 800, "debt": 0, "domain": "战略性新兴产业"}
    evaluation = evaluated(example, best, {})
    assert evaluation.nodes["total"].tolist() == [100, 0 + 0 + 5 + 5 + 5 + 5]
    assert evaluation.nodes[["1", "2", "3"]].iloc[0].tolist() == [40, 30, 30]


@pytest.mark.parametrize(
    ("unit", "gap"),
    [
        ({"revenue": 0}, "1.2"),
        ({"revenue": -5}, "1.2"),
        ({"assets": -1}, "2.2"),
        ({"research": None}, "1.2"),
        ({"high": None, "own": 1}, "1.1"),
        ({"domain": None}, "3.1"),
    ],
)
def test_what_cannot_be_judged_earns_nothing_and_is_a_gap_with_its_reason(
    unit: dict[str, Any], gap: str, example: Framework
) -> None:
    evaluation = evaluated(example, unit, {})
    assert len(evaluation.scores) == 2
    assert np.isnan(evaluation.nodes[gap].iloc[0])
    assert evaluation.states[gap].iloc[0] != "value"
    assert evaluation.coverage["total"].iloc[0] < 1
    assert gap in [finding.field for finding in of_code(evaluation.findings, "no_value")]


def test_another_enterprise_changes_nobodys_points(example: Framework) -> None:
    alone = evaluated(example, {"research": 30}).nodes
    beside = evaluated(example, {"research": 30}, {"research": 900, "main": 1e9}).nodes
    pd.testing.assert_frame_equal(alone, beside.iloc[:1])
