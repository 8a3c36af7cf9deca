"""How far the weights of a plan can be trusted: never more than the least of what they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parkscore.framework.judgements import is_judged
from parkscore.framework.models import UNKNOWN, Choice, Framework, SchemeStatus
from parkscore.tree.schemes import WeightPlan, weight_source

_FIRMEST_FIRST: Final[tuple[SchemeStatus, ...]] = ("official", "expert", "computed", "assumed")


def status_of(framework: Framework, plan: WeightPlan) -> SchemeStatus:
    """The status that a result under these weights carries.

    A scheme says its status itself, but mixing in an assumed scheme makes the mixture assumed, and weights that a
    method gives where the framework says `unknown` are no more than that, whatever the scheme calls itself.
    """
    return least_firm(*_statuses(framework, plan))


def least_firm(*statuses: SchemeStatus) -> SchemeStatus:
    """The status of what rests on parts of these.

    >>> least_firm("official", "assumed", "computed")
    'assumed'
    """
    return max(statuses, key=_FIRMEST_FIRST.index)


def data_notes(plan: WeightPlan) -> tuple[str, ...]:
    """What the data behind the numbers of a plan say of themselves, such as that they are synthetic."""
    parts = [part for _, part in plan.parts]
    if plan.toward is not None and plan.toward.plan is not None:
        parts.append(plan.toward.plan)
    own = () if plan.scheme is None or plan.scheme.data_note is None else (plan.scheme.data_note,)
    return tuple(dict.fromkeys([*own, *(note for part in parts for note in data_notes(part))]))


def _statuses(framework: Framework, plan: WeightPlan) -> Iterator[SchemeStatus]:
    yield plan.scheme.status if plan.scheme is not None else framework.weights_status or "assumed"
    for _, part in plan.parts:
        yield status_of(framework, part)
    if plan.toward is not None and plan.toward.plan is not None:
        yield status_of(framework, plan.toward.plan)
    if plan.is_node_by_node:
        yield from _of_methods_for_unknown_weights(framework, plan)


def _of_methods_for_unknown_weights(framework: Framework, plan: WeightPlan) -> Iterator[SchemeStatus]:
    """What a method gives where the framework calls siblings' weights unknown: no scheme can make that official."""
    for node in framework.root.walk():
        source = weight_source(framework, plan.scheme, node) if node.children else None
        if isinstance(source, Choice) and any(child.weight == UNKNOWN for child in node.children):
            yield "assumed" if source.name == "equal" else "expert" if is_judged(source) else "computed"
