"""What a table of results says of itself as a document, so that each row can be explained from it alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort
from parkscore.evaluation_about import weight_rows
from parkscore.framework.cases import name_of, variants
from parkscore.framework.gate_conditions import labels_of_names
from parkscore.framework.models import Framework, Node, Requirement, ScoreRule
from parkscore.framework.settings import Settings, aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import aggregation, scoring
from parkscore.output.documents import records_of
from parkscore.tree.accounting import Account
from parkscore.tree.contributions import not_additive
from parkscore.tree.gate_tables import asked_in_words
from parkscore.tree.grades import GRADE_WORDS, items_of
from parkscore.tree.references import CASE, reference_rows
from parkscore.tree.verdicts import OUTCOMES
from parkscore.tree.weigh import Weighing

DOCUMENT_SCHEMA = "parkscore-dataset/1"


def document(
    framework: Framework,
    about: dict[str, Any],
    cohorts: Sequence[Cohort],
    weighing: Weighing,
    fitted: Fitted,
    means: Sequence[dict[str, Any]],
    accounts: Sequence[Account],
    notes: Sequence[Text],
) -> dict[str, Any]:
    """Everything that a reader of one row needs to know of all rows, as plain data.

    The keys of `about`, as a file of `Evaluation.to_parquet` has them, and beside them: title and unit; whether a score
    is the sum of what its indicators add; the tree with labels, measures, directions, rules and aggregations; the
    weights; the references; the mean of each node by year and class; the accounts; notes in both languages.
    """
    judged = [leaf.id for leaf in framework.leaves if not leaf.is_open_slot]
    references = {
        name: {code: fitted.scoring.get(name, {}).get(code, {}) for code in judged}
        for name in dict.fromkeys(each.reference for each in cohorts)
    }
    return {
        "schema": DOCUMENT_SCHEMA,
        **about,
        "title": _said(framework.title.label),
        "unit": _said(framework.unit.label),
        "additive": bool(framework.indicators) and not_additive(framework) is None,
        "reference_within": list(framework.reference_within),
        "class_labels": {each.id: _said(each.label) for each in framework.classes},
        "judged_labels": dict(_judged_labels(framework)),
        "tree": list(_tree(framework)),
        "weight_table": records_of(*weight_rows(framework, weighing, zip(cohorts, weighing.shares, strict=True))),
        "reference_table": _finite(records_of(*reference_rows(framework, references), whole=[CASE])),
        "means": list(means),
        "accounting": [each._asdict() for each in accounts],
        "notes_zh": [note.zh for note in notes],
    }


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _judged_labels(framework: Framework) -> Iterable[tuple[str, dict[str, Any]]]:
    """What gates and scales of grades are called, with the words for what they come to."""
    outcomes = {outcome.value: _said(outcome.text) for outcome in OUTCOMES}
    names = labels_of_names(framework)
    for gate in framework.gates:
        items = {item.id: _said(_item_label(item, names)) for item in gate.items}
        asks = {} if gate.items else {"asks": _said(asked_in_words(gate, names))}
        yield gate.id, {**_said(gate.label), "words": outcomes, "items": items, **asks}
    labels = {node.id: node.label for node in framework.root.walk()}
    for scale in framework.grades:
        words = {**GRADE_WORDS, **{grade.id: grade.label for grade in scale.bands}}
        items = {item.id: _said(item.label) for item in items_of(scale, labels[scale.of or framework.total.id])}
        yield (
            scale.id,
            {
                **_said(scale.label),
                "words": {code: _said(text) for code, text in words.items()},
                "items": items,
            },
        )


def _item_label(item: Requirement, names: Mapping[str, Text]) -> Text:
    """What an item is called; where it has no name, what it asks stands beside its id."""
    if item.zh is not None or item.en is not None:
        return item.label
    asks = asked_in_words(item, names)
    return Text(f"{item.id}：{asks.zh}", f"{item.id}: {asks.en}")


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
    cases = [
        {"case": each.number, **_said(name_of(each.case)), **_titled(each.settings.score)}
        for each in variants(leaf, settings)
    ]
    return {
        "formula": leaf.formula,
        "measure": leaf.measure,
        "direction": settings.direction,
        "rule": settings.score.name,
        **_titled(settings.score),
        **({"cases": cases} if cases else {}),
    }


def _titled(rule: ScoreRule) -> dict[str, str]:
    title = scoring[rule.name].title
    return {"rule_zh": title.zh, "rule_en": title.en}


def _finite(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with null for what is no number that JSON knows."""
    return [
        {key: None if isinstance(value, float) and not np.isfinite(value) else value for key, value in entry.items()}
        for entry in entries
    ]
