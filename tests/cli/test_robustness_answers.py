"""`parkscore robustness` with questions beside the draws: console, workbook, JSON, and what is refused first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from parkscore.cli import streams
from parkscore.cli.console import Reply
from parkscore.cli.progress import Progress
from parkscore.language import Text
from tests.cli.test_console import SOURCE
from tests.interrupting import interrupted

FEW = ("--draws", "64")
ALL = ("--sensitivity", "--exact", "--one-at-a-time")
NEW_SHEETS = [
    "central weights",
    "sensitivity",
    "certain ranks",
    "overtaking",
    "weight stability",
    "left out",
    "shifts when left out",
    "rank reversals",
    "reversed pairs",
]


# Under min-max 丙 holds the most staff and income: without it 甲 and 乙, which are close, change order.
CLOSE = """\
park,year,人员(人),收入(千元),能耗(吨标准煤)
甲,2024,200,2400,20
乙,2024,190,2600,23
丙,2024,310,5000,30
丁,2024,100,1500,2
"""


@pytest.fixture(autouse=True)
def close_units(folder: Path) -> None:
    (folder / "zones.csv").write_text(CLOSE, encoding="utf-8")


def sheets_of(file: Path) -> dict[str, pd.DataFrame]:
    return dict(pd.read_excel(file, sheet_name=None, header=None, engine="calamine"))


def table_of(sheet: pd.DataFrame, first: str) -> pd.DataFrame:
    """The table below the notes of a sheet, whose first heading is known."""
    top = sheet.index[sheet[0] == first][0]
    return sheet.loc[top + 1 :].set_axis(sheet.loc[top].tolist(), axis=1).reset_index(drop=True)


def test_the_console_says_in_a_line_each_what_was_found(run: Any) -> None:
    out = run("robustness", "park.yaml", "zones.csv", *FEW, *ALL).out
    assert "sensitivity: mean shift of ranks hangs most on weights " in out
    assert "exact: weights of dimensions, the first level, each up to 20% more or less and brought back to a sum" in out
    assert "closest pair: 乙 catches up with 甲 once every weight may be" in out
    assert "2 of 4 units keep their rank whatever these weights are" in out
    assert "left out one at a time: without " in out
    assert "reversals: " in out


def test_every_part_of_the_run_is_waited_for_by_its_name(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    done: list[str] = []

    class Watched(Progress):
        def __init__(self, reply: Reply, what: Text) -> None:
            begun.append(what.en)
            super().__init__(reply, what)

        def tell(self, number: int, whole: int) -> None:
            if number == whole:
                done.append(begun[-1])

    monkeypatch.setattr("parkscore.cli.robustness.Progress", Watched)
    run("robustness", "park.yaml", "zones.csv", *FEW, *ALL)
    parts = ["drawing", "draws for the sensitivity", "finding best and worst ranks", "making one change at a time"]
    assert begun == parts
    assert done == parts


def test_the_console_says_it_in_chinese_and_only_what_was_asked_for(run: Any) -> None:
    out = run("robustness", "park.yaml", "zones.csv", *FEW, "--exact", "--lang", "zh").out
    assert "精确结论：只变一级指标的权重，各至多 ±20%，再化为合计 1；这是假定" in out
    assert "最接近的一对：每个权重变动 " in out
    assert "敏感性" not in out
    assert "逐项略去" not in out


def test_the_workbook_has_a_sheet_for_each_answer_with_numbers_and_a_note_on_reading_it(run: Any, folder: Path) -> None:
    run("robustness", "park.yaml", "zones.csv", *FEW, *ALL, "-o", "out.xlsx")
    sheets = sheets_of(folder / "out.xlsx")
    assert [name for name in sheets if name in NEW_SHEETS] == NEW_SHEETS
    for name in NEW_SHEETS:
        assert len(str(sheets[name].iloc[0, 0])) > 40, name  # a sentence above the heading

    certain = table_of(sheets["certain ranks"], "unit")
    assert certain["rank"].tolist() == [1, 2, 3, 4]
    assert certain["worst rank"].tolist() == [1, 2, 4, 4]
    assert certain["proven"].tolist() == ["yes"] * 4
    overtaking = table_of(sheets["overtaking"], "unit")
    np.testing.assert_allclose(certain["overtaken at"][1], overtaking.set_index("unit").loc["丁"].min())
    central = table_of(sheets["central weights"], "indicator or dimension")
    assert central["indicator or dimension"].tolist() == ["1.1 Staff", "1.2 Income", "2.1 Energy per income"]
    np.testing.assert_allclose(central["weights of the evaluation"].astype(float), [0.15, 0.45, 0.4])
    assert central["丙"].sum() == pytest.approx(1)
    shares = table_of(sheets["sensitivity"], "output")
    assert set(shares["group"]) == {"weights of the first level", "weights within 1 Size"}


def test_a_chinese_sheet_says_yes_and_no_in_chinese_and_not_true_and_false(run: Any, folder: Path) -> None:
    run("robustness", "park.yaml", "zones.csv", *FEW, "--exact", "-o", "out.xlsx", "--lang", "zh")
    sheets = sheets_of(folder / "out.xlsx")
    assert table_of(sheets["必然与最好最差位次"], "评价对象")["已证实"].tolist() == ["是"] * 4
    cells = [cell for sheet in sheets.values() for cell in sheet.to_numpy().ravel().tolist()]
    assert not any(isinstance(cell, bool) for cell in cells)


def test_a_unit_that_no_weights_bring_ahead_is_not_left_empty_as_one_that_is_not_behind(run: Any, folder: Path) -> None:
    run("robustness", "park.yaml", "zones.csv", *FEW, "--exact", "-o", "out.xlsx", "--lang", "zh")
    sheet = sheets_of(folder / "out.xlsx")["反超所需"]
    table = table_of(sheet, "评价对象").set_index("评价对象")
    for line, row in enumerate(table.index):
        for column, cell in zip(table.columns[line + 1 :], table.loc[row].iloc[line + 1 :], strict=True):
            assert cell == "不能" or cell >= 0, (row, column)
        assert table.loc[row].iloc[: line + 1].isna().all()
    assert (table == "不能").any(axis=None)
    assert "“不能”：任何权重都不行。空白：列对象本来不落后" in sheet[0].str.cat()


def test_a_sheet_says_that_changed_weights_are_brought_back_to_a_sum_of_1_without_which_its_numbers_are_not_found_again(
    run: Any, folder: Path
) -> None:
    run("robustness", "park.yaml", "zones.csv", *FEW, "--exact", "-o", "out.xlsx", "--lang", "zh")
    for name in ("必然与最好最差位次", "反超所需"):
        assert "再化为合计 1" in "".join(map(str, sheets_of(folder / "out.xlsx")[name][0].iloc[1:4])), name


def test_a_unit_is_not_said_to_be_above_itself_in_none_of_the_draws(run: Any, folder: Path) -> None:
    run("robustness", "park.yaml", "zones.csv", *FEW, "-o", "out.xlsx", "--lang", "zh")
    table = table_of(sheets_of(folder / "out.xlsx")["两两比较"], "评价对象").set_index("评价对象")
    own = np.eye(len(table), dtype=bool)
    assert table.isna().to_numpy().tolist() == own.tolist()


def test_the_workbook_is_chinese_for_a_chinese_reader(run: Any, folder: Path) -> None:
    run("robustness", "park.yaml", "zones.csv", *FEW, *ALL, "-o", "out.xlsx", "--lang", "zh")
    names = list(sheets_of(folder / "out.xlsx"))
    assert names[3:12] == [
        "中心权重",
        "敏感性",
        "必然与最好最差位次",
        "反超所需",
        "权重稳定区间",
        "逐项略去",
        "略去后的位次变动",
        "位次逆转",
        "位次逆转的对",
    ]


def test_json_has_every_answer_and_none_for_what_was_not_asked(run: Any) -> None:
    document = run("robustness", "park.yaml", "zones.csv", *FEW, *ALL, "--json").document
    assert document["about"]["asked"]["exact"] is True
    exact = document["exact"]
    units = [line["unit"] for line in exact["units"]]
    changes = {line["unit"]: dict(zip(units, line["changes"], strict=True)) for line in exact["overtaking"]}
    second, third = exact["units"][2:]
    assert second["overtaken_by"] == third["unit"]
    assert changes[second["unit"]][third["unit"]] == pytest.approx(second["overtaken_at"])
    assert exact["weights"] == pytest.approx({"1": 0.6, "2": 0.4})
    assert {line["node"] for line in exact["stability"]} == {"1", "2"}
    table = document["sensitivity"]["table"]
    assert {line["group"] for line in table} == {"total", "1"}
    alone = document["one_at_a_time"]
    assert {line["change"] for line in alone["leave_out"]["summary"]} == {"1", "1.1", "1.2", "2", "2.1"}
    assert [line["unit"] for line in alone["reversals"]["units"]] == units
    assert alone["schemes"] is None
    assert sum(line["own"] for line in document["central_weights"]) == pytest.approx(1)

    plain = run("robustness", "park.yaml", "zones.csv", *FEW, "--json").document
    assert (plain["sensitivity"], plain["exact"], plain["one_at_a_time"]) == (None, None, None)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_of_units_alone_says_where_the_rest_is_written(run: Any, form: str) -> None:
    said = ".xlsx and .json have what was found beside the draws"
    assert said in run("robustness", "park.yaml", "zones.csv", *FEW, "--exact", "-o", f"out.{form}").out
    assert said not in run("robustness", "park.yaml", "zones.csv", *FEW, "-o", f"plain.{form}").out


def test_a_spec_says_how_and_an_option_only_that(run: Any, folder: Path) -> None:
    (folder / "spec.yaml").write_text(
        "exact: {level: indicator, spread: 40%, units: 甲, seconds: 5}\n"
        "one_at_a_time: {schemes: [equal, entropy], without_units: [丙]}\n"
        "sensitivity: {outputs: [甲, mean_shift], groups: {the first: ['1', '2']}, draws: 32}\n",
        encoding="utf-8",
    )
    document = run("robustness", "park.yaml", "zones.csv", *FEW, "--spec", "spec.yaml", *ALL, "--json").document
    assert document["exact"]["level"] == "indicator"
    best = {line["unit"]: line["best"] for line in document["exact"]["units"]}
    assert [unit for unit, rank in best.items() if rank is not None] == ["甲"]
    assert [line["change"] for line in document["one_at_a_time"]["schemes"]["summary"]] == ["equal", "entropy"]
    assert [line["unit"] for line in document["one_at_a_time"]["reversals"]["units"]] == ["丙"]
    table = document["sensitivity"]["table"]
    assert {(line["output"], line["group"]) for line in table} == {
        (output, group) for output in ("rank:甲", "mean_shift") for group in ("the first", "others")
    }
    assert document["about"]["asked"]["exact"] == {"level": "indicator", "spread": "40%", "units": ["甲"], "seconds": 5}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("exact: {levl: dimension}", "spec.yaml:1:9  error unknown_key"),
        ("exact: {level: node}", "spec.yaml:1:16  error unknown_choice"),
        ("exact: {bounds: {'1.1': [0, 1], '9': [0, 1]}}", "spec.yaml:1:25  error other_level"),
        ("exact: {bounds: {'1.1': [0, 1], '9': [0, 1]}}", "spec.yaml:1:38  error no_such_node"),
        ("exact: {spread: 10%, bounds: {'1': [0, 1]}}", "spec.yaml:1:17  error which_box"),
        ("exact: {seconds: 0}", "spec.yaml:1:18  error out_of_bounds"),
        ("sensitivity: {draws: 1}", "spec.yaml:1:22  error out_of_bounds"),
        ("sensitivity: {groups: 3}", "spec.yaml:1:23  error groups"),
        ("sensitivity: 3", "spec.yaml:1:14  error wrong_type: sensitivity = 3: must be `true` or a group"),
        ("exact: false", "spec.yaml:1:8  error wrong_type: exact = False: must be `true` or a group"),
        ("one_at_a_time: {schemes: [equal, nowhere]}", "spec.yaml:1:34  error"),
    ],
)
def test_mistakes_in_questions_are_told_by_line_and_column_before_the_data_are_read(
    run: Any, folder: Path, spec: str, said: str
) -> None:
    (folder / "spec.yaml").write_text(f"{spec}\n", encoding="utf-8")
    answer = run("robustness", "park.yaml", "nowhere.csv", "--spec", "spec.yaml")
    assert answer.code == 4
    assert said in answer.err


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("exact: {units: [甲, 己]}", "spec.yaml:1:16  error no_such_unit"),
        ("exact: {class: 东}", "spec.yaml:1:16  error no_such_class"),
        ("exact: {bounds: {'1': [0, 20%], '2': [0, 20%]}}", "spec.yaml:1:17  error no_such_weights"),
        ("sensitivity: {outputs: top}", "spec.yaml:1:24  error no_such_output"),
        ("sensitivity: {groups: {a: [9.9z]}}", "spec.yaml:1:23  error no_such_factor"),
        ("one_at_a_time: {without_units: 己}", "spec.yaml:1:32  error no_such_unit"),
        ("weights: {bounds: {'1': [10%, 90%]}}\nsensitivity: true", "spec.yaml:2:14  error no_points"),
    ],
)
def test_what_the_data_lack_is_refused_before_the_draws(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, spec: str, said: str
) -> None:
    def drawn(*_: Any) -> None:
        raise AssertionError("the draws were run")

    monkeypatch.setattr("parkscore.robustness.analysing.run", drawn)
    (folder / "spec.yaml").write_text(f"{spec}\n", encoding="utf-8")
    answer = run("robustness", "park.yaml", "zones.csv", "--spec", "spec.yaml", *FEW, "-o", "out.xlsx")
    assert answer.code == 2
    assert said in answer.err
    assert not (folder / "out.xlsx").exists()


def test_units_with_gaps_are_left_out_and_named_unless_the_spec_refuses_them(run: Any, folder: Path) -> None:
    table = (folder / "zones.csv").read_text(encoding="utf-8").replace("2024,200,", "2024,,")
    (folder / "zones.csv").write_text(table, encoding="utf-8")
    (folder / "spec.yaml").write_text("exact: {level: indicator}\n", encoding="utf-8")
    assert "left out, as they have gaps: 甲" in run("robustness", "park.yaml", "zones.csv", "--spec", "spec.yaml").out
    (folder / "spec.yaml").write_text("exact: {level: indicator, complete_only: false}\n", encoding="utf-8")
    refused = run("robustness", "park.yaml", "zones.csv", "--spec", "spec.yaml", *FEW)
    assert refused.code == 2
    assert "甲 (1.1)" in refused.err
    assert "`exact: {complete_only: true}`" in refused.err


def test_a_framework_that_is_no_weighted_sum_is_refused_before_the_data_are_read(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8").replace("to: [0, 100]", "to: [1, 100]")
    (folder / "geometric.yaml").write_text(f"{text}total: {{aggregate: harmonic}}\n", encoding="utf-8")
    answer = run("robustness", "geometric.yaml", "nowhere.csv", "--exact")
    assert answer.code == 4
    assert "total = harmonic" in answer.err
    assert "look at the draws" in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_while_ranks_are_bounded_ends_with_130_and_leaves_no_file(folder: Path) -> None:
    code = (
        "import sys, time\n"
        "from parkscore.cli import main\n"
        "from parkscore.robustness.exact import Exact\n"
        "def wait(self, *_, **__):\n"
        "    print('bounding', flush=True)\n"
        "    time.sleep(20)\n"
        "Exact.extreme_ranks = wait\n"
        "words = 'robustness park.yaml zones.csv -o out.xlsx --draws 8 --exact'\n"
        "sys.argv = ['parkscore', *words.split()]\n"
        "main()\n"
    )
    assert interrupted(code, b"bounding", os.environ | {"PYTHONPATH": str(SOURCE)}).code == 130
    assert sorted(path.name for path in folder.iterdir()) == ["park.yaml", "zones.csv"]


# What a compiled library does that prints: once right away, once from a buffer that is written at the end.
PRINTS = """
import ctypes, os, sys
from parkscore.cli.streams import keep_stdout
keep_stdout()
print('{"ours": "one ')
os.write(1, b"not ours\\n")
libc = ctypes.CDLL(None)
libc.printf(b"nor this\\n")
print('and all"}')
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no libc to be loaded by no name")
def test_what_a_library_prints_does_not_reach_stdout_at_once_or_at_the_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS], env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, check=True
    )
    assert done.stdout.splitlines() == [b'{"ours": "one ', b'and all"}']


