"""The notebook on weight scenarios shows what the engine says and saves what its sliders say."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

import parkscore as ps
from tests.notebook_runs import answers, ask, execute, outputs_of, own_page_fetches, read, run

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "03-weight-scenarios.ipynb"
DATA = ROOT / "examples" / "zones-synthetic.csv"
BASE = "zone-2021-equal-within"
SCHEMES = {
    "等权 equal": BASE,
    "层次分析 AHP": "zone-2021-ahp-example",
    "熵权 entropy": "zone-2021-entropy-within",
    "博弈 game theory": "zone-2021-game-theory",
    "政策 policy": "zone-2021-policy-shrinkage",
}
BAD_NAMES = ["", "   ", "../elsewhere", "a/b", "a\\b", "-a", ".hidden", "_a", "a:b", "a\nb", "<b>", "长" * 61]
PLAIN_NAMES = ["重创新 A-1", "no", "2024", "1e3", "null", "长" * 60]

# What a person does with the sliders and the button, in a cell before the one that scores the saved file.
STEPS = """
def press(chosen):
    name.value = chosen
    save_button.click()
    return message.value


for slider in sliders.values():
    slider.value = 0
board_of_zeros = board.value
saving_zeros = press("zeros")
reset()
board_at_base = board.value
refusals = [press(bad) for bad in BAD_NAMES]
written_by_refusals = sorted(path.name for path in Path().glob("*.yaml"))
acceptances = [press(plain) for plain in PLAIN_NAMES]
sliders["1"].value = 70
sliders["3"].value = 0
already_there = press("no")
left_alone = Path("no.yaml").read_text(encoding="utf-8")
overwrite.value = True
overwritten = press("no")
ranks_live = compare().ranks[SCENARIO].droplevel("year").astype(int).to_dict()
board_live = board.value
shares_live = {dimension: label.value for dimension, label in share_labels.items()}
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The notebook as it stands, executed in an empty folder."""
    return run(
        NOTEBOOK,
        tmp_path_factory.mktemp("folder"),
        tmp_path_factory,
        ranks="ranks.to_dict()",
        agreement="scenarios.agreement.drop(columns='flag').to_dict('list')",
        overlap="overlap.to_dict('list')",
        movers="movers.to_dict('list')",
        lines="{line.name: list(line.y) for line in rank_flow.data}",
        subtitle="rank_flow.layout.title.subtitle.text",
        moved="ranks_moved.astype(int).to_dict()",
        shares="shares_moved",
        files="sorted(path.name for path in Path().iterdir())",
    )


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook of one's own, in which the notebook is executed for `used`."""
    folder = tmp_path_factory.mktemp("own folder")
    ps.sample(ps.load_framework("zone-2021"), units=30, years=2, seed=7).to_excel(folder / "own.xlsx", index=False)
    return folder


