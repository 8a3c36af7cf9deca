"""What docs/members.md shows is what the commands do: from returns and a table of zones to a ranking."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import parkscore as ps
from parkscore.cli import app
from parkscore.framework.beside_returns import fields_beside_returns
from parkscore.framework.loading import load_framework

PAGE = Path(__file__).resolve().parents[1] / "docs" / "members.md"


def test_the_commands_of_the_page_on_members_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    lines = "".join(re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)).splitlines()
    assert len(lines) == 5
    printed = []
    for line in lines:
        result = CliRunner().invoke(app, ["--lang", "en", *shlex.split(line)[1:]])
        assert result.exit_code == 0, (line, result.output[-500:])
        printed.append(result.output)
    made, _, _, without, whole = printed
    assert "parkscore members zone-2021 RETURNS --zones zones.xlsx" in made
    assert "0 of 12 ranked" in without
    assert "12 of 12 ranked" in whole
    framework = load_framework("zone-2021")
    fields = fields_beside_returns(framework)
    found = json.loads(Path("without-synthetic/summary.json").read_text("utf-8"))["findings"]
    (lacking,) = (each for each in found if each["code"] == "lacking_beside_returns")
    assert all(framework.fields[name].label.en in lacking["message"] for name in fields)
    assert "--beside-returns -o zones.xlsx" in lacking["hint"]
    assert "data cover 48% of the weight" in pd.read_csv("without-synthetic/zones.csv")["status"].iloc[0]
    # The workbook, filled in, gives what the csv gives.
    filled = pd.read_csv("zones-synthetic.csv").drop(columns="数据说明")
    book = load_workbook("zones.xlsx")
    assert book.worksheets[0].max_column == len(filled.columns) == 2 + len(fields) == 20
    assert book.worksheets[1].max_row == 1 + len(fields)
    for row in filled.astype(object).where(filled.notna(), None).to_numpy().tolist():
        book.worksheets[0].append(row)
    book.save("zones.xlsx")
    by_workbook = ps.from_returns(framework, "returns-synthetic", zones="zones.xlsx")
    scores = by_workbook.evaluate("zone-2021-equal-within").scores["score"]
    assert scores.tolist() == pd.read_csv("zones-2024/zones.csv")["score"].tolist()