def test_a_stdout_that_is_not_the_process_s_own_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    streams.keep_stdout()
    assert sys.stdout is before
    sys.stdout.write("seen")
    assert capsys.readouterr().out == "seen"


def test_a_framework_says_itself_what_to_vary_and_the_command_says_that(run: Any, folder: Path) -> None:
    with (folder / "park.yaml").open("a", encoding="utf-8") as file:
        file.write("robustness: {draws: 32, weights: {dirichlet: 80}, one_at_a_time: true}\n")
    out = run("robustness", "park.yaml", "zones.csv", "--seed", "2").out
    assert "32 draws, seed 2" in out
    assert "concentration 80" in out
    assert "is stated by the framework under `robustness`; it is an assumption all the same" in out
    assert "left out one at a time: " in out
    (folder / "spec.yaml").write_text("draws: 8\n", encoding="utf-8")
    other = run("robustness", "park.yaml", "zones.csv", "--spec", "spec.yaml").out
    assert "each up to 20% more or less" in other
    assert "stated by the framework" not in other


def test_check_and_a_run_tell_what_is_wrong_in_the_block_by_line_and_column(run: Any, folder: Path) -> None:
    lines = (folder / "park.yaml").read_text(encoding="utf-8").count("\n")
    with (folder / "park.yaml").open("a", encoding="utf-8") as file:
        file.write("robustness:\n  aggregate: {total: geometric}\n  exact: {units: 己}\n")
    said = f"park.yaml:{lines + 2}:22  error incompatible_methods"
    for words in (("check", "park.yaml"), ("robustness", "park.yaml", "nowhere.csv")):
        answer = run(*words)
        assert answer.code == 4
        assert said in answer.err
    text = (folder / "park.yaml").read_text(encoding="utf-8").replace("  aggregate: {total: geometric}\n", "")
    (folder / "park.yaml").write_text(text, encoding="utf-8")
    assert run("check", "park.yaml").code == 0
    answer = run("robustness", "park.yaml", "zones.csv")
    assert f"park.yaml:{lines + 2}:18  error no_such_unit" in answer.err


def test_what_the_solver_prints_does_not_break_the_one_json_document(folder: Path) -> None:
    code = (
        "import os, sys\n"
        "from parkscore.cli import main\n"
        "from parkscore.methods import extreme_ranks\n"
        "milp = extreme_ranks.milp\n"
        "def printing(*words, **more):\n"
        "    os.write(1, b'not ours')\n"
        "    os.write(2, b'called')\n"
        "    return milp(*words, **more)\n"
        "extreme_ranks.milp = printing\n"
        "sys.argv = 'parkscore robustness park.yaml zones.csv --draws 8 --exact --json'.split()\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, check=True
    )
    assert b"called" in done.stderr
    assert json.loads(done.stdout)["exact"]["level"] == "dimension"
