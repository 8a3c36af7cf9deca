"""Measure what enterprises cost one by one: contributions, missing returns and what-if of zone-2021, in processor time.

The returns are synthetic: 460,000 of two years in 178 zones. The fields that no return gives are drawn.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import parkscore as ps

RETURNS, ZONES, WEIGHTS = 460_000, 178, "zone-2021-equal-within"


def main() -> None:
    """Print a row for each question that is asked about enterprises."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "returns-synthetic.parquet"
        ps.sample_file("torch-returns", source, RETURNS, years=2, zones=ZONES, seed=1)
        members = ps.from_returns("zone-2021", source, zones=_zones(ps.from_returns("zone-2021", source)))
        evaluation = members.evaluate(WEIGHTS)
        made = members.contributions(evaluation)
        some = made.frame(made.rows[:100])["enterprise"].unique().tolist()
        print(f"{len(made):,} enterprises in zones\n\n| question | processor, s |\n| --- | --- |")
        _print("contributions", lambda: [made.effects(own) for own in np.array_split(made.rows, 16)])
        _print("the same, written as Parquet", lambda: made.write_parquet(Path(folder) / "c.parquet", {}))
        _print("missing returns and cells", lambda: members.missing_returns(evaluation))
        _print("what if 100 were dropped", lambda: members.what_if(evaluation, drop=some).ranking)
    print(f"\npeak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _zones(members: ps.Members) -> pd.DataFrame:
    """The fields that no return gives."""
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"zone": members.summed.zone_names, "year": members.summed.year})
    for name, field in members.framework.fields.items():
        if field.members is None and field.formula is None:
            frame[name] = np.round(generator.random(len(frame)) * 50, 1)
    return frame


def _print(question: str, ask: Callable[[], object]) -> None:
    begin = time.process_time()
    ask()
    print(f"| {question} | {time.process_time() - begin:.2f} |", flush=True)


if __name__ == "__main__":
    main()
