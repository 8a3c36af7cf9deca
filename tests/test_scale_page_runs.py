"""What docs/scale.md shows is what the commands do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from parkscore.cli import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scale.md"


def test_the_commands_of_the_page_on_scale_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    files = re.findall(r"`(\S+)`[^`]*?:\n\n```(?:yaml|csv)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert [name for name, _ in files] == ["points.yaml", "parks.yaml", "leaving.csv"]
    for name, content in files:
        Path(name).write_text(content, encoding="utf-8")
    lines = "".join(re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)).splitlines()
    assert len(lines) == 11
    printed = {}
    for line in lines:
        result = CliRunner().invoke(app, ["--lang", "en", *shlex.split(line)[1:]])
        assert result.exit_code == 0, (line, result.output[-500:])
        printed[line] = result.output
    for program in re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        exec(program, {})  # noqa: S102
    again, first = (pd.read_parquet(name) for name in ("again.parquet", "points-2024.parquet"))
    assert again["score"].equals(first["score"])

    def told(words: str) -> str:
        return next(output for line, output in printed.items() if words in line)

    assert "scored by the frozen reference 2023" in told("--unit 91000000MAGK80TL4D")
    assert "beyond the reference: Research intensity: 1 below" in told("--reference")
    assert "shortfalls: " in told("--missing")
    assert "91000000" not in told("--mask")
    moved = re.findall(r"\S+ +\S+ -> \S+ +[+-]\d+\.\d+ +(\d+) -> (\d+)", told("--drop"))
    assert len(moved) >= 1
    for was, becomes in moved:
        assert 1 <= int(was) <= 12
        assert 1 <= int(becomes) <= 12
    missing = pd.read_csv("parks-2024/missing-returns.csv").iloc[0]
    row = rf"{missing.enterprise} +{missing.zone} +\S+ +{missing['rank']} -> {missing.rank_with}\b"
    assert re.search(row, told("--missing"))
