"""Tests of parkscore.framework.plain_yaml: libyaml and ruamel.yaml read the same, to the column."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

from parkscore import shipped
from parkscore.framework.plain_yaml import compose_plain, tag_of
from parkscore.framework.yaml_form import parse_yaml

PIECES = (
    *("id: ", "zh", "高新", "a", "e", "x", "1", "0", "7", "9", "_", ".", "：", "\u3000", "\u00a0"),
    *("\n", "\n", "\n  ", "\n    ", " ", "  ", "\t", "\x85", "\u2028", "\ufeff", "\r", "\x07"),
    *(": ", ":", "- ", "\n- ", "\n  - ", "-", "? ", "?", ", ", ",", "[", "]", "{", "}", "[1, b]", "{a: 1}", "{a: }"),
    *(
        "#",
        " # note",
        "\n#",
        "\n #",
        "\n  #",
        "&a ",
        "*a",
        "!",
        "!!str ",
        "|",
        ">",
        "|\n  ",
        ">-\n  ",
        ">+\n   ",
        "|2\n",
        "'",
        '"',
        "''",
    ),
    *("%", "%YAML 1.1\n", "---", "\n---\n", "...", "\n...\n", "@", "`", "\\", '"\\x41"', '"\\/"', "=", "<<: ", "<"),
    *("true", "yes", "no", "null", "~", ".inf", "-.nan", "1_000", "0o7", "0b1", "0x1F", "1e3", "+1.", "1:30", "-1"),
    *(
        "2021-04-22",
        "20%",
        "growth(x) / y",
        "c: 2",
        "\n  c: 2",
        "d: [",
        "key: 'it''s'\n",
        'key: "a\n  b"\n',
        "k: a\n b\n",
    ),
)


def described(node: Any) -> Any:
    """All of a node that is ever looked at."""
    mark, anchor = node.start_mark, getattr(node, "anchor", None)
    where = (node.id, str(node.tag), anchor, mark.index, mark.line, mark.column)
    if node.id == "scalar":
        return (*where, node.value, node.style)
    inner = [described(each) for child in node.value for each in (child if isinstance(child, tuple) else (child,))]
    return (*where, inner)


def by_ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).compose(text)


@pytest.mark.parametrize("name", [*shipped.framework_names(), *shipped.scheme_names()])
def test_all_shipped_files_are_plain_and_read_as_by_ruamel(name: str) -> None:
    path = shipped.framework_path(name) or shipped.scheme_path(name)
    text = Path(str(path)).read_text(encoding="utf-8")
    plain = compose_plain(text)
    assert plain is not None
    assert described(plain) == described(by_ruamel(text))


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_is_plain_is_read_as_by_ruamel(text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = compose_plain(text)
    if plain is not None:
        assert described(plain) == described(by_ruamel(text))


RESOLVER = VersionedResolver(loader=YAML(typ="safe", pure=True))
numbers = st.text("+-.0179_eExXob:TZ afnIiAN", min_size=1, max_size=12)
dates = st.from_regex(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]?)?(?:Z|[+-][0-9:]{1,5})?)?",
    fullmatch=True,
)
words = st.sampled_from(
    ["true", "True", "tRUE", "FALSE", "null", "NULL", "~", "~~", "=", "<<", "<", "yes", "No", "on", "nan"]
)


texts = st.text(min_size=1, max_size=8).map(str.strip).filter(lambda text: text and text[0] not in "!&*")  # not plain


@settings(max_examples=500)
@given(st.one_of(numbers.map(str.strip).filter(bool), dates, words, texts), st.booleans())
def test_a_text_stands_for_what_it_does_to_ruamel(value: str, plain: bool) -> None:
    assert tag_of(value, plain) == str(RESOLVER.resolve(ScalarNode, value, (plain, not plain)))


def test_plain_files_are_read_without_ruamel() -> None:
    code = (
        "import sys; from parkscore.framework.loading import load_framework; load_framework('zone-2021')\n"
        "print('ruamel.yaml' in sys.modules)"
    )
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: &x 1",
        "a: 1\nb: *a",
        "a: !x 1",
        "a: !!str 1",
        "%YAML 1.1\n---\na: no",
        "---\na: 1",
        "a: 1\n---\nb: 2",
        "a: 1\n...\n...",
        "|\n...\n",
        "|\n#",
        "a: 1\tb",
        "a: x\x85y: 2",
        "a: x\u2028y: 2",
        "a: 1\n\ufeffb: 2",
        "a: ",
        "{a: }",
        "a: >#-\n  x",
        "a: |\n\n  x",
        "a: [",
        "[" * 2000 + "]" * 2000,
        "a: \ud800",
    ],
)
def test_what_may_be_read_differently_is_left_to_the_other_reader(text: str) -> None:
    assert compose_plain(text) is None


def test_without_libyaml_the_same_document_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "title: {zh: 例}\nindicators:\n  - {id: '1', zh: 一}\n"
    with_it = parse_yaml(text, "park.yaml")
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert compose_plain(text) is None
    without = parse_yaml(text, "park.yaml")
    assert without.data == with_it.data
    assert {path: spot.value for path, spot in without.spots.items()} == {
        path: spot.value for path, spot in with_it.spots.items()
    }
