"""Find every mistake in what is to be varied, each at its place, before anything is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from parkscore.findings import Finding, ParkscoreError, UsageError, errors_of
from parkscore.framework.check_methods import check_method
from parkscore.framework.checking import check_framework
from parkscore.framework.document import Document
from parkscore.framework.document import Path as DocumentPath
from parkscore.framework.loading import is_file
from parkscore.framework.models import Choice, Framework
from parkscore.framework.reporting import Reporter
from parkscore.framework.robustness_models import ExactQuestion, RobustnessSpec, VariedWeights
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text
from parkscore.methods import aggregation, imputation, scoring, treatment
from parkscore.robustness.alternatives import EVERY, STEPS, Alternative, Step, changed, label_of, nodes_of
from parkscore.robustness.asked import constrained, three_numbers, wrong_nodes, wrong_ways
from parkscore.robustness.asked_table import table_of_weights
from parkscore.robustness.asked_values import wrong_names
from parkscore.robustness.linear_tree import kind_of_means
from parkscore.robustness.weight_box import wrong_level
from parkscore.tree.schemes import plan_weights

_SHELVES: Final[Mapping[Step, Any]] = {
    "score": scoring,
    "treat": treatment,
    "missing": imputation,
    "aggregate": aggregation,
}


def check_spec(spec: RobustnessSpec, framework: Framework, document: Document, folder: Path) -> list[Finding]:
    """What a framework lacks and what contradicts itself; folder: where the files stand that the spec names."""
    checks = _Checks(framework, document, folder)
    if spec.weights is not None:
        checks.check_weights(spec.weights)
    for step in STEPS:
        for node, choices in getattr(spec, step).items():
            checks.check_alternatives(step, node, choices)
    checks.check_left_out(spec.leave_out)
    checks.check_values(spec.noise, spec.imputation)
    if spec.exact is not None:
        checks.check_exact(spec.exact)
    if spec.one_at_a_time is not None:
        checks.check_schemes(spec.one_at_a_time.schemes, ("one_at_a_time", "schemes"))
    return checks.reporter.findings


def weights_of(weights: VariedWeights, folder: Path) -> dict[str, Any]:
    """What is said of the weights, with the files that it names found beside the spec, wherever the program is run."""
    said = {name: getattr(weights, name) for name in type(weights).model_fields if name in weights.model_fields_set}
    if "schemes" in said:
        said["schemes"] = [beside(name, folder) for name in said["schemes"]]
    if said.get("table") is not None:
        said["table"] = beside(said["table"], folder)
    return said


def beside(name: str, folder: Path) -> str:
    """The path of a file in a folder, and the name as it is where there is no such file."""
    file = folder / name
    return str(file) if is_file(file) else name


class _Checks:
    """Reports what is wrong, part by part."""

    def __init__(self, framework: Framework, document: Document, folder: Path) -> None:
        self.framework, self.document, self.folder = framework, document, folder
        self.reporter = Reporter(document)

    def check_weights(self, weights: VariedWeights) -> None:
        """One way, whose nodes, schemes and table there are, and weights that keep its bounds and order."""
        said = weights_of(weights, self.folder)
        before = len(self.reporter.findings)
        self._keep(wrong_ways(said), ("weights",))
        self._check_bounds(weights.bounds)
        self._check_expert(weights.expert)
        for index, pair in enumerate(weights.order):
            self._keep(wrong_nodes(self.framework, {"order": [pair]}), ("weights", "order", index))
        if len(self.reporter.findings) == before and (weights.bounds or weights.order):
            path: DocumentPath = ("weights", "bounds" if weights.bounds else "order")
            self._attempt(path, lambda: constrained(self.framework, said, 1, 0))
        self.check_schemes(weights.schemes, ("weights", "schemes"))
        if weights.table is not None:
            self._attempt(("weights", "table"), lambda: table_of_weights(self.framework, said["table"]))

    def _check_bounds(self, bounds: Mapping[str, tuple[float, float]]) -> None:
        for name, (low, high) in bounds.items():
            path: DocumentPath = ("weights", "bounds", name)
            self._keep(wrong_nodes(self.framework, {"bounds": {name: (low, high)}}), path)
            if low > high:
                message = Text(f"下限 {low} 大于上限 {high}", f"the lower bound {low} is above the upper one {high}")
                self.reporter.report("wrong_value", path, message, field=name)

    def _check_expert(self, held: Mapping[str, tuple[float, float, float]]) -> None:
        for name, numbers in held.items():
            path: DocumentPath = ("weights", "expert", name)
            self._keep(wrong_nodes(self.framework, {"expert": {name: numbers}}), path)
            self._attempt(path, partial(three_numbers, name, numbers))

    def check_alternatives(self, step: Step, name: str, choices: Sequence[Choice]) -> None:
        """A node that there is, and methods that the framework may have there."""
        known = nodes_of(self.framework, step)
        if name != EVERY and name not in known:
            kind = Text("维度", "dimension") if step == "aggregate" else Text("指标", "indicator")
            message = Text(f"指标体系没有这个{kind.zh}", f"the framework has no such {kind.en}")
            self.reporter.findings.append(self._no_such(message, (step, name), name, known))
            return
        for index, choice in enumerate(choices):
            path: DocumentPath = (step, name, index) if (step, name, index) in self.document.spots else (step, name)
            before = len(self.reporter.findings)
            check_method(choice, _SHELVES[step], path, self.reporter)
            if len(self.reporter.findings) == before:
                self._keep(self._unfit(Alternative(step, tuple(known) if name == EVERY else (name,), (choice,))), path)

    def _no_such(self, message: Text, path: DocumentPath, name: str, known: Sequence[str]) -> Finding:
        reporter = Reporter(self.document)
        reporter.report("no_such_node", path, message, value=name, hint=nearest_or_some(name, known))
        return replace(reporter.findings[0], place=self.document.key_place(path))

    def _unfit(self, tried: Alternative) -> Iterator[Finding]:
        """What a framework with this method would be refused for."""
        label = label_of([tried], tried.choices)
        for finding in errors_of(check_framework(changed(self.framework, [tried], tried.choices))):
            said = Text(f"（{label.zh}）{finding.message.zh}", f"({label.en}) {finding.message.en}")
            yield replace(finding, message=said)

    def check_schemes(self, names: Sequence[str], path: DocumentPath) -> None:
        """Schemes or methods that there are, and that are of this framework."""
        for index, name in enumerate(names):
            found = beside(name, self.folder)
            place: DocumentPath = (*path, index) if (*path, index) in self.document.spots else path
            self._attempt(place, partial(plan_weights, self.framework, found), found)

    def check_exact(self, question: ExactQuestion) -> None:
        """A total that is a weighted sum, one way to say which weights, and nodes whose weights vary."""
        self._attempt(("exact",), lambda: kind_of_means(self.framework, question.level))
        if question.spread is not None and question.bounds:
            message = Text("spread 与 bounds 只能给一个", "say either spread or bounds")
            self.reporter.report("which_box", ("exact", "spread"), message)
        for name in question.bounds:
            self._keep(wrong_level(self.framework, question.level, [name]), ("exact", "bounds", name))
        for index, pair in enumerate(question.order):
            self._keep(wrong_level(self.framework, question.level, pair), ("exact", "order", index))

    def check_left_out(self, names: Sequence[str]) -> None:
        """Indicators that there are."""
        known = [leaf.id for leaf in self.framework.leaves]
        for index, name in enumerate(names):
            if name not in (*known, EVERY):
                message = Text("指标体系没有这个指标，无从略去", "the framework has no such indicator to leave out")
                hint = nearest_or_some(name, known)
                self.reporter.report("no_such_indicator", ("leave_out", index), message, value=name, hint=hint)

    def check_values(self, noise: Iterable[str], gaps: Sequence[str]) -> None:
        """Indicators that there are, and that are numbers."""
        for name in noise:
            self._keep(wrong_names(self.framework, [name], noise=True), ("noise", name))
        for index, name in enumerate(gaps):
            self._keep(wrong_names(self.framework, [name], noise=False), ("imputation", index))

    def _keep(self, findings: Iterable[Finding], path: DocumentPath) -> None:
        """Findings of others, at the place in this document that they are about."""
        self.reporter.findings += [replace(finding, place=self.document.place(path)) for finding in findings]

    def _attempt(self, path: DocumentPath, attempt: Callable[[], object], value: str | None = None) -> None:
        """What a step refuses: at this place, unless it stands in a file of its own; value: what is refused."""
        try:
            attempt()
        except UsageError as error:
            self._keep((replace(finding, value=value or finding.value) for finding in error.findings), path)
        except ParkscoreError as error:
            self.reporter.findings += error.findings
