"""The sheets of a diagnosis workbook, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from parkscore.diagnosis.shortfall import COORDINATION_COLUMNS
from parkscore.language import Language, Text, yes_or_no
from parkscore.methods.diagnoses import COORDINATION_LEVELS
from parkscore.output.workbook import Sheet

TITLES = {
    "influence": Text("实际影响", "influence"),
    "correlations": Text("相关", "correlations"),
    "reliability": Text("信度与结构", "reliability"),
    "items": Text("逐项信度", "items"),
    "components": Text("主成分", "components"),
    "statistics": Text("描述统计", "statistics"),
    "availability": Text("数据完整度", "availability"),
    "units": Text("评价对象完整度", "units"),
    "denominators": Text("与分母的相关", "denominators"),
    "obstacles": Text("障碍度", "obstacles"),
    "unit_obstacles": Text("评价对象障碍因子", "obstacles of units"),
    "coordination": Text("耦合协调度", "coordination"),
}

HEADS = {
    "id": Text("编码", "id"),
    "zh": Text("名称", "name in Chinese"),
    "en": Text("英文名称", "name"),
    "of": Text("属于", "of"),
    "members": Text("组成", "members"),
    "relation": Text("关系", "relation"),
    "stage": Text("阶段", "stage"),
    "measure": Text("单位", "measure"),
    "unit": Text("评价对象", "unit"),
    "year": Text("数据年份", "year"),
    "n": Text("样本数", "n"),
    "nominal": Text("名义权重", "nominal weight"),
    "main_effect": Text("主效应", "main effect"),
    "acts_like": Text("实际作用", "acts like"),
    "linear": Text("线性部分 r²", "linear r2"),
    "a": Text("甲", "a"),
    "b": Text("乙", "b"),
    "pearson": Text("皮尔逊 r", "Pearson r"),
    "spearman": Text("斯皮尔曼 ρ", "Spearman rho"),
    "kendall": Text("肯德尔 τ-b", "Kendall tau-b"),
    "items": Text("指标数", "items"),
    "left_out": Text("剔除的常数项", "constant, left out"),
    "alpha": Text("克朗巴赫 α", "Cronbach's alpha"),
    "alpha_if_deleted": Text("删除该项后的 α", "alpha if deleted"),
    "better_without": Text("删除后更高", "better without"),
    "kmo": Text("KMO", "KMO"),
    "bartlett_chi_squared": Text("巴特利特 χ²", "Bartlett chi-squared"),
    "bartlett_degrees": Text("自由度", "degrees of freedom"),
    "bartlett_p": Text("巴特利特 p", "Bartlett p"),
    "components_above_one": Text("特征值大于 1 的个数", "eigenvalues above 1"),
    "first_component": Text("第一主成分解释", "first component explains"),
    "component": Text("主成分", "component"),
    "eigenvalue": Text("特征值", "eigenvalue"),
    "explained": Text("解释比例", "explained"),
    "cumulative": Text("累计比例", "cumulative"),
    "rows": Text("行数", "rows"),
    "present": Text("有数据", "present"),
    "missing": Text("缺失", "missing"),
    "not_applicable": Text("不适用", "not applicable"),
    "divided_by_zero": Text("除以零", "divided by zero"),
    "undefined": Text("无定义", "undefined"),
    "filled": Text("已填补", "filled"),
    "share": Text("完整度", "share"),
    "applicable": Text("适用指标数", "applicable"),
    "coverage": Text("总分覆盖率", "coverage of the total"),
    "minimum": Text("最小值", "minimum"),
    "maximum": Text("最大值", "maximum"),
    "mean": Text("均值", "mean"),
    "median": Text("中位数", "median"),
    "sd": Text("标准差", "sd"),
    "skewness": Text("偏度", "skewness"),
    "kurtosis": Text("峰度", "kurtosis"),
    "zeros": Text("零值数", "zeros"),
    "unique": Text("不同值数", "different values"),
    "field": Text("分母字段", "denominator"),
    "field_zh": Text("分母名称", "denominator in Chinese"),
    "field_en": Text("分母英文名称", "denominator's name"),
    "own": Text("自身分母", "its own"),
    "flag": Text("提示", "flag"),
    "mean_obstacle": Text("平均障碍度", "mean obstacle"),
    "times_first": Text("为首要障碍的次数", "times first"),
    "first": Text("首要障碍", "first obstacle"),
    "first_share": Text("首要障碍度", "its degree"),
    "second": Text("第二障碍", "second obstacle"),
    "second_share": Text("第二障碍度", "degree of the second"),
    "third": Text("第三障碍", "third obstacle"),
    "third_share": Text("第三障碍度", "degree of the third"),
    "coupling": Text("耦合度 C", "coupling C"),
    "development": Text("综合发展指数 T", "development T"),
    "coordination": Text("耦合协调度 D", "coordination D"),
    "level": Text("协调等级", "level"),
    "modified_coupling": Text("修正耦合度 C", "modified coupling C"),
    "modified_coordination": Text("修正耦合协调度 D", "modified coordination D"),
    "modified_level": Text("修正协调等级", "modified level"),
}

WORDS = {
    "children": Text("下级", "children"),
    "indicators": Text("全部指标", "all indicators"),
    "siblings": Text("同级", "siblings"),
    "above": Text("与上级", "with a node above"),
    "values": Text("指标值", "values"),
    "scores": Text("得分", "scores"),
    "negative": Text("负相关", "negative"),
    "weak": Text("弱相关（低于 0.3）", "weak (below 0.3)"),
    "collinear": Text("近乎重复（高于 0.92）", "nearly the same (above 0.92)"),
    "size": Text("随规模变动（|r| 高于 0.6）", "follows size (|r| above 0.6)"),
    "constant": Text("没有差异", "constant"),
    "constant_whole": Text("上级得分没有差异", "the score above is constant"),
    "empty": Text("没有数据", "empty"),
    "few": Text("样本太少", "too few units"),
    "single": Text("不足两项", "fewer than two items"),
    "dependent": Text("线性相关", "linearly dependent"),
    "low_alpha": Text("α 低于 0.7", "alpha below 0.7"),
    "low_kmo": Text("KMO 低于 0.6", "KMO below 0.6"),
    "outliers": Text("少数对象左右全局", "a few units decide it"),
} | {f"level_{number}": name for number, name in enumerate(COORDINATION_LEVELS, start=1)}
"""What a code in a table means."""

_CODED = ("members", "relation", "stage", "flag", "level", "modified_level")
_NODES = ("of", "a", "b", "first", "second", "third")
_TRUTHS = ("better_without", "own")
_COUNTS = (
    "year",
    "n",
    "items",
    "bartlett_degrees",
    "components_above_one",
    "component",
    "rows",
    "present",
    "missing",
    "not_applicable",
    "divided_by_zero",
    "undefined",
    "filled",
    "applicable",
    "zeros",
    "unique",
    "times_first",
)
_SHARES = (
    "nominal",
    "main_effect",
    "acts_like",
    "linear",
    "first_component",
    "explained",
    "cumulative",
    "share",
    "coverage",
    "mean_obstacle",
    "first_share",
    "second_share",
    "third_share",
)
_TEXTS = ("id", "zh", "en", "of", "a", "b", "measure", "unit", "left_out", "field", "field_zh", "field_en", "own")
_PLAIN = (*_CODED, *_TEXTS, "better_without", "first", "second", "third")
_DECIMALS = (
    "pearson",
    "spearman",
    "kendall",
    "alpha",
    "alpha_if_deleted",
    "kmo",
    "bartlett_p",
    "eigenvalue",
    *COORDINATION_COLUMNS,
)


def sheets_of(
    tables: Mapping[str, pd.DataFrame], labels: Mapping[str, Text], notes: Sequence[str], language: Language
) -> list[Sheet]:
    """One sheet for each table, codes in words, the name of a node in the reader's language only; labels: of nodes."""
    names = {node: f"{node} {label.in_language(language)}" for node, label in labels.items()}
    return [_sheet(name, table, names, notes, language) for name, table in tables.items()]


