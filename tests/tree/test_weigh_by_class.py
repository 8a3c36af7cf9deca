"""Weights by class: each class is weighed by itself, and every table says which weights it used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import Severity
from parkscore.framework.loading import load_scheme
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule, UnitClass, WeightScheme
from parkscore.tree.computed_scheme import computed_scheme
from tests.small_frameworks import dimension, field, leaf, of_code, rows, small

AS_IS = Defaults(score=ScoreRule.of("goalposts", low=0, high=1), weights=Choice.of("equal"))
FIELDS = {"revenue": field("revenue", zh="营业收入", en="revenue", measure="万元")}
SEED = UnitClass(id="seed", zh="种子", en="Seed", when="revenue < 50万元")
GROWN = UnitClass(id="grown", zh="成长", en="Grown", when="revenue >= 50万元")
EVERYONE = UnitClass(id="all", zh="全部", en="All", when="revenue < 1万元 or revenue >= 1万元")
FRAME = rows(a=[0.1, 0.9, 0.4, 0.8], b=[0.6, 0.2, 0.3, 0.5], c=[0.2, 0.4, 0.9, 0.1], revenue=[10, 20, 500, 900])


def staged(*classes: UnitClass, **said: Any) -> Framework:
    tree = dimension("1", leaf("a"), leaf("b")), leaf("c")
    return small(*tree, defaults=AS_IS, classes=classes, **({"fields": FIELDS} | said))


def scheme(**said: Any) -> WeightScheme:
    return WeightScheme.model_validate({"id": "mine", "framework": "small", "status": "expert", **said})


BASE = {"weights": {"1": 60, "c": 40, "a": 0.5, "b": 0.5}}


def scores(evaluation: ps.Evaluation) -> dict[str, float]:
    return dict(zip(evaluation.scores["unit"], evaluation.scores["score"], strict=True))


def test_a_class_has_its_own_numbers_and_takes_the_rest_from_the_scheme() -> None:
    own = scheme(**BASE, classes={"seed": {"weights": {"1": 20, "c": 80}}})
    found = scores(ps.evaluate(staged(SEED, GROWN), FRAME, weights=own))
    assert found == pytest.approx(
        {
            "甲": 0.2 * 0.35 + 0.8 * 0.2,
            "乙": 0.2 * 0.55 + 0.8 * 0.4,
            "丙": 0.6 * 0.35 + 0.4 * 0.9,
            "丁": 0.6 * 0.65 + 0.4 * 0.1,
        }
    )


def test_a_method_of_a_class_replaces_the_numbers_of_the_scheme_and_sees_its_units_only() -> None:
    own = scheme(**BASE, classes={"grown": {"inside": {"1": "entropy"}}})
    evaluation = ps.evaluate(staged(SEED, GROWN), FRAME, weights=own)
    alone = ps.evaluate(
        staged(SEED, GROWN), FRAME.iloc[2:], weights=scheme(weights={"1": 60, "c": 40}, inside={"1": "entropy"})
    )
    table = evaluation.weights.set_index(["class", "id"])
    assert table.loc[("seed", "a"), "share"] == 0.5
    expected = alone.weights.set_index("id").loc["a", "share"]
    assert table.loc[("grown", "a"), "share"] == pytest.approx(expected)
    assert table.loc[("grown", "a"), "origin"] != table.loc[("seed", "a"), "origin"]
    assert {unit: score for unit, score in scores(evaluation).items() if unit in "丙丁"} == pytest.approx(scores(alone))


def test_weights_of_a_class_alone_stand_beside_those_of_the_framework() -> None:
    own = scheme(classes={"seed": {"weights": {"1": 1, "c": 0}}})
    found = scores(ps.evaluate(staged(SEED, GROWN), FRAME, weights=own))
    assert found == pytest.approx({"甲": 0.35, "乙": 0.55, "丙": 0.625, "丁": 0.375})


def test_a_unit_without_a_class_is_not_ranked_and_says_why_and_moves_no_one() -> None:
    own = scheme(**BASE, classes={"seed": {"weights": {"1": 20, "c": 80}}})
    frame = FRAME.assign(revenue=[10, None, 500, 900])
    evaluation = ps.evaluate(staged(SEED, GROWN), frame, weights=own)
    ((_, reason),) = evaluation.outcomes.reasons.values()
    assert reason.en == ("weights go by class: it cannot be told whether it is in Seed, Grown (revenue: missing)")
    assert reason.zh == "权重按分类而定，不能判定是否属于种子、成长（营业收入：缺失）"
    assert len(of_code(evaluation.findings, "not_ranked")) == 1
    others = scores(ps.evaluate(staged(SEED, GROWN), frame.drop(index=1), weights=own))
    assert {unit: score for unit, score in scores(evaluation).items() if unit != "乙"} == others
    assert len(evaluation.scores) == 4


def test_a_class_that_stands_in_a_field_may_have_weights_and_a_slip_in_its_name_is_a_warning() -> None:
    framework = small(
        dimension("1", leaf("a"), leaf("b")),
        leaf("c"),
        defaults=AS_IS,
        class_field="stage",
        fields={"stage": field("stage", kind="text")},
    )
    own = scheme(**BASE, classes={"东": {"weights": {"1": 1, "c": 0}}, "西西": {"weights": {"1": 0, "c": 1}}})
    evaluation = ps.evaluate(framework, FRAME.assign(stage=["东", "西", "东", None]), weights=own)
    assert scores(evaluation)["甲"] == pytest.approx(0.35)
    assert scores(evaluation)["乙"] == pytest.approx(0.6 * 0.55 + 0.4 * 0.4)
    ((_, why),) = evaluation.outcomes.reasons.values()
    assert why.en == "weights go by class: field stage is missing"
    (slip,) = of_code(evaluation.findings, "class_without_units")
    assert (slip.value, slip.severity) == ("西西", Severity.WARNING)


def test_contributions_sum_to_the_score_under_the_weights_of_each_class() -> None:
    own = scheme(**BASE, classes={"seed": {"weights": {"a": 0.9, "b": 0.1}}, "grown": {"inside": {"total": "entropy"}}})
    evaluation = ps.evaluate(staged(SEED, GROWN), FRAME.assign(b=[0.6, None, 0.3, 0.5]), weights=own)
    sums = evaluation.contributions.sum(axis=1)
    assert sums.to_numpy() == pytest.approx(evaluation.nodes["total"].to_numpy())


def test_weights_of_one_year_are_kept_by_class_and_give_the_same_scores_again() -> None:
    own = scheme(**BASE, classes={"grown": {"inside": {"1": "entropy"}}})
    evaluation = ps.evaluate(staged(SEED, GROWN), FRAME, weights=own)
    kept = computed_scheme(evaluation.framework, evaluation.weighing, evaluation.cohorts, data="x.csv", digest="0")
    assert set(kept.classes) == {"seed", "grown"}
    again = ps.evaluate(staged(SEED, GROWN), FRAME, weights=kept)
    assert scores(again) == pytest.approx(scores(evaluation), abs=1e-15)


def test_a_reweighed_scheme_keeps_what_classes_say_inside_the_first_level() -> None:
    own = scheme(**BASE, classes={"seed": {"weights": {"1": 0.1, "c": 0.9, "a": 0.8, "b": 0.2}}})
    new = ps.reweigh(staged(SEED, GROWN), own, {"1": 70, "c": 30})
    found = scores(ps.evaluate(staged(SEED, GROWN), FRAME, weights=new))
    assert found["甲"] == pytest.approx(0.7 * (0.8 * 0.1 + 0.2 * 0.6) + 0.3 * 0.2)
    assert found["丙"] == pytest.approx(0.7 * 0.35 + 0.3 * 0.9)


def test_schemes_with_and_without_weights_by_class_stand_side_by_side(tmp_path: Path) -> None:
    framework = staged(SEED, GROWN)
    own = scheme(**BASE, classes={"seed": {"weights": {"1": 20, "c": 80}}})
    prepared = ps.prepare(framework, FRAME)
    compared = ps.Scenarios({"plain": prepared.evaluate(scheme(**BASE)), "by class": prepared.evaluate(own)})
    table = compared.weights
    assert table.loc[("all", "seed", "c")].tolist() == pytest.approx([0.4, 0.8])
    assert table.loc[("all", "grown", "c")].tolist() == pytest.approx([0.4, 0.4])
    assert compared.to_excel(tmp_path / "compared.xlsx").exists()


def test_the_sheet_of_weights_names_the_class(tmp_path: Path) -> None:
    own = scheme(**BASE, classes={"seed": {"weights": {"1": 20, "c": 80}}})
    evaluation = ps.evaluate(staged(SEED, GROWN), FRAME, weights=own)
    sheet = pd.read_excel(evaluation.to_excel(tmp_path / "out.xlsx"), sheet_name="权重", header=None, engine="calamine")
    assert {"分类", "种子", "成长"} <= set(sheet.astype(str).to_numpy().ravel())
    assert "class" not in ps.evaluate(staged(SEED, GROWN), FRAME, weights=scheme(**BASE)).weights


WRONG = [
    ("classes:\n  ▲sed: {weights: {a: 1, b: 1}}\n", "unknown_id"),
    ("classes:\n  seed: {weights: {a: 1, ▲x: 1, b: 1}}\n", "unknown_id"),
    ("classes:\n  seed: {weights: {▲a: -1, b: 2}}\n", "negative_weight"),
    ("classes:\n  seed: {weights: {▲a: 0, b: 0}}\n", "weights_sum_to_zero"),
    ("classes:\n  seed: {weights: ▲{a: 1}}\n", "weight_missing"),
    ("classes:\n  seed: {weights: {▲a: 50%, b: 20%}}\n", "weights_sum"),
    ("classes:\n  seed: {inside: {▲c: equal}}\n", "misplaced_key"),
    ("classes:\n  seed: {inside: {'1': ▲entrpy}}\n", "unknown_method"),
    ("classes:\n  ▲seed: {}\n", "missing_key"),
    ("method: equal\nclasses:\n  seed: {inside: {'1': entropy}}\n", "scheme_kind"),
]


@pytest.mark.parametrize(("text", "code"), WRONG, ids=[f"{number}-{code}" for number, (_, code) in enumerate(WRONG)])
def test_a_mistake_in_the_weights_of_a_class_is_told_by_line(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "mine.yaml"
    head = "id: mine\nframework: small\nstatus: expert\n"
    file.write_text(head + text.replace("▲", ""), "utf-8")
    framework = staged(SEED, GROWN)
    try:
        found = of_code(ps.evaluate(framework, FRAME, weights=load_scheme(file, framework)).findings, code)
    except ps.FrameworkError as error:
        found = of_code(error.findings, code)
        line = next((number for number, each in enumerate((head + text).splitlines(), 1) if "▲" in each), None)
        assert found[0].place is not None
        assert line is None or found[0].place.line == line
    assert found


def test_weights_by_class_need_a_framework_with_classes() -> None:
    with pytest.raises(ps.FrameworkError, match=r"no classes|没有分类"):
        ps.evaluate(staged(), FRAME, weights=scheme(**BASE, classes={"seed": {"weights": {"1": 1, "c": 1}}}))


VALUES = st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), min_size=4, max_size=4)


@given(VALUES, VALUES, st.sampled_from([BASE, {"inside": {"*": "entropy"}}, {"inside": {"total": "critic"}}]))
def test_one_class_that_always_holds_weighs_as_no_classes_do(
    a: list[float], b: list[float], said: dict[str, Any]
) -> None:
    frame = FRAME.assign(a=a, b=b)
    framework = staged(EVERYONE)
    try:
        plain = ps.evaluate(framework, frame, weights=scheme(**said))
    except ps.DataError:  # a method that these scores give nothing to weigh by
        reject()
    table = plain.weights.set_index("id")["share"]
    numbers = {"all": {"weights": {key: float(table[key]) for key in ("1", "c")}}}
    by_class = ps.evaluate(framework, frame, weights=scheme(**said, classes=numbers))
    assert np.allclose(by_class.nodes.to_numpy(), plain.nodes.to_numpy(), rtol=0, atol=1e-12)
    assert by_class.scores["rank"].tolist() == plain.scores["rank"].tolist()


@given(st.lists(st.sampled_from([None, -1e300, -5.0, 0.0, 49.0, 50.0, 1e300]), min_size=4, max_size=4), st.booleans())
def test_the_order_of_classes_moves_nothing_and_no_row_is_lost(revenue: list[float | None], turned: bool) -> None:
    order = (GROWN, SEED) if turned else (SEED, GROWN)
    own = scheme(**BASE, classes={"seed": {"weights": {"1": 20, "c": 80}}})
    frame = FRAME.assign(revenue=pd.Series(revenue, dtype=float))
    evaluation = ps.evaluate(staged(*order), frame, weights=own)
    other = ps.evaluate(staged(SEED, GROWN), frame, weights=own)
    # A reason names the classes in the order of the file.
    assert evaluation.scores.drop(columns="status").equals(other.scores.drop(columns="status"))
    assert int(evaluation.outcomes.ranked.sum()) + len(evaluation.outcomes.reasons) == 4
