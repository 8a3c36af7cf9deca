"""Framework files as short texts, and everything that is found in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parkscore.findings import Finding, ParkscoreError, Place
from parkscore.framework.loading import read_framework

HEAD = """\
id: park
title: {zh: 例, en: example}
unit: {zh: 园区, key: zone}
time: year
defaults: {direction: higher}
fields:
  money: {zh: 营业收入, measure: 千元}
  staff: {zh: 从业人员, measure: 人}
  stage: {zh: 阶段, kind: text}
"""


def with_indicators(*lines: str) -> str:
    """A framework whose indicators are these lines, indented by two."""
    return HEAD + "indicators:\n" + "".join(f"  {line}\n" for line in lines)


def with_rules(*lines: str) -> str:
    """A framework with one indicator and these lines of rules."""
    return (
        with_indicators('- {id: "1", zh: 一, formula: money}') + "rules:\n" + "".join(f"  {line}\n" for line in lines)
    )


def unmarked(text: str) -> tuple[str, list[str]]:
    """A text without its ▲ marks, and the places `line:column` that they point to: each the character behind it."""
    before, *parts = text.split("▲")
    places = []
    for part in parts:
        places.append(f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}")
        before += part
    return before, places


def findings_in(file: Path) -> list[Finding]:
    """Everything found in a framework file, errors and warnings; each says what it says in both languages."""
    try:
        found = list(read_framework(file).findings)
    except ParkscoreError as error:
        found = error.findings
    assert_bilingual(found)
    return found


def found_at_marks(marked: str, file: Path) -> list[Finding]:
    """What is found in a framework of this text: as many findings as it has ▲ marks, each where one stands."""
    text, places = unmarked(marked)
    file.write_text(text, encoding="utf-8")
    findings = findings_in(file)
    shown = "\n".join(finding.render("en") for finding in findings)
    assert [f"{each.place}" for each in findings] == [f"{file}:{place}" for place in places], shown
    return findings


def assert_bilingual(found: list[Finding]) -> None:
    for finding in found:
        for text in (finding.message, finding.hint):
            if text is not None:
                assert re.search("[\u4e00-\u9fff]", text.zh), f"no Chinese: {text.zh}"
                assert re.search("[a-z]", text.en), f"no English: {text.en}"


def places_and_codes(found: list[Finding], file: Path) -> list[str]:
    """`line:column code` for each finding, in the order of the file."""
    listed = [(finding.place or Place("nowhere"), finding.code) for finding in found]
    assert {place.file for place, _ in listed} <= {str(file)}
    ordered = sorted(listed, key=lambda each: (each[0].line or 0, each[0].column or 0, str(each[0]), each[1]))
    return [f"{str(place).removeprefix(str(file)).lstrip(':!')} {code}".strip() for place, code in ordered]


def only(found: list[Finding]) -> Finding:
    """The one finding there is."""
    if len(found) != 1:
        pytest.fail("\n".join(finding.render("en") for finding in found) or "nothing was found")
    return found[0]
