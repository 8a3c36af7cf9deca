from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import DataError
from parkscore.framework.models import Choice
from tests.small_frameworks import dimension, leaf, small


@pytest.mark.parametrize(("method", "most"), [("copeland", 20_000), ("benefit_of_doubt", 2_000)])
def test_too_many_units_to_compare_in_pairs_are_refused_at_the_node_with_both_numbers_in_both_languages(method, most):
    framework = small(dimension("d", leaf("a"), leaf("b"), aggregate=Choice.of(method)))
    a = np.arange(most + 1.0)
    table = pd.DataFrame({"zone": a.astype(int).astype(str), "a": a, "b": a[::-1]})
    with pytest.raises(DataError) as caught:
        ps.evaluate(framework, table)
    finding = caught.value.findings[0]
    assert (finding.code, finding.field) == ("domain", "d")
    for sentence in (finding.message.zh, finding.message.en):
        assert f"{most}" in sentence
        assert f"{most + 1}" in sentence
