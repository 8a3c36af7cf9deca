"""Ranks that come from files are those of the ranking rules, in the memory of a bucket."""

from __future__ import annotations

import errno
import math
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from parkscore.engine import buckets
from parkscore.engine.external_ranks import ExternalRanks
from parkscore.methods import ranking
from parkscore.methods.group_ranks import Ties

Array = NDArray[Any]

# Ties are common, both zeros are one value, and some differ only beyond the ninth decimal.
scores = st.one_of(
    st.sampled_from([0.0, -0.0, 1.5, 2.5, 2.5000000001, math.nan, math.inf, -math.inf]), st.floats(0.0, 100.0)
)
tables = st.lists(st.tuples(scores, st.integers(-1, 5)), max_size=80)
ties = st.sampled_from(["min", "max", "dense"])


def ranked(folder: Path, x: Array, codes: Array, ends: list[int], **settings: Any) -> Array:
    """The ranks, added and read chunk by chunk."""
    with ExternalRanks(folder, **settings) as ranks:
        for start, end in pairwise(ends):
            ranks.add(x[start:end], codes[start:end])
        ranks.finish()
        return np.concatenate([np.empty(0, dtype=np.int32), *(ranks.ranks(chunk) for chunk in range(len(ends) - 1))])


def expected(x: Array, codes: Array, rule: str) -> Array:
    """Group by group, by the ranking rule."""
    ranks = np.zeros(x.shape, dtype=np.int32)
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if rows.size and codes[rows[0]] >= 0:
            ranks[rows] = ranking[rule](x[rows])
    return ranks


@given(tables, ties, st.lists(st.integers(0, 80), max_size=4), st.integers(1, 30), st.sampled_from([9, None]))
def test_the_ranks_are_those_of_the_rule_in_any_chunks_and_any_memory(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[float, int]],
    rule: Ties,
    cuts: list[int],
    rows_in_memory: int,
    decimals: int | None,
) -> None:
    x = np.array([score for score, _ in table])
    codes = np.array([code for _, code in table], dtype=np.int64)
    ends = sorted({0, *(min(cut, x.size) for cut in cuts), x.size})
    folder = tmp_path_factory.mktemp("ranks")
    got = ranked(folder, x, codes, ends, ties=rule, decimals=decimals, budget=64 * rows_in_memory)
    rounded = x if decimals is None else np.round(x, decimals)
    assert got.tolist() == expected(rounded, codes, rule).tolist()
    assert not list(folder.iterdir())


@given(
    st.lists(st.tuples(scores, st.integers(-1, 5), st.integers(-1, 1), st.just(0)), max_size=60),
    st.lists(ties, min_size=1, max_size=3),
    st.lists(st.integers(0, 60), max_size=4),
    st.integers(1, 30),
)
def test_several_groupings_and_ties_share_a_sort_and_are_ranked_as_each_alone(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[float, int, int, int]],
    rules: list[Ties],
    cuts: list[int],
    rows_in_memory: int,
) -> None:
    x = np.array([score for score, *_ in table])
    groups = np.array([own for _, *own in table], dtype=np.int64).reshape(-1, 3).T
    ends = sorted({0, *(min(cut, x.size) for cut in cuts), x.size})
    settings = {"groupings": 3, "ties": rules, "decimals": None, "budget": 64 * rows_in_memory}
    with ExternalRanks(tmp_path_factory.mktemp("ranks"), **settings) as ranks:
        for start, end in pairwise(ends):
            ranks.add(x[start:end], *groups[:, start:end])
        ranks.finish()
        for grouping, codes in enumerate(groups):
            for rule in rules:
                got = [ranks.ranks(chunk, grouping, rule) for chunk in range(len(ends) - 1)]
                assert np.concatenate([[], *got]).tolist() == expected(x, codes, rule).tolist()


