"""Measures beside pint, which is given the same words to define."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import pint
from hypothesis import given
from hypothesis import strategies as st

from parkscore.framework.measures import _DEFINITIONS, _PREFIXES, _WITHOUT_PREFIX, parse_measure

WORDS = [
    *_DEFINITIONS,
    *(prefix + word for prefix in _PREFIXES for word in _DEFINITIONS if word not in _WITHOUT_PREFIX),
]


@lru_cache(maxsize=1)
def registry() -> Any:
    """Pint with our vocabulary only, in exact fractions."""
    found: Any = pint.UnitRegistry(None, non_int_type=Fraction)
    for prefix, size in _PREFIXES.items():
        found.define(f"{prefix}- = {size}")
    for word, (size, words) in _DEFINITIONS.items():
        expression = " * ".join([f"{size.numerator} / {size.denominator}", *words])
        found.define(f"{word} = {words[0] if words and words[0].startswith('[') else expression}")
    return found


def of_pint(powers: dict[str, int]) -> tuple[Fraction, dict[str, int]]:
    units = pint.util.UnitsContainer(powers, non_int_type=Fraction)
    factor, _ = registry().get_base_units(units)
    dimensions = registry().get_dimensionality(units)
    return Fraction(factor), {name: int(power) for name, power in dimensions.items() if power}


def test_every_word_with_every_prefix_is_as_many_of_its_dimension_as_pint_says() -> None:
    found = {word: parse_measure(word) for word in WORDS}
    assert len(found) > 400
    ours = {word: (measure.factor, dict(measure.dimension)) for word, measure in found.items()}
    assert ours == {word: of_pint({word: 1}) for word in WORDS}


@given(
    above=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), below=st.lists(st.sampled_from(WORDS), max_size=2)
)
def test_products_and_quotients_are_those_of_pint(above: list[str], below: list[str]) -> None:
    powers: dict[str, int] = {}
    for words, power in ((above, 1), (below, -1)):
        for word in words:
            powers[word] = powers.get(word, 0) + power
    measure = parse_measure("/".join(["·".join(above), *below]))
    assert (measure.factor, dict(measure.dimension)) == of_pint(powers)
