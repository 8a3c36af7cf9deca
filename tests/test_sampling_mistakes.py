"""Mistakes made on purpose in synthetic returns: counted, listed, and found by validation where it refuses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore.data.credit_codes import are_codes
from parkscore.data.validate import read_and_validate
from parkscore.findings import UsageError, errors_of
from parkscore.sampling import header_of
from parkscore.sampling.mistakes import (
    BAD_CODE,
    FACTORS,
    FILED_TWICE,
    INVALID,
    KINDS,
    LEFT_OUT,
    NEGATIVE,
    NO_ZONE,
    SUSPECT,
    TENFOLD,
)
from parkscore.sampling.streaming import sample_file

FRAMEWORK = "torch-returns"
CODE = "统一社会信用代码"


def made(folder: Path, **said: object) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    """The returns, the mistakes listed, and their counts."""
    path, listed = folder / "returns-synthetic.parquet", folder / "mistakes.csv"
    result = sample_file(FRAMEWORK, path, 6000, seed=3, mistakes=listed, **said)  # type: ignore[arg-type]
    return pq.read_table(path).to_pandas(), pd.read_csv(listed), result.mistakes


def test_every_mistake_is_listed_once_and_counted_by_its_kind(tmp_path: Path) -> None:
    _, listed, counts = made(tmp_path, suspect=0.05, invalid=0.05)
    assert listed["kind"].value_counts().to_dict() == counts
    assert set(counts) == {*SUSPECT, *INVALID} == set(KINDS)
    assert 0.08 * 6000 < len(listed) <= 0.11 * 6000
    assert not listed.duplicated(["unit", "year", "field", "kind"]).any()


def test_what_is_listed_stands_in_the_returns_and_nothing_else_is_changed(tmp_path: Path) -> None:
    frame, listed, _ = made(tmp_path, suspect=0.1)
    clean, none, _ = made(tmp_path, suspect=0)
    assert none.empty
    framework = ps.load_framework(FRAMEWORK)
    rows = {key: row for row, key in enumerate(zip(frame[CODE], frame["年份"], strict=True))}
    restored = frame.copy()
    for each in listed.itertuples():
        column = header_of(each.field, framework.fields[each.field])
        row = rows[each.unit, each.year]
        if each.kind == NO_ZONE:
            assert pd.isna(frame.loc[row, column])
            restored.loc[row, column] = clean.loc[row, column]
        else:
            assert frame.loc[row, column] == each.written == each.true * FACTORS[each.kind]
            restored.loc[row, column] = each.true
    pd.testing.assert_frame_equal(restored, clean)


def test_a_mistake_in_an_amount_is_in_an_amount_that_is_there(tmp_path: Path) -> None:
    _, listed, _ = made(tmp_path, suspect=0.2, invalid=0.1)
    amounts = listed[listed["kind"].isin(FACTORS)]
    assert (amounts["true"].astype(float) > 0).all()
    assert (amounts.loc[amounts["kind"] == LEFT_OUT, "written"].astype(float) == 0).all()
    assert (amounts.loc[amounts["kind"] == NEGATIVE, "written"].astype(float) < 0).all()
    assert "qc05_0" in set(amounts["field"])


def test_suspect_mistakes_let_a_table_be_scored_and_raise_the_number_of_warnings(tmp_path: Path) -> None:
    framework = ps.load_framework(FRAMEWORK)
    counts = []
    for share in (0, 0.1):
        made(tmp_path, suspect=share)
        found = read_and_validate(tmp_path / "returns-synthetic.parquet", framework)[1]
        assert errors_of(found) == []
        counts.append(sum(finding.more or 1 for finding in found))
    assert counts[1] > counts[0]


@pytest.mark.parametrize(
    ("kind", "code"), [(BAD_CODE, "bad_uscc"), (NEGATIVE, "below_min"), (FILED_TWICE, "duplicate_row")]
)
def test_each_invalid_mistake_is_found_by_validation(kind: str, code: str, tmp_path: Path) -> None:
    _, listed, counts = made(tmp_path, suspect=0, invalid=0.02)
    assert counts[kind] > 10
    framework = ps.load_framework(FRAMEWORK)
    found = read_and_validate(tmp_path / "returns-synthetic.parquet", framework)[1]
    assert {finding.code for finding in errors_of(found)} == {"bad_uscc", "below_min", "duplicate_row"}
    units = {finding.unit for finding in found if finding.code == code}
    assert set(listed.loc[listed["kind"] == kind, "unit"]) <= units
    assert units <= set(listed["unit"])


def test_wrong_codes_are_those_that_are_listed(tmp_path: Path) -> None:
    frame, listed, _ = made(tmp_path, suspect=0, invalid=0.05)
    wrong = frame.loc[~are_codes(frame[CODE]), CODE]
    assert sorted(wrong.unique()) == sorted(listed.loc[listed["kind"] == BAD_CODE, "written"].unique())
    assert are_codes(listed.loc[listed["kind"] == BAD_CODE, "true"]).all()


def test_by_default_one_row_in_a_thousand_is_suspect_and_none_invalid(tmp_path: Path) -> None:
    result = sample_file(FRAMEWORK, tmp_path / "returns.parquet", 60_000)
    assert 40 <= sum(result.mistakes.values()) <= 70
    assert set(result.mistakes) <= set(SUSPECT)


def test_a_framework_without_codes_and_zones_gets_the_mistakes_that_it_has_room_for(tmp_path: Path) -> None:
    result = sample_file("tech-sme", tmp_path / "returns.parquet", 5000, suspect=0.1, invalid=0.1)
    assert set(result.mistakes) == {TENFOLD, "thousandfold", LEFT_OUT, NEGATIVE, FILED_TWICE}


def test_the_shares_are_in_the_metadata(tmp_path: Path) -> None:
    sample_file(FRAMEWORK, tmp_path / "returns.parquet", 100, suspect=0.02, invalid=0.01)
    recipe = pq.read_metadata(tmp_path / "returns.parquet").metadata[b"parkscore_sample"].decode()
    assert '"suspect": 0.02' in recipe
    assert '"invalid": 0.01' in recipe


WRONG = [{"gaps": 1.5}, {"suspect": -0.1}, {"invalid": np.nan}, {"mistakes": "list.txt"}]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_share_out_of_range_or_a_list_of_another_form_is_refused(wrong: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        sample_file(FRAMEWORK, tmp_path / "returns.parquet", 100, **wrong)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
