"""Say in a sentence how firm the rank of a unit is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from parkscore.language import Text

BESIDE: Final = 3
"""How many ranks away the units are that one is held beside."""


def verdict(unit: str, ranks: Mapping[str, int], interval: tuple[int, int], above: Mapping[str, float]) -> Text:
    """The rank of a unit, the ranks of nine draws in ten, and how often it stands above others.

    ranks: of the evaluation. interval: the ranks that 5 % and 95 % of the draws do not exceed. above: by other unit the
    share of draws.

    >>> verdict("甲", {"甲": 14, "乙": 17}, (9, 19), {"乙": 0.714}).en
    'rank 14; 9 to 19 in nine draws of ten; above 乙 (rank 17) in 71%'
    """
    low, high = interval
    chinese = [f"第 {ranks[unit]} 名", f"九成抽样中在第 {low} 至第 {high} 名"]
    english = [f"rank {ranks[unit]}", f"{low} to {high} in nine draws of ten"]
    for other, share in above.items():
        chinese.append(f"{share:.0%} 的抽样中高于第 {ranks[other]} 名 {other}")
        english.append(f"above {other} (rank {ranks[other]}) in {share:.0%}")
    return Text("；".join(chinese), "; ".join(english))


def near(names: Sequence[str], unit: str) -> list[str]:
    """The units some ranks above and below one; names: by rank.

    >>> near(["甲", "乙", "丙", "丁"], "丁")
    ['甲']
    """
    place = list(names).index(unit)
    return [names[other] for other in (place - BESIDE, place + BESIDE) if 0 <= other < len(names)]
