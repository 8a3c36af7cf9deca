"""The sheets of a framework workbook: what each holds, and the Chinese header of every key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    """One sheet of the form: its name, the part of the framework it holds, and its columns (key, Chinese header)."""

    name: str
    key: str
    columns: tuple[tuple[str, str], ...]


_NAMES = (("zh", "中文名"), ("en", "英文名"))
_SOURCE = (("source", "来源"), ("note", "说明"))
SETTINGS = Sheet("框架", "", (("key", "项目"), ("value", "内容")))
FIELDS = Sheet(
    "字段",
    "fields",
    (
        ("id", "编码"),
        *_NAMES,
        ("kind", "类型"),
        ("measure", "单位"),
        ("min", "下限"),
        ("max", "上限"),
        ("formula", "公式"),
        ("aliases", "别名"),
        ("totals", "公布总数"),
        ("members", "成员合计"),
        *_SOURCE,
    ),
)
INDICATORS = Sheet(
    "指标",
    "indicators",
    (
        ("level", "层级"),
        ("id", "编码"),
        *_NAMES,
        ("points", "满分"),
        ("weight", "权重"),
        ("formula", "公式"),
        ("category", "类别字段"),
        ("measure", "单位"),
        ("direction", "方向"),
        ("score", "赋分规则"),
        ("aggregate", "合成方法"),
        ("weights", "赋权方法"),
        ("missing", "缺失处理"),
        ("treat", "异常值处理"),
        ("min_coverage", "最低齐全率"),
        ("given", "给分"),
        ("whole", "给分为整数"),
        ("round", "取整"),
        ("slot", "预留"),
        ("cases", "分情形"),
        *_SOURCE,
    ),
)
RULES = Sheet(
    "校验规则",
    "rules",
    (
        ("id", "编码"),
        *_NAMES,
        ("severity", "级别"),
        ("require", "要求"),
        ("required", "必填"),
        ("when", "条件"),
        ("jump", "突变"),
        ("measure_mixup", "单位混淆"),
        ("magnitude", "量级"),
        ("outlier", "离群"),
        ("hint", "办法"),
        ("status", "状态"),
        ("source", "来源"),
    ),
)
ACCEPTED = Sheet(
    "认可",
    "accepted",
    (("rule", "规则"), ("unit", "对象"), ("field", "字段"), ("year", "年份"), ("reason", "理由"), ("by", "认可人")),
)
CLASSES = Sheet("分类", "classes", (("id", "编码"), *_NAMES, ("when", "条件"), *_SOURCE))
GATES = Sheet(
    "门槛",
    "gates",
    (
        ("id", "编码"),
        *_NAMES,
        ("when", "条件"),
        ("require", "要求"),
        ("all", "全部"),
        ("any", "任一"),
        ("at_least", "至少几项"),
        ("veto", "一票否决"),
        ("review", "核查"),
        ("exempt", "豁免"),
        ("bypass", "直通"),
        ("relax", "放宽"),
        ("miss", "不达标时"),
        ("status", "状态"),
        *_SOURCE,
    ),
)
GRADES = Sheet(
    "等级",
    "grades",
    (
        ("id", "编码"),
        *_NAMES,
        ("of", "依据"),
        ("bands", "分档"),
        ("otherwise", "其余"),
        ("overrides", "改判"),
        ("status", "状态"),
        *_SOURCE,
    ),
)
LISTS = Sheet(
    "榜单",
    "lists",
    (
        ("id", "编码"),
        *_NAMES,
        ("require", "要求"),
        ("by", "排序依据"),
        ("direction", "方向"),
        ("top", "名额"),
        ("per", "分布"),
        ("status", "状态"),
        *_SOURCE,
    ),
)
TARGETS = Sheet(
    "目标",
    "targets",
    (
        ("id", "编码"),
        *_NAMES,
        ("value", "数值"),
        ("measure", "单位"),
        ("at_most", "不高于"),
        ("at_least", "不低于"),
        ("by", "到期年份"),
        ("from", "起点"),
        ("path", "路径"),
        ("status", "状态"),
        *_SOURCE,
    ),
)
SHEETS = (SETTINGS, FIELDS, INDICATORS, CLASSES, RULES, ACCEPTED, GATES, GRADES, LISTS, TARGETS)
