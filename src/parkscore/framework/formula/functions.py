"""The closed list of functions: adding one is one entry in its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from parkscore.framework.formula.cells import State, TextCells
from parkscore.framework.formula.groups import Groups, groups_of, mean_of_group, rank_from_bottom
from parkscore.framework.formula.histories import (
    count_of_years,
    growth_of_three_years,
    growth_since,
    mean_of_years,
    sum_of_years,
)
from parkscore.framework.formula.kinds import Kind, Operand, Special, as_condition, as_number, as_plain_number
from parkscore.framework.formula.kinds import same_measure as _same_measure
from parkscore.framework.formula.problems import FormulaProblem
from parkscore.framework.formula.rounding import MOST_DECIMALS, round_down, round_half_up, round_up
from parkscore.framework.formula.surroundings import Surroundings
from parkscore.framework.formula.tree import Call, Name, Node, Number, Quoted, TableName
from parkscore.framework.formula.values import (
    Value,
    choose,
    combine,
    compound_growth,
    each,
    growth,
    plain,
    ranked,
    reasons_of,
    settle,
)
from parkscore.framework.measures import DIMENSIONLESS
from parkscore.language import Text

MOST_YEARS: Final = 100


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one call, evaluated when asked for, this year or some years back."""

    call: Call
    evaluate: Callable[[Node, int], Value]
    texts: Callable[[Node, int], TextCells]
    back: int
    surroundings: Surroundings | None

    def at(self, index: int, years_back: int = 0) -> Value:
        """One argument, as many years before the year of the call."""
        return self.evaluate(self.call.arguments[index], self.back + years_back)

    def all(self) -> list[Value]:
        """Every argument in the year of the call."""
        return [self.at(index) for index in range(len(self.call.arguments))]

    def last_years(self, count: int) -> list[Value]:
        """The first argument in the year of the call and the years before it, latest first."""
        return [self.at(0, years_back) for years_back in range(count)]

    def within_groups(self, operation: Callable[[Value, Groups], Value]) -> Value:
        """An operation on the first argument among the rows with the same texts in the others.

        It is computed in the year of each row and then read so many years before: a unit that is gone by now was still
        one of its group.
        """
        rows = self.rows
        groups = groups_of(rows.years, [self.texts(node, 0) for node in self.call.arguments[1:]])
        result = operation(self.evaluate(self.call.arguments[0], 0), groups)
        if self.back == 0:
            return result
        earlier = rows.before(self.back)
        reasons = np.where(earlier >= 0, reasons_of(result)[earlier], np.int8(State.MISSING))
        return settle(result.values[earlier], reasons, result.measure)

    def in_year(self, index: int, year: int) -> Value:
        """One argument in a calendar year before that of each row; missing where the unit has no row of it."""
        value, rows = self.evaluate(self.call.arguments[index], 0), self.rows
        assert rows.years is not None  # noqa: S101  # `compute` has seen to it
        distance = rows.years - year
        earlier = np.full(distance.shape, -1, dtype=np.intp)
        for span in np.unique(distance[distance > 0]).tolist():
            earlier = np.where(distance == span, rows.before(span), earlier)
        values, reasons = (np.broadcast_to(each, distance.shape)[earlier] for each in (value.values, reasons_of(value)))
        return settle(values, np.where(earlier >= 0, reasons, np.int8(State.MISSING)), value.measure)

    @property
    def rows(self) -> Surroundings:
        """The rows of the table; `compute` has seen to it that they are there."""
        assert self.surroundings is not None  # noqa: S101
        return self.surroundings


KindRule = Callable[[Call, Sequence[Operand], list[FormulaProblem]], Kind]


