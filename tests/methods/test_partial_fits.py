"""A reference merged from pieces is the reference of all rows at once, to the last bit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from parkscore.methods import DomainError, Method, imputation, scoring, treatment
from parkscore.methods.columns import means, moments, root
from parkscore.methods.partial_fits import Gathered, gather
from parkscore.methods.scoring_ranks import InOrder

Array = NDArray[Any]

STATED: dict[str, list[dict[str, Any]]] = {
    "minmax": [{}, {"low": 2.0}, {"low": 2.0, "high": 3.0}],
    "log": [{}, {"high": 1e6}],
    "zscore": [{}, {"divisor": "n-1"}, {"mean": 1.0, "sd": 2.0}],
    "sum": [{}, {"direction": -1}, {"total": 4.0}],
    "max": [{}, {"top": 4.0}],
    "vector": [{}, {"length": 4.0}],
    "distance_to_max": [{}, {"direction": -1}, {"best": 4.0}],
    "distance_to_target": [{"target": 4.0}, {"target": 4.0, "direction": -1}],
    "distance_to_reference": [{"unit": "3"}, {"unit": "3", "direction": -1}, {"unit": "3", "goal": 1.0}],
    "efficacy": [{}, {"direction": -1, "satisfactory": 0.5}],
    "middle": [{"best": 4.0}, {"best": 4.0, "farthest": 3.0}],
    "interval": [{"low": 2.0, "high": 4.0}],
}
RULES = [pytest.param(name, stated, id=f"{name}-{stated}") for name, each in STATED.items() for stated in each]

# Such as are added up differently in another order, and such as vanish beside others.
values = st.one_of(
    st.floats(1e-3, 1e9),
    st.sampled_from([0.1, 0.2, 0.3, 1e16, 1e-30, 5e-324, 1e150, math.nan]),
    st.integers(1, 10**10).map(float),
)
columns = st.lists(values, min_size=1, max_size=30)
cuts = st.lists(st.integers(0, 30), max_size=4)
shuffles = st.randoms(use_true_random=False)


def merged(pieces: list[Gathered]) -> Gathered:
    """All of them in one."""
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece
    return whole


def bits(reference: Mapping[str, Any]) -> dict[str, bytes]:
    """A reference to the last bit."""
    return {name: np.asarray(value, dtype=np.float64).tobytes() for name, value in reference.items()}


def outcome(fit: Any, *data: Any, **stated: Any) -> dict[str, bytes] | str:
    """A reference, or why there is none."""
    try:
        return bits(fit(*data, **stated))
    except DomainError as refusal:
        return refusal.reason.en


def test_every_rule_that_is_fitted_is_gathered_or_says_that_it_needs_a_sort() -> None:
    for rule in scoring.values():
        fitted = rule.fit is not None
        assert bool(rule.gathers) == (rule.fit_gathered is not None) == (fitted and not rule.needs_sort)
        assert fitted or rule.row_local or rule.needs_sort
    assert STATED.keys() == {rule.name for rule in scoring.values() if rule.gathers}


@pytest.mark.parametrize(("name", "stated"), RULES)
@given(column=columns, ends=cuts, random=shuffles)
def test_no_split_and_no_order_changes_a_bit_of_a_reference(
    name: str, stated: dict[str, Any], column: list[float], ends: list[int], random: Any
) -> None:
    rule = scoring[name]
    assert rule.fit is not None
    assert rule.fit_gathered is not None
    x, units = np.array(column), np.arange(len(column)).astype(str)
    supplied = {"units": units} if "units" in rule.parameters else {}
    whole = outcome(rule.fit, x, **stated, **supplied)

    order = list(range(x.size))
    random.shuffle(order)
    bounds = sorted({0, *(min(end, x.size) for end in ends), x.size})
    named = units == stated.get("unit")
    rows = [order[start:end] for start, end in pairwise(bounds)]
    pieces = [gather(x[own], rule.gathers, named=named[own]) for own in rows]
    random.shuffle(pieces)
    assert outcome(rule.fit_gathered, merged(pieces), **stated) == whole


@pytest.mark.parametrize(("name", "stated"), RULES)
@given(column=st.lists(st.tuples(values, st.integers(-1, 2)), min_size=1, max_size=30))
def test_groups_are_fitted_as_each_is_alone(name: str, stated: dict[str, Any], column: list[tuple[float, int]]) -> None:
    rule = scoring[name]
    assert rule.fit is not None
    assert rule.fit_gathered is not None
    x, codes = np.array([value for value, _ in column]), np.array([code for _, code in column])
    units = np.arange(x.size).astype(str)
    named = units == stated.get("unit")
    gathered = gather(x, rule.gathers, codes, 3, named=named)
    for code in range(3):
        own = codes == code
        supplied = {"units": units[own]} if "units" in rule.parameters else {}
        alone = outcome(rule.fit, x[own], **stated, **supplied)
        assert outcome(rule.fit_gathered, gathered.only(code), **stated) == alone


@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=12))
def test_the_columns_of_a_table_are_fitted_as_each_is_alone(table: list[list[float]]) -> None:
    X = np.array(table)
    for name, each in STATED.items():
        for stated in each:
            rule = scoring[name]
            assert rule.fit_gathered is not None
            named = np.arange(len(X)) == 0
            within = rule.fit_gathered(gather(X, rule.gathers, named=named), **stated)
            for column in range(3):
                alone = rule.fit_gathered(gather(X[:, column], rule.gathers, named=named), **stated)
                assert bits(alone) == bits({key: np.asarray(value)[column] for key, value in within.items()})


@pytest.mark.parametrize("divisor", ["n", "n-1"])
@example(column=[0.0, 0.0, 0.0, 2.2250738585072014e-308])
@example(column=[0.0, 5e-324])
@given(column=st.lists(st.floats(-1e150, 1e150), min_size=2, max_size=30))
def test_a_standard_deviation_is_the_float_nearest_to_that_of_fractions(divisor: Any, column: list[float]) -> None:
    mean, spread = moments(np.array(column), divisor)
    exact = [Fraction(value) for value in column]
    middle = sum(exact) / len(exact)
    variance = sum((value - middle) ** 2 for value in exact) / (len(exact) - (divisor == "n-1"))
    if spread == 0:  # no spread beyond rounding, or one that is nearer to 0 than to the smallest number
        least = Fraction(math.ulp(0.0)) / 2
        assert max(column) - min(column) <= 1e-14 * max(map(abs, column)) or variance <= least**2
    else:
        below, above = Fraction(math.nextafter(spread, 0)), Fraction(math.nextafter(spread, math.inf))
        half_below, half_above = (Fraction(float(spread)) + below) / 2, (Fraction(float(spread)) + above) / 2
        assert half_below**2 <= variance <= half_above**2
    assert abs(Fraction(float(mean)) - middle) <= Fraction(math.ulp(max(map(abs, column))))


@given(st.integers(0, 10**40), st.integers(1, 10**40), st.integers(-100, 100))
def test_a_root_is_the_float_nearest_to_it(numerator: int, denominator: int, exponent: int) -> None:
    found = root(numerator, denominator, exponent)
    exact = Fraction(numerator, denominator) * Fraction(4) ** exponent
    below, above = (Fraction(math.nextafter(found, end)) for end in (0, math.inf))
    assert ((Fraction(found) + below) / 2) ** 2 <= exact <= ((Fraction(found) + above) / 2) ** 2


@pytest.mark.parametrize("name", ["mean", "group_mean"])
@given(column=columns, ends=cuts)
def test_a_gap_is_filled_with_the_mean_of_all_pieces(name: str, column: list[float], ends: list[int]) -> None:
    fill = imputation[name]
    assert fill.fit_gathered is not None
    bounds = sorted({0, *(min(end, len(column)) for end in ends), len(column)})
    pieces = [gather(column[start:end], fill.gathers) for start, end in pairwise(bounds)]
    x = np.array([*column, math.nan])[:, np.newaxis]
    supplied = {"groups": np.zeros(len(x), dtype=np.int64)} if name == "group_mean" else {}
    assert bits(fill.fit_gathered(merged(pieces))) == bits({"value": fill(x, **supplied)[-1, 0]})


def test_a_later_piece_may_have_groups_that_no_earlier_one_had() -> None:
    names = ("count", "lowest", "sum", "named_rows")
    first, second = gather([1.0, 2.0], names, [0, 0], 1), gather([4.0], names, [2], 3)
    for joined in (first + second, second + first):
        assert joined["count"].tolist() == [2, 0, 1]
        assert joined["sum"].tolist() == [3, 0, 4]
        np.testing.assert_array_equal(joined["lowest"], [1, np.nan, 4])


def test_a_mean_of_equal_values_is_that_value() -> None:
    assert means(np.array([0.1] * 3)) == 0.1
    np.testing.assert_array_equal(means(np.array([[0.1, np.nan]] * 3)), [0.1, np.nan])


def test_an_infinite_value_is_refused_with_its_place() -> None:
    with pytest.raises(DomainError, match="at most 1e150") as caught:
        gather([[1.0, 2.0], [3.0, math.inf]], ["sum"])
    assert (caught.value.columns, caught.value.units) == ((1,), (1,))


def test_a_value_of_zero_where_lower_is_better_is_refused_in_whichever_piece_it_was() -> None:
    rule = scoring["sum"]
    assert rule.fit_gathered is not None
    gathered = gather([1.0], rule.gathers) + gather([0.0], rule.gathers)
    with pytest.raises(DomainError, match="above zero"):
        rule.fit_gathered(gathered, direction=-1)


def test_statistics_of_other_names_or_kinds_are_not_joined() -> None:
    for other in (gather([1.0], ["count"]), gather([1.0], ["sum"], [0], 1)):
        with pytest.raises(ValueError, match="cannot be joined"):
            gather([1.0], ["sum"]) + other


def needs_no_other_unit(method: Method[Any]) -> bool:
    """Whether a method could run on a piece of the rows as it is."""
    return "unit by unit" in method.obeys


def test_every_treatment_is_by_unit_or_needs_the_whole_column_in_order() -> None:
    for method in treatment.values():
        assert method.needs_sort != needs_no_other_unit(method), method.name


def test_imputations_of_means_are_gathered_and_those_of_medians_need_a_sort() -> None:
    assert {name for name, method in imputation.items() if method.gathers} == {"mean", "group_mean"}
    assert {name for name, method in imputation.items() if method.needs_sort} == {"median", "group_median"}


near = st.sampled_from([0.3, 0.1 + 0.2, 0.1, -0.3, -0.1 - 0.2, 0.0, -0.0, 1e150, math.nextafter(0.3, 0), math.nan])
ranked = st.one_of(near, st.floats(-100, 100))


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("name", ["rank", "borda", "percentile"])
@given(column=st.lists(ranked, max_size=20), others=st.lists(ranked, max_size=20))
def test_whom_a_rule_counts_may_be_given_in_order(
    name: str, direction: int, column: list[float], others: list[float]
) -> None:
    x, among = np.array(column, dtype=np.float64), np.array(others, dtype=np.float64)
    in_order = np.sort(among[~np.isnan(among)]).view(InOrder)
    scores = scoring[name](x, direction=direction, among=in_order)
    np.testing.assert_array_equal(scores, scoring[name](x, direction=direction, among=among))


@given(st.lists(ranked, max_size=20), st.sampled_from([(5.0, 95.0), (0.0, 75.0), (25.0, 33.3)]))
def test_percentiles_are_the_same_of_a_column_in_order(column: list[float], percentiles: tuple[float, float]) -> None:
    rule, x = scoring["percentile_minmax"], np.array(column, dtype=np.float64)
    assert rule.fit is not None
    assert rule.fit_in_order is not None
    in_order = np.sort(x[~np.isnan(x)])
    assert bits(rule.fit_in_order(in_order, percentiles=percentiles)) == bits(rule.fit(x, percentiles=percentiles))
