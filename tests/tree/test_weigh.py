"""Where shares come from, in which order, and with which status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import DataError, FrameworkError, Severity, UsageError
from parkscore.framework.models import Choice, CombinedPart, Defaults, Framework, ScoreRule, Total, WeightScheme
from parkscore.methods import weighting
from parkscore.shipped import example_path
from parkscore.tree.schemes import plan_weights, schemes_for, weight_source
from tests.small_frameworks import dimension, everywhere, leaf, of_code, panel, rows, small

EQUAL, ENTROPY = Choice.of("equal"), Choice.of("entropy")
SCHEMES_OF_ZONES = ("zone-2021-equal-within", "zone-2021-entropy-within", "zone-2021-policy-shrinkage", "entropy")
FRAME = rows(a=[1, 2, 3, 9], b=[4, 1, 2, 0], c=[1, 1, 5, 6], d=[3, 5, 4, 4])


def tree(**said: Any) -> Framework:
    """Percent at the first level, coefficients below, as in the zone framework."""
    parts: dict[str, Any] = {"a": 0.8, "b": 1.2, "c": 1, "d": 1, "x": "40%", "y": "60%", "defaults": Defaults()} | said
    return small(
        dimension("X", leaf("a", weight=parts["a"]), leaf("b", weight=parts["b"]), weight=parts["x"]),
        dimension("Y", leaf("c", weight=parts["c"]), leaf("d", weight=parts["d"]), weight=parts["y"]),
        defaults=parts["defaults"],
    )


def scheme(**said: Any) -> WeightScheme:
    return WeightScheme(**({"id": "mine", "framework": "small", "status": "expert"} | said))


def share(evaluation: ps.Evaluation) -> dict[str, float]:
    return dict(zip(evaluation.weights["id"], evaluation.weights["share"], strict=True))


def in_total(evaluation: ps.Evaluation) -> dict[str, float]:
    leaves = {node.id for node in evaluation.framework.leaves}
    both = zip(evaluation.weights["id"], evaluation.weights["weight_in_total"], strict=True)
    return {node: weight for node, weight in both if node in leaves}


# Numbers


def test_percent_above_and_coefficients_below_are_each_a_share_within_their_parent() -> None:
    evaluation = ps.evaluate(tree(), FRAME)
    assert share(evaluation) == pytest.approx({"X": 0.4, "a": 0.4, "b": 0.6, "Y": 0.6, "c": 0.5, "d": 0.5}, rel=1e-15)
    assert in_total(evaluation) == pytest.approx({"a": 0.16, "b": 0.24, "c": 0.3, "d": 0.3}, rel=1e-15)


def test_the_numbers_as_stated_stand_beside_the_shares() -> None:
    weights = ps.evaluate(tree(), FRAME).weights
    assert list(weights.columns) == [
        "reference",
        "id",
        "zh",
        "en",
        "parent",
        "stated",
        "share",
        "weight_in_total",
        "weight_counted",
        "origin",
        "status",
        "source",
    ]
    assert weights["id"].tolist() == ["X", "a", "b", "Y", "c", "d"]
    assert weights["parent"].tolist() == ["total", "X", "X", "total", "Y", "Y"]
    assert weights["stated"].tolist() == [0.4, 0.8, 1.2, 0.6, 1.0, 1.0]
    assert set(weights["status"]) == {"official"}


def test_what_no_unit_has_counts_for_nothing_and_its_siblings_take_over_its_weight_as_in_the_score() -> None:
    evaluation = ps.evaluate(tree(), FRAME.assign(c=None))
    counted = evaluation.weights.set_index("id")["weight_counted"]
    assert counted.to_dict() == pytest.approx({"X": 0.4, "a": 0.16, "b": 0.24, "Y": 0.6, "c": 0.0, "d": 0.6})
    assert in_total(evaluation)["c"] == 0.3
    np.testing.assert_allclose(evaluation.nodes[list("abd")] @ counted[list("abd")], evaluation.nodes["total"])


def test_weights_that_count_are_told_for_each_year_apart() -> None:
    evaluation = ps.evaluate("zone-2021", str(example_path("zones-synthetic.csv")), weights="zone-2021-equal-within")
    weights = evaluation.weights.set_index(["reference", "id"])
    absent = ["2.4", "2.6", "3.5", "5.2"]  # they compare with the year before the first
    assert (weights.loc["2023"].loc[absent, "weight_counted"] == 0).all()
    assert weights.loc[("2023", "2.1"), "weight_counted"] == pytest.approx(0.2 / 8)
    assert weights.loc[("2024", "2.1"), "weight_counted"] == weights.loc[("2024", "2.1"), "weight_in_total"]
    leaves = [leaf.id for leaf in evaluation.framework.leaves]
    sums = weights["weight_counted"].unstack()[leaves].sum(axis=1)
    assert sums.to_numpy() == pytest.approx([1.0, 1.0])


def test_stated_weights_of_dimensions_that_a_method_replaces_are_noted_with_the_scheme_that_keeps_them() -> None:
    table = str(example_path("zones-synthetic.csv"))
    notes = {name: ps.evaluate("zone-2021", table, weights=name, year=2024).notes for name in SCHEMES_OF_ZONES}
    replaced = (
        "各级权重由数据算出，未用体系公布的 1 20%、2 20%、3 15%、4 15%、5 30%；保留它们的方案：zone-2021-entropy-within"
    )
    told = {name for name, own in notes.items() if any(note.zh == replaced for note in own)}
    assert told == {"entropy"}
    assert [note.zh for own in notes.values() for note in own if "未用体系公布的" in note.zh] == [replaced]


def test_no_scheme_is_named_that_keeps_stated_weights_where_none_is_shipped() -> None:
    note = ps.evaluate(tree(), FRAME, weights="entropy").notes[0]
    assert note.en == "all weights are computed from the data, and not those that the framework states: X 40%, Y 60%"


def test_weights_kept_as_numbers_are_noted_as_the_method_is_that_computed_them() -> None:
    computed = scheme(status="computed", weights={"X": {"weight": 0.7}, "Y": {"weight": 0.3}})
    assert "未用体系公布的 X 40%、Y 60%" in ps.evaluate(tree(), FRAME, weights=computed).notes[0].zh
    same = scheme(status="computed", weights={"X": {"weight": 2}, "Y": {"weight": 3}})
    assert ps.evaluate(tree(), FRAME, weights=same).notes == ()


def test_what_was_normalised_is_reported_and_what_sums_to_one_is_not() -> None:
    found = of_code(ps.evaluate(tree(), FRAME).findings, "weights_normalised")
    assert [(finding.field, finding.value, finding.severity) for finding in found] == [
        ("X", 2.0, Severity.INFO),
        ("Y", 2.0, Severity.INFO),
    ]
    assert "sum to 2" in found[0].message.en


def test_shares_that_a_method_made_are_not_reported_as_normalised() -> None:
    assert of_code(ps.evaluate(tree(), FRAME, weights="entropy").findings, "weights_normalised") == []


# Unknown weights


def test_unknown_weights_are_refused_by_dimension_before_the_data_are_read() -> None:
    framework = tree(a=0.8, b="unknown", c="unknown", d="unknown")
    with pytest.raises(FrameworkError) as raised:
        ps.evaluate(framework, "there-is-no-such-table.csv")
    assert [(finding.code, finding.field) for finding in raised.value.findings] == [
        ("unknown_weights", "X"),
        ("unknown_weights", "Y"),
    ]
    assert "b" in raised.value.findings[0].message.en
    assert "c, d" in raised.value.findings[1].message.zh
    assert all(finding.hint is not None and "equal" in finding.hint.en for finding in raised.value.findings)
    assert raised.value.exit_code == 4


def test_the_zone_framework_alone_is_refused_with_the_name_of_a_shipped_scheme() -> None:
    with pytest.raises(FrameworkError) as raised:
        ps.evaluate("zone-2021", str(example_path("zones-synthetic.csv")))
    assert [finding.field for finding in raised.value.findings] == ["1", "2", "3", "4", "5"]
    for finding in raised.value.findings:
        assert finding.hint is not None
        assert "--weights zone-2021-equal-within" in finding.hint.zh
        assert "--weights zone-2021-equal-within" in finding.hint.en


def test_schemes_are_listed_for_their_own_framework_only() -> None:
    names = schemes_for(ps.load_framework("zone-2021"))
    assert names[0] == "zone-2021-equal-within"
    assert all(name.startswith("zone-2021-") for name in names)
    assert schemes_for(tree()) == []


def test_an_only_child_needs_no_weight() -> None:
    framework = small(
        dimension("X", leaf("a", weight="unknown"), weight=0.5),
        dimension("Y", leaf("b"), weight=0.5),
        defaults=Defaults(weights=EQUAL),
    )
    assert share(ps.evaluate(framework, FRAME[["zone", "a", "b"]])) == {"X": 0.5, "a": 1.0, "Y": 0.5, "b": 1.0}


# The order of sources


X_NUMBERS = {"a": 3.0, "b": 1.0}


@pytest.mark.parametrize(
    ("framework", "plan", "expected"),
    [
        # Numbers in the scheme come before everything.
        (tree(), scheme(weights=X_NUMBERS, inside={"X": EQUAL, "*": ENTROPY}), [3.0, 1.0]),
        # Then a method that the scheme names for the node, even where the framework has numbers.
        (tree(), scheme(inside={"X": EQUAL, "*": ENTROPY}), EQUAL),
        # Then numbers in the framework, before the scheme's method for every node.
        (tree(), scheme(inside={"*": ENTROPY}), [0.8, 1.2]),
        # Then the scheme's method for every node, where the framework does not know.
        (tree(b="unknown"), scheme(inside={"*": ENTROPY}), ENTROPY),
        (tree(a=None, b=None, defaults=Defaults(weights=EQUAL)), scheme(inside={"*": ENTROPY}), ENTROPY),
        # Last the framework's own method.
        (tree(a=None, b=None, defaults=Defaults(weights=EQUAL)), None, EQUAL),
        # A number that is not known is not known, whatever the default is for dimensions that say nothing.
        (tree(b="unknown", defaults=Defaults(weights=EQUAL)), None, None),
    ],
)
def test_the_first_source_that_says_something_counts(
    framework: Framework, plan: WeightScheme | None, expected: Any
) -> None:
    source = weight_source(framework, plan, framework.indicators[0])
    assert (source.tolist() if isinstance(source, np.ndarray) else source) == expected


def test_a_node_has_its_own_method_before_the_default() -> None:
    framework = small(
        dimension("X", leaf("a"), leaf("b"), weights=ENTROPY), leaf("c"), defaults=Defaults(weights=EQUAL)
    )
    assert weight_source(framework, None, framework.indicators[0]) == ENTROPY
    assert weight_source(framework, None, framework.root) == EQUAL


# Methods


def test_entropy_over_all_indicators_is_flat_entropy_whatever_the_tree_is() -> None:
    evaluation = ps.evaluate(tree(), FRAME, weights="entropy")
    flat = weighting["entropy"](evaluation.scored.to_numpy())
    assert list(in_total(evaluation).values()) == pytest.approx(flat, rel=1e-14)
    assert evaluation.nodes["total"].to_numpy() == pytest.approx(evaluation.scored.to_numpy() @ flat, rel=1e-14)
    assert (evaluation.weights_status, evaluation.weighing.name) == ("computed", "entropy")
    assert set(evaluation.weights["origin"]) == {"Entropy weights, over all indicators"}
    assert evaluation.weights["stated"].isna().all()


def test_entropy_inside_a_node_sees_the_scores_of_its_children_only() -> None:
    evaluation = ps.evaluate(tree(), FRAME, weights=scheme(inside={"X": ENTROPY, "total": ENTROPY}))
    scores, shares = evaluation.scored.to_numpy(), share(evaluation)
    assert [shares["a"], shares["b"]] == pytest.approx(weighting["entropy"](scores[:, :2]), rel=1e-14)
    # The first level is weighed by the scores of the dimensions.
    dimensions = evaluation.nodes[["X", "Y"]].to_numpy()
    assert [shares["X"], shares["Y"]] == pytest.approx(weighting["entropy"](dimensions), rel=1e-14)
    assert (shares["c"], shares["d"]) == (0.5, 0.5)


def test_equal_over_all_indicators_is_an_assumption_and_says_so() -> None:
    evaluation = ps.evaluate(tree(), FRAME, weights="equal")
    assert list(in_total(evaluation).values()) == [0.25] * 4
    assert evaluation.weights_status == "assumed"
    assert [note.en for note in evaluation.notes] == ["weights are assumed: equal"]


def test_weights_that_name_no_status_count_as_assumed() -> None:
    framework = small(leaf("a"), leaf("b"), weights_status=None)
    assert ps.evaluate(framework, rows(a=[1, 2], b=[1, 2])).weights_status == "assumed"


def test_a_method_with_parameters_may_be_given_from_python() -> None:
    plain = ps.evaluate(tree(), FRAME, weights="entropy")
    shifted = ps.evaluate(tree(), FRAME, weights=Choice.of("entropy", zeros="shift"))
    assert list(in_total(shifted).values()) == pytest.approx(
        weighting["entropy"](plain.scored.to_numpy(), zeros="shift"), rel=1e-14
    )


def test_a_method_misspelt_is_refused_with_the_right_name() -> None:
    with pytest.raises(UsageError) as raised:
        ps.evaluate(tree(), FRAME, weights="entrpy")
    assert raised.value.findings[0].hint == ("是否想写方法 entropy？", "did you mean the method entropy?")
    with pytest.raises(FrameworkError, match="entropy"):
        ps.evaluate(tree(), FRAME, weights=Choice.of("entrpy"))
    with pytest.raises(FrameworkError, match="zeros"):
        ps.evaluate(tree(), FRAME, weights=Choice.of("entropy", zeros="round"))
    with pytest.raises(UsageError):
        ps.evaluate(tree(), FRAME, weights="no-such-scheme-anywhere")


def test_scores_that_a_method_cannot_weigh_are_refused_with_the_year_the_indicators_and_the_units() -> None:
    framework = small(leaf("a"), leaf("b"), time="year", defaults=Defaults(score=ScoreRule.of("zscore"), weights=EQUAL))
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework, panel("zone year a b\n甲 2024 1 1\n乙 2024 2 2"), weights="entropy")
    (finding,) = raised.value.findings
    assert (finding.code, finding.field, finding.year) == ("domain", "total", 2024)
    assert finding.message.en == "Entropy weights: needs no negative values: a, b (甲)"


def test_one_unit_tells_entropy_nothing_and_is_refused_rather_than_guessed() -> None:
    with pytest.raises(DataError, match="2"):
        ps.evaluate(tree(), FRAME.iloc[:1], weights="entropy")


# References


YEARS = panel("""
    zone year a b
    甲   2023 1 9
    乙   2023 2 1
    丙   2023 9 2
    甲   2024 4 5
    乙   2024 6 6
    丙   2024 8 1
