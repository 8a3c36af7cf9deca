"""Compose the nodes of any YAML by ruamel.yaml, or tell where its syntax breaks."""

from __future__ import annotations

from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from parkscore.findings import Finding, FrameworkError, Place
from parkscore.framework.text_positions import line_and_column
from parkscore.framework.yaml_form import too_deep, yaml_error
from parkscore.language import Text


def compose_any(source: str, file: str) -> Node | None:
    """The root node of a text whose lines end in a bare line feed, None where it is empty; FrameworkError at a mistake.

    >>> compose_any("id: &anchor x", "park.yaml").value[0][1].anchor
    'anchor'
    """
    loader = YAML(typ="safe", pure=True)
    loader.composer.warn_double_anchors = False  # whoever reads the nodes refuses every anchor, with its place
    try:
        node: Node | None = loader.compose(source)
    except (YAMLError, ValueError, RecursionError) as error:
        raise FrameworkError(_syntax_finding(error, source, file)) from None
    return node


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
        return too_deep(place)
    hint = next((hint for words, hint in _SYNTAX_HINTS if words in problem), None)
    chinese = "YAML 语法错误" if hint is not None else f"YAML 语法错误：`{problem}`"
    return yaml_error("yaml_syntax", place, Text(chinese, f"YAML syntax: {problem}"), hint)
