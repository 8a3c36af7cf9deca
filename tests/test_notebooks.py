"""The notebooks run as they stand, hold no output, and their tables say what the engine says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import parkscore as ps
from tests.notebook_runs import answers, ask, code_cells, execute, outputs_of, own_page_fetches, read, run

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ANNUAL_RANKING = ROOT / "notebooks" / "01-annual-ranking.ipynb"

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The first notebook, executed beside itself, with its main variables printed at the end."""
    return run(
        ANNUAL_RANKING,
        ANNUAL_RANKING.parent,
        tmp_path_factory,
        ranks="ranks.to_dict()",
        shifts="comparison['最大变动'].to_dict()",
        agreement="agreement.to_dict()",
        weights="indicator_weights.to_dict()",
        statuses="{name: evaluation.weights_status for name, evaluation in evaluations.items()}",
        notes="[note.zh for note in evaluations['组合'].notes]",
        mistakes="[[finding.code, finding.field] for finding in mistakes_found]",
        lines="{line.name: list(line.y) for line in rank_flow.data}",
        subtitle="rank_flow.layout.title.subtitle.text",
        moved_unit="moved_unit",
        lead="lead_over_mean.sum().to_dict()",
    )


# --- as stored -----------------------------------------------------------------------------------------------------


@every_notebook
def test_a_notebook_is_stored_without_outputs_and_counts(path: Path) -> None:
    for cell in code_cells(read(path)):
        assert (cell.id, cell.outputs, cell.execution_count) == (cell.id, [], None)


@every_notebook
def test_a_notebook_is_valid_and_names_its_cells_and_kernel(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len(set(ids)) == len(ids)
    # A name given by a person, not a random one, so that differences can be read.
    assert [cell_id for cell_id in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell_id)] == []


@every_notebook
def test_a_notebook_says_in_both_languages_that_its_data_are_synthetic(path: Path) -> None:
    opening = read(path).cells[0].source
    assert "合成" in opening
    assert "**Abstract.**" in opening
    assert "synthetic" in opening


# --- executed ------------------------------------------------------------------------------------------------------


def test_the_annual_ranking_warns_of_nothing(executed: nbformat.NotebookNode) -> None:
    assert [output.text for output in outputs_of(executed) if output.get("name") == "stderr"] == []


def test_the_figure_brings_its_program_along_and_fetches_nothing(executed: nbformat.NotebookNode) -> None:
    assert own_page_fetches(executed) == []


def test_every_scheme_ranks_all_178_zones(found: dict[str, Any]) -> None:
    assert list(found["ranks"]) == ["公布·等权", "组合", "熵权"]
    for ranks in found["ranks"].values():
        assert sorted(ranks.values()) == list(range(1, 179))


@pytest.mark.parametrize(
    ("column", "weights"), [("公布·等权", "zone-2021-equal-within"), ("熵权", "entropy")], ids=["published", "entropy"]
)
def test_the_ranks_are_those_of_the_engine(column: str, weights: str, found: dict[str, Any]) -> None:
    table = ROOT / "examples" / "zones-synthetic.csv"
    ranking = ps.evaluate("zone-2021", table, weights=weights, year=2024).ranking
    assert found["ranks"][column] == dict(zip(ranking["unit"], ranking["rank"].astype(int), strict=True))


def test_the_published_weights_are_spread_equally_by_hand(found: dict[str, Any]) -> None:
    dimensions = {"1": (0.20, 10), "2": (0.20, 10), "3": (0.15, 9), "4": (0.15, 7), "5": (0.30, 10)}
    by_hand = {
        f"{dimension}.{number}": weight / count
        for dimension, (weight, count) in dimensions.items()
        for number in range(1, count + 1)
    }
    assert found["weights"]["公布·等权"] == pytest.approx(by_hand, abs=1e-12)


def test_the_combination_is_half_of_each_scheme(found: dict[str, Any]) -> None:
    weights = pd.DataFrame(found["weights"])
    np.testing.assert_allclose(weights["组合"], (weights["公布·等权"] + weights["熵权"]) / 2, atol=1e-12)


def test_the_agreement_is_scipys_and_the_combination_stands_between_its_parts(found: dict[str, Any]) -> None:
    ranks = pd.DataFrame(found["ranks"])
    agreement = pd.DataFrame(found["agreement"])
    for pair, row in agreement.iterrows():
        one, other = (ranks[name] for name in str(pair).split(" / "))
        assert row["Spearman ρ"] == pytest.approx(stats.spearmanr(one, other).statistic)
        assert row["Kendall τ"] == pytest.approx(stats.kendalltau(one, other).statistic)
    assert (agreement.loc["公布·等权 / 熵权"] < agreement.drop("公布·等权 / 熵权").min()).all()


def test_the_biggest_shift_is_the_distance_of_best_and_worst_rank(found: dict[str, Any]) -> None:
    ranks = pd.DataFrame(found["ranks"])
    shifts = pd.Series(found["shifts"])
    assert shifts.to_dict() == {unit: max(row) - min(row) for unit, *row in ranks.itertuples()}
    assert found["moved_unit"] == shifts.idxmax()


def test_the_figure_shows_every_zone_that_reaches_the_top_20(found: dict[str, Any]) -> None:
    ranks = pd.DataFrame(found["ranks"])
    top = ranks[(ranks <= 20).any(axis=1)]
    assert found["lines"] == {unit: [int(rank) for rank in row] for unit, *row in top.itertuples()}


def test_the_reasons_add_up_to_the_lead_in_score(found: dict[str, Any]) -> None:
    table = ROOT / "examples" / "zones-synthetic.csv"
    scores = ps.evaluate("zone-2021", table, weights="entropy", year=2024).ranking.set_index("unit")["score"]
    assert found["lead"]["熵权"] == pytest.approx(scores[found["moved_unit"]] - scores.mean())


def test_assumed_weights_and_synthetic_data_are_said(found: dict[str, Any]) -> None:
    assert found["statuses"] == {"公布·等权": "assumed", "组合": "assumed", "熵权": "computed"}
    assert any("权重为假定" in note for note in found["notes"])
    assert any("合成数据" in note for note in found["notes"])
    assert found["subtitle"] == "；".join(found["notes"])


def test_a_revenue_written_with_a_digit_too_many_is_found(found: dict[str, Any]) -> None:
    assert ["magnitude_jump", "qc05_0"] in found["mistakes"]


def test_it_runs_from_the_top_folder_on_a_workbook_of_ones_own(tmp_path: Path) -> None:
    own = ps.sample(ps.load_framework("zone-2021"), units=30, years=2, seed=7)
    own.to_excel(tmp_path / "own.xlsx", index=False)
    notebook = read(ANNUAL_RANKING)
    first = code_cells(notebook)[0]
    swapped = re.sub(r"(?m)^data = .*$", f"data = {str(tmp_path / 'own.xlsx')!r}", first.source)
    first.source = re.sub(r"(?m)^year = .*$", "year = 2023", swapped)

    executed = execute(ask(notebook, units="sorted(all_ranks.index)", year="year"), ROOT, tmp_path)

    assert answers(executed) == {"units": sorted(own["高新区"].unique()), "year": 2023}
