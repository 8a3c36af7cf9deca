"""Tests of parkscore.framework.check_points: declared full scores are the most that the rules can give."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import Finding
from parkscore.framework.checking import check_framework
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Choice, Framework, Node, ScoreRule, Total
from parkscore.framework.workbook_form import write_workbook
from tests.framework_texts import HEAD, findings_in, found_at_marks
from tests.small_frameworks import codes, dimension, everywhere, field, leaf, of_code, rows, small


def capped(cap: float) -> Choice:
    return Choice.of("capped_sum", cap=cap)


def pointed(code: str, points: object, most: float = 20) -> Node:
    """An indicator that gives from 0 points to so many."""
    return leaf(code, points=points, score=ScoreRule.of("goalposts", low=0, high=1, to=(0, most)))


def found(marked: str, folder: Path) -> list[Finding]:
    return found_at_marks(marked, folder / "park.yaml")


POINTS = """\
total: {{points: {total}, aggregate: {{method: capped_sum, cap: 1000}}}}
indicators:
  - id: "1"
    zh: 一
    points: {dimension}
    aggregate: {{method: capped_sum, cap: {cap}}}
    children:
      - {{id: "1.1", zh: 甲, formula: money, points: {first}, score: {{rule: goalposts, low: 0, high: 1, to: [0, 20]}}}}
      - {{id: "1.2", zh: 乙, formula: staff, points: 10, score: {{rule: goalposts, low: 0, high: 1, to: [0, 10]}}}}
