"""What docs/clusters.md has Spark run gives the scores of the same rows in one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps

DOCS = Path(__file__).resolve().parents[1] / "docs"


def map_in_pandas(frame: pd.DataFrame, function: Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]) -> Any:
    """What `mapInPandas` of Spark does: the function gets the batches of a partition, some of them empty."""
    partitions = [[frame[:70], frame[70:70]], [frame[70:107], frame[107:]], []]
    return pd.concat([batch for each in partitions for batch in function(iter(each))], ignore_index=True)


def test_the_recipe_for_spark_gives_the_scores_of_the_whole_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    framework = re.search(r"```yaml\n(.*?)```", (DOCS / "scale.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    recipe = re.search(
        r"```python\n(import parkscore .*?)```", (DOCS / "clusters.md").read_text("utf-8"), flags=re.DOTALL
    )
    assert framework is not None
    assert recipe is not None
    Path("points.yaml").write_text(framework[1], encoding="utf-8")
    frame = ps.sample("points.yaml", 100)
    ps.evaluate("points.yaml", frame, year=2023).freeze("ref-2023.json")
    own: dict[str, Any] = {}
    exec(recipe[1], own)  # noqa: S102 - the code of our own page
    found = map_in_pandas(frame, own["scored"]).sort_values(["unit", "year"], ignore_index=True)
    wanted = ps.evaluate("points.yaml", frame, reference="ref-2023.json").scores
    wanted = wanted.sort_values(["unit", "year"], ignore_index=True)
    assert len(found) == 200
    assert wanted["score"].notna().sum() > 190
    pd.testing.assert_frame_equal(found, wanted[list(found)], check_exact=True)
