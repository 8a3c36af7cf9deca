"""Sum returns to zones, rank these, and take each enterprise out once, by hand in Polars: the job of `bench_scale.py`.

Run as `python members_in_polars.py RETURNS.parquet ZONES.csv RANKING.parquet CONTRIBUTIONS.parquet`. It does what the
contributions of `parkscore members` do for `zone-2021`, and knows, in place of a framework, every column and formula by
heart. It checks nothing, and its sums depend on their order.
"""

import sys

import polars as pl
from polars import col

YEAR = 2024
KEYS = {"enterprise": "统一社会信用代码", "year": "年份", "name": "企业名称", "zone": "所属高新区", "part": "所属分园"}
AMOUNTS = {  # in 千元
    "qc05_0": "营业收入", "qc02": "工业总产值", "qc51": "职工薪酬", "qc11": "出口总额", "qc11_1": "技术服务出口额",
    "qc12": "企业利润", "qc226": "获得风险投资额", "sumqh51_nb": "内部项目经费合计",
    "sumqh51_yf": "内部研发项目经费合计", "qj80": "技术合同成交额",
    **{name: f"增加值组成项_{name}" for name in ("qc61", "qc62", "qc120", "qc221")},
    **{name: f"增加值扣除项_{name}" for name in ("qc225", "qc229")},
    **{name: f"研发经费组成项_{name}" for name in ("qj23_1", "qj23_2", "qj23_5", "qj23_6", "qj23_7", "qj250", "qj251")},
    **{name: f"技术引进与合作经费_{name}" for name in ("qj33_1", "qj33_2", "qj33_3", "qj33_4", "qj59", "qj61")},
}  # fmt: skip
OTHERS = {
    "qb11": "是否高新技术企业", "qd01": "年末从业人员(人)", "qd03": "留学归国人员(人)",
    "qd08": "本科及以上学历人员_qd08(人)", "qd18": "本科及以上学历人员_qd18(人)", "qd25": "外籍常驻人员(人)",
    "sumqh40_rd": "研发人员全时当量(人年)", "qc41": "综合能耗(吨标准煤)", "qb18_1": "控股情况", "qb15_11": "上市情况",
    "qb15_2": "上市年份", "gbt05": "国民经济行业代码", "gbt13": "高技术产业分类", "gbt34": "数字产业分类",
    "qj56": "发明专利申请数(件)", "qj57": "发明专利授权数(件)", "qj57_2": "境外发明专利授权数(件)",
    "qj73": "有效发明专利数(件)", "qj79": "注册商标数(件)", "qj79_2": "境外注册商标数(件)",
    "qj90": "境外研发机构数(个)", "qj98_1": "主导制定国际标准数(项)",
}  # fmt: skip
SUMMED = [
    "qd01", "qd03", "qd08", "qd18", "qd25", "sumqh40_rd", "qc05_0", "qc02", "qc12", "qc51", "qc11", "qc11_1", "qj33_1",
    "qj33_2", "qj33_3", "qj33_4", "qj59", "qj61", "qj56", "qj57", "qj73", "qj79", "qj80",
]  # fmt: skip
BEFORE = ("qc05_0", "qb11num", "qd01", "qz001")  # what is compared with the year before
OTHER_INDICATORS = {  # by the column in which the zones give it
    "1.1": "国家级和省级研发机构数(家)", "1.6": "国家级创业服务机构数(家)", "1.7": "当年新注册企业数(家)",
    "1.8": "当年登记入信息库的科技型中小企业数(家)",
    "1.9": "当年孵化器、加速器和大学科技园内新增在孵企业数(家)", "1.10": "区级创业氛围评分(分)",
    "2.10": "区产业创新政策评分(分)", "3.2": "区二氧化碳排放量增长率(%)", "3.3": "区总绿地率(%)",
    "3.4": "区各级医院和各类学校数(所)", "3.7": "从业人员月工资与房价占比(%)", "3.8": "区当年可支配财力(千元)",
    "3.9": "区人与生态评分(分)", "5.1": "区全口径增加值占所在城市GDP比例(%)", "5.5": "新晋高成长(瞪羚)企业数(家)",
    "5.8": "拥有国家级研发机构的企业数(家)", "5.9": "区依法合规建设评分(分)", "5.10": "区数据统计精准度评分(分)",
}  # fmt: skip
DIMENSIONS = {"1": 0.2, "2": 0.2, "3": 0.15, "4": 0.15, "5": 0.3}
LOWER_IS_BETTER = ("3.1", "3.2")


