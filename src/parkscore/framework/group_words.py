"""What the columns of groups are called in which units are ranked."""

from __future__ import annotations

from parkscore.framework.models import Framework
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.language import Text


def group_heads(framework: Framework) -> dict[str, Text]:
    """What the columns of the groups and of the ranks within them are called.

    >>> import parkscore as ps
    >>> group_heads(ps.load_framework("zone-2021"))
    {}
    """
    labels = {name: framework.fields[name].label for name in framework.rank_within}
    ranks = {rank_in(name): Text(f"{zh}内位次", f"rank in {en}") for name, (zh, en) in labels.items()}
    percents = {percentile_in(name): Text(f"{zh}内百分位", f"percentile in {en}") for name, (zh, en) in labels.items()}
    return labels | ranks | percents
