"""The rooms of the package depend on each other one way only, and keep what they promise about imports and calls."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "parkscore"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the ground up: a room may import what is named beside it, and itself. docs/architecture.md gives the reasons.
GROUND = {"language", "findings", "late_pandas", "shipped", "version"}
INPUT = GROUND | {"methods", "framework", "data"}
RESULT = INPUT | {"tree", "output", "results", "evaluation", "evaluating"}
MAY_IMPORT: dict[str, set[str]] = {
    "language": set(),
    "version": set(),
    "late_pandas": set(),
    "findings": {"language"},
    "shipped": {"language", "findings"},
    "methods": {"language"},
    "output": GROUND,
    "framework": GROUND | {"methods"},
    "data": GROUND | {"methods", "framework"},
    "tree": INPUT,
    "results": INPUT | {"tree", "output"},
    "evaluation": INPUT | {"tree", "output", "results"},
    "evaluating": INPUT | {"tree", "evaluation"},
    "sampling": RESULT,
    "comparison": RESULT,
    "diagnosis": RESULT,
    "ladders": RESULT,
    "members": RESULT,
    "robustness": RESULT,
    "explanation": RESULT,
    "report": RESULT,
    "runs": RESULT,
    "engine": RESULT,
}
UPPER = RESULT | {
    "sampling",
    "comparison",
    "diagnosis",
    "ladders",
    "members",
    "robustness",
    "explanation",
    "report",
    "runs",
    "engine",
}
MAY_IMPORT["public API"] = UPPER  # parkscore/__init__.py
MAY_IMPORT["cli"] = UPPER | {"public API"}
MAY_IMPORT["__main__"] = {"cli"}
SECOND_FILE = dict.fromkeys(  # one room, several files
    ("evaluation_about", "evaluation_document", "evaluation_rows", "evaluation_sheets", "list_and_target_sheets"),
    "evaluation",
)

# An import that goes up, loaded when it is called, each with its reason.
DOORS = {
    ("parkscore.language", "parkscore.findings"): "a language that there is not is refused as any other mistake is",
    ("parkscore.evaluation", "parkscore.robustness.analysing"): "`ev.robustness(...)` is where people look for it",
    ("parkscore.evaluation", "parkscore.robustness.result"): "the type of what it returns",
    ("parkscore.evaluation", "parkscore.robustness.exact"): "`ev.exact(...)` stands beside it",
    ("parkscore.evaluation", "parkscore.robustness.specs"): "the type of what it takes",
    ("parkscore.evaluation", "parkscore.robustness.one_at_a_time"): "`ev.one_at_a_time(...)`, too",
}

SLOW_TO_IMPORT = ("pandas", "pandera", "scipy.stats", "matplotlib", "pint")
UNSAFE_FUNCTIONS = {"eval", "exec", "compile", "__import__"}
UNSAFE_METHODS = (".eval", ".read_pickle", ".to_pickle")  # of pandas
UNSAFE_MODULES = {"pickle", "cloudpickle", "dill", "marshal", "shelve"}


def module_name(file: Path) -> str:
    """`parkscore.data.read` for src/parkscore/data/read.py."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The room that a module of the package stands in."""
    top = [*module.split("."), "public API"][1]
    return SECOND_FILE.get(top, top)


