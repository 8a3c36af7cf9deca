"""The JSON Schema of framework files and weight schemes, so that an editor completes and checks while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parkscore.framework.models import POLICIES, Framework, WeightScheme
from parkscore.framework.point_pairs import PAIRED_RULES
from parkscore.methods import (
    Method,
    Shelf,
    aggregation,
    combination,
    imputation,
    ranking,
    scoring,
    treatment,
    weighting,
)
from parkscore.methods.parameters import BAND_ENDS, Parameter

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_NUMBERS: list[Schema] = [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?\s*[%％]$"}]
_TWO: Schema = {"minItems": 2, "maxItems": 2}
_SOME: Schema = {"minItems": 1}
_BY_ID: Schema = {"type": "object", "additionalProperties": {"anyOf": _NUMBERS}}
_PAIR: Schema = {"type": "array", "items": {"anyOf": _NUMBERS}, **_TWO}
# Points, or the least and the most that somebody may give.
_POINTS: Schema = {"anyOf": [*_NUMBERS, _PAIR]}
_STEP: Schema = {"type": "array", "prefixItems": [{"anyOf": _NUMBERS}, _POINTS], **_TWO}
_ENDS: Schema = {**{end: {"anyOf": _NUMBERS} for end in BAND_ENDS}, "points": _POINTS}
_BAND: Schema = {
    "type": "object",
    "properties": _ENDS,
    "required": ["points"],
    "minProperties": 2,
    "additionalProperties": False,
}
_TIER: Schema = {
    "type": "object",
    "properties": {"when": {"type": "string"}, "points": _POINTS},
    "required": ["when", "points"],
    "additionalProperties": False,
}
_BY_PAIRS: Schema = {"type": "object", "additionalProperties": _BY_ID}
# A value of each kind that a file can state, and the kind's schema.
_KINDS: tuple[tuple[Any, Schema], ...] = (
    (0.5, {"anyOf": _NUMBERS}),
    (1, {"type": "integer"}),
    (True, {"type": "boolean"}),
    ("甲", {"type": "string"}),
    ((0.0, 1.0), {"type": "array", "items": {"anyOf": _NUMBERS}, **_TWO}),
    ((0.0, 0.5, 1.0), {"type": "array", "items": {"anyOf": _NUMBERS}, "minItems": 2}),
    (((0.5, 20.0),), {"type": "array", "items": _STEP, **_SOME}),
    (({"from": 0.5, "points": 20.0},), {"type": "array", "items": _BAND, **_SOME}),
    (({"when": "甲 > 0", "points": 20.0},), {"type": "array", "items": _TIER, **_SOME}),
    ({"甲": 3.0}, _BY_ID),
    ({"甲": {"乙": 3.0}}, {"anyOf": [_BY_PAIRS, {"type": "array", "items": _BY_PAIRS}]}),
)

_PARTS: Mapping[str, str] = {
    "score": "ScoringMethod",
    "missing": "MissingMethod",
    "treat": "TreatmentMethod",
    "aggregate": "AggregationMethod",
    "weights": "WeightingMethod",
}


def framework_schema() -> Schema:
    """The JSON Schema of a framework file, every method of the shelves with its parameters.

    A file with `extends:` states only what differs from its base, so it needs no more than its `id`.

    >>> schema = framework_schema()
    >>> schema["required"], [either["required"] for either in schema["then"]["anyOf"]]
    (['id'], [['indicators'], ['gates'], ['lists'], ['targets']])
    """
    schema = _described(Framework.model_json_schema(by_alias=True))
    required = schema["required"]
    either = [{"required": [key]} for key in ("indicators", "gates", "lists", "targets")]
    whole = {"if": {"not": {"required": ["extends"]}}, "then": {"required": required, "anyOf": either}}
    parts = schema["$defs"]
    for replaced in ("Choice", "ScoreRule"):
        del parts[replaced]
    parts |= _methods()
    for part in ("Defaults", "Node", "Total", "Case"):
        properties = parts[part]["properties"]
        properties |= {key: _one_of(key) for key in _PARTS if key in properties}
    _name_tried_methods(parts["RobustnessSpec"]["properties"])
    parts["UnitKey"].pop("required", None)  # a file that extends may restate one of its names only
    parts["Ranking"]["properties"]["ties"] = {"enum": list(ranking), "default": "min"}
    return {"$schema": DIALECT, **schema, "required": ["id"], **whole}


def scheme_schema() -> Schema:
    """The JSON Schema of a weight scheme file, every weighting method with its parameters.

    >>> scheme_schema()["required"]
    ['id', 'framework', 'status']
    """
    schema = _described(WeightScheme.model_json_schema(by_alias=True))
    choice, properties = _one_of("weights"), schema["properties"]
    schema["$defs"][_PARTS["weights"]] = _choices(weighting, "method")
    properties["inside"] = {"type": "object", "additionalProperties": choice}
    schema["$defs"]["ClassWeights"]["properties"]["inside"] = properties["inside"]
    properties["method"] = choice
    for part in ("CombinedPart", "Policy"):
        schema["$defs"][part]["properties"]["method"] = choice
    properties["combine_by"] = {"enum": list(combination), "default": "additive"}
    del schema["$defs"]["Choice"]
    return {"$schema": DIALECT, **schema}


def _described(schema: Schema) -> Schema:
    """The schema without the titles that only repeat the keys."""
    return {key: _without_titles(value) for key, value in schema.items() if key != "title"}


def _without_titles(value: Any) -> Any:
    if isinstance(value, Mapping):
        # `title` is also a key of the language: there its value is a schema, not a text.
        return {
            key: _without_titles(inner)
            for key, inner in value.items()
            if not (key == "title" and isinstance(inner, str))
        }
    return [_without_titles(inner) for inner in value] if isinstance(value, list) else value


def _methods() -> Schema:
    """The methods of each shelf, once for all keys that choose one."""
    choices = {
        "score": _with_pairs(_choices(scoring, "rule")),
        "missing": _with_policies(_choices(imputation, "method", by={"type": "string"})),
        "treat": _choices(treatment, "method"),
        "aggregate": _choices(aggregation, "method"),
        "weights": _choices(weighting, "method"),
    }
    return {_PARTS[key]: choice for key, choice in choices.items()}


def _one_of(key: str) -> Schema:
    """A method of the shelf that a key chooses from."""
    return {"$ref": f"#/$defs/{_PARTS[key]}"}


def _name_tried_methods(properties: Schema) -> None:
    """The methods that are tried by node, one or several."""
    for key in ("score", "treat", "missing", "aggregate"):
        one = _one_of(key)
        properties[key] = properties[key] | {"additionalProperties": {"anyOf": [one, {"type": "array", "items": one}]}}


def _with_pairs(choice: Schema) -> Schema:
    """Scoring rules of which the points by name, and those of everything else, may be pairs."""
    names, *forms = choice["anyOf"]
    for form in forms:
        properties = form["properties"]
        if properties["rule"]["const"] in PAIRED_RULES:
            properties["otherwise"]["anyOf"].append(_PAIR)
            if properties["rule"]["const"] == "lookup":
                properties["points"]["anyOf"].append({"type": "object", "additionalProperties": _POINTS})
    return {"anyOf": [names, *forms]}


_POLICY_PARAMETERS: Mapping[str, Schema] = {
    "by": {"type": "string"},
    "formulas": {"type": "array", "items": {"type": "string"}, "minItems": 1},
}


def _with_policies(choice: Schema) -> Schema:
    """Imputations, and what happens to a gap beside them: a share for the siblings, a score, another formula."""
    names, *forms = choice["anyOf"]
    policies = [
        {
            "type": "object",
            "properties": {"method": {"const": name}, **{each: _POLICY_PARAMETERS[each] for each in parameters}},
            "required": ["method", *(each for each in parameters if each == "formulas")],
            "additionalProperties": False,
        }
        for name, parameters in POLICIES.items()
    ]
    bare = [name for name, parameters in POLICIES.items() if "formulas" not in parameters]
    return {"anyOf": [{"enum": [*names["enum"], *bare]}, *forms, *policies]}


def _choices(shelf: Shelf[Any], key: str, **more: Schema) -> Schema:
    """A method by its name, or as an object with its parameters; `more` are parameters the engine reads itself."""
    bare = [name for name, method in shelf.items() if not any(each.required for each in _stated(method))]
    return {"anyOf": [{"enum": bare}, *(_form(method, key, more) for method in shelf.values())]}


def _stated(method: Method[Any]) -> Sequence[Parameter]:
    """The parameters that a file states; the others come from the engine."""
    return [parameter for parameter in method.parameters.values() if not parameter.supplied]


def _form(method: Method[Any], key: str, more: Mapping[str, Schema]) -> Schema:
    stated = _stated(method)
    return {
        "type": "object",
        "description": f"{method.title.zh} {method.title.en}: {method.formula}",
        "properties": {
            key: {"const": method.name},
            **{parameter.name: _parameter(parameter) for parameter in stated},
            **more,
        },
        "required": [key, *(parameter.name for parameter in stated if parameter.required)],
        "additionalProperties": False,
    }


def _parameter(parameter: Parameter) -> Schema:
    """A parameter with its meaning, and the kinds of values that its card accepts."""
    description = {"description": f"{parameter.meaning.zh} {parameter.meaning.en}"}
    if parameter.choices:
        return {"enum": list(parameter.choices), **description}
    kinds = [kind for value, kind in _KINDS if parameter.accepts(value)]
    return {"anyOf": kinds, **description} if kinds else description
