"""The shelves: every method with its card, found by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, IntArray, Needs
from parkscore.methods.invariances import INVARIANCES
from parkscore.methods.parameters import (
    Meaning,
    Parameter,
    Problem,
    check_meanings,
    did_you_mean,
    find_problems,
    read_parameters,
)
from parkscore.methods.ranges import Interval
from parkscore.methods.records import Treated, TreatmentRecord

Result = TypeVar("Result")
Stated = Mapping[str, Any]


@dataclass(frozen=True)
class Method(Generic[Result]):
    """A pure function with its card; call it like the function.

    A call first checks the card's needs, so that a function may rely on them, and raises `DomainError` otherwise.
    `golden` is the published case that a test reproduces, `golden_source` where a stranger finds it.

    Only the fields of its shelf are filled: `fit`, `score_range`, `usual_range` and `cautions`, what is allowed and
    should be known, belong to scoring rules; `additive`,
    `combine_range`, `refuse_range` and `mixes_scales` to aggregations; `remark`, what to know of judgements, and
    `spans_years`, whether its weights are meant for all years together, to weighting methods. `mixes_scales` says of an
    aggregation that does not obey "scaling of an indicator" whether scores of different width may meet in it all the
    same. `may_lower` says of a scoring rule or an aggregation why an
    improvement of one indicator may lower that unit's own score; without it, none does.

    What a method takes from the data can be had from pieces of the rows where `gathers` names statistics: those of all
    pieces, joined (`partial_fits.gather`), give `fit_gathered` the same reference, to the last bit, as `fit` has from
    all rows at once. `needs_sort` says that the whole column is needed, in order; `fit_in_order` has the reference from
    one column that is in order already, and `record_in_order` what a treatment does to it.

    >>> from parkscore.methods import scoring
    >>> scoring["minmax"].title.zh
    '极差标准化'
    >>> [problem.reason.en for problem in scoring["minmax"].check({"lo": 1})]
    ['no parameter lo; did you mean low?']
    """

    function: Callable[..., Result] = field(repr=False)
    _: KW_ONLY
    shelf: str
    name: str
    title: Text
    formula: str
    needs: Needs
    obeys: frozenset[str]
    reference: str
    golden: str
    golden_source: str
    meanings: Mapping[str, Meaning] = field(repr=False)
    supplied: frozenset[str] = field(repr=False)
    dimensions: frozenset[int]
    relations: Callable[[Stated], list[Problem]] | None = None
    cautions: Callable[[Stated], list[Problem]] | None = None
    fit: Callable[..., dict[str, float | FloatArray]] | None = None
    gathers: tuple[str, ...] = ()
    fit_gathered: Callable[..., dict[str, float | FloatArray]] | None = None
    fit_in_order: Callable[..., dict[str, float | FloatArray]] | None = None
    needs_sort: bool = False
    record_in_order: Callable[..., TreatmentRecord] | None = None
    score_range: Callable[[Stated], Interval] | None = None
    usual_range: Callable[[Stated], Interval] | None = None
    additive: bool = False
    combine_range: Callable[[Sequence[Interval], Stated], Interval] | None = None
    refuse_range: Callable[[Interval, Stated], Text | None] | None = None
    mixes_scales: Callable[[Stated], bool] | None = None
    may_lower: Text | None = None
    remark: Callable[[Stated], Text] | None = None
    spans_years: bool = False

    def __call__(self, x: ArrayLike, weights: ArrayLike | None = None, /, **parameters: Any) -> Result:
        """Apply the method to an array (and weights, for an aggregation); DomainError where the card forbids it."""
        array = np.asarray(x, dtype=np.float64)
        if array.ndim not in self.dimensions:
            raise ValueError(f"{self.name} takes arrays of {sorted(self.dimensions)} dimensions, not {array.ndim}")
        if parameters:
            self._refuse_unknown_choices(parameters)
        if weights is None:
            self.needs.require(array)
            return self.function(array, **parameters)
        shares = np.asarray(weights, dtype=np.float64)
        self.needs.require(array, counted=_counted(array, shares))
        return self.function(array, shares, **parameters)

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters by name: few methods are asked for them, and to read those of all takes long at a start."""
        return MappingProxyType(read_parameters(self.function, self.meanings, self.supplied))

    def check(self, stated: Stated) -> list[Problem]:
        """Everything wrong with parameters as a framework states them, without running the method."""
        problems = find_problems(self.parameters, stated)
        if not problems and self.relations is not None:
            problems = self.relations(stated)
        return problems

    @property
    def row_local(self) -> bool:
        """Whether a unit's result follows from its own row once `fit`, if any, has seen the reference.

        >>> from parkscore.methods import scoring
        >>> scoring["minmax"].row_local, scoring["rank"].row_local
        (True, False)
        """
        return self.fit is not None or "unit by unit" in self.obeys

    @property
    def requirements(self) -> tuple[Text, ...]:
        """What must be true or given before this method can run, in words."""
        required = [each.name for each in self.parameters.values() if each.required and not each.supplied]
        stated = Text(f"给定 {'、'.join(required)}", f"{' and '.join(required)} stated")
        return (*self.needs.sentences, stated) if required else self.needs.sentences

    def _refuse_unknown_choices(self, parameters: Stated) -> None:
        for name, value in parameters.items():
            parameter = self.parameters.get(name)
            if parameter is not None and parameter.choices and not parameter.accepts(value):
                raise DomainError(find_problems({name: parameter}, {name: value})[0].reason)


