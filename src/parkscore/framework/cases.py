"""What an indicator is in each of its cases: the formula and the scoring rule that count there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from parkscore.framework.document import Path
from parkscore.framework.models import Case, Framework, Node, ScoreRule
from parkscore.framework.point_pairs import most_of
from parkscore.framework.reporting import nodes_with_paths
from parkscore.framework.settings import Settings, resolve_settings
from parkscore.language import Text

OTHERWISE = "otherwise"
"""What stands for the condition of a case that has none."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An indicator in one of its cases, numbered from 1, as if it had no others."""

    number: int
    case: Case
    leaf: Node
    settings: Settings


def variants(leaf: Node, settings: Settings) -> tuple[Variant, ...]:
    """An indicator in each of its cases, in their order; none where it has no cases."""
    return tuple(
        Variant(
            number,
            case,
            leaf.model_copy(
                update={"formula": case.formula or leaf.formula, "score": case.score or leaf.score, "cases": ()}
            ),
            settings if case.score is None else replace(settings, score=most_of(case.score), paired=None),
        )
        for number, case in enumerate(leaf.cases, start=1)
    )


def has_rules_by_case(leaf: Node) -> bool:
    """Whether the scoring rule depends on the case."""
    return any(case.score is not None for case in leaf.cases)


def has_formulas_by_case(leaf: Node) -> bool:
    """Whether the value depends on the case."""
    return any(case.formula is not None for case in leaf.cases)


def rules_of(leaf: Node, settings: Settings) -> tuple[ScoreRule, ...]:
    """The scoring rules that an indicator may be scored by: one, or one for each case."""
    return tuple(each.settings.score for each in variants(leaf, settings)) or (settings.score,)


def judged_leaves(framework: Framework) -> Iterator[tuple[Path, Node, Settings]]:
    """Every scoring rule that counts, with the indicator as it is under it and where it is stated.

    The rule of a case has the path of the case; the indicator's own counts where a case states none.
    """
    settings = resolve_settings(framework)
    for path, leaf in nodes_with_paths(framework):
        if leaf.children:
            continue
        own = variants(leaf, settings[leaf.id])
        if not own or any(each.case.score is None for each in own):
            yield path, leaf, settings[leaf.id]
        for each in own:
            if each.case.score is not None:
                yield (*path, "cases", each.number - 1), each.leaf, each.settings


def name_of(case: Case) -> Text:
    """What a case is called: its name, else its condition."""
    condition = condition_of(case)
    return case.label or Text("其他" if case.when is None else condition, condition)


def condition_of(case: Case) -> str:
    """The condition of a case on one line, `otherwise` where it has none."""
    return OTHERWISE if case.when is None else " ".join(case.when.split())


def formulas_said(leaf: Node) -> str | None:
    """The formula of an indicator; where it has cases, with the condition of each before what the case says instead.

    >>> formulas_said(Node(id="a", zh="甲", formula="x", cases=(Case(when="y > 1", formula="2 * x"), Case())))
    'x; [y > 1] 2 * x; [otherwise]'
    """
    cases = [f"[{condition_of(case)}] {case.formula or ''}".rstrip() for case in leaf.cases]
    return "; ".join([*([leaf.formula] if leaf.formula is not None else []), *cases]) or None
