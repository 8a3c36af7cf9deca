"""Run a notebook of this project with the Python that runs the tests, and ask it what its variables hold."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from plotly.offline import get_plotlyjs

ROOT = Path(__file__).resolve().parents[1]


class ThisInterpreter(AsyncKernelManager):
    """Starts a kernel of the Python that runs the tests, whatever kernels are installed for the user."""

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def execute(notebook: nbformat.NotebookNode, folder: Path, home: Path) -> nbformat.NotebookNode:
    """Run a notebook in a folder, with an empty home and this checkout's package; an error in a cell raises."""
    manager = ThisInterpreter(connection_file=str(home / "kernel.json"))
    client = NotebookClient(notebook, km=manager, timeout=300)
    here = {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT / "src")}
    executed: nbformat.NotebookNode = client.execute(cleanup_kc=True, cwd=str(folder), env={**os.environ, **here})
    return executed


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def own_page_fetches(executed: nbformat.NotebookNode) -> list[str]:
    """What the pages in the outputs would fetch; AssertionError unless one of them brings the program of figures."""
    pages = [output.data["text/html"] for output in outputs_of(executed) if "text/html" in output.get("data", {})]
    program = get_plotlyjs()
    assert sum(program in page for page in pages) == 1
    own = "".join(page.replace(program, "") for page in pages)
    return re.findall(r"""https?:|(?:src|href)\s*=|url\(|@import|\bimport\s*\(|\bfetch\s*\(""", own)


def ask(notebook: nbformat.NotebookNode, **expressions: str) -> nbformat.NotebookNode:
    """The notebook with a last cell that prints what the expressions give, as JSON."""
    wanted = ", ".join(f"{name!r}: {expression}" for name, expression in expressions.items())
    notebook.cells.append(nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({{{wanted}}}))"))
    return notebook


def run(path: Path, folder: Path, folders: pytest.TempPathFactory, **expressions: str) -> nbformat.NotebookNode:
    """A notebook as it stands, run in a folder, with what the expressions give printed at its end."""
    return execute(ask(read(path), **expressions), folder, folders.mktemp("home"))


def answers(executed: nbformat.NotebookNode) -> dict[str, Any]:
    """What the cell added by `ask` printed."""
    found: dict[str, Any] = json.loads(executed.cells[-1].outputs[0].text)
    return found
