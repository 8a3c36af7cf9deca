"""What is said of one unit: where it stands, and what each indicator adds to its score and why."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from parkscore.data.reference_names import unnamed
from parkscore.data.unranked_sentences import in_both_languages
from parkscore.framework.result_columns import BETWEEN, CASE, RANK_IN, STATE, UNRANKED, USED, VALUE, WHY, WITHIN
from parkscore.language import Language, Text, known

if TYPE_CHECKING:
    import pandas as pd

_ADDS_POINTS, _ADDS_SHARES = "sum", "arithmetic"

_NOT_APPLICABLE: Final = "not_applicable"
_REASONS: Final = {
    "missing": Text("缺失", "missing"),
    _NOT_APPLICABLE: Text("不适用", "not applicable"),
    "divided_by_zero": Text("除数为零", "divided by zero"),
    "undefined": Text("无定义", "undefined"),
    "filled": Text("缺失，已按规则填补", "missing, filled by the rule"),
}
_NO_VALUE: Final = Text("无值", "no value")


_HANDED_ON: Final = Text("权重已含无得分指标让出的份额", "weights include the share of indicators without a score")
_ADDED_NOTHING: Final = Text(
    "分值相加处没有得分的指标不计分，补上后得分可能变",
    "where points are added up an indicator without a score adds nothing: with its value the score may change",
)

_MET: Final = "met"
_NUMBERS_BEHIND: Final = Text(
    "门槛和等级所据的数值不在已存的结果中：用 parkscore explain 指标体系 数据 可见",
    "the numbers behind gates and grades are not in a stored result: parkscore explain FRAMEWORK DATA tells them",
)


class Standing(NamedTuple):
    """A rank of the unit: among whom, and how many of them have a score (None where it is not known)."""

    among: Text
    rank: int
    of: int | None


@dataclass(frozen=True)
class Line:
    """What one indicator says of the unit.

    value: as derived, in its measure; state: why there is none (`missing`, `not_applicable`, ...), or `filled`.
    used: what was scored in place of the value, where a gap was filled or an outlier treated; None where the value was.
    case: what the case is called that the unit is in, None where the indicator has none or that cannot be told.
    direction: `higher` or `lower`, whichever is better; None where neither is, as where a value is best in between.
    rule: how the value became the score; against: the statistics and parameters it was measured by, by name.
    share: the weight in the total as the scheme has it; weight: what it comes to for this unit, once indicators without
    a score have handed theirs on. adds: what it adds to the score, None where the score is no sum. mean: the mean score
    of its class and year, None where there are classes and it is in none. ahead: what the difference to that mean adds;
    None where the score is no sum.
    """

    id: str
    label: Text
    dimension: Text | None
    value: float | str | None
    measure: str | None
    state: str | None
    used: float | None
    case: Text | None
    direction: str | None
    rule: Text
    against: Mapping[str, Any]
    score: float | None
    share: float | None
    weight: float | None
    adds: float | None
    mean: float | None
    ahead: float | None

    @property
    def reason(self) -> Text | None:
        """Why there is no value, in words; None where there is one."""
        if self.state is not None:
            return _REASONS.get(self.state, _NO_VALUE)
        return _NO_VALUE if self.value is None else None


class Part(NamedTuple):
    """What a node below the total adds to the score."""

    label: Text
    adds: float


@dataclass(frozen=True)
class Explanation:
    """One unit in one result: standings, gates and grades, and a line for each indicator.

    status: `ranked`, or `not_ranked: ` and why, in English; unranked: the latter in both languages. sums: whether
    `adds` of the lines sum to the score; parts: what the nodes below the total add, none where that is no sum either.
    gaps: what became of the share of indicators without a score, nothing where all have one or the score is no sum.
    judged: the outcome of each gate and grade by its column; judged_texts: the same in words. not_stored: what an
    evaluation would tell beside this, and a stored result does not hold. years: all years in which the result has the
    unit.
    notes: what must be said of every number of the result, such as assumed weights or synthetic data.
    """

    unit: str
    year: int | None
    years: tuple[int, ...]
    class_name: Text | None
    title: Text
    framework: str
    weights: str | None
    weights_status: str | None
    score: float | None
    mean: float | None
    status: str
    unranked: Text | None
    standings: tuple[Standing, ...]
    judged: Mapping[str, str]
    judged_texts: tuple[Text, ...]
    not_stored: tuple[Text, ...]
    sums: bool
    parts: tuple[Part, ...]
    gaps: tuple[Text, ...]
    lines: tuple[Line, ...]
    notes: tuple[Text, ...]

    def __repr__(self) -> str:
        """One line: whose score this is."""
        year, score = (
            "" if self.year is None else f" {self.year}",
            "none" if self.score is None else f"{self.score:.4f}",
        )
        return f"<Explanation of {self.unit}{year}: score {score}, {len(self.lines)} indicators>"

    def frame(self, language: Language = "en") -> pd.DataFrame:
        """The lines as a table, one row per indicator."""
        import pandas as pd

        return pd.DataFrame(self.as_dict(language)["lines"])

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The explanation as plain data, texts in one language."""
        known(language)

        def plain(value: Any) -> Any:
            if isinstance(value, Text):
                return value.in_language(language)
            if isinstance(value, Mapping):
                return {key: plain(each) for key, each in value.items()}
            if isinstance(value, (list, tuple)):
                return [plain(each) for each in value]
            return value

        own = {name: getattr(self, name) for name in self.__dataclass_fields__}
        own["status"] = _status_in(self.status, self.unranked, language)
        own["standings"] = [each._asdict() for each in self.standings]
        own["parts"] = [each._asdict() for each in self.parts]
        own["lines"] = [
            {**{name: getattr(line, name) for name in line.__dataclass_fields__}, "reason": line.reason}
            for line in self.lines
        ]
        return {name: plain(value) for name, value in own.items()}


