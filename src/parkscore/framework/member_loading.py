"""Find the framework of the returns that a framework sums, and check the two against each other."""

from __future__ import annotations

from parkscore.findings import Finding, FrameworkError, Severity, UsageError, errors_of, worst_first
from parkscore.framework.check_members import check_against_returns
from parkscore.framework.document import Document
from parkscore.framework.loading import find_framework, read_framework
from parkscore.framework.models import Framework, Members
from parkscore.framework.reporting import Reporter
from parkscore.language import Text


def load_returns(framework: Framework, document: Document | None = None) -> Framework:
    """The framework of the returns that `members:` names, checked, and this framework's sums checked against it.

    Raises UsageError where the framework has no members, and FrameworkError with every mistake at once.
    """
    returns = _named(members_of(framework).framework, document)
    reporter = Reporter(document)
    check_against_returns(framework, returns, reporter)
    if errors_of(reporter.findings):
        raise FrameworkError(worst_first(reporter.findings))
    return returns


def members_of(framework: Framework) -> Members:
    """What a framework says of its returns; UsageError where it says nothing."""
    if framework.members is not None:
        return framework.members
    message = Text("指标体系没有 members，不能由年报合计", "the framework has no `members`, so there is nothing to sum")
    hint = Text(
        "用 zone-2021，或写 members: 和字段的 members", "name zone-2021, or write `members:` and what fields add up"
    )
    raise UsageError(
        Finding(code="no_members", severity=Severity.ERROR, message=message, hint=hint, value=framework.id)
    )


def _named(name: str, document: Document | None) -> Framework:
    try:
        path = find_framework(name)
    except UsageError as error:
        (finding,) = error.findings
        place = None if document is None else document.place(("members", "framework"))
        raise FrameworkError(
            Finding(
                code="unknown_framework",
                severity=Severity.ERROR,
                place=place,
                value=name,
                message=finding.message,
                hint=finding.hint,
            )
        ) from None
    return read_framework(path).framework
