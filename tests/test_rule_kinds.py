"""Kinds of rules that real tables hold, each said in the language and computed by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import parkscore as ps

HEAD = """\
id: park
title: {zh: 例, en: example}
unit: {zh: 企业, en: enterprise, key: enterprise}
time: year
"""
POINTS = """\
weights_status: official
defaults: {direction: higher, aggregate: sum}
"""


def evaluated(tmp_path: Path, text: str, table: list[dict[str, object]]) -> ps.Evaluation:
    file = tmp_path / "park.yaml"
    file.write_text(HEAD + (POINTS if "indicators:" in text else "") + text, encoding="utf-8")
    rows = [{"enterprise": f"企业{number}", "year": 2025, **row} for number, row in enumerate(table)]
    return ps.evaluate(file, pd.DataFrame(rows))


def of(evaluation: ps.Evaluation, node: str, year: int = 2025) -> list[float | None]:
    scores = evaluation.nodes[node].xs(year, level="year")
    return [None if pd.isna(score) else round(score, 12) for score in scores]


def test_four_utility_models_count_as_one_invention(tmp_path: Path) -> None:
    text = """\
fields: {inventions: {zh: 发明专利, measure: 件}, models: {zh: 实用新型, measure: 件}}
indicators:
  - id: item
    zh: 专利
    formula: inventions + floor(models / 4件) * 1件
    score: {rule: per, each: 1, points: 2, most: 10, whole: true}
"""
    table = [{"inventions": 2, "models": models} for models in (0, 3, 4, 7, 8, 100)]
    assert of(evaluated(tmp_path, text, table), "item") == [4, 4, 6, 6, 8, 10]


def test_patents_of_the_last_three_years_count_once_and_older_ones_half(tmp_path: Path) -> None:
    text = """\
fields: {recent: {zh: 近三年发明, measure: 件}, older: {zh: 三年前发明, measure: 件}}
indicators:
  - id: item
    zh: 专利
    formula: 1.0 * recent + 0.5 * older
    score: {rule: per, each: 1, points: 1, most: 20, whole: false}
"""
    assert of(evaluated(tmp_path, text, [{"recent": 3, "older": 5}, {"recent": 0, "older": 1}]), "item") == [5.5, 0.5]


def test_one_mentor_for_every_ten_tenants_begun(tmp_path: Path) -> None:
    text = """\
fields: {tenants: {zh: 在孵企业, measure: 家}, mentors: {zh: 导师, measure: 人}}
gates:
  - {id: mentored, zh: 导师, require: mentors / 1人 >= tenants / 10家}
"""
    table = [{"tenants": 50, "mentors": mentors} for mentors in (4, 5, 6)] + [{"tenants": 51, "mentors": 5}]
    outcomes = evaluated(tmp_path, text, table).gates["outcome"]
    assert outcomes.tolist() == ["not_met", "met", "met", "not_met"]


def test_a_ratio_times_the_coefficient_of_the_industry_is_what_is_scored(tmp_path: Path) -> None:
    text = """\
fields: {rd: {zh: 研发, measure: 万元}, revenue: {zh: 营收, measure: 万元}, industry: {zh: 行业, kind: text}}
tables: {coefficient: {values: {电子: 0.8, 纺织: 1.6}}}
indicators:
  - id: item
    zh: 研发占比
    formula: rd / revenue * lookup(coefficient, industry)
    score: {rule: two_anchor, points: 12, basic: 10%, full: 20%, at_basic: 60%}
"""
    table = [{"rd": 10, "revenue": 100, "industry": name} for name in ("电子", "纺织", "采矿", None)]
    # 8 % of 10 % basic: 0.6 x 12 x 0.8; 16 %: 7.2 + 4.8 x 0.6; an industry without a coefficient has no score
    assert of(evaluated(tmp_path, text, table), "item") == [5.76, 10.08, None, None]


def test_a_value_is_banded_by_its_lead_over_the_mean_of_its_own_industry_and_province(tmp_path: Path) -> None:
    text = """\
fields: {margin: {zh: 毛利率}, industry: {zh: 行业, kind: text}, province: {zh: 省, kind: text}}
indicators:
  - id: item
    zh: 毛利率超出行业均值
    formula: margin - group_mean(margin, industry, province)
    score: {rule: steps, closed: left, steps: [[0.1, 3], [0, 2]], otherwise: 0}
