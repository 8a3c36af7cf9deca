"""A mask changes no result: what a framework compares is not hidden, or the run is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.masking import Mask
from parkscore.engine.checking import check_dataset
from parkscore.engine.passes import score_dataset
from parkscore.findings import DataError, UsageError
from parkscore.framework.models import Framework, Requirement, UnitClass, UnitKey
from parkscore.sampling.made_up_codes import made_up_codes
from tests.small_frameworks import field, leaf, small

KEY = b"a key of thirty-two random bytes"
CODES = made_up_codes(np.arange(4), seed=9).to_pylist()
ROWS = pd.DataFrame(
    {
        "代码": CODES,
        "字段a": [1.0, 2, 3, 4],
        "字段trade": ["软件", "软件", "制造", None],
        "字段owner": CODES[1:] + CODES[:1],
    }
)


def framework_of(*conditions: str, indicator: str = "a", **more: Any) -> Framework:
    """Points of enterprises with a gate for each condition."""
    fields = {"a": field("a"), "trade": field("trade", kind="text"), "owner": field("owner", kind="uscc")}
    gates = tuple(Requirement(id=f"g{at}", zh="门槛", require=each) for at, each in enumerate(conditions))
    said = {"unit": UnitKey(zh="企业", key="代码", kind="uscc"), "fields": fields, "gates": gates} | more
    return small(leaf("i", indicator), **said)


def refused(framework: Framework, mask: Mask) -> list[str]:
    with pytest.raises(UsageError) as error:
        ps.evaluate(framework, ROWS, mask=mask)
    assert {each.code for each in error.value.findings} == {"hidden_field_read"}
    return [each.message.en.split()[4].rstrip(",") for each in error.value.findings]


@pytest.mark.parametrize(
    "condition",
    [f'owner == "{CODES[1]}"', f'owner in ["{CODES[1]}"]', 'begins_with(owner, "9")', "owner != trade"],
)
def test_a_gate_that_compares_a_code_is_refused_under_a_mask_and_was_answered_otherwise(condition: str) -> None:
    ps.evaluate(framework_of(condition), ROWS)
    assert refused(framework_of(condition), Mask(KEY)) == ["owner"]


def test_a_class_that_compares_a_field_of_mask_field_is_refused() -> None:
    classes = (
        UnitClass(id="soft", zh="软件", when='trade == "软件"'),
        UnitClass(id="other", zh="其他", when='trade != "软件"'),
    )
    assert refused(framework_of(classes=classes), Mask(KEY, ("trade",))) == ["trade", "trade"]
    hidden = ps.evaluate(framework_of(classes=classes), ROWS, mask=Mask(KEY))
    plain = ps.evaluate(framework_of(classes=classes), ROWS)
    assert hidden.scores["class"].tolist() == plain.scores["class"].tolist()


def test_codes_may_be_compared_with_codes_under_a_mask() -> None:
    framework = framework_of("owner == owner", 'a > 1 and trade == "软件"')
    plain, hidden = ps.evaluate(framework, ROWS), ps.evaluate(framework, ROWS, mask=Mask(KEY))
    assert hidden.gates["outcome"].tolist() == plain.gates["outcome"].tolist()
    assert plain.gates["outcome"].value_counts().to_dict() == {"met": 5, "not_met": 2, "unknown": 1}


def test_groups_of_hidden_texts_change_no_score() -> None:
    framework = framework_of(indicator="a - group_mean(a, trade)")
    plain, hidden = ps.evaluate(framework, ROWS), ps.evaluate(framework, ROWS, mask=Mask(KEY, ("trade",)))
    np.testing.assert_array_equal(hidden.scores["score"], plain.scores["score"])


def test_every_way_to_score_and_check_refuses_what_a_mask_would_change(tmp_path: Path) -> None:
    framework, mask = framework_of(f'owner == "{CODES[1]}"'), Mask(KEY)
    data = tmp_path / "rows.csv"
    ROWS.to_csv(data, index=False)
    ways = (
        lambda: score_dataset(framework, data, tmp_path / "out.csv", mask=mask),
        lambda: check_dataset(framework, data, mask),
        lambda: ps.find(framework_of(), ROWS, where=f'owner == "{CODES[1]}"', mask=mask),
    )
    for way in ways:
        with pytest.raises(UsageError) as error:
            way()
        assert [each.code for each in error.value.findings] == ["hidden_field_read"]
    assert not (tmp_path / "out.csv").exists()


def test_sums_of_zones_that_depend_on_a_hidden_text_are_refused() -> None:
    returns = ps.sample("torch-returns", 20, 1, seed=1)
    with pytest.raises(UsageError) as error:
        ps.from_returns("zone-2021", returns, mask=Mask(KEY, ("gbt05",)))
    assert {each.code for each in error.value.findings} == {"hidden_field_read"}


def test_zones_that_are_hidden_are_not_looked_up_by_name_in_the_table_of_zones() -> None:
    returns = ps.sample("torch-returns", 20, 1, seed=1)
    zones = pd.DataFrame({"高新区": returns["所属高新区"].unique(), "年份": 2024})
    with pytest.raises(UsageError) as error:
        ps.from_returns("zone-2021", returns, zones=zones, mask=Mask(KEY, ("zone",)))
    assert [(each.code, each.field) for each in error.value.findings] == [("hidden_field_read", "zone")]
    assert ps.from_returns("zone-2021", returns, mask=Mask(KEY, ("zone",))).table is not None


def test_a_code_in_any_text_field_is_hidden_unless_the_framework_compares_the_field() -> None:
    rows = ROWS.assign(字段trade=[CODES[2].lower(), "软件", None, CODES[0]])
    mask = Mask(KEY)
    ranked_within = framework_of(rank_within=("trade",))
    scores = ps.evaluate(ranked_within, rows, mask=mask).scores.set_index("unit")["trade"]
    assert scores[mask.unit(CODES[0])] == mask.unit(CODES[2])
    assert scores[mask.unit(CODES[1])] == "软件"
    with pytest.raises(DataError) as error:
        ps.evaluate(framework_of('begins_with(trade, "9")'), rows, mask=mask)
    assert [each.code for each in error.value.findings] == ["hidden_field_read"]
