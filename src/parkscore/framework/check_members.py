"""Check how the fields of a zone follow from returns: kinds, formulas, counts, and the framework of the returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parkscore.framework.check_formulas import field_measures
from parkscore.framework.document import Path
from parkscore.framework.formula import Formula, FormulaError, check_measures, parse_formula
from parkscore.framework.formula.kinds import Special
from parkscore.framework.formula.tree import Negative, Number, Product, Quantity, Quoted, Sum
from parkscore.framework.measures import DIMENSIONLESS, Measure, MeasureError, counts_pieces, parse_measure
from parkscore.framework.member_models import Addend
from parkscore.framework.models import DataField, Framework
from parkscore.framework.reporting import Reporter
from parkscore.framework.suggesting import nearest_or_some
from parkscore.language import Text

Measures = Mapping[str, Measure | Special | None]
_NO_CONDITIONS: Final = (Number, Quantity, Quoted, Negative, Sum, Product)
_CONDITIONS: Final = ("count", "when")


def check_members(framework: Framework, reporter: Reporter) -> None:
    """Report what is wrong with the sums over returns, as far as the framework itself can tell."""
    summed = {name: field for name, field in framework.fields.items() if field.members is not None}
    for name, field in summed.items():
        _check_kind(name, field, reporter)
        _check_texts(name, field, reporter)
    block = framework.members
    if block is None and summed:
        message = Text("没有写明由哪种年报合计", "nothing says of which returns it is the sum")
        hint = Text(
            "写 members: {framework: torch-returns, belongs_to: 所属园区的字段}",
            "write `members: {framework: torch-returns, belongs_to: FIELD}`",
        )
        first = next(iter(summed))
        reporter.report("no_members", ("fields", first, "members"), message, field=first, hint=hint)
    elif block is not None and not summed:
        message = Text("没有字段由年报合计", "no field is a sum over the returns")
        hint = Text("在字段下写 members: {sum: 公式}", "write `members: {sum: FORMULA}` at a field")
        reporter.report("no_members", ("members",), message, hint=hint)


def _check_kind(name: str, field: DataField, reporter: Reporter) -> None:
    """A raw number, with one of sum and count, and `when` beside a sum only."""
    path: Path = ("fields", name, "members")
    addend = field.members
    assert addend is not None  # noqa: S101  # only such fields are looked at
    if field.formula is not None or field.is_text:
        message = Text("只有直接读取的数字字段才能由年报合计", "only a raw number field can be a sum over returns")
        hint = Text("去掉 members，或去掉 formula", "leave out `members`, or the formula")
        reporter.report("members_kind", path, message, field=name, hint=hint)
    if (addend.sum is None) == (addend.count is None):
        message = Text("恰有 sum、count 之一", "needs one of sum and count")
        hint = Text(
            "金额写 sum: 公式，家数写 count: 条件", "an amount is a `sum: FORMULA`, a number a `count: CONDITION`"
        )
        reporter.report("members_kind", path, message, field=name, hint=hint)
    elif addend.sum is None and addend.when is not None:
        message = Text("when 只与 sum 同用", "`when` only goes with `sum`")
        hint = Text("把两个条件用 and 连起来", "join the two conditions by `and`")
        reporter.report("misplaced_key", (*path, "when"), message, field=name, hint=hint)
    if addend.count is not None and not _counts(field.measure):
        message = Text(f"家数不能以 {field.measure} 计", f"a number of returns is not counted in {field.measure}")
        hint = Text("计量单位写 家、个 等，或不写", "count in 家, 个 and the like, or state no measure")
        reporter.report("measure", path, message, field=name, hint=hint)


def _counts(measure: str | None) -> bool:
    """Whether a number of enterprises can be counted in it; what cannot be read is told where it stands."""
    if measure is None:
        return True
    try:
        return counts_pieces(parse_measure(measure))
    except MeasureError:
        return True


def _check_texts(name: str, field: DataField, reporter: Reporter) -> None:
    for key, text in texts_of(field.members):
        path: Path = ("fields", name, "members", key)
        try:
            formula = parse_formula(text)
        except FormulaError as error:
            for problem in error.problems:
                reporter.report("formula", path, problem.message, hint=problem.hint, field=name, offset=problem.offset)
            continue
        if key in _CONDITIONS and isinstance(formula.root, _NO_CONDITIONS):
            message = Text("这里需要条件", "a condition belongs here")
            hint = Text("写成比较式，如 x > 0", "write a comparison, such as x > 0")
            reporter.report("formula", path, message, hint=hint, field=name, offset=formula.root.offset)


def texts_of(addend: Addend | None) -> list[tuple[str, str]]:
    """The formulas of an addend, each with its key."""
    stated = ((key, getattr(addend, key, None)) for key in ("sum", "count", "when"))
    return [(key, text) for key, text in stated if text is not None]


# --- against the framework of the returns --------------------------------------------------------------------------


def check_against_returns(framework: Framework, returns: Framework, reporter: Reporter) -> None:
    """Report what does not fit the framework of the returns: fields, measures, years, formulas that look elsewhere."""
    block = framework.members
    if block is None:
        return
    for key in ("belongs_to", "part", "name"):
        _check_text_field(key, getattr(block, key), returns, reporter)
    if (framework.time is None) != (returns.time is None):
        message = Text("年报与本体系须同有年份列，或同无", "the returns and the zones need a year column, or neither")
        hint = Text("两边都写 time: year", "write `time: year` in both")
        reporter.report("no_time", ("members", "framework"), message, hint=hint)
    measures = field_measures(returns)
    for name, field in framework.fields.items():
        for key, text in texts_of(field.members):
            target = _measure(field.measure) if key == "sum" else DIMENSIONLESS
            _check_formula(("fields", name, "members", key), text, target, returns, measures, reporter)


def _check_text_field(key: str, name: str | None, returns: Framework, reporter: Reporter) -> None:
    if name is None:
        return
    texts = [field_id for field_id, field in returns.fields.items() if field.is_text]
    if name not in returns.fields:
        message = Text(f"年报体系没有字段 {name}", f"the framework of the returns has no field {name}")
        reporter.report("unknown_field", ("members", key), message, hint=nearest_or_some(name, texts))
    elif name not in texts:
        message = Text(f"{name} 不是文字字段", f"{name} is not a text field")
        reporter.report("not_a_text", ("members", key), message, hint=nearest_or_some(name, texts))


def _check_formula(
    path: Path, text: str, target: Measure | None, returns: Framework, measures: Measures, reporter: Reporter
) -> None:
    name = str(path[1])
    try:
        formula = parse_formula(text)
    except FormulaError:  # told already
        return
    for unknown in sorted(formula.names - set(returns.fields)):
        message = Text(f"年报体系没有字段 {unknown}", f"the framework of the returns has no field {unknown}")
        hint = nearest_or_some(unknown, returns.fields)
        offset = formula.name_offsets[unknown][0]
        reporter.report("unknown_field", path, message, hint=hint, field=name, offset=offset)
    for problem in check_measures(formula, measures, target)[1]:
        reporter.report("measure", path, problem.message, hint=problem.hint, field=name, offset=problem.offset)
    if looks_elsewhere(formula, returns):
        message = Text("只能读同一份年报的数据", "can read the cells of its own return only")
        hint = Text("与上年相比的，写在区级指标的公式里", "let the formulas of the zone compare years or enterprises")
        reporter.report("looks_elsewhere", path, message, hint=hint, field=name)


def looks_elsewhere(formula: Formula, returns: Framework, seen: frozenset[str] = frozenset()) -> bool:
    """Whether other years or other returns are read, by the formula or by a derived field behind it."""
    if formula.lagged or not formula.row_local or "cagr_since" in formula.functions:
        return True
    for name in formula.names - seen:
        behind = returns.fields.get(name)
        if behind is None or behind.formula is None:
            continue
        try:
            inner = parse_formula(behind.formula)
        except FormulaError:  # told where it stands
            continue
        if looks_elsewhere(inner, returns, seen | {name}):
            return True
    return False


def _measure(text: str | None) -> Measure | None:
    """A stated measure; None for one that cannot be read, which is told where it stands."""
    try:
        return None if text is None else parse_measure(text)
    except MeasureError:
        return None
