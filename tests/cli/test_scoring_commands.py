"""Tests of validate, score and weigh."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from parkscore import evaluate
from parkscore.framework.loading import load_framework, load_scheme


def table_of(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype={"unit": str})


# --- validate ------------------------------------------------------------------------------------------------------


def test_validate_passes_a_table_without_findings(run: Any) -> None:
    answer = run("validate", "park.yaml", "zones.csv")
    assert (answer.code, answer.out) == (0, "passed: 0 errors, 0 warnings, 0 for information\n")


def rewritten(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """The table of the folder with another content, under another name."""
    (folder / name).write_text(change((folder / "zones.csv").read_text(encoding="utf-8")), encoding="utf-8")


ODD_TABLES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "an empty column": (lambda text: re.sub(r",\d+$", ",", text, flags=re.M), "all_missing", "odd.csv:2:5"),
    "a constant column": (
        lambda text: re.sub(r"(,20\d\d),\d+,", r"\1,100,", text),
        "constant_column",
        "odd.csv:2:3",
    ),
    "one row": (lambda text: "\n".join(text.splitlines()[:2]), "single_unit", "odd.csv:2"),
}


@pytest.mark.parametrize("case", ODD_TABLES)
def test_what_tells_no_unit_from_another_is_said_by_validate_and_by_score_with_its_place_and_a_hint(
    run: Any, folder: Path, case: str
) -> None:
    change, code, place = ODD_TABLES[case]
    rewritten(folder, "odd.csv", change)
    for words in (("validate", "park.yaml", "odd.csv", "--json"), ("score", "park.yaml", "odd.csv", "--json")):
        answer = run(*words)
        assert answer.code == 0
        found = [finding for finding in answer.document["findings"] if finding["code"] == code]
        assert found
        for finding in found:
            where = [finding["file"], finding["line"], finding["column"]]
            assert ":".join(str(part) for part in where if part is not None) == place
            assert finding["hint"]


def test_an_indicator_that_looks_back_is_not_called_an_empty_column_in_the_first_year(run: Any, folder: Path) -> None:
    text = (
        (folder / "park.yaml")
        .read_text(encoding="utf-8")
        .replace("formula: income,", "formula: income - 上年(income),")
    )
    (folder / "back.yaml").write_text(text, encoding="utf-8")
    found = run("validate", "back.yaml", "zones.csv", "--json").document["findings"]
    assert [(finding["code"], finding["year"]) for finding in found] == [("all_missing", 2023)]
    assert "looks back" in found[0]["hint"]


def test_validate_finds_a_value_that_the_scoring_rule_cannot_take(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8").replace("rule: minmax, to: [0, 100]", "rule: log")
    (folder / "log.yaml").write_text(text.replace("min: 0}", "min: -9}"), encoding="utf-8")
    rewritten(folder, "odd.csv", lambda table: table.replace("甲,2023,100", "甲,2023,-1"))
    answer = run("validate", "log.yaml", "odd.csv", "--json")
    assert answer.code == 3
    domain = [finding for finding in answer.document["findings"] if finding["code"] == "domain"]
    assert [(finding["unit"], finding["year"], finding["field"]) for finding in domain] == [("甲", 2023, "1.1")]


@pytest.fixture
def poor(folder: Path) -> Path:
    """A table with one error (a negative number) and one warning (staff without income)."""
    text = (folder / "zones.csv").read_text(encoding="utf-8")
    path = folder / "poor.csv"
    path.write_text(text.replace("甲,2023,100", "甲,2023,-1").replace("乙,2024,190,2500", "乙,2024,190,0"), "utf-8")
    return path


def test_validate_lists_findings_with_their_cells_and_exits_with_3(run: Any, poor: Path) -> None:
    answer = run("validate", "park.yaml", "poor.csv")
    assert answer.code == 3
    assert "poor.csv:2:3  error below_min: staff = -1:" in answer.out
    assert answer.out.splitlines()[-1] == "failed: 1 error, 1 warning, 0 for information"


def test_validate_as_json_counts_and_lists_the_findings(run: Any, poor: Path) -> None:
    answer = run("validate", "park.yaml", "poor.csv", "--json")
    document = answer.document
    assert answer.code == 3
    assert (document["schema"], document["ok"], document["rows"]) == ("parkscore-validate/1", False, 6)
    assert (document["errors"], document["warnings"]) == (1, 1)
    assert document["findings"][0]["code"] == "below_min"
    assert (document["findings"][0]["unit"], document["findings"][0]["year"]) == ("甲", 2023)


def test_strict_validation_turns_a_warning_into_3(run: Any, folder: Path) -> None:
    text = (folder / "zones.csv").read_text(encoding="utf-8").replace("乙,2024,190,2500", "乙,2024,190,0")
    (folder / "odd.csv").write_text(text, encoding="utf-8")
    assert run("validate", "park.yaml", "odd.csv").code == 0
    assert run("validate", "park.yaml", "odd.csv", "--strict").code == 3


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json"])
def test_validate_writes_its_findings_to_a_file(run: Any, poor: Path, folder: Path, suffix: str) -> None:
    path = folder / f"findings{suffix}"
    answer = run("validate", "park.yaml", "poor.csv", "-o", path, "--lang", "zh")
    assert answer.code == 3
    if suffix == ".json":
        codes = [finding["code"] for finding in json.loads(path.read_text(encoding="utf-8"))["findings"]]
    elif suffix == ".csv":
        codes = pd.read_csv(path)["代码"].tolist()
    else:
        rows = list(load_workbook(path)["数据质量"].values)
        codes = [row[rows[0].index("代码")] for row in rows[1:]]
    assert codes == ["below_min", "rule"]


def test_findings_are_written_even_where_the_table_cannot_be_read(run: Any, folder: Path) -> None:
    text = (folder / "zones.csv").read_text(encoding="utf-8").replace("1000", "很多")
    (folder / "text.csv").write_text(text, encoding="utf-8")
    assert run("validate", "park.yaml", "text.csv", "-o", "findings.csv").code == 3
    assert "text_in_number" in (folder / "findings.csv").read_text(encoding="utf-8-sig")


# --- score ---------------------------------------------------------------------------------------------------------


def test_score_prints_csv_where_stdout_is_no_terminal(run: Any) -> None:
    table = table_of(run("score", "park.yaml", "zones.csv").out)
    assert table.columns.tolist() == ["unit", "year", "score", "rank", "status", "1", "1.1", "1.2", "2", "2.1"]
    # 2024, by hand: staff 110-310, income 1500-5000, energy per income 20/2500 worst, 20/5000 best, so
    # 丙 is best in all three; 乙: 0.6 (0.25·40 + 0.75·28.5714) + 0.4·0; 甲: 0.6·0 + 0.4·(1 - (10/1500 - .004)/.004)
    scores = table[table["year"] == 2024].set_index("unit")["score"]
    assert scores["丙"] == pytest.approx(100)
    assert scores["乙"] == pytest.approx(0.6 * (0.25 * 40 + 0.75 * 100 * 1000 / 3500))
    assert scores["甲"] == pytest.approx(40 * (0.008 - 10 / 1500) / 0.004)
    assert table["rank"].tolist() == [1, 2, 3, 1, 2, 3]


def test_piped_csv_is_what_the_csv_file_holds(run: Any, folder: Path) -> None:
    piped = run("score", "park.yaml", "zones.csv").out
    assert run("score", "park.yaml", "zones.csv", "-o", "out.csv").code == 0
    assert (folder / "out.csv").read_text(encoding="utf-8-sig") == piped


def test_score_with_an_output_prints_what_was_ranked_the_top_and_the_path(run: Any) -> None:
    answer = run("score", "park.yaml", "zones.csv", "-o", "out.xlsx")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == "6 of 6 rows ranked (3 units, data of 2023, 2024)"
    assert lines[1] == "rows in the data: 6 = 6 ranked"
    assert lines[2] == "weights: the weights in Park evaluation; status: official"
    assert "top 3 2024" in lines
    assert [line.split() for line in lines if line.startswith("丙")] == [["丙", "2024", "100.0000", "1", "ranked"]]
    assert lines[-1] == "wrote out.xlsx"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet", ".json"])
def test_every_form_of_output_holds_the_same_scores(run: Any, folder: Path, suffix: str) -> None:
    path = folder / f"out{suffix}"
    assert run("score", "park.yaml", "zones.csv", "-o", path).code == 0
    wanted = evaluate("park.yaml", "zones.csv").scores["score"].tolist()
    if suffix == ".json":
        found = [row["score"] for row in json.loads(path.read_text(encoding="utf-8"))["scores"]]
    elif suffix == ".parquet":
        found = pd.read_parquet(path)["score"].tolist()
    elif suffix == ".csv":
        found = pd.read_csv(path)["score"].tolist()
    else:
        rows = list(load_workbook(path)["ranking"].values)
        found = [row[rows[0].index("score")] for row in rows[1:]]
    assert found == pytest.approx(wanted, rel=1e-15)


def test_score_as_json_is_one_document_with_everything(run: Any) -> None:
    document = run("score", "park.yaml", "zones.csv", "--json").document
    assert (document["schema"], document["output"]) == ("parkscore-score/1", None)
    assert document["about"]["weights_status"] == "official"
    assert len(document["scores"]) == 6
    assert {"weights", "contributions", "findings"} <= document.keys()
    assert run("score", "park.yaml", "zones.csv", "-o", "a.csv", "--json").document["output"] == "a.csv"


def test_score_of_one_year_ranks_that_year_only(run: Any) -> None:
    table = table_of(run("score", "park.yaml", "zones.csv", "--year", "2023").out)
    assert set(table["year"]) == {2023}


def test_assumed_weights_and_synthetic_data_are_said_in_both_forms_of_stdout(run: Any, folder: Path) -> None:
    run("sample", "park.yaml", "--units", "6", "--years", "1", "-o", "synthetic.csv")
    piped = table_of(run("score", "park.yaml", "synthetic.csv", "--weights", "equal").out)
    said = run("score", "park.yaml", "synthetic.csv", "--weights", "equal", "-o", "out.xlsx").out
    for note in ("weights are assumed: equal", "synthetic"):
        assert piped["note"].str.contains(note).all()
        assert note in said


def test_unknown_weights_are_refused_with_the_name_of_a_scheme(run: Any) -> None:
    answer = run("score", "zone-2021", "zones-synthetic.csv", "-o", "out.csv")
    assert answer.code == 4
    assert "--weights zone-2021-equal-within" in answer.err
    assert answer.out == ""


def test_the_synthetic_zones_are_all_ranked_under_the_assumed_scheme(run: Any) -> None:
    words = ("score", "zone-2021", "zones-synthetic.csv", "--weights", "zone-2021-equal-within")
    table = table_of(run(*words).out)
    assert len(table) == 356
    assert table["note"].str.contains("assumed").all()
    assert table["note"].str.contains("synthetic").all()


def test_a_unit_that_is_not_ranked_stands_on_stderr_with_the_reason(run: Any) -> None:
    answer = run("score", "zone-figures", "zone-figures.csv", "-o", "out.xlsx")
    assert answer.code == 0
    assert "3 of 21 rows ranked (" in answer.out
    said = "rows in the data: 21 = 3 ranked + 18 not ranked: data cover too little of the weight"
    assert said in answer.out
    assert "not ranked: data cover 33.3% of the weight, 80% needed" in answer.err


def test_rows_of_one_year_are_counted_as_units(run: Any) -> None:
    answer = run("score", "park.yaml", "zones.csv", "-o", "out.xlsx", "--year", "2024", "--lang", "zh")
    assert "3 个对象中 3 个已排名（数据年份 2024）" in answer.out


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ([], {"units": 3, "rows (one for each unit and year)": 6, "ranked rows": 6}),
        (["--year", "2024"], {"units": 3, "ranked": 3}),
    ],
)
def test_the_workbook_counts_units_apart_from_rows_where_there_are_several_years(
    asked: list[str], counts: dict[str, int], run: Any, folder: Path
) -> None:
    assert run("score", "park.yaml", "zones.csv", "-o", "out.xlsx", *asked).code == 0
    about = pd.read_excel(folder / "out.xlsx", sheet_name="about", header=None, engine="openpyxl").astype(str)
    said = dict(about.iloc[:, :2].itertuples(index=False, name=None))
    heads = ("units", "rows (one for each unit and year)", "ranked rows", "ranked")
    assert {head: int(said[head]) for head in heads if head in said} == counts


def test_many_warnings_are_cut_off_with_their_number_and_where_to_find_them(run: Any, folder: Path) -> None:
    lines = ["park,year,人员(人),收入(千元),能耗(吨标准煤)", *(f"区{n},2024,{n + 1},0,{n + 5}" for n in range(80))]
    (folder / "many.csv").write_text("\n".join(lines), encoding="utf-8")
    answer = run("score", "park.yaml", "many.csv", "-o", "out.xlsx")
    assert answer.code == 0
    shown = answer.err.splitlines()
    assert len(shown) <= 31
    assert "sheet" in shown[-1]
    left = len(evaluate("park.yaml", "many.csv").findings) - len(re.findall(r"^(?:\S+  )?warning ", answer.err, re.M))
    assert shown[-1].startswith(f"... and {left} more")


def test_strict_scoring_stops_at_a_warning_and_writes_nothing(run: Any, folder: Path) -> None:
    text = (folder / "zones.csv").read_text(encoding="utf-8").replace("乙,2024,190,2500", "乙,2024,190,0")
    (folder / "odd.csv").write_text(text, encoding="utf-8")
    assert run("score", "park.yaml", "odd.csv", "-o", "out.csv").code == 0
    (folder / "out.csv").unlink()
    answer = run("score", "park.yaml", "odd.csv", "-o", "out.csv", "--strict")
    assert answer.code == 3
    assert "warnings" in answer.err
    assert not (folder / "out.csv").exists()


def test_score_speaks_chinese(run: Any) -> None:
    answer = run("score", "park.yaml", "zones.csv", "-o", "out.xlsx", "--lang", "zh")
    assert "6 行中 6 行已排名（3 个对象，数据年份 2023, 2024）" in answer.out
    assert "状态：官方" in answer.out
    assert "位次" in answer.out


def test_piped_csv_gives_reasons_and_notes_in_the_language_asked_for(run: Any, folder: Path) -> None:
    rewritten(folder, "gaps.csv", lambda text: text.replace("甲,2024,110,1500,10", "甲,2024,110,,"))
    words = ("score", "park.yaml", "gaps.csv", "--weights", "equal", "--year", "2024")
    for language, reason, note in (
        ("zh", "有数据的权重占", "权重为假定：equal"),
        ("en", "data cover", "weights are assumed: equal"),
    ):
        table = table_of(run(*words, "--lang", language).out)
        last = table["status"].tolist()[-1]
        assert last.startswith("not_ranked: ")
        assert reason in last
        assert table["status"].tolist()[:2] == ["ranked", "ranked"]
        assert set(table["note"]) == {note}


def test_a_unit_without_a_class_has_an_empty_class_on_the_console(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8")
    stage = "  stage: {zh: 阶段, en: Stage, kind: text}\nrules:"
    (folder / "park.yaml").write_text(
        text.replace("rules:", stage).replace("time: year", "time: year\nclass: stage"), "utf-8"
    )
    table = "park,year,人员(人),收入(千元),能耗(吨标准煤),阶段\n甲,2024,110,1500,10,初创\n乙,2024,190,2500,20,\n"
    (folder / "staged.csv").write_text(table, encoding="utf-8")
    out = run("score", "park.yaml", "staged.csv", "-o", "out.csv").out
    shown = {line.split()[0]: line for line in out.splitlines() if line.startswith(("甲", "乙"))}
    assert "初创" in shown["甲"]
    assert not re.search(r"nan|None", out)
    assert len(shown["乙"].split()) == len(shown["甲"].split()) - 2  # neither a class nor a rank within it


def test_classes_and_ranks_in_groups_are_named_and_counted_on_the_console(run: Any, folder: Path) -> None:
    text = (folder / "park.yaml").read_text(encoding="utf-8")
    said = (
        "time: year\nrank_within: [city]\nclasses:\n"
        "  - {id: s, zh: 小, en: Small, when: staff < 150人}\n  - {id: l, zh: 大, en: Large, when: staff >= 150人}"
    )
    city = "  city: {zh: 城市, en: City, kind: text}\nrules:"
    (folder / "park.yaml").write_text(text.replace("rules:", city).replace("time: year", said), "utf-8")
    table = "park,year,人员(人),收入(千元),能耗(吨标准煤),城市\n甲,2024,110,1500,10,东\n乙,2024,190,2500,20,\n"
    (folder / "staged.csv").write_text(table, encoding="utf-8")
    out = run("score", "park.yaml", "staged.csv", "-o", "out.csv", "--lang", "en").out
    assert "classes (of 2): Small: 1, Large: 1, in none: 0, in several: 0, cannot be told: 0" in out
    shown = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith(("甲", "乙"))}
    assert {"Small", "东"} <= set(shown["甲"])
    assert "Large" in shown["乙"]
    assert "rank in City" in out
    assert "Small: staff < 150人" in run("show", "park.yaml", "--lang", "en").out


# --- weigh ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["entropy", "equal"])
def test_a_computed_scheme_loads_back_and_gives_the_same_scores(run: Any, folder: Path, method: str) -> None:
    words = ("weigh", "zone-2021", "zones-synthetic.csv", "--method", method, "--year", "2024", "-o", "scheme.yaml")
    assert run(*words).code == 0
    common = ("score", "zone-2021", "zones-synthetic.csv", "--year", "2024", "--weights")
    by_method, by_scheme = (table_of(run(*common, weights).out) for weights in (method, "scheme.yaml"))
    pd.testing.assert_frame_equal(
        by_method.drop(columns="note"), by_scheme.drop(columns="note"), rtol=1e-12, atol=1e-12
    )


def test_a_computed_scheme_says_how_it_was_computed_and_from_what(run: Any, folder: Path) -> None:
    run("weigh", "park.yaml", "zones.csv", "--method", "entropy", "--year", "2024", "-o", "scheme.yaml")
    scheme = load_scheme("scheme.yaml", load_framework("park.yaml"))
    evaluation = evaluate("park.yaml", "zones.csv")
    assert (scheme.id, scheme.status) == ("park-entropy-2024", "computed")
    assert scheme.source is not None
    for part in ("Entropy weights", "zones.csv", "2024", evaluation.table.digest):
        assert part in scheme.source


def test_a_scheme_computed_on_synthetic_data_says_so_in_its_data_note(run: Any, folder: Path) -> None:
    run("sample", "park.yaml", "--units", "6", "--years", "1", "-o", "synthetic.csv")
    assert run("weigh", "park.yaml", "synthetic.csv", "-m", "entropy", "-o", "scheme.yaml").code == 0
    note = load_scheme("scheme.yaml", load_framework("park.yaml")).data_note
    assert note is not None
    assert "synthetic" in note


def test_several_years_need_a_year_to_weigh_by(run: Any) -> None:
    answer = run("weigh", "park.yaml", "zones.csv", "--method", "entropy", "-o", "scheme.yaml")
    assert answer.code == 2
    assert "--year 2024" in answer.err


def test_weigh_prints_the_weights_and_as_json_the_scheme(run: Any) -> None:
    words = ("weigh", "park.yaml", "zones.csv", "-m", "entropy", "--year", "2023", "-o", "scheme.yaml")
    printed = run(*words).out
    assert "the indicators that weigh most" in printed
    document = run(*words, "--json").document
    assert document["schema"] == "parkscore-weigh/1"
    assert document["scheme"]["weights"].keys() == {"1", "1.1", "1.2", "2", "2.1"}


def test_an_unknown_method_names_the_nearest(run: Any) -> None:
    answer = run("weigh", "park.yaml", "zones.csv", "--method", "entrpy", "-o", "scheme.yaml")
    assert answer.code == 2
    assert "did you mean entropy?" in answer.err


def test_a_folder_is_scored_in_memory_where_that_is_asked_for(run: Any, folder: Path) -> None:
    (folder / "data").mkdir()
    lines = (folder / "zones.csv").read_text("utf-8").splitlines()
    for number in (1, 2):
        (folder / "data" / f"{number}.csv").write_text("\n".join([lines[0], *lines[number::2]]), encoding="utf-8")
    answers = [run("score", "park.yaml", source, "--engine", "memory", "-o", f"{name}.csv")
               for name, source in (("one", "zones.csv"), ("all", "data"))]  # fmt: skip
    assert [answer.code for answer in answers] == [0, 0], answers[1].err
    one, other = (sorted((folder / f"{name}.csv").read_text("utf-8-sig").splitlines()) for name in ("one", "all"))
    assert one == other


CLASSES = """\
classes:
  - {id: big, zh: 大园区, en: big park, when: staff >= 200人}
  - {id: small, zh: 小园区, en: small park, when: staff < 200人}
