"""One unit is explained from an evaluation or from what was stored, alike, and its parts make the whole."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.explanation.explaining import gaps, one_above
from parkscore.framework.models import Choice, Defaults, Screen, Total
from parkscore.shipped import example_path
from tests.engine_results import in_pieces
from tests.small_frameworks import leaf, rows, small

# By class, with a reference of each class, gaps in every column, and a park to be ranked in.
FRAMEWORK = """\
id: points
title: {zh: 积分, en: points}
unit: {zh: 企业, en: enterprise, key: unit}
class: stage
reference_within: [class]
rank_within: [park]
weights_status: assumed
defaults: {direction: higher, score: {rule: minmax, to: [0, 100]}, missing: reweight, aggregate: arithmetic}
fields:
  stage: {zh: 阶段, kind: text}
  park: {zh: 园区, kind: text}
  staff: {zh: 人员, measure: 人}
  rd: {zh: 研发, measure: 千元}
  sales: {zh: 收入, measure: 千元}
indicators:
  - id: input
    zh: 投入
    weight: 3
    children:
      - {id: share, zh: 研发强度, formula: rd / sales, measure: '%', weight: 2}
      - {id: people, zh: 人员数, formula: staff, measure: 人, weight: 1}
  - {id: size, zh: 规模, formula: sales, measure: 亿元, weight: 2}
