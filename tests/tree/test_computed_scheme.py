"""Tests of keeping computed weights as a scheme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.grid import Cohort
from parkscore.findings import UsageError
from parkscore.framework.building import build
from parkscore.framework.models import Framework, Label, Node, UnitKey, WeightScheme
from parkscore.framework.yaml_form import parse_yaml
from parkscore.framework.yaml_writing import write_yaml
from parkscore.language import Text
from parkscore.tree.computed_scheme import computed_scheme, scheme_data
from parkscore.tree.weigh import Weighing

ROWS = np.arange(3, dtype=np.intp)


def cohort(name: str) -> Cohort:
    return Cohort(name, None, ROWS, ROWS, ROWS)


FRAMEWORK = Framework(
    id="park",
    title=Label(zh="园区"),
    unit=UnitKey(key="park", zh="园区"),
    fields={},
    indicators=(
        Node(id="1", zh="规模", children=(Node(id="1.1", zh="人员"), Node(id="1.2", zh="收入"))),
        Node(id="2", zh="绿色", children=(Node(id="2.1", zh="能耗"),)),
    ),
)


def weighing(share: float, within: float, cohorts: int = 1) -> Weighing:
    shares = {
        "total": np.array([share, 1 - share]),
        "1": np.array([within, 1 - within]),
        "2": np.array([1.0]),
    }
    title = Text("熵权法", "Entropy weights")
    return Weighing("entropy", title, "computed", "Shannon 1948", (shares,) * cohorts, True, {}, ())


@given(st.floats(1e-12, 1, exclude_max=True), st.floats(0, 1))
def test_every_share_survives_writing_and_reading(share: float, within: float) -> None:
    cohorts = (cohort("2024"),)
    scheme = computed_scheme(FRAMEWORK, weighing(share, within), cohorts, data="zones.csv", digest="ab12")
    text = write_yaml(scheme_data(scheme))
    read = build(parse_yaml(text, "scheme.yaml"), WeightScheme).model
    assert read is not None
    given_weights = [read.weight_of(node.id) for node in FRAMEWORK.walk()]
    assert given_weights == [share, within, 1 - within, 1 - share, 1.0]


def test_the_source_names_method_file_year_and_digest() -> None:
    cohorts = (cohort("2024"),)
    scheme = computed_scheme(FRAMEWORK, weighing(0.5, 0.5), cohorts, data="zones.csv", digest="ab12")
    assert (scheme.id, scheme.status) == ("park-entropy-2024", "computed")
    assert scheme.source == "Entropy weights；zones.csv；2024；SHA-256 ab12"


def test_a_framework_without_years_gets_a_scheme_without_a_year() -> None:
    cohorts = (cohort("all"),)
    scheme = computed_scheme(FRAMEWORK, weighing(0.5, 0.5), cohorts, data="zones.csv", digest="ab12")
    assert scheme.id == "park-entropy"


def test_a_scheme_from_synthetic_data_says_so_in_its_data_note() -> None:
    cohorts = (cohort("all"),)
    given_away = {"data": "zones.csv", "digest": "ab12"}
    scheme = computed_scheme(FRAMEWORK, weighing(0.5, 0.5), cohorts, **given_away, notes=("synthetic data", "seed 1"))
    assert scheme_data(scheme)["data_note"] == "synthetic data; seed 1"
    assert "note" not in scheme_data(computed_scheme(FRAMEWORK, weighing(0.5, 0.5), cohorts, **given_away))


def test_weights_that_differ_by_year_are_no_one_scheme() -> None:
    cohorts = (cohort("2023"), cohort("2024"))
    with pytest.raises(UsageError, match="--year 2024"):
        computed_scheme(FRAMEWORK, weighing(0.5, 0.5, cohorts=2), cohorts, data="zones.csv", digest="ab12")
