"""Tests of synthetic returns of any size: parkscore.sampling.streaming and what it stands on."""

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
from parkscore.data.reading import read_table
from parkscore.data.validate import validate
from parkscore.findings import Severity, UsageError
from parkscore.sampling import streaming
from parkscore.sampling.population import BLOCK, population_of
from parkscore.sampling.returns import draw_block, plan_of
from parkscore.sampling.streaming import sample_file

FRAMEWORK = "torch-return-checks"
POINTS = "park-points-example"


def rows_of(framework: str, rows: int, folder: Path, **more: object) -> pd.DataFrame:
    path = folder / "returns-synthetic.parquet"
    sample_file(framework, path, rows, **{"suspect": 0, **more})  # type: ignore[arg-type]
    return pq.read_table(path).to_pandas()


@given(rows=st.integers(1, 500_000), years=st.integers(1, 5))
def test_a_population_has_exactly_the_rows_that_were_asked_for(rows: int, years: int) -> None:
    population = population_of(rows, years)
    assert sum(end - start for start, end in zip(population.starts, population.ends, strict=True)) == rows
    spans = [block.reporting for block in population.blocks()]
    for year in range(years):
        inside = [range(first, last) for first, last in (each[year] for each in spans)]
        assert [number for part in inside for number in part] == list(
            range(population.starts[year], population.ends[year])
        )


def test_as_many_rows_as_asked_for_over_two_years_with_some_leaving_and_some_entering(tmp_path: Path) -> None:
    frame = rows_of(FRAMEWORK, 2001, tmp_path)
    first, second = (set(frame["企业"][frame["年份"] == year]) for year in (2023, 2024))
    assert (len(first), len(second)) == (1001, 1000)
    assert len(first - second) == 60
    assert len(second - first) == 59


def test_every_row_and_the_metadata_say_that_it_is_synthetic_and_how_it_was_made(tmp_path: Path) -> None:
    frame = rows_of(FRAMEWORK, 50, tmp_path, seed=0)
    assert set(frame["数据说明"]) == {"合成数据，非真实 synthetic, seed 0"}
    metadata = pq.read_metadata(tmp_path / "returns-synthetic.parquet").metadata
    assert b"synthetic" in metadata[b"parkscore"]
    recipe = json.loads(metadata[b"parkscore_sample"])
    assert (recipe["rows"], recipe["seed"], recipe["framework"], recipe["synthetic"]) == (50, 0, FRAMEWORK, True)


