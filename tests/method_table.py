"""Every method with its golden case, the test that reproduces it, and its source: what a test run prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from parkscore.methods import SHELVES, Method


@cache
def names_of_tests() -> tuple[str, ...]:
    """The names of all tests of methods."""
    folder = Path(__file__).parent / "methods"
    return tuple(
        node.name
        for path in sorted(folder.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


def golden_test(method: Method[Any]) -> str | None:
    """The test whose name begins with the method, after its shelf where need be, and its golden case; or None."""
    case = f"{method.name}_{method.golden}"
    beginnings = (f"test_{case}", f"test_{method.shelf.removesuffix('ing')}_{case}")
    named = (test for test in names_of_tests() if test.startswith(beginnings))
    return next(named, None)


def method_table() -> Iterator[str]:
    """One line for each method: shelf and name, golden case and its test, where the case is printed."""
    for shelf in SHELVES:
        for method in shelf.values():
            case = f"{method.golden} <- {golden_test(method)}"
            yield f"{shelf.name:12} {method.name:22} {case}  [{method.golden_source}]"
