"""What the columns of a Parquet result begin with that say more of an indicator, a gate or a field, before its id."""

from __future__ import annotations

from typing import Final

VALUE: Final = "value:"
"""The value of an indicator."""
STATE: Final = "state:"
"""Why there is no value, or that it was filled; null where there is one."""
CASE: Final = "case:"
"""The number of the case of a row; null where it is in none or none is known."""
USED: Final = "used:"
"""A value that was filled or treated before it was scored."""
WHY: Final = "why:"
"""The items behind the outcome of a gate, as ids with `BETWEEN` between them."""
BETWEEN: Final = "; "
WITHIN: Final = "within:"
"""A text by which references are kept apart, where the table has no other column of it."""
UNRANKED: Final = "unranked:"
"""Why a row is not ranked, in the language that follows; null where it is."""

BEGINNINGS: Final = (VALUE, STATE, CASE, USED, WHY, WITHIN, UNRANKED)
RANK_IN: Final = "rank_in_"
"""What the columns of ranks within groups begin with."""
