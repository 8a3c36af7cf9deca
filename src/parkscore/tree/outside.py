"""Count the values that lie beyond those a reference was fitted on, so that a drift is seen before it is felt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Vector
from parkscore.data.reference_names import unnamed
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Node
from parkscore.language import Text, in_digits


class Beyond(NamedTuple):
    """How many values lie below and above those of a reference, and where these end; counts of parts can be added."""

    below: int
    above: int
    ends: tuple[float, float]

    def finding(self, leaf: Node, reference: str, year: int | None) -> Finding:
        """The counts in words, with the group that has the reference for itself."""
        least, most = (f"{in_digits(end)} {leaf.measure or ''}".rstrip() for end in self.ends)
        group = unnamed(reference)[1]
        of = Text(f"（{'、'.join(group)}）", f" ({', '.join(group)})") if group else Text("", "")
        return Finding(
            code="outside_reference",
            severity=Severity.INFO,
            field=leaf.id,
            year=year,
            value=self.below + self.above,
            message=Text(
                f"{leaf.label.zh}{of.zh}：{self.below} 个低于参照值的最小值 {least}，{self.above} 个高于最大值 {most}",
                f"{leaf.label.en}{of.en}: {self.below} below the smallest value of the reference, {least}, and "
                f"{self.above} above the largest, {most}",
            ),
            hint=Text(
                "个数逐次增多说明参照值已旧：按新数据重新拟合（--freeze）",
                "if they grow from run to run, the reference has aged: fit it again (--freeze)",
            ),
        )


def beyond(leaf: Node, cohort: Cohort, values: Vector, fitted: Fitted | None) -> Beyond | None:
    """How many of a cohort's values lie beyond those of its reference; None where none do, or it is fitted on them.

    values: (rows,) of the whole table, before outliers were treated. What becomes of such a value is for the rule to
    say: most rules give it the end of their range, a z-score goes on.
    """
    ends = None if fitted is None else fitted.extents.get(cohort.reference, {}).get(leaf.id)
    if fitted is None or fitted.base is None or ends is None or np.isnan(ends).any():
        return None
    own = values[cohort.applied]
    found = Beyond(int(np.count_nonzero(own < ends[0])), int(np.count_nonzero(own > ends[1])), ends)
    return found if found.below or found.above else None
