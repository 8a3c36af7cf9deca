"""Find the frameworks, ladders, weight schemes and examples that ship with parkscore."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def framework_path(name: str) -> Path | None:
    """The file of the shipped framework called `name`, or `None` where none is.

    >>> framework_path("../zone-2021") is None
    True
    """
    return _yaml_files("indicators").get(name)


def framework_names() -> list[str]:
    """The names of the shipped frameworks, in alphabetical order."""
    return list(_yaml_files("indicators"))


def scheme_path(name: str) -> Path | None:
    """The file of the shipped weight scheme called `name`, or `None` where none is."""
    return _yaml_files("weights").get(name)


def scheme_names() -> list[str]:
    """The names of the shipped weight schemes, in alphabetical order."""
    return list(_yaml_files("weights"))


def ladder_path(name: str) -> Path | None:
    """The file of the shipped ladder called `name`, or `None` where none is."""
    return _yaml_files("indicators/ladders").get(name)


def ladder_names() -> list[str]:
    """The names of the shipped ladders, in alphabetical order."""
    return list(_yaml_files("indicators/ladders"))


def example_path(name: str) -> Path | None:
    """The shipped example file called `name`, ending included, or `None` where none is."""
    return {file.name: file for file in _folder("examples").glob("*") if file.is_file()}.get(name)


def example_names() -> list[str]:
    """The file names of the shipped examples, in alphabetical order."""
    return sorted(file.name for file in _folder("examples").glob("*") if file.is_file())


def _yaml_files(kind: str) -> dict[str, Path]:
    """Every file of one kind by name: a name is looked up, never joined to a path, so it cannot lead elsewhere."""
    return {file.stem: file for file in sorted(_folder(kind).glob("*.yaml"))}


def _folder(kind: str) -> Path:
    """Inside the package where it was installed from a wheel, else the folder at the top of the checkout."""
    installed = _PACKAGE / "shipped_files" / kind
    return installed if installed.is_dir() else _PACKAGE.parent.parent / kind
