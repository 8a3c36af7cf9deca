"""The YAML form of a framework or weight scheme: read with line and column, written to be read by people."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path as FilePath
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.framework.document import Document, Path, Spot
from parkscore.framework.plain_yaml import compose_plain
from parkscore.framework.text_positions import line_and_column, position_of
from parkscore.language import Text, system_reason

MOST_BYTES: Final = 1024 * 1024
MOST_DEPTH: Final = 40
_LONGEST_INTEGER: Final = 30
_FLOW_WIDTH: Final = 96


def read_yaml(path: FilePath) -> Document:
    """The document in a YAML file.

    Raises FrameworkError with every anchor and foreign tag, or the one place where the syntax breaks. Keys that stand
    twice are findings of the document: the first one counts.
    """
    return parse_yaml(_text_of(path), str(path))


def read_bytes(path: FilePath) -> bytes:
    """The content of a file of at most 1 MiB; FrameworkError where it is larger or cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
            size = path.stat().st_size
    except OSError as error:
        reason = system_reason(error)
        message = Text(f"无法读取：{reason.zh}", f"cannot be read: {reason.en}")
        hint = Text("检查文件权限，或复制到别处再读", "check the permissions of the file, or read a copy of it")
        raise FrameworkError(_error("cannot_read", Place(str(path)), message, hint)) from None
    if len(content) > MOST_BYTES:
        raise FrameworkError(
            _error(
                "file_too_large",
                Place(str(path)),
                Text(
                    f"文件有 {size:,} 字节，上限 {MOST_BYTES:,}", f"the file has {size:,} bytes, {MOST_BYTES:,} at most"
                ),
                Text("指标体系文件只放定义，数据请另存为表格", "a framework holds definitions; keep data in a table"),
            )
        )
    return content


def _text_of(path: FilePath) -> str:
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FrameworkError(
            _error(
                "encoding",
                Place(str(path), line=line),
                Text(f"不是 UTF-8 文本（第 {error.start + 1} 字节）", f"is not UTF-8 text (byte {error.start + 1})"),
                Text("用编辑器另存为 UTF-8 编码", "save it with the encoding UTF-8"),
            )
        ) from None


def parse_yaml(text: str, file: str) -> Document:
    """The document in a YAML text; `file` is what findings call it. Raises as `read_yaml`."""
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    loader = YAML(typ="safe", pure=True)
    loader.composer.warn_double_anchors = False  # every anchor is refused below, with its place
    try:
        node = compose_plain(source) or loader.compose(source)
    except (YAMLError, ValueError, RecursionError) as error:
        raise FrameworkError(_syntax_finding(error, source, file)) from None
    reader = _NodeReader(source, file)
    data = reader.read(node, (), 0) if node is not None else None
    if reader.refused:
        raise FrameworkError([*reader.refused, *reader.repeated])
    if data in (None, {}):
        raise FrameworkError(_error("empty_file", Place(file), Text("文件是空的", "the file is empty")))
    if not isinstance(data, dict):
        raise FrameworkError(
            _error(
                "not_a_mapping",
                Place(file, line=1, column=1),
                Text("最外层应是 `键: 值`", "the top level must be `key: value` lines"),
            )
        )
    return Document(data, file, reader.spots, tuple(reader.repeated))


# What the parser says, and the way out. The first words that occur are taken.
_SYNTAX_HINTS: Final = (
    ("\\t", Text("用空格缩进，不要用制表符", "indent with spaces, not tabs")),
    ("alias", Text("不使用锚点和别名；以 * 开头的文字加引号", "there are no aliases; quote a text that starts with *")),
    (
        "mapping values are not allowed",
        Text("含“: ”的文字加引号；或检查缩进", "quote a text that holds `: `, or check the indentation"),
    ),
    ("cannot start any token", Text("以此符号开头的文字加引号", "quote a text that starts with this character")),
    ("block end", Text("检查缩进：同级的键左对齐", "check the indentation: keys of one group start in one column")),
    ("expected ',' or", Text("检查括号与逗号是否成对、齐全", "check that brackets are closed and commas are there")),
    ("end of stream", Text("检查引号与括号是否成对", "check that quotes and brackets are closed")),
    ("character U+", Text("去掉看不见的控制字符", "remove the invisible character")),
    ("another document", Text("一个文件只放一个指标体系，去掉 ---", "one file holds one framework: remove the ---")),
)


def _syntax_finding(error: Exception, source: str, file: str) -> Finding:
    place, problem = Place(file), type(error).__name__
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        place = Place(file, line=mark.line + 1, column=mark.column + 1) if mark else place
        problem = " ".join(part for part in (error.context, error.problem) if part)
    elif isinstance(error, ReaderError):
        line, column = line_and_column(source, error.position)
        place = Place(file, line=line, column=column)
        problem = f"character U+{ord(source[error.position]):04X}"
    elif isinstance(error, RecursionError):
        return _too_deep(place)
    hint = next((hint for words, hint in _SYNTAX_HINTS if words in problem), None)
    chinese = "YAML 语法错误" if hint is not None else f"YAML 语法错误：`{problem}`"
    return _error("yaml_syntax", place, Text(chinese, f"YAML syntax: {problem}"), hint)


