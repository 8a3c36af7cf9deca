"""Check the grades: ids, what they are taken from, ends, gaps and overlaps of bands, lines, overrides."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from parkscore.findings import Severity
from parkscore.framework.check_gates import GateFormulas
from parkscore.framework.document import Path
from parkscore.framework.measures import Measure, MeasureError, convert, parse_measure
from parkscore.framework.models import Framework, Grade, GradeScale, Line
from parkscore.framework.reporting import Reporter
from parkscore.framework.result_columns import BEGINNINGS
from parkscore.framework.suggesting import nearest_or_some
from parkscore.framework.taken_ids import RESULT_COLUMNS, group_columns
from parkscore.language import Text
from parkscore.methods.parameters import Bands
from parkscore.methods.points_bands import Fault, bad_alone, gaps_and_overlaps, span_of

UNKNOWN_GRADE: Final = "unknown"
NO_GRADE: Final = "no_grade"
"""What stands in place of a grade that cannot be told, and of one where the score is in no band."""


def check_grades(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the grade scales."""
    checker = GateFormulas(framework, reporter)
    _check_names(framework, reporter)
    for index, scale in enumerate(framework.grades):
        path: Path = ("grades", index)
        _check_of(scale, framework, path, reporter)
        _check_ids(scale, path, reporter)
        _check_bands(scale, path, reporter)
        _check_lines(scale, path, reporter)
        _warn_of_unreachable(scale, framework, path, reporter)
        for number, override in enumerate(scale.overrides):
            own: Path = (*path, "overrides", number)
            checker.check(override.when, (*own, "when"), scale.id)
            known = [grade.id for grade in scale.grades]
            if override.grade not in known:
                message = Text(f"没有等级 {override.grade}", f"there is no grade {override.grade}")
                hint = nearest_or_some(override.grade, known)
                reporter.report("unknown_id", (*own, "grade"), message, field=scale.id, hint=hint)


def _check_names(framework: Framework, reporter: Reporter) -> None:
    """A scale is a column of the results, beside those of gates and nodes."""
    taken = {*RESULT_COLUMNS, framework.total.id, *(node.id for node in framework.walk())}
    taken |= {gate.id for gate in framework.gates}
    taken |= group_columns(framework)
    for index, scale in enumerate(framework.grades):
        if scale.id in taken or scale.id.startswith(BEGINNINGS):
            message = Text(f"编码 {scale.id} 已是结果表的列名", f"the id {scale.id} is a column of the results already")
            other = scale.id.replace(":", "_")
            hint = Text(f"改用别的编码，如 {other}_grade", f"call it otherwise, such as {other}_grade")
            reporter.report("taken_id", ("grades", index, "id"), message, field=scale.id, hint=hint)
        taken.add(scale.id)


def _check_of(scale: GradeScale, framework: Framework, path: Path, reporter: Reporter) -> None:
    nodes = [node.id for node in framework.root.walk()]
    if framework.only_judges:
        message = Text("没有指标，也就没有可分等级的得分", "without indicators there is no score to be graded")
        hint = Text("补上 indicators:，或改写成 gates:", "add `indicators:`, or write the grades as `gates:`")
        reporter.report("only_gates", path, message, field=scale.id, hint=hint)
    elif scale.of is not None and scale.of not in nodes:
        message = Text(f"没有指标或一级指标 {scale.of}", f"there is no node {scale.of}")
        hint = nearest_or_some(scale.of, nodes)
        reporter.report("unknown_id", (*path, "of"), message, field=scale.id, hint=hint)


def _placed(scale: GradeScale, path: Path) -> Iterator[tuple[Path, Grade]]:
    """Every grade of a scale with its path."""
    for number, grade in enumerate(scale.bands):
        yield (*path, "bands", number), grade
    if scale.otherwise is not None:
        yield (*path, "otherwise"), scale.otherwise


def _check_ids(scale: GradeScale, path: Path, reporter: Reporter) -> None:
    seen: set[str] = set()
    for own, grade in _placed(scale, path):
        if grade.id in seen:
            message, hint = Text("等级编码重复", "the id is used twice in its scale"), _OTHER_ID
            reporter.report("duplicate_id", (*own, "id"), message, field=scale.id, value=grade.id, hint=hint)
        elif grade.id in (UNKNOWN_GRADE, NO_GRADE):
            message = Text("结果用这个词表示没有等级", "results say this where there is no grade")
            reporter.report("taken_id", (*own, "id"), message, field=scale.id, value=grade.id, hint=_OTHER_ID)
        seen.add(grade.id)


_OTHER_ID: Final = Text("等级编码应各不相同，如 A、B、C", "give each grade an id of its own, such as A, B, C")


