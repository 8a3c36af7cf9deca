"""Tests of what holds for every command: help, languages, JSON, streams, terminals."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from parkscore import cli
from parkscore.cli import app
from parkscore.cli.console import MOST_LINES, Reply
from parkscore.findings import Finding, Place, Severity
from parkscore.language import Text
from parkscore.version import VERSION
from tests.interrupting import interrupted

SOURCE = Path(__file__).resolve().parents[2] / "src"
COMMANDS = [
    "list",
    "show",
    "check",
    "template",
    "convert",
    "schema",
    "validate",
    "score",
    "weigh",
    "members",
    "explain",
    "compare",
    "find",
    "ladder",
    "diagnose",
    "robustness",
    "methods",
    "sample",
    "demo",
]


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def has_english(text: str) -> bool:
    return any(word.isascii() and word.isalpha() and len(word) > 2 for word in text.replace(".", " ").split())


def test_the_commands_are_those_of_the_design() -> None:
    group: Any = get_command(app)
    assert list(group.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_opens_in_both_languages_and_names_the_common_options(run: Any, command: str) -> None:
    answer = run(command, "--help")
    assert (answer.code, answer.err) == (0, "")
    body = answer.out.split("\n\n")[1]
    assert has_chinese(body)
    assert has_english(body)
    assert "--lang" in answer.out
    assert "--json" in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_argument_is_explained_in_both_languages(command: str) -> None:
    group: Any = get_command(app)
    own = [each for each in group.commands[command].params if each.name != "help"]
    assert [each.name for each in own if not (has_chinese(each.help or "") and has_english(each.help or ""))] == []


def test_parkscore_alone_shows_the_help(run: Any) -> None:
    assert run().out.rstrip() == run("--help").out.rstrip()


def test_the_version_is_told(run: Any) -> None:
    assert run("--version").out == f"parkscore {VERSION}\n"


@pytest.mark.parametrize(
    "words", [("--lang", "zh", "list"), ("list", "--lang", "zh"), ("--lang", "en", "list", "--lang=zh")]
)
def test_the_language_may_stand_before_or_after_the_command_and_the_last_one_counts(
    run: Any, words: tuple[str, ...]
) -> None:
    assert run(*words).out.startswith("指标体系")


def test_json_may_stand_before_the_command(run: Any) -> None:
    assert run("--json", "list").document["schema"] == "parkscore-list/1"


def test_one_command_does_not_set_the_language_of_the_next(run: Any) -> None:
    run("--lang", "zh", "--json", "list")
    assert run("list").out.startswith("Frameworks")


def test_the_language_comes_from_the_environment(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARKSCORE_LANG", "zh")
    assert run("list").out.startswith("指标体系")
    assert "没有命令" in run("lits").err


# --- real processes ------------------------------------------------------------------------------------------------


def start(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "parkscore", *words],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PARKSCORE_LANG": "zh", **environment},
        capture_output=True,
        check=False,
    )


def test_python_m_parkscore_is_the_command(folder: Path) -> None:
    done = start("score", "park.yaml", "zones.csv", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["about"]["ranked"] == 6


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_chinese_is_printed_whatever_the_encoding_of_the_console(folder: Path, encoding: str) -> None:
    done = start("show", "park.yaml", PYTHONIOENCODING=encoding, LC_ALL="C")
    assert done.returncode == 0
    assert "园区评价" in done.stdout.decode("utf-8")
    wrong = start("show", "没有.yaml", PYTHONIOENCODING=encoding, LC_ALL="C")
    assert wrong.returncode == 2
    assert "没有这个指标体系" in wrong.stderr.decode("utf-8")


@pytest.mark.parametrize("words", [("--help",), ("schema",), ("list", "--josn", "--json")], ids=" ".join)
def test_a_reader_that_has_left_is_no_fault(folder: Path, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "parkscore", *words],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PARKSCORE_LANG": "en"},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def on_terminal(*words: str) -> tuple[int, str]:
    """The exit code and everything that a command shows on a terminal of its own."""
    import pty  # Windows has none

    own, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "parkscore", *words],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PARKSCORE_LANG": "en", "COLUMNS": "100", "TERM": "xterm"},
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(own, 65536)
            except OSError:  # Linux ends a terminal that nobody holds any more with an error
                break
            if not piece:
                break
            shown += piece
    os.close(own)
    return process.returncode, shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_score_shows_a_table_and_the_status_of_the_weights(folder: Path) -> None:
    code, shown = on_terminal("score", "park.yaml", "zones.csv")
    assert code == 0
    assert ["丙", "2024", "100.0000", "1", "ranked"] in [line.split() for line in shown.splitlines()]
    assert "status: official" in shown
    assert "unit,year" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_a_framework_that_only_judges_shows_the_years_of_its_units(tmp_path: Path) -> None:
    sample = tmp_path / "enterprises.csv"
    subprocess.run(
        [sys.executable, "-m", "parkscore", "sample", "gazelle-huangpu-2022", "-o", str(sample)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        check=True,
        capture_output=True,
    )
    code, shown = on_terminal("score", "gazelle-huangpu-2022", str(sample))
    assert code == 0, shown
    assert " 2024 " in shown


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_long_wait_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("parkscore.cli.console._PATIENCE", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    with Reply("en").waiting(Text("等", "waiting for it")):
        deadline = time.monotonic() + 20
        while "waiting for it" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "waiting for it" in terminal.getvalue()


def test_a_short_wait_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("parkscore.cli.console._PATIENCE", 3600)
    with Reply("en").waiting(Text("等", "waiting for it")):
        pass
    assert "waiting for it" not in terminal.getvalue()


def test_a_wait_is_never_shown_in_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parkscore.cli.console._PATIENCE", 0)
    with Reply("en").waiting(Text("等", "waiting for it")):
        time.sleep(0.05)
    assert capsys.readouterr().err == ""


# --- findings ------------------------------------------------------------------------------------------------------


def finding(severity: Severity, number: int = 0) -> Finding:
    return Finding(code=f"c{number}", severity=severity, message=Text(f"第 {number} 条", f"number {number}"))


def test_errors_are_all_shown_and_warnings_after_them_up_to_thirty_lines(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [finding(Severity.WARNING, n) for n in range(50)] + [finding(Severity.ERROR, n) for n in range(40)]
    Reply("en").show_findings([*findings, finding(Severity.INFO)])
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" ")[0] for line in lines[:-1]] == ["error"] * 40 + ["warning"] * MOST_LINES
    assert lines[-1] == "... and 21 more (1 of them for information): --json lists all of them"


def test_of_many_findings_of_a_rule_five_stand_for_all_and_no_other_rule_is_buried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def of_rule(rule: str, count: int, severity: Severity = Severity.ERROR) -> list[Finding]:
        one = Finding(code="rule", severity=severity, message=Text("不符", "broken"), rule=rule)
        return [one] * count

    cause = Finding(
        code="measure_mixup", severity=Severity.WARNING, message=Text("像亿元", "looks like 亿元"), field="a"
    )
    counting = replace(of_rule("x", 1)[0], more=800)
    Reply("en").show_findings(
        [*of_rule("x", 200), counting, *of_rule("y", 3), *of_rule("z", 9, Severity.WARNING), cause]
    )
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("    rule")]
    assert lines[0].startswith("warning measure_mixup")
    assert [line.partition(":")[0] for line in lines[1:]] == [
        *["error rule"] * 5,
        "    ... and 995 more of rule x",
        *["error rule"] * 3,
        *["warning rule"] * 5,
        "    ... and 4 more of rule z",
        "... and 999 more in all",
    ]


def test_a_header_that_was_not_understood_comes_before_what_follows_from_it(capsys: pytest.CaptureFixture[str]) -> None:
    def warn(code: str, line: int | None) -> Finding:
        place = Place("zones.csv", line=line)
        return Finding(code=code, severity=Severity.WARNING, place=place, message=Text("不对", "wrong"))

    broken = replace(warn("text_in_number", 3), severity=Severity.ERROR)
    Reply("en").show_findings([warn("all_missing", None), broken, warn("missing_column", 1), warn("extra_column", 1)])
    told = [line.split()[2] for line in capsys.readouterr().err.splitlines()]
    assert told == ["text_in_number:", "missing_column:", "extra_column:", "all_missing:"]


def test_findings_that_no_output_lists_are_not_said_to_be_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    listed = [finding(Severity.WARNING)] * 200
    Reply("en").show_findings([*listed, replace(listed[0], more=2506)])
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "    ... and 2701 more of c0",
        "... and 2701 more in all: --json lists them, the first of each kind",
    ]


def test_warnings_stop_at_thirty_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Reply("zh").show_findings([finding(Severity.WARNING, n) for n in range(50)])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "…… 还有 20 条：用 --json 列出全部"


def test_under_json_nothing_but_the_document_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    reply = Reply("en", as_json=True)
    reply.say("a result")
    reply.tell("a message")
    reply.table(["a"], [["b"]])
    reply.show_findings([finding(Severity.WARNING)])
    reply.document("test", {"name": "合肥"})
    captured = capsys.readouterr()
    assert captured.err == ""
    assert json.loads(captured.out) == {"schema": "parkscore-test/1", "name": "合肥"}
    assert "合肥" in captured.out


def test_a_command_that_is_told_to_end_leaves_no_half_written_file(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys\n"
        "pathlib.Path.replace = lambda beside, target: os.kill(os.getpid(), signal.SIGTERM)\n"
        "from parkscore.cli import main\n"
        "sys.argv = ['parkscore', 'template', 'zone-2021', '-o', sys.argv[1]]\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "out.xlsx")],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_the_command_line_is_loaded_shows_no_traceback() -> None:
    program = (
        "import sys, time\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'parkscore.cli.comparing':\n"
        "            print('loading', flush=True)\n"
        "            time.sleep(60)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "import runpy\n"
        "runpy.run_module('parkscore', run_name='__main__')\n"
    )
    ended = interrupted(program, b"loading", os.environ | {"PYTHONPATH": str(SOURCE)})
    assert ended.code == -signal.SIGINT
    assert ended.said == b""


@pytest.mark.parametrize("command", ["score", "validate"])
def test_whoever_waits_for_a_file_to_be_written_is_told_so(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[str] = []

    @contextlib.contextmanager
    def waiting(_: Reply, text: Text) -> Iterator[None]:
        waited.append(text.en)
        yield

    monkeypatch.setattr(Reply, "waiting", waiting)
    with pytest.raises(SystemExit) as ended:
        app([command, "zone-figures", "zone-figures.csv", "-o", str(tmp_path / "out.xlsx")])
    assert ended.value.code == 0
    assert waited[-1] == "writing"


@pytest.mark.parametrize("words", [["-h", "score"], ["--lang", "en", "-h"], []])
def test_help_that_no_command_is_asked_for_lists_all_of_them(words: list[str]) -> None:
    shown = subprocess.run([sys.executable, "-m", "parkscore", *words], capture_output=True, text=True, check=True)
    assert all(f"\n  {name} " in shown.stdout for name in ("validate", "score", "explain", "members", "demo"))


def test_ctrl_c_while_the_commands_are_put_together_ends_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave_out(_words: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_leave_out_others", leave_out)
    usual = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main()
    finally:
        signal.signal(signal.SIGTERM, usual)
        gc.unfreeze()
    assert ended.value.code == 130


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [["methods"], ["methods", "--json"]])
def test_a_stdout_without_room_is_told_and_no_traceback(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "parkscore", *words, "--lang", "en"],
            env=os.environ | {"PYTHONPATH": str(SOURCE)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("stdout  error cannot_write: cannot be written: No space left on device")
    assert b"Traceback" not in ended.stderr
