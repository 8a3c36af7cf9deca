"""Check that children meet on one scale: of scores of 0-1 beside scores of 0-100, one kind would hardly count."""

from __future__ import annotations

import math
from collections.abc import Mapping

from parkscore.findings import Severity
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import aggregation_of
from parkscore.language import Text
from parkscore.methods import Interval, aggregation

# Our own convention: 60-100 beside 0-100, or 1-10 beside 0-10, are choices; from five times the width on it is a slip.
_TIMES_AS_WIDE = 5
# So many children of one range are named; of 46 indicators, nobody wants to read 45.
_NAMED = 3


def check_scales(framework: Framework, ranges: Mapping[str, Interval], reporter: Reporter) -> None:
    """Warn at each node that adds up scores of very different width, so that weights do not count as stated."""
    paths = {node.id: path for path, node in nodes_with_paths(framework)}
    for node in framework.root.walk():
        choice = aggregation_of(framework, node)
        if node.children and not _takes_any_scale(choice) and _differ([*_by_range(node, ranges)]):
            path = paths.get(node.id, ("total",))
            _report(node, choice, ranges, (*path, "aggregate") if node.aggregate is not None else path, reporter)


def _takes_any_scale(choice: Choice) -> bool:
    """Whether it makes no difference how wide the scores of each child are, or whether they are meant to differ."""
    method = aggregation[choice.name]
    if method.mixes_scales is not None:
        return method.mixes_scales(choice.parameters)
    return "scaling of an indicator" in method.obeys


def _by_range(node: Node, ranges: Mapping[str, Interval]) -> Mapping[tuple[float, float], list[Node]]:
    """The children by their range, as far as it has two ends."""
    groups: dict[tuple[float, float], list[Node]] = {}
    for child in node.children:
        found = ranges.get(child.id)
        if found is not None and math.isfinite(found.high - found.low):
            groups.setdefault((found.low, found.high), []).append(child)
    return groups


def _differ(ends: list[tuple[float, float]]) -> bool:
    widths = [high - low for low, high in ends if high > low]
    return bool(widths) and max(widths) >= _TIMES_AS_WIDE * min(widths)


def _report(
    node: Node, choice: Choice, ranges: Mapping[str, Interval], path: tuple[str | int, ...], reporter: Reporter
) -> None:
    title = aggregation[choice.name].title
    groups = sorted(_by_range(node, ranges).items(), key=lambda group: group[0][1] - group[0][0])
    described = [_described(*group) for group in groups]
    # What a method fixes cannot be changed; what a rule says can.
    (low, high), _ = next((group for group in groups if any(child.children for child in group[1])), groups[-1])
    reporter.report(
        "mixed_scales",
        path,
        Text(
            f"{node.id} 下级得分的尺度相差 {_TIMES_AS_WIDE} 倍以上，{title.zh}时作用大小取决于尺度而不是权重："
            + "；".join(text.zh for text in described),
            f"scores below {node.id} differ {_TIMES_AS_WIDE} times or more in width, so scales rather than weights say "
            f"how much each counts ({title.en}): {'; '.join(text.en for text in described)}",
        ),
        severity=Severity.WARNING,
        field=node.id,
        hint=Text(
            f"让下级得分同在 {low:g} 至 {high:g}（如赋分规则写 `to: [{low:g}, {high:g}]`，Z 分数写 center 和 scale），"
            "或改用与尺度无关的合成方法，如 borda_count",
            f"bring them all to {low:g} to {high:g} (for a scoring rule `to: [{low:g}, {high:g}]`, for z-scores "
            "center and scale), or choose an aggregation that ignores scales, such as borda_count",
        ),
    )


def _described(ends: tuple[float, float], children: list[Node]) -> Text:
    low, high = (f"{end:g}" for end in ends)
    named = [f"{child.id} {child.label.zh}" for child in children[:_NAMED]]
    named_en = [f"{child.id} {child.label.en}" for child in children[:_NAMED]]
    more = len(children) - _NAMED
    return Text(
        f"{'、'.join(named)}{f' 等 {len(children)} 项' if more > 0 else ''} 为 {low} 至 {high}",
        f"{', '.join(named_en)}{f' and {more} more' if more > 0 else ''} from {low} to {high}",
    )
