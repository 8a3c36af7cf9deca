"""Check the methods: names, parameters, and combinations that cannot work, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parkscore.framework.check_points import check_points
from parkscore.framework.check_rules import check_rules
from parkscore.framework.check_scales import check_scales
from parkscore.framework.check_shares import check_shares
from parkscore.framework.document import Path
from parkscore.framework.models import POLICIES, SCORE_GROUP_MEAN, SHORTER_HISTORY, Choice, Framework, Node, ScoreRule
from parkscore.framework.point_pairs import most_of
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.framework.score_ranges import score_ranges
from parkscore.framework.settings import aggregation_of
from parkscore.framework.suggesting import did_you_mean, nearest_or_all
from parkscore.language import Text
from parkscore.methods import Interval, Shelf, aggregation, imputation, ranking, scoring, treatment, weighting

SHELF_OF: Mapping[str, Shelf[Any]] = {
    "score": scoring,
    "missing": imputation,
    "treat": treatment,
    "aggregate": aggregation,
    "weights": weighting,
}


def check_methods(framework: Framework, reporter: Reporter) -> None:
    """Report unknown methods, unfit parameters and impossible combinations."""
    before = len(reporter.findings)
    places: list[tuple[Path, Any]] = [(("defaults",), framework.defaults), (("total",), framework.total)]
    for path, node in nodes_with_paths(framework):
        places += [(path, node), *(((*path, "cases", index), case) for index, case in enumerate(node.cases))]
    for path, part in places:
        for key, shelf in SHELF_OF.items():
            choice = getattr(part, key, None)
            if choice is not None:
                _check_choice(framework, choice, shelf, (*path, key), reporter)
    if framework.ranking.ties not in ranking:
        _report_unknown(framework.ranking.ties, ranking, ("ranking", "ties"), reporter)
    if len(reporter.findings) == before:
        check_rules(framework, reporter)
        check_shares(framework, reporter)
        ranges = score_ranges(framework)
        _check_ranges(framework, ranges, reporter)
        check_scales(framework, score_ranges(framework, usual=True), reporter)
        check_points(framework, ranges, reporter)


def check_method(choice: Choice, shelf: Shelf[Any], path: Path, reporter: Reporter) -> None:
    """Report an unknown method or unfit parameters."""
    if choice.name not in shelf:
        _report_unknown(choice.name, shelf, (*path, choice.key), reporter)
        return
    for problem in shelf[choice.name].check(choice.parameters):
        inner = path if problem.parameter is None else (*path, problem.parameter)
        reporter.report(problem.code, inner, problem.reason, field=choice.name)


def _check_choice(framework: Framework, choice: Choice, shelf: Shelf[Any], path: Path, reporter: Reporter) -> None:
    if shelf is not imputation:
        if isinstance(choice, ScoreRule) and "cases" not in path:
            choice = most_of(choice)  # the least of each pair stands where the most stands
        check_method(choice, shelf, path, reporter)
        if shelf is scoring and choice.name in shelf:
            _check_years(framework, choice, path, reporter)
        return
    if choice.name in POLICIES:
        _check_policy(framework, choice, path, reporter)
        return
    own = {name: value for name, value in choice.parameters.items() if name != "by"}
    check_method(choice.of(choice.name, **own), shelf, path, reporter)
    parameters = shelf[choice.name].parameters if choice.name in shelf else {}
    if "groups" in parameters:
        _check_groups(framework, choice, path, reporter)
    elif "by" in choice.parameters:
        _report_parameter("by", choice, path, reporter)
    if "years" in parameters and framework.time is None:
        reporter.report(
            "no_time",
            path,
            Text("按年份填补需要年份列", "an imputation over years needs a year column"),
            field=choice.name,
            hint=Text("写 time: year", "write `time: year`"),
        )


def _check_policy(framework: Framework, choice: Choice, path: Path, reporter: Reporter) -> None:
    """A policy beside the shelf: its own parameters, a field to group by, formulas for fewer years."""
    for name in choice.parameters:
        if name not in POLICIES[choice.name]:
            _report_parameter(name, choice, path, reporter)
    if choice.name == SCORE_GROUP_MEAN:
        _check_groups(framework, choice, path, reporter)
    if choice.name == SHORTER_HISTORY and path[0] != "indicators":
        message = Text(
            "只能写在指标上，因为公式是这个指标的", "belongs to an indicator, because its formulas are those of one"
        )
        reporter.report("misplaced_key", path, message, field=choice.name)


def _report_parameter(name: str, choice: Choice, path: Path, reporter: Reporter) -> None:
    reporter.report("parameter", (*path, name), Text(f"没有参数 {name}", f"no parameter {name}"), field=choice.name)


def _check_years(framework: Framework, choice: Choice, path: Path, reporter: Reporter) -> None:
    """A rule that looks at years, or at the same unit in another year, needs a framework with years."""
    if framework.time is None and {"years", "base"} & set(scoring[choice.name].parameters):
        title = scoring[choice.name].title
        reporter.report(
            "no_time",
            path,
            Text(f"{title.zh}需要数据年份", f"{title.en} needs the years of the data"),
            field=choice.name,
            hint=Text("写 time: 年份列", "write `time:` and the column of the years"),
        )


def _check_groups(framework: Framework, choice: Choice, path: Path, reporter: Reporter) -> None:
    """A grouped imputation needs a text field, or the class, to group by."""
    by = choice.parameters.get("by", framework.class_field)
    if by is None and framework.classes:
        return
    field = framework.fields.get(str(by)) if by is not None else None
    if field is None or not field.is_text:
        texts = [name for name, each in framework.fields.items() if each.is_text]
        reporter.report(
            "unknown_field",
            (*path, "by"),
            Text("分组填补需要一个文字字段", "a grouped imputation needs a text field to group by"),
            value=by,
            hint=did_you_mean(str(by), texts) or Text("写 by: 字段编码", "write `by:` and the field's id"),
        )


def _report_unknown(name: str, shelf: Shelf[Any], path: Path, reporter: Reporter) -> None:
    known = [*shelf, *POLICIES] if shelf is imputation else list(shelf)
    reporter.report(
        "unknown_method",
        path,
        Text(f"{shelf.title.zh}中没有 {name}", f"there is no such {shelf.name} method"),
        value=name,
        hint=nearest_or_all(name, known),
    )


def _check_ranges(framework: Framework, ranges: Mapping[str, Interval], reporter: Reporter) -> None:
    """Refuse a node whose method cannot take every score its children can have."""
    paths: dict[str, Path] = {node.id: path for path, node in nodes_with_paths(framework)}
    for node in framework.root.walk():
        choice = aggregation_of(framework, node)
        refuse = aggregation[choice.name].refuse_range
        for child in node.children if refuse is not None else ():
            found = ranges.get(child.id)
            reason = refuse(found, choice.parameters) if refuse is not None and found is not None else None
            if reason is not None:
                _report_clash(node, child, choice, reason, paths.get(node.id, ("total",)), reporter)


def _report_clash(node: Node, child: Node, choice: Choice, reason: Text, path: Path, reporter: Reporter) -> None:
    title = aggregation[choice.name].title
    reporter.report(
        "incompatible_methods",
        (*path, "aggregate") if node.aggregate is not None else path,
        Text(
            f"{node.id} 的{title.zh}不能合成 {child.id} {child.label.zh} 的得分：{reason.zh}",
            f"the {title.en} at {node.id} cannot take the scores of {child.id} {child.label.en}: {reason.en}",
        ),
        field=node.id,
        hint=Text(
            "换一种合成方法，或让下级得分为正，如 `to: [1, 100]`",
            "use another aggregation, or keep the scores below it positive, such as `to: [1, 100]`",
        ),
    )
