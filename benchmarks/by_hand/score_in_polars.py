"""Score enterprises by hand in Polars: the job of `bench_scale.py` without a framework, a check or a reason for a gap.

Run as `python score_in_polars.py IN.parquet OUT.parquet`.
"""

import sys

import polars as pl

FIELDS = [f"x{number}" for number in range(18)]
WEIGHTS = {
    "seed": [1 + number % 3 for number in range(18)],
    "growth": [1 + (number + 1) % 3 for number in range(18)],
    "mature": [1 + (number + 2) % 3 for number in range(18)],
}


def main(source: str, target: str) -> None:
    """Read, score and write."""
    names = ["unit", "stage", "score", "rank", "class_rank", "park", "rank_in_park"]
    names += [f"i{number}" for number in range(18)]
    scored(pl.scan_parquet(source)).select(*names, *FIELDS).collect().write_parquet(target)


def scored(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Scale within each stage, weigh what is there, rank overall, in the stage and in the park."""
    ends = [end for x in FIELDS for end in (pl.col(x).min().alias(f"{x}_low"), pl.col(x).max().alias(f"{x}_high"))]
    shares = {f"w{number}": [own[number] / sum(own) for own in WEIGHTS.values()] for number in range(18)}
    weights = pl.DataFrame({"stage": list(WEIGHTS)} | shares).lazy()
    rows = rows.join(rows.group_by("stage").agg(ends), on="stage").join(weights, on="stage")
    rows = rows.with_columns(
        ((pl.col(x) - pl.col(f"{x}_low")) / (pl.col(f"{x}_high") - pl.col(f"{x}_low")) * 100).alias(f"i{number}")
        for number, x in enumerate(FIELDS)
    )
    points = pl.sum_horizontal(pl.col(f"i{number}") * pl.col(f"w{number}") for number in range(18))
    weight = pl.sum_horizontal(pl.col(f"i{number}").is_not_null() * pl.col(f"w{number}") for number in range(18))
    score = pl.col("score").round(9)
    return rows.with_columns(score=points / weight).with_columns(
        rank=score.rank("min", descending=True),
        class_rank=score.rank("min", descending=True).over("stage"),
        rank_in_park=score.rank("min", descending=True).over("park"),
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
