"""Begin to read a Parquet file while the modules that score it load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from parkscore.data.column_names import NOTE_NAMES
from parkscore.shipped import framework_path

_OTHER: Final = re.compile(r"\b(?:framework|extends):\s*([\w.-]+)")


def is_parquet(path: Path) -> bool:
    """Whether a path is that of a Parquet file, by its name."""
    return path.suffix.lower() == ".parquet" and path.is_file()


def digesting(source: str) -> AbstractContextManager[None]:
    """Begin with the digest of a Parquet file, while what reads it is loaded."""
    if not is_parquet(Path(source)):
        return nullcontext()
    from parkscore.data.digesting_ahead import digesting_ahead

    return digesting_ahead(Path(source))


def reading_ahead_for(framework: str, source: str) -> AbstractContextManager[None]:
    """Begin to read a Parquet file while what scores it is loaded; columns that the framework does not name wait."""
    if not is_parquet(Path(source)):
        return nullcontext()
    from parkscore.data.reading_ahead import reading_ahead

    return reading_ahead(Path(source), "\n".join([*_texts_of(framework), *NOTE_NAMES]))


def _texts_of(framework: str) -> Iterator[str]:
    """What a framework says, and those that it extends or names, as far as this can be told without reading them.

    >>> ["members:" in text for text in _texts_of("zone-2021")]
    [True, False, False]
    """
    coming, known = [framework_path(framework) or Path(framework)], set()
    for path in coming:
        if path in known or path.suffix != ".yaml" or not path.is_file():
            continue
        known.add(path)
        said = path.read_text(encoding="utf-8", errors="replace")
        yield said
        coming += [other for name in _OTHER.findall(said) if (other := framework_path(name)) is not None]
