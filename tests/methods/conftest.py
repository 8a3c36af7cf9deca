"""What the tests of the methods share: the golden tables, read so that `NA` is Namibia."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ReadTable = Callable[[str], pd.DataFrame]


@pytest.fixture
def table(golden: Path) -> ReadTable:
    """A golden CSV by its path below the folder; an empty cell is a gap and nothing else is."""
    return lambda path: pd.read_csv(golden / path, keep_default_na=False, na_values=[""])


@pytest.fixture
def asem(table: ReadTable) -> ReadTable:
    """An ASEM table by its path, indexed by country."""
    return lambda path: table(f"asem/{path}").set_index("uCode")


@pytest.fixture
def asem_tree(table: ReadTable) -> pd.DataFrame:
    """The ASEM tree, leaves first: Level, Direction, Weight and Parent by code."""
    tree = table("asem/asem_imeta.csv").set_index("iCode")
    return tree[tree["Type"].isin(["Indicator", "Aggregate"])].sort_values("Level", kind="stable")
