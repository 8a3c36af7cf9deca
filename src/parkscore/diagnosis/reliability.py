"""Whether the parts of a dimension measure one thing: Cronbach's alpha, principal components, KMO and Bartlett."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from parkscore.data.grid import Matrix, Vector
from parkscore.diagnosis.groups import Group, groups, named
from parkscore.evaluation import Evaluation
from parkscore.methods import DomainError
from parkscore.methods.diagnostics import (
    FEWEST_PAIRS,
    alpha,
    alpha_without,
    bartlett,
    correlation_matrix,
    eigenvalues,
    has_no_spread,
    is_singular,
    kmo,
)

# Rules of thumb of the OECD/JRC Handbook on Constructing Composite Indicators, 2008, step 4 (multivariate analysis).
LOW_ALPHA = 0.7  # Nunnally 1978
LOW_KMO = 0.6  # Kaiser and Rice 1974

RELIABILITY_COLUMNS = (
    "of",
    "members",
    "items",
    "left_out",
    "n",
    "alpha",
    "kmo",
    "bartlett_chi_squared",
    "bartlett_degrees",
    "bartlett_p",
    "components_above_one",
    "first_component",
    "flag",
)
ITEM_COLUMNS = ("of", "members", "id", "zh", "en", "alpha", "alpha_if_deleted", "better_without", "kmo", "flag")
COMPONENT_COLUMNS = ("of", "members", "component", "eigenvalue", "explained", "cumulative")


class Reliability(NamedTuple):
    """Three tables: one row a group, one row an item of a group, one row a component of a group."""

    groups: pd.DataFrame
    items: pd.DataFrame
    components: pd.DataFrame


def reliability_tables(evaluation: Evaluation) -> Reliability:
    """Reliability of each dimension's children and of all indicators, over the rows that are complete.

    Scores count, so that larger is better throughout. An item that is constant is left out and named; `n` says how many
    rows are complete in the others. flag: `single` (fewer than two items left), `few` (fewer than three rows),
    `dependent` (items that determine each other: no KMO, no Bartlett), `low_alpha`, `low_kmo` (not of two items, whose
    KMO is 0.5 whatever they are).
    """
    found = [_Structure.of(group, group.scores(evaluation)) for group in groups(evaluation)]
    return Reliability(
        pd.DataFrame([each.as_group() for each in found], columns=list(RELIABILITY_COLUMNS)),
        pd.DataFrame([row for each in found for row in each.as_items()], columns=list(ITEM_COLUMNS)),
        pd.DataFrame([row for each in found for row in each.as_components()], columns=list(COMPONENT_COLUMNS)),
    )


class _Structure(NamedTuple):
    group: Group
    kept: Sequence[int]
    n: int
    alpha: float
    without: Vector
    overall: float
    by_item: Vector
    bartlett: tuple[float, float, float]
    variances: Vector
    flags: tuple[str, ...]

    @classmethod
    def of(cls, group: Group, scores: Matrix) -> _Structure:
        kept, X = _usable(scores)
        none = np.full(len(kept), np.nan)
        nothing = (np.nan, np.nan, np.nan)
        if len(kept) < 2 or len(X) < FEWEST_PAIRS:
            flag = "single" if len(kept) < 2 else "few"
            return cls(group, kept, len(X), np.nan, none, np.nan, none, nothing, none[:0], (flag,))
        whole = alpha(X)
        without = alpha_without(X) if len(kept) > 2 else none
        R = correlation_matrix(X)
        dependent = is_singular(R)
        overall, by_item = (np.nan, none) if dependent else kmo(R)
        low_kmo = len(kept) > 2 and overall < LOW_KMO
        flags = {"dependent": dependent, "low_alpha": whole < LOW_ALPHA, "low_kmo": low_kmo}
        return cls(
            group,
            kept,
            len(X),
            whole,
            without,
            overall,
            by_item,
            nothing if dependent else _sphericity(R, len(X)),
            eigenvalues(R),
            tuple(flag for flag, holds in flags.items() if holds),
        )

    @property
    def place(self) -> dict[str, Any]:
        return {"of": self.group.node.id, "members": self.group.members}

    def as_group(self) -> dict[str, Any]:
        left_out = [each.id for position, each in enumerate(self.group.nodes) if position not in self.kept]
        measured = dict(zip(("bartlett_chi_squared", "bartlett_degrees", "bartlett_p"), self.bartlett, strict=True))
        return {
            **self.place,
            "items": len(self.kept),
            "left_out": ", ".join(left_out) or None,
            "n": self.n,
            "alpha": self.alpha,
            "kmo": self.overall,
            **measured,
            "components_above_one": np.count_nonzero(self.variances > 1) if self.variances.size else np.nan,
            "first_component": self.variances[0] / self.variances.sum() if self.variances.size else np.nan,
            "flag": ", ".join(self.flags) or None,
        }

    def as_items(self) -> list[dict[str, Any]]:
        position_of = {position: number for number, position in enumerate(self.kept)}
        return [self._item(position, position_of.get(position)) for position in range(len(self.group.nodes))]

    def _item(self, position: int, number: int | None) -> dict[str, Any]:
        without = np.nan if number is None else float(self.without[number])
        return {
            **self.place,
            **named(self.group.nodes[position]),
            "alpha": self.alpha,
            "alpha_if_deleted": without,
            "better_without": bool(without > self.alpha),
            "kmo": np.nan if number is None else float(self.by_item[number]),
            "flag": "constant" if number is None else None,
        }

    def as_components(self) -> list[dict[str, Any]]:
        explained = self.variances / self.variances.sum()
        return [
            {**self.place, "component": number + 1, "eigenvalue": variance, "explained": share, "cumulative": so_far}
            for number, (variance, share, so_far) in enumerate(
                zip(self.variances, explained, np.cumsum(explained), strict=True)
            )
        ]


def _usable(scores: Matrix) -> tuple[Sequence[int], Matrix]:
    """The items that differ between units, and their complete rows.

    An item may differ over all rows and not over the complete ones; where these are too few to tell, all rows decide.
    """
    kept = list(range(scores.shape[1]))
    while True:
        X = scores[:, kept]
        X = X[~np.isnan(X).any(axis=1)]
        seen = X if len(X) >= FEWEST_PAIRS else scores[:, kept]
        different = [item for number, item in enumerate(kept) if not has_no_spread(seen[:, number])]
        if different == kept:
            return kept, X
        kept = different


def _sphericity(R: Matrix, n: int) -> tuple[float, float, float]:
    try:
        return bartlett(R, n)
    except DomainError:  # too few units for its factor
        return np.nan, np.nan, np.nan
