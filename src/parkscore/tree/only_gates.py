"""What a framework that has gates and no indicators does not do: score, rank, weigh."""

from __future__ import annotations

from typing import Final

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text

GATES_ALONE: Final = Text("本体系只有门槛", "only gates")
"""Why no row is ranked there."""


def refuse_only_gates(framework: Framework, needs: Text) -> None:
    """Raise UsageError where a framework has no indicators, for something that needs them."""
    if not framework.only_judges:
        return
    message = Text(
        f"指标体系 {framework.id} 只有门槛，没有指标，{needs.zh}",
        f"the framework {framework.id} has gates and no indicators: {needs.en}",
    )
    hint = Text("用 `parkscore score` 判定门槛", "judge the gates with `parkscore score`")
    raise UsageError(Finding(code="only_gates", severity=Severity.ERROR, message=message, hint=hint))