def main(returns: str, zones: str, ranking: str, contributions: str) -> None:
    """From the returns to the ranking and to what each enterprise contributes."""
    filed = pl.scan_parquet(returns).select(**KEYS_AND_FIELDS).filter(col("zone").is_not_null())
    filed = filed.select(*KEYS, **ADDENDS).collect(engine="streaming")
    sums = filed.group_by("zone", "year").agg(col(*ADDENDS).sum())
    now = sums.filter(col("year") == YEAR)
    before = sums.filter(col("year") == YEAR - 1).select("zone", **{f"{name}_before": col(name) for name in BEFORE})
    given = pl.read_csv(zones).filter(col("年份") == YEAR).select(zone="高新区", **OTHER_INDICATORS)
    table = now.join(before, on="zone", how="left").with_columns(**INDICATORS).join(given, on="zone")
    table = scored(table, {name: (table[name].min(), table[name].max()) for name in [*INDICATORS, *OTHER_INDICATORS]})
    table = table.with_columns(rank=col("score").round(9).rank("min", descending=True).cast(pl.Int64))
    table.sort("rank", "zone").write_parquet(ranking)
    taken_out(filed, table).write_parquet(contributions)


def scored(table: pl.DataFrame, ends: dict[str, tuple[float, float]]) -> pl.DataFrame:
    """Beside the indicators the scores 0 to 100 of them, of the dimensions and in all."""
    scores = {}
    for name, (low, high) in ends.items():
        best, worst = (low, high) if name in LOWER_IS_BETTER else (high, low)
        scores[f"s{name}"] = ((col(name) - worst) / (best - worst) * 100).clip(0, 100).fill_nan(None)
    means = {
        f"s{name}": pl.mean_horizontal(each for each in scores if each.startswith(f"s{name}.")) for name in DIMENSIONS
    }
    total = pl.sum_horizontal(col(f"s{name}") * weight for name, weight in DIMENSIONS.items())
    return table.with_columns(**scores).with_columns(**means).with_columns(score=total)


