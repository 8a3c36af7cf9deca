"""Tests of methods."""

from __future__ import annotations

from typing import Any

import pytest

from parkscore.methods import SHELVES
from parkscore.methods.page import methods_page


def test_every_method_is_listed_with_its_golden_case(run: Any) -> None:
    lines = run("methods").out.splitlines()
    names = {line.split()[0] for line in lines if line.strip()}
    assert {name for shelf in SHELVES for name in shelf} <= names
    entropy = next(line for line in lines if line.startswith("entropy "))
    assert "elsayed_2017" in entropy


@pytest.mark.parametrize(("language", "title"), [("zh", "熵权法"), ("en", "Entropy")])
def test_one_method_is_shown_with_its_formula_parameters_and_reference(run: Any, language: str, title: str) -> None:
    out = run("methods", "entropy", "--lang", language).out
    for said in (title, "zeros", "Shannon", "ln"):
        assert said in out


def test_a_card_says_where_its_golden_case_is_printed_and_why_scores_may_fall(run: Any) -> None:
    (card,) = run("methods", "mazziotta_pareto", "--json").document["methods"]
    assert "indeks razvijenosti" in card["golden_source"]
    assert set(card["may_lower"]) == {"zh", "en"}
    for language in ("zh", "en"):
        out = run("methods", "mazziotta_pareto", "--lang", language).out
        assert card["golden_source"] in out
        assert card["may_lower"][language] in out
    (card,) = run("methods", "arithmetic", "--json").document["methods"]
    assert card["may_lower"] is None


def test_what_cannot_change_a_result_is_said_in_the_language_of_the_reader(run: Any) -> None:
    for language, promised in (
        ("zh", "某指标全部乘同一正数，结果不变"),
        ("en", "multiplying a whole indicator by a positive"),
    ):
        out = run("methods", "entropy", "--lang", language).out
        assert promised in out
        assert "unit order" not in out


def test_a_name_on_two_shelves_shows_both(run: Any) -> None:
    names = [name for shelf in SHELVES for name in shelf]
    twice = next(name for name in names if names.count(name) > 1)
    shelves = [method["shelf"] for method in run("methods", twice, "--json").document["methods"]]
    assert len(shelves) == names.count(twice)


def test_an_unknown_name_is_refused_with_the_nearest(run: Any) -> None:
    answer = run("methods", "entorpy")
    assert answer.code == 2
    assert "did you mean entropy?" in answer.err


def test_the_page_is_printed_as_it_stands_in_docs(run: Any) -> None:
    assert run("methods", "--markdown").out.rstrip() == methods_page().rstrip()
