"""Frozen weights are those of one scheme: whatever it said then it has to say when it is named with the reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import Finding, UsageError
from parkscore.framework.models import Choice, Defaults, Framework
from parkscore.tree.frozen import FrozenReference, load_reference
from tests.engine_results import in_pieces
from tests.small_frameworks import dimension, field, leaf, rows, small
from tests.tree.test_frozen import hash_of

FIELDS = {"park": field("park", kind="text"), **{name: field(name) for name in "abc"}}
FRAME = rows(a=[1.0, 2.0, 4.0, 3.0], b=[3.0, 1.0, 9.0, 5.0], c=[2.0, 8.0, 1.0, 4.0], park=[*"东西东西"])
HEAD = "id: mine\nframework: small\nstatus: computed\n"
NODES = f"{HEAD}weights: {{a: 0.5, b: 20%}}\ninside: {{total: entropy}}\n"
MIXED = f"{HEAD}combine:\n- {{scheme: other.yaml, share: 3}}\n- {{method: gini, share: 1}}\n"
OTHER = "id: other\nframework: small\nstatus: expert\nweights: {a: 1, b: 2, d: 2, c: 1}\n"
BY_CLASS = f'{HEAD}inside: {{"*": entropy}}\nclasses: {{东: {{inside: {{total: gini}}}}}}\n'
TOWARD = f"{HEAD}inside: {{total: entropy}}\nweights: {{a: 1, b: 1}}\ntoward: {{weights: {{d: 1, c: 3}}, share: 0.5}}\n"


def tree(**said: Any) -> Framework:
    return small(dimension("d", leaf("a"), leaf("b")), leaf("c"), **({"fields": FIELDS, "class_field": "park"} | said))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "other.yaml").write_text(OTHER, "utf-8")
    (tmp_path / "pieces").mkdir()
    FRAME.to_parquet(tmp_path / "rows.parquet")
    return tmp_path


def scheme_of(folder: Path, text: str) -> Path:
    (folder / "mine.yaml").write_text(text, "utf-8")
    return folder / "mine.yaml"


def frozen_by(folder: Path, weights: Any, framework: Framework | None = None) -> FrozenReference:
    """The reference `ref.json` of the small table, the same file from memory and from pieces."""
    framework, target = framework or tree(), folder / "pieces.json"
    frozen = ps.evaluate(framework, folder / "rows.parquet", weights=weights).freeze(folder / "ref.json")
    ps.score_dataset(framework, folder / "rows.parquet", folder / "out.csv", weights=weights, freeze=target)
    assert target.read_bytes() == (folder / "ref.json").read_bytes()
    return frozen


def ways(folder: Path, weights: Any, framework: Framework) -> list[Callable[[], Any]]:
    """Every way to score by the reference under weights, a scheme as a file and as an object."""
    given = [weights, ps.load_scheme(weights, framework)] if isinstance(weights, Path) else [weights]
    reference, data, target = folder / "ref.json", folder / "rows.parquet", folder / "out.csv"
    found: list[Callable[[], Any]] = []
    for each in given:
        asked: dict[str, Any] = {"weights": each, "reference": reference}
        found += [
            lambda asked=asked: ps.evaluate(framework, FRAME, **asked),
            lambda each=each: ps.prepare(framework, FRAME, reference=reference).evaluate(each),
            lambda asked=asked: ps.score_dataset(framework, data, target, **asked),
            lambda asked=asked: ps.score_dataset(framework, data, target, engine="dask", **asked),
        ]
    return found


def refused(folder: Path, weights: Any, framework: Framework | None = None) -> list[Finding]:
    """What is told of weights, the same in every way."""
    told = []
    for way in ways(folder, weights, framework or tree()):
        with pytest.raises(UsageError) as caught:
            way()
        told.append(list(caught.value.findings))
    assert all(each == told[0] for each in told)
    return told[0]


def assert_accepted(folder: Path, frozen: FrozenReference, weights: Any, framework: Framework | None = None) -> None:
    """That weights are the frozen ones, to the last bit, in memory and in pieces."""
    framework = framework or tree()
    wanted = ps.evaluate(framework, FRAME, reference=frozen, weights=frozen.scheme)
    given = [weights, ps.load_scheme(weights, framework)] if isinstance(weights, Path) else [weights]
    for each in given:
        asked: dict[str, Any] = {"weights": each, "reference": folder / "ref.json"}
        again = ps.evaluate(framework, FRAME, **asked)
        for path in (folder / "pieces").iterdir():
            path.unlink()
        found = in_pieces(framework, FRAME, folder / "pieces", **asked)[0]
        for scores in (again.scores, found):
            np.testing.assert_array_equal(
                *(table.set_index("unit").sort_index()["score"] for table in (scores, wanted.scores))
            )


@pytest.mark.parametrize(
    ("scheme", "before", "after", "fields"),
    [
        (NODES, "total: entropy", "total: critic", ["inside.total"]),
        (NODES, "total: entropy", "total: {method: entropy, zeros: shift}", ["inside.total"]),
        (NODES, "20%", "30%", ["inside.d"]),
        (NODES, "weights: {a: 0.5, b: 20%}\n", "", ["inside.d"]),
        (NODES, "weights: {a: 0.5, b: 20%}\ninside: {total: entropy}", "method: entropy",
         ["inside.total", "inside.d", "method"]),
        (MIXED, "share: 3", "share: 4", ["combine.0.share", "combine.1.share"]),
        (MIXED, "gini", "entropy", ["combine.1.method"]),
        (MIXED, "combine:", "combine_by: geometric\ncombine:", ["combine_by"]),
        (BY_CLASS, "gini", "critic", ["classes.东.inside.total"]),
        (BY_CLASS, "东", "西", ["classes.东.inside.total", "classes.东.inside.d", "classes.西.inside.total",
                              "classes.西.inside.d"]),
        (TOWARD, "share: 0.5", "share: 0.4", ["toward.share"]),
        (TOWARD, "c: 3", "c: 2", ["toward.inside.total"]),
        (TOWARD, "weights: {d: 1, c: 3}", "method: equal", ["toward.inside.total", "toward.method"]),
    ],
)  # fmt: skip
def test_a_scheme_that_says_how_otherwise_under_the_same_id_is_refused_with_what_differs(
    scheme: str, before: str, after: str, fields: list[str], folder: Path
) -> None:
    frozen_by(folder, scheme_of(folder, scheme))
    assert before in scheme
    told = refused(folder, scheme_of(folder, scheme.replace(before, after)))
    assert [each.field for each in told] == fields
    assert {each.code for each in told} == {"weights_differ"}
    assert {each.message.en for each in told} == {"mine said otherwise when its weights were frozen"}
    assert all("--freeze" in str(each.hint) and "--weights" in str(each.hint) for each in told)


def test_so_is_one_of_which_a_scheme_that_it_combines_says_otherwise(folder: Path) -> None:
    frozen_by(folder, scheme_of(folder, MIXED))
    (folder / "other.yaml").write_text(OTHER.replace("b: 2", "b: 1"), "utf-8")
    assert [each.field for each in refused(folder, folder / "mine.yaml")] == ["combine.0.inside.d"]


@pytest.mark.parametrize(
    ("scheme", "other"),
    [
        (NODES, f"# said otherwise\n{HEAD}inside:\n    total:\n      method: entropy\nweights: {{b: 0.2, a: 50%}}\n"),
        (NODES, NODES.replace("entropy", "{method: entropy, zeros: limit}")),
        (NODES, NODES.replace("20%", "{weight: 20%, source: a letter, status: expert}")),
        (NODES, NODES.replace("computed", "assumed") + "title: {zh: 名, en: name}\nsource: a book\nnote: long ago\n"),
        (MIXED, MIXED.replace("share: 3", "share: 6").replace("share: 1", "share: 2")),
        (MIXED, MIXED + "combine_by: additive\n"),
        (BY_CLASS, BY_CLASS.replace('"*": entropy', "d: entropy, total: entropy")),
        (TOWARD, TOWARD.replace("0.5", "50%")),
    ],
)
def test_another_form_or_other_words_are_the_same_scheme(scheme: str, other: str, folder: Path) -> None:
    assert scheme != other
    frozen = frozen_by(folder, scheme_of(folder, scheme))
    assert_accepted(folder, frozen, scheme_of(folder, other))


def test_a_scheme_that_was_moved_with_those_it_combines_is_the_same(folder: Path) -> None:
    frozen = frozen_by(folder, scheme_of(folder, MIXED))
    (folder / "moved").mkdir()
    (folder / "other.yaml").rename(folder / "moved" / "renamed.yaml")
    assert_accepted(folder, frozen, scheme_of(folder / "moved", MIXED.replace("other.yaml", "renamed.yaml")))


def test_a_reference_of_an_earlier_version_knows_frozen_weights_by_their_id_only(folder: Path) -> None:
    document = json.loads(frozen_by(folder, scheme_of(folder, NODES)).text)
    del document["sha256"], document["weights"]["depends_on"]
    (folder / "ref.json").write_text(json.dumps(document | {"sha256": hash_of(document)}), "utf-8")
    old = load_reference(folder / "ref.json")
    assert old.document == document
    scheme = scheme_of(folder, NODES.replace("entropy", "critic"))
    for weights in (scheme, "mine", None):
        assert_accepted(folder, old, weights)


def test_without_a_name_or_by_an_id_that_no_file_has_the_frozen_weights_are_taken(folder: Path) -> None:
    frozen = frozen_by(folder, scheme_of(folder, NODES))
    scheme_of(folder, NODES.replace("entropy", "critic"))
    for weights in (None, "mine"):
        assert_accepted(folder, frozen, weights)


def test_a_method_that_was_frozen_with_other_parameters_is_refused(folder: Path) -> None:
    frozen = frozen_by(folder, Choice.of("entropy", zeros="shift"))
    for weights in ("entropy", Choice.of("entropy", zeros="squeeze")):
        assert [each.field for each in refused(folder, weights)] == ["method"]
    for same in (None, Choice.of("entropy", zeros="shift")):
        assert_accepted(folder, frozen, same)


def test_a_framework_that_computes_its_weights_otherwise_is_refused(folder: Path) -> None:
    def weighed(method: str, **said: Any) -> Framework:
        return tree(defaults=Defaults(weights=Choice.of(method)), **said)

    frozen = frozen_by(folder, None, weighed("entropy"))
    for weights in (None, "small"):
        assert [each.field for each in refused(folder, weights, weighed("critic"))] == ["inside.total", "inside.d"]
        assert_accepted(folder, frozen, weights, weighed("entropy", version="2"))
    assert "framework" in str(refused(folder, None, weighed("critic"))[0].hint)


def test_a_scheme_of_the_id_of_its_framework_is_not_taken_for_the_weights_of_the_framework(folder: Path) -> None:
    framework = small(dimension("d", leaf("a"), leaf("b")), leaf("c"), fields=FIELDS, defaults=Defaults())
    scheme = scheme_of(folder, f'{HEAD}inside: {{"*": entropy}}\n'.replace("mine", "small"))
    frozen = frozen_by(folder, scheme, framework)
    for weights in (None, scheme):
        assert_accepted(folder, frozen, weights, framework)


def test_a_framework_that_computes_no_weights_by_now_is_refused_unless_it_is_named(folder: Path) -> None:
    frozen_by(folder, None, tree(defaults=Defaults(weights=Choice.of("entropy"))))
    assert [each.field for each in refused(folder, None)] == ["inside.total", "inside.d"]
    named = ps.evaluate(tree(), FRAME, weights="small", reference=folder / "ref.json")
    assert named.weighing.shares[0]["total"].tolist() == [0.5, 0.5]


def test_numbers_of_a_framework_count_where_frozen_weights_rest_on_them(folder: Path) -> None:
    def stated(share: float, **said: Any) -> Framework:
        below = dimension("d", leaf("a", weight=share), leaf("b", weight=1 - share))
        return small(below, leaf("c"), fields=FIELDS, class_field="park", **said)

    (folder / "all.yaml").write_text(f"{HEAD}method: entropy\n", "utf-8")
    frozen_by(folder, scheme_of(folder, f"{HEAD}inside: {{total: entropy}}\n"), stated(0.25))
    assert [each.field for each in refused(folder, folder / "mine.yaml", stated(0.5))] == ["inside.d"]
    (folder / "ref.json").unlink()
    (folder / "pieces.json").unlink()
    frozen = frozen_by(folder, folder / "all.yaml", stated(0.25))
    assert_accepted(folder, frozen, folder / "all.yaml", stated(0.5))


def test_a_scheme_that_states_numbers_by_now_is_taken_as_it_is(folder: Path) -> None:
    frozen_by(folder, scheme_of(folder, NODES))
    scheme = scheme_of(folder, f"{HEAD}weights: {{a: 1, b: 1, d: 3, c: 1}}\n")
    later = ps.evaluate(tree(), FRAME, weights=scheme, reference=folder / "ref.json")
    assert later.weighing.shares[0]["total"].tolist() == [0.75, 0.25]


def test_digests_of_how_weights_are_computed_stand_in_the_file_and_in_its_hash(folder: Path) -> None:
    frozen = frozen_by(folder, scheme_of(folder, NODES))
    digests = json.loads(frozen.text)["weights"]["depends_on"]
    assert list(digests) == ["inside.total", "inside.d"]
    assert load_reference(folder / "ref.json").weights_depend_on == digests
    assert {len(digest) for digest in digests.values()} == {16}


def test_an_edited_digest_is_no_text(folder: Path) -> None:
    document = json.loads(frozen_by(folder, scheme_of(folder, NODES)).text)
    del document["sha256"]
    document["weights"]["depends_on"] = None
    (folder / "ref.json").write_text(json.dumps(document | {"sha256": hash_of(document)}), "utf-8")
    with pytest.raises(UsageError) as caught:
        load_reference(folder / "ref.json")
    assert [(each.code, each.field) for each in caught.value.findings] == [("damaged_reference", "weights.depends_on")]


def test_weights_that_nothing_computes_have_no_digest(folder: Path) -> None:
    assert frozen_by(folder, "equal").document["weights"] is None
    assert pd.read_csv(folder / "out.csv")["score"].notna().all()
