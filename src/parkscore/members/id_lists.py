"""Read a list of enterprises: a file with a column of ids."""

from __future__ import annotations

import os
from dataclasses import replace

from parkscore.data.credit_codes import standard_form
from parkscore.data.masking import Mask
from parkscore.data.reading import read_with_findings
from parkscore.data.repeated_rows import DUPLICATE_ROW, first_place
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Place, Severity, errors_of
from parkscore.framework.models import USCC, Framework, Label
from parkscore.language import Text


def read_ids(file: str | os.PathLike[str], returns: Framework, mask: Mask | None = None) -> list[str]:
    """The ids in a file with the column that the returns know enterprises by; other columns may stand beside it.

    mask: gives the ids as they stand in a result whose enterprises are hidden.

    Raises UsageError and DataError as `read_table` does.
    """
    title = Label(zh="企业名单", en="List of enterprises")
    listed = Framework(id="enterprises", title=title, unit=returns.unit, fields={})
    table, found = read_with_findings(file, listed)
    # There is no field to be found: the ids are all that is wanted.
    found = [_of_a_list(finding, table, returns) for finding in found if finding.code != "no_field_column"]
    if table is None and not errors_of(found):
        found.append(_names_nobody(file))
    if table is None or errors_of(found):
        raise DataError(found if mask is None else mask.of_ids_alone.findings(found, table, listed))
    ids: list[str] = table.units.tolist()
    return ids if mask is None else [mask.unit(each) for each in ids]


def _of_a_list(finding: Finding, table: Table | None, returns: Framework) -> Finding:
    """A finding about a table of units, in the words of a list of enterprises."""
    if finding.code in ("no_header", "empty_file"):
        return replace(finding, hint=_header(returns))
    if finding.code == DUPLICATE_ROW and table is not None:
        first = first_place(table, str(finding.unit))
        message = Text(f"这家企业列了两次，先列于 {first}", f"the enterprise is listed twice, first at {first}")
        return replace(finding, message=message)
    return finding


def _names_nobody(file: str | os.PathLike[str]) -> Finding:
    return Finding(
        code="no_rows",
        severity=Severity.ERROR,
        place=Place(os.fspath(file)),
        message=Text("名单中没有一家企业", "the list names no enterprise"),
        hint=Text("在表头下每行写一家的代码", "write an id into each row below the header"),
    )


def _header(returns: Framework) -> Text:
    """What a list of ids has to look like."""
    unit = returns.unit
    return Text(
        f"第一行写“{unit.zh}”，以下每行一家", f"write '{unit.en or unit.zh}' into the first row, an id into each below"
    )


def id_as_read(name: str, returns: Framework, mask: Mask | None = None) -> str:
    """One id as it stands in the result: a code in the standard form, hidden where the result hides enterprises."""
    if returns.unit.kind == USCC:
        name = standard_form(name) or name
    return name if mask is None else mask.unit(name)
