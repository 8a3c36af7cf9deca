"""Draw the scores that somebody gives inside the bands that the rules choose from the other columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from parkscore.framework.models import Framework

if TYPE_CHECKING:
    import pandas as pd

    from parkscore.data.given import Given


def with_given_scores(
    framework: Framework,
    frame: pd.DataFrame,
    headers: Mapping[str, str],
    stream: Callable[[str, str], np.random.Generator],
) -> pd.DataFrame:
    """The table with every given score inside its band; gaps stay, and so does what is a formula of several fields.

    headers: the column of each field. stream: the random numbers for a field and a purpose.
    """
    fields = {leaf.id: str(leaf.given) for leaf in framework.leaves if leaf.given in framework.fields}
    if not fields:
        return frame
    from parkscore.data.derive import given_scores
    from parkscore.data.reading import read_table

    given = given_scores(framework, read_table(frame, framework)[0])
    drawn = {headers[field]: _inside(given[leaf], stream(field, "given")) for leaf, field in fields.items()}
    return frame.assign(**drawn)


def _inside(given: Given, stream: np.random.Generator) -> NDArray[np.float64]:
    """Any score of the band, whole where it must be; as it was, without decimals, where the rule chose no band."""
    shares = stream.random(given.low.size)
    width = given.high - given.low
    before = np.floor(given.given.values) if given.whole else given.given.values
    inside = given.low + (np.floor(shares * (width + 1)) if given.whole else shares * width)
    known = ~np.isnan(given.low) & ~np.isnan(before)
    return np.asarray(np.where(known, inside, before), dtype=np.float64)
