"""The command line: every command, its options and its exit codes."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from parkscore.cli import (
    comparing,
    diagnosis,
    explaining,
    frameworks,
    ladders,
    members,
    methods,
    robustness,
    samples,
    scoring,
)
from parkscore.cli.allocators import keep_memory
from parkscore.cli.console import JsonOption, LanguageOption, internal_fault, preset, reply_asked_for, use_utf8
from parkscore.findings import Finding, ParkscoreError, Severity
from parkscore.language import Text
from parkscore.output.files import failed_write
from parkscore.version import VERSION

__all__ = ["app", "main"]

INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143


class Commands(TyperGroup):
    """The group of all commands; every mistake and fault ends here, in one place."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and leave with its exit code, never with a traceback."""
        del prog_name, standalone_mode  # `python -m parkscore` is parkscore too, and mistakes are explained below
        use_utf8()
        arguments = sys.argv[1:] if args is None else list(args)
        try:
            code = self._run(arguments, complete_var, windows_expand_args, extra)
            sys.stdout.flush()
        except BrokenPipeError:
            code = BROKEN_PIPE
        except OSError as error:
            refused = failed_write(Path("stdout"), error)
            code = refused.exit_code
            reply_asked_for([each for each in arguments if each != "--json"]).refuse(refused.findings, code)
            _drop_stdout()
        if code == BROKEN_PIPE:
            _drop_stdout()
        sys.exit(code)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a reader that went away is no fault."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise typer.Exit(BROKEN_PIPE) from None

    def _run(self, arguments: list[str], complete_var: str | None, expand: bool, extra: dict[str, Any]) -> int:
        """The exit code of a command line, after its mistakes have been explained."""
        reply = reply_asked_for(arguments)
        try:
            code = int(super().main(arguments, "parkscore", complete_var, False, expand, **extra) or 0)
        except ParkscoreError as error:
            code = error.exit_code
            reply.refuse(error.findings, code)
        except SystemExit as ending:  # typer itself ends so where nobody reads its help
            code = TERMINATED if ending.code == TERMINATED else BROKEN_PIPE
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
                raise  # it is stdout that is full: files are written by functions that say which
            if reply.debug:
                traceback.print_exception(error)
            finding, code = _explain(error)
            reply.refuse([finding], code)
        if code == INTERRUPTED:
            reply.tell(Text("已中断", "interrupted"))
        return code


def _drop_stdout() -> None:
    """Let the interpreter's last flush go nowhere: what is still in the buffer has no reader, or no room."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain(error: Exception) -> tuple[Finding, int]:
    """The finding and the exit code for a command line that cannot be understood, or for a fault of our own."""
    if not hasattr(error, "format_message"):
        return internal_fault(error), 1
    message = " ".join(str(error.format_message()).split()).replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "parkscore"
    text = Text(f"{_in_chinese(message)}（见 `{path} --help`）", f"{message} (see `{path} --help`)")
    return Finding(code="usage", severity=Severity.ERROR, message=text), 2


# What typer says in English only.
_CHINESE = (
    (r"No such command '(.*?)'", "没有命令 {}"),
    (r"No such option: (\S+)", "没有选项 {}"),
    (r"Missing (?:argument|option|parameter):? '(.*?)'", "缺少 {}"),
    (r"Invalid value for '(.*?)': (.*)", "{} 的值不对：{}"),
    (r"Option '(.*?)' requires", "选项 {} 后面缺少值"),
    (r"Got unexpected extra argument\S* \((.*)\)", "多余的内容：{}"),
)
_SUGGESTION = r"(?:Did you mean|Possible options:) (.*?)[?)]"


def _in_chinese(message: str) -> str:
    for pattern, chinese in _CHINESE:
        if found := re.match(pattern, message):
            near = re.search(_SUGGESTION, message)
            return chinese.format(*map(_value_in_chinese, found.groups())) + (
                f"，是否想写 {near.group(1)}？" if near else ""
            )
    return f"命令写法有误：`{message}`"


def _value_in_chinese(text: str) -> str:
    """What typer says of a value; a name is left as it is."""
    if found := re.match(r"'(.*?)' is not one of (.*?)\.?$", text):
        return f"“{found.group(1)}”不在 {found.group(2)} 之中"
    if "valid int" in text:
        return "应是整数"
    return f"`{text}`" if text.count(" ") > 1 else text


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts three times as fast and reads well in a pipe
    context_settings={"help_option_names": ["-h", "--help"]},
    help="由指标体系和数据表得出经得起追问的排名。 Turn a framework and a table into a ranking that can be defended.",
)

DebugOption = Annotated[bool, typer.Option("--debug", help="内部故障时显示细节。 Show where an internal fault arose.")]
VersionOption = Annotated[bool, typer.Option("--version", help="版本。 Show the version.")]


@app.callback(invoke_without_command=True)
def every_command(
    context: typer.Context,
    language: LanguageOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
    version: VersionOption = False,
) -> None:
    """What holds for every command; without one, the help."""
    del debug  # read from the words of the command line, so that it holds for a fault while they are parsed
    preset(language, as_json)
    if version:
        print(f"parkscore {VERSION}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


for group in (frameworks, scoring, members, explaining, comparing, ladders, diagnosis, robustness, methods, samples):
    group.add_to(app)


def _terminate(number: int, frame: Any) -> None:
    """End as after Ctrl-C, so that no half-written file is left behind."""
    del number, frame
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not end the clearing away
    sys.exit(TERMINATED)


def _leave_out_others(words: Sequence[str]) -> None:
    """Keep the command that a command line begins with: to put each together takes a millisecond."""
    asked = [each for each in app.registered_commands if each.name in words[:1]]
    app.registered_commands = asked or app.registered_commands


def main() -> None:
    """Run the command line of this process."""
    keep_memory()
    # Pydantic would look for plugins in every package that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # The threads of OpenBLAS would wait for work without sleep, and take a core while modules load: 2^4 rounds now.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _leave_out_others(sys.argv[1:])
        app()
    except KeyboardInterrupt:  # before the commands are put together, or after one of them
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()
