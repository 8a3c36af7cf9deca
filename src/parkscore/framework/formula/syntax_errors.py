"""Say in words where and why a text is not a formula."""

from __future__ import annotations

import re
from typing import Final

from lark import Token
from lark.exceptions import UnexpectedInput, UnexpectedToken

from parkscore.framework.formula.problems import FormulaProblem
from parkscore.language import Text

_IN_BRACKETS: Final = Text("含特殊字符的名称放在方括号里", "a name with other characters goes in brackets")

# What stands at the problem, and the way out. The first pattern that fits the text from there on is taken.
_HINTS: Final = (
    (
        r"\*\*|＊＊|\^|＾",
        Text("没有乘方；复合增长率用 cagr()，或连乘", "there is no power operator; use cagr() or multiply"),
    ),
    (r"[.．]", Text("带点的名称放在方括号里，如 [2.4]", "a name with a dot goes in brackets, such as [2.4]")),
    (r"[&＆|｜]{2}", Text("写 and（且）、or（或）", "write and (且), or (或)")),
    (r"[,，]\s*\d{3}", Text("数里不写千分号", "leave out the commas between thousands")),
    (r"[&＆#@$￥:：;；、/\\?？·~_{}]", _IN_BRACKETS),
    (r"[\"'“‘”’＂]", Text("文字要用成对的引号括起来", "a text stands between a pair of quotation marks")),
    (r"[%％]", Text("% 只能紧跟在数后面，如 5%", "% stands only after a number, such as 5%")),
    (
        r"[\[［【]",
        Text(
            "方括号只括名称，如 [2.4]；名称之间要有运算符",
            "brackets hold a name, such as [2.4]; between names there is an operator",
        ),
    ),
    (r"[且或非]|属于", Text("“且 或 非 属于”前后留空格", "put a space before and after 且, 或, 非, 属于")),
    (r"[(（]", Text('列表写作 x in ["B", "C"]', 'a list is written x in ["B", "C"]')),
)


def syntax_problem(text: str, error: UnexpectedInput) -> FormulaProblem:
    """The problem at which reading stopped."""
    if not text.strip():
        return FormulaProblem(0, Text("公式是空的", "the formula is empty"))
    offset = _offset(text, error)
    rest = text[offset:]
    if not rest.strip():
        return _unfinished(text)
    if offset == len(text) - len(text.lstrip()) and rest[0] in "=＝+＋":
        return FormulaProblem(offset, _unexpected(rest[0]), Text("去掉开头的符号", f"leave out the leading {rest[0]}"))
    hint = next((hint for pattern, hint in _HINTS if re.match(pattern, rest)), None)
    if isinstance(error, UnexpectedToken) and error.token.type in {"NAME", "NUMBER", "TEXT"} and hint is None:
        hint = Text("前面缺运算符", "an operator is missing before it")
    return FormulaProblem(offset, _unexpected(_word(error, rest)), hint)


def _offset(text: str, error: UnexpectedInput) -> int:
    if isinstance(error, UnexpectedToken):
        at_end = error.token.type == "$END"
        return len(text) if at_end else error.token.start_pos or 0
    return error.pos_in_stream or 0


def _word(error: UnexpectedInput, rest: str) -> str:
    token = error.token if isinstance(error, UnexpectedToken) else None
    return str(token) if isinstance(token, Token) and token.type != "$END" else rest[0]


def _unexpected(word: str) -> Text:
    return Text(f"这里不能有 {word}", f"{word} does not belong here")


def _unfinished(text: str) -> FormulaProblem:
    opened = len(re.findall(r"[(（]", text)) - len(re.findall(r"[)）]", text))
    hint = Text("缺右括号 )", "a closing ) is missing") if opened > 0 else None
    return FormulaProblem(len(text), Text("公式没有写完", "the formula ends too early"), hint)
