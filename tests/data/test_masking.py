"""No id and no name of the input is in anything that a masked run writes or says."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import parkscore as ps
from parkscore.cli import app
from parkscore.data.masking import NOTE, Mask
from parkscore.data.reading import read_table
from parkscore.data.validate import read_and_validate
from parkscore.engine.passes import score_dataset
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Framework
from parkscore.sampling import header_of
from parkscore.sampling.made_up_codes import made_up_codes

FRAMEWORK = "torch-returns"
KEY = b"a key of thirty-two random bytes"
NAMES = [f"秘密企业{number}（集团）有限公司" for number in range(40)]
CODES = made_up_codes(np.arange(40), seed=9).to_pylist()


@pytest.fixture(scope="module")
def framework() -> Framework:
    return ps.load_framework(FRAMEWORK)


@pytest.fixture(scope="module")
def returns(framework: Framework) -> pd.DataFrame:
    """Returns with ids and names that can be searched for, some of which break rules."""
    frame = ps.sample(framework, 40, 1, seed=1).astype({"企业名称": object})
    frame["统一社会信用代码"] = CODES
    frame["企业名称"] = NAMES
    frame["年末从业人员(人)"] = 5000  # no pay and no graduates for so many: findings by unit
    frame["职工薪酬(千元)"] = 1
    return frame


def leaks(content: str) -> list[str]:
    return [text for text in (*CODES, *NAMES, *(f"秘密企业{number}" for number in range(40))) if text in content]


def said_in(path: Path) -> str:
    """Everything that a file says, whatever its form."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if path.suffix == ".parquet":
        file = pq.read_table(path)
        return f"{file.to_pydict()} {file.schema.metadata} {pq.read_metadata(path).metadata}"
    return path.read_text(encoding="utf-8")


