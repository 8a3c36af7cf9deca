"""Say in a sentence how firm the rank of a unit is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from parkscore.language import Text

BESIDE: Final = 3
"""How many ranks away the units are that one is held beside."""


def verdict(
    unit: str,
    ranks: Mapping[str, int],
    interval: tuple[int | None, int | None],
    above: Mapping[str, float],
    unranked: float = 0.0,
) -> Text:
    """The rank of a unit, the ranks of nine draws in ten, and how often it has none and stands above others.

    ranks: of the evaluation. interval: the ranks that 5 % and 95 % of the draws do not exceed, None where more of them
    give it no rank. above: by other unit the share of draws. unranked: the share of draws in which it has no rank.

    >>> verdict("甲", {"甲": 14, "乙": 17}, (9, 19), {"乙": 0.714}).en
    'rank 14; between 9 and 19 in nine draws of ten; above 乙 (rank 17) in 71%'
    """
    chinese, english = [f"第 {ranks[unit]} 名"], [f"rank {ranks[unit]}"]
    within = _within(*interval)
    if within is not None:
        chinese.append(f"九成抽样中{within.zh}")
        english.append(f"{within.en} in nine draws of ten")
    if unranked > 0:
        said = _of_draws(unranked)
        chinese.append(f"{said.zh}的抽样中没有位次")
        english.append(f"no rank in {said.en} of the draws")
    for other, share in above.items():
        said = _of_draws(share)
        chinese.append(f"{said.zh}的抽样中高于第 {ranks[other]} 名 {other}")
        english.append(f"above {other} (rank {ranks[other]}) in {said.en}")
    return Text("；".join(chinese), "; ".join(english))


def _of_draws(share: float) -> Text:
    """A share in per cent; none and all are said only where they are."""
    if 0 < share < 0.005:
        return Text("不到 1% ", "less than 1%")
    if 0.995 <= share < 1:
        return Text("99% 以上", "more than 99%")
    return Text(f"{share:.0%} ", f"{share:.0%}")


def _within(low: int | None, high: int | None) -> Text | None:
    """Where a unit stands in nine draws of ten, None where that is anywhere or nowhere."""
    if low is None or (low == 1 and high is None):
        return None
    if high is None:
        return Text(f"在第 {low} 名或以后，或不排名", f"at rank {low} or lower, or not ranked,")
    if low == high:
        return Text(f"在第 {low} 名", f"at rank {low}")
    return Text(f"在第 {low} 至第 {high} 名", f"between {low} and {high}")


def near(names: Sequence[str], unit: str) -> list[str]:
    """The units some ranks above and below one; names: by rank.

    >>> near(["甲", "乙", "丙", "丁"], "丁")
    ['甲']
    """
    return [names[other] for other in near_places(list(names).index(unit), len(names))]


def near_places(place: int, count: int) -> list[int]:
    """The places some ranks above and below one, of so many."""
    return [other for other in (place - BESIDE, place + BESIDE) if 0 <= other < count]