def _counted(array: FloatArray, shares: FloatArray) -> BoolArray:
    """The columns that matter to an aggregation; DomainError where the weights are no weights."""
    if shares.shape != array.shape[1:]:
        raise ValueError(f"{array.shape[1]} columns need as many weights, not an array of shape {shares.shape}")
    bad = ~((shares >= 0) & np.isfinite(shares))
    if bad.any():
        reason = Text("权重应为不小于零的有限数", "weights must be finite and not below zero")
        raise DomainError(reason, columns=np.flatnonzero(bad).tolist())
    counted = shares > 0
    if not counted.any():
        raise DomainError(Text("权重之和为零", "the weights sum to zero"))
    return counted


class UnknownMethodError(KeyError):
    """No method of that name on the shelf; the reason names the nearest."""

    def __init__(self, reason: Text) -> None:
        """Keep the reason in both languages."""
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        """The reason in both languages."""
        return f"{self.reason.en} / {self.reason.zh}"


class Shelf(Mapping[str, Method[Result]]):
    """The methods for one step, by name; calling the shelf decorates a function and puts it there.

    >>> from parkscore.methods import ranking
    >>> sorted(ranking)
    ['dense', 'max', 'min']
    >>> ranking["mni"]  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    parkscore.methods.registry.UnknownMethodError: no ranking method mni; did you mean min? / ...
    """

    def __init__(
        self,
        name: str,
        title: Text,
        dimensions: Collection[int],
        supplied: Collection[str] = (),
        *,
        gives_scores: bool = False,
    ) -> None:
        """An empty shelf: the dimensions of its arrays, the parameters the engine supplies, and if results are scores.

        Whoever improves should not have a lower score. A card on a shelf that gives scores promises "monotone", or it
        states `may_lower`: why a unit may lose by improving, or None where the test of all cards finds no case of that.
        """
        self.name = name
        self.title = title
        self._gives_scores = gives_scores
        self._dimensions = frozenset(dimensions)
        self._supplied = frozenset(supplied)
        self._methods: dict[str, Method[Result]] = {}

    def __getitem__(self, name: str) -> Method[Result]:
        """The method of that name; UnknownMethodError (a KeyError) with the nearest name otherwise."""
        method = self._methods.get(name)
        if method is None:
            hint = did_you_mean(str(name), self._methods)
            raise UnknownMethodError(
                Text(f"{self.title.zh}中没有 {name}；{hint.zh}", f"no {self.name} method {name}; {hint.en}")
            )
        return method

    def __iter__(self) -> Iterator[str]:
        """Names in the order of registration."""
        return iter(self._methods)

    def __len__(self) -> int:
        """The number of methods."""
        return len(self._methods)

    def __repr__(self) -> str:
        """The shelf and its names."""
        return f"<{self.name}: {', '.join(self._methods)}>"

    def __call__(
        self,
        name: str,
        *,
        zh: str,
        en: str,
        formula: str,
        obeys: Iterable[str],
        reference: str,
        golden: str,
        golden_source: str,
        needs: Needs | None = None,
        parameters: Mapping[str, Meaning] = MappingProxyType({}),
        **abilities: Any,
    ) -> Callable[[Callable[..., Result]], Method[Result]]:
        """Decorate a function with its card; `abilities` are the fields of `Method` for this shelf.

        `golden` names the published case that a test reproduces, `golden_source` where it is printed: without them, no
        method. Raises ValueError for a name that is taken, an unknown invariance, a card whose golden case or its
        source is blank, or one that leaves open whether an improvement may lower a score.
        """
        promises = frozenset(obeys)
        if name in self._methods:
            raise ValueError(f"{self.name} has a method {name} already")
        if unknown := promises - set(INVARIANCES):
            raise ValueError(f"{name}: no such invariance: {sorted(unknown)}")
        if not golden.strip():
            raise ValueError(f"{name}: name a golden case")
        if not golden_source.strip():
            raise ValueError(f"{name}: say where the golden case is printed")
        if self._gives_scores and ("monotone" in promises) == ("may_lower" in abilities):
            raise ValueError(f"{name}: promise 'monotone', or say by may_lower why an improvement may lower a score")

        def put(function: Callable[..., Result]) -> Method[Result]:
            check_meanings(function, parameters)
            method = Method(
                function,
                shelf=self.name,
                name=name,
                title=Text(zh, en),
                formula=formula,
                needs=needs or Needs(),
                obeys=promises,
                reference=reference,
                golden=golden,
                golden_source=golden_source,
                meanings=MappingProxyType(dict(parameters)),
                supplied=self._supplied,
                dimensions=self._dimensions,
                **abilities,
            )
            # The function's own docstring, for help() and doctest; the dataclass is frozen.
            for attribute in ("__doc__", "__module__", "__name__", "__wrapped__"):
                object.__setattr__(method, attribute, getattr(function, attribute, function))
            self._methods[name] = method
            return method

        return put


scoring: Shelf[FloatArray] = Shelf(
    "scoring",
    Text("赋分规则", "scoring rules"),
    (1, 2),
    supplied={"direction", "years", "units", "base", "among", "categories"},
    gives_scores=True,
)
weighting: Shelf[FloatArray] = Shelf("weighting", Text("赋权方法", "weighting methods"), (2,))
combination: Shelf[FloatArray] = Shelf(
    "combination", Text("组合赋权", "combinations of weights"), (2,), supplied={"shares"}
)
aggregation: Shelf[FloatArray] = Shelf("aggregation", Text("合成方法", "aggregation methods"), (2,), gives_scores=True)
imputation: Shelf[FloatArray] = Shelf(
    "imputation", Text("缺失值填补", "imputations"), (2,), supplied={"groups", "units", "years"}
)
treatment: Shelf[Treated] = Shelf("treatment", Text("异常值处理", "outlier treatments"), (2,))
ranking: Shelf[IntArray] = Shelf("ranking", Text("名次规则", "ranking rules"), (1, 2))
