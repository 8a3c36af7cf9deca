"""Open a data set without telling in its findings whose rows it has."""

from __future__ import annotations

import os
from dataclasses import replace

from parkscore.data.batches import read_once_more
from parkscore.data.datasets import Dataset, open_dataset
from parkscore.data.masking import Mask
from parkscore.findings import DataError
from parkscore.framework.models import Framework


def open_masked(source: str | os.PathLike[str], framework: Framework, mask: Mask | None) -> tuple[Dataset, Mask | None]:
    """As `open_dataset`, with no id or name in what is found in the headers, or in the names of files that are told.

    mask: None to open it as it is. Returns the mask, too, which knows what stands in the names of the files then: the
    ids and names of all rows are looked through for that, a piece at a time.
    Raises DataError and UsageError as `open_dataset` does.
    """
    if mask is None:
        return open_dataset(source, framework), None
    try:
        dataset = open_dataset(source, framework)
        rows = read_once_more(dataset, dataset.pieces(), mask.hidden_fields(framework))
        knowing = mask.knowing(rows, [dataset.source, *(file.path for file in dataset.files)], framework)
    except DataError as error:
        raise DataError(mask.findings(error.findings, None, framework)) from None
    return replace(dataset, findings=tuple(knowing.findings(dataset.findings, None, framework))), knowing
