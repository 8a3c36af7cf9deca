"""Measure returns -> zones -> ranking -> contributions beside the same sums written by hand in Polars: whole processes.

The returns are synthetic: 230,000 enterprises in two years, 178 zones. The Polars program reads the same columns of the
same file, makes the same 40 sums by zone and year, and the 28 indicators of them; it checks nothing, joins no years by
enterprise, ranks nobody and computes no contribution. The sums of both are compared.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import parkscore as ps
from parkscore.sampling.streaming import sample_file

ROWS, ZONES = 460_000, 178
WEIGHTS = "zone-2021-equal-within"
MEASURE = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
SUMS = """
import sys
import parkscore as ps
members = ps.from_returns("zone-2021", sys.argv[1], zones=sys.argv[2])
"""
RANKING = f"""
evaluation = members.evaluate("{WEIGHTS}")
evaluation.ranking
"""
CONTRIBUTIONS = """
members.contributions(evaluation).write_parquet(sys.argv[3], {})
"""
TABLE = """
members.table.to_parquet(sys.argv[3])
"""
POLARS = r"""
import sys
import polars as pl
file = pl.scan_parquet(sys.argv[1])
headers = {name.split("(")[0]: name for name in file.collect_schema().names()}
named = NAMED
c = {field: pl.col(headers[name]) for field, name in named.items()}
zone, year = pl.col(headers["所属高新区"]), pl.col(headers["年份"])
rd = pl.when(c["sumqh51_nb"] == 0).then(0.0).otherwise(
    (c["qj23_1"] + c["qj23_2"] + c["qj23_6"] + c["qj23_7"] + c["qj23_5"] + c["qj251"] + (c["qj250"] - c["qj251"]) * 0.1)
    * (c["sumqh51_yf"] / c["sumqh51_nb"]))
added = c["qc221"] - c["qc229"] - c["qc225"] + c["qc120"] + c["qc62"] + c["qc51"] + c["qc61"]
industry = c["gbt05"].str.slice(0, 1).is_in(["B", "C", "D"])
own = c["qb18_1"] == "1.内资控股"
revenue = c["qc05_0"]
sums = {name: c[name] for name in
        "qd01 qd03 qd08 qd18 qd25 sumqh40_rd qc05_0 qc02 qc12 qc51 qc11 qc11_1 qj33_1 qj33_2 qj33_3 qj33_4 qj59 qj61 "
        "qj56 qj57 qj73 qj79 qj80".split()}
sums |= {"sumqh51_rd": rd, "qz001": added,
    "qz001_gy": pl.when(industry).then(added).otherwise(0), "qc41_gy": pl.when(industry).then(c["qc41"]).otherwise(0),
    "qc11_gq": pl.when(c["qb11"] == 1).then(c["qc11"]).otherwise(0),
    "qc05_0_gf": pl.when(c["gbt13"] == "高技术服务业").then(revenue).otherwise(0),
    "qc05_0_sz": pl.when(c["gbt34"] == "数字产业").then(revenue).otherwise(0),
    "qc05_0_qt": pl.when(c["qc02"] == 0).then(revenue).otherwise(0),
    "qc05_0_rd5": pl.when((revenue > 0) & (rd / revenue >= 0.05)).then(revenue).otherwise(0),
    "qb11num": c["qb11"] == 1, "qc05_rd5": (revenue > 500000) & (rd / revenue > 0.05), "qc226_qy": c["qc226"] > 0,
    "qb15_xssqy": (c["qb15_11"] == "1.上市") & (c["qb15_2"] == year), "qj90_qy": own & (c["qj90"] > 0),
    "qj57_2_qy": own & (c["qj57_2"] > 0), "qj79_2_qy": own & (c["qj79_2"] > 0), "qj98_1_qy": own & (c["qj98_1"] > 0)}
