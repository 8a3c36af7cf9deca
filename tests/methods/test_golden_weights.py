"""Published cases of weighting methods, small enough to stand here whole, each with where it is printed."""

from __future__ import annotations

import numpy as np

from parkscore.methods import scoring, weighting

# R's data set USArrests (World Almanac 1975; McNeil 1977): arrests for murder, assault and rape per 100,000 inhabitants
# and the percentage of urban population, in the 50 states of the USA in alphabetical order.
MURDER = [
    *(13.2, 10, 8.1, 8.8, 9, 7.9, 3.3, 5.9, 15.4, 17.4, 5.3, 2.6, 10.4, 7.2, 2.2, 6, 9.7, 15.4, 2.1, 11.3, 4.4, 12.1),
    *(2.7, 16.1, 9, 6, 4.3, 12.2, 2.1, 7.4, 11.4, 11.1, 13, 0.8, 7.3, 6.6, 4.9, 6.3, 3.4, 14.4, 3.8, 13.2, 12.7, 3.2),
    *(2.2, 8.5, 4, 5.7, 2.6, 6.8),
]
ASSAULT = [
    *(236, 263, 294, 190, 276, 204, 110, 238, 335, 211, 46, 120, 249, 113, 56, 115, 109, 249, 83, 300, 149, 255, 72),
    *(259, 178, 109, 102, 252, 57, 159, 285, 254, 337, 45, 120, 151, 159, 106, 174, 279, 86, 188, 201, 120, 48, 156),
    *(145, 81, 53, 161),
]
URBAN = [
    *(58, 48, 80, 50, 91, 78, 77, 72, 80, 60, 83, 54, 83, 65, 57, 66, 52, 66, 51, 67, 85, 74, 66, 44, 70, 53, 62, 81),
    *(56, 89, 70, 86, 45, 44, 75, 68, 67, 72, 87, 48, 45, 59, 80, 80, 32, 63, 73, 39, 66, 60),
]
RAPE = [
    *(21.2, 44.5, 31, 19.5, 40.6, 38.7, 11.1, 15.8, 31.9, 25.8, 20.2, 14.2, 24, 21, 11.3, 18, 16.3, 22.2, 7.8, 27.8),
    *(16.3, 35.1, 14.9, 17.1, 28.2, 16.4, 16.5, 46, 9.5, 18.8, 32.1, 26.1, 16.1, 7.3, 21.4, 20, 29.3, 14.9, 8.3, 22.5),
    *(12.8, 26.9, 25.5, 22.9, 11.2, 20.7, 26.2, 9.3, 10.8, 15.6),
]
US_ARRESTS = np.column_stack([MURDER, ASSAULT, URBAN, RAPE]).astype(float)
# James, Witten, Hastie, Tibshirani 2013, An Introduction to Statistical Learning, section 10.4 (lab 1): the loadings of
# the first two principal components of the standardised data and the standard deviations of the components.
FIRST = np.array([0.5358995, 0.5831836, 0.2781909, 0.5434321])
SECOND = np.array([0.4181809, 0.1879856, -0.8728062, -0.1673186])
DEVIATIONS = np.array([1.5748783, 0.9948694])


def test_pca_us_arrests_by_the_squares_of_the_loadings_printed_by_james_2013():
    np.testing.assert_allclose(weighting["pca"](US_ARRESTS), FIRST**2, atol=1e-7)


def test_pca_us_arrests_of_the_two_components_that_explain_four_fifths():
    first, second = DEVIATIONS**2
    expected = (first * FIRST**2 + second * SECOND**2) / (first + second)
    np.testing.assert_allclose(weighting["pca"](US_ARRESTS, explained=0.8), expected, atol=2e-7)


def test_vertical_horizontal_us_arrests_of_z_scores_by_the_loadings_printed_by_james_2013():
    # Of z-scores, H is n times the correlations: its first eigenvector holds the loadings of the first component.
    z = scoring["zscore"](US_ARRESTS)
    np.testing.assert_allclose(weighting["vertical_horizontal"](z), FIRST / FIRST.sum(), atol=1e-7)


def test_vertical_horizontal_us_arrests_counts_squares_from_zero_and_not_from_the_mean():
    # Scores that are not standardised first give other weights: the method itself centres nothing.
    z = scoring["zscore"](US_ARRESTS)
    moved = weighting["vertical_horizontal"](z + np.array([0.0, 0.0, 5.0, 0.0]))
    assert moved[2] > 2 * weighting["vertical_horizontal"](z)[2]


def test_coefficient_of_variation_objective_weighting_documentation_to_its_four_decimals():
    # energyinpython/objective-weighting, docs/usage.rst; the table is that of Shuai et al. 2012.
    X = [[30.0, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
    expected = [0.4258, 0.3610, 0.2121, 0.0011]
    np.testing.assert_allclose(weighting["coefficient_of_variation"](X), expected, atol=5e-5)


def test_coefficient_of_variation_mathmodels_documentation_to_its_six_decimals():
    # zhjx19/mathmodels (R), example of cv_weight.
    result = weighting["coefficient_of_variation"]([[10.0, 5.0], [20.0, 10.0], [15.0, 8.0]])
    np.testing.assert_allclose(result, [0.503839, 0.496161], atol=5e-7)


def _judged(name: str, **judgements: list[float] | str) -> np.ndarray:
    stated = {key: value if isinstance(value, str) else np.array(value, float) for key, value in judgements.items()}
    size = max(len(value) for value in judgements.values() if not isinstance(value, str))
    return weighting[name](np.zeros((1, size)), **stated)


# jakub-tomczak/BWM (R), tests/testthat/test-example-data.R: the linear model of Rezaei 2016 for choosing a car by its
# quality, price, comfort, safety and style, once with comparisons that agree and once with some that do not.


def test_best_worst_tomczak_bwm_car_with_comparisons_that_agree():
    weights = _judged("best_worst", best_to_others=[2, 1, 4, 2, 8], others_to_worst=[4, 8, 2, 4, 1])
    np.testing.assert_allclose(weights, [0.21052632, 0.42105263, 0.10526316, 0.21052632, 0.05263158], atol=5e-9)


def test_best_worst_tomczak_bwm_car_with_comparisons_that_contradict():
    best, worst = [2, 1, 4, 3, 8], [4, 8, 2, 3, 1]
    weights = _judged("best_worst", best_to_others=best, others_to_worst=worst)
    np.testing.assert_allclose(weights, [0.22950820, 0.44808743, 0.11475410, 0.15300546, 0.05464481], atol=5e-9)
    # It prints ξ over the consistency index of Rezaei 2015 for 8 times as important, 4.47.
    remark = weighting["best_worst"].remark
    assert remark is not None
    said = remark({"best_to_others": np.array(best, float), "others_to_worst": np.array(worst, float)})
    assert f"{0.002444958 * 4.47:.4f}" in said.en


def test_rank_order_barron_barrett_1996_centroids_of_two_to_five_indicators():
    # Barron, Barrett 1996, Management Science 42(11), 1515-1523; the same table in Edwards, Barron 1994.
    printed = {
        2: [0.7500, 0.2500],
        3: [0.6111, 0.2778, 0.1111],
        4: [0.5208, 0.2708, 0.1458, 0.0625],
        5: [0.4567, 0.2567, 0.1567, 0.0900, 0.0400],
    }
    for size, expected in printed.items():
        np.testing.assert_allclose(_judged("rank_order", ranks=list(range(1, size + 1))), expected, atol=5e-5)
