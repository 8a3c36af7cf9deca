"""Products in pieces: a line comes to the same bits whichever lines stand beside it, and whatever takes it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.grid import Matrix
from parkscore.robustness.products import LINES, product


@given(
    st.integers(0, 3 * LINES),
    st.integers(1, 3 * LINES),
    st.integers(1, 60),
    st.sampled_from([1, 2, 3, 7, 8, 19, 178, 300]),
    st.booleans(),
    st.booleans(),
)
def test_a_line_has_the_same_bits_whichever_lines_stand_beside_it(
    first: int, count: int, inner: int, columns: int, by_column: bool, into: bool
) -> None:
    generator = np.random.default_rng(inner)
    left = np.asarray(generator.random((6 * LINES, inner)), order="F" if by_column else "C")
    right = generator.random((inner, columns))
    whole = made(left, right, into)
    np.testing.assert_allclose(whole, left @ right, rtol=1e-13)
    np.testing.assert_array_equal(made(left[first : first + count], right, into), whole[first : first + count])


def made(left: Matrix, right: Matrix, into: bool) -> Matrix:
    """The product, as it is or put into a matrix with a line of memory for each column."""
    if not into:
        return product(left, right)
    found = np.full((right.shape[1], len(left)), np.nan).T
    assert product(left, right, found) is found
    return found


@pytest.mark.parametrize("into", [False, True])
def test_nothing_comes_to_nothing(into: bool) -> None:
    assert made(np.ones((0, 3)), np.ones((3, 2)), into).shape == (0, 2)
    assert made(np.ones((2, 3)), np.ones((3, 0)), into).shape == (2, 0)


@pytest.mark.parametrize("into", [False, True])
def test_a_column_alone_has_the_bits_that_it_has_beside_another(into: bool) -> None:
    generator = np.random.default_rng(2)
    left, right = generator.random((200, 9)), generator.random((9, 40))
    for column in range(40):
        alone = made(left, right[:, column : column + 1], into)
        np.testing.assert_array_equal(alone, made(left, right, into)[:, column : column + 1])


EVERY_WAY = """
import numpy as np
from parkscore.robustness.products import product
for inner in (1, 2, 3, 9, 46):
    for columns in (1, 2, 9, 178):
        random = np.random.default_rng([inner, columns])
        left, right = random.random((71, inner)), random.random((inner, columns))
        whole = product(left, right, np.empty((columns, 71)).T)
        for lines in (slice(0, 1), slice(3, 5), slice(30, 71), slice(0, 71)):
            for own in (left[lines], np.asfortranarray(left)[lines], np.asfortranarray(left[lines])):
                for order in (None, "C", "F"):
                    into = None if order is None else np.empty((len(own), columns), order=order)
                    assert np.array_equal(product(own, right, into), whole[lines]), (inner, columns, lines, order)
"""


@pytest.mark.parametrize("kernels", ["", "Nehalem", "Prescott"])
def test_neither_room_nor_order_of_memory_changes_a_bit_with_the_kernels_of_older_processors(kernels: str) -> None:
    """BLAS for processors without AVX-512 rounded a product for which nobody had made room in another way."""
    if kernels and platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("these kernels are those of x86-64")
    environment = {**os.environ, "OPENBLAS_CORETYPE": kernels} if kernels else dict(os.environ)
    done = subprocess.run([sys.executable, "-c", EVERY_WAY], env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
