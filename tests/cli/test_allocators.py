"""The command line sets up the allocators of its process; the library does not, and what somebody has set stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
CODE = """
import os, parkscore, parkscore.evaluating
names = ("ARROW_DEFAULT_MEMORY_POOL", "MIMALLOC_PURGE_DELAY", "MIMALLOC_ALLOW_THP")
print(*map(os.environ.get, names))
from parkscore.cli.allocators import keep_memory
keep_memory()
print(*map(os.environ.get, names))
"""


def said(**given: str) -> list[str]:
    """The settings of a process that was given some, before and after the command line has set up its own."""
    own = ("ARROW_", "MIMALLOC_", "MALLOC_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    environment |= {"PYTHONPATH": str(SOURCE), **given}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Arrow keeps the allocator that it comes with")
def test_arrow_and_numpy_have_one_allocator_unless_somebody_has_set_another() -> None:
    assert said() == ["None None None", "system None None"]
    assert said(ARROW_DEFAULT_MEMORY_POOL="mimalloc") == ["mimalloc None None", "mimalloc None None"]


def test_where_the_c_library_is_set_up_already_only_that_of_arrow_is() -> None:
    own = {"MALLOC_ARENA_MAX": "2", "MIMALLOC_ALLOW_THP": "1"}
    assert said(**own) == ["None None 1", "None 1000 1"]
