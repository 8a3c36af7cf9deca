"""A small framework with two years of data, and the command line as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from parkscore.cli import app

PARK = """\
id: park
title: {zh: 园区评价, en: Park evaluation}
source: 示例
unit: {zh: 园区, en: park name, key: park}
time: year
weights_status: official
defaults: {direction: higher, score: {rule: minmax, to: [0, 100]}, missing: reweight, min_coverage: 0.5}
fields:
  staff: {zh: 人员, en: Staff, measure: 人, min: 0}
  income: {zh: 收入, en: Income, measure: 千元, min: 0}
  energy: {zh: 能耗, en: Energy, measure: 吨标准煤, min: 0}
rules:
  - {id: busy, zh: 有人员而无收入, en: staff without income, require: income > 0, severity: warning}
indicators:
  - id: "1"
    zh: 规模
    en: Size
    weight: 60%
    children:
      - {id: "1.1", zh: 人员, en: Staff, weight: 1, formula: staff, measure: 人}
      - {id: "1.2", zh: 收入, en: Income, weight: 3, formula: income, measure: 千元}
  - id: "2"
    zh: 绿色
    en: Green
    weight: 40%
    children:
      - {id: "2.1", zh: 能耗, en: Energy per income, formula: energy / income, measure: 吨标准煤/万元, direction: lower}
"""

ZONES = """\
park,year,人员(人),收入(千元),能耗(吨标准煤)
甲,2023,100,1000,10
乙,2023,200,3000,10
丙,2023,300,2000,40
甲,2024,110,1500,10
乙,2024,190,2500,20
丙,2024,310,5000,20
"""


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


Run = Callable[..., Answer]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty working folder with park.yaml and zones.csv; the answers are in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARKSCORE_LANG", "en")
    monkeypatch.delenv("PARKSCORE_DEBUG", raising=False)
    (tmp_path / "park.yaml").write_text(PARK, encoding="utf-8")
    (tmp_path / "zones.csv").write_text(ZONES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Call a command in that folder."""

    def call(*words: str | Path) -> Answer:
        result = CliRunner().invoke(app, [str(word) for word in words])
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call
