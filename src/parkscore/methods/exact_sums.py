"""Sums that are exact: neither the order of the values nor how they are cut into pieces can change a digit."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray

Places = NDArray[np.int64]
GroupedSum = Callable[[ArrayLike, ArrayLike | None, int], "ExactSums"]

_BITS = 32
_MASK = (1 << _BITS) - 1
_SMALL_PLACE = 1 << 30
_LAST = -1074
# Multiples of a unit below 2^51 are told from the rest by adding and taking away 1.5 · 2^52 units.
_HELD = 51
# Beyond these magnitudes values are moved by a power of two before they are added, or squared, and their sum back.
_HUGE, _TINY = 2.0**400, 2.0**-400
_MOVED = 20 * _BITS
# Few enough that a chunk and what is made of it stay in the cache, and that 2^31 times as many is below 2^53.
_CHUNK = 1 << 15
_CHUNK_OF_MANY_GROUPS = 1 << 19
_MANY_GROUPS = 1 << 12
_FEW, _FEW_GROUPS = 1_000, 8
# Each addition to a place is below 2^53, and a place holds 2^63; a chunk adds at most six times to one.
_ADDITIONS = 128


@dataclass(frozen=True, eq=False)
class ExactSums:
    """The exact sum of each group, in places of 32 bits; `+` and `-` are exact, and `values` rounds once.

    places: (places, groups), place p counting units of 2^(32 (first + p)); all of them lie within [0, 2^32) but the
    last, which carries the sign.

    >>> tenths = grouped_sums([0.1, 1e16, 0.2, -1e16], [0, 0, 0, 0], 1)
    >>> tenths.values, np.sum([0.1, 1e16, 0.2, -1e16])
    (array([0.3]), np.float64(0.0))
    >>> (tenths - grouped_sums([0.2], [0], 1)).values
    array([0.1])
    """

    first: int
    places: Places

    @classmethod
    def of(cls, x: ArrayLike) -> ExactSums:
        """Each value as the sum of a group of its own; a missing one as 0."""
        values = np.asarray(x, dtype=np.float64)
        if values.ndim != 1:
            raise ValueError(f"values of one dimension, not {values.ndim}")
        return _gathered(values, np.arange(values.size), values.size)

    @classmethod
    def of_wholes(cls, x: FloatArray) -> ExactSums:
        """The same for whole numbers below 2^53, none of them missing."""
        return _trimmed(0, _carried(x.astype(np.int64)[np.newaxis]))

    @property
    def groups(self) -> int:
        """The number of groups."""
        return int(self.places.shape[1])

    @property
    def values(self) -> FloatArray:
        """The sum of each group as the nearest float (to even in the middle of two); infinite beyond all floats."""
        if self.groups <= _FEW_GROUPS:
            return np.array([nearest(whole, self.exponent) for whole in self.integers()], dtype=np.float64)
        if len(self.places) == 1:
            return np.asarray(np.ldexp(self.places[0].astype(np.float64), self.exponent))
        if len(self.places) == 2 and (np.abs(self.places[1]) < _SMALL_PLACE).all():
            # Below 2^63, where NumPy rounds a whole number as it should.
            whole = (self.places[1] << _BITS) + self.places[0]
            return np.asarray(np.ldexp(whole.astype(np.float64), self.exponent))
        negative = self.places[-1] < 0
        places = _carried(np.where(negative, -self.places, self.places)) if negative.any() else self.places
        return np.where(negative, -1.0, 1.0) * _all_nearest(self.first, places) + 0.0

    @property
    def exponent(self) -> int:
        """The sums are whole multiples of 2 to this power."""
        return _BITS * self.first

    def integers(self) -> list[int]:
        """How many times 2^exponent the sum of each group is: for arithmetic that rounds only at its end."""
        return [sum(place << (_BITS * p) for p, place in enumerate(group)) for group in self.places.T.tolist()]

    def fractions(self) -> list[Fraction]:
        """The sum of each group as it is.

        >>> exact_sum([0.5, 0.25]).fractions()
        [Fraction(3, 4)]
        """
        return [Fraction(2) ** self.exponent * whole for whole in self.integers()]

    def grown(self, groups: int) -> ExactSums:
        """The same sums and those of further groups, which are 0; itself where there are as many already."""
        added = groups - self.groups
        return self if added <= 0 else ExactSums(self.first, np.pad(self.places, ((0, 0), (0, added))))

    def take(self, codes: ArrayLike) -> ExactSums:
        """The sums of these groups, in this order; a group may come more than once.

        >>> zones = grouped_sums([1.0, 2.0, 4.0], [0, 0, 1], 2)
        >>> (zones.take([0, 0, 1]) - ExactSums.of([1.0, 2.0, 4.0])).values
        array([2., 1., 0.])
        """
        return ExactSums(self.first, self.places[:, np.asarray(codes)])

    def regrouped(self, codes: ArrayLike, groups: int) -> ExactSums:
        """The sums of larger groups: that of each group counts in the one of its code, in none where that is below 0.

        >>> parts = grouped_sums([0.1, 0.2, 0.3, 8.0], [0, 1, 2, 3], 4)
        >>> parts.regrouped([0, 0, 1, -1], 2).values
        array([0.3, 0.3])
        """
        numbers = np.asarray(codes)
        member = numbers >= 0
        places = np.zeros((len(self.places), groups), dtype=np.int64)
        for own, joined in zip(self.places, places, strict=True):
            np.add.at(joined, numbers[member], own[member])
        return _trimmed(self.first, _carried(places))

    def __add__(self, other: ExactSums) -> ExactSums:
        """The sums of both."""
        return self._with(other, np.add)

    def __sub__(self, other: ExactSums) -> ExactSums:
        """The sums without those of the other: the inverse of `+`, to the last bit."""
        return self._with(other, np.subtract)

    def __eq__(self, other: object) -> bool:
        """Whether all sums are the same, to the last bit."""
        if not isinstance(other, ExactSums) or self.groups != other.groups:
            return False
        return not (self - other).places.any()

    __hash__ = None  # type: ignore[assignment]

    def _with(self, other: ExactSums, join: np.ufunc) -> ExactSums:
        if self.groups != other.groups:
            raise ValueError(f"sums of {self.groups} groups and of {other.groups}")
        first = min(self.first, other.first)
        end = max(self.first + len(self.places), other.first + len(other.places))
        joined = np.zeros((end - first, self.groups), dtype=np.int64)
        joined[self.first - first : self.first - first + len(self.places)] = self.places
        part = joined[other.first - first : other.first - first + len(other.places)]
        join(part, other.places, out=part)
        return _trimmed(first, _carried(joined))


def grouped_sums(x: ArrayLike, codes: ArrayLike | None, groups: int) -> ExactSums:
    """The exact sum of the values of each group; a missing value counts nothing.

    x: (rows,); codes: (rows,) whole numbers below `groups`, below zero for a row that is in no group, or None where all
    rows are of one. Whole numbers take one pass, others two to four. Add the results of several pieces with `+`.

    Raises DomainError where a value is infinite, ValueError where x and codes do not go together.

    >>> grouped_sums([1.5, 2.0, np.nan, 4.0, 8.0], [0, 0, 1, 1, -1], 3).values
    array([3.5, 4. , 0. ])
    """
    values, numbers = _members(x, codes, groups)
    if numbers is None and values.size <= _FEW:
        wholes, exponent = _whole_multiples(values)
        return _of_integer(sum(wholes), exponent)
    return _gathered(values, numbers, groups)


def sums_of_runs(x: FloatArray, starts: NDArray[np.intp]) -> ExactSums:
    """The exact sum of each run of values that stand together; a missing value counts nothing.

    x: (rows,); starts: (runs,) the row in which each run begins, ascending, the first of them 0. As `grouped_sums` of
    groups that stand one after the other, and faster where all values are whole numbers.

    >>> sums_of_runs(np.array([1.5, 2.0, np.nan, 4.0]), np.array([0, 2])).values
    array([3.5, 4. ])
    """
    missing = np.isnan(x)
    values = np.where(missing, 0.0, x) if missing.any() else x
    if not values.size:
        return grouped_sums(values, np.zeros(0, dtype=np.intp), len(starts))
    largest = max(float(values.max()), -float(values.min()))
    if largest * values.size < 2.0**53 and np.array_equal(np.rint(values), values):
        # No partial sum is rounded, in whatever order NumPy adds them.
        return ExactSums.of_wholes(np.add.reduceat(values, starts))
    return grouped_sums(values, np.repeat(np.arange(len(starts)), np.diff(starts, append=len(values))), len(starts))


def exact_sum(x: ArrayLike) -> ExactSums:
    """The exact sum of all values, as of one group; a missing value counts nothing.

    >>> exact_sum([1e100, 1.0, np.nan, -1e100]).values
    array([1.])
    """
    return grouped_sums(x, None, 1)


def grouped_squares(x: ArrayLike, codes: ArrayLike | None, groups: int) -> ExactSums:
    """The exact sum of the squares of the values of each group, as `grouped_sums` otherwise.

    >>> grouped_squares([3.0, 4.0, np.nan, 1e-300], [0, 0, 0, 1], 2).fractions()[0]
    Fraction(25, 1)
    """
    values, numbers = _members(x, codes, groups)
    if numbers is None and values.size <= _FEW:
        wholes, exponent = _whole_multiples(values)
        return _of_integer(sum(map(operator.mul, wholes, wholes)), 2 * exponent)
    return _gathered(values, numbers, groups, _squares_of)


def exact_squares(x: ArrayLike) -> ExactSums:
    """The exact sum of the squares of all values, as of one group; a missing value counts nothing.

    >>> exact_squares([3.0, 4.0, np.nan]).values
    array([25.])
    """
    return grouped_squares(x, None, 1)


def sums_of_columns(x: FloatArray, of: GroupedSum = grouped_sums) -> ExactSums:
    """The exact sum of each column of (rows, columns), or of one column of (rows,), as a group of its own.

    >>> sums_of_columns(np.array([[1.0, 2.0], [3.0, np.nan]])).values
    array([4., 2.])
    """
    if x.ndim == 1:
        return of(x, None, 1)
    columns = x.shape[1]
    total = of([], [], columns)
    for start in range(0, len(x), _CHUNK):
        block = x[start : start + _CHUNK]
        total = total + of(block.ravel(), np.tile(np.arange(columns), len(block)), columns)
    return total


def nearest(whole: int, exponent: int) -> float:
    """The float nearest to 2^exponent times a whole number (to even in the middle of two); infinite beyond all floats.

    >>> nearest(3, -1), nearest(2**53 + 1, 0) == 2.0**53, nearest(-1, 1024)
    (1.5, True, -inf)
    """
    size = abs(whole)
    # Rounded here and only once: a float has 53 bits, and fewer where it ends at 2^-1074.
    dropped = max(0, size.bit_length() - 53, _LAST - exponent)
    kept = size >> dropped
    twice_rest, whole_step = (size - (kept << dropped)) << 1, 1 << dropped
    kept += twice_rest > whole_step or (twice_rest == whole_step and kept & 1)
    try:
        found = math.ldexp(kept, exponent + dropped)
    except OverflowError:
        found = math.inf
    return -found if whole < 0 else found


def _members(x: ArrayLike, codes: ArrayLike | None, groups: int) -> tuple[FloatArray, NDArray[np.intp] | None]:
    """The values that are in a group, and its number; ValueError where the two do not go together."""
    values = np.asarray(x, dtype=np.float64)
    numbers = np.zeros(0, dtype=np.intp) if codes is None else np.asarray(codes)
    if values.ndim != 1 or (codes is not None and numbers.shape != values.shape):
        raise ValueError(f"one code for each value, not {numbers.shape} for {values.shape}")
    if codes is None:
        return values, None
    if numbers.size == 0:
        return values, np.empty(0, dtype=np.intp)
    if numbers.dtype.kind not in "iu" or int(numbers.max()) >= groups:
        raise ValueError(f"codes are whole numbers below {groups}")
    if int(numbers.min()) < 0:
        member = numbers >= 0
        values, numbers = values[member], numbers[member]
    return values, None if groups == 1 else numbers.astype(np.intp, copy=False)


# --- from values to places ---------------------------------------------------------------------------------------


Part = tuple[FloatArray, int]
"""Values of the rows of a chunk that are added up, and by how many places they are moved."""


def _itself(values: FloatArray) -> Iterator[Part]:
    yield values, 0


def _gathered(
    values: FloatArray,
    codes: NDArray[np.intp] | None,
    groups: int,
    parts: Callable[[FloatArray], Iterator[Part]] = _itself,
) -> ExactSums:
    """The sums of values, or of what is made of them, without those missing; without codes, all are of one group."""
    size = _CHUNK if groups <= _MANY_GROUPS else _CHUNK_OF_MANY_GROUPS
    total = _in_places({}, groups)
    for block in range(0, values.size, size * _ADDITIONS):
        counted: dict[int, Places] = {}
        for start in range(block, min(block + size * _ADDITIONS, values.size), size):
            own = None if codes is None else codes[start : start + size]
            for part, moved in parts(values[start : start + size]):
                _count(part, own, groups, counted, moved)
        found = _in_places(counted, groups)
        total = found if block == 0 else total + found
    return total


def _whole_multiples(values: FloatArray) -> tuple[list[int], int]:
    """The present values as whole multiples of a power of two, and its exponent: few of them are added fastest so."""
    present = values[~np.isnan(values)]
    _refuse_infinity(present)
    fractions, exponents = np.frexp(present)
    least = int(exponents.min(initial=0))
    parts = (fractions * 2.0**53).astype(np.int64).tolist()
    return [part << shift for part, shift in zip(parts, (exponents - least).tolist(), strict=True)], least - 53


def _refuse_infinity(values: FloatArray) -> None:
    if np.isinf(values).any():
        raise DomainError(Text("有无穷大的值，不能求和", "has infinite values, which have no sum"))


def _count(
    values: FloatArray, codes: NDArray[np.intp] | None, groups: int, counted: dict[int, Places], moved: int
) -> None:
    """Add the values to what is counted already, by place: the whole units of a place first, then of what is left."""
    rest, size = values, _size(values)
    if np.isnan(size):
        rest = np.where(np.isnan(rest), 0.0, rest)
        size = _size(rest)
    if size > _HUGE:
        _refuse_infinity(rest)
        huge = np.abs(rest) > _HUGE
        if huge.any():
            _count(np.where(huge, rest, 0.0) * 2.0**-_MOVED, codes, groups, counted, moved + _MOVED // _BITS)
        rest = np.where(huge, 0.0, rest)
        size = _size(rest)
    while size > 0:
        place = -((_HELD - math.frexp(size)[1]) // _BITS)
        if place == 0:
            whole = np.rint(rest)
        else:
            carrier = math.ldexp(1.5, 52 + _BITS * place)
            whole = (rest + carrier) - carrier
        part = np.atleast_1d(whole.sum()) if codes is None else np.bincount(codes, whole, groups)
        # Every partial sum is a whole number of units below 2^53: no order of adding rounds it.
        units = np.ldexp(part, -_BITS * place).astype(np.int64)
        counted[place + moved] = counted[place + moved] + units if place + moved in counted else units
        rounded = rest != whole
        left = int(np.count_nonzero(rounded))
        if not left:
            return
        if left < rest.size // 2:
            rest, whole, codes = rest[rounded], whole[rounded], None if codes is None else codes[rounded]
        rest = rest - whole
        size = _size(rest)


def _size(values: FloatArray) -> float:
    """Above the sum of the magnitudes; 0 where all are 0, NaN where one is, infinite where that sum is."""
    squares = float(np.einsum("i,i->", values, values))
    if _TINY < squares < math.inf:
        # By Cauchy and Schwarz, in one pass; the factors here and below leave room for rounding.
        return 1.001 * math.sqrt(squares * values.size)
    with np.errstate(over="ignore"):
        return 2.0 * float(np.abs(values).sum())


def _squares_of(values: FloatArray) -> Iterator[Part]:
    """The squares, each as the sum of two floats; values are moved to where no square is beyond the floats."""
    known = np.where(np.isnan(values), 0.0, values)
    square = known * known if float(np.abs(known).max()) <= _HUGE else None
    if square is not None and np.count_nonzero(square < _TINY * _TINY) == np.count_nonzero(known == 0.0):
        yield from _in_two(known, square, 0)
        return
    _refuse_infinity(known)
    magnitude = np.abs(known)
    huge, tiny = magnitude > _HUGE, magnitude < _TINY
    for chosen, factor, moved in (
        (huge, 2.0**-_MOVED, 2 * _MOVED // _BITS),
        (tiny, 2.0**_MOVED, -2 * _MOVED // _BITS),
        (~(huge | tiny), 1.0, 0),
    ):
        part = np.where(chosen, known, 0.0) * factor
        yield from _in_two(part, part * part, moved)


def _in_two(x: FloatArray, square: FloatArray, moved: int) -> Iterator[Part]:
    yield square, moved
    yield _rounded_off(x, square), moved


def _rounded_off(x: FloatArray, square: FloatArray) -> FloatArray:
    """What `square` lacks of x²: Dekker's product, from halves of 26 bits."""
    split = x * 134217729.0  # 2^27 + 1
    high = split - (split - x)
    low = x - high
    return ((high * high - square) + 2.0 * high * low) + low * low


