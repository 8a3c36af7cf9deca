"""What a file of results says of itself, so that each row can be explained from it alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Rows
from parkscore.data.table import UNIT, Origin, Table
from parkscore.evaluation_about import weights_table
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import Settings, aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import aggregation, scoring
from parkscore.output.documents import records
from parkscore.tree.aggregate import Shares
from parkscore.tree.references import reference_table
from parkscore.tree.schemes import WeightPlan
from parkscore.tree.weigh import Weighing, weigh

SCHEMA = "parkscore-dataset/1"


def weighing_of(framework: Framework, plan: WeightPlan, cohorts: Sequence[Cohort]) -> Weighing:
    """The weights of a plan that takes nothing from data, with where they come from."""
    nothing = Table(pd.DataFrame({UNIT: []}, dtype=object), {}, Origin(""))
    return weigh(framework, nothing, np.zeros((0, len(framework.leaves))), tuple(cohorts), plan)


def shares_of(framework: Framework, plan: WeightPlan, cohorts: Sequence[Cohort]) -> tuple[Shares, ...]:
    """The shares of each cohort under such a plan."""
    classes = list(dict.fromkeys(cohort.class_id for cohort in cohorts))
    without_rows = [replace(_NOBODY, class_id=class_id) for class_id in classes]
    known = dict(zip(classes, weighing_of(framework, plan, without_rows).shares, strict=True))
    return tuple(known[cohort.class_id] for cohort in cohorts)


def cohorts_of(plan: WeightPlan, references: Iterable[str], classes: Sequence[str]) -> list[Cohort]:
    """A cohort without rows for each reference, and for each class where weights go by class."""
    own: Sequence[str | None] = classes if plan.by_class else [None]
    return [replace(_NOBODY, name=name, class_id=class_id) for name in references for class_id in own]


_NO_ROWS: Final[Rows] = np.zeros(0, dtype=np.intp)
_NOBODY: Final = Cohort("", None, _NO_ROWS, _NO_ROWS, _NO_ROWS)


def document(
    framework: Framework,
    about: dict[str, Any],
    cohorts: Sequence[Cohort],
    weighing: Weighing,
    fitted: Fitted,
    means: Sequence[dict[str, Any]],
    accounting: pd.DataFrame,
    notes: Sequence[Text],
) -> dict[str, Any]:
    """Everything that a reader of one row needs to know of all rows, as plain data.

    The keys of `about`, as a file of `Evaluation.to_parquet` has them, and beside them: title and unit; the tree with
    labels, measures, directions, rules and aggregations; the weights; the references; the mean of each node by year
    and class; the accounts; notes in both languages.
    """
    references = {name: dict(fitted.scoring.get(name, {})) for name in dict.fromkeys(each.name for each in cohorts)}
    return {
        "schema": SCHEMA,
        **about,
        "title": _said(framework.title.label),
        "unit": _said(framework.unit.label),
        "class_labels": {each.id: _said(each.label) for each in framework.classes},
        "tree": list(_tree(framework)),
        "weight_table": records(weights_table(framework, weighing, zip(cohorts, weighing.shares, strict=True))),
        "reference_table": _finite(records(reference_table(framework, references))),
        "means": list(means),
        "accounting": records(accounting),
        "notes_zh": [note.zh for note in notes],
    }


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _tree(framework: Framework) -> Iterable[dict[str, Any]]:
    settings = resolve_settings(framework)
    parents = {child.id: node.id for node in framework.root.walk() for child in node.children}
    for node in framework.root.walk():
        entry = {"id": node.id, **_said(node.label), "parent": parents.get(node.id), "points": node.full_score}
        yield entry | (_of_dimension(framework, node) if node.children else _of_indicator(node, settings[node.id]))


def _of_dimension(framework: Framework, node: Node) -> dict[str, Any]:
    choice = aggregation_of(framework, node)
    title = aggregation[choice.name].title
    return {"aggregate": choice.name, "aggregate_zh": title.zh, "aggregate_en": title.en}


def _of_indicator(leaf: Node, settings: Settings) -> dict[str, Any]:
    title = scoring[settings.score.name].title
    return {
        "formula": leaf.formula,
        "measure": leaf.measure,
        "direction": settings.direction,
        "rule": settings.score.name,
        "rule_zh": title.zh,
        "rule_en": title.en,
    }


def _finite(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with null for what is no number that JSON knows."""
    return [
        {key: None if isinstance(value, float) and not np.isfinite(value) else value for key, value in entry.items()}
        for entry in entries
    ]
