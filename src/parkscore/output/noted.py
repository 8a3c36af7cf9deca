"""Put the notes that must stand on every output into each row of a table."""

from __future__ import annotations

from collections.abc import Sequence

from parkscore.language import Language, Text
from parkscore.late_pandas import pd


def noted(table: pd.DataFrame, notes: Sequence[Text], language: Language, column: str = "note") -> pd.DataFrame:
    """The table with the notes in a last column, in this language; as it is where there are no notes.

    >>> noted(pd.DataFrame({"unit": ["甲"]}), [Text("合成数据", "synthetic data")], "zh").to_dict("list")
    {'unit': ['甲'], 'note': ['合成数据']}
    """
    if not notes:
        return table
    said = "; ".join(note.in_language(language) for note in notes)
    return table.assign(**{column: pd.Series([said] * len(table), index=table.index, dtype=object)})
