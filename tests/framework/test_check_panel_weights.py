"""Weights meant for all years together, computed for each year apart: warned about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import parkscore as ps
from parkscore.findings import Finding
from parkscore.framework.checking import check_framework, check_scheme
from parkscore.framework.models import Choice, CombinedPart, Framework, Policy, Total, WeightScheme
from tests.framework_texts import findings_in, places_and_codes, unmarked, with_indicators
from tests.small_frameworks import dimension, leaf, of_code, panel, small

PANEL_METHOD = Choice.of("vertical_horizontal")
TWO = (leaf("a"), leaf("b"))


def _framework(**said: Any) -> Framework:
    return small(*TWO, **({"time": "year", "reference": "per-year"} | said))


def _scheme(**said: Any) -> WeightScheme:
    return WeightScheme(id="mine", framework="small", status="computed", **said)


def _warned(found: list[Finding]) -> list[Finding]:
    return of_code(found, "yearly_panel_weights")


@pytest.mark.parametrize(
    "framework",
    [
        _framework(total=Total(weights=PANEL_METHOD)),
        small(dimension("1", *TWO, weights=PANEL_METHOD), time="year"),
    ],
)
def test_a_framework_that_measures_each_year_against_itself_is_told_the_way_out(framework: Framework) -> None:
    (finding,) = _warned(check_framework(framework))
    assert (str(finding.severity), finding.value) == ("warning", "vertical_horizontal")
    assert "each year gets weights of its own" in finding.message.en
    assert "每年另求一套" in finding.message.zh
    assert finding.hint is not None
    assert "`reference: panel`" in finding.hint.en
    assert "reference: panel" in finding.hint.zh


def test_the_warning_stands_where_the_method_is_named(tmp_path: Path) -> None:
    text, places = unmarked(
        with_indicators('- {id: "1", zh: 一, formula: money}', '- {id: "2", zh: 二, formula: staff}')
        + "total: {weights: ▲vertical_horizontal}\n"
    )
    file = tmp_path / "park.yaml"
    file.write_text(text, encoding="utf-8")
    assert places_and_codes(_warned(findings_in(file)), file) == [f"{places[0]} yearly_panel_weights"]


@pytest.mark.parametrize(
    "said",
    [
        {"method": PANEL_METHOD},
        {"inside": {"*": PANEL_METHOD}},
        {"combine": (CombinedPart(method=Choice.of("entropy")), CombinedPart(method=PANEL_METHOD))},
        {"toward": Policy(method=PANEL_METHOD, share=0.5)},
    ],
)
def test_a_scheme_is_warned_of_wherever_it_names_the_method(said: dict[str, Any]) -> None:
    assert len(_warned(check_scheme(_scheme(**said), _framework()))) == 1


@pytest.mark.parametrize("said", [{"reference": "panel"}, {"reference": 2023}, {"time": None}])
def test_one_set_of_weights_for_all_years_is_no_reason_to_warn(said: dict[str, Any]) -> None:
    assert _warned(check_scheme(_scheme(method=PANEL_METHOD), _framework(**said))) == []


def test_other_methods_may_weigh_each_year_apart() -> None:
    assert _warned(check_scheme(_scheme(method=Choice.of("entropy")), _framework())) == []


def test_what_is_warned_of_happens_and_the_way_out_ends_it() -> None:
    data = panel("""
        zone year a b
        甲   2023 0 5
        乙   2023 5 0
        丙   2023 10 9
        甲   2024 10 1
        乙   2024 20 2
        丙   2024 40 90
    """)
    apart = ps.evaluate(_framework(), data, weights="vertical_horizontal")
    assert len(_warned(list(apart.findings))) == 1
    assert apart.weights["share"].nunique() == 4
    together = ps.evaluate(_framework(reference="panel"), data, weights="vertical_horizontal")
    assert _warned(list(together.findings)) == []
    assert len(together.weights) == 2
