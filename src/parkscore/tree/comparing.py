"""What in a framework compares units with each other, so that no statistics can stand in for the others."""

from __future__ import annotations

from collections.abc import Iterator

from parkscore.data.columns import parse
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.cases import judged_leaves
from parkscore.framework.every_formula import formulas_of_scores
from parkscore.framework.judgements import is_judged
from parkscore.framework.models import Choice, Framework
from parkscore.framework.settings import aggregation_of
from parkscore.language import Text
from parkscore.methods import aggregation, scoring
from parkscore.tree.only_gates import refuse_only_gates
from parkscore.tree.schemes import WeightPlan, weight_source


def refuse_comparisons(framework: Framework) -> None:
    """Raise UsageError where a framework cannot be scored by fixed statistics, with each thing that stands against it.

    A rule that counts other units would place a unit among those of the new data, and its score would move with them.
    """
    refuse_only_gates(framework, Text("没有参照值可固定", "there is no reference to freeze"))
    found = [*_rules(framework), *_aggregations(framework), *_formulas(framework)]
    if found:
        raise UsageError(found)


def _rules(framework: Framework) -> Iterator[Finding]:
    hint = Text(
        "改用 minmax、percentile_minmax 等有统计量可固定的规则，或不固定参照值",
        "score it by a rule with statistics, such as minmax or percentile_minmax, or freeze nothing",
    )
    for _, leaf, settings in judged_leaves(framework):
        title, label = scoring[settings.score.name].title, leaf.label
        if not scoring[settings.score.name].row_local:
            told = Text(f"{label.zh}：{title.zh}数其他评价对象", f"{label.en}: {title.en} counts the other units")
            yield _finding(leaf.id, told, hint)


def _aggregations(framework: Framework) -> Iterator[Finding]:
    hint = Text("改用 arithmetic 等逐个合成的方法", "combine it unit by unit, as `arithmetic` does")
    for node in framework.root.walk():
        method = aggregation[aggregation_of(framework, node).name]
        if node.children and not method.row_local:
            told = Text(
                f"用{method.title.zh}合成，要与其他评价对象比较", f"{method.title.en} compares it with other units"
            )
            yield _finding(node.id, told, hint)


def _formulas(framework: Framework) -> Iterator[Finding]:
    hint = Text("改写公式，只读该对象自己的数", "write it so that it reads the unit's own values only")
    for code, text in formulas_of_scores(framework):
        if not parse(text).row_local:
            yield _finding(code, Text(f"公式“{text}”读其他评价对象", f"the formula `{text}` reads other units"), hint)


def _finding(code: str, message: Text, hint: Text) -> Finding:
    return Finding(code="no_fixed_reference", severity=Severity.ERROR, field=code, message=message, hint=hint)


def computed_nodes(framework: Framework, plan: WeightPlan) -> Iterator[str]:
    """The nodes whose children are weighed by a method that looks at scores; the root for one over all indicators.

    Equal weights and the judgements of experts take nothing from scores.
    """
    for part in (*(part for _, part in plan.parts), *([plan.toward.plan] if plan.toward and plan.toward.plan else [])):
        yield from computed_nodes(framework, part)
    if plan.method is not None and looks_at_scores(plan.method):
        yield framework.total.id
    elif plan.is_node_by_node:
        for node in framework.root.walk():
            source = weight_source(framework, plan.scheme, node) if node.children else None
            if isinstance(source, Choice) and looks_at_scores(source):
                yield node.id


def computed_in_any_class(framework: Framework, plan: WeightPlan) -> list[str]:
    """The nodes of `computed_nodes`, those included where only the weights of some class are computed."""
    named = (*(each.id for each in framework.classes), *classes_named(plan)) if plan.by_class else ()
    plans = (plan, *(plan.of_class(framework, each) for each in dict.fromkeys(named)))
    return list(dict.fromkeys(node for own in plans for node in computed_nodes(framework, own)))


def classes_named(plan: WeightPlan) -> Iterator[str]:
    """The classes that a scheme, or one that it is made of, says something of."""
    if plan.scheme is not None:
        yield from plan.scheme.classes
    for part in (*(part for _, part in plan.parts), *([plan.toward.plan] if plan.toward and plan.toward.plan else [])):
        yield from classes_named(part)


def looks_at_scores(choice: Choice) -> bool:
    """Whether a method of weights takes them from scores, and neither from experts nor from nothing."""
    return choice.name != "equal" and not is_judged(choice)
