"""Answer on the console: results on stdout, messages on stderr, or one JSON document."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Annotated, Any

import typer

from parkscore.findings import Finding, Severity, worst_first
from parkscore.language import LANGUAGES, Language, Text, preferred_language

LanguageOption = Annotated[Language | None, typer.Option("--lang", help="语言。 Language of the answer.")]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 文档。 Answer with one JSON document.")]

ERROR_SCHEMA = "parkscore-error/1"
MOST_LINES = 30
MOST_ERRORS = 100
MOST_IN_FULL = 20  # findings that are shown without standing for each other
MOST_OF_A_KIND = 5
_CAUSES = ("measure_mixup",)
_COLUMN_CAUSES = ("missing_column", "extra_column")
_WIDTH_OF_A_FILE = 240  # so that a table that goes into a file or a pipe keeps one line a row
_UNKNOWN_TERMINAL = (80, 25)
_PATIENCE = 1.0  # seconds of silence before a wait is shown


@dataclass(frozen=True)
class Reply:
    """How one command answers: in which language, whether as JSON, and whether a fault of ours shows its traceback."""

    language: Language
    as_json: bool = False
    debug: bool = False

    def say(self, *lines: Text | str) -> None:
        """Print lines of the result; under `--json` the document alone is the result."""
        if lines and not self.as_json:
            print(*(self.word(line) for line in lines), sep="\n")

    def tell(self, *lines: Text | str) -> None:
        """Print messages about the run to stderr; under `--json` they are in the document."""
        if lines and not self.as_json:
            print(*(self.word(line) for line in lines), sep="\n", file=sys.stderr)

    def word(self, text: Text | str) -> str:
        """A text in the reader's language; what has one form only passes."""
        return text.in_language(self.language) if isinstance(text, Text) else text

    def document(self, command: str, content: dict[str, Any]) -> None:
        """Print the one JSON document of a command, whose `schema` names the command and the version of its form."""
        if self.as_json:
            print_json({"schema": f"parkscore-{command}/1", **content})

    def table(self, heads: Sequence[Text | str], rows: Iterable[Sequence[Any]], right: Iterable[int] = ()) -> None:
        """Print a table, columns wide enough for Chinese; `right` are the columns of numbers."""
        if self.as_json:
            return
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text as Cell

        numbers = set(right)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for position, head in enumerate(heads):
            table.add_column(Cell(self.word(head)), justify="right" if position in numbers else "left")
        for row in rows:
            table.add_row(*(Cell("" if cell is None else str(self.word(cell))) for cell in row))
        page = io.StringIO()
        width = _columns() if sys.stdout.isatty() else _WIDTH_OF_A_FILE
        Console(file=page, width=width, highlight=False).print(table)
        print(*(line.rstrip() for line in page.getvalue().splitlines()), sep="\n")

    def load_tables(self) -> None:
        """Load what prints a table in a thread, while a run has still to be waited for."""
        if not self.as_json:
            threading.Thread(target=lambda: [import_module(name) for name in ("rich.console", "rich.table")]).start()

    def show_findings(self, findings: Iterable[Finding], rest: Text | None = None) -> None:
        """Print errors and warnings to stderr, worst first, then how many are left over and where to find them.

        A mistake about a whole column comes first, because it is the cause of many others, and a header that was not
        understood first of its severity; of many findings of one code and rule the first few stand for all.
        """
        ordered = sorted(worst_first(findings), key=_causes_first)
        groups = _by_kind(ordered)
        few = sum(len(group) for group in groups) <= MOST_IN_FULL
        shown = warning_lines = of_kinds = 0
        for group in groups:
            listed = group if few else [finding for finding in group if not finding.more][:MOST_OF_A_KIND]
            for finding in listed:
                lines = finding.render(self.language)
                warning_lines += (lines.count("\n") + 1) * (finding.severity is Severity.WARNING)
                if shown >= MOST_ERRORS or warning_lines > MOST_LINES:
                    break
                self.tell(lines)
                shown += 1
            else:
                of_kinds += self._tell_rest_of_kind(group, listed)
        self._tell_rest(ordered, shown, of_kinds, rest)

    def _tell_rest_of_kind(self, group: Sequence[Finding], listed: Sequence[Finding]) -> int:
        left = _count(group) - _count(listed)
        if left:
            rule, code = group[0].rule, group[0].code
            of = Text(f"规则 {rule}", f"rule {rule}") if rule else Text(code, code)
            self.tell(Text(f"    …… {of.zh} 还有 {left} 条", f"    ... and {left} more of {of.en}"))
        return left

    def _tell_rest(self, ordered: Sequence[Finding], shown: int, of_kinds: int, rest: Text | None) -> None:
        """How many are not shown, those that were counted by their kind among them, and where they are."""
        left = _count(ordered) - shown
        if not left:
            return
        where = rest or Text("用 --json 列出全部", "--json lists all of them")
        if rest is None and any(finding.more for finding in ordered):
            where = Text("用 --json 列出，同类的只列前面一些", "--json lists them, the first of each kind")
        infos = _count(finding for finding in ordered if finding.severity is Severity.INFO)
        about = Text(f"（提示 {infos} 条）", f" ({infos} of them for information)") if infos else Text("", "")
        in_all = Text("共", " in all") if of_kinds else Text("", "")
        self.tell(
            Text(
                f"…… {in_all.zh}还有 {left} 条{about.zh}：{where.zh}",
                f"... and {left} more{in_all.en}{about.en}: {where.en}",
            )
        )

    def refuse(self, findings: Sequence[Finding], exit_code: int) -> None:
        """Say why a command ends without a result."""
        if self.as_json:
            plain = [finding.as_dict(self.language) for finding in findings]
            print_json({"schema": ERROR_SCHEMA, "exit_code": exit_code, "findings": plain})
        else:
            self.show_findings(findings)

    @contextlib.contextmanager
    def waiting(self, text: Text) -> Iterator[None]:
        """Show on a terminal what is being waited for, once the wait is longer than a second."""
        if self.as_json or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        status = Console(stderr=True).status(self.word(text))
        timer = threading.Timer(_PATIENCE, status.start)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            status.stop()


