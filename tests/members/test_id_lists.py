"""Tests of lists of enterprises: what a file must look like to be one."""

from __future__ import annotations

from pathlib import Path

import pytest

import parkscore as ps
from parkscore.data.masking import Mask
from parkscore.findings import DataError, Finding
from parkscore.members.id_lists import read_ids

RETURNS = ps.load_framework("torch-returns")


def only_finding(path: Path, mask: Mask | None = None) -> Finding:
    """All that is said of a file that is no list."""
    with pytest.raises(DataError) as caught:
        read_ids(path, RETURNS, mask)
    (finding,) = caught.value.findings
    return finding


def test_a_column_of_ids_is_all_that_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业\n91000000MA0000001R\n", encoding="utf-8")
    assert read_ids(path, RETURNS) == ["91000000MA0000001R"]


def test_a_list_under_another_header_is_told_the_one_it_needs_and_of_no_field(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("who\n91000000MA0000001R\n", encoding="utf-8")
    finding = only_finding(path)
    assert finding.code == "no_header"
    assert finding.hint is not None
    assert finding.hint.zh == "第一行写“企业”，以下每行一家"
    assert finding.hint.en == "write 'enterprise' into the first row, an id into each below"


def test_a_list_that_names_no_enterprise_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业\n\n", encoding="utf-8")
    finding = only_finding(path)
    assert (finding.code, str(finding.place)) == ("no_rows", str(path))
    assert finding.message.en == "the list names no enterprise"
    assert finding.hint is not None


def test_an_enterprise_that_is_listed_twice_is_told_so_with_both_places(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业\n91000000MA0000001R\n91000000MA0000002W\n91000000MA0000001R\n", encoding="utf-8")
    finding = only_finding(path)
    assert (finding.code, str(finding.place)) == ("duplicate_row", f"{path}:4:1")
    assert finding.message.en == f"the enterprise is listed twice, first at {path}:2:1"
    assert finding.message.zh == f"这家企业列了两次，先列于 {path}:2:1"


def test_ids_of_a_list_are_hidden_in_what_is_said_of_it_whatever_fields_of_the_returns_are(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业\n91000000MA0000001R\n91000000MA0000001R\n", encoding="utf-8")
    finding = only_finding(path, Mask(fields=("name",)))
    assert finding.code == "duplicate_row"
    assert str(finding.unit).startswith("id-")
