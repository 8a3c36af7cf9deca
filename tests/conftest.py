"""What every test may use."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile(
    "parkscore",
    max_examples=60,  # where a test says no number; all together are to take minutes
    deadline=None,  # a slow machine is no mistake
    suppress_health_check=[HealthCheck.too_slow],  # likewise
    derandomize="CI" in os.environ,  # a gate that turns red means a change; a desk explores
)
settings.load_profile("parkscore")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Give a test its own Hypothesis settings back after each run.

    For every set of parameters Hypothesis wraps them once more, and after some thousand cannot follow them back.
    """
    test = getattr(item, "obj", None)
    test = getattr(test, "__func__", test)
    own = getattr(test, "_hypothesis_internal_use_settings", None)
    try:
        return (yield)
    finally:
        if own is not None:
            test._hypothesis_internal_use_settings = own  # type: ignore[union-attr]  # only a function has settings


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of published inputs and answers, which stands beside the project and is no part of it."""
    folder = ROOT.parent / "shared" / "golden"
    if not folder.is_dir():
        pytest.skip("the golden data are not beside this checkout (../shared/golden)")
    return folder


@pytest.fixture(scope="module")
def found(executed: NotebookNode) -> dict[str, Any]:
    """What the cell printed that `notebook_runs.ask` added to the notebook of a module, its fixture `executed`."""
    from tests.notebook_runs import answers

    return answers(executed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests of the cards, print every method with its golden case and its source."""
    passed = terminalreporter.getreports("passed")
    if any("test_every_golden_case_named_on_a_card" in report.nodeid for report in passed):
        from tests.method_table import method_table

        terminalreporter.section("methods, golden cases and sources")
        for line in method_table():
            terminalreporter.write_line(line)
