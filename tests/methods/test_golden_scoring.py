"""Scores that papers, statistics offices and reference implementations print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from parkscore.methods import ranking, scoring

# --- OECD/JRC Handbook, 2008, Table 15: five normalisations of one indicator -------------------------------------
# Mean years of school, age 15 and above, of 23 countries; "c" is the country that others are measured against.

COUNTRIES = (
    "Finland", "United States", "Sweden", "Japan", "Korea", "Netherlands", "UK", "Canada", "Australia", "Singapore",
    "Germany", "Norway", "Ireland", "Belgium", "New Zealand", "Austria", "France", "Israel", "Spain", "Italy",
    "Czech Rep.", "Hungary", "Slovenia",
)  # fmt: skip
YEARS_OF_SCHOOL = np.array([
    10, 12, 11.4, 9.5, 10.8, 9.4, 9.4, 11.6, 10.9, 7.1, 10.2, 11.9, 9.4, 9.3, 11.7, 8.4, 7.9, 9.6, 7.3, 7.2, 9.5, 9.1,
    7.1,
])  # fmt: skip
PRINTED = {
    "rank": (
        15, 23, 19, 12, 17, 9, 9, 20, 18, 1, 16, 22, 9, 8, 21, 6, 5, 14, 4, 3, 12, 7, 1,
    ),
    "zscore": (
        0.26, 1.52, 1.14, -0.06, 0.76, -0.12, -0.12, 1.27, 0.83, -1.58, 0.38, 1.46, -0.12, -0.19, 1.33, -0.76, -1.08,
        0.00, -1.46, -1.52, -0.06, -0.31, -1.58,
    ),
    "minmax": (
        0.59, 1.00, 0.88, 0.49, 0.76, 0.47, 0.47, 0.92, 0.78, 0.00, 0.63, 0.98, 0.47, 0.45, 0.94, 0.27, 0.16, 0.51,
        0.04, 0.02, 0.49, 0.41, 0.00,
    ),
    "c=best": (
        0.83, 1.00, 0.95, 0.79, 0.90, 0.78, 0.78, 0.97, 0.91, 0.59, 0.85, 0.99, 0.78, 0.78, 0.98, 0.70, 0.66, 0.80,
        0.61, 0.60, 0.79, 0.76, 0.59,
    ),
    "c=worst": (
        1.41, 1.69, 1.61, 1.34, 1.52, 1.32, 1.32, 1.63, 1.54, 1.00, 1.44, 1.68, 1.32, 1.31, 1.65, 1.18, 1.11, 1.35,
        1.03, 1.01, 1.34, 1.28, 1.00,
    ),
}  # fmt: skip


def _assert_as_printed(scores: np.ndarray, column: str) -> None:
    """Equal to a printed column of two decimals, to half of the last."""
    np.testing.assert_allclose(scores, PRINTED[column], rtol=0, atol=0.005 + 1e-12)


def test_rank_handbook_2008_counts_from_the_lowest_as_the_table_does():
    np.testing.assert_array_equal(scoring["rank"](YEARS_OF_SCHOOL), PRINTED["rank"])


def test_zscore_handbook_2008_has_the_sample_deviation():
    _assert_as_printed(scoring["zscore"](YEARS_OF_SCHOOL, divisor="n-1"), "zscore")


def test_minmax_handbook_2008():
    _assert_as_printed(scoring["minmax"](YEARS_OF_SCHOOL), "minmax")


def test_max_handbook_2008_is_the_ratio_to_the_best_country():
    _assert_as_printed(scoring["max"](YEARS_OF_SCHOOL), "c=best")


@pytest.mark.parametrize(("country", "column"), [("United States", "c=best"), ("Slovenia", "c=worst")])
def test_distance_to_reference_handbook_2008_from_zero_is_the_ratio_to_one_country(country, column):
    units = np.array(COUNTRIES)
    scores = scoring["distance_to_reference"](YEARS_OF_SCHOOL, unit=country, units=units, worst=0.0, clip=False)
    _assert_as_printed(scores, column)


# --- official series and targets ---------------------------------------------------------------------------------


def test_base_index_rd_bulletin_2022_gives_the_printed_growth():
    # 国家统计局、科学技术部、财政部: 2021 年、2022 年全国科技经费投入统计公报. R&D expenditure (亿元): all; basic,
    # applied and experimental; by enterprises, institutes and universities.
    expenditure_2021 = np.array([27956.3, 1817.0, 3145.4, 22995.9, 21504.1, 3717.9, 2180.5])
    expenditure_2022 = [30782.9, 2023.5, 3482.5, 25276.9, 23878.6, 3814.4, 2412.4]
    growth = [10.1, 11.4, 10.7, 9.9, 11.0, 2.6, 10.6]
    index = scoring["base_index"](expenditure_2022, base_year=2021, base=expenditure_2021)
    np.testing.assert_allclose(index - 100, growth, rtol=0, atol=0.05)


def _due(start: float, years: range) -> np.ndarray:
    """What Scotland may still emit in a year, as a share of the baseline: who emits all of it attains just that."""
    as_much_as_ever = np.full(len(years), 100.0)
    path = {"base_year": 2020, "base_value": start, "target_year": 2030, "target": 100 - 75.0}
    return scoring["dated_target"](as_much_as_ever, direction=-1, years=np.array(years), **path)


@pytest.mark.parametrize(
    ("interim", "printed"),
    [
        (56.0, (57.9, 59.8, 61.7, 63.6, 65.5, 67.4, 69.3, 71.2, 73.1, 75.0)),
        (48.5, (51.1, 53.8, 56.4, 59.1, 61.7, 64.4, 67.0, 69.7, 72.3, 75.0)),
    ],
)
def test_dated_target_scotland_2023_goes_in_equal_steps_to_the_target_of_2030(interim, printed):
    # Scottish Government, Climate Change (Scotland) Act 2009 interim target amendment regulations 2023, statement:
    # annual targets (% below the baseline) before and after the interim target of 2020 went from 56 % to 48.5 %.
    reductions = 100 - _due(100 - interim, range(2021, 2031))
    np.testing.assert_allclose(reductions, printed, rtol=0, atol=0.05 + 1e-12)


def test_dated_target_at_a_rate_of_the_zones_energy_use_from_2019_to_2022():
    # 国科发火〔2021〕28号: 0.464 吨标准煤/万元 in 2019. 工信部, 12 December 2023: 0.423 in 2022.
    # That is 3.0 % less each year.
    score = scoring["dated_target"](
        [1.0], direction=-1, years=np.array([2022]), base_year=2019, base_value=0.464, rate=-0.03
    )
    assert round(float(score[0]) / 100, 3) == 0.423


# --- published rankings, from their normalisation on -------------------------------------------------------------
# What follows the scores is the paper's own last step, written out beside them.


class Example(NamedTuple):
    """A published example: directions 1 and -1; `own` is the whole record."""

    matrix: np.ndarray
    weights: np.ndarray
    directions: np.ndarray
    expected: np.ndarray
    own: dict[str, Any]


def _pymcdm(golden: Path, name: str) -> Example:
    cases = json.loads((golden / "methods" / "pymcdm_tests.json").read_text(encoding="utf-8"))
    (own,) = [case for case in cases if case["id"] == f"pymcdm.{name}"]
    matrix, weights, expected = (np.array(own[key], dtype=float) for key in ("matrix", "weights", "expected"))
    return Example(matrix, weights, np.array(own.get("types", np.ones(len(weights)))), expected, own)


def _scikit_criteria(golden: Path, name: str) -> Example:
    cases = json.loads((golden / "methods" / "scikit_criteria_tests.json").read_text(encoding="utf-8"))
    (own,) = [case for case in cases if case["id"] == f"scikit-criteria.{name}"]
    table = own["decision_matrix"]
    matrix, weights, directions = (np.array(table[key], dtype=float) for key in ("matrix", "weights", "objectives"))
    expected = np.array(own["expected"]["extra"].get("score", own["expected"]["values"]), dtype=float)
    return Example(matrix, weights, directions, expected, own)


def _best(example: Example) -> np.ndarray:
    return np.where(example.directions > 0, example.matrix.max(axis=0), example.matrix.min(axis=0))


def _worst(example: Example) -> np.ndarray:
    return np.where(example.directions > 0, example.matrix.min(axis=0), example.matrix.max(axis=0))


def test_goalposts_dezert_2020_spotis(golden):
    example = _pymcdm(golden, "TestSPOTIS.test_output")
    low, high = np.array(example.own["bounds"]).T
    near = scoring["goalposts"](example.matrix, low=low, high=high, direction=example.directions)
    np.testing.assert_allclose(1 - near @ example.weights, example.expected, atol=5e-5)


def test_middle_dezert_2020_spotis_with_an_expected_solution_point(golden):
    example = _pymcdm(golden, "TestSPOTIS2.test_output")
    low, high = np.array(example.own["bounds"]).T
    near = scoring["middle"](example.matrix, best=np.array(example.own["esp"]), farthest=high - low)
    np.testing.assert_allclose(1 - near @ example.weights, example.expected, atol=5e-5)


def test_interval_cables_2016_reference_ideal_method(golden):
    # The printed results hold a slip; these are the corrected ones, which the authors confirmed (pymcdm).
    example = _pymcdm(golden, "TestRIM.test_output")
    (start, end), (low, high) = np.array(example.own["range_t"]).T, np.array(example.own["ref_s"]).T
    # The paper counts the distance below the interval and that above it each in its own range.
    below, above = (
        scoring["interval"](example.matrix, low=low, high=high, farthest=np.where(room > 0, room, 1))
        for room in (low - start, end - high)
    )
    scores = np.where(example.matrix < low, below, above)
    missed = np.linalg.norm((1 - scores) * example.weights, axis=1)
    reached = np.linalg.norm(scores * example.weights, axis=1)
    np.testing.assert_allclose(reached / (reached + missed), example.expected, atol=5e-6)


def test_goalposts_zizovic_2020_rafsi_between_1_and_6(golden):
    example = _pymcdm(golden, "TestRAFSI.test_output")
    low, high = np.sort([example.own["ideal"], example.own["anti_ideal"]], axis=0)
    mapped = scoring["goalposts"](example.matrix, low=low, high=high, to=(1, 6))
    arithmetic, harmonic = (1 + 6) / 2, 2 / (1 + 1 / 6)
    share = np.where(example.directions > 0, mapped / (2 * arithmetic), harmonic / (2 * mapped))
    np.testing.assert_allclose(share @ example.weights, example.expected, atol=5e-5)


@pytest.mark.parametrize(("name", "half_a_digit"), [("test_output", 0.005), ("test_output2", 5e-5)])
def test_sum_zavadskas_turskis_2010_aras(golden, name, half_a_digit):
    example = _pymcdm(golden, f"TestARAS.{name}")
    optimal = np.array(example.own.get("xopt", _best(example)))
    shares = scoring["sum"](np.vstack([optimal, example.matrix]), direction=example.directions) @ example.weights
    np.testing.assert_allclose(shares[1:] / shares[0], example.expected, atol=half_a_digit)


@pytest.mark.parametrize("name", ["TestCOPRAS.test_output", "TestCOPRAS2.test_output"])
def test_sum_zavadskas_2007_copras_where_the_example_adds_the_shares_of_costs_too(golden, name):
    example = _pymcdm(golden, name)
    significance = scoring["sum"](example.matrix) @ example.weights
    np.testing.assert_allclose(significance / significance.max(), example.expected, atol=5e-5)


def _copras(example: Example) -> np.ndarray:
    shares = scoring["sum"](example.matrix) * example.weights
    benefits, costs = (shares[:, example.directions == sign].sum(axis=1) for sign in (1, -1))
    significance = benefits + costs.sum() / (costs * (1 / costs).sum())
    return 100 * significance / significance.max()


def test_sum_uysal_2022_copras(golden):
    example = _scikit_criteria(golden, "test_COPRAS_Uysal2022assistants")
    np.testing.assert_allclose(_copras(example), example.expected, atol=5e-5)


def test_sum_wieckowski_2022_copras_ranks(golden):
    example = _scikit_criteria(golden, "test_COPRAS_Więckowski2022CriteriaMethodsComparison")
    np.testing.assert_array_equal(ranking["min"](_copras(example)), example.expected)


def test_sum_sotoudeh_anvari_2023_root_assessment(golden):
    example = _pymcdm(golden, "TestRAM.test_output")
    shares = scoring["sum"](example.matrix) * example.weights
    benefits, costs = (shares[:, example.directions == sign].sum(axis=1) for sign in (1, -1))
    np.testing.assert_allclose((2 + benefits) ** (1 / (2 + costs)), example.expected, atol=5e-5)


def test_sum_as_pymcdm_adds_and_multiplies_it(golden):
    added, multiplied = (_pymcdm(golden, f"Test{name}.test_output") for name in ("WSM", "WPM"))
    shares = scoring["sum"](added.matrix, direction=added.directions)
    np.testing.assert_allclose(shares @ added.weights, added.expected, atol=5e-4)
    np.testing.assert_allclose(np.prod(shares**multiplied.weights, axis=1), multiplied.expected, atol=5e-4)


def test_vector_siregar_2021_moora(golden):
    example = _pymcdm(golden, "TestMOORA.test_output")
    scores = scoring["vector"](example.matrix, direction=example.directions) @ example.weights
    # MOORA takes a cost from the total, where 1 - cost is added here.
    spent = example.weights[example.directions < 0].sum()
    np.testing.assert_allclose(scores - spent, example.expected, atol=5e-5)


def test_vector_kracka_2010_reference_point(golden):
    example = _scikit_criteria(golden, "test_ReferencePointMOORA_kracka2010ranking")
    scores = scoring["vector"](example.matrix, direction=example.directions)
    np.testing.assert_allclose((scores.max(axis=0) - scores).max(axis=1), example.expected, atol=5e-9)


def test_vector_wang_2021_simple_probid(golden):
    example = _pymcdm(golden, "TestPROBID.test_output")
    scores = scoring["vector"](example.matrix, direction=example.directions) * example.weights
    ideals = np.sort(scores, axis=0)[::-1]
    distances = np.linalg.norm(scores[:, np.newaxis] - ideals, axis=2)
    # A quarter of the eleven ideals at either end, the nearer ones counting more.
    ratio = (distances[:, -2:] @ [1 / 2, 1]) / (distances[:, :2] @ [1, 1 / 2])
    np.testing.assert_allclose(ratio, example.expected, atol=5e-5)


def test_minmax_pamucar_cirovic_2015_border_approximation(golden):
    example = _pymcdm(golden, "TestMABAC.test_output")
    weighted = (scoring["minmax"](example.matrix, direction=example.directions) + 1) * example.weights
    border = np.exp(np.log(weighted).mean(axis=0))
    np.testing.assert_allclose((weighted - border).sum(axis=1), example.expected, atol=5e-5)


def test_minmax_aksoy_2021_mairca_gaps(golden):
    example = _pymcdm(golden, "TestMAIRCA.test_output")
    gaps = 1 - scoring["minmax"](example.matrix, direction=example.directions)
    np.testing.assert_allclose(gaps @ example.weights / len(gaps), example.expected, atol=5e-5)


def test_minmax_yazdani_2019_combined_compromise(golden):
    example = _pymcdm(golden, "TestCOCOSO.test_output")
    scores = scoring["minmax"](example.matrix, direction=example.directions)
    added, powers = scores @ example.weights, (scores**example.weights).sum(axis=1)
    whole = added + powers
    three = whole / whole.sum(), added / added.min() + powers / powers.min(), whole / (added.max() + powers.max())
    compromise = np.prod(three, axis=0) ** (1 / 3) + np.mean(three, axis=0)
    np.testing.assert_allclose(compromise, example.expected, atol=5e-4)


def test_minmax_and_vector_boskovic_2023_two_step_normalisation(golden):
    example = _pymcdm(golden, "TestAROMAN.test_output")
    scores = (scoring["minmax"](example.matrix) + scoring["vector"](example.matrix)) / 4 * example.weights
    benefits, costs = (scores[:, example.directions == sign].sum(axis=1) for sign in (1, -1))
    np.testing.assert_allclose(np.sqrt(benefits) + np.sqrt(costs), example.expected, atol=5e-5)


def _to_the_best(example: Example) -> np.ndarray:
    """Each value over the best one, or the best over it where lower is better."""
    return scoring["benchmark"](example.matrix, benchmark=_best(example), full=1, direction=example.directions)


def test_benchmark_chakraborty_2015_waspas_example_1(golden):
    example = _pymcdm(golden, "TestWASPAS.test_output")
    scores = _to_the_best(example)
    joint = (scores @ example.weights + np.prod(scores**example.weights, axis=1)) / 2
    np.testing.assert_allclose(joint, example.expected, atol=5e-5)


@pytest.mark.parametrize("step", range(11))
def test_benchmark_chakraborty_2015_waspas_example_2(golden, step):
    name = f"test_WASPAS_chakraborty2015applications[{step / 10:g}-expected_rank{step}-expected_scores{step}]"
    normalised = _scikit_criteria(golden, name)
    raw = normalised._replace(matrix=np.array(normalised.own["matrix"]), directions=np.array([-1, -1, -1, 1]))
    scores = _to_the_best(raw)
    np.testing.assert_allclose(scores, normalised.matrix, rtol=1e-12)
    added, multiplied = scores @ raw.weights, np.prod(scores**raw.weights, axis=1)
    np.testing.assert_allclose(added * step / 10 + multiplied * (1 - step / 10), raw.expected, atol=1e-4)


def _codas(example: Example) -> np.ndarray:
    beyond = _to_the_best(example) * example.weights
    beyond -= beyond.min(axis=0)
    straight, blocks = np.linalg.norm(beyond, axis=1), beyond.sum(axis=1)
    farther = np.subtract.outer(straight, straight)
    return (farther + (np.abs(farther) >= 0.02) * np.subtract.outer(blocks, blocks)).sum(axis=1)


def test_benchmark_badi_2017_codas(golden):
    example = _pymcdm(golden, "TestCODAS.test_output")
    np.testing.assert_allclose(_codas(example), example.expected, atol=5e-5)


@pytest.mark.parametrize(
    ("name", "rounding"),
    [
        ("lisco", 5e-5),
        ("libya", 5e-5),
        # These papers went on from normalised values of three or four decimals.
        ("bakir_atalik_2018", 5e-4),
        ("cloud_service", 2.5e-3),
        ("zavadaskas_turskis_2010", 5e-4),
    ],
)
def test_benchmark_codas_of_five_papers(golden, name, rounding):
    example = _scikit_criteria(golden, f"test_CODAS_{name}")
    np.testing.assert_allclose(_codas(example), example.expected, atol=rounding)


def test_benchmark_ulutas_2020_marcos(golden):
    example = _pymcdm(golden, "TestMARCOS.test_output")
    best, worst = _best(example), _worst(example)
    extended = np.vstack([example.matrix, best, worst])
    scores = scoring["benchmark"](extended, benchmark=best, full=1, direction=example.directions) @ example.weights
    to_best, to_worst = scores[:-2] / scores[-2], scores[:-2] / scores[-1]
    whole = to_best + to_worst
    # f(K-) = K+ / (K+ + K-) and f(K+) = K- / (K+ + K-).
    utility = whole / (1 + (1 - to_worst / whole) / (to_worst / whole) + (1 - to_best / whole) / (to_best / whole))
    np.testing.assert_allclose(utility, example.expected, atol=5e-5)
