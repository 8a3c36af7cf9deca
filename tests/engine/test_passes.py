"""A dataset scored piece by piece has the results of the same table in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

import parkscore as ps
from parkscore import shipped
from parkscore.engine.suitable import unsuited
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.slots import refuse_unfilled
from parkscore.tree.schemes import plan_weights
from tests.engine_results import assert_same, in_pieces


def admitted() -> list[str]:
    """The shipped frameworks that can be scored in pieces."""
    names = []
    for name in shipped.framework_names():
        framework = ps.load_framework(name)
        try:
            refuse_unfilled(framework)
            plan = plan_weights(framework, None)
        except (FrameworkError, UsageError):
            continue
        if not list(unsuited(framework, plan)):
            names.append(name)
    return names


@pytest.mark.parametrize("name", admitted())
def test_a_shipped_framework_gives_the_same_in_pieces_as_in_memory(name: str, tmp_path: Path) -> None:
    framework = ps.load_framework(name)
    frame = ps.sample(framework, 25)
    found, told = in_pieces(framework, frame, tmp_path, rows=4, threads=2)
    assert_same(ps.evaluate(framework, frame), found, told)
