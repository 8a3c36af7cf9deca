"""What to vary, read from a file: it does what the same words do in Python, and every mistake has its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import FrameworkError, UsageError
from parkscore.framework.models import ScoreRule, WeightScheme
from parkscore.framework.yaml_form import parse_yaml
from parkscore.language import Text
from parkscore.robustness.alternatives import alternatives_of, clashes
from parkscore.robustness.assumptions import assumptions
from parkscore.robustness.specs import load_spec
from tests.small_frameworks import dimension, leaf, rows, small

FRAMEWORK = small(
    dimension("d", leaf("a"), leaf("b"), weight=1.0),
    leaf("c", weight=1.0, score=ScoreRule.of("goalposts", low=0, high=9, to=(1, 100))),
)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return ps.evaluate(FRAMEWORK, rows(a=[1.0, 2.0, 3.0, 5.0], b=[3.0, 1.0, 2.0, 2.5], c=[2.0, 3.0, 1.0, 2.0]))


def written(folder: Path, text: str) -> Path:
    file = folder / "spec.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_spec_does_what_the_same_words_do_in_python(evaluation: Evaluation, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "draws: 128\nseed: 7\nweights: {multipliers: 30%, level: leaf}\n"
        "score: {a: [rank, {rule: zscore}]}\nleave_out: [a, c]\n",
    )
    found = evaluation.robustness(spec=file)
    same = evaluation.robustness(
        {"multipliers": 0.3, "level": "leaf"},
        score={"a": ["rank", "zscore"]},
        leave_out=["a", "c"],
        draws=128,
        seed=7,
    )
    np.testing.assert_array_equal(found.scores, same.scores)
    assert found.about["asked"]["weights"] == {"multipliers": "30%", "level": "leaf"}
    assert (found.draws, found.seed) == (128, 7)


def test_noise_and_gaps_are_asked_for_in_a_spec_and_told(evaluation: Evaluation, tmp_path: Path) -> None:
    file = written(tmp_path, "draws: 8\nnoise: {all: 5%, a: {absolute: 0.2}}\nimputation: all\n")
    found = evaluation.robustness(spec=file)
    same = evaluation.robustness(noise={"all": 0.05, "a": {"absolute": 0.2}}, imputation=["all"], draws=8)
    np.testing.assert_array_equal(found.scores, same.scores)
    assert found.about["asked"] == {"noise": {"all": "5%", "a": {"absolute": 0.2}}, "imputation": ["all"]}
    told = [each.en for each in assumptions(found.asked, 8, 0, None)]
    assert told[2:5] == [
        "noise of a: normal, absolute standard deviation 0.2 in the measure of the indicator, each cell by itself",
        "noise of all others: normal, standard deviation 5%, each cell by itself",
        "gaps of all indicators: cell by cell the value of any other unit of the reference",
    ]


def test_what_is_stated_beside_a_spec_counts_in_its_place(evaluation: Evaluation) -> None:
    spec = {"draws": 64, "seed": 1, "weights": {"dirichlet": 20}}
    found = evaluation.robustness(spec=spec, seed=0, weights={"any": True})
    assert (found.draws, found.seed, found.about["asked"]) == (64, 0, {"weights": {"any": True}})


@pytest.mark.parametrize(
    ("key", "said", "nothing"),
    [
        ("leave_out", ["a"], []),
        ("leave_out", ["a"], np.array([])),
        ("imputation", ["a"], ()),
        ("noise", {"a": "5%"}, {}),
        ("score", {"a": ["rank"]}, {}),
        ("treat", {"a": ["ln"]}, {}),
        ("missing", {"a": ["mean"]}, {}),
        ("aggregate", {"total": ["max"]}, {}),
    ],
)
def test_what_is_empty_beside_a_spec_says_that_nothing_of_it_varies(
    evaluation: Evaluation, key: str, said: Any, nothing: Any
) -> None:
    spec = {"draws": 8, "weights": {"dirichlet": 20}, key: said}
    found = evaluation.robustness(spec=spec, **{key: nothing})
    assert found.about["asked"] == {"weights": {"dirichlet": 20}}
    np.testing.assert_array_equal(found.scores, evaluation.robustness({"dirichlet": 20}, draws=8).scores)
    assert sorted(evaluation.robustness(spec=spec, **{key: None}).about["asked"]) == sorted([key, "weights"])


def test_a_spec_that_varies_nothing_has_the_default(evaluation: Evaluation) -> None:
    found = evaluation.robustness(spec={"draws": 8})
    assert found.about["asked"] == {"weights": {"multipliers": 0.2, "default": True}}


def test_a_table_of_weights_lies_beside_the_spec_and_has_as_many_draws_as_rows(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    (tmp_path / "weights.csv").write_text("a,b,c\n1,1,2\n0,1,1\n1,0,1\n", encoding="utf-8")
    found = evaluation.robustness(spec=written(tmp_path, "weights: {table: weights.csv}\n"))
    assert found.draws == 3
    assert found.about["asked"]["weights"] == {"table": {"columns": ["a", "b", "c"], "rows": 3}}
    np.testing.assert_allclose(found.parameters.loc[1, ["weight:d", "weight:a", "weight:b"]].tolist(), [0.5, 0, 1])
    with pytest.raises(UsageError, match=r"spec\.yaml:1:8 .* 3 rows for 5 draws"):
        evaluation.robustness(spec=written(tmp_path, "draws: 5\nweights: {table: weights.csv}\n"))


def test_every_mistake_is_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "drws: 5\nseed: -1\nweights:\n  multipliers: 120%\n",
    )
    with pytest.raises(FrameworkError) as caught:
        load_spec(file, FRAMEWORK)
    assert placed(caught.value) == [("unknown_key", 1, 1), ("out_of_bounds", 2, 7), ("out_of_bounds", 4, 16)]

    file = written(
        tmp_path,
        "weights:\n"
        "  bounds:\n"
        "    nowhere: [0, 1]\n"
        "    a: [60%, 20%]\n"
        "  order:\n"
        "    - [a, c]\n"
        "score:\n"
        "  d: minmax\n"
        "  a: [rnk, {rule: goalposts, low: 1}]\n"
        "aggregate:\n"
        "  all: [geometric]\n"
        "leave_out: [b, e]\n"
        "noise: {all: 5%, e: 3%, a: {absolute: 2}}\n"
        "imputation: [c, f]\n",
    )
    with pytest.raises(FrameworkError) as caught:
        load_spec(file, FRAMEWORK)
    assert placed(caught.value) == [
        ("no_such_node", 3, 14),
        ("wrong_value", 4, 8),
        ("not_siblings", 6, 7),
        ("no_such_node", 8, 3),
        ("unknown_method", 9, 7),
        ("parameter", 9, 12),
        ("incompatible_methods", 11, 9),
        ("incompatible_methods", 11, 9),
        ("no_such_indicator", 12, 16),
        ("no_such_indicator", 13, 21),
        ("no_such_indicator", 14, 17),
    ]


PLAIN_AMOUNT = "must be a plain number, in the measure of the indicator"
NO_AMOUNT = "must be a number in the measure of the indicator; 3% of each value is written without `absolute`"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("noise: {a: -5%}\n", [("noise.a", "must be >= 0, <= 1")]),
        ("noise: {a: }\n", [("noise.a", "must be a number or a percentage")]),
        ("noise: {a: {absolute: -5}}\n", [("noise.a.absolute", "must be >= 0")]),
        ("noise: {a: {absolute: 3%}}\n", [("noise.a.absolute", NO_AMOUNT)]),
        ("noise: {a: {absolute: 1万元}}\n", [("noise.a.absolute", PLAIN_AMOUNT)]),
        ("noise: {a: {absolute: .inf}}\n", [("noise.a.absolute", PLAIN_AMOUNT)]),
        ("noise: {a: {absolut: 5}}\n", [("noise.a", "is not a key that is known here")]),
        ("weights: {bounds: {a: [10%]}}\n", [("weights.bounds.a.2", "item 2 is missing")]),
        ("weights: {any: no}\n", [("weights.any", "must be one of true")]),
    ],
)
def test_a_mistake_of_form_is_told_once_and_by_the_key_that_it_is_in(
    tmp_path: Path, text: str, said: list[tuple[str, str]]
) -> None:
    with pytest.raises(FrameworkError) as caught:
        load_spec(written(tmp_path, text), FRAMEWORK)
    assert [(each.field, each.message.en) for each in caught.value.findings] == said


def test_an_amount_with_its_measure_is_told_to_be_written_without_and_not_as_a_percentage(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError) as caught:
        load_spec(written(tmp_path, "noise: {a: {absolute: 1万元}}\n"), FRAMEWORK)
    (finding,) = caught.value.findings
    assert finding.code == "wrong_type"
    assert finding.hint == Text(
        "写 3 这样的数，不写单位，不加引号", "write a number such as 3, without its measure and without quotes"
    )


def test_mistakes_of_form_do_not_hide_those_of_meaning_in_the_other_keys(tmp_path: Path) -> None:
    text = "draws: many\nweights: {multiplier: 20%}\nleave_out: [a, nobody]\naggregate: {d: [no_method]}\n"
    for source in (written(tmp_path, text), parse_yaml(text, "spec").data):
        with pytest.raises(FrameworkError) as caught:
            load_spec(source, FRAMEWORK)
        said = [(each.code, each.field or each.value) for each in caught.value.findings]
        assert sorted(said) == [
            ("no_such_indicator", "nobody"),
            ("unknown_key", "weights"),
            ("unknown_method", "no_method"),
            ("wrong_type", "draws"),
        ]  # and not that no way is named for weights, which only follows


def placed(error: FrameworkError) -> list[tuple[str, Any, Any]]:
    return [(each.code, each.place and each.place.line, each.place and each.place.column) for each in error.findings]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weights: {any: true, dirichlet: 5}\n", "in one way"),
        ("weights: {level: leaf}\n", "no way is named"),
        ("weights: {bounds: {a: [70%, 80%], b: [70%, 80%]}}\n", "no weights keep all of these"),
        ("weights: {bounds: {a: [60%, 1]}, order: [[b, a]]}\n", "no weights keep all of these"),
        ("weights: {order: [[a, b], [a, a]]}\n", r"spec\.yaml:1:27 .*a is compared with itself"),
        ("weights: {order: [[a, b], [b, a]]}\n", r"spec\.yaml:1:18 .*contradicts itself"),
        ("weights: {schemes: [nowhere]}\n", r"spec\.yaml:1:21 .*nowhere"),
        ("weights: {table: nowhere.csv}\n", r"spec\.yaml:1:18 .*cannot be read"),
        ("weights: {expert: {a: [30%, 20%, 40%]}}\n", r"spec\.yaml:1:23 .*three numbers"),
        ("draws: 0\n", "must be >= 1"),
        ("noise: {a: -5%}\n", r"spec\.yaml:1:12 "),
        ("noise: {a: {absolute: -5}}\n", r"spec\.yaml:1:"),
    ],
)
def test_what_contradicts_itself_or_is_not_there_is_refused_before_anything_is_run(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(FrameworkError, match=said):
        load_spec(written(tmp_path, text), FRAMEWORK)


def test_a_year_that_the_data_lack_is_told_where_the_spec_names_it(evaluation: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"spec\.yaml:2:7 .*no year 2020"):
        evaluation.robustness(spec=written(tmp_path, "draws: 8\nyear: 2020\n"))


def test_a_mapping_is_checked_as_a_file_is(evaluation: Evaluation) -> None:
    with pytest.raises(FrameworkError, match="did you mean `multipliers`"):
        evaluation.robustness(spec={"weights": {"multiplier": 0.2}})
    with pytest.raises(UsageError, match="such file") as caught:
        evaluation.robustness(spec="nowhere.yaml")
    assert caught.value.findings[0].hint is None  # no such file ships that could be named


@pytest.mark.parametrize(
    ("spec", "kind"),
    [(3, "an int"), (pd.DataFrame(), "a pandas.DataFrame"), (["weights"], "a list"), (b"spec.yaml", "a bytes")],
)
def test_a_spec_of_another_type_is_told_as_such(evaluation: Evaluation, spec: Any, kind: str) -> None:
    with pytest.raises(UsageError, match=f"`spec` cannot be {kind}"):
        evaluation.robustness(spec=spec)


def test_what_python_has_made_goes_beside_a_spec_and_not_into_it(evaluation: Evaluation) -> None:
    mine = {"id": "mine", "framework": "small", "title": {"zh": "自拟"}, "status": "assumed", "weights": {"c": 1}}
    scheme = WeightScheme.model_validate(mine)
    for made, key in (([scheme], "schemes"), (pd.DataFrame({"1": [1.0]}), "table")):
        with pytest.raises(
            UsageError, match=f"`{key}` cannot be a (WeightScheme|pandas.DataFrame)(.|\n)*state what was made beside"
        ):
            evaluation.robustness(spec={"weights": {key: made}})


def test_a_spec_that_is_given_as_weights_is_told_where_it_goes(evaluation: Evaluation) -> None:
    with pytest.raises(UsageError, match=r"`weights` holds a whole spec(.|\n)*give it as spec="):
        evaluation.robustness({"weights": {"multipliers": 0.1}, "draws": 8})


def test_a_table_in_a_mapping_may_be_named_by_its_path(evaluation: Evaluation, tmp_path: Path) -> None:
    leaves = [leaf.id for leaf in evaluation.framework.leaves]
    file = tmp_path / "weights.csv"
    pd.DataFrame(np.ones((3, len(leaves))), columns=leaves).to_csv(file, index=False)
    by_path, by_text = (evaluation.robustness(spec={"weights": {"table": each}}) for each in (file, str(file)))
    np.testing.assert_array_equal(by_path.ranks, by_text.ranks)


def test_a_negative_seed_is_refused(evaluation: Evaluation) -> None:
    with pytest.raises(UsageError, match="must be >= 0"):
        evaluation.robustness(seed=-1, draws=8)


def test_numbers_of_numpy_and_a_single_name_are_taken_as_they_are_meant(evaluation: Evaluation) -> None:
    leaf = evaluation.framework.leaves[0].id
    plain = evaluation.robustness({"multipliers": 0.1}, leave_out=[leaf], draws=8, seed=3)
    found = evaluation.robustness({"multipliers": np.float64(0.1)}, leave_out=leaf, draws=np.int64(8), seed=np.int64(3))
    np.testing.assert_array_equal(found.ranks, plain.ranks)
    assert found.about["seed"] == 3
    by_spec = evaluation.robustness(
        spec={
            "weights": {"multipliers": np.float64(0.1)},
            "leave_out": np.array([leaf]),
            "draws": np.int64(8),
            "seed": 3,
        }
    )
    np.testing.assert_array_equal(by_spec.ranks, plain.ranks)


@pytest.mark.parametrize("made", [pd.Index, pd.Series, np.array, tuple])
def test_a_spec_takes_the_names_of_a_table_as_a_list_of_names(evaluation: Evaluation, made: Callable[..., Any]) -> None:
    leaves = [leaf.id for leaf in evaluation.framework.leaves[:2]]
    asked = load_spec({"leave_out": made(leaves)}, evaluation.framework).asked
    assert list(asked["leave_out"]) == leaves


def test_methods_that_say_nothing_new_are_told_at_their_key_and_count_in_no_combination(tmp_path: Path) -> None:
    text = "score:\n  a: []\naggregate:\n  total: arithmetic\n  d: [arithmetic, arithmetic]\n"
    with pytest.raises(FrameworkError) as caught:
        load_spec(written(tmp_path, text), FRAMEWORK)
    assert placed(caught.value) == [("nothing_said", 2, 6), ("nothing_said", 4, 10), ("nothing_said", 5, 6)]
    framework = small(*(leaf(f"i{number}") for number in range(8)))
    text = "score:\n" + "".join(f"  i{number}: [minmax, rank, rank]\n" for number in range(8))
    load_spec(written(tmp_path, text), framework)  # 256 combinations


# Each fits alone; together `c` scores 0 where a geometric mean is taken.
CLASH = "score:\n  c: [rank, minmax]\naggregate:\n  total: [geometric, sum]\n"


def test_methods_that_fit_alone_and_clash_together_are_told_at_the_key_that_completes_the_clash(tmp_path: Path) -> None:
    framework = small(*(leaf(each, score=ScoreRule.of("goalposts", low=0, high=9, to=(1, 100))) for each in "ac"))
    with pytest.raises(FrameworkError) as caught:
        load_spec(written(tmp_path, CLASH), framework)
    assert set(placed(caught.value)) == {("incompatible_methods", 4, 11)}
    assert "(score c: minmax; aggregate total: geometric)" in str(caught.value)
    load_spec(written(tmp_path, CLASH.replace("geometric, ", "")), framework)


def test_a_larger_combination_is_not_told_where_a_smaller_one_is_refused() -> None:
    framework = small(*(leaf(each, score=ScoreRule.of("goalposts", low=0, high=9, to=(1, 100))) for each in "ac"))
    said = {"score": {"c": ["minmax"], "a": ["rank"]}, "aggregate": {"total": ["geometric"]}}
    found = clashes(framework, list(alternatives_of(framework, said)))
    assert {clash.parts for clash in found} == {((0, 0), (2, 0))}


def test_too_many_combinations_are_told_where_the_last_step_is_named(tmp_path: Path) -> None:
    ids = [f"i{number}" for number in range(9)]
    framework = small(*(leaf(each) for each in ids))
    text = "score:\n" + "".join(f"  {each}: rank\n" for each in ids)
    with pytest.raises(FrameworkError, match="512 combinations") as caught:
        load_spec(written(tmp_path, text), framework)
    assert placed(caught.value) == [("too_many_variants", 10, 7)]