"""
ZONES = ("zone-2021", example_path("zones-synthetic.csv"))
EQUAL = "zone-2021-equal-within"


@pytest.fixture
def framework(tmp_path_factory: pytest.TempPathFactory) -> ps.Framework:
    file = tmp_path_factory.mktemp("framework") / "points.yaml"
    file.write_text(FRAMEWORK, encoding="utf-8")
    return ps.load_framework(file)


def enterprises(rows: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    numbers = {name: rng.integers(0, 50, rows).astype(float) for name in ("staff", "rd", "sales")}
    frame = pd.DataFrame(
        {
            "unit": [f"E{row:03d}" for row in range(rows)],
            "stage": rng.choice(["seed", "growth"], rows),
            "park": rng.choice(["东园", "西园"], rows),
            **numbers,
        }
    )
    return frame.mask((rng.random(frame.shape) < 0.1) & frame.columns.isin(list(numbers)))


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_what_the_indicators_add_sums_to_the_score_and_what_is_ahead_follows_from_it(seed: int) -> None:
    framework = ps.load_framework("park-points-example")
    evaluation = ps.evaluate(framework, ps.sample(framework, 12, seed=seed))
    for unit in evaluation.ranking["unit"].unique()[:4]:
        found = ps.explain(evaluation, unit)
        if found.score is None:
            continue
        assert sum(line.adds or 0.0 for line in found.lines) == pytest.approx(found.score, rel=1e-9)
        added = evaluation.contributions.loc[(unit, found.year)] if found.year else evaluation.contributions.loc[unit]
        for line in found.lines:
            assert line.adds == pytest.approx(added[line.id], rel=1e-12, abs=1e-12)
            if line.ahead is not None and line.mean is not None and line.score is not None:
                assert line.ahead == pytest.approx((line.score - line.mean) * (line.weight or 0.0), abs=1e-12)


def test_a_stored_result_explains_as_the_evaluation_does(framework: ps.Framework, tmp_path: Path) -> None:
    frame = enterprises()
    in_pieces(framework, frame, tmp_path, rows=7)
    evaluation = ps.evaluate(framework, frame)
    for unit in frame["unit"]:
        stored, own = (parts(asdict(ps.explain(each, unit))) for each in (tmp_path / "out.parquet", evaluation))
        assert stored == pytest.approx(own, abs=1e-9)


def parts(value: Any, name: str = "") -> dict[str, Any]:
    """Everything said of a unit, by where it stands."""
    if isinstance(value, dict):
        return {k: v for key, each in value.items() for k, v in parts(each, f"{name}.{key}").items()}
    if isinstance(value, (list, tuple)):
        return {k: v for place, each in enumerate(value) for k, v in parts(each, f"{name}[{place}]").items()}
    return {name: value}


def test_which_direction_is_better_is_told_of_a_stored_result_and_left_open_where_the_result_does_not_say_it(
    tmp_path: Path,
) -> None:
    text = FRAMEWORK.replace("formula: staff, measure: 人,", "formula: staff, measure: 人, direction: lower,").replace(
        "measure: 亿元,", "measure: 亿元, score: {rule: middle, best: 2},"
    )
    (tmp_path / "points.yaml").write_text(text, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "points.yaml")
    file = tmp_path / "stored" / "out.parquet"
    file.parent.mkdir()
    in_pieces(framework, enterprises(), file.parent, rows=20)
    for result in (file, ps.evaluate(framework, enterprises())):
        assert [line.direction for line in ps.explain(result, "E001").lines] == ["higher", "lower", None]
    results = pq.read_table(file)
    said = json.loads(results.schema.metadata[b"parkscore"])
    for node in said["tree"]:
        node.pop("direction", None)
    pq.write_table(results.replace_schema_metadata({b"parkscore": json.dumps(said).encode()}), file)
    assert [line.direction for line in ps.explain(file, "E001").lines] == [None] * 3


def test_weights_of_what_has_no_score_go_to_its_siblings(framework: ps.Framework) -> None:
    frame = pd.DataFrame(
        {
            "unit": ["甲", "乙", "丙"],
            "stage": ["seed"] * 3,
            "park": ["东园"] * 3,
            "staff": [1.0, 2.0, 3.0],
            "rd": [np.nan, 1.0, 2.0],
            "sales": [10.0, 20.0, 30.0],
        }
    )
    found = ps.explain(ps.evaluate(framework, frame), "甲")
    lines = {line.id: line for line in found.lines}
    assert [lines[each].share for each in ("share", "people", "size")] == pytest.approx([0.4, 0.2, 0.4])
    assert [lines[each].weight for each in ("share", "people", "size")] == pytest.approx([0.0, 0.6, 0.4])
    assert lines["share"].state == "missing"
    assert lines["share"].reason == ("缺失", "missing")
    assert lines["people"].against == {"low": 1.0, "high": 3.0, "to": [0, 100], "clip": True}
    assert (found.score, found.standings[0].rank, found.standings[0].of) == (0.0, 3, 3)


def test_the_gap_to_the_unit_above_is_the_sum_of_the_gaps_of_the_indicators() -> None:
    evaluation = ps.evaluate(*ZONES, weights=EQUAL, year=2024)
    unit = evaluation.ranking["unit"].iloc[13]
    above = one_above(evaluation, unit)
    assert above == evaluation.ranking["unit"].iloc[12]
    own, other = ps.explain(evaluation, unit), ps.explain(evaluation, str(above))
    found = gaps(own, other)
    assert sum(gap.difference for gap in found) == pytest.approx((other.score or 0) - (own.score or 0), rel=1e-9)
    assert [gap.difference for gap in found] == sorted((gap.difference for gap in found), reverse=True)
    assert one_above(evaluation, evaluation.ranking["unit"].iloc[0]) is None


def test_a_score_that_is_no_sum_has_no_parts() -> None:
    framework = ps.load_framework("tech-sme")
    evaluation = ps.evaluate(framework, ps.sample(framework, 5))
    found = ps.explain(evaluation, evaluation.ranking["unit"].iloc[0])
    assert found.sums is False
    assert all(line.adds is None for line in found.lines)
    with pytest.raises(ps.UsageError, match="not_additive"):
        gaps(found, found)


def test_the_latest_year_is_explained_unless_another_is_asked_for() -> None:
    evaluation = ps.evaluate(*ZONES, weights=EQUAL)
    unit = evaluation.ranking["unit"].iloc[0]
    assert (ps.explain(evaluation, unit).year, ps.explain(evaluation, unit).years) == (2024, (2023, 2024))
    assert ps.explain(evaluation, unit, 2023).year == 2023
    with pytest.raises(ps.UsageError, match="no_such_year"):
        ps.explain(evaluation, unit, 1999)


# --- stored results ------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(framework: ps.Framework, tmp_path: Path) -> Path:
    in_pieces(framework, enterprises(), tmp_path, rows=7)
    return tmp_path / "out.parquet"


def test_an_explanation_is_one_line_in_a_notebook_and_a_table_where_asked(stored: Path) -> None:
    found = ps.explain(stored, "E001")
    assert repr(found) == f"<Explanation of E001: score {found.score:.4f}, {len(found.lines)} indicators>"
    frame = found.frame("zh")
    assert list(frame["id"]) == [line.id for line in found.lines]
    assert list(frame["label"]) == [line.label.zh for line in found.lines]


def test_a_unit_named_without_its_zeros_or_in_full_width_is_told_first_and_not_the_last_that_begins_alike(
    tmp_path: Path,
) -> None:
    evaluation = ps.evaluate("zone-2021", ps.sample("zone-2021", 178, years=1), weights=EQUAL)
    evaluation.to_parquet(tmp_path / "zones.parquet")
    for result in (evaluation, tmp_path / "zones.parquet"):
        with pytest.raises(ps.UsageError, match="合成高新区017, 合成高新区107, 合成高新区117"):
            ps.explain(result, "合成高新区17")
    for written in ("合成高新区０５７", "合成高新区57 ", "合成 高新区57"):
        with pytest.raises(ps.UsageError, match="the nearest are: 合成高新区057, "):
            ps.explain(evaluation, written)


def test_why_a_gate_is_not_met_is_told_with_the_numbers_of_an_evaluation_and_by_the_items_of_a_stored_result(
    tmp_path: Path,
) -> None:
    sound = {"staff": 100, "science_staff": 30, "sales": 1000.0, "costs": 800.0, "rd_expense": 100.0, "ip_class_1": 1}
    sound |= {"assets": 2000.0, "resident": 1, "restricted": 0, "offence": 0, "listed": 0}
    sound |= dict.fromkeys(["high_tech", "award", "institution", "standard"], 0)
    changes = {
        "大": {"staff": 600, "science_staff": 180},
        "好": {},
        "缺": {"offence": None, "listed": None},
        "恶": {"listed": 1},
    }
    changes["大恶"] = {**changes["大"], **changes["恶"]}
    frame = pd.DataFrame([{"enterprise": unit, "year": 2024, **sound, **own} for unit, own in changes.items()])
    framework = ps.load_framework("tech-sme")
    in_pieces(framework, frame, tmp_path, rows=2)
    evaluation = ps.evaluate(framework, frame)
    evaluation.to_parquet(tmp_path / "memory.parquet")
    size = "At most 500 staff, sales and assets of 2亿元 each"
    listed = "On neither list"
    conduct = "No major accident or serious offence"
    expected = {
        "大": f"not met ({size})",
        "好": "met",
        "缺": f"unknown ({conduct}; {listed})",
        "恶": f"not met ({listed})",
        "大恶": f"not met ({size}; {listed})",
    }
    for file in ("memory.parquet", "out.parquet"):
        said = {unit: ps.explain(tmp_path / file, unit).judged_texts[0].en for unit in expected}
        assert said == {unit: f"Conditions for the register: {told}" for unit, told in expected.items()}
        for unit in expected:
            lacking = [text.en.partition(":")[0] for text in ps.explain(tmp_path / file, unit).not_stored]
            assert lacking == (
                [] if unit == "好" else ["the numbers behind gates and grades are not in a stored result"]
            )
            assert not ps.explain(evaluation, unit).not_stored
    (told,) = ps.explain(evaluation, "大").judged_texts
    asked = "职工不超过 500 人，年销售收入和资产总额均不超过 2 亿元"
    assert told.zh == f"入库条件：不达标（{asked}：职工总数 ≤ 500人（600 人，差 100 人））"


def test_a_stored_result_says_what_a_gate_of_one_condition_asks(tmp_path: Path) -> None:
    written = """gates:
  - {id: big, zh: 规模, en: size, require: staff >= 100人, when: rd > 0}
  - {id: clean, zh: 守法, en: conduct, veto: sales < 10千元}
  - {id: both, zh: 两项, en: both, all: [{id: x, require: rd >= 5千元}, {id: y, zh: 收入项, require: sales >= 1千元}]}
