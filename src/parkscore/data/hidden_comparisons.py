"""Refuse to hide a text that a framework compares with something: its hash equals nothing that a framework states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from parkscore.data.masking import WITHOUT_MASK, Mask
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.every_formula import formulas_over_rows
from parkscore.framework.models import Framework
from parkscore.framework.text_comparisons import comparisons
from parkscore.language import Text

Hidden = Mapping[str, bool]
"""The fields that are hidden, and whether each holds codes of units rather than names."""


def refuse_hidden_comparisons(framework: Framework, mask: Mask | None) -> None:
    """Raise UsageError where classes, values, scores, gates, grades, lists or targets depend on what a text says.

    Rules of validation may: they see texts before these are hidden. So may groups, as equal texts have equal hashes.
    """
    if mask is None:
        return
    hidden = mask.hidden_fields(framework)
    categories = ((leaf.id, leaf.category) for leaf in framework.leaves if leaf.category is not None)
    found = [*in_formulas(formulas_over_rows(framework), mask, hidden)]
    found += [_finding(owner, field, field, mask) for owner, field in categories if field in hidden]
    if found:
        raise UsageError(found)


def refuse_hidden_in(framework: Framework, mask: Mask | None, texts: Iterable[tuple[str, str]]) -> None:
    """The same of formulas over the fields of a framework that somebody else states; texts: with whom each belongs."""
    found = [] if mask is None else [*in_formulas(texts, mask, mask.hidden_fields(framework))]
    if found:
        raise UsageError(found)


def in_formulas(texts: Iterable[tuple[str, str]], mask: Mask, hidden: Hidden) -> Iterator[Finding]:
    """A finding for each formula and each hidden field that it compares with something that is not hidden alike."""
    for owner, text in dict.fromkeys(texts):
        for field in dict.fromkeys(_compared(text, hidden)):
            yield _finding(owner, field, text, mask)


def _compared(text: str, hidden: Hidden) -> Iterator[str]:
    """The hidden fields that a formula compares with anything but fields that are hidden in the same way."""
    for names in comparisons(text):
        kinds = {hidden.get(name) for name in names}
        if kinds != {True} and kinds != {False}:
            yield from (name for name in names if name in hidden)


def _finding(owner: str, field: str, text: str, mask: Mask) -> Finding:
    leave_out = Text(
        f"去掉 --mask-field {field}，或不用 --mask 计分", f"leave out --mask-field {field}, or score without --mask"
    )
    return Finding(
        code="hidden_field_read",
        severity=Severity.ERROR,
        field=owner,
        value=text,
        message=Text(
            f"要比较“{field}”的文字，而它被散列值代替，结果会变",
            f"compares the text of {field}, which a hash would stand for, so that the result would be another",
        ),
        hint=leave_out if field in mask.fields else WITHOUT_MASK,
    )
