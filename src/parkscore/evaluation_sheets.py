"""The sheets of a result workbook, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parkscore.data.classes import CLASS_UNKNOWN, IN_CLASS, NO_CLASS, SEVERAL_CLASSES, class_counts, class_label
from parkscore.data.impute import title_of
from parkscore.data.new_and_gone import new_and_gone
from parkscore.data.table import CLASS, UNIT, YEAR
from parkscore.evaluation_about import count_units
from parkscore.findings import worst_first
from parkscore.framework.group_words import group_heads
from parkscore.framework.models import Framework
from parkscore.framework.settings import resolve_settings
from parkscore.framework.statistic_words import OTHERWISE_TEXT, STATISTICS
from parkscore.framework.status_words import WEIGHTS_STATUS
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.language import Language, Text
from parkscore.late_pandas import pd
from parkscore.list_and_target_sheets import list_sheets, target_sheets
from parkscore.methods import ranking, scoring
from parkscore.output.workbook import Sheet
from parkscore.tree.accounting import accounting_line, named_parts
from parkscore.tree.case_tables import CASE_UNKNOWN, IN_CASE, NO_CASE
from parkscore.tree.counted_weights import hands_weight_on
from parkscore.tree.gate import NOT_RANKED, RANKED
from parkscore.tree.gate_tables import with_words_for_no_limit
from parkscore.tree.grades import grade_names
from parkscore.tree.percentiles import DEFINITION
from parkscore.tree.verdicts import OUTCOMES, TRUTH_TEXT

if TYPE_CHECKING:
    from parkscore.evaluation import Evaluation

_HEADERS = {
    UNIT: Text("评价对象", "unit"),
    YEAR: Text("数据年份", "year"),
    "evaluation_year": Text("评价年度", "evaluation year"),
    CLASS: Text("分类", "class"),
    "score": Text("得分", "score"),
    "rank": Text("位次", "rank"),
    "percentile": Text("百分位", "percentile"),
    "class_rank": Text("类内位次", "class rank"),
    "class_percentile": Text("类内百分位", "class percentile"),
    "outcome": Text("判定", "outcome"),
    "part": Text("范围", "part"),
    "rows": Text("行数", "rows"),
    "status": Text("状态", "status"),
    "reason": Text("原因", "reason"),
    "ranked": Text("已排名", "ranked"),
    "not_ranked": Text("不排名", "not ranked"),
    "reference": Text("参照", "reference"),
    "id": Text("编码", "id"),
    "name": Text("名称", "name"),
    "parent": Text("上级", "parent"),
    "stated": Text("所列权重", "stated weight"),
    "share": Text("同级份额", "share"),
    "weight_in_total": Text("总权重", "weight in total"),
    "weight_counted": Text("实际总权重", "weight that counts"),
    "origin": Text("来历", "origin"),
    "source": Text("来源", "source"),
    "measure": Text("单位", "measure"),
    "direction": Text("方向", "direction"),
    "rule": Text("赋分规则", "scoring rule"),
    "formula": Text("公式", "formula"),
    "parameters": Text("参数", "parameters"),
    "indicator": Text("指标", "indicator"),
    "policy": Text("缺失处理", "policy"),
    "filled": Text("所填", "filled"),
    "value": Text("数值", "value"),
    "gate": Text("门槛", "gate"),
    "scale": Text("等级体系", "scale"),
    "grade": Text("等级", "grade"),
    "line": Text("额度", "line"),
    "line_measure": Text("额度单位", "measure of the line"),
    "path": Text("条目", "path"),
    "case": Text("情形", "case"),
    "condition": Text("条件", "condition"),
    "value_to": Text("至多", "at most"),
    "operator": Text("比较", "operator"),
    "threshold": Text("门槛值", "threshold"),
    "relaxed_to": Text("放宽为", "relaxed to"),
    "relaxed": Text("是否放宽", "relaxed"),
    "short_by": Text("差额", "short by"),
    "given": Text("给分", "given"),
    "least": Text("最低", "least"),
    "most": Text("最高", "most"),
    "before": Text("处理前", "before"),
    "after": Text("处理后", "after"),
}
_KINDS = {
    YEAR: "count",
    "evaluation_year": "count",
    "score": "score",
    "rank": "count",
    "percentile": "share",
    "class_rank": "count",
    "class_percentile": "share",
    "stated": "value",
    "share": "share",
    "weight_in_total": "share",
    "weight_counted": "share",
}


def sheets_of(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """Ranking, scores, values, references, contributions, weights, gaps, treatment, findings, sources, in this order.

    Where the framework has gates or grades, what they come to and every condition behind it follow the ranking.
    The values that were scored have a sheet of their own where they are not the values as derived.
    """
    notes = [note.in_language(language) for note in evaluation.notes]
    if evaluation.framework.only_judges:
        sheets = _sheets_of_judgement(evaluation, language)
    else:
        sheets = _sheets_of_scores(evaluation, language)
    return [
        Sheet(sheet.name, sheet.frame, [*notes, *sheet.notes], sheet.kinds, sheet.frozen_columns) for sheet in sheets
    ]


def _sheets_of_judgement(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """The sheets where there are no indicators."""
    return [
        *([_judged(evaluation, language)] if evaluation.judged else []),
        *_gates(evaluation, language),
        *list_sheets(evaluation, language),
        *target_sheets(evaluation, language),
        *_classes(evaluation, language),
        _findings(evaluation, language),
        _accounting(evaluation, language),
        _about(evaluation, language),
    ]


def _sheets_of_scores(evaluation: Evaluation, language: Language) -> list[Sheet]:
    return [
        _ranking(evaluation, language),
        *_gates(evaluation, language),
        *_grades(evaluation, language),
        *list_sheets(evaluation, language),
        *target_sheets(evaluation, language),
        _scores(evaluation, language),
        *_classes(evaluation, language),
        *_cases(evaluation, language),
        _values(evaluation, language),
        *_scored_values(evaluation, language),
        *_given(evaluation, language),
        _reference(evaluation, language),
        _contributions(evaluation, language),
        _weights(evaluation, language),
        _filled(evaluation, language),
        _changes(evaluation, language),
        _findings(evaluation, language),
        _accounting(evaluation, language),
        _about(evaluation, language),
    ]


def _say(word: str, language: Language) -> str:
    return _HEADERS[word].in_language(language)


def _renamed(frame: pd.DataFrame, kinds: dict[str, str], language: Language) -> tuple[pd.DataFrame, dict[str, str]]:
    names = {column: _say(column, language) for column in frame.columns if column in _HEADERS}
    return frame.rename(columns=names), {names.get(column, column): kind for column, kind in kinds.items()}


def _ranking(evaluation: Evaluation, language: Language) -> Sheet:
    reasons = evaluation.reasons
    frame = evaluation.ranking.assign(status=[_say(RANKED if why is None else NOT_RANKED, language) for why in reasons])
    frame = _with_class_names(evaluation, frame, language)
    if YEAR in frame:
        evaluated = frame[YEAR] + evaluation.framework.evaluation_lag
        frame.insert(list(frame.columns).index(YEAR) + 1, "evaluation_year", evaluated)
    frame["reason"] = pd.Series([None if why is None else why.in_language(language) for why in reasons], dtype=object)
    renamed, kinds = _renamed(frame, _KINDS | _group_kinds(evaluation.framework, language), language)
    notes = [DEFINITION.in_language(language)] if evaluation.framework.ranking.percentiles else []
    return Sheet(Text("位次", "ranking").in_language(language), renamed, notes, kinds)


def _judged(evaluation: Evaluation, language: Language) -> Sheet:
    """A row for each unit and a column for each gate."""
    frame = evaluation.scores.drop(columns=["score", "rank", "class_rank", "status", "note"], errors="ignore")
    frame = _with_class_names(evaluation, frame, language)
    words = {str(outcome): outcome.text.in_language(language) for outcome in OUTCOMES}
    heads = {gate.path: gate.text.in_language(language) for gate in evaluation.judged}
    frame = frame.assign(**{path: [words[word] for word in frame[path]] for path in heads})
    renamed, kinds = _renamed(frame, _KINDS, language)
    return Sheet(Text("认定", "judged").in_language(language), renamed.rename(columns=heads), (), kinds)


def _group_kinds(framework: Framework, language: Language) -> dict[str, str]:
    """How the ranks and percentiles within groups are written, by their heads."""
    heads = group_heads(framework)
    of_columns = ((rank_in, "count"), (percentile_in, "share"))
    return {heads[of(name)].in_language(language): kind for name in framework.rank_within for of, kind in of_columns}


def _with_class_names(evaluation: Evaluation, frame: pd.DataFrame, language: Language) -> pd.DataFrame:
    """A table in the order of `scores` with the names of classes for their ids, and of groups as heads."""
    heads = {column: text.in_language(language) for column, text in group_heads(evaluation.framework).items()}
    frame = frame.rename(columns=heads)
    return frame.assign(**{CLASS: evaluation.class_names_in(language)}) if evaluation.framework.classes else frame


_COMPARISON = ["name", "path", "condition", "outcome", "value", "value_to", "operator", "threshold", "measure"]


def _gates(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """What each gate comes to, and every condition behind it; no sheets where the framework has no gates."""
    if not evaluation.judged:
        return []
    labels = {gate.path: gate.text.in_language(language) for gate in evaluation.judged}
    words = {str(outcome): outcome.text for outcome in OUTCOMES} | TRUTH_TEXT
    found, details = (
        frame.assign(
            gate=[labels[gate] for gate in frame["gate"]],
            outcome=[words[outcome].in_language(language) for outcome in frame["outcome"]],
            reason=frame[f"reason_{language}"],
        )
        for frame in (evaluation.gates, evaluation.gate_details)
    )
    details = _limits_in_words(details.assign(name=details[f"name_{language}"]), language)
    details["relaxed"] = [_word(TRUTH_TEXT, relaxed, language) for relaxed in details["relaxed"]]
    kinds = {YEAR: "count", **dict.fromkeys(("value", "value_to", "threshold", "relaxed_to", "short_by"), "value")}
    years = [YEAR] if YEAR in found else []
    sheets = (
        (Text("门槛结果", "gates"), found[[UNIT, *years, "gate", "outcome", "reason"]]),
        (
            Text("逐条条件", "conditions"),
            details[[UNIT, *years, "gate", *_COMPARISON, "relaxed_to", "relaxed", "short_by", "reason"]],
        ),
    )
    return [
        Sheet(name.in_language(language), renamed, (), own)
        for name, frame in sheets
        for renamed, own in (_renamed(frame, kinds, language),)
    ]


def _limits_in_words(details: pd.DataFrame, language: Language) -> pd.DataFrame:
    least, most = Text("没有下限", "no lower limit"), Text("没有上限", "no upper limit")
    return with_words_for_no_limit(details, least.in_language(language), most.in_language(language))


def _grades(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """The grade of each unit on each scale with its line and why, and the conditions behind overrides."""
    if not evaluation.graded:
        return []
    labels = {graded.scale.id: graded.scale.label.in_language(language) for graded in evaluation.graded}
    found, details = evaluation.grades, evaluation.grade_details
    found = found.assign(
        scale=found["scale"].map(labels),
        grade=found[f"name_{language}"],
        reason=found[f"reason_{language}"],
    )
    years = [YEAR] if YEAR in found else []
    columns = ["scale", "grade", "line", "line_measure", "score", "low", "high", "reason"]
    notes = []
    for graded in evaluation.graded:
        names, counts = grade_names(graded.scale), evaluation.grade_counts[graded.scale.id]
        said = [(names[word], count) for word, count in counts.items()]
        zh, en = "，".join(f"{name.zh} {n}" for name, n in said), ", ".join(f"{n} {name.en}" for name, n in said)
        label = graded.scale.label
        notes.append(Text(f"{label.zh}：{zh}", f"{label.en}: {en}").in_language(language))
    kinds = {YEAR: "count", "line": "value", **dict.fromkeys(("score", "low", "high"), "score")}
    heads = {"low": STATISTICS["low"], "high": STATISTICS["high"]}
    renamed, own = _renamed(found[[UNIT, *years, *columns]], kinds, language)
    renamed = renamed.rename(columns={key: text.in_language(language) for key, text in heads.items()})
    own |= {text.in_language(language): "score" for text in heads.values()}
    sheets = [Sheet(Text("等级", "grades").in_language(language), renamed, notes, own)]
    if not details.empty:
        sheets.append(_grade_conditions(details, language))
    return sheets


def _grade_conditions(details: pd.DataFrame, language: Language) -> Sheet:
    """What each override reads, comparison by comparison."""
    details = _limits_in_words(details, language).assign(
        name=details[f"name_{language}"],
        outcome=[TRUTH_TEXT[outcome].in_language(language) for outcome in details["outcome"]],
        reason=details[f"reason_{language}"],
    )
    columns = [*_COMPARISON, "reason"]
    years = [YEAR] if YEAR in details else []
    kinds = {YEAR: "count", **dict.fromkeys(("value", "value_to", "threshold"), "value")}
    renamed, own = _renamed(details[[UNIT, *years, *columns]], kinds, language)
    return Sheet(Text("等级改判条件", "overrides").in_language(language), renamed, (), own)


def _scores(evaluation: Evaluation, language: Language) -> Sheet:
    heads = _node_heads(evaluation, language)
    gates = [*(gate.path for gate in evaluation.judged), *(graded.scale.id for graded in evaluation.graded)]
    frame = evaluation.scores.drop(columns=["status", "note", *gates], errors="ignore").rename(columns=heads)
    frame = _with_class_names(evaluation, frame, language)
    own = {**_KINDS, **dict.fromkeys(heads.values(), "score"), **_group_kinds(evaluation.framework, language)}
    renamed, kinds = _renamed(frame, own, language)
    return Sheet(Text("得分", "scores").in_language(language), renamed, _handed_on(evaluation, language), kinds)


_HANDED_ON = Text(
    "没有得分的指标，其权重由同级有得分的指标按比例分担，各对象的权重因缺失而异",
    "siblings take over, in their proportions, the weight of an indicator without a score: weights differ by unit "
    "where gaps do",
)


def _handed_on(evaluation: Evaluation, language: Language) -> list[str]:
    """That weights are handed on, where they are."""
    told = hands_weight_on(evaluation.framework, evaluation.aggregated, evaluation.rows)
    return [_HANDED_ON.in_language(language)] if told else []


_CLASS_OUTCOMES = {
    IN_CLASS: Text("已分类", "in a class"),
    NO_CLASS: Text("无分类", "in no class"),
    SEVERAL_CLASSES: Text("符合多个分类", "in several classes"),
    CLASS_UNKNOWN: Text("不能判定", "cannot be told"),
}


def _classes(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """The class of each row with its reason, where classes are found by conditions."""
    if not evaluation.framework.classes:
        return []
    frame = evaluation.classes_in(language)
    frame["outcome"] = [_CLASS_OUTCOMES[outcome].in_language(language) for outcome in frame["outcome"]]
    renamed, kinds = _renamed(frame, {YEAR: "count"}, language)
    counted = class_counts(evaluation.framework, evaluation.classification, evaluation.rows)
    return [Sheet(Text("分类", "classes").in_language(language), renamed, [counted.in_language(language)], kinds)]


_CASE_OUTCOMES = {
    IN_CASE: Text("已判定", "in a case"),
    NO_CASE: Text("无一成立", "none holds"),
    CASE_UNKNOWN: Text("不能判定", "cannot be told"),
}


def _cases(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """Which case of an indicator each row is in, with its reason, where indicators have cases."""
    frame = evaluation.cases
    if frame.empty:
        return []
    labels = {leaf.id: leaf.label.in_language(language) for leaf in evaluation.framework.leaves}
    frame = frame.assign(
        indicator=[f"{code} {labels[code]}" for code in frame["indicator"]],
        condition=frame["condition"].replace(OTHERWISE_TEXT.en, OTHERWISE_TEXT.in_language(language)),
        outcome=[_CASE_OUTCOMES[outcome].in_language(language) for outcome in frame["outcome"]],
        name=frame[f"name_{language}"],
        reason=frame[f"reason_{language}"],
    ).drop(columns=[f"{word}_{each}" for word in ("name", "reason") for each in ("zh", "en")])
    renamed, kinds = _renamed(frame, {YEAR: "count", "case": "count"}, language)
    return [Sheet(Text("适用情形", "cases").in_language(language), renamed, (), kinds)]


def _node_heads(evaluation: Evaluation, language: Language) -> dict[str, str]:
    return {node.id: f"{node.id} {node.label.in_language(language)}" for node in evaluation.framework.walk()}


_STATES = {
    "missing": Text("缺失", "missing"),
    "not_applicable": Text("不适用", "not applicable"),
    "divided_by_zero": Text("除数为零", "divided by zero"),
    "undefined": Text("无定义", "undefined"),
}


def _values(evaluation: Evaluation, language: Language) -> Sheet:
    """The indicators as derived; where there is no value, the reason."""
    reasons = {state: text.in_language(language) for state, text in _STATES.items()}
    states = evaluation.states
    gaps = states.replace(reasons).where(states != "value")
    values = evaluation.indicators.astype(object).where(gaps.isna(), gaps)
    values = values.replace(OTHERWISE_TEXT.en, OTHERWISE_TEXT.in_language(language))
    return _stage(evaluation, language, Text("指标值", "values"), values, "value", _with_measures(evaluation, language))


def _scored_values(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """The values that were scored, where gaps were filled or outliers treated."""
    treated = evaluation.treated
    if treated.equals(evaluation.indicators):
        return []
    name = Text("计分所用指标值", "values as scored")
    return [_stage(evaluation, language, name, treated, "value", _with_measures(evaluation, language))]


_GIVEN = {
    "given": Text("已给分", "given"),
    "outside_band": Text("不在区间内，无得分", "outside the band, no score"),
    "not_whole": Text("不是整数，无得分", "not a whole number, no score"),
    "no_band": Text("区间不能定", "no band is known"),
    **_STATES,
}


def _given(evaluation: Evaluation, language: Language) -> list[Sheet]:
    """The scores that somebody gave, beside their bands, where there are any."""
    if not evaluation.scoring.given:
        return []
    labels = {leaf.id: f"{leaf.id} {leaf.label.in_language(language)}" for leaf in evaluation.framework.leaves}
    frame = evaluation.given
    frame = frame.assign(
        indicator=frame["indicator"].map(labels),
        outcome=[_GIVEN[outcome].in_language(language) for outcome in frame["outcome"]],
    )
    kinds = {YEAR: "count", **dict.fromkeys(("given", "least", "most"), "value"), "score": "score"}
    renamed, kinds = _renamed(frame, kinds, language)
    return [Sheet(Text("给分", "given scores").in_language(language), renamed, (), kinds)]


def _with_measures(evaluation: Evaluation, language: Language) -> dict[str, str]:
    return {
        leaf.id: f"{leaf.id} {leaf.label.in_language(language)}" + (f" ({leaf.measure})" if leaf.measure else "")
        for leaf in evaluation.framework.leaves
    }


def _stage(
    evaluation: Evaluation, language: Language, name: Text, stage: pd.DataFrame, kind: str, heads: dict[str, str]
) -> Sheet:
    """A stage with one column per indicator, under these headers."""
    ordered = stage.rename(columns=heads).iloc[evaluation.order].reset_index()
    renamed, kinds = _renamed(ordered, {YEAR: "count", **dict.fromkeys(heads.values(), kind)}, language)
    return Sheet(name.in_language(language), renamed, (), kinds)


_ADDS = Text(
    "每行各指标之和即得分。空白：该指标没有得分，不计入；整行空白：该行没有总分",
    "the indicators of a row sum to its score. Empty: the indicator has no score, and adds nothing; a row without a "
    "total score is empty throughout",
)


def _contributions(evaluation: Evaluation, language: Language) -> Sheet:
    name = Text("贡献分解", "contributions")
    refusal = evaluation.why_not_additive()
    if refusal is not None:
        return Sheet(name.in_language(language), pd.DataFrame(), [refusal.message.in_language(language)])
    total = evaluation.nodes[evaluation.framework.total.id].rename("score")
    added = evaluation.contributions
    # An indicator without a score adds nothing; a 0 would say that its score is the lowest.
    added = pd.concat([total, added.where(evaluation.nodes[added.columns].notna())], axis=1)
    heads = {"score": _say("score", language), **_node_heads(evaluation, language)}
    sheet = _stage(evaluation, language, name, added, "score", heads)
    return replace(sheet, notes=[_ADDS.in_language(language), *_handed_on(evaluation, language)])


_DIRECTIONS = {"higher": Text("越高越好", "higher is better"), "lower": Text("越低越好", "lower is better")}


def _reference(evaluation: Evaluation, language: Language) -> Sheet:
    """What scores were measured against, so that each can be computed again from the values as scored."""
    labels = {leaf.id: leaf.label.in_language(language) for leaf in evaluation.framework.leaves}
    frame = evaluation.reference
    frame = frame.assign(
        direction=[_word(_DIRECTIONS, direction, language) for direction in frame["direction"]],
        rule=[f"{rule} {scoring[rule].title.in_language(language)}" for rule in frame["rule"]],
    )
    frame.insert(2, "name", frame["indicator"].map(labels))
    statistics = [column for column in frame.columns if column not in _HEADERS]
    heads = {each: _word(STATISTICS, each, language) for each in statistics}
    renamed, kinds = _renamed(frame.rename(columns=heads), dict.fromkeys(heads.values(), "value"), language)
    return Sheet(Text("参照值", "reference").in_language(language), renamed, (), kinds, frozen_columns=3)


def _word(words: Mapping[str, Text], word: Any, language: Language) -> Any:
    return words[word].in_language(language) if word in words else word


def _weights(evaluation: Evaluation, language: Language) -> Sheet:
    frame = evaluation.weights.rename(columns={language: "name"}).drop(columns=["en" if language == "zh" else "zh"])
    classes = frame[CLASS] if CLASS in frame else [None] * len(frame)
    provenance = evaluation.weighing.provenance
    frame["origin"] = [
        provenance[name].origin[parent].in_language(language)
        for name, parent in zip(classes, frame["parent"], strict=True)
    ]
    if CLASS in frame:
        labels = [class_label(evaluation.framework, name) for name in frame[CLASS]]
        frame[CLASS] = [None if label is None else label.in_language(language) for label in labels]
    frame["status"] = [WEIGHTS_STATUS[status].in_language(language) for status in frame["status"]]
    renamed, kinds = _renamed(frame, _KINDS, language)
    title = evaluation.weighing.title.in_language(language)
    status = WEIGHTS_STATUS[evaluation.weighing.status].in_language(language)
    note = Text(f"权重方案：{title}；状态：{status}", f"weight scheme: {title}; status: {status}")
    handed_on = _handed_on(evaluation, language)
    notes = [note.in_language(language), *handed_on, *([_COUNTED.in_language(language)] if handed_on else [])]
    return Sheet(Text("权重", "weights").in_language(language), renamed, notes, kinds)


_COUNTED = Text(
    "实际总权重：所有对象都没有得分的指标为 0，其权重已分给同级；个别对象另有缺失的，以 explain 所列为准",
    "weight that counts: 0 for an indicator at which no unit has a score, with its weight given to its siblings; "
    "explain has that of a unit with gaps of its own",
)


_FILLED = {"value": Text("指标值", "value"), "score": Text("得分", "score")}


def _filled(evaluation: Evaluation, language: Language) -> Sheet:
    settings = resolve_settings(evaluation.framework)
    frame = evaluation.filled
    titles = {code: title_of(settings[code].missing).in_language(language) for code in frame["indicator"].unique()}
    frame = frame.assign(
        policy=frame["indicator"].map(titles).astype(object),
        filled=[_FILLED[stage].in_language(language) for stage in frame["filled"]],
    )
    renamed, kinds = _renamed(frame, {YEAR: "count", "value": "value"}, language)
    return Sheet(Text("缺失填补", "filled gaps").in_language(language), renamed, (), kinds)


def _changes(evaluation: Evaluation, language: Language) -> Sheet:
    renamed, kinds = _renamed(evaluation.changes, {YEAR: "count", "before": "value", "after": "value"}, language)
    return Sheet(Text("异常值处理", "treated cells").in_language(language), renamed, (), kinds)


def findings_frame(findings: Any, language: Language) -> pd.DataFrame:
    """Findings as a table, worst first, with headers in the reader's language."""
    heads = {
        "severity": Text("级别", "severity"),
        "code": Text("代码", "code"),
        "place": Text("位置", "place"),
        "unit": Text("评价对象", "unit"),
        "field": Text("字段/指标", "field"),
        "year": Text("年份", "year"),
        "value": Text("数值", "value"),
        "rule": Text("规则", "rule"),
        "message": Text("说明", "message"),
        "hint": Text("办法", "hint"),
    }
    rows = [
        finding.as_dict(language)
        | {
            "severity": finding.severity.text.in_language(language),
            "place": str(finding.place) if finding.place is not None else None,
        }
        for finding in worst_first(findings)
    ]
    frame = pd.DataFrame(rows, columns=list(heads), dtype=object)
    return frame.rename(columns={key: text.in_language(language) for key, text in heads.items()})


