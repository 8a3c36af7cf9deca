"""An argument of another type than is taken is told as such, by name and with a way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from tests.small_frameworks import leaf, rows, small

FRAMEWORK = small(leaf("a", weight=1), leaf("b", weight=1))
TABLE = rows(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0])
OF_YEARS = small(leaf("a"), leaf("b"), time="year")


def evaluation() -> ps.Evaluation:
    return ps.evaluate(FRAMEWORK, TABLE)


def of_years() -> ps.Evaluation:
    return ps.evaluate(OF_YEARS, pd.concat([TABLE.assign(year=2023), TABLE.assign(year=2024)]))


CALLS: dict[str, tuple[Callable[..., Any], str]] = {
    "a scheme that is a number": (lambda: ps.load_scheme(3, FRAMEWORK), "source"),  # type: ignore[arg-type]
    "a framework that is not loaded": (
        lambda: ps.load_scheme("zone-2021-equal-within", "zone-2021"),  # type: ignore[arg-type]
        "framework",
    ),
    "a mask that is a text": (lambda: ps.evaluate(FRAMEWORK, TABLE, mask="key"), "mask"),  # type: ignore[arg-type]
    "a mask that is a number": (lambda: ps.prepare(FRAMEWORK, TABLE, mask=3), "mask"),  # type: ignore[arg-type]
    "a mask of scenarios": (
        lambda: ps.scenarios(FRAMEWORK, TABLE, ["equal", "entropy"], mask=3),  # type: ignore[arg-type]
        "mask",
    ),
    "a key that is a text": (lambda: ps.Mask("0123456789abcdef"), "key"),  # type: ignore[arg-type]
    "a field to hide that is no list": (lambda: ps.Mask(fields="park"), "fields"),  # type: ignore[arg-type]
    "scenarios in a list": (lambda: ps.Scenarios([evaluation()] * 2), "evaluations"),  # type: ignore[arg-type]
    "scenarios by number": (
        lambda: ps.Scenarios({1: evaluation(), 2: evaluation()}),  # type: ignore[dict-item]
        "evaluations",
    ),
    "a framework to diagnose": (lambda: ps.diagnose(FRAMEWORK), "evaluation"),  # type: ignore[arg-type]
    "a ladder that is a number": (lambda: ps.climb(3, TABLE), "ladder"),  # type: ignore[arg-type]
    "half a unit": (lambda: ps.sample(FRAMEWORK, units=2.5), "units"),  # type: ignore[arg-type]
    "a seed in words": (lambda: ps.sample(FRAMEWORK, units=2, seed="one"), "seed"),  # type: ignore[arg-type]
    "years in a list": (lambda: ps.sample(FRAMEWORK, units=2, years=[2024]), "years"),  # type: ignore[arg-type]
    "a frame for a data set": (
        lambda: ps.score_dataset(FRAMEWORK, TABLE, "out.csv"),  # type: ignore[arg-type]
        "data",
    ),
    "an output that is a number": (lambda: ps.score_dataset(FRAMEWORK, "in.csv", 3), "output"),  # type: ignore[arg-type]
    "an engine that there is not": (
        lambda: ps.score_dataset(FRAMEWORK, "in.csv", "out.csv", engine="spark"),  # type: ignore[arg-type]
        "engine",
    ),
    "a file to freeze into that is a number": (
        lambda: ps.score_dataset(FRAMEWORK, "in.csv", "out.csv", freeze=3),  # type: ignore[arg-type]
        "freeze",
    ),
    "a workbook nowhere": (lambda: evaluation().to_excel(None), "path"),  # type: ignore[arg-type]
    "a csv in a list": (lambda: evaluation().to_csv(["out.csv"]), "path"),  # type: ignore[arg-type]
    "a json by number": (lambda: evaluation().to_json(3), "path"),  # type: ignore[arg-type]
    "a parquet nowhere": (lambda: evaluation().to_parquet(None), "path"),  # type: ignore[arg-type]
    "draws nowhere": (lambda: evaluation().robustness(draws=2).to_excel(None), "path"),  # type: ignore[arg-type]
    "a scheme saved nowhere": (
        lambda: ps.save_scheme(ps.reweigh(FRAMEWORK, None, {"a": 1, "b": 2}), None),  # type: ignore[arg-type]
        "path",
    ),
    "weights in a list": (lambda: evaluation().exact().scheme([1, 2]), "weights"),  # type: ignore[arg-type]
    "a year in words to explain": (lambda: ps.explain(of_years(), "甲", "2024"), "year"),  # type: ignore[arg-type]
    "a year in words of exact answers": (lambda: of_years().exact("2024"), "year"),  # type: ignore[arg-type]
    "a year with decimals": (lambda: of_years().one_at_a_time(2024.0), "year"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("call", CALLS)
def test_an_argument_of_another_type_is_told_by_name_with_the_way_out(call: str) -> None:
    asked, argument = CALLS[call]
    with pytest.raises(ps.UsageError) as error:
        asked()
    finding = error.value.findings[0]
    assert finding.code in ("wrong_type", "unknown_choice")
    assert str(finding.field).split(".")[0] == argument
    assert finding.hint is not None


@pytest.mark.parametrize("key", [b"", b"k" * 15, b"k" * 65], ids=len)
def test_a_key_of_another_length_hides_nothing(key: bytes) -> None:
    with pytest.raises(ps.UsageError, match="bad_mask_key"):
        ps.Mask(key)


def test_the_best_and_the_worst_end_are_asked_for_by_these_words_alone() -> None:
    ends = evaluation().exact().extreme_ranks()
    with pytest.raises(ps.UsageError, match="'Best'"):
        ends.weights("甲", "Best")  # type: ignore[arg-type]


def test_weights_that_are_all_0_make_no_scheme() -> None:
    with pytest.raises(ps.UsageError, match="all weights are 0"):
        evaluation().exact().scheme(pd.Series({"a": 0.0, "b": 0.0}))


def test_weights_that_are_words_make_no_scheme() -> None:
    with pytest.raises(ps.UsageError, match="for a, b"):
        evaluation().exact().scheme(pd.Series({"a": "one", "b": None}))


def test_one_unit_beside_another_is_taken_by_its_whole_name() -> None:
    own = ps.evaluate(FRAMEWORK, TABLE.assign(zone=["合肥", "武汉", "西安"])).robustness(draws=4)
    assert own.verdict("合肥", "武汉") == own.verdict("合肥", ["武汉"])
    assert list(own.one_at_a_time.without_units("武汉").units.index) == ["武汉"]


def test_a_list_of_names_is_no_unit_a_number_neither_and_truth_no_draw() -> None:
    with pytest.raises(ps.UsageError, match=r"units.* must be text"):
        evaluation().one_at_a_time().without_units(3)  # type: ignore[arg-type]
    with pytest.raises(ps.UsageError, match="no ranked unit"):
        evaluation().exact().overtaking_weights(["甲"], "乙")  # type: ignore[arg-type]
    with pytest.raises(ps.UsageError, match="no draw True"):
        evaluation().robustness(draws=4).values_in(True)


@pytest.mark.parametrize("name", ["out.xlsx", "out.json", "out"])
def test_a_data_set_is_written_as_its_name_says_or_not_at_all(name: str, tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "in.csv", index=False)
    with pytest.raises(ps.UsageError, match="unsupported_output"):
        ps.score_dataset(FRAMEWORK, tmp_path / "in.csv", tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == ["in.csv"]


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    assert ps.explain(of_years(), "甲", np.int64(2024)).year == 2024
    assert of_years().exact(np.int32(2023)).names.size == 3
    framework = small(leaf("s", formula="a"), leaf("b"))
    assert len(ps.find(framework, TABLE, where="a > 0", by="a", top=np.int64(1)).found) == 1
    assert len(ps.sample(FRAMEWORK, units=np.int64(2), years=np.int8(1), seed=np.uint8(1))) == 2


def test_a_scheme_that_is_not_compared_is_refused_with_those_that_are() -> None:
    compared = ps.scenarios(FRAMEWORK, TABLE, ["equal", "entropy"])
    with pytest.raises(ps.UsageError) as error:
        compared.ranks_of("critic")
    assert error.value.findings[0].hint is not None
    assert error.value.findings[0].hint.en == "there are: equal, entropy"


def test_an_order_of_none_is_no_order() -> None:
    exact = evaluation().exact()
    assert exact.extreme_ranks(order=None).units.equals(exact.extreme_ranks().units)  # type: ignore[arg-type]
