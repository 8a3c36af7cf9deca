"""Point rules in a framework: what the direction contradicts, what should be known, and values without points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parkscore.evaluating import evaluate
from parkscore.findings import Severity
from parkscore.framework.checking import check_framework
from parkscore.framework.models import Framework, ScoreRule
from tests.framework_texts import findings_in, only, unmarked, with_indicators
from tests.small_frameworks import field, leaf, of_code, rows, small

STEPS = {"closed": "left", "steps": ((30, 20), (25, 16)), "otherwise": 0}
ANCHORS = {"points": 8, "basic": 5, "full": 20, "at_basic": "60%"}


def _framework(rule: str, direction: str = "higher", **stated: Any) -> Framework:
    return small(leaf("a", direction=direction, score=ScoreRule.of(rule, **stated)))


@pytest.mark.parametrize(
    ("framework", "code"),
    [
        (_framework("steps", closed="left", steps=((30, 5), (25, 16)), otherwise=0), "not_monotone"),
        (_framework("bands", "lower", bands=({"below": 5, "points": 1}, {"from": 5, "points": 2})), "not_monotone"),
        (_framework("per", each=1, points=-5), "not_monotone"),
        (_framework("two_anchor", **ANCHORS | {"basic": 20}), "no_middle_branch"),
        (_framework("two_anchor", **ANCHORS | {"basic": 0}), "basic_at_zero"),
    ],
)
def test_what_is_allowed_and_should_be_known_is_a_warning(framework: Framework, code: str) -> None:
    (finding,) = check_framework(framework)
    assert (finding.code, finding.severity, finding.field) == (code, Severity.WARNING, "a")
    assert finding.hint is not None


@pytest.mark.parametrize(
    ("score", "code", "english"),
    [
        ("{rule: steps, steps: [[30%, 20], [25%, 16]], otherwise: 0}", "unstated_side", "closed must be stated"),
        ("{rule: bands, bands: ▲[{below: 2亿, points: 4}]}", "parameter", "bands is"),
        ("{rule: bands, bands: ▲[{below: 5%, points: 4}, {over: 5%, points: 5}]}", "band_gap", "exactly 5%"),
        ("{rule: bands, bands: ▲[{to: 5%, points: 4}, {from: 5%, points: 5}]}", "band_overlap", "exactly 5%"),
        ("{rule: two_anchor, points: 3, basic: 0, full: ▲0, at_basic: 60%}", "full_at_zero", "0 included"),
        ("{rule: two_anchor, points: 3, basic: ▲9, full: 8, at_basic: 60%}", "basic_above_full", "above the full"),
        ("{rule: lookup, points: ▲{１: 1, 1: 2}}", "repeated_category", "are the same name"),
        (
            "{rule: steps, closed: left, steps: [[5, 10], [▲30%, 5]], otherwise: 0}, measure: 人",
            "percent_of_measure",
            "the threshold 30% is 0.3, and the indicator is counted in 人",
        ),
        (
            "{rule: bands, bands: [{below: ▲5%, points: 1}, {from: 0.05, points: 2}]}, measure: 人",
            "percent_of_measure",
            "the threshold 5% is 0.05",
        ),
        ("{rule: goalposts, low: 0, high: ▲5%}, measure: 人", "percent_of_measure", "the threshold 5% is 0.05"),
        (
            "{rule: steps, closed: left, steps: ▲[[25%, 16], [30%, 20]], otherwise: 0}",
            "parameter",
            "higher is better: write the highest threshold first",
        ),
        (
            "{rule: steps, closed: right, steps: ▲[[30%, 20], [25%, 16]], otherwise: 0}, direction: lower",
            "parameter",
            "lower is better: write the lowest threshold first",
        ),
        (
            "▲{rule: two_anchor, points: 3, basic: 2, full: 8, at_basic: 60%}, direction: lower",
            "lower_is_better",
            "write steps or bands where lower is",
        ),
    ],
)
def test_a_table_that_cannot_be_meant_is_found_at_its_place(
    score: str, code: str, english: str, tmp_path: Path
) -> None:
    text, places = unmarked(with_indicators(f'- {{id: "1", zh: 一, formula: staff, score: {score}}}'))
    path = tmp_path / "park.yaml"
    path.write_text(text, encoding="utf-8")
    finding = only(findings_in(path))
    assert finding.code == code
    assert english in finding.message.en
    assert finding.severity is Severity.ERROR
    if places:
        assert finding.place is not None
        assert f"{finding.place.line}:{finding.place.column}" == places[0]


def test_a_percentage_is_a_share_and_a_ratio_reaches_it() -> None:
    rule = ScoreRule.of("steps", **STEPS | {"steps": (("30%", 20),)})
    framework = small(leaf("a", "part / whole", score=rule), fields={"part": field("part"), "whole": field("whole")})
    result = evaluate(framework, rows(part=[3, 2.9999, -3, np.nan], whole=[10, 10, 10, 10]))
    assert result.scores["a"].fillna(-1).tolist() == [20, 0, 0, -1]


def test_a_threshold_in_points_of_a_percentage_is_a_plain_number_there() -> None:
    fields = {"part": field("part"), "whole": field("whole")}
    stated = STEPS | {"steps": ((30, 20),)}
    share = leaf("a", "part / whole", measure="百分点", score=ScoreRule.of("steps", **stated))
    result = evaluate(small(share, fields=fields), rows(part=[3, 2.9999], whole=[10, 10]))
    assert result.scores["a"].tolist() == [20, 0]


def test_a_part_of_full_marks_may_be_a_percentage_whatever_the_measure() -> None:
    assert check_framework(small(leaf("a", measure="1", score=ScoreRule.of("two_anchor", **ANCHORS)))) == []


def test_a_table_with_otherwise_has_points_for_every_value() -> None:
    bands = {"bands": ({"from": 1, "below": 3, "points": 6},), "otherwise": -1}
    result = evaluate(_framework("bands", **bands), rows(a=[1, 2, 3, -1e9]))
    assert of_code(result.findings, "no_points") == []
    assert result.scores["a"].tolist() == [6, 6, -1, -1]