""")


def yearly(reference: Any, year: int | None = None) -> ps.Evaluation:
    return ps.evaluate(
        small(leaf("a"), leaf("b"), time="year", reference=reference), YEARS, weights="entropy", year=year
    )


def test_computed_weights_belong_to_each_year() -> None:
    evaluation = yearly("per-year")
    for year in (2023, 2024):
        own = evaluation.weights[evaluation.weights["reference"] == str(year)]
        expected = weighting["entropy"](evaluation.scored.xs(year, level="year").to_numpy())
        assert own["share"].tolist() == pytest.approx(expected, rel=1e-14)
    shares = evaluation.weights["share"].tolist()
    assert shares[:2] != pytest.approx(shares[2:], rel=1e-3)


def test_computed_weights_of_a_panel_come_from_all_years_even_where_one_is_scored() -> None:
    both = yearly("panel")
    assert both.weights["share"].tolist() == pytest.approx(weighting["entropy"](both.scored.to_numpy()), rel=1e-14)
    assert yearly("panel", year=2024).weights.equals(both.weights)


def test_computed_weights_of_a_named_year_come_from_that_year_even_where_another_is_scored() -> None:
    expected = weighting["entropy"](yearly("per-year", year=2023).scored.to_numpy())
    for year in (None, 2023, 2024):
        assert yearly(2023, year).weights["share"].tolist() == pytest.approx(expected, rel=1e-14)


def test_weights_computed_inside_a_dimension_come_from_the_reference_too() -> None:
    framework = small(
        dimension("X", leaf("a"), leaf("b"), weights=ENTROPY), leaf("c", "a"), time="year", reference="panel"
    )
    both, alone = ps.evaluate(framework, YEARS), ps.evaluate(framework, YEARS, year=2024)
    assert alone.weights.equals(both.weights)
    assert [share(alone)["a"], share(alone)["b"]] == pytest.approx(
        weighting["entropy"](both.scored[["a", "b"]].to_numpy()), rel=1e-14
    )


# Combinations


def test_a_combination_is_the_average_of_the_weights_in_the_total() -> None:
    mixed = scheme(combine=(CombinedPart(method=ENTROPY, share=1), CombinedPart(method=EQUAL, share=3)))
    evaluation = ps.evaluate(tree(), FRAME, weights=mixed)
    entropy = np.array(list(in_total(ps.evaluate(tree(), FRAME, weights="entropy")).values()))
    assert list(in_total(evaluation).values()) == pytest.approx(0.25 * entropy + 0.75 * 0.25, rel=1e-14)
    assert set(evaluation.weights["origin"]) == {"a combination"}
    # Equal weights are an assumption, and with them the mixture is one.
    assert evaluation.weights_status == "assumed"


def write_scheme(path: Path, name: str, *parts: str) -> str:
    lines = [f"id: {name}", "framework: small", "status: computed", "combine:", *(f"  - {part}" for part in parts)]
    file = path / f"{name}.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def test_a_combination_may_name_another_scheme_by_its_file(tmp_path: Path) -> None:
    inner = write_scheme(tmp_path, "inner", "{method: equal, share: 1}", "{method: entropy, share: 1}")
    outer = write_scheme(tmp_path, "outer", f"{{scheme: {inner}, share: 0.5}}", "{method: equal, share: 0.5}")
    entropy = np.array(list(in_total(ps.evaluate(tree(), FRAME, weights="entropy")).values()))
    evaluation = ps.evaluate(tree(), FRAME, weights=outer)
    assert list(in_total(evaluation).values()) == pytest.approx(0.25 * entropy + 0.75 * 0.25, rel=1e-14)
    assert evaluation.weighing.name == "outer"


def test_a_combination_that_comes_back_to_itself_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "second.yaml"
    first = write_scheme(tmp_path, "first", f"{{scheme: {other}, share: 1}}", "{method: equal, share: 1}")
    write_scheme(tmp_path, "second", f"{{scheme: {first}, share: 1}}", "{method: equal, share: 1}")
    with pytest.raises(FrameworkError) as raised:
        plan_weights(tree(), first)
    assert raised.value.findings[0].code == "scheme_cycle"
    assert "first.yaml -> second.yaml -> first.yaml" in raised.value.findings[0].message.en


def test_a_combination_of_a_scheme_that_leaves_weights_unknown_is_refused(tmp_path: Path) -> None:
    partial = tmp_path / "partial.yaml"
    partial.write_text("id: partial\nframework: small\nstatus: expert\nweights: {X: 1, Y: 1}\n", encoding="utf-8")
    mixed = write_scheme(tmp_path, "mixed", f"{{scheme: {partial}, share: 1}}", "{method: equal, share: 1}")
    with pytest.raises(FrameworkError) as raised:
        plan_weights(tree(a="unknown"), mixed)
    assert [(finding.code, finding.field) for finding in raised.value.findings] == [("unknown_weights", "X")]


# What holds for all of them


@pytest.mark.parametrize(
    "weights",
    [
        None,
        "equal",
        "entropy",
        scheme(weights={"X": 3, "Y": 1}),
        scheme(inside={"X": ENTROPY, "*": EQUAL}),
        scheme(combine=(CombinedPart(method=ENTROPY, share=2), CombinedPart(method=EQUAL, share=5))),
    ],
)
def test_the_weights_in_the_total_sum_to_one_and_so_do_the_shares_of_every_dimension(weights: Any) -> None:
    evaluation = ps.evaluate(tree(), FRAME, weights=weights)
    assert sum(in_total(evaluation).values()) == pytest.approx(1, rel=1e-14)
    assert evaluation.weights.groupby("parent")["share"].sum().tolist() == pytest.approx([1, 1, 1], rel=1e-14)
    assert evaluation.weights.groupby("parent")["weight_in_total"].sum()["total"] == pytest.approx(1, rel=1e-14)


def test_a_dimension_whose_indicators_all_weigh_nothing_takes_no_part() -> None:
    # b is the same everywhere: entropy gives it, and with it its dimension, no weight at all.
    framework = small(
        dimension("X", leaf("a"), leaf("c"), weight=1),
        dimension("Y", leaf("b"), weight=1),
        total=Total(),
        defaults=Defaults(weights=EQUAL),
    )
    evaluation = ps.evaluate(framework, FRAME.assign(b=1.0)[["zone", "a", "b", "c"]], weights="entropy")
    assert share(evaluation)["Y"] == 0
    assert everywhere(evaluation.nodes["total"], evaluation.nodes["X"])
    assert isinstance(evaluation.weights, pd.DataFrame)
