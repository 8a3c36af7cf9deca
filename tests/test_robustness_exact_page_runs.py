"""What docs/robustness-exact.md shows is what its code prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "robustness-exact.md"


def test_the_code_of_the_page_on_exact_statements_runs_and_prints_what_it_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    exec("".join(blocks), {})  # noqa: S102
    share, level, *_ = capsys.readouterr().out.splitlines()
    assert f"{float(share):.3f}" == "0.064"
    one, other = (float(score) for score in level.split())
    assert one == pytest.approx(other)