def explanation_of(
    document: Mapping[str, Any],
    row: Mapping[str, Any],
    years: Sequence[int] = (),
    reasons: Mapping[str, Text] | None = None,
) -> Explanation:
    """The explanation of one row of results, from the row and what the results say of themselves.

    reasons: what the outcome of each gate and grade comes from, with its numbers; None where they are not known, and
    the row names the items.
    document: as `parkscore.evaluation_document.document` gives it. row: by column, as a result in Parquet has it.
    """
    tree = _Tree(document, row)
    unranked = _unranked(row)
    judged = {column: str(row[column]) for column in _judged_columns(document, row)}
    notes = zip(document.get("notes_zh", document["notes"]), document["notes"], strict=True)
    sums = bool(document.get("additive")) and row.get("score") is not None
    name = row.get("class")
    labels = document.get("class_labels", {})
    return Explanation(
        unit=str(row["unit"]),
        year=row.get("year"),
        years=tuple(years),
        class_name=None if name is None else _text(labels.get(name, {"zh": name, "en": name})),
        title=_text(document["title"]),
        framework=document["framework"],
        weights=document.get("weights"),
        weights_status=document.get("weights_status"),
        score=row.get("score"),
        mean=tree.mean_of(tree.root)[0],
        status=_status_in(str(row["status"]), unranked, "en"),
        unranked=unranked,
        standings=tuple(_standings(document, row, tree)),
        judged=judged,
        judged_texts=tuple(
            _judged_text(document, column, outcome, _behind(document, row, column, reasons))
            for column, outcome in judged.items()
        ),
        not_stored=(_NUMBERS_BEHIND,) if reasons is None and set(judged.values()) - {_MET} else (),
        sums=sums,
        parts=tree.parts(),
        gaps=tuple(tree.gaps()) if sums else (),
        lines=tuple(tree.lines()),
        notes=tuple(Text(zh, en) for zh, en in notes),
    )


def _unranked(row: Mapping[str, Any]) -> Text | None:
    """Why a row is not ranked; None where it is. A file that has it in one language only has it in its status."""
    status = str(row["status"])
    if status == "ranked":
        return None
    zh, en = row.get(f"{UNRANKED}zh"), row.get(f"{UNRANKED}en")
    return in_both_languages(status.partition(": ")[2] or status) if zh is None or en is None else Text(zh, en)


def _status_in(status: str, unranked: Text | None, language: Language) -> str:
    """The status of a row in a language; the word before the colon stays what it is."""
    word, colon, _ = status.partition(": ")
    return status if unranked is None or not colon else f"{word}{colon}{unranked.in_language(language)}"


def _text(labels: Mapping[str, str]) -> Text:
    return Text(labels["zh"], labels["en"])


def _standings(document: Mapping[str, Any], row: Mapping[str, Any], tree: _Tree) -> Iterator[Standing]:
    of_class, of_year = tree.mean_of(tree.root)[1], tree.scored_in_year
    if row.get("rank") is not None:
        yield Standing(Text("全部", "all"), int(row["rank"]), of_year)
    if row.get("class_rank") is not None:
        labels = document.get("class_labels", {}).get(row["class"], {"zh": row["class"], "en": row["class"]})
        yield Standing(_text(labels), int(row["class_rank"]), of_class)
    for column in columns_of_groups(document, row):
        field, rank = column.removeprefix(RANK_IN), row[column]
        if rank is not None:
            yield Standing(Text(str(row[field]), str(row[field])), int(rank), None)


