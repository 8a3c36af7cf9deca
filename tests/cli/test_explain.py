"""The command that explains one unit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.shipped import example_path
from tests.engine_results import in_pieces


@pytest.fixture
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    framework, folder = ps.load_framework("innovative-sme"), tmp_path_factory.mktemp("stored")
    in_pieces(framework, ps.sample(framework, 20), folder, rows=7)
    return folder / "out.parquet"


def test_a_stored_result_is_explained_in_both_languages(run: Any, stored: Path) -> None:
    unit = ps.sample("innovative-sme", 20).iloc[0, 0]
    chinese, english = (run("explain", stored, "--unit", unit, "--lang", language) for language in ("zh", "en"))
    assert (chinese.code, english.code) == (0, 0)
    assert "高于平均" in chinese.out
    assert "ahead by" in english.out
    assert "合成数据" in chinese.out  # what the data say of themselves goes along
    document = json.loads(run("explain", stored, "--unit", unit, "--json").out)
    assert document["schema"] == "parkscore-explain/1"
    total = sum(line["adds"] or 0 for line in document["lines"])
    assert document["score"] is None or total == pytest.approx(document["score"])


def test_an_evaluation_is_explained_with_what_separates_it_from_the_unit_above(run: Any) -> None:
    words = ("zone-2021", "zones-synthetic.csv", "--weights", "zone-2021-equal-within", "--unit", "合成高新区001")
    assert "ranked directly above" in run("explain", *words, "--lang", "en").out
    chinese = run("explain", *words, "--lang", "zh").out
    assert "比前一名" in chinese
    assert re.search("极差标准化: 下界 = [-0-9.]+, 上界 = [0-9.]+, 得分区间 = \\[0, 100\\], 越界取端点 = 是", chinese)
    document = json.loads(run("explain", *words, "--json").out)
    between = sum(gap["difference"] for gap in document["gaps"])
    assert between == pytest.approx(document["above"]["score"] - document["score"])


def test_where_less_is_better_the_rule_says_so_or_its_numbers_would_give_another_score(run: Any) -> None:
    words = ("zone-2021", "zones-synthetic.csv", "--weights", "zone-2021-equal-within", "--unit", "合成高新区001")
    chinese, english = (" ".join(run("explain", *words, "--lang", language).out.split()) for language in ("zh", "en"))
    lower = [leaf.id for leaf in ps.load_framework("zone-2021").leaves if leaf.direction == "lower"]
    assert lower == ["3.1", "3.2"]
    assert chinese.count("极差标准化（越低越好）: 下界 =") == len(lower)
    assert english.count("(lower is better): ") == len(lower)
    document = json.loads(run("explain", *words, "--json").out)
    assert [line["id"] for line in document["lines"] if line["direction"] == "lower"] == lower
    line = next(line for line in document["lines"] if line["id"] == "3.1")
    low, high = line["against"]["low"], line["against"]["high"]
    assert line["score"] == pytest.approx(100 * (high - line["value"]) / (high - low))


def test_any_two_units_are_compared_and_both_ways_make_up_their_distance(run: Any, stored: Path) -> None:
    scores = pd.read_parquet(stored).dropna(subset=["score"]).set_index("unit")["score"]
    best, worst = scores.idxmax(), scores.idxmin()
    answer = run("explain", stored, "--unit", worst, "--beside", best, "--lang", "en")
    assert f"behind {best}; the largest parts" in answer.out
    ahead, behind, together = (float(number) for number in re.findall(r"[+-]\d+\.\d{4}", answer.out.splitlines()[-1]))
    assert ahead + behind == pytest.approx(together, abs=2e-4)
    assert together == pytest.approx(scores[worst] - scores[best], abs=1e-4)
    document = json.loads(run("explain", stored, "--unit", worst, "--beside", best, "--json").out)
    assert document["beside"] == {"unit": best, "score": pytest.approx(scores[best])}


def test_a_chinese_explanation_has_no_key_of_a_framework_file_among_the_parameters_of_rules(run: Any) -> None:
    from parkscore.framework.statistic_words import statistic
    from parkscore.methods import scoring

    for method in scoring.values():
        for parameter in method.parameters.values():
            if not parameter.supplied and parameter.name not in ("years", "categories"):
                assert statistic(parameter.name).zh != parameter.name, (method.name, parameter.name)
    told = run("explain", "park-points-example", "enterprises-synthetic.xlsx", "--unit", "合成企业001", "--lang", "zh")
    assert told.code == 0
    for rule in (
        "分档计分: 恰等于界限 = 归界限以上, 各档 [界限, 得分] = [[15, 60], [10, 50], [6, 40], [4, 30], [2, 15]]",
        "每满若干计分: 每满 = 1, 分值 = 5, 最多得分 = 40, 只计满的次数 = 是",
        "分值 = 20, 基本要求 = 2, 满分要求 = 10, 达到基本要求得满分的 = 60%",
        "按类别计分: 分值 = 1: 40, 0: 0",
    ):
        assert rule in " ".join(told.out.split()).replace("\n", " "), rule


def test_a_unit_without_a_score_is_no_reason_to_show_a_distance(run: Any, tmp_path: Path) -> None:
    table = ps.sample("zone-2021", units=4, years=1)
    table.iloc[0, 2:] = None
    table.to_csv(tmp_path / "zones.csv", index=False)
    words = ("zone-2021", tmp_path / "zones.csv", "-w", "zone-2021-equal-within", "--unit", table.iloc[1, 0])
    answer = run("explain", *words, "--beside", table.iloc[0, 0], "--lang", "en")
    assert answer.code == 0
    assert answer.out.splitlines()[-1].endswith("has no parts: one has no score, or scores are no sums")


def test_revenue_in_thousands_is_told_in_digits_and_not_as_a_power_of_ten(run: Any, folder: Path) -> None:
    table = (folder / "zones.csv").read_text(encoding="utf-8").replace("2024,110,1500,", "2024,110,31379114,")
    (folder / "zones.csv").write_text(table, encoding="utf-8")
    told = run("explain", "park.yaml", "zones.csv", "--unit", "甲", "--lang", "zh").out
    assert "31379114 千元" in told
    assert "上界 = 31379114," in told
    found = run("find", "park.yaml", "zones.csv", "--where", "income * 1000 >= 1亿元", "--lang", "zh", "-o", "f.json")
    assert found.code == 0
    assert "（31379114000 千元）" in (folder / "f.json").read_text(encoding="utf-8")


def test_a_chinese_reader_is_not_told_otherwise_where_no_condition_of_a_rule_holds(run: Any, tmp_path: Path) -> None:
    table = ps.sample("tech-sme", 3, years=1, seed=2)
    table.loc[:, ["Ⅰ类知识产权数(项)", "Ⅱ类知识产权数(项)"]] = 0
    table.to_csv(tmp_path / "enterprises.csv", index=False)
    words = ("tech-sme", tmp_path / "enterprises.csv")
    told = run("explain", *words, "--unit", table.iloc[0, 0], "--lang", "zh").out
    line = next(line for line in told.splitlines() if line.startswith("property"))
    assert line.split()[:3] == ["property", "拥有知识产权数量", "其余"]
    run("score", *words, "-o", tmp_path / "out.xlsx", "--lang", "zh")
    sheet = pd.read_excel(tmp_path / "out.xlsx", sheet_name="指标值", header=None, engine="calamine")
    cells = set(sheet.to_numpy().ravel().tolist())
    assert "其余" in cells
    assert "otherwise" not in cells


def test_a_framework_of_gates_alone_has_no_empty_table_of_indicators(run: Any, tmp_path: Path) -> None:
    table = ps.sample("incubator-2018", 2, years=1, seed=2)
    table.to_csv(tmp_path / "incubators.csv", index=False)
    told = run("explain", "incubator-2018", tmp_path / "incubators.csv", "--unit", table.iloc[0, 0], "--lang", "zh").out
    assert "国家级孵化器认定：" in told
    assert "指标   数值" not in told


def test_a_zone_that_is_not_ranked_is_told_why_in_its_own_language_and_not_that_its_score_is_nothing(
    run: Any, tmp_path: Path
) -> None:
    table = ps.sample("zone-2021", units=4, years=1)
    table.iloc[0, 2:] = None
    table.to_csv(tmp_path / "zones.csv", index=False)
    words = ("zone-2021", tmp_path / "zones.csv", "-w", "zone-2021-equal-within", "--unit", table.iloc[0, 0])
    chinese = run("explain", *words, "--lang", "zh").out.splitlines()
    assert chinese[2] == "不排名：有数据的权重占 0%，低于 80%"
    assert chinese[1].startswith("没有得分，平均 ")
    english = run("explain", *words, "--lang", "en").out.splitlines()
    assert english[2] == "not ranked: data cover 0% of the weight, 80% needed"


def test_gates_and_grades_are_told_by_name_of_a_stored_result_too(run: Any, tmp_path: Path) -> None:
    framework, data = "park-points-example", example_path("enterprises-synthetic.xlsx")
    evaluation = ps.evaluate(framework, data, year=2024)
    evaluation.to_parquet(tmp_path / "points.parquet")
    unit = evaluation.grades.set_index("grade").loc["A", "unit"].iloc[0]
    for words in ((framework, "enterprises-synthetic.xlsx", "--year", "2024"), (tmp_path / "points.parquet",)):
        told = run("explain", *words, "--unit", unit, "--lang", "zh").out.splitlines()
        assert "纳入积分：达标" in told
        assert any(line.startswith("授信参考（示例）：A 级") for line in told)


def test_why_a_grade_is_not_the_band_of_the_score_is_told_of_evaluations_and_of_stored_results(
    run: Any, tmp_path: Path
) -> None:
    framework = "park-points-example"
    table = ps.sample(framework, units=400, years=1, seed=3)
    table.to_csv(tmp_path / "points.csv", index=False)
    evaluation = ps.evaluate(framework, table)
    evaluation.to_parquet(tmp_path / "points.parquet")
    grades = evaluation.grades
    overridden = grades[grades["override"].notna() & (grades["grade"] != "unknown")].iloc[0]
    either = grades[(grades["grade"] == "unknown") & grades["reason_en"].str.contains("it may be")].iloc[0]
    sources = ((framework, tmp_path / "points.csv"), (tmp_path / "points.parquet",))
    for words in sources:
        told = run("explain", *words, "--unit", overridden["unit"], "--lang", "en").out
        assert f"Credit line (example): {overridden['name_en']} (override On the list of serious offences" in told
    told = [run("explain", *words, "--unit", either["unit"], "--lang", "zh").out for words in sources]
    assert f"不能判定（{either['reason_zh']}）" in told[0]
    possible = either["reason_zh"].rpartition("可能为：")[2].split("、")
    assert all(f"可能为 {each}" in told[1] for each in possible)
    assert len(possible) > 1


def test_what_lacks_a_score_hands_its_weight_on_or_adds_nothing_to_a_sum_and_the_explanation_says_which(
    run: Any, tmp_path: Path
) -> None:
    framework = "park-points-example"
    table = ps.sample(framework, units=600, years=2, seed=3)
    table.loc[table["年份"] == 2023, "营业收入(万元)"] = table.loc[table["年份"] == 2023, "营业收入(万元)"].where(
        table["企业"].str[-1] != "7"
    )
    table.loc[(table["年份"] == 2024) & table["企业"].str.endswith("7"), "净利润(万元)"] = None
    table.to_csv(tmp_path / "points.csv", index=False)
    evaluation = ps.evaluate(framework, table)
    evaluation.to_parquet(tmp_path / "points.parquet")
    scores = evaluation.scores[evaluation.scores["year"] == 2024].set_index("unit")
    ranked = scores[scores["status"] == "ranked"]
    lacking = evaluation.states.xs(2024, level="year").reindex(ranked.index).eq("missing")
    in_a_sum = lacking["rd_staff_share"] & (lacking.sum(axis=1) == 1)
    a_dimension = ranked["development"].isna() & (lacking.sum(axis=1) == 2)
    said = ("an indicator without a score adds nothing", "weights include the share of indicators without a score")
    for words in ((framework, tmp_path / "points.csv"), (tmp_path / "points.parquet",)):
        for own, wanted in (
            (in_a_sum, (True, False)),
            (a_dimension, (False, True)),
            (~lacking.any(axis=1), (False, False)),
        ):
            told = run("explain", *words, "--unit", ranked.index[own][0], "--lang", "en").out
            assert tuple(each in told for each in said) == wanted


def test_where_what_is_ahead_is_not_the_distance_to_the_mean_the_difference_is_told(run: Any, tmp_path: Path) -> None:
    table = ps.sample("zone-2021", units=6, years=1, seed=2)
    table.to_csv(tmp_path / "zones.csv", index=False)
    words = ("zone-2021", tmp_path / "zones.csv", "-w", "zone-2021-equal-within", "--unit", table.iloc[0, 0])
    found = json.loads(run("explain", *words, "--json").out)
    ahead = sum(line["ahead"] or 0.0 for line in found["lines"])
    assert ahead != pytest.approx(found["score"] - found["mean"], abs=1e-3)
    told = run("explain", *words, "--lang", "en").out
    assert f"what is ahead sums to {ahead:+.4f}, the distance to the mean score is" in told


def test_mistakes_are_told_with_the_way_out(run: Any, stored: Path) -> None:
    for words, code in (
        ((stored,), "no_unit"),
        ((stored, "--unit", "谁"), "no_such_unit"),
        ((stored, "--unit", "谁", "--weights", "equal"), "stored_weights"),
        (("zone-2021", "--unit", "谁"), "not_a_result"),
        (("nothing.parquet", "--unit", "谁"), "not_found"),
    ):
        answer = run("explain", *words, "--lang", "en")
        assert (answer.code, code in answer.err) == (2, True), answer
        assert "Traceback" not in answer.err