def run(folder: Path, *words: Any) -> str:
    """What a command says on both streams."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code in (0, 3), result.output
    return result.output + (result.stderr or "")


@pytest.fixture
def data(returns: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "returns.parquet"
    returns.to_parquet(path)
    return path


@pytest.mark.parametrize("form", [".csv", ".xlsx", ".json", ".parquet"])
def test_no_output_of_a_masked_score_holds_an_id_or_a_name(data: Path, tmp_path: Path, form: str) -> None:
    plain, hidden = tmp_path / f"plain{form}", tmp_path / f"hidden{form}"
    assert leaks(run(tmp_path, "score", FRAMEWORK, data, "-o", plain)) != []
    assert leaks(said_in(plain)) != []
    assert leaks(run(tmp_path, "score", FRAMEWORK, data, "--mask", "-o", hidden)) == []
    assert leaks(said_in(hidden)) == []
    assert "id-" in said_in(hidden)


@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_no_output_of_a_masked_score_in_pieces_holds_an_id_or_a_name(data: Path, tmp_path: Path, form: str) -> None:
    hidden = tmp_path / f"hidden{form}"
    assert leaks(run(tmp_path, "score", FRAMEWORK, data, "--engine", "local", "--mask", "-o", hidden)) == []
    assert leaks(said_in(hidden)) == []
    assert "id-" in said_in(hidden)


def test_a_masked_score_on_the_console_and_as_json_holds_neither(data: Path, tmp_path: Path) -> None:
    assert leaks(run(tmp_path, "score", FRAMEWORK, data)) != []
    assert leaks(run(tmp_path, "score", FRAMEWORK, data, "--mask")) == []
    assert leaks(run(tmp_path, "score", FRAMEWORK, data, "--mask", "--json")) == []


@pytest.mark.parametrize("form", [".csv", ".xlsx", ".json"])
def test_no_list_of_masked_findings_holds_an_id_or_a_name(data: Path, tmp_path: Path, form: str) -> None:
    hidden = tmp_path / f"findings{form}"
    assert leaks(run(tmp_path, "validate", FRAMEWORK, data)) != []
    assert leaks(run(tmp_path, "validate", FRAMEWORK, data, "--mask", "-o", hidden)) == []
    assert leaks(said_in(hidden)) == []
    assert "id-" in said_in(hidden)


def test_found_units_are_masked(data: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "found.json"
    words = ("find", FRAMEWORK, data, "--where", "qc05_0 >= 0千元")
    assert leaks(run(tmp_path, *words)) != []
    assert leaks(run(tmp_path, *words, "--mask", "-o", hidden)) == []
    assert leaks(said_in(hidden)) == []
    assert "id-" in said_in(hidden)


def test_a_ladder_is_masked_and_one_unit_is_asked_for_by_its_id(tmp_path: Path) -> None:
    frame = ps.sample("innovative-sme", 40, 3, seed=1)
    frame["企业"] = NAMES * 3
    data = tmp_path / "enterprises.parquet"
    frame.to_parquet(data)
    assert leaks(run(tmp_path, "ladder", "sme-titles", data)) != []
    for form in (".csv", ".xlsx", ".json", ".parquet"):
        assert leaks(run(tmp_path, "ladder", "sme-titles", data, "--mask", "-o", tmp_path / f"hidden{form}")) == []
        assert leaks(said_in(tmp_path / f"hidden{form}")) == []
    of_one = run(tmp_path, "ladder", "sme-titles", data, "--mask", "--unit", NAMES[3])
    assert leaks(of_one) == []
    assert "id-" in of_one


@pytest.fixture
def of_two_years(returns: pd.DataFrame, tmp_path: Path) -> Path:
    """Returns with a newcomer, one that left, one that moved and one with another name."""
    earlier = returns.assign(年份=2023)
    earlier.loc[5, "所属高新区"] = "别处"
    earlier.loc[6, "企业名称"] = "秘密企业旧名"
    path = tmp_path / "two-years.parquet"
    pd.concat([earlier.iloc[1:], returns.iloc[:-1]], ignore_index=True).to_parquet(path)
    return path


@pytest.mark.parametrize("form", ["", ".xlsx"])
def test_no_output_of_masked_members_holds_an_id_or_a_name(of_two_years: Path, tmp_path: Path, form: str) -> None:
    mergers = tmp_path / "mergers.csv"
    mergers.write_text(f"old,new\n{CODES[-1].lower()},{CODES[7]}\n", encoding="utf-8")
    words = ("members", "zone-2021", of_two_years, "--weights", "zone-2021-equal-within", "--merged", mergers)
    changes = []
    for name, options in (("plain", ()), ("hidden", ("--mask",))):
        output = tmp_path / f"{name}{form}"
        said = [run(tmp_path, *words, *options, "-o", output), run(tmp_path, *words, *options, "--json")]
        files = [path for path in output.rglob("*") if path.is_file()] if form == "" else [output]
        everything = "\n".join([*said, *map(said_in, files)])
        assert (leaks(everything) == []) == (name == "hidden")
        assert ("秘密企业旧名" in everything) == (name == "plain")
        changes.append(
            next(line for line in said[0].splitlines() if "since the year before" in line or "与上年" in line)
        )
    assert len(changes) == 2
    assert changes[0] == changes[1]


@pytest.mark.parametrize("words", [("compare", "--weights", "equal", "--weights", "entropy"), ("diagnose",)], ids=str)
def test_a_comparison_and_a_diagnosis_are_masked(data: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    command, *options = words
    said = []
    for name, masking in (("plain", ()), ("hidden", ("--mask",))):
        output = tmp_path / f"{name}.xlsx"
        console = run(tmp_path, command, FRAMEWORK, data, *options, *masking, "-o", output)
        said.append(console + said_in(output) + run(tmp_path, command, FRAMEWORK, data, *options, *masking, "--json"))
    assert leaks(said[1]) == []
    assert leaks(said[0]) != [] or command == "diagnose"


def broken(returns: pd.DataFrame) -> pd.DataFrame:
    """Rows that reading and checking find fault with, in every way that names a unit."""
    rows = returns.copy()
    rows.loc[0, "统一社会信用代码"] = CODES[0][:-1] + ("0" if CODES[0][-1] != "0" else "1")
    rows.loc[1, "统一社会信用代码"] = CODES[1].replace("MA", "MI")
    rows.loc[2, "统一社会信用代码"] = CODES[2][:-1]
    rows["营业收入(千元)"] = rows["营业收入(千元)"].astype(object)
    rows.loc[3, "营业收入(千元)"] = "很多"
    rows.loc[4, "营业收入(千元)"] = -5
    rows.loc[5, "年份"] = 20245
    return pd.concat([rows, rows.iloc[[6]]], ignore_index=True)


def test_what_is_wrong_with_the_data_is_said_without_an_id_or_a_name(returns: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    rows = broken(returns)
    rows.to_csv(path, index=False)
    units = set(rows["统一社会信用代码"])
    for command in ("validate", "score"):
        said = run(tmp_path, command, FRAMEWORK, path, "--lang", "en")
        assert len([unit for unit in units if unit in said]) >= 5
        masked = run(tmp_path, command, FRAMEWORK, path, "--mask", "--lang", "en")
        assert [unit for unit in units if unit in masked] == []
        assert leaks(masked) == []
        for code in ("bad_uscc", "duplicate_row", "below_min"):
            assert (code in masked) == (code in said)


def test_a_masked_run_raises_what_it_finds_without_an_id(returns: pd.DataFrame) -> None:
    with pytest.raises(DataError) as refused:
        ps.evaluate(FRAMEWORK, broken(returns), mask=Mask(KEY))
    assert leaks(" ".join(finding.render("zh") for finding in refused.value.findings)) == []
    assert any((finding.unit or "").startswith("id-") for finding in refused.value.findings)


def test_names_that_differ_in_width_only_are_both_hidden(framework: Framework, returns: pd.DataFrame) -> None:
    frame = ps.sample("tech-sme", 3, 1)
    frame["企业"] = ["秘密企业1", "秘密企业 1", "丙"]
    said = " ".join(finding.render("zh") for finding in read_and_validate(frame, ps.load_framework("tech-sme"))[1])
    hidden = read_and_validate(frame, ps.load_framework("tech-sme"), Mask(KEY))[1]
    assert "秘密企业" in said
    assert "秘密企业" not in " ".join(finding.render("zh") for finding in hidden)


def test_masking_changes_no_score_and_no_rank(returns: pd.DataFrame) -> None:
    plain, hidden = ps.evaluate(FRAMEWORK, returns), ps.evaluate(FRAMEWORK, returns, mask=Mask(KEY))
    mask = Mask(KEY)
    assert hidden.scores["unit"].tolist() == [mask.unit(unit) for unit in plain.scores["unit"]]
    pd.testing.assert_frame_equal(
        hidden.scores.drop(columns=["unit", "note"], errors="ignore"),
        plain.scores.drop(columns=["unit", "note"], errors="ignore"),
    )
    assert len(hidden.findings) == len(plain.findings)
    assert NOTE in hidden.table.notes


def test_pieces_and_memory_give_a_unit_the_same_hash(data: Path, tmp_path: Path) -> None:
    result = score_dataset(FRAMEWORK, data, tmp_path / "out.parquet", mask=Mask(KEY))
    units = pq.read_table(result.path)["unit"].to_pylist()
    assert sorted(units) == sorted(Mask(KEY).unit(code) for code in CODES)


def test_an_accepted_finding_of_a_unit_stays_accepted(framework: Framework, returns: pd.DataFrame) -> None:
    from parkscore.framework.models import Accepted

    rows = broken(returns).iloc[[2]]
    bad = str(rows["统一社会信用代码"].iloc[0])
    entry = Accepted(rule="uscc", unit=bad, reason="境外", by="张三")
    accepting = framework.model_copy(update={"accepted": (entry,)})
    table, found = read_and_validate(rows, accepting, Mask(KEY))
    assert table is not None
    assert bad not in " ".join(finding.render("zh") for finding in found)


def test_the_key_decides_the_hash_and_without_one_every_run_has_its_own(returns: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY + b"\n")
    assert Mask.from_file(path).unit("甲") == Mask.from_file(path).unit("甲")
    assert Mask.from_file(path).unit("甲") != Mask().unit("甲")
    assert Mask().unit("甲") != Mask().unit("甲")
    assert Mask(KEY).unit("甲") != "id-" + Mask(KEY).name("甲").removeprefix("name-")


def test_the_key_is_in_no_output_and_in_no_word_about_the_mask(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY)
    said = run(tmp_path, "score", FRAMEWORK, data, "--mask-key", path, "-o", tmp_path / "out.json")
    mask = Mask.from_file(path)
    for text in (said, said_in(tmp_path / "out.json"), repr(mask), str(mask)):
        for key in (KEY, mask.key):
            assert key.hex() not in text
            assert repr(key)[2:-1] not in text


def test_two_runs_with_one_key_can_be_joined(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY)
    units = []
    for number in range(2):
        run(tmp_path, "score", FRAMEWORK, data, "--mask-key", path, "-o", tmp_path / f"{number}.csv")
        units.append(set(pd.read_csv(tmp_path / f"{number}.csv")["unit"]))
    assert units[0] == units[1]


@pytest.mark.parametrize(("content", "reason"), [(b"short", "less than 16 bytes"), (None, "cannot be read")])
def test_a_key_that_is_none_is_refused(content: bytes | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        Mask.from_file(path)
    assert reason in refused.value.findings[0].message.en


def test_more_text_fields_are_hidden_where_they_are_named_and_unknown_ones_refused(
    framework: Framework, returns: pd.DataFrame
) -> None:
    table, _ = read_table(returns, framework)
    hidden = Mask(KEY, ("zone",)).table(table, framework)
    assert hidden.frame["zone"].str.startswith("name-").all()
    assert hidden.coded("zone").texts.tolist() == [Mask(KEY).name(zone) for zone in table.coded("zone").texts]
    assert not Mask(KEY).table(table, framework).frame["zone"].str.startswith("name-").any()
    with pytest.raises(UsageError) as refused:
        Mask(KEY, ("revenue",)).table(table, framework)
    assert refused.value.findings[0].code == "unknown_field"


def test_a_code_in_a_field_is_hidden_as_the_unit_it_names_is(tmp_path: Path) -> None:
    from parkscore.framework.models import DataField, UnitKey
    from tests.small_frameworks import field, leaf, small, table_of

    framework = small(
        leaf("a"),
        unit=UnitKey(zh="企业", key="代码", kind="uscc"),
        fields={"a": field("a"), "parent": DataField(zh="母公司代码", kind="uscc")},
    )
    frame = pd.DataFrame({"代码": CODES[:2], "字段a": 1.0, "母公司代码": [CODES[1], None]})
    hidden = Mask(KEY).table(table_of(framework, frame), framework)
    assert hidden.frame["parent"].tolist() == [hidden.units[1], None]


def test_two_units_with_one_hash_are_refused(
    framework: Framework, returns: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mask, "_hashes", lambda _, texts, **__: ["same"] * len(texts))
    with pytest.raises(DataError) as refused:
        ps.evaluate(framework, returns, mask=Mask(KEY))
    assert refused.value.findings[0].code == "mask_collision"


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8, unique=True))
def test_different_ids_have_different_hashes_of_letters_and_digits(ids: list[str]) -> None:
    mask = Mask(KEY)
    hashes = [mask.unit(text) for text in ids]
    assert len(set(hashes)) == len(ids)
    assert all(text.startswith("id-") and len(text) == 23 and text.isascii() for text in hashes)


def test_a_mask_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Mask(KEY))).unit("甲") == Mask(KEY).unit("甲")  # noqa: S301  # our own bytes


def test_json_of_a_masked_run_is_as_complete_as_without(data: Path, tmp_path: Path) -> None:
    for name, words in (("plain", ()), ("hidden", ("--mask",))):
        run(tmp_path, "score", FRAMEWORK, data, *words, "-o", tmp_path / f"{name}.json")
    plain, hidden = (json.loads((tmp_path / f"{name}.json").read_text("utf-8")) for name in ("plain", "hidden"))
    assert plain.keys() == hidden.keys()
    assert len(plain["scores"]) == len(hidden["scores"]) == 40


def test_headers_stay_as_they_are(framework: Framework) -> None:
    assert header_of("name", framework.fields["name"]) == "企业名称"


def test_what_looks_back_is_masked_in_pieces_too_and_leaves_no_trace_beside_the_output(tmp_path: Path) -> None:
    frame = ps.sample("innovative-sme", 40, 3, seed=1)
    frame["企业"] = NAMES * 3
    data, out = tmp_path / "enterprises.parquet", tmp_path / "out"
    out.mkdir()
    frame.to_parquet(data, row_group_size=50)
    said = run(tmp_path, "score", "innovative-sme", data, "--engine", "local", "--mask", "-o", out / "a.parquet")
    assert leaks(said + said_in(out / "a.parquet")) == []
    assert [path.name for path in out.iterdir()] == ["a.parquet"]
    assert len(pq.read_table(out / "a.parquet")) == 120


def test_units_met_twice_in_pieces_are_said_without_their_ids(returns: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "broken.parquet"
    rows = pd.concat([broken(returns).drop(columns="营业收入(千元)"), returns.iloc[[9]]], ignore_index=True)
    rows.to_parquet(path, row_group_size=11)
    units = set(rows["统一社会信用代码"])
    for options, expected in (((), True), (("--mask",), False)):
        words = ("score", FRAMEWORK, path, "--engine", "local", "--lang", "en", *options, "-o", tmp_path / "a.csv")
        said = run(tmp_path, *words) + run(tmp_path, *words, "--json")
        assert any(unit in said for unit in units) == expected
        assert "duplicate_row" in said
        assert "bad_uscc" in said


def test_a_reference_that_is_frozen_from_masked_data_names_nobody(data: Path, tmp_path: Path) -> None:
    frozen = tmp_path / "reference.json"
    said = run(tmp_path, "score", FRAMEWORK, data, "--mask", "--freeze", frozen, "-o", tmp_path / "a.csv")
    assert leaks(said + said_in(frozen)) == []


@pytest.mark.parametrize("form", ["", ".xlsx"])
def test_what_members_answers_about_single_enterprises_is_masked(
    of_two_years: Path, returns: pd.DataFrame, tmp_path: Path, form: str
) -> None:
    dropped, joining = tmp_path / "drop.csv", tmp_path / "add.csv"
    dropped.write_text(f"统一社会信用代码\n{CODES[3]}\n{CODES[4]}\n", encoding="utf-8")
    returns.iloc[[-1]].to_csv(joining, index=False)
    questions = ("--unit", CODES[5], "--drop", dropped, "--add", joining, "--missing")
    words = ("members", "zone-2021", of_two_years, "--weights", "zone-2021-equal-within", *questions)
    for name, options in (("plain", ()), ("hidden", ("--mask",))):
        output = tmp_path / f"{name}{form}"
        said = [run(tmp_path, *words, *options, "-o", output), run(tmp_path, *words, *options, "--json")]
        files = [path for path in output.rglob("*") if path.is_file()] if form == "" else [output]
        assert (leaks("\n".join([*said, *map(said_in, files)])) == []) == (name == "hidden")


@pytest.mark.parametrize("question", ["--unit", "--drop", "--add"])
def test_what_is_wrong_with_a_question_to_members_names_nobody(
    of_two_years: Path, returns: pd.DataFrame, tmp_path: Path, question: str
) -> None:
    nobody = made_up_codes(np.array([999]), seed=9).to_pylist()[0]
    asked: str | Path = nobody
    if question != "--unit":
        asked = tmp_path / "asked.csv"
        rows = returns.iloc[[-1, -1]].assign(统一社会信用代码=nobody)
        (rows if question == "--add" else rows[["统一社会信用代码"]].iloc[[0]]).to_csv(asked, index=False)
    words = ("members", "zone-2021", of_two_years, "--weights", "zone-2021-equal-within", question, asked, "--mask")
    result = CliRunner().invoke(app, [str(word) for word in words])
    said = result.output + (result.stderr or "")
    assert result.exit_code in (2, 3), said
    assert nobody not in said
    assert leaks(said) == []


@pytest.mark.parametrize("command", ["score", "members"])
def test_a_key_is_never_replaced_by_a_result(command: str, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "key.xlsx"
    path.write_bytes(KEY)
    result = CliRunner().invoke(app, [command, str(FRAMEWORK), str(data), "--mask-key", str(path), "-o", str(path)])
    assert result.exit_code == 2
    assert "output_is_input" in result.output + (result.stderr or "")
    assert path.read_bytes() == KEY


def slipped(returns: pd.DataFrame) -> pd.DataFrame:
    """Rows with an id or a name where a year or a number belongs, as where a cell was left out."""
    rows = returns.drop(index=[7, 8, 9]).astype(object)
    rows.loc[0, "年份"] = CODES[7].lower()
    rows.loc[1, "营业收入(千元)"] = CODES[8]
    rows.loc[2, "营业收入(千元)"] = NAMES[9]
    rows.loc[3, "统一社会信用代码"] = f"合计（不含 {CODES[7]}）"
    return rows.assign(**{CODES[9]: 1})


@pytest.mark.parametrize("engine", ["memory", "local"])
def test_an_id_or_a_name_in_a_wrong_column_is_told_without_it(
    returns: pd.DataFrame, tmp_path: Path, engine: str
) -> None:
    path = tmp_path / "slipped.csv"
    slipped(returns).to_csv(path, index=False)
    words = ("score", FRAMEWORK, path, "--engine", engine, "-o", tmp_path / "out.csv")
    for more in ((), ("--json",)):
        assert len(leaks(run(tmp_path, *words, *more))) >= 3
        masked = run(tmp_path, *words, *more, "--mask")
        assert leaks(masked) == leaks(masked.upper()) == []
        assert "bad_year" in masked
        assert "text_in_number" in masked


@pytest.mark.parametrize("command", [("validate",), ("score", "-o", "out.csv", "--engine", "local")], ids=str)
def test_a_file_without_a_header_is_refused_without_the_row_that_stands_there(
    returns: pd.DataFrame, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path, (name, *options) = tmp_path / "headless.csv", command
    returns.to_csv(path, index=False, header=False)
    for masking, expected in (((), True), (("--mask",), False)):
        result = CliRunner().invoke(app, [name, FRAMEWORK, str(path), *options, *masking])
        assert "no_header" in result.output
        assert (leaks(result.output) != []) == expected


def test_a_code_in_the_name_of_a_file_is_in_no_output(returns: pd.DataFrame, tmp_path: Path) -> None:
    folder = tmp_path / "returns"
    folder.mkdir()
    for number in range(3):
        returns.iloc[[number]].to_csv(folder / f"{CODES[number]}.csv", index=False)
    assert leaks(run(tmp_path, "validate", FRAMEWORK, folder, "--mask")) == []
    one = folder / f"{CODES[0]}.csv"
    for engine, form in (("memory", ".xlsx"), ("memory", ".json"), ("local", ".parquet")):
        hidden = tmp_path / f"hidden{form}"
        run(tmp_path, "score", FRAMEWORK, one, "--engine", engine, "--mask", "-o", hidden)
        assert leaks(said_in(hidden)) == []


@pytest.fixture
def named(returns: pd.DataFrame, tmp_path: Path) -> Path:
    """Returns in files that are named after enterprises, in a folder named after another, with a column too many."""
    folder = tmp_path / f"{NAMES[7]}报送"
    folder.mkdir()
    for number in range(3):
        rows = returns.iloc[[number, number + 7]].assign(多余=1)
        rows.to_csv(folder / f"2024年{NAMES[number]}_1.csv", index=False)
    return folder


@pytest.mark.parametrize("engine", ["memory", "local"])
def test_the_name_of_an_enterprise_in_that_of_a_file_or_folder_is_in_no_output(
    named: Path, tmp_path: Path, engine: str
) -> None:
    one = named / f"2024年{NAMES[0]}_1.csv"
    outputs = [".csv", ".parquet", *([".xlsx", ".json"] if engine == "memory" else [])]
    for source in (named, one):
        for number, form in enumerate(outputs):
            hidden = tmp_path / f"hidden{form}"
            words = ("score", FRAMEWORK, source, "--engine", engine, "-o", hidden)
            assert leaks(run(tmp_path, *words)) != []
            said = run(tmp_path, *words, "--mask", *(["--json"] if number % 2 else []))
            assert leaks(said) == leaks(said_in(hidden)) == []


def test_a_file_named_after_an_enterprise_has_one_name_in_both_engines(named: Path, tmp_path: Path) -> None:
    mask, one = Mask(KEY), named / f"2024年{NAMES[0]}_1.csv"
    told = score_dataset(FRAMEWORK, one, tmp_path / "hidden.csv", mask=mask)
    whole = ps.evaluate(FRAMEWORK, one, mask=mask)
    assert told.about["data"] == whole.about["data"] == f"2024年{mask.name(NAMES[0])}_1.csv"
    assert {each.place.file for each in told.findings if each.place is not None} == {
        each.place.file for each in whole.findings if each.place is not None
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_members_of_a_file_named_after_an_enterprise_tell_its_name_nowhere(
    returns: pd.DataFrame, tmp_path: Path, form: str
) -> None:
    path, output = tmp_path / f"{NAMES[4]}.{form}", tmp_path / "zones.xlsx"
    returns.to_csv(path, index=False) if form == "csv" else returns.to_excel(path, index=False)
    words = ("members", "zone-2021", path, "--weights", "zone-2021-equal-within", "--mask", "-o", output)
    assert leaks(run(tmp_path, *words)) == leaks(said_in(output)) == []


def test_a_year_that_no_row_has_is_told_without_the_name_in_that_of_the_file(named: Path, tmp_path: Path) -> None:
    one = named / f"2024年{NAMES[0]}_1.csv"
    for engine in ("memory", "local"):
        words = ["score", FRAMEWORK, str(one), "--year", "1999", "--engine", engine, "-o", str(tmp_path / "o.csv")]
        said = CliRunner().invoke(app, [*words, "--mask"]).output
        assert "1999" in said
        assert leaks(said) == []


def test_a_code_that_a_spreadsheet_took_for_a_number_is_told_without_its_digits(tmp_path: Path) -> None:
    path = tmp_path / "returns.xlsx"
    ps.sample(FRAMEWORK, 3, 1).assign(统一社会信用代码=[123456789012345678, *CODES[:2]]).to_excel(path, index=False)
    for masking, expected in (((), True), (("--mask",), False)):
        said = run(tmp_path, "validate", FRAMEWORK, path, *masking) + run(
            tmp_path, "validate", FRAMEWORK, path, *masking, "--json"
        )
        assert "digits_lost" in said
        assert ("1.2345" in said or "12345" in said) == expected


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("validate",), "key.csv"),
        (("score", "--freeze", "key.json"), "key.json"),
        (("find", "--where", "qc05_0 >= 0千元"), "key.json"),
        (("diagnose",), "key.xlsx"),
        (("compare", "--weights", "equal", "--weights", "entropy"), "key.xlsx"),
        (("members",), "key.xlsx"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_no_command_writes_over_the_key_that_joins_its_results(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], key: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(key).write_bytes(KEY)
    command, *options = words
    framework = "zone-2021" if command == "members" else FRAMEWORK
    output = [] if "--freeze" in words else ["-o", key]
    said = CliRunner().invoke(app, [command, framework, str(data), *options, "--mask-key", key, *output])
    assert "output_is_input" in said.output
    assert Path(key).read_bytes() == KEY
