"""Tables of several years with gaps and groups, and frameworks that measure such rows against each other in any way."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from hypothesis import strategies as st

from parkscore.framework.models import Framework, Node
from tests.small_frameworks import field, small

FIELDS: Final = {
    "a": field("a"),
    "b": field("b"),
    "kind": field("kind", kind="text"),
    "park": field("park", kind="text"),
}
TEXTS: Final = st.sampled_from(["大", "小", None])
ROWS_OF_PIECE: Final = st.integers(1, 5)
YEARS: Final = st.sampled_from([None, 2023, 2024])
"""The year to score; None for all."""


@st.composite
def tables(draw: Any, largest: float, most: int) -> pd.DataFrame:
    """Units in some of three years, at most so many beside the first, which lacks nothing and is there in two."""
    pairs = st.tuples(st.sampled_from("甲乙丙丁戊己庚"), st.integers(2022, 2024))
    keys = [("甲", 2023), ("甲", 2024), *draw(st.lists(pairs, max_size=most))]
    frame = pd.DataFrame(list(dict.fromkeys(keys)), columns=["zone", "year"])
    numbers = st.floats(0.01, largest).map(lambda value: round(value, 3))
    values = st.none() | numbers | st.sampled_from([0.1, 0.2, 0.3, 7.0])

    def column(first: Any, others: st.SearchStrategy[Any], kind: Any) -> pd.Series[Any]:
        beside = len(frame) - 1
        return pd.Series([first, *draw(st.lists(others, min_size=beside, max_size=beside))], dtype=kind)

    frame = frame.assign(a=column(5.0, values, float), b=column(5.0, values, float))
    return frame.assign(kind=column("大", TEXTS, object), park=column("大", TEXTS, object))


@st.composite
def over_years(draw: Any, indicators: st.SearchStrategy[tuple[Node, ...]]) -> Framework:
    """A framework over these indicators, whose rows are measured within a year, over all or against one, by group."""
    reference = draw(st.sampled_from(["per-year", "panel", 2023]))
    return small(
        *draw(indicators),
        fields=FIELDS,
        time="year",
        class_field="kind",
        reference=reference,
        reference_within=draw(st.sampled_from([(), ("kind",)])),
    )
