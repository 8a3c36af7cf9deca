"""What a framework that has no indicators does not do: score, rank, weigh."""

from __future__ import annotations

from parkscore.data.unranked import NO_INDICATORS, ONLY_GATES, Unranked
from parkscore.data.unranked_sentences import GATES_ALONE, WITHOUT_INDICATORS
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text


def why_nobody_is_ranked(framework: Framework) -> Unranked:
    """Why no row is ranked where there are no indicators."""
    return Unranked(ONLY_GATES, GATES_ALONE) if framework.gates else Unranked(NO_INDICATORS, WITHOUT_INDICATORS)


def refuse_only_gates(framework: Framework, needs: Text) -> None:
    """Raise UsageError where a framework has no indicators, for something that needs them."""
    if not framework.only_judges:
        return
    message = Text(
        f"指标体系 {framework.id} 没有指标，{needs.zh}",
        f"the framework {framework.id} has no indicators: {needs.en}",
    )
    hint = Text(
        "门槛、榜单和目标用 `parkscore score`", "gates, lists and targets are the business of `parkscore score`"
    )
    raise UsageError(Finding(code="only_gates", severity=Severity.ERROR, message=message, hint=hint))