"""
    (tmp_path / "points.yaml").write_text(FRAMEWORK + written, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "points.yaml")
    (tmp_path / "points.yaml").unlink()
    frame = enterprises().assign(staff=50, rd=1.0, sales=5.0)
    in_pieces(framework, frame, tmp_path)
    evaluation = ps.evaluate(framework, frame)
    evaluation.to_parquet(tmp_path / "memory.parquet")
    unit = str(frame["unit"].iloc[0])
    for file in ("memory.parquet", "out.parquet"):
        told = ps.explain(tmp_path / file, unit).judged_texts
        assert [text.zh for text in told] == [
            "规模：不达标（要求：人员 ≥ 100人【仅当 研发 > 0】）",
            "守法：不达标（要求：一票否决：收入 < 10千元）",
            "两项：不达标（x：研发 ≥ 5千元）",
        ]
        assert told[1].en == "conduct: not met (asked: not if 收入 < 10千元)"
    assert ps.explain(evaluation, unit).judged_texts[0].zh == "规模：不达标（人员 ≥ 100人（50 人，差 50 人））"


def test_points_that_are_no_sum_of_indicators_are_told_as_the_sum_of_the_nodes_below_the_total(tmp_path: Path) -> None:
    row = {"enterprise": "甲", "year": 2024, "staff": 100, "science_staff": 27, "ip_class_1": 0, "ip_class_2": 2}
    frame = pd.DataFrame([{**row, "rd_expense": 45.0, "sales": 1000.0, "costs": 800.0}])
    in_pieces("tech-sme", frame, tmp_path)
    for result in (ps.evaluate("tech-sme", frame), tmp_path / "out.parquet"):
        found = ps.explain(result, "甲")
        assert (found.sums, found.score) == (False, 58.0)
        assert [each.adds for each in found.parts] == [16.0, 30.0, 12.0]
        assert found.parts[1].label.zh == "研发投入"


@pytest.mark.parametrize("total", ["{aggregate: geometric}", "{round: {decimals: 0, how: half_up}}"])
def test_a_score_that_is_no_sum_of_what_is_below_it_has_no_parts(total: str, tmp_path: Path) -> None:
    written = FRAMEWORK.replace("to: [0, 100]", "to: [1, 100]") + f"total: {total}\n"
    (tmp_path / "points.yaml").write_text(written, encoding="utf-8")
    evaluation = ps.evaluate(tmp_path / "points.yaml", enterprises())
    unit = str(evaluation.ranking["unit"].iloc[3])
    assert ps.explain(evaluation, unit).parts == ()


@pytest.mark.parametrize("gate", ["g:3", "rank_in_staff"])
@pytest.mark.parametrize("node", ["size", "rank_in_sales"])
def test_gates_and_nodes_are_told_whatever_their_ids_look_like(gate: str, node: str, tmp_path: Path) -> None:
    written = FRAMEWORK.replace("{id: size,", f"{{id: '{node}',").replace("[class]", "[]")
    written += f"gates:\n  - {{id: '{gate}', zh: 一, require: staff > 5人}}\n"
    written += "  - {id: h, zh: 二, require: sales > 5千元}\n"
    (tmp_path / "points.yaml").write_text(written, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "points.yaml")
    (tmp_path / "points.yaml").unlink()
    frame = enterprises().assign(staff=1.0, sales=9.0)
    in_pieces(framework, frame, tmp_path, rows=7)
    for result in (ps.evaluate(framework, frame), tmp_path / "out.parquet"):
        found = ps.explain(result, "E003")
        assert dict(found.judged) == {gate: "not_met", "h": "met"}
        assert len(found.judged_texts) == 2
        assert "staff" not in str(found.standings)


@pytest.mark.parametrize("name", ["unicorn-gloss", "zone-green-2025"])
def test_why_nobody_is_ranked_is_told_in_chinese_of_a_stored_result_as_of_an_evaluation(
    name: str, tmp_path: Path
) -> None:
    evaluation = ps.evaluate(name, ps.sample(name, units=3))
    unit = str(evaluation.scores["unit"].iloc[0])
    stored = ps.explain(evaluation.to_parquet(tmp_path / "out.parquet", "en"), unit)
    assert stored.unranked is not None
    assert stored.unranked == ps.explain(evaluation, unit).unranked
    assert stored.unranked.zh.startswith("本体系")


@pytest.mark.parametrize("written", ["zh", "en"])
def test_why_a_unit_is_not_ranked_is_told_in_the_language_of_the_reader_whichever_the_result_was_written_in(
    framework: ps.Framework, written: Any, tmp_path: Path
) -> None:
    frame = enterprises()
    frame.loc[0, "stage"], frame.loc[1, ["staff", "rd", "sales"]] = None, np.nan
    in_pieces(framework, frame, tmp_path, rows=7, language=written)
    evaluation = ps.evaluate(framework, frame)
    for file in (tmp_path / "out.parquet", evaluation.to_parquet(tmp_path / "memory.parquet", written)):
        for unit in ("E000", "E001", "E002"):
            found, wanted = ps.explain(file, unit), ps.explain(evaluation, unit)
            assert (found.unranked, found.status) == (wanted.unranked, wanted.status)
        said = ps.explain(file, "E000")
        assert said.unranked == (
            "没有参照值可比：未注明分类",
            "no reference to measure against: it does not say its class",
        )
        assert said.as_dict("zh")["status"] == "not_ranked: 没有参照值可比：未注明分类"
        assert said.as_dict("en")["status"] == said.status
        assert ps.explain(file, "E002").as_dict("zh")["status"] == "ranked"


def test_a_result_that_says_in_one_language_why_a_unit_is_not_ranked_is_explained_in_it(stored: Path) -> None:
    results = pq.read_table(stored)
    status = pa.array(["not_ranked: 缺少某项"] * results.num_rows)
    older = results.drop_columns(["unranked:zh", "unranked:en"])
    older = older.set_column(older.schema.get_field_index("status"), "status", status)
    pq.write_table(older, stored)
    assert ps.explain(stored, "E001").unranked == ("缺少某项", "缺少某项")


def test_a_unit_of_a_year_in_which_nobody_is_scored_is_not_set_beside_the_reference_and_weights_of_another_year(
    tmp_path: Path,
) -> None:
    framework = small(
        leaf("a"),
        leaf("b"),
        time="year",
        screen=Screen(availability=0.9),
        defaults=Defaults(weights=Choice.of("entropy")),
    )
    early = pd.DataFrame({"zone": ["甲", "乙"], "year": 2023, "a": [1.0, 5.0], "b": [2.0, 9.0]})
    frame = pd.concat([early, early.assign(year=2024, b=None)])
    in_pieces(framework, frame, tmp_path)
    for result in (ps.evaluate(framework, frame), tmp_path / "out.parquet"):
        scored, set_aside = (ps.explain(result, "甲", year).lines[0] for year in (2023, 2024))
        assert scored.against["high"] == 5.0
        assert scored.share is not None
        assert (set_aside.value, set_aside.against, set_aside.share) == (1.0, {}, None)


BY_CASE = """\
id: growth
title: {zh: 成长, en: growth}
unit: {zh: 企业, en: enterprise, key: unit}
weights_status: assumed
defaults: {direction: higher, missing: reweight, aggregate: arithmetic}
fields:
  sales: {zh: 收入, measure: 万元}
  rate: {zh: 增长率, measure: "%"}
