"""Which sums of returns the indicators read, and how many years back."""

from __future__ import annotations

from collections.abc import Iterable

from parkscore.data.columns import parse
from parkscore.framework.class_names import class_names
from parkscore.framework.every_formula import formulas_of_leaf
from parkscore.framework.formula.tree import Call, Name, Negative, Number, Product, Quantity, Sum
from parkscore.framework.formula.tree import Node as Part
from parkscore.framework.models import Framework, Node

Key = tuple[str, int]
"""A field of the zones, and how many years back it is read."""


def sums_read(framework: Framework, leaf: Node | None = None) -> frozenset[Key]:
    """The fields with `members` that an indicator reads, each with the years back; by default all indicators'.

    What decides the class of a unit counts for every indicator, since the class decides by what weights it counts.
    """
    leaves = framework.leaves if leaf is None else (leaf,)
    texts = [text for each in leaves for text in formulas_of_leaf(framework, each)]
    texts += [each.when for each in framework.classes]
    return frozenset(key for key in _read(framework, texts, 0) if framework.fields[key[0]].members is not None)


def _read(framework: Framework, texts: Iterable[str], back: int) -> set[Key]:
    found: set[Key] = set()
    for text in texts:
        for name, years in parse(text).reads.items():
            for lag in years:
                found |= _behind(framework, name, back + lag)
    return found


def _behind(framework: Framework, name: str, back: int) -> set[Key]:
    if name in class_names(framework):
        return _read(framework, [each.when for each in framework.classes], back)
    formula = framework.fields[name].formula
    return {(name, back)} if formula is None else _read(framework, [formula], back)


def adds_up(framework: Framework, leaf: Node) -> bool:
    """Whether an indicator is a sum over enterprises itself, such as a number of enterprises or what revenue grew by.

    >>> from parkscore.framework.loading import load_framework
    >>> zones = load_framework("zone-2021")
    >>> [leaf.id for leaf in zones.leaves if sums_read(zones, leaf) and adds_up(zones, leaf)]
    ['2.4', '2.6', '2.7', '3.5', '4.1', '4.3', '4.4', '5.6', '5.7']
    """
    return leaf.formula is not None and not leaf.cases and _linear(framework, parse(leaf.formula).root)


def _linear(framework: Framework, part: Part) -> bool:
    match part:
        case Name(name=name):
            field = framework.fields.get(name)
            return field is not None and (field.formula is None or _linear(framework, parse(field.formula).root))
        case Negative(operand=operand):
            return _linear(framework, operand)
        case Sum(terms=terms):
            return all(_linear(framework, term) for _, term in terms)
        case Product(factors=factors):
            varying = [(operator, each) for operator, each in factors if not isinstance(each, (Number, Quantity))]
            return len(varying) == 1 and varying[0][0] == "*" and _linear(framework, varying[0][1])
        case Call(function="lag" | "sum" | "sum_years" | "mean_years" | "mean", arguments=arguments):
            return all(_linear(framework, each) for each in arguments)
    return False