def columns_of_groups(document: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """The columns of ranks within groups; a node, a gate or a scale of grades may be called like one of them."""
    others = {node["id"] for node in document["tree"]} | document.get("judged_labels", {}).keys()
    return [column for column in row if column.startswith(RANK_IN) and column not in others]


def _judged_columns(document: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """The columns of gates and grades; in files that do not name them, those between the status and the first node."""
    columns = list(row)
    if "judged_labels" in document:
        return [column for column in columns if column in document["judged_labels"] and row[column] is not None]
    nodes = {node["id"] for node in document["tree"]}
    after = columns[columns.index("status") + 1 :]
    first = next((place for place, column in enumerate(after) if column in nodes or ":" in column), len(after))
    return [column for column in after[:first] if column != "note" and row[column] is not None]


def _judged_text(document: Mapping[str, Any], column: str, outcome: str, why: Text | None) -> Text:
    """A gate or scale of grades with what it came to and why, in words as far as the document has them."""
    labels = document.get("judged_labels", {}).get(column)
    if labels is None:
        return Text(f"{column}：{outcome}", f"{column}: {outcome}")
    said = labels["words"].get(outcome, {"zh": outcome, "en": outcome})
    because = Text("", "") if why is None else Text(f"（{why.zh}）", f" ({why.en})")
    return Text(f"{labels['zh']}：{said['zh']}{because.zh}", f"{labels['en']}: {said['en']}{because.en}")


def _behind(
    document: Mapping[str, Any], row: Mapping[str, Any], column: str, reasons: Mapping[str, Text] | None
) -> Text | None:
    """Why a gate or grade came out so; of a stored result the items, or what a gate of one condition asks."""
    known_reason = (reasons or {}).get(column) or _items_behind(document, row, column)
    return known_reason if known_reason is not None or reasons is not None else _asked(document, row, column)


def _asked(document: Mapping[str, Any], row: Mapping[str, Any], column: str) -> Text | None:
    asks = document.get("judged_labels", {}).get(column, {}).get("asks")
    if asks is None or row[column] == _MET:
        return None
    return Text(f"要求：{asks['zh']}", f"asked: {asks['en']}")


def _items_behind(document: Mapping[str, Any], row: Mapping[str, Any], gate: str) -> Text | None:
    """The items of a gate that a row names, by their labels."""
    named = row.get(WHY + gate)
    if named is None:
        return None
    labels = document.get("judged_labels", {}).get(gate, {}).get("items", {})
    items = [labels.get(item, {"zh": item, "en": item}) for item in named.split(BETWEEN)]
    return Text("；".join(each["zh"] for each in items), "; ".join(each["en"] for each in items))


class _Tree:
    """The tree of a framework as a document has it, for one row."""

    def __init__(self, document: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        self._row = row
        self._additive = bool(document.get("additive"))
        self._nodes = {node["id"]: node for node in document["tree"]}
        self.root = next(node["id"] for node in document["tree"] if node["parent"] is None)
        self._children: dict[str, list[str]] = {}
        for node in document["tree"]:
            if node["parent"] is not None:
                self._children.setdefault(node["parent"], []).append(node["id"])
        weights = [each for each in document["weight_table"] if each.get("class") in (None, row.get("class"))]
        within = tuple(_group_of(document, row))
        year = str(row.get("year")) if document.get("reference") == "per-year" and row.get("year") is not None else None
        references = _own(document["reference_table"], within, year)
        self._weights = {each["id"]: each for each in _own(weights, (), year)}  # which groups share
        self._references = {(each["indicator"], each.get("case")): each for each in references}
        own = [each for each in document["means"] if each["year"] == row.get("year")]
        has_group = row.get("class", "") is not None  # the others that are in no class are no group of their own
        self._means = {each["node"]: each for each in own if has_group and each["class"] == row.get("class")}
        self.scored_in_year = sum(each["count"] for each in own if each["node"] in ("score", self.root)) or None

    def mean_of(self, node: str) -> tuple[float | None, int | None]:
        """The mean score of a node in the class and year of the row, and over how many rows."""
        found = self._means.get(node) or (self._means.get("score") if node == self.root else None)
        return (None, None) if found is None else (found["mean"], found["count"])

    def lines(self) -> Iterator[Line]:
        """A line for each indicator, in the order of the framework."""
        yield from self._below(self.root, 1.0)

    def parts(self) -> tuple[Part, ...]:
        """What each node below the total adds to the score, none where that is no sum, or is rounded or cut."""
        total = self._score(self.root)
        if total is None or self._nodes[self.root].get("aggregate") not in (_ADDS_POINTS, _ADDS_SHARES):
            return ()
        scored = [(child, part, self._score(child)) for child, part in self._weighed_below(self.root)]
        found = [Part(_text(self._nodes[child]), score * part) for child, part, score in scored if score is not None]
        return tuple(found) if math.isclose(math.fsum(each.adds for each in found), total, abs_tol=1e-9) else ()

    def gaps(self) -> Iterator[Text]:
        """What became of the share of what has no score, below every node that has one, in a score that is a sum."""
        lacking = [(node, child) for node in self._children for child in self._lacking_below(node)]
        in_sums = [child for node, child in lacking if self._nodes[node].get("aggregate") == _ADDS_POINTS]
        if len(in_sums) < len(lacking):
            yield _HANDED_ON
        if any(self._row.get(STATE + child) != _NOT_APPLICABLE for child in in_sums):
            yield _ADDED_NOTHING

    def _lacking_below(self, node: str) -> list[str]:
        """The children of a node with a score that weigh something and have none."""
        if self._score(node) is None:
            return []
        weighed = [child for child in self._children[node] if self._weights.get(child, {}).get("share")]
        return [child for child in weighed if self._score(child) is None]

    def _below(self, node: str, weight: float) -> Iterator[Line]:
        for child, part in self._weighed_below(node):
            if child in self._children:
                yield from self._below(child, weight * part)
            else:
                yield self._line(child, node, weight * part)

    def _weighed_below(self, node: str) -> Iterator[tuple[str, float]]:
        """The children of a node with their weights, once those without a score have handed theirs on."""
        children = self._children.get(node, [])
        shares = [self._weights.get(child, {}).get("share") or 0.0 for child in children]
        present = [
            share if self._score(child) is not None else 0.0 for child, share in zip(children, shares, strict=True)
        ]
        whole = math.fsum(present)
        adds_points = self._nodes[node].get("aggregate") == _ADDS_POINTS
        for child, share in zip(children, present, strict=True):
            yield child, float(share > 0) if adds_points else share / whole if whole > 0 else 0.0

    def _score(self, node: str) -> float | None:
        score = self._row.get("score" if node == self.root else node)
        return None if score is None or math.isnan(score) else float(score)

    def _line(self, leaf: str, parent: str, weight: float) -> Line:
        node, row, score = self._nodes[leaf], self._row, self._score(leaf)
        value = row.get(VALUE + leaf)
        value = None if isinstance(value, float) and math.isnan(value) else value
        mean, _ = self.mean_of(leaf)
        number = row.get(CASE + leaf)
        case = next((each for each in node.get("cases", ()) if each["case"] == number), None)
        rule = case or (_BY_CASE if "cases" in node else node)
        counts = self._additive and self._score(self.root) is not None
        adds = (0.0 if score is None else score * weight) if counts else None
        return Line(
            id=leaf,
            label=_text(node),
            dimension=None if parent == self.root else _text(self._nodes[parent]),
            value=value,
            measure=node.get("measure"),
            state=row.get(STATE + leaf),
            used=_used_instead(value, row.get(USED + leaf)),
            case=None if case is None else _text(case),
            direction=None if node.get("rule") in _BEST_IN_BETWEEN else node.get("direction"),
            rule=Text(rule["rule_zh"], rule["rule_en"]),
            against=_against(self._references.get((leaf, number), {})),
            score=score,
            share=self._weights.get(leaf, {}).get("weight_in_total"),
            weight=weight if score is not None else 0.0,
            adds=adds,
            mean=mean,
            ahead=None if adds is None or mean is None or score is None else (score - mean) * weight,
        )


def _used_instead(value: float | str | None, used: Any) -> float | None:
    """What was scored, where that is another number than the value."""
    is_number = isinstance(used, float) and not math.isnan(used)
    return used if is_number and used != value else None


_BEST_IN_BETWEEN: Final = frozenset({"middle", "interval"})
"""Rules to which a direction is no matter; their titles say what is best."""

_BY_CASE: Final = {"rule_zh": "按情形而定", "rule_en": "by case"}
"""What stands for the rule of a row that is in none of the cases, or of which that cannot be told."""


def _group_of(document: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str | None]:
    """What a row says in the fields by which references are kept apart."""
    for name in document.get("reference_within", ()):
        yield row.get(name, row.get(WITHIN + name))


def _own(
    entries: Sequence[Mapping[str, Any]], within: tuple[str | None, ...], year: str | None
) -> list[Mapping[str, Any]]:
    """The entries about the reference of a group; year: of those of its own, None where all years share one."""
    names = dict.fromkeys(each["reference"] for each in entries)
    parts = ((name, *unnamed(name)) for name in names)
    own = next((name for name, base, texts in parts if texts == within and year in (None, base)), None)
    return [each for each in entries if each["reference"] == own]


_FIXED: Final = {"reference", "indicator", "case", "condition", "measure", "direction", "rule", "formula", "parameters"}


def _against(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule measured a value by: its statistics, then its parameters."""
    statistics = {key: value for key, value in entry.items() if key not in _FIXED and value is not None}
    stated = json.loads(entry["parameters"]) if entry.get("parameters") else {}
    return {**statistics, **stated}
