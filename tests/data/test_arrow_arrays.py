"""Arrays go from Arrow to NumPy and back by their buffers as pyarrow's own ways have it, cut and with gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.arrow_arrays import (
    are_known,
    arrow_numbers,
    arrow_texts,
    arrow_truths,
    codes_of,
    number_array,
    numbers_of,
    objects_of,
    truths_of,
)

NUMBERS = {
    pa.float64(): st.floats(),
    pa.float32(): st.floats(width=32),
    pa.int64(): st.integers(-(2**53), 2**53),
    pa.int8(): st.integers(-128, 127),
    pa.uint16(): st.integers(0, 2**16 - 1),
}


@st.composite
def cut(draw: Any, cells: st.SearchStrategy[Any], kind: pa.DataType, gaps: bool = True) -> pa.Array:
    """An array, or a part of one that begins anywhere in it."""
    whole = pa.array(draw(st.lists(st.none() | cells if gaps else cells, max_size=40)), kind)
    first = draw(st.integers(0, len(whole)))
    return whole.slice(first, draw(st.integers(0, len(whole) - first)))


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
@given(data=st.data())
def test_numbers_are_those_that_pyarrow_gives(kind: pa.DataType, data: st.DataObject) -> None:
    array = data.draw(cut(NUMBERS[kind], kind))
    found, expected = numbers_of(array), array.to_numpy(zero_copy_only=False)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(are_known(array), array.is_valid().to_numpy(zero_copy_only=False))


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_one_gap_among_many_numbers_is_the_only_nan(kind: pa.DataType) -> None:
    array = pa.array([*range(60), None, *range(60)], kind).slice(7)
    found, expected = numbers_of(array), array.to_numpy(zero_copy_only=False)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@given(data=st.data())
def test_numbers_go_into_arrow_as_pyarrow_takes_them(data: st.DataObject) -> None:
    numbers = np.array(data.draw(st.lists(st.floats(), max_size=40)), dtype=np.float64)[:: data.draw(st.integers(1, 3))]
    known = np.array(data.draw(st.lists(st.booleans(), min_size=numbers.size, max_size=numbers.size)), dtype=np.bool_)
    found = arrow_numbers(numbers, known)
    found.validate(full=True)
    kept = np.where(known, numbers, 0.0)
    np.testing.assert_array_equal(np.where(known, numbers_of(found), 0.0), kept)
    assert (found.null_count, found.is_valid().to_pylist()) == (int((~known).sum()), known.tolist())
    assert number_array(numbers).equals(pa.array(numbers, from_pandas=True))


@given(data=st.data())
def test_texts_and_truths_go_there_and_back(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=30))
    for kind in (pa.string(), pa.large_string()):
        found = arrow_texts(texts, kind)
        found.validate(full=True)
        assert found.equals(pa.array(texts, kind))
        assert objects_of(found).tolist() == texts
    array = data.draw(cut(st.sampled_from("甲乙丙"), pa.string())).dictionary_encode()
    assert codes_of(array).tolist() == array.indices.fill_null(-1).to_pylist()
    truths = data.draw(cut(st.booleans(), pa.bool_(), gaps=False))
    assert truths_of(truths).tolist() == truths.to_pylist()
    assert arrow_truths(truths_of(truths)).equals(truths)


def test_half_a_character_is_refused_as_pyarrow_refuses_it() -> None:
    with pytest.raises(UnicodeEncodeError):
        arrow_texts(["\ud800"])


def test_an_array_of_nothing_but_gaps_has_no_number() -> None:
    assert not are_known(pa.nulls(3)).any()
    assert np.isnan(numbers_of(pa.nulls(3, pa.float64()))).all()
    assert numbers_of(pa.array([], pa.int32())).dtype == np.int32
