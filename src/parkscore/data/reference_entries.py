"""Tell whether what was fitted before has all that the rows of a group are treated and scored by."""

from __future__ import annotations

from parkscore.data.fitted import Fitted
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.methods import scoring, treatment


def relative_leaves(framework: Framework) -> list[Node]:
    """The indicators whose rule is fitted on the data."""
    settings = resolve_settings(framework)
    return [
        leaf
        for leaf in framework.leaves
        if not leaf.is_open_slot
        and not has_rules_by_case(leaf)
        and scoring[settings[leaf.id].score.name].fit is not None
    ]


def treated_leaves(framework: Framework) -> list[Node]:
    """The indicators whose treatment takes anything from the data."""
    settings = resolve_settings(framework)
    chosen = ((leaf, settings[leaf.id].treat) for leaf in framework.leaves)
    return [leaf for leaf, choice in chosen if choice is not None and not treatment[choice.name].row_local]


def has_entries(framework: Framework, fitted: Fitted, reference: str) -> bool:
    """Whether a group can be measured against a reference that was frozen.

    Files of earlier versions have an empty entry for a group of which no row may be measured against: nothing was
    fitted there, and a unit of it has no reference.
    """
    if not fitted.has(reference):
        return False
    if fitted.base is None:  # it was not frozen
        return True
    statistics, treatments = fitted.scoring[reference], fitted.treatments.get(reference, {})
    return all(leaf.id in statistics for leaf in relative_leaves(framework)) and all(
        leaf.id in treatments for leaf in treated_leaves(framework)
    )