def _columns() -> int:
    """How wide the terminal is that the result is shown on, by its own stream: the number 1 may lead elsewhere."""
    try:
        own = tuple(os.get_terminal_size(sys.stdout.fileno()))
    except (OSError, ValueError):
        own = _UNKNOWN_TERMINAL
    return shutil.get_terminal_size((own[0], own[1])).columns


def _causes_first(finding: Finding) -> tuple[bool, int, bool]:
    """What sorts findings so that those that explain others come before them; the order is kept otherwise."""
    severity = list(Severity).index(finding.severity)
    return finding.code not in _CAUSES, severity, finding.code not in _COLUMN_CAUSES


def _count(findings: Iterable[Finding]) -> int:
    """How many findings there are, with those that one of them stands for."""
    return sum(finding.more or 1 for finding in findings)


def _by_kind(ordered: Iterable[Finding]) -> list[list[Finding]]:
    """Errors and warnings of one code and rule together, in the order of the first of each."""
    groups: dict[tuple[Severity, str, str | None], list[Finding]] = {}
    for finding in ordered:
        if finding.severity is not Severity.INFO:
            groups.setdefault((finding.severity, finding.code, finding.rule), []).append(finding)
    return list(groups.values())


# What the options before the command say; the command's own options come on top.
_asked: ContextVar[Reply | None] = ContextVar("asked", default=None)


def reply_to(language: Language | None, as_json: bool) -> Reply:
    """The reply that a command's own options ask for, on top of those before the command."""
    standing = _asked.get() or Reply(preferred_language())
    return Reply(language or standing.language, as_json or standing.as_json)


def preset(language: Language | None, as_json: bool) -> None:
    """Keep what the options before the command ask for."""
    _asked.set(Reply(language or preferred_language(), as_json))


def reply_asked_for(arguments: Sequence[str]) -> Reply:
    """The reply that a command line asks for, even where the rest of it cannot be understood.

    >>> reply_asked_for(["score", "--lang=en", "--josn", "--json"])
    Reply(language='en', as_json=True, debug=False)
    """
    language = preferred_language()
    for word, following in pairwise([*arguments, ""]):
        name, equals, value = word.partition("=")
        value = value if equals else following
        if name == "--lang" and value in LANGUAGES:
            language = "zh" if value == "zh" else "en"
    debug = "--debug" in arguments or bool(os.environ.get("PARKSCORE_DEBUG"))
    return Reply(language, "--json" in arguments, debug)


def print_json(document: dict[str, Any]) -> None:
    """Print plain data as JSON; Chinese stays readable."""
    print(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))


def use_utf8() -> None:
    """Let both streams take Chinese whatever the console's encoding; what it cannot show is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def internal_fault(error: BaseException) -> Finding:
    """One line for what should never happen."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return Finding(
        code="internal_fault",
        severity=Severity.ERROR,
        message=Text(
            f"内部故障：{reason}（`parkscore --debug …` 显示细节）",
            f"internal fault: {reason} (`parkscore --debug ...` shows where)",
        ),
    )
