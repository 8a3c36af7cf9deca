"""What several weight schemes make of the same table, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from parkscore.comparison import tables
from parkscore.data.grid import Rows
from parkscore.data.table import CLASS
from parkscore.data.unranked import Unranked
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError, of_type, worst_first
from parkscore.framework.models import Framework
from parkscore.language import Language, Text, known
from parkscore.output.documents import records, write_json
from parkscore.output.tables import write_csv, write_parquet
from parkscore.output.workbook import write_workbook
from parkscore.results.own_tables import own_table
from parkscore.tree.gate import NOT_RANKED, RANKED
from parkscore.tree.rank import Ranks

SCHEMA = "parkscore-scenarios/1"
MOVERS = 10
PLACES_GAINED = "places_gained"


@dataclass(frozen=True, eq=False)
class Scenarios:
    """The result of `scenarios`: the evaluations of one table under several weight schemes, by what these are called.

    The first is the base that the others are compared with. Tables by unit (and year, where the framework has one)
    stand in the order of the base's ranking; places gained are above 0 where a unit rises. top: how many of the best
    are looked at for overlap.

    Evaluations that were made from one `prepare` can be compared directly:

    >>> import parkscore as ps
    >>> from parkscore.shipped import example_path
    >>> prepared = ps.prepare("zone-figures", example_path("zone-figures.csv"))
    >>> ps.Scenarios({name: prepared.evaluate(name) for name in ("equal", "entropy")}).shifts.columns.tolist()
    ['entropy']
    """

    evaluations: Mapping[str, Evaluation]
    top: int = 10

    def __post_init__(self) -> None:
        """Raise UsageError where there are fewer than two evaluations, or they are not of the same rows."""
        check_count("top", self.top)
        object.__setattr__(self, "top", int(self.top))  # a number of NumPy is no number of JSON
        _refuse_other_types(self.evaluations)
        if len(self.evaluations) < 2 or not all(_comparable(self.base, each) for each in self.evaluations.values()):
            raise UsageError(_not_comparable())

    def __repr__(self) -> str:
        """One line: what was compared."""
        return f"<Scenarios {self.framework.id}: {', '.join(self.labels)}; {len(self.rows)} rows>"

    # --- what is compared ------------------------------------------------------------------------------------------

    @property
    def labels(self) -> list[str]:
        """What the schemes are called, the base first."""
        return list(self.evaluations)

    @property
    def base(self) -> Evaluation:
        """The evaluation that the others are compared with."""
        return self.evaluations[self.labels[0]]

    @property
    def framework(self) -> Framework:
        """The framework that all are evaluated under."""
        return self.base.framework

    @property
    def rows(self) -> Rows:
        """The scored rows of the table, in the order of the base's ranking."""
        return self.base.ordered_rows

    @property
    def index(self) -> pd.Index[Any]:
        """Unit, or unit and year, of each row."""
        return self.base.index[self.base.order]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every two schemes, those with the base first."""
        return list(combinations(self.labels, 2))

    @own_table
    def schemes(self) -> pd.DataFrame:
        """Per scheme: what it is called, its id, its title in both languages, status, source, and how many it ranks."""
        return tables.schemes_table(self)

    # --- scores and ranks ------------------------------------------------------------------------------------------

    @own_table
    def scores(self) -> pd.DataFrame:
        """The score of each unit under each scheme."""
        total = self.framework.total.id
        columns = {label: each.aggregated.scores[total][self.rows] for label, each in self.evaluations.items()}
        return pd.DataFrame(columns, index=self.index)

    @own_table
    def ranks(self) -> pd.DataFrame:
        """The rank of each unit under each scheme, <NA> where it is not ranked; `status` has the reason."""
        return self._nullable({label: self.ranks_of(label) for label in self.labels})

    @own_table
    def class_ranks(self) -> pd.DataFrame | None:
        """The rank of each unit within its class; None where the framework has no classes."""
        if self.classes is None:
            return None
        return self._nullable({label: self.ranks_of(label, within_class=True) for label in self.labels})

    def ranks_of(self, label: str, *, within_class: bool = False) -> Ranks:
        """The ranks under one scheme, (rows,), 0 where a unit is not ranked; overall or within its class.

        Raises UsageError where no scheme goes by this name.
        """
        if label not in self.labels:
            raise UsageError(_no_such_scheme(label, self.labels))
        standing = self.evaluations[label].standing
        ranks = standing.within_class if within_class else standing.overall
        return np.zeros(len(self.rows), dtype=np.int32) if ranks is None else ranks[self.rows]

    @own_table
    def shifts(self) -> pd.DataFrame:
        """Places gained against the base under each other scheme, above 0 for a rise; <NA> unless both rank it."""
        return self._gained(self.ranks)

    @own_table
    def class_shifts(self) -> pd.DataFrame | None:
        """Places gained within the class; None where the framework has no classes."""
        return None if self.class_ranks is None else self._gained(self.class_ranks)

    @own_table
    def status(self) -> pd.DataFrame:
        """Per unit and scheme `ranked`, or `not_ranked: ` and why."""
        return self.status_in("en")

    def status_in(self, language: Language) -> pd.DataFrame:
        """`status` with the reasons in a language."""
        known(language)
        return pd.DataFrame(
            {
                label: [_status(each.outcomes.reasons.get(row), language) for row in self.rows.tolist()]
                for label, each in self.evaluations.items()
            },
            index=self.index,
        )

    @own_table
    def classes(self) -> pd.Series[Any] | None:
        """The class of each row, None where it has none; None altogether where the framework has no classes."""
        if self.base.classification is None:
            return None
        names = self.base.classification.names[self.rows]
        return pd.Series(names, index=self.index, name=CLASS, dtype=object)

    def _nullable(self, ranks: Mapping[str, Ranks]) -> pd.DataFrame:
        columns = {label: pd.arrays.IntegerArray(own.copy(), mask=own == 0) for label, own in ranks.items()}
        return pd.DataFrame(columns, index=self.index)

    def _gained(self, ranks: pd.DataFrame) -> pd.DataFrame:
        base, *others = self.labels
        gained = pd.DataFrame({label: ranks[base] - ranks[label] for label in others}, index=self.index)
        return gained.rename_axis(columns=PLACES_GAINED)

    # --- what the difference is, and why ---------------------------------------------------------------------------

    def movers(self, n: int | None = MOVERS) -> pd.DataFrame:
        """The units that move most against the base under each scheme, at most n for each; None for all that move.

        Columns: scheme, unit, year, class, from, to, places_gained, score_from, score_to, score_change; where the score
        is a sum of parts also `change_` and the id of each first-level node, which sum to score_change, and made_by: at
        most three of these nodes, those whose change most exceeds the mean change of all units in the direction of the
        move (`mean_changes`). Equal moves stand in the order of the best rank reached.

        Raises UsageError where n is no number from 1.
        """
        if n is not None:
            check_count("n", n)
        return tables.movers_table(self, n)

    @own_table
    def mean_changes(self) -> pd.DataFrame:
        """How the scores change at large: per scheme and year the mean change of those ranked under it and the base.

        Columns: scheme, year, n, score_change, and where the score is a sum of parts `change_` and the id of each
        first-level node.
        """
        return tables.mean_changes_table(self)

    @own_table
    def agreement(self) -> pd.DataFrame:
        """How far every two schemes agree on the ranks, by year, and where the framework has classes within each, too.

        Columns: a, b, year, class (missing where it is all units), n (units ranked under both), spearman, kendall
        (tau-b), mean_shift, largest_shift (absolute), unchanged (share of units), flag (why there is no correlation:
        `few` units, below 3, or `constant` ranks).
        """
        return tables.agreement_table(self)

    def overlap(self, k: int | None = None) -> pd.DataFrame:
        """Who is among the k best (by default `top`) of every two schemes, by year.

        All units that tie for the last place are in. Columns: a, b, year, k, in_a, in_b (how many are in), both, share
        (both, of the larger of in_a and in_b), entered (units in b only), left (units in a only).

        Raises UsageError where k is no number from 1.
        """
        if k is not None:
            check_count("k", k)
        return tables.overlap_table(self, self.top if k is None else k)

    @own_table
    def weights(self) -> pd.DataFrame:
        """The weight of each node in the total under each scheme, by reference and node id.

        Where a scheme has weights by class, also by class.
        """
        return self._of_weights("weight_in_total")

    @own_table
    def weights_status(self) -> pd.DataFrame:
        """The status of each single weight under each scheme, by reference and node id."""
        return self._of_weights("status")

    def _of_weights(self, column: str) -> pd.DataFrame:
        frames = {label: each.weights for label, each in self.evaluations.items()}
        names = sorted({name for frame in frames.values() if CLASS in frame for name in frame[CLASS]})
        keys = ["reference", *([CLASS] if names else []), "id"]
        keyed = {label: _for_each(frame, names).set_index(keys)[column] for label, frame in frames.items()}
        index = max((each.index for each in keyed.values()), key=len)
        return pd.DataFrame(keyed, index=index)

    def why_no_contributions(self) -> Text | None:
        """Why movers cannot be explained by dimension: a node whose score is no sum of parts; None where they can."""
        refusal = self.base.why_not_additive()
        return None if refusal is None else refusal.message

    # --- what is to know of it -------------------------------------------------------------------------------------

    @cached_property
    def notes(self) -> tuple[Text, ...]:
        """What must stand on every output: the notes of every evaluation, and what limits the comparison."""
        notes = [note for each in self.evaluations.values() for note in each.notes]
        ranked = {tuple(each.outcomes.ranked[self.rows].tolist()) for each in self.evaluations.values()}
        if len(ranked) > 1:
            notes.append(_NOT_RANKED_UNDER_ALL)
        reason = self.why_no_contributions()
        if reason is not None:
            notes.append(Text(f"变动不按维度分解：{reason.zh}", f"moves are not split by dimension: {reason.en}"))
        return tuple(dict.fromkeys(notes))

    @own_table
    def about(self) -> dict[str, Any]:
        """What was compared: framework, data and version as in an evaluation, the base, each scheme and its status."""
        shared = {key: value for key, value in self.base.about.items() if key not in _OF_ONE_SCHEME}
        return shared | {
            "base": self.labels[0],
            "top": self.top,
            "schemes": records(self.schemes),
            "notes": [note.en for note in self.notes],
        }

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding once; what holds under some schemes only names its scheme."""
        of_each = {label: {_key(each): each for each in own.findings} for label, own in self.evaluations.items()}
        shared = set.intersection(*(set(own) for own in of_each.values()))
        everywhere = [finding for key, finding in of_each[self.labels[0]].items() if key in shared]
        return (
            *everywhere,
            *(
                of_scheme(label, finding)
                for label, own in of_each.items()
                for key, finding in own.items()
                if key not in shared
            ),
        )

    # --- files -----------------------------------------------------------------------------------------------------

    @own_table
    def long(self) -> pd.DataFrame:
        """One row per scheme and unit: scheme, unit, year, class, score, rank, class_rank, places_gained, status, note.

        Columns of years, classes and notes stand only where there are any.
        """
        return self.long_in("en")

    def long_in(self, language: Language) -> pd.DataFrame:
        """`long` with reasons and notes in a language."""
        known(language)
        return tables.long_table(self, language)

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The comparison as plain data, ready for JSON."""
        known(language)
        weights = [own.weights.assign(scheme=label) for label, own in self.evaluations.items()]
        return {
            "schema": SCHEMA,
            "about": self.about,
            "notes": [note.in_language(language) for note in self.notes],
            "agreement": records(self.agreement),
            "overlap": records(self.overlap()),
            "movers": records(self.movers(None)),
            "mean_changes": records(self.mean_changes),
            "ranks": records(self.long_in(language).drop(columns="note", errors="ignore")),
            "weights": records(pd.concat(weights, ignore_index=True)),
            "findings": [finding.as_dict(language) for finding in worst_first(self.findings)],
        }

    def to_json(self, path: str | Path, language: Language = "en") -> Path:
        """Write the comparison as one JSON document."""
        return write_json(path, lambda: self.as_dict(language))

    def to_csv(self, path: str | Path, language: Language = "en") -> Path:
        """Write `long_in` a language as csv, in UTF-8 with a mark so that Excel reads the Chinese."""
        return write_csv(path, self.long_in(language))

    def to_parquet(self, path: str | Path, language: Language = "en") -> Path:
        """Write `long_in` a language as Parquet, with `about` in the file's metadata."""
        return write_parquet(path, self.long_in(language), self.about)

    def to_excel(self, path: str | Path, language: Language = "zh") -> Path:
        """Write a workbook: schemes, ranks, scores, movers, agreement, overlap, weights, findings and sources."""
        from parkscore.comparison.sheets import sheets_of

        comments = "; ".join(note.in_language(language) for note in self.notes)
        properties = {"title": self.framework.title.label.in_language(language), "comments": comments}
        return write_workbook(path, lambda: sheets_of(self, language), properties)


