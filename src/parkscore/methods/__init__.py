"""The mathematics: seven shelves of pure array functions, each with its card."""

from parkscore.methods import (
    aggregations,
    aggregations_distance,
    aggregations_fuzzy,
    aggregations_means,
    aggregations_mpi,
    aggregations_outranking,
    benefit_of_doubt,
    combinations,
    imputations,
    imputations_panel,
    points_anchors,
    points_bands,
    points_lookup,
    points_steps,
    ranks,
    scoring_paths,
    scoring_ranks,
    scoring_rules,
    scoring_shapes,
    scoring_statistics,
    scoring_targets,
    treatments,
    treatments_more,
    weights,
    weights_components,
    weights_conflict,
    weights_judged,
    weights_panel,
    weights_spread,
)
from parkscore.methods.domain import DomainError, Needs
from parkscore.methods.invariances import INVARIANCES
from parkscore.methods.parameters import Meaning, Parameter, Problem
from parkscore.methods.ranges import Interval
from parkscore.methods.records import Treated, TreatmentRecord
from parkscore.methods.registry import (
    Method,
    Shelf,
    UnknownMethodError,
    aggregation,
    combination,
    imputation,
    ranking,
    scoring,
    treatment,
    weighting,
)

SHELVES = (scoring, weighting, combination, aggregation, imputation, treatment, ranking)
"""Every shelf, in the order of the steps that use them."""

# Importing these modules is what puts their methods on the shelves.
_REGISTERED = (
    aggregations,
    aggregations_distance,
    aggregations_fuzzy,
    aggregations_means,
    aggregations_mpi,
    aggregations_outranking,
    benefit_of_doubt,
    combinations,
    imputations,
    imputations_panel,
    points_anchors,
    points_bands,
    points_lookup,
    points_steps,
    ranks,
    scoring_paths,
    scoring_ranks,
    scoring_rules,
    scoring_shapes,
    scoring_statistics,
    scoring_targets,
    treatments,
    treatments_more,
    weights,
    weights_components,
    weights_conflict,
    weights_judged,
    weights_panel,
    weights_spread,
)

__all__ = [
    "INVARIANCES",
    "SHELVES",
    "DomainError",
    "Interval",
    "Meaning",
    "Method",
    "Needs",
    "Parameter",
    "Problem",
    "Shelf",
    "Treated",
    "TreatmentRecord",
    "UnknownMethodError",
    "aggregation",
    "combination",
    "imputation",
    "ranking",
    "scoring",
    "treatment",
    "weighting",
]
