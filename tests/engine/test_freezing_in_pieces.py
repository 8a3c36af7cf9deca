"""A reference that was gathered piece by piece and frozen is the one that the table in memory gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import UsageError
from parkscore.framework.models import (
    Choice,
    ClassWeights,
    Defaults,
    Framework,
    ScoreRule,
    Total,
    WeightEntry,
    WeightScheme,
)
from parkscore.tree.frozen import load_reference
from tests.engine.test_references_in_pieces import RULES, framework_of, table_of
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import codes, field, leaf, small

FIELDS = {"a": field("a"), "b": field("b"), "park": field("park", kind="text")}
FITTED = [rule for rule in RULES if rule not in {"rank", "borda", "percentile"}]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "ref.json"


def scored(framework: Framework, frame: pd.DataFrame, tmp_path: Path, kept: Path, **asked: Any) -> pd.DataFrame:
    (tmp_path / "data").mkdir()
    return in_pieces(framework, frame, tmp_path / "data", freeze=kept, **asked)[0]


@pytest.mark.parametrize("rule", FITTED)
def test_the_numbers_are_those_of_the_table_in_memory(rule: str, tmp_path: Path, kept: Path) -> None:
    framework, frame = framework_of(rule, RULES[rule]), table_of(3)
    found = scored(framework, frame, tmp_path, kept).set_index("unit")["score"]
    evaluation = ps.evaluate(framework, frame)
    whole, gathered = evaluation.freeze(tmp_path / "whole.json"), load_reference(kept)
    assert gathered.fitted.scoring == whole.fitted.scoring
    assert gathered.fitted.extents == whole.fitted.extents
    assert (gathered.rows, gathered.depends_on) == (whole.rows, whole.depends_on)
    later = ps.evaluate(framework, frame, reference=kept).scores.set_index("unit")["score"]
    np.testing.assert_array_equal(later.reindex(found.index), found)


@pytest.mark.parametrize("rule", FITTED)
def test_the_file_of_each_rule_is_that_of_the_table_in_memory(rule: str, tmp_path: Path, kept: Path) -> None:
    framework, frame = framework_of(rule, RULES[rule]), table_of(3)
    scored(framework, frame, tmp_path, kept)
    ps.evaluate(framework, tmp_path / "data" / "data.parquet").freeze(tmp_path / "whole.json")
    assert kept.read_bytes() == (tmp_path / "whole.json").read_bytes()


def test_a_zero_is_no_negative_one_whichever_came_first(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a"), fields={"a": field("a")})
    frames = [pd.DataFrame({"zone": list("甲乙丙"), "a": values}) for values in ([0.0, -0.0, 1], [-0.0, 0.0, 1])]
    for frame in frames:
        kept.unlink(missing_ok=True)
        ps.evaluate(framework, frame).freeze(kept)
        assert "-0.0" not in kept.read_text("utf-8")


def test_a_reference_of_other_data_is_kept_and_nothing_is_written(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a"), fields={"a": field("a")})
    pd.DataFrame({"zone": list("甲乙"), "a": [0.0, 1.0]}).to_parquet(tmp_path / "old.parquet")
    pd.DataFrame({"zone": list("甲乙"), "a": [0.0, 2.0]}).to_parquet(tmp_path / "new.parquet")
    ps.score_dataset(framework, tmp_path / "old.parquet", tmp_path / "out.parquet", freeze=kept)
    before = kept.read_bytes(), (tmp_path / "out.parquet").read_bytes()
    with pytest.raises(UsageError, match="holds another reference"):
        ps.score_dataset(framework, tmp_path / "new.parquet", tmp_path / "out.parquet", freeze=kept)
    assert (kept.read_bytes(), (tmp_path / "out.parquet").read_bytes()) == before
    ps.score_dataset(framework, tmp_path / "old.parquet", tmp_path / "out.parquet", freeze=kept)
    assert kept.read_bytes() == before[0]


def test_groups_and_a_year_are_kept_apart(tmp_path: Path, kept: Path) -> None:
    fields = {"a": field("a"), "park": field("park", kind="text")}
    framework = small(leaf("a"), fields=fields, time="year", reference_within=("park",))
    frame = table_of(5).assign(park=[*"东西北" * 7, "东", None], year=[2023, 2024] * 11 + [2024])
    scored(framework, frame, tmp_path, kept, year=2024)
    gathered = load_reference(kept)
    whole = ps.evaluate(framework, frame, year=2024).freeze(tmp_path / "whole.json")
    assert gathered.name == "2024"
    assert gathered.fitted.scoring == whole.fitted.scoring
    assert set(gathered.fitted.scoring) == {"2024 · 东", "2024 · 西", "2024 · 北"}


def of_groups(**said: Any) -> Framework:
    """Groups measured against 2023 by a rule that takes nothing from the data."""
    fields = {"a": field("a"), "b": field("b"), "park": field("park", kind="text")}
    defaults = Defaults(weights=Choice.of("equal"), score=ScoreRule.of("goalposts", low=0, high=100), **said)
    years = {"time": "year", "reference": 2023, "reference_within": ("park",)}
    return small(leaf("a"), leaf("b", missing=Choice.of("invalid")), fields=fields, defaults=defaults, **years)


GROUPS = pd.DataFrame({
    "zone": list("xwuyzx"), "year": [2023, 2023, 2023, 2024, 2024, 2024], "a": [50.0, 3, 9, 80, None, 7],
    "b": [1.0, 2, None, 2, 3, 4], "park": list("东东西西东东"),
})  # fmt: skip


@pytest.mark.parametrize(
    "said", [{"missing": Choice.of("mean")}, {"missing": Choice.of("median"), "treat": Choice.of("winsorise")}]
)
def test_a_group_of_which_no_row_may_be_measured_against_is_in_no_frozen_reference(
    said: dict[str, Any], tmp_path: Path, kept: Path
) -> None:
    framework = of_groups(**said)
    old = GROUPS[GROUPS["year"] == 2023]
    scored(framework, old, tmp_path, kept, year=2023)
    whole = ps.evaluate(framework, tmp_path / "data" / "data.parquet", year=2023).freeze(tmp_path / "whole.json")
    assert kept.read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert list(whole.fitted.scoring) == ["2023 · 东"]
    (tmp_path / "later").mkdir()
    found, told = in_pieces(framework, GROUPS, tmp_path / "later", rows=2, year=2024, reference=kept)
    assert_same(ps.evaluate(framework, GROUPS, year=2024, reference=kept), found, told)
    assert found.set_index("unit")["status"].to_dict() == {
        "x": "ranked", "z": "ranked", "y": "not_ranked: no reference to measure against: it has no 西",
    }  # fmt: skip


@pytest.mark.parametrize("reference", ["panel", "per-year"])
def test_a_reference_that_nothing_was_fitted_on_scores_nobody_and_says_so(
    reference: Any, tmp_path: Path, kept: Path
) -> None:
    gaps = {"missing": Choice.of("mean"), "treat": Choice.of("winsorise")}
    framework = small(leaf("a", **gaps), leaf("b", missing=Choice.of("invalid")), time="year", reference=reference)
    old = GROUPS[GROUPS["year"] == 2023].assign(b=np.nan)
    scored(framework, old, tmp_path, kept)
    ps.evaluate(framework, tmp_path / "data" / "data.parquet").freeze(tmp_path / "whole.json")
    assert kept.read_bytes() == (tmp_path / "whole.json").read_bytes()
    (tmp_path / "later").mkdir()
    later = GROUPS[GROUPS["year"] == 2024]
    found, told = in_pieces(framework, later, tmp_path / "later", rows=2, reference=kept)
    assert_same(ps.evaluate(framework, later, reference=kept), found, told)
    assert set(found["status"]) == {"not_ranked: with no reference to measure against"}


def test_weights_over_rules_that_take_nothing_are_kept_with_the_reference_that_they_need(
    tmp_path: Path, kept: Path
) -> None:
    absolute = Defaults(weights=Choice.of("equal"), score=ScoreRule.of("goalposts", low=0, high=100))
    framework, frame = small(leaf("a"), leaf("b"), defaults=absolute), table_of(2)
    frame = frame.assign(a=frame["a"].fillna(1.0), b=frame["a"].fillna(9.0) ** 2)
    found = scored(framework, frame, tmp_path, kept, weights="entropy").set_index("unit")["score"]
    later = ps.evaluate(framework, frame, reference=kept).scores.set_index("unit")["score"]
    np.testing.assert_allclose(later.reindex(found.index), found, rtol=1e-12)


def refused(framework: Framework, frame: pd.DataFrame, tmp_path: Path, kept: Path) -> list[str]:
    (tmp_path / "data").mkdir()
    frame.to_parquet(tmp_path / "data" / "d.parquet")
    with pytest.raises(UsageError) as caught:
        ps.score_dataset(framework, tmp_path / "data" / "d.parquet", tmp_path / "data" / "o.parquet", freeze=kept)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["d.parquet"]
    assert not kept.exists()
    return codes(caught.value.findings)


def test_several_years_leave_no_file_behind(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a"), time="year")
    assert refused(framework, table_of(1).assign(year=[2023, 2024] * 11 + [2024]), tmp_path, kept) == ["several_years"]


def test_a_rule_that_counts_the_others_is_refused(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a", score=ScoreRule.of("rank")))
    assert refused(framework, table_of(1), tmp_path, kept) == ["no_fixed_reference"]


def test_where_nothing_is_taken_from_the_data_there_is_nothing_to_keep(tmp_path: Path, kept: Path) -> None:
    framework = small(leaf("a", score=ScoreRule.of("as_is")))
    assert refused(framework, table_of(1), tmp_path, kept) == ["nothing_to_freeze"]
    with pytest.raises(UsageError) as caught:
        ps.evaluate(framework, table_of(1)).freeze(kept)
    assert codes(caught.value.findings) == ["nothing_to_freeze"]


SPREAD = Choice.of("standard_deviation")
STATED = {"a": WeightEntry(weight=1), "b": WeightEntry(weight=2)}
SET_ASIDE = small(leaf("a", missing=Choice.of("invalid")), leaf("b"), fields=FIELDS)
BY_GROUP = small(leaf("a"), leaf("b"), fields=FIELDS, reference_within=("park",))
BY_CLASS = small(leaf("a"), leaf("b"), fields=FIELDS, class_field="park")


def of_north(**said: Any) -> WeightScheme:
    """A scheme that computes the weights of 北."""
    classes = {"北": ClassWeights(inside={"total": SPREAD})}
    return WeightScheme(id="s", framework="small", status="expert", source="x", classes=classes, **said)


@pytest.mark.parametrize(
    ("framework", "gone", "weights"),
    [
        (SET_ASIDE, "a", SPREAD),
        (BY_GROUP, "park", SPREAD),
        (BY_CLASS, "park", of_north()),
        (BY_CLASS, "park", of_north(weights=STATED)),
    ],
)
def test_computed_weights_are_not_frozen_where_no_row_can_be_scored_and_nothing_is_written(
    framework: Framework, gone: str, weights: Any, tmp_path: Path, kept: Path
) -> None:
    """The file was without weights, so that the same run by it was refused, and one without a scheme had others."""
    frame = pd.DataFrame({"zone": list("甲乙"), "a": [1.0, 2.0], "b": [1.0, 2.0], "park": ["东", "西"]})
    frame = frame.assign(**{gone: pd.Series([None, None], dtype=frame[gone].dtype)})
    data, target = tmp_path / "d.parquet", tmp_path / "o.parquet"
    frame.to_parquet(data)
    with pytest.raises(UsageError) as in_memory:
        ps.evaluate(framework, frame, weights=weights).freeze(kept)
    with pytest.raises(UsageError) as piece_by_piece:
        ps.score_dataset(framework, data, target, weights=weights, freeze=kept)
    (finding,) = in_memory.value.findings
    assert finding.code == "nobody_weighed"
    assert "the status of each row says why" in str(finding.hint)
    assert in_memory.value.findings == piece_by_piece.value.findings
    assert not target.exists()
    assert not kept.exists()


@pytest.mark.parametrize("score", [ScoreRule.of("minmax"), ScoreRule.of("goalposts", low=0, high=10)])
def test_stated_weights_are_frozen_beside_computed_ones_of_a_class_that_nobody_is_in(
    score: ScoreRule, tmp_path: Path, kept: Path
) -> None:
    """The file was without weights, so that the same run by it was refused, and one without a scheme had others."""
    defaults = Defaults(weights=Choice.of("equal"), score=score)
    framework = small(leaf("a"), leaf("b"), fields=FIELDS, class_field="park", defaults=defaults)
    weights = of_north(weights=STATED)
    frame = OLD.assign(a=OLD["a"].fillna(3.0), b=OLD["b"].fillna(3.0))
    wanted = scored(framework, frame, tmp_path, kept, weights=weights).set_index("unit")["score"]
    ps.evaluate(framework, tmp_path / "data" / "data.parquet", weights=weights).freeze(tmp_path / "whole.json")
    assert kept.read_bytes() == (tmp_path / "whole.json").read_bytes()
    for number, named in enumerate((weights, None)):
        again = ps.evaluate(framework, frame, weights=named, reference=kept)
        (tmp_path / str(number)).mkdir()
        found, told = in_pieces(framework, frame, tmp_path / str(number), weights=named, reference=kept)
        assert_same(again, found, told)
        np.testing.assert_array_equal(again.scores.set_index("unit")["score"][wanted.index], wanted)


# --- scored by ------------------------------------------------------------------------------------------------------

OLD = pd.DataFrame({
    "zone": [f"o{number}" for number in range(12)],
    "a": [1.0, 2, 3, 4, 5, 6, 7, 8, 900, None, 10, 11],
    "b": [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, None, 8],
    "park": [*"东西" * 6],
})  # fmt: skip
NEW = pd.DataFrame({
    "zone": [f"n{number}" for number in range(11)],
    "a": [-50.0, 2.5, None, 4, 5000, 6, None, 8, 9, 1, 3],
    "b": [3.5, None, 4, 1, 5, 90, 2, None, 5, 3, 2],
    "park": [*"东北西东西东西西东西", None],
})  # fmt: skip
SAID: dict[str, dict[str, Any]] = {
    "plain": {},
    "groups": {"reference_within": ("park",)},
    "gaps and outliers": {"missing": "mean", "treat": Choice.of("winsorise", skew=0.5, kurtosis=0.5)},
    "gaps of a group": {"missing": "group_median", "class_field": "park"},
    "scores of a group": {"missing": "score_group_mean", "class_field": "park"},
    "whole rows only": {"aggregate": "geometric"},
    "gaps only": {"missing": "mean", "score": ScoreRule.of("as_is")},
    "beyond the ends": {"score": ScoreRule.of("minmax", clip=False)},
}


def asking(said: dict[str, Any]) -> Framework:
    score = said.get("score", ScoreRule.of("minmax", to=(1, 100)))
    missing = Choice.of(said.get("missing", "reweight"))
    defaults = Defaults(weights=Choice.of("equal"), score=score, missing=missing, treat=said.get("treat"))
    total = Total(aggregate=Choice.of(said.get("aggregate", "arithmetic")))
    others = {key: value for key, value in said.items() if key in {"reference_within", "class_field"}}
    return small(leaf("a"), leaf("b"), fields=FIELDS, defaults=defaults, total=total, **others)


@pytest.mark.parametrize("which", [which for which in SAID if which != "whole rows only"])
def test_the_file_is_that_of_the_table_in_memory_to_the_last_byte(which: str, tmp_path: Path, kept: Path) -> None:
    framework = asking(SAID[which])
    scored(framework, OLD, tmp_path, kept)
    ps.evaluate(framework, tmp_path / "data" / "data.parquet").freeze(tmp_path / "whole.json")
    assert kept.read_bytes() == (tmp_path / "whole.json").read_bytes()


@pytest.mark.parametrize("which", SAID)
@pytest.mark.parametrize("rows", [1, 4, 50])
def test_rows_in_pieces_are_scored_by_a_frozen_reference_as_in_memory(
    which: str, rows: int, tmp_path: Path, kept: Path
) -> None:
    framework = asking(SAID[which])
    weights = "standard_deviation" if which in {"plain", "groups"} else None
    frozen = ps.evaluate(framework, OLD, weights=weights).freeze(kept)
    (tmp_path / "data").mkdir()
    found, told = in_pieces(framework, NEW, tmp_path / "data", rows=rows, reference=kept)
    evaluation = ps.evaluate(framework, NEW, reference=kept)
    assert_same(evaluation, found, told)
    ours, theirs = (each.set_index("unit")["score"] for each in (evaluation.scores, found))
    np.testing.assert_array_equal(ours, theirs.reindex(ours.index))
    assert told.reference == frozen.sha256
    assert frozen.sha256[:16] in found["note"].iloc[0]


def test_what_moves_is_refused_in_pieces_too(tmp_path: Path, kept: Path) -> None:
    framework = asking({})
    ps.evaluate(framework, OLD).freeze(kept)
    OLD.to_parquet(tmp_path / "d.parquet")

    def refusals(**asked: Any) -> list[str]:
        with pytest.raises(UsageError) as caught:
            ps.score_dataset(asked.pop("framework", framework), tmp_path / "d.parquet", tmp_path / "o.csv", **asked)
        return codes(caught.value.findings)

    assert refusals(reference=kept, weights="entropy") == ["moving_weights"]
    assert refusals(reference=kept, freeze=tmp_path / "other.json") == ["already_frozen"]
    assert refusals(reference=kept, framework=small(leaf("a"))) != []
    assert refusals(reference=tmp_path / "d.parquet") == ["no_reference_file"]
