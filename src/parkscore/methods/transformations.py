"""What a treatment makes of a column, kept so that other values can be treated alike."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray

Kind = Literal["caps", "log", "reflected_log", "box_cox"]

# The largest exponent of a Box-Cox transformation: its square stays far from overflow.
LARGEST_EXPONENT = 300.0


class Transformation(NamedTuple):
    """A function of single values; `numbers` are what it took from a column, and what they are depends on `kind`.

    `caps`: (low, high), values beyond are set to them. `log`: (low, high), the logarithm of the distance from `low`
    with one percent of the range on top, which keeps it above 0; what lies below counts as `low`. `reflected_log`:
    (low, high), the same from `high` down. `box_cox`: (power, mean of the logarithms).

    >>> Transformation("caps", (0.0, 5.0)).of(np.array([-1.0, 3.0, 9.0]))
    array([0., 3., 5.])
    """

    kind: Kind
    numbers: tuple[float, float]

    def of(self, values: FloatArray) -> FloatArray:
        """The values treated; gaps stay. Raises DomainError where the result would be too large."""
        first, second = self.numbers
        if self.kind == "caps":
            return np.asarray(np.clip(values, first, second))
        if self.kind == "box_cox":
            return raised(np.log(values) - second, first)
        margin = 0.01 * (second - first)
        if self.kind == "log":
            return np.asarray(np.log(np.maximum(values, first) - first + margin))
        return np.asarray(-np.log(second - np.minimum(values, second) + margin))


def raised(logs: FloatArray, power: float) -> FloatArray:
    """((e^y)^λ - 1) / λ, and y itself where λ is 0."""
    if abs(power) < 1e-12:
        return logs
    if np.fmax.reduce(power * logs, initial=-np.inf) > LARGEST_EXPONENT:
        reason = Text(f"以 {power:g} 为幂，结果过大", f"the power {power:g} makes numbers that are too large")
        raise DomainError(reason)
    return np.asarray(np.expm1(power * logs) / power)