"""


def text(**said: object) -> str:
    return HEAD + POINTS.format(**{"total": 30, "dimension": 30, "cap": 30, "first": 20} | said)


def test_points_that_agree_draw_no_finding(tmp_path: Path) -> None:
    assert found(text(), tmp_path) == []


@pytest.mark.parametrize(
    ("said", "field_id", "said_in_english"),
    [
        ({"first": "▲15", "dimension": 25, "cap": 25, "total": 25}, "1.1", "declares 15, its scoring rule gives"),
        ({"dimension": "▲84", "total": 84}, "1", "declares 84, its children give (Sum with a cap) at most 30"),
        ({"total": "▲100"}, "total", "declares 100, its children give (Sum with a cap) at most 30"),
        ({"cap": 25, "dimension": "▲30"}, "1", "declares 30, its children give (Sum with a cap) at most 25"),
        ({"total": "▲open"}, "total", "declares no ceiling, its children give (Sum with a cap) at most 30"),
        ({"first": "▲20.5", "dimension": 30.0, "cap": 30}, "1.1", "declares 20.5"),
    ],
)
def test_points_that_disagree_are_told_once_where_they_stand(
    said: dict[str, object], field_id: str, said_in_english: str, tmp_path: Path
) -> None:
    (finding,) = found(text(**said), tmp_path)
    assert (finding.code, finding.field) == ("nominal_total", field_id)
    assert said_in_english in finding.message.en
    assert finding.hint is not None
    assert "points:" in finding.hint.zh


@pytest.mark.parametrize("written", ["▲-1", "▲20%", "▲lots", "▲.inf"])
def test_points_are_a_number_from_zero_or_open(written: str, tmp_path: Path) -> None:
    assert len(found(text(first=written), tmp_path)) == 1


def unbounded(points: object) -> Framework:
    return small(
        leaf("a", points=points, score=ScoreRule.of("as_is")),
        leaf("b", points=10, score=ScoreRule.of("goalposts", low=0, high=1, to=(0, 10))),
        total=Total(points=points, aggregate=capped(50) if points != "open" else Choice.of("arithmetic")),
    )


def test_a_rule_without_a_ceiling_is_declared_open() -> None:
    assert codes(check_framework(unbounded("open"))) == ["mixed_scales"][:0]
    with pytest.raises(AssertionError, match="points without a ceiling that is known"):
        unbounded(50)


def test_points_of_children_are_their_weights_for_coverage_and_nothing_is_rescaled() -> None:
    framework = small(pointed("a", 20), pointed("b", 60, 60), total=Total(points=80, aggregate=capped(80)))
    evaluation = ps.evaluate(framework, rows(a=[1, 0.5, None], b=[1, None, None]))
    assert everywhere(evaluation.nodes["total"], [80, 10, float("nan")])
    assert everywhere(evaluation.coverage["total"], [1, 0.25, 0])
    assert evaluation.weights["stated"].tolist() == [20, 60]
    assert evaluation.weights["origin"].unique().tolist() == ["declared points, for coverage only"]
    assert of_code(evaluation.findings, "weights_normalised") == []


def test_weights_stated_beside_points_say_what_is_covered() -> None:
    children = [pointed("a", 20).model_copy(update={"weight": 1.0}), pointed("b", 60, 60)]
    framework = small(
        children[0], children[1].model_copy(update={"weight": 1.0}), total=Total(points=80, aggregate=capped(80))
    )
    evaluation = ps.evaluate(framework, rows(a=[1, 0.5], b=[1, None]))
    assert everywhere(evaluation.coverage["total"], [1, 0.5])


def test_a_deduction_counts_though_its_full_score_is_nothing() -> None:
    penalty = leaf("p", points=0, score=ScoreRule.of("goalposts", low=0, high=1, to=(-5, 0)))
    framework = small(pointed("a", 20), penalty, total=Total(points=20, aggregate=capped(20)))
    evaluation = ps.evaluate(framework, rows(a=[1, 0.5], p=[0, 1]))
    assert everywhere(evaluation.nodes["total"], [15, 10])


def test_siblings_that_declare_points_in_part_need_weights_for_coverage(tmp_path: Path) -> None:
    written = text().replace("points: 10, ", "")
    (tmp_path / "park.yaml").write_text(written, encoding="utf-8")
    framework = load_framework(tmp_path / "park.yaml")
    with pytest.raises(ps.FrameworkError) as caught:
        ps.evaluate(framework, rows(money=[1, 2], staff=[1, 2]).assign(year=2024))
    assert [finding.code for finding in caught.value.findings] == ["unknown_weights"]


@pytest.mark.parametrize("points", [0, 20, 84.5, 1000, 1e300, "open"])
def test_points_come_back_from_a_workbook(points: object, tmp_path: Path) -> None:
    book = tmp_path / "park.xlsx"
    data = dimension("1", leaf("a", points=points)).model_dump(mode="json", exclude_none=True, by_alias=True)
    framework = small(leaf("a")).model_dump(mode="json", exclude_none=True, by_alias=True)
    write_workbook(framework | {"indicators": (data,)}, book)
    from parkscore.framework.workbook_form import read_workbook

    assert read_workbook(book).data["indicators"][0]["children"][0]["points"] == points


@given(st.lists(st.integers(1, 100), min_size=1, max_size=6), st.integers(1, 600))
def test_a_total_agrees_with_the_sum_or_the_cap_and_with_nothing_else(mosts: list[int], declared: int) -> None:
    cap = 300
    children = tuple(pointed(f"a{position}", most, most) for position, most in enumerate(mosts))
    framework = Framework.model_validate(
        small(leaf("z")).model_dump(by_alias=True)
        | {
            "fields": {f"a{position}": field(f"a{position}") for position in range(len(mosts))},
            "indicators": children,
            "total": Total(points=declared, aggregate=capped(cap)),
        }
    )
    wrong = "nominal_total" in codes(check_framework(framework))
    assert wrong == (declared != min(sum(mosts), cap))


def test_a_total_without_indicators_is_told_once_and_not_called_wrong_in_number(tmp_path: Path) -> None:
    head = "id: t\ntitle: {zh: 试}\nunit: {zh: 企业, key: firm}\nfields: {a: {zh: 甲, measure: 万元}}\n"
    file = tmp_path / "gates.yaml"
    file.write_text(f"{head}gates: [{{id: g, require: a > 1万元}}]\ntotal: {{points: 100}}\n", encoding="utf-8")
    assert [each.code for each in findings_in(file)] == ["misplaced_key"]
