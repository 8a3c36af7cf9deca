from __future__ import annotations

import pytest

from parkscore.framework.checking import check_framework, check_scheme
from parkscore.framework.models import Framework, WeightScheme


def framework(first: object, second: object) -> Framework:
    return Framework.model_validate(
        {
            "id": "f",
            "title": {"zh": "例", "en": "example"},
            "unit": {"key": "zone", "zh": "区"},
            "fields": {"a": {"zh": "甲"}, "b": {"zh": "乙"}},
            "defaults": {"direction": "higher"},
            "indicators": (
                {"id": "1", "zh": "一", "formula": "a", "weight": first},
                {"id": "2", "zh": "二", "formula": "b", "weight": second},
            ),
        }
    )


def codes(made: Framework) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.severity)) for finding in check_framework(made)]


def test_fifty_beside_fifty_percent_is_an_error_and_never_99_to_1() -> None:
    assert codes(framework(50, "50%")) == [("mixed_weights", "error")]


def test_percentages_that_sum_to_130_are_a_warning() -> None:
    assert codes(framework("80%", "50%")) == [("weights_sum", "warning")]


@pytest.mark.parametrize(
    ("first", "second"), [("60%", "40%"), (0.8, 1.2), (3, 7), ("33.3%", "66.7%"), ("60%", "unknown"), (0.2, "80%")]
)
def test_weights_that_add_up_or_are_coefficients_pass(first: object, second: object) -> None:
    assert codes(framework(first, second)) == []


def test_a_scheme_with_3_percent_typed_for_30_is_a_warning_in_both_languages() -> None:
    made = WeightScheme.model_validate(
        {"id": "s", "framework": "f", "status": "expert", "weights": {"1": "70%", "2": "3%"}}
    )
    (finding,) = check_scheme(made, framework(1, 1))
    assert finding.code == "weights_sum"
    assert "73.00%" in finding.message.zh
    assert "73.00%" in finding.message.en
