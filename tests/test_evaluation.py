"""What one run produced: its stages, its tables, and the files it writes, whole or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

import parkscore as ps
from parkscore.evaluation_rows import ranking_rows
from parkscore.findings import DataError, FrameworkError, UsageError
from parkscore.framework.models import (
    Choice,
    Defaults,
    Framework,
    Ranking,
    ScoreRule,
    Total,
    WeightEntry,
    WeightScheme,
)
from parkscore.language import LANGUAGES, Language
from parkscore.methods import scoring
from parkscore.output import workbook
from parkscore.output.documents import records
from parkscore.output.tables import write_csv
from parkscore.shipped import example_path
from tests.small_frameworks import dimension, everywhere, field, leaf, of_code, panel, rows, small

NAN = np.nan
STAGE = {"stage": field("stage", kind="text")}
FRAME = panel("""
    zone year stage a b c
    甲   2023 成长  1 9 .
    乙   2023 初创  4 1 2
    丙   2023 初创  . . 3
    甲   2024 成长  5 2 1
    乙   2024 初创  2 3 4
""")
SIZES = [True, False]


def framework(**said: Any) -> Framework:
    parts: dict[str, Any] = {
        "time": "year",
        "class_field": "stage",
        "fields": STAGE,
        "total": Total(min_coverage=0.5),
        "evaluation_lag": 1,
    }
    nodes = (dimension("X", leaf("a", measure=None), leaf("b"), weight="75%"), leaf("c", weight="25%"))
    return small(*nodes, **(parts | said))


ASSUMED = WeightScheme(id="guess", framework="small", status="assumed", weights={"X": 1, "c": 1})


@pytest.fixture
def evaluation() -> ps.Evaluation:
    return ps.evaluate(framework(), FRAME, weights=ASSUMED)


# Stages


def test_every_stage_is_a_table_of_the_scored_rows(evaluation: ps.Evaluation) -> None:
    keys = [("甲", 2023), ("乙", 2023), ("丙", 2023), ("甲", 2024), ("乙", 2024)]
    for stage in ("raw", "indicators", "imputed", "treated", "scored", "nodes", "coverage", "contributions"):
        table = getattr(evaluation, stage)
        assert table.index.tolist() == keys, stage
        assert table.index.names == ["unit", "year"]
    assert list(evaluation.raw.columns) == ["stage", "a", "b", "c"]
    assert list(evaluation.indicators.columns) == ["a", "b", "c"]
    assert list(evaluation.nodes.columns) == ["total", "X", "a", "b", "c"]


def test_a_framework_without_years_labels_by_unit() -> None:
    evaluation = ps.evaluate(small(leaf("a")), rows(a=[1, 2]))
    assert evaluation.scored.index.tolist() == ["甲", "乙"]
    assert evaluation.about["data_years"] == []


def test_a_small_example_is_what_it_is_by_hand(evaluation: ps.Evaluation) -> None:
    # 2023: a 1..4, b 1..9, c 2..3; 2024: a 2..5, b 2..3, c 1..4. X is the mean of a and b, the total of X and c.
    total = evaluation.nodes["total"]
    assert total[("甲", 2023)] == 0.5  # a 0, b 1; c missing, so X alone
    assert total[("乙", 2023)] == (0.5 + 0) / 2
    assert total[("丙", 2023)] == 1.0  # c alone: half of the weight, exactly what is needed
    assert total[("甲", 2024)] == (0.5 + 0) / 2
    assert total[("乙", 2024)] == (0.5 + 1) / 2
    assert evaluation.coverage["total"].tolist() == [0.5, 1.0, 0.5, 1.0, 1.0]
    assert evaluation.contributions.loc[("乙", 2023)].tolist() == [0.25, 0.0, 0.0]
    assert evaluation.contributions.loc[("丙", 2023)].tolist() == [0.0, 0.0, 1.0]


def test_repr_says_what_was_ranked_under_which_weights(evaluation: ps.Evaluation) -> None:
    assert repr(evaluation) == "<Evaluation small: 5 of 5 ranked, weights guess (assumed)>"


def test_it_is_findable_what_was_evaluated_with_what(evaluation: ps.Evaluation) -> None:
    about = evaluation.about
    assert about["framework"] == "small"
    assert (about["weights"], about["weights_status"]) == ("guess", "assumed")
    assert (about["data_years"], about["evaluation_years"]) == ([2023, 2024], [2024, 2025])
    assert (about["units"], about["ranked"], about["ties"], about["decimals"]) == (5, 5, "min", 9)
    assert about["notes"] == ["weights are assumed: guess"]
    assert len(about["framework_sha256"]) == len(about["data_sha256"]) == 64


def test_another_framework_and_other_data_have_other_digests(evaluation: ps.Evaluation) -> None:
    other = ps.evaluate(framework(total=Total(min_coverage=0.4)), FRAME, weights=ASSUMED).about
    assert other["framework_sha256"] != evaluation.about["framework_sha256"]
    assert other["data_sha256"] == evaluation.about["data_sha256"]
    changed = ps.evaluate(framework(), FRAME.assign(a=FRAME["a"] + 1), weights=ASSUMED).about
    assert changed["framework_sha256"] == evaluation.about["framework_sha256"]
    assert changed["data_sha256"] != evaluation.about["data_sha256"]


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(DataError) as raised:
        ps.evaluate(framework(), FRAME.iloc[:0])
    assert [finding.code for finding in raised.value.findings] == ["no_rows"]


# Contributions that cannot be


@pytest.mark.parametrize("where", ["X", "total"])
def test_contributions_are_refused_where_a_node_is_not_additive(where: str, tmp_path: Path) -> None:
    geometric = Choice.of("geometric")
    said = {"aggregate": geometric} if where == "X" else {}
    nodes = (dimension("X", leaf("a"), leaf("b"), **said), leaf("c"))
    positive = Defaults(score=ScoreRule.of("minmax", to=(1, 100)), weights=Choice.of("equal"))
    root = Total(aggregate=geometric if where == "total" else None)
    evaluation = ps.evaluate(small(*nodes, defaults=positive, total=root), rows(a=[1, 2], b=[1, 2], c=[1, 2]))
    with pytest.raises(UsageError) as raised:
        _ = evaluation.contributions
    (finding,) = raised.value.findings
    assert (finding.code, finding.field) == ("not_additive", where)
    assert "not a sum of contributions" in finding.message.en
    assert finding.hint is not None
    # The outputs say so, and do without.
    assert json.loads(evaluation.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))["contributions"] is None
    page = load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "en"))["contributions"]
    assert "not a sum of contributions" in page["A1"].value


# Tables


def test_the_scores_have_exactly_the_columns_of_the_design(evaluation: ps.Evaluation) -> None:
    leading = ["unit", "year", "class", "score", "rank", "class_rank", "status"]
    assert list(evaluation.scores.columns) == [*leading, "X", "a", "b", "c", "note"]
    assert list(evaluation.ranking.columns) == leading
    assert evaluation.scores[["unit", "year"]].values.tolist() == [
        ["丙", 2023],
        ["甲", 2023],
        ["乙", 2023],
        ["乙", 2024],
        ["甲", 2024],
    ]


@pytest.mark.parametrize("year", SIZES)
@pytest.mark.parametrize("has_class", SIZES)
@pytest.mark.parametrize("note", SIZES)
def test_a_column_stands_only_where_it_has_something_to_say(year: bool, has_class: bool, note: bool) -> None:
    said = {"time": "year" if year else None, "class_field": "stage" if has_class else None}
    frame = FRAME if year else FRAME[FRAME["year"] == 2024].drop(columns="year")
    scores = ps.evaluate(framework(**said), frame, weights=ASSUMED if note else None).scores
    expected = [
        "unit",
        *["year"] * year,
        *["class"] * has_class,
        "score",
        "rank",
        *["class_rank"] * has_class,
        "status",
    ]
    assert list(scores.columns) == [*expected, "X", "a", "b", "c", *["note"] * note]


# Files


LOST = rows(a=[1, 2, None], b=[1, 3, None], c=[None, 3, 4])
STRICT = small(leaf("a"), leaf("b"), leaf("c"), total=Total(min_coverage=0.5))
REASON = "data cover 33.3% of the weight, 50% needed"


@pytest.fixture
def partly() -> ps.Evaluation:
    """Three units: one whole, one with a gap, one with too little data to be ranked."""
    return ps.evaluate(STRICT, LOST)


def test_a_csv_reads_back_as_the_scores_with_gaps_left_empty(partly: ps.Evaluation, tmp_path: Path) -> None:
    path = partly.to_csv(tmp_path / "out.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert lines == [
        ["unit", "score", "rank", "status", "a", "b", "c"],
        ["乙", str((1.0 + 1.0 + 0.0) / 3), "1", "ranked", "1.0", "1.0", "0.0"],
        ["甲", "0.0", "2", "ranked", "0.0", "0.0", ""],
        ["丙", "", "", f"not_ranked: {REASON}", "", "", "1.0"],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_csv_is_that_of_the_table_and_the_rows_of_the_console_are_those_of_the_ranking(
    language: Language, tmp_path: Path
) -> None:
    parts: dict[str, Any] = {"class_field": "kind", "rank_within": ("park",), "ranking": Ranking(percentiles=True)}
    texts = {name: field(name, kind="text") for name in ("kind", "park")}
    as_is = Defaults(score=ScoreRule.of("as_is"), weights=Choice.of("equal"))
    own = small(leaf("a"), time="year", fields={"a": field("a"), **texts}, defaults=as_is, **parts)
    table = rows(
        zone=["=甲", 'a,"b', "丙", "丁"],
        year=[2024] * 4,
        a=[1e-5, 3e16, 7, None],
        kind=[*"xx", None, "y"],
        park=[*"pqqq"],
    )
    evaluation = ps.evaluate(own, table)
    written = write_csv(tmp_path / "pandas.csv", evaluation.scores_in(language)).read_bytes()
    assert evaluation.to_csv(tmp_path / "out.csv", language).read_bytes() == written
    ranking = evaluation.ranking
    last_first = ranking_rows(evaluation, [3, 2, 1, 0])
    assert last_first.column_names == list(ranking)
    assert last_first.to_pylist() == records(ranking)[::-1]


def test_a_csv_keeps_every_digit(evaluation: ps.Evaluation, tmp_path: Path) -> None:
    back = pd.read_csv(evaluation.to_csv(tmp_path / "out.csv"), encoding="utf-8-sig")
    for column in ("score", "X", "a", "b", "c"):
        assert everywhere(back[column], evaluation.scores[column])


def test_parquet_reads_back_as_the_scores_and_says_what_they_are(evaluation: ps.Evaluation, tmp_path: Path) -> None:
    path = evaluation.to_parquet(tmp_path / "out.parquet")
    back = pd.read_parquet(path)
    assert [name for name in back if ":" not in name] == list(evaluation.scores.columns)
    for column in ("score", "rank", "class_rank", "X", "a", "b", "c"):
        assert everywhere(back[column].astype("Float64").to_numpy(np.float64, na_value=NAN), evaluation.scores[column])
    metadata = pq.read_metadata(path).metadata
    about = json.loads(metadata[b"parkscore"])
    assert {name: about[name] for name in evaluation.about} == evaluation.about
    assert about["weights_status"] == "assumed"


@pytest.mark.parametrize("form", ["csv", "parquet", "json", "excel"])
@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.JSON", "out.xlsx", "out.xls", "out.txt", "out"])
def test_a_file_that_is_called_like_another_form_is_refused(
    evaluation: ps.Evaluation, form: str, name: str, tmp_path: Path
) -> None:
    own = "xlsx" if form == "excel" else form
    write = getattr(evaluation, f"to_{form}")
    if "." not in name or name.lower().endswith((own, "txt")):
        assert write(tmp_path / name).stat().st_size > 0
        return
    with pytest.raises(UsageError) as caught:
        write(tmp_path / name)
    (finding,) = of_code(caught.value.findings, "other_form")
    assert finding.hint is not None
    assert finding.hint.en.startswith(f"call it out.{own}; ")
    named = name.lower().partition(".")[2]
    assert named == "xls" or finding.hint.en.endswith(f"has to_{'excel' if named == 'xlsx' else named}")
    assert not list(tmp_path.iterdir())


def strict_json(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_json_is_strict_and_reads_back_as_the_evaluation(partly: ps.Evaluation, tmp_path: Path) -> None:
    document = strict_json(partly.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document == partly.as_dict("en")
    assert document["schema"] == "parkscore-evaluation/1"
    assert document["scores"][2] == {
        "unit": "丙",
        "score": None,
        "rank": None,
        "status": "not_ranked",
        "reason": REASON,
        "a": None,
        "b": None,
        "c": 1.0,
    }
    assert document["scores"][0]["reason"] is None
    assert document["contributions"][1] == {"unit": "乙", "a": 1 / 3, "b": 1 / 3, "c": 0.0}
    assert document["contributions"][2] == {"unit": "丙", "a": None, "b": None, "c": None}
    assert [entry["id"] for entry in document["weights"]] == ["a", "b", "c"]
    assert [entry["code"] for entry in document["findings"]].count("not_ranked") == 1


def test_json_speaks_the_language_that_is_asked_for(partly: ps.Evaluation, tmp_path: Path) -> None:
    document = strict_json(partly.to_json(tmp_path / "out.json", "zh").read_text(encoding="utf-8"))
    assert document["scores"][2]["reason"] == "有数据的权重占 33.3%，低于 50%"
    assert "不排名：有数据的权重占 33.3%，低于 50%" in [entry["message"] for entry in document["findings"]]


def test_json_has_a_line_for_each_entry(evaluation: ps.Evaluation, tmp_path: Path) -> None:
    text = evaluation.to_json(tmp_path / "out.json").read_text(encoding="utf-8")
    assert (
        sum(line.startswith('{"unit": ') for line in text.splitlines()) == 2 * len(evaluation.scores) + 3
    )  # three gaps


SHEETS = {
    "zh": [
        "位次",
        "得分",
        "指标值",
        "参照值",
        "贡献分解",
        "权重",
        "缺失填补",
        "异常值处理",
        "数据质量",
        "行数核对",
        "参数与来源",
    ],
    "en": [
        "ranking",
        "scores",
        "values",
        "reference",
        "contributions",
        "weights",
        "filled gaps",
        "treated cells",
        "findings",
        "accounting",
        "about",
    ],
}
NOTES = {"zh": "权重为假定：guess", "en": "weights are assumed: guess"}


def cells(page: Any, skip: int = 0) -> list[list[Any]]:
    return [list(row) for row in page.iter_rows(min_row=skip + 1, values_only=True)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_has_every_sheet_in_the_readers_language_with_the_notes_on_each(
    evaluation: ps.Evaluation, tmp_path: Path, language: Any
) -> None:
    book = load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", language))
    assert book.sheetnames == SHEETS[language]
    assert {page["A1"].value for page in book} == {NOTES[language]}
    assert book.properties.description == NOTES[language]
    headers = {page.title: cells(page, skip=1 + SENTENCES.get(page.title, 0))[0] for page in book}
    assert all(all(header) for header in headers.values())
    foreign = str.isascii if language == "zh" else (lambda text: not text.isascii())
    names = [name for head in headers.values() for name in head if not name.startswith(("parkscore", "a ", "b ", "c "))]
    assert [name for name in names if foreign(name)] == []


SENTENCES = {
    **dict.fromkeys(("得分", "scores", "行数核对", "accounting"), 1),
    **dict.fromkeys(("贡献分解", "contributions"), 2),
    **dict.fromkeys(("权重", "weights"), 3),
}


def test_an_indicator_without_a_score_is_not_said_to_add_nothing_as_the_lowest_score_does(
    evaluation: ps.Evaluation, tmp_path: Path
) -> None:
    page = cells(load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "zh"))["贡献分解"], skip=1)
    assert page[0][0] == "每行各指标之和即得分。空白：该指标没有得分，不计入；整行空白：该行没有总分"
    order = evaluation.scores.set_index(["unit", "year"]).index
    lacking = evaluation.scored.loc[order].isna().to_numpy()
    assert lacking.any()
    assert (evaluation.contributions.loc[order].to_numpy()[~lacking] == 0).any()
    empty = [[value is None for value in line[3:]] for line in page[3:]]
    assert empty == lacking.tolist()


def test_sheets_say_that_siblings_take_over_the_weight_of_what_has_no_score_where_some_has_none(
    evaluation: ps.Evaluation, tmp_path: Path
) -> None:
    said = "没有得分的指标，其权重由同级有得分的指标按比例分担，各对象的权重因缺失而异"
    whole = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[1.0, 2.0], b=[3.0, 1.0]))
    for made, told in ((evaluation, {"得分", "贡献分解", "权重"}), (whole, set())):
        book = load_workbook(made.to_excel(tmp_path / "out.xlsx", "zh"))
        assert {page.title for page in book if [said] in [line[:1] for line in cells(page)]} == told


def test_where_a_row_without_a_total_is_empty_though_its_indicators_have_scores_the_sheet_says_why(
    tmp_path: Path,
) -> None:
    evaluation = ps.evaluate(STRICT, rows(a=[1.0, 2.0, None], b=[3.0, 1.0, None], c=[1.0, 2.0, 3.0]))
    assert evaluation.nodes.loc["丙", ["total", "c"]].isna().tolist() == [True, False]
    page = cells(load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "zh"))["贡献分解"])
    assert page[-1] == ["丙", None, None, None, None]
    assert "整行空白：该行没有总分" in page[0][0]


def test_a_workbook_holds_the_numbers_of_every_table(evaluation: ps.Evaluation, tmp_path: Path) -> None:
    book = load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "en"))
    order = evaluation.scores.set_index(["unit", "year"]).index
    with_total = pd.concat(
        [evaluation.nodes["total"], evaluation.contributions.where(evaluation.scored.notna())], axis=1
    )
    for sheet, table, skip in (("values", evaluation.indicators, 2), ("contributions", with_total, 4)):
        body = cells(book[sheet], skip=skip)
        assert [tuple(line[:2]) for line in body] == order.tolist()
        numbers = [[NAN if value == "missing" else value for value in line[2:]] for line in body]
        assert everywhere(numbers, table.loc[order])
    ranking = cells(book["ranking"], skip=1)
    leading = ["unit", "year", "evaluation year"]
    assert ranking[0] == [*leading, "class", "score", "rank", "class rank", "status", "reason"]
    assert ranking[1] == ["丙", 2023, 2024, "初创", 1, 1, 1, "ranked", None]
    assert cells(book["scores"], skip=2)[0] == [
        "unit",
        "year",
        "class",
        "score",
        "rank",
        "class rank",
        "X dimension X",
        "a indicator a",
        "b indicator b",
        "c indicator c",
    ]
    weights = cells(book["weights"], skip=1)
    assert weights[0][0] == "weight scheme: guess; status: assumed"
    assert weights[4] == ["2023", "X", "dimension X", "total", 1, 0.5, 0.5, 0.5, "given", "assumed", None]
    about = dict(line[:2] for line in cells(book["about"], skip=1))
    assert about["status of the weights"] == "assumed"
    assert about["framework SHA-256"] == evaluation.about["framework_sha256"]
    assert about["data years"] == "2023, 2024"


def test_contributions_are_points_without_a_measure_beside_the_score_they_sum_to(tmp_path: Path) -> None:
    in_yuan = small(leaf("a", measure="千元"), leaf("b"), fields={"a": field("a", measure="千元")})
    book = load_workbook(ps.evaluate(in_yuan, rows(a=[1, 2, 5], b=[3, 1, 2])).to_excel(tmp_path / "out.xlsx", "zh"))
    assert cells(book["指标值"])[0] == ["评价对象", "a 指标a (千元)", "b 指标b"]
    head, *body = cells(book["贡献分解"], skip=1)
    assert head == ["评价对象", "得分", "a 指标a", "b 指标b"]
    assert [line[1] for line in body] == pytest.approx([line[2] + line[3] for line in body])


def table_in(book: Any, sheet: str, skip: int = 0) -> pd.DataFrame:
    """A sheet as a table: what a person sees who has nothing but the workbook."""
    head, *body = cells(book[sheet], skip=skip)
    return pd.DataFrame(body, columns=head)


def recomputed(values: Any, how: Any) -> Any:
    """Scores of an indicator by the formula of its rule, from the row of the sheet `reference`."""
    given = json.loads(how["parameters"])
    if how["scoring rule"].startswith("zscore"):
        standard = (values - how["mean"]) / how["sd"]
        return given["center"] + given["scale"] * (standard if how["direction"] == "higher is better" else -standard)
    share = (values - how["low"]) / (how["high"] - how["low"])
    share = share if how["direction"] == "higher is better" else 1 - share
    bottom, top = given["to"]
    return bottom + (top - bottom) * (share.clip(0, 1) if given["clip"] else share)


def test_every_score_can_be_computed_again_from_the_workbook_alone(tmp_path: Path) -> None:
    # 2024 is measured against 2023, which is not in the workbook; b is filled in 2024, and an outlier of a is cut.
    nodes = (
        dimension("X", leaf("a", treat=Choice.of("winsorise", most=1, skew=1, kurtosis=2)), leaf("b"), weight=0.6),
        leaf("c", direction="lower", weight=0.4, score=ScoreRule.of("zscore")),
    )
    rule = ScoreRule.of("minmax", to=(0, 100), clip=False)
    said = Defaults(score=rule, missing=Choice.of("mean"), weights=Choice.of("equal"))
    frame = panel("""
        zone year a  b c
        甲   2023 1  9 1
        乙   2023 2  1 5
        丙   2023 3  4 2
        丁   2023 4  4 3
        甲   2024 2  . 4
        乙   2024 3  6 2
        丙   2024 1  2 8
        丁   2024 90 1 1
    """)
    made = ps.evaluate(small(*nodes, time="year", reference=2023, defaults=said), frame, year=2024)
    book = load_workbook(made.to_excel(tmp_path / "out.xlsx", "en"))
    values, scores = table_in(book, "values as scored"), table_in(book, "scores")
    assert values["a indicator a"].max() < 90
    weights = table_in(book, "weights", skip=1).set_index("id")["weight in total"]
    total = pd.Series(0.0, index=scores.index)
    for _, how in table_in(book, "reference").iterrows():
        column = next(name for name in values.columns if name.startswith(f"{how['indicator']} "))
        again = recomputed(values[column], how)
        assert list(scores[column]) == pytest.approx(list(again), rel=1e-12)
        total = total + weights[how["indicator"]] * again
    assert list(scores["score"]) == pytest.approx(list(total), rel=1e-12)


def test_the_reference_states_every_statistic_by_cohort_in_the_table_and_in_json(tmp_path: Path) -> None:
    mixed = framework(
        indicators=(leaf("a"), leaf("b", score=ScoreRule.of("zscore"))),
        fields=STAGE | {"a": field("a"), "b": field("b")},
    )
    made = ps.evaluate(mixed, FRAME)
    table = made.reference.set_index(["reference", "indicator"])
    assert table.loc[("2023", "a"), ["low", "high"]].tolist() == [1, 4]
    assert table.loc[("2024", "b"), ["mean", "sd"]].tolist() == [2.5, 0.5]
    assert (table.loc[("2023", "a"), "rule"], table.loc[("2023", "a"), "direction"]) == ("minmax", "higher")
    document = strict_json(made.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document["reference"][0] == {
        "reference": "2023",
        "indicator": "a",
        "measure": None,
        "direction": "higher",
        "rule": "minmax",
        "formula": scoring["minmax"].formula,
        "parameters": '{"to": [0, 1], "clip": true}',
        "low": 1.0,
        "high": 4.0,
        "mean": None,
        "sd": None,
    }


def test_the_values_that_were_scored_have_a_sheet_only_where_they_are_not_the_values_derived(
    evaluation: ps.Evaluation, tmp_path: Path
) -> None:
    assert "values as scored" not in load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "en")).sheetnames


RATIO = small(
    leaf("r", "a / b"),
    leaf("l", "if(a > 0, ln(b), a)"),
    leaf("n", "b", missing=Choice.of("mean")),
    fields={"a": field("a"), "b": field("b")},
)


def test_an_empty_cell_has_its_reason_in_the_table_the_workbook_and_json(tmp_path: Path) -> None:
    made = ps.evaluate(RATIO, rows(a=[1, 2, 4, 3], b=[2, 0, None, 4]))
    assert made.states["r"].tolist() == ["value", "divided_by_zero", "missing", "value"]
    assert made.states["l"].tolist() == ["value", "undefined", "missing", "value"]
    page = cells(load_workbook(made.to_excel(tmp_path / "out.xlsx", "zh"))["指标值"])
    by_unit = {line[0]: line[1:] for line in page[1:]}
    assert by_unit["乙"] == ["除数为零", "无定义", 0]
    assert by_unit["丙"] == ["缺失", "缺失", "缺失"]
    document = strict_json(made.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [entry for entry in document["no_value"] if entry["unit"] == "乙"] == [
        {"unit": "乙", "indicator": "r", "state": "divided_by_zero"},
        {"unit": "乙", "indicator": "l", "state": "undefined"},
    ]
    assert len(document["no_value"]) == 5


def test_a_number_is_traced_to_the_cell_it_was_read_from(tmp_path: Path) -> None:
    path = tmp_path / "zones.xlsx"
    pd.DataFrame({"zone": ["甲", "乙"], "b": [1, 2], "a": [3, 4]}).to_excel(path, sheet_name="2024", index=False)
    made = ps.evaluate(RATIO, path)
    assert made.source("乙", "a").endswith("zones.xlsx!2024!C3")
    assert [cell.split("!")[-1] for cell in made.source("甲", "r").split(", ")] == ["C2", "B2"]
    with pytest.raises(UsageError) as raised:
        made.source("丁", "a")
    assert raised.value.findings[0].code == "no_such_unit"
    with pytest.raises(UsageError) as raised:
        made.source("甲", "q")
    assert raised.value.findings[0].code == "no_such_field"


def test_each_weight_shows_its_own_status_and_source_and_the_whole_the_weakest(tmp_path: Path) -> None:
    official: dict[str, Any] = {"weight": "20%", "status": "official", "source": "a circular"}
    rest: dict[str, Any] = {"weight": "80%"}
    scheme = WeightScheme(
        id="half",
        framework="small",
        status="assumed",
        source="the circular; inside: equal",
        weights={"X": WeightEntry(**official), "c": WeightEntry(**rest)},
        inside={"*": Choice.of("equal")},
    )
    bare = (dimension("X", leaf("a", weight="unknown"), leaf("b", weight="unknown"), weight="unknown"),)
    made = ps.evaluate(small(*bare, leaf("c", weight="unknown")), rows(a=[1, 2], b=[1, 2], c=[1, 2]), weights=scheme)
    shown = made.weights.set_index("id")[["status", "source"]].apply(tuple, axis=1).to_dict()
    whole = ("assumed", "the circular; inside: equal")
    assert shown == {"X": ("official", "a circular"), "a": whole, "b": whole, "c": whole}
    assert made.weights_status == "assumed"
    page = cells(load_workbook(made.to_excel(tmp_path / "out.xlsx", "zh"))["权重"], skip=2)
    assert page[0][-2:] == ["状态", "来源"]
    assert page[1][-2:] == ["官方", "a circular"]


def test_weights_of_the_framework_show_its_status_and_source() -> None:
    said: dict[str, Any] = {"weights_status": "expert", "weights_source": "a panel of five"}
    made = ps.evaluate(small(leaf("a", weight=1), leaf("b", weight=3), **said), rows(a=[1, 2], b=[1, 2]))
    assert made.weights[["status", "source"]].values.tolist() == [["expert", "a panel of five"]] * 2


def test_reasons_and_notes_of_csv_and_parquet_follow_the_language_and_the_status_word_does_not(tmp_path: Path) -> None:
    made = ps.evaluate(STRICT, LOST, weights="equal")
    csv_file, parquet = made.to_csv(tmp_path / "out.csv", "zh"), made.to_parquet(tmp_path / "out.parquet", "zh")
    for table in (pd.read_csv(csv_file, encoding="utf-8-sig"), pd.read_parquet(parquet)):
        assert table["status"].tolist() == ["ranked", "ranked", "not_ranked: 有数据的权重占 33.3%，低于 50%"]
        assert set(table["note"]) == {"权重为假定：equal"}


def test_what_a_result_was_made_with_is_said_in_the_readers_language(evaluation: ps.Evaluation, tmp_path: Path) -> None:
    about = dict(
        line[:2] for line in cells(load_workbook(evaluation.to_excel(tmp_path / "o.xlsx", "zh"))["参数与来源"])
    )
    assert about["权重状态"] == "假定"
    assert about["参照"] == "各年自成参照（per-year）"
    assert about["并列规则"] == "并列取靠前名次（1、2、2、4）"
    assert about["评价年度"] == "2024, 2025"


def test_a_workbook_says_why_a_unit_is_not_ranked_and_leaves_its_numbers_empty(
    partly: ps.Evaluation, tmp_path: Path
) -> None:
    book = load_workbook(partly.to_excel(tmp_path / "out.xlsx", "zh"))
    assert cells(book["位次"])[-1] == ["丙", None, None, "不排名", "有数据的权重占 33.3%，低于 50%"]
    assert cells(book["得分"])[-1] == ["丙", None, None, None, None, 1]
    findings = cells(book["数据质量"])
    assert findings[0] == ["级别", "代码", "位置", "评价对象", "字段/指标", "年份", "数值", "规则", "说明", "办法"]
    assert [line[1] for line in findings[1:]] == ["not_ranked", "no_value", "no_value", "no_value"]


def test_a_workbook_lists_the_cells_that_were_treated_and_the_columns_that_were_converted(tmp_path: Path) -> None:
    treated = small(
        leaf("a", treat=Choice.of("winsorise", most=1, skew=1, kurtosis=2)), fields={"a": field("a", measure="千元")}
    )
    frame = pd.DataFrame({"zone": list("甲乙丙丁戊己"), "a(万元)": [0.1, 0.2, 0.3, 0.4, 0.5, 9.0]})
    book = load_workbook(ps.evaluate(treated, frame).to_excel(tmp_path / "out.xlsx", "zh"))
    assert cells(book["异常值处理"]) == [["评价对象", "指标", "处理前", "处理后"], ["己", "a", 90, 5]]
    assert ["单位换算", "a(万元): 万元 -> 千元"] in [line[:2] for line in cells(book["参数与来源"])]


AWKWARD_NAMES = ["=1+1", "+合肥", "-5", "@x", '=HYPERLINK("http://x")', "合肥"]


def test_every_gap_that_was_filled_is_listed_with_its_policy_in_every_output(tmp_path: Path) -> None:
    framework = small(
        leaf("a", missing=Choice.of("mean")),
        leaf("b", missing=Choice.of("score_group_mean", by="stage")),
        leaf("c"),
        fields={"stage": field("stage", kind="text")},
    )
    frame = rows(a=[1, 3, None], b=[0, None, 10], c=[None, 1, 2], stage=["x", "x", "x"])
    evaluation = ps.evaluate(framework, frame)
    expected = [
        {"unit": "丙", "indicator": "a", "policy": "mean", "filled": "value", "value": 2.0},
        {"unit": "乙", "indicator": "b", "policy": "score_group_mean", "filled": "score", "value": 0.5},
    ]
    assert evaluation.filled.to_dict("records") == expected
    document = strict_json(evaluation.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document["filled"] == expected
    for language, sheet, lines in (
        ("zh", "缺失填补", [["丙", "a", "均值填补", "指标值", 2], ["乙", "b", "同类该项平均得分", "得分", 0.5]]),
        (
            "en",
            "filled gaps",
            [["丙", "a", "Mean", "value", 2], ["乙", "b", "the mean score of the group", "score", 0.5]],
        ),
    ):
        book = load_workbook(evaluation.to_excel(tmp_path / f"{language}.xlsx", language))
        assert cells(book[sheet])[1:] == lines
    assert len(ps.evaluate(framework, rows(a=[1], b=[1], c=[1], stage=["x"])).filled) == 0


def test_a_name_that_looks_like_a_formula_stays_text_in_every_file(tmp_path: Path) -> None:
    frame = pd.DataFrame({"zone": AWKWARD_NAMES, "a": range(6)})
    evaluation = ps.evaluate(small(leaf("a")), frame)
    expected = AWKWARD_NAMES[::-1]
    page = load_workbook(evaluation.to_excel(tmp_path / "out.xlsx"))["位次"]
    assert [cell.value for cell in page["A"][1:]] == expected
    assert {cell.data_type for cell in page["A"]} == {"s"}
    with evaluation.to_csv(tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        units = [line["unit"] for line in csv.DictReader(stream)]
    assert units == ["合肥", *(f"'{name}" for name in expected[1:])]
    assert pd.read_parquet(evaluation.to_parquet(tmp_path / "out.parquet"))["unit"].tolist() == expected
    document = strict_json(evaluation.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [entry["unit"] for entry in document["scores"]] == expected


def test_indicators_may_be_called_like_headers_of_the_workbook(tmp_path: Path) -> None:
    ids = ["id", "name", "share", "before", "reference", "ranked"]
    named = small(*(leaf(code, formula="a") for code in ids), fields={"a": field("a")})
    evaluation = ps.evaluate(named, rows(a=[1, 2]))
    book = load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "en"))
    assert cells(book["scores"])[0] == ["unit", "score", "rank", *(f"{code} indicator {code}" for code in ids)]
    assert cells(book["values"])[0] == ["unit", *(f"{code} indicator {code}" for code in ids)]


def test_indicators_called_like_columns_of_the_results_are_refused_all_at_once() -> None:
    tree = (dimension("rank", leaf("score", "a"), leaf("unit", "a")), leaf("a"))
    named = small(leaf("a")).model_copy(update={"indicators": tree})  # not a framework that any check has seen
    with pytest.raises(FrameworkError) as raised:
        ps.evaluate(named, rows(a=[1, 2]))
    assert [(finding.code, finding.field) for finding in raised.value.findings] == [
        ("taken_id", "rank"),
        ("taken_id", "score"),
        ("taken_id", "unit"),
    ]


WRITERS = [("csv", "to_csv"), ("parquet", "to_parquet"), ("json", "to_json"), ("xlsx", "to_excel")]


@pytest.mark.parametrize(("suffix", "writer"), WRITERS)
def test_a_file_is_replaced_whole_or_not_at_all(
    suffix: str, writer: str, evaluation: ps.Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"out.{suffix}"
    path.write_text("what was there before", encoding="utf-8")

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(UsageError, match="No space left on device"):
            getattr(evaluation, writer)(path)
    assert path.read_text(encoding="utf-8") == "what was there before"
    assert [entry.name for entry in tmp_path.iterdir()] == [f"out.{suffix}"]

    assert getattr(evaluation, writer)(path) == path
    assert path.read_bytes() != b"what was there before"
    assert [entry.name for entry in tmp_path.iterdir()] == [f"out.{suffix}"]


@pytest.mark.parametrize(("suffix", "writer"), WRITERS)
def test_a_folder_that_does_not_exist_is_refused_in_one_line(
    suffix: str, writer: str, evaluation: ps.Evaluation, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as raised:
        getattr(evaluation, writer)(tmp_path / "nowhere" / f"out.{suffix}")
    assert [finding.code for finding in raised.value.findings] == ["cannot_write"]
    assert list(tmp_path.iterdir()) == []


def test_a_table_longer_than_a_sheet_is_refused_and_leaves_no_file(
    evaluation: ps.Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 6)
    with pytest.raises(UsageError) as raised:
        evaluation.to_excel(tmp_path / "out.xlsx")
    assert raised.value.findings[0].code == "too_many_rows"
    assert list(tmp_path.iterdir()) == []


# What ships


def test_the_status_of_assumed_weights_and_synthetic_data_stands_in_every_output(tmp_path: Path) -> None:
    source = example_path("zones-synthetic.csv")
    evaluation = ps.evaluate("zone-2021", str(source), weights="zone-2021-equal-within", year=2024)
    said = [note.en for note in evaluation.notes]
    assert said[0] == "weights are assumed: zone-2021-equal-within"
    assert any("synthetic" in note for note in said[1:])
    written = "; ".join(said)
    csv_file = pd.read_csv(evaluation.to_csv(tmp_path / "out.csv"), encoding="utf-8-sig")
    assert set(csv_file["note"]) == {written}
    assert set(pd.read_parquet(evaluation.to_parquet(tmp_path / "out.parquet"))["note"]) == {written}
    metadata = json.loads(pq.read_metadata(tmp_path / "out.parquet").metadata[b"parkscore"])
    assert (metadata["weights_status"], metadata["notes"]) == ("assumed", said)
    document = strict_json(evaluation.to_json(tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (document["about"]["weights_status"], document["about"]["notes"]) == ("assumed", said)
    book = load_workbook(evaluation.to_excel(tmp_path / "out.xlsx", "en"))
    for page in book:
        assert [page.cell(row + 1, 1).value for row in range(len(said))] == said
    assert evaluation.about["ranked"] == len(evaluation.scores)


def test_sparse_published_figures_rank_only_the_zones_that_have_enough_of_them() -> None:
    evaluation = ps.evaluate("zone-figures", str(example_path("zone-figures.csv")))
    ranked = evaluation.ranking.dropna(subset="rank")
    assert set(zip(ranked["unit"], ranked["year"], strict=True)) == {
        ("北京中关村", 2023),
        ("北京中关村", 2024),
        ("天津滨海", 2023),
    }
    others = evaluation.ranking[evaluation.ranking["rank"].isna()]
    assert others["status"].str.match(r"not_ranked: data cover [\d.]+% of the weight, 80% needed").all()
    assert others["score"].isna().all()
    assert len(of_code(evaluation.findings, "not_ranked")) == len(others) > 10


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"data": [["甲", 1]]}, "data"),
        ({"weights": {"a": 0.5}}, "weights"),
        ({"year": "2024"}, "year"),
        ({"year": 2024.0}, "year"),
        ({"year": True}, "year"),
    ],
)
def test_an_argument_of_another_type_is_a_mistake_of_usage_with_a_hint(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(UsageError) as raised:
        ps.evaluate("zone-figures", **({"data": pd.DataFrame()} | arguments))
    (finding,) = raised.value.findings
    assert (finding.code, finding.field) == ("wrong_type", field)
    assert finding.hint is not None
