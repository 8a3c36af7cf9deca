"""What the declared statuses of weights and of sources are called in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parkscore.language import Text

WEIGHTS_STATUS: Final[Mapping[str, Text]] = {
    "official": Text("官方", "official"),
    "assumed": Text("假定", "assumed"),
    "computed": Text("计算", "computed"),
    "expert": Text("专家", "expert"),
}

SOURCE_STATUS: Final[Mapping[str, Text]] = {
    "sourced": Text("有原文", "sourced"),
    "transcribed": Text("转录", "transcribed"),
    "partial": Text("不完整", "partial"),
    "assumed": Text("假定", "assumed"),
    "example": Text("示例", "example"),
}
