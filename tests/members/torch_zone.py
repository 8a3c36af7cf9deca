"""One zone of four enterprises in two years, with figures small enough to be added up by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

NOTHING: dict[str, Any] = {
    **dict.fromkeys(("qd01", "qd03", "qd08", "qd18", "qd25", "sumqh40_rd"), 0.0),
    **dict.fromkeys(("qc02", "qc05_0", "qc11", "qc11_1", "qc12", "qc41", "qc51", "qc61", "qc62"), 0.0),
    **dict.fromkeys(("qc120", "qc221", "qc225", "qc226", "qc229"), 0.0),
    **dict.fromkeys(("qj23_1", "qj23_2", "qj23_5", "qj23_6", "qj23_7", "qj250", "qj251"), 0.0),
    **dict.fromkeys(("sumqh51_yf", "sumqh51_nb", "qj33_1", "qj33_2", "qj33_3", "qj33_4", "qj59", "qj61"), 0.0),
    **dict.fromkeys(("qj56", "qj57", "qj57_2", "qj73", "qj79", "qj79_2", "qj80", "qj90", "qj98_1", "qb11"), 0.0),
    "qb18_1": "2.外资控股", "qb15_11": "2.未上市", "gbt05": "I65", "gbt13": "其他", "gbt34": "其他", "park": "一区",
    "qb15_2": None,
}  # fmt: skip
"""A return with nothing in it: 0 everywhere, no class of industry, not listed."""

MAKER: dict[str, Any] = {
    **NOTHING,
    "qd01": 600, "qd03": 2, "qd08": 50, "qd18": 100, "qd25": 4, "sumqh40_rd": 60,
    # 800 million yuan, R&D of 40 million: an intensity of exactly 5 %.
    "qc05_0": 800_000, "qc02": 700_000, "qc11": 90_000, "qc11_1": 10_000, "qc12": 80_000, "qc41": 5_000,
    # Value added: 100 000 - 10 000 - 5 000 + 20 000 + 15 000 + 60 000 + 20 000 = 200 000.
    "qc221": 100_000, "qc229": 10_000, "qc225": 5_000, "qc120": 20_000, "qc62": 15_000, "qc51": 60_000,
    "qc61": 20_000,
    # R&D: (1 + 2 + 3 + 4 + 5 + 20 + 0.1 x (70 - 20)) x 1000 = 40 000, times 90 / 90.
    "qj23_1": 1_000, "qj23_2": 2_000, "qj23_6": 3_000, "qj23_7": 4_000, "qj23_5": 5_000,
    "qj251": 20_000, "qj250": 70_000, "sumqh51_yf": 90_000, "sumqh51_nb": 90_000,
    "qj33_1": 100, "qj33_2": 200, "qj33_3": 300, "qj33_4": 400, "qj59": 500, "qj61": 500,
    "qj56": 7, "qj57": 5, "qj73": 20, "qj79": 10, "qj80": 3_000, "qj57_2": 1, "qj79_2": 2, "qj90": 1, "qj98_1": 0,
    "qb11": 1, "qb18_1": "1.内资控股", "gbt05": "C39", "gbt13": "电子", "gbt34": "数字产业", "qc226": 0,
}  # fmt: skip
DESIGNER: dict[str, Any] = {
    **NOTHING,
    "qd01": 300, "qd03": 3, "qd08": 30, "qd18": 60, "qd25": 1, "sumqh40_rd": 30,
    # 600 million yuan, R&D of 36 million: 6 %.
    "qc05_0": 600_000, "qc11": 10_000, "qc11_1": 10_000, "qc12": 20_000, "qc51": 40_000, "qc221": 60_000,
    # R&D: 72 000 x 45 / 90.
    "qj23_1": 72_000, "sumqh51_yf": 45_000, "sumqh51_nb": 90_000,
    "qj56": 1, "qj57": 1, "qj73": 5, "qj79": 15, "qj80": 6_000, "qj79_2": 4, "qj98_1": 1, "qc226": 9_000,
    "qb11": 1, "qb18_1": "1.内资控股", "gbt13": "高技术服务业", "qb15_11": "1.上市", "qb15_2": 2024,
}  # fmt: skip
FOREIGN: dict[str, Any] = {
    **NOTHING,
    "qd01": 100, "qc05_0": 100_000, "qc11": 20_000, "qc12": -10_000, "qc51": 5_000, "qc221": 5_000,
    # Spending, yet no internal projects: the table takes the division by zero for 0.
    "qj23_1": 50_000, "qj90": 3, "qj57_2": 1, "qj98_1": 2, "gbt05": "D44", "qc41": 1_000,
    "qb15_11": "1.上市", "qb15_2": 2023,
}  # fmt: skip
LEFT: dict[str, Any] = {**NOTHING, "qd01": 200, "qc05_0": 300_000, "qc51": 20_000, "qc221": 40_000, "qb11": 1}


def returns(zone: str = "甲区") -> pd.DataFrame:
    """The returns of 2023 (the maker smaller, the foreign one as it is, and one that leaves) and of 2024."""
    smaller = MAKER | {"qd01": 500, "qc05_0": 500_000, "qc02": 400_000}
    filed = [("M", 2023, smaller), ("F", 2023, FOREIGN), ("L", 2023, LEFT)]
    filed += [("M", 2024, MAKER), ("D", 2024, DESIGNER), ("F", 2024, FOREIGN)]
    rows = [
        {"统一社会信用代码": CODES[name], "year": year, "zone": zone, "name": name, **cells}
        for name, year, cells in filed
    ]
    return pd.DataFrame(rows)


CODES = {"M": "91000000MA0000001R", "D": "91000000MA0000002W", "F": "91000000MA00000030", "L": "91000000MA00000043"}
