"""Say what share of the other units each ranked unit leaves behind."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from parkscore.data.cohorts import years_of
from parkscore.data.grid import Vector
from parkscore.data.table import Table
from parkscore.language import Text
from parkscore.methods import scoring
from parkscore.tree.rank import Ranks, of_one_text

DEFINITION: Final = Text(
    "百分位 = 同年（同类、同组）其他已排名对象中得分更低者的比例，0% 至 100%；并列者相同；只有一个对象时没有百分位",
    "percentile: the share of the other ranked units of the year (and class or group) with a lower score, "
    "from 0 % to 100 %; units that tie have the same; a unit that is alone has none",
)


def percentiles(table: Table, ranks: Ranks, texts: npt.NDArray[Any] | None = None) -> Vector:
    """For each row of the table the share of the others that it outranks, by the scoring rule `percentile`.

    ranks: 0 where a row is not ranked; ranks and not scores are compared, so that what ties in one ties in the other.
    texts: what a row has to share with others, beside the year, to be compared with them. NaN where a row is not
    ranked, has no text, or is alone; the rule itself gives the middle to a unit that is alone.
    """
    ranked = np.flatnonzero(ranks).astype(np.intp)
    shares = np.full(len(ranks), np.nan)
    for group in [ranked] if texts is None else of_one_text(texts, ranked):
        for _, own in years_of(table, group):
            if own.size > 1:
                shares[own] = scoring["percentile"](ranks[own].astype(np.float64), direction=-1)
    return shares
