from __future__ import annotations

from typing import Any

import pytest

import parkscore as ps
from parkscore.framework.loading import load_framework
from parkscore.framework.models import WeightScheme
from parkscore.tree.schemes import plan_weights
from parkscore.tree.standing_of_weights import status_of

ZONE = load_framework("zone-2021")


def scheme(status: str, **said: Any) -> WeightScheme:
    return WeightScheme.model_validate({"id": "mine", "framework": "zone-2021", "status": status, **said})


def test_mixing_in_an_assumed_scheme_makes_an_expert_mixture_assumed() -> None:
    parts = ({"scheme": "zone-2021-equal-within", "share": 0.5}, {"method": "entropy", "share": 0.5})
    assert status_of(ZONE, plan_weights(ZONE, scheme("expert", combine=parts))) == "assumed"


def test_equal_weights_where_the_framework_says_unknown_are_assumed_even_if_called_official() -> None:
    assert status_of(ZONE, plan_weights(ZONE, scheme("official", inside={"*": "equal"}))) == "assumed"


@pytest.mark.parametrize("status", ["official", "expert"])
def test_a_method_from_the_data_inside_unknown_weights_is_computed_whatever_the_scheme_says(status: str) -> None:
    assert status_of(ZONE, plan_weights(ZONE, scheme(status, inside={"*": "entropy"}))) == "computed"


def test_a_result_under_a_mixture_says_that_its_weights_are_assumed() -> None:
    parts = ({"scheme": "zone-2021-equal-within", "share": 0.5}, {"method": "entropy", "share": 0.5})
    frame = ps.sample("zone-2021", units=12, years=1, seed=5)
    evaluation = ps.evaluate("zone-2021", frame, weights=scheme("expert", combine=parts))
    assert evaluation.weights_status == "assumed"
    assert any("assumed" in note.en for note in evaluation.notes)