"""
    electronics = [{"margin": m, "industry": "电子", "province": "江苏"} for m in (0.1, 0.3, 0.5)]
    elsewhere = [{"margin": 0.9, "industry": "电子", "province": "甘肃"}]
    assert of(evaluated(tmp_path, text, electronics + elsewhere), "item") == [0, 2, 3, 2]


def test_a_bonus_of_two_points_never_lifts_its_dimension_above_thirty(tmp_path: Path) -> None:
    text = """\
fields: {property: {zh: 知识产权分}, standards: {zh: 标准, measure: 项}}
total: {points: 30}
indicators:
  - id: ip
    zh: 知识产权
    points: 30
    aggregate: {method: capped_sum, cap: 30}
    children:
      - id: own
        zh: 自有
        points: 30
        formula: property
        score: {rule: per, each: 1, points: 1, most: 30, whole: false}
      - id: bonus
        zh: 标准加分
        points: 2
        formula: standards
        score: {rule: per, each: 1, points: 1, most: 2, whole: true}
"""
    table = [{"property": own, "standards": bonus} for own, bonus in ((25, 3), (29, 1), (29, 2), (30, 2))]
    assert of(evaluated(tmp_path, text, table), "ip") == [27, 30, 30, 30]


def test_a_loss_costs_five_points_two_years_of_loss_twenty_and_nothing_falls_below_zero(tmp_path: Path) -> None:
    text = """\
fields: {profit: {zh: 利润, measure: 万元}, sales: {zh: 销售, measure: 万元}}
total: {aggregate: {method: sum, floor: 0}, weights: equal}
indicators:
  - id: size
    zh: 销售
    formula: sales
    measure: 万元
    score: {rule: steps, closed: left, steps: [[10000, 5], [3000, 2]], otherwise: 0}
  - id: loss
    zh: 亏损扣分
    score:
      rule: tiers
      tiers:
        - {when: profit < 0万元 and 上年(profit) < 0万元, points: -20}
        - {when: profit < 0万元, points: -5}
      otherwise: 0
"""
    table: list[dict[str, object]] = []
    for number, (last, this, sales) in enumerate([(1, 1, 10000), (1, -1, 10000), (-1, -1, 10000), (-1, 1, 3000)]):
        table += [
            {"enterprise": f"企业{number}", "year": year, "profit": profit, "sales": sales}
            for year, profit in ((2024, last), (2025, this))
        ]
    evaluation = evaluated(tmp_path, text, table)
    assert of(evaluation, "loss") == [0, -5, -20, 0]
    assert of(evaluation, "total") == [5, 0, 0, 2]


def test_points_that_expire_after_two_years_and_can_be_spent(tmp_path: Path) -> None:
    text = """\
fields: {earned: {zh: 当年取得积分}, spent: {zh: 两年内已用积分}}
indicators:
  - {id: balance, zh: 有效积分, formula: "sum_years(earned, 2) - spent", score: {rule: as_is}}
"""
    table = [
        {"enterprise": "甲", "year": year, "earned": earned, "spent": spent}
        for year, earned, spent in ((2023, 100, 0), (2024, 40, 10), (2025, 5, 10))
    ]
    evaluation = evaluated(tmp_path, text, table)
    assert of(evaluation, "balance", 2024) == [130]
    assert of(evaluation, "balance") == [35]  # the 100 points of 2023 are gone


def test_a_ratio_of_sums_is_no_mean_of_ratios(tmp_path: Path) -> None:
    text = """\
fields:
  rd_a: {zh: 甲区研发, measure: 万元}
  rd_b: {zh: 乙区研发, measure: 万元}
  r_a: {zh: 甲区营收, measure: 万元}
  r_b: {zh: 乙区营收, measure: 万元}
indicators:
  - {id: item, zh: 研发强度, formula: "sum(rd_a, rd_b) / sum(r_a, r_b)", score: {rule: as_is}}
"""
    assert of(evaluated(tmp_path, text, [{"rd_a": 1, "r_a": 10, "rd_b": 1, "r_b": 90}]), "item") == [0.02]


@pytest.mark.parametrize(("area", "tenants", "met"), [(1000, 3, True), (1001, 3, False), (1001, 4, True)])
def test_three_tenants_for_every_thousand_square_metres(tmp_path: Path, area: int, tenants: int, met: bool) -> None:
    text = """\
fields: {area: {zh: 面积, measure: 平方米}, tenants: {zh: 在孵企业, measure: 家}}
gates:
  - {id: dense, zh: 密度, require: tenants / 1家 >= 3 * (area / 1000平方米)}
"""
    (outcome,) = evaluated(tmp_path, text, [{"area": area, "tenants": tenants}]).gates["outcome"]
    assert outcome == ("met" if met else "not_met")
