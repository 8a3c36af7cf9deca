"""What the documents say exists, and nothing in the project names a machine or a registry."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from parkscore import shipped
from parkscore.framework.loading import load_framework
from parkscore.framework.status_words import SOURCE_STATUS
from parkscore.ladders.loading import load_ladder

ROOT = Path(__file__).resolve().parents[1]
READMES = ["README.md", "README.zh-CN.md"]
DOCUMENTS = [*READMES, "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md"]
MODULES = sorted((ROOT / "src" / "parkscore").rglob("*.py"))

# Put together here, so that this file does not name what it looks for.
REGISTRIES = re.compile("|".join(["py" + r"pi\.org", "python" + r"hosted\.org", r"npm" + r"js\.(org|com)"]))
MACHINE_PATHS = re.compile(r"(?<![\w.)}])/(?:" + "work|farm|root|home|tmp|Users" + r")/\w|\b[A-Z]:\\" + r"Users\\")


def blocks(document: str, language: str) -> list[str]:
    """The fenced code blocks of a document in one language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def without_code(document: str) -> str:
    """A document less its fenced code blocks."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def command_lines(document: str) -> list[str]:
    """The lines of a document's shell blocks that call parkscore."""
    lines = "".join(blocks(document, "sh")).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("parkscore ")]


def python_names(document: str) -> set[str]:
    """The names that a document's Python blocks take from `ps`."""
    trees = [ast.parse(block) for block in blocks(document, "python")]
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ps"
    }


def problems_of(line: str, group: Any) -> list[str]:
    """What a command line asks for that the command group does not have."""
    words = shlex.split(line, comments=True)[1:]
    if words[0] not in group.commands:
        return [f"no command {words[0]}"]
    command = group.commands[words[0]]
    options = {name: option for option in command.params for name in (*option.opts, *option.secondary_opts)}
    problems, arguments, rest = [], 0, iter(words[1:])
    for word in rest:
        name, equals, _ = word.partition("=")
        if not word.startswith("-"):
            arguments += 1
        elif name not in options:
            problems.append(f"{words[0]} has no option {name}")
        elif not equals and not options[name].is_flag:
            next(rest, None)
    places = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    needed = sum(parameter.required for parameter in places)
    room = arguments if any(parameter.nargs == -1 for parameter in places) else len(places)
    if not needed <= arguments <= room:
        problems.append(f"{words[0]} takes {needed} to {room} arguments, not {arguments}")
    return problems


@pytest.fixture(scope="module")
def commands() -> Any:
    """The group of all commands, as the command line itself builds it."""
    from typer.main import get_command

    from parkscore.cli import app

    return get_command(app)


@pytest.fixture(scope="module")
def tracked() -> dict[str, str]:
    """The text of every text file that belongs to the project, by path."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows which files belong to the project")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    contents = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths if path.is_file()}
    return {name: content.decode("utf-8", "replace") for name, content in contents.items() if b"\0" not in content}


@pytest.mark.parametrize("document", READMES)
def test_every_command_in_a_readme_exists_with_its_options(document: str, commands: Any) -> None:
    lines = command_lines(document)
    assert lines
    assert {line: problems for line in lines if (problems := problems_of(line, commands))} == {}


@pytest.mark.parametrize(
    "line",
    ["parkscore rnak zones.xlsx", "parkscore list --colour", "parkscore score zone-2021", "parkscore demo a b c d"],
)
def test_a_command_that_does_not_exist_is_seen(line: str, commands: Any) -> None:
    assert len(problems_of(line, commands)) == 1


@pytest.mark.parametrize("document", READMES)
def test_every_python_name_in_a_readme_is_public(document: str) -> None:
    import parkscore

    names = python_names(document)
    assert names
    assert names <= set(parkscore.__all__)


@pytest.mark.parametrize("document", READMES)
def test_a_readme_opens_with_make_demo_and_make_test(document: str) -> None:
    indented = re.findall(
        r"^    (\w.*?)(?:\s+#.*)?$", (ROOT / document).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert indented[:2] == ["make demo", "make test"]


def test_both_readmes_have_the_same_headings_and_commands() -> None:
    levels = [[len(mark) for mark in re.findall(r"^(#+) ", without_code(name), flags=re.MULTILINE)] for name in READMES]
    assert levels[0] == levels[1]
    assert command_lines(READMES[0]) == command_lines(READMES[1])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_in_a_document_leads_to_a_file(document: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", without_code(document))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (ROOT / document).parent.joinpath(link).exists()] == []


def test_the_changelog_has_a_section_for_what_is_unreleased() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_no_file_names_a_package_registry(tracked: dict[str, str]) -> None:
    assert {name: found.group() for name, text in tracked.items() if (found := REGISTRIES.search(text))} == {}


def test_no_file_names_a_path_of_one_machine(tracked: dict[str, str]) -> None:
    assert {name: found.group() for name, text in tracked.items() if (found := MACHINE_PATHS.search(text))} == {}


@pytest.mark.parametrize("folder", ["home/me", "root/x", "tmp/x"])
def test_a_path_of_one_machine_is_seen(folder: str) -> None:
    assert MACHINE_PATHS.search(f"see /{folder}")
    assert not MACHINE_PATHS.search(f"see example.org/{folder} or parkscore/{folder}")


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(ROOT / "src").as_posix())
def test_a_module_opens_with_a_sentence(file: Path) -> None:
    opening = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    assert opening.partition("\n\n")[0].endswith(".")


@pytest.mark.parametrize(("document", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_each_readme_lists_every_framework_and_ladder_that_ships_with_its_status(document: str, language: Any) -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|.*\| ([^|]*) \|$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)
    listed = {name: status for names, status in rows for name in re.findall(r"`([^`]*)`", names)}
    statuses = {name: load_framework(name).status for name in shipped.framework_names()}
    statuses |= {name: load_ladder(name).ladder.status for name in shipped.ladder_names()}
    assert listed == {name: SOURCE_STATUS[str(status)].in_language(language) for name, status in statuses.items()}
