"""Mistakes in the tables of a framework are found where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.framework.loading import load_framework, read_own_document
from parkscore.framework.workbook_form import write_workbook
from tests.framework_texts import findings_in, found_at_marks, only, with_indicators

FACTORS = "tables: {factors: {source: 例, values: {电子: 1.2, 机械: 100%}, otherwise: 1}}\n"
LOOKED_UP = with_indicators('- {id: "1", zh: 一, formula: "money * lookup(factors, stage)"}')

MISTAKES = [
    (LOOKED_UP.replace("(factors", "(▲factor") + FACTORS, "unknown_table", "did you mean `factors`?"),
    (LOOKED_UP.replace("(factors", "(▲factors"), "unknown_table", "write `tables: {factors:"),
    (LOOKED_UP.replace("stage)", "▲money)") + FACTORS, "measure", "kind: text"),
    (LOOKED_UP + "tables: {factors: {values: ▲{}}}\n", "empty_table", "values:"),
    (LOOKED_UP + "tables: {factors: {values: {A级: 1, Ａ级: ▲2}}}\n", "repeated_text", "remove one"),
]


@pytest.mark.parametrize(("marked", "code", "hint"), MISTAKES)
def test_a_mistake_in_a_table_or_its_use_is_found(tmp_path: Path, marked: str, code: str, hint: str) -> None:
    finding = only(found_at_marks(marked, tmp_path / "park.yaml"))
    assert finding.code == code
    assert finding.hint is not None
    assert hint in finding.hint.en


@pytest.mark.parametrize(
    "said",
    ["values: {电子: 高}", "values: {39: 1.2}", "values: [1.2]", "otherwise: 1", "values: {电子: 1}, measure: 元"],
)
def test_what_is_no_table_is_refused_and_not_blamed_on_the_formula(tmp_path: Path, said: str) -> None:
    file = tmp_path / "park.yaml"
    file.write_text(LOOKED_UP + f"tables: {{factors: {{{said}}}}}\n", encoding="utf-8")
    assert only(findings_in(file)).code != "unknown_table"


def test_a_table_survives_as_a_workbook_and_its_mistakes_are_shown_in_its_cell(tmp_path: Path) -> None:
    yaml, book = tmp_path / "park.yaml", tmp_path / "park.xlsx"
    yaml.write_text(LOOKED_UP + FACTORS, encoding="utf-8")
    write_workbook(read_own_document(yaml).data, book)
    assert load_framework(book) == load_framework(yaml)
    yaml.write_text(LOOKED_UP + "tables: {factors: {values: {}}}\n", encoding="utf-8")
    data = {**read_own_document(yaml).data, "tables": {"factors": {"values": {}}}}
    write_workbook(data, book)
    finding = only(findings_in(book))
    assert finding.code == "empty_table"
    assert finding.place is not None
    assert finding.place.cell is not None


def test_a_local_framework_changes_one_number_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "park.yaml").write_text(LOOKED_UP + FACTORS, encoding="utf-8")
    local = tmp_path / "local.yaml"
    local.write_text("id: local\nextends: park.yaml\ntables: {factors: {values: {电子: 1.5}}}\n", encoding="utf-8")
    table = load_framework(local).tables["factors"]
    assert (table.values, table.otherwise) == ({"电子": 1.5, "机械": 1.0}, 1)
