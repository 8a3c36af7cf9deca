"""Tests of parkscore.framework.loading: find, read, extend, build and check."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parkscore import shipped
from parkscore.findings import Finding, FrameworkError, ParkscoreError, UsageError
from parkscore.framework.loading import (
    find_framework,
    find_scheme,
    load_framework,
    load_scheme,
    read_framework,
    read_own_document,
)
from parkscore.framework.models import WeightScheme
from tests.conftest import ROOT
from tests.framework_texts import assert_bilingual, only, unmarked, with_indicators

SMALL = with_indicators(
    '- {id: "1", zh: 一, formula: money, weight: 1}', '- {id: "2", zh: 二, formula: staff, weight: 3}'
)


def refusal(kind: type[ParkscoreError], act: Callable[[], object]) -> Finding:
    """The one finding of an act that is refused with this kind of error."""
    with pytest.raises(kind) as caught:
        act()
    assert_bilingual(caught.value.findings)
    return only(caught.value.findings)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


# --- finding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped.framework_names())
def test_a_shipped_framework_is_loaded_by_its_name_and_by_its_path(name: str) -> None:
    path = ROOT / "indicators" / f"{name}.yaml"
    assert load_framework(name) == load_framework(path) == load_framework(str(path))
    assert load_framework(name).id == name


@pytest.mark.parametrize("name", shipped.scheme_names())
def test_a_shipped_scheme_is_loaded_by_its_name_and_by_its_path(name: str) -> None:
    path = ROOT / "weights" / f"{name}.yaml"
    framework = load_framework(read_own_document(path).data["framework"])
    assert load_scheme(name, framework) == load_scheme(path, framework)


def test_what_can_be_no_framework_is_told_so() -> None:
    nothing: Any = None
    assert refusal(UsageError, lambda: load_framework(nothing)).code == "wrong_type"


def test_an_unknown_name_suggests_the_one_that_was_meant() -> None:
    finding = refusal(UsageError, lambda: find_framework("zone-2012"))
    assert finding.code == "not_found"
    assert finding.hint is not None
    assert "`zone-2021`" in finding.hint.en
    finding = refusal(UsageError, lambda: find_scheme("zone-2021-equal"))
    assert finding.hint is not None
    assert "`zone-2021-equal-within`" in finding.hint.en


def test_a_name_like_no_other_lists_what_ships() -> None:
    finding = refusal(UsageError, lambda: find_framework("quite something else"))
    assert finding.hint is not None
    assert all(name in finding.hint.en for name in shipped.framework_names())


@pytest.mark.parametrize("name", ["", ".", "/", "no\0name", "x" * 5000, "zone-2021.yaml", "../indicators/zone-2021"])
def test_what_names_no_file_is_refused_in_one_line(name: str) -> None:
    assert refusal(UsageError, lambda: find_framework(name)).code == "not_found"


def test_a_folder_or_a_file_of_another_kind_is_refused_as_such(tmp_path: Path) -> None:
    assert "folder" in refusal(UsageError, lambda: find_framework(tmp_path)).message.en
    (tmp_path / "zones.csv").write_text("zone\n", encoding="utf-8")
    assert ".yaml, .yml, .xlsx" in refusal(UsageError, lambda: find_framework(tmp_path / "zones.csv")).message.en
    (tmp_path / "weights.xlsx").write_text("", encoding="utf-8")
    assert ".yaml, .yml file" in refusal(UsageError, lambda: find_scheme(tmp_path / "weights.xlsx")).message.en


@pytest.mark.parametrize("ending", [".yaml", ".yml", ".YAML"])
def test_endings_are_read_as_people_write_them(small: Path, ending: str) -> None:
    file = small.with_suffix(ending)
    if file != small:
        shutil.copy(small, file)
    assert load_framework(file).id == "park"


def test_a_file_is_preferred_to_a_shipped_framework_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(small, "zone-2021.yaml")
    assert load_framework("zone-2021.yaml").id == "park"
    assert load_framework("zone-2021").id == "zone-2021"


# --- extending ---------------------------------------------------------------------------------------------------


def written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["small", "small.yaml", "./small.yaml", "../{folder}/small"])
def test_a_base_is_found_beside_the_file_that_extends_it(small: Path, name: str) -> None:
    base = name.format(folder=small.parent.name)
    local = written(small.parent / "local.yaml", f"id: local\nextends: {base}\n")
    assert len(load_framework(local).leaves) == 2


def test_a_file_that_has_the_name_of_a_shipped_framework_can_extend_it(tmp_path: Path) -> None:
    local = written(tmp_path / "zone-2021.yaml", "id: local\nextends: zone-2021\n")
    assert len(load_framework(local).leaves) == 46


@pytest.mark.parametrize("name", ["zone-2012", "'x'", "'.'", "' '", "5", "[zone-2021]", f"'{'x' * 5000}'", '"a\\0b"'])
def test_an_unknown_base_is_refused_where_it_is_named(tmp_path: Path, name: str) -> None:
    text, (place,) = unmarked(f"id: local\nextends: ▲{name}\n")
    local = written(tmp_path / "local.yaml", text)
    finding = refusal(FrameworkError, lambda: load_framework(local))
    assert (finding.code, str(finding.place)) == ("unknown_base", f"{local}:{place}")
    assert finding.hint is not None
    assert "zone-2021" in finding.hint.en


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_frameworks_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name, base in zip(names, [*names[1:], names[0]], strict=True):
        written(tmp_path / f"{name}.yaml", f"id: {name}\nextends: {base}.yaml\n")
    finding = refusal(FrameworkError, lambda: load_framework(tmp_path / "a.yaml"))
    assert finding.code == "extends_cycle"
    assert finding.message.en.endswith(" -> ".join(f"{name}.yaml" for name in [*names, names[0]]))
    assert str(finding.place) == f"{tmp_path / names[-1]}.yaml:2:10"


# --- checking ----------------------------------------------------------------------------------------------------


def test_a_framework_made_in_python_is_checked_too() -> None:
    framework = load_framework("zone-figures")
    assert load_framework(framework) is framework
    broken = framework.model_copy(update={"time": None})
    with pytest.raises(FrameworkError) as caught:
        load_framework(broken)
    assert {finding.code for finding in caught.value.findings} == {"no_time"}


def test_what_was_read_comes_with_its_document_and_warnings(small: Path) -> None:
    loaded = read_framework(small)
    assert loaded.framework == load_framework(small)
    assert str(loaded.document.place(("fields", "money"))) == f"{small}:7:10"
    assert loaded.findings == ()


def test_every_error_exits_with_the_code_of_its_kind(small: Path, tmp_path: Path) -> None:
    with pytest.raises(ParkscoreError) as unknown:
        load_framework("no such framework")
    with pytest.raises(ParkscoreError) as invalid:
        load_framework(written(tmp_path / "park.yaml", "id: 1"))
    assert (unknown.value.exit_code, invalid.value.exit_code) == (2, 4)


# --- weight schemes ----------------------------------------------------------------------------------------------

SCHEME = "id: {id}\nframework: park\nstatus: assumed\n"


def scheme_file(folder: Path, name: str, text: str) -> Path:
    return written(folder / f"{name}.yaml", SCHEME.format(id=name) + text)


def test_a_scheme_made_in_python_is_checked_too(small: Path) -> None:
    framework = load_framework(small)
    good = WeightScheme.model_validate(
        {"id": "s", "framework": "park", "status": "expert", "weights": {"1": 1, "2": 2}}
    )
    assert load_scheme(good, framework) is good
    bad = good.model_copy(update={"framework": "other"})
    assert refusal(FrameworkError, lambda: load_scheme(bad, framework)).code == "other_framework"


def test_schemes_that_are_combined_are_found_and_checked(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    scheme_file(small.parent, "half", "weights: {'1': 1, '2': 1}")
    mixed = scheme_file(small.parent, "mixed", "combine: [{scheme: half.yaml, share: 1}, {method: entropy, share: 1}]")
    half = load_scheme(mixed, load_framework(small)).combine[0].scheme
    file = str((small.parent / "half.yaml").resolve())
    assert half == file
    scheme_file(small.parent, "half", "weights: {'1': -1, '2': 3}")
    finding = refusal(FrameworkError, lambda: load_scheme(mixed, load_framework(small)))
    assert (finding.code, str(finding.place)) == ("negative_weight", f"{file}:4:16")


def test_an_unknown_scheme_in_a_combination_is_refused_where_it_is_named(small: Path) -> None:
    mixed = scheme_file(small.parent, "mixed", "combine: [{scheme: zone-2021-equal, share: 1}]")
    finding = refusal(FrameworkError, lambda: load_scheme(mixed, load_framework(small)))
    assert (finding.code, str(finding.place)) == ("unknown_scheme", f"{mixed}:4:20")
    assert finding.hint is not None
    assert "zone-2021-equal-within" in finding.hint.en


def test_schemes_that_combine_each_other_in_a_circle_are_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    first = scheme_file(small.parent, "a", "combine: [{scheme: b.yaml, share: 1}]")
    scheme_file(small.parent, "b", "combine: [{scheme: a.yaml, share: 1}]")
    finding = refusal(FrameworkError, lambda: load_scheme(first, load_framework(small)))
    assert (finding.code, finding.message.en) == (
        "scheme_cycle",
        "the schemes run in a circle: a.yaml -> b.yaml -> a.yaml",
    )
