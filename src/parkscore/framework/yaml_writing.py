"""Write the YAML form of a framework or weight scheme, to be read by people."""

from __future__ import annotations

import io
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

_FLOW_WIDTH: Final = 96


def write_yaml(data: dict[str, Any]) -> str:
    """A document's data as YAML: short groups on one line, codes in quotes, Chinese as it is."""
    stream = io.StringIO()
    _writer().dump(CommentedMap((_text(key), _styled(value)) for key, value in data.items()), stream)
    return stream.getvalue()


def write_flow(value: Any) -> str:
    """A value on one line, as it stands in a workbook cell."""
    writer = _writer()
    writer.width = 1_000_000
    writer.default_flow_style = True
    stream = io.StringIO()
    writer.dump(_flow(value), stream)
    return stream.getvalue().removesuffix("\n").removesuffix("...").rstrip("\n")


def _writer() -> YAML:
    writer = YAML(typ="rt", pure=True)
    writer.allow_unicode = True
    writer.width = 120
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda _: True  # what is said twice is written twice
    return writer


def _styled(value: Any) -> Any:
    if isinstance(value, dict):
        block = CommentedMap((_text(key), _styled(inner)) for key, inner in value.items())
        if all(_is_small(inner) for inner in value.values()):
            _flow_if_short(block)
        return block
    if isinstance(value, (list, tuple)):
        sequence = CommentedSeq(_styled(inner) for inner in value)
        if not any(isinstance(inner, dict) for inner in value):
            _flow_if_short(sequence)
        return sequence
    return _text(value)


def _is_small(value: Any) -> bool:
    return not isinstance(value, (dict, list, tuple)) or len(repr(value)) < 40


def _flow_if_short(block: Any) -> None:
    if len(write_flow(block)) <= _FLOW_WIDTH:
        block.fa.set_flow_style()


def _flow(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = CommentedMap((_text(key), _flow(inner)) for key, inner in value.items())
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, (list, tuple)):
        sequence = CommentedSeq(_flow(inner) for inner in value)
        sequence.fa.set_flow_style()
        return sequence
    return _text(value)


def _text(value: Any) -> Any:
    """A text with a colon or a question mark is quoted: the writer takes more of them for plain than the reader."""
    return DoubleQuotedScalarString(value) if isinstance(value, str) and {":", "?"} & set(value) else value
