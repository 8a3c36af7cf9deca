"""What a frozen reference lacks of the numbers by which its framework is scored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from parkscore.data.fillings import takes_from_others, takes_groups
from parkscore.data.fitted import Fitted
from parkscore.data.reference_entries import relative_leaves, treated_leaves
from parkscore.framework.models import SCORE_GROUP_MEAN, Choice, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.framework.statistic_words import STATISTICS
from parkscore.language import Text
from parkscore.methods import scoring
from parkscore.tree.reference_form import Fault

_LACKING: Final = Text("缺这一项，按指标体系计分要用到", "is missing, and the framework is scored by it")
_NOT_OF_RULE: Final = Text("不是这条赋分规则的统计量", "is no statistic of the scoring rule")


def faults_of_contents(framework: Framework, fitted: Fitted) -> Iterator[Fault]:
    """Every number that is missing where a group has others, or that no rule takes.

    A group of which nothing was fitted has no reference, and nothing is missing there.
    """
    relative, treated = ([leaf.id for leaf in leaves(framework)] for leaves in (relative_leaves, treated_leaves))
    for name, own in fitted.scoring.items():
        made = fitted.treatments.get(name, {})
        if (own or not relative) and (made or not treated):
            yield from _of_statistics(framework, own, f"scoring.{name}")
            yield from _missing(treated, made, f"treatments.{name}")
    settings = resolve_settings(framework)
    policies = {leaf.id: settings[leaf.id].missing for leaf in framework.leaves}
    of_others = [code for code, policy in policies.items() if takes_from_others(policy)]
    for name, filled in fitted.fillings.items():
        yield from _missing(of_others, filled, f"fillings.{name}")
        for code in (code for code in of_others if code in filled and not takes_groups(policies[code])):
            yield from _missing([None], filled[code], f"fillings.{name}.{code}")
    of_scores = [code for code, policy in policies.items() if policy.name == SCORE_GROUP_MEAN]
    for name, filled in fitted.filled_scores.items():
        yield from _missing(of_scores, filled, f"filled_scores.{name}")


def _of_statistics(framework: Framework, own: Mapping[str, Collection[str]], path: str) -> Iterator[Fault]:
    settings = resolve_settings(framework)
    for leaf in relative_leaves(framework):
        wanted = statistics_of(settings[leaf.id].score)
        found = own.get(leaf.id)
        if found is None:
            yield Fault(f"{path}.{leaf.id}", _LACKING)
            continue
        yield from _missing(wanted, found, f"{path}.{leaf.id}")
        yield from (Fault(f"{path}.{leaf.id}.{name}", _NOT_OF_RULE) for name in found if name not in wanted)


def statistics_of(rule: Choice) -> list[str]:
    """The names of the statistics that a scoring rule takes from the data, which are those it does not state.

    >>> statistics_of(Choice.of("minmax")), statistics_of(Choice.of("interval", low=1, high=2))
    (['low', 'high'], ['farthest'])
    """
    return [name for name in STATISTICS if name in scoring[rule.name].parameters and rule.parameters.get(name) is None]


def _missing(wanted: Any, found: Collection[Any], path: str) -> Iterator[Fault]:
    for code in wanted:
        if code not in found:
            yield Fault(f"{path}.{'null' if code is None else code}", _LACKING)
