"""An improvement of one indicator never lowers that unit's own score, but under methods whose cards say why it may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from parkscore.methods import DomainError, Method, aggregation, scoring
from tests.methods.test_invariances import SETTINGS, Case

EXCEPTIONS = [each for shelf in (scoring, aggregation) for each in shelf.values() if each.may_lower is not None]
CASES = [
    pytest.param(method, stated, id=f"{method.shelf}-{method.name}-{number}")
    for number, (method, stated) in enumerate(SETTINGS)
    if method.shelf in ("scoring", "aggregation")
]


def _lowered(method: Method[Any], stated: dict[str, Any], trials: int) -> bool:
    """Whether some unit loses by improving, in random tables of few and of many different values."""
    random = np.random.default_rng(0)
    for trial in range(trials):
        units, indicators = random.integers(2, 7), random.integers(1, 4)
        X = random.integers(1, (3, 40, 400)[trial % 3], (units, indicators)) / 4
        if trial % 2 and not (method.needs.positive or method.needs.nonnegative):
            X = X - 50
        case = Case(method, stated, X, random.integers(1, 6, indicators).astype(float), np.zeros(units, dtype=int))
        at = random.integers(units), random.integers(indicators)
        better = X.copy()
        better[at] += stated.get("direction", 1) * random.choice([0.25, 1.0, 10.0, 500.0])
        place = at if method.shelf == "scoring" else at[0]
        try:
            before, after = case.run()[place], replace(case, X=better).run()[place]
        except DomainError:
            continue
        if np.isnan(after) > np.isnan(before) or after < before - 1e-9 * max(1.0, abs(before)):
            return True
    return False


@pytest.mark.parametrize(("method", "stated"), CASES)
def test_who_improves_does_not_lose_but_where_the_card_says_so(method: Method[Any], stated: dict[str, Any]):
    if method.may_lower is None:
        assert not _lowered(method, stated, 20 if method.name == "benefit_of_doubt" else 90)


@pytest.mark.parametrize("method", [pytest.param(each, id=each.name) for each in EXCEPTIONS])
def test_each_exception_is_one(method: Method[Any]):
    settings = [stated for each, stated in SETTINGS if each is method]
    assert any(_lowered(method, stated, 2000) for stated in settings)
