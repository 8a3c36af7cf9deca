"""The command line sets up the allocators of its process; the library does not, and what somebody has set stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
CODE = """
import os, parkscore, parkscore.evaluating
print(os.environ.get("MIMALLOC_PURGE_DELAY"), os.environ.get("MIMALLOC_ALLOW_THP"))
from parkscore.cli.allocators import keep_memory
keep_memory()
print(os.environ.get("MIMALLOC_PURGE_DELAY"), os.environ.get("MIMALLOC_ALLOW_THP"))
"""


def test_only_the_command_line_sets_allocators_up_and_what_is_set_already_stays() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MIMALLOC")}
    environment |= {"PYTHONPATH": str(SOURCE), "MIMALLOC_ALLOW_THP": "1"}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["None 1", "1000 1"]
