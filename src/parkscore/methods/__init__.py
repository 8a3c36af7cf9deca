"""The mathematics: six shelves of pure array functions, each with its card."""

from parkscore.methods import aggregations, imputations, ranks, scoring_rules, treatments, weights
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
    imputation,
    ranking,
    scoring,
    treatment,
    weighting,
)

SHELVES = (scoring, weighting, aggregation, imputation, treatment, ranking)
"""Every shelf, in the order of the steps that use them."""

# Importing these modules is what puts their methods on the shelves.
_REGISTERED = (aggregations, imputations, ranks, scoring_rules, treatments, weights)

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
    "imputation",
    "ranking",
    "scoring",
    "treatment",
    "weighting",
]