@pytest.mark.parametrize("name", [FRAMEWORK, POINTS, "tech-sme", "innovative-sme"])
@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_returns_are_read_and_no_value_breaks_a_limit(name: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"returns-synthetic{form}"
    sample_file(name, path, 2000, zones=20)
    framework = ps.load_framework(name)
    table, reading = read_table(path, framework)
    assert len(table.frame) == 2000
    assert any("synthetic" in note for note in table.notes)
    found = [*reading, *validate(framework, table)]
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


def test_a_csv_holds_the_same_rows_as_a_parquet_file(tmp_path: Path) -> None:
    framework = ps.load_framework(POINTS)
    frames = []
    for form in (".csv", ".parquet"):
        sample_file(POINTS, tmp_path / f"a{form}", 500)
        frames.append(read_table(tmp_path / f"a{form}", framework)[0].frame)
    pd.testing.assert_frame_equal(*frames)


def test_a_folder_has_files_of_one_year_each_that_hold_the_same_rows_as_one_file(tmp_path: Path) -> None:
    rows = 2 * BLOCK * 3
    sample_file(FRAMEWORK, tmp_path / "returns", rows, suspect=0)
    parts = sorted((tmp_path / "returns").iterdir())
    assert [part.name for part in parts] == ["2023-0000.parquet", "2024-0000.parquet"]
    together = pd.concat([pq.read_table(part).to_pandas() for part in parts], ignore_index=True)
    one = rows_of(FRAMEWORK, rows, tmp_path)
    pd.testing.assert_frame_equal(together, one.sort_values("年份", kind="stable", ignore_index=True))


def test_numbers_of_numpy_make_the_same_file_as_those_of_python(tmp_path: Path) -> None:
    sample_file(POINTS, tmp_path / "plain.csv", 50, years=2, zones=2, seed=3, gaps=0.25, suspect=0)
    numbers: dict[str, Any] = {
        "years": np.int8(2),
        "zones": np.int32(2),
        "seed": np.uint64(3),
        "gaps": np.float32(0.25),
    }
    sample_file(POINTS, tmp_path / "numpy.csv", np.int64(50), suspect=np.int64(0), **numbers)  # type: ignore[arg-type]
    assert (tmp_path / "numpy.csv").read_bytes() == (tmp_path / "plain.csv").read_bytes()


def test_a_block_is_drawn_from_the_seed_and_its_number_whatever_was_drawn_before() -> None:
    plan = plan_of(ps.load_framework(FRAMEWORK), 400_000, 2, 178, 5, 0.05, 0.01, 0.01)
    blocks = list(plan.population.blocks())
    alone = draw_block(plan, blocks[2])
    for block in blocks:
        last = draw_block(plan, block)
        if block.number == 2:
            assert [one.batch.equals(other.batch) for one, other in zip(last, alone, strict=True)] == [True, True]
            assert [one.made for one in last] == [other.made for other in alone]


@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_the_same_seed_gives_the_same_bytes_with_any_number_of_processors(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for processors in (1, 3):
        monkeypatch.setattr(streaming.os, "cpu_count", lambda count=processors: count)
        path = tmp_path / f"{processors}{form}"
        sample_file(POINTS, path, 2 * BLOCK + 100, years=1, seed=0, suspect=0.01, invalid=0.01)
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_another_seed_gives_another_table_and_0_is_a_seed(tmp_path: Path) -> None:
    assert not rows_of(POINTS, 50, tmp_path, seed=0).equals(rows_of(POINTS, 50, tmp_path, seed=1))
    assert rows_of(POINTS, 50, tmp_path, seed=0).equals(rows_of(POINTS, 50, tmp_path, seed=0))


def test_zones_have_sizes_that_fall_like_one_by_their_place(tmp_path: Path) -> None:
    sizes = rows_of(POINTS, 100_000, tmp_path, years=1)["园区"].value_counts(normalize=True)
    assert len(sizes) == 178
    assert sizes.iloc[0] == pytest.approx(0.174, abs=0.005)
    assert sizes.iloc[0] / sizes.iloc[1] == pytest.approx(2, abs=0.1)


def test_a_share_of_the_number_cells_is_missing_and_no_text(tmp_path: Path) -> None:
    frame = rows_of(POINTS, 20_000, tmp_path)
    numbers = frame.select_dtypes("number").drop(columns="年份")
    assert numbers.isna().mean().between(0.045, 0.055).all()
    assert not frame[["企业", "园区", "行业"]].isna().any().any()
    assert not rows_of(POINTS, 2_000, tmp_path, gaps=0).isna().any().any()


def test_revenue_is_skewed_and_goes_with_staff_and_research(tmp_path: Path) -> None:
    frame = rows_of(POINTS, 20_000, tmp_path, years=1, gaps=0)
    revenue, staff, research = (frame[name] for name in ("营业收入(万元)", "职工总数(人)", "研发费用(万元)"))
    assert revenue.mean() > 3 * revenue.median()
    assert np.corrcoef(revenue.rank(), staff.rank())[0, 1] > 0.8
    assert (research == 0).mean() == pytest.approx(0.4, abs=0.02)
    assert np.corrcoef(revenue[research > 0].rank(), research[research > 0].rank())[0, 1] > 0.8
    assert (frame["研发人员数(人)"] <= staff).all()


def test_an_enterprise_has_the_same_texts_in_both_years_and_figures_near_each_other(tmp_path: Path) -> None:
    frame = rows_of(POINTS, 4_000, tmp_path, gaps=0)
    first, second = (frame[frame["年份"] == year].set_index("企业") for year in (2023, 2024))
    both = first.index.intersection(second.index)
    first, second = first.loc[both], second.loc[both]
    assert (first[["行业", "成立年份"]] == second[["行业", "成立年份"]]).all().all()
    assert (first["园区"] != second["园区"]).mean() < 0.02
    assert np.corrcoef(np.log(first["营业收入(万元)"]), np.log(second["营业收入(万元)"]))[0, 1] > 0.95


def test_the_zones_of_returns_are_called_like_the_zones_of_a_sample_of_zones(tmp_path: Path) -> None:
    text = ps.load_framework(POINTS)
    field = text.fields["park"].model_copy(update={"zh": "高新区"})
    framework = text.model_copy(update={"fields": {**text.fields, "park": field}})
    sample_file(framework, tmp_path / "a.parquet", 20_000, suspect=0)
    names = set(pq.read_table(tmp_path / "a.parquet")["高新区"].to_pylist())
    assert names == set(ps.sample("zone-2021", 178, 1)["高新区"])


def test_texts_of_few_values_are_coded_in_the_file_and_plain_to_the_reader(tmp_path: Path) -> None:
    rows_of(POINTS, 5_000, tmp_path)
    file = pq.ParquetFile(tmp_path / "returns-synthetic.parquet")
    assert file.schema_arrow.field("园区").type == pa.string()
    column = file.metadata.schema.names.index("园区")
    assert "RLE_DICTIONARY" in file.metadata.row_group(0).column(column).encodings


@pytest.mark.parametrize(
    "wrong", [{"rows": 0}, {"rows": 100_000_001}, {"years": 21}, {"zones": 0}, {"seed": -1}], ids=str
)
def test_a_number_out_of_range_is_refused_and_no_file_is_left(wrong: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        sample_file(POINTS, tmp_path / "a.parquet", **{"rows": 50, **wrong})
    assert [(finding.code, finding.field) for finding in refused.value.findings] == [
        ("out_of_bounds", next(iter(wrong)))
    ]
    assert list(tmp_path.iterdir()) == []


def test_given_scores_are_refused_because_their_bands_need_the_whole_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        sample_file("high-tech-enterprise", tmp_path / "a.parquet", 50)
    assert refused.value.findings[0].code == "given_scores"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("zone-2021", "use --units; for the returns, take torch-returns in its place"), ("zone-figures", "use --units")],
)
def test_zones_are_not_drawn_as_enterprises(name: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        sample_file(name, tmp_path / "a.parquet", 50)
    (finding,) = refused.value.findings
    assert finding.code == "not_of_enterprises"
    assert finding.hint is not None
    assert finding.hint.en == hint


def test_fewer_rows_than_years_are_told_as_such_and_matter_only_where_there_are_years(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"1 row cannot be spread over 2 years|1 行分不到 2 年"):
        sample_file(POINTS, tmp_path / "a.parquet", 1)
    assert sample_file(_without_years(), tmp_path / "b.parquet", 1).recipe.rows == 1


def _without_years() -> ps.Framework:
    return ps.load_framework("tech-sme").model_copy(update={"time": None, "gates": (), "grades": ()})


def test_a_folder_with_something_in_it_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "returns").mkdir()
    (tmp_path / "returns" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as refused:
        sample_file(POINTS, tmp_path / "returns", 50)
    assert refused.value.findings[0].code == "cannot_write"
    assert [path.name for path in tmp_path.rglob("*")] == ["returns", "mine.txt"]


def test_nothing_is_left_of_a_folder_that_could_not_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_batch", full)
    with pytest.raises(UsageError):
        sample_file(POINTS, tmp_path / "returns", 50)
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_the_rows_up_to_all_of_them(tmp_path: Path) -> None:
    seen: list[int] = []
    sample_file(POINTS, tmp_path / "a.parquet", 2 * BLOCK + 10, years=1, progress=seen.append)
    assert seen == [BLOCK, 2 * BLOCK, 2 * BLOCK + 10]