def _accounting(evaluation: Evaluation, language: Language) -> Sheet:
    """What became of every row of the data, in parts that sum."""
    accounts = evaluation.accounts
    heads = {each: _say(each, language) for each in ("part", "outcome", "rows")}
    parts = [text.in_language(language) for text in named_parts(accounts, evaluation.framework)]
    said = [getattr(each, language) for each in accounts]
    columns = {heads["part"]: parts, heads["outcome"]: said, heads["rows"]: [each.rows for each in accounts]}
    told = accounting_line(accounts).in_language(language)
    name = Text("行数核对", "accounting").in_language(language)
    compared = new_and_gone(evaluation.framework, evaluation.table, evaluation.rows)
    notes = [told, *(each.in_language(language) for each in compared)]
    return Sheet(name, pd.DataFrame(columns), notes, {heads["rows"]: "count"})


def _findings(evaluation: Evaluation, language: Language) -> Sheet:
    name = Text("数据质量", "findings")
    return Sheet(name.in_language(language), findings_frame(evaluation.findings, language))


_ABOUT = {
    "parkscore": Text("parkscore 版本", "parkscore version"),
    "framework": Text("指标体系", "framework"),
    "framework_version": Text("指标体系版本", "framework version"),
    "framework_source": Text("指标体系来源", "framework source"),
    "framework_sha256": Text("指标体系 SHA-256", "framework SHA-256"),
    "base": Text("基准方案", "base"),
    "schemes": Text("权重方案", "weight schemes"),
    "weights": Text("权重方案", "weight scheme"),
    "weights_status": Text("权重状态", "status of the weights"),
    "weights_source": Text("权重来源", "source of the weights"),
    "data": Text("数据文件", "data file"),
    "data_sha256": Text("数据 SHA-256", "data SHA-256"),
    "data_years": Text("数据年份", "data years"),
    "evaluation_years": Text("评价年度", "evaluation years"),
    "reference": Text("参照", "reference"),
    "reference_sha256": Text("固定参照值 SHA-256", "SHA-256 of the frozen reference"),
    "reference_data": Text("固定参照值所据数据", "data of the frozen reference"),
    "reference_data_sha256": Text("该数据 SHA-256", "SHA-256 of those data"),
    "ties": Text("并列规则", "tie rule"),
    "decimals": Text("得分比较到小数位", "scores compared to decimals"),
    "rounding": Text("得分取整（小数位 方式）", "scores rounded (decimals, way)"),
    "different_units": Text("评价对象数", "units"),
    "units": Text("评价对象数", "units"),
    "ranked": Text("已排名数", "ranked"),
    "notes": Text("须知", "notes"),
}

