"""Say what a weight scheme says for one class: its own words first, then those of the scheme."""

from __future__ import annotations

from collections.abc import Mapping

from parkscore.framework.models import ClassWeights, Framework, WeightEntry, WeightScheme


def scheme_of_class(scheme: WeightScheme, class_id: str, framework: Framework) -> WeightScheme:
    """The scheme as it is for the units of a class; what the class does not say is taken from the scheme.

    A method that the class names for a node replaces the scheme's numbers for its children.
    """
    own = scheme.classes.get(class_id)
    if own is None:
        return scheme.model_copy(update={"classes": {}})
    replaced = {child.id for node in framework.root.walk() if node.id in own.inside for child in node.children}
    kept = {node_id: entry for node_id, entry in scheme.weights.items() if node_id not in replaced}
    return scheme.model_copy(
        update={"weights": {**kept, **own.weights}, "inside": {**scheme.inside, **own.inside}, "classes": {}}
    )


def weights_beside(scheme: WeightScheme, own: ClassWeights, framework: Framework) -> Mapping[str, WeightEntry]:
    """The numbers of a class, and those that the scheme gives their siblings."""
    siblings = {
        child.id
        for node in framework.root.walk()
        if any(child.id in own.weights for child in node.children) and node.id not in own.inside
        for child in node.children
    }
    return {**{node_id: entry for node_id, entry in scheme.weights.items() if node_id in siblings}, **own.weights}
