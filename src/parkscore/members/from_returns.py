"""Sum the returns of enterprises to zones: read, sum, join with what else is known of the zones, check."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.hidden_comparisons import refuse_hidden_in
from parkscore.data.masking import Mask
from parkscore.data.reading import read_with_findings
from parkscore.data.table import Table
from parkscore.data.validate import validate
from parkscore.evaluating import refuse_other_types
from parkscore.findings import DataError, Finding, Place, Severity, UsageError, errors_of, of_type
from parkscore.framework.loading import load_framework
from parkscore.framework.member_loading import load_returns
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.late_pandas import is_frame
from parkscore.members.merger_remarks import merger_remarks
from parkscore.members.mergers import Mergers, mergers_of
from parkscore.members.plans import MemberPlan, plan_sums
from parkscore.members.reading import Returns, Source
from parkscore.members.remarks import basis, duplicates, remarks
from parkscore.members.result import Members
from parkscore.members.summing import NoReturns, Summed, sum_filed
from parkscore.members.zone_tables import zone_table
from parkscore.tree.frozen import FrozenReference, load_reference, refuse_other_framework


def from_returns(
    framework: str | Path | Framework,
    returns: Source,
    *,
    zones: Source | None = None,
    year: int | None = None,
    merged: str | os.PathLike[str] | Mapping[str, str] | None = None,
    mask: Mask | None = None,
    reference: str | Path | FrozenReference | None = None,
) -> Members:
    """Sum the returns of enterprises to a table of zones, which can be evaluated.

    framework: one with `members:`, by name, by file or loaded. returns: a file, a folder of Parquet files or a frame,
    one row per enterprise and year. zones: a table with the zones' other fields. year: the data year to evaluate, by
    default the last in the returns. merged: by the id of an enterprise that is gone that of its successor, or a file of
    two such columns. mask: puts keyed hashes in the place of enterprises and names, in the result and in findings.
    reference: a file that `Evaluation.freeze` wrote; the zones, their sub-parks and what they would be without an
    enterprise are scored by its statistics then, with its weights where they were computed.

    Raises FrameworkError, DataError or UsageError with every finding at once. What the zones' own rules find in the
    sums is among the findings of the result, and stops its `evaluate` where it is an error.
    """
    refuse_other_types(data=returns, year=year, reference=reference, mask=mask)
    if zones is not None and not isinstance(zones, str | os.PathLike) and not is_frame(zones):
        raise UsageError(of_type("zones", zones, Text("给文件路径或 DataFrame", "give a file or a DataFrame")))
    framework = load_framework(framework)
    frozen = None if reference is None else load_reference(reference)
    if frozen is not None:
        refuse_other_framework(frozen, framework)
    plan = plan_sums(framework, load_returns(framework))
    mask = None if mask is None else _with_name(mask, framework)
    refuse_hidden_in(plan.returns, mask, plan.texts_of_returns)
    if mask is not None and zones is not None:
        _refuse_hidden_zones(mask, plan)
    mergers = Mergers({}) if merged is None else mergers_of(merged, plan.returns, mask)
    given, found_given = (None, []) if zones is None else _read_zones(zones, framework)
    reading = Returns(plan, returns, mask)
    try:
        filed = (piece for piece in reading.pieces() if len(piece.roll))
        summed = sum_filed(plan, filed, year=year, merged=mergers.successors)
    except NoReturns:
        raise DataError(reading.findings if errors_of(reading.findings) else _no_returns(reading)) from None
    said = (*reading.notes, _in_both(basis(summed)))
    table, found_joining = zone_table(summed, reading.file, said, reading.digest, given)
    # What is asked about enterprises is asked late, as these are still put in order while zones are summed.
    found = [*reading.findings, *duplicates(summed), *first_of_each_kind(merger_remarks(summed, mergers))]
    if errors_of(found):
        raise DataError(found)
    _refuse_year_without_returns(summed, year)
    if errors_of(found_joining):
        raise DataError([*found, *found_given, *found_joining])
    found = [*found, *found_given, *first_of_each_kind(remarks(summed, table, given is not None))]
    found += validate(framework, table)
    return Members(summed, table, found, frozen)


def _with_name(mask: Mask, framework: Framework) -> Mask:
    """The mask that hides the field with the names of the enterprises, too."""
    name = None if framework.members is None else framework.members.name
    return mask if name is None or name in mask.fields else replace(mask, fields=(*mask.fields, name))


def _refuse_hidden_zones(mask: Mask, plan: MemberPlan) -> None:
    """Raise UsageError where the zones of the returns would have hashes, and those of their table names."""
    zone = plan.block.belongs_to
    if zone not in mask.hidden_fields(plan.returns):
        return
    message = Text(
        "年报按它归入园区表中的园区，而它被散列值代替，就没有一份年报归得进去",
        "returns find their zone in the table of zones by it, and none would, as a hash would stand for it",
    )
    hint = Text(
        f"去掉 --mask-field {zone}，或不给 --zones" if zone in mask.fields else "不给 --zones，或不用 --mask",
        f"leave out --mask-field {zone}, or --zones" if zone in mask.fields else "leave out --zones, or --mask",
    )
    raise UsageError(Finding(code="hidden_field_read", severity=Severity.ERROR, field=zone, message=message, hint=hint))


def _read_zones(zones: Source, framework: Framework) -> tuple[Table, list[Finding]]:
    """The table of the zones' other fields; columns that the returns give instead are not missed."""
    table, found = read_with_findings(zones, framework)
    summed = {name for name, field in framework.fields.items() if field.members is not None}
    kept = [finding for finding in found if finding.code != "missing_column" or finding.field not in summed]
    if table is None or errors_of(kept):
        raise DataError(kept)
    return table, kept


def _in_both(text: Text) -> str:
    """A text as notes of a table are: one line for readers of either language."""
    return f"{text.zh} {text.en}"


def _no_returns(reading: Returns) -> list[Finding]:
    """What is wrong with returns of which none can be used."""
    if errors_of(reading.findings):
        return reading.findings
    message = Text("没有一行是企业年报", "no row is a return")
    return [
        Finding(code="no_rows", severity=Severity.ERROR, message=message, place=Place(reading.file)),
        *reading.findings,
    ]


def _refuse_year_without_returns(summed: Summed, year: int | None) -> None:
    if year is None or (summed.roll.year == year).any():
        return
    known = ", ".join(str(each) for each in np.unique(summed.roll.year))
    raise UsageError(
        Finding(
            code="no_such_year",
            severity=Severity.ERROR,
            value=year,
            message=Text("没有这一年的年报", "there are no returns of this year"),
            hint=Text(f"有：{known}", f"there are returns of: {known}"),
        )
    )
