"""Every mistake gives one explanation and its exit code, no traceback, and no file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from parkscore import evaluating
from parkscore.data import template

SCORE = ("score", "park.yaml", "zones.csv")

MISTAKES = {
    "no such command": (("scroe",), 2, "score"),
    "no such option": (("list", "--josn"), 2, "--json"),
    "no such language": (("list", "--lang", "fr"), 2, "fr"),
    "a missing argument": (("score", "park.yaml"), 2, "DATA"),
    "an extra argument": (("show", "park.yaml", "more"), 2, "more"),
    "a year that is no number": ((*SCORE, "--year", "last"), 2, "--year"),
    "an unknown framework": (("score", "zone-2012", "zones.csv"), 2, "did you mean `zone-2021`"),
    "a folder as framework": (("check", "."), 2, "is a folder"),
    "an unknown scheme": ((*SCORE, "--weights", "zone-2021-equal-witin"), 2, "did you mean `zone-2021-equal-within`"),
    "data that is not there": (("score", "park.yaml", "zones.xlsx"), 2, "zones.csv"),
    "a folder without a file for the result": (("score", "park.yaml", "."), 2, "written into a file"),
    "a folder of other files than tables": (("diagnose", "park.yaml", "."), 3, "is no .csv file"),
    "data with an unknown suffix": (("validate", "park.yaml", "park.yaml"), 2, "are not read"),
    "a year that the data lack": ((*SCORE, "--year", "1999"), 2, "2023, 2024"),
    "a folder as output": ((*SCORE, "-o", "folder.xlsx"), 2, "is a folder"),
    "an output in no folder": ((*SCORE, "-o", "nowhere/out.xlsx"), 2, "its folder does not exist"),
    "an output with an unknown suffix": ((*SCORE, "-o", "out.xls"), 2, ".xlsx"),
    "an output without a suffix": ((*SCORE, "-o", "out"), 2, "has no suffix that says what kind of file"),
    "a folder into a workbook": (("score", "park.yaml", "folder.xlsx", "-o", "out.xlsx"), 2, "or use --engine memory"),
    "an output over the data": ((*SCORE, "-o", "zones.csv"), 2, "another output"),
    "findings over the data": (("validate", "park.yaml", "zones.csv", "-o", "zones.csv"), 2, "another output"),
    "a template with an unknown suffix": (("template", "park.yaml", "-o", "t.csv"), 2, ".xlsx"),
    "a sample with an unknown suffix": (("sample", "park.yaml", "-o", "s.txt"), 2, ".csv"),
    "a scheme with an unknown suffix": (("weigh", "park.yaml", "zones.csv", "-m", "equal", "-o", "s.xlsx"), 2, ".yaml"),
    "a demo with an unknown suffix": (("demo", "-o", "demo.csv"), 2, ".xlsx"),
    "text in a number": (("score", "park.yaml", "text.csv"), 3, "text.csv:2:3"),
    "an empty table": (("score", "park.yaml", "empty.csv", "-o", "out.csv"), 3, "empty"),
    "a file that is no workbook": (("score", "park.yaml", "false.xlsx"), 3, "false.xlsx"),
    "a framework with mistakes": (("score", "broken.yaml", "zones.csv"), 4, "broken.yaml"),
    "a framework that is no yaml": (("check", "false.yaml"), 4, "false.yaml"),
    "a framework that is no workbook": (("check", "false.xlsx"), 4, "false.xlsx"),
    "a scheme for another framework": ((*SCORE, "-w", "zone-2021-equal-within"), 4, "zone-2021"),
}


@pytest.fixture
def littered(folder: Path) -> Path:
    """The folder with everything that the mistakes need."""
    (folder / "folder.xlsx").mkdir()
    text = (folder / "zones.csv").read_text(encoding="utf-8")
    (folder / "text.csv").write_text(text.replace("100,1000", "many,1000"), encoding="utf-8")
    (folder / "empty.csv").write_text("", encoding="utf-8")
    (folder / "false.xlsx").write_text("not a workbook", encoding="utf-8")
    (folder / "false.yaml").write_text("a: [1, 2\nb: {", encoding="utf-8")
    (folder / "broken.yaml").write_text("id: broken\ntitel: {zh: 错}\n", encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes | None]:
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


@pytest.mark.parametrize(("words", "code", "hint"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_explained_and_leaves_no_file(
    run: Any, littered: Path, words: tuple[str, ...], code: int, hint: str
) -> None:
    before = contents(littered)
    answer = run(*words)
    assert answer.code == code
    assert hint in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert contents(littered) == before


@pytest.mark.parametrize(("words", "code", "hint"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_under_json_is_one_document_with_the_exit_code(
    run: Any, littered: Path, words: tuple[str, ...], code: int, hint: str
) -> None:
    answer = run(*words, "--json")
    assert answer.code == code
    assert answer.document["schema"] == "parkscore-error/1"
    assert answer.document["exit_code"] == code
    assert {"code", "severity", "message", "hint"} <= answer.document["findings"][0].keys()
    assert answer.err == ""


# Three English words in a row; what stands in backticks is a command or a key.
ENGLISH_SENTENCE = re.compile(r"[A-Za-z]{2,}(?:'[a-z])?[ ,;:]+[A-Za-z]+[ ,;:]+[A-Za-z]{2,}")
QUOTED = re.compile(r"`[^`]*`|parkscore [a-z]+")


@pytest.mark.parametrize(("words", "code", "hint"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_explained_in_chinese_too(
    run: Any, littered: Path, words: tuple[str, ...], code: int, hint: str
) -> None:
    answer = run("--lang", "zh", *words)
    assert answer.code == code
    assert "错误" in answer.err
    assert "hint:" not in answer.err
    assert ENGLISH_SENTENCE.search(QUOTED.sub("", answer.err)) is None, answer.err


@pytest.mark.parametrize("words", [("scroe",), ("list", "--josn"), ("score", "park.yaml"), ("list", "--lang", "fr")])
def test_a_command_line_that_cannot_be_understood_is_explained_in_one_line(run: Any, words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert len(answer.err.splitlines()) == 1
    assert "--help" in answer.err


def test_a_folder_that_may_not_be_written_is_named(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("parkscore.output.files.tempfile.mkstemp", refuse)
    answer = run(*SCORE, "-o", "out.xlsx")
    assert answer.code == 2
    assert "out.xlsx  error cannot_write: cannot be written: Permission denied" in answer.err


def test_a_fault_of_ours_is_one_line_and_exits_with_1(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\naccident")

    monkeypatch.setattr(evaluating, "evaluate", fail)
    answer = run(*SCORE)
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1
    assert "internal fault: ZeroDivisionError: by accident" in answer.err
    assert "--debug" in answer.err
    assert run(*SCORE, "--json").document["exit_code"] == 1


def test_a_fault_of_ours_shows_its_traceback_under_debug(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(evaluating, "evaluate", fail)
    assert "Traceback" in run("--debug", *SCORE).err
    monkeypatch.setenv("PARKSCORE_DEBUG", "1")
    assert "Traceback" in run(*SCORE).err


def test_a_writer_that_fails_halfway_leaves_no_file(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object, path: Path, __: object, **___: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(template, "write_template", fail)
    before = contents(folder)
    answer = run("template", "park.yaml", "-o", "t.xlsx")
    assert answer.code == 2
    assert "No space left on device" in answer.err
    assert contents(folder) == before


def test_an_interrupted_command_says_so_in_one_line(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluating, "evaluate", interrupt)
    answer = run(*SCORE)
    assert (answer.code, answer.out, answer.err) == (130, "", "interrupted\n")
