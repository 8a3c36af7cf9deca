"""Tests of parkscore.framework.yaml_form and of the places inside texts (text_positions)."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    PlainScalarString,
    SingleQuotedScalarString,
)

from parkscore.findings import Finding, FrameworkError, Place
from parkscore.framework.yaml_form import parse_yaml, read_yaml
from parkscore.framework.yaml_writing import write_flow, write_yaml
from tests.framework_texts import assert_bilingual, only
from tests.strategies import AWKWARD, texts


def refused(text: str) -> list[Finding]:
    """What is found in a text that cannot be read."""
    with pytest.raises(FrameworkError) as caught:
        parse_yaml(text, "park.yaml")
    assert_bilingual(caught.value.findings)
    return caught.value.findings


def refused_file(file: Path) -> Finding:
    with pytest.raises(FrameworkError) as caught:
        read_yaml(file)
    assert_bilingual(caught.value.findings)
    return only(caught.value.findings)


# --- values and places -------------------------------------------------------------------------------------------


def test_values_are_read_as_yaml_1_2_reads_them() -> None:
    text = (
        "{a: 1, b: 1.5, c: true, d: yes, e: no, f: 2021-04-22, g: null, h: '1.10', i: 010, j: 0x1f, k: 20%, l: [1, x]}"
    )
    assert parse_yaml(text, "").data == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": "yes",
        "e": "no",
        "f": datetime.date(2021, 4, 22),
        "g": None,
        "h": "1.10",
        "i": 10,
        "j": 31,
        "k": "20%",
        "l": (1, "x"),
    }


def test_a_file_that_asks_for_yaml_1_1_does_not_turn_no_into_false() -> None:
    assert parse_yaml("%YAML 1.1\n---\na: no\n", "").data == {"a": "no"}


def test_a_text_that_only_looks_like_a_date_or_a_number_stays_text() -> None:
    assert parse_yaml(f"a: 2021-13-45\nb: {'9' * 5000}\nc: 2021-04-22T10:00:00Z", "").data == {
        "a": "2021-13-45",
        "b": "9" * 5000,
        "c": "2021-04-22T10:00:00Z",
    }


def test_every_value_and_key_knows_its_line_and_column() -> None:
    document = parse_yaml("title: {zh: 例}\nindicators:\n  - {id: '1', zh: 一}\n", "park.yaml")
    assert str(document.place(("title", "zh"))) == "park.yaml:1:13"
    assert str(document.key_place(("indicators", 0, "zh"))) == "park.yaml:3:15"
    assert str(document.place(("indicators", 0))) == "park.yaml:3:5"


def test_what_has_no_place_of_its_own_is_shown_at_what_is_around_it() -> None:
    document = parse_yaml("a: {b: 1}", "park.yaml")
    assert document.place(("a", "c", 5)) == Place("park.yaml", line=1, column=4)


def test_numbers_are_remembered_as_they_were_written() -> None:
    document = parse_yaml("a: 2.10\n1.10: 010", "park.yaml")
    assert document.written(("a",)) == "2.10"
    assert document.written((1.1,)) == "010"
    assert document.key_written((1.1,)) == "1.10"


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(tmp_path: Path, line_end: str) -> None:
    file = tmp_path / "park.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + f"a: 1{line_end}b: 二{line_end}".encode())
    document = read_yaml(file)
    assert document.data == {"a": 1, "b": "二"}
    assert (document.place(("b",)).line, document.place(("b",)).column) == (2, 4)


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("f: a + b", 4, "1:8"),
        ("f: 'a + b'", 4, "1:9"),
        ('f: "a + b"', 4, "1:9"),
        ("f: '''a'' + b'", 6, "1:13"),
        ('f: "\\u4e2d + b"', 4, "1:14"),
        ('f: "a \\\n   + b"', 2, "2:4"),
        ("f: |\n  a\n  + b", 4, "3:5"),
        ("f: |2\n    a\n  + b", 6, "3:5"),
        ("f: |-\n  a +\ng: 1", 3, "2:6"),
        ("f: >-\n  a\n  + b", 4, "3:5"),
        ("f: >\n  a\n\n\n  + b", 5, "5:5"),
        ("f: a\n  + b", 4, "2:5"),
        ("f: 'a\n\n  + b'", 4, "3:5"),
        ("f: a + b", 5, "1:9"),
        ("f: [x, 'a + b']", 4, "1:13"),
    ],
)
def test_a_character_inside_a_text_is_found_behind_quotes_escapes_and_folds(text: str, offset: int, place: str) -> None:
    document = parse_yaml(text, "park.yaml")
    path = ("f", 1) if isinstance(document.data["f"], tuple) else ("f",)
    assert str(document.place(path, offset)) == f"park.yaml:{place}"


STYLES = (
    PlainScalarString,
    SingleQuotedScalarString,
    DoubleQuotedScalarString,
    LiteralScalarString,
    FoldedScalarString,
)


@given(st.text("ab \n\"'é中:#\\", min_size=1, max_size=60), st.sampled_from(STYLES), st.integers(8, 40))
def test_each_character_of_a_text_is_found_in_whatever_style_it_is_written(text: str, style: Any, width: int) -> None:
    writer = YAML()
    writer.width = width
    stream = io.StringIO()
    writer.dump({"a": {"text": style(text)}}, stream)
    lines = stream.getvalue().split("\n")
    document = parse_yaml(stream.getvalue(), "")
    if document.data["a"]["text"] != text:
        return  # not every style can hold every text
    for offset, character in enumerate(text):
        place = document.place(("a", "text"), offset)
        shown = lines[(place.line or 0) - 1][(place.column or 0) - 1 :]
        if not character.isspace():
            assert shown.startswith((character, f"\\{character}", "\\x", "\\u"))


# --- what is refused ---------------------------------------------------------------------------------------------


def test_a_key_that_stands_twice_is_told_and_the_first_one_counts() -> None:
    document = parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 3", "park.yaml")
    assert document.data == {"a": 1, "b": {"c": 1}}
    assert [(str(each.place), each.code) for each in document.findings] == [
        ("park.yaml:2:11", "duplicate_key"),
        ("park.yaml:3:1", "duplicate_key"),
    ]
    assert "line 1" in document.findings[1].message.en


def test_anchors_tags_and_keys_that_are_lists_are_all_told_at_once() -> None:
    found = refused("a: &x {b: 1}\nc: *x\nd: !!python/object:os.system ls\n&k e: 1\n? [f]\n: 1\ng: !local x\na: 2")
    assert [(str(each.place), each.code) for each in found] == [
        ("park.yaml:1:4", "yaml_anchor"),
        ("park.yaml:3:4", "yaml_tag"),
        ("park.yaml:4:1", "yaml_anchor"),
        ("park.yaml:5:3", "yaml_key"),
        ("park.yaml:7:4", "yaml_tag"),
        ("park.yaml:8:1", "duplicate_key"),
    ]


def test_an_anchor_that_stands_twice_is_told_twice_and_draws_no_warning_beside() -> None:
    assert [str(each.place) for each in refused("a: &x 1\nb: &x 2")] == ["park.yaml:1:4", "park.yaml:2:4"]


def test_aliases_of_aliases_are_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    assert {each.code for each in refused("\n".join(lines))} == {"yaml_anchor"}


def test_ten_thousand_anchors_are_told_without_delay() -> None:
    # The time that comparing each finding with each other would take is minutes; the suite would show it.
    found = refused("a:\n" + "".join(f"- &a{n} x\n" for n in range(10_000)))
    assert len(found) == 10_000


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a:\n\t- b", "2:1", "spaces"),
        ("a: b: c", "1:5", "quote"),
        ("a: *x", "1:4", "quote"),
        ("a: @x", "1:4", "quote"),
        ("a: %x", "1:4", "quote"),
        ("a: {b: 1", "1:9", "brackets"),
        ("a: [1\nb: 2", "2:2", "brackets"),
        ("a: 'x", "1:6", "closed"),
        ("a: 1\n---\nb: 2", "2:1", "one framework"),
        ("a:\n  b: 1\n c: 2", "3:2", "indentation"),
        ("a: 1\nb: 中\x07文", "2:5", "invisible"),
    ],
)
def test_the_place_where_the_syntax_breaks_is_shown_with_a_way_out(text: str, place: str, hint: str) -> None:
    found = only(refused(text))
    assert (str(found.place), found.code) == (f"park.yaml:{place}", "yaml_syntax")
    assert found.hint is not None
    assert hint in found.hint.en


@pytest.mark.parametrize("text", ["a: " + "[" * 50 + "]" * 50, "a: " + "[" * 5000, "a: " + "{a: " * 5000])
def test_nesting_beyond_reason_is_refused(text: str) -> None:
    assert only(refused(text)).code == "too_deep"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "{}"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert only(refused(text)).code == "empty_file"


@pytest.mark.parametrize("text", ["- a", "just a text", "5"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    assert only(refused(text)).code == "not_a_mapping"


def test_a_file_of_5_mib_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "park.yaml"
    file.write_bytes(b"a: x\n" * (1024 * 1024))
    found = refused_file(file)
    assert found.code == "file_too_large"
    assert "5,242,880" in found.message.en


def test_a_file_in_another_encoding_is_refused_at_the_line(tmp_path: Path) -> None:
    file = tmp_path / "park.yaml"
    file.write_bytes("a: 1\nzh: 合肥高新区\n".encode("gb18030"))
    found = refused_file(file)
    assert (found.code, found.place) == ("encoding", Place(str(file), line=2))


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    assert refused_file(tmp_path / "gone.yaml").code == "cannot_read"


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    assert refused_file(tmp_path).code == "cannot_read"


# --- writing -----------------------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | texts() | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple) | st.dictionaries(texts() | st.integers(0, 3000), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(texts(), VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert parse_yaml(write_yaml(data), "").data == data


@given(VALUES)
def test_a_value_on_one_line_is_read_back(value: Any) -> None:
    line = write_flow(value)
    assert "\n" not in line
    assert parse_yaml(f"value: {line}", "").data == {"value": value}


@pytest.mark.parametrize("text", AWKWARD)
def test_an_awkward_text_is_read_back(text: str) -> None:
    data = {"a": text, text: (text, {"b": text})}
    assert parse_yaml(write_yaml(data), "").data == data


def test_what_is_said_twice_is_written_twice_and_never_as_an_alias() -> None:
    day, group = datetime.date(2021, 4, 22), {"zh": "例", "aliases": ("a", "b")}
    assert "*" not in write_yaml({"a": day, "b": day, "c": group, "d": group})


def test_written_yaml_is_made_for_people() -> None:
    data = {
        "id": "x",
        "title": {"zh": "例", "en": "Example"},
        "indicators": ({"id": "1.10", "zh": "一", "weight": "20%"},),
    }
    assert (
        write_yaml(data) == "id: x\ntitle: {zh: 例, en: Example}\nindicators:\n  - {id: '1.10', zh: 一, weight: 20%}\n"
    )
