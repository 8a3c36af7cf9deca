"""Read the YAML form of a framework or weight scheme, with the line and column of everything."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path as FilePath
from typing import Any, Final

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.framework.document import Document, Path, Spot
from parkscore.framework.plain_yaml import compose_plain
from parkscore.framework.text_positions import line_and_column, position_of
from parkscore.language import Text, system_reason

MOST_BYTES: Final = 1024 * 1024
MOST_DEPTH: Final = 40
_LONGEST_INTEGER: Final = 30


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
        raise FrameworkError(yaml_error("cannot_read", Place(str(path)), message, hint)) from None
    if len(content) > MOST_BYTES:
        raise FrameworkError(
            yaml_error(
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
            yaml_error(
                "encoding",
                Place(str(path), line=line),
                Text(f"不是 UTF-8 文本（第 {error.start + 1} 字节）", f"is not UTF-8 text (byte {error.start + 1})"),
                Text("用编辑器另存为 UTF-8 编码", "save it with the encoding UTF-8"),
            )
        ) from None


def parse_yaml(text: str, file: str) -> Document:
    """The document in a YAML text; `file` is what findings call it. Raises as `read_yaml`."""
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    node = compose_plain(source)
    if node is None:
        from parkscore.framework.any_yaml import compose_any  # here, as most files are plain

        node = compose_any(source, file)
    reader = _NodeReader(source, file)
    data = reader.read(node, (), 0) if node is not None else None
    if reader.refused:
        raise FrameworkError([*reader.refused, *reader.repeated])
    if data in (None, {}):
        raise FrameworkError(yaml_error("empty_file", Place(file), Text("文件是空的", "the file is empty")))
    if not isinstance(data, dict):
        raise FrameworkError(
            yaml_error(
                "not_a_mapping",
                Place(file, line=1, column=1),
                Text("最外层应是 `键: 值`", "the top level must be `key: value` lines"),
            )
        )
    return Document(data, file, reader.spots, tuple(reader.repeated))


def too_deep(place: Place) -> Finding:
    """The finding for a place at which too much is nested."""
    message = Text(f"嵌套超过 {MOST_DEPTH} 层", f"nested more than {MOST_DEPTH} deep")
    return yaml_error(
        "too_deep", place, message, Text("减少层级，检查括号和缩进", "nest less; check brackets and indentation")
    )


def yaml_error(code: str, place: Place, message: Text, hint: Text | None = None) -> Finding:
    """An error at a place of a file."""
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


class _Spots(Mapping[Path, Spot]):
    """The spots of a file, each made when somebody asks for it: where nothing is wrong, nobody does."""

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self.nodes: dict[Path, tuple[Any, Any]] = {}
        self.made: dict[Path, Spot] = {}

    def __getitem__(self, path: Path) -> Spot:
        if path not in self.made:
            self.made[path] = self.spot(*self.nodes[path])
        return self.made[path]

    def spot(self, node: Any, key: Any) -> Spot:
        inside = partial(self.inside, node) if node.id == "scalar" else None
        if key is None:
            return Spot(self.place(node), None, _written(node), None, inside)
        return Spot(self.place(node), self.place(key), _written(node), _written(key), inside)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def place(self, node: Any) -> Place:
        return Place(self.file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)

    def inside(self, node: Any, offset: int) -> Place:
        index = position_of(self.source, node.start_mark.index, node.style, node.value, offset)
        line, column = line_and_column(self.source, index)
        return Place(self.file, line=line, column=column)


class _NodeReader:
    """Turns composed YAML nodes into plain data while noting spots and collecting findings."""

    def __init__(self, source: str, file: str) -> None:
        self.spots = _Spots(source, file)
        self.refused: dict[Finding, None] = {}
        self.repeated: list[Finding] = []

    def read(self, node: Any, path: Path, depth: int, key: Any = None) -> Any:
        """The value of a node; `key` is the node of its key."""
        self.spots.nodes[path] = node, key
        if self.has_anchor(node):
            return None
        if depth > MOST_DEPTH:
            self.refused[too_deep(self.spots.place(node))] = None
            return None
        if node.id == "mapping" and node.tag == "tag:yaml.org,2002:map":
            return self.read_mapping(node, path, depth)
        if node.id == "sequence" and node.tag == "tag:yaml.org,2002:seq":
            return tuple(self.read(child, (*path, index), depth + 1) for index, child in enumerate(node.value))
        return self.read_scalar(node)

    def read_mapping(self, node: Any, path: Path, depth: int) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if self.has_anchor(key_node):
                continue
            if key_node.id != "scalar":
                self.refuse("yaml_key", key_node, Text("键应是一个词", "a key must be one word"))
                continue
            key = self.read_scalar(key_node)
            if key in data:
                self.repeat(key, key_node, self.spots[(*path, key)].key)
            else:
                data[key] = self.read(value_node, (*path, key), depth + 1, key_node)
        return data

    def read_scalar(self, node: Any) -> Any:
        construct = _SCALARS.get(str(node.tag)) if node.id == "scalar" else None
        if construct is None:
            self.refuse(
                "yaml_tag",
                node,
                Text(f"不使用标签 {node.tag}", f"tags such as {node.tag} are not used"),
                Text("去掉标签；以 ! 开头的文字加引号", "remove the tag; quote a text that starts with !"),
            )
            return None
        try:
            return construct(node.value)
        except ValueError:
            return node.value

    def has_anchor(self, node: Any) -> bool:
        anchor = getattr(node, "anchor", None)  # what is plain has none
        if anchor is None:
            return False
        self.refuse(
            "yaml_anchor",
            node,
            Text(f"不使用锚点 &{anchor}", f"anchors such as &{anchor} are not used"),
            Text("把内容写两遍，或写进 defaults:", "write it twice, or put it under defaults:"),
        )
        return True

    def refuse(self, code: str, node: Any, message: Text, hint: Text | None = None) -> None:
        """An alias is read as the node that it repeats, so the same finding may come again."""
        self.refused[yaml_error(code, self.spots.place(node), message, hint)] = None

    def repeat(self, key: Any, node: Any, first: Place | None) -> None:
        where = first.line if first is not None else None
        self.repeated.append(
            yaml_error(
                "duplicate_key",
                self.spots.place(node),
                Text(f"键 {key} 已在第 {where} 行出现", f"the key {key} already stands in line {where}"),
                Text("删去其中一个", "remove one of the two"),
            )
        )


def _written(node: Any) -> str | None:
    """The characters of a scalar that is not read as text."""
    return node.value if node.id == "scalar" and node.tag != "tag:yaml.org,2002:str" else None
