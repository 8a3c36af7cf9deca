"""Dimensions whose weights do not count, such as sums of points: to vary them would only seem to test a rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.kept import kept
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.settings import aggregation_of
from parkscore.language import Text
from parkscore.methods import DomainError, aggregation

# Scores that no two units share, and two sets of weights: what is combined alike by both does not look at weights.
_SCORES: Final = np.array([[1.0, 3.0, 2.0], [2.0, 2.5, 1.5], [3.0, 1.5, 4.0], [4.0, 1.0, 2.2]])
_ONE: Final = np.array([0.2, 0.3, 0.5])
_OTHER: Final = np.array([0.6, 0.3, 0.1])


@kept
def weightless(framework: Framework) -> Sequence[Node]:
    """The dimensions of more than one child whose score is the same under any weights that are not 0."""
    return tuple(node for node in _parents(framework) if _ignores_weights(aggregation_of(framework, node)))


def refuse_weightless(frameworks: Iterable[Framework]) -> None:
    """Raise UsageError where varying weights would leave every rank as it is.

    That is where weights count in none of these, or where no dimension has two children.
    """
    known = list(frameworks)
    if not any(_parents(each) for each in known):
        raise UsageError(_nothing_to_weigh())
    if any(len(weightless(each)) < len(_parents(each)) for each in known):
        return
    first = known[0]
    title = aggregation[aggregation_of(first, first.root).name].title
    message = Text(
        f"本体系用{title.zh}合成，权重不起作用，变动权重不会改变任何位次",
        f"the scores are put together by {title.en}, in which weights do not count: no weights would change a rank",
    )
    hint = Text("改为变动 leave_out、score 或 aggregate", "vary leave_out, score or aggregate instead")
    raise UsageError(Finding(code="weights_do_not_count", severity=Severity.ERROR, message=message, hint=hint))


def _nothing_to_weigh() -> Finding:
    message = Text(
        "只有一个指标计分，没有可与之权衡的，变动权重不会改变任何位次",
        "one indicator makes the score, with nothing to weigh it against: no weights would change a rank",
    )
    hint = Text("改为变动 score、treat、noise 或 imputation", "vary score, treat, noise or imputation instead")
    return Finding(code="nothing_to_weigh", severity=Severity.ERROR, message=message, hint=hint)


def weightless_note(framework: Framework) -> list[Text]:
    """A sentence that names the dimensions in which weights do not count; none where they count in all."""
    ids = [node.id for node in weightless(framework)]
    if not ids:
        return []
    named = "、".join(ids), ", ".join(ids)
    return [Text(f"{named[0]} 的合成不用权重，不随权重变动", f"in {named[1]} weights do not count, and vary nothing")]


def _parents(framework: Framework) -> list[Node]:
    return [node for node in framework.root.walk() if len(node.children) > 1]


def _ignores_weights(choice: Choice) -> bool:
    method = aggregation[choice.name]
    try:
        one, other = (method(_SCORES, weights, **choice.parameters) for weights in (_ONE, _OTHER))
    except DomainError:
        return False
    return bool(np.allclose(one, other, rtol=1e-12, atol=0.0))
