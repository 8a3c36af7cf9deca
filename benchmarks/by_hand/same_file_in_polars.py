"""As `score_in_polars.py`, and what `parkscore score` does besides: the same columns, and what it looks at and counts.

Run as `python same_file_in_polars.py IN.parquet OUT.parquet`. It writes the reason for each gap, and a status; it
refuses a unit that is there twice, and numbers that are none; it takes the digest of the data, and counts and means by
stage. Still without a framework, and without the words for what is wrong.
"""

import hashlib
import json
import sys
from pathlib import Path

import polars as pl
from score_in_polars import FIELDS, scored

MISSING = pl.Enum(["missing"])
STATUS = pl.Enum(["ranked"])
NOTE = pl.Enum(["weights are assumed: bench-by-stage"])
INDICATORS = [f"i{number}" for number in range(len(FIELDS))]


def main(source: str, target: str) -> None:
    """Score, check, count and write."""
    reasons = [pl.when(pl.col(x).is_null()).then(pl.lit("missing", dtype=MISSING)).alias(f"state:{x}") for x in FIELDS]
    ranked = scored(pl.scan_parquet(source)).select(
        *("unit", "stage", "score", "rank", "class_rank", "park", "rank_in_park"),
        pl.lit("ranked", dtype=STATUS).alias("status"),
        *INDICATORS,
        pl.lit("weights are assumed: bench-by-stage", dtype=NOTE).alias("note"),
        *(pl.lit(None, dtype=MISSING).alias(f"unranked:{language}") for language in ("zh", "en")),
        *(each for x, reason in zip(FIELDS, reasons, strict=True) for each in (pl.col(x), reason)),
    )
    of_stages = [each for name in ("score", *INDICATORS) for each in (pl.col(name).count(), pl.col(name).mean())]
    named = [each.name.suffix(end) for each, end in zip(of_stages, ("_count", "_mean") * len(of_stages), strict=False)]
    whole, units, finite, by_stage = pl.collect_all(
        [
            ranked,
            ranked.select(pl.col("unit").drop_nulls().n_unique()),
            ranked.select(pl.all_horizontal(pl.col(FIELDS).is_finite().all())),
            ranked.group_by("stage").agg(named),
        ]
    )
    if units.item() < len(whole):
        sys.exit("a unit is missing or there twice")
    if not finite.item():
        sys.exit("a number is infinite")
    with Path(source).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    about = {"sha256": digest, "by stage": by_stage.sort("stage").to_dicts()}
    whole.write_parquet(target, metadata={"about": json.dumps(about)})


if __name__ == "__main__":
    main(*sys.argv[1:3])
