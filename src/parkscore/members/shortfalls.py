"""The indicators in which an enterprise holds its zone back (短板), each with a sentence."""

from __future__ import annotations

from typing import Final

import numpy as np

from parkscore.data.grid import Matrix, Rows, Truths
from parkscore.framework.models import Node
from parkscore.framework.settings import SIGN, Settings, resolve_settings
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.members.contributions import Contributions
from parkscore.members.effects import Effects, Zones
from parkscore.members.reads import adds_up
from parkscore.members.totals import Totals

COLUMNS: Final = (
    *("enterprise", "zone", "id", "zh", "en", "measure", "own", "overall", "contribution", "score"),
    *("sentence_zh", "sentence_en"),
)
# What rounding leaves of the difference of two ratios that are equal.
_NOTHING: Final = 1e-12
_PERCENT: Final = "%"


def shortfalls(made: Contributions, enterprise: str) -> pd.DataFrame:
    """The indicators in which an enterprise holds back each zone where it counts, the greatest loss of score first.

    That is where its contribution is for the worse; and, where the indicator is a sum over enterprises (their number,
    what their revenue grew by), also where it adds nothing. Columns: `enterprise`, `zone`, then of the indicator `id`,
    `zh`, `en`, `measure`, the `own` value of the enterprise alone and the `overall` one of the zone, its `contribution`
    to the value and to the `score` of the indicator, and a sentence in both languages.

    Raises UsageError where no return of the enterprise counts in a zone that was evaluated.
    """
    zones, rows = made.zones, made.rows_of(enterprise)
    places = made.members.zones[rows]
    effects, now, own = made.effects(rows), zones.present(places), _alone(made, rows)
    short = short_of(zones, effects, now)
    entries = [
        (
            *(enterprise, zones.summed.zone_names[places[row]], leaf.id, leaf.label.zh, leaf.label.en, leaf.measure),
            *(own[row, column], now[row, column], effects.values[leaf.id][row], effects.scores[leaf.id][row]),
            *(
                _costs(leaf, effects.scores[leaf.id][row])
                if leaf.is_named
                else _sentence(zones, leaf, own[row, column], now[row, column], effects.values[leaf.id][row])
            ),
        )
        for row in range(len(rows))
        for column, leaf in enumerate(zones.indicators)
        if short[row, column]
    ]
    frame = pd.DataFrame(entries, columns=list(COLUMNS))
    return frame.sort_values("score", kind="stable", na_position="last").reset_index(drop=True)


def short_of(zones: Zones, effects: Effects, now: Matrix) -> Truths:
    """In which indicators a contribution is for the worse, (rows, indicators of `zones`); now: the values of the zones.

    For the worse is downward where higher is better, upward where lower is; otherwise what costs score, as with tiers
    and where the nearest to a value is best.
    """
    settings = resolve_settings(zones.framework)
    short = np.zeros(now.shape, dtype=np.bool_)
    for column, leaf in enumerate(zones.indicators):
        sign = _sign(leaf, settings[leaf.id])
        amount = effects.scores[leaf.id] if sign is None else sign * effects.values[leaf.id]
        least = _NOTHING * np.abs(now[:, column]) if sign is not None else 0.0
        adds_nothing = (np.abs(amount) <= least) & (sign == 1 and adds_up(zones.framework, leaf))
        short[:, column] = (amount < -least) | adds_nothing
    return short


def _sign(leaf: Node, settings: Settings) -> int | None:
    """1 where higher is better, -1 where lower is, None where the score alone can tell."""
    # The number of a tier is none of these, and the rules for what is best in the middle pass over the direction.
    by_score = leaf.is_named or settings.score.name in ("middle", "interval")
    return None if by_score else SIGN.get(str(settings.direction))


def _alone(made: Contributions, rows: Rows) -> Matrix:
    """The value of each indicator as if the zone were the enterprise alone, (rows, indicators of `zones`)."""
    zones = made.zones
    sets = made.members.sets(zones.totals, rows, np.arange(len(rows)), made.members.zones[rows])
    cells = Totals(zones.totals.plan, sets.totals, sets.returns).cells()
    return zones.values_of(zones.outcome(sets.zones, cells))


# --- in words ------------------------------------------------------------------------------------------------------


def _sentence(zones: Zones, leaf: Node, own: float, overall: float, contribution: float) -> Text:
    """What the enterprise has, beside what the zone has; or what it takes away, where that says more."""
    name = Text(f"{leaf.id} {leaf.label.zh}", f"{leaf.id} {leaf.label.en}")
    if adds_up(zones.framework, leaf):
        if abs(contribution) <= _NOTHING * abs(overall):
            return Text(f"{name.zh}：没有贡献", f"{name.en}: adds nothing")
        amount = _amount(abs(contribution), leaf, difference=True)
        if contribution > 0:
            return Text(f"{name.zh}：增加 {amount.zh}", f"{name.en}: adds {amount.en}")
        return Text(f"{name.zh}：减少 {amount.zh}", f"{name.en}: takes {amount.en} away")
    below = contribution < 0
    if not np.isnan(own) and own != overall and (own < overall) == below:
        value, gap = _amount(own, leaf), _amount(abs(own - overall), leaf, difference=True)
        zh, en = ("低于", "below") if below else ("高于", "above")
        return Text(f"{name.zh} {value.zh}，{zh}总体水平 {gap.zh}", f"{name.en}: {value.en}, {gap.en} {en} the zone")
    value = Text("没有数值", "no value") if np.isnan(own) else _amount(own, leaf)
    amount = _amount(abs(contribution), leaf, difference=True)
    zh, en = ("拉低", "lowers") if below else ("抬高", "raises")
    return Text(
        f"{name.zh} {value.zh}，把总体水平{zh} {amount.zh}", f"{name.en}: {value.en}, {en} the zone by {amount.en}"
    )


def _costs(leaf: Node, score: float) -> Text:
    """What an enterprise costs where the value is a name: the difference of two names says nothing."""
    lost = _number(abs(score), 4)
    return Text(
        f"{leaf.id} {leaf.label.zh}：使该项得分降低 {lost}", f"{leaf.id} {leaf.label.en}: lowers its score by {lost}"
    )


def _amount(value: float, leaf: Node, *, difference: bool = False) -> Text:
    """A number with its measure; the difference of two percentages is in percentage points."""
    if leaf.measure == _PERCENT:
        number = _number(value, 2)
        return Text(f"{number} 个百分点", f"{number} percentage points") if difference else Text(*[f"{number}%"] * 2)
    measure = "" if leaf.measure is None else f" {leaf.measure}"
    return Text(*[f"{_number(value, 4)}{measure}"] * 2)


def _number(value: float, decimals: int) -> str:
    """A number with so many decimals, or as many as show two digits of it.

    >>> _number(2.0432, 2), _number(0.00123, 2), _number(1234567.0, 4), _number(-3.5, 4)
    ('2.04', '0.0012', '1234567', '-3.5')
    """
    if value == 0 or abs(value) >= 10.0 ** (1 - decimals):
        return np.format_float_positional(value, precision=decimals, unique=False, trim="-")
    return np.format_float_positional(value, precision=2, unique=False, fractional=False, trim="-")