def imported_modules(source: str, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Each import anywhere in the source, in functions and for type checking too: its line and its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = module.split(".")
                above = here[: len(here) - node.level + is_package]
                base = ".".join([*above, base] if base else above)
            if base == "parkscore":
                yield from ((node.lineno, f"parkscore.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, base


def forbidden_imports(source: str, module: str, is_package: bool = False) -> list[str]:
    """The imports that lead to a room that the module's own room may not know."""
    room = room_of(module)
    found = []
    for line, name in imported_modules(source, module, is_package):
        if name.split(".")[0] != "parkscore":
            continue
        target = room_of(name)
        if target not in MAY_IMPORT:  # a name of the public API, such as parkscore.load_framework
            target = "public API"
        if target != room and target not in MAY_IMPORT[room] and (module, name) not in DOORS:
            found.append(f"{module}:{line} imports {name}")
    return found


def called_names(source: str) -> Iterator[tuple[int, str]]:
    """Each call in the source: its line and what is called, as written."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def unsafe_code(source: str, module: str) -> list[str]:
    """The places that could run code found in data."""
    calls = [
        f"{module}:{line} calls {name}"
        for line, name in called_names(source)
        if name in UNSAFE_FUNCTIONS or name.endswith(UNSAFE_METHODS)
    ]
    imports = [
        f"{module}:{line} imports {name}"
        for line, name in imported_modules(source, module, is_package=False)
        if name.split(".")[0] in UNSAFE_MODULES
    ]
    return calls + imports


def loaded_after(code: str) -> set[str]:
    """The slow packages that a fresh interpreter has loaded once it has run the code."""
    report = f"\nimport sys\nprint('loaded:', *(name for name in {SLOW_TO_IMPORT!r} if name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code + report], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].removeprefix("loaded:").split())


def test_every_module_stands_in_a_known_room() -> None:
    unknown = {room_of(module_name(file)) for file in MODULES} - MAY_IMPORT.keys()
    assert not unknown, "give the new room its place in MAY_IMPORT and in docs/architecture.md"


def test_the_allowed_dependencies_form_no_circle() -> None:
    settled: set[str] = set()
    while ready := {room for room, below in MAY_IMPORT.items() if room not in settled and below <= settled}:
        settled |= ready
    assert settled == MAY_IMPORT.keys()


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_a_room_imports_only_the_rooms_below_it(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert forbidden_imports(source, module_name(file), is_package=file.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("parkscore.methods.ranks", "from parkscore.findings import Finding"),
        ("parkscore.methods.ranks", "import parkscore.data.read"),
        ("parkscore.framework.models", "def f():\n    from ..data import read"),
        ("parkscore.data.read", "from .. import evaluating"),
        ("parkscore.data.read", "from parkscore import load_framework"),
        ("parkscore.evaluation", "import parkscore.evaluating"),
        ("parkscore.evaluation_sheets", "from parkscore.evaluating import evaluate"),
        ("parkscore.report.html", "from parkscore.cli import main"),
    ],
)
def test_an_import_that_leads_up_is_seen(module: str, source: str) -> None:
    assert len(forbidden_imports(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("parkscore.methods.ranks", "import numpy as np\nfrom parkscore.language import Text\nfrom . import registry"),
        ("parkscore.data.read", "from ..framework.models import Framework\nfrom parkscore import findings"),
        ("parkscore.cli.score", "import parkscore as ps\nfrom parkscore import load_framework"),
    ],
)
def test_an_import_that_leads_down_is_allowed(module: str, source: str) -> None:
    assert forbidden_imports(source, module) == []


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_only_the_command_line_prints(file: Path) -> None:
    if room_of(module_name(file)) not in {"cli", "__main__"}:
        source = file.read_text(encoding="utf-8")
        assert [line for line, name in called_names(source) if name == "print"] == []


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_no_module_runs_code_that_comes_with_data(file: Path) -> None:
    assert unsafe_code(file.read_text(encoding="utf-8"), module_name(file)) == []


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "exec(code)",
        "table.eval('a + b')",
        "import pickle",
        "from pickle import loads",
        "pd.read_pickle(f)",
    ],
)
def test_code_that_could_run_data_is_seen(source: str) -> None:
    assert len(unsafe_code(source, "parkscore.data.read")) == 1


ASK_FOR_HELP = """
import sys
from parkscore.cli import main
sys.argv = ["parkscore", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code
"""


@pytest.mark.parametrize(
    "code",
    ["import parkscore", "import parkscore.cli", ASK_FOR_HELP],
    ids=["import parkscore", "import parkscore.cli", "parkscore --help"],
)
def test_starting_up_loads_nothing_slow(code: str) -> None:
    assert loaded_after(code) == set()


def test_a_slow_import_is_seen() -> None:
    assert "pandas" in loaded_after("import pandas")


def test_members_load_no_pandas_before_there_is_a_frame() -> None:
    code = "from parkscore.members import from_returns, outputs\nfrom parkscore.late_pandas import is_frame\n"
    assert loaded_after(f"{code}assert not is_frame('x')") == set()
    assert loaded_after(f"{code}import pandas\nassert is_frame(pandas.DataFrame())") == {"pandas"}
