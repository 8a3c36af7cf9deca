"""Tests of parkscore.shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore import shipped

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout that the module takes for its own."""
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "src" / "parkscore")
    return tmp_path


def write(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("", encoding="utf-8")
    return file


def test_a_checkout_offers_its_own_folders(checkout: Path) -> None:
    framework = write(checkout / "indicators" / "park.yaml")
    scheme = write(checkout / "weights" / "park-equal.yaml")
    example = write(checkout / "examples" / "zones.csv")
    assert shipped.framework_path("park") == framework
    assert shipped.scheme_path("park-equal") == scheme
    assert shipped.example_path("zones.csv") == example
    assert shipped.example_names() == ["zones.csv"]


def test_an_installed_package_offers_what_it_carries(checkout: Path) -> None:
    write(checkout / "indicators" / "stray.yaml")
    carried = write(checkout / "src" / "parkscore" / "shipped_files" / "indicators" / "park.yaml")
    assert shipped.framework_names() == ["park"]
    assert shipped.framework_path("park") == carried


def test_names_come_in_order_and_only_from_yaml_files(checkout: Path) -> None:
    for name in ("zone.yaml", "enterprise.yaml", "README.md"):
        write(checkout / "indicators" / name)
    assert shipped.framework_names() == ["enterprise", "zone"]


@pytest.mark.parametrize("name", ["", ".", "..", "../secret", "missing", "zone.yaml"])
def test_a_name_that_is_not_listed_leads_nowhere(checkout: Path, name: str) -> None:
    write(checkout / "indicators" / "zone.yaml")
    write(checkout / "secret.yaml")
    assert shipped.framework_path(name) is None


def test_folders_that_are_absent_hold_nothing(checkout: Path) -> None:
    assert shipped.framework_names() == []
    assert shipped.scheme_names() == []
    assert shipped.example_path("zones.csv") is None
    assert shipped.example_names() == []


def test_this_checkout_ships_the_zone_framework_with_a_scheme_and_figures() -> None:
    assert "zone-2021" in shipped.framework_names()
    assert "zone-2021-equal-within" in shipped.scheme_names()
    assert shipped.example_path("zone-figures.csv") == ROOT / "examples" / "zone-figures.csv"
