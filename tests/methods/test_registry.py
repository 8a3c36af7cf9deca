from __future__ import annotations

import doctest
import functools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from parkscore.language import Text
from parkscore.methods import (
    INVARIANCES,
    SHELVES,
    DomainError,
    Interval,
    Meaning,
    Method,
    Shelf,
    UnknownMethodError,
    aggregation,
    imputation,
    ranking,
    scoring,
    treatment,
    weighting,
)
from tests.method_table import golden_test, method_table

METHODS = [pytest.param(method, id=f"{shelf.name}-{name}") for shelf in SHELVES for name, method in shelf.items()]


def _empty_shelf() -> Shelf[np.ndarray]:
    return Shelf("trial", Text("试验", "trial methods"), (1,), supplied={"direction"})


def _card(**changes: object) -> dict[str, object]:
    card: dict[str, object] = {
        "zh": "试",
        "en": "Trial",
        "formula": "x",
        "obeys": (),
        "reference": "none",
        "golden": "a_trial",
        "golden_source": "a page of a book",
    }
    return card | changes


def test_the_shelves_hold_the_methods_that_the_golden_indices_need():
    assert set(scoring) >= {"minmax", "goalposts", "log", "zscore", "as_is"}
    assert set(weighting) >= {"equal", "entropy"}
    assert set(aggregation) >= {"arithmetic", "geometric", "mazziotta_pareto"}
    assert set(imputation) >= {"none", "zero", "mean", "median", "group_mean"}
    assert set(treatment) >= {"none", "winsorise", "log", "skewness_kurtosis"}
    assert set(ranking) >= {"min", "max", "dense"}


@pytest.mark.parametrize("method", METHODS)
def test_every_card_has_both_titles_a_formula_and_a_reference(method: Method):
    assert method.title.zh.strip()
    assert method.title.en.strip()
    assert any("一" <= character <= "鿿" or character == "Z" for character in method.title.zh)
    assert method.title.en.isascii()
    assert method.formula.strip()
    assert method.reference.strip()


@pytest.mark.parametrize("method", METHODS)
def test_every_golden_case_named_on_a_card_is_a_test(method: Method):
    assert golden_test(method)


def test_the_table_of_a_test_run_says_where_each_golden_case_is_printed():
    methods = [method for shelf in SHELVES for method in shelf.values()]
    for line, method in zip(method_table(), methods, strict=True):
        assert line.startswith(method.shelf)
        assert f" {method.name} " in line
        assert line.endswith(f"[{method.golden_source}]")


@pytest.mark.parametrize("method", METHODS)
def test_every_docstring_says_shapes_and_shows_an_example(method: Method):
    text = method.__doc__
    assert text
    assert ("(schemes" if method.shelf == "combination" else "(units") in text
    assert doctest.DocTestParser().get_examples(text)


@pytest.mark.parametrize("method", METHODS)
def test_every_parameter_has_a_meaning_in_both_languages(method: Method):
    for parameter in method.parameters.values():
        assert parameter.meaning.zh.strip()
        assert parameter.meaning.en.strip()
        assert parameter.meaning.zh != parameter.meaning.en
        assert parameter.kind.zh.strip()
        assert parameter.kind.en.strip()


@pytest.mark.parametrize("method", METHODS)
def test_every_default_is_a_value_that_the_check_accepts(method: Method):
    stated = {name: each.default for name, each in method.parameters.items() if not each.required and not each.supplied}
    required = {name for name, each in method.parameters.items() if each.required and not each.supplied}
    assert {problem.parameter for problem in method.check(stated)} == required


@pytest.mark.parametrize("method", METHODS)
def test_every_promise_is_in_the_vocabulary(method: Method):
    assert method.obeys <= set(INVARIANCES)
    assert ("scheme order" if method.shelf == "combination" else "unit order") in method.obeys


@pytest.mark.parametrize("method", METHODS)
def test_a_card_fills_the_fields_of_its_own_shelf_only(method: Method):
    assert (method.score_range is not None) == (method.shelf == "scoring")
    assert (method.combine_range is not None) == (method.shelf == "aggregation")
    assert method.mixes_scales is None or method.shelf == "aggregation"
    assert method.may_lower is None or method.shelf in ("scoring", "aggregation")
    assert not method.spans_years or method.name == "vertical_horizontal"
    assert method.fit is None or method.shelf == "scoring"
    assert method.remark is None or method.shelf == "weighting"
    assert not method.additive or method.name == "arithmetic"


