"""The notebook on robustness shows what the engine says, with what was assumed on each figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

import parkscore as ps
from tests.notebook_runs import outputs_of, own_page_fetches, run

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "04-robustness.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The notebook as it stands, executed in an empty folder."""
    return run(
        NOTEBOOK,
        tmp_path_factory.mktemp("folder"),
        tmp_path_factory,
        units="units[['rank', 'rank_low', 'rank_high', 'top_10']].to_dict('list')",
        chances="probabilities.data[0].z",
        above="pairs.data[0].z",
        subtitles="[each.layout.title.subtitle.text for each in (intervals, probabilities, pairs)]",
        files="sorted(path.name for path in __import__('pathlib').Path().iterdir())",
    )


def test_it_warns_of_nothing_fetches_nothing_and_leaves_no_file(
    executed: nbformat.NotebookNode, found: dict[str, Any]
) -> None:
    assert [output.text for output in outputs_of(executed) if output.get("name") == "stderr"] == []
    assert own_page_fetches(executed) == []
    assert found["files"] == []


def test_its_figures_are_what_the_engine_finds(found: dict[str, Any]) -> None:
    sample = ps.sample("zone-2021", units=24, years=1, seed=4)
    evaluation = ps.evaluate("zone-2021", sample, weights="zone-2021-equal-within")
    robustness = evaluation.robustness(
        {"multipliers": 0.2}, aggregate={"total": ["geometric"]}, leave_out=["all"], draws=1024
    )
    expected = robustness.units[["rank", "rank_low", "rank_high", "top_10"]].to_dict("list")
    assert found["units"] == {name: pytest.approx(column) for name, column in expected.items()}
    for shown, wanted in ((found["chances"], robustness.rank_probabilities), (found["above"], robustness.above)):
        assert shown == [pytest.approx(line, abs=1e-4) for line in wanted.to_numpy().tolist()]


def test_every_figure_says_that_the_variation_is_assumed_and_the_data_synthetic(found: dict[str, Any]) -> None:
    for subtitle in found["subtitles"]:
        assert "假定" in subtitle
        assert "20%" in subtitle
        assert "合成数据" in subtitle