def taken_out(filed: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """What each zone has, less what it would have without the returns of one enterprise."""
    own = filed.filter(col("year") == YEAR).drop("year")
    past = filed.filter(col("year") == YEAR - 1)
    past = past.select(
        "zone", "enterprise", name_before="name", part_before="part", **{f"{name}_before": name for name in BEFORE}
    )
    pairs = own.join(past, on=["zone", "enterprise"], how="full", coalesce=True)
    pairs = pairs.join(table, on="zone", suffix="_of_zone")
    summed = [*ADDENDS, *(f"{name}_before" for name in BEFORE)]
    other = pairs.select(
        "zone",
        *OTHER_INDICATORS,
        **{name: col(f"{name}_of_zone") - col(name).fill_null(0) for name in summed},
    ).with_columns(**INDICATORS)
    ends = {name: (table[name].min(), table[name].max()) for name in [*INDICATORS, *OTHER_INDICATORS]}
    other = scored(other, ends)
    ascending = table["score"].round(9).sort()
    without = other["score"].round(9)
    above = len(ascending) - ascending.search_sorted(without, side="right")
    above = above.cast(pl.Int64) - (pairs["score"].round(9) > without)  # not itself
    filed_in = pl.when(col("name").is_null()).then(pl.lit("earlier"))
    filed_in = filed_in.when(col("name_before").is_null()).then(pl.lit("this_year")).otherwise(pl.lit("both"))
    nodes = [f"s{name}" for name in [*DIMENSIONS, *INDICATORS]]
    return pairs.select(
        "enterprise",
        "zone",
        "rank",
        name=pl.coalesce("name", "name_before"),
        part=pl.coalesce("part", "part_before"),
        filed=filed_in,
        rank_without=above + 1,
        **{name: col(name) - other[name] for name in ["score", *nodes, *INDICATORS]},
    )


def _addends() -> dict[str, pl.Expr]:
    """What a return adds to each field of its zone."""
    research = sum((col(f"qj23_{part}") for part in (1, 2, 6, 7, 5)), start=col("qj251"))
    research = research + (col("qj250") - col("qj251")) * 0.1
    research = pl.when(col("sumqh51_nb") == 0).then(0.0).otherwise(research * (col("sumqh51_yf") / col("sumqh51_nb")))
    added = col("qc221") - col("qc229") - col("qc225") + col("qc120") + col("qc62") + col("qc51") + col("qc61")
    industry = col("gbt05").str.slice(0, 1).is_in(["B", "C", "D"])
    domestic = col("qb18_1") == "1.内资控股"
    revenue = col("qc05_0")
    only = {
        "qz001_gy": (industry, added),
        "qc41_gy": (industry, col("qc41")),
        "qc11_gq": (col("qb11") == 1, col("qc11")),
        "qc05_0_gf": (col("gbt13") == "高技术服务业", revenue),
        "qc05_0_sz": (col("gbt34") == "数字产业", revenue),
        "qc05_0_qt": (col("qc02") == 0, revenue),
        "qc05_0_rd5": ((revenue > 0) & (research / revenue >= 0.05), revenue),
    }
    counted = {
        "qb11num": col("qb11") == 1,
        "qc05_rd5": (revenue > 500000) & (research / revenue > 0.05),
        "qc226_qy": col("qc226") > 0,
        "qb15_xssqy": (col("qb15_11") == "1.上市") & (col("qb15_2") == col("year")),
        "qj90_qy": domestic & (col("qj90") > 0),
        "qj57_2_qy": domestic & (col("qj57_2") > 0),
        "qj79_2_qy": domestic & (col("qj79_2") > 0),
        "qj98_1_qy": domestic & (col("qj98_1") > 0),
    }
    sums = {name: col(name).cast(pl.Float64) for name in SUMMED} | {"sumqh51_rd": research, "qz001": added}
    sums |= {name: pl.when(where).then(amount).otherwise(0) for name, (where, amount) in only.items()}
    return sums | {name: where.cast(pl.Float64) for name, where in counted.items()}


def _indicators() -> dict[str, pl.Expr]:
    """The 28 that follow from returns, in the measures of `zone-2021`."""
    revenue, staff, added = col("qc05_0"), col("qd01"), col("qz001")
    imported = sum((col(name) for name in ("qj33_2", "qj33_3", "qj33_4", "qj59", "qj61")), start=col("qj33_1"))
    return {
        "1.2": col("sumqh40_rd") / staff * 100,
        "1.3": col("sumqh51_rd") / revenue * 100,
        "1.4": col("qj57") / staff * 1e4,
        "1.5": col("qj56") / col("sumqh51_rd") * 1e4,
        "2.1": col("qc05_0_gf") / revenue * 100,
        "2.2": (col("qd08") + col("qd18")) / staff * 100,
        "2.3": col("qj80") / staff / 10,
        "2.4": (revenue - col("qc05_0_before")) / 1e5,
        "2.5": col("qc12") / revenue * 100,
        "2.6": col("qb11num") - col("qb11num_before"),
        "2.7": col("qc226_qy"),
        "2.8": (col("qj73") + col("qj79")) / revenue * 1e7,
        "2.9": added / (col("qc02") + col("qc05_0_qt")) * 100,
        "3.1": col("qc41_gy") / col("qz001_gy") * 10,
        "3.5": (staff - col("qd01_before")) / 1e4,
        "3.6": col("qc51") / added * 100,
        "4.1": col("qj90_qy"),
        "4.2": imported / revenue * 100,
        "4.3": col("qj79_2_qy") + col("qj57_2_qy"),
        "4.4": col("qj98_1_qy"),
        "4.5": col("qc11_1") / col("qc11") * 100,
        "4.6": col("qc11_gq") / revenue * 100,
        "4.7": (col("qd25") + col("qd03")) / staff * 100,
        "5.2": ((added / staff) / (col("qz001_before") / col("qd01_before")) - 1) * 100,
        "5.3": col("qc05_0_rd5") / revenue * 100,
        "5.4": col("qc05_0_sz") / revenue * 100,
        "5.6": col("qb15_xssqy"),
        "5.7": col("qc05_rd5"),
    }


KEYS_AND_FIELDS = KEYS | {name: f"{header}(千元)" for name, header in AMOUNTS.items()} | OTHERS
ADDENDS = _addends()
INDICATORS = _indicators()
if __name__ == "__main__":
    main(*sys.argv[1:5])
