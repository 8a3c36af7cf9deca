"""Weights by judgement, combinations and policies, from a scheme to the weights of an evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import parkscore as ps
from parkscore.findings import DataError, FrameworkError, Severity
from parkscore.framework.loading import load_scheme
from parkscore.framework.models import Choice, CombinedPart, Defaults, Framework, Policy, WeightScheme
from parkscore.methods import combination, weighting
from parkscore.methods.weights_judged import judge
from parkscore.shipped import example_path
from parkscore.tree.schemes import plan_weights, schemes_for
from tests.small_frameworks import dimension, leaf, of_code, panel, rows, small

EQUAL, ENTROPY = Choice.of("equal"), Choice.of("entropy")
FRAME = rows(a=[1, 2, 3, 9], b=[4, 1, 2, 0], c=[1, 1, 5, 6], d=[3, 5, 4, 4])
AHP = Choice.of("ahp", matrix={"X": {"Y": 3}})
THREE = {"a": {"b": 2, "c": 5}, "b": {"c": 4}}
MATRIX = np.array([[1, 2, 5], [1 / 2, 1, 4], [1 / 5, 1 / 4, 1]])


def tree(**said: Any) -> Framework:
    return small(
        dimension("X", leaf("a", weight=0.8), leaf("b", weight=1.2), weight="40%"),
        dimension("Y", leaf("c", weight=1), leaf("d", weight=1), weight="60%"),
        **said,
    )


def flat(**said: Any) -> Framework:
    return small(leaf("a"), leaf("b"), leaf("c"), defaults=Defaults(weights=EQUAL), **said)


def scheme(framework: str = "small", **said: Any) -> WeightScheme:
    return WeightScheme(**({"id": "mine", "framework": framework, "status": "expert"} | said))


def share(evaluation: ps.Evaluation) -> dict[str, float]:
    return dict(zip(evaluation.weights["id"], evaluation.weights["share"], strict=True))


def in_total(evaluation: ps.Evaluation) -> np.ndarray:
    leaves = [node.id for node in evaluation.framework.leaves]
    return evaluation.weights.set_index("id")["weight_in_total"].loc[leaves].to_numpy()


def evaluated(**said: Any) -> ps.Evaluation:
    return ps.evaluate(tree(), FRAME, weights=scheme(**said))


def refused(framework: Framework, **said: Any) -> list[tuple[str, Any]]:
    with pytest.raises(FrameworkError) as raised:
        plan_weights(framework, scheme(**said))
    return [(finding.code, finding.value or finding.field) for finding in raised.value.findings]


# Judgements


def test_judgements_by_id_reach_the_right_siblings_whatever_order_they_are_written_in() -> None:
    matrix = {"c": {"b": 0.25, "a": 0.2}, "b": {"a": 0.5}}
    evaluation = ps.evaluate(
        flat(), FRAME[["zone", "a", "b", "c"]], weights=scheme(inside={"total": Choice.of("ahp", matrix=matrix)})
    )
    assert list(share(evaluation).values()) == pytest.approx(judge(MATRIX).shares, rel=1e-12)


def test_the_consistency_ratio_stands_beside_the_weights_and_among_the_findings() -> None:
    weights = scheme(inside={"total": Choice.of("ahp", matrix=THREE)})
    evaluation = ps.evaluate(flat(), FRAME[["zone", "a", "b", "c"]], weights=weights)
    ratio = f"consistency ratio {judge(MATRIX).ratio:.4f}"
    assert all(ratio in origin for origin in evaluation.weights["origin"])
    (finding,) = of_code(evaluation.findings, "judgements")
    assert (finding.field, finding.severity) == ("total", Severity.INFO)
    assert ratio in finding.message.en


def test_several_methods_inside_the_nodes_of_one_tree_each_weigh_their_own_children() -> None:
    evaluation = evaluated(
        inside={
            "total": AHP,
            "X": Choice.of("best_worst", best_to_others={"a": 4, "b": 1}, others_to_worst={"a": 1, "b": 4}),
            "Y": ENTROPY,
        }
    )
    shares = share(evaluation)
    assert [shares[each] for each in "XYab"] == pytest.approx([0.75, 0.25, 0.2, 0.8], rel=1e-9)
    assert [shares["c"], shares["d"]] == pytest.approx(
        weighting["entropy"](evaluation.scored[["c", "d"]].to_numpy()), rel=1e-14
    )
    assert evaluation.weights.set_index("id")["origin"].nunique() == 3


def test_judgements_may_be_about_all_indicators_at_once() -> None:
    ranks = Choice.of("rank_order", ranks={"d": 1, "c": 2, "b": 3, "a": 4}, formula="rs")
    assert in_total(evaluated(method=ranks)) == pytest.approx([0.1, 0.2, 0.3, 0.4], rel=1e-14)


def test_judgements_may_stand_in_the_framework_itself() -> None:
    framework = small(dimension("X", leaf("a"), leaf("b"), weights=Choice.of("ahp", matrix={"b": {"a": 4}})))
    assert share(ps.evaluate(framework, FRAME[["zone", "a", "b"]]))["b"] == pytest.approx(0.8, rel=1e-12)


def test_judgements_in_the_framework_about_an_id_elsewhere_are_refused() -> None:
    elsewhere = dimension("X", leaf("a"), leaf("b"), weights=Choice.of("ahp", matrix={"b": {"c": 4}}))
    framework = small(dimension("X", leaf("a"), leaf("b")), leaf("c"), defaults=Defaults(weights=EQUAL))
    with pytest.raises(FrameworkError) as raised:
        ps.load_framework(framework.model_copy(update={"indicators": (elsewhere, leaf("c"))}))
    assert [(finding.code, finding.value) for finding in raised.value.findings] == [("unknown_id", "c")]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ({"total": Choice.of("ahp", matrix={"X": {"Z": 3}})}, [("unknown_id", "Z")]),
        ({"total": Choice.of("ahp", matrix={"X": {"a": 3}})}, [("unknown_id", "a")]),
        ({"total": Choice.of("rank_order", ranks={"X": 1})}, [("judgement_missing", "Y")]),
        ({"total": Choice.of("rank_order", ranks={"X": 1, "Q": 2})}, [("judgement_missing", "Y"), ("unknown_id", "Q")]),
        ({"total": Choice.of("ahp", matrix=({"X": {"Y": 3}}, {"W": {"Y": 2}}))}, [("unknown_id", "W")]),
        ({"total": Choice.of("ahp", matrix={"X": {"Y": 3}, "Y": {"X": 3}})}, [("judgements", "ahp")]),
        ({"*": AHP}, [("misplaced_method", "ahp")]),
        ({"total": Choice.of("ahp")}, [("parameter", "ahp")]),
        ({"total": Choice.of("ahp", matrix={"X": 3})}, [("parameter", "ahp")]),
    ],
)
def test_judgements_that_fit_no_siblings_are_refused_before_the_data_are_read(
    inside: dict[str, Choice], expected: list[tuple[str, str]]
) -> None:
    assert sorted(refused(tree(), inside=inside)) == expected


def test_contradictory_judgements_are_refused_at_their_line_with_their_ratio(tmp_path: Path) -> None:
    file = tmp_path / "circle.yaml"
    file.write_text(
        "id: circle\nframework: small\nstatus: expert\ninside:\n  total:\n    method: ahp\n"
        "    matrix: {a: {b: 3}, b: {c: 3}, c: {a: 3}}\n",
        encoding="utf-8",
    )
    with pytest.raises(FrameworkError) as raised:
        load_scheme(file, flat())
    (finding,) = raised.value.findings
    assert finding.code == "judgements"
    assert finding.place is not None
    assert finding.place.line == 7
    assert "consistency ratio is 1.1494, above 0.1" in finding.message.en
    text = file.read_text(encoding="utf-8").replace("    matrix", "    max_consistency_ratio: 1.2\n    matrix")
    file.write_text(text, encoding="utf-8")
    assert load_scheme(file, flat()).id == "circle"


# Panels


def test_vertical_horizontal_of_a_panel_sees_all_years_even_where_one_is_scored() -> None:
    data = panel("""
        zone year a b
        甲   2023 1 9
        乙   2023 2 1
        甲   2024 4 5
        乙   2024 6 6
    """)
    framework = small(leaf("a"), leaf("b"), time="year", reference="panel")
    both = ps.evaluate(framework, data, weights="vertical_horizontal")
    expected = weighting["vertical_horizontal"](both.scored.to_numpy())
    assert both.weights["share"].tolist() == pytest.approx(expected, rel=1e-14)
    assert ps.evaluate(framework, data, weights="vertical_horizontal", year=2024).weights.equals(both.weights)


# Combinations


@pytest.mark.parametrize("name", list(combination))
def test_parts_are_combined_as_weights_in_the_total(name: str) -> None:
    parts = (CombinedPart(method=ENTROPY), CombinedPart(method=Choice.of("vertical_horizontal")))
    sets = [in_total(ps.evaluate(tree(), FRAME, weights=each)) for each in ("entropy", "vertical_horizontal")]
    assert in_total(evaluated(combine=parts, combine_by=name)) == pytest.approx(
        combination[name](np.stack(sets)), rel=1e-12
    )


def test_a_geometric_combination_takes_shares() -> None:
    parts = (CombinedPart(method=ENTROPY, share=3), CombinedPart(method=EQUAL, share=1))
    entropy = in_total(ps.evaluate(tree(), FRAME, weights="entropy"))
    expected = entropy**0.75 / (entropy**0.75).sum()
    assert in_total(evaluated(combine=parts, combine_by="geometric")) == pytest.approx(expected, rel=1e-12)


def test_a_combination_says_how_it_was_made() -> None:
    parts = (CombinedPart(method=ENTROPY), CombinedPart(method=EQUAL))
    assert set(evaluated(combine=parts, combine_by="geometric").weights["origin"]) == {"Geometric combination"}


def test_a_combination_that_the_method_refuses_is_a_finding_with_a_way_out(tmp_path: Path) -> None:
    files = [tmp_path / "first.yaml", tmp_path / "second.yaml"]
    for file, weights in zip(files, ("{a: 1, b: 0}", "{a: 0, b: 1}"), strict=True):
        file.write_text(f"id: one\nframework: small\nstatus: expert\nweights: {weights}\n", encoding="utf-8")
    parts = tuple(CombinedPart(scheme=str(file)) for file in files)
    framework = small(leaf("a"), leaf("b"), defaults=Defaults(weights=EQUAL))
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework, FRAME[["zone", "a", "b"]], weights=scheme(combine=parts, combine_by="multiplicative"))
    (finding,) = raised.value.findings
    assert (finding.code, finding.field) == ("domain", "total")
    assert "no indicator has weight in every set" in finding.message.en
    assert finding.hint is not None
    assert "additive" in finding.hint.zh


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"combine": (CombinedPart(method=EQUAL),), "combine_by": "game"}, "unknown_method"),
        ({"method": EQUAL, "combine_by": "geometric"}, "misplaced_key"),
        ({"combine": (CombinedPart(method=EQUAL, share=1),), "combine_by": "game_theory"}, "misplaced_key"),
        ({"combine": (CombinedPart(method=EQUAL, share=1), CombinedPart(method=ENTROPY))}, "weight_missing"),
        ({"combine": (CombinedPart(share=1),)}, "scheme_kind"),
        ({"combine": (CombinedPart(method=AHP),)}, "unknown_id"),
        ({"method": EQUAL, "toward": Policy(share=0.5)}, "scheme_kind"),
        ({"method": EQUAL, "toward": Policy(share=0.5, method=EQUAL, weights={"X": 1, "Y": 1})}, "scheme_kind"),
        ({"method": EQUAL, "toward": Policy(share=0.5, weights={"X": 1})}, "weight_missing"),
        ({"method": EQUAL, "toward": Policy(share=0.5, weights={"X": 1, "Y": -1})}, "negative_weight"),
        ({"method": EQUAL, "toward": Policy(share=0.5, weights={"X": 0, "Y": 0})}, "weights_sum_to_zero"),
        ({"method": EQUAL, "toward": Policy(share=0.5, weights={"Q": 1})}, "unknown_id"),
        ({"method": EQUAL, "toward": Policy(share=0.5, method=AHP)}, "unknown_id"),
        ({"method": EQUAL, "toward": Policy(share=0.5, scheme="no-such-scheme")}, "unknown_scheme"),
    ],
)
def test_combinations_and_policies_that_make_no_sense_are_refused_before_a_run(
    said: dict[str, Any], expected: str
) -> None:
    assert expected in {code for code, _ in refused(tree(), **said)}


# Policies


def test_weights_are_drawn_toward_a_policy_by_its_share() -> None:
    entropy = in_total(ps.evaluate(tree(), FRAME, weights="entropy"))
    drawn = evaluated(method=ENTROPY, toward=Policy(method=EQUAL, share=0.3))
    assert in_total(drawn) == pytest.approx(0.7 * entropy + 0.3 * 0.25, rel=1e-13)
    assert set(drawn.weights["origin"]) == {"Entropy weights, over all indicators, drawn 30% toward a policy"}


def test_a_policy_about_the_first_level_leaves_the_shares_below_it_as_they_are() -> None:
    before = share(ps.evaluate(tree(), FRAME, weights="entropy"))
    after = share(evaluated(method=ENTROPY, toward=Policy(weights={"X": 3, "Y": 1}, share="40%")))
    assert after["X"] == pytest.approx(0.6 * before["X"] + 0.4 * 0.75, rel=1e-12)
    assert [after[each] for each in "abcd"] == pytest.approx([before[each] for each in "abcd"], rel=1e-12)


@pytest.mark.parametrize(
    ("far", "expected"), [(0, {"X": 0.4, "a": 0.4, "c": 0.5}), (1, {"X": 0.5, "a": 0.5, "c": 0.5})]
)
def test_a_share_of_nothing_keeps_the_weights_and_one_of_all_is_the_policy(
    far: float, expected: dict[str, float]
) -> None:
    # Without a kind of its own, the scheme starts from the framework's weights.
    shares = share(evaluated(toward=Policy(method=EQUAL, share=far)))
    assert {node: shares[node] for node in expected} == pytest.approx(expected, rel=1e-14)


def test_a_policy_that_leads_back_to_its_own_scheme_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "round.yaml"
    file.write_text(
        f"id: round\nframework: small\nstatus: expert\nmethod: equal\ntoward: {{scheme: {file}, share: 0.5}}\n",
        encoding="utf-8",
    )
    with pytest.raises(FrameworkError) as raised:
        plan_weights(tree(), str(file))
    assert [finding.code for finding in raised.value.findings] == ["scheme_cycle"]


# What ships


ZONES = ps.load_framework("zone-2021")


@pytest.mark.parametrize("name", schemes_for(ZONES))
def test_every_shipped_scheme_scores_the_example_and_its_weights_sum_to_one(name: str) -> None:
    evaluation = ps.evaluate(ZONES, str(example_path("zones-synthetic.csv")), weights=name, year=2024)
    assert in_total(evaluation).sum() == pytest.approx(1, rel=1e-12)
    assert evaluation.weights_status in ("assumed", "computed")
    assert np.isfinite(evaluation.scores["score"]).any()


def test_shipped_schemes_with_invented_judgements_say_so_and_count_as_assumed() -> None:
    for name in ("zone-2021-ahp-example", "zone-2021-game-theory"):
        shipped = load_scheme(name, ZONES)
        assert shipped.status == "assumed"
        assert shipped.title is not None
        assert "虚构" in shipped.title.label.zh
        assert "invented" in shipped.title.label.en
