"""The texts that conditions and formulas compare a text field with, wherever they stand."""

from __future__ import annotations

from parkscore.framework.compared_texts import compared_texts
from parkscore.framework.models import RankedList, UnitClass
from tests.small_frameworks import field, leaf, small


def test_texts_are_found_in_classes_derived_fields_indicators_and_lists_each_once() -> None:
    framework = small(
        leaf("a", 'if(trade in ["钢", "纸"], x, 0)'),
        leaf("b", "chips"),
        fields={
            "trade": field("trade", kind="text"),
            "x": field("x"),
            "chips": field("chips", formula='if(trade == "芯片", x, 0)'),
        },
        classes=(
            UnitClass(id="heavy", zh="重", when='trade == "钢"'),
            UnitClass(id="light", zh="轻", when='trade != "钢"'),
        ),
        lists=(RankedList(id="listed", zh="名单", require='trade == "茶"'),),
    )
    assert compared_texts(framework, "trade") == ["芯片", "钢", "纸", "茶"]