def _sheet(name: str, table: pd.DataFrame, names: Mapping[str, str], notes: Sequence[str], language: Language) -> Sheet:
    other = "en" if language == "zh" else "zh"
    shown = table.drop(columns=[other, f"field_{other}"], errors="ignore")
    said = {column: [words_of(code, language) for code in shown[column]] for column in _CODED if column in shown}
    said |= {column: [names.get(node, node) for node in shown[column]] for column in _NODES if column in shown}
    for column in _TRUTHS:
        if column in shown:
            truths = shown[column].tolist()
            said[column] = [None if pd.isna(each) else yes_or_no(bool(each)).in_language(language) for each in truths]
    shown = shown.assign(**{column: pd.Series(words, dtype=object) for column, words in said.items()})
    heads = {column: HEADS[column].in_language(language) for column in shown.columns}
    kinds = {heads[column]: _kind(column) for column in shown.columns}
    return Sheet(TITLES[name].in_language(language), shown.rename(columns=heads), notes, kinds)


def _kind(column: str) -> str:
    if column in _COUNTS:
        return "count"
    if column in _SHARES:
        return "share"
    if column in _PLAIN:
        return "text"
    return "score" if column in _DECIMALS else "value"


def words_of(codes: Any, language: Language) -> str | None:
    """The meaning of one code, or of several with commas between them; None where there is none.

    >>> words_of("dependent, low_alpha", "en")
    'linearly dependent, alpha below 0.7'
    """
    if not isinstance(codes, str):
        return None
    return ("，" if language == "zh" else ", ").join(WORDS[code].in_language(language) for code in codes.split(", "))