def test_a_required_parameter_is_listed_with_the_needs():
    assert [each.en for each in scoring["goalposts"].requirements] == [
        "finite values of at most 1e150",
        "low and high stated",
    ]
    assert "values above zero" in [each.en for each in scoring["log"].requirements]


def test_an_unknown_method_names_the_nearest_in_both_languages():
    with pytest.raises(UnknownMethodError) as caught:
        scoring["min-max"]
    assert isinstance(caught.value, KeyError)
    assert str(caught.value) == (
        "no scoring method min-max; did you mean minmax? / 赋分规则中没有 min-max；是否想写 minmax？"
    )


def test_an_unknown_method_with_nothing_near_lists_what_there_is():
    with pytest.raises(UnknownMethodError, match="known: dense, max, min"):
        ranking["???"]


def test_asking_whether_a_shelf_has_a_method_raises_nothing():
    assert "minmax" in scoring
    assert "minmux" not in scoring
    assert scoring.get("minmux") is None


def test_a_name_is_registered_once():
    shelf = _empty_shelf()
    shelf("same", **_card())(lambda x: x)
    with pytest.raises(ValueError, match="has a method same already"):
        shelf("same", **_card())


def test_a_card_needs_a_golden_case():
    with pytest.raises(ValueError, match="golden case"):
        _empty_shelf()("bare", **_card(golden=" "))
    with pytest.raises(ValueError, match="printed"):
        _empty_shelf()("bare", **_card(golden_source=" "))


@pytest.mark.parametrize("field", ["golden", "golden_source"])
def test_a_card_needs_the_field(field: str):
    without = {name: value for name, value in _card().items() if name != field}
    with pytest.raises(TypeError, match=f"'{field}'"):
        _empty_shelf()("bare", **without)


def test_a_card_of_scores_says_whether_an_improvement_may_lower_them():
    shelf = Shelf("trial", Text("试验", "trial methods"), (1,), gives_scores=True)
    why = Text("有上限", "there is an end to it")
    with pytest.raises(ValueError, match="may_lower"):
        shelf("silent", **_card())
    with pytest.raises(ValueError, match="may_lower"):
        shelf("both", **_card(obeys={"monotone"}, may_lower=why))
    assert shelf("frank", **_card(may_lower=why))(abs).may_lower == why
    assert shelf("sure", **_card(obeys={"monotone"}))(abs).may_lower is None


def test_a_card_cannot_promise_what_has_no_meaning():
    with pytest.raises(ValueError, match="no such invariance"):
        _empty_shelf()("proud", **_card(obeys={"everything"}))


def test_a_parameter_without_a_meaning_is_refused():
    def mute(x: np.ndarray, *, power: float = 1.0) -> np.ndarray:
        return x**power

    with pytest.raises(TypeError, match="power"):
        _empty_shelf()("mute", **_card())(mute)
    with pytest.raises(TypeError, match="strength"):
        _empty_shelf()("mute", **_card(parameters={"strength": Meaning("力", "strength")}))(mute)
    with pytest.raises(TypeError, match="power"):
        _empty_shelf()("mute", **_card())(functools.partial(mute))


