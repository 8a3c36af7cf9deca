"""The YAML form of a framework or weight scheme: read with line and column, written to be read by people."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.framework.document import Document, Path
from parkscore.language import Text

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 40
_FLOW_WIDTH = 96


def read_yaml(path: FilePath) -> Document:
    """The document in a YAML file.

    Raises FrameworkError with every duplicate key, anchor and foreign tag, or the one place where the syntax breaks.
    """
    return parse_yaml(_text_of(path), str(path))


def _text_of(path: FilePath) -> str:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FrameworkError(
            _error(
                "file_too_large",
                Place(str(path)),
                Text(f"文件有 {size:,} 字节，上限 {MOST_BYTES:,}", f"the file has {size:,} bytes, {MOST_BYTES:,} at most"),
                Text("指标体系文件只放定义，数据请另存为表格", "a framework holds definitions; keep data in a table"),
            )
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FrameworkError(
            _error(
                "encoding",
                Place(str(path)),
                Text(f"不是 UTF-8 文本（第 {error.start} 字节）", f"is not UTF-8 text (byte {error.start})"),
                Text("请另存为 UTF-8", "save it as UTF-8"),
            )
        ) from None


def parse_yaml(text: str, file: str) -> Document:
    """The document in a YAML text; `file` is what findings call it."""
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise FrameworkError(_syntax_finding(error, file)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FrameworkError(
            _error("yaml_syntax", Place(file), Text(f"不是有效的 YAML：{message}", f"is not valid YAML: {message}"))
        ) from None
    reader = _NodeReader(file)
    data = reader.read(node, (), 0) if node is not None else {}
    if reader.findings:
        raise FrameworkError(reader.findings)
    if not isinstance(data, dict):
        raise FrameworkError(
            _error(
                "not_a_mapping",
                Place(file, line=1, column=1),
                Text("最外层应是 `键: 值`", "the top level must be `key: value` lines"),
            )
        )
    return Document(data, file, reader.places, reader.keys)


def _syntax_finding(error: MarkedYAMLError, file: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    place = Place(file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file)
    problem = " ".join(part for part in (error.context, error.problem) if part)
    hint = None
    if "\\t" in problem or "tab" in problem.lower():
        hint = Text("请用空格缩进，不要用制表符", "indent with spaces, not tabs")
    elif "alias" in problem:
        hint = Text("不使用锚点和别名；以 * 开头的文字请加引号", "anchors and aliases are not used; quote a text that starts with *")
    return _error("yaml_syntax", place, Text(f"YAML 语法错误：{problem}", f"YAML syntax: {problem}"), hint)


def _error(code: str, place: Place, message: Text, hint: Text | None = None) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=place, message=message, hint=hint)


def _integer(text: str) -> int:
    plain = text.replace("_", "")
    return int(plain, 0) if plain.lstrip("+-").lower().startswith(("0x", "0o", "0b")) else int(plain)


def _decimal(text: str) -> float:
    plain = text.replace("_", "").lower()
    return float(plain.replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": _integer,
    "tag:yaml.org,2002:float": _decimal,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:timestamp": lambda text: (
        datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
    ),
}


class _NodeReader:
    """Turns composed YAML nodes into plain data while noting places and collecting findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.findings: list[Finding] = []

    def read(self, node: Any, path: Path, depth: int) -> Any:
        place = self._place(node)
        self.places[path] = place
        if node.anchor is not None:
            self._refuse(
                "yaml_anchor",
                place,
                Text(f"不使用锚点 &{node.anchor}", f"anchors such as &{node.anchor} are not used"),
                Text("把内容写两遍，或写进 defaults:", "write it twice, or put it under defaults:"),
            )
            return None
        if depth > MOST_DEPTH:
            self._refuse("too_deep", place, Text(f"嵌套超过 {MOST_DEPTH} 层", f"nested more than {MOST_DEPTH} deep"))
            return None
        if isinstance(node, MappingNode) and str(node.tag) == "tag:yaml.org,2002:map":
            return self._read_mapping(node, path, depth)
        if isinstance(node, SequenceNode) and str(node.tag) == "tag:yaml.org,2002:seq":
            return tuple(self.read(child, (*path, index), depth + 1) for index, child in enumerate(node.value))
        return self._read_scalar(node, place)

    def _read_mapping(self, node: MappingNode, path: Path, depth: int) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key_place = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self._refuse("yaml_key", key_place, Text("键应是一个词", "a key must be one word"))
                continue
            key = self._read_scalar(key_node, key_place)
            inner = (*path, key)
            if key in data:
                first = self.keys[inner]
                self._refuse(
                    "duplicate_key",
                    key_place,
                    Text(f"键 {key} 已在第 {first.line} 行出现", f"the key {key} already stands in line {first.line}"),
                    Text("删去其中一个", "remove one of the two"),
                )
                continue
            self.keys[inner] = key_place
            data[key] = self.read(value_node, inner, depth + 1)
        return data

    def _read_scalar(self, node: Any, place: Place) -> Any:
        construct = _SCALARS.get(str(node.tag))
        if construct is None or not isinstance(node, ScalarNode):
            self._refuse(
                "yaml_tag", place, Text(f"不使用标签 {node.tag}", f"tags such as {node.tag} are not used")
            )
            return None
        try:
            return construct(node.value)
        except ValueError:
            return node.value

    def _place(self, node: Any) -> Place:
        return Place(self.file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)

    def _refuse(self, code: str, place: Place, message: Text, hint: Text | None = None) -> None:
        finding = _error(code, place, message, hint)
        if finding not in self.findings:
            self.findings.append(finding)


def write_yaml(data: dict[str, Any]) -> str:
    """A document's data as YAML: short groups on one line, codes in quotes, Chinese as it is."""
    stream = io.StringIO()
    _writer().dump(_styled(data), stream)
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
    return writer


def _styled(value: Any) -> Any:
    if isinstance(value, dict):
        block = CommentedMap((key, _styled(inner)) for key, inner in value.items())
        if not any(isinstance(inner, (dict, list, tuple)) and inner for inner in value.values()):
            _flow_if_short(block)
        elif all(_is_small(inner) for inner in value.values()):
            _flow_if_short(block)
        return block
    if isinstance(value, (list, tuple)):
        sequence = CommentedSeq(_styled(inner) for inner in value)
        if not any(isinstance(inner, dict) for inner in value):
            _flow_if_short(sequence)
        return sequence
    return value


def _is_small(value: Any) -> bool:
    return not isinstance(value, (dict, list, tuple)) or len(repr(value)) < 40


def _flow_if_short(block: Any) -> None:
    if len(write_flow(block)) <= _FLOW_WIDTH:
        block.fa.set_flow_style()


def _flow(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = CommentedMap((key, _flow(inner)) for key, inner in value.items())
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, (list, tuple)):
        sequence = CommentedSeq(_flow(inner) for inner in value)
        sequence.fa.set_flow_style()
        return sequence
    return value
