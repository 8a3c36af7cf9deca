"""Digests of what the weights of a plan come from, item by item, so that frozen ones are taken for no others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from parkscore.framework.models import Choice, Framework
from parkscore.methods import weighting
from parkscore.tree.comparing import classes_named
from parkscore.tree.schemes import WeightPlan, weight_source
from parkscore.tree.weigh import combined_by


def weights_digest(framework: Framework, plan: WeightPlan) -> dict[str, str]:
    """A short SHA-256 for each thing that says where the shares of a plan come from: a method, a mixture, a node.

    What a class says otherwise stands apart. Names, words, sources and the place of a file are not among them, nor is
    what a scheme leaves to the defaults of a method.

    >>> import parkscore as ps
    >>> from parkscore.tree.schemes import plan_weights
    >>> framework = ps.load_framework("zone-2021")
    >>> list(weights_digest(framework, plan_weights(framework, "entropy")))
    ['method']
    """
    said = dict(_sources(framework, plan))
    for class_id in dict.fromkeys(classes_named(plan)):
        own = plan.of_class(framework, class_id)
        said |= {f"classes.{class_id}.{key}": value for key, value in _sources(framework, own)}
    return {key: _digest(_plain(value)) for key, value in said.items()}


def _sources(framework: Framework, plan: WeightPlan) -> Iterator[tuple[str, Any]]:
    """Each source of shares with its path; schemes that a plan is made of count by what they say."""
    if plan.method is not None:
        yield "method", plan.method
    elif plan.parts:
        yield "combine_by", combined_by(plan)
        for number, (share, part) in enumerate(plan.parts):
            yield f"combine.{number}.share", share
            yield from _below(f"combine.{number}", framework, part)
    else:
        yield from _node_by_node(framework, plan)
    if plan.toward is not None:
        yield "toward.share", plan.toward.share
        yield from ((f"toward.inside.{node}", shares) for node, shares in plan.toward.shares.items())
        if plan.toward.plan is not None:
            yield from _below("toward", framework, plan.toward.plan)


def _below(path: str, framework: Framework, part: WeightPlan) -> Iterator[tuple[str, Any]]:
    yield from ((f"{path}.{key}", value) for key, value in _sources(framework, part))


def _node_by_node(framework: Framework, plan: WeightPlan) -> Iterator[tuple[str, Any]]:
    for node in framework.root.walk():
        if len(node.children) > 1:  # an only child has the whole share, whatever is said
            yield f"inside.{node.id}", weight_source(framework, plan.scheme, node)


def _plain(value: Any) -> Any:
    """A source as data for JSON, in which 1, 1.0 and 100% are one number."""
    if isinstance(value, Choice):
        return {"method": value.name, **_plain(_stated(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _stated(choice: Choice) -> dict[str, Any]:
    """The parameters of a method that are not its defaults; judgements have none."""
    known = weighting[choice.name].parameters
    return {
        name: value for name, value in choice.parameters.items() if known[name].judged or value != known[name].default
    }


def _digest(value: Any) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