@pytest.mark.parametrize(
    ("shelf", "name", "stated", "parameter", "english"),
    [
        (scoring, "minmax", {"lo": 1}, "lo", "no parameter lo; did you mean low?"),
        (scoring, "minmax", {"low": "ten"}, "low", "low is 'ten', not a finite number"),
        (scoring, "minmax", {"low": True}, "low", "low is True, not a finite number"),
        (scoring, "minmax", {"low": float("nan")}, "low", "low is nan, not a finite number"),
        (scoring, "minmax", {"low": float("inf")}, "low", "low is inf, not a finite number"),
        (scoring, "minmax", {"to": [0, 50, 100]}, "to", "to is [0, 50, 100], not two numbers"),
        (scoring, "minmax", {"to": "01"}, "to", "to is '01', not two numbers"),
        (scoring, "minmax", {"to": [100, 0]}, "to", "to must rise, not go from 100 to 0"),
        (scoring, "minmax", {"clip": 1}, "clip", "clip is 1, not true or false"),
        (scoring, "minmax", {"low": 3, "high": 3}, "low", "low (3) must be below high (3)"),
        (scoring, "goalposts", {"low": 0}, "high", "high must be stated"),
        (scoring, "log", {"low": 0.0}, "low", "low must be above zero for a logarithm"),
        (scoring, "zscore", {"mean": 0, "sd": 0}, "sd", "sd must be above zero"),
        (scoring, "zscore", {"mean": 1}, "sd", "state mean and sd together, or neither"),
        (scoring, "zscore", {"sd": 2}, "mean", "state mean and sd together, or neither"),
        (scoring, "zscore", {"scale": -10}, "scale", "scale must be above zero"),
        (scoring, "zscore", {"divisor": "m"}, "divisor", "divisor is 'm', not one of n, n-1; known: n, n-1"),
        (weighting, "entropy", {"zeros": "limt"}, "zeros",
         "zeros is 'limt', not one of limit, shift, squeeze; did you mean limit?"),
        (treatment, "winsorise", {"most": 2.5}, "most", "most is 2.5, not a whole number"),
        (treatment, "winsorise", {"most": -1}, "most", "most is -1, not a whole number"),
        (treatment, "winsorise", {"skew": 0}, "skew", "skew must be above zero"),
        (scoring, "minmax", {"direction": -1}, "direction",
         "no parameter direction; known: clip, high, low, to"),
        (ranking, "min", {"ties": "min"}, "ties", "no parameter ties; there are none"),
    ],
)  # fmt: skip
def test_parameters_are_refused_before_a_run(shelf, name, stated, parameter, english):
    problems = shelf[name].check(stated)
    assert [(problem.parameter, problem.reason.en) for problem in problems] == [(parameter, english)]
    assert problems[0].reason.zh != english


def test_all_problems_are_reported_at_once():
    problems = scoring["goalposts"].check({"hi": 3, "low": "a", "to": 1})
    assert [problem.parameter for problem in problems] == ["hi", "low", "high", "to"]


def test_a_group_code_is_handed_in_and_not_stated():
    assert imputation["group_mean"].check({}) == []
    assert imputation["group_mean"].parameters["groups"].supplied


def test_a_parameter_tells_what_it_is_measured_in():
    parameters = scoring["minmax"].parameters
    assert (parameters["low"].measure, parameters["to"].measure, parameters["clip"].measure) == (
        "indicator",
        "score",
        "plain",
    )
    assert treatment["winsorise"].parameters["most"].measure == "count"
    assert scoring["zscore"].parameters["divisor"].choices == ("n", "n-1")
    assert parameters["low"].kind == Text("有限的数", "a finite number")


def test_a_call_with_an_unknown_choice_is_refused_and_not_read_as_another():
    with pytest.raises(DomainError, match="not one of limit, shift, squeeze"):
        weighting["entropy"](np.eye(2), zeros="drop")


def test_a_call_with_an_unknown_parameter_is_refused():
    with pytest.raises(TypeError, match="lo"):
        scoring["minmax"]([1.0, 2.0], lo=0)


def test_a_call_with_the_wrong_number_of_dimensions_is_refused():
    with pytest.raises(ValueError, match=r"arrays of \[2\] dimensions, not 1"):
        weighting["entropy"]([1.0, 2.0])


def test_whole_numbers_and_lists_are_taken_as_numbers():
    np.testing.assert_array_equal(scoring["minmax"]([1, 2, 3]), [0.0, 0.5, 1.0])


def test_a_domain_error_names_columns_and_units():
    with pytest.raises(DomainError) as caught:
        scoring["log"]([[1.0, 1.0, -2.0], [1.0, 0.0, 1.0]])
    assert caught.value.columns == (1, 2)
    assert caught.value.units == (0, 1)
    assert caught.value.reason == Text("需要全部为正值", "needs values above zero")
    assert str(caught.value) == "needs values above zero / 需要全部为正值 (columns 1, 2)"


def test_intervals_compare_by_value():
    assert Interval(0, 1, "always") != Interval(0, 1, "possible")


def test_importing_the_methods_loads_no_pandas_and_no_scipy():
    code = "import sys, parkscore.methods; print(sorted({'pandas', 'scipy', 'pandera', 'pint'} & set(sys.modules)))"
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