@pytest.fixture(scope="module")
def used(own_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of the notebook on data of one's own, its sliders moved and its button pressed."""
    notebook = read(NOTEBOOK)
    cells = {cell.id: cell for cell in notebook.cells}
    swapped = re.sub(r"(?m)^data = .*$", "data = 'own.xlsx'", cells["prepare"].source)
    cells["prepare"].source = re.sub(r"(?m)^year = .*$", "year = 2023", swapped)
    names = f"BAD_NAMES, PLAIN_NAMES = {BAD_NAMES!r}, {PLAIN_NAMES!r}\n"
    position = notebook.cells.index(cells["score-text"])
    notebook.cells.insert(position, nbformat.v4.new_code_cell(names + STEPS))
    plain = (
        "board_of_zeros saving_zeros board_at_base refusals written_by_refusals acceptances already_there left_alone"
        " overwritten ranks_live board_live shares_live"
    )
    ask(
        notebook,
        **{name: name for name in plain.split()},
        scored="from_file['rank'].to_dict()",
        scored_file="str(scheme_file)",
    )
    return answers(execute(notebook, own_folder, tmp_path_factory.mktemp("home")))


# --- as it stands --------------------------------------------------------------------------------------------------


def test_it_warns_of_nothing_and_leaves_no_file(executed: nbformat.NotebookNode, found: dict[str, Any]) -> None:
    assert [output.text for output in outputs_of(executed) if output.get("name") == "stderr"] == []
    assert found["files"] == []


def test_the_figure_brings_its_program_along_and_fetches_nothing(executed: nbformat.NotebookNode) -> None:
    assert own_page_fetches(executed) == []


def test_agreement_and_overlap_are_those_of_scenarios(found: dict[str, Any]) -> None:
    compared = ps.scenarios("zone-2021", DATA, SCHEMES, year=2024, top=10)
    expected = compared.agreement.drop(columns="flag").to_dict("list")
    assert found["agreement"] == {name: pytest.approx(column, abs=1e-12) for name, column in expected.items()}
    overlap = compared.overlap(10).map(lambda entry: list(entry) if isinstance(entry, tuple) else entry)
    assert found["overlap"] == overlap.to_dict("list")
    assert found["movers"]["unit"] == compared.movers(3)["unit"].tolist()


@pytest.mark.parametrize("name", SCHEMES)
def test_the_figure_shows_the_ranks_of_the_engine(name: str, found: dict[str, Any]) -> None:
    ranking = ps.evaluate("zone-2021", DATA, weights=SCHEMES[name], year=2024).ranking.set_index("unit")["rank"]
    assert found["ranks"][name] == ranking.astype(int).to_dict()
    position = list(SCHEMES).index(name)
    shown = {unit: places[position] for unit, places in found["lines"].items()}
    assert shown == {unit: int(ranking[unit]) for unit in found["lines"]}
    assert set(ranking.index[ranking <= 10]) <= set(shown)


def test_statuses_and_synthetic_data_are_said_on_the_figure(found: dict[str, Any]) -> None:
    assert "等权 equal assumed" in found["subtitle"]
    assert "熵权 entropy computed" in found["subtitle"]
    assert "合成数据" in found["subtitle"]


def test_without_a_frontend_the_widgets_are_stored_as_they_stand(executed: nbformat.NotebookNode) -> None:
    states = executed.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    models = [(each["model_name"], each["state"]) for each in states]
    sliders = [state for model, state in models if model == "IntSliderModel"]
    assert [(each["description"][:2], each["value"]) for each in sliders] == [
        ("1 ", 20),
        ("2 ", 20),
        ("3 ", 15),
        ("4 ", 15),
        ("5 ", 30),
    ]
    assert any("<table" in state["value"] for model, state in models if model == "HTMLModel")


def test_moved_sliders_rank_as_weights_of_ten_to_fifty_worked_out_by_hand(found: dict[str, Any]) -> None:
    weights = dict(zip("12345", (10, 20, 30, 40, 50), strict=True))
    ranking = ps.evaluate("zone-2021", DATA, weights=ps.reweigh("zone-2021", BASE, weights), year=2024).ranking
    assert found["moved"] == dict(zip(ranking["unit"], ranking["rank"].astype(int), strict=True))
    assert found["shares"] == {"1": "% → 6.7%", "2": "% → 13.3%", "3": "% → 20.0%", "4": "% → 26.7%", "5": "% → 33.3%"}


# --- used, on data of one's own ------------------------------------------------------------------------------------


def test_sliders_all_at_zero_are_refused_in_both_languages_and_not_saved(
    used: dict[str, Any], own_folder: Path
) -> None:
    for said in (used["board_of_zeros"], used["saving_zeros"]):
        assert "之和为 0" in said
        assert "sum to zero" in said
    assert "<table" not in used["board_of_zeros"]
    assert not (own_folder / "zeros.yaml").exists()


def test_a_bad_name_is_answered_in_both_languages_and_writes_nothing(used: dict[str, Any]) -> None:
    for answer in used["refusals"]:
        assert "名称要有" in answer
        assert "A name has" in answer
    assert len(used["refusals"]) == len(BAD_NAMES)
    assert used["written_by_refusals"] == []


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_a_scenario_is_saved_under_its_name(name: str, used: dict[str, Any], own_folder: Path) -> None:
    file = own_folder / f"{name}.yaml"
    assert f"已写入 saved to {file}" in used["acceptances"][PLAIN_NAMES.index(name)]
    assert ps.load_scheme(file, ps.load_framework("zone-2021")).id == name


def test_a_file_is_overwritten_only_where_that_is_ticked(used: dict[str, Any], own_folder: Path) -> None:
    assert "没有写入" in used["already_there"]
    assert "was left alone" in used["already_there"]
    framework = ps.load_framework("zone-2021")
    (own_folder / "before.yaml").write_text(used["left_alone"], encoding="utf-8")
    before, after = (ps.load_scheme(own_folder / name, framework) for name in ("before.yaml", "no.yaml"))
    assert "已写入" in used["overwritten"]
    assert [before.weight_of(dimension) for dimension in "12345"] == [20, 20, 15, 15, 30]
    assert [after.weight_of(dimension) for dimension in "12345"] == [70, 20, 0, 15, 30]


def test_the_saved_file_scores_from_the_command_line_as_the_sliders_show(
    used: dict[str, Any], own_folder: Path
) -> None:
    assert used["scored_file"] == str(own_folder / "no.yaml")
    assert used["scored"] == used["ranks_live"]
    expected = ps.evaluate("zone-2021", own_folder / "own.xlsx", weights=own_folder / "no.yaml", year=2023).ranking
    assert used["scored"] == dict(zip(expected["unit"], expected["rank"].astype(int), strict=True))


def test_the_table_below_the_sliders_holds_places_gained_against_the_base(
    used: dict[str, Any], own_folder: Path
) -> None:
    base, moved = (
        ps.evaluate("zone-2021", own_folder / "own.xlsx", weights=weights, year=2023).ranking.set_index("unit")["rank"]
        for weights in (BASE, own_folder / "no.yaml")
    )
    shown = pd.read_html(StringIO(used["board_live"]))[0]
    best = moved[moved <= 10]
    assert shown["高新区 zone"].tolist() == best.index.tolist()
    assert shown["位次 rank"].tolist() == best.tolist()
    assert shown["上升 places gained"].tolist() == (base[best.index] - best).tolist()
    entered = "、".join(unit for unit in best.index if base[unit] > 10)
    assert f"新进 in {entered}" in used["board_live"]


def test_after_a_reset_nobody_has_moved(used: dict[str, Any]) -> None:
    assert set(pd.read_html(StringIO(used["board_at_base"]))[0]["上升 places gained"]) == {0}
    assert "Spearman ρ 1.000" in used["board_at_base"]


def test_the_shares_beside_the_sliders_are_worked_out_by_hand(used: dict[str, Any]) -> None:
    # 70 + 20 + 0 + 15 + 30 = 135
    assert used["shares_live"] == {
        "1": "% → 51.9%",
        "2": "% → 14.8%",
        "3": "% → 0.0%",
        "4": "% → 11.1%",
        "5": "% → 22.2%",
    }
