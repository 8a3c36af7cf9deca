"""Keep the weights of one evaluation as a scheme of numbers, to be read, changed and used again."""

from __future__ import annotations

from typing import Any

from parkscore.data.grid import Cohort
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.models import ClassWeights, Framework, Label, WeightEntry, WeightScheme
from parkscore.language import Text
from parkscore.tree.aggregate import Shares
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
    """The share of every node within its parent, by class where they differ, as a scheme that gives the same scores.

    data, digest: the file the weights were computed from, and its SHA-256; both stand in the scheme's source. notes:
    what the file says of itself, such as that it is synthetic; they stand in the scheme's data_note.

    Raises UsageError where the weights differ by year, since a scheme holds one set.
    """
    names = list(dict.fromkeys(cohort.name for cohort in cohorts))
    if len(names) != 1:
        raise UsageError(_several(names))
    numbers = {
        cohort.class_id: _numbers(framework, shares) for cohort, shares in zip(cohorts, weighing.shares, strict=True)
    }
    over = "" if names[0] == "all" else names[0]
    return WeightScheme(
        id="-".join(part for part in (framework.id, weighing.name, over) if part),
        framework=framework.id,
        title=Label(zh=f"{weighing.title.zh} {over}".strip(), en=f"{weighing.title.en} {over}".strip()),
        status=weighing.status,
        source="；".join(part for part in (weighing.title.en, data, over, f"SHA-256 {digest}") if part),
        data_note="; ".join(notes) or None,
        weights=numbers.pop(None, {}),
        classes={str(class_id): ClassWeights(weights=weights) for class_id, weights in numbers.items()},
    )


def _numbers(framework: Framework, shares: Shares) -> dict[str, WeightEntry]:
    return {
        child.id: WeightEntry(weight=float(share))
        for node in (framework.root, *framework.walk())
        if node.children
        for child, share in zip(node.children, shares[node.id], strict=True)
    }


def _several(names: list[str]) -> Finding:
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
