"""Everything one run produced, stage by stage, as labelled tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from parkscore.data.chosen import words_of
from parkscore.data.classes import Classification, class_label, class_reasons
from parkscore.data.cohorts import cohorts_by_class
from parkscore.data.grid import Cohort, Grid, Matrix, Rows, Truths, Vector
from parkscore.data.indicator_places import cells_behind
from parkscore.data.table import CLASS, UNIT, YEAR, State, Table
from parkscore.data.treat import Treatment
from parkscore.evaluation_about import about_run, notes_of, weights_table
from parkscore.evaluation_about import digest_of as digest_of
from parkscore.findings import Finding, Severity, UsageError, worst_first
from parkscore.framework.models import Framework
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.language import Language, Text, known
from parkscore.late_pandas import pd
from parkscore.methods import aggregation
from parkscore.output.documents import records, write_json
from parkscore.output.files import refuse_other_form, write_text
from parkscore.output.workbook import write_workbook
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only, read_only_property
from parkscore.tree.accounting import Account, account_table, accounts_of
from parkscore.tree.aggregate import Nodes, Shares
from parkscore.tree.bounds import NodeBounds, bounds, is_open
from parkscore.tree.case_tables import case_table
from parkscore.tree.contributions import contributions, not_additive
from parkscore.tree.counted_weights import counted_weights
from parkscore.tree.fitted import Fitted, absent_beside, fit_of, with_weights
from parkscore.tree.freezing import already_frozen, freeze, whole_row_nodes
from parkscore.tree.frozen import FrozenReference, refuse_replacing
from parkscore.tree.gate import NOT_RANKED, RANKED, Outcomes
from parkscore.tree.gate_tables import (
    detail_table,
    gate_table,
    outcome_counts,
    outcomes_of,
    with_words_for_no_limit,
)
from parkscore.tree.given_table import given_table
from parkscore.tree.grades import Graded, grade_counts, grade_table
from parkscore.tree.list_tables import ListCount, count_table, list_counts, list_table
from parkscore.tree.lists import Listed, draw_up
from parkscore.tree.percentiles import percentiles
from parkscore.tree.rank import Ranks, Standing
from parkscore.tree.references import reference_table
from parkscore.tree.schemes import WeightPlan
from parkscore.tree.score import Scored
from parkscore.tree.target_tables import target_table
from parkscore.tree.targets import Progress, pursue
from parkscore.tree.verdicts import Verdict
from parkscore.tree.weigh import Weighing

if TYPE_CHECKING:
    from parkscore.robustness.exact import Exact
    from parkscore.robustness.one_at_a_time import OneAtATime
    from parkscore.robustness.result import Robustness
    from parkscore.robustness.specs import LoadedSpec

SCHEMA = "parkscore-evaluation/1"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The result of `evaluate`: every stage, the ranking, the findings, and the status of the weights.

    Tables are labelled by unit (and year, where the framework has one) and hold the rows that were scored. The stages
    are `raw`, `indicators`, `imputed`, `treated`, `scored` and `nodes`; `ranking` and `contributions` stand on them.
    `measured` are the cohorts of the references, `cohorts` the same with each class apart where it has its own weights.
    `beside` are those of the references that no scored row is of. plan: where weights come from, `weighing` what they
    are. frozen: the reference that the rows were scored by, where it was not fitted on them.
    """

    framework: Framework
    table: Table
    rows: Rows
    cohorts: tuple[Cohort, ...]
    measured: tuple[Cohort, ...]
    classification: Classification | None
    indicator_grid: Grid
    imputed_grid: Grid
    treatment: Treatment
    scoring: Scored
    plan: WeightPlan
    weighing: Weighing
    aggregated: Nodes
    outcomes: Outcomes
    judged: tuple[Verdict, ...]
    graded: tuple[Graded, ...]
    standing: Standing
    findings: tuple[Finding, ...]
    frozen: FrozenReference | None = None
    beside: tuple[Cohort, ...] = ()

    def __post_init__(self) -> None:
        """Let nobody write into what every later answer is made of."""
        read_only(self)

    def __repr__(self) -> str:
        """One line: what was ranked, under which weights."""
        if self.framework.only_judges:
            return f"<Evaluation {self.framework.id}: {len(self.rows)} {'judged' if self.judged else 'rows'}>"
        return (
            f"<Evaluation {self.framework.id}: {self.outcomes.ranked.sum()} of {len(self.rows)} ranked, "
            f"weights {self.weighing.name} ({self.weighing.status})>"
        )

    # --- stages ----------------------------------------------------------------------------------------------------

    @cached_property
    def index(self) -> pd.Index[Any]:
        """Unit, or unit and year, of each scored row."""
        units = pd.Index(self.table.units[self.rows], name=UNIT)
        years = self.table.years
        return units if years is None else pd.MultiIndex.from_arrays([units, years[self.rows]], names=[UNIT, YEAR])

    @own_table
    def raw(self) -> pd.DataFrame:
        """The fields as read, in their measures."""
        columns = [name for name in self.table.frame.columns if name not in (UNIT, YEAR)]
        return self.table.frame.iloc[self.rows][columns].set_axis(self.index, axis=0)

    @own_table
    def indicators(self) -> pd.DataFrame:
        """Indicator values as derived, in their measures; NaN where there is none.

        An indicator that is a category has the texts of its cells, one with tiers the condition that counts; None where
        there is none.
        """
        return self._named(self.indicator_grid.values)

    @own_table
    def states(self) -> pd.DataFrame:
        """Whether an indicator has a value before gaps are filled, or why not.

        A cell is `value`, `missing`, `not_applicable`, `divided_by_zero` or `undefined`.
        """
        words = np.array([state.name.lower() for state in State], dtype=object)
        states = words[self.indicator_grid.states[self.rows]]
        return pd.DataFrame(states, index=self.index, columns=pd.Index(self.indicator_grid.ids))

    @own_table
    def imputed(self) -> pd.DataFrame:
        """Indicator values with gaps filled by their policies."""
        return self._named(self.imputed_grid.values)

    @own_table
    def treated(self) -> pd.DataFrame:
        """Indicator values with outliers treated."""
        return self._named(self.treatment.grid.values)

    @own_table
    def scored(self) -> pd.DataFrame:
        """Scores of the indicators."""
        return self._labelled(self.scoring.scores)

    @own_table
    def nodes(self) -> pd.DataFrame:
        """Scores of every node, the total first, then the tree in its order."""
        return self._by_node(self.aggregated.scores)

    @own_table
    def coverage(self) -> pd.DataFrame:
        """The share of each node's weight that has data, from 0 to 1."""
        return self._by_node(self.aggregated.coverage)

    def _labelled(self, values: Matrix) -> pd.DataFrame:
        return pd.DataFrame(values[self.rows], index=self.index, columns=pd.Index(self.indicator_grid.ids))

    def _named(self, values: Matrix) -> pd.DataFrame:
        """Values by indicator, with the names that codes stand for."""
        frame = self._labelled(values)
        for column, leaf in enumerate(self.framework.leaves):
            if leaf.is_named:
                words = words_of(self.table, leaf, values[:, column])[self.rows]
                frame[leaf.id] = pd.Series(words, index=frame.index, dtype=object)
        return frame

    def _by_node(self, values: Mapping[str, Vector]) -> pd.DataFrame:
        ids = [self.framework.total.id, *(node.id for node in self.framework.walk())]
        return pd.DataFrame({node_id: values[node_id][self.rows] for node_id in ids}, index=self.index)

    # --- results ---------------------------------------------------------------------------------------------------

    @own_table
    def scores(self) -> pd.DataFrame:
        """The table of results: unit, year, class, score, rank, class rank, status, a column per gate, grade and node.

        For each field of `rank_within`, its text and the rank among those that say the same stand before the status.
        With `ranking: {percentiles: true}` a percentile, from 0 to 1, stands beside each rank, see `tree.percentiles`.

        Ordered by year and rank, units that are not ranked last. The status is `ranked`, or `not_ranked: ` and why. A
        last column `note` stands where there is something to say of every row: assumed weights, synthetic data.
        """
        return self.scores_in("en")

    def scores_in(self, language: Language) -> pd.DataFrame:
        """The table of results with reasons and notes in a language; the words before the colon stay what they are."""
        known(language)
        rows = self.ordered_rows
        columns: dict[str, Any] = {UNIT: self.table.units[rows]}
        if self.table.years is not None:
            columns[YEAR] = self.table.years[rows]
        if self.classification is not None:
            columns[CLASS] = self.classification.names[rows]
        columns["score"] = self.aggregated.scores[self.framework.total.id][rows]
        columns["rank"] = _nullable(self.standing.overall[rows])
        columns |= self._percentiles("percentile", self.standing.overall)
        if self.classification is not None and self.standing.within_class is not None:
            columns["class_rank"] = _nullable(self.standing.within_class[rows])
            columns |= self._percentiles("class_percentile", self.standing.within_class, self.classification.names)
        for name, ranks in self.standing.within.items():
            texts = self.table.coded(name).values
            columns |= {
                name: texts[rows].tolist(),
                rank_in(name): _nullable(ranks[rows]),
                **self._percentiles(percentile_in(name), ranks, texts),
            }
        columns["status"] = [
            RANKED if why is None else f"{NOT_RANKED}: {why.in_language(language)}" for why in self.reasons
        ]
        columns |= {gate.path: outcomes_of(gate, rows) for gate in self.judged}
        columns |= {scale.scale.id: [scale.word(row) for row in rows.tolist()] for scale in self.graded}
        columns |= {node.id: self.aggregated.scores[node.id][rows] for node in self.framework.walk()}
        if self.notes:
            columns["note"] = "; ".join(note.in_language(language) for note in self.notes)
        return pd.DataFrame(columns)

    def _percentiles(self, column: str, ranks: Ranks, texts: Any = None) -> dict[str, Vector]:
        """A column of percentiles in the order of `scores`; none where the framework asks for none."""
        if not self.framework.ranking.percentiles:
            return {}
        return {column: percentiles(self.table, ranks, texts)[self.ordered_rows]}

    @own_table
    def ranking(self) -> pd.DataFrame:
        """Unit, year, class, score, rank, class rank and status, best first within each year."""
        leading = list(self.scores.columns).index("status") + 1
        return self.scores.iloc[:, :leading]

    @own_table
    def classes(self) -> pd.DataFrame:
        """Which class each row is in, and why: unit, year, class, name, outcome, reason; empty without `classes:`.

        The outcome is `in_class`, `no_class`, `several_classes` or `class_unknown` (data are missing). The reason is
        the condition with the values it read. Rows stand in the order of `scores`.
        """
        return self.classes_in("en")

    def classes_in(self, language: Language) -> pd.DataFrame:
        """`classes` with names and reasons in a language."""
        known(language)
        found, rows = self.classification, self.ordered_rows
        if found is None or not self.framework.classes:
            return pd.DataFrame(columns=[UNIT, CLASS, "name", "outcome", "reason"])
        columns: dict[str, Any] = {UNIT: self.table.units[rows]}
        if self.table.years is not None:
            columns[YEAR] = self.table.years[rows]
        columns[CLASS] = found.names[rows]
        columns["name"] = self.class_names_in(language)
        columns["outcome"] = found.outcomes(rows)
        reasons = class_reasons(self.framework, self.table, found, rows)
        columns["reason"] = [reason.in_language(language) for reason in reasons]
        return pd.DataFrame(columns)

    def class_names_in(self, language: Language) -> pd.Series[str]:
        """What the class of each row of `scores` is called; a gap for a row in none."""
        known(language)
        names = [None] * len(self.rows) if self.classification is None else self.classification.names[self.ordered_rows]
        labels = {name: class_label(self.framework, name) for name in dict.fromkeys(names)}
        said = {name: None if label is None else label.in_language(language) for name, label in labels.items()}
        return pd.Series([said[name] for name in names])

    @own_table
    def cases(self) -> pd.DataFrame:
        """Which case of an indicator each row is in, and why: a row for each indicator that has `cases`.

        Columns: unit, year, indicator, case (its number), outcome (`in_case`, `no_case` or `case_unknown`), condition,
        name and reason in both languages. Rows stand in the order of `scores`.
        """
        return case_table(self.framework, self.table, self.indicator_grid, self.ordered_rows)

    @own_table
    def gates(self) -> pd.DataFrame:
        """What each gate comes to: unit, year, gate, outcome, and why in both languages, in the order of `scores`.

        An outcome is `met`, `not_met`, `unknown` (data are missing), `review` (somebody has to look) or
        `not_applicable`. A gate stands beside the rank and changes none.
        """
        return gate_table(self.judged, self.table, self.ordered_rows)

    @own_table
    def gate_details(self) -> pd.DataFrame:
        """Every requirement and every comparison behind `gates`, with value, threshold and how much is missing.

        The outcomes follow from this table alone; `parkscore.tree.gate_tables.detail_table` says how.
        """
        return detail_table(self.judged, self.table, self.ordered_rows)

    @property
    def gate_counts(self) -> dict[str, dict[str, int]]:
        """By gate, how many of the scored rows have each of the five outcomes."""
        return {gate.path: outcome_counts(gate, self.rows) for gate in self.judged}

    @cached_property
    def listed(self) -> tuple[Listed, ...]:
        """Each list of the framework over the rows of the table; `lists` and `list_counts` are made of them."""
        if not self.framework.lists:
            return ()
        return draw_up(
            self.framework,
            self.table,
            self.rows,
            self.indicator_grid,
            self.aggregated.scores,
            self.bounds,
            self.outcomes.reasons,
        )

    @own_table
    def lists(self) -> pd.DataFrame:
        """Who is on each list: list, place, unit, year, standing, value, measure, and why in both languages.

        Members (`listed`) stand in order; after them the units of which it cannot be told (`open`), without a place.
        All units of one value share the better place, and all that share the last one are in.
        """
        return list_table(self.listed, self.table, self.ordered_rows)

    @own_table
    def list_counts(self) -> pd.DataFrame:
        """How many rows each list looked at: list, year, field, text, rows, listed, beyond, not_eligible, open.

        The last four sum to `rows`. The line without a field is that of all rows; with `per`, each text of the field
        has a line, groups without a member included.
        """
        return count_table(self.list_counted, with_years=self.table.years is not None)

    @cached_property
    def list_counted(self) -> list[ListCount]:
        """The lines of `list_counts`."""
        return list_counts(self.listed, self.table, self.rows)

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """How far each target of the framework is in each scored year; `targets` is made of it."""
        return pursue(self.framework, self.table, self.rows)

    @own_table
    def targets(self) -> pd.DataFrame:
        """What all units together have reached of each target: a line for each target and scored year.

        outcome: `met`, `not_met` or `unknown`; standing: `ahead`, `on_path` or `behind`, where a path is stated.
        `parkscore.tree.target_tables.target_table` says what the other columns are.
        """
        return target_table(self.progress)

    @own_table
    def accounting(self) -> pd.DataFrame:
        """What became of every row of the data: part, id, outcome, rows, and the outcome in both languages.

        The part `data` sums to the rows of the file; `classes`, each `gate`, `grade` and `list` sum to the scored rows.
        """
        return account_table(self.accounts)

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """The lines of `accounting`."""
        return accounts_of(
            self.framework,
            self.table,
            self.rows,
            self.outcomes,
            self.classification,
            self.judged,
            self.graded,
            self.listed,
        )

    @own_table
    def grades(self) -> pd.DataFrame:
        """The grade of each unit on each scale, in the order of `scores`, with its line and why in both languages.

        grade: the id of a grade, `unknown` or `no_grade`; `parkscore.tree.grades.grade_table` says what else there is.
        """
        unranked = {row: each.text for row, each in self.outcomes.reasons.items()}
        return grade_table(self.graded, self.table, self.ordered_rows, unranked)

    @own_table
    def grade_details(self) -> pd.DataFrame:
        """Every comparison behind the overrides of `grades`, as in `gate_details`; paths begin with the scale's id."""
        overrides = [verdict for graded in self.graded for verdict in graded.overrides]
        return detail_table(overrides, self.table, self.ordered_rows).drop(columns="gate")

    @property
    def grade_counts(self) -> dict[str, dict[str, int]]:
        """By scale, how many of the scored rows have each grade, `unknown` and `no_grade` included."""
        return {graded.scale.id: grade_counts(graded, self.rows) for graded in self.graded}

    @cached_property
    def reasons(self) -> list[Text | None]:
        """For each row of `scores`, why it is not ranked, or None."""
        return [None if why is None else why.text for why in map(self.outcomes.reasons.get, self.ordered_rows.tolist())]

    @own_table
    def contributions(self) -> pd.DataFrame:
        """What each indicator adds to each unit's score; a row sums to its score, one without a score is NaN.

        An indicator without a value adds 0, and its weight counts for its siblings; in a sum of points each adds its
        points. Raises UsageError where a node is not additive: there the score is no sum of parts.
        """
        refusal = self.why_not_additive()
        if refusal is not None:
            raise UsageError(refusal)
        return self._labelled(contributions(self.framework, self.aggregated, self.cohorts, self.weighing.shares))

    @own_table
    def filled(self) -> pd.DataFrame:
        """Every gap that was filled: unit, year, indicator, policy, what was filled (`value` or `score`), with what.

        A filled gap counts as data in `coverage`, and not in the availability of a screen over `indicators`.
        """
        settings = resolve_settings(self.framework)
        policies = {leaf.id: settings[leaf.id].missing.name for leaf in self.framework.leaves}
        stages = (
            ("value", self.imputed_grid.filled, self.imputed_grid.values),
            ("score", self.scoring.filled, self.scoring.scores),
        )
        frames = []
        for stage, filled, values in stages:
            frame = self._cells(filled)
            frame["policy"] = frame["indicator"].map(policies).astype(object)
            frame["filled"] = stage
            frame["value"] = values[self.rows][filled[self.rows]]
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    @read_only_property
    def fitted(self) -> Fitted:
        """Every statistic that this run was scored by, to score other rows by; see `parkscore.data.fitted`."""
        if self.frozen is not None:
            return self.frozen.fitted
        fitted = fit_of(
            self.framework,
            self.table,
            self.measured + self.beside,
            derived=self.indicator_grid,
            imputed=self.imputed_grid,
            treated=self.treatment,
            scored=self.scoring,
        )
        weighed = with_weights(fitted, self.cohorts, self.weighing, self.aggregated)
        if not (self.beside and whole_row_nodes(self.framework)):
            return weighed
        states = self.treatment.grid.states
        beside = absent_beside(self.framework, self.table, self._beside_by_class, weighed, self.scoring, states)
        return replace(weighed, absent={**weighed.absent, **beside})

    @property
    def _beside_by_class(self) -> tuple[Cohort, ...]:
        """The groups that no scored row is of, with each class apart where the scored ones have."""
        apart = any(cohort.class_id is not None for cohort in self.cohorts)
        return cohorts_by_class(self.beside, self.classification) if apart and self.classification else self.beside

    def freeze(self, path: str | Path) -> FrozenReference:
        """Write what scores are measured against into a file, to score other rows by with `reference=`; return it.

        Raises UsageError where units are compared with each other, where the rows have several references, such as
        several years, where they were scored by a frozen reference themselves, where weights are computed and no row
        can be scored, where the file holds another reference, or where it cannot be written.
        """
        refuse_other_form(path, ".json")
        if self.frozen is not None:
            raise UsageError(already_frozen(self.frozen))
        cohorts, shares = zip(*self.own_cohorts, strict=True) if self.own_cohorts else ((), ())
        weighing = replace(self.weighing, shares=shares)
        frozen = freeze(self.framework, self.table, self.rows, cohorts, self.fitted, self.plan, weighing)
        refuse_replacing(path, frozen)
        write_text(path, frozen.text)
        return frozen

    @own_table
    def reference(self) -> pd.DataFrame:
        """What scores are measured against: per reference and indicator the rule, and the statistics it was fitted to.

        Columns: reference, indicator, measure, direction, rule, formula, parameters (those stated, and defaults), then
        a column per statistic, such as low and high. A score follows from these and the value in `treated`.
        """
        own = {cohort.reference: self.scoring.references[cohort.reference] for cohort, _ in self.own_cohorts}
        return reference_table(self.framework, own)

    def source(self, unit: str, field: str, year: int | None = None) -> str:
        """The cell that a number was read from, such as `zones.xlsx!2024!F17`; of an indicator the cells it reads.

        field: a field or an indicator, by its id. year: the data year; without it, the cells of every year. A formula
        that looks back to earlier years reads the same columns there.

        Raises UsageError where there is no such unit in that year, or no such field or indicator.
        """
        return ", ".join(str(place) for place in cells_behind(self.framework, self.table, unit, field, year))

    @own_table
    def changes(self) -> pd.DataFrame:
        """Every value that the treatment of outliers changed: unit, year, indicator, before, after."""
        changed = self.treatment.changed
        frame = self._cells(changed)
        frame["before"] = self.imputed_grid.values[self.rows][changed[self.rows]]
        frame["after"] = self.treatment.grid.values[self.rows][changed[self.rows]]
        return frame

    @own_table
    def chosen(self) -> pd.DataFrame:
        """Every score that follows from a name and no number: unit, year, indicator, chosen, score.

        chosen: the category, or the condition of the tier that counts, `otherwise` where none holds.
        """
        named = np.array([leaf.is_named for leaf in self.framework.leaves], dtype=np.bool_)
        marked = (self.indicator_grid.states == State.VALUE) & named
        frame = self._cells(marked)
        frame["chosen"] = self.indicators.to_numpy(dtype=object)[marked[self.rows]]
        frame["score"] = self.scoring.scores[self.rows][marked[self.rows]]
        return frame

    @own_table
    def given(self) -> pd.DataFrame:
        """Every score that somebody gave: unit, year, indicator, given, least, most, score, outcome.

        least, most: the band that the rule chose. The outcome is `given` where the score counts; else `outside_band`,
        `not_whole`, `no_band`, or why there is none, such as `missing`.
        """
        return given_table(self.scoring.given, self.table, self.rows)

    @read_only_property
    def bounds(self) -> NodeBounds:
        """The least and the most that each score can become once what is missing is known, by node and table row."""
        grid, given = self.treatment.grid, self.scoring.given
        fitted = None if self.frozen is None else self.frozen.fitted
        return bounds(self.framework, self.aggregated, grid, self.cohorts, self.weighing.shares, given, fitted)

    @own_table
    def open_scores(self) -> pd.DataFrame:
        """Every sum of points that what is missing leaves open: unit, year, node, score, low, high.

        An end is NaN where there is no limit. Single indicators without a value are in `states`.
        """
        frames: list[pd.DataFrame] = []
        for node in self.framework.root.walk():  # the root first, so that there is a table where all is settled
            if node.children == () and frames:
                continue
            low, high = self.bounds.low[node.id][self.rows], self.bounds.high[node.id][self.rows]
            scores = self.aggregated.scores[node.id][self.rows]
            marked = is_open(scores, low, high)
            rows = self.rows[marked]
            frame = {UNIT: self.table.units[rows]} | (
                {} if self.table.years is None else {YEAR: self.table.years[rows]}
            )
            ends = [np.where(np.isfinite(end), end, np.nan)[marked] for end in (low, high)]
            columns = {"node": node.id, "score": scores[marked], "low": ends[0], "high": ends[1]}
            frames.append(pd.DataFrame(frame | columns))
        return pd.concat(frames, ignore_index=True)

    def _cells(self, marked: Truths) -> pd.DataFrame:
        """Unit, year and indicator of each marked cell of the scored rows; marked: (rows of the table, indicators)."""
        positions, columns = np.nonzero(marked[self.rows])
        rows = self.rows[positions]
        frame = {UNIT: self.table.units[rows]} | ({} if self.table.years is None else {YEAR: self.table.years[rows]})
        return pd.DataFrame(frame | {"indicator": np.array(self.indicator_grid.ids, dtype=object)[columns]})

    def _no_value(self) -> pd.DataFrame:
        """Every cell of `states` that is no value, with the reason."""
        gaps = self.indicator_grid.states != State.VALUE
        frame = self._cells(gaps)
        frame["state"] = self.states.to_numpy()[gaps[self.rows]]
        return frame

    def why_not_additive(self) -> Finding | None:
        """The finding that says which node keeps contributions from summing to the score, or None."""
        node = not_additive(self.framework)
        if node is None:
            return None
        title = aggregation[aggregation_of(self.framework, node).name].title
        if aggregation_of(self.framework, node).parameters.get("floor") is not None:
            title = Text(f"{title.zh}（有下限）", f"{title.en} with a floor")
        if node.round is not None:
            title = Text(f"{title.zh}并取整", f"{title.en}, rounded")
        return Finding(
            code="not_additive",
            severity=Severity.ERROR,
            field=node.id,
            message=Text(
                f"{node.id} 用{title.zh}合成，得分不是各指标贡献之和",
                f"{node.id} is a {title.en}: its score is not a sum of contributions",
            ),
            hint=Text("改看 nodes 和 scored 两个阶段", "look at the stages `nodes` and `scored` instead"),
        )

    @own_table
    def weights(self) -> pd.DataFrame:
        """Per reference, class and node: the number stated, the share within its parent, the weight in the total.

        weight_counted: the weight in the total that counts, 0 where no unit has a score at the node, as its siblings
        then take over what it weighs; a unit that lacks more than all do has weights of its own beside.

        The column `class` stands where a scheme has weights by class.
        status and source are those of the single number, where the scheme says them; the weights as a whole have the
        status `weights_status`.
        """
        frame = weights_table(self.framework, self.weighing, self.own_cohorts)
        counted = counted_weights(self.framework, self.aggregated, self.own_cohorts)
        frame.insert(list(frame.columns).index("weight_in_total") + 1, "weight_counted", list(counted.values()))
        return frame

    @cached_property
    def own_cohorts(self) -> list[tuple[Cohort, Shares]]:
        """The cohorts of the scored rows with their shares, without earlier years that gates only look back at."""
        pairs = zip(self.cohorts, self.weighing.shares, strict=True)
        return [(cohort, shares) for cohort, shares in pairs if np.isin(cohort.apply, self.rows).any()]

    @property
    def weights_status(self) -> str:
        """`official`, `assumed`, `computed` or `expert`."""
        return self.weighing.status

    @cached_property
    def notes(self) -> tuple[Text, ...]:
        """What must stand on every output: assumed weights, slots that are not filled, and what the data say of them.

        Of data that the weights rest on, too.
        """
        by = () if self.frozen is None else (self.frozen.said,)
        return (*by, *notes_of(self.framework, self.weighing, self.table.notes))

    @own_table
    def about(self) -> dict[str, Any]:
        """What was evaluated with what: framework, weights, data, version; enough to tell two runs apart."""
        years = [] if self.table.years is None else sorted({int(year) for year in self.table.years[self.rows]})
        about = about_run(
            self.framework,
            self.weighing,
            file=self.table.origin.file,
            digest=self.table.digest,
            years=years,
            units=len(self.rows),
            ranked=int(self.outcomes.ranked.sum()),
            notes=self.notes,
        )
        return about if self.frozen is None else about | self.frozen.about

    @read_only_property
    def order(self) -> Rows:
        """Positions within `rows`: by year, then rank, then name; units that are not ranked last."""
        ranks = self.standing.overall[self.rows].astype(np.int64)
        ranks[ranks == 0] = self.table.size + 1
        years = np.zeros(len(self.rows)) if self.table.years is None else self.table.years[self.rows]
        order = np.lexsort((ranks, years))
        tied = np.zeros(len(order), dtype=np.bool_)
        same = (np.diff(ranks[order]) == 0) & (np.diff(years[order]) == 0)
        tied[order[1:][same]] = tied[order[:-1][same]] = True
        if not tied.any():
            return order
        names = np.zeros(len(order), dtype=np.intp)
        names[tied] = np.unique(self.table.units[self.rows][tied].astype(str), return_inverse=True)[1]
        return np.lexsort((names, ranks, years))

    @read_only_property
    def ordered_rows(self) -> Rows:
        """The scored rows of the table in the order of `scores`."""
        return self.rows[self.order]

    def robustness(
        self,
        weights: Mapping[str, Any] | None = None,
        *,
        score: Mapping[str, Any] | None = None,
        treat: Mapping[str, Any] | None = None,
        missing: Mapping[str, Any] | None = None,
        aggregate: Mapping[str, Any] | None = None,
        leave_out: Sequence[str] | None = None,
        noise: Mapping[str, Any] | None = None,
        imputation: Sequence[str] | None = None,
        sensitivity: bool | Mapping[str, Any] | None = None,
        exact: bool | Mapping[str, Any] | None = None,
        one_at_a_time: bool | Mapping[str, Any] | None = None,
        draws: int | None = None,
        seed: int | None = None,
        year: int | None = None,
        spec: str | Path | Mapping[str, Any] | LoadedSpec | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Robustness:
        """Which ranks survive other weights and methods, tried `draws` times; loaded on first use.

        weights: how they vary, such as `{"multipliers": 0.2}`, which is what is assumed where nothing is varied; see
        `docs/robustness.md`. score, treat, missing, aggregate: by node or `all` the methods to try beside the
        framework's. leave_out: indicators of which each draw leaves out one or none; `["all"]` for every one. noise:
        by indicator or `all` the standard deviation of the error of its values, such as `"5%"` of each or
        `{"absolute": 3}`. imputation: indicators whose gaps get the value of another unit in each draw; `["all"]` for
        every one. sensitivity, exact, one_at_a_time: what to find beside the draws, for `answers` and the files: True,
        or what a spec says of it; False takes away what the spec asks. draws: 10,000 by default, of a table of weights
        its rows. seed: everything that is drawn follows from it; 0 is a seed, and the default. year: of the data, the
        latest by default. spec: a file or mapping that says all of this, in place of which counts what is stated here:
        None states nothing, and what is empty, such as `leave_out=[]`, takes away what the spec or the framework says.
        progress: told of each part of the run in turn how much is done, of how much.

        Raises UsageError, FrameworkError or DataError before anything is run where something of this cannot be.
        """
        from parkscore.robustness.analysing import robustness_of, told_by

        return robustness_of(
            self,
            spec,
            told_by(progress),
            sensitivity=sensitivity,
            exact=exact,
            one_at_a_time=one_at_a_time,
            weights=weights,
            score=score,
            treat=treat,
            missing=missing,
            aggregate=aggregate,
            leave_out=leave_out,
            noise=noise,
            imputation=imputation,
            draws=draws,
            seed=seed,
            year=year,
        )

    def exact(
        self,
        year: int | None = None,
        *,
        level: Literal["indicator", "dimension"] = "indicator",
        class_id: str | None = None,
        complete_only: bool = False,
    ) -> Exact:
        """What holds of ranks under other weights without any draw, where the total is a weighted sum.

        year: of the data, the latest by default. level: whose weights vary, those of indicators or of dimensions.
        class_id: the units of one class, where weights differ by class. complete_only: leave out units with a gap.

        Raises UsageError where the total is no weighted sum, with the node or the units and what is possible instead.
        """
        from parkscore.robustness.exact import exact_of

        return exact_of(self, year, level=level, class_id=class_id, complete_only=complete_only)

    def one_at_a_time(self, year: int | None = None) -> OneAtATime:
        """What one change alone does to ranks: an indicator or a dimension left out, other weights, a unit gone.

        year: of the data, the latest by default; UsageError where there is no such year.
        """
        from parkscore.robustness.one_at_a_time import one_at_a_time

        return one_at_a_time(self, year)

    # --- files -----------------------------------------------------------------------------------------------------

    def to_csv(self, path: str | Path, language: Language = "en") -> Path:
        """Write `scores_in` a language as csv, in UTF-8 with a mark so that Excel reads the Chinese."""
        from parkscore.evaluation_rows import write_scores

        known(language)
        return write_scores(self, path, language)

    def to_parquet(self, path: str | Path, language: Language = "en") -> Path:
        """Write `scores_in` a language as Parquet, so that `ps.explain` can explain each row from the file alone.

        Columns `value:`, `state:`, `case:` and `used:` follow, each with the id of an indicator: its value, why it has
        none or that it was filled, the number of the case that the row is in where the indicator has `cases`, and what
        was scored where gaps may be filled or outliers treated. `why:` names the items of a gate that its outcome
        comes from, where that is not that it is met. For each list `list:`, `place:` and `by:` have what it finds of
        the row, its place, and what it is ordered by; `within:` the text of a field of `reference_within` that is no
        column of the scores; `unranked:zh` and `unranked:en` why a row is not ranked. The file's metadata have `about`
        and everything else that its rows were scored by, as JSON under `parkscore`.
        """
        from parkscore.evaluation_rows import write_results

        known(language)
        return write_results(self, path, language)

    def to_json(self, path: str | Path, language: Language = "en") -> Path:
        """Write everything as one JSON document: `about`, results, weights, contributions and findings."""
        return write_json(path, lambda: self.as_dict(language))

    def to_excel(self, path: str | Path, language: Language = "zh") -> Path:
        """Write a workbook: ranking, scores, values, contributions, weights, findings and sources, a sheet each."""
        from parkscore.evaluation_sheets import sheets_of

        comments = "; ".join(note.in_language(language) for note in self.notes)
        properties = {"title": self.framework.title.label.in_language(language), "comments": comments}
        return write_workbook(path, lambda: sheets_of(self, language), properties)

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The evaluation as plain data, ready for JSON; a unit that is not ranked has its reason beside its status."""
        status = [RANKED if why is None else NOT_RANKED for why in self.reasons]
        reason = [None if why is None else why.in_language(language) for why in self.reasons]
        scores = self.scores_in(language).assign(status=status)
        scores.insert(list(scores.columns).index("status") + 1, "reason", reason)
        additive = self.why_not_additive() is None and not self.framework.only_judges
        return {
            "schema": SCHEMA,
            "about": self.about,
            "scores": records(scores),
            "accounting": records(self.accounting),
            **({"classes": records(self.classes_in(language))} if self.framework.classes else {}),
            **({} if self.cases.empty else {"cases": records(self.cases)}),
            "gates": records(self.gates),
            "gate_counts": self.gate_counts,
            "gate_details": records(with_words_for_no_limit(self.gate_details, "-inf", "inf")),
            **({"lists": records(self.lists), "list_counts": records(self.list_counts)} if self.listed else {}),
            "grades": records(self.grades),
            "grade_counts": self.grade_counts,
            "grade_details": records(with_words_for_no_limit(self.grade_details, "-inf", "inf")),
            **({"targets": records(self.targets)} if self.framework.targets else {}),
            "weights": records(self.weights),
            "reference": records(self.reference),
            "no_value": records(self._no_value()),
            "chosen": records(self.chosen),
            **({"given": records(self.given)} if self.scoring.given else {}),
            "open_scores": records(self.open_scores),
            "contributions": records(self.contributions.reset_index()) if additive else None,
            "filled": records(self.filled),
            "changed_by_treatment": records(self.changes),
            "findings": [finding.as_dict(language) for finding in worst_first(self.findings)],
        }


def _nullable(ranks: Ranks) -> Any:
    """Ranks as nullable integers: a row that is not ranked has none."""
    return pd.arrays.IntegerArray(ranks.copy(), mask=ranks == 0)