# --- from places to values ---------------------------------------------------------------------------------------


def _of_integer(whole: int, exponent: int) -> ExactSums:
    """The sum of one group from 2^exponent times a whole number."""
    first = exponent // _BITS
    rest = whole << (exponent - _BITS * first)
    places = []
    while abs(rest) > _MASK:
        places.append(rest & _MASK)
        rest >>= _BITS
    return _trimmed(first, np.array([*places, rest], dtype=np.int64)[:, np.newaxis])


def _in_places(counted: dict[int, Places], groups: int) -> ExactSums:
    """Sums from what is counted by place."""
    if not counted:
        return ExactSums(0, np.zeros((1, groups), dtype=np.int64))
    first = min(counted)
    places = np.zeros((max(counted) - first + 1, groups), dtype=np.int64)
    for place, units in counted.items():
        places[place - first] = units
    return _trimmed(first, _carried(places))


def _carried(places: Places) -> Places:
    """The same sums with every place but the last within [0, 2^32), and the last within 2^32 of 0."""
    carried = places.copy()
    for low, high in pairwise(carried):
        high += low >> _BITS
        low &= _MASK
    while (np.abs(carried[-1]) > _MASK).any():
        carried = np.vstack([carried, carried[-1] >> _BITS])
        carried[-2] &= _MASK
    return carried


