"""Tests of parkscore.framework.kept."""

from __future__ import annotations

import gc
import weakref

from parkscore.framework.kept import kept
from parkscore.framework.models import Framework
from tests.small_frameworks import leaf, small


def test_a_framework_is_not_kept_by_what_is_kept_of_it() -> None:
    asked: list[str] = []

    @kept
    def number(framework: Framework) -> int:
        asked.append(framework.id)
        return len(asked)

    one, other = small(leaf("a")), small(leaf("a"))
    assert [number(one), number(other), number(one)] == [1, 2, 1]
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None
    assert number(small(leaf("a"))) == 3
