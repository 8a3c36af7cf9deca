"""Count the values that lie beyond those a reference was fitted on, so that a drift is seen before it is felt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Vector
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Node
from parkscore.language import Text


def outside(leaf: Node, cohort: Cohort, values: Vector, fitted: Fitted | None) -> Iterator[Finding]:
    """How many of a cohort's values are below and above those of its reference; nothing where it is fitted on them.

    values: (rows,) of the whole table, before outliers were treated. What becomes of such a value is for the rule to
    say: most rules give it the end of their range, a z-score goes on.
    """
    extent = None if fitted is None else fitted.extents.get(cohort.reference, {}).get(leaf.id)
    if extent is None or np.isnan(extent).any():
        return
    own = values[cohort.apply]
    below, above = int(np.count_nonzero(own < extent[0])), int(np.count_nonzero(own > extent[1]))
    if below or above:
        yield Finding(
            code="outside_reference",
            severity=Severity.INFO,
            field=leaf.id,
            year=cohort.year,
            value=below + above,
            message=Text(
                f"{leaf.label.zh}：{below} 个低于参照值的最小值 {extent[0]:g}，{above} 个高于最大值 {extent[1]:g}",
                f"{leaf.label.en}: {below} below the smallest value of the reference, {extent[0]:g}, and {above} above "
                f"the largest, {extent[1]:g}",
            ),
            hint=Text(
                "个数逐次增多说明参照值已旧：按新数据重新拟合（--freeze）",
                "if they grow from run to run, the reference has aged: fit it again (--freeze)",
            ),
        )