_OF_ONE_SCHEME = ("weights", "weights_status", "weights_source", "ranked", "notes")
_NOT_RANKED_UNDER_ALL = Text(
    "有的评价对象只在部分方案下排名；位次变动和一致程度只算两个方案下都排名的",
    "some units are ranked under some schemes only; shifts and agreement count those that both schemes rank",
)


def of_scheme(name: str, finding: Finding) -> Finding:
    """A finding that names the scheme it belongs to."""
    return replace(finding, message=Text(f"{name}：{finding.message.zh}", f"{name}: {finding.message.en}"))


def check_count(name: str, value: object) -> None:
    """Raise UsageError unless this is a whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        finding = Finding(
            code="wrong_type",
            severity=Severity.ERROR,
            field=name,
            value=str(value),
            message=Text("应是从 1 起的整数", "must be a whole number from 1"),
        )
        raise UsageError(finding)


def _for_each(weights: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Weights that hold for all units, once for each class."""
    if not classes or CLASS in weights:
        return weights
    return pd.concat([weights.assign(**{CLASS: name}) for name in classes], ignore_index=True)


def _comparable(one: Evaluation, other: Evaluation) -> bool:
    return (
        one.framework == other.framework
        and one.table.digest == other.table.digest
        and np.array_equal(one.rows, other.rows)
    )


