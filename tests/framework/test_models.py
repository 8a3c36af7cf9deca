"""Tests of parkscore.framework.models: what the language's parts are, made in Python."""

from __future__ import annotations

import copy
import datetime
import math
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.base_models import READ
from parkscore.framework.models import (
    Choice,
    DataField,
    Effective,
    Framework,
    Label,
    Node,
    Percent,
    Ranking,
    ScoreRule,
    UnitKey,
    WeightScheme,
    read_number,
    read_parameter,
    write_number,
    write_parameter,
)
from parkscore.ladders.models import Ladder
from tests.strategies import frameworks


def problems(model: Any, **data: Any) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data, context=READ)
    return [(each["loc"], each["type"]) for each in caught.value.errors()]


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "kept"),
    [
        ("20%", 0.2, "20%"),
        (" 12.5 % ", 0.125, "12.5%"),
        ("-3%", -0.03, "-3%"),
        ("7％", 0.07, "7%"),
        ("0.1%", 0.001, "0.1%"),
        ("60.00%", 0.6, "60.00%"),
    ],
)
def test_a_percentage_is_a_number_that_keeps_its_text(text: str, value: float, kept: str) -> None:
    number = read_number(text)
    assert number == value
    assert write_number(number) == str(number) == repr(number) == kept


@given(st.integers(-1000, 1000))
def test_a_percentage_is_the_nearest_float_to_its_decimal(hundredths: int) -> None:
    assert read_number(f"{hundredths}%") == hundredths / 100


@pytest.mark.parametrize("text", ["20", "%", "a%", "1,000%", "20%%", "1e2%", ""])
def test_no_other_text_is_a_percentage(text: str) -> None:
    with pytest.raises(ValueError, match="valid number"):
        read_number(text)


@pytest.mark.parametrize("value", [True, None, (), "x", math.nan, math.inf, -math.inf, 10**400, f"{'9' * 400}%"])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="number"):
        read_number(value)


@pytest.mark.parametrize(("value", "written"), [(60.0, 60), (0.8, 0.8), (-0.5, -0.5), (1e300, 1e300)])
def test_a_number_is_written_in_its_shortest_form(value: float, written: float) -> None:
    assert repr(write_number(value)) == repr(written)


@given(
    st.recursive(
        st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just("5%") | st.text("ab", min_size=1),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3),
    )
)
def test_parameters_are_written_as_they_were_read(value: Any) -> None:
    once = write_parameter(read_parameter(value))
    assert once == value
    assert write_parameter(read_parameter(once)) == once


# --- parts -------------------------------------------------------------------------------------------------------


def test_a_method_is_a_name_or_a_name_with_parameters() -> None:
    assert ScoreRule.model_validate("minmax") == ScoreRule.of("minmax")
    full = ScoreRule.model_validate({"rule": "minmax", "to": [0, "50%"]})
    assert full.parameters == {"to": (0, 0.5)}
    assert full.model_dump() == {"rule": "minmax", "to": [0, "50%"]}
    assert ScoreRule.of("minmax").model_dump() == "minmax"


@pytest.mark.parametrize("value", [{"method": "minmax"}, {"rule": 5}, {"rule": None}, {}])
def test_a_group_without_the_name_of_a_method_is_refused(value: Any) -> None:
    assert problems(Node, id="1", zh="一", score=value) == [(("score",), "no_method")]


def test_where_one_language_has_no_name_the_other_serves() -> None:
    assert Label(zh="例").label == ("例", "例")
    assert Label(zh="例", en="Example").label == ("例", "Example")


def test_a_name_in_no_language_is_refused() -> None:
    assert problems(Node, id="1") == [((), "no_name")]


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u3000"])
def test_a_blank_text_is_refused_since_a_workbook_could_not_tell_it_from_an_empty_cell(blank: str) -> None:
    assert problems(DataField, zh="甲", note=blank) == [(("note",), "empty_text")]


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffe"])
def test_a_control_character_is_refused(sign: str) -> None:
    assert problems(DataField, zh=f"甲{sign}乙") == [(("zh",), "control_character")]


@pytest.mark.parametrize(
    ("model", "data", "path"),
    [
        (Node, {"id": 1.1, "zh": "一"}, ("id",)),
        (Node, {"id": "1", "zh": "一", "weight": True}, ("weight",)),
        (Node, {"id": "1", "zh": "一", "weight": "heavy"}, ("weight",)),
        (Node, {"id": "1", "zh": "一", "min_coverage": 1.1}, ("min_coverage",)),
        (Node, {"id": "1", "zh": "一", "direction": "up"}, ("direction",)),
        (DataField, {"zh": "甲", "min": "5"}, ("min",)),
        (DataField, {"zh": "甲", "aliases": "乙"}, ("aliases",)),
        (DataField, {"zh": "甲", "colour": "red"}, ("colour",)),
        (Ranking, {"decimals": 13}, ("decimals",)),
        (Ranking, {"decimals": 1.0}, ("decimals",)),
        (Effective, {"since": "22 April 2021"}, ("since",)),
        (Effective, {"since": "20210422"}, ("since",)),
    ],
)
def test_nothing_is_silently_converted_or_ignored(model: Any, data: dict[str, Any], path: tuple[str, ...]) -> None:
    assert [where for where, _ in problems(model, **data)] == [path]