indicators:
  - id: growth
    zh: 成长
    weight: 1
    formula: rate
    measure: "%"
    score: {rule: steps, closed: left, steps: [[10, 60], [0, 15]], otherwise: 0}
    cases:
      - when: sales < 100万元
        zh: 小企业
        en: small
        score: {rule: per, each: 1, points: 1, most: 60}
      - {when: sales >= 100万元, zh: 大企业, en: large}
"""


def test_the_rule_of_its_own_case_explains_a_unit_from_an_evaluation_and_from_what_was_stored(tmp_path: Path) -> None:
    (tmp_path / "growth.yaml").write_text(BY_CASE, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "growth.yaml")
    (tmp_path / "growth.yaml").unlink()
    frame = pd.DataFrame({"unit": list("甲乙丙"), "sales": [50.0, 500.0, None], "rate": [20.0, 20.0, 20.0]})
    in_pieces(framework, frame, tmp_path, rows=1)
    evaluation = ps.evaluate(framework, frame)
    for result in (evaluation, tmp_path / "out.parquet"):
        small, large, unknown = (ps.explain(result, unit).lines[0] for unit in frame["unit"])
        assert (small.case, small.rule.en, small.score) == (("小企业", "small"), "Points for every so much", 20.0)
        assert small.against == {"each": 1, "points": 1, "most": 60, "whole": True}
        assert (large.case, large.rule.en, large.score) == (("大企业", "large"), "Steps", 60.0)
        assert large.against["steps"] == [[10, 60], [0, 15]]
        assert (unknown.case, unknown.rule.en, unknown.against, unknown.score) == (None, "by case", {}, None)


def test_a_unit_is_explained_by_the_reference_of_its_own_park_where_parks_are_numbers_as_ranks_are(
    tmp_path: Path,
) -> None:
    written = FRAMEWORK.replace("reference_within: [class]", "reference_within: [park, class]")
    (tmp_path / "points.yaml").write_text(written, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "points.yaml")
    (tmp_path / "points.yaml").unlink()
    frame = enterprises().assign(park=[str(row % 4 + 1) for row in range(40)], unit=[f"{row}" for row in range(40)])
    in_pieces(framework, frame, tmp_path, rows=7)
    evaluation = ps.evaluate(framework, frame)
    of_group = dict(list(frame.groupby(["park", "stage"])["staff"]))
    for result in (evaluation, tmp_path / "out.parquet"):
        for row in frame.itertuples():
            people = ps.explain(result, row.unit).lines[1]
            own = of_group[row.park, row.stage]
            assert (people.id, people.against["low"], people.against["high"]) == ("people", own.min(), own.max())


TREATED = """\
id: sales
title: {zh: 收入, en: sales}
unit: {zh: 企业, en: enterprise, key: unit}
weights_status: assumed
defaults: {direction: higher, score: {rule: zscore}, missing: median, treat: {method: skewness_kurtosis}}
fields: {sales: {zh: 收入, measure: 万元}}
indicators: [{id: sales, zh: 收入, weight: 1, formula: sales, measure: 万元}]
"""


def test_what_was_scored_is_told_where_it_is_not_the_value_for_the_rule_gives_no_such_score_to_that(
    tmp_path: Path,
) -> None:
    (tmp_path / "sales.yaml").write_text(TREATED, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "sales.yaml")
    (tmp_path / "sales.yaml").unlink()
    frame = pd.DataFrame({"unit": [f"E{row}" for row in range(22)], "sales": [*range(20), 5000, None]})
    in_pieces(framework, frame, tmp_path, rows=5)
    for result in (ps.evaluate(framework, frame), tmp_path / "out.parquet"):
        plain, beyond, gap = (ps.explain(result, unit).lines[0] for unit in ("E3", "E20", "E21"))
        assert (plain.value, plain.used) == (3.0, None)
        assert (beyond.value, beyond.used) == (5000.0, 19.0)
        assert (gap.value, gap.used, gap.state) == (None, 10.0, "filled")
        for line in (beyond, gap):
            deviations = ((line.used or 0.0) - line.against["mean"]) / line.against["sd"]
            assert line.score == pytest.approx(deviations)


def test_a_unit_of_no_class_is_not_set_beside_the_mean_of_others_of_no_class_as_if_it_were_that_of_all(
    framework: ps.Framework, tmp_path: Path
) -> None:
    written = FRAMEWORK.replace("reference_within: [class]\n", "")
    (tmp_path / "points.yaml").write_text(written, encoding="utf-8")
    framework = ps.load_framework(tmp_path / "points.yaml")
    (tmp_path / "points.yaml").unlink()
    frame = enterprises()
    frame.loc[:4, "stage"] = None
    in_pieces(framework, frame, tmp_path, rows=7)
    for result in (ps.evaluate(framework, frame), tmp_path / "out.parquet"):
        without, with_class = ps.explain(result, "E001"), ps.explain(result, "E020")
        assert without.score is not None
        assert (without.class_name, without.mean) == (None, None)
        assert {line.mean for line in without.lines} == {line.ahead for line in without.lines} == {None}
        assert with_class.mean is not None


def test_a_unit_that_is_not_there_is_told_with_the_nearest(stored: Path) -> None:
    with pytest.raises(ps.UsageError) as caught:
        ps.explain(stored, "E0l7")
    finding = caught.value.findings[0]
    assert finding.code == "no_such_unit"
    assert "E017" in str(finding.hint)


def test_a_unit_like_none_of_a_hidden_result_is_told_where_its_hash_comes_from(stored: Path) -> None:
    with pytest.raises(ps.UsageError) as caught:
        ps.explain(stored, "91110000600037341L")
    assert "parkscore.Mask.from_file(FILE).unit(ID)" in str(caught.value.findings[0].hint)


def test_what_is_no_result_and_no_name_of_a_unit_is_told_at_once() -> None:
    anything: Any = [1, 2]
    with pytest.raises(ps.UsageError) as caught:
        ps.explain(anything, anything)
    assert [(each.code, each.field) for each in caught.value.findings] == [
        ("wrong_type", "result"),
        ("wrong_type", "unit"),
    ]


def test_a_year_that_the_result_has_not_is_told(stored: Path) -> None:
    with pytest.raises(ps.UsageError, match="no_such_year"):
        ps.explain(stored, "E001", 2024)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"unit,score\na,1\n"])
def test_what_is_no_parquet_file_is_no_result(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "out.parquet"
    file.write_bytes(content)
    with pytest.raises(ps.UsageError, match="not_a_result"):
        ps.explain(file, "E001")


@pytest.mark.parametrize("said", [None, b"{damaged", b"[]", b"\xff", b'{"schema": "other"}'])
def test_a_parquet_file_of_somebody_else_is_no_result(said: bytes | None, tmp_path: Path) -> None:
    table = pa.table({"unit": ["a"], "score": [1.0]})
    pq.write_table(table.replace_schema_metadata(said and {b"parkscore": said}), tmp_path / "out.parquet")
    with pytest.raises(ps.UsageError, match="not_a_result"):
        ps.explain(tmp_path / "out.parquet", "a")


def test_a_result_that_the_system_does_not_let_be_read_is_not_said_to_be_none(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: str) -> None:  # as pyarrow words it
        raise PermissionError(errno.EACCES, f"Failed to open local file '{path}'. Detail: [errno 13] Permission denied")

    monkeypatch.setattr(pq, "ParquetFile", forbidden)
    with pytest.raises(ps.UsageError) as caught:
        ps.explain(stored, "E001")
    (finding,) = caught.value.findings
    assert (finding.code, finding.message.en) == ("unreadable", "cannot be read: Permission denied")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ps.UsageError, match="not_found"):
        ps.explain(tmp_path / "out.parquet", "a")


def test_of_a_score_that_is_no_sum_nothing_is_said_of_shares_that_were_handed_on() -> None:
    # The best of several counts: nobody takes over what one without a score weighs.
    for method, said in (("max", 0), ("arithmetic", 1)):
        framework = small(leaf("a"), leaf("b"), total=Total(aggregate=Choice.of(method)))
        found = ps.explain(ps.evaluate(framework, rows(a=[1.0, 2.0, None], b=[3.0, 1.0, 2.0])), "丙")
        assert (found.score is not None, len(found.gaps)) == (True, said)


def test_a_unit_is_found_as_data_are_read_without_spaces_around_it_and_a_code_in_its_standard_form(
    tmp_path: Path,
) -> None:
    table = ps.sample("park-points-example", units=5, years=1, seed=1)
    code = "91110000600037341L"
    table.loc[0, "企业"] = code
    evaluation = ps.evaluate("park-points-example", table)
    evaluation.to_parquet(tmp_path / "points.parquet")
    other = table.loc[1, "企业"]
    for result in (evaluation, tmp_path / "points.parquet"):
        for said in (code, code.lower(), f" {code[:9]} {code[9:]}\u3000"):
            assert ps.explain(result, said).unit == code
        assert ps.explain(result, f"  {other} ").unit == other
        with pytest.raises(ps.UsageError, match="no_such_unit"):
            ps.explain(result, code[:-1] + "M")


def test_explaining_a_stored_result_loads_neither_pandas_nor_methods_nor_the_framework_language(stored: Path) -> None:
    # The command line itself comes with pydantic.
    code = (
        "import sys\nfrom parkscore.cli import app\n"
        "try:\n    app(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "slow = {'pandas', 'pandera', 'scipy', 'pint', 'lark', 'pyarrow.compute', 'parkscore.methods'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)"
    )
    words = ["explain", str(stored), "--unit", "E001", "--json"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["unit"] == "E001"
