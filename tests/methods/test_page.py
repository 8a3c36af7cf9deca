"""The methods page says what the cards say, and the file in docs is that page."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.methods import SHELVES, Method
from parkscore.methods.page import methods_page

FILE = Path(__file__).resolve().parents[2] / "docs" / "methods.md"
METHODS = [pytest.param(method, id=f"{shelf.name}-{name}") for shelf in SHELVES for name, method in shelf.items()]


@pytest.fixture(scope="module")
def page() -> str:
    """The page as the cards say it now."""
    return methods_page()


def test_the_file_in_docs_is_what_the_cards_say(page: str) -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written.rstrip() == page.rstrip(), (
        "docs/methods.md is stale; write it again: "
        "PYTHONPATH=src python -m parkscore methods --markdown > docs/methods.md"
    )


@pytest.mark.parametrize("method", METHODS)
def test_an_entry_holds_the_whole_card(page: str, method: Method) -> None:
    start = page.index(f"### {method.shelf}: {method.name}\n")
    entry = page[start : page.find("\n#", start + 1)]
    said = [method.title.zh, method.title.en, method.formula, method.reference, method.golden]
    said += [method.golden_source, *([method.may_lower.zh, method.may_lower.en] if method.may_lower else [])]
    said += [need.zh for need in method.requirements] + [need.en for need in method.requirements] + sorted(method.obeys)
    for parameter in method.parameters.values():
        said += [
            f"`{parameter.name}`",
            parameter.meaning.zh.replace("|", "\\|"),
            parameter.meaning.en.replace("|", "\\|"),
        ]
    assert [text for text in said if text not in entry] == []


def test_diagnostics_are_on_the_page_without_the_examples_of_their_code(page: str) -> None:
    assert "Σ variance of a column / variance of the row sums" in page
    assert "Paruolo, Saisana and" in page
    assert ">>>" not in page


def test_every_link_leads_to_a_heading(page: str) -> None:
    links = {part.split(")")[0] for part in page.split("](#")[1:]}
    headings = {line.lstrip("# ") for line in page.splitlines() if line.startswith("##")}
    # As GitHub names them: small letters, no signs but hyphens and underscores, hyphens for blanks.
    kept = ("".join(c for c in heading.lower() if c.isalnum() or c in " -_") for heading in headings)
    assert links - {heading.replace(" ", "-") for heading in kept} == set()