groups = file.filter(zone.is_not_null()).group_by(zone.alias("unit"), year.alias("year"))
table = groups.agg(**{name: each.sum() for name, each in sums.items()})
table = table.collect(engine="streaming").sort("unit", "year")
before = table.select("unit", pl.col("year") + 1, *(pl.col(name).alias("sn_" + name) for name in sums))
t = table.join(before, on=["unit", "year"], how="left")
p = pl.col
indicators = t.select("unit", "year", a=p("sumqh40_rd") / p("qd01"), b=p("sumqh51_rd") / p("qc05_0"),
    c=p("qj57") / p("qd01"), d=p("qj56") / p("sumqh51_rd"), e=p("qc05_0_gf") / p("qc05_0"),
    f=(p("qd08") + p("qd18")) / p("qd01"), g=p("qj80") / p("qd01"), h=p("qc05_0") - p("sn_qc05_0"),
    i=p("qc12") / p("qc05_0"), j=p("qb11num").cast(pl.Int64) - p("sn_qb11num").cast(pl.Int64), k=p("qc226_qy"),
    l=(p("qj73") + p("qj79")) / p("qc05_0"), m=p("qz001") / (p("qc02") + p("qc05_0_qt")),
    n=p("qc41_gy") / p("qz001_gy"),
    o=p("qd01") - p("sn_qd01"), q=p("qc51") / p("qz001"), r=p("qj90_qy"),
    s=(p("qj33_1") + p("qj33_2") + p("qj33_3") + p("qj33_4") + p("qj59") + p("qj61")) / p("qc05_0"),
    u=p("qj79_2_qy") + p("qj57_2_qy"), v=p("qj98_1_qy"), w=p("qc11_1") / p("qc11"), x=p("qc11_gq") / p("qc05_0"),
    y=(p("qd25") + p("qd03")) / p("qd01"), z=(p("qz001") / p("qd01")) / (p("sn_qz001") / p("sn_qd01")) - 1,
    aa=p("qc05_0_rd5") / p("qc05_0"), bb=p("qc05_0_sz") / p("qc05_0"), cc=p("qb15_xssqy"), dd=p("qc05_rd5"))
table.write_parquet(sys.argv[3])
"""
HEAD = "| program | seconds | processor, s | peak memory, MiB |\n| --- | --- | --- | --- |"


def main(rounds: int = 2) -> None:
    """Print the best of some rounds of each program, and how far the sums of both lie apart."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        returns, zones = folder / "returns-synthetic.parquet", folder / "zones-synthetic.csv"
        sample_file("torch-returns", returns, ROWS, zones=ZONES, seed=0)
        _other_fields(zones)
        programs = {
            "Polars, by hand: sums and indicators": POLARS.replace("NAMED", repr(_headers())) + MEASURE,
            "parkscore: sums": SUMS + TABLE + MEASURE,
            "parkscore: sums and ranking": SUMS + RANKING + MEASURE,
            "parkscore: sums, ranking, contributions": SUMS + RANKING + CONTRIBUTIONS + MEASURE,
        }
        found: dict[str, list[tuple[float, float, float]]] = {title: [] for title in programs}
        for _ in range(rounds):
            for number, (title, program) in enumerate(programs.items()):
                out = folder / f"{number}.parquet"
                found[title].append(_measured(program, [str(returns), str(zones), str(out)]))
        print(HEAD)
        for title, runs in found.items():
            seconds, processor, memory = (min(column) for column in zip(*runs, strict=True))
            print(f"| {title} | {seconds:.2f} | {processor:.2f} | {memory:.0f} |")
        print(
            f"\nthe sums of both differ by at most {_apart(folder / '0.parquet', folder / '1.parquet'):.1e} of a value"
        )


def _headers() -> dict[str, str]:
    """The header, without its measure, of each raw field."""
    fields = ps.load_framework("torch-returns").fields
    return {name: field.label.zh for name, field in fields.items() if field.formula is None}


def _other_fields(file: Path) -> None:
    """The fields of zones that no return gives."""
    frame = ps.sample("zone-2021", units=ZONES, years=2, seed=0)
    fields = ps.load_framework("zone-2021").fields.items()
    summed = {each for name, field in fields if field.members is not None for each in (name, field.zh)}
    frame.drop(columns=[column for column in frame if column.split("(")[0] in summed]).to_csv(file, index=False)


def _measured(program: str, arguments: list[str]) -> tuple[float, float, float]:
    begin = time.perf_counter()
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603  # own command
    seconds = time.perf_counter() - begin
    processor, memory = map(float, done.stdout.split())
    return seconds, processor, memory


def _apart(theirs: Path, ours: Path) -> float:
    """The largest difference of two sums, as a share of the larger."""
    one, other = (pd.read_parquet(file).sort_values(["unit", "year"]) for file in (theirs, ours))
    names = [name for name in one if name not in ("unit", "year")]
    left, right = (frame[names].to_numpy(dtype=float) for frame in (one, other))
    return float((np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), 1)).max())


if __name__ == "__main__":
    main()
