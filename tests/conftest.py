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
