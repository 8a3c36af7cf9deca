"""What docs/robustness.md shows is what the commands do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parkscore.cli import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "robustness.md"


def test_the_commands_of_the_page_on_robustness_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    ((name, spec),) = re.findall(r"`(\S+\.yaml)`:\n\n```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    Path(name).write_text(spec, encoding="utf-8")
    lines = "".join(re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)).splitlines()
    printed = [CliRunner().invoke(app, ["--lang", "en", *shlex.split(line)[1:]]) for line in lines]
    assert [answer.exit_code for answer in printed] == [0, 0, 0, 0, 0]
    assert "each up to 20% more or less" in printed[1].stdout
    assert "left out one at a time: without " in printed[3].stdout
    assert "aggregation: the framework's own, or total: geometric" in printed[4].stdout
    Path(name).write_text(spec.replace("{total: geometric}", "{all: geometric}"), encoding="utf-8")
    refused = CliRunner().invoke(app, ["--lang", "en", *shlex.split(lines[4])[1:]])
    assert refused.exit_code == 4
    assert "wide.yaml:4:18  error incompatible_methods" in refused.stderr
    (program,) = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    exec(program, {})  # noqa: S102
    assert capsys.readouterr().out.startswith("rank 10; ")
