"""What is fitted in which order: fillings of gaps, outliers, references on what that gives, mean scores, weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from parkscore.data.fitted import Fitted
from parkscore.data.table import Table
from parkscore.engine.gathering import Fitting, gather, relative_leaves
from parkscore.engine.gathering_gaps import JoiningGaps, gather_gaps, methods_of
from parkscore.engine.gathering_groups import JoiningGroups, gather_groups, may_lack_references
from parkscore.engine.gathering_outliers import JoiningOutliers, gather_outliers, treated_columns
from parkscore.engine.gathering_scores import JoiningScores, fills_scores, gather_scores
from parkscore.engine.gathering_weights import GatherWeights, JoiningWeights, computes_weights
from parkscore.findings import Finding
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.tree.schemes import WeightPlan


class Joining(Protocol):
    """What all pieces come to in a stage."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is to be said of it, once it is fitted."""

    def add(self, part: Any) -> None:
        """What a piece has; in any order."""

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted in the stages before, and in this one."""


@dataclass(frozen=True)
class Stage:
    """One pass over all pieces.

    gather: what the rows of a piece add, given the year to score and what was fitted before; it can be sent to another
    process. joining: begins to join that, with a folder for what does not fit into memory.
    """

    title: Text
    gather: Callable[[Framework, Table, int | None, Fitted], Any]
    joining: Callable[[Framework, Path], Joining]


def stages_of(framework: Framework, plan: WeightPlan | None, freezes: bool = False) -> Iterator[Stage]:
    """The passes that a framework needs before its rows can be scored one by one, each fitted on what is before it.

    plan: the weights, None where only the scores of indicators are wanted. freezes: whether the references are to be
    kept, with the ends of the values.

    >>> import parkscore as ps
    >>> from parkscore.tree.schemes import plan_weights
    >>> framework = ps.load_framework("zone-2021")
    >>> [stage.title.en for stage in stages_of(framework, plan_weights(framework, "entropy"))]
    ['fitting', 'computing weights']
    """
    if methods_of(framework):
        yield Stage(Text("拟合填补值", "fitting what fills gaps"), gather_gaps, JoiningGaps)
    if treated_columns(framework):
        yield Stage(Text("拟合异常值处理", "fitting treatments of outliers"), gather_outliers, JoiningOutliers)
    if relative_leaves(framework):
        yield Stage(Text("拟合参照值", "fitting"), partial(gather, extents=freezes), Fitting)
    elif not treated_columns(framework) and (freezes or may_lack_references(framework)):
        yield Stage(Text("查明有哪些参照", "looking for references"), gather_groups, JoiningGroups)
    if fills_scores(framework):
        yield Stage(Text("拟合平均得分", "fitting mean scores"), gather_scores, JoiningScores)
    if plan is not None and computes_weights(framework, plan):
        joining = partial(JoiningWeights, plan=plan)
        yield Stage(Text("计算权重", "computing weights"), GatherWeights(plan), joining)
