"""Keep the weights of one evaluation as a scheme of numbers, to be read, changed and used again."""

from __future__ import annotations

from typing import Any

from parkscore.data.grid import Cohort
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import Framework, Label, WeightEntry, WeightScheme
from parkscore.language import Text
from parkscore.tree.weigh import Weighing


def computed_scheme(
    framework: Framework,
    weighing: Weighing,
    cohorts: tuple[Cohort, ...],
    *,
    data: str,
    digest: str,
    notes: tuple[str, ...] = (),
) -> WeightScheme:
    """The share of every node within its parent as a weight scheme that gives the same scores again.

    data, digest: the file the weights were computed from, and its SHA-256; both stand in the scheme's source. notes:
    what the file says of itself, such as that it is synthetic; they stand in the scheme's data_note.

    Raises UsageError where the weights differ by year, since a scheme holds one set.
    """
    if len(cohorts) != 1:
        raise UsageError(_several(cohorts))
    (cohort,), (shares,) = cohorts, weighing.shares
    weights = {
        child.id: WeightEntry(weight=float(share))
        for node in (framework.root, *framework.walk())
        if node.children
        for child, share in zip(node.children, shares[node.id], strict=True)
    }
    over = "" if cohort.name == "all" else cohort.name
    return WeightScheme(
        id="-".join(part for part in (framework.id, weighing.name, over) if part),
        framework=framework.id,
        title=Label(zh=f"{weighing.title.zh} {over}".strip(), en=f"{weighing.title.en} {over}".strip()),
        status=weighing.status,
        source="；".join(part for part in (weighing.title.en, data, over, f"SHA-256 {digest}") if part),
        data_note="; ".join(notes) or None,
        weights=weights,
    )


def _several(cohorts: tuple[Cohort, ...]) -> Finding:
    names = [cohort.name for cohort in cohorts]
    return Finding(
        code="several_years",
        severity=Severity.ERROR,
        value=", ".join(names),
        message=Text(
            "数据有多个年份，各年权重不同，一个方案只放一组", "the weights differ by year, and a scheme holds one set"
        ),
        hint=Text(f"指明年份，如 --year {names[-1]}", f"name a year, such as --year {names[-1]}"),
    )


def scheme_data(scheme: WeightScheme) -> dict[str, Any]:
    """A scheme as plain data, ready for `write_yaml`; what it does not say is left out."""
    return scheme.model_dump(mode="json", by_alias=True, exclude_defaults=True)
