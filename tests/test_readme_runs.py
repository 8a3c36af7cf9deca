"""What the READMEs show is what the commands do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parkscore.cli import app

ROOT = Path(__file__).resolve().parents[1]
READMES = {"README.md": "en", "README.zh-CN.md": "zh"}
MY_PARK = """\
id: my-park
title: {zh: 我的园区}
extends: zone-2021
indicators:
  - id: "1"
    children:
      - {id: "1.11", zh: 地方指标, weight: unknown, formula: qd01, measure: 人}
"""


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_the_readme_run_in_their_order(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my-park.yaml").write_text(MY_PARK, encoding="utf-8")
    text = (ROOT / readme).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for line in "".join(blocks).splitlines() if line.startswith("parkscore ")]
    assert len(lines) >= 8
    failed = {}
    for line in lines:
        result = CliRunner().invoke(app, shlex.split(line)[1:])
        if result.exit_code != 0:
            failed[line] = result.output[-500:]
    assert failed == {}


@pytest.mark.parametrize(("readme", "language"), READMES.items())
def test_the_demo_prints_what_the_readme_shows(
    readme: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / readme).read_text(encoding="utf-8")
    after = text[text.index("parkscore-demo.xlsx") :]
    shown = re.findall(r"^ {4}(\S.*)$", after[: after.index("\n## ")], flags=re.MULTILINE)
    assert len(shown) >= 8
    printed = CliRunner().invoke(app, ["--lang", language, "demo"]).output
    lines = [line.rstrip() for line in printed.splitlines()]
    assert [line for line in shown if line.rstrip() not in lines] == []
