"""Tests of parkscore.framework.settings: what holds for an indicator once defaults and the nodes above have spoken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as how

from parkscore.framework.models import REWEIGHT, Choice, Defaults, Framework, Label, Node, ScoreRule, Total, UnitKey
from parkscore.framework.settings import aggregation_of, resolve_settings
from tests.strategies import frameworks

ZSCORE, MINMAX, AS_IS = ScoreRule.of("zscore"), ScoreRule.of("minmax", clip=False), ScoreRule.of("as_is")


def framework_of(*nodes: Node, defaults: Defaults | None = None, total: Total | None = None) -> Framework:
    return Framework(
        id="x",
        title=Label(zh="例"),
        unit=UnitKey(zh="例", key="k"),
        fields={},
        indicators=nodes,
        defaults=defaults or Defaults(),
        total=total or Total(),
    )


def test_the_nearest_node_that_says_so_decides() -> None:
    leaves = (Node(id="a", zh="甲"), Node(id="b", zh="乙", score=AS_IS))
    inner = Node(id="1.1", zh="一一", children=leaves)
    framework = framework_of(
        Node(id="1", zh="一", score=MINMAX, children=(inner,)),
        Node(id="2", zh="二"),
        defaults=Defaults(score=ZSCORE),
    )
    settings = resolve_settings(framework)
    assert {code: settings[code].score for code in ("a", "b", "2")} == {"a": MINMAX, "b": AS_IS, "2": ZSCORE}


def test_each_setting_is_inherited_by_itself() -> None:
    leaf = Node(id="1.1", zh="甲", treat=Choice.of("log"))
    dimension = Node(id="1", zh="一", direction="lower", missing=Choice.of("mean"), children=(leaf,))
    settings = resolve_settings(framework_of(dimension, defaults=Defaults(direction="higher", min_coverage=0.8)))["1.1"]
    assert settings.direction == "lower"
    assert settings.missing == Choice.of("mean")
    assert settings.treat == Choice.of("log")
    assert settings.min_coverage == 0.8
    assert settings.score == ScoreRule.of("minmax")


def test_a_framework_that_says_nothing_scores_by_min_max_reweights_gaps_and_ranks_on_any_coverage() -> None:
    settings = resolve_settings(framework_of(Node(id="a", zh="甲")))["a"]
    assert settings.score == ScoreRule.of("minmax")
    assert settings.missing == Choice.of(REWEIGHT)
    assert (settings.direction, settings.treat, settings.min_coverage) == (None, None, 0.0)


def test_a_coverage_of_zero_is_said_and_not_taken_for_silence() -> None:
    settings = resolve_settings(
        framework_of(Node(id="a", zh="甲", min_coverage=0.0), defaults=Defaults(min_coverage=0.8))
    )
    assert settings["a"].min_coverage == 0.0


def test_coverage_asked_for_at_the_total_is_asked_for_at_the_total() -> None:
    framework = framework_of(Node(id="a", zh="甲"), defaults=Defaults(min_coverage=0.5), total=Total(min_coverage=0.8))
    assert resolve_settings(framework)["total"].min_coverage == 0.8


def test_children_are_aggregated_as_their_parent_says_else_as_the_defaults_say_else_arithmetically() -> None:
    geometric, arithmetic = Choice.of("geometric"), Choice.of("arithmetic")
    inner = Node(id="1.1", zh="一一", children=(Node(id="a", zh="甲"),))
    outer = Node(id="1", zh="一", aggregate=geometric, children=(inner,))
    assert aggregation_of(framework_of(outer), outer) == geometric
    assert aggregation_of(framework_of(outer), inner) == arithmetic
    assert aggregation_of(framework_of(outer, defaults=Defaults(aggregate=geometric)), inner) == geometric
    total = framework_of(outer, total=Total(aggregate=geometric))
    assert aggregation_of(total, total.root) == geometric


@how(max_examples=40)
@given(frameworks())
def test_every_node_and_the_root_have_settings_and_what_a_node_says_holds_for_it(framework: Framework) -> None:
    settings = resolve_settings(framework)
    assert set(settings) == {framework.total.id, *(node.id for node in framework.walk())}
    for node in framework.walk():
        for name in ("direction", "score", "missing", "treat", "min_coverage"):
            said = getattr(node, name)
            assert said is None or getattr(settings[node.id], name) == said
