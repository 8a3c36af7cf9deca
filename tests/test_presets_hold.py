"""Every preset of enterprises, parks and platforms under hostile rows: none lost or moved by another, all explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.derive import derive
from parkscore.framework.cases import rules_of
from parkscore.framework.formula import parse_formula
from parkscore.framework.models import DataField, Framework, Requirement
from parkscore.framework.settings import resolve_settings
from parkscore.framework.slots import open_slots
from parkscore.methods import scoring
from parkscore.shipped import framework_names
from tests.gates_again import again
from tests.shipped_once import shipped_framework

YEARS = (2023, 2024, 2025)
NUMBERS = (
    None,
    "不适用",
    -1e60,
    -100.0,
    -0.5,
    0.0,
    0.5,
    1.0,
    2.0,
    3.0,
    4.0,
    10.0,
    60.0,
    100.0,
    500.0,
    2050.0,
    5000.0,
    1e6,
    1e60,
)
TEXTS = (None, "不适用", "别的", "=1+1")


def can_be_scored(framework: Framework) -> bool:
    return not any(slot.must_be_filled for _, slot in open_slots(framework))


PRESETS = sorted(
    name
    for name in framework_names()
    if not name.startswith(("zone-2", "zone-f", "zone-i", "torch-")) and can_be_scored(shipped_framework(name))
)
every_preset = pytest.mark.parametrize("name", PRESETS)


def texts_of(framework: Framework) -> list[str]:
    """Every text that the framework compares or lists, and some that it does not know."""
    said = framework.model_dump_json(by_alias=True)
    quoted = re.findall(r'\\"([^"\\]{1,20})\\"', said)
    listed = [
        str(name)
        for leaf in framework.leaves
        if leaf.category is not None and leaf.score is not None
        for name in leaf.score.parameters.get("points", {})
    ]
    return [*dict.fromkeys([*quoted, *listed])]


def cells(field: DataField, known: list[str], chance: np.random.Generator, size: int) -> list[Any]:
    if field.kind == "text":
        pool: list[Any] = [*TEXTS, *known, *known]
    else:
        low, high = field.min if field.min is not None else -np.inf, field.max if field.max is not None else np.inf
        pool = [each for each in NUMBERS if not isinstance(each, float) or low <= each <= high]
        pool += [0, 1, 1] if high == 1 else [field.min] if field.min is not None else []
    return [pool[position] for position in chance.integers(0, len(pool), size)]


@cache
def hostile(name: str, units: int = 30) -> pd.DataFrame:
    """Rows that hold anything that the limits of the fields allow."""
    framework = shipped_framework(name)
    chance = np.random.default_rng(7)
    years = YEARS if framework.time is not None else YEARS[:1]
    size = units * len(years)
    frame = pd.DataFrame({framework.unit.key: [f"单位{number:03d}" for number in range(units)] * len(years)})
    if framework.time is not None:
        frame[framework.time] = np.repeat(years, units)
    known = texts_of(framework)
    for key, field in framework.fields.items():
        if field.formula is None:
            frame[key] = pd.Series(cells(field, known, chance, size), dtype=object)
    return frame


@cache
def without_rules(name: str) -> Framework:
    """The preset without its rules of validation, which stop a run over hostile rows before anything is scored."""
    return shipped_framework(name).model_copy(update={"rules": ()})


@cache
def evaluated(name: str) -> ps.Evaluation:
    return ps.evaluate(without_rules(name), hostile(name))


@every_preset
def test_of_hostile_rows_none_is_lost_and_each_gate_has_an_outcome_for_all(name: str) -> None:
    found = evaluated(name)
    assert len(found.scores) == len(hostile(name))
    scored = len(found.rows)
    assert all(sum(counts.values()) == scored for counts in found.gate_counts.values())
    finite = found.nodes.to_numpy(dtype=float)
    assert not np.isinf(finite).any()
    unranked = found.scores[found.scores["rank"].isna()] if "rank" in found.scores else found.scores
    assert unranked["status"].str.startswith("not_ranked: ").all()


@every_preset
def test_every_outcome_follows_from_its_explanation(name: str) -> None:
    details = evaluated(name).gate_details
    labels = [label for label in ("unit", "year") if label in details]
    for where, lines in details.groupby(labels, sort=False):
        assert again(lines) == lines.set_index("path")["outcome"].to_dict(), where


def formulas_of(framework: Framework) -> Iterator[str]:
    for field in framework.fields.values():
        yield from [field.formula] if field.formula is not None else []
    for leaf in framework.leaves:
        yield from [leaf.formula] if leaf.formula is not None else []
        yield from leaf.conditions
    for requirement in requirements_of(framework.gates):
        said = [requirement.require, requirement.veto, requirement.review, requirement.when]
        yield from [text for text in said if text is not None]


def requirements_of(asked: tuple[Requirement, ...]) -> Iterator[Requirement]:
    for requirement in asked:
        yield requirement
        yield from requirements_of(requirement.items)


def is_absolute(framework: Framework) -> bool:
    """Whether no unit of the framework is measured against another."""
    rules = [leaf.score or framework.defaults.score for leaf in framework.leaves if not leaf.is_open_slot]
    absolute = all(rule is None or (scoring[rule.name].row_local and scoring[rule.name].fit is None) for rule in rules)
    return absolute and all(parse_formula(text).row_local for text in formulas_of(framework))


# The official rule itself gives a gap the mean score of the class.
MEASURED_AGAINST_OTHERS = {"per-mu-huangyan-2022"}


@every_preset
def test_another_unit_changes_nobodys_points_and_outcomes(name: str) -> None:
    framework = shipped_framework(name)
    assert is_absolute(framework)
    if name in MEASURED_AGAINST_OTHERS:
        pytest.skip("the official rule gives a gap the mean score of the class")
    whole, table = evaluated(name), hostile(name)
    some = ps.evaluate(without_rules(name), table[table[framework.unit.key] < "单位012"])
    kept = whole.nodes.loc[some.nodes.index]
    pd.testing.assert_frame_equal(some.nodes, kept)
    labels = [label for label in ("unit", "year", "gate") if label in some.gates]
    if labels and not some.gates.empty:
        ours = some.gates.set_index(labels)["outcome"]
        pd.testing.assert_series_equal(ours, whole.gates.set_index(labels)["outcome"].loc[ours.index])


@every_preset
def test_one_year_alone_has_the_points_outcomes_and_grades_that_it_has_among_all_years(name: str) -> None:
    whole, framework = evaluated(name), shipped_framework(name)
    if framework.time is None:
        pytest.skip("the framework has no years")
    alone = ps.evaluate(without_rules(name), hostile(name), year=YEARS[-1])
    assert set(alone.nodes.index.get_level_values("year")) == {YEARS[-1]}
    pd.testing.assert_frame_equal(alone.nodes, whole.nodes.loc[alone.nodes.index])
    for table, keys in (("gates", ["unit", "year", "gate"]), ("grades", ["unit", "year", "scale"])):
        ours, theirs = (getattr(each, table) for each in (alone, whole))
        if not ours.empty:
            outcome = "outcome" if table == "gates" else "grade"
            kept = theirs.set_index(keys)[outcome].loc[ours.set_index(keys).index]
            pd.testing.assert_series_equal(ours.set_index(keys)[outcome], kept)


@every_preset
def test_a_gap_is_never_a_zero(name: str) -> None:
    """Where a cell that an indicator reads is missing, the value is missing or known without it, never made up."""
    framework, found = shipped_framework(name), evaluated(name)
    grid = derive(framework, found.table)
    gaps = np.isnan(grid.values)
    assert (grid.states[gaps] != 0).all()
    assert (grid.states[~gaps] == 0).all()


@every_preset
def test_a_number_of_300_digits_stops_the_run_at_its_unit_or_is_judged_and_is_never_infinite(name: str) -> None:
    framework = shipped_framework(name)
    open_above = [key for key, field in framework.fields.items() if field.kind == "number" and field.max is None]
    table = hostile(name).iloc[:1].assign(**{key: 1e300 for key in open_above if key in hostile(name)})
    nodes, refused = scored_or_refused(name, table)
    assert refused <= {"单位000"}
    assert not np.isinf(nodes).any()


def scored_or_refused(name: str, table: pd.DataFrame) -> tuple[np.ndarray[Any, Any], set[str | None]]:
    try:
        return ps.evaluate(name, table).nodes.to_numpy(dtype=float), set()
    except ps.DataError as error:
        return np.zeros(0), {finding.unit for finding in error.findings if finding.severity == "error"}


GRID = np.unique(
    np.concatenate([np.linspace(-50, 150, 401), np.geomspace(1e-3, 1e6, 200), -np.geomspace(1e-3, 1e6, 50)])
)


@every_preset
def test_a_better_value_never_earns_fewer_points(name: str) -> None:
    framework = shipped_framework(name)
    settings = resolve_settings(framework)
    for leaf in framework.leaves:
        if leaf.is_open_slot or leaf.is_named or leaf.given is not None:
            continue
        sign = {"higher": 1, "lower": -1}[str(settings[leaf.id].direction)]
        for rule in rules_of(leaf, settings[leaf.id]):
            points = scoring[rule.name](GRID, **{"direction": sign, **rule.parameters})
            told = points[~np.isnan(points)]
            assert (np.diff(told) * sign >= -1e-9).all(), (leaf.id, rule)
