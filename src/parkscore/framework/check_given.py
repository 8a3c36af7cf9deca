"""Check indicators that somebody scores inside the band that a rule chooses."""

from __future__ import annotations

import math

from parkscore.framework.document import Path
from parkscore.framework.models import INVALID, REWEIGHT, Framework, Node
from parkscore.framework.point_pairs import PAIRED_RULES, pairs_of
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.language import Text

_POLICIES = (REWEIGHT, INVALID, "none")


def check_given(framework: Framework, reporter: Reporter) -> None:
    """Report given scores without bands, bands without given scores, and bands that hold no score."""
    settings = resolve_settings(framework)
    for path, node in nodes_with_paths(framework):
        own = settings[node.id]
        if node.children or node.is_open_slot:
            _check_no_indicator(node, path, reporter)
        elif node.given is None:
            _check_unasked(node, own, path, reporter)
        else:
            _check_asked(node, own, path, reporter)
            _check_policies(node, own, path, reporter)


def _check_no_indicator(node: Node, path: Path, reporter: Reporter) -> None:
    for key in ("given", "whole"):
        if getattr(node, key) is not None:
            message = Text(f"只有指标才能有 {key}", f"only an indicator can have `{key}`")
            hint = Text(f"把 {key} 移到指标处", f"move `{key}` to the indicator")
            reporter.report("misplaced_key", (*path, key), message, field=node.id, hint=hint)


def _check_unasked(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    if settings.paired is not None:
        reporter.report(
            "pairs_without_given",
            (*path, "score") if node.score is not None else path,
            Text(
                f"{node.id} {node.label.zh} 的得分是区间，但没有写明给分取自何处",
                f"the points of {node.id} {node.label.en} are pairs, and nothing says where the given score comes from",
            ),
            field=node.id,
            hint=Text("写 given: 给分的字段", "write `given:` and the field that holds the given score"),
        )
    if node.whole is not None:
        message = Text("没有 given，whole 无所指", "`whole` speaks of a given score, and there is no `given`")
        hint = Text("写 given，或去掉 whole", "write `given`, or remove `whole`")
        reporter.report("misplaced_key", (*path, "whole"), message, field=node.id, hint=hint)


def _check_asked(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    if settings.paired is None:
        rules = ", ".join(PAIRED_RULES)
        reporter.report(
            "given_without_pairs",
            (*path, "given"),
            Text(
                f"{node.id} {node.label.zh} 有给分，但 {settings.score.name} 没有写出给分的区间",
                f"{node.id} {node.label.en} has a given score, and {settings.score.name} states no band for it",
            ),
            field=node.id,
            hint=Text(f"在 {rules} 之一中把得分写成 [最低, 最高]", f"write points as [least, most] in one of {rules}"),
        )
        return
    if node.cases:
        message = Text("由人给分的指标不能分情形", "an indicator that somebody scores cannot have cases")
        hint = Text("写成几个指标，或把条件写进 tiers", "write several indicators, or the conditions into `tiers`")
        reporter.report("misplaced_key", (*path, "cases"), message, field=node.id, hint=hint)
    if node.round is not None:
        message = Text("给分原样采用，不取整", "a given score is taken as it is, and not rounded")
        hint = Text("要求整数时写 whole: true", "where only whole numbers are allowed, write `whole: true`")
        reporter.report("misplaced_key", (*path, "round"), message, field=node.id, hint=hint)
    for inner, (least, most) in pairs_of(settings.paired):
        place = (*path, "score", *inner) if node.score is not None else path
        written = f"[{least:.12g}, {most:.12g}]"
        if least > most:
            message = Text(f"区间 {written} 最低高于最高", f"the least of {written} is above the most")
            hint = Text("写成 [最低, 最高]", "write [least, most]")
            reporter.report("pair_order", place, message, field=node.id, value=written, hint=hint)
        elif node.whole and math.ceil(least) > math.floor(most):
            message = Text(f"区间 {written} 内没有整数", f"there is no whole number in {written}")
            hint = Text("改写区间，或去掉 whole", "change the pair, or remove `whole`")
            reporter.report("no_whole_points", place, message, field=node.id, value=written, hint=hint)


def _check_policies(node: Node, settings: Settings, path: Path, reporter: Reporter) -> None:
    """What somebody has to judge is not filled in by a method."""
    if settings.missing.name not in _POLICIES:
        reporter.report(
            "not_for_given",
            (*path, "missing") if node.missing is not None else (*path, "given"),
            Text(
                f"{node.id} {node.label.zh} 由人给分，缺失不能用 {settings.missing.name} 填补",
                f"{node.id} {node.label.en} is scored by somebody, and {settings.missing.name} cannot fill its gaps",
            ),
            field=node.id,
            hint=Text(f"在这个指标处写 missing: {REWEIGHT}", f"write `missing: {REWEIGHT}` at this indicator"),
        )
    if settings.treat is not None and settings.treat.name != "none":
        reporter.report(
            "not_for_given",
            (*path, "treat") if node.treat is not None else (*path, "given"),
            Text(
                f"{node.id} {node.label.zh} 由人给分，不处理异常值",
                f"{node.id} {node.label.en} is scored by somebody, and its outliers are not treated",
            ),
            field=node.id,
            hint=Text("在这个指标处写 treat: none", "write `treat: none` at this indicator"),
        )
