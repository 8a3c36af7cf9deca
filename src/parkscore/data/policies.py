"""Group the indicators that one method serves, so that it runs once over all of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from parkscore.data.grid import Rows
from parkscore.framework.models import Choice


def columns_by_choice(choices: Iterable[Choice | None]) -> list[tuple[Choice, Rows]]:
    """Each method with the numbers of the columns that chose it with the same parameters; None chose nothing.

    >>> zero = Choice.of("zero")
    >>> [(choice.name, columns.tolist()) for choice, columns in columns_by_choice([zero, None, zero])]
    [('zero', [0, 2])]
    """
    groups: list[tuple[Choice, list[int]]] = []
    for column, choice in enumerate(choices):
        if choice is None:
            continue
        own = next((columns for known, columns in groups if known == choice), None)
        if own is None:
            groups.append((choice, [column]))
        else:
            own.append(column)
    return [(choice, np.array(columns, dtype=np.intp)) for choice, columns in groups]
