"""Check that weights meant for all years together are not computed for each year apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parkscore.findings import Severity
from parkscore.framework.document import Path
from parkscore.framework.models import Choice, Framework, WeightScheme
from parkscore.framework.reporting import Reporter, nodes_with_paths
from parkscore.language import Text
from parkscore.methods import weighting

_Place = tuple[Path, Choice | None]


def check_framework_panel_weights(framework: Framework, reporter: Reporter) -> None:
    """Warn where the framework itself names a weighting method for panels and measures each year against itself."""
    _check(_places_of_framework(framework), framework, reporter)


def check_scheme_panel_weights(scheme: WeightScheme, framework: Framework, reporter: Reporter) -> None:
    """Warn where a scheme names a weighting method for panels and its framework measures each year against itself."""
    _check(_places_of_scheme(scheme), framework, reporter)


def _places_of_framework(framework: Framework) -> Iterator[_Place]:
    yield ("defaults", "weights"), framework.defaults.weights
    yield ("total", "weights"), framework.total.weights
    for path, node in nodes_with_paths(framework):
        yield (*path, "weights"), node.weights


def _places_of_scheme(scheme: WeightScheme) -> Iterator[_Place]:
    yield ("method",), scheme.method
    for node_id, choice in scheme.inside.items():
        yield ("inside", node_id), choice
    for class_id, own in scheme.classes.items():
        for node_id, choice in own.inside.items():
            yield ("classes", class_id, "inside", node_id), choice
    for index, part in enumerate(scheme.combine):
        yield ("combine", index, "method"), part.method
    if scheme.toward is not None:
        yield ("toward", "method"), scheme.toward.method


def _check(places: Iterable[_Place], framework: Framework, reporter: Reporter) -> None:
    if framework.time is None or framework.reference != "per-year":
        return
    for path, choice in places:
        method = weighting.get(choice.name) if choice is not None else None
        if method is not None and method.spans_years:
            reporter.report(
                "yearly_panel_weights",
                path,
                Text(
                    f"{method.title.zh}的权重是为各年一并求出的；参照为 per-year 时每年另求一套，各年得分不能相比",
                    f"{method.title.en} finds weights for all years together; under `reference: per-year` each year "
                    "gets weights of its own, and scores of different years do not compare",
                ),
                severity=Severity.WARNING,
                value=method.name,
                hint=Text(
                    "在指标体系中写 reference: panel，使各年用同一套权重",
                    "write `reference: panel` in the framework, so that all years share their weights",
                ),
            )
