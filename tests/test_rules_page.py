"""The page on rules names each kind once, and constructs and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from parkscore.framework import models
from parkscore.framework.formula import FUNCTIONS
from parkscore.methods import aggregation, imputation, scoring

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ROWS = {match.group(1): match.group(0) for match in re.finditer(r"^\| ([AB]\d+) \|.*$", PAGE, flags=re.MULTILINE)}
LINES = [f"{letter}{number}" for letter in "AB" for number in range(1, 16)]
VALUES = {models.UNKNOWN, *models.POLICIES}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in ROWS[line].strip("|").split("|")]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def keys_of_the_language() -> set[str]:
    everything = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, models.Model)]
    return {info.alias or name for model in everything for name, info in model.model_fields.items()}


def parameters_of_methods() -> set[str]:
    return {name for shelf in (scoring, aggregation) for method in shelf.values() for name in method.parameters}


def test_each_of_the_thirty_lines_stands_once() -> None:
    assert sorted(ROWS) == sorted(LINES)
    assert len(re.findall(r"^\| [AB]\d+ \|", PAGE, flags=re.MULTILINE)) == len(LINES)


@pytest.mark.parametrize("line", LINES)
def test_every_construct_of_a_line_is_part_of_the_language(line: str) -> None:
    shelves = {*scoring, *aggregation, *imputation}
    known = keys_of_the_language() | parameters_of_methods() | shelves | set(FUNCTIONS) | VALUES
    named = quoted(cells(line)[2])
    assert named
    assert [name for name in named if name not in known and not name.startswith("parkscore ")] == []


@pytest.mark.parametrize("line", LINES)
def test_every_test_of_a_line_exists(line: str) -> None:
    named = quoted(cells(line)[3])
    assert named
    for name in named:
        file, test = name.split("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, name


def test_the_lines_are_those_of_the_collected_facts() -> None:
    facts = ROOT.parent / "shared" / "facts"
    if not facts.is_dir():
        pytest.skip("the facts are not beside this checkout (../shared/facts)")
    for letter, name, heading in (("A", "frameworks.md", "## 10."), ("B", "more-frameworks.md", "## 9.")):
        text = (facts / name).read_text(encoding="utf-8")
        section = text[text.index(heading) :].split("\n## ")[0]
        assert [f"{letter}{number}" for number in re.findall(r"^(\d+)\. ", section, flags=re.MULTILINE)] == [
            line for line in LINES if line.startswith(letter)
        ]