_OF_SEVERAL_YEARS = {
    "units": Text("数据行数（每个对象每年一行）", "rows (one for each unit and year)"),
    "ranked": Text("已排名行数", "ranked rows"),
}


_MEASURED_AGAINST = {
    "per-year": Text("各年自成参照（per-year）", "each year against itself (per-year)"),
    "panel": Text("各年合为参照（panel）", "all years together (panel)"),
}


def _about(evaluation: Evaluation, language: Language) -> Sheet:
    about = evaluation.about | {"notes": [note.in_language(language) for note in evaluation.notes]}
    return about_sheet(about, evaluation, language)


def about_sheet(about: Mapping[str, Any], evaluation: Evaluation, language: Language) -> Sheet:
    """What was evaluated with what, a line each: what `about` knows, and the columns that were converted."""
    item, content = Text("项目", "item").in_language(language), Text("内容", "content").in_language(language)
    said = {
        **about,
        "weights_status": _word(WEIGHTS_STATUS, about.get("weights_status"), language),
        "reference": _word(_MEASURED_AGAINST, about["reference"], language),
        "ties": ranking[about["ties"]].title.in_language(language),
        "notes": Text("；", "; ").in_language(language).join(about.get("notes", ())),
    }
    called = _ABOUT
    if len(about["data_years"]) > 1:
        said |= {"different_units": count_units(evaluation.table, evaluation.rows)}
        called = _ABOUT | _OF_SEVERAL_YEARS
    known = [(text, _plain(said[key])) for key, text in called.items() if key in said]
    converted = Text("单位换算", "converted")
    conversions = evaluation.table.conversions
    known += [(converted, f"{each.header}: {each.from_measure} -> {each.to_measure}") for each in conversions]
    rows = [{item: text.in_language(language), content: value} for text, value in known]
    return Sheet(Text("参数与来源", "about").in_language(language), pd.DataFrame(rows, dtype=object))


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
