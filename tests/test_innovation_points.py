"""The shape of the innovation points guideline 2.0: refused until filled in; 130 points, and 230 with a local block."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import FrameworkError

SHAPE, LOCAL = "innovation-points-v2", "innovation-points-local-example"
GROUPS = {"input": (10, 10, 10), "output": (10, 10, 10), "development": (15, 15), "impact": (10,)}
BONUS = (10, 10, 10)


def indicator(code: str, points: int) -> str:
    rule = f"{{rule: per, each: 1, points: 1, most: {points}, whole: true}}"
    return f"{{id: {code}, zh: 测试项, points: {points}, formula: a, score: {rule}}}"


def filled(
    tmp_path: Path, base: str, groups: dict[str, tuple[int, ...]] = GROUPS, bonus: tuple[int, ...] = BONUS
) -> Path:
    """A file that fills the shape with invented indicators, which say that they are."""
    lines = [f"id: filled\ntitle: {{zh: 测试用自拟指标}}\nextends: {base}\nstatus: example", "fields: {a: {zh: 甲}}"]
    lines += ["indicators:", "  - id: base", "    children:"]
    for group, points in groups.items():
        lines.append(f"      - id: {group}\n        points: {sum(points)}\n        children:")
        lines += [f"          - {indicator(f'{group}_{number}', each)}" for number, each in enumerate(points)]
    lines += ["  - id: bonus", "    children:"]
    lines += [f"      - {indicator(f'bonus_{number}', each)}" for number, each in enumerate(bonus)]
    file = tmp_path / "filled.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def codes(error: pytest.ExceptionInfo[FrameworkError]) -> set[tuple[str, str | None]]:
    return {(finding.code, finding.field) for finding in error.value.findings if finding.severity == "error"}


@pytest.mark.parametrize("name", [SHAPE, LOCAL])
def test_nothing_is_scored_until_the_official_text_is_filled_in(name: str) -> None:
    with pytest.raises(FrameworkError) as refused:
        ps.evaluate(name, pd.DataFrame({"enterprise": ["甲"], "year": [2025]}))
    expected = {("unfilled_slot", each) for each in ("input", "output", "development", "impact", "bonus")}
    assert codes(refused) == expected


def test_four_groups_of_nine_indicators_and_three_of_bonus_make_130_points(tmp_path: Path) -> None:
    table = pd.DataFrame({"enterprise": ["甲", "乙"], "year": 2025, "a": [100, 4]})
    nodes = ps.evaluate(filled(tmp_path, SHAPE), table).nodes.droplevel("year")
    assert nodes.loc["甲", ["total", "base", "bonus"]].tolist() == [130, 100, 30]
    assert nodes.loc["乙", ["total", "base", "bonus"]].tolist() == [48, 36, 12]


@pytest.mark.parametrize(
    ("groups", "bonus", "expected"),
    [
        ({**GROUPS, "impact": (5, 5)}, BONUS, ("slot_items", "base")),
        ({**GROUPS, "impact": (20,)}, BONUS, ("nominal_total", "base")),
        ({**GROUPS, "development": (30,)}, BONUS, ("slot_items", "base")),
        (GROUPS, (15, 15), ("slot_items", "bonus")),
        (GROUPS, (10, 10, 5, 5), ("slot_items", "bonus")),
        (GROUPS, (10, 10, 20), ("nominal_total", "bonus")),
    ],
)
def test_another_number_of_indicators_or_of_points_than_the_guideline_has_is_refused(
    tmp_path: Path, groups: dict[str, tuple[int, ...]], bonus: tuple[int, ...], expected: tuple[str, str]
) -> None:
    with pytest.raises(FrameworkError) as refused:
        ps.load_framework(filled(tmp_path, SHAPE, groups, bonus))
    assert codes(refused) == {expected}


def local_block(tmp_path: Path, **columns: list[object]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    table = pd.DataFrame({"enterprise": [f"企业{number}" for number in range(size)], "year": 2025, "a": 100})
    return ps.evaluate(filled(tmp_path, LOCAL), table.assign(**columns)).nodes


@pytest.mark.parametrize(
    ("node", "columns", "values", "points"),
    [
        ("local_ocean", ("ocean_revenue", "revenue"), [0, 9.99, 10, 10.01, 29.99, 30, 59.99, 60, 100],
         [0, 0, 10, 10, 10, 25, 25, 40, 40]),
        ("local_trials", ("sea_trials",), [0, 1, 1.9, 3, 4, 5], [0, 5, 5, 15, 20, 20]),
        ("local_graduates_hired", ("local_graduates",), [0, 1, 2, 3, 9, 10, 30], [0, 0, 4, 4, 16, 20, 20]),
        ("local_platform_level", ("local_platform",), ["国家级", "省级", "市级", "区级"], [20, 12, 6, 0]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_every_step_of_the_local_block_just_below_at_and_above(
    tmp_path: Path, node: str, columns: tuple[str, ...], values: list[object], points: list[float]
) -> None:
    given = {columns[0]: values} | dict.fromkeys(columns[1:], [100.0] * len(values))
    assert local_block(tmp_path, **given)[node].tolist() == points


def test_with_the_local_block_the_total_is_230(tmp_path: Path) -> None:
    best = {
        "ocean_revenue": [80],
        "revenue": [100],
        "sea_trials": [9],
        "local_graduates": [50],
        "local_platform": ["国家级"],
    }
    assert local_block(tmp_path, **best)[["total", "base", "bonus", "local"]].to_numpy().tolist() == [
        [230, 100, 30, 100]
    ]


def test_a_loss_of_the_base_of_the_local_share_gives_no_points_and_no_zero(tmp_path: Path) -> None:
    nodes = local_block(tmp_path, ocean_revenue=[5, 5, None], revenue=[0, 100, 100])
    assert nodes["local_ocean"].isna().tolist() == [True, False, True]
