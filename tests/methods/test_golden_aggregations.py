"""Published cases of aggregations, small enough to stand here whole, each with where it is printed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parkscore.methods import aggregation, scoring


def test_harmonic_python_statistics_documentation_of_a_car_at_two_speeds() -> None:
    # docs.python.org/3/library/statistics.html: 5 km at 40 and 5 at 60 km/h; then 5 at 40 and 30 at 60.
    np.testing.assert_allclose(aggregation["harmonic"]([[40.0, 60.0]], [5, 5]), [48.0], rtol=1e-15)
    np.testing.assert_allclose(aggregation["harmonic"]([[40.0, 60.0]], [5, 30]), [56.0], rtol=1e-15)


def test_harmonic_scipy_documentation_of_hmean() -> None:
    np.testing.assert_allclose(aggregation["harmonic"]([[1.0, 4.0, 7.0]], [3, 1, 3]), [1.9029126213592233], rtol=1e-15)


# UNDP, Human Development Report 2007/2008, table 4 and technical note 1 (exponent 3): the human poverty index HPI-2 of
# the countries for which all four figures are printed; then these, in per cent: the probability at birth of not living
# to 60, adults lacking functional literacy, long-term unemployment, people below half the median income.
HPI_2 = {
    "Sweden": (6.3, 6.7, 7.5, 1.1, 6.5),
    "Norway": (6.8, 7.9, 7.9, 0.5, 6.4),
    "Netherlands": (8.1, 8.3, 10.5, 1.8, 7.3),
    "Finland": (8.1, 9.4, 10.4, 1.8, 5.4),
    "Denmark": (8.2, 10.3, 9.6, 0.8, 5.6),
    "Germany": (10.3, 8.6, 14.4, 5.8, 8.4),
    "Switzerland": (10.7, 7.2, 15.9, 1.5, 7.6),
    "Canada": (10.9, 8.1, 14.6, 0.5, 11.4),
    "Australia": (12.1, 7.3, 17.0, 0.9, 12.2),
    "Belgium": (12.4, 9.3, 18.4, 4.6, 8.0),
    "United Kingdom": (14.8, 8.7, 21.8, 1.2, 12.5),
    "United States": (15.4, 11.6, 20.0, 0.4, 17.0),
    "Ireland": (16.0, 8.7, 22.6, 1.5, 16.2),
    "Italy": (29.8, 7.7, 47.0, 3.4, 12.7),
}


def test_power_hdr_2007_hpi_2_of_fourteen_countries() -> None:
    table = np.array(list(HPI_2.values()))
    # Index and figures are printed to one decimal: figures off by 0.05 move the index by no more than that.
    np.testing.assert_allclose(aggregation["power"](table[:, 1:], [1] * 4, exponent=3), table[:, 0], atol=0.1)


@pytest.mark.parametrize(
    ("exponent", "expected"), [(-2, 1.4969684896631954), (-1, 1.9029126213592233), (0, 2.80668351922014)]
)
def test_power_scipy_documentation_of_pmean(exponent: float, expected: float) -> None:
    result = aggregation["power"]([[1.0, 4.0, 7.0]], [3, 1, 3], exponent=exponent)
    np.testing.assert_allclose(result, [expected], rtol=1e-14)


def test_owa_yager_1996_most_of_four_criteria_of_unequal_importance() -> None:
    # Yager 1996, International Journal of Intelligent Systems 11, 49-73: importances 1, 0.6, 0.5, 0.9 and Q(r) = r².
    # Weights rounded to 0.04, 0.24, 0.41 and 0.31 give the printed 0.609.
    X = [[0.7, 1.0, 0.5, 0.6], [0.6, 0.3, 0.9, 1.0]]
    result = aggregation["owa"](X, [1.0, 0.6, 0.5, 0.9], exponent=2)
    np.testing.assert_allclose(result, [0.609, 0.566], atol=1e-3)


def test_min_wald_ceopedia_the_least_payment_of_each_strategy() -> None:
    # ceopedia.org, Maximin criterion (Wald 1950): four strategies in three states of nature.
    payments = [[200.0, 100, 120], [0, 300, -200], [0, 300, 500], [-100, 200, 0]]
    np.testing.assert_array_equal(aggregation["min"](payments, [1, 1, 1]), [100, -200, 0, -100])


def test_max_epa_aqi_of_the_worst_pollutant() -> None:
    # EPA-454/B-18-007 (2018), section II, worked example: ozone 126, fine particles 102, carbon monoxide 90.
    np.testing.assert_array_equal(aggregation["max"]([[126.0, 102.0, 90.0]], [1, 1, 1]), [126])


# FIRST, Common Vulnerability Scoring System 3.1, specification section 7.1, where the scope changes: 1.08 times impact
# and 1.08 times exploitability, together no more than 10, rounded up to one decimal. The values of the metrics stand in
# section 7.4, the first three scores in its examples, the last in the National Vulnerability Database.
@pytest.mark.parametrize(
    ("vulnerability", "privileges", "interaction", "impacts", "score"),
    [
        ("CVE-2013-1937", 0.85, 0.62, (0.22, 0.22, 0.0), 6.1),
        ("CVE-2013-0375", 0.68, 0.85, (0.22, 0.22, 0.0), 6.4),
        ("CVE-2012-1516", 0.68, 0.85, (0.56, 0.56, 0.56), 9.9),
        ("CVE-2021-44228", 0.85, 0.85, (0.56, 0.56, 0.56), 10.0),
    ],
)
def test_capped_sum_cvss_3_1_of_impact_and_exploitability(
    vulnerability: str, privileges: float, interaction: float, impacts: tuple[float, ...], score: float
) -> None:
    whole = 1 - math.prod(1 - each for each in impacts)
    impact = 7.52 * (whole - 0.029) - 3.25 * (whole - 0.02) ** 15
    exploitability = 8.22 * 0.85 * 0.77 * privileges * interaction  # over the network, of low complexity
    (result,) = aggregation["capped_sum"]([[1.08 * impact, 1.08 * exploitability]], [1, 1], cap=10)
    assert math.ceil(result * 10) / 10 == score, vulnerability


def test_grey_relational_yildirim_onder_2015_to_the_digits_of_jmcdm() -> None:
    # Yıldırım, Önder 2015, Çok Kriterli Karar Verme Yöntemleri, Dora; every digit in the manual of JMcDM (Julia).
    X = np.array(
        [
            [105000.0, 105, 10, 4, 300, 10],
            [120000, 110, 15, 4, 500, 8],
            [150000, 120, 12, 3, 550, 12],
            [115000, 105, 20, 4, 600, 9],
            [135000, 115, 15, 5, 400, 9],
        ]
    )
    benefits = X * [-1, 1, -1, 1, 1, -1]
    result = aggregation["grey_relational"](benefits, [0.05, 0.20, 0.10, 0.15, 0.10, 0.40])
    expected = [0.525, 0.7007142857142857, 0.5464285714285715, 0.5762820512820512, 0.650952380952381]
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_rsr_mathmodels_documentation_of_three_units() -> None:
    # zhjx19/mathmodels (R), example of rank_sum_ratio: A 0.333, B 1, C 0.667.
    result = aggregation["rsr"]([[10.0, 5.0], [20.0, 10.0], [15.0, 8.0]], [0.4, 0.6])
    np.testing.assert_allclose(result, [0.333, 1.0, 0.667], atol=5e-4)


# --- cases of pymcdm and scikit-criteria whose method is made of aggregations and scoring rules of the shelf ------


@pytest.fixture
def cases(golden: Path) -> dict[str, Any]:
    found = {}
    for name in ("pymcdm_tests.json", "scikit_criteria_tests.json"):
        listed = json.loads((golden / "methods" / name).read_text(encoding="utf-8"))
        found |= {case["id"].split(".", 1)[1]: case for case in listed}
    return found


def _of_vector_length(case: dict[str, Any]) -> np.ndarray:
    """Each column over its length, costs as the reciprocals of that."""
    matrix = case["decision_matrix"]
    X = np.array(matrix["matrix"], dtype=float)
    scaled = X / np.sqrt(np.square(X).sum(axis=0))
    return np.where(np.array(matrix["objectives"]) > 0, scaled, 1 / scaled)


def test_product_kracka_2010_full_multiplicative_form(cases) -> None:
    case = cases["test_FullMultiplicativeForm_kracka2010ranking"]
    result = np.log(aggregation["product"](_of_vector_length(case), [1] * 7))
    # scikit-criteria adds a small number to the products before it takes the logarithm.
    np.testing.assert_allclose(result, case["expected"]["extra"]["score"], atol=5e-5)


def test_product_as_scikit_criteria_computes_it_of_benefits(cases) -> None:
    case = cases["test_FullMultiplicativeForm_only_maximize"]
    result = np.log(aggregation["product"](_of_vector_length(case), [1] * 3))
    np.testing.assert_allclose(result, case["expected"]["extra"]["score"], atol=1e-6)


@pytest.mark.parametrize("share", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
def test_arithmetic_and_geometric_chakraborty_2015_mixed_as_waspas_mixes_them(cases, share: float) -> None:
    place = round(share * 10)
    case = cases[f"test_WASPAS_chakraborty2015applications[{share}-expected_rank{place}-expected_scores{place}]"]
    X, w = case["decision_matrix"]["matrix"], case["decision_matrix"]["weights"]
    mixed = share * aggregation["arithmetic"](X, w) + (1 - share) * aggregation["geometric"](X, w)
    np.testing.assert_allclose(mixed, case["expected"]["extra"]["score"], atol=1.1e-4)


def test_arithmetic_and_geometric_chakraborty_2015_machines_of_pymcdm(cases) -> None:
    case = cases["TestWASPAS.test_output"]
    X, w = np.array(case["matrix"]), case["weights"]
    scores = np.where(np.equal(case["types"], 1), X / X.max(axis=0), X.min(axis=0) / X)
    mixed = (aggregation["arithmetic"](scores, w) * sum(w) + aggregation["geometric"](scores, w) ** sum(w)) / 2
    np.testing.assert_allclose(mixed, case["expected"], atol=5e-4)


def test_arithmetic_of_goalposts_dezert_2020_is_one_less_the_spotis_distance(cases) -> None:
    case = cases["TestSPOTIS.test_output"]
    low, high = np.array(case["bounds"]).T
    columns = np.array(case["matrix"]).T
    scores = np.column_stack(
        [
            scoring["goalposts"](x, direction=sign, low=a, high=b)
            for x, sign, a, b in zip(columns, case["types"], low, high, strict=True)
        ]
    )
    np.testing.assert_allclose(1 - aggregation["arithmetic"](scores, case["weights"]), case["expected"], atol=5e-5)
