"""`parkscore robustness`: the table and verdicts on the console, every form of file, and what ends a run."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from parkscore.cli.console import Reply
from parkscore.cli.progress import Progress
from parkscore.language import Text
from tests.cli.test_console import SOURCE, Terminal
from tests.interrupting import interrupted

FEW = ("--draws", "64")
ASSUMED = "each up to 20% more or less"


def test_the_console_shows_every_unit_with_its_interval_and_says_what_was_assumed(run: Any) -> None:
    answer = run("robustness", "park.yaml", "zones.csv", *FEW)
    assert answer.code == 0
    assert "64 draws, seed 0, data of 2024" in answer.out
    assert ASSUMED in answer.out
    assert "no rule of the framework" in answer.out
    first = next(line.split() for line in answer.out.splitlines() if "丙" in line)
    assert first[:4] == ["1", "丙", "100.0000", "1-1"]
    assert "丙: rank 1; at rank 1 in nine draws of ten" in answer.out


def test_an_earlier_year_is_looked_at_where_it_is_asked_for(run: Any) -> None:
    answer = run("robustness", "park.yaml", "zones.csv", *FEW, "--year", "2023", "--seed", "3")
    assert "64 draws, seed 3, data of 2023" in answer.out
    assert run("robustness", "park.yaml", "zones.csv", *FEW, "--year", "2020").code == 2


def test_findings_of_other_years_than_the_one_looked_at_are_not_shown(run: Any, folder: Path) -> None:
    text = (folder / "zones.csv").read_text(encoding="utf-8")
    (folder / "gaps.csv").write_text(text.replace("乙,2023,200,3000,10", "乙,2023,200,,"), encoding="utf-8")
    assert "not_ranked" in run("robustness", "park.yaml", "gaps.csv", *FEW, "--year", "2023").err
    assert "2023" not in run("robustness", "park.yaml", "gaps.csv", *FEW).err


def test_json_has_units_probabilities_pairs_and_assumptions(run: Any) -> None:
    document = run("robustness", "park.yaml", "zones.csv", *FEW, "--json").document
    assert document["schema"] == "parkscore-robustness/1"
    assert (document["about"]["draws"], document["about"]["seed"], document["about"]["year"]) == (64, 0, 2024)
    assert document["about"]["asked"] == {"weights": {"multipliers": 0.2, "default": True}}
    assert any(ASSUMED in each for each in document["assumptions"])
    units = [line["unit"] for line in document["units"]]
    assert units[0] == "丙"
    for line in document["rank_probabilities"]:
        assert sum(line["shares"]) == pytest.approx(1)
    above = {line["unit"]: dict(zip(units, line["shares"], strict=True)) for line in document["above"]}
    assert above["甲"]["乙"] + above["乙"]["甲"] == pytest.approx(1)
    assert document["units"][0]["verdict"].startswith("rank 1; ")


@pytest.mark.parametrize("form", ["xlsx", "json", "parquet", "csv"])
def test_every_form_of_file_says_what_was_assumed(run: Any, folder: Path, form: str) -> None:
    answer = run("robustness", "park.yaml", "zones.csv", *FEW, "-o", f"out.{form}")
    assert (answer.code, f"wrote out.{form}" in answer.out) == (0, True)
    file = folder / f"out.{form}"
    if form == "xlsx":
        sheets = pd.read_excel(file, sheet_name=None, header=None, engine="calamine")
        names = ["units", "rank probabilities", "pairs", "central weights", "assumptions", "draws", "findings", "about"]
        assert list(sheets) == names
        said = sheets["units"].to_string() + sheets["assumptions"].to_string()
        assert len(sheets["draws"]) == 64 + 2
    elif form == "parquet":
        said = json.loads(pq.read_metadata(file).metadata[b"parkscore"])["assumptions"][1]
        assert pd.read_parquet(file)["rank"].tolist() == [1, 2, 3]
    else:
        said = file.read_text(encoding="utf-8-sig")
    assert ASSUMED in said


def test_words_and_verdicts_are_chinese_for_a_chinese_reader(run: Any, folder: Path) -> None:
    answer = run("robustness", "park.yaml", "zones.csv", *FEW, "-o", "out.xlsx", "--lang", "zh")
    assert "丙：第 1 名；九成抽样中在第 1 名" in answer.out
    sheets = pd.read_excel(folder / "out.xlsx", sheet_name=None, header=None, engine="calamine")
    assert list(sheets)[:6] == ["位次稳健性", "位次概率", "两两比较", "中心权重", "假定", "抽样"]


def test_each_draw_is_told_in_words_of_the_reader_and_by_titles_and_not_by_the_keys_of_a_spec(
    run: Any, folder: Path
) -> None:
    spec = "score: {'1.1': [rank]}\nweights: {multipliers: 10%}\n"
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    run("robustness", "park.yaml", "zones.csv", "--spec", "spec.yaml", *FEW, "-o", "out.xlsx", "--lang", "zh")
    sheet = pd.read_excel(folder / "out.xlsx", sheet_name="抽样", header=None, engine="calamine")
    top = sheet.index[sheet[0] == "抽样"][0]
    heads = sheet.loc[top].tolist()
    assert heads[:3] == ["抽样", "方法", "权重:1 规模"]
    assert set(sheet.loc[top + 1 :, 1].dropna()) == {"赋分 1.1：名次赋分（最差者 1 分）"}


def test_a_spec_says_what_to_vary_and_options_count_in_its_place(run: Any, folder: Path) -> None:
    (folder / "spec.yaml").write_text(
        "draws: 900\nseed: 4\nweights: {dirichlet: 50}\nleave_out: all\n", encoding="utf-8"
    )
    answer = run("robustness", "park.yaml", "zones.csv", "--spec", "spec.yaml", *FEW)
    assert answer.code == 0
    assert "64 draws, seed 4, data of 2024" in answer.out
    assert "concentration 50\n" in answer.out
    assert "left out: any indicator, or none" in answer.out


def test_a_spec_with_mistakes_is_refused_before_the_data_are_read(run: Any, folder: Path) -> None:
    (folder / "spec.yaml").write_text("draws: many\nleave_out: [9.9]\n", encoding="utf-8")
    answer = run("robustness", "park.yaml", "nowhere.csv", "--spec", "spec.yaml", "-o", "out.json")
    assert answer.code == 4
    assert "spec.yaml:1:8  error wrong_type" in answer.err
    assert "spec.yaml:2:13  error wrong_type" in answer.err
    assert sorted(path.name for path in folder.iterdir()) == ["park.yaml", "spec.yaml", "zones.csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--draws", "0"), "draws = 0: must be >= 1"),
        (("-o", "out.txt"), "files are not written"),
        (("-o", "zones.csv"), "read by this command"),
    ],
)
def test_what_cannot_be_is_refused_and_no_file_is_left(
    run: Any, folder: Path, words: tuple[str, ...], said: str
) -> None:
    answer = run("robustness", "park.yaml", "zones.csv", *words)
    assert answer.code == 2
    assert said in answer.err
    assert sorted(path.name for path in folder.iterdir()) == ["park.yaml", "zones.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_in_mid_run_ends_with_130_and_leaves_no_file(folder: Path) -> None:
    code = (
        "import sys, time\n"
        "from parkscore.cli import main\n"
        "from parkscore.cli.progress import Progress\n"
        "def tell(self, done, whole):\n"
        "    print('drawing', flush=True)\n"
        "    time.sleep(20)\n"
        "Progress.tell = tell\n"
        "sys.argv = ['parkscore', 'robustness', 'park.yaml', 'zones.csv', '-o', 'out.xlsx', '--draws', '1000']\n"
        "main()\n"
    )
    ended = interrupted(code, b"drawing", os.environ | {"PYTHONPATH": str(SOURCE)})
    assert ended.code == 130
    assert b"interrupted" in ended.said
    assert sorted(path.name for path in folder.iterdir()) == ["park.yaml", "zones.csv"]


def test_progress_is_shown_on_a_terminal_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("parkscore.cli.progress._PATIENCE", 0.0)
    with Progress(Reply("en"), Text("抽样", "drawing")) as progress:
        progress.tell(256, 1024)
    assert f"drawing [{'#' * 7}{'.' * 23}] 256/1024" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    terminal.truncate(0)
    with Progress(Reply("en", as_json=True), Text("抽样", "drawing")) as progress:
        progress.tell(256, 1024)
    assert terminal.getvalue() == ""


def test_before_anything_is_done_the_wait_itself_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []

    @contextlib.contextmanager
    def waiting(_: Reply, text: Text) -> Iterator[None]:
        waited.append(text.en)
        yield
        waited.append("over")

    monkeypatch.setattr(Reply, "waiting", waiting)
    with Progress(Reply("en"), Text("抽样", "drawing")) as progress:
        assert waited == ["drawing"]
        progress.tell(1, 2)
        assert waited == ["drawing", "over"]
    assert waited == ["drawing", "over"]
