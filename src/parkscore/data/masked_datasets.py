"""Open a data set without telling in its findings whose rows it has."""

from __future__ import annotations

import os
from dataclasses import replace

from parkscore.data.datasets import Dataset, open_dataset
from parkscore.data.masking import Mask
from parkscore.findings import DataError
from parkscore.framework.models import Framework


def open_masked(source: str | os.PathLike[str], framework: Framework, mask: Mask | None) -> Dataset:
    """As `open_dataset`, with no id in what is found in the headers, or in the names of files that are told.

    mask: None to open it as it is. Raises DataError and UsageError as `open_dataset` does.
    """
    if mask is None:
        return open_dataset(source, framework)
    try:
        dataset = open_dataset(source, framework)
    except DataError as error:
        raise DataError(mask.findings(error.findings, None, framework)) from None
    return replace(dataset, findings=tuple(mask.findings(dataset.findings, None, framework)))