"""


def test_the_first_rows_are_shown_alike_of_pieces_and_of_memory(run: Any, folder: Path) -> None:
    framework = (folder / "park.yaml").read_text(encoding="utf-8").replace("fields:", f"{CLASSES}fields:", 1)
    (folder / "classes.yaml").write_text(framework, encoding="utf-8")
    for language, words in (("en", ["big park", "small park", "ranked"]), ("zh", ["大园区", "小园区", "已排名"])):
        said = ("score", "classes.yaml", "zones.csv", "-o", "out.csv", "--lang", language)
        answers = [run(*said, "--engine", engine) for engine in ("memory", "local")]
        table = [answer.out.partition("\n\n")[2] for answer in answers]
        assert table[0] == table[1], [answer.err for answer in answers]
        assert [word for word in words if word not in table[1]] == []


def test_what_is_called_like_the_shipped_framework_or_the_method_is_no_input_where_it_is_a_folder(
    run: Any, folder: Path
) -> None:
    run("sample", "park-points-example", "--units", "30", "--years", "2", "-o", "made-synthetic.parquet")
    (folder / "park-points-example").mkdir()
    out = ("-o", "park-points-example/points.parquet")
    answer = run("score", "park-points-example", "made-synthetic.parquet", *out)
    assert answer.code == 0, answer.err
    (folder / "entropy").mkdir()
    assert run("score", "park.yaml", "zones.csv", "-w", "entropy", "-o", "entropy/scores.csv").code == 0
    refused = run("score", "park-points-example", "park-points-example", *out)
    assert (refused.code, "output_is_input" in refused.err) == (2, True), "a folder of data is read"
