"""Whether a table of a framework would have anything to fill in."""

from __future__ import annotations

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework
from parkscore.language import Text


def refuse_no_fields(framework: Framework) -> None:
    """Raise UsageError where a framework has no fields, so that a table of it would name units and say nothing of them.

    >>> import parkscore as ps
    >>> refuse_no_fields(ps.load_framework("zone-2021"))
    """
    if framework.fields:
        return
    name = framework.id
    hint = Text("在体系里写上 fields", "give the framework its `fields`")
    if any(node.slot is not None for node in framework.walk()):
        hint = Text(
            f"先写一个 extends: {name} 的文件，按官方文本填上指标和数据项，再用那个文件",
            f"write a file with `extends: {name}` that fills in its indicators and fields, and use that file",
        )
    message = Text(f"{name} 没有数据项，表里没有可填的列", f"{name} has no fields, so that there is nothing to fill in")
    raise UsageError(Finding(code="no_fields", severity=Severity.ERROR, message=message, hint=hint))
