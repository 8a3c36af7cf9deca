"""Climb the tree once for many draws of weights: one product of matrices per node, or one for the whole tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from parkscore.data.grid import Matrix, States, Truths
from parkscore.data.table import State
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import DomainError, aggregation
from parkscore.methods.row_sums import sums_of_units
from parkscore.methods.weight_draws import normalised
from parkscore.robustness.products import product
from parkscore.tree.aggregate import ROUNDING

DrawnShares = Mapping[str, Matrix]
"""For each dimension the weights of its children, (draws, children) or (1, children) where no draw changes them.

They need not sum to 1: whoever uses them divides by their sum.
"""


class Drawn(NamedTuple):
    """One node in every draw: (draws, units) each, or (1, units) where all draws agree.

    scores: NaN where there is none. coverage: None for a node that is covered where it has a score, and only there.
    applicable: the share of the node that applies to a unit, None where all of it does.
    """

    scores: Matrix
    coverage: Matrix | None = None
    applicable: Matrix | None = None


class DrawnTree:
    """The total score of some units under many weights, as `aggregate` gives it under each of them.

    Sums are made by products of matrices: they agree with `aggregate` to twelve digits or so, and not in the last bit.
    """

    def __init__(
        self,
        framework: Framework,
        scores: Matrix,
        states: States | None = None,
        *,
        absent: frozenset[str] | None = None,
    ) -> None:
        """Nothing is computed yet.

        scores, states: (units, indicators), as for `aggregate`. absent: the nodes that no unit of the reference has;
        by default those that none of these has.
        """
        self._framework, self._settings = framework, resolve_settings(framework)
        self._absent = absent
        self._columns = {leaf.id: column for column, leaf in enumerate(framework.leaves)}
        self._scores = np.ascontiguousarray(scores.T)
        apart = None if states is None else states.T == State.NOT_APPLICABLE
        self._apart = None if apart is None or not apart.any() else apart & np.isnan(self._scores)
        self._has_gaps = bool(np.isnan(self._scores).any())
        self._choices = {node.id: aggregation_of(framework, node) for node in framework.root.walk() if node.children}
        self._drawn: Mapping[int, Matrix] = {}

    def with_scores(self, drawn: Mapping[int, Matrix]) -> DrawnTree:
        """The same tree where some indicators have other scores in each draw; by column, (draws, units) each."""
        if not drawn:
            return self
        found = copy(self)
        found._drawn = drawn
        quiet = np.delete(self._scores, list(drawn), axis=0)
        found._has_gaps = any(bool(np.isnan(each).any()) for each in (quiet, *drawn.values()))
        return found

    @property
    def is_one_product(self) -> bool:
        """Whether the total is one vector of weights times the scores: means all the way up, and no gap."""
        inner = [node for node in self._framework.root.walk() if node.children]
        means = all(self._choices[node.id].name == "arithmetic" and node.round is None for node in inner)
        return means and not self._has_gaps and not self._drawn

    def totals(self, shares: DrawnShares, into: Matrix | None = None) -> Matrix:
        """The total scores, (draws, units); shares: of every dimension; into: takes them where they are one product."""
        if self.is_one_product:
            return product(effective_weights(self._framework, shares), self._scores, into)
        return self.drawn(self._framework.root, shares).scores

    def drawn(self, node: Node, shares: DrawnShares) -> Drawn:
        """A node in every draw."""
        if not node.children:
            return self._of_leaf(self._columns[node.id])
        below = [self.drawn(child, shares) for child in node.children]
        own = normalised(shares[node.id])
        least = self._settings[node.id].min_coverage
        coverage, applicable = _coverage(below, own) if self._has_gaps else (None, None)
        enough = None if coverage is None else coverage >= least - ROUNDING
        combined = self._combined(node, below, own, enough)
        if node.round is not None:
            combined = node.round.of(combined)
        if enough is not None and not enough.all():
            combined = np.where(enough, combined, np.nan)
        return Drawn(combined, coverage, applicable)

    def _of_leaf(self, column: int) -> Drawn:
        scores = self._drawn.get(column, self._scores[column : column + 1])
        if self._apart is None:
            return Drawn(scores)
        return Drawn(scores, None, 1.0 - self._apart[column : column + 1])

    def _combined(self, node: Node, below: Sequence[Drawn], shares: Matrix, enough: Truths | None) -> Matrix:
        choice = self._choices[node.id]
        try:
            if choice.name in _AT_ONCE and not choice.parameters and not aggregation[choice.name].needs.complete:
                return _AT_ONCE[choice.name](below, shares)
            return self._one_by_one(node, choice, below, shares, enough)
        except DomainError as error:
            raise DomainError(_at(node, choice, error.reason)) from None

    def _one_by_one(
        self, node: Node, choice: Choice, below: Sequence[Drawn], shares: Matrix, enough: Truths | None
    ) -> Matrix:
        """A method that has no form for many draws, draw by draw, as `tree/aggregate.py` calls it."""
        method = aggregation[choice.name]
        draws = max(len(shares), *(len(each.scores) for each in below))
        found = np.full((draws, self._scores.shape[1]), np.nan)
        for draw in range(draws):
            scores = np.stack([_of(each.scores, draw) for each in below], axis=1)
            own = _of(shares, draw)
            if method.needs.complete:
                own = np.where(self._nobody(node, scores), 0.0, own)
            elif method.row_local:
                found[draw] = method(scores, own, **choice.parameters)
                continue
            present = ~np.isnan(scores[:, own > 0])
            takes_part = present.all(axis=1) if method.needs.complete else present.any(axis=1)
            if enough is not None and not method.row_local:
                takes_part &= _of(enough, draw)
            if takes_part.any():
                found[draw, takes_part] = method(np.ascontiguousarray(scores[takes_part]), own, **choice.parameters)
        return found

    def _nobody(self, node: Node, scores: Matrix) -> Truths:
        """The children that no row of the reference has."""
        if self._absent is None:
            return np.asarray(np.isnan(scores).all(axis=0))
        return np.array([child.id in self._absent for child in node.children], dtype=np.bool_)


def effective_weights(framework: Framework, shares: DrawnShares) -> Matrix:
    """The weight of every indicator in the total, (draws, indicators): the product of the shares on its way up."""
    found = np.empty((len(framework.leaves), max(map(len, shares.values())))).T
    place = {leaf.id: column for column, leaf in enumerate(framework.leaves)}
    waiting: list[tuple[Node, Matrix]] = [(framework.root, np.ones((1, 1)))]
    while waiting:
        node, above = waiting.pop()
        own = shares[node.id]
        part = above / sums_of_units(own.T)[:, np.newaxis]
        leaves = [place[child.id] for child in node.children if not child.children]
        if len(leaves) == len(node.children):
            np.multiply(own, part, out=found[:, leaves[0] : leaves[-1] + 1])
            continue
        for column, child in enumerate(node.children):
            below = own[:, column : column + 1] * part
            if child.children:
                waiting.append((child, below))
            else:
                found[:, place[child.id] : place[child.id] + 1] = below
    return found


def _at(node: Node, choice: Choice, reason: Text) -> Text:
    """Why a method cannot take what is drawn, and at which node."""
    title = aggregation[choice.name].title
    return Text(f"{node.id} 的{title.zh}：{reason.zh}", f"{title.en} at {node.id}: {reason.en}")


def _of(drawn: npt.NDArray[Any], draw: int) -> npt.NDArray[Any]:
    """What holds in a draw."""
    return np.asarray(drawn[draw] if len(drawn) > 1 else drawn[0])


def _weighted(below: Sequence[Matrix], shares: Matrix) -> Matrix:
    """The sum over the children of share times number, (draws, units); what all draws share goes in one product."""
    fixed = [place for place, each in enumerate(below) if len(each) == 1]
    total = product(shares[:, fixed], np.vstack([below[place] for place in fixed])) if fixed else np.zeros((1, 1))
    for place, each in enumerate(below):
        if len(each) > 1:
            total = total + shares[:, place, np.newaxis] * each
    return np.asarray(total)


def _over(part: Matrix, whole: Matrix) -> Matrix:
    """One by the other, NaN where there is nothing to divide by."""
    nothing = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    return np.asarray(np.divide(part, whole, out=nothing, where=whole > 0))


def _mean(numbers: Sequence[Matrix], present: Sequence[Truths], shares: Matrix) -> Matrix:
    if all(bool(each.all()) for each in present):
        return np.asarray(_weighted(numbers, shares) / sums_of_units(shares.T)[:, np.newaxis])
    known = [np.where(own, each, 0.0) for own, each in zip(present, numbers, strict=True)]
    return _over(_weighted(known, shares), _weighted([own.astype(np.float64) for own in present], shares))


def _arithmetic(below: Sequence[Drawn], shares: Matrix) -> Matrix:
    """As `methods.aggregations.arithmetic` in every draw."""
    numbers = [each.scores for each in below]
    return _mean(numbers, [~np.isnan(each) for each in numbers], shares)


def _geometric(below: Sequence[Drawn], shares: Matrix) -> Matrix:
    """As `methods.aggregations.geometric` in every draw."""
    numbers = [each.scores for each in below]
    for place, each in enumerate(numbers):
        if (each < 0).any() and (shares[:, place] > 0).any():
            aggregation["geometric"].needs.require(each)
    present = [~np.isnan(each) for each in numbers]
    logs = [np.log(each, out=np.zeros_like(each), where=each > 0) for each in numbers]
    means = np.asarray(np.exp(_mean(logs, present, shares)))
    vanished = [(each == 0).astype(np.float64) for each in numbers]
    if not any(each.any() for each in vanished):
        return means
    return np.where(_weighted(vanished, (shares > 0).astype(np.float64)) > 0, 0.0, means)


_AT_ONCE: Final[Mapping[str, Callable[[Sequence[Drawn], Matrix], Matrix]]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
}


def _coverage(below: Sequence[Drawn], shares: Matrix) -> tuple[Matrix, Matrix | None]:
    """As in `tree/aggregate.py`: the share that has data of what applies to a unit, and the share that applies."""
    covered, applies = [], []
    for each in below:
        present = ~np.isnan(each.scores)
        part = np.ones((1, 1)) if each.coverage is None else each.coverage
        if each.coverage is not None and each.applicable is not None:
            part = part * each.applicable
        covered.append(np.where(present, part, 0.0))
        applies.append(np.ones_like(each.scores[:1]) if each.applicable is None else each.applicable)
    if all(each.applicable is None for each in below):
        return _weighted(covered, shares) / sums_of_units(shares.T)[:, np.newaxis], None
    applicable = _weighted(applies, shares)
    return np.nan_to_num(_over(_weighted(covered, shares), applicable)), applicable
