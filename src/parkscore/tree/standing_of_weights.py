"""How far the weights of a plan can be trusted: never more than the least of what they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parkscore.framework.judgements import is_judged
from parkscore.framework.models import UNKNOWN, Choice, Framework, SchemeStatus, WeightScheme
from parkscore.tree.schemes import WeightPlan, weight_source

_FIRMEST_FIRST: Final[tuple[SchemeStatus, ...]] = ("official", "expert", "computed", "assumed")
_SYNTHETIC = re.compile("synthetic|合成数据", re.IGNORECASE)


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


def synthetic_notes(plan: WeightPlan) -> tuple[str, ...]:
    """What the schemes of a plan say of synthetic data that their numbers were taken from."""
    parts = [part for _, part in plan.parts]
    if plan.toward is not None and plan.toward.plan is not None:
        parts.append(plan.toward.plan)
    inner = [note for part in parts for note in synthetic_notes(part)]
    return tuple(dict.fromkeys([*own_synthetic_note(plan.scheme), *inner]))


def own_synthetic_note(scheme: WeightScheme | None) -> tuple[str, ...]:
    """The note of one scheme where it speaks of synthetic data.

    >>> own_synthetic_note(WeightScheme(id="a", framework="f", status="computed", note="合成数据，非真实"))
    ('合成数据，非真实',)
    """
    note = None if scheme is None else scheme.note
    return () if note is None or _SYNTHETIC.search(note) is None else (note,)


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
