"""Each promise on a card, and each edge of the data, for every registered method."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.methods import INVARIANCES, SHELVES, DomainError, Interval, Method, aggregation, scoring
from parkscore.methods.domain import FloatArray

# Values for parameters that a user must state, by method.
REQUIRED: dict[str, dict[str, Any]] = {
    "goalposts": {"low": 5.0, "high": 60.0},
    "distance_to_target": {"target": 60.0},
    "distance_to_reference": {"unit": "1"},
    "benchmark": {"benchmark": 30.0},
    "middle": {"best": 30.0},
    "interval": {"low": 20.0, "high": 40.0},
    "base_index": {"base_year": 2020},
    "dated_target": {"base_year": 2020, "rate": -0.04},
    "steps": {"closed": "left", "steps": [(30.0, 20.0)], "otherwise": 0.0},
    "bands": {"bands": [{"from": 20.0, "below": 40.0, "points": 5.0}], "otherwise": -1.0},
    "two_anchor": {"points": 8.0, "basic": 5.0, "full": 60.0, "at_basic": 0.6},
    "per": {"each": 2.0, "points": 1.0},
    "lookup": {"points": {"1": 10.0, 2: 5.0}, "otherwise": 0.0},
    "tiers": {"tiers": [{"when": "a > 0", "points": 10.0}], "otherwise": 0.0},
    # Judgements depend on the number of indicators.
    "ahp": {"matrix": lambda m: np.add.outer(np.arange(m), 1.0) / np.add.outer(np.zeros(m), np.arange(1.0, m + 1))},
    "best_worst": {
        "best_to_others": lambda m: np.arange(1.0, m + 1) ** 2,
        "others_to_worst": lambda m: np.arange(float(m), 0, -1),
    },
    "rank_order": {"ranks": lambda m: np.arange(m) // 2},
    "power": {"exponent": -2.0},
    "owa": {"exponent": 2.0},
    "capped_sum": {"cap": 120.0},
    "fuzzy": {"grades": [20.0, 40.0, 60.0, 80.0, 100.0]},
}
# What rules take from the data where it is not stated.
FITTED = {"low", "high", "mean", "sd", "total", "top", "length", "worst", "best", "unallowed", "satisfactory"}
# Rules for one direction only.
ONE_WAY = {"two_anchor": 1}
# Further settings that matter, beyond the choices and switches that are tried in any case.
FURTHER: dict[str, list[dict[str, Any]]] = {
    "power": [{"exponent": 0}, {"exponent": 1e-9}, {"exponent": 1}, {"exponent": 3.5}, {"exponent": 400.0}],
    "owa": [{"exponent": 0.5}, {"exponent": 1}],
    "capped_sum": [{"cap": -1.0}, {"floor": 60.0}],
    "fuzzy": [{"grades": [0.0, 100.0]}, {"grades": [-1.0, 0.5, 30.0], "operator": "max_min"}],
    "vikor": [{"majority": 0}, {"majority": 1}],
    "grey_relational": [{"distinguishing": 0.1}],
    "promethee_ii": [{"preference": 5.0}, {"indifference": 2, "preference": 2}, {"indifference": 1, "preference": 50}],
    "benefit_of_doubt": [{"least": 0.125}],
    "minmax": [
        {"low": 20.0},
        {"high": 60.0, "direction": -1},
        {"low": 20.0, "clip": False},
        {"high": 60.0, "clip": False},
        {"low": 20.0, "high": 60.0},
        {"low": 20.0, "high": 60.0, "clip": False, "direction": -1, "to": [60, 100]},
    ],
    "log": [{"low": 0.5, "high": 60.0}, {"to": [1, 100]}],
    "percentile_minmax": [{"percentiles": (25, 75), "to": [60, 100]}, {"low": 20.0}],
    "percentile": [{"to": [60, 100], "direction": -1}],
    "efficacy": [
        {"unallowed": 20.0, "satisfactory": 60.0},
        {"unallowed": 60.0, "satisfactory": 20.0, "direction": -1, "floor": 0.0},
        {"floor": 70.0},
    ],
    "distance_to_max": [{"to": [1, 100]}, {"worst": 20.0, "clip": False}],
    "distance_to_target": [{"target": 0.1, "clip": False}, {"target": 200.0, "direction": -1}],
    "distance_to_reference": [{"to": [1, 100], "direction": -1}],
    "benchmark": [{"full": 20.0, "direction": -1}],
    "middle": [{"best": 200.0, "to": [60, 100]}, {"farthest": 10.0}],
    "interval": [{"low": 30.0, "high": 30.0}, {"farthest": 10.0, "to": [1, 100]}],
    "dated_target": [
        {"rate": None, "base_value": 50.0, "target": 20.0, "target_year": 2022, "direction": -1},
        {"rate": None, "target": 20.0, "target_year": 2022, "full": 20.0},
        {"rate": 0.05, "base_value": 20.0, "target_year": 2021},
    ],
    "sum": [{"total": 50.0, "direction": -1}, {"floor": 60.0}],
    "vector": [{"length": 50.0, "direction": -1}],
    "steps": [
        {"closed": "right", "steps": [(60.0, 20.0), (30.0, 15.0), (0.5, -5.0)], "otherwise": -10.0},
        {"steps": [(20.0, 5.0), (40.0, 3.0)], "direction": -1},
        {"steps": [(60.0, 3.0), (30.0, 20.0)]},
    ],
    "bands": [
        {"bands": [{"to": 30.0, "points": 5.0}, {"over": 30.0, "below": 60.0, "points": 3}, {"from": 60, "points": 0}]},
        {"bands": [{"to": 30.0, "points": 0.0}, {"over": 30.0, "points": 3.0}], "direction": -1, "otherwise": None},
    ],
    "two_anchor": [{"basic": 60.0}, {"basic": 0.0}, {"at_basic": 0.0}, {"at_basic": 1.0, "basic": 0.1}],
    "per": [
        {"points": -5.0, "least": -20.0},
        {"most": 5.0, "least": 1.0},
        {"points": 30.0, "whole": False, "most": 40.0},
    ],
    "lookup": [{"points": {1: 3, "0.25": -2}}],
    "zscore": [{"center": 100, "scale": 10, "direction": -1}, {"mean": 3.0, "sd": 2.0}],
}


def _settings(method: Method) -> list[dict[str, Any]]:
    """Every combination of choices, switches and directions, then each further setting."""
    options: dict[str, list[Any]] = {}
    for name, parameter in method.parameters.items():
        if parameter.choices:
            options[name] = list(parameter.choices)
        elif isinstance(parameter.default, bool):
            options[name] = [True, False]
        elif name == "direction":
            options[name] = [ONE_WAY[method.name]] if method.name in ONE_WAY else [1, -1]
    combined = [dict(zip(options, values, strict=True)) for values in itertools.product(*options.values())]
    # Shelves share some names: a setting is for the method that has its parameters.
    further = [each for each in FURTHER.get(method.name, []) if set(each) <= set(method.parameters)]
    required = {k: v for k, v in REQUIRED.get(method.name, {}).items() if k in method.parameters}
    return [required | each for each in combined + further]


def _supplied(method: Method, X: FloatArray, rows: np.ndarray) -> dict[str, Any]:
    """What the engine hands to a scoring rule beside the values; it follows the rows."""
    base = 2.0 + rows % 3
    supplied = {
        "years": 2020 + rows % 4,
        "units": rows.astype(str).astype(object),
        "base": np.broadcast_to(base if X.ndim == 1 else base[:, np.newaxis], X.shape),
    }
    return {name: value for name, value in supplied.items() if name in method.parameters}


@dataclass(frozen=True)
class Case:
    """A method with its settings, on one table."""

    method: Method
    stated: dict[str, Any]
    X: FloatArray
    weights: FloatArray
    groups: FloatArray
    rows: np.ndarray | None = None

    @property
    def own_rows(self) -> np.ndarray:
        return np.arange(len(self.X)) if self.rows is None else self.rows

    @property
    def supplied(self) -> dict[str, Any]:
        return _supplied(self.method, self.X, self.own_rows) if self.method.shelf == "scoring" else {}

    def run(self) -> np.ndarray:
        stated = {k: v(self.X.shape[1]) if callable(v) else v for k, v in self.stated.items()}
        stated = stated | self.supplied
        if "groups" in self.method.parameters:
            stated = stated | {"groups": self.groups}
        if self.method.shelf == "imputation" and "years" in self.method.parameters:
            # A row keeps its own year wherever it stands, so no unit has a year twice.
            stated = stated | {"units": self.groups + 1, "years": self.own_rows}
        if self.method.shelf == "aggregation":
            return self.method(self.X, self.weights, **stated)
        if self.method.shelf == "ranking":
            return self.method(self.X[:, 0], **stated)
        result = self.method(self.X, **stated)
        return result.values if self.method.shelf == "treatment" else result

    def units(self, chosen: Any) -> Case:
        return replace(self, X=self.X[chosen], groups=self.groups[chosen], rows=self.own_rows[chosen])

    def indicators(self, chosen: Any) -> Case:
        return replace(self, X=self.X[:, chosen], weights=self.weights[chosen])

    @property
    def by_unit(self) -> bool:
        """Whether the result has an entry per unit; the weights have one per indicator."""
        return self.method.shelf not in ("weighting", "combination")


ALL_METHODS = [method for shelf in SHELVES for method in shelf.values()]
SETTINGS = [(method, stated) for method in ALL_METHODS for stated in _settings(method)]
PROMISES = [
    pytest.param(method, stated, promise, id=f"{method.shelf}-{method.name}-{promise}-{number}")
    for number, (method, stated) in enumerate(SETTINGS)
    for promise in sorted(method.obeys)
]


@st.composite
def tables(draw: st.DrawFn) -> FloatArray:
    """Up to 8 units and 4 indicators of quarters from 0.25 to 100: sums are exact, ties and constants are common."""
    units, indicators = draw(st.integers(2, 8)), draw(st.integers(1, 4))
    high, low, gaps = _bytes(draw, 3 * units * indicators).reshape(3, -1)
    X = ((256 * high + low) % draw(st.sampled_from([2, 9, 400])) + 1) / 4
    X[gaps % 6 == 5] = np.nan
    return X.reshape(units, indicators)


def _bytes(draw: st.DrawFn, count: int) -> np.ndarray:
    """Numbers from 0 to 255, drawn at once: one by one they take longer than all that is tested with them."""
    return np.frombuffer(draw(st.binary(min_size=count, max_size=count)), dtype=np.uint8).astype(np.int64)


@st.composite
def cases(draw: st.DrawFn, method: Method, stated: dict[str, Any]) -> Case:
    X = draw(tables())
    if method.needs.complete:
        X = np.nan_to_num(X, nan=1.0)
    units, indicators = X.shape
    drawn = _bytes(draw, units + indicators + 1)
    groups, weights = drawn[:units] % 4 - 1, drawn[units:-1] % 6.0
    weights[drawn[-1] % indicators] += 1
    return Case(method, stated, X, weights, groups)


# --- how each promise is tested ----------------------------------------------------------------------------------


def _unit_order(case: Case, draw: st.DrawFn) -> None:
    order = draw(st.permutations(range(len(case.X))))
    expected = case.run()[list(order)] if case.by_unit else case.run()
    np.testing.assert_array_equal(case.units(list(order)).run(), expected)


def _scheme_order(case: Case, draw: st.DrawFn) -> None:
    order = draw(st.permutations(range(len(case.X))))
    np.testing.assert_allclose(case.units(list(order)).run(), case.run(), rtol=1e-9, atol=1e-12)


def _indicator_order(case: Case, draw: st.DrawFn) -> None:
    order = list(draw(st.permutations(range(case.X.shape[1]))))
    result, expected = case.indicators(order).run(), case.run()
    if case.method.shelf != "aggregation":
        expected = expected[..., order]
    np.testing.assert_allclose(result, expected, rtol=1e-12)


def _shift(case: Case, draw: st.DrawFn) -> None:
    by = draw(st.lists(st.integers(0, 1000), min_size=case.X.shape[1], max_size=case.X.shape[1]))
    _assert_same_scores(replace(case, X=case.X + by, stated=_without_fixed(case)), case)


def _scaling(case: Case, draw: st.DrawFn) -> None:
    by = draw(st.lists(st.sampled_from([0.001, 0.5, 3.0, 1e5]), min_size=case.X.shape[1], max_size=case.X.shape[1]))
    _assert_same_scores(replace(case, X=case.X * by, stated=_without_fixed(case)), case)


def _without_fixed(case: Case) -> dict[str, Any]:
    """A promise about relative rules is one about statistics from the data."""
    return {name: value for name, value in case.stated.items() if name not in FITTED}


def _assert_same_scores(changed: Case, case: Case) -> None:
    original = replace(case, stated=_without_fixed(case))
    np.testing.assert_allclose(changed.run(), original.run(), rtol=1e-9, atol=1e-9)


def _scaling_of_scores(case: Case, draw: st.DrawFn) -> None:
    by = draw(st.sampled_from([0.001, 3.0, 1e5]))
    np.testing.assert_allclose(replace(case, X=case.X * by).run(), case.run() * by, rtol=1e-12)


def _scaling_of_weights(case: Case, draw: st.DrawFn) -> None:
    by = draw(st.sampled_from([1e-300, 0.01, 3.0, 1e300]))
    np.testing.assert_allclose(replace(case, weights=case.weights * by).run(), case.run(), rtol=1e-12)


def _duplicate_unit(case: Case, draw: st.DrawFn) -> None:
    again = draw(st.integers(0, len(case.X) - 1))
    result = case.units([*range(len(case.X)), again]).run()
    np.testing.assert_array_equal(result[: len(case.X)] if case.by_unit else result, case.run())


def _unit_by_unit(case: Case, draw: st.DrawFn) -> None:
    one = draw(st.integers(0, len(case.X) - 1))
    np.testing.assert_array_equal(case.units([one]).run(), case.run()[[one]])


def _monotone(case: Case, draw: st.DrawFn) -> None:
    if case.method.shelf == "aggregation":
        row, column = draw(st.integers(0, len(case.X) - 1)), draw(st.integers(0, case.X.shape[1] - 1))
        better = case.X.copy()
        better[row, column] += draw(st.integers(1, 40))
        before, after = case.run(), replace(case, X=better).run()
        # Where units are measured against one another, the others may well fall.
        looked_at = ~np.isnan(before) & (case.method.row_local | (np.arange(len(before)) == row))
        assert np.all(after[looked_at] >= before[looked_at] - 1e-12 * np.abs(before[looked_at]))
        return
    sign = case.stated.get("direction", 1)
    value = case.X[:, :1] if case.method.shelf == "ranking" else case.X
    result = -case.run().reshape(value.shape) if case.method.shelf == "ranking" else case.run()
    for column, score in zip(value.T, result.T, strict=True):
        known = ~np.isnan(score)
        in_order = score[known][np.argsort(sign * column[known])]
        assert np.all(np.diff(in_order) >= 0)


def _unanimity(case: Case, draw: st.DrawFn) -> None:
    row = case.X[:, :1]
    same = np.where(np.isnan(case.X), np.nan, np.nan_to_num(row, nan=7.0))
    expected = np.where(np.isnan(case.run()), np.nan, np.nan_to_num(row, nan=7.0)[:, 0])
    np.testing.assert_allclose(replace(case, X=same).run(), expected, rtol=1e-12)


def _present_cells(case: Case, draw: st.DrawFn) -> None:
    present = ~np.isnan(case.X)
    np.testing.assert_array_equal(case.run()[present], case.X[present])


def _order_within(case: Case, draw: st.DrawFn) -> None:
    for column, treated in zip(case.X.T, case.run().T, strict=True):
        known = ~np.isnan(column)
        order = np.argsort(column[known])
        before, after = column[known][order], treated[known][order]
        assert np.all(np.diff(after) >= 0)
        assert np.all(after[1:][np.diff(before) == 0] == after[:-1][np.diff(before) == 0])


def _increasing_transformation(case: Case, draw: st.DrawFn) -> None:
    steps = np.cumsum(_bytes(draw, 401) + 1.0) - 5000.0
    changed = np.where(np.isnan(case.X), np.nan, steps[np.nan_to_num(case.X * 4).astype(int)])
    np.testing.assert_array_equal(replace(case, X=changed).run(), case.run())


CHECKS: dict[str, Callable[[Case, st.DrawFn], None]] = {
    "unit order": _unit_order,
    "scheme order": _scheme_order,
    "indicator order": _indicator_order,
    "shift of an indicator": _shift,
    "scaling of an indicator": _scaling,
    "scaling of all scores": _scaling_of_scores,
    "scaling of the weights": _scaling_of_weights,
    "duplicate unit": _duplicate_unit,
    "unit by unit": _unit_by_unit,
    "monotone": _monotone,
    "unanimity": _unanimity,
    "present cells": _present_cells,
    "order within an indicator": _order_within,
    "increasing transformation": _increasing_transformation,
}


def test_every_word_of_the_vocabulary_is_tested_and_promised_by_a_method():
    assert set(CHECKS) == set(INVARIANCES)
    assert set().union(*(method.obeys for method in ALL_METHODS)) == set(INVARIANCES)


@pytest.mark.parametrize(("method", "stated", "promise"), PROMISES)
@settings(max_examples=25)
@given(data=st.data())
def test_a_method_keeps_its_promise(method: Method, stated: dict[str, Any], promise: str, data: st.DataObject):
    case = data.draw(cases(method, stated))
    # A single stated bound can lie beyond all the data; only then may these tables be refused.
    with pytest.raises(DomainError) if _is_crossed(case) else nullcontext():
        CHECKS[promise](case, data.draw)
        # Not every check runs the table as it is.
        case.run()


def _is_crossed(case: Case) -> bool:
    """Whether a stated bound leaves some indicator with its lower bound above its upper one, or the like."""
    if case.method.name == "game_theory":  # a negative coefficient: then it is refused in every order
        return isinstance(_outcome(case), DomainError)
    if case.method.shelf != "scoring" or case.method.fit is None:
        return False
    bounds = case.stated | case.method.fit(case.X, **case.stated, **case.supplied)
    return bool(np.any(np.greater(bounds.get("low", 0), bounds.get("high", 1))))


# --- the edges of the data ---------------------------------------------------------------------------------------

NAN = np.nan
EDGES: dict[str, FloatArray] = {
    "plain": np.array([[1.0, 8.0], [2.0, 4.0], [4.0, 2.0], [8.0, 1.0]]),
    "ties": np.array([[1.0, 5.0], [1.0, 5.0], [2.0, 6.0], [2.0, 6.0]]),
    "gap": np.array([[1.0, NAN], [NAN, 3.0], [4.0, 5.0]]),
    "unit without data": np.array([[NAN, NAN], [1.0, 2.0], [3.0, 4.0]]),
    "indicator without data": np.array([[1.0, NAN], [2.0, NAN], [3.0, NAN]]),
    "nothing but gaps": np.full((3, 2), NAN),
    "constant": np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]]),
    "all constant": np.full((4, 2), 0.1),
    "constant but for rounding": np.array([[0.3, 1.0], [0.1 + 0.2, 1.0], [0.3, 2.0]]),
    "zero": np.array([[0.0, 1.0], [2.0, 0.0], [1.0, 1.0]]),
    "all zero": np.zeros((3, 2)),
    "negative zero": np.array([[-0.0, 0.0], [0.0, 1.0]]),
    "negative": np.array([[-1.0, 1.0], [2.0, -3.0], [5.0, 5.0]]),
    "mean of zero": np.array([[-1.0, 1.0], [1.0, -1.0]]),
    "one unit": np.array([[3.0, 4.0]]),
    "one value in an indicator": np.array([[3.0, NAN], [4.0, 5.0], [6.0, NAN]]),
    "one indicator": np.array([[3.0], [4.0]]),
    "no units": np.empty((0, 2)),
    "no indicators": np.empty((3, 0)),
    "largest": np.array([[1e150, 1.0], [-1e150, 2.0], [1.0, 3.0], [2.0, 9.0], [3.0, 1e150]]),
    "largest and positive": np.array([[1e150, 1.0], [1e149, 2.0], [1.0, 3.0], [2.0, 9.0], [3.0, 1e150]]),
    "smallest": np.array([[5e-324, 1.0], [1e-323, 2.0], [2e-323, 3.0], [5e-324, 9.0], [3e-310, 4.0]]),
    "beyond the largest": np.array([[1e151, 1.0], [1.0, 2.0]]),
    "infinite": np.array([[np.inf, 1.0], [1.0, 2.0]]),
    "outlier": np.array([[1.0, 1e9], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0], [5.0, 5.0], [6.0, 6.0], [1e6, -1e9]]),
}


def _edge_cases() -> Iterator[Any]:
    for number, (method, stated) in enumerate(SETTINGS):
        for edge, X in EDGES.items():
            case = Case(method, stated, X, np.ones(X.shape[1]), np.arange(len(X)) % 2)
            yield pytest.param(case, edge, id=f"{method.shelf}-{method.name}-{number}-{edge}")


def _outcome(case: Case) -> np.ndarray | DomainError:
    try:
        return case.run()
    except DomainError as refusal:
        return refusal


def _shape(case: Case) -> tuple[int, ...]:
    units, indicators = case.X.shape
    return {"weighting": (indicators,), "combination": (indicators,), "aggregation": (units,), "ranking": (units,)}.get(
        case.method.shelf, (units, indicators)
    )


@pytest.mark.parametrize(("case", "edge"), list(_edge_cases()))
def test_a_method_meets_every_edge_with_a_result_or_a_reason(case: Case, edge: str):
    """Warnings are errors in this project, so a result here also came without one."""
    if case.method.shelf == "ranking" and not case.X.shape[1]:
        return
    before = case.X.copy()
    result = _outcome(case)
    if isinstance(result, DomainError):
        assert result.reason.zh.strip()
        assert result.reason.en.isascii()
        # A stated bound above or below all the data is a mistake on any table.
        needed = edge == "gap" and case.method.needs.complete
        assert edge not in ("plain", "ties", "gap") or needed or _is_crossed(case), result
        return
    np.testing.assert_array_equal(case.X, before)
    assert result.shape == _shape(case)
    assert result.dtype == (np.int32 if case.method.shelf == "ranking" else np.float64)
    assert not np.isinf(result).any()
    _assert_gaps(case, result)


def _assert_gaps(case: Case, result: np.ndarray) -> None:
    """Where a result may be missing, by shelf."""
    missing = np.isnan(case.X)
    match case.method.shelf:
        case "scoring":
            np.testing.assert_array_equal(np.isnan(result), missing | _without_reference(case))
        case "treatment":
            np.testing.assert_array_equal(np.isnan(result), missing)
        case "imputation":
            assert not np.any(np.isnan(result) & ~missing)
        case "aggregation":
            np.testing.assert_array_equal(np.isnan(result), missing.all(axis=1))
        case "weighting" | "combination":
            assert np.all(result >= 0)
            assert result.size == 0 or abs(result.sum() - 1) < 1e-12
        case "ranking":
            np.testing.assert_array_equal(result == 0, missing[:, 0])


def _without_reference(case: Case) -> np.ndarray:
    """Where the reference has no value to measure against, such as a reference unit with a gap."""
    if case.method.fit is None:
        return np.zeros(case.X.shape[1], dtype=bool)
    fitted = case.method.fit(case.X, **case.stated, **case.supplied)
    return np.any([np.isnan(each) for each in fitted.values()] or [np.zeros(case.X.shape[1])], axis=0)


FINITE_METHODS = [pytest.param(each, id=f"{each.shelf}-{each.name}") for each in ALL_METHODS if each.needs.finite]


@pytest.mark.parametrize("name", ["beyond the largest", "infinite"])
@pytest.mark.parametrize(
    "method", [each for each in ALL_METHODS if each.needs.finite], ids=lambda each: f"{each.shelf}-{each.name}"
)
def test_a_number_that_no_measurement_has_is_refused_with_its_place(method: Method, name: str):
    case = Case(method, REQUIRED.get(method.name, {}), EDGES[name], np.ones(2), np.zeros(2, dtype=int))
    with pytest.raises(DomainError, match="at most 1e150") as caught:
        case.run()
    assert caught.value.columns == (0,)
    assert caught.value.units == (0,)


# --- what a card says of ranges and references -------------------------------------------------------------------

SCORING_SETTINGS = [pytest.param(m, s, id=f"{m.name}-{n}") for n, (m, s) in enumerate(SETTINGS) if m.shelf == "scoring"]


@pytest.mark.parametrize(("method", "stated"), SCORING_SETTINGS)
@given(X=tables())
@settings(max_examples=40)
def test_scores_lie_in_the_range_that_the_card_states(method: Method, stated: dict[str, Any], X: FloatArray):
    assert method.score_range is not None
    interval = method.score_range(stated)
    try:
        scores = method(X, **stated, **_supplied(method, X, np.arange(len(X))))
    except DomainError:
        return
    slack = 1e-12 * (1 + np.abs(scores))
    assert np.all((scores >= interval.low - slack) | np.isnan(scores))
    assert np.all((scores <= interval.high + slack) | np.isnan(scores))
    for column, score in zip(X.T, scores.T, strict=True):
        known = score[~np.isnan(score)]
        differ = len(np.unique(column[~np.isnan(column)])) > 1
        if interval.reaches_low == "always" and differ:
            assert known.min() == interval.low
        if interval.reaches_low == "never":
            assert np.all(known > interval.low)


@pytest.mark.parametrize(("method", "stated"), SCORING_SETTINGS)
@given(X=tables())
@settings(max_examples=40)
def test_a_rule_with_its_own_reference_gives_the_same_digits_unit_by_unit(
    method: Method, stated: dict[str, Any], X: FloatArray
):
    stated = stated | _supplied(method, X, np.arange(len(X)))
    first = stated | _supplied(method, X[:1], np.arange(1))
    if not method.row_local:
        np.testing.assert_array_equal(method(X[:1], **first, among=X), method(X, **stated)[:1])
        return
    if method.fit is None:
        assert method.obeys >= {"unit by unit"}
        return
    try:
        scores = method(X, **stated)
    except DomainError:
        return
    reference = method.fit(X, **stated)
    np.testing.assert_array_equal(method(X, **stated, **reference), scores)
    np.testing.assert_array_equal(method(X[:1], **first, **reference), scores[:1])


@pytest.mark.parametrize(("method", "stated"), SCORING_SETTINGS)
@given(X=tables())
@settings(max_examples=40)
def test_a_column_alone_scores_as_within_its_table(method: Method, stated: dict[str, Any], X: FloatArray):
    rows = np.arange(len(X))
    single, stated = stated | _supplied(method, X[:, 0], rows), stated | _supplied(method, X, rows)
    try:
        scores = method(X, **stated)
    except DomainError:
        return
    np.testing.assert_array_equal(method(X[:, 0], **single), scores[:, 0])
    if method.fit is not None:
        alone, within = method.fit(X[:, 0], **single), method.fit(X, **stated)
        assert all(isinstance(value, float) for value in alone.values())
        np.testing.assert_array_equal(list(alone.values()), [np.asarray(value)[0] for value in within.values()])


@pytest.mark.parametrize("name", list(aggregation))
@given(data=st.data(), low=st.sampled_from([0.0, 1.0, 40.0, 60.0]), high=st.sampled_from([61.0, 100.0]))
def test_an_aggregate_lies_in_the_range_that_the_card_derives(name: str, data: st.DataObject, low: float, high: float):
    method = aggregation[name]
    assert method.combine_range is not None
    units, indicators = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    share = data.draw(st.lists(st.floats(0, 1), min_size=units * indicators, max_size=units * indicators))
    X = (low + (high - low) * np.array(share)).reshape(units, indicators)
    weights = np.array(data.draw(st.lists(st.integers(1, 9), min_size=indicators, max_size=indicators)), dtype=float)
    for stated in _settings(method):
        interval = method.combine_range([Interval(low, high)] * indicators, stated)
        try:
            result = method(X, weights, **stated)
        except DomainError:
            assert name in ("mazziotta_pareto", "ampi")
            assert low == 0
            continue
        assert np.all(result >= interval.low - 1e-9)
        assert np.all(result <= interval.high + 1e-9)


def test_each_scoring_rule_tried_here_states_what_it_requires():
    for method in scoring.values():
        assert not method.check(REQUIRED.get(method.name, {}))
