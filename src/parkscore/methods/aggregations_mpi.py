"""The adjusted Mazziotta-Pareto index, comparable over the years."""

from __future__ import annotations

from typing import Literal

from parkscore.methods.aggregations import mazziotta_pareto, mazziotta_range
from parkscore.methods.domain import FloatArray
from parkscore.methods.parameters import Meaning
from parkscore.methods.registry import aggregation


@aggregation(
    "ampi",
    zh="调整的马齐奥塔-帕累托指数（AMPI）",
    en="Adjusted Mazziotta-Pareto index",
    formula="S = M ∓ V / M;  M = Σ w s / Σ w;  V = Σ w (s - M)² / Σ w;  s = 70 + 60 (x - low) / (high - low)",
    obeys=mazziotta_pareto.obeys,
    reference="Mazziotta, Pareto 2016, Social Indicators Research 127, 983-1003",
    golden="eurostat_two_years",
    golden_source="Compind 3.4 (R), ci_ampi on Eurostat's figures of employment and final energy, two years",
    may_lower=mazziotta_pareto.may_lower,
    parameters={
        "penalty": Meaning(
            "不均衡的作用：negative 扣分（分高为好的指数），positive 加分（分高为差的指数）",
            "imbalance: negative lowers the score (indices where high is good), positive raises it (high is bad)",
        )
    },
    combine_range=mazziotta_range,
)
def ampi(X: FloatArray, w: FloatArray, *, penalty: Literal["negative", "positive"] = "negative") -> FloatArray:
    """The Mazziotta-Pareto penalty over scores between fixed goalposts, so that years can be compared.

    X: (units, indicators), scored by `minmax` with the goalposts stated, `to: [70, 130]` and `clip: false`, so that the
    middle (the reference value) is 100; the formula on them is that of `mazziotta_pareto`, whose own scores are
    z-scores of one year. w: (indicators,), not negative, of any sum above 0; equal weights give the published index.
    Returns (units,). The share of a missing score goes to the present ones in proportion; a unit with none is NaN. A
    column of weight 0 never matters.

    Raises DomainError, with the units, where a mean is not above 0: the penalty V / M has no meaning there.

    >>> ampi([[70.0, 130.0], [100.0, 100.0]], [1, 1])
    array([ 91., 100.])
    """
    return mazziotta_pareto.function(X, w, penalty=penalty)
