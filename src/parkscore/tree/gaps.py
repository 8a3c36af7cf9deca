"""What becomes of the part of a dimension that has no score."""

from __future__ import annotations

from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import ADDS_POINTS, BEST_OF, aggregation_of
from parkscore.language import Text

_ADDS_NOTHING = Text("求和时不加分，并不表示得 0 分", "it adds nothing to the sum, which is no score of 0")
_NOT_COMPARED = Text("取高时只看其余各项", "the best of the others counts")
_TO_SIBLINGS = Text("其份额由同级指标分担", "the share goes to its siblings")


def fate_of_gaps(framework: Framework, parent: Node) -> Text:
    """What a child without a score means for its parent: nothing in a sum, no choice, or a share for its siblings."""
    name = aggregation_of(framework, parent).name
    return _ADDS_NOTHING if name in ADDS_POINTS else _NOT_COMPARED if name == BEST_OF else _TO_SIBLINGS
