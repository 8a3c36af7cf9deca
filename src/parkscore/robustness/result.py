"""What the draws came to, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError, of_type
from parkscore.language import Language, Text
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.output.documents import write_json
from parkscore.output.tables import write_csv, write_parquet
from parkscore.output.workbook import write_workbook
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only, read_only_property
from parkscore.robustness.answers import Answers
from parkscore.robustness.asked_forms import as_python, plainly
from parkscore.robustness.central_weights import central_weights
from parkscore.robustness.exact import Exact, exact_of
from parkscore.robustness.factors import Grouping
from parkscore.robustness.one_at_a_time import OneAtATime
from parkscore.robustness.outputs import MEAN_SHIFT
from parkscore.robustness.parameters import parameters
from parkscore.robustness.plans import DrawPlan
from parkscore.robustness.questions import Questions
from parkscore.robustness.remade import drawn_rows
from parkscore.robustness.running import Outcome, Progress, refuse_no_function
from parkscore.robustness.said import no_such_unit
from parkscore.robustness.scoring import by_rank, names_of
from parkscore.robustness.sensitivity import RESAMPLES, Sampling, Sensitivity, sensitivity_ready
from parkscore.robustness.spread import spread
from parkscore.robustness.verdicts import near, near_places, verdict

LOW, HIGH = 0.05, 0.95
TOP: Final = (1, 3, 10)
_RANK = "rank"
_SPREAD = ["rank_low", "rank_high", "unranked"]
_ALL_UNITS = Text("units 表的行名就是全部评价对象", "the index of the table `units` names them all")


@dataclass(frozen=True, eq=False)
class Robustness:
    """Which ranks survive other weights and methods: the units of one year, in every draw.

    evaluation: the result that the draws vary. plan: what each draw has. seed: that the draws follow from. outcome: the
    scores and ranks of every draw. asked: for what, as `Evaluation.robustness` was; of_framework: whether the framework
    says so itself, in part at least. questions: what was asked beside the draws, and answers: what was found.

    Tables have a line for each unit, in the order of their ranks; a unit that is not ranked has none.
    """

    evaluation: Evaluation
    year: int | None
    plan: DrawPlan
    seed: int
    outcome: Outcome
    asked: Mapping[str, Any] = field(default_factory=dict)
    of_framework: bool = False
    questions: Questions = field(default_factory=Questions)
    answers: Answers = field(default_factory=Answers)

    def __post_init__(self) -> None:
        """Let nobody write into what every later answer is made of."""
        read_only(self.outcome)

    def __repr__(self) -> str:
        """One line: which framework, how many units and draws."""
        return f"<Robustness {self.evaluation.framework.id}: {len(self.order)} units, {self.draws} draws>"

    @property
    def draws(self) -> int:
        """How many were made."""
        return self.plan.draws

    @read_only_property
    def order(self) -> IntArray:
        """The places of the ranked units among the rows of the outcome, by their rank."""
        return np.asarray(by_rank(self.evaluation, self.outcome.rows), dtype=np.int64)

    @cached_property
    def names(self) -> pd.Index:
        """The units, by their rank."""
        return names_of(self.evaluation, self.outcome.rows[self.order])

    @read_only_property
    def ranks(self) -> IntArray:
        """(draws, units) in the order of the tables; 0 where a unit has no score in a draw."""
        return self.outcome.ranks[:, self.order].astype(np.int32)

    @read_only_property
    def scores(self) -> FloatArray:
        """(draws, units) in the order of the tables."""
        return self.outcome.scores[:, self.order]

    @own_table
    def units(self) -> pd.DataFrame:
        """For each unit its rank and score, and among the draws its ranks and scores, and how often it was on top.

        rank_low, rank_high: the ranks that 5 % and 95 % of the draws do not exceed; top_k: the share of draws in which
        its rank was k or better; unranked: the share in which it had none.

        Where that is above 0, rank_mean is over the other draws, rank quantiles count those without a rank behind the
        last and are NaN where they fall among them, and score quantiles are NaN: they are told of all draws or of none.
        """
        rows = self.outcome.rows[self.order]
        standing, total = self.evaluation.standing.overall[rows], self.evaluation.framework.total.id
        found = spread(self.outcome, (0.5, LOW, HIGH), TOP)
        median, low, high = found.rank_quantiles[:, self.order]
        middle, least, most = found.score_quantiles[:, self.order]
        columns = {
            "rank": standing,
            "rank_mean": found.rank_mean[self.order],
            "rank_median": median,
            "rank_low": low,
            "rank_high": high,
            **{f"top_{k}": share[self.order] for k, share in zip(TOP, found.on_top, strict=True)},
            "unranked": found.unranked[self.order],
            "score": self.evaluation.aggregated.scores[total][rows],
            "score_median": middle,
            "score_low": least,
            "score_high": most,
        }
        return pd.DataFrame(columns, index=self.names)

    @own_table
    def rank_probabilities(self) -> pd.DataFrame:
        """The share of draws in which each unit had each rank, from 1; UsageError where there are too many units.

        There are as many ranks as ranked units, and more where draws rank units that have no rank in the evaluation. A
        line and the share `unranked` sum to 1.
        """
        counts = self.outcome.counts.ranks
        if counts is None:
            raise UsageError(_too_many(len(self.outcome.rows), self.outcome.counts.most_ranks))
        own = counts[self.order]
        last = max(len(self.order), int(np.flatnonzero(own.any(axis=0)).max()))
        columns = pd.RangeIndex(1, last + 1, name=_RANK)
        return pd.DataFrame(own[:, 1 : last + 1] / self.draws, index=self.names, columns=columns)

    @own_table
    def above(self) -> pd.DataFrame:
        """The share of draws in which the unit of a line stood above that of a column; UsageError as before."""
        counts = self.outcome.counts.above
        if counts is None:
            raise UsageError(_too_many(len(self.outcome.rows), self.outcome.counts.most_pairs))
        shares = counts[np.ix_(self.order, self.order)] / self.draws
        return pd.DataFrame(shares, index=self.names, columns=self.names.rename("below"))

    @own_table
    def central_weights(self) -> pd.DataFrame:
        """The weights that favour each unit: of the indicators in the total, their mean where it is first.

        A line for each unit that is first in any draw; it sums to 1. Far from the weights of the evaluation they say
        what one would have to hold to put that unit first.
        """
        return central_weights(
            self.plan, self.outcome.rows[self.order], self.outcome.ranks[:, self.order], self.names.tolist()
        )

    def sensitivity(
        self,
        outputs: Sequence[str] = (MEAN_SHIFT,),
        groups: Grouping = "dimension",
        *,
        draws: int = 1024,
        seed: int | None = None,
        resamples: int = RESAMPLES,
        progress: Progress | None = None,
    ) -> Sensitivity:
        """Which of what varies moves the ranks: Sobol indices with intervals, from draws of their own.

        outputs: see `outputs_of`, such as `mean_shift`, a unit for its rank, `score:UNIT`, `ranks`, `top_10`. groups:
        what is looked at as one: `dimension` (the weights of its children), `indicator` (each weight), `assumption`
        (all weights, each step, what is left out), or by name of the group the names of its factors. draws: best a
        power of two; the run has (groups + 2) times as many. seed: by default that of this run.

        Raises UsageError where something of this cannot be, such as weights that no points drive.
        """
        refuse_no_function(progress)
        stated = {"outputs": outputs, "groups": groups, "draws": draws, "seed": seed, "resamples": resamples}
        asked = plainly(stated, Sampling)
        if seed is None:
            asked["seed"] = self.seed
        return sensitivity_ready(self.plan, self.year, self.order, **asked).answer(progress)

    @cached_property
    def exact(self) -> Exact:
        """What holds of these ranks without draws, see `exact_of`; UsageError where the total is no weighted sum."""
        return exact_of(self.evaluation, self.year)

    @cached_property
    def one_at_a_time(self) -> OneAtATime:
        """What one change alone does: an indicator or a dimension left out, other weights, a unit gone."""
        return OneAtATime(self.evaluation, self.year)

    def verdict(self, unit: str, beside: Sequence[str] | None = None) -> Text:
        """What to say of a unit: its rank, where it stood in nine draws of ten, and how often above some others.

        beside: others; by default those three ranks above and below it. UsageError where there is no such unit.
        """
        names = self.names.tolist()
        beside = _listed(beside)
        unknown = [name for name in (unit, *beside) if name not in names]
        if unknown:
            raise UsageError([no_such_unit(name, _ALL_UNITS) for name in unknown])
        ranks = dict(zip(names, self.units["rank"].tolist(), strict=True))
        low, high, unranked = self.units.loc[[unit], _SPREAD].to_numpy()[0]
        others = [] if self.outcome.counts.above is None else beside or near(names, unit)
        shares = self.above.loc[[unit], others].to_numpy()[0] if others else []
        return verdict(unit, ranks, (_whole(low), _whole(high)), dict(zip(others, shares, strict=True)), unranked)

    @cached_property
    def verdicts(self) -> tuple[Text, ...]:
        """What `verdict` says of each unit, in the order of the tables."""
        names = self.names.tolist()
        ranks = dict(zip(names, self.units["rank"].tolist(), strict=True))
        ends = self.units[_SPREAD].to_numpy()
        above = None if self.outcome.counts.above is None else self.above.to_numpy()
        said = []
        for place, (unit, (low, high, unranked)) in enumerate(zip(names, ends, strict=True)):
            others = [] if above is None else near_places(place, len(names))
            shares = {names[other]: float(above[place, other]) for other in others} if above is not None else {}
            said.append(verdict(unit, ranks, (_whole(low), _whole(high)), shares, unranked))
        return tuple(said)

    @own_table
    def parameters(self) -> pd.DataFrame:
        """What each draw had, a line each: its methods, what it left out, and every weight within its parent."""
        return parameters(self.plan, self.outcome.rows)

    def values_in(self, draw: int) -> pd.DataFrame:
        """The values of the indicators in a draw, before outliers are treated: a line for each unit.

        What was drawn of them by `noise` and `imputation`, and the rest as it is filled under the methods of the draw.
        draw: from 0; UsageError where there is no such draw.
        """
        if not isinstance(draw, int | np.integer) or isinstance(draw, bool) or not 0 <= draw < self.draws:
            raise UsageError(_no_such_draw(draw, self.draws))
        variant, rows = self.plan.variants[self.plan.variant_of[draw]], self.outcome.rows
        grid = variant.filled.imputed
        if self.plan.values is not None:
            grid = self.plan.values.grid(variant.filled, drawn_rows(self.evaluation, rows), draw)
        return pd.DataFrame(grid.values[rows[self.order]], index=self.names, columns=pd.Index(grid.ids))

    @cached_property
    def assumptions(self) -> tuple[Text, ...]:
        """What was varied and how, sentence by sentence; it stands on every output."""
        from parkscore.robustness.documents import said_of

        return said_of(self)

    # --- files -----------------------------------------------------------------------------------------------------

    @own_table
    def about(self) -> dict[str, Any]:
        """What was evaluated with what, and what was varied: enough to make it again."""
        from parkscore.robustness.documents import about_robustness

        return about_robustness(self)

    def units_in(self, language: Language) -> pd.DataFrame:
        """The table `units` with verdicts in a language, and a note on what was assumed."""
        from parkscore.robustness.documents import units_in

        return units_in(self, language)

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """Everything but the draws themselves as plain data, ready for JSON."""
        from parkscore.robustness.documents import document

        return document(self, language)

    def to_csv(self, path: str | Path, language: Language = "en") -> Path:
        """Write `units_in` a language as csv, in UTF-8 with a mark so that Excel reads the Chinese."""
        return write_csv(path, self.units_in(language))

    def to_parquet(self, path: str | Path, language: Language = "en") -> Path:
        """Write `units_in` a language as Parquet, with `about` in the file's metadata."""
        return write_parquet(path, self.units_in(language), self.about)

    def to_json(self, path: str | Path, language: Language = "en") -> Path:
        """Write everything but the draws themselves as one JSON document."""
        return write_json(path, lambda: self.as_dict(language))

    def to_excel(self, path: str | Path, language: Language = "zh") -> Path:
        """Write a workbook: units with verdicts, rank probabilities, pairs, what was assumed, up to 10,000 draws."""
        from parkscore.robustness.sheets import sheets_of

        comments = "; ".join(note.in_language(language) for note in (*self.evaluation.notes, *self.assumptions))
        title = self.evaluation.framework.title.label.in_language(language)
        properties = {"title": title, "comments": comments}
        return write_workbook(path, lambda: sheets_of(self, language), properties)


def _listed(beside: Any) -> list[str]:
    """Units, of which one may stand by itself and None is nobody; UsageError where it is neither."""
    beside = [] if beside is None else as_python(beside)
    if not isinstance(beside, str | list | tuple):
        raise UsageError(of_type("beside", beside, Text("给评价对象的列表", "give a list of units")))
    return [beside] if isinstance(beside, str) else list(beside)


def _whole(rank: float) -> int | None:
    return None if np.isnan(rank) else int(rank)


def _too_many(units: int, most: int) -> Finding:
    message = Text(
        f"有 {units} 个评价对象，这张表最多 {most} 个", f"{units} units are more than the {most} of this table"
    )
    hint = Text("改看 units 表", "look at the table `units`")
    return Finding(code="too_many_units", severity=Severity.ERROR, message=message, hint=hint, value=units)


def _no_such_draw(draw: int, draws: int) -> Finding:
    message = Text(f"没有第 {draw} 次抽样", f"there is no draw {draw}")
    hint = Text(f"从 0 到 {draws - 1}", f"they are 0 to {draws - 1}")
    return Finding(code="no_such_draw", severity=Severity.ERROR, message=message, hint=hint, value=draw)
