"""A result is one and the same, whichever engine wrote it: columns, rows, and what the file says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.engine import passes
from parkscore.findings import ParkscoreError
from parkscore.framework.judging_models import Requirement
from parkscore.framework.models import Choice, Defaults, Framework, ScoreRule, Screen, UnitClass
from parkscore.results.files import CsvFile
from parkscore.results.rows import VALUE
from tests.engine_results import assert_same, in_pieces
from tests.small_frameworks import field, leaf, small

FIELDS = {"a": field("a"), "b": field("b"), "park": field("park", kind="text")}
FRAME = pd.DataFrame({
    "zone": [f"z{number:02d}" for number in range(23)],
    "year": [2023, 2024] * 11 + [2024],
    "park": [*"东西北" * 7, "东", None],
    "a": [None if number % 7 == 3 else float(number * number % 13) for number in range(23)],
    "b": [None if number % 11 == 5 else number / 7 for number in range(23)],
})  # fmt: skip
DEFAULTS = Defaults(weights=Choice.of("equal"), score=ScoreRule.of("minmax", to=(0, 100)))
SAID: dict[str, dict[str, Any]] = {
    "plain": {},
    "a text is the class": {"class_field": "park"},
    "references of groups": {"reference_within": ("park",), "rank_within": ("park",)},
    "groups of a class": {"class_field": "park", "reference_within": ("class",)},
    "one reference": {"reference": 2024},
    "groups and rules that take nothing from the data": {
        "reference_within": ("park",),
        "defaults": DEFAULTS.model_copy(update={"score": ScoreRule.of("goalposts", low=0, high=100)}),
    },
    "filled and treated": {
        "defaults": DEFAULTS.model_copy(
            update={"missing": Choice.of("mean"), "treat": Choice.of("winsorise", skew=0.5, kurtosis=0.5)}
        )
    },
}


def asking(said: dict[str, Any]) -> Framework:
    return small(leaf("a"), leaf("b"), fields=FIELDS, time="year", **{"defaults": DEFAULTS} | said)


def both(
    framework: Framework | str, frame: pd.DataFrame, folder: Path, suffix: str, rows: int = 5, **asked: Any
) -> tuple[Path, Path]:
    """The files of the same data from memory and from pieces of so many rows."""
    source, whole, pieces = (folder / name for name in ("data.parquet", f"whole{suffix}", f"pieces{suffix}"))
    frame.to_parquet(source, index=False, row_group_size=rows)
    evaluation = ps.evaluate(framework, source, **asked)
    (evaluation.to_csv if suffix == ".csv" else evaluation.to_parquet)(whole, "zh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "ROWS_OF_PIECE", rows)
        ps.score_dataset(framework, source, pieces, language="zh", **asked)
    return whole, pieces


def assert_same_file(whole: Path, pieces: Path) -> None:
    """But for the order of the rows, which is that of the ranks in one and that of the data in the other."""
    one, other = pq.read_table(whole), pq.read_table(pieces)
    assert one.schema.remove_metadata() == other.schema.remove_metadata()
    order = [(name, "ascending") for name in ("unit", "year") if name in one.schema.names]
    assert one.sort_by(order).equals(other.sort_by(order))
    said, also = (json.loads(pq.read_metadata(path).metadata[b"parkscore"]) for path in (whole, pieces))
    assert said == also


@pytest.mark.parametrize("which", SAID)
@pytest.mark.parametrize("rows", [3, 50])
def test_the_parquet_file_is_the_same_from_memory_and_from_pieces(which: str, rows: int, tmp_path: Path) -> None:
    assert_same_file(*both(asking(SAID[which]), FRAME, tmp_path, ".parquet", rows))


def test_the_files_agree_on_weights_and_references_where_no_row_of_a_year_may_be_scored(tmp_path: Path) -> None:
    frame = FRAME.assign(a=FRAME["a"].where(FRAME["year"] == 2023), b=FRAME["b"].where(FRAME["year"] == 2023))
    framework = asking({"screen": Screen(availability=0.5)})
    assert_same_file(*both(framework, frame, tmp_path, ".parquet"))
    for year, share in ((2023, 0.5), (2024, None)):
        (tmp_path / str(year)).mkdir()
        for path in both(framework, frame, tmp_path / str(year), ".parquet", year=year):
            assert [line.share for line in ps.explain(path, "z04" if year == 2023 else "z05").lines] == [share, share]


def test_the_file_of_one_year_names_no_reference_of_a_year_that_a_gate_looks_back_at(tmp_path: Path) -> None:
    gate = Requirement(id="g", zh="门槛", require="total > 1 or 上年(total) > 1")
    framework = small(leaf("i", "a"), leaf("j", "b"), fields=FIELDS, time="year", defaults=DEFAULTS, gates=(gate,))
    assert_same_file(*both(framework, FRAME, tmp_path, ".parquet", year=2024))


def test_where_nobody_may_be_scored_no_weights_are_computed_and_the_reasons_are_told(tmp_path: Path) -> None:
    framework = asking({"defaults": DEFAULTS.model_copy(update={"missing": Choice.of("invalid")})})
    whole, pieces = both(framework, FRAME.assign(a=np.nan), tmp_path, ".parquet", weights="entropy")
    assert_same_file(whole, pieces)
    assert all(pd.read_parquet(pieces)["status"].str.startswith("not_ranked: "))


@pytest.mark.parametrize(
    "name", ["zone-2021", "park-points-example", "per-mu-huangyan-2022", "specialised-sme-2022", "incubator-2018"]
)
def test_so_it_is_of_shipped_frameworks(name: str, tmp_path: Path) -> None:
    framework = ps.load_framework(name)
    weights = None if framework.only_judges else "equal"
    assert_same_file(*both(framework, ps.sample(framework, 9, seed=3), tmp_path, ".parquet", weights=weights))


@pytest.mark.parametrize("missing", ["mean", "score_group_mean"])
def test_a_gap_that_was_filled_is_said_to_be_in_every_file(missing: str, tmp_path: Path) -> None:
    framework = asking({"class_field": "park", "defaults": DEFAULTS.model_copy(update={"missing": Choice.of(missing)})})
    for path in both(framework, FRAME, tmp_path, ".parquet", year=2024):
        assert {ps.explain(path, unit).lines[0].state for unit in ("z03", "z17")} == {"filled"}


def test_a_file_from_memory_explains_each_of_its_rows(tmp_path: Path) -> None:
    framework = asking({"class_field": "park", "rank_within": ("park",)})
    evaluation = ps.evaluate(framework, FRAME, year=2024)
    path = evaluation.to_parquet(tmp_path / "result.parquet")
    for unit in FRAME.query("year == 2024")["zone"]:
        assert ps.explain(path, unit) == ps.explain(evaluation, unit)
    values = pd.read_parquet(path).set_index("unit")[f"{VALUE}a"]
    np.testing.assert_array_equal(values, FRAME.set_index("zone")["a"].reindex(values.index))


def test_the_reference_of_its_group_explains_a_row_whatever_the_columns(tmp_path: Path) -> None:
    framework = asking({"reference_within": ("park",)})
    source = tmp_path / "rows.csv"
    FRAME.to_csv(source, index=False)
    evaluation = ps.evaluate(framework, source, year=2024)
    ps.score_dataset(framework, source, tmp_path / "pieces.parquet", year=2024)
    for unit, park in FRAME.query("year == 2024").dropna(subset="park")[["zone", "park"]].itertuples(index=False):
        own = evaluation.scoring.references[f"2024 · {park}"]["b"]
        for result in (evaluation, evaluation.to_parquet(tmp_path / "whole.parquet"), tmp_path / "pieces.parquet"):
            against = ps.explain(result, unit).lines[1].against
            assert (against["low"], against["high"]) == (own["low"], own["high"])


# --- what is told ---------------------------------------------------------------------------------------------------

FEW = pd.DataFrame({
    "zone": list("xyzx"), "year": [2023, 2024, 2024, 2024], "a": [1.0, None, None, 3], "b": [1.0, 2, 3, 4],
    "park": list("东西西东"),
})  # fmt: skip


def told(framework: Framework, engine: str, folder: Path, frame: pd.DataFrame = FEW, **asked: Any) -> list[str]:
    """Every finding, or every refusal, with how many are ranked."""
    source = folder / "few.csv"
    frame.to_csv(source, index=False)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passes, "ROWS_OF_PIECE", 1)
            found: Any = (
                ps.evaluate(framework, source, **asked)
                if engine == "memory"
                else ps.score_dataset(framework, source, folder / "out.csv", **asked)
            )
    except ParkscoreError as refused:
        return sorted(finding.render("en") for finding in refused.findings)
    return [*sorted(finding.render("en") for finding in found.findings), str(found.about["ranked"])]


@pytest.mark.parametrize("missing", ["reweight", "invalid"])
@pytest.mark.parametrize("within", [(), ("park",)])
@pytest.mark.parametrize("reference", ["panel", "per-year", 2023, 2022])
def test_the_same_is_found_or_refused(reference: Any, within: tuple[str, ...], missing: str, tmp_path: Path) -> None:
    defaults = DEFAULTS.model_copy(update={"missing": Choice.of(missing)})
    framework = asking({"reference": reference, "reference_within": within, "defaults": defaults})
    for year in (None, 2024, 2023, 2020):
        assert told(framework, "memory", tmp_path, year=year) == told(framework, "local", tmp_path, year=year)


@pytest.mark.parametrize("kinds", [("大", "大"), ("大", "小"), (None, "大")])
@pytest.mark.parametrize("missing", ["reweight", "invalid", "zero"])
def test_a_reference_year_whose_one_row_has_nothing_is_told_alike(
    missing: str, kinds: tuple[str | None, str | None], tmp_path: Path
) -> None:
    few = pd.DataFrame({"zone": ["甲", "甲"], "year": [2023, 2022], "a": [None, 0.0], "b": None, "park": kinds})
    defaults = DEFAULTS.model_copy(update={"missing": Choice.of(missing)})
    framework = asking({"reference": 2023, "reference_within": ("park",), "defaults": defaults})
    assert told(framework, "memory", tmp_path, few) == told(framework, "local", tmp_path, few)


LATER = pd.DataFrame({
    "zone": list("xwyz"), "year": [2023, 2023, 2024, 2024], "a": [50.0, 3, 80, None], "b": [1.0, 2, 3, 4],
    "park": list("东东西东"),
})  # fmt: skip
OF_FIXED_RULES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "each value alone": {"treat": Choice.of("signed_log")},
    "outliers": {"treat": Choice.of("winsorise")},
    "gaps": {"missing": Choice.of("mean")},
    "gaps in scores": {"missing": Choice.of("score_group_mean"), "treat": Choice.of("signed_log")},
}


def of_fixed_rules(which: str) -> Framework:
    """Groups measured against 2023 by a rule that takes nothing from the data."""
    defaults = DEFAULTS.model_copy(
        update={"score": ScoreRule.of("goalposts", low=0, high=100), **OF_FIXED_RULES[which]}
    )
    return asking({"reference": 2023, "reference_within": ("park",), "class_field": "park", "defaults": defaults})


@pytest.mark.parametrize("which", OF_FIXED_RULES)
@pytest.mark.parametrize("year", [None, 2024])
def test_a_group_that_the_reference_year_lacks_has_no_score_where_no_rule_is_fitted_either(
    which: str, year: int | None, tmp_path: Path
) -> None:
    framework = of_fixed_rules(which)
    found, told = in_pieces(framework, LATER, tmp_path, rows=1, year=year)
    assert_same(ps.evaluate(framework, LATER, year=year), found, told)
    (status,) = found.set_index("unit").loc[["y"], "status"]
    assert "it has no 西" in status


def test_a_year_that_no_row_has_is_told_with_those_that_rows_have(tmp_path: Path) -> None:
    for engine in ("memory", "local"):
        (finding,) = told(asking({}), engine, tmp_path, year=2020)
        assert "it has: 2023, 2024" in finding


def test_a_reference_of_several_years_that_has_one_unit_is_told_of_none_of_them(tmp_path: Path) -> None:
    frame = FEW.iloc[:1].assign(year=2023)
    frame = pd.concat([frame, FEW.iloc[3:].assign(a=5.0)])
    evaluation = ps.evaluate(asking({"reference": 2023}), frame, year=2024)
    (finding,) = (each for each in evaluation.findings if each.code == "single_unit")
    assert (finding.unit, finding.year) == ("x", None)
    assert "(2023)" in finding.message.en


@pytest.mark.parametrize("reference", ["per-year", "panel", 2023])
def test_nothing_is_said_of_indicators_in_a_year_that_only_a_gate_looks_back_at(reference: Any, tmp_path: Path) -> None:
    gate = Requirement(id="g", zh="门槛", require="total >= 1 or 上年(total) >= 1")
    frame = pd.DataFrame({
        "zone": [*"甲乙丙" * 2], "year": [2023] * 3 + [2024] * 3, "a": [1.0, 2, 3, 4, 6, None],
        "b": [1.0, 2, 3, 4, 5, 7],
    })  # fmt: skip
    framework = small(
        leaf("growth", "a - 上年(a)"), leaf("b"), time="year", gates=(gate,), reference=reference, fields=FIELDS
    )
    evaluation = ps.evaluate(framework, frame, year=2024)
    assert [(each.code, each.field, each.value) for each in evaluation.findings if each.field == "growth"] == [
        *([("no_reference", "growth", None)] if reference == 2023 else [("no_value", "growth", 1)]),
    ]
    found, told = in_pieces(framework, frame, tmp_path, rows=2, year=2024)
    assert_same(evaluation, found, told)


def test_a_reference_of_one_unit_is_told_once_where_a_gate_looks_back_at_rows_of_its_group(tmp_path: Path) -> None:
    gate = Requirement(id="g", zh="门槛", require="total >= 1 or 上年(total) >= 1")
    framework = asking({"reference": 2023, "reference_within": ("park",), "gates": (gate,)})
    frame = pd.DataFrame(
        {"zone": list("xyzx"), "year": [2023] * 3 + [2022], "park": list("东西西东"), "a": 1.0, "b": 2.0}
    )
    evaluation = ps.evaluate(framework, frame, year=2023)
    assert [each.code for each in evaluation.findings].count("single_unit") == 1
    found, told = in_pieces(framework, frame, tmp_path, rows=2, year=2023)
    assert_same(evaluation, found, told)


def test_scores_that_were_filled_in_a_year_that_only_a_gate_looks_back_at_are_not_counted(tmp_path: Path) -> None:
    gate = Requirement(id="g", zh="门槛", require="total >= 1 or 上年(total) >= 1")
    said = {"gates": (gate,), "fields": FIELDS, "defaults": DEFAULTS, "class_field": "park"}
    framework = small(leaf("i", "a", missing=Choice.of("score_group_mean")), leaf("j", "b"), time="year", **said)
    found, told = in_pieces(framework, FRAME, tmp_path, rows=2, year=2024)
    assert_same(ps.evaluate(framework, FRAME, year=2024), found, told)
    assert {each.year for each in told.findings if each.code == "imputed"} == {2024}


def test_tiers_of_which_some_rows_meet_one_and_some_none_are_not_said_to_be_the_same_for_all(tmp_path: Path) -> None:
    tiers = ({"when": "a > 5", "points": 8}, {"when": "a > 3", "points": 5})
    tiered = leaf("t", score=ScoreRule.of("tiers", tiers=tiers, otherwise=0)).model_copy(update={"formula": None})
    framework = small(tiered, fields=FIELDS)
    frame = pd.DataFrame({"zone": [*"甲乙丙丁"], "a": [9.0, 1, 9, 9]})  # the first piece has both
    found, told = in_pieces(framework, frame, tmp_path, rows=2)
    assert_same(ps.evaluate(framework, frame), found, told)
    assert [each.code for each in told.findings if each.field == "t"] == []


def test_the_accounts_stand_in_one_order_however_the_rows_are_cut(tmp_path: Path) -> None:
    classes = (UnitClass(id="low", zh="低", when="a < 2.6"), UnitClass(id="high", zh="高", when="a > 2.9"))
    framework = small(leaf("a"), leaf("b"), fields=FIELDS, time="year", classes=classes, defaults=DEFAULTS)
    numbers = [5.0, None, 2.5, 1.0, None, 9.0, 2.7]
    units = ["甲", "乙", "丙", "丁", "合计", "戊", "己"]
    frame = pd.DataFrame({"zone": units, "year": [2024] * 5 + [2023, 2024], "a": numbers, "b": 1.0})
    source = tmp_path / "d.csv"
    orders = []
    for turn in (frame, frame[::-1]):
        turn.to_csv(source, index=False)
        for rows in (1, 100):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(passes, "ROWS_OF_PIECE", rows)
                told = ps.score_dataset(framework, source, tmp_path / "o.csv", year=2024)
            orders.append(told.accounting.to_dict("list"))
    orders.append(ps.evaluate(framework, source, year=2024).accounting.to_dict("list"))
    assert all(str(each) == str(orders[0]) for each in orders)


@pytest.mark.parametrize("looks_back", [False, True])
def test_many_small_files_have_the_result_of_one(looks_back: bool, tmp_path: Path) -> None:
    growth = leaf("growth", "a / 上年(a)") if looks_back else leaf("b")
    framework = small(leaf("a"), growth, fields=FIELDS, time="year", defaults=DEFAULTS)
    frame = FRAME.assign(zone=[f"z{number // 2:02d}" for number in range(23)])
    (tmp_path / "many").mkdir()
    for number, row in enumerate(frame.index):
        frame.loc[[row]].to_csv(tmp_path / "many" / f"{number:02d}.csv", index=False)
    frame.to_csv(tmp_path / "one.csv", index=False)
    for name in ("many", "one.csv"):
        ps.score_dataset(framework, tmp_path / name, tmp_path / f"{name}.parquet")
    assert pq.read_table(tmp_path / "many.parquet").equals(pq.read_table(tmp_path / "one.csv.parquet"))


# --- csv ------------------------------------------------------------------------------------------------------------

MARKED = ["a,b", 'says "x"', "=1+1", "two\nlines", "plain", "-5", "日本", "semi;colon", "tab\tin", "cr\rin", " blank "]
NUMBERS = [50.0, 0.1, 1e-5, 123456789.0, 1e15, 1e22, -0.0001, 2.5e-8, 1 / 3, -7.0, 0.0]


def test_a_csv_file_has_the_same_lines_from_memory_and_from_pieces(tmp_path: Path) -> None:
    frame = pd.DataFrame({"zone": MARKED, "park": [*"东西" * 5, None], "a": NUMBERS, "b": [None, *NUMBERS[1:]]})
    score = DEFAULTS.model_copy(update={"score": ScoreRule.of("as_is")})
    framework = small(leaf("a"), leaf("b"), fields=FIELDS, defaults=score, class_field="park")
    whole, pieces = both(framework, frame, tmp_path, ".csv", rows=4)
    one, other = (pd.read_csv(path, dtype=str, index_col="unit", keep_default_na=False) for path in (whole, pieces))
    pd.testing.assert_frame_equal(one, other.loc[one.index])
    texts = [path.read_bytes().decode("utf-8-sig") for path in (whole, pieces)]
    assert sorted(texts[0].splitlines()) == sorted(texts[1].splitlines())


@given(st.lists(st.floats(allow_nan=False, width=64), min_size=1, max_size=20))
def test_numbers_in_pieces_are_written_as_in_every_other_csv_file(tmp_path_factory: Any, numbers: list[float]) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    with CsvFile(path) as file:
        file.add(pa.RecordBatch.from_pydict({"x": pa.array(numbers)}))
    assert path.read_text("utf-8-sig").splitlines() == ["x", *(repr(number) for number in numbers)]