def _refuse_other_types(evaluations: Any) -> None:
    if not isinstance(evaluations, Mapping) or not all(isinstance(name, str) for name in evaluations):
        hint = Text('给 {"名称": 评价结果}', 'give {"name": an evaluation}, names as texts')
        raise UsageError(of_type("evaluations", evaluations, hint))
    hint = Text("每个方案都给评价结果", "give an evaluation for each scheme")
    wrong = [of_type(name, each, hint) for name, each in evaluations.items() if not isinstance(each, Evaluation)]
    if wrong:
        raise UsageError(wrong)


def _no_such_scheme(label: str, known: Sequence[str]) -> Finding:
    message = Text("没有叫这个名字的方案", "no scheme goes by this name")
    hint = Text(f"有：{'、'.join(known)}", f"there are: {', '.join(known)}")
    return Finding(code="no_such_scheme", severity=Severity.ERROR, value=str(label), message=message, hint=hint)


def _not_comparable() -> Finding:
    return Finding(
        code="not_comparable",
        severity=Severity.ERROR,
        message=Text(
            "需要至少两个评价结果，且出自同一指标体系和同一批数据",
            "needs two evaluations or more, of one framework and the same rows of data",
        ),
        hint=Text("都由同一个 parkscore.prepare 得出", "make them all from one `parkscore.prepare`"),
    )


def _status(why: Unranked | None, language: Language) -> str:
    return RANKED if why is None else f"{NOT_RANKED}: {why.text.in_language(language)}"


def _key(finding: Finding) -> tuple[Any, ...]:
    """What makes two findings one: all that they say."""
    return tuple(finding.as_dict("en").values())
