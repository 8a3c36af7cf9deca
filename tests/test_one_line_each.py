"""What a notebook shows of an object that ends a cell is one line, however large the object is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import parkscore as ps
from parkscore.ladders.loading import load_ladder
from tests.small_frameworks import leaf, rows, small


def made(folder: Path) -> list[Any]:
    framework = small(leaf("a", weight=1), leaf("b", weight=1))
    table = rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0])
    own = ps.evaluate(framework, table)
    exact, alone, drawn = own.exact(), own.one_at_a_time(), own.robustness(draws=4)
    return [
        ps.load_scheme("zone-2021-equal-within", ps.load_framework("zone-2021")),
        load_ladder("sme-titles").ladder,
        *(framework, ps.prepare(framework, table), own, ps.Scenarios({"one": own, "other": own}), ps.diagnose(own)),
        *(exact, exact.necessary(), exact.extreme_ranks(), alone, alone.leave_out, alone.without_units()),
        own.freeze(folder / "frozen.json"),
        *(drawn, drawn.sensitivity(draws=4, resamples=4), ps.explain(own, "甲")),
    ]


def test_every_result_is_one_short_line_in_a_notebook(tmp_path: Path) -> None:
    shown = [f"{each!r}" for each in made(tmp_path)]
    assert all(line.startswith("<") and line.endswith(">") and "\n" not in line and len(line) < 120 for line in shown)


def test_a_framework_is_one_short_line_when_it_is_printed() -> None:
    zone = ps.load_framework("zone-2021")
    assert str(zone) == repr(zone) == "<Framework zone-2021: 5 at the first level, 46 indicators>"
