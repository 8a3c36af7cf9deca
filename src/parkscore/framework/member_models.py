"""How the fields of a zone follow from the returns of its enterprises, as strict, frozen models."""

from __future__ import annotations

from typing import Final, Literal

from parkscore.framework.base_models import Model
from parkscore.framework.written_values import Share, Words

TOTALS: Final = "totals"
SAME_MEMBERS: Final = "same_members"
PriorYear = Literal["totals", "same_members"]


class Addend(Model):
    """What one return adds to a field of its zone: an amount, or 1 where a condition holds.

    sum: a formula over the fields of the returns; when: only where this holds, else the return adds 0. count: a
    condition; the field is the number of returns for which it holds.
    """

    sum: Words | None = None
    when: Words | None = None
    count: Words | None = None


class Members(Model):
    """The returns of which a zone's fields are the sums.

    framework: that of the returns, one row per enterprise and year. belongs_to, part, name: its text fields for the
    zone, the sub-park and the name of the enterprise. prior_year: what an earlier year of a zone is, see
    `members.summing`. min_reported: the share of a zone's returns that must have a cell, else the zone lacks the field.
    """

    framework: Words
    belongs_to: Words
    part: Words | None = None
    name: Words | None = None
    prior_year: PriorYear = TOTALS
    min_reported: Share = 0.0
