"""Find every mistake in what is to be varied, each at its place, before anything is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from parkscore.findings import Finding, ParkscoreError, UsageError
from parkscore.framework.check_methods import SHELF_OF, check_method
from parkscore.framework.check_robustness import check_spec_names
from parkscore.framework.document import Document
from parkscore.framework.document import Path as DocumentPath
from parkscore.framework.loading import is_file
from parkscore.framework.models import Choice, Framework
from parkscore.framework.reporting import Reporter
from parkscore.framework.robustness_models import ExactQuestion, RobustnessSpec, VariedWeights
from parkscore.language import Text
from parkscore.robustness.alternatives import (
    EVERY,
    STEPS,
    Alternative,
    Step,
    clashes,
    nobody_else,
    nodes_of,
    nodes_under,
    nothing_to_try,
    refuse_too_many,
    sizes_of,
)
from parkscore.robustness.asked import constrained, held_above_one, three_numbers, wrong_nodes, wrong_ways
from parkscore.robustness.asked_table import table_of_weights
from parkscore.robustness.asked_values import wrong_names
from parkscore.robustness.linear_tree import kind_of_means
from parkscore.robustness.own_methods import differing
from parkscore.robustness.weight_box import wrong_level
from parkscore.tree.schemes import plan_weights


def check_spec(spec: RobustnessSpec, framework: Framework, document: Document, folder: Path) -> list[Finding]:
    """What a framework lacks and what contradicts itself; folder: where the files stand that the spec names."""
    checks = _Checks(framework, document, folder)
    check_spec_names(spec, framework, checks.reporter)
    if spec.weights is not None:
        checks.check_weights(spec.weights)
    checks.check_alternatives(spec)
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


def beside(name: str, folder: Path) -> str | Path:
    """The file of this name in a folder, and the name as it is where there is no such file."""
    file = folder / name
    return file if is_file(file) else name


class _Checks:
    """Reports what is wrong, part by part."""

    def __init__(self, framework: Framework, document: Document, folder: Path) -> None:
        self.framework, self.document, self.folder = framework, document, folder
        self.reporter = Reporter(document)

    def check_weights(self, weights: VariedWeights) -> None:
        """One way, whose schemes and table there are, and weights that keep its bounds and order."""
        said = weights_of(weights, self.folder)
        before = len(self.reporter.findings)
        known = not any(wrong_nodes(self.framework, {"bounds": weights.bounds, "order": weights.order}))
        self._keep(wrong_ways(said), ("weights",))
        self._check_bounds(weights.bounds)
        self._check_expert(weights.expert)
        if known and len(self.reporter.findings) == before and (weights.bounds or weights.order):
            path: DocumentPath = ("weights", "bounds" if weights.bounds else "order")
            self._attempt(path, lambda: constrained(self.framework, said, 1, 0))
        self.check_schemes(weights.schemes, ("weights", "schemes"))
        if weights.table is not None:
            self._attempt(("weights", "table"), lambda: table_of_weights(self.framework, said["table"]))

    def _check_bounds(self, bounds: Mapping[str, tuple[float, float]]) -> None:
        for name, (low, high) in bounds.items():
            path: DocumentPath = ("weights", "bounds", name)
            if low > high:
                message = Text(f"下限 {low} 大于上限 {high}", f"the lower bound {low} is above the upper one {high}")
                self.reporter.report("wrong_value", path, message, field=name)

    def _check_expert(self, held: Mapping[str, tuple[float, float, float]]) -> None:
        for name, numbers in held.items():
            path: DocumentPath = ("weights", "expert", name)
            self._attempt(path, partial(three_numbers, name, numbers))
        self._keep(held_above_one(self.framework, held), ("weights", "expert"))

    def check_alternatives(self, spec: RobustnessSpec) -> None:
        """Methods that the framework may have, each by itself and together."""
        tried: list[Alternative] = []
        paths: list[list[DocumentPath]] = []
        for step in STEPS:
            known = nodes_of(self.framework, step)
            named = getattr(spec, step)
            for name, choices in named.items():
                nodes = nodes_under(self.framework, step, name, named)
                differ = self._differing(step, name, choices, nodes) if name == EVERY or name in known else []
                if not nodes:
                    self._keep([nobody_else(step)], (step, name))
                elif differ:
                    tried.append(Alternative(step, nodes, tuple(choice for choice, _ in differ)))
                    paths.append([path for _, path in differ])
        try:
            refuse_too_many(sizes_of(tried))
            groups = [list(range(len(tried)))]
        except UsageError as error:
            self._keep(error.findings, paths[-1][0])
            groups = [[place] for place in range(len(tried))]
        for group in groups:
            for clash in clashes(self.framework, [tried[place] for place in group]):
                alternative, choice = clash.parts[-1]
                self._keep([clash.finding], paths[group[alternative]][choice])

    def _differing(
        self, step: Step, name: str, choices: Sequence[Choice], nodes: Sequence[str]
    ) -> list[tuple[Choice, DocumentPath]]:
        """The sound methods that are not tried anyway, and where each stands; there should be one."""
        sound = list(self._sound(step, name, choices))
        places = differing(self.framework, step, nodes, [choice for choice, _ in sound])
        if not places and len(sound) == len(choices):
            self._keep([nothing_to_try(step, name, choices)], (step, name))
        return [sound[place] for place in places]

    def _sound(self, step: Step, name: str, choices: Sequence[Choice]) -> Iterator[tuple[Choice, DocumentPath]]:
        """The methods that there are, with sound parameters, and where each stands."""
        for index, choice in enumerate(choices):
            path: DocumentPath = (step, name, index) if (step, name, index) in self.document.spots else (step, name)
            before = len(self.reporter.findings)
            check_method(choice, SHELF_OF[step], path, self.reporter)
            if len(self.reporter.findings) == before:
                yield choice, path

    def check_schemes(self, names: Sequence[str], path: DocumentPath) -> None:
        """Schemes or methods that there are, and that are of this framework."""
        for index, name in enumerate(names):
            found = beside(name, self.folder)
            place: DocumentPath = (*path, index) if (*path, index) in self.document.spots else path
            self._attempt(place, partial(plan_weights, self.framework, found), str(found))

    def check_exact(self, question: ExactQuestion) -> None:
        """A total that is a weighted sum, one way to say which weights, and nodes whose weights vary."""
        self._attempt(("exact",), lambda: kind_of_means(self.framework, question.level))
        if question.spread is not None and question.bounds:
            message = Text("spread 与 bounds 只能给一个", "say either spread or bounds")
            self.reporter.report("which_box", ("exact", "spread"), message)
        known = [node.id for node in self.framework.walk()]
        for name in question.bounds:
            if name in known:
                self._keep(wrong_level(self.framework, question.level, [name]), ("exact", "bounds", name))
        for index, pair in enumerate(question.order):
            named = [name for name in pair if name in known]
            self._keep(wrong_level(self.framework, question.level, named), ("exact", "order", index))

    def check_values(self, noise: Iterable[str], gaps: Sequence[str]) -> None:
        """Indicators that are numbers."""
        leaves = [EVERY, *(leaf.id for leaf in self.framework.leaves)]
        for name in (name for name in noise if name in leaves):
            self._keep(wrong_names(self.framework, [name], noise=True), ("noise", name))
        for index, name in enumerate(gaps):
            if name in leaves:
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
