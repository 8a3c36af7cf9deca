"""Slots: points kept for the indicators of a local framework, and what is said while nothing fills them."""

from __future__ import annotations

from parkscore.findings import Finding, FrameworkError, Severity
from parkscore.framework.document import Path
from parkscore.framework.models import TIERS, Framework, Node, Slot
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.language import Text, agreeing, plural

UNFILLED = "unfilled_slot"
_OF_INDICATORS = ("formula", "category", "measure", "cases")


def open_slots(framework: Framework) -> list[tuple[Node, Slot]]:
    """The slots that nothing fills, in the order of the file."""
    return [(node, node.slot) for node in framework.walk() if node.is_open_slot and node.slot is not None]


def slot_note(node: Node, slot: Slot) -> Text:
    """What must be known of every result while a slot is open."""
    if slot.points is None:
        return Text(
            f"预留项未填：{node.id} {node.label.zh}，分值待填",
            f"unfilled slot: {node.id} {node.label.en}, its points are not known yet",
        )
    points = f"{slot.points:.12g}"
    return Text(
        f"预留项未填：{node.id} {node.label.zh}，{points} 分不在得分内",
        f"unfilled slot: {node.id} {node.label.en}, its {points} "
        f"{agreeing(slot.points, 'point is', 'points are')} in no score",
    )


def refuse_unfilled(framework: Framework) -> None:
    """Raise FrameworkError where a slot must be filled before anything can be scored, and is not."""
    needed = [(node, slot) for node, slot in open_slots(framework) if slot.must_be_filled]
    if needed:
        raise FrameworkError([_needed(framework, node, slot) for node, slot in needed])


def _needed(framework: Framework, node: Node, slot: Slot) -> Finding:
    return Finding(
        code=UNFILLED,
        severity=Severity.ERROR,
        field=node.id,
        message=_said(node, slot),
        hint=_way_out(framework, node, slot),
    )


def check_slots(framework: Framework, reporter: Reporter) -> None:
    """Warn of slots that are open, and report those that are filled otherwise than they say."""
    for path, node in nodes_with_paths(framework):
        if node.slot is not None:
            _check_alone(node, node.slot, path, reporter)
            if node.children:
                _check_items(node, node.slot, path, reporter)
            else:
                _warn(framework, node, node.slot, path, reporter)


def _warn(framework: Framework, node: Node, slot: Slot, path: Path, reporter: Reporter) -> None:
    hint = _way_out(framework, node, slot)
    reporter.report(UNFILLED, (*path, "slot"), _said(node, slot), severity=Severity.WARNING, field=node.id, hint=hint)


def _said(node: Node, slot: Slot) -> Text:
    zh, en = slot_note(node, slot)
    if not slot.must_be_filled:
        return Text(zh, en)
    return Text(f"{zh}；填入之前不能计分", f"{en}; nothing can be scored before it is filled")


def _way_out(framework: Framework, node: Node, slot: Slot) -> Text:
    many = Text("指标", "indicators") if slot.items is None else _many(slot.items)
    where = Text("", "")
    if framework.extends is None:
        where = Text(f"另写一个 extends: {framework.id} 的文件，", f"in a file with `extends: {framework.id}`, ")
    points = Text("", "")
    if slot.points is not None:
        points = Text(
            f"，合计 {slot.points:.12g} 分", f" of {slot.points:.12g} {agreeing(slot.points, 'point', 'points')} in all"
        )
    return Text(
        f"{where.zh}在 id 为 {node.id} 的项下用 children 写{many.zh}{points.zh}",
        f"{where.en}write `children:` at the id {node.id}: {many.en}{points.en}",
    )


def _many(items: tuple[int, int]) -> Text:
    least, most = items
    if least == most:
        return Text(f" {least} 项指标", plural(least, "indicator"))
    return Text(f" {least} 至 {most} 项指标", f"{least} to {most} indicators")


def _check_alone(node: Node, slot: Slot, path: Path, reporter: Reporter) -> None:
    """Nothing on the slot itself may be that of an indicator, and its points stand once."""
    for key in _OF_INDICATORS:
        if getattr(node, key) not in (None, ()) and not node.children:
            _misplaced(node, (*path, key), key, reporter)
    if not node.children and node.score is not None and node.score.name == TIERS:
        _misplaced(node, (*path, "score"), "tiers", reporter)
    if slot.points is None and not slot.must_be_filled:
        reporter.report(
            "slot_points",
            (*path, "slot"),
            Text(f"{node.id} {node.label.zh} 的 slot 没有 points", f"the slot {node.id} {node.label.en} has no points"),
            field=node.id,
            hint=Text(
                "写明分值；分值尚不知道时写 must_be_filled: true",
                "state the points; where they are not known yet, write `must_be_filled: true`",
            ),
        )
    if node.points is not None and slot.points is not None and node.points != slot.points:
        reporter.report(
            "nominal_total",
            (*path, "points"),
            Text(
                f"{node.id} {node.label.zh} 的 points 与预留的 {slot.points:.12g} 分不同",
                f"the points of {node.id} {node.label.en} differ from the {slot.points:.12g} of its slot",
            ),
            field=node.id,
            value=node.points,
            hint=Text("去掉 points，分值由 slot 写明", "remove `points`: the slot says them"),
        )


def _misplaced(node: Node, path: Path, key: str, reporter: Reporter) -> None:
    reporter.report(
        "misplaced_key",
        path,
        Text(f"预留项由下级指标填入，不能有 {key}", f"a slot is filled by indicators below it and cannot have `{key}`"),
        field=node.id,
        hint=Text("在它的 children 下写指标", "write the indicator under its `children:`"),
    )


def _check_items(node: Node, slot: Slot, path: Path, reporter: Reporter) -> None:
    """The indicators that fill a slot are as many as it says; check_points compares what they can earn."""
    count = sum(each.is_indicator for each in node.walk())
    if any(each.is_open_slot for each in node.walk()):
        return  # nobody knows yet how many there will be
    if slot.items is None or slot.items[0] <= count <= slot.items[1]:
        return
    many = _many(slot.items)
    reporter.report(
        "slot_items",
        (*path, "children"),
        Text(
            f"{node.id} {node.label.zh} 应填{many.zh}，现有 {count} 项",
            f"{node.id} {node.label.en} takes {many.en}, not {count}",
        ),
        field=node.id,
        value=count,
        hint=Text("增减指标，使项数符合 slot.items", "add or remove indicators until they are as many as `items` says"),
    )