def _anything(_: Call) -> Iterator[FormulaProblem]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language.

    name, zh: either may be written. least, most: how many arguments, without the years; None is no limit.
    kind: the measure rule. compute: the NumPy implementation.
    years: whether the last argument is a whole number of years, "optional" meaning 1 where it is left out.
    lags: the years back at which the arguments are read, for a number of years.
    written: what is wrong with the arguments as they are written.
    other_units: whether the rows of other units are read. data_year: whether the data year of the row is.
    own_year: whether the arguments are read in the year of the row itself, whatever year is asked for.
    table: whether the first argument is a table of the framework.
    """

    name: str
    zh: str
    meaning: Text
    least: int
    most: int | None
    kind: KindRule
    compute: Callable[[Arguments], Value]
    years: str | None = None
    lags: Callable[[int], tuple[int, ...]] = lambda _: (0,)
    written: Callable[[Call], Iterator[FormulaProblem]] = _anything
    other_units: bool = False
    data_year: bool = False
    own_year: bool = False
    table: bool = False


def _kept(_: Call, operands: Sequence[Operand], __: list[FormulaProblem]) -> Kind:
    return operands[0].kind


def _one_measure(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    return _same_measure(operands, problems)


def _branches(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    as_condition(operands[0], problems)
    kinds = {operand.kind for operand in operands[1:]}
    return Special.TRUTH if kinds == {Special.TRUTH} else _same_measure(operands[1:], problems)


def _plain_number(call: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    return as_plain_number(operands[0], f"{call.function}()", problems)


def _ratio(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    return Special.UNKNOWN if as_number(operands[0], problems) is Special.UNKNOWN else DIMENSIONLESS


def _count_of_years(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    as_condition(operands[0], problems)
    return DIMENSIONLESS


def _decimals_are_written(call: Call) -> Iterator[FormulaProblem]:
    for decimals in call.arguments[1:2]:
        whole = isinstance(decimals, Number) and decimals.value in range(MOST_DECIMALS + 1)
        if not whole:
            yield FormulaProblem(
                decimals.offset,
                Text(
                    f"小数位数须为 0 到 {MOST_DECIMALS} 的整数",
                    f"the decimals must be a whole number from 0 to {MOST_DECIMALS}",
                ),
                Text("如 round(x, 2) 保留两位小数", "round(x, 2) keeps two decimals"),
            )


def _round(arguments: Arguments) -> Value:
    decimals = next((int(node.value) for node in arguments.call.arguments[1:] if isinstance(node, Number)), 0)
    return each(lambda values: round_half_up(values, decimals), arguments.at(0))


def _grouped(operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    """The kind of the first operand, where the others are text fields."""
    for operand in operands[1:]:
        if operand.kind not in (Special.TEXT, Special.UNKNOWN):
            problems.append(FormulaProblem(operand.node.offset, *_GROUP_BY_TEXTS))
    return as_number(operands[0], problems)


def _mean_of_group(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    return _grouped(operands, problems)


def _rank_in_group(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    return Special.UNKNOWN if _grouped(operands, problems) is Special.UNKNOWN else DIMENSIONLESS


_GROUP_BY_TEXTS: Final = (
    Text("分组须用文字字段", "groups are formed by text fields"),
    Text("如 组均值(x, 行业, 省份)，字段写 kind: text", "such as group_mean(x, industry), a field of `kind: text`"),
)


def _groups_are_named(call: Call) -> Iterator[FormulaProblem]:
    for node in call.arguments[1:]:
        if not isinstance(node, Name):
            yield FormulaProblem(node.offset, *_GROUP_BY_TEXTS)


def _years_since(arguments: Arguments) -> Value:
    """Years from a calendar year to the data year; undefined where it lies in the future or is no whole year."""
    value, years = arguments.at(0), arguments.rows.years
    assert years is not None  # noqa: S101  # `compute` has seen to it
    began = plain(value)
    passed = years - arguments.back - began
    return settle(np.where((passed >= 0) & (began == np.rint(began)), passed, np.nan), value.reasons)


def _table_is_named(call: Call) -> Iterator[FormulaProblem]:
    for node in call.arguments[:1]:
        if not isinstance(node, TableName):
            yield FormulaProblem(
                node.offset,
                Text("第一项须是 tables: 下的表名", "the first argument is the name of a table under `tables:`"),
                _AS_LOOKUP,
            )


def _looked_up(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    for operand in operands[1:]:
        if operand.kind not in (Special.TEXT, Special.UNKNOWN):
            message = Text("按文字查表，这里须是文字字段", "a table is looked up by a text, which this is not")
            problems.append(FormulaProblem(operand.node.offset, message, _AS_LOOKUP))
    return DIMENSIONLESS


_AS_LOOKUP: Final = Text(
    "如 查表(行业系数, 行业)，字段写 kind: text", "such as lookup(factors, industry), a field of `kind: text`"
)


def _look_up(arguments: Arguments) -> Value:
    table, text = arguments.call.arguments
    assert isinstance(table, TableName)  # noqa: S101  # the parser has seen to it
    return arguments.rows.tables[table.name].look_up(arguments.texts(text, arguments.back))


def _begins_with(arguments: Arguments) -> Value:
    """Whether a text begins with one of the others; where texts are numbered, each is looked at once."""
    text, *beginnings = arguments.call.arguments
    cells = arguments.texts(text, arguments.back)
    wanted = tuple(node.text for node in beginnings if isinstance(node, Quoted))
    if cells.codes is not None and cells.texts is not None:
        found = np.array([*(text.startswith(wanted) for text in cells.texts.tolist()), np.nan])[cells.codes]
    else:
        texts = cells.values.tolist()
        found = np.array([text.startswith(wanted) if isinstance(text, str) else np.nan for text in texts], np.float64)
    return settle(found, ranked(cells.states))


def _beginning(_: Call, operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    for operand in operands[:1]:
        if operand.kind not in (Special.TEXT, Special.UNKNOWN):
            problems.append(
                FormulaProblem(operand.node.offset, Text("这里需要文字", "a text belongs here"), _AS_BEGINS)
            )
    return Special.TRUTH


def _beginnings_are_written(call: Call) -> Iterator[FormulaProblem]:
    for node in call.arguments[1:]:
        if not isinstance(node, Quoted):
            yield FormulaProblem(node.offset, Text("开头须是加引号的文字", "a beginning is a quoted text"), _AS_BEGINS)


_AS_BEGINS: Final = Text('如 开头为(行业代码, "B", "C")', 'such as begins_with(industry_code, "B", "C")')


def _only_in_gates(call: Call, _: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    """A gate puts the value of the indicator in place of the call; anywhere else there is none to be had."""
    message = Text(
        "值() 里写一个指标的编码，且只用于 gates", "value() takes the id of an indicator, and only in `gates`"
    )
    problems.append(FormulaProblem(call.offset, message, Text("数据项直接写编码", "write the id of a field as it is")))
    return Special.UNKNOWN


def _only_in_targets(call: Call, _: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    """A target puts the amount of the year in place of the call; anywhere else there is none to be had."""
    message = Text(f"{call.function}() 只用于 targets", f"{call.function}() belongs in `targets` only")
    hint = Text("同组对象的平均写 组均值(x, 字段)", "the mean of a group of units is group_mean(x, field)")
    problems.append(FormulaProblem(call.offset, message, hint))
    return Special.UNKNOWN


def _year_is_written(call: Call) -> Iterator[FormulaProblem]:
    for year in call.arguments[1:]:
        if not (isinstance(year, Number) and year.value in range(1000, 10000)):
            message = Text("第二项须是四位年份", "the second argument is a year of four digits")
            hint = Text("如 cagr_since(x, 2020)", "such as cagr_since(x, 2020)")
            yield FormulaProblem(year.offset, message, hint)


def _growth_since(arguments: Arguments) -> Value:
    base, years = arguments.call.arguments[1], arguments.rows.years
    assert isinstance(base, Number) and years is not None  # noqa: S101, PT018  # the parser and `compute` have seen to it
    year = int(base.value)
    return growth_since(arguments.at(0), arguments.in_year(0, year), years - arguments.back - year)


def _absolute(arguments: Arguments) -> Value:
    operand = arguments.at(0)
    return Value(np.asarray(np.abs(operand.values)), operand.reasons, operand.measure)


def _mean(arguments: Arguments) -> Value:
    total = combine(np.add, arguments.all())
    return settle(total.values / len(arguments.call.arguments), total.reasons, total.measure)


_LISTED: Final = (
    Function("lag", "上年", Text("上年的值；lag(x, 2) 为前年", "the value of the year before; lag(x, 2): two years"),
             1, 1, _kept, lambda a: a.at(0, a.call.years), years="optional", lags=lambda years: (years,)),
    Function("growth", "增长率", Text("x / 上年(x) - 1", "x / lag(x) - 1"),
             1, 1, _ratio, lambda a: growth(a.at(0), a.at(0, 1)), lags=lambda _: (0, 1)),
    Function("cagr", "复合增长率", Text("n 年复合增长率：(x / lag(x, n))^(1/n) - 1", "yearly growth over n years"),
             1, 1, _ratio, lambda a: compound_growth(a.at(0), a.at(0, a.call.years), a.call.years),
             years="required", lags=lambda years: (0, years)),
    Function("cagr_since", "年均增长率",
             Text("自某年以来的年均复合增长率，如 cagr_since(x, 2020)", "yearly growth since a calendar year"),
             2, 2, _ratio, _growth_since, written=_year_is_written, data_year=True, own_year=True),
    Function("if", "如果", Text("条件成立取第二项，否则取第三项", "the second where the first holds, else the third"),
             3, 3, _branches, lambda a: choose(a.at(0), a.at(1), a.at(2))),
    Function("min", "最小", Text("最小的一项", "the smallest"),
             1, None, _one_measure, lambda a: combine(np.minimum, a.all())),
    Function("max", "最大", Text("最大的一项", "the largest"),
             1, None, _one_measure, lambda a: combine(np.maximum, a.all())),
    Function("sum", "合计", Text("各项之和；缺一项即缺", "the sum; missing where one item is"),
             1, None, _one_measure, lambda a: combine(np.add, a.all())),
    Function("mean", "平均", Text("各项平均；缺一项即缺", "the mean; missing where one item is"),
             1, None, _one_measure, _mean),
    Function("abs", "绝对值", Text("绝对值", "the absolute value"),
             1, 1, _one_measure, _absolute),
    Function("ln", "自然对数", Text("自然对数，只用于纯数", "natural logarithm of a plain number"),
             1, 1, _plain_number, lambda a: each(np.log, a.at(0))),
    Function("value", "值", Text("指标的数值，只用于 gates", "the value of an indicator, only in `gates`"),
             1, 1, _only_in_gates, lambda a: a.at(0)),
    Function("all_sum", "全体合计",
             Text("全体对象当年之和，只用于 targets", "the sum over all units of the year, only in `targets`"),
             1, 1, _only_in_targets, lambda a: a.at(0)),
    Function("share_of_units", "单位占比",
             Text("条件成立的对象占比，只用于 targets", "the share of the units for which it holds, only in `targets`"),
             1, 1, _only_in_targets, lambda a: a.at(0)),
    Function("sqrt", "平方根", Text("平方根，只用于纯数", "square root of a plain number"),
             1, 1, _plain_number, lambda a: each(np.sqrt, a.at(0))),
    Function("floor", "向下取整", Text("不大于它的最大整数，只用于纯数", "the whole number not above a plain number"),
             1, 1, _plain_number, lambda a: each(round_down, a.at(0))),
    Function("ceil", "向上取整", Text("不小于它的最小整数，只用于纯数", "the whole number not below a plain number"),
             1, 1, _plain_number, lambda a: each(round_up, a.at(0))),
    Function("round", "四舍五入",
             Text("round(x, 2) 保留两位小数，只用于纯数", "round(x, 2): two decimals of a plain number"),
             1, 2, _plain_number, _round, written=_decimals_are_written),
    Function("sum_years", "累计",
             Text("今年及以前共 n 年之和；缺一年即缺", "the sum of n years; missing where one is"),
             1, 1, _one_measure, lambda a: sum_of_years(a.last_years(a.call.years)),
             years="required", lags=lambda years: tuple(range(years))),
    Function("mean_years", "年均",
             Text("今年及以前共 n 年的平均；缺一年即缺", "the mean of n years; missing where one is"),
             1, 1, _one_measure, lambda a: mean_of_years(a.last_years(a.call.years)),
             years="required", lags=lambda years: tuple(range(years))),
    Function("count_years", "几年中",
             Text("近 n 年中条件成立的年数", "in how many of the last n years a condition holds"),
             1, 1, _count_of_years, lambda a: count_of_years(a.last_years(a.call.years)),
             years="required", lags=lambda years: tuple(range(years))),
    Function("growth_three_years", "三年增长率",
             Text("高新技术企业认定的三年增长率", "the growth rule of 高新技术企业认定"),
             1, 1, _ratio, lambda a: growth_of_three_years(a.at(0, 2), a.at(0, 1), a.at(0)), lags=lambda _: (0, 1, 2)),
    Function("lookup", "查表",
             Text("表中该文字对应的数，如 查表(行业系数, 行业)", "the number in a table of the framework for a text"),
             2, 2, _looked_up, _look_up, written=_table_is_named, table=True),
    Function("begins_with", "开头为",
             Text('文字以其中之一开头，如 开头为(代码, "B", "C")', "whether a text begins with one of the others"),
             2, None, _beginning, _begins_with, written=_beginnings_are_written),
    Function("years_since", "距今年数",
             Text("数据年份减去某个年份，如成立年份", "the data year minus a calendar year, such as that of founding"),
             1, 1, _plain_number, _years_since, data_year=True),
    Function("group_mean", "组均值",
             Text("同一年、同组（如同行业）各对象的平均", "the mean over the units of the same year and texts"),
             2, None, _mean_of_group, lambda a: a.within_groups(mean_of_group),
             written=_groups_are_named, other_units=True),
    Function("group_rank_from_bottom", "组内倒数位次",
             Text("同一年、同组内的倒数位次，1 为最低", "the place in the group of the year, 1 the lowest"),
             2, None, _rank_in_group, lambda a: a.within_groups(rank_from_bottom),
             written=_groups_are_named, other_units=True),
)  # fmt: skip

FUNCTIONS: Final = {function.name: function for function in _LISTED}
BY_ANY_NAME: Final = FUNCTIONS | {function.zh: function for function in _LISTED}