def _check_bands(scale: GradeScale, path: Path, reporter: Reporter) -> None:
    """Single bands first; if they are right, gaps and overlaps between them."""
    if not scale.bands:
        message = Text("没有分档", "there are no bands")
        hint = Text("写 bands: [{id: A, zh: 优, from: 90}, ...]", "write `bands: [{id: A, en: Good, from: 90}, ...]`")
        reporter.report("no_bands", (*path, "bands"), message, field=scale.id, hint=hint)
        return
    if scale.otherwise is not None and scale.otherwise.ends:
        message = Text("otherwise 是其余得分的等级，没有上下限", "`otherwise` is for all other scores and has no ends")
        hint = Text("去掉 from、over、to、below，或写入 bands", "leave the ends out, or put it among the bands")
        reporter.report("misplaced_key", (*path, "otherwise"), message, field=scale.id, hint=hint)
    bands = Bands(tuple(grade.ends for grade in scale.bands))
    wrong = list(bad_alone(bands))
    for problem in wrong:
        reporter.report("band_ends", (*path, "bands"), problem.reason, field=scale.id, hint=_ENDS)
    for fault in gaps_and_overlaps(bands) if not wrong else ():
        _report_fault(scale, fault, path, reporter)


def _warn_of_unreachable(scale: GradeScale, framework: Framework, path: Path, reporter: Reporter) -> None:
    """A grade that begins above the full score that its node declares."""
    node = next((node for node in framework.root.walk() if node.id == (scale.of or framework.total.id)), None)
    most = math.inf if node is None or not isinstance(node.points, float) else node.points
    for number, grade in enumerate(scale.bands):
        (start, _), values = span_of(grade.ends), span_of(grade.ends).described
        if start.value > most or (start.value == most and start.after):
            message = Text(
                f"等级“{grade.label.zh}”的得分{values.zh}，超过满分 {most:.12g}",
                f"grade {grade.label.en} is for scores {values.en}; the full score is {most:.12g}",
            )
            hint = Text("核对分档与满分", "check the band and the declared points")
            place = (*path, "bands", number)
            reporter.report("unreachable_grade", place, message, field=scale.id, severity=Severity.WARNING, hint=hint)


_ENDS: Final = Text(
    "from 起（含）、over 大于、to 至（含）、below 小于，每侧只写一个",
    "one of `from` (>=) and `over` (>), one of `to` (<=) and `below` (<)",
)


def _report_fault(scale: GradeScale, fault: Fault, path: Path, reporter: Reporter) -> None:
    one, other = (scale.bands[number].label for number in fault.bands)
    values = fault.span.described
    both = Text(f"等级“{one.zh}”与“{other.zh}”", f"the grades {one.en} and {other.en}")
    if fault.kind == "gap":
        message = Text(f"{both.zh}之间有空档：得分{values.zh}", f"between {both.en} there is a gap: scores {values.en}")
    else:
        message = Text(f"{both.zh}重叠：得分{values.zh}", f"{both.en} overlap: scores {values.en}")
    hint = Text("让一档的 below 与另一档的 from 相同", "let the `below` of one be the `from` of the other")
    reporter.report(f"band_{fault.kind}", (*path, "bands", fault.bands[1]), message, field=scale.id, hint=hint)


def _check_lines(scale: GradeScale, path: Path, reporter: Reporter) -> None:
    """Lines of one scale count the same thing; one that falls where the score rises may be meant, and is told."""
    read = [(own, grade, grade.line, _measure(grade.line, own, scale, reporter)) for own, grade in _placed(scale, path)]
    known = [(own, grade, line, measure) for own, grade, line, measure in read if line is not None and measure]
    first = known[0][3] if known else None
    for own, _, line, measure in known:
        if first is not None and measure.dimension != first.dimension:
            message = Text(
                f"{line.measure} 与 {first.text} 不是一回事",
                f"{line.measure} and {first.text} do not count the same thing",
            )
            hint = Text("同一套等级的额度用同类单位", "count the lines of one scale in measures of one kind")
            reporter.report("measure", (*own, "line", "measure"), message, field=scale.id, hint=hint)
            return
    graded = [(grade, convert(line.amount, measure, first)) for _, grade, line, measure in known if first is not None]
    _warn_of_falling_lines(scale, graded, path, reporter)


def _measure(line: Line | None, path: Path, scale: GradeScale, reporter: Reporter) -> Measure | None:
    if line is None:
        return None
    try:
        return parse_measure(line.measure)
    except MeasureError as error:
        reporter.report("unknown_measure", (*path, "line", "measure"), error.reason, field=scale.id, hint=error.hint)
        return None


def _warn_of_falling_lines(
    scale: GradeScale, graded: Sequence[tuple[Grade, float]], path: Path, reporter: Reporter
) -> None:
    ordered = sorted(
        ((grade, amount) for grade, amount in graded if grade is not scale.otherwise),
        key=lambda pair: span_of(pair[0].ends),
    )
    highest = -math.inf
    for grade, amount in ordered:
        if amount < highest:
            message = Text(
                f"等级“{grade.label.zh}”的额度低于得分更低的等级",
                f"the line of {grade.label.en} is below that of a grade for lower scores",
            )
            hint = Text("核对额度；确实如此可不改", "check the lines; leave them where this is meant")
            reporter.report("not_monotone", path, message, field=scale.id, severity=Severity.WARNING, hint=hint)
            return
        highest = amount
