"""Formulas: read them, check their measures, compute them on columns, print them."""

from parkscore.framework.formula.cells import Cells, Column, State, TextCells, only_in, to_shape
from parkscore.framework.formula.compute import compute
from parkscore.framework.formula.functions import FUNCTIONS
from parkscore.framework.formula.looking_up import LookupTable
from parkscore.framework.formula.measure_check import TEXT, check_measures
from parkscore.framework.formula.parse import parse_formula
from parkscore.framework.formula.parsed import Formula
from parkscore.framework.formula.problems import FormulaError, FormulaProblem
from parkscore.framework.formula.surroundings import Surroundings
from parkscore.framework.formula.text import print_formula

__all__ = [
    "FUNCTIONS",
    "TEXT",
    "Cells",
    "Column",
    "Formula",
    "FormulaError",
    "FormulaProblem",
    "LookupTable",
    "State",
    "Surroundings",
    "TextCells",
    "check_measures",
    "compute",
    "only_in",
    "parse_formula",
    "print_formula",
    "to_shape",
]