def _too_deep(place: Place) -> Finding:
    message = Text(f"嵌套超过 {MOST_DEPTH} 层", f"nested more than {MOST_DEPTH} deep")
    return _error(
        "too_deep", place, message, Text("减少层级，检查括号和缩进", "nest less; check brackets and indentation")
    )


def _error(code: str, place: Place, message: Text, hint: Text | None = None) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=place, message=message, hint=hint)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError(text)
    plain = text.replace("_", "")
    return int(plain, 0) if plain.lstrip("+-").lower().startswith(("0x", "0o", "0b")) else int(plain)


def _decimal(text: str) -> float:
    plain = text.replace("_", "").lower()
    return float(plain.replace(".inf", "inf").replace(".nan", "nan"))


def _truth(text: str) -> bool | str:
    # `yes` and `no` are texts, even in a file that asks for YAML 1.1.
    return {"true": True, "false": False}.get(text.lower(), text)


_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": _integer,
    "tag:yaml.org,2002:float": _decimal,
    "tag:yaml.org,2002:bool": _truth,
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:timestamp": datetime.date.fromisoformat,
    # The signs of merging and of default values mean nothing here.
    "tag:yaml.org,2002:merge": str,
    "tag:yaml.org,2002:value": str,
}


class _NodeReader:
    """Turns composed YAML nodes into plain data while noting spots and collecting findings."""

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self.spots: dict[Path, Spot] = {}
        self.refused: dict[Finding, None] = {}
        self.repeated: list[Finding] = []

    def read(self, node: Any, path: Path, depth: int, key: Any = None) -> Any:
        """The value of a node; `key` is the node of its key."""
        place = self.place(node)
        key_place = self.place(key) if key is not None else None
        inside = partial(self.inside, node) if isinstance(node, ScalarNode) else None
        self.spots[path] = Spot(place, key_place, _written(node), _written(key), inside)
        if self.has_anchor(node, place):
            return None
        if depth > MOST_DEPTH:
            self.refused[_too_deep(place)] = None
            return None
        if isinstance(node, ScalarNode):
            return self.read_scalar(node, place)
        if isinstance(node, MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self.read_mapping(node, path, depth)
        if isinstance(node, SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return tuple(self.read(child, (*path, index), depth + 1) for index, child in enumerate(node.value))
        return self.read_scalar(node, place)

    def read_mapping(self, node: MappingNode, path: Path, depth: int) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node)
            if self.has_anchor(key_node, place):
                continue
            if not isinstance(key_node, ScalarNode):
                self.refuse("yaml_key", place, Text("键应是一个词", "a key must be one word"))
                continue
            key = self.read_scalar(key_node, place)
            if key in data:
                self.repeat(key, place, self.spots[(*path, key)].key)
            else:
                data[key] = self.read(value_node, (*path, key), depth + 1, key_node)
        return data

    def read_scalar(self, node: Any, place: Place) -> Any:
        construct = _SCALARS.get(str(node.tag)) if isinstance(node, ScalarNode) else None
        if construct is None:
            self.refuse(
                "yaml_tag",
                place,
                Text(f"不使用标签 {node.tag}", f"tags such as {node.tag} are not used"),
                Text("去掉标签；以 ! 开头的文字加引号", "remove the tag; quote a text that starts with !"),
            )
            return None
        try:
            return construct(node.value)
        except ValueError:
            return node.value

    def place(self, node: Any) -> Place:
        return Place(self.file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)

    def inside(self, node: ScalarNode, offset: int) -> Place:
        index = position_of(self.source, node.start_mark.index, node.style, node.value, offset)
        line, column = line_and_column(self.source, index)
        return Place(self.file, line=line, column=column)

    def has_anchor(self, node: Any, place: Place) -> bool:
        if node.anchor is None:
            return False
        self.refuse(
            "yaml_anchor",
            place,
            Text(f"不使用锚点 &{node.anchor}", f"anchors such as &{node.anchor} are not used"),
            Text("把内容写两遍，或写进 defaults:", "write it twice, or put it under defaults:"),
        )
        return True

    def refuse(self, code: str, place: Place, message: Text, hint: Text | None = None) -> None:
        """An alias is read as the node that it repeats, so the same finding may come again."""
        self.refused[_error(code, place, message, hint)] = None

    def repeat(self, key: Any, place: Place, first: Place | None) -> None:
        where = first.line if first is not None else None
        self.repeated.append(
            _error(
                "duplicate_key",
                place,
                Text(f"键 {key} 已在第 {where} 行出现", f"the key {key} already stands in line {where}"),
                Text("删去其中一个", "remove one of the two"),
            )
        )


def _written(node: Any) -> str | None:
    """The characters of a scalar that is not read as text."""
    return node.value if isinstance(node, ScalarNode) and node.tag != "tag:yaml.org,2002:str" else None


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