@pytest.mark.parametrize("value", ["sometimes", True, 2023.0, None])
def test_a_reference_is_per_year_panel_or_a_year(value: Any) -> None:
    data = {"id": "x", "title": Label(zh="例"), "unit": {"key": "k", "zh": "例"}, "fields": {}, "indicators": ()}
    assert problems(Framework, **data, reference=value) == [(("reference",), "reference")]
    assert Framework.model_validate(data | {"reference": 2023}).reference == 2023


def test_a_date_is_a_date_or_its_text() -> None:
    day = datetime.date(2021, 4, 22)
    assert Effective(since=day) == Effective.model_validate({"since": "2021-04-22"})


MADE_BY_HAND: list[tuple[Any, list[tuple[str, str | None]]]] = [
    (lambda: Framework(id="x"), [("missing_key", key) for key in ("title", "unit", "fields")]),  # type: ignore[call-arg]
    (lambda: WeightScheme(id="x", framework="y", status="gues"), [("unknown_choice", "status")]),  # type: ignore[arg-type]
    (
        lambda: Ladder(id="x", title=Label(zh="例"), unit=UnitKey(key="k", zh="例"), rung=()),  # type: ignore[call-arg]
        [("unknown_key", None)],
    ),
]


@pytest.mark.parametrize(("make", "told"), MADE_BY_HAND)
def test_mistakes_in_what_is_made_by_hand_are_told_as_those_of_a_file(
    make: Any, told: list[tuple[str, str | None]]
) -> None:
    with pytest.raises(FrameworkError) as refused:
        make()
    assert [(finding.code, finding.field) for finding in refused.value.findings] == told
    assert "pydantic" not in str(refused.value)


def test_a_framework_made_by_hand_from_a_name_is_told_what_reads_names() -> None:
    with pytest.raises(UsageError, match="load_framework"):
        Framework("zone-2021")  # type: ignore[call-arg, misc]


def test_a_framework_takes_the_lists_of_a_document_as_a_file_has_them() -> None:
    data: Any = {"id": "x", "title": {"zh": "例"}, "unit": {"key": "k", "zh": "例"}, "fields": {}}
    node = {"id": "1", "zh": "一", "children": [{"id": "1.1", "zh": "一一"}]}
    assert [each.id for each in Framework(**data, indicators=[node]).walk()] == ["1", "1.1"]


def test_nothing_can_be_changed_afterwards() -> None:
    node = Node(id="1", zh="一")
    with pytest.raises(ValidationError):
        node.id = "2"  # type: ignore[misc]


def test_a_tree_is_walked_depth_first_in_the_order_of_the_file() -> None:
    children = (Node(id="1.1", zh="一一"), Node(id="1.2", zh="一二", children=(Node(id="1.2.1", zh="一二一"),)))
    framework = Framework(
        id="x",
        title=Label(zh="例"),
        unit={"key": "k", "zh": "例"},  # type: ignore[arg-type]
        fields={},
        indicators=(Node(id="1", zh="一", children=children), Node(id="2", zh="二")),
    )
    assert [node.id for node in framework.walk()] == ["1", "1.1", "1.2", "1.2.1", "2"]
    assert [node.id for node in framework.leaves] == ["1.1", "1.2.1", "2"]
    assert [node.id for node in framework.root.children] == ["1", "2"]


def test_a_weight_of_a_scheme_is_a_number_or_a_number_with_its_source() -> None:
    weights = {
        "1": "20%",
        "2": 0.8,
        "3": {"weight": "5%", "source": "a notice", "status": "official"},
        "4": {"weight": 2},
    }
    scheme = WeightScheme.model_validate({"id": "s", "framework": "f", "status": "assumed", "weights": weights})
    assert [scheme.weight_of(code) for code in ("1", "2", "3", "4", "5")] == [0.2, 0.8, 0.05, 2.0, None]
    dumped = scheme.model_dump(exclude_unset=True)
    assert dumped["weights"] == weights | {"4": 2}
    assert WeightScheme.model_validate(dumped) == scheme


@settings(max_examples=40)
@given(frameworks())
def test_a_framework_is_the_same_after_dumping_copying_and_pickling(framework: Framework) -> None:
    dumped = framework.model_dump(by_alias=True, exclude_unset=True)
    copies = [copy.deepcopy(framework), pickle.loads(pickle.dumps(framework))]  # noqa: S301  # made here
    for same in copies:
        assert same == framework
        assert same.model_dump(by_alias=True, exclude_unset=True) == dumped  # percentages keep their text


def test_a_percentage_survives_pickling_so_that_frameworks_can_travel_between_processes() -> None:
    assert str(pickle.loads(pickle.dumps(Percent("20%")))) == "20%"  # noqa: S301  # made here


def test_a_method_is_found_under_its_own_key() -> None:
    assert (Choice.key, ScoreRule.key) == ("method", "rule")
    assert Choice.of("entropy", zeros="shift").model_dump() == {"method": "entropy", "zeros": "shift"}
