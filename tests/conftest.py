"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile(
    "parkscore",
    deadline=None,  # a slow machine is no mistake
    suppress_health_check=[HealthCheck.too_slow],  # likewise
    derandomize="CI" in os.environ,  # a gate that turns red means a change; a desk explores
)
settings.load_profile("parkscore")


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of published inputs and answers, which stands beside the project and is no part of it."""
    folder = ROOT.parent / "shared" / "golden"
    if not folder.is_dir():
        pytest.skip("the golden data are not beside this checkout (../shared/golden)")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the tests of the cards, print every method with its golden case and its source."""
    passed = terminalreporter.getreports("passed")
    if any("test_every_golden_case_named_on_a_card" in report.nodeid for report in passed):
        from tests.method_table import method_table

        terminalreporter.section("methods, golden cases and sources")
        for line in method_table():
            terminalreporter.write_line(line)
