"""Which scores move together: within each dimension, across the levels of the tree, and with the size of a unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from parkscore.data.columns import Columns, parse
from parkscore.data.grid import Vector
from parkscore.diagnosis.groups import groups, named
from parkscore.evaluation import Evaluation
from parkscore.framework.formula import Cells
from parkscore.framework.formula.tree import Name, Product, walk
from parkscore.framework.models import Framework, Node
from parkscore.methods.diagnostics import FEWEST_PAIRS, Correlation, Correlations, has_no_spread

# Conventions among makers of composite indicators, not laws: below 0 two parts cancel each other out, below 0.3 they
# have little in common, above 0.92 they count the same thing twice (COINr, Becker et al. 2022, flags from 0.9).
WEAK = 0.3
COLLINEAR = 0.92
# Where an indicator follows a denominator this closely it measures size; the default of COINr (Becker et al. 2022).
SIZE = 0.6

CORRELATION_COLUMNS = ("relation", "of", "a", "b", "n", "pearson", "spearman", "kendall", "flag")
DENOMINATOR_COLUMNS = (
    "id",
    "zh",
    "en",
    "field",
    "field_zh",
    "field_en",
    "own",
    "n",
    "pearson",
    "spearman",
    "kendall",
    "flag",
)


def correlation_table(evaluation: Evaluation) -> pd.DataFrame:
    """Correlations of scores, each over the rows that have both.

    relation: `siblings`, two children of one node, or `above`, a node and one above it that has more than this one
    indicator. flag: `negative`, `weak` or `collinear` by Pearson's r; `constant` or `few` where there is none.
    """
    scores = evaluation.nodes.to_numpy(dtype=np.float64)
    place = {node_id: column for column, node_id in enumerate(evaluation.nodes.columns)}
    correlations = Correlations(scores)
    entries = []
    for relation, of, a, b in _related(evaluation):
        found = correlations.between(place[a], place[b])
        none = np.isnan(found.pearson)
        flag = _why_none(scores[:, place[a]], scores[:, place[b]]) if none else _flag(found.pearson)
        entries.append((relation, of, a, b, *found, flag))
    return pd.DataFrame(entries, columns=list(CORRELATION_COLUMNS))


def _related(evaluation: Evaluation) -> Iterator[tuple[str, str, str, str]]:
    for group in groups(evaluation):
        if group.members == "children":
            yield from (("siblings", group.node.id, a, b) for a, b in combinations(group.ids, 2))

    def descend(node: Node, above: tuple[Node, ...]) -> Iterator[tuple[str, str, str, str]]:
        yield from (("above", up.id, node.id, up.id) for up in above if not _has_one_indicator(up))
        for child in node.children:
            yield from descend(child, (node, *above))

    yield from descend(evaluation.framework.root, ())


def _has_one_indicator(node: Node) -> bool:
    return sum(each.is_indicator for each in node.walk()) == 1


def _flag(pearson: float) -> str | None:
    if pearson < 0:
        return "negative"
    if pearson < WEAK:
        return "weak"
    return "collinear" if pearson > COLLINEAR else None


def _why_none(x: Vector, y: Vector) -> str:
    both = ~(np.isnan(x) | np.isnan(y))
    few = both.sum() < FEWEST_PAIRS
    return "few" if few or not (has_no_spread(x[both]) or has_no_spread(y[both])) else "constant"


def denominator_table(evaluation: Evaluation) -> pd.DataFrame:
    """Each indicator that is a number, as derived, against each field by which some indicator is divided.

    own: whether the indicator is divided by this field itself. flag: `size` where |r| is above 0.6, that is, where the
    indicator follows the size of a unit; `constant` or `few` where there is no correlation.
    """
    framework = evaluation.framework
    leaves = [leaf for leaf in framework.leaves if leaf.formulas]
    divided_by = {
        leaf.id: frozenset().union(*(denominators(framework, text) for text in leaf.formulas)) for leaf in leaves
    }
    fields = _numbers_of(evaluation, dict.fromkeys(name for names in divided_by.values() for name in sorted(names)))
    indicators = evaluation.indicators[[leaf.id for leaf in leaves]].to_numpy(dtype=np.float64)
    correlations = Correlations(np.column_stack([indicators, *fields.values()]))
    entries = []
    for by, (name, amounts) in enumerate(fields.items(), start=indicators.shape[1]):
        label = framework.fields[name].label
        field = {"field": name, "field_zh": label.zh, "field_en": label.en}
        for position, leaf in enumerate(leaves):
            found = correlations.between(position, by)
            flag = _why_none(indicators[:, position], amounts) if np.isnan(found.pearson) else _follows_size(found)
            own = {"own": name in divided_by[leaf.id]}
            entries.append({**named(leaf), **field, **own, **found._asdict(), "flag": flag})
    return pd.DataFrame(entries, columns=list(DENOMINATOR_COLUMNS))


def _numbers_of(evaluation: Evaluation, names: Iterable[str]) -> dict[str, Vector]:
    """The values of those fields that hold numbers, in the rows of the evaluation."""
    columns = Columns(evaluation.framework, evaluation.table)
    cells = {name: columns[(name, 0)].cells for name in names}
    return {name: each.values[evaluation.rows] for name, each in cells.items() if isinstance(each, Cells)}


def _follows_size(found: Correlation) -> str | None:
    return "size" if abs(found.pearson) > SIZE else None


def denominators(framework: Framework, formula: str) -> frozenset[str]:
    """The fields below a fraction line, in the formula itself or in that of a field it reads."""
    found: set[str] = set()
    for part in walk(parse(formula).root):
        if isinstance(part, Product):
            below = (factor for operator, factor in part.factors if operator == "/")
            found |= {name.name for factor in below for name in walk(factor) if isinstance(name, Name)}
        elif isinstance(part, Name) and part.name in framework.fields:
            inner = framework.fields[part.name].formula
            found |= denominators(framework, inner) if inner is not None else set()
    return frozenset(found & framework.fields.keys())
