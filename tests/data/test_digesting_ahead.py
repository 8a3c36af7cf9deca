"""The digest that is taken ahead is that of the file, and of no other file that came in its place."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from parkscore.data import digesting_ahead
from parkscore.data.digesting_ahead import digest_before


def key(path: Path) -> tuple[str, int, int]:
    return str(path), path.stat().st_size, path.stat().st_mtime_ns


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 48])
def test_the_digest_is_that_of_the_bytes_and_given_away_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(digesting_ahead, "_AT_ONCE", 16)
    path, content = tmp_path / "in.parquet", os.urandom(size)
    path.write_bytes(content)
    with digesting_ahead.digesting_ahead(path):
        assert digest_before(*key(path)) == hashlib.sha256(content).hexdigest()
        assert digest_before(*key(path)) is None
    assert not digesting_ahead._coming


def test_a_file_that_has_changed_since_has_no_digest_yet(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(b"one")
    with digesting_ahead.digesting_ahead(path):
        path.write_bytes(b"two")
        os.utime(path, ns=(0, 1))
        assert digest_before(*key(path)) is None


def test_a_file_that_is_not_there_is_told_by_whoever_reads_it(tmp_path: Path) -> None:
    with digesting_ahead.digesting_ahead(tmp_path / "in.parquet"):
        assert not digesting_ahead._coming
    path = tmp_path / "folder.parquet"
    path.mkdir()
    with digesting_ahead.digesting_ahead(path):
        assert digest_before(*key(path)) is None


def test_nobody_waits_for_the_digest_of_a_large_file_that_is_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    class Counting:
        def __init__(self) -> None:
            self._digest = hashlib.sha256()

        def update(self, block: memoryview) -> None:
            taken.append(len(block))
            self._digest.update(block)

        def hexdigest(self) -> str:
            return self._digest.hexdigest()

    monkeypatch.setattr(digesting_ahead.hashlib, "sha256", Counting)
    monkeypatch.setattr(digesting_ahead, "_AT_ONCE", 1)
    path = tmp_path / "in.parquet"
    path.write_bytes(bytes(1_000_000))
    with digesting_ahead.digesting_ahead(path):
        pass
    assert sum(taken) < 1_000_000
