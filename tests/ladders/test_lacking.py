"""What is said to be missing is what has to change: filled in exactly so, the rung is met; nothing of it is idle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.loading import load_framework
from parkscore.framework.models import AtLeast, Framework, Label, Requirement, UnitKey
from parkscore.ladders.climbed import Climb
from parkscore.ladders.loading import LoadedLadder
from parkscore.ladders.models import Ladder
from tests.small_frameworks import field

NAMES = tuple("abcdefghijkl")
LADDER = Ladder.model_validate(
    {
        "id": "one-rung",
        "title": {"zh": "一级"},
        "unit": {"zh": "高新区", "key": "zone"},
        "rungs": ({"id": "level", "zh": "级", "framework": "made", "gate": "gate"},),
    }
)


def climb(monkeypatch: pytest.MonkeyPatch, framework: Framework, row: dict[str, Any]) -> Climb:
    """A ladder of one rung over a framework that was made in Python."""
    loaded = LoadedLadder(LADDER, {"made": framework})
    monkeypatch.setattr("parkscore.ladders.climbing.load_ladder", lambda _: loaded)
    data = pd.DataFrame([{"zone": "甲", **row}]).astype(dict.fromkeys(row, float))
    return ps.climb(LADDER, data)


def gated(gate: Requirement) -> Framework:
    """A framework of one gate over a few fields."""
    fields = {name: field(name) for name in NAMES}
    title, unit = Label(zh="一道门槛"), UnitKey(key="zone", zh="高新区")
    return load_framework(Framework(id="made", title=title, unit=unit, fields=fields, gates=(gate,)))


class Gates:
    """Requirements with a threshold on one field each, so that mending one thing undoes no other."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.names = iter(draw(st.permutations(NAMES)))

    def comparison(self) -> str:
        operator = self.draw(st.sampled_from([">=", ">", "<=", "<", "==", "!="]))
        return f"{next(self.names)} {operator} {self.draw(st.integers(-2, 2))}"

    def condition(self) -> str:
        joined = self.draw(st.sampled_from(["one", "and", "or", "not"]))
        if joined in ("one", "not"):
            return self.comparison() if joined == "one" else f"not {self.comparison()}"
        return f"{self.comparison()} {joined} {self.comparison()}"

    def plain(self) -> Requirement:
        kind = self.draw(st.sampled_from(["require", "veto", "review"]))
        bypass = ({"zh": "凭证", "when": self.comparison()},) if self.draw(st.booleans()) else ()
        miss = "review" if self.draw(st.integers(0, 4)) == 0 else None
        when = self.comparison() if self.draw(st.integers(0, 3)) == 0 else None
        said = {"id": "gate", kind: self.condition(), "bypass": bypass, "miss": miss, "when": when}
        return Requirement.model_validate(said)

    def items(self) -> tuple[Requirement, ...]:
        count = self.draw(st.integers(1, 3))
        return tuple(self.item(f"i{number}") for number in range(count))

    def item(self, code: str) -> Requirement:
        exempt = ({"zh": "豁免者", "when": self.comparison()},) if self.draw(st.integers(0, 2)) == 0 else ()
        return Requirement.model_validate({"id": code, "require": self.condition(), "exempt": exempt})

    def nested(self) -> Requirement:
        inner = tuple(Requirement(id=name, require=self.comparison()) for name in "xy")
        return Requirement(
            id="gate", all=(Requirement(id="z", any=inner), Requirement(id="w", require=self.comparison()))
        )

    def gate(self) -> Requirement:
        kind = self.draw(st.sampled_from(["plain", "all", "any", "at_least", "nested"]))
        if kind in ("plain", "nested"):
            return self.plain() if kind == "plain" else self.nested()
        items = self.items()
        if kind == "at_least":
            return Requirement(id="gate", at_least=AtLeast(count=self.draw(st.integers(1, len(items))), of=items))
        return Requirement.model_validate({"id": "gate", kind: items})


@st.composite
def gates(draw: st.DrawFn) -> Requirement:
    return Gates(draw).gate()


values = st.one_of(st.none(), st.integers(-4, 4).map(float))


def mended(row: dict[str, Any], lines: pd.DataFrame) -> dict[str, Any]:
    """A row in which each of these lines is as it has to be, and nothing else has changed."""
    changed = dict(row)
    for line in lines.to_dict("records"):
        name = line["condition"].split()[0]
        step = {">": 0.5, "<": -0.5, "!=": 0.5}.get(line["operator"], 0.0)
        changed[name] = line["threshold"] + step
    return changed


def chosen(missing: pd.DataFrame, draw: Any) -> pd.DataFrame:
    """The lines outside every choice, and of each choice as many parts as it needs, whichever."""
    kept = set(range(len(missing)))
    choices: dict[str, dict[str, list[int]]] = {}
    needed: dict[str, int] = {}
    for number, line in enumerate(missing.to_dict("records")):
        if line["one_of"] is None:
            continue
        paths, needs, parts = (str(line[key]).split(" > ") for key in ("one_of", "needs", "part"))
        above = ""
        for path, need, part in zip(paths, needs, parts, strict=True):
            choice = f"{above}{path}"
            needed[choice] = int(need)
            choices.setdefault(choice, {}).setdefault(part, []).append(number)
            above = f"{choice}#{part} > "
    for choice, parts_of in choices.items():
        assume(needed[choice] <= len(parts_of))  # else too few apply, which is said
        taken = draw(st.permutations(sorted(parts_of)))[: needed[choice]]
        for part, numbers in parts_of.items():
            if part not in taken:
                kept -= set(numbers)
    return missing.iloc[sorted(kept)]