def _trimmed(first: int, places: Places) -> ExactSums:
    """Sums without the places at either end in which no group has anything."""
    used = np.flatnonzero(places.any(axis=1))
    if not used.size:
        return ExactSums(0, places[:1])
    return ExactSums(first + int(used[0]), places[used[0] : used[-1] + 1])


def _all_nearest(first: int, places: Places) -> FloatArray:
    """The nearest float to each sum; places: all of them within [0, 2^32).

    The leading 64 bits, the last of them set where anything follows, round as the whole sum does.
    """
    nothing = np.zeros(places.shape[1], dtype=np.uint64)
    # Two empty places below, so that every leading place has two after it.
    padded = [nothing, nothing, *places.astype(np.uint64)]
    lead, second, third = nothing, nothing, nothing
    top = np.zeros(nothing.shape, dtype=np.int64)
    below = follows = np.zeros(nothing.shape, dtype=np.bool_)
    for place in range(2, len(padded)):
        leads = padded[place] != 0
        lead, second, third = (
            np.where(leads, padded[place - step], known) for step, known in enumerate((lead, second, third))
        )
        top, follows = np.where(leads, place, top), np.where(leads, below, follows)
        below = below | (padded[place - 2] != 0)
    length = np.frexp(lead.astype(np.float64))[1].astype(np.uint64)
    length = np.maximum(length, np.uint64(1))
    bits = (lead << (np.uint64(64) - length)) | (second << (np.uint64(32) - length)) | (third >> length)
    follows = follows | (third & ((np.uint64(1) << length) - np.uint64(1)) != 0)
    bits |= follows.astype(np.uint64)
    exponent = _BITS * (first + top - 4) + length.astype(np.int64)
    with np.errstate(over="ignore"):
        return np.asarray(np.ldexp(bits.astype(np.float64), exponent))