ROWS, CHUNK, BUDGET = 20_000, 1_024, 64 * 2_000
GENERATOR = np.random.default_rng(7)
HARD = {
    "all_equal": (np.full(ROWS, 50.0), GENERATOR.integers(0, 170, ROWS)),
    "all_equal_in_one_group": (np.full(ROWS, 50.0), np.zeros(ROWS, dtype=np.int64)),
    "one_group": (GENERATOR.random(ROWS) * 100, np.zeros(ROWS, dtype=np.int64)),
    "thousands_of_groups": (GENERATOR.random(ROWS), GENERATOR.permutation(ROWS) // 4),
    "rising": (np.sort(GENERATOR.random(ROWS)), np.zeros(ROWS, dtype=np.int64)),
    "falling": (-np.sort(GENERATOR.random(ROWS)), np.arange(ROWS) // 1000),
    "half_zero": (np.where(GENERATOR.random(ROWS) < 0.5, 0.0, GENERATOR.random(ROWS)), np.arange(ROWS) % 3),
    "few_ranked": (np.where(GENERATOR.random(ROWS) < 0.99, np.nan, 1.0), np.arange(ROWS) % 3),
    "none_ranked": (np.full(ROWS, np.nan), np.zeros(ROWS, dtype=np.int64)),
    "none_in_a_group": (GENERATOR.random(ROWS), np.full(ROWS, -1)),
    "skewed": (np.exp(GENERATOR.normal(0, 40, ROWS)), np.minimum(GENERATOR.zipf(1.5, ROWS), 10**6)),
}


@pytest.mark.parametrize("rule", ["min", "max", "dense"])
@pytest.mark.parametrize("name", HARD)
def test_no_kind_of_data_is_ranked_otherwise(tmp_path: Path, name: str, rule: Ties) -> None:
    x, codes = HARD[name]
    ends = [*range(0, ROWS, CHUNK), ROWS]
    got = ranked(tmp_path, x, codes, ends, ties=rule, decimals=None, budget=BUDGET)
    np.testing.assert_array_equal(got, expected(x, codes, rule))


def test_a_sample_that_misses_most_rows_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_SAMPLE", 4)
    x = np.random.default_rng(3).random(3_000)
    codes = np.zeros(x.size, dtype=np.int64)
    got = ranked(tmp_path, x, codes, [*range(0, 3_000, 100), 3_000], budget=64 * 50)
    np.testing.assert_array_equal(got, ranking["min"](np.round(x, 9)))


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def most_held(chunks: int) -> int:
        generator = np.random.default_rng(chunks)
        tracemalloc.start()
        with ExternalRanks(tmp_path, budget=64 * 8_000) as ranks:
            for _ in range(chunks):
                ranks.add(generator.random(8_000), generator.integers(0, 170, 8_000))
            ranks.finish()
            for chunk in range(chunks):
                ranks.ranks(chunk)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    # Of eight times the rows. What Python keeps for good on first use, such as the names of files, comes on top, and
    # now and then in the lot: its table of names doubles, and threads hold one bucket more or less.
    assert min(most_held(48) for _ in range(3)) < 2 * min(most_held(6) for _ in range(3))


def test_every_chunk_of_what_memory_holds_is_read_from_memory(tmp_path: Path) -> None:
    with ExternalRanks(tmp_path) as ranks:
        ranks.add([1.0, 2.0], [0, 0])
        ranks.add([], [])
        ranks.add([3.0], [0])
        ranks.finish()
        assert [ranks.ranks(chunk).tolist() for chunk in range(3)] == [[3, 2], [], [1]]
        assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _rows: Array) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with ExternalRanks(tmp_path, budget=64) as ranks:
        ranks.add([1.0, 2.0], [0, 0])
        monkeypatch.setattr(buckets, "append", full)
        with pytest.raises(OSError, match="No space"):
            ranks.add([1.0, 2.0], [0, 0])
    assert not list(tmp_path.iterdir())


def test_a_code_for_every_score_is_asked_for(tmp_path: Path) -> None:
    ranks = ExternalRanks(tmp_path)
    with pytest.raises(ValueError, match="one code for each score"):
        ranks.add([1.0, 2.0], [0])
    with pytest.raises(ValueError, match="codes of 1 groupings, not of 2"):
        ranks.add([1.0], [0], [0])
    with pytest.raises(ValueError, match="a group has the number 2147483648"):
        ranks.add([1.0], [2**31])