@settings(max_examples=50)
@given(gates(), st.lists(values, min_size=len(NAMES), max_size=len(NAMES)), st.data())
def test_who_mends_exactly_what_is_missing_meets_the_rung(
    gate: Requirement, row: list[float | None], data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        framework, before = gated(gate), dict(zip(NAMES, row, strict=True))
        found = climb(monkeypatch, framework, before)
        outcome = found.rungs["rung"][0], found.rungs["next"][0]
        if outcome[1] is None:  # met, or it does not apply
            assert len(found.missing) == 0
            return
        if not len(found.missing):  # nothing can be mended where too few requirements apply
            assert "too few apply" in found.rungs["missing_en"][0]
            return
        lines = chosen(found.missing, data.draw)
        assert len(lines) > 0
        after = climb(monkeypatch, framework, mended(before, lines))
        assert after.rungs["rung"].tolist() == ["level"], (found.missing.to_dict("records"), lines.to_dict("records"))


@settings(max_examples=50)
@given(gates(), st.lists(values, min_size=len(NAMES), max_size=len(NAMES)), st.data())
def test_who_leaves_out_one_thing_of_what_is_missing_does_not_meet_the_rung(
    gate: Requirement, row: list[float | None], data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        framework, before = gated(gate), dict(zip(NAMES, row, strict=True))
        found = climb(monkeypatch, framework, before)
        lines = found.missing[found.missing["one_of"].isna()]
        if not len(lines):
            return
        left_out = data.draw(st.sampled_from(lines.index.tolist()))
        after = climb(monkeypatch, framework, mended(before, chosen(found.missing, data.draw).drop(index=left_out)))
        assert after.rungs["rung"].tolist() == [None]


def test_where_too_few_requirements_apply_and_none_is_missed_that_is_what_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exempt = ({"zh": "豁免者", "when": "b >= 0"},)
    items = ({"id": "one", "require": "a >= 1", "exempt": exempt}, {"id": "two", "require": "c >= 1"})
    gate = Requirement.model_validate({"id": "gate", "at_least": {"count": 2, "of": items}})
    found = climb(monkeypatch, gated(gate), dict.fromkeys(NAMES) | {"b": 0.0, "c": 1.0})
    assert found.missing.empty
    assert found.rungs["missing_en"].tolist() == ["to 级: 1 more is needed, and too few apply"]


def test_what_a_bypass_has_settled_is_not_missing_while_it_is_unknown_whether_the_gate_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Requirement.model_validate(
        {"id": "gate", "require": "c >= 0", "when": "b >= 0", "bypass": ({"zh": "凭证", "when": "a >= 0"},)}
    )
    found = climb(monkeypatch, gated(gate), dict.fromkeys(NAMES) | {"a": 0.0})
    assert found.missing["fields"].tolist() == ["b"]


def test_an_item_counts_once_it_is_known_that_nothing_exempts_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    exempt = ({"zh": "豁免者", "when": "b >= 1"},)
    items = ({"id": "one", "require": "a >= 1", "exempt": exempt}, {"id": "two", "require": "c >= 1"})
    gate = Requirement.model_validate({"id": "gate", "at_least": {"count": 2, "of": items}})
    found = climb(monkeypatch, gated(gate), dict.fromkeys(NAMES) | {"a": 1.0, "c": 1.0})
    assert found.rungs["next_outcome"].tolist() == ["unknown"]
    assert found.missing[["condition", "operator", "fields"]].to_numpy().tolist() == [["b >= 1", "<", "b"]]
    assert found.rungs["missing_en"].tolist() == ["to 级: one: field b < 1; no data: field b"]


@settings(max_examples=50)
@given(gates(), st.lists(values, min_size=len(NAMES), max_size=len(NAMES)))
def test_an_amount_that_is_missing_is_the_distance_to_the_threshold(gate: Requirement, row: list[float | None]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        missing = climb(monkeypatch, gated(gate), dict(zip(NAMES, row, strict=True))).missing
    for line in missing.to_dict("records"):
        if "to be looked at" in line["reason_en"]:
            assert np.isnan(line["short_by"])  # no amount does away with what a person has to look at
        elif line["fields"] is None and line["operator"] != "!=":
            assert line["short_by"] == abs(line["threshold"] - line["value"])
        assert (line["fields"] is not None) == (line["value"] is None)
        assert line["reason_zh"]
        assert line["reason_en"]


@settings(max_examples=50)
@given(
    st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=6),
    st.lists(values, min_size=3, max_size=3),
)
def test_another_unit_never_changes_a_rung_or_what_is_missing(
    rows: list[list[float | None]], added: list[float | None]
) -> None:
    requirement = Requirement(id="gate", all=tuple(Requirement(id=name, require=f"{name} > 0") for name in "abc"))
    loaded = LoadedLadder(LADDER, {"made": gated(requirement)})
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("parkscore.ladders.climbing.load_ladder", lambda _: loaded)
        lines = [
            {"zone": str(number), **dict(zip("abc", row, strict=True))} for number, row in enumerate([*rows, added])
        ]
        data = pd.DataFrame(lines).astype(dict.fromkeys("abc", float))
        alone, together = ps.climb(LADDER, data.iloc[:-1]), ps.climb(LADDER, data)
    pd.testing.assert_frame_equal(alone.rungs, together.rungs.iloc[:-1])
    assert together.counts["units"].sum() == len(data)
