"""Hypothesis strategies for what the language can say: texts that are awkward to write down, and whole frameworks."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from parkscore.framework.models import Framework, read_number
from parkscore.methods.points_lookup import repeated_names

Data = dict[str, Any]

AWKWARD = (
    *("a: b", "=1+1", "是", "no", "yes", "null", "~", "1.10", "010", "2021-04-22", "true", "1e3", "20%", ":", "x:"),
    *(" leading", "trailing ", "two\nlines", "a\n\n\nb", "\ttab", 'say "hi"', "it's", "''", "# no comment", "a # b?"),
    *(
        "- x",
        "? y",
        "?",
        "@x",
        "%x",
        "&a",
        "*a",
        "!t",
        "| x",
        "> x",
        "[x",
        "{x}",
        "a, b",
        "---",
        "...",
        "<<",
        "=",
        "\\",
    ),
    *(
        "_x0041_",
        "<b>&amp;",
        "－1",
        "　全角空格",
        "合肥高新区",
        "\u200bno width",
        "😀",
        "x" * 150,
        "字 " * 60,
        "back\\nslash",
    ),
    *("carriage\rreturn", "~~"),
)
NUMBER_MEASURES = ("千元", "万元", "亿元", "人", "件", "%", None)


def texts() -> SearchStrategy[str]:
    """A text that a framework may hold: something visible, no control character."""
    letters = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    return st.sampled_from(AWKWARD) | st.text(letters, min_size=1, max_size=20).filter(lambda text: text.strip() != "")


def numbers(low: float, high: float) -> SearchStrategy[Any]:
    """A number as it may be written: whole, with a point, or as a percentage."""
    whole = st.integers(int(low), int(high))
    return whole | st.floats(low, high, allow_nan=False) | whole.map(lambda number: f"{number}%")


def optional(key: str, values: SearchStrategy[Any]) -> SearchStrategy[Data]:
    """A group with the key, or without."""
    return st.just({}) | values.map(lambda value: {key: value})


@st.composite
def joined(draw: DrawFn, *parts: SearchStrategy[Data]) -> Data:
    """Several groups as one."""
    return {key: value for part in parts for key, value in draw(part).items()}


def names() -> SearchStrategy[Data]:
    """A name in Chinese, in English, or in both."""
    return st.one_of(
        texts().map(lambda zh: {"zh": zh}),
        texts().map(lambda en: {"en": en}),
        st.tuples(texts(), texts()).map(lambda both: {"zh": both[0], "en": both[1]}),
    )


_DIRECTIONS = optional("direction", st.sampled_from(["higher", "lower"]))
_TREATMENTS = optional(
    "treat",
    st.sampled_from(
        [
            *("none", "log", "signed_log", "box_cox", {"method": "winsorise", "most": 3, "skew": 1.5}),
            *({"method": "percentile", "lower": "1%", "upper": 0.9}, {"method": "iqr_fences", "k": 3}),
        ]
    ),
)
_POLICIES = (
    *("reweight", "mean", "last_year", "linear", "invalid"),
    *({"method": method, "by": "stage"} for method in ("group_mean", "group_median", "score_group_mean")),
)
_POSITIVE_SCORES = (
    {"rule": "minmax", "to": (1, 100)},
    {"rule": "minmax", "to": ("50%", 1), "clip": True, "low": 0, "high": 0.2},
)
_SCORES = (*_POSITIVE_SCORES, "zscore", "as_is", "minmax", {"rule": "goalposts", "low": 0.05, "high": 0.6})
_STAGES = optional("stage", st.sampled_from(["indicators", "imputed"]))
_SOURCES = joined(optional("source", texts()), optional("note", texts()))


@st.composite
def _fields(draw: DrawFn) -> dict[str, Data]:
    """One to four number fields, perhaps one derived from them, and a text field."""
    fields: dict[str, Data] = {}
    for index in range(draw(st.integers(1, 4))):
        # Names and aliases are unique through their last characters, whatever comes before.
        aliases = tuple(f"{draw(texts())}◆{index}.{n}" for n in range(draw(st.integers(0, 2))))
        fields[f"f{index}"] = draw(
            joined(
                texts().map(lambda text, index=index: {"zh": f"{text}◇{index}"}),
                st.sampled_from(NUMBER_MEASURES).map(lambda measure: {} if measure is None else {"measure": measure}),
                optional("min", numbers(-5, 0)),
                optional("max", st.integers(10, 15)),
                optional("totals", st.dictionaries(st.integers(2000, 2030), numbers(0, 10**12), max_size=2)),
                st.just({"aliases": aliases} if aliases else {}),
                _SOURCES,
            )
        )
    if draw(st.booleans()):
        fields["derived"] = {"zh": "推算", "formula": "f0 * 2", "kind": "number"}
    fields["stage"] = {"en": "class", "kind": "text"}
    return fields


def _weighing(count: int) -> SearchStrategy[list[Data]]:
    """What siblings say about their weights: nothing, percentages, coefficients, or that one of them is unknown."""
    cuts = st.lists(st.integers(1, 99), min_size=count - 1, max_size=count - 1, unique=True).map(sorted)
    shares = cuts.map(lambda inner: [f"{high - low}%" for low, high in pairwise([0, *inner, 100])])
    coefficients = st.lists(st.sampled_from([0.8, 1, 1.2, 2.5]), min_size=count, max_size=count)
    unknown = coefficients.map(lambda weights: ["unknown", *weights[1:]])
    silent = st.just([{} for _ in range(count)])
    return silent | (shares | coefficients | unknown).map(lambda weights: [{"weight": weight} for weight in weights])


@st.composite
def _nodes(
    draw: DrawFn, depth: int, fields: dict[str, Data], positive: bool, new_id: Callable[[], str]
) -> tuple[Data, ...]:
    count = draw(st.integers(1, 3))
    nodes = []
    for weight in draw(_weighing(count)):
        node = {"id": new_id(), **draw(names()), **weight}
        if depth < 3 and draw(st.booleans()):
            methods = ["arithmetic", "geometric", {"method": "mazziotta_pareto", "penalty": "positive"}]
            node |= draw(
                joined(optional("aggregate", st.sampled_from(methods if positive else methods[:1])), _DIRECTIONS)
            )
            node |= draw(optional("weights", st.sampled_from(["equal", {"method": "entropy", "zeros": "shift"}])))
            node["children"] = draw(_nodes(depth + 1, fields, positive, new_id))
        else:
            node |= draw(_leaf(fields, positive))
        node |= draw(_SOURCES)
        nodes.append(node)
    return tuple(nodes)


@st.composite
def _leaf(draw: DrawFn, fields: dict[str, Data], positive: bool) -> Data:
    name = draw(st.sampled_from([name for name in fields if name != "stage"]))
    measure = fields[name].get("measure")
    formula = draw(
        st.sampled_from([name, f"{name} - 上年({name})", f"if({name} >= 0, {name}, -{name})", f"{name} / f0"])
    )
    stated = measure is not None and not formula.endswith("/ f0")
    return draw(
        joined(
            st.just({"formula": formula} | ({"measure": measure} if stated else {})),
            _DIRECTIONS,
            optional("score", st.sampled_from(_POSITIVE_SCORES if positive else _SCORES)),
            optional("missing", st.sampled_from([*_POLICIES, {"method": "shorter_history", "formulas": (formula,)}])),
            _TREATMENTS,
            optional("min_coverage", numbers(0, 1)),
            optional("cases", _cases()),
        )
    )


@st.composite
def _cases(draw: DrawFn) -> tuple[Data, ...]:
    """Two cases that the text field tells apart; what they state otherwise is for tests of their own."""
    said = joined(optional("zh", texts()), optional("en", texts()), _SOURCES)
    return {"when": "stage == '乙'", **draw(said)}, draw(said)


@st.composite
def _rules(draw: DrawFn) -> tuple[Data, ...]:
    kinds = [
        {"require": "f0 >= 0"},
        {"require": "f0 == 0 or not f0 < 0", "when": "stage in [\"A\", '乙']"},
        {"required": ("f0", "stage")},
        {"required": ("f0",), "when": "stage == '乙'"},
        {"outlier": {"fields": ("f0",), "z": 3.5}},
        {"magnitude": {"field": "f0", "expected": 12.5, "factor": 8}},
        {"jump": {"fields": ("f0",), "factor": 5}},
        {"measure_mixup": {"field": "f0", "per": "f0", "expected": 2052.42, "factor": 30}},
        {"measure_mixup": {"field": "f0", "expected": "7%", "factor": 1.5}},
    ]
    rules = []
    for index in range(draw(st.integers(0, 3))):
        severity = optional("severity", st.sampled_from(["error", "warning", "info"]))
        status = optional("status", st.sampled_from(["sourced", "assumed"]))
        said = joined(names(), st.sampled_from(kinds), severity, status, optional("hint", names()))
        rules.append({"id": f"rule-{index}", **draw(said), **draw(optional("source", texts()))})
    return tuple(rules)


@st.composite
def _classes(draw: DrawFn, measure: str | None) -> Data:
    """No classes, a field of them, or conditions that leave no value of `f0` out and none in two."""
    kind = draw(st.sampled_from(["none", "field", "conditions"]))
    if kind == "none":
        return {}
    if kind == "field":
        return {"class": "stage"}
    cuts = [f"{cut}{measure or ''}" for cut in sorted(draw(st.lists(st.integers(1, 9), max_size=2, unique=True)))]
    sides = [None, *cuts, None]
    classes = []
    for index, (low, high) in enumerate(pairwise(sides)):
        links = [f"f0 >= {low}"] * (low is not None) + [f"f0 < {high}"] * (high is not None)
        when = " and ".join(links) or "f0 >= 0 or f0 < 0"
        classes.append({"id": f"class-{index}", **draw(names()), "when": when, **draw(_SOURCES)})
    return {"classes": tuple(classes)}


def _of_a_unit(rule: str) -> SearchStrategy[Data]:
    return texts().map(lambda unit: {"rule": rule, "unit": unit})


_TABLES = optional(
    "tables",
    st.fixed_dictionaries(
        {
            "values": st.dictionaries(texts(), numbers(0, 9), min_size=1, max_size=3).filter(
                lambda of: not repeated_names(of)
            )
        },
        optional={"otherwise": numbers(0, 9), "source": texts()},
    ).map(lambda table: {"系数": table}),
)


@st.composite
def _accepted(draw: DrawFn, rules: tuple[Data, ...]) -> tuple[Data, ...]:
    of_columns = {rule["id"] for rule in rules if "measure_mixup" in rule}
    known = st.sampled_from([*(rule["id"] for rule in rules), "below_min", "above_max"])
    entry = joined(
        known.flatmap(lambda rule: st.just({"rule": rule}) if rule in of_columns else _of_a_unit(rule)),
        st.builds(dict, reason=texts(), by=texts()),
        optional("field", st.just("f0")),
        optional("year", st.integers(2000, 2030)),
    )
    return tuple(draw(st.lists(entry, max_size=2)))


_CONDITIONS = (
    *("f0 >= 0 and not f0 < 0", "not f0 <= 0", "上年(f0) == f0 or f0 / f0 > 1"),
    "stage in [\"A\", '乙']",
)
_WAYS = st.lists(joined(names(), st.sampled_from(_CONDITIONS).map(lambda text: {"when": text})), min_size=1, max_size=2)


@st.composite
def _requirements(draw: DrawFn, depth: int) -> tuple[Data, ...]:
    """One to three requirements of every kind, some of them made of others."""
    asked = []
    for index in range(draw(st.integers(1, 3))):
        kinds = ["require", "veto", "review", *(("all", "any", "at_least") if depth < 3 else ())]
        kind = draw(st.sampled_from(kinds))
        said: Any = draw(st.sampled_from(_CONDITIONS))
        if kind in ("all", "any", "at_least"):
            items = draw(_requirements(depth + 1))
            said = {"count": draw(st.integers(1, len(items))), "of": items} if kind == "at_least" else items
        around = joined(
            optional("when", st.sampled_from(_CONDITIONS)),
            optional("exempt", _WAYS.map(tuple)),
            optional("bypass", _WAYS.map(tuple)),
            optional("miss", st.just("review")),
            optional("status", st.sampled_from(["sourced", "assumed"])),
            optional("zh", texts()),
            _SOURCES,
        )
        asked.append({"id": f"gate-{index}", kind: said, **draw(around)})
    if depth == 1 and draw(st.booleans()):
        relax = draw(joined(st.just({"when": _CONDITIONS[3]}), numbers(0, 1).map(lambda by: {"by": by})))
        if read_number(relax["by"]) > 0:
            asked.append({"id": "relaxed", "require": "f0 / f0 >= 50%", "relax": relax})
    return tuple(asked)


@st.composite
def _lists(draw: DrawFn) -> tuple[Data, ...]:
    """No list, or some with every key."""
    said = joined(
        names(),
        optional("require", st.sampled_from(_CONDITIONS)),
        optional("by", st.sampled_from(["f0", "f0 / f0 - 上年(f0) / f0"])),
        optional("direction", st.sampled_from(["higher", "lower"])),
        optional("top", st.integers(1, 10**6)),
        optional("per", st.just("stage")),
        optional("status", st.sampled_from(["sourced", "assumed"])),
        _SOURCES,
    )
    return tuple({"id": f"list-{index}", **draw(said)} for index in range(draw(st.integers(0, 2))))


@st.composite
def _targets(draw: DrawFn) -> tuple[Data, ...]:
    """No target, or some with every key."""
    goal = st.sampled_from([{"at_most": 0.1}, {"at_most": "10%"}, {"at_least": 250}, {"at_least": "101.5%"}])
    beginning = st.integers(2000, 2020).map(lambda year: {"year": year})
    said = joined(
        names(),
        st.sampled_from(
            [
                {"value": "share_of_units(stage == '乙') + 1"},
                {"value": "cagr_since(全体合计(f0) / all_sum(f0), 2020)"},
                {"value": "all_sum(f0) / 上年(all_sum(f0))", "measure": "‰"},
            ]
        ),
        st.integers(2021, 2035).map(lambda year: {"by": year}),
        optional("from", beginning),
        optional("path", st.sampled_from(["compound", "linear"])),
        optional("status", st.sampled_from(["sourced", "assumed"])),
        _SOURCES,
    )
    targets = []
    for index in range(draw(st.integers(0, 2))):
        target = draw(said)
        plain = goal.filter(lambda asked, own=target: "measure" not in own or "%" not in str(asked))
        targets.append({"id": f"target-{index}", **target, **draw(plain)})
    return tuple(targets)


@st.composite
def framework_data(draw: DrawFn) -> Data:
    """A valid framework as plain data, as a file states it; it draws no finding from any check."""
    positive = draw(st.booleans())
    codes = iter(range(1, 1000))
    prefix = draw(texts())
    fields = draw(_fields())
    rules = draw(_rules())
    accepted = draw(_accepted(rules)) if rules else ()
    scores = st.sampled_from(_POSITIVE_SCORES if positive else _SCORES)
    dates = st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 1, 1))
    defaults = joined(
        st.sampled_from(["higher", "lower"]).map(lambda direction: {"direction": direction}),
        scores.map(lambda score: {"score": score}) if positive else optional("score", scores),
        optional("missing", st.sampled_from(["reweight", "median"])),
        _TREATMENTS,
        optional("weights", st.just("equal")),
        optional("min_coverage", numbers(0, 1)),
    )
    total = joined(optional("id", st.just("index")), optional("zh", texts()), optional("min_coverage", numbers(0, 1)))
    head = joined(
        names().map(lambda title: {"id": "made", "title": title, "time": "year"}),
        names().map(
            lambda label: {
                "unit": {"key": "the unit", "aliases": ("园区",), **{k: f"{v}▣{k}" for k, v in label.items()}}
            }
        ),
        optional("version", texts()),
        optional("status", st.sampled_from(["sourced", "partial", "example"])),
        _SOURCES,
        optional("effective", dates.map(lambda day: {"since": day, "until": day})),
        optional("evaluation_lag", st.integers(0, 5)),
        _classes(fields["f0"].get("measure")),
        optional("rank_within", st.just(("stage",))),
        optional("weights_status", st.sampled_from(["official", "assumed"])),
        optional("weights_source", texts()),
        optional("reference", st.sampled_from(["per-year", "panel", 2023])),
        optional("screen", joined(numbers(0, 1).map(lambda share: {"availability": share}), _STAGES)),
        optional("ranking", st.sampled_from([{"ties": "dense"}, {"ties": "max", "decimals": 3}])),
        _TABLES,
        defaults.map(lambda said: {"defaults": said}),
        optional("total", total),
    )
    indicators = draw(_nodes(1, fields, positive, lambda: f"{prefix}{next(codes)}"))
    gates = draw(_requirements(1)) if draw(st.booleans()) else ()
    lists = {"rules": rules, "accepted": accepted, "gates": gates, "lists": draw(_lists()), "targets": draw(_targets())}
    return (
        draw(head) | {"fields": fields, "indicators": indicators} | {key: rows for key, rows in lists.items() if rows}
    )


def frameworks() -> SearchStrategy[Framework]:
    """A small valid framework: nested, weighted in every way, with methods, rules, aliases and awkward texts."""
    return framework_data().map(Framework.model_validate)
